"""Tell how loud a sound will be after gain and limiter, from what one look at it left.

ITU-R BS.1770 measures in blocks of 400 ms, one every :data:`STEP_MS`; blocks below two gates do
not count.  A limiter takes from a few of them, so how much it takes can be told beforehand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

STEP_MS = 100
TOP_MS = 10
_TOPS = STEP_MS // TOP_MS
_GATE, _RELATIVE = -70.0, -10.0
# How long the limiter holds back after a peak (its release), in tops.
_RELEASE = 6
# More gain than this (dB) into a limiter is heard as pumping.
_FLATTENED = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A sound's course: ``power`` of the block that ends with each step, and its ``tops``.

    Power is 10^(LUFS/10), one for each :data:`STEP_MS`; tops are the highest samples as a share
    of full scale, one for each :data:`TOP_MS`.
    """

    power: Floats
    tops: Floats

    def louder(self, gain: float) -> Course:
        """The same with a gain in dB."""
        factor = 10 ** (gain / 20)
        return self.scaled(factor**2, factor)

    def scaled(self, power: float, tops: float) -> Course:
        """The same with other powers and other tops."""
        return Course(self.power * np.float32(power), self.tops * np.float32(tops))

    def shifted(self, ms: int, drift: float = 0.0) -> Course:
        """The same after a silence, or without its beginning, and its clock put right."""
        return Course(
            _shifted(self.power, ms / STEP_MS, drift), _shifted(self.tops, ms / TOP_MS, drift)
        )


def _shifted(values: Floats, steps: float, drift: float) -> Floats:
    if drift:
        at = (np.arange(round(len(values) / (1 + drift) + steps)) - steps) * (1 + drift)
        at = np.rint(at).astype(np.int64)
        inside = (at >= 0) & (at < len(values))
        return np.where(inside, values[at.clip(0, len(values) - 1)], np.float32(0))
    count = round(steps)
    return np.pad(values, (count, 0)) if count >= 0 else values[-count:]


def course(moments: Floats, tops: Floats) -> Course:
    """A course from momentary loudness (LUFS, -inf in silence) and highest samples."""
    power = np.power(10, np.where(np.isfinite(moments), moments, -120) / 10)
    return Course(power.astype(np.float32), tops.astype(np.float32))


def mixed(courses: list[Course]) -> Course:
    """Sounds heard at once: powers add up, and the highest peaks seldom meet."""
    if len(courses) == 1:
        return courses[0]
    powers = _stacked([c.power for c in courses])
    tops = _stacked([c.tops for c in courses])
    return Course(powers.sum(axis=0), np.sqrt((tops**2).sum(axis=0)))


def joined(courses: list[Course]) -> Course:
    """Sounds heard one after the other."""
    return Course(
        np.concatenate([c.power for c in courses]), np.concatenate([c.tops for c in courses])
    )


def integrated(power: Floats) -> float:
    """The loudness of a whole sound in LUFS, -inf where it is silent."""
    above = power[power > 10 ** (_GATE / 10)].astype(np.float64)
    if not len(above):
        return -math.inf
    above = above[above > above.mean() * 10 ** (_RELATIVE / 10)]
    return float(10 * np.log10(above.mean()))


def limited(sound: Course, ceiling: float) -> Course:
    """What a limiter to ``ceiling`` (dB of full scale) leaves."""
    limit = 10 ** (ceiling / 20)
    needed = np.minimum(1, np.float32(limit) / np.maximum(sound.tops, np.float32(1e-9)))
    kept = needed.copy()
    if len(kept):
        kept[:-1] = np.minimum(kept[:-1], (1 + needed[1:]) / 2)  # it begins a little before
    for after in range(1, min(_RELEASE, len(kept))):
        back = 1 - (1 - needed[:-after]) * (1 - after / _RELEASE)
        kept[after:] = np.minimum(kept[after:], back)
    steps = len(sound.power)
    weight = np.zeros(steps * _TOPS, np.float32)
    share = np.ones(steps * _TOPS, np.float32)
    n = min(len(kept), steps * _TOPS)
    weight[:n] = np.square(sound.tops[:n]) + 1e-12
    share[:n] = np.square(kept[:n])
    before = weight.reshape(steps, _TOPS).sum(axis=1, dtype=np.float64)
    weight *= share
    left = weight.reshape(steps, _TOPS).sum(axis=1, dtype=np.float64)
    # A block is the four steps up to this one.
    before, left = (np.convolve(x, np.ones(4))[:steps] for x in (before, left))
    loss = np.where(before > 0, left / np.maximum(before, 1e-12), 1)
    return Course((sound.power * loss).astype(np.float32), sound.tops * kept)


def gain_for(sound: Course, target: float, ceiling: float) -> float:
    """The gain in dB after which the limited sound has the target loudness in LUFS.

    Where no gain does it without flattening the sound, the one that comes nearest.
    """
    least = gain = target - integrated(sound.power)
    best = (math.inf, gain)
    for _ in range(20):
        missing = target - integrated(limited(sound.louder(gain), ceiling).power)
        best = min(best, (abs(missing), gain))
        gain += missing
        if abs(missing) < 0.01 or gain > least + _FLATTENED:
            break
    return best[1]


def _stacked(arrays: list[Floats]) -> Floats:
    longest = max(len(a) for a in arrays)
    return np.stack([np.pad(a, (0, longest - len(a))) for a in arrays])
