"""Make the published sound from what was recorded: the one door to ffmpeg and pydub.

ffmpeg streams what can be long; pydub shapes the short opening and closing.  The ffmpeg program
comes with the package ``imageio-ffmpeg``: nothing has to be installed beside Python.
"""

from __future__ import annotations

import errno
import math
import re
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from podcast.errors import Fixable, Outside, Place, fault
from podcast.recording import Loudness, Master, Recording, Track
from podcast.show import Sound

# Count up whenever the treatment changes, so that sounds made by an older recipe are made again.
RECIPE = 1
# Likewise for anything that moves words in time: then transcripts are aligned with new words.
TIME_RECIPE = 1
FRAME_MS = 50
SPEECH_RATE = 16_000
_RATE = 44_100
_SILENT = -60.0
_TOLERANCE = 0.2
# Share of the loud frames' level (about -30 dB): below it a room is silent to a listener.
_AUDIBLE = 0.03
# Containers of sound that people really have.  Playlists and scripts (hls, concat, sdp, …) are
# left out on purpose: they would make ffmpeg open other files and addresses.
_FORMATS = "mp3,mov,mp4,m4a,wav,flac,ogg,matroska,webm,aac,aiff,caf,w64,asf,amr"
_AUDIO = re.compile(r"Stream #\d+:\d+.*?: Audio: .*?(\d+) Hz, ([^,]+)")
_INTEGRATED = re.compile(r"\bI:\s+(-?[\d.]+|-inf|nan) LUFS")
_PEAK = re.compile(r"\bPeak:\s+(-?[\d.]+|-inf|nan) dBFS")

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Measure:
    """What decoding a whole file showed."""

    duration_ms: int
    channels: int
    loudness: Loudness


@cache
def ffmpeg() -> str:
    """The path of the ffmpeg program."""
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise Outside(fault("audio.no_ffmpeg")) from error


def _input(path: Path) -> list[str]:
    # "file:" so that a name such as "12:30.mp3" is not taken for a protocol.
    return ["-protocol_whitelist", "file", "-format_whitelist", _FORMATS, "-i", f"file:{path}"]


def _run(
    arguments: Sequence[str], total_ms: int = 0, progress: Progress | None = None
) -> tuple[str, int]:
    """Run ffmpeg; gives its log and the milliseconds that came out.

    Raises :class:`subprocess.CalledProcessError` with the log where ffmpeg fails.
    """
    command = [ffmpeg(), "-nostdin", "-hide_banner", "-nostats", "-y", "-progress", "pipe:1"]
    made_us = 0
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
        )
        assert process.stdout
        try:
            for line in process.stdout:
                key, _, value = line.decode("ascii", "replace").partition("=")
                if key == "out_time_us" and value.strip().isdigit():
                    made_us = int(value)
                    if progress and total_ms:
                        progress(min(1.0, made_us / 1000 / total_ms))
            code = process.wait()
        finally:
            if process.poll() is None:  # Ctrl-C: leave no ffmpeg behind
                process.kill()
                process.wait()
            process.stdout.close()
        log.seek(0)
        text = log.read().decode("utf-8", "replace")
    if code:
        raise subprocess.CalledProcessError(code, "ffmpeg", stderr=text)
    return text, made_us // 1000


@contextmanager
def _told(made: Path) -> Iterator[None]:
    """Tell in our words what makes writing a sound file fail, and leave no half of it behind."""
    place = Place(made.parent.name)
    try:
        yield
    except subprocess.CalledProcessError as error:
        made.unlink(missing_ok=True)
        if "No space left" in error.stderr:
            raise Outside(fault("disk.full", place)) from error
        last = error.stderr.strip().splitlines()[-1:] or [""]
        raise Outside(fault("audio.ffmpeg_failed", detail=last[0][:200])) from error
    except OSError as error:
        made.unlink(missing_ok=True)
        full = error.errno == errno.ENOSPC
        raise Outside(fault("disk.full" if full else "disk.unwritable", place)) from error


def _number(match: re.Match[str] | None) -> float:
    return -math.inf if not match or match[1] in ("nan", "-inf") else float(match[1])


def _loudness(log: str) -> Loudness:
    summary = log[log.rfind("Summary:") :]
    return Loudness(_number(_INTEGRATED.search(summary)), _number(_PEAK.search(summary)))


