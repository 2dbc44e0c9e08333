"""Place the words that were not heard between those that were, at the pace of speech.

A word is never stretched over music or silence: where there is more room than words, they stand
with the words of their own paragraph.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from podcast.pieces import HeardPieces
from podcast.transcript import Certainty, Token

# Slow speech: nobody says a word more slowly, so the rest of the room is music or silence.
SLOWEST_MS_PER_LETTER = 120
# Ordinary speech, the space after a word counted.
PACE_MS_PER_LETTER = 75


@dataclass(slots=True)
class Heard:
    """What is known of one written word; ``first`` to ``stop`` are the machine's pieces for it."""

    start: int
    end: int
    how: Certainty
    first: int
    stop: int


def fill(
    words: Sequence[str],
    times: Sequence[Heard | None],
    known: HeardPieces,
    borders: Sequence[int],
    room: tuple[int, int],
) -> list[Token]:
    """A token for each word, in order; ``borders`` are the first words of paragraphs."""
    tokens: list[Token] = []
    heard = 0
    at = 0
    while at < len(words):
        time = times[at]
        if time is not None:
            start = max(time.start, tokens[-1].start_ms if tokens else room[0])
            end = max(start, min(time.end, room[1]))
            tokens.append(Token(words[at], start, end, time.how))
            heard = time.stop
            at += 1
            continue
        stop = at
        while stop < len(words) and times[stop] is None:
            stop += 1
        following = times[stop] if stop < len(words) else None
        # A pin may stand before the end of the word before it, or even before its start.
        after = max(following.start if following else room[1], tokens[-1].start_ms if tokens else 0)
        before = min(tokens[-1].end_ms if tokens else room[0], after)
        # What the machine heard here and the text has otherwise.
        free = range(heard, following.first if following else known.after(after))
        if at == 0:
            cut = 0
        elif following:
            cut = _cut(at, stop, borders)
        else:
            cut = stop - at
        tokens += _between(words[at:stop], before, after, known, free, cut)
        at = stop
    return _without_overlap(tokens)


def _cut(at: int, stop: int, borders: Sequence[int]) -> int:
    """How many words of a run stand with the word before it; the rest with the word after it."""
    last = borders[bisect_right(borders, stop) - 1] if borders else 0
    # A run that ends with its paragraph, or within one, follows the word before.
    return stop - at if last == stop or last < at else last - at


def _between(
    words: Sequence[str], start: int, stop: int, known: HeardPieces, free: range, cut: int
) -> list[Token]:
    lengths = [len(word) + 1 for word in words]
    total = sum(lengths)
    said = sum(len(known.texts[k]) + 1 for k in free)
    if said and 0.5 <= total / said <= 2:
        return _over(words, lengths, start, stop, known, free, said)
    if stop - start <= total * SLOWEST_MS_PER_LETTER:
        return _steady(words, lengths, start, stop)
    left, right = sum(lengths[:cut]), sum(lengths[cut:])
    return [
        *_steady(words[:cut], lengths[:cut], start, start + left * PACE_MS_PER_LETTER),
        *_steady(words[cut:], lengths[cut:], stop - right * PACE_MS_PER_LETTER, stop),
    ]


def _steady(words: Sequence[str], lengths: Sequence[int], start: int, stop: int) -> list[Token]:
    total, done = sum(lengths), 0
    made: list[Token] = []
    for word, length in zip(words, lengths, strict=True):
        begins = start + (stop - start) * done // total
        done += length
        ends = start + (stop - start) * done // total
        made.append(Token(word, begins, ends, "interpolated"))
    return made


def _over(
    words: Sequence[str],
    lengths: Sequence[int],
    start: int,
    stop: int,
    known: HeardPieces,
    free: range,
    said: int,
) -> list[Token]:
    """Words over about as many other words: each where the machine's letters have come as far."""
    reached = list(itertools.accumulate((len(known.texts[k]) + 1 for k in free), initial=0))
    total, done = sum(lengths), 0

    def when(letters: int, ends: bool) -> int:
        place = letters * said / total
        k = min(bisect_right(reached, place) - 1, len(free) - 1)
        if ends and k and reached[k] == place:
            k -= 1
        share = (place - reached[k]) / (reached[k + 1] - reached[k])
        from_ms, to_ms = known.start[free[k]], known.end[free[k]]
        return min(stop, max(start, from_ms + int((to_ms - from_ms) * share)))

    made: list[Token] = []
    for word, length in zip(words, lengths, strict=True):
        begins = when(done, False)
        done += length
        ends = min(when(done, True), begins + length * SLOWEST_MS_PER_LETTER)
        made.append(Token(word, begins, max(begins, ends), "interpolated"))
    return made


def _without_overlap(tokens: list[Token]) -> list[Token]:
    """A word ends where the next begins, at the latest."""
    return [
        Token(t.text, t.start_ms, max(t.start_ms, min(t.end_ms, after.start_ms)), t.how)
        for t, after in itertools.pairwise(tokens)
    ] + tokens[-1:]
