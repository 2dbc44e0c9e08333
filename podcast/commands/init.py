"""``podcast init my-show``: a new show in a new folder, with an episode that can be published."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from podcast.directory import podcast_guid
from podcast.errors import Fixable, Outside, Place, fault
from podcast.listed import LANGUAGE
from podcast.rules import ADDRESS
from podcast.show import FEED
from podcast.terminal import Terminal
from podcast.wording import Wording, nearest

_NOWHERE = "https://podcast.example.org/"
_IGNORED = "/site/\n/.podcast/\n"


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Folder, title, language and address."""
    parser.add_argument("target", type=Path, help=words.say("option.init_folder"))
    parser.add_argument("--title", help=words.say("option.init_title"))
    parser.add_argument("--language", help=words.say("option.init_language"))
    parser.add_argument("--address", help=words.say("option.init_address"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Make the whole folder beside its place and move it there, so that no half show is left."""
    target: Path = options.target
    language = options.language or terminal.words.language
    try:
        LANGUAGE.test(language)
    except ValueError as error:
        raise Fixable(fault("field.language", key="--language", value=language)) from error
    try:
        address = ADDRESS.test(options.address) if options.address else None
    except ValueError as error:
        raise Fixable(fault("field.web", key="--address", value=options.address)) from error
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Fixable(fault("workspace.not_empty", Place(str(options.target))))
    title = options.title or target.resolve().name.replace("-", " ").capitalize()
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
            made = Path(folder) / "show"
            _write(made, title, language, address)
            if target.is_dir():
                target.rmdir()
            os.rename(made, target)
    except OSError as error:
        raise Outside(fault("disk.unwritable", Place(str(options.target)))) from error
    terminal.say("init.done", folder=str(options.target))
    return 0


def _write(folder: Path, title: str, language: str, address: str | None) -> None:
    example = Path(__file__).parent.parent / "example"
    own = example / nearest(language)
    yesterday = datetime.now(UTC).astimezone().replace(microsecond=0) - timedelta(days=1)
    filled = {
        "@title@": _quoted(title),
        "@language@": language,
        "@date@": yesterday.isoformat(),
        "@address@": address or _NOWHERE,
    }
    # Two shows that do not know their address yet must not get the same identifier.
    feed = address + FEED if address else f"{_NOWHERE}{uuid4()}/{FEED}"
    guids = {"podcast.yaml": podcast_guid(feed), "episode.md": str(uuid4())}
    episode = folder / "episodes" / "episode-1"
    person = "presentatrice" if own.name == "fr" else "presenter"
    (episode / "tracks").mkdir(parents=True)
    (folder / "transcripts").mkdir()
    for name, target in (("podcast.yaml", folder), ("episode.md", episode)):
        text = (own / name).read_text("utf-8").replace("@guid@", guids[name])
        for mark, value in filled.items():
            text = text.replace(mark, value)
        (target / name).write_text(text, "utf-8")
    shutil.copyfile(own / "recording.flac", episode / "tracks" / f"{person}.flac")
    shutil.copyfile(example / "cover.jpg", folder / "cover.jpg")
    (folder / ".gitignore").write_text(_IGNORED, "utf-8")


def _quoted(text: str) -> str:
    """A YAML string: every JSON string is one."""
    return json.dumps(text, ensure_ascii=False)
