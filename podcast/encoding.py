"""Encode the published sound once, at the right loudness, and look at what came out.

The gain is told beforehand from the sound's course, the limiter's loss included; what leaves the
limiter is measured while it is encoded, and what the codec makes of the highest peaks is decoded.
Long sounds are encoded in two halves at once, always cut at the same frame: the bytes do not depend
on the machine.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np
from numpy.typing import NDArray

from podcast import gathering, graph, levels, loudness, mp3
from podcast.ffmpeg import Progress, opened, run
from podcast.graph import RATE, Body, Laid
from podcast.levels import Levels
from podcast.loudness import STEP_MS, TOP_MS, Course, Floats
from podcast.peaks import Peak
from podcast.recording import Loudness, Master

_TOLERANCE = 0.12
_ATTEMPTS = 4
# LAME makes everything a little softer (0.95) against overshoot; other encoders do not.
_SOFTER = 20 * math.log10(0.95)
# What the limiter leaves to peaks between samples and to the codec, of the highest peak allowed:
# 0.7 were used up in three hours of speech, music and noise.
_MARGIN = 1.1
# Where no sample comes so near to the ceiling (dB), no codec makes too high a peak of it.
_NEAR = 0.3
# Samples from a frame's place to what it says: LAME's delay and a decoder's.
_DELAY = 1105
# A sound as long as this is encoded in two halves.
HALVES_FROM_MS = 10 * 60_000
# Frames encoded before a half, for the encoder to find its state; and after it.
_BEFORE, _AFTER = 20, 4
# Steps after which a half's loudness is its own: a block is four of them.
_UNSTEADY = 5
# Frames decoded before those that are looked at.
_LEAD = 2
# The halves meet where frames and steps begin together: 6.4 s.
_MEETING = 245

_AAC = ("-c:a", "aac", "-ar", "44100", "-movflags", "+faststart", "-f", "ipod", "-b:a")
_OPUS = ("-c:a", "libopus", "-ar", "48000", "-application", "audio", "-f", "opus", "-b:a")
# For one channel and for two.
_OTHERS = {
    "m4a": ((*_AAC, "80k"), (*_AAC, "128k")),
    "opus": ((*_OPUS, "48k"), (*_OPUS, "80k")),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be encoded: the body and when it begins, the music, what is known of the whole.

    ``fades`` is the file of fades where pauses of the body are shortened; ``tail`` follows its last
    sample.
    """

    paths: tuple[Path, ...]
    body: Body
    body_ms: int
    music: tuple[Laid, ...]
    fades: Path | None
    tail: Path | None
    duration_ms: int
    course: Course


@dataclass(frozen=True, slots=True)
class _Part:
    """Frames ``first`` up to ``stop`` (the end if ``None``) of the whole."""

    first: int
    stop: int | None

    @property
    def start_ms(self) -> int:
        """Where encoding begins: some frames before."""
        return max(0, self.first - _BEFORE) * mp3.FRAME * 1000 // RATE


def _parts(plan: Plan, halves_from_ms: int) -> list[_Part]:
    """One part, or two that meet inside the body, where a frame, a step and a ms begin."""
    frames = plan.duration_ms * RATE // 1000 // mp3.FRAME
    meeting = frames // 2 // _MEETING * _MEETING + _BEFORE
    second = _Part(meeting, None)
    inside = plan.body_ms <= second.start_ms < plan.body_ms + plan.body.duration_ms
    if plan.duration_ms < halves_from_ms or meeting <= _BEFORE or not inside:
        return [_Part(0, None)]
    return [_Part(0, meeting), second]


@dataclass(frozen=True, slots=True)
class Levelled:
    """What came out, and the gain and the limiter's ceiling (dB) that made it so.

    ``levels`` are those of what went into the encoder, made as soft as it makes it.
    """

    after: Loudness
    gain: float
    ceiling: float
    levels: Levels


def level(
    plan: Plan,
    target: float,
    peak: float,
    made: Path,
    progress: Progress,
    workers: int | None,
    halves_from_ms: int = HALVES_FROM_MS,
) -> Levelled:
    """Encode at the target loudness; measured behind the limiter, and corrected where it is off.

    ``workers`` is how many processes may encode at once; the bytes do not depend on it.
    """
    ceiling = peak - _MARGIN
    wanted = target - _SOFTER
    gain = loudness.gain_for(plan.course, wanted, ceiling)
    parts = _parts(plan, halves_from_ms)
    for attempt in range(_ATTEMPTS):
        power, heard = _encode(plan, parts, gain, ceiling, made, progress, workers)
        after = Loudness(
            loudness.integrated(power) + _SOFTER, _peak(made, plan.course.louder(gain), ceiling)
        )
        missing, over = target - after.integrated, after.peak - peak
        if (abs(missing) <= _TOLERANCE and over <= 0) or attempt == _ATTEMPTS - 1:
            break
        gain += missing
        ceiling -= over + 0.1 if over > 0 else 0.0
    return Levelled(after, gain, ceiling, levels.louder(heard, _SOFTER))


