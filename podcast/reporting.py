"""The report on an episode's sound: a page that stands alone, and its blemishes as lines."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from urllib.parse import quote

from podcast import assembly, examining, mastering, pipeline, sound_report
from podcast.alone import alone
from podcast.diagnosis import Blemish, spoken_in
from podcast.episode import Episode
from podcast.episode_line import draw
from podcast.errors import Fixable
from podcast.levels import Levels, joined
from podcast.recording import Master, Recording
from podcast.report import Silent
from podcast.sound_report import Heard
from podcast.timeline import chapters
from podcast.transcript import Timeline
from podcast.wording import Wording
from podcast.work import Work
from podcast.workspace import Workspace, write


@dataclass(frozen=True, slots=True)
class SoundChecked:
    """What is wrong with the sound, and the page that shows it."""

    blemishes: tuple[Blemish, ...]
    page: str


def sound(space: Workspace, slug: str, timeline: Timeline, words: Wording) -> SoundChecked | None:
    """Examine a finished sound beside its text, and write the page; ``None`` before it is made."""
    work = pipeline.start(space, Silent())
    episode = space.episode(slug, work.show)
    there = finished(work, episode)
    if there is None:
        return None
    recording, made = there
    found = examining.blemishes(work, recording, made, spoken_in(timeline))
    page = space.cache / "report" / f"{slug}.html"
    levels = [examining.levels_of(work, track) for track in recording.tracks]
    recorded = joined(levels) if recording.parts else sound_report.together(levels)
    stereo = made.channels == 2
    view = sound_report.report(
        words,
        (episode.title, episode.language),
        Heard(recorded, made.before.integrated, made.before.peak),
        Heard(examining.levels_of_master(work, made), made.after.integrated, made.after.peak),
        made.recorded_ms,
        episode.sound.loudness_stereo if stereo else episode.sound.loudness_mono,
        found,
        {
            None: _address(made.path, page),
            **{track.name: _address(track.path, page) for track in recording.tracks},
        },
        draw(timeline, chapters(timeline)),
        chapters(timeline),
        _begins(recording, levels) if recording.parts else None,
        made.removed_ms,
    )
    write(page, alone(view, sound_report.TEMPLATE, sound_report.STYLE, assembly.theme_of(work)))
    work.digests.save()
    return SoundChecked(found, space.name(page))


def finished(work: Work, episode: Episode) -> tuple[Recording, Master] | None:
    """The recording and the sound that was made of it; ``None`` before it is made."""
    with suppress(Fixable):  # a recording that is gone is told by publish
        recording = work.workspace.recording(episode, work.show)
        if made := mastering.mastered(work, recording, episode.sound):
            return recording, made
    return None


def _begins(recording: Recording, levels: Sequence[Levels]) -> dict[str, int]:
    """When each part begins, one after the other."""
    lengths = [part.duration_ms for part in levels]
    return {track.name: sum(lengths[:i]) for i, track in enumerate(recording.tracks)}


def _address(file: Path, page: Path) -> str:
    return quote(Path(relpath(file, page.parent)).as_posix())
