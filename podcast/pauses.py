"""Find the pauses in speech, and tell what becomes of time where they are shortened.

Everything is judged from the highest samples of every 10 ms, relative to the speech itself: a
louder or softer recording has the same pauses.  Spans are milliseconds, whole steps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int]

STEP_MS = 10
MOST = 1500
"""Pauses that are shortened, the longest first: ffmpeg takes no longer list."""

# What is so much (dB) softer than the speech is no speech, not even of somebody who sits apart.
_QUIET, _LEAST = 34.0, 26.0
# The noise of a room stays within so much (dB) of its quieter moments.
_NOISE = 6.0
_SILENT = 1e-7
# A pause that is hardly longer than wanted stays as it is.
_WORTH_MS = 100


def heard(tops: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether something is heard in each step, beside the noise of the room.

    ``tops`` are shares of full scale, one for each :data:`STEP_MS`.
    """
    power = np.square(tops.astype(np.float64))
    loud = power[power > _SILENT]
    if not len(loud):
        return np.zeros(len(tops), np.bool_)
    speech = _decibels(loud[loud >= loud.mean() / 10].mean())
    room = _decibels(float(np.percentile(power, 10)))
    limit = max(speech - _QUIET, min(room + _NOISE, speech - _LEAST))
    return np.asarray(power > 10 ** (limit / 10))


def _decibels(power: float) -> float:
    return float(10 * np.log10(max(power, 1e-12)))


def found(speaking: NDArray[np.bool_], longest_ms: int) -> tuple[Span, ...]:
    """What is taken out so that no pause is longer: the middle of each that is, in order."""
    kept = longest_ms // STEP_MS
    edges = np.flatnonzero(np.diff(np.concatenate([[True], speaking, [True]]).astype(np.int8)))
    pauses = [
        (int(start) + kept // 2, int(end) - (kept - kept // 2))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start >= kept + _WORTH_MS // STEP_MS
    ]
    if len(pauses) > MOST:
        pauses = sorted(sorted(pauses, key=lambda p: p[0] - p[1])[:MOST])
    return tuple((start * STEP_MS, end * STEP_MS) for start, end in pauses)


def stays(length_ms: int, removed: Sequence[Span]) -> tuple[Span, ...]:
    """The spans that stay."""
    starts = [0, *(end for _, end in removed)]
    ends = [*(start for start, _ in removed), length_ms]
    return tuple((a, b) for a, b in zip(starts, ends, strict=True) if b > a)


def now(at_ms: int, removed: Sequence[Span]) -> int:
    """When that is heard which was at a time; the middle of what was left out is at the join."""
    return at_ms - sum(min(end, max(start, at_ms)) - start for start, end in removed)


def without(
    values: NDArray[np.float32], step_ms: int, removed: Sequence[Span]
) -> NDArray[np.float32]:
    """Values of every ``step_ms`` with those of the removed spans left out."""
    length_ms = len(values) * step_ms
    inside = [(start, min(end, length_ms)) for start, end in removed if start < length_ms]
    spans = [np.arange(start, end, STEP_MS) for start, end in stays(length_ms, inside)]
    at: NDArray[np.int64] = np.concatenate(spans) if spans else np.empty(0, np.int64)
    kept: NDArray[np.float32] = values[at[:: step_ms // STEP_MS] // step_ms]
    return kept
