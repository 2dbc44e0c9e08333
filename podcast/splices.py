"""Say which frames of a sound are heard where some are left out, so that no join clicks.

Two lanes run side by side: the stretches that stay are in the one and in the other by turns, and
where one ends and the next begins both are heard for 20 ms, one going and one coming.  A lane that
is not heard runs through the same frames as the other, so that both always have the same length.
Frames are those of ``FRAME_MS``; a span (of milliseconds, whole frames) is what is left out.
"""

from __future__ import annotations

import math
import wave
from collections.abc import Sequence
from pathlib import Path

Span = tuple[int, int]

FRAME_MS = 10
"""A millisecond is no whole number of samples at 44.1 kHz; this is."""
FADES_HZ = 1000
"""Samples in a second of the file of fades."""

_TOP = 32_767


def _kept(removed: Sequence[Span]) -> list[tuple[int, int | None]]:
    """The stretches that stay, in frames; the last one has no end."""
    starts = [0, *(end // FRAME_MS for _, end in removed)]
    ends = [*(start // FRAME_MS for start, _ in removed), None]
    return list(zip(starts, ends, strict=True))


def _lane(removed: Sequence[Span], lane: int) -> list[tuple[int, int | None]]:
    """The frames that run through a lane (0 or 1): a frame more where it is heard, or less."""
    stretches = _kept(removed)
    picked = []
    for i, (start, end) in enumerate(stretches):
        more = 1 if i % 2 == lane else -1
        picked.append((start - more if i else start, end if end is None else end + more))
    return picked


def _source(picked: Sequence[tuple[int, int | None]], frame: int) -> int:
    """The frame that is heard as the frame of this number."""
    for start, end in picked:
        if end is None or frame < end - start:
            return start + frame
        frame -= end - start
    raise AssertionError("the last stretch has no end")


def lanes(removed: Sequence[Span], first: int) -> tuple[int, tuple[str, str]]:
    """What both lanes take from a frame of the shortened sound on.

    Gives the frame from which the sound must come, and for each lane ffmpeg's expression that is
    not 0 for the frames (``n``, counted from there) that it takes.
    """
    picked = [_lane(removed, lane) for lane in (0, 1)]
    begins = [_source(each, first) for each in picked]
    origin = min(begins)
    expressions = []
    for each, begin in zip(picked, begins, strict=True):
        edges: list[int] = []
        for start, end in each:
            if end is None or end > begin:
                edges.append(max(start, begin) - origin)
                if end is not None:
                    edges.append(end - origin)
        expressions.append(_search(edges, 0))
    return origin, (expressions[0], expressions[1])


def _search(edges: Sequence[int], inside: int) -> str:
    """Whether ``n`` is inside, where that changes at each edge: found in a few comparisons."""
    if not edges:
        return str(inside)
    middle = len(edges) // 2
    below = _search(edges[:middle], inside)
    above = _search(edges[middle + 1 :], (inside + middle + 1) % 2)
    return f"if(lt(n,{edges[middle]}),{below},{above})"


def write_fades(removed: Sequence[Span], length_ms: int, made: Path) -> None:
    """Write how loud each lane is over the shortened sound: two channels, both together even.

    The squares add up to one, as the noise of a room does.
    """
    size = FRAME_MS * FADES_HZ // 1000
    steps = [(k + 0.5) / (2 * size) * math.pi / 2 for k in range(2 * size)]
    turn = [(round(_TOP * math.cos(s)), round(_TOP * math.sin(s))) for s in steps]
    with wave.open(str(made), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(FADES_HZ)
        stretches = _kept(removed)
        for i, (start, end) in enumerate(stretches):
            frames = length_ms // FRAME_MS if end is None else end - start
            even = frames * size - size * ((i > 0) + (end is not None))
            heard = (_TOP, 0) if i % 2 == 0 else (0, _TOP)
            file.writeframesraw(_bytes(heard) * even)
            if end is not None:
                file.writeframesraw(b"".join(_bytes(t if i % 2 == 0 else t[::-1]) for t in turn))


def _bytes(pair: tuple[int, int]) -> bytes:
    return b"".join(value.to_bytes(2, "little", signed=True) for value in pair)
