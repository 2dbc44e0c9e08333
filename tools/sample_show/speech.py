"""The sample show's voices, its texts, and the time of every word that is spoken."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tools.espeak import Espeak, Speech


@dataclass(frozen=True)
class Voice:
    """How espeak-ng speaks one role; ``rate`` in words a minute, ``pitch`` from 0 to 100."""

    name: str
    rate: int
    pitch: int
    pitch_range: int


VOICES = {
    "presentatrice": Voice("roa/fr+f2", 160, 62, 55),
    "conseillere": Voice("roa/fr+f5", 150, 30, 42),
    "invite": Voice("roa/fr+m3", 152, 34, 45),
    "presenter": Voice("gmw/en+f2", 164, 60, 55),
    "coach": Voice("gmw/en-US+m3", 154, 36, 48),
}


@dataclass(frozen=True)
class Line:
    """One line of a text: a turn of speech, a pause (``seconds``) or a sound."""

    kind: str  # "turn", "pause", "jingle" or "machine"
    speaker: str = ""
    text: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class TimedWord:
    """A display word with its start and end in seconds from the start of its turn."""

    text: str
    start: float
    end: float


def read_script(path: Path) -> list[Line]:
    """Read a text of the show; says which line is wrong when one is."""
    lines: list[Line] = []
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if pause := re.fullmatch(r"\[pause (\d+(?:\.\d+)?)\]", line):
            lines.append(Line("pause", seconds=float(pause[1])))
        elif line in ("[jingle]", "[machine]"):
            lines.append(Line(line[1:-1]))
        elif (turn := re.fullmatch(r"(\w+): (.+)", line)) and turn[1] in VOICES:
            lines.append(Line("turn", turn[1], " ".join(turn[2].split())))
        else:
            raise SystemExit(f"{path.name}, line {number}: not a turn, a pause or a sound: {line}")
    return lines


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where the display words stand; a lone sign such as "?" belongs to the word before it."""
    spans: list[tuple[int, int]] = []
    for token in re.finditer(r"\S+", text):
        if spans and not any(char.isalnum() for char in token[0]):
            spans[-1] = (spans[-1][0], token.end())
        else:
            spans.append(token.span())
    return spans


def say(engine: Espeak, voice: Voice, text: str) -> Speech:
    """Speak ``text`` with one of the show's voices."""
    return engine.speak(text, voice.name, voice.rate, voice.pitch, voice.pitch_range)


def phoneme_count(engine: Espeak, voice: Voice, word: str) -> int:
    """How many phonemes a word has when it is said alone (at least one)."""
    return max(1, sum(not name.startswith("_") for name, _ in say(engine, voice, word).phonemes))


def time_words(text: str, speech: Speech, count: Callable[[str], int]) -> list[TimedWord]:
    """Give every display word its start and end.

    A word starts at the first espeak-ng event that stands inside it.  Words that are said as
    one with the word before (the "que" of "est-ce que") have no event: they share the phonemes
    up to the next event, each in proportion to its own number of phonemes, ``count(word)``.
    """
    spans = word_spans(text)
    texts = [text[a:b] for a, b in spans]
    spoken = [(name, start) for name, start in speech.phonemes if not name.startswith("_")]
    length = len(speech.samples) / speech.rate
    starts: list[float | None] = [
        next((w.start for w in speech.words if w.length > 0 and a <= w.position < b), None)
        for a, b in spans
    ]
    if starts[0] is None:
        starts[0] = spoken[0][1]
    found = [i for i, start in enumerate(starts) if start is not None] + [len(spans)]
    known: list[float] = []
    for here, after in pairwise(found):
        first = starts[here] or 0.0
        until = length if after == len(spans) else starts[after] or length
        shared = [start for _, start in spoken if first <= start < until]
        counts = [count(word) for word in texts[here:after]]
        known.append(first)
        for i in range(1, len(counts)):
            known.append(shared[round(len(shared) * sum(counts[:i]) / sum(counts))])
    words = []
    for word, start, until in zip(texts, known, [*known[1:], length], strict=True):
        end = until
        for name, at in reversed(speech.phonemes):  # step back over the pause after the word
            if at >= until:
                continue
            if not name.startswith("_") or at <= start:
                break
            end = at
        words.append(TimedWord(word, start, end))
    return words
