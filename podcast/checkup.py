"""What a show needs from this machine and what is there: for ``podcast doctor``.

Nothing is written and no network is asked.  What would stop ``publish`` is told with the very
sentence that ``publish`` would say.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from podcast import __version__, ffmpeg, liblouis, pictures, pipeline, schedule, speech_model
from podcast.deploy import kinds, open_target, scheme
from podcast.errors import Fact, Fault, Fixable, Outside, Place, PodcastError, fault
from podcast.foreign_files import ADDRESS, EMAIL
from podcast.show import Show
from podcast.wording import Wording
from podcast.workspace import SHOW, Workspace, line_of

Level = Literal["fix", "outside", "advice", "fine"]
LEVELS: tuple[Level, ...] = ("fix", "outside", "advice", "fine")
"""From what the producer must change, and what is missing outside, to what is as it should be."""

# Below this an hour of sound, its copies and a site do not fit.
_LEAST_FREE, _LITTLE_FREE = 300_000_000, 3_000_000_000
# What each engine is for is in docs/architecture.md; a person who asks for help is asked these.
_ENGINES = ("faster-whisper", "ctranslate2", "pydub", "mutagen", "jinja2", "feedgen")
_ADDITIONS = ("obstore", "keyring")
_INSTALLS_LIBLOUIS = {
    "darwin": "brew install liblouis",
    "linux": "sudo apt-get install liblouis20",
}.get(sys.platform, "https://liblouis.io/downloads/")
_PROGRAMS = ("git", "ssh", "sftp", "rsync")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: ``subject`` names it, ``told`` is a fault or a line's key."""

    level: Level
    subject: str
    told: Fault | str
    facts: dict[str, Fact] = field(default_factory=dict)


def fine(subject: str, key: str, /, **facts: Fact) -> Finding:
    """Something that is as it should be."""
    return Finding("fine", subject, key, facts)


def advice(subject: str, key: str, /, **facts: Fact) -> Finding:
    """Something that stops nothing, and could be better."""
    return Finding("advice", subject, key, facts)


def _wrong(subject: str, error: PodcastError) -> Iterator[Finding]:
    level: Level = "outside" if isinstance(error, Outside) else "fix"
    for each in error.faults:
        yield Finding(level, subject, each)


def checkup(space: Workspace | None, now: datetime | None = None) -> tuple[Finding, ...]:
    """Everything that was found, the gravest first; without a show, only of the machine."""
    now = now or datetime.now(UTC)
    found = [*_program(), *_ffmpeg(), *_clock(now)]
    if space:
        found += _show(space, now)
    else:
        found += [advice("show", "doctor.no_show"), *_disk(Path.cwd())]
    found += _models(space)
    found += _additions()
    return tuple(sorted(found, key=lambda finding: LEVELS.index(finding.level)))


def ready(found: tuple[Finding, ...]) -> int:
    """The exit code: 0 where publishing can work, 1 and 4 as everywhere."""
    levels = {finding.level for finding in found}
    return 1 if "fix" in levels else 4 if "outside" in levels else 0


# The machine.


def _program() -> Iterator[Finding]:
    python = f"Python {platform.python_version()}"
    system = f"{platform.system()} {platform.release()}"
    yield fine("program", "doctor.program", version=__version__, python=python, system=system)
    try:
        needed = importlib.metadata.requires("podcast") or []
    except importlib.metadata.PackageNotFoundError:  # run from its source
        needed = []
    for line in needed:
        name = line.partition(";")[0].split(">")[0].split("<")[0].split("=")[0].split("[")[0]
        if ";" not in line and not _version(name.strip()):
            yield Finding("outside", "program", fault("doctor.no_package", name=name.strip()))
    engines = ", ".join(f"{name} {_version(name) or '–'}" for name in _ENGINES)
    yield fine("program", "doctor.engines", engines=engines)
    if not shutil.which("publish"):
        folder = str(Path(sys.executable).parent)
        yield advice("program", "doctor.not_on_path", folder=folder)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _ffmpeg() -> Iterator[Finding]:
    try:
        yield fine("ffmpeg", "doctor.ffmpeg", version=ffmpeg.version(), file=ffmpeg.program())
    except Outside as error:
        yield from _wrong("ffmpeg", error)


def _clock(now: datetime) -> Iterator[Finding]:
    yield fine("clock", "doctor.clock", now=now.astimezone().replace(microsecond=0))


