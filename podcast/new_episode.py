"""Begin the next episode: its folder with number, date and guid, and a copy of its recording.

The folder is made whole beside its place and moved there in one step.  Nothing that exists is
changed, and the recording stays where it was.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from podcast import ffmpeg, rhythm
from podcast.episode import Episode, read_episode
from podcast.errors import Fault, Fixable, Outside, Place, PodcastError, fault
from podcast.foreign_files import free, quoted
from podcast.frame import own_names
from podcast.ledger import read as read_ledger
from podcast.recording import Track
from podcast.report import Reporter
from podcast.rules import TITLE, NotAdmitted, is_slug, slug_of
from podcast.show import Show
from podcast.wording import Wording, written_in
from podcast.workspace import SOUND_ENDINGS, Workspace, disk_kind, ensure_folder

_HALF_MADE = ".new-"
_OLD_S = 24 * 60 * 60
_PIECE = 1 << 22
_HOSTS = ("host", "co-host")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person says of the new episode; the rest follows from the show."""

    title: str
    slug: str | None = None
    number: int | None = None
    season: int | None = None
    date: str | None = None
    audio: Path | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """What was made; ``rhythm`` is whether the date follows the show's, ``taken`` a folder that
    is there already, ``unread`` the faults of files whose numbers could not be counted."""

    episode: Episode
    file: str
    recording: str | None
    rhythm: bool
    taken: str | None
    unread: tuple[Fault, ...]


def begin(space: Workspace, wishes: Wishes, report: Reporter) -> Begun:
    """Make the folder; raises :class:`PodcastError` where it cannot be, and leaves nothing then."""
    show = space.show()
    title = _title(wishes.title)
    known, unread = _known(space, show)
    season = wishes.season or max((e.season for e in known if e.season), default=None)
    number = _number(wishes, known, show, season)
    date, in_rhythm = _date(wishes.date, known, show)
    wanted = slug_of(title) or (f"episode-{number}" if number else "episode")
    slug = _slug(space, wishes.slug, wanted, show)
    track = Track(wishes.audio, str(wishes.audio)) if wishes.audio else None
    if track:
        _look(track)
    folder = space.episode_folder(slug)
    text = _text(show, title, number, season, date)
    name = space.name(space.episode_file(slug))
    episode = read_episode(text, name, slug, show)
    recording = None
    with _made_whole(folder, space.name(folder)) as half:
        (half / "episode.md").write_text(text, "utf-8", newline="\n")
        if track:
            target = half / f"recording{track.path.suffix.lower()}"
            _copy(track, target, report)
            recording = space.name(folder / target.name)
    taken = wanted if slug != (wishes.slug or wanted) else None
    return Begun(episode, name, recording, in_rhythm, taken, unread)


def _title(said: str) -> str:
    try:
        title = str(TITLE.test(said))
    except NotAdmitted as error:
        value = said[:57] + "…"
        raise Fixable(
            fault(f"field.{error.kind}", key="title", value=value, **error.facts)
        ) from error
    except ValueError as error:
        raise Fixable(fault("new.title")) from error
    if not any(char.isalnum() for char in title):
        raise Fixable(fault("new.title_mute", title=title))
    return title


def _known(space: Workspace, show: Show) -> tuple[list[Episode], tuple[Fault, ...]]:
    """The episodes that can be read, and what is wrong with the others."""
    known: list[Episode] = []
    unread: list[Fault] = []
    for slug in space.slugs():
        try:
            known.append(space.episode(slug, show))
        except PodcastError as error:
            unread += error.faults
    return known, tuple(unread)


def _counted(known: Iterable[Episode]) -> list[Episode]:
    """Those that are numbered one after the other: a version in another language has its own."""
    return [e for e in known if e.type == "full" and not e.translation_of]


def _number(wishes: Wishes, known: Iterable[Episode], show: Show, season: int | None) -> int | None:
    """The number that is asked for, or the next; none where the show numbers no episode."""
    counted = _counted(known)
    taken = {e.number: e.slug for e in counted if e.season == season and e.number}
    if wishes.number is None:
        numbered = any(e.number for e in counted) or not counted or show.type == "serial"
        return max(taken, default=0) + 1 if numbered else None
    if wishes.number in taken:
        slug, free_one = taken[wishes.number], max(taken) + 1
        raise Fixable(fault("new.number", number=wishes.number, slug=slug, free=free_one))
    return wishes.number


def _date(said: str | None, known: Iterable[Episode], show: Show) -> tuple[datetime, bool]:
    """The date that is asked for, the next of the show's rhythm, or now; with its zone."""
    now = datetime.now().astimezone().replace(microsecond=0)
    dates = [e.date for e in _counted(known)]
    if said is None:
        following = rhythm.next_date(dates, now, show.update_frequency)
        return (following, True) if following else (now.replace(second=0), False)
    newest = max(dates, default=now)
    try:
        asked = datetime.fromisoformat(said.strip())
    except ValueError as error:
        raise Fixable(fault("new.date", value=said[:60])) from error
    if len(said.strip()) <= len("2026-11-02"):
        hour = newest.replace(tzinfo=None).time() if dates else rhythm.USUAL
        asked = datetime.combine(asked.date(), hour)
    if not 1990 <= asked.year < 2100:
        raise Fixable(fault("new.date", value=said[:60]))
    return (asked if asked.tzinfo else rhythm.zoned(asked, newest)), False


