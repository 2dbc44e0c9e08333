"""How a sound went, in a picture, in sentences and in a table: before and after the treatment.

The picture follows the episode line's rules: 1000 units from start to end, names beside the rows,
and nothing that only a colour says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from podcast.dates import decimal
from podcast.diagnosis import Blemish
from podcast.episode_line import (
    NARROWEST_SOUND,
    UNITS,
    EpisodeLine,
    Stretch,
    Tick,
    path,
    ticks_of,
)
from podcast.levels import STEP_MS, Floats, Levels
from podcast.timecode import clock, spoken
from podcast.transcript import Chapter
from podcast.wording import Wording

TEMPLATE = "sound_report.html"
STYLE = "sound_report.css"
COLUMNS = 500
LOUDEST, SOFTEST = 0, -50
"""LUFS at the top and the bottom of the row of loudness."""
SHORT_TERM_MS = 3000
PARTS = 10
PARTS_MS = (10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a blemish is heard, and where a player finds it (a media fragment)."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """One blemish: its number in the picture, its sentence, its times."""

    number: int
    sentence: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the blemish of this number is heard: strokes on the line y = 0."""

    number: int
    path: str


@dataclass(frozen=True, slots=True)
class Course:
    """One sound over its time, as SVG path data.

    ``wave`` is in thousandths of full scale around 0; ``loudness`` goes down from 0 in tenths of a
    LU.
    """

    title: str
    wave: str
    loudness: str
    target: str
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    length: str
    integrated: str
    peak: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A row of the table: a chapter, or some minutes."""

    title: str
    chapter: bool
    start: str
    before: str
    after: str
    peak: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What is reported of one sound: its levels, its measured loudness, where its time begins."""

    levels: Levels
    integrated: float
    peak: float


@dataclass(frozen=True, slots=True)
class SoundReport:
    """All that the report's page shows."""

    language: str
    words: Wording
    style: Markup
    policy: str
    title: str
    title_language: str
    told: tuple[Told, ...]
    before: Course
    after: Course
    line: EpisodeLine | None
    stages: tuple[Stage, ...]
    removed: str