def _disk(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    gigabytes = free / 1e9
    if free < _LEAST_FREE:
        yield Finding("outside", "disk", fault("doctor.disk", gigabytes=gigabytes))
    elif free < _LITTLE_FREE:
        yield advice("disk", "doctor.disk_little", gigabytes=gigabytes)
    else:
        yield fine("disk", "doctor.disk", gigabytes=gigabytes)


def _models(space: Workspace | None) -> Iterator[Finding]:
    fetched = [name for name in speech_model.OFFERS if (speech_model.store() / name).is_dir()]
    key = "doctor.models" if fetched else "doctor.models_none"
    names, folder = ", ".join(fetched), str(speech_model.store())
    yield fine("model", key, names=names, folder=folder)
    if space is None:
        return
    try:
        show = space.show()
        line = line_of(space.text(space.root / SHOW), "model")
        found = speech_model.find(show.model, space.root, Place(SHOW, line))
    except PodcastError as error:
        if not _of_the_show(error):
            yield from _wrong("model", error)
        return
    if found.name == speech_model.DEMO:
        yield advice("model", "doctor.model_demo")
    else:
        yield fine("model", "doctor.model", name=found.name, folder=str(found.folder))


def _of_the_show(error: PodcastError) -> bool:
    """Whether it was told already, of ``podcast.yaml`` as a whole."""
    return not any(each.kind.startswith("model.") for each in error.faults)


def _additions() -> Iterator[Finding]:
    for name in _ADDITIONS:
        version = _version(name)
        if version:
            yield fine("addition", "doctor.addition", name=name, version=version)
        else:
            yield fine("addition", "doctor.addition_none", name=name)
    if version := liblouis.edition():
        yield fine("braille", "doctor.braille", version=version)
    else:
        yield advice("braille", "doctor.braille_none", install=_INSTALLS_LIBLOUIS)
    for name in _PROGRAMS:
        where = shutil.which(name)
        if where:
            yield fine("addition", "doctor.tool", name=name, file=where)
        else:
            yield fine("addition", "doctor.tool_none", name=name)


# The show.


def _show(space: Workspace, now: datetime) -> Iterator[Finding]:
    yield from _writable(space)
    yield from _disk(space.root)
    if process := space.writer():
        yield advice("lock", "doctor.lock", process=process)
    try:
        show = space.show()
    except PodcastError as error:
        yield from _wrong("show", error)
        return
    yield fine("show", "doctor.show", title=show.title, file=str(space.root / SHOW))
    yield from _placeholders(space, show)
    yield from _cover(space, show)
    yield from _texts(space, show, now)
    yield from _places(space, show)


def _writable(space: Workspace) -> Iterator[Finding]:
    folders = ("", "episodes", "transcripts", "site", ".podcast")
    for path in (space.root / name for name in folders):
        if path.is_dir() and not os.access(path, os.W_OK | os.X_OK):
            name = space.name(path) if path != space.root else str(path)
            yield Finding("outside", "disk", fault("disk.unwritable", Place(name)))


def _placeholders(space: Workspace, show: Show) -> Iterator[Finding]:
    text = space.text(space.root / SHOW)
    for key, value, sample in (
        ("address", show.address, ADDRESS),
        ("owner.email", show.owner.email, EMAIL),
        ("description", show.description, Wording(show.language).say("init.description")),
    ):
        if value == sample:
            place = f"{SHOW}:{line_of(text, key.partition('.')[0]) or 1}"
            yield advice("show", "doctor.placeholder", place=place, key=key, value=value)


def _cover(space: Workspace, show: Show) -> Iterator[Finding]:
    path = space.root / show.cover
    name = space.name(path)
    if not path.exists():
        place = Place(SHOW, line_of(space.text(space.root / SHOW), "cover"))
        yield Finding("fix", "show", fault("picture.missing", place, name=name))
        return
    try:
        pictures.check(path, name)
    except PodcastError as error:
        yield from _wrong("show", error)


def _texts(space: Workspace, show: Show, now: datetime) -> Iterator[Finding]:
    """The glossary, the ledger and the episodes' own files."""
    try:
        space.glossary()
    except PodcastError as error:
        yield from _wrong("show", error)
    faulty = 0
    for slug in space.slugs():
        try:
            space.episode(slug, show)
        except PodcastError as error:
            faulty += 1
            yield from _wrong("episodes", error)
    if not faulty:
        yield fine("episodes", "doctor.episodes", n=len(space.slugs()))
    try:
        known = pipeline.read_ledger(space)
        dates = {slug: datetime.fromisoformat(was.date) for slug, was in known.episodes.items()}
        schedule.check_clock(dates, now)
    except PodcastError as error:
        yield from _wrong("clock" if isinstance(error, Outside) else "show", error)


def _places(space: Workspace, show: Show) -> Iterator[Finding]:
    where = show.deploy
    if where is None:
        yield advice("deploy", "doctor.nowhere")
        return
    for address in filter(None, (where.pages, where.audio)):
        wrong = list(_place(space, address))
        yield from wrong
        if not wrong:
            yield fine("deploy", "doctor.deploy", address=address)


def _place(space: Workspace, address: str) -> Iterator[Finding]:
    kind = kinds().get(scheme(address))
    missing = [name for name in (kind.PROGRAMS if kind else ()) if not shutil.which(name)]
    for name in missing:
        yield Finding("outside", "deploy", fault("deploy.no_program", name=name))
    if missing:
        return
    if kind and scheme(address) == "":
        folder = Path(address).expanduser()
        there = next((path for path in (folder, folder.parent) if path.is_dir()), None)
        if there is None:
            yield Finding("outside", "deploy", fault("deploy.no_folder", folder=address))
        elif not os.access(there, os.W_OK | os.X_OK):
            yield Finding("outside", "deploy", fault("disk.unwritable", Place(address)))
    elif kind is None or not kind.PROGRAMS:  # looks at what it needs, and asks nobody yet
        try:
            with open_target(address, space.cache):
                pass
        except (Fixable, Outside) as error:
            yield from _wrong("deploy", error)
