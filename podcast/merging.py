"""Bring together what two people changed in one text, paragraph by paragraph.

A paragraph that only one of them changed is taken as they left it; one that both changed, in
different ways, is a clash, and a person must say what is right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# Lines with something on them, or one empty line; the last may lack its end.
_UNIT = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|\Z))+|[^\n]*\n|[^\n]+\Z")


@dataclass(frozen=True, slots=True)
class Clash:
    """A passage that both changed; ``line`` (from 1) is where it stands in theirs."""

    base: str
    mine: str
    theirs: str
    line: int


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Units ``first`` up to ``stop`` of the base are now ``units``."""

    first: int
    stop: int
    units: tuple[str, ...]


Part = str | Clash


def units(text: str) -> list[str]:
    """Paragraphs, and empty lines one by one; joined they are the text."""
    return _UNIT.findall(text)


def merge(base: str, mine: str, theirs: str) -> tuple[Part, ...]:
    """The text with both people's changes, in parts; one part where nothing clashes."""
    old = units(base)
    ours, others = _hunks(old, units(mine)), _hunks(old, units(theirs))
    parts: list[Part] = []
    at = 0
    line = 1
    for group in _groups([*((h, 0) for h in ours), *((h, 1) for h in others)]):
        first, stop = group[0][0].first, max(hunk.stop for hunk, _ in group)
        sides = [
            "".join(_applied(old, first, stop, [h for h, side in group if side == wanted]))
            for wanted in (0, 1)
        ]
        was, kept = "".join(old[first:stop]), "".join(old[at:first])
        parts.append(kept)
        line += kept.count("\n")
        if sides[0] == sides[1] or sides[1] == was:
            parts.append(sides[0])
        elif sides[0] == was:
            parts.append(sides[1])
        else:
            parts.append(Clash(was, sides[0], sides[1], line))
        line += sides[1].count("\n")
        at = stop
    parts.append("".join(old[at:]))
    return _joined(parts)


def compare(mine: str, theirs: str) -> tuple[Part, ...]:
    """Two texts of which nobody knows what they come from: every difference is a clash."""
    parts: list[Part] = []
    line = 1
    a, b = units(mine), units(theirs)
    for kind, a0, a1, b0, b1 in _matcher(a, b).get_opcodes():
        one, other = "".join(a[a0:a1]), "".join(b[b0:b1])
        parts.append(one if kind == "equal" else Clash("", one, other, line))
        line += other.count("\n")
    return _joined(parts)


def merged(parts: Sequence[Part]) -> str | None:
    """The whole text; ``None`` where something clashes."""
    texts = [part for part in parts if isinstance(part, str)]
    return "".join(texts) if len(texts) == len(parts) else None


def changed(before: str, after: str) -> int:
    """How many paragraphs differ between two texts."""
    counts = [0, 0]
    for kind, a0, a1, b0, b1 in _matcher(a := units(before), b := units(after)).get_opcodes():
        if kind != "equal":
            counts[0] += sum(bool(unit.strip()) for unit in a[a0:a1])
            counts[1] += sum(bool(unit.strip()) for unit in b[b0:b1])
    return max(counts)


def _matcher(a: Sequence[str], b: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, a, b, autojunk=False)


def _hunks(old: Sequence[str], new: Sequence[str]) -> list[_Hunk]:
    return [
        _Hunk(a0, a1, tuple(new[b0:b1]))
        for kind, a0, a1, b0, b1 in _matcher(old, new).get_opcodes()
        if kind != "equal"
    ]


def _groups(hunks: list[tuple[_Hunk, int]]) -> list[list[tuple[_Hunk, int]]]:
    """Hunks that touch the same units, or put something at the same place, together."""
    groups: list[list[tuple[_Hunk, int]]] = []
    stop = -1
    for hunk, side in sorted(hunks, key=lambda each: (each[0].first, each[0].stop)):
        same = groups and hunk.first == hunk.stop == stop == groups[-1][0][0].first
        if groups and (hunk.first < stop or same):
            groups[-1].append((hunk, side))
            stop = max(stop, hunk.stop)
        else:
            groups.append([(hunk, side)])
            stop = hunk.stop
    return groups


def _applied(old: Sequence[str], first: int, stop: int, hunks: Sequence[_Hunk]) -> list[str]:
    made: list[str] = []
    for hunk in hunks:
        made += [*old[first : hunk.first], *hunk.units]
        first = hunk.stop
    return [*made, *old[first:stop]]


def _joined(parts: Sequence[Part]) -> tuple[Part, ...]:
    made: list[Part] = []
    for part in parts:
        if isinstance(part, str) and made and isinstance(made[-1], str):
            made[-1] += part
        elif part != "":
            made.append(part)
    return tuple(made) or ("",)
