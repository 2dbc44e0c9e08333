"""``podcast import-transcript episode-3 script.docx``: a person's own script as the draft."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from podcast.rules import slug_of
from podcast.terminal import Terminal
from podcast.timecode import clock
from podcast.wording import Wording

# A longer list is a script of another kind, and the file says the same when it is corrected.
_MOST_LINES = 20

_T = TypeVar("_T")


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which episode, which file, and whether to take a text that does not fit."""
    parser.add_argument("slug", help=words.say("option.slug"))
    parser.add_argument("script", type=Path, metavar="FILE", help=words.say("option.import_file"))
    parser.add_argument("--force", action="store_true", help=words.say("option.import_force"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Write the draft, then a line for everything that a person must look at."""
    from podcast import importing, workspace

    space = workspace.find(options.folder)
    done = importing.bring_in(space, options.slug, options.script, options.force, terminal)
    if done.beside:
        terminal.say("import.beside", file=done.file, existing=done.beside)
    else:
        terminal.say("import.written", file=done.file)
    terminal.say("import.exact", percent=round(done.exact * 100))
    for passage in _first(done.not_in_audio, terminal):
        terminal.say(
            "import.not_in_audio",
            place=f"{done.file}:{passage.line}",
            n=passage.words,
            quote=passage.quote,
        )
    for passage in _first(done.moved, terminal):
        terminal.say(
            "import.moved",
            place=f"{done.file}:{passage.line}",
            quote=passage.quote,
            time=clock(passage.at_ms or 0),
        )
    for gap in _first(done.not_in_text, terminal):
        terminal.say(
            "import.not_in_text",
            place=f"{done.file}:{gap.line}",
            start=clock(gap.start_ms),
            end=clock(gap.end_ms),
            quote=gap.quote,
        )
    for question in _first(done.questions, terminal):
        terminal.line(terminal.tell(question))
    _tell_unknown(done.unknown, terminal)
    if done.beside:
        terminal.say("import.compare", file=done.file, existing=done.beside)
    else:
        terminal.say("transcribe.next", file=done.file, slug=options.slug)
    return 0


def _tell_unknown(unknown: Sequence[tuple[str, str | None]], terminal: Terminal) -> None:
    """What to add to ``podcast.yaml``, ready to be copied."""
    import json
    import re

    if not unknown:
        return
    for name, near in unknown:
        if near:
            terminal.say("import.unknown_near", name=name, near=near)
    terminal.say("import.unknown", names=", ".join(name for name, _ in unknown), n=len(unknown))
    for name, _ in unknown:
        key = slug_of(name) or "x"
        plain = re.fullmatch(r"[^\W\d_][\w '’-]*", name)
        terminal.line(f"  {key}:")
        terminal.line(f"    name: {name if plain else json.dumps(name, ensure_ascii=False)}")


def _first(items: Sequence[_T], terminal: Terminal) -> Sequence[_T]:
    """No more than can be listened to; how many there are in all is said first."""
    if len(items) > _MOST_LINES:
        terminal.say("import.many", shown=_MOST_LINES, n=len(items))
    return items[:_MOST_LINES]
