"""The step that examines a sound: its levels, kept so that asking again costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from podcast.diagnosis import Blemish, beyond_repair, diagnose
from podcast.episode_line import Stretch
from podcast.errors import Fixable, Place, fault
from podcast.levels import RECIPE, Levels, packed, unpacked
from podcast.memo import key
from podcast.metering import metered
from podcast.recording import Master, Recording, Track
from podcast.work import Work
from podcast.workspace import write


def levels_of(work: Work, track: Track) -> Levels:
    """The levels of a file that was recorded; raises :class:`Fixable` for what is no sound."""
    return _kept(work, work.digests.of(track.path), lambda: metered(track))


def keep(work: Work, track: Track, levels: Levels) -> None:
    """Keep the levels of a file that was decoded for something else."""
    _kept(work, work.digests.of(track.path), lambda: levels)


def keep_of_master(work: Work, name: str, levels: Levels) -> None:
    """Keep the levels of a finished sound that were gathered while it was encoded."""
    _write(work, name, levels)


def levels_of_master(work: Work, made: Master) -> Levels:
    """The levels of a finished sound, which is named by what it was made from."""
    return _kept(work, made.path.stem, lambda: metered(Track(made.path, made.path.name)))


def _kept(work: Work, name: str, measure: Callable[[], Levels]) -> Levels:
    try:
        return unpacked(_file(work, name).read_bytes())
    except (OSError, ValueError):
        # What is kept is rounded: the same is judged now and later.
        return unpacked(_write(work, name, measure()))


def _file(work: Work, name: str) -> Path:
    return work.workspace.cache / "levels" / f"{key(name, RECIPE)}.npz"


def _write(work: Work, name: str, levels: Levels) -> bytes:
    content = packed(levels)
    write(_file(work, name), content)
    return content


def refuse_ruined(work: Work, recording: Recording) -> None:
    """Raise :class:`Fixable` for recordings so clipped that nobody should have to hear them."""
    faults = [
        fault("audio.clipped", Place(track.name), percent=percent)
        for track in recording.tracks
        if (percent := beyond_repair(levels_of(work, track)))
    ]
    if faults:
        raise Fixable(faults)


def blemishes(
    work: Work,
    recording: Recording,
    made: Master,
    spoken: Mapping[str, Sequence[Stretch]] | None = None,
) -> tuple[Blemish, ...]:
    """What hurts listeners, gravest first; ``spoken`` is when each person speaks, if known."""
    files = [(track.name, levels_of(work, track)) for track in recording.tracks]
    return diagnose(files, levels_of_master(work, made), spoken)


def tell(work: Work, slug: str, found: Sequence[Blemish]) -> None:
    """A line for each blemish."""
    for blemish in found:
        work.report.say(f"blemish.{blemish.kind}", **blemish.told(slug))
