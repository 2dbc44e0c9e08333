"""Match two long texts piece by piece, in order: the only door to rapidfuzz.

Four steps, each for what the one before has left: runs of four pieces that each text has only once
and that stand in the same order in both (patience diff); the longest common sequence of the gaps
between them; matches that are likely to be chance taken away; and last, pieces that resemble each
other, also where one text joins what the other splits.  Time and memory grow with the text, not
with its square.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from math import log2
from typing import NamedTuple

ANCHOR = 4
# The longest common sequence takes a bit for each pair of pieces, so 8 MB here; above that the
# edit distance, which is found in little memory, is nearly as good.
_INDEL_CELLS = 64_000_000
# A gap with more pairs than this is no slip of the ear, and resemblance in it would be chance.
_ALIKE_CELLS = 600
# A run so long is no chance, a gap so narrow leaves chance nothing to choose.
_LONG_RUN = 6
_WIDE_GAP = 10
_MARGIN_BITS = 2


class Match(NamedTuple):
    """Pieces ``a`` to ``a_end`` of the one text are ``b`` to ``b_end`` of the other."""

    a: int
    a_end: int
    b: int
    b_end: int
    exact: bool


_START = Match(0, 0, 0, 0, True)


def _stop(a: Sequence[str], b: Sequence[str]) -> Match:
    return Match(len(a), len(a), len(b), len(b), True)


def same(a: Sequence[str], b: Sequence[str]) -> list[Match]:
    """The longest that the texts have in common, in order: equal runs, those of chance too."""
    return _runs(a, b)


def match(a: Sequence[str], b: Sequence[str]) -> list[Match]:
    """What the texts have in common, in order in both, without overlap."""
    seen = Counter(b)
    rare = {piece: log2(max(2, len(b)) / count) for piece, count in seen.items()}
    runs = _likely(_runs(a, b), a, b, rare)
    found: list[Match] = []
    for left, right in pairwise([_START, *runs, _stop(a, b)]):
        if left.a_end > left.a:
            found.append(left)
        found += _alike(a, left.a_end, right.a, b, left.b_end, right.b)
    return found


def increasing(values: Sequence[int]) -> list[int]:
    """The indexes of a longest part of ``values`` that never goes down."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        place = bisect_right(tails, value)
        before.append(ends[place - 1] if place else -1)
        if place == len(tails):
            tails.append(value)
            ends.append(index)
        else:
            tails[place] = value
            ends[place] = index
    found: list[int] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]


def _once(ids: Sequence[int]) -> dict[tuple[int, ...], int]:
    """Where each n-gram stands that comes only once."""
    places: dict[tuple[int, ...], int] = {}
    for at, gram in enumerate(zip(*(ids[k:] for k in range(ANCHOR)), strict=False)):
        places[gram] = -1 if gram in places else at
    return {gram: at for gram, at in places.items() if at >= 0}


def _runs(a: Sequence[str], b: Sequence[str]) -> list[Match]:
    """Equal runs: the anchors, and the longest common sequence between them."""
    numbers: dict[str, int] = {}
    a_ids = [numbers.setdefault(piece, len(numbers)) for piece in a]
    b_ids = [numbers.setdefault(piece, len(numbers)) for piece in b]
    in_b = _once(b_ids)
    pairs = [(i, in_b[gram]) for gram, i in _once(a_ids).items() if gram in in_b]
    runs: list[list[int]] = []
    i = j = 0
    ordered = (pairs[k] for k in increasing([place for _, place in pairs]))
    for a_at, b_at in chain(ordered, [(len(a), len(b))]):
        # Anchors overlap: of this one, what comes after the one before.
        skip = max(0, i - a_at, j - b_at)
        if skip >= ANCHOR:
            continue
        a_at, b_at = a_at + skip, b_at + skip
        if i < a_at and j < b_at:
            for k, m, size in _common(a_ids[i:a_at], b_ids[j:b_at]):
                _add(runs, i + k, j + m, size)
        i, j = min(len(a), a_at + ANCHOR - skip), min(len(b), b_at + ANCHOR - skip)
        _add(runs, a_at, b_at, i - a_at)
    return [Match(k, k + size, m, m + size, True) for k, m, size in runs]


