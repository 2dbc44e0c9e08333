"""Listen to a sound file once, to its end: how long, how loud and how clean it really is."""

from __future__ import annotations

import math
import subprocess
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from podcast import ffmpeg, loudness
from podcast.errors import Fixable, Place, fault
from podcast.ffmpeg import LONGEST_MS, Progress, opened
from podcast.levels import Collector, Levels
from podcast.loudness import TOP_MS, Course
from podcast.peaks import Peak
from podcast.recording import Loudness, Track

_SILENT = -60.0
# Rates at which a tenth and a hundredth of a second are whole numbers of samples.
_USUAL = (8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
# What a container says may be a codec's frames off.
_MISSING_MS = 1000
# Two sides that differ by less than this share of their power (-40 dB) are one.
_SAME = 1e-4
_PIECE = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What decoding a whole file showed.

    ``side`` is the only side (0 left, 1 right) of a stereo file on which something is heard, or -1
    where both sides are the same; ``None`` where they differ.  ``loudness`` and ``course`` are
    those of the file as it is, behind the high-pass.
    """

    duration_ms: int
    channels: int
    loudness: Loudness
    course: Course
    levels: Levels
    side: int | None
    steady: bool

    @property
    def mono(self) -> bool:
        """Whether one channel says all of it."""
        return self.channels == 1 or self.side is not None

    def pan(self, channels: int) -> int | None:
        """The side that is all of a file, where only one is to be taken."""
        if self.channels == 1 or self.side is None:
            return None
        if self.side < 0:
            return 0 if channels == 1 else None
        return self.side

    def used(self, channels: int) -> Course:
        """The course as it goes into a sound of so many channels."""
        one = self.channels == 1 or self.pan(channels) is not None
        if self.channels == 2 and self.side == -1 and one:
            # Two equal sides were measured, of which one stays.
            return self.course.scaled(0.5, 1.0)
        if one and channels == 2:
            # One channel is shared out to two, 3 dB softer each.
            return self.course.scaled(1.0, math.sqrt(0.5))
        return self.course


class _Taken:
    """What is gathered from the samples while they stream by."""

    def __init__(self, channels: int, rate: int) -> None:
        self.collector = Collector(channels, rate)
        self.peak = Peak()
        self.samples = 0
        self.tops: list[NDArray[np.int16]] = []
        self._channels = channels
        self._size = rate * TOP_MS // 1000 if rate % 100 == 0 else rate // 100
        self._rest = b""

    def feed(self, block: bytes) -> None:
        block = self._rest + block
        whole = len(block) - len(block) % (2 * self._channels * self._size)
        self._rest = block[whole:]
        if whole:
            self._take(np.frombuffer(block, "<i2", whole // 2).reshape(-1, self._channels))

    def end(self) -> None:
        whole = len(self._rest) - len(self._rest) % (2 * self._channels)
        if whole:
            self._take(np.frombuffer(self._rest, "<i2", whole // 2).reshape(-1, self._channels))

    def _take(self, samples: NDArray[np.int16]) -> None:
        self.samples += len(samples)
        self.collector.feed(samples)
        self.peak.feed(samples)
        flat = samples.reshape(-1)
        size = self._size * self._channels
        rows = flat[: len(flat) - len(flat) % size].reshape(-1, size)
        if len(flat) % size:
            rows = np.vstack([rows, np.pad(flat[len(rows) * size :], (0, size - len(flat) % size))])
        # -32768 has no positive twin in 16 bits.
        self.tops.append(np.maximum(rows.max(axis=1), -np.maximum(rows.min(axis=1), -32767)))


def _side(levels: Levels) -> int | None:
    if levels.channels == 1:
        return -1
    power = 10 ** (levels.rms.astype(np.float64) / 10)
    left, right = power.sum(axis=0)
    apart = (power.sum(axis=1) - 2 * levels.likeness * np.sqrt(power.prod(axis=1))).sum()
    if apart < _SAME * (left + right):
        return -1
    if right < _SAME * left:
        return 0
    return 1 if left < _SAME * right else None


def hear(track: Track, highpass_hz: int = 0, progress: Progress | None = None) -> Heard:
    """Decode a file to its end; the length is what decodes: headers lie.

    Raises :class:`Fixable` for what is no sound, is cut off, silent, copy-protected or too long.
    """
    stream = ffmpeg.look(track)
    place = Place(track.name)
    rate = stream.rate if stream.rate in _USUAL else 44_100
    taken = _Taken(stream.channels, rate)

    def feed(block: bytes) -> None:
        taken.feed(block)
        if progress and stream.promised_ms:
            progress(min(1.0, taken.samples * 1000 / rate / stream.promised_ms))

    layout = "stereo" if stream.channels == 2 else "mono"
    heard = ",".join([*([f"highpass=f={highpass_hz}"] if highpass_hz else []), "ebur128"])
    # Pieces as small as a container has them cost as much to hand on as to hear.
    pieces = f"aformat=channel_layouts={layout},asetnsamples={_PIECE}:p=0"
    graph = f"[0:a:0]{pieces},asplit[raw][a];[a]{heard}[metered]"
    try:
        ran = ffmpeg.run(
            [*opened(track.path), "-filter_complex", graph, "-map", "[metered]", "-f", "null", "-",
             "-map", "[raw]", "-t", str(LONGEST_MS // 1000 + 1), "-ar", str(rate),
             "-f", "s16le", "pipe:1"],
            samples=feed,
            size=track.path.stat().st_size,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise Fixable(ffmpeg.refusal(track, error.stderr)) from error
    taken.end()
    duration_ms = round(taken.samples * 1000 / rate)
    if not duration_ms:
        raise Fixable(ffmpeg.refusal(track, ran.log))
    if duration_ms > LONGEST_MS:
        raise Fixable(fault("audio.too_long", place, hours=LONGEST_MS // 3_600_000))
    missing_ms = (stream.promised_ms or 0) - duration_ms
    # A film may go on after its sound; then only ffmpeg's own complaint counts.
    if missing_ms > _MISSING_MS and (not stream.video or ffmpeg.cut_short(ran.log)):
        seconds = round(missing_ms / 1000)
        raise Fixable(fault("audio.cut_at", place, n=seconds, heard=duration_ms // 1000))
    tops = np.concatenate(taken.tops).astype(np.float32) / np.float32(32768)
    course = loudness.course(ran.moments, tops)
    whole = Loudness(loudness.integrated(course.power), taken.peak.decibels)
    if whole.integrated < _SILENT:
        raise Fixable(fault("audio.silent", place))
    levels = taken.collector.finish()
    return Heard(
        duration_ms,
        stream.channels,
        whole,
        course,
        levels,
        _side(levels),
        ran.log.count("Summary:") <= 1,
    )
