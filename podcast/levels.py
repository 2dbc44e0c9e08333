"""How loud a sound is from one tenth of a second to the next, gathered while it streams by.

Everything that is said of a recording's faults and drawn of its course is read from this small
value: three hours are 108,000 steps and a few megabytes, and the samples themselves are not kept.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Count up whenever a value means something else, so that kept ones are made again.
RECIPE = 1
STEP_MS: Final = 100
WINDOW: Final = 20
"""Steps in which hum is sought together: 2 s tell 50 Hz from the note at 49 Hz."""
SILENCE: Final = -120.0
"""What digital silence is written as, in dB."""
MAINS: Final = (50, 60)

_HARMONICS = 6
_TONES = tuple(sorted({hz * n for hz in MAINS for n in range(1, _HARMONICS + 1)}))
_RUMBLE = (10, 20, 30, 40)
_CHUNK = WINDOW * 2
_FULL = 32_750
# A recorder that clips below full scale writes the same value again and again.  A sine of 50 Hz
# at half of full scale repeats its top three times at most.
_FLAT_RUN, _FLAT_FROM, _FLAT_NEAR_TOP, _FLAT_STEPS = 4, 16_384, 0.998, 5
# ITU-R BS.1770 K-weighting's shelf as a sum of cosines: the weighted power of a step is then that
# of its products with itself some samples later.  Within 0.5 dB at 44.1 and 48 kHz below 4 kHz.
_LAGS = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What a :class:`Collector` heard; arrays have one row for each :data:`STEP_MS`.

    Levels are in dB relative to full scale, :data:`SILENCE` at least.  A step at the end that is
    not whole counts as one.
    """

    channels: int
    duration_ms: int
    rms: Floats
    """(steps, channels)"""
    peak: Floats
    """(steps, channels): highest sample, not true peak."""
    loudness: Floats
    """(steps,): LUFS of the step alone, all channels together, ungated (ITU-R BS.1770)."""
    likeness: Floats
    """(steps,): correlation of left and right from -1 to 1; 1 for one channel and in silence."""
    brightness: Floats
    """(steps,): Hz around which the power lies; voices move, hum and hiss stay."""
    clipped: Floats
    """(steps, channels): share, 0 to 1, of the samples that stand in runs of three or more at full
    scale, or in flat tops below it."""
    hum: Floats
    """(windows of :data:`WINDOW` steps, 2): level of steady tones at 50 and 60 Hz and five
    harmonics of each, A-weighted, in the loudest channel, as far as what else sounds lets it be
    heard."""

    def __len__(self) -> int:
        return len(self.loudness)


