"""Find what of the text and of the audio does not fit together: moved, cut, added, left out.

An alignment in order cannot see a paragraph that the editor has moved: its words are nowhere at
their place.  It is looked for among what the text lacks, and only told: a passage that is said
twice looks the same, so a person must decide.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from podcast.anchors import ANCHOR, Match, match
from podcast.pieces import HeardPieces, Pieces
from podcast.transcript import Word

# Shorter passages are slips, not moves; a rewritten passage still has so much of itself.
SHORTEST_MOVE = 10
MOVED_SHARE = 0.55
# Nobody can have said so many words where the audio has no room for them; where it has room, the
# recogniser may have lost them.
SHORTEST_ADDED = 10
SHORTEST_LOST = 20
FASTEST_MS_PER_PIECE = 120
SHORTEST_MISSING = 8
# A few matches inside a strange passage are chance: each weighs as much as so many strange pieces.
_MATCHED_WEIGHS = 3


@dataclass(frozen=True, slots=True)
class Moved:
    """Words ``first`` up to ``stop``, in this paragraph, are said from ``start_ms`` to ``end_ms``.

    The audio says them before or after what stands around them in the text.
    """

    paragraph: int
    first: int
    stop: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class NotInAudio:
    """Written words ``first`` up to ``stop``, which nobody says: a note, or cut from the audio."""

    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class NotInText:
    """What is said from ``start_ms`` to ``end_ms`` but not written before word ``before``."""

    start_ms: int
    end_ms: int
    words: tuple[Word, ...]
    before: int


@dataclass(frozen=True, slots=True)
class Strays:
    """All that does not fit."""

    moved: tuple[Moved, ...]
    not_in_audio: tuple[NotInAudio, ...]
    not_in_text: tuple[NotInText, ...]


def find_strays(
    wanted: Pieces,
    known: HeardPieces,
    matches: Sequence[Match],
    heard: Sequence[Word],
    paragraphs: Sequence[int],
) -> Strays:
    """What the matches leave over, on both sides; ``paragraphs`` are indexes of first words."""
    ours, theirs = [False] * len(wanted), [False] * len(known)
    for m in matches:
        ours[m.a : m.a_end] = [True] * (m.a_end - m.a)
        theirs[m.b : m.b_end] = [True] * (m.b_end - m.b)
    strange = _strange(ours, SHORTEST_ADDED)
    moved: list[Moved] = []
    added: list[NotInAudio] = []
    grams = _grams(known, theirs) if strange else {}
    for start, stop in strange:
        rest: list[tuple[int, int]] = []
        for first, last in _by_paragraph(wanted, start, stop, paragraphs):
            found = _elsewhere(wanted, known, first, last, grams, theirs)
            if found is None:
                if rest and rest[-1][1] == first:
                    rest[-1] = (rest[-1][0], last)
                else:
                    rest.append((first, last))
                continue
            theirs[found[0] : found[1]] = [True] * (found[1] - found[0])
            moved.append(
                Moved(
                    max(0, bisect_right(paragraphs, wanted.first[first]) - 1),
                    wanted.first[first],
                    wanted.last[last - 1] + 1,
                    known.start[found[0]],
                    known.end[found[1] - 1],
                )
            )
        for first, last in rest:
            room = _room(known, matches, first, last)
            enough = room >= (last - first) * FASTEST_MS_PER_PIECE
            found_words = NotInAudio(wanted.first[first], wanted.last[last - 1] + 1)
            count = found_words.stop - found_words.first
            if count >= (SHORTEST_LOST if enough else SHORTEST_ADDED):
                added.append(found_words)
    missing = _missing(wanted, known, matches, theirs, heard)
    return Strays(tuple(moved), tuple(added), tuple(missing))


def _strange(matched: Sequence[bool], shortest: int) -> list[tuple[int, int]]:
    """The passages in which next to nothing is matched."""
    found: list[tuple[int, int]] = []
    score = best = start = stop = 0
    for index in range(len(matched) + 1):
        if index < len(matched):
            score += -_MATCHED_WEIGHS if matched[index] else 1
            if score > best:
                best, stop = score, index + 1
        if index == len(matched) or score <= 0 or score < best - 2 * _MATCHED_WEIGHS:
            if best >= shortest:
                found.append((start, stop))
            score = best = 0
            start = index + 1
    return found


def _by_paragraph(
    wanted: Pieces, start: int, stop: int, paragraphs: Sequence[int]
) -> list[tuple[int, int]]:
    cuts = {start, stop}
    for word in paragraphs[bisect_left(paragraphs, wanted.first[start]) :]:
        if word > wanted.first[stop - 1]:
            break
        cuts.add(max(start, bisect_left(wanted.first, word)))
    ordered = sorted(cuts)
    return list(pairwise(ordered))


def _grams(known: HeardPieces, matched: Sequence[bool]) -> dict[tuple[str, ...], list[int]]:
    """Where each n-gram of the machine's pieces stands that the text has not used."""
    places: dict[tuple[str, ...], list[int]] = {}
    texts = known.texts
    for start, stop in _strange(matched, SHORTEST_MISSING):
        for at in range(start, stop - ANCHOR + 1):
            places.setdefault(tuple(texts[at : at + ANCHOR]), []).append(at)
    return places