def measure(track: Track, highpass_hz: int = 0) -> Measure:
    """Decode a file to its end and say how long and how loud it is.

    The length is what decodes: headers lie.  Raises :class:`Fixable` where there is no sound.
    """
    place = Place(track.name)
    if not track.path.is_file():
        raise Fixable(fault("audio.missing", place))
    if not track.path.stat().st_size:
        raise Fixable(fault("audio.empty", place))
    chain = ",".join([*_highpass(highpass_hz), "ebur128=peak=true:framelog=quiet"])
    try:
        log, duration_ms = _run(
            [*_input(track.path), "-map", "0:a:0", "-filter:a", chain, "-f", "null", "-"]
        )
    except subprocess.CalledProcessError as error:
        kind = "audio.no_sound" if "matches no streams" in error.stderr else "audio.not_audio"
        raise Fixable(fault(kind, place)) from error
    stream = _AUDIO.search(log)
    if not stream or not duration_ms:
        raise Fixable(fault("audio.not_audio", place))
    loudness = _loudness(log)
    if loudness.integrated < _SILENT:
        raise Fixable(fault("audio.silent", place))
    return Measure(duration_ms, 1 if stream[2].strip() == "mono" else 2, loudness)


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
    music = [t for t in (recording.opening, recording.closing) if t]
    if any(measure(track).channels == 2 for track in music):
        channels = 2
    target = sound.loudness_stereo if channels == 2 else sound.loudness_mono
    with _told(made), tempfile.TemporaryDirectory(dir=made.parent) as folder:
        opening = _shape(recording.opening, target, Path(folder) / "opening.wav", closing=False)
        closing = _shape(recording.closing, target, Path(folder) / "closing.wav", closing=True)
        inputs: list[str] = []
        for path in [t.path for t in recording.tracks] + [s.path for s in (opening, closing) if s]:
            inputs += _input(path)
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
    _run([*_input(track.path), "-map", "0:a:0", "-ar", str(_RATE), "-f", "wav", str(made)])
    with warnings.catch_warnings():
        # pydub looks for ffmpeg on PATH when imported and warns; it only reads WAV here.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    with made.open("rb") as file:
        music = AudioSegment.from_file(file, "wav").apply_gain(target - loudness)
    half = len(music) // 2
    if closing:
        music = music.fade_in(min(400, half)).fade_out(min(2500, half))
    else:
        music = music.fade_in(min(50, half)).fade_out(min(1500, half))
    music.export(str(made), format="wav").close()
    return _Shaped(made, len(music))


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
    log, total_ms = _run(
        [*inputs, "-filter_complex", f"{graph};[whole]{meter}[out]", "-map", "[out]",
         "-f", "null", "-"]
    )  # fmt: skip
    gain, limit = target - _loudness(log).integrated, peak - 0.3
    rate = "96k" if channels == 1 else "128k"
    for attempt in range(4):
        # The limiter works on samples; four times as many of them come close to the true peak.
        chain = (
            f"volume={gain:.2f}dB,aresample={4 * _RATE},"
            f"alimiter=limit={10 ** (limit / 20):.5f}:level=false:attack=5:release=60,"
            f"aresample={_RATE}"
        )
        share = progress if attempt == 0 else None
        _run(
            [*inputs, "-filter_complex", f"{graph};[whole]{chain}[out]", "-map", "[out]",
             "-map_metadata", "-1", "-c:a", "libmp3lame", "-b:a", rate, "-ac", str(channels),
             "-ar", str(_RATE), "-fflags", "+bitexact", "-flags:a", "+bitexact",
             "-write_id3v1", "0", "-id3v2_version", "0", "-f", "mp3", str(made)],
            total_ms,
            share,
        )  # fmt: skip
        log, duration_ms = _run(
            [*_input(made), "-map", "0:a:0", "-filter:a", meter, "-f", "null", "-"]
        )
        after = _loudness(log)
        missing, over = target - after.integrated, after.peak - peak
        if abs(missing) <= _TOLERANCE and over <= 0:
            break
        gain += missing
        limit -= max(0.0, over) + (0.1 if over > 0 else 0.0)
    return after, duration_ms


def for_speech_recognition(sound: Path, made: Path) -> None:
    """Write a sound file as bare 16-bit samples, mono, 16 kHz: what the recogniser listens to.

    Raises :class:`Outside` where ffmpeg or the disk fails.
    """
    with _told(made):
        _run(
            [*_input(sound), "-map", "0:a:0", "-ac", "1", "-ar", str(SPEECH_RATE),
             "-f", "s16le", f"file:{made}"]
        )  # fmt: skip


def energies(tracks: Sequence[Track]) -> list[list[float]]:
    """Loudness of each track in frames of :data:`FRAME_MS`, relative to its own loud frames."""
    return [_relative(_frames(track.path)) for track in tracks]


def sides(track: Track) -> list[list[float]] | None:
    """The same for left and right of a stereo recording with one person on each, else ``None``.

    Two people on two sides are seldom loud together and each is loud a good part of the time;
    music and a room recorded in stereo are on both sides at once.
    """
    left, right = (_frames(track.path, f"pan=mono|c0=c{side}") for side in (0, 1))
    if not left or len(left) != len(right):
        return None
    loud = max(*left, *right) * _AUDIBLE
    spoken = [(a, b) for a, b in zip(left, right, strict=True) if max(a, b) > loud]
    on_left = sum(a > 2 * b for a, b in spoken)
    on_right = sum(b > 2 * a for a, b in spoken)
    if on_left + on_right < 0.7 * len(spoken) or min(on_left, on_right) < 0.1 * len(spoken):
        return None
    return [_relative(left), _relative(right)]


def _frames(path: Path, filters: str = "anull") -> list[float]:
    import numpy as np

    return [
        float(np.sqrt(np.mean(np.square(np.frombuffer(chunk, "<i2").astype("float32")))))
        for chunk in _stream(path, SPEECH_RATE * FRAME_MS // 1000 * 2, filters)
    ]


def _relative(frames: Sequence[float]) -> list[float]:
    import numpy as np

    loud = float(np.percentile(frames, 90)) if frames else 1.0
    return [frame / (loud or 1.0) for frame in frames]


def loud_between(sound: Path) -> Callable[[int, int], bool]:
    """Whether something is heard between two times (ms): louder than a quiet room, for a while."""
    (energy,) = energies((Track(sound, sound.name),))

    def loud(start_ms: int, end_ms: int) -> bool:
        frames = energy[start_ms // FRAME_MS : end_ms // FRAME_MS]
        return sum(frame > _AUDIBLE for frame in frames) * FRAME_MS >= 500

    return loud


def _stream(path: Path, size: int, filters: str) -> Iterator[bytes]:
    command = [ffmpeg(), "-nostdin", "-v", "error", *_input(path), "-map", "0:a:0"]
    with subprocess.Popen(
        [*command, "-filter:a", filters, "-ac", "1", "-ar", str(SPEECH_RATE), "-f", "s16le", "-"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout
        while chunk := process.stdout.read(size):
            if len(chunk) % 2 == 0:
                yield chunk
