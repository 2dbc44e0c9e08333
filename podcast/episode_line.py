"""The shape of an episode: who speaks when, sounds and chapters, on a line of 1000 units.

All that is drawn lies between 0 (the start of the published audio) and :data:`UNITS` (its end), so
that a player finds its place with ``UNITS * currentTime / duration``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from podcast.timecode import spoken
from podcast.transcript import Chapter, Speaker, TimedCue, TimedParagraph, Timeline

UNITS = 1000
# A breath between two words is part of speaking; a longer silence is not.
BREATH_MS = 1000
# On a narrow screen a unit is a third of a pixel; a jingle is short and yet a landmark.
NARROWEST = 2
NARROWEST_SOUND = 5
ROWS = 6
TICK_SECONDS = (1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
TICKS = 4
# Thousandths of the line that a figure of one or of two digits takes, where the line is as long as
# 8, 16 and 28 letters "m": 320 px at twice the text size, 320 px, a desk.
FIGURE_ROOM = ((115, 170), (58, 84), (32, 47))
# Start and end in milliseconds, while there are many.
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time without a pause, in milliseconds; the end is not part of it."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Voice:
    """One person's part: ``share`` is the percentage of all that people speak (together 100)."""

    name: str
    turns: int
    stretches: tuple[Stretch, ...]
    spoken_ms: int
    share: int

    @property
    def length(self) -> str:
        """How long they speak: ``12 min 4 s``."""
        return spoken(self.spoken_ms)


@dataclass(frozen=True, slots=True)
class Row:
    """What is drawn for one person, or without a name for ``people`` who speak less.

    ``path`` is SVG path data on the line y = 0, to be stroked.
    """

    name: str
    people: int
    path: str


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter: ``start`` and ``end`` in units."""

    number: int
    title: str
    start: int
    end: int
    length: str


@dataclass(frozen=True, slots=True)
class Figure:
    """The number of one chapter or, in ``text``, of several with one digit each.

    ``x`` has a place for each of them; ``room`` tells how long a line must be to have room for
    it: 0 for any, 1 for a telephone's, 2 for a desk's.
    """

    text: str
    x: str
    room: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A round time under the line; ``room`` as a figure's."""

    label: str
    x: str
    anchor: str
    room: int


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """All that the line shows; a talk of one person has no voices and no rows."""

    voices: tuple[Voice, ...]
    rows: tuple[Row, ...]
    sounds: str
    sounds_length: str
    parts: tuple[Part, ...]
    figures: tuple[Figure, ...]
    bounds: str
    ticks: tuple[Tick, ...]


def draw(timeline: Timeline, chapters: Sequence[Chapter]) -> EpisodeLine | None:
    """The line of an episode; ``None`` where it would show nothing: one person, one part."""
    whole = timeline.duration_ms
    voices = voices_of(timeline)
    if whole <= 0 or (len(voices) < 2 and len(chapters) < 2):
        return None
    voices = voices if len(voices) > 1 else ()
    sounds = _joined(
        (cue.start_ms, cue.end_ms) for cue in timeline.blocks if isinstance(cue, TimedCue)
    )
    parts = _parts(chapters, whole) if len(chapters) > 1 else ()
    heard = _inside(sounds, whole)
    return EpisodeLine(
        voices=voices,
        rows=_rows(voices, whole),
        sounds=path(heard, whole, NARROWEST_SOUND),
        sounds_length=spoken(_total(heard)),
        parts=parts,
        figures=tuple(_figures(parts)),
        bounds="".join(f"M{part.start} 0V1" for part in parts if part.start),
        ticks=tuple(ticks_of(whole)),
    )


def voices_of(timeline: Timeline) -> tuple[Voice, ...]:
    """Everybody who speaks, in the order in which they are first heard."""
    paragraphs = [block for block in timeline.blocks if isinstance(block, TimedParagraph)]
    known = {p.paragraph.speaker.key: p.paragraph.speaker.name for p in paragraphs}
    turns: Counter[str] = Counter()
    said: dict[str, list[list[_Span]]] = {}
    before: tuple[str, ...] = ()
    for paragraph in paragraphs:
        names = _names(paragraph.paragraph.speaker, known)
        for name in names:
            if name not in before:
                turns[name] += 1
                said.setdefault(name, []).append([])
            said[name][-1] += [(token.start_ms, token.end_ms) for token in paragraph.tokens]
        before = names
    heard = {
        name: _inside(
            _joined(s for turn in own for s in _joined(turn, BREATH_MS)), timeline.duration_ms
        )
        for name, own in said.items()
    }
    heard = {name: stretches for name, stretches in heard.items() if stretches}
    shares = _shares([_total(stretches) for stretches in heard.values()])
    return tuple(
        Voice(name, turns[name], stretches, _total(stretches), share)
        for (name, stretches), share in zip(heard.items(), shares, strict=True)
    )