def _encode(
    plan: Plan,
    parts: Sequence[_Part],
    gain: float,
    ceiling: float,
    made: Path,
    progress: Progress,
    workers: int | None,
) -> tuple[Floats, Levels]:
    """Write the MP3; gives the power of each step of what left the limiter, and its levels."""
    shares = [0.0] * len(parts)
    stop = Event()
    # The second half's first blocks are not whole.
    meetings = [part.start_ms + _UNSTEADY * STEP_MS for part in parts[1:]]
    heard = [
        gathering.Part(plan.body.channels, RATE, part.start_ms, begin, end)
        for part, begin, end in zip(parts, [0, *meetings], [*meetings, None], strict=True)
    ]

    def one(number: int) -> Floats:
        def tell(done: float) -> None:
            shares[number] = done
            progress(sum(shares) / len(shares))

        path = made.with_name(f"{made.stem}-{number}.mp3") if len(parts) > 1 else made
        return _encode_part(plan, parts[number], gain, ceiling, path, heard[number], tell, stop)

    if len(parts) == 1:
        return one(0), gathering.joined(heard)
    paths = [made.with_name(f"{made.stem}-{number}.mp3") for number in range(len(parts))]
    try:
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
            running = [pool.submit(one, number) for number in range(len(parts))]
            try:
                powers = [future.result() for future in running]
            except BaseException:
                stop.set()  # Ctrl-C, or the other half failed
                raise
        streams = [mp3.read(path) for path in paths]
        ranges = []
        for part, stream in zip(parts, streams, strict=True):
            skipped = min(_BEFORE, part.first)
            count = stream.frames if part.stop is None else part.stop - part.first + skipped
            ranges.append((skipped, count))
        mp3.join(streams, ranges, made)
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
    steps = meetings[0] // STEP_MS
    return np.concatenate([powers[0][:steps], powers[1][_UNSTEADY:]]), gathering.joined(heard)


def _encode_part(
    plan: Plan,
    part: _Part,
    gain: float,
    ceiling: float,
    made: Path,
    heard: gathering.Part,
    progress: Progress,
    stop: Event,
) -> Floats:
    inputs, whole = _whole(plan, part.start_ms)
    end = []
    if part.stop is not None:
        samples = (part.stop + _AFTER) * mp3.FRAME - part.start_ms * RATE // 1000
        end = [f"atrim=end_sample={samples}"]
    chain = ",".join([*end, graph.levelled(gain, ceiling), "asplit=3[out][m][raw]"])
    length = (plan.duration_ms - part.start_ms) if part.stop is None else samples * 1000 // RATE

    def feed(block: bytes) -> None:
        heard.feed(block)
        progress(min(1.0, heard.samples * 1000 / RATE / max(1, length)))

    ran = run(
        [*inputs, "-filter_complex", f"{whole};[whole]{chain};[m]ebur128[metered]",
         "-map", "[out]", "-map_metadata", "-1", "-c:a", "libmp3lame",
         "-b:a", "96k" if plan.body.channels == 1 else "128k", "-reservoir", "0",
         "-ac", str(plan.body.channels), "-ar", str(RATE),
         "-fflags", "+bitexact", "-flags:a", "+bitexact",
         "-write_id3v1", "0", "-id3v2_version", "0", "-f", "mp3", str(made),
         "-map", "[metered]", "-f", "null", "-",
         "-map", "[raw]", "-f", "s16le", "pipe:1"],
        samples=feed,
        stop=stop,
        size=sum(path.stat().st_size for path in plan.paths),
    )  # fmt: skip
    return loudness.course(ran.moments, np.empty(0, np.float32)).power


