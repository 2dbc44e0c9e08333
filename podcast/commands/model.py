"""``podcast model``: see, fetch, check and remove speech models."""

from __future__ import annotations

import argparse
import difflib
from pathlib import Path

from podcast import speech_model
from podcast.errors import Outside, PodcastError, Usage, fault
from podcast.terminal import Terminal
from podcast.wording import Wording

_ACTIONS = ("list", "fetch", "check", "verify", "remove")


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """What to do, with which model."""
    parser.add_argument(
        "action", nargs="?", default="list", metavar="ACTION", help=words.say("option.model_action")
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("option.model_name"))
    parser.add_argument(
        "--from", dest="source", type=Path, metavar="PATH", help=words.say("option.model_from")
    )


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Do what is asked; without anything, tell which models there are."""
    if options.action not in _ACTIONS:
        near = difflib.get_close_matches(options.action, _ACTIONS, 1, 0.5)
        kind = "model.action_near" if near else "model.action"
        raise Usage(fault(kind, action=options.action, near="".join(near)))
    if options.action == "list":
        _list(terminal)
        return 0
    if not options.name:
        known = ", ".join((speech_model.DEMO, *speech_model.OFFERS))
        raise Usage(fault("model.name_missing", known=known))
    if options.action == "fetch":
        _fetch(options.name, options.source, terminal)
    elif options.action in ("check", "verify"):
        _check(options.name, terminal)
    else:
        from podcast import model_fetch

        model_fetch.remove(options.name)
        terminal.say("model.removed", name=options.name)
    return 0


def _list(terminal: Terminal) -> None:
    demo = speech_model.SpeechModel(speech_model.DEMO, speech_model.shipped())
    key = "model.shipped" if _whole(demo) else "model.shipped_broken"
    terminal.say(key, name=demo.name, megabytes=_megabytes(demo.folder))
    for name, offer in speech_model.OFFERS.items():
        folder = speech_model.store() / name
        part = speech_model.store() / f".{name}.part"
        if _whole(speech_model.SpeechModel(name, folder)):
            terminal.say("model.here", name=name, megabytes=_megabytes(folder))
        elif folder.exists():
            terminal.say("model.broken", name=name)
        elif part.is_dir():
            arrived = _megabytes(part)
            terminal.say("model.part", name=name, arrived=arrived, megabytes=offer.megabytes)
        else:
            terminal.say("model.offer", name=name, megabytes=offer.megabytes)
    terminal.say("model.where", folder=speech_model.store())


def _fetch(name: str, source: Path | None, terminal: Terminal) -> None:
    if name in speech_model.OFFERS:
        there = speech_model.SpeechModel(name, speech_model.store() / name)
        if _whole(there):
            terminal.say("model.nothing", name=name)
            return
    from podcast import model_fetch

    if source:
        model = model_fetch.copy(name, source.expanduser(), terminal)
    else:
        model = model_fetch.fetch(name, terminal)
    terminal.say("model.fetched", name=name, megabytes=_megabytes(model.folder))


def _check(name: str, terminal: Terminal) -> None:
    if ("/" in name or "\\" in name) and not Path(name).expanduser().is_dir():
        raise Outside(fault("model.folder_missing", folder=name))
    model = speech_model.find(name, Path.cwd())
    from podcast import model_fetch

    compared = model_fetch.verify(model, terminal)
    terminal.say("model.good" if compared else "model.good_shape", name=name)


def _whole(model: speech_model.SpeechModel) -> bool:
    try:
        speech_model.whole(model)
    except PodcastError:
        return False
    return True


def _megabytes(folder: Path) -> int:
    if not folder.is_dir():
        return 0
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    return -(-size // 1_000_000)