def _slug(space: Workspace, asked: str | None, wanted: str, show: Show) -> str:
    """The folder's name: the one that is asked for, or the title's with a number if it is taken."""
    if asked is not None and not is_slug(asked):
        raise Fixable(fault("field.slug", key="--slug", value=asked[:60]))
    if asked in own_names(show):
        raise Fixable(fault("episode.taken", slug=asked))
    taken = _taken(space, show)
    if asked is None:
        return free(wanted, taken)
    if asked in taken:
        raise Fixable(fault("new.exists", Place(f"episodes/{asked}"), slug=asked))
    return asked


def _taken(space: Workspace, show: Show) -> set[str]:
    """Names of folders and texts that are there, of pages, and of what was ever published."""
    taken = set(own_names(show))
    episodes, texts = space.root / "episodes", space.root / "transcripts"
    if episodes.is_dir():
        taken |= {path.name for path in episodes.iterdir()}
    if texts.is_dir():
        taken |= {path.name.partition(".")[0] for path in texts.iterdir()}
    if space.ledger.is_file():
        ledger = read_ledger(space.text(space.ledger), space.ledger.name)
        taken |= {*ledger.episodes, *(retired.slug for retired in ledger.retired.values())}
    return taken


def _look(track: Track) -> None:
    """Raise :class:`Fixable` for what is no sound, or has a name by which none is found."""
    ffmpeg.look(track)
    if track.path.suffix.lower() not in SOUND_ENDINGS:
        known = "wav, mp3, flac, m4a, ogg"
        raise Fixable(fault("new.ending", Place(track.name), known=known))


def _text(show: Show, title: str, number: int | None, season: int | None, date: datetime) -> str:
    """``episode.md`` in the show's language; what is not known has no line."""
    hosts = [key for key, person in show.people.items() if person.role in _HOSTS]
    speak = [*show.people] if len(show.people) == 1 else hosts
    values: Mapping[str, str] = {
        "title": quoted(title),
        "number": str(number or ""),
        "season": str(season or ""),
        "date": date.isoformat(),
        "guid": str(uuid4()),
        "summary": quoted(Wording(show.language).say("new.summary")),
        "keys": ", ".join(show.people) or "-",
        "people": ", ".join(quoted(key) for key in speak),
    }
    example = Path(__file__).parent / "example"
    template = written_in(show.language, example, "new-episode.md")
    lines = []
    for line in template.read_text("utf-8").splitlines():
        if line in ("number: @number@", "season: @season@") and not values[line.split(":")[0]]:
            continue
        for name, value in values.items():
            line = line.replace(f"@{name}@", value) if f"@{name}@" in line else line
        lines.append(line)
    return "\n".join(lines) + "\n\n"


@contextmanager
def _made_whole(folder: Path, name: str) -> Iterator[Path]:
    """A folder to fill, which takes its place at the end; nothing is left of it otherwise."""
    place = Place(name)
    try:
        ensure_folder(folder.parent)
        for left in folder.parent.glob(f"{_HALF_MADE}*"):  # after a kill in the middle of a copy
            if time.time() - left.stat().st_mtime > _OLD_S:
                shutil.rmtree(left, ignore_errors=True)
        half = Path(tempfile.mkdtemp(prefix=_HALF_MADE, dir=folder.parent))
        try:
            half.chmod(0o755)
            yield half
            if folder.exists():
                raise Fixable(fault("new.exists", place, slug=folder.name))
            os.rename(half, folder)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    except OSError as error:
        raise Outside(fault(disk_kind(error), place)) from error


def _copy(track: Track, target: Path, report: Reporter) -> None:
    """Copy a recording, telling how far it is; raises :class:`Fixable` for one that still grows.

    A copy and no link: who opens the original again and saves it would change the episode too.
    """
    total = track.path.stat().st_size
    if shutil.disk_usage(target.parent).free < total:
        raise Outside(fault("disk.full", Place(target.parent.parent.name)))
    done = 0
    try:
        reader = track.path.open("rb")
    except OSError as error:
        raise Outside(fault("file.unreadable", Place(track.name))) from error
    with (
        reader,
        target.open("xb") as writer,
        report.progress(
            "progress.recording", name=track.path.name, megabytes=total / 1e6
        ) as progress,
    ):
        while block := reader.read(_PIECE):
            writer.write(block)
            done += len(block)
            progress(min(1.0, done / total))
        writer.flush()
        os.fsync(writer.fileno())
    if done != total or track.path.stat().st_size != total:
        raise Fixable(fault("new.growing", Place(track.name)))