def _shares(amounts: Sequence[int]) -> list[int]:
    """Percentages that make 100 together: what cutting leaves goes to the largest remainders."""
    whole = sum(amounts)
    shares = [100 * amount // whole for amount in amounts]
    by_remainder = sorted(range(len(amounts)), key=lambda i: -(100 * amounts[i] % whole))
    for index in by_remainder[: 100 - sum(shares)]:
        shares[index] += 1
    return shares


def _names(speaker: Speaker, known: dict[str | None, str]) -> tuple[str, ...]:
    """One name, or those of several who speak together and each have a row of their own."""
    keys = (speaker.key or "").split("+")
    if len(keys) > 1 and all(key in known for key in keys):
        return tuple(known[key] for key in keys)
    return (speaker.name,)


def _joined(spans: Iterable[_Span], pause_ms: int = 0) -> list[_Span]:
    """The spans in order of time; those that touch or pause for less become one."""
    joined: list[_Span] = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] <= pause_ms:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _inside(spans: Iterable[_Span], whole: int) -> tuple[Stretch, ...]:
    """What of the spans lies inside the audio."""
    cut = (Stretch(max(0, start), min(whole, end)) for start, end in spans)
    return tuple(s for s in cut if s.start_ms < s.end_ms)


def _total(stretches: Iterable[Stretch]) -> int:
    return sum(s.end_ms - s.start_ms for s in stretches)


def path(stretches: Sequence[Stretch], whole_ms: int, narrowest: int = NARROWEST) -> str:
    """Stretches in order as SVG path data: ``M12 0H40M58 0H60``, none narrower than can be seen."""
    drawn: list[tuple[int, int]] = []
    for stretch in stretches:
        start = min(round(UNITS * stretch.start_ms / whole_ms), UNITS - narrowest)
        end = max(round(UNITS * stretch.end_ms / whole_ms), start + narrowest)
        if drawn and start - drawn[-1][1] < NARROWEST:
            drawn[-1] = (drawn[-1][0], max(end, drawn[-1][1]))
        else:
            drawn.append((start, end))
    return "".join(f"M{start} 0H{end}" for start, end in drawn)


def _rows(voices: Sequence[Voice], whole: int) -> tuple[Row, ...]:
    """A row for each voice; of a crowd, for the longest heard, and one for all others."""
    own = set(voices)
    if len(voices) > ROWS:
        own = set(sorted(voices, key=lambda voice: -voice.spoken_ms)[: ROWS - 1])
    rows = [Row(v.name, 1, path(v.stretches, whole)) for v in voices if v in own]
    others = [voice for voice in voices if voice not in own]
    if others:
        together = _joined((s.start_ms, s.end_ms) for voice in others for s in voice.stretches)
        rows.append(Row("", len(others), path([Stretch(*span) for span in together], whole)))
    return tuple(rows)


def _parts(chapters: Sequence[Chapter], whole: int) -> tuple[Part, ...]:
    starts = [min(max(0, chapter.start_ms), whole) for chapter in chapters]
    ends = [*starts[1:], whole]
    return tuple(
        Part(
            number,
            chapter.title,
            round(UNITS * start / whole),
            round(UNITS * end / whole),
            spoken(end - start),
        )
        for number, (chapter, start, end) in enumerate(zip(chapters, starts, ends, strict=True), 1)
    )


def _figures(parts: Sequence[Part]) -> Iterator[Figure]:
    """The numbers of the chapters that are wide enough, as few text elements as can be."""
    for room, (one, two) in enumerate(FIGURE_ROOM):
        wider = FIGURE_ROOM[room - 1] if room else (UNITS + 1, UNITS + 1)
        here = [
            part
            for part in parts
            if (one, two)[part.number > 9] <= part.end - part.start < wider[part.number > 9]
        ]
        # A list of places in x moves single characters: one element for all of one digit.
        digits = [part for part in here if part.number < 10]
        if digits:
            text = "".join(str(part.number) for part in digits)
            yield Figure(text, " ".join(_percent(part.start) for part in digits), room)
        for part in here:
            if part.number > 9:
                yield Figure(str(part.number), _percent(part.start), room)


def _percent(units: int) -> str:
    return f"{100 * units / UNITS:g}%"


def ticks_of(whole: int) -> Iterator[Tick]:
    """Round times under a line of so many milliseconds."""
    step = next((s for s in TICK_SECONDS if whole // (s * 1000) <= TICKS), TICK_SECONDS[-1]) * 1000
    last = whole // step
    for number in range(last + 1):
        at = number * step
        units = round(UNITS * at / whole)
        anchor = "middle" if 0 < units <= 0.85 * UNITS else "end" if units else "start"
        label = spoken(at).removesuffix(" 0\u00a0min") if at else "0"
        room = 2 if number % 2 else 0 if number in (0, last - last % 2) else 1
        yield Tick(label, _percent(units), anchor, room)
