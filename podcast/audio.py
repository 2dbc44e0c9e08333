"""Make the published sound from what was recorded: levelled, joined with its music, encoded.

One pass listens to each file (:mod:`podcast.analysis`), one encodes (:mod:`podcast.encoding`).
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from podcast import encoding, loudness, music
from podcast.analysis import Heard, hear
from podcast.encoding import Plan
from podcast.ffmpeg import Progress, opened, run, written
from podcast.graph import RATE, Body, Cut, Source
from podcast.levels import Levels
from podcast.loudness import Course
from podcast.recording import Loudness, Master, Recording, Track
from podcast.show import Sound
from podcast.sync import Shift, shift

# Count up whenever the treatment changes, so that sounds made by an older recipe are made again.
RECIPE = 2
# Likewise for anything that moves words in time: then transcripts are aligned with new words.
TIME_RECIPE = 1


def master(
    recording: Recording,
    sound: Sound,
    made: Path,
    progress: Progress | None = None,
    workers: int | None = None,
    examine: Callable[[Sequence[Levels]], None] | None = None,
    halves_from_ms: int = encoding.HALVES_FROM_MS,
    keep: Callable[[Levels], None] | None = None,
) -> Master:
    """Write the finished MP3 to ``made``: cleaned, levelled, with its music, at the right loudness.

    ``examine`` gets the levels of each track before the long work, and may refuse them; ``keep``
    gets those of the finished sound.
    Raises :class:`Fixable` for recordings that cannot be published and :class:`Outside` where
    ffmpeg or the disk fails.
    """
    told = _Told(progress)
    with written(made), tempfile.TemporaryDirectory(dir=made.parent) as folder:
        heard = [
            hear(t, sound.highpass_hz, told.share(0.15 / len(recording.tracks)))
            for t in recording.tracks
        ]
        if examine:
            examine([h.levels for h in heard])
        plan, target = _plan(recording, heard, sound, Path(folder))
        before = Loudness(
            sum(h.loudness.integrated for h in heard) / len(heard),
            max(h.loudness.peak for h in heard),
        )
        heard.clear()  # hours of levels are not needed while the encoder runs
        levelled = encoding.level(
            plan, target, sound.peak, made, told.share(0.85), workers, halves_from_ms
        )
    if keep:
        keep(levelled.levels)
    return Master(
        made, plan.duration_ms, plan.body.channels, before, levelled.after, plan.head_ms,
        levelled.gain, levelled.ceiling, tuple(s.offset_ms for s in plan.body.sources),
    )  # fmt: skip


def others(
    recording: Recording,
    sound: Sound,
    made: Master,
    files: Mapping[str, Path],
    progress: Progress | None = None,
) -> None:
    """Encode the sound of a master as other kinds of file, by kind: ``m4a``, ``opus``.

    They are made from the recording, not from the MP3, and apart from it: asking for one more kind
    leaves the MP3 and its address as they are.
    """
    told = _Told(progress)
    (first, *_) = files.values()
    with written(first), tempfile.TemporaryDirectory(dir=first.parent) as folder:
        share = 0.3 / len(recording.tracks)
        heard = [hear(t, sound.highpass_hz, told.share(share)) for t in recording.tracks]
        plan, _ = _plan(recording, heard, sound, Path(folder))
        encoding.others(plan, made, files, told.share(0.7))


class _Told:
    """Tells one progress for several runs."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._done = 0.0

    def share(self, part: float) -> Progress:
        """The progress of the next run, which is ``part`` of the whole."""
        begin, self._done = self._done, self._done + part

        def tell(done: float) -> None:
            if self._progress:
                self._progress(begin + done * part)

        return tell


# What there is, and how loud it will be.


