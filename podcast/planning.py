"""Plan the published sound from what was heard of its files: gains, places, pauses and music."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from podcast import loudness, pauses, playing
from podcast.analysis import Heard, hear
from podcast.encoding import Plan
from podcast.ffmpeg import opened, run
from podcast.graph import RATE, Body, Source
from podcast.loudness import STEP_MS, TOP_MS, Course
from podcast.recording import Kept, Played, Recording, Track
from podcast.score import Tune, between, score
from podcast.show import Sound
from podcast.splices import write_fades
from podcast.sync import Shift, shift


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """What is to be encoded, at which loudness, and what became of the recording's time."""

    plan: Plan
    target: float
    kept: tuple[Kept, ...]
    joints_ms: tuple[int, ...]
    played: tuple[Played, ...]


def planned(recording: Recording, heard: Sequence[Heard], sound: Sound, folder: Path) -> Planned:
    """Plan the sound; short files that it needs are written into ``folder``."""
    pieces = {kind: (track, hear(track)) for kind, track in recording.music.items()}
    stereo = any(not h.mono for h in (*heard, *(h for _, h in pieces.values())))
    channels = 2 if stereo else 1
    target = sound.loudness_stereo if stereo else sound.loudness_mono
    tracks = [
        _steady(t, h, folder / f"{i}.flac")
        for i, (t, h) in enumerate(zip(recording.tracks, heard, strict=True))
    ]
    tunes = {kind: Tune(h.duration_ms, t.under_ms) for kind, (t, h) in pieces.items()}
    body, course = _body(recording, heard, sound, target, channels, between(tunes.get("jingle")))
    if sound.pauses is not None:
        body, course = _shortened(body, course, round(sound.pauses * 1000))
    joints = [pauses.now(end, body.removed) for end in _ends(body)]
    found = score(tunes, body.duration_ms, joints)
    fades = None
    if body.removed:
        fades = folder / "fades.wav"
        # A little longer than the sound, which must not end with it.
        write_fades(body.removed, body.duration_ms + 1000, fades)
    music = playing.written(found, pieces, course.louder(target), target, channels, folder)
    plan = Plan(
        tuple(t.path for t in tracks), body, found.body_ms, music.laid, fades, music.tail,
        found.duration_ms, music.course,
    )  # fmt: skip
    begins = tuple(found.body_ms + joint + body.between_ms for joint in joints)
    return Planned(plan, target, _kept(body, found.body_ms), begins, found.played)


# The recording.


def _body(
    recording: Recording,
    heard: Sequence[Heard],
    sound: Sound,
    target: float,
    channels: int,
    between_ms: int,
) -> tuple[Body, Course]:
    """The recording as it goes into the sound, and its course at 0 LUFS."""
    courses = [h.used(channels) for h in heard]
    gains = _gains(courses, sound.even, recording.parts)
    shifts = _shifts(heard) if not recording.parts else [Shift(0, 0.0)] * len(heard)
    sources = tuple(
        Source(gain + target, h.duration_ms, h.pan(channels), s.offset_ms, s.drift)
        for gain, h, s in zip(gains, heard, shifts, strict=True)
    )
    body = Body(sources, recording.parts, channels, sound.highpass_hz, sound.denoise, between_ms)
    levelled = [c.louder(gain) for c, gain in zip(courses, gains, strict=True)]
    if not recording.parts:
        pairs = zip(levelled, shifts, strict=True)
        return body, loudness.mixed([c.shifted(s.offset_ms, s.drift) for c, s in pairs])
    first, *others = levelled
    return body, loudness.joined([first, *(c.shifted(between_ms) for c in others)])


def _ends(body: Body) -> list[int]:
    """When each part ends that another one follows, in the body before anything is left out."""
    lengths = [s.duration_ms for s in body.sources] if body.parts else []
    return [sum(lengths[:n]) + (n - 1) * body.between_ms for n in range(1, len(lengths))]


def _shortened(body: Body, course: Course, longest_ms: int) -> tuple[Body, Course]:
    """The same with pauses of at most so much; where a jingle will be is none."""
    speaking = pauses.heard(course.tops)
    if body.between_ms:
        for end in _ends(body):
            speaking[end // TOP_MS : -(-(end + body.between_ms) // TOP_MS)] = True
    removed = pauses.found(speaking, longest_ms)
    removed = tuple(span for span in removed if span[1] <= body.whole_ms)
    return replace(body, removed=removed), Course(
        pauses.without(course.power, STEP_MS, removed),
        pauses.without(course.tops, TOP_MS, removed),
    )


def _kept(body: Body, body_ms: int) -> tuple[Kept, ...]:
    """Where what stays of the recording is in the published sound."""
    ends = _ends(body)
    # Between parts nothing was recorded.
    joints = [*ends, body.whole_ms]
    found = []
    for start, end in pauses.stays(body.whole_ms, body.removed):
        begin = 0
        for n, joint in enumerate(joints):
            a, b = max(start, begin), min(end, joint)
            if b > a:
                published = body_ms + pauses.now(a, body.removed)
                found.append(Kept(a - n * body.between_ms, published, b - a))
            begin = joint + body.between_ms
    return tuple(found)


def _gains(courses: Sequence[Course], even: bool, parts: bool) -> list[float]:
    """What brings each track to 0 LUFS in dB, or all of them together where not ``even``."""
    if even:
        return [-loudness.integrated(course.power) for course in courses]
    together = loudness.joined(list(courses)) if parts else loudness.mixed(list(courses))
    return [-loudness.integrated(together.power)] * len(courses)


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
