"""Make a new show: a folder with an example episode that can be published at once.

The folder is made whole beside its place and moved there, so that no half show is ever left.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from podcast.directory import podcast_guid
from podcast.errors import Fixable, Outside, Place, fault
from podcast.foreign_files import ADDRESS, EMAIL, quoted
from podcast.rules import slug_of
from podcast.schema_file import schemas
from podcast.show import FEED
from podcast.wording import Wording, nearest, written_in
from podcast.workspace import Workspace, disk_kind

IGNORED = "/site/\n/.podcast/\n"
EXAMPLE = Path(__file__).parent / "example"
# YAML takes these for something else than a text.
_NO_TEXTS = ("true", "false", "null")
_FILES = {
    "podcast.yaml": "podcast.yaml",
    "glossary.yaml": "glossary.yaml",
    "episode.md": "episodes/episode-1/episode.md",
    "github.yml": ".github/workflows/podcast.yml",
    "gitlab.yml": ".gitlab-ci.yml",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person says of a new show; what is ``None`` stays as in the example."""

    title: str
    language: str
    author: str | None = None
    email: str | None = None
    address: str | None = None
    person: str | None = None


def make(target: Path, answers: Answers) -> None:
    """Make the folder; raises :class:`Fixable` where there is something, and touches nothing."""
    refuse_full(target)
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
            made = Path(folder) / "show"
            _write(made, answers)
            _read_again(made)
            if target.is_dir():
                target.rmdir()
            os.rename(made, target)
    except OSError as error:
        raise Outside(fault(disk_kind(error), Place(str(target)))) from error


def refuse_full(target: Path) -> None:
    """Raise :class:`Fixable` where something is in the place of the new folder."""
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise Fixable(fault("workspace.not_empty", Place(str(target))))


def _write(folder: Path, answers: Answers) -> None:
    filled = _filled(answers)
    tracks = folder / "episodes" / "episode-1" / "tracks"
    tracks.mkdir(parents=True)
    (folder / "transcripts").mkdir()
    (folder / ".github" / "workflows").mkdir(parents=True)
    for name, path in _FILES.items():
        text = written_in(answers.language, EXAMPLE, name).read_text("utf-8")
        for mark, value in filled.items():
            text = text.replace(f"@{mark}@", value)
        (folder / path).write_text(text.replace("@guid@", _guid(name, answers)), "utf-8")
    recording = written_in(answers.language, EXAMPLE, "recording.flac")
    shutil.copyfile(recording, tracks / f"{filled['key']}.flac")
    shutil.copyfile(EXAMPLE / "cover.jpg", folder / "cover.jpg")
    (folder / ".gitignore").write_text(IGNORED, "utf-8")
    for path, text in schemas(answers.language).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def _filled(answers: Answers) -> Mapping[str, str]:
    """What stands for each mark of the example's files."""
    french = nearest(answers.language) == "fr"
    words = Wording(answers.language)
    yesterday = datetime.now(UTC).astimezone().replace(microsecond=0) - timedelta(days=1)
    key = slug_of(answers.person or "")[:20].strip("-")
    key = f"{key}-1" if key in _NO_TEXTS else key
    return {
        "title": quoted(answers.title),
        "language": answers.language,
        "description": words.say("init.description"),
        "address": answers.address or ADDRESS,
        "author": quoted(answers.author or answers.title),
        "email": answers.email or EMAIL,
        "key": key or ("presentatrice" if french else "presenter"),
        "person": quoted(answers.person or words.say("init.person")),
        "date": yesterday.isoformat(),
    }


def _guid(name: str, answers: Answers) -> str:
    if name == "episode.md":
        return str(uuid4())
    return guid_of(answers)


def guid_of(answers: Answers) -> str:
    """The identifier of a new feed."""
    # Two shows that do not know their address yet must not get the same identifier.
    known = answers.address + FEED if answers.address else f"{ADDRESS}{uuid4()}/{FEED}"
    return podcast_guid(known)


def _read_again(folder: Path) -> None:
    """Raise :class:`Fixable` for what ``publish`` would refuse, before anything is left."""
    space = Workspace(folder)
    show = space.show()
    space.glossary()
    space.recording(space.episode("episode-1", show), show)
