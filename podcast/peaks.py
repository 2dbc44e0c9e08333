"""Find the true peak of a sound, between its samples too, in the few places where it can be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TAPS = 16
# No sound that people make has a peak between two samples that is 4 dB above both.
_NEAR = 0.62


def _phases() -> NDArray[np.float32]:
    """Weights (taps, 3) of a windowed sinc for a quarter, half and three quarters of a sample."""
    at = np.arange(_TAPS)[:, None] - (_TAPS // 2 - 1) - np.array([0.25, 0.5, 0.75])
    window = np.cos(np.pi * at / _TAPS) ** 2
    weights = np.sinc(at) * window
    return np.asarray(weights / weights.sum(axis=0), np.float32)


_PHASES = _phases()


class Peak:
    """Takes 16-bit samples as they come; the highest value so far is ``share`` of full scale.

    Four times as many samples are looked at, as ITU-R BS.1770 annex 2 asks, but only where a
    higher peak than the last can be.
    """

    def __init__(self) -> None:
        self.share = 0.0
        self._last: NDArray[np.int16] | None = None

    def feed(self, samples: NDArray[np.int16]) -> None:
        """The next samples: any number of rows, one column for each channel."""
        if self._last is not None:
            samples = np.concatenate([self._last, samples])
        self._last = samples[-_TAPS:]
        if not len(samples):
            return
        for channel in samples.T:
            self._channel(np.ascontiguousarray(channel))

    def pause(self) -> None:
        """What comes next does not follow on what came last."""
        self._last = None

    def _channel(self, x: NDArray[np.int16]) -> None:
        top = max(int(x.max()), -int(x.min())) / 32768
        self.share = max(self.share, top)
        if top < _NEAR * self.share or len(x) < _TAPS:
            return
        least = int(_NEAR * self.share * 32768)
        at = np.flatnonzero((x >= least) | (x <= -least)) - _TAPS // 2
        at = np.unique(np.concatenate([at, at + 1]))
        at = at[(at >= 0) & (at <= len(x) - _TAPS)]
        for first in range(0, len(at), 4096):
            some = at[first : first + 4096]
            between = x[some[:, None] + np.arange(_TAPS)].astype(np.float32) @ _PHASES
            if between.size:
                self.share = max(self.share, float(np.abs(between).max()) / 32768)

    @property
    def decibels(self) -> float:
        """The peak in dBTP; digital silence is -120."""
        return float(20 * np.log10(max(self.share, 1e-6)))
