"""Small sound helpers for the sample show: levels, noise, placing, and writing FLAC files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np

RATE = 44_100

Sound = np.ndarray  # float64, (n,) when mono and (n, 2) when stereo, in -1..1


def db(value: float) -> float:
    """Decibels as a factor for amplitudes."""
    return float(10 ** (value / 20))


def samples(seconds: float) -> int:
    """A length in seconds as a number of samples."""
    return round(seconds * RATE)


def seeded(seed: int) -> np.random.RandomState:
    """A source of chance whose stream numpy keeps the same from version to version."""
    return np.random.RandomState(seed)


def double_rate(sound: Sound) -> Sound:
    """Bring mono sound from 22.05 kHz to 44.1 kHz with a windowed-sinc filter, without delay."""
    stuffed = np.zeros(2 * len(sound))
    stuffed[::2] = sound
    taps = np.arange(-63, 64)
    kernel = np.sinc(taps / 2) * np.kaiser(len(taps), 8.0)
    return np.convolve(stuffed, kernel, mode="same")


def active_level(sound: Sound) -> float:
    """RMS over the 50 ms frames that carry sound (within 30 dB of the loudest frame)."""
    frame = samples(0.05)
    frames = sound[: len(sound) // frame * frame].reshape(-1, frame)
    power = (frames**2).mean(axis=1)
    return float(np.sqrt(power[power > power.max() / 1000].mean()))


def shaped_noise(count: int, low: float, high: float, tilt: float, seed: int) -> Sound:
    """Noise of RMS 1 between two frequencies; its amplitude falls as frequency ** -tilt."""
    spectrum = np.fft.rfft(seeded(seed).standard_normal(count))
    freq = np.fft.rfftfreq(count, 1 / RATE)
    freq[0] = 1.0
    shape = freq**-tilt / np.sqrt((1 + (low / freq) ** 4) * (1 + (freq / high) ** 4))
    noise: Sound = np.fft.irfft(spectrum * shape, count)
    return noise / float(np.sqrt((noise**2).mean()))


def room_tone(count: int, seed: int) -> Sound:
    """The sound of an empty quiet room: soft low noise at -70 dBFS, so silence is not zero."""
    return shaped_noise(count, 50.0, 1_800.0, 0.5, seed) * db(-70)


def convolve(sound: Sound, kernel: Sound) -> Sound:
    """Full convolution of two mono sounds by way of the Fourier transform."""
    count = len(sound) + len(kernel) - 1
    size = 1 << (count - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(kernel, size), size)[:count]


def add(target: Sound, sound: Sound, at: int) -> None:
    """Add ``sound`` into ``target`` from sample ``at``; what runs over the end is dropped."""
    room = max(0, min(len(sound), len(target) - at))
    target[at : at + room] += sound[:room]


def fade(sound: Sound, into: float, out: float) -> Sound:
    """Fade a mono or stereo sound in and out with half cosines of the given seconds."""
    curve = np.ones(len(sound))
    rise, fall = samples(into), samples(out)
    curve[:rise] = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, rise))
    curve[len(curve) - fall :] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fall))
    return sound * (curve if sound.ndim == 1 else curve[:, None])


def to_peak(sound: Sound, level: float) -> Sound:
    """Bring the loudest sample to ``level`` dBFS."""
    return sound * (db(level) / float(np.abs(sound).max()))


def write_flac(path: Path, sound: Sound, bits: int = 16) -> None:
    """Write 16-bit FLAC at 44.1 kHz, without metadata that changes from run to run.

    With fewer ``bits`` the steps are coarser and the file is much smaller; for a recording with
    room tone the error of 13 bits stays 13 dB below that tone.
    """
    peak = float(np.abs(sound).max())
    if peak >= 1:
        raise ValueError(f"{path.name} would clip (peak {peak:.2f})")
    path.parent.mkdir(parents=True, exist_ok=True)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "s16le"]
    command += ["-ar", str(RATE), "-ac", "1" if sound.ndim == 1 else "2", "-i", "pipe:0"]
    command += ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    command += ["-c:a", "flac", "-compression_level", "12", str(path)]
    steps = np.round(sound * (2 ** (bits - 1) - 1)) * 2 ** (16 - bits)
    subprocess.run(command, input=steps.astype("<i2").tobytes(), check=True)
