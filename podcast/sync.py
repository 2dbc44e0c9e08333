"""Find how much later one track of a talk was begun than another, and whose clock runs fast.

Microphones in one room hear each other's voices softly, so the tracks rise and fall together at one
delay.  It counts only if it is found again and again at times that lie on one line; tracks that do
not hear each other say nothing, and are left as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from podcast.loudness import TOP_MS, Floats

FARTHEST_MS = 20_000
_WINDOW, _HOP, _MOST = 3000, 1500, 60
_FLOOR_DB = -50.0
# A delay counts in a window if it stands out so far from the others, in standard deviations.
_CLEAR = 7.0
_APART_MS = 25.0
_LEAST, _SHARE = 3, 0.5
# Less than this is how far people sit from each other's microphones.
_HEARD_MS = 30
_FASTEST = 1e-3


@dataclass(frozen=True, slots=True)
class Shift:
    """Where a track begins in the time of another, and how much faster its clock runs."""

    offset_ms: int
    drift: float


def shift(reference: Floats, other: Floats) -> Shift | None:
    """How ``other`` lies against ``reference``; both are tops, one for each :data:`TOP_MS`.

    ``None`` where it cannot be told, or where there is nothing to mend.
    """
    rises, others = _rises(reference), _rises(other)
    times, delays = [], []
    starts = range(0, max(1, len(others) - _WINDOW + 1), _HOP)
    step = max(1, -(-len(starts) // _MOST))
    looked = 0
    for start in starts[::step]:
        window = others[start : start + _WINDOW]
        if not window.any():
            continue
        looked += 1
        if (delay := _delay(rises, window, start)) is not None:
            times.append((start + len(window) / 2) * TOP_MS)
            delays.append(delay * TOP_MS)
    fitted = _line(np.array(times), np.array(delays), looked)
    if not fitted:
        return None
    offset, drift = fitted
    if abs(drift) * len(other) * TOP_MS < _HEARD_MS:
        drift = 0.0
        offset = float(np.median(delays))
    if abs(offset) < _HEARD_MS and not drift:
        return None
    return Shift(round(offset), drift)


def _rises(tops: Floats) -> NDArray[np.float64]:
    """Where a sound begins to be heard: steps upwards of its level in dB."""
    loud = float(tops.max(initial=0)) or 1.0
    level = 20 * np.log10(np.maximum(tops / loud, 10 ** (_FLOOR_DB / 20)))
    return np.asarray(np.maximum(np.diff(level, prepend=level[:1]), 0), np.float64)


def _delay(rises: NDArray[np.float64], window: NDArray[np.float64], start: int) -> float | None:
    """How much earlier than in the reference a window is heard, in tops, if that is clear."""
    reach = FARTHEST_MS // TOP_MS
    first = max(0, start - reach)
    around = rises[first : start + len(window) + reach]
    if len(around) <= len(window):
        return None
    size = 1 << (len(around) + len(window) - 1).bit_length()
    spectrum = np.fft.rfft(around - around.mean(), size) * np.conj(
        np.fft.rfft(window - window.mean(), size)
    )
    found = np.fft.irfft(spectrum, size)[: len(around) - len(window) + 1]
    at = int(found.argmax())
    rest = np.delete(found, range(max(0, at - 10), min(len(found), at + 11)))
    if len(rest) < 100 or found[at] < rest.mean() + _CLEAR * rest.std():
        return None
    between = 0.0
    if 0 < at < len(found) - 1:
        left, top, right = found[at - 1 : at + 2]
        between = 0.5 * (left - right) / (left - 2 * top + right)
    return first + at + between - start


def _line(
    times: NDArray[np.float64], delays: NDArray[np.float64], looked: int
) -> tuple[float, float] | None:
    """Offset in ms and drift of the delays that agree, if they are enough."""
    if len(times) < _LEAST:
        return None
    best: NDArray[np.bool_] | None = None
    for i in range(len(times)):
        for j in range(i, len(times)):
            slope = (delays[j] - delays[i]) / (times[j] - times[i]) if j > i else 0.0
            if abs(slope) > _FASTEST:
                continue
            near = np.abs(delays - delays[i] - slope * (times - times[i])) < _APART_MS
            if best is None or near.sum() > best.sum():
                best = near
    if best is None or best.sum() < max(_LEAST, _SHARE * looked):
        return None
    slope, offset = np.polyfit(times[best], delays[best], 1)
    # Time of the reference = offset + (1 + slope) * time of the other, whose clock thus runs slow.
    return float(offset), float(-slope)