def _whole(plan: Plan, start_ms: int) -> tuple[list[str], str]:
    """Inputs and filters of the whole from a moment on, to ``[whole]``."""
    music = [piece for piece in plan.music if piece.at_ms + piece.duration_ms > start_ms]
    fades = [plan.fades] if plan.fades else []
    inputs: list[str] = []
    tail = [plan.tail] if plan.tail else []
    for path in (*plan.paths, *fades, *(piece.path for piece in music), *tail):
        inputs += opened(path)
    count = len(plan.paths)
    body = graph.body(plan.body, max(0, start_ms - plan.body_ms), 0, count if fades else None)
    late_ms = max(0, plan.body_ms - start_ms)
    around = graph.whole(
        music, count + len(fades), bool(tail), late_ms, start_ms, plan.body.channels
    )
    return inputs, ";".join([*body, *around])


# Other kinds of file.


def others(plan: Plan, made: Master, files: Mapping[str, Path], progress: Progress) -> None:
    """Encode the same sound as ``m4a`` and ``opus``, all from one decoded stream."""
    inputs, whole = _whole(plan, 0)
    # These encoders do not make it softer.
    chain = f"{graph.levelled(made.gain, made.ceiling)},volume={_SOFTER:.4f}dB"
    chain += f",asplit={len(files)}" + "".join(f"[{kind}]" for kind in files)
    outputs: list[str] = []
    for kind, path in files.items():
        codec = _OTHERS[kind][plan.body.channels - 1]
        outputs += ["-map", f"[{kind}]", "-map_metadata", "-1", *codec]
        outputs += ["-fflags", "+bitexact", "-flags:a", "+bitexact", str(path)]
    run(
        [*inputs, "-filter_complex", f"{whole};[whole]{chain}", *outputs],
        plan.duration_ms,
        progress,
        size=sum(path.stat().st_size for path in plan.paths),
    )


# The peaks that the codec makes.


def _peak(made: Path, before: Course, ceiling: float) -> float:
    """The true peak of an MP3 in dBTP, decoded where the sound comes near the ceiling."""
    tops = loudness.limited(before, ceiling).tops
    near = min(10 ** ((ceiling - _NEAR) / 20), float(np.quantile(tops, 0.995)))
    stream = mp3.read(made)
    size = RATE * TOP_MS // 1000
    at = np.flatnonzero(tops >= near).astype(np.int64) * size + _DELAY
    frames = np.unique(np.concatenate([(at + k) // mp3.FRAME for k in (-size, 0, size)]))
    frames = frames[(frames >= 0) & (frames < stream.frames)]
    peak = Peak()
    if len(frames):
        _decode(stream, _runs(frames), made.with_name(f"{made.stem}-near.mp3"), peak)
    return peak.decibels


def _runs(frames: NDArray[np.int64]) -> list[tuple[int, int]]:
    """First and stop of the runs of frames, those that nearly meet joined."""
    breaks = np.flatnonzero(np.diff(frames) > _LEAD + 1)
    firsts = frames[np.concatenate([[0], breaks + 1])]
    stops = frames[np.concatenate([breaks, [len(frames) - 1]])] + 1
    return list(zip(firsts.tolist(), stops.tolist(), strict=True))


def _decode(stream: mp3.Stream, runs: list[tuple[int, int]], path: Path, peak: Peak) -> None:
    """Feed the peak meter what some frames say; two frames before each only set the decoder up."""
    channels = 1 if stream.info[3] >> 6 == 3 else 2
    taken = [(max(0, first - _LEAD), stop) for first, stop in runs]
    # What of the decoded samples counts, by the number of the first and the one after the last.
    wanted: list[tuple[int, int]] = []
    length = 0
    for (first, _), (begin, stop) in zip(runs, taken, strict=True):
        wanted.append((length + (first - begin) * mp3.FRAME, length + (stop - begin) * mp3.FRAME))
        length += (stop - begin) * mp3.FRAME
    rest, seen = b"", 0

    def feed(block: bytes) -> None:
        nonlocal rest, seen
        block = rest + block
        whole = len(block) - len(block) % (2 * channels)
        rest = block[whole:]
        samples = np.frombuffer(block, "<i2", whole // 2).reshape(-1, channels)
        while wanted and wanted[0][0] < seen + len(samples):
            begin, end = wanted[0]
            peak.feed(samples[max(0, begin - seen) : end - seen])
            if end > seen + len(samples):
                break
            peak.pause()
            wanted.pop(0)
        seen += len(samples)

    try:
        with path.open("wb") as file:
            for begin, stop in taken:
                stream.copy(begin, stop, file)
        run(
            [*opened(path), "-map", "0:a:0", "-f", "s16le", "pipe:1"],
            samples=feed,
            size=path.stat().st_size,
        )
    finally:
        path.unlink(missing_ok=True)
    if seen != length:
        raise ValueError(f"{seen} samples of {length}")