def _plan(
    recording: Recording, heard: Sequence[Heard], sound: Sound, folder: Path
) -> tuple[Plan, float]:
    pieces = {
        name: (track, hear(track))
        for name, track in (("opening", recording.opening), ("closing", recording.closing))
        if track
    }
    stereo = any(not h.mono for h in (*heard, *(h for _, h in pieces.values())))
    channels = 2 if stereo else 1
    target = sound.loudness_stereo if stereo else sound.loudness_mono
    tracks = [
        _steady(t, h, folder / f"{i}.flac")
        for i, (t, h) in enumerate(zip(recording.tracks, heard, strict=True))
    ]
    courses = [_used(h, channels) for h in heard]
    gains = _gains(courses, target, sound.even, recording.parts)
    shifts = _shifts(heard) if not recording.parts else [Shift(0, 0.0)] * len(heard)
    sources = tuple(
        Source(gain, h.duration_ms, _pan(h, channels), s.offset_ms, s.drift)
        for gain, h, s in zip(gains, heard, shifts, strict=True)
    )
    body = Body(sources, recording.parts, channels, sound.highpass_hz, sound.denoise)
    levelled = [
        c.louder(g).shifted(s.offset_ms) for c, g, s in zip(courses, gains, shifts, strict=True)
    ]
    whole = loudness.joined(levelled) if body.parts else loudness.mixed(levelled)
    ends: dict[str, tuple[Path, int]] = {}
    for name, (track, h) in pieces.items():
        made = folder / f"{name}.wav"
        run([*opened(track.path), "-map", "0:a:0", "-ar", str(RATE), "-f", "wav", str(made)])
        gain = target - loudness.integrated(_used(h, channels).power)
        ends[name] = (made, music.fade(made, gain, closing=name == "closing"))
        piece = _used(h, channels).louder(gain)
        whole = loudness.joined([piece, whole] if name == "opening" else [whole, piece])
    head, head_ms = ends.get("opening", (None, 0))
    tail, tail_ms = ends.get("closing", (None, 0))
    plan = Plan(
        tuple(t.path for t in tracks), body, Cut(), head, head_ms, tail,
        head_ms + body.duration_ms + tail_ms, whole,
    )  # fmt: skip
    return plan, target


def _gains(courses: Sequence[Course], target: float, even: bool, parts: bool) -> list[float]:
    """What brings each track to the target in dB, or all of them together where not ``even``."""
    if even:
        return [target - loudness.integrated(course.power) for course in courses]
    together = loudness.joined(list(courses)) if parts else loudness.mixed(list(courses))
    return [target - loudness.integrated(together.power)] * len(courses)


def _shifts(heard: Sequence[Heard]) -> list[Shift]:
    """Where each track begins, the first of them at 0."""
    found = [Shift(0, 0.0)]
    for h in heard[1:]:
        found.append(shift(heard[0].course.tops, h.course.tops) or Shift(0, 0.0))
    first = min(s.offset_ms for s in found)
    return [replace(s, offset_ms=s.offset_ms - first) for s in found]


def _steady(track: Track, heard: Heard, made: Path) -> Track:
    """A file whose rate or channels change in its middle, written anew as one that does not."""
    if heard.steady:
        return track
    layout = "stereo" if heard.channels == 2 else "mono"
    run(
        [*opened(track.path), "-map", "0:a:0", "-af", f"aformat=channel_layouts={layout}",
         "-ar", str(RATE), "-f", "flac", str(made)]
    )  # fmt: skip
    return replace(track, path=made)


def _pan(heard: Heard, channels: int) -> int | None:
    """The side that is all of a file, where only one is to be taken."""
    if heard.channels == 1 or heard.side is None:
        return None
    if heard.side < 0:
        return 0 if channels == 1 else None
    return heard.side


def _used(heard: Heard, channels: int) -> Course:
    """A file's course as it goes into a sound of so many channels."""
    one = heard.channels == 1 or _pan(heard, channels) is not None
    if heard.channels == 2 and heard.side == -1 and one:
        # Two equal sides were measured, of which one stays.
        return heard.course.scaled(0.5, 1.0)
    if one and channels == 2:
        # One channel is shared out to two, 3 dB softer each.
        return heard.course.scaled(1.0, math.sqrt(0.5))
    return heard.course