def together(levels: Sequence[Levels]) -> Levels:
    """Tracks that are heard at once as one channel: powers add, the highest peak stands."""
    if len(levels) == 1:
        return levels[0]
    steps = max((len(one) for one in levels), default=0)

    def filled(values: Floats) -> Floats:
        rows = np.full((steps, *values.shape[1:]), -120.0, np.float32)
        rows[: len(values)] = values
        return rows

    def summed(parts: Sequence[Floats]) -> Floats:
        powers = np.sum([10 ** (filled(part).astype(np.float64) / 10) for part in parts], axis=0)
        return np.asarray(10 * np.log10(powers), np.float32)

    ones = np.ones(steps, np.float32)
    return Levels(
        1,
        max((one.duration_ms for one in levels), default=0),
        summed([one.rms.max(axis=1, keepdims=True) for one in levels]),
        np.max([filled(one.peak.max(axis=1, keepdims=True)) for one in levels], axis=0),
        summed([one.loudness for one in levels]),
        ones,
        ones,
        np.zeros((steps, 1), np.float32),
        np.full((-(-steps // 20), 2), -120.0, np.float32),
    )


def report(
    words: Wording,
    title: tuple[str, str],
    before: Heard,
    after: Heard,
    recorded_ms: Callable[[int], int],
    target: float,
    blemishes: Sequence[Blemish],
    addresses: Mapping[str | None, str],
    line: EpisodeLine | None = None,
    chapters: Sequence[Chapter] = (),
    begins: Mapping[str, int] | None = None,
    removed_ms: int = 0,
) -> SoundReport:
    """The page's view, without style.

    ``title`` is the episode's with its language; ``recorded_ms`` tells when that was recorded
    which is heard at a time of the finished sound; ``addresses`` where a browser finds each
    recording by name, and the finished sound as ``None``; ``begins`` when each part of a recording
    begins, in milliseconds, and ``removed_ms`` how much of its pauses was taken out.
    """
    numbered = list(enumerate(blemishes, 1))
    recorded = [(n, _moved(b, (begins or {}).get(b.file, 0))) for n, b in numbered if b.file]
    finished = [(n, b) for n, b in numbered if not b.file]
    return SoundReport(
        language=words.language,
        words=words,
        style=Markup(),
        policy="",
        title=title[0],
        title_language=title[1],
        told=tuple(_told(number, each, words, addresses) for number, each in numbered),
        before=_course(words, "report.before", before, None, recorded),
        after=_course(words, "report.after", after, target, finished),
        line=line,
        stages=tuple(_stages(words, before, after, recorded_ms, chapters)),
        removed=words.say("report.pauses", seconds=decimal(removed_ms / 1000, words.language))
        if removed_ms
        else "",
    )


def _told(
    number: int, blemish: Blemish, words: Wording, addresses: Mapping[str | None, str]
) -> Told:
    facts: dict[str, Any] = blemish.told(words.say("report.episode"))
    times = facts["times"]
    sentence = words.say(f"blemish.{blemish.kind}", **{**facts, "times": times.told(words)})
    address = addresses.get(blemish.file, "")
    moments = tuple(
        Moment(clock(start), f"{address}#t={start // 1000}")
        for start, _ in times.rounded
        if address
    )
    if not blemish.file:
        sentence = sentence[:1].upper() + sentence[1:]
    return Told(number, sentence, moments)


def _course(
    words: Wording,
    title: str,
    heard: Heard,
    target: float | None,
    blemishes: Sequence[tuple[int, Blemish]],
) -> Course:
    levels = heard.levels
    whole = max(1, levels.duration_ms)
    return Course(
        title=words.say(title),
        wave=wave(levels.peak.max(axis=1, initial=-120)),
        loudness=course(short_term(levels.loudness)),
        target="" if target is None else f"M0 {_deep(target)}H{UNITS}",
        marks=tuple(
            Mark(number, path(_in_order(blemish), whole, NARROWEST_SOUND))
            for number, blemish in blemishes
            if blemish.stretches
        ),
        ticks=tuple(ticks_of(whole)),
        length=spoken(levels.duration_ms),
        integrated=_level(heard.integrated, words),
        peak=_level(heard.peak, words),
    )


def _moved(blemish: Blemish, by_ms: int) -> Blemish:
    moved = (Stretch(s.start_ms + by_ms, s.end_ms + by_ms) for s in blemish.stretches)
    return replace(blemish, stretches=tuple(moved))


def _in_order(blemish: Blemish) -> list[Stretch]:
    return sorted(blemish.stretches, key=lambda stretch: stretch.start_ms)


def columns(values: NDArray[Any], most: bool) -> NDArray[Any]:
    """At most :data:`COLUMNS` values: the highest of each share of the time, or the mean."""
    if len(values) <= COLUMNS:
        return values
    edges = np.linspace(0, len(values), COLUMNS + 1).astype(int)[:-1]
    if most:
        return np.maximum.reduceat(values, edges)
    counts = np.diff(np.append(edges, len(values)))
    return np.asarray(np.add.reduceat(values, edges) / counts)


def wave(peaks: Floats) -> str:
    """Peaks as the outline of a wave between -1000 and 1000."""
    tops = np.rint(1000 * 10 ** (columns(peaks, True) / 20)).astype(int)
    if not len(tops):
        return ""
    ends = np.rint(np.linspace(0, UNITS, len(tops) + 1)).astype(int)[1:]
    above = "".join(f"V{-top}H{end}" for top, end in zip(tops, ends, strict=True))
    starts = [0, *ends[:-1]]
    below = "".join(f"V{top}H{start}" for top, start in zip(tops[::-1], starts[::-1], strict=True))
    return f"M0 0{above}{below}Z"


def short_term(loudness: Floats) -> Floats:
    """Loudness over 3 s around each step, as EBU R128 has it."""
    size = SHORT_TERM_MS // STEP_MS
    if not len(loudness):
        return loudness
    power = np.pad(10 ** (loudness.astype(np.float64) / 10), (size // 2, size - size // 2 - 1))
    sums = np.cumsum(np.concatenate([[0.0], power]))
    means = np.maximum((sums[size:] - sums[:-size]) / size, 1e-12)
    return np.asarray(10 * np.log10(means), np.float32)


def course(loudness: Floats) -> str:
    """Loudness as a line."""
    powers = columns(10 ** (loudness.astype(np.float64) / 10), False)
    depths = [_deep(level) for level in 10 * np.log10(np.maximum(powers, 1e-12))]
    if not depths:
        return ""
    places = np.rint((np.arange(len(depths)) + 0.5) * UNITS / len(depths)).astype(int)
    line = " ".join(f"{x} {y}" for x, y in zip(places, depths, strict=True))
    return f"M0 {depths[0]}L{line}"


def _deep(level: float) -> int:
    return round(10 * (LOUDEST - min(LOUDEST, max(SOFTEST, float(level)))))


def _stages(
    words: Wording,
    before: Heard,
    after: Heard,
    recorded_ms: Callable[[int], int],
    chapters: Sequence[Chapter],
) -> list[Stage]:
    """A row for each chapter; without chapters, for each of some equal parts."""
    whole = after.levels.duration_ms
    if len(chapters) > 1:
        starts = [min(max(0, chapter.start_ms), whole) for chapter in chapters]
        titles = [chapter.title for chapter in chapters]
    else:
        size = next((ms for ms in PARTS_MS if whole <= PARTS * ms), PARTS_MS[-1])
        starts = list(range(0, whole, size))
        ends = [min(whole, start + size) for start in starts]
        titles = [
            words.say("occasion.time", start=clock(a), end=clock(b))
            for a, b in zip(starts, ends, strict=True)
        ]
    rows = []
    for title, start, end in zip(titles, starts, [*starts[1:], whole], strict=True):
        recorded = before.levels.loudness[_steps(recorded_ms(start), recorded_ms(end))]
        made = _steps(start, end)
        rows.append(
            Stage(
                title,
                len(chapters) > 1,
                clock(start),
                _mean(recorded, words),
                _mean(after.levels.loudness[made], words),
                _level(float(after.levels.peak[made].max(initial=-120)), words),
            )
        )
    return rows


def _steps(start_ms: int, end_ms: int) -> slice:
    return slice(max(0, start_ms) // STEP_MS, max(0, -(-end_ms // STEP_MS)))


def _mean(loudness: Floats, words: Wording) -> str:
    """What is heard on average, without the pauses; a dash where there is nothing."""
    heard = loudness[loudness > -70]
    if not len(heard):
        return "–"
    power = 10 ** (heard.astype(np.float64) / 10)
    loud = power[power >= power.mean() / 10]
    return _level(float(10 * np.log10(loud.mean())), words)


def _level(level: float, words: Wording) -> str:
    return decimal(level, words.language).replace("-", "−") if level > -70 else "–"
