"""Make the published sound from what was recorded: levelled, joined with its music, encoded."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from podcast import ffmpeg, music
from podcast.errors import Fixable, Place, fault
from podcast.ffmpeg import Progress, opened, run, written
from podcast.recording import Loudness, Master, Recording, Track
from podcast.show import Sound

# Count up whenever the treatment changes, so that sounds made by an older recipe are made again.
RECIPE = 1
# Likewise for anything that moves words in time: then transcripts are aligned with new words.
TIME_RECIPE = 1
_RATE = 44_100
_SILENT = -60.0
_TOLERANCE = 0.2


@dataclass(frozen=True, slots=True)
class Measure:
    """What decoding a whole file showed."""

    duration_ms: int
    channels: int
    loudness: Loudness


def measure(track: Track, highpass_hz: int = 0) -> Measure:
    """Decode a file to its end and say how long and how loud it is.

    The length is what decodes: headers lie.  Raises :class:`Fixable` where there is no sound.
    """
    stream = ffmpeg.look(track)
    chain = ",".join([*_highpass(highpass_hz), "ebur128=peak=true:framelog=quiet"])
    try:
        ran = run([*opened(track.path), "-map", "0:a:0", "-filter:a", chain, "-f", "null", "-"])
    except subprocess.CalledProcessError as error:
        raise Fixable(ffmpeg.refusal(track, error.stderr)) from error
    place = Place(track.name)
    if not ran.made_ms:
        raise Fixable(fault("audio.not_audio", place))
    loudness = ffmpeg.loudness(ran.log)
    if loudness.integrated < _SILENT:
        raise Fixable(fault("audio.silent", place))
    return Measure(ran.made_ms, stream.channels, loudness)


def _highpass(hz: int) -> list[str]:
    return [f"highpass=f={hz}"] if hz else []


def master(
    recording: Recording, sound: Sound, made: Path, progress: Progress | None = None
) -> Master:
    """Write the finished MP3 to ``made``: cleaned, levelled, with its music, at the right loudness.

    Raises :class:`Fixable` for recordings that cannot be published and :class:`Outside` where
    ffmpeg or the disk fails.
    """
    measures = [measure(track, sound.highpass_hz) for track in recording.tracks]
    channels = 2 if any(m.channels == 2 for m in measures) else 1
    pieces = [t for t in (recording.opening, recording.closing) if t]
    if any(measure(track).channels == 2 for track in pieces):
        channels = 2
    target = sound.loudness_stereo if channels == 2 else sound.loudness_mono
    with written(made), tempfile.TemporaryDirectory(dir=made.parent) as folder:
        opening = _shape(recording.opening, target, Path(folder) / "opening.wav", closing=False)
        closing = _shape(recording.closing, target, Path(folder) / "closing.wav", closing=True)
        inputs: list[str] = []
        for path in [t.path for t in recording.tracks] + [s.path for s in (opening, closing) if s]:
            inputs += opened(path)
        graph = _graph(measures, sound, target, channels, bool(opening), bool(closing))
        after, duration_ms = _level(inputs, graph, target, sound.peak, channels, made, progress)
    before = Loudness(
        sum(m.loudness.integrated for m in measures) / len(measures),
        max(m.loudness.peak for m in measures),
    )
    return Master(made, duration_ms, channels, before, after, opening.duration_ms if opening else 0)


@dataclass(frozen=True, slots=True)
class _Shaped:
    path: Path
    duration_ms: int


def _shape(track: Track | None, target: float, made: Path, closing: bool) -> _Shaped | None:
    """A short piece of music with its fades, as loud as the speech, for ffmpeg to join."""
    if track is None:
        return None
    loudness = measure(track).loudness.integrated
    run([*opened(track.path), "-map", "0:a:0", "-ar", str(_RATE), "-f", "wav", str(made)])
    return _Shaped(made, music.fade(made, target - loudness, closing))


def _graph(
    measures: Sequence[Measure],
    sound: Sound,
    target: float,
    channels: int,
    opening: bool,
    closing: bool,
) -> str:
    """The ffmpeg filter graph from the inputs to ``[whole]``: tracks levelled, mixed and joined."""
    layout = "stereo" if channels == 2 else "mono"
    form = f"aresample={_RATE},aformat=sample_fmts=fltp:channel_layouts={layout}"
    parts = []
    for i, m in enumerate(measures):
        gain = f"volume={target - m.loudness.integrated:.2f}dB"
        parts.append(f"[{i}:a:0]{','.join([*_highpass(sound.highpass_hz), gain, form])}[t{i}]")
    tracks = "".join(f"[t{i}]" for i in range(len(measures)))
    if len(measures) > 1:
        parts.append(f"{tracks}amix=inputs={len(measures)}:normalize=0:duration=longest[body]")
    else:
        parts.append("[t0]anull[body]")
    joined = []
    following = len(measures)
    if opening:
        parts.append(f"[{following}:a:0]{form}[opening]")
        joined.append("[opening]")
        following += 1
    joined.append("[body]")
    if closing:
        parts.append(f"[{following}:a:0]{form}[closing]")
        joined.append("[closing]")
    parts.append(f"{''.join(joined)}concat=n={len(joined)}:v=0:a=1[whole]")
    return ";".join(parts)


def _level(
    inputs: Sequence[str],
    graph: str,
    target: float,
    peak: float,
    channels: int,
    made: Path,
    progress: Progress | None,
) -> tuple[Loudness, int]:
    """Encode at the target loudness; measured again after limiter and codec, and corrected."""
    meter = "ebur128=peak=true:framelog=quiet"
    ran = run(
        [*inputs, "-filter_complex", f"{graph};[whole]{meter}[out]", "-map", "[out]",
         "-f", "null", "-"]
    )  # fmt: skip
    total_ms = ran.made_ms
    gain, limit = target - ffmpeg.loudness(ran.log).integrated, peak - 0.3
    rate = "96k" if channels == 1 else "128k"
    for attempt in range(4):
        # The limiter works on samples; four times as many of them come close to the true peak.
        chain = (
            f"volume={gain:.2f}dB,aresample={4 * _RATE},"
            f"alimiter=limit={10 ** (limit / 20):.5f}:level=false:attack=5:release=60,"
            f"aresample={_RATE}"
        )
        share = progress if attempt == 0 else None
        run(
            [*inputs, "-filter_complex", f"{graph};[whole]{chain}[out]", "-map", "[out]",
             "-map_metadata", "-1", "-c:a", "libmp3lame", "-b:a", rate, "-ac", str(channels),
             "-ar", str(_RATE), "-fflags", "+bitexact", "-flags:a", "+bitexact",
             "-write_id3v1", "0", "-id3v2_version", "0", "-f", "mp3", str(made)],
            total_ms,
            share,
        )  # fmt: skip
        ran = run([*opened(made), "-map", "0:a:0", "-filter:a", meter, "-f", "null", "-"])
        after = ffmpeg.loudness(ran.log)
        missing, over = target - after.integrated, after.peak - peak
        if abs(missing) <= _TOLERANCE and over <= 0:
            break
        gain += missing
        limit -= max(0.0, over) + (0.1 if over > 0 else 0.0)
    return after, ran.made_ms
