"""Give every word of the edited text the time at which the machine heard it.

The two texts are cut into the same pieces (`pieces`), matched in order (`anchors`), and what has no
match is placed between its neighbours at the pace of speech (`pacing`).  A person's pins come
before the machine.  What fits only out of order is told (`strays`), never silently re-timed.
"""

from __future__ import annotations

import dataclasses
import itertools
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podcast.anchors import Match, increasing, match
from podcast.pacing import PACE_MS_PER_LETTER, SLOWEST_MS_PER_LETTER, Heard, fill
from podcast.pieces import HeardPieces, Pieces, heard_pieces, pieces, written_pieces, written_words
from podcast.strays import Moved, NotInAudio, NotInText, find_strays
from podcast.transcript import Certainty, Token, Word

__all__ = ["Alignment", "Moved", "NotInAudio", "NotInText", "align", "pieces", "written_words"]

# Another episode of the same show has less of the text, one that is rewritten by half has more.
WRONG_BELOW = 0.45
# A hand is less exact than the machine: a word begun so shortly before a pin is after it.
PIN_SLACK_MS = 250
# A pin so near to where a moved paragraph was found says that it was found rightly.
MOVE_SLACK_MS = 3000


@dataclass(frozen=True, slots=True)
class Alignment:
    """A token for each written word, and what of text and audio does not fit together.

    ``exact`` is the share of the text's pieces that are found in the audio as they are written.
    """

    tokens: tuple[Token, ...]
    exact: float
    moved: tuple[Moved, ...] = ()
    not_in_audio: tuple[NotInAudio, ...] = ()
    not_in_text: tuple[NotInText, ...] = ()
    wrong_episode: bool = False


@dataclass(frozen=True, slots=True)
class _Texts:
    """Both texts in words and in pieces, where paragraphs begin, and what a person has set."""

    written: Sequence[str]
    wanted: Pieces
    known: HeardPieces
    borders: Sequence[int]
    pins: Mapping[int, int]

    def paragraph(self, word: int) -> range:
        after = bisect_right(self.borders, word)
        stop = self.borders[after] if after < len(self.borders) else len(self.written)
        return range(self.borders[after - 1], stop)


def align(
    written: Sequence[str],
    heard: Sequence[Word],
    duration_ms: int,
    *,
    paragraphs: Sequence[int] = (),
    pins: Mapping[int, int] | None = None,
    language: str = "fr",
) -> Alignment:
    """Tokens for the ``written`` words, in order.

    ``paragraphs`` are the indexes of their first words; ``pins`` are the starts that a person has
    set, by the index of the word.  Times never run backwards, except to and from a paragraph that
    a pin sets elsewhere.
    """
    wanted = written_pieces(written, language)
    known = heard_pieces(_in_order(heard, duration_ms), language)
    matches = match(wanted.texts, known.texts)
    found = find_strays(wanted, known, matches, heard, paragraphs or (0,))
    same = sum(m.a_end - m.a for m in matches if m.exact)
    exact = same / len(wanted) if len(wanted) else 0.0
    pinned = {word: min(max(0, time), duration_ms) for word, time in sorted((pins or {}).items())}
    borders = sorted({0, *paragraphs} - {len(written)})
    texts = _Texts(written, wanted, known, borders, pinned)
    everything = range(len(written))
    moved = found.moved
    if pinned:
        tokens = _pinned(texts, moved, duration_ms)
        moved = tuple(m for m in moved if not _confirmed(m, pinned))
    else:
        times = _times(texts, matches, moved)
        tokens = fill(written, [times.get(k) for k in everything], known, borders, (0, duration_ms))
    elsewhere = sum(m.stop - m.first for m in found.moved) / max(1, len(written))
    wrong = len(wanted) > 0 and exact + elsewhere < WRONG_BELOW
    return Alignment(tuple(tokens), exact, moved, found.not_in_audio, found.not_in_text, wrong)


def _in_order(heard: Sequence[Word], duration_ms: int) -> list[Word]:
    """The machine's words with times in order: the few that run backwards are pulled in."""
    starts = [word.start_ms for word in heard]
    good = set(range(len(starts)))
    if any(a > b for a, b in itertools.pairwise(starts)):
        good = set(increasing(starts))
    limits = [duration_ms] * (len(starts) + 1)
    for index in reversed(range(len(starts))):
        limits[index] = (
            min(limits[index + 1], starts[index]) if index in good else limits[index + 1]
        )
    made: list[Word] = []
    before = 0
    for index, word in enumerate(heard):
        before = min(max(word.start_ms, before), limits[index])
        end = min(max(before, word.end_ms), limits[index + 1])
        made.append(Word(before, end, word.probability, word.text))
    return made


def _times(texts: _Texts, matches: Sequence[Match], moved: Sequence[Moved]) -> dict[int, Heard]:
    """When each word is heard that has a matched piece; a match of moved words is chance."""
    wanted, known = texts.wanted, texts.known
    lacking: dict[int, int] = {}
    for first, last in zip(wanted.first, wanted.last, strict=True):
        for word in range(first, last + 1):
            lacking[word] = lacking.get(word, 0) + 1
    times: dict[int, Heard] = {}
    for m in matches:
        if any(away.first <= wanted.first[m.a] < away.stop for away in moved):
            continue
        letters = sum(len(wanted.texts[k]) for k in range(m.a, m.a_end))
        done = 0
        for k in range(m.a, m.a_end):
            if m.a_end - m.a == m.b_end - m.b:
                b, b_end = m.b + k - m.a, m.b + k - m.a + 1
                start, end = known.start[b], known.end[b]
            else:
                b, b_end = m.b, m.b_end
                from_ms, to_ms = known.start[b], known.end[b_end - 1]
                start = from_ms + (to_ms - from_ms) * done // letters
                done += len(wanted.texts[k])
                end = from_ms + (to_ms - from_ms) * done // letters
            wide = wanted.last[k] + 1 - wanted.first[k]
            for index in range(wide):
                word = wanted.first[k] + index
                lacking[word] -= m.exact
                how: Certainty = "near" if lacking[word] else "exact"
                begins = start + (end - start) * index // wide
                ends = start + (end - start) * (index + 1) // wide
                if word in times:
                    begins, b = times[word].start, times[word].first
                times[word] = Heard(begins, ends, how, b, b_end)
    return times


