"""Speech at 16 kHz with the start of each word: espeak-ng's output made ready (numpy only)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.espeak import Speech

RATE = 16000


@dataclass(frozen=True)
class Spoken:
    """A sentence at 16 kHz, trimmed, with the start of each word (its place in the text) and
    phoneme in seconds."""

    samples: np.ndarray
    words: list[tuple[int, float]]
    phonemes: list[tuple[str, float]]


def resample(samples: np.ndarray, rate: int) -> np.ndarray:
    """To 16 kHz, by cutting the spectrum (the clips are short)."""
    if rate == RATE:
        return samples
    # A quarter of a second of zeros, so that the end does not leak into the beginning, and a
    # length that both rates share.
    unit = rate // np.gcd(rate, RATE)
    size = (len(samples) + rate // 4) // unit * unit + unit
    spectrum = np.fft.rfft(samples, size)
    out = size * RATE // rate
    wanted = len(samples) * RATE // rate
    shaped = np.zeros(out // 2 + 1, complex)
    kept = min(len(shaped), len(spectrum))
    shaped[:kept] = spectrum[:kept]
    return np.asarray(np.fft.irfft(shaped, out)[:wanted] * (out / size), np.float32)


def at_16k(speech: Speech) -> Spoken:
    """Resample, cut the silences at both ends, move the times along."""
    samples = resample(speech.samples, speech.rate)
    loud = np.flatnonzero(np.convolve(np.abs(samples), np.full(160, 1 / 160), "same") > 0.004)
    if not len(loud):
        return Spoken(samples[:0], [], [])
    first, last = max(0, loud[0] - 160), min(len(samples), loud[-1] + 320)
    shift = float(first / RATE)
    return Spoken(
        samples[first:last],
        sorted((w.position, max(0.0, w.start - shift)) for w in speech.words if w.length > 0),
        [(name, max(0.0, start - shift)) for name, start in speech.phonemes],
    )