def _add(runs: list[list[int]], a: int, b: int, size: int) -> None:
    if size and runs and runs[-1][0] + runs[-1][2] == a and runs[-1][1] + runs[-1][2] == b:
        runs[-1][2] += size
    elif size:
        runs.append([a, b, size])


def _common(a: Sequence[int], b: Sequence[int]) -> Iterable[tuple[int, int, int]]:
    if len(a) == len(b) == 1:
        return [(0, 0, 1)] if a[0] == b[0] else []
    from rapidfuzz.distance import Indel, Levenshtein

    opcodes = (Indel if len(a) * len(b) <= _INDEL_CELLS else Levenshtein).opcodes(a, b)
    return [
        (code.src_start, code.dest_start, code.src_end - code.src_start)
        for code in opcodes
        if code.tag == "equal"
    ]


def _likely(
    runs: list[Match], a: Sequence[str], b: Sequence[str], rare: dict[str, float]
) -> list[Match]:
    """Without the runs that chance would find as well: a lone « de » in a long strange passage.

    One such word, matched across a jingle, is half a minute wrong.  A run must be less likely than
    the number of places in the gap where it could have been found.
    """
    while True:
        kept: list[Match] = []
        for run, after in pairwise([*runs, _stop(a, b)]):
            before = kept[-1] if kept else _START
            size = run.a_end - run.a
            a_room = after.a - before.a_end - size
            b_room = after.b - before.b_end - size
            if size < _LONG_RUN and a_room + b_room > _WIDE_GAP:
                worth = sum(rare[b[k]] for k in range(run.b, run.b_end))
                if worth < log2((a_room + size) * (b_room + size)) + _MARGIN_BITS:
                    continue
            kept.append(run)
        if len(kept) == len(runs):
            return kept
        runs = kept


@lru_cache(maxsize=20_000)
def likeness(a: str, b: str) -> float:
    """How much of two words is the same letters in the same order, from 0 to 1."""
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(a, b)


_SHAPES = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1))


def _alike(
    a: Sequence[str], a_at: int, a_end: int, b: Sequence[str], b_at: int, b_end: int
) -> list[Match]:
    """Pieces of a gap that sound alike, by dynamic programming over all ways to pair them."""
    wide, high = a_end - a_at, b_end - b_at
    if not 0 < wide * high <= _ALIKE_CELLS:
        return []
    doubt = 0.3 * log2(wide * high)
    best = [[0.0] * (high + 1) for _ in range(wide + 1)]
    came: dict[tuple[int, int], tuple[int, int]] = {}
    for i in range(wide + 1):
        for j in range(high + 1):
            score, shape = 0.0, (0, 0)
            if i and best[i - 1][j] > score:
                score, shape = best[i - 1][j], (1, 0)
            if j and best[i][j - 1] > score:
                score, shape = best[i][j - 1], (0, 1)
            for m, n in _SHAPES:
                if m > i or n > j:
                    continue
                one = "".join(a[a_at + i - m : a_at + i])
                other = "".join(b[b_at + j - n : b_at + j])
                alike = likeness(one, other)
                if alike < 0.5:
                    continue
                worth = (2 * alike - 0.8) * min(len(one), len(other), 8) - doubt
                if worth > 0 and best[i - m][j - n] + worth > score:
                    score, shape = best[i - m][j - n] + worth, (m, n)
            best[i][j] = score
            came[i, j] = shape
    found: list[Match] = []
    i, j = wide, high
    while i and j and came[i, j] != (0, 0):
        m, n = came[i, j]
        if m and n:
            one = "".join(a[a_at + i - m : a_at + i])
            exact = one == "".join(b[b_at + j - n : b_at + j])
            found.append(Match(a_at + i - m, a_at + i, b_at + j - n, b_at + j, exact))
        i, j = i - m, j - n
    return found[::-1]