class Collector:
    """Takes samples as they are decoded; memory grows by some 50 bytes for each step.

    Feed what was recorded, before any gain: clipping is seen at full scale.
    """

    def __init__(self, channels: int, rate: int) -> None:
        """``rate`` in Hz, a multiple of 10 (44,100 or 48,000 is usual)."""
        if rate % 10 or rate < 1000 or channels < 1:
            raise ValueError(f"{channels} channels at {rate} Hz")
        self._channels = channels
        self._rate = rate
        self._size = rate // 10
        self._waiting: list[NDArray[np.int16]] = []
        self._samples = self._taken = 0
        self._parts: list[dict[str, NDArray[Any]]] = []
        self._tops = np.zeros(channels)
        # Tones are sought in sums of some 45 samples, which are as good as 1000 Hz.
        self._sum = next(n for n in range(self._size // 90, 0, -1) if self._size % n == 0)
        tones = np.array((*_RUMBLE, *_TONES))
        middles = (np.arange(self._size // self._sum) + 0.5) * self._sum / rate
        turns = 2 * np.pi * np.outer(middles, tones)
        waves = np.hstack([np.cos(turns), np.sin(turns)])
        lost = np.sinc(np.tile(tones, 2) * self._sum / rate)
        self._waves = (waves / lost / self._size).astype(np.float32)
        self._weights = _shelf_weights(rate)

    def feed(self, samples: NDArray[np.int16]) -> None:
        """The next samples: any number of rows, one column for each channel."""
        if samples.ndim != 2 or samples.shape[1] != self._channels:
            raise ValueError(f"{samples.shape} for {self._channels} channels")
        self._samples += len(samples)
        self._waiting.append(samples)
        # Pieces of a few seconds: large enough to be quick, small enough for the processor's cache.
        if self._samples - self._taken >= self._size * _CHUNK:
            self._drain()

    def _drain(self) -> NDArray[np.int16]:
        """Take all whole windows that wait; gives what is left."""
        samples = np.concatenate(self._waiting)
        window = self._size * WINDOW
        whole = len(samples) - len(samples) % window
        for at in range(0, whole, self._size * _CHUNK):
            self._take(samples[at : min(whole, at + self._size * _CHUNK)])
        self._taken += whole
        self._waiting = [samples[whole:].copy()]
        return self._waiting[0]

    def finish(self) -> Levels:
        """All that was heard."""
        if self._waiting and len(rest := self._drain()):
            missing = -len(rest) % self._size
            filled = np.pad(rest, ((0, missing), (0, 0)))
            self._take(filled, self._size / (self._size - missing))
        joined = {
            name: np.concatenate([part[name] for part in self._parts])
            for name in (self._parts[0] if self._parts else ())
        }
        if not joined:
            none = np.empty((0, self._channels), np.float32)
            flat = np.empty(0, np.float32)
            return Levels(self._channels, 0, none, none, flat, flat, flat, none, flat.reshape(0, 2))
        tops = joined["top"]
        flat_steps = (joined["flat"] > 0) & (tops >= _FLAT_NEAR_TOP * tops.max(axis=0))
        often = flat_steps.sum(axis=0) >= _FLAT_STEPS
        clipped = np.where(flat_steps & often, joined["flat"], 0)
        return Levels(
            self._channels,
            round(self._samples * 1000 / self._rate),
            _decibels(joined["power"]),
            _decibels((tops / 32768) ** 2),
            _decibels(joined["weighted"], -0.691),
            joined["likeness"],
            joined["brightness"],
            np.asarray(np.maximum(joined["full"], clipped) / self._size, np.float32),
            joined["hum"],
        )

    def _take(self, samples: NDArray[np.int16], last: float = 1.0) -> None:
        """Whole steps; ``last`` makes up for what the last one lacks."""
        planes = np.ascontiguousarray(samples.T).reshape(self._channels, -1, self._size)
        tops = np.maximum(planes.max(axis=2).astype(np.int32), -planes.min(axis=2).astype(np.int32))
        full, flat = self._runs(planes, tops)
        scale = np.ones(planes.shape[1], np.float32)
        scale[-1] = last
        x = planes * np.float32(1 / 32768)
        power = np.einsum("cij,cij->ci", x, x) / self._size * scale
        lagged = [
            np.einsum("cij,cij->ci", x[:, :, :-lag], x[:, :, lag:]) / (self._size - lag) * scale
            for lag in _LAGS
        ]
        tones = x.reshape(self._channels, -1, self._size // self._sum, self._sum).sum(axis=3)
        tones = (tones @ self._waves) * scale[:, None]
        half = tones.shape[2] // 2
        tones = tones[:, :, :half] - 1j * tones[:, :, half:]
        weighted = self._weights[0] * power
        for weight, product in zip(self._weights[1:], lagged, strict=True):
            weighted = weighted + weight * product
        # The high pass of K-weighting takes what is below hearing; the voices begin at 70 Hz.
        rumble = 2 * np.abs(tones[:, :, : len(_RUMBLE)]) ** 2
        weighted = np.maximum(weighted - rumble.sum(axis=2), 0).sum(axis=0)
        if self._channels == 2:
            cross = np.einsum("ij,ij->i", x[0], x[1]) / self._size * scale
            both = np.sqrt(power[0] * power[1])
            likeness = np.where(both > 1e-12, cross / np.maximum(both, 1e-12), 1.0)
        else:
            likeness = np.ones(power.shape[1])
        total = power.sum(axis=0)
        turn = np.clip(lagged[0].sum(axis=0) / np.maximum(total, 1e-12), -1, 1)
        self._parts.append(
            {
                "power": power.T,
                "top": tops.T.astype(np.float32),
                "weighted": weighted,
                "likeness": likeness.astype(np.float32),
                "brightness": (np.arccos(turn) * (self._rate / 2 / np.pi)).astype(np.float32),
                "full": full.T,
                "flat": flat.T,
                "hum": self._hum(power.T, tones[:, :, len(_RUMBLE) :].transpose(1, 0, 2)),
            }
        )

    def _runs(
        self, planes: NDArray[np.int16], tops: NDArray[np.int32]
    ) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
        """Samples in runs at full scale, and in flat tops at the loudest value so far."""
        full, flat = np.zeros(tops.shape, np.uint16), np.zeros(tops.shape, np.uint16)
        self._tops = np.maximum(self._tops, tops.max(axis=1))
        for channel, step in np.argwhere(tops >= _FULL):
            at_top = np.abs(planes[channel, step].astype(np.int32)) >= _FULL
            full[channel, step] = _in_runs(at_top, 3)
        below = (tops >= _FLAT_FROM) & (tops < _FULL)
        for channel, step in np.argwhere(below & (tops >= _FLAT_NEAR_TOP * self._tops[:, None])):
            x = np.abs(planes[channel, step].astype(np.int32))
            flat[channel, step] = _in_runs(x >= tops[channel, step], _FLAT_RUN)
        return full, flat

    def _hum(self, power: NDArray[Any], tones: NDArray[Any]) -> Floats:
        """Tones whose phase stays from step to step, by window; quiet steps count most."""
        windows = -(-len(power) // WINDOW)
        missing = windows * WINDOW - len(power)
        # Silent steps that fill the last window weigh nothing.
        weight = 1 / (power + 1e-10) * (power > 0)
        if missing:
            weight = np.pad(weight, ((0, missing), (0, 0)))
            tones = np.pad(tones, ((0, missing), (0, 0), (0, 0)))
        weight = weight.reshape(windows, WINDOW, self._channels, 1)
        tones = tones.reshape(windows, WINDOW, self._channels, len(_TONES))
        total = np.maximum(weight.sum(axis=1), 1e-12)
        steady = np.abs((weight * tones).sum(axis=1) / total) ** 2
        any_phase = (weight * np.abs(tones) ** 2).sum(axis=1) / total
        enough = total**2 / np.maximum((weight**2).sum(axis=1), 1e-20) >= 6
        found = np.where(enough & (steady > 0.5 * any_phase), 2 * steady, 0) * _a_weights()
        series = [
            found[:, :, [_TONES.index(hz * n) for n in range(1, _HARMONICS + 1)]].sum(axis=2)
            for hz in MAINS
        ]
        return _decibels(np.stack([s.max(axis=1) for s in series], axis=1))


def _in_runs(at_top: NDArray[np.bool_], least: int) -> int:
    """How many samples stand in runs of at least so many."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], at_top, [False]]).astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    return int(lengths[lengths >= least].sum())


def _decibels(power: NDArray[Any], offset: float = 0.0) -> Floats:
    quiet = 10 ** (SILENCE / 10)
    levels = 10 * np.log10(np.maximum(power, quiet)) + offset
    return np.asarray(levels.clip(SILENCE), np.float32)


def _shelf_weights(rate: int) -> NDArray[np.float32]:
    """What the power and each lagged product count for in the K-weighted power."""
    hz = np.arange(5.0, min(rate / 2, 20_000), 10.0)
    z = np.exp(-2j * np.pi * hz / 48_000)
    above = 1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z * z
    gain = np.abs(above / (1 - 1.69065929318241 * z + 0.73248077421585 * z * z)) ** 2
    cosines = np.cos(2 * np.pi * np.outer(hz, (0, *_LAGS)) / rate)
    # Errors count in dB, and low tones as much as high ones.
    importance = 1 / np.sqrt(hz + 100) / gain
    weights, *_ = np.linalg.lstsq(cosines * importance[:, None], gain * importance, rcond=None)
    return np.asarray(weights, np.float32)


def _a_weights() -> Floats:
    """The A-weighting of each tone's power (IEC 61672-1)."""
    square = np.array(_TONES, np.float64) ** 2
    gain = (
        12194.0**2
        * square**2
        / (
            (square + 20.6**2)
            * np.sqrt((square + 107.7**2) * (square + 737.9**2))
            * (square + 12194.0**2)
        )
    )
    return np.asarray((gain * 10**0.1) ** 2, np.float32)


def joined(parts: Sequence[Levels]) -> Levels:
    """Sounds that are heard one after the other; one channel where they have not as many."""
    if len(parts) == 1:
        return parts[0]
    channels = parts[0].channels if len({part.channels for part in parts}) == 1 else 1

    def rows(name: str) -> NDArray[Any]:
        found = [getattr(part, name) for part in parts]
        if channels == 1 and name in ("rms", "peak", "clipped"):
            found = [values.max(axis=1, keepdims=True) for values in found]
        return np.concatenate(found)

    names = (f.name for f in fields(Levels) if f.name not in ("channels", "duration_ms"))
    return Levels(channels, sum(part.duration_ms for part in parts), *map(rows, names))


def louder(levels: Levels, gain: float) -> Levels:
    """The same with a gain in dB; what is silent stays so."""
    shifted = {
        name: np.where(old > SILENCE, np.maximum(old + np.float32(gain), SILENCE), old)
        for name in _HUNDREDTHS
        for old in (getattr(levels, name),)
    }
    return replace(levels, **shifted)


_HUNDREDTHS = ("rms", "peak", "loudness", "hum")


def packed(levels: Levels) -> bytes:
    """A few compressed bytes for each step, to keep beside the sound; exact to 0.01 dB."""
    shown = {f.name: getattr(levels, f.name) for f in fields(levels)}
    for name in _HUNDREDTHS:
        shown[name] = np.rint(shown[name] * 100).astype(np.int16)
    shown["likeness"] = np.rint(levels.likeness * 100).astype(np.int8)
    shown["clipped"] = np.ceil(levels.clipped * 10_000).astype(np.uint16)
    shown["brightness"] = np.rint(levels.brightness).astype(np.uint16)
    file = io.BytesIO()
    np.savez_compressed(file, **shown)
    return file.getvalue()


def unpacked(content: bytes) -> Levels:
    """What :func:`packed` wrote; raises :class:`ValueError` for anything else."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            shown = {f.name: kept[f.name] for f in fields(Levels)}
    except Exception as error:
        raise ValueError("no levels") from error
    for name in _HUNDREDTHS:
        shown[name] = shown[name].astype(np.float32) / 100
    shown["likeness"] = shown["likeness"].astype(np.float32) / 100
    shown["clipped"] = shown["clipped"].astype(np.float32) / 10_000
    shown["brightness"] = shown["brightness"].astype(np.float32)
    shown["channels"], shown["duration_ms"] = int(shown["channels"]), int(shown["duration_ms"])
    return Levels(**shown)