# What a person has set.


def _confirmed(moved: Moved, pins: Mapping[int, int]) -> bool:
    """Whether a person has pinned a moved paragraph to where it was found."""
    return any(
        moved.first <= word < moved.stop
        and moved.start_ms - MOVE_SLACK_MS <= start <= moved.end_ms + MOVE_SLACK_MS
        for word, start in pins.items()
    )


def _pinned(texts: _Texts, moved: Sequence[Moved], duration_ms: int) -> list[Token]:
    """Tokens with pins: paragraphs that a pin sets elsewhere on their own, the others in order."""
    told = [m for m in moved if not _confirmed(m, texts.pins)]
    apart = {
        texts.paragraph(m.first) if len(texts.borders) > 1 else range(m.first, m.stop)
        for m in moved
        if m not in told
    }
    # Within a paragraph a pin cannot run backwards.
    pins: dict[int, int] = {}
    for word, start in texts.pins.items():
        own = texts.paragraph(word)
        pins[word] = max([start, *(t for w, t in pins.items() if w in own)])
    texts = dataclasses.replace(texts, pins=pins)
    inside = [word for word in pins if not any(word in own for own in apart)]
    kept = {inside[k] for k in increasing([pins[word] for word in inside])}
    apart |= {texts.paragraph(word) for word in inside if word not in kept}
    gone = {word for own in apart for word in own}
    rest = [word for word in range(len(texts.written)) if word not in gone]
    placed = dict(zip(rest, _place(texts, rest, told, (0, duration_ms)), strict=True))
    for own in apart:
        first, *_, last = [*(word for word in own if word in pins)] * 2
        lead = sum(len(texts.written[k]) + 1 for k in range(own.start, first))
        tail = sum(len(texts.written[k]) + 1 for k in range(last, own.stop))
        room = (
            max(0, pins[first] - lead * SLOWEST_MS_PER_LETTER - MOVE_SLACK_MS),
            min(duration_ms, pins[last] + tail * SLOWEST_MS_PER_LETTER + MOVE_SLACK_MS),
        )
        placed.update(zip(own, _place(texts, own, told, room), strict=True))
    return [placed[word] for word in range(len(texts.written))]


def _place(
    texts: _Texts, order: Sequence[int], moved: Sequence[Moved], room: tuple[int, int]
) -> list[Token]:
    """Tokens for the words that ``order`` names, all within ``room``."""
    times = _times(texts, _matches_between_pins(texts, order, room), moved)
    limit = room[1]
    for word in reversed(order):
        was = times.get(word)
        if word in texts.pins:
            limit = texts.pins[word]
            end = limit + len(texts.written[word]) * PACE_MS_PER_LETTER
            at = texts.known.after(limit)
            times[word] = Heard(limit, end, "pinned", at, at)
            if was is not None:
                end = was.end if was.end > limit else end
                times[word] = Heard(limit, end, "pinned", was.first, was.stop)
        elif was is not None:
            was.start = min(was.start, limit)
    places = {word: place for place, word in enumerate(order)}
    return fill(
        [texts.written[word] for word in order],
        [times.get(word) for word in order],
        texts.known,
        [places[word] for word in texts.borders if word in places],
        room,
    )


def _matches_between_pins(
    texts: _Texts, order: Sequence[int], room: tuple[int, int]
) -> list[Match]:
    """Words before a pin match what is heard before it, words from it on what is heard after."""
    ours: dict[int, list[int]] = {}
    for piece, word in enumerate(texts.wanted.first):
        ours.setdefault(word, []).append(piece)
    found: list[Match] = []
    cuts = [k for k, word in enumerate(order) if word in texts.pins and k]
    start_ms = texts.pins.get(order[0], room[0]) if order else room[0]
    for first, stop in itertools.pairwise([0, *cuts, len(order)]):
        stop_ms = texts.pins[order[stop]] if stop < len(order) else room[1]
        own = [piece for word in order[first:stop] for piece in ours.get(word, ())]
        begin = texts.known.after(start_ms - PIN_SLACK_MS)
        end = texts.known.after(stop_ms - PIN_SLACK_MS if stop < len(order) else stop_ms + 1)
        for m in match([texts.wanted.texts[piece] for piece in own], texts.known.texts[begin:end]):
            b, b_end = begin + m.b, begin + m.b_end
            if m.a_end - m.a == m.b_end - m.b:
                found += [
                    Match(own[k], own[k] + 1, b + k - m.a, b + k - m.a + 1, m.exact)
                    for k in range(m.a, m.a_end)
                ]
            elif own[m.a_end - 1] - own[m.a] == m.a_end - 1 - m.a:
                # Never across a paragraph that stands elsewhere.
                found.append(Match(own[m.a], own[m.a_end - 1] + 1, b, b_end, m.exact))
        start_ms = stop_ms
    return found