def _elsewhere(
    wanted: Pieces,
    known: HeardPieces,
    first: int,
    last: int,
    grams: dict[tuple[str, ...], list[int]],
    matched: Sequence[bool],
) -> tuple[int, int] | None:
    """The machine's pieces that are the wanted ones, out of order."""
    if last - first < SHORTEST_MOVE:
        return None
    votes: Counter[int] = Counter()
    for at in range(first, last - ANCHOR + 1):
        for place in grams.get(tuple(wanted.texts[at : at + ANCHOR]), ()):
            votes[place - at] += 1
    if not votes:
        return None
    shift = votes.most_common(1)[0][0]
    slack = (last - first) // 4 + 3
    start = max(0, first + shift - slack)
    stop = min(len(known), last + shift + slack)
    same = [
        m
        for m in match(wanted.texts[first:last], known.texts[start:stop])
        if m.exact and not any(matched[start + m.b : start + m.b_end])
    ]
    if sum(m.a_end - m.a for m in same) < MOVED_SHARE * (last - first):
        return None
    return start + same[0].b, start + same[-1].b_end


def _around(matches: Sequence[Match], at: int) -> int:
    """The index of the first match that begins at piece ``at`` of the text or after."""
    return bisect_left(matches, at, key=lambda m: m.a)


def _room(known: HeardPieces, matches: Sequence[Match], first: int, last: int) -> int:
    """The time between what is heard before the written pieces and what is heard after them."""
    after, before = _around(matches, last), _around(matches, first) - 1
    start = known.end[matches[before].b_end - 1] if before >= 0 else 0
    return (known.start[matches[after].b] if after < len(matches) else start) - start


def _missing(
    wanted: Pieces,
    known: HeardPieces,
    matches: Sequence[Match],
    matched: Sequence[bool],
    heard: Sequence[Word],
) -> list[NotInText]:
    found: list[NotInText] = []
    for start, stop in _strange(matched, SHORTEST_MISSING):
        after = bisect_left(matches, start, key=lambda m: m.b)
        while after < len(matches) and matches[after].b < stop:
            after += 1
        before = bisect_left(matches, start, key=lambda m: m.b) - 1
        # What stands in the text instead, written quite differently, takes half of it away.
        ours_from = matches[before].a_end if before >= 0 else 0
        ours_to = matches[after].a if after < len(matches) else len(wanted)
        words = tuple(heard[known.first[start] : known.last[stop - 1] + 1])
        said = len({k for p in range(start, stop) for k in (known.first[p], known.last[p])})
        if said - (ours_to - ours_from) / 2 >= SHORTEST_MISSING:
            place = (
                wanted.first[ours_to] if ours_to < len(wanted) else max(wanted.last, default=-1) + 1
            )
            found.append(NotInText(known.start[start], known.end[stop - 1], words, place))
    return found
