"""The one door to the ffmpeg program: a child that may read one kind of file and use so much.

What people have is opened with the ``file`` protocol only, as one of the containers below, and by
a process whose memory and processor time are limited; what goes wrong is told in our sentences.
The program comes with the package ``imageio-ffmpeg``: nothing has to be installed beside Python.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import subprocess
import tempfile
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event
from typing import IO, TYPE_CHECKING

from podcast.endings import ending
from podcast.errors import Fault, Fixable, Outside, Place, fault
from podcast.recording import Track

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Longer than any recording that is one episode: a day.
LONGEST_MS = 24 * 60 * 60 * 1000
# Containers of sound that people really have.  Playlists and scripts (hls, concat, sdp, …) are
# left out on purpose: they would make ffmpeg open other files and addresses.
_FORMATS = "mp3,mov,mp4,m4a,wav,flac,ogg,matroska,webm,aac,aiff,caf,w64,asf,amr"
# Address space, not memory in use: threads and the program's own 180 MB count.
_ADDRESSES = 768 << 20
# Each file that is read beside the first has threads of its own, whose stacks are hardly used.
_ADDRESSES_MORE = 24 << 20
# The slowest decoder read a megabyte of a podcast's sound in less than this.
_CPU_SECONDS, _CPU_BYTES = 120, 20_000
_BLOCK = 1 << 18
# Sound needs no more threads than it has filters and codecs; a machine of 64 cores would start 64.
_ALONE = ("-filter_threads", "1", "-filter_complex_threads", "1")
# Bytes that a second of speech takes in the thriftiest codec.
_SPARSEST = 500
# More tags in a row than any file has.
_TAGS = 16
# An MP4's index, and the tracks in it that a shop has encrypted: common encryption, Apple, Audible.
_INDEX_BYTES = 1 << 25
_ENCRYPTED = re.compile(rb"(enca|drms|aavd)\0{6}")

_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d\.\d+)")
_AUDIO = re.compile(r"Stream #\d+:\d+.*?: Audio: .*?(\d+) Hz, ([^,\n]+)")
_VIDEO = re.compile(r"Stream #\d+:\d+.*?: Video: (?!.*attached pic)")
_MOMENT = re.compile(rb"TARGET:.*\bM:\s*(-?[\d.]+|-inf|nan)\s")
# ffmpeg's words for a file that stops before its container says.
_CUT = ("partial file", "ended prematurely", "moov atom not found", "Truncating packet")
_LOCKED = ("encrypted", "Encrypted", "DRM", "decryption")

Progress = Callable[[float], None]
Samples = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of ffmpeg left: its log, and the milliseconds that came out.

    ``moments`` is the momentary loudness (LUFS) of every 100 ms, if ``ebur128`` told it.
    """

    log: str
    made_ms: int
    moments: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stream:
    """What a file says of itself before it is decoded; all of it may be wrong.

    ``promised_ms`` is ``None`` where the length is only guessed from the bit rate.
    """

    rate: int
    channels: int
    promised_ms: int | None
    video: bool


@cache
def program() -> str:
    """The path of the ffmpeg program."""
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise Outside(fault("audio.no_ffmpeg")) from error


def version() -> str:
    """What the program says it is: « 7.0.2-static ».

    Raises :class:`Outside` where it is missing or cannot be run.
    """
    try:
        said = subprocess.run(
            [program(), "-version"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, check=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise Outside(fault("audio.no_ffmpeg")) from error
    found = re.match(r"ffmpeg version (\S+)", said)
    return found[1] if found else "?"


def opened(path: Path) -> list[str]:
    """The arguments that open a file for reading, and nothing else that it may name."""
    # "file:" so that a name such as "12:30.mp3" is not taken for a protocol.
    safe = ["-protocol_whitelist", "file", "-format_whitelist", _FORMATS]
    return [*safe, "-threads", "1", *_past_tags(path), "-i", f"file:{path}"]


def _past_tags(path: Path) -> list[str]:
    """Begin behind ID3 tags: nothing in them is sound, and some are made to cost a decoder dear.

    Twenty thousand frames took ffmpeg twenty seconds each time, three compressed ones 600 MB.
    """
    at = 0
    try:
        with path.open("rb") as file:
            for _ in range(_TAGS):
                file.seek(at)
                head = file.read(10)
                if len(head) < 10 or head[:3] != b"ID3" or max(head[6:]) > 0x7F:
                    break
                size = sum(byte << 7 * (3 - n) for n, byte in enumerate(head[6:]))
                at += size + (20 if head[5] & 0x10 else 10)
            whole = file.seek(0, 2)
    except OSError:
        return []  # who opens it next tells why
    return ["-skip_initial_bytes", str(at)] if 0 < at < whole else []


def regular(track: Track) -> int:
    """The size of a file that is one: a fifo or a device would be read for ever.

    Raises :class:`Fixable` for what is missing, empty, a folder, a fifo or a device.
    """
    place = Place(track.name)
    try:
        found = track.path.stat()
    except FileNotFoundError as error:
        raise Fixable(fault("audio.missing", place)) from error
    except OSError as error:
        raise Outside(fault("file.unreadable", place)) from error
    if not stat.S_ISREG(found.st_mode):
        raise Fixable(fault("audio.not_file", place))
    if not found.st_size:
        raise Fixable(fault("audio.empty", place))
    return found.st_size


def run(
    arguments: Sequence[str],
    total_ms: int = 0,
    progress: Progress | None = None,
    samples: Samples | None = None,
    size: int = 0,
    stop: Event | None = None,
) -> Ran:
    """Run ffmpeg to its end; ``samples`` gets what the arguments send to ``pipe:1``, in pieces.

    ``size`` is that of what is read, in bytes: the child's processor time is limited by it.  The
    milliseconds that came out are told where no samples are asked for.  ``stop`` ends it early.
    Raises :class:`subprocess.CalledProcessError` with the log where ffmpeg fails.
    """
    command = [program(), "-nostdin", "-hide_banner", "-nostats", "-y", *_ALONE]
    made_us = 0
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, *(() if samples else ("-progress", "pipe:1")), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env=_environment(),
        )
        assert process.stdout
        try:
            _limit(process.pid, size, arguments.count("-i"))
            if samples:
                while not (stop and stop.is_set()) and (block := process.stdout.read(_BLOCK)):
                    samples(block)
            else:
                for line in process.stdout:
                    key, _, value = line.decode("ascii", "replace").partition("=")
                    if key == "out_time_us" and value.strip().isdigit():
                        made_us = int(value)
                        if progress and total_ms:
                            progress(min(1.0, made_us / 1000 / total_ms))
                        if stop and stop.is_set():
                            break
            if stop and stop.is_set():
                process.kill()
            code = process.wait()
        finally:
            if process.poll() is None:  # Ctrl-C: leave no ffmpeg behind
                process.kill()
                process.wait()
            process.stdout.close()
        log.seek(0)
        text, moments = _read(log)
    if code:
        raise subprocess.CalledProcessError(code, "ffmpeg", stderr=text)
    return Ran(text, made_us // 1000, moments)


def _read(log: IO[bytes]) -> tuple[str, NDArray[np.float32]]:
    """The log without the meter's lines, and what these say: three hours have 100,000 of them."""
    import numpy as np

    kept, moments = [], array("f")
    for line in log:
        if found := _MOMENT.search(line):
            moments.append(float(found[1]))
        else:
            kept.append(line.decode("utf-8", "replace"))
    return "".join(kept), np.frombuffer(moments, np.float32)


def _environment() -> dict[str, str]:
    # Each thread would have addresses of its own set aside, of which most are never used.
    return {**os.environ, "MALLOC_ARENA_MAX": "2"}


def _limit(process: int, size: int, files: int = 1) -> None:
    """Limit the memory and processor time of a child that reads so many files."""
    try:
        import resource

        seconds = _CPU_SECONDS + size // _CPU_BYTES
        addresses = _ADDRESSES + _ADDRESSES_MORE * max(0, files - 1)
        resource.prlimit(process, resource.RLIMIT_AS, (addresses, addresses))
        resource.prlimit(process, resource.RLIMIT_CPU, (seconds, seconds))
    except (ImportError, AttributeError, OSError):  # Windows, macOS, or the child is done already
        pass


def look(track: Track) -> Stream:
    """What a file says of its first sound; raises :class:`Fixable` where it can be no recording."""
    size = regular(track)
    _refuse_cut(track)
    try:
        # Two tenths of a second are decoded, so that a copy-protected file is told as one.
        ran = run([*opened(track.path), "-map", "0:a:0", "-t", "0.2", "-f", "null", "-"], size=size)
    except subprocess.CalledProcessError as error:
        raise Fixable(refusal(track, error.stderr)) from error
    found = _AUDIO.search(ran.log)
    if not found:
        raise Fixable(fault("audio.not_audio", Place(track.name)))
    layout = found[2].strip()
    promised_ms = _promised(ran.log)
    # A header may lie; a file that is as large as it says needs no hours of decoding to be told.
    if (promised_ms or 0) > LONGEST_MS and size > LONGEST_MS // 1000 * _SPARSEST:
        hours = LONGEST_MS // 3_600_000
        raise Fixable(fault("audio.too_long", Place(track.name), hours=hours))
    return Stream(
        int(found[1]),
        1 if layout in ("mono", "1 channels") else 2,
        promised_ms,
        bool(_VIDEO.search(ran.log)),
    )


def _refuse_cut(track: Track) -> None:
    place = Place(track.name)
    try:
        end = ending(track.path)
    except OSError as error:
        raise Outside(fault("file.unreadable", place)) from error
    if end.state != "cut":
        return
    if end.missing_ms is None:
        raise Fixable(fault("audio.cut", place))
    missing, heard = round(end.missing_ms / 1000), end.left_ms // 1000
    raise Fixable(fault("audio.cut_at", place, n=missing, heard=heard))


def _promised(log: str) -> int | None:
    found = _DURATION.search(log)
    if not found or "Estimating duration from bitrate" in log:
        return None
    return round((int(found[1]) * 60 + int(found[2])) * 60_000 + float(found[3]) * 1000)


def refusal(track: Track, log: str) -> Fault:
    """Why ffmpeg could not decode a file, from its log."""
    place = Place(track.name)
    if "matches no streams" in log:
        return fault("audio.no_sound", place)
    if any(words in log for words in _LOCKED) or _encrypted(track.path):
        return fault("audio.locked", place)
    if any(words in log for words in _CUT):
        return fault("audio.cut", place)
    return fault("audio.not_audio", place)


def _encrypted(path: Path) -> bool:
    """Whether an MP4's index has an encrypted track: the decoder only finds that nothing fits."""
    at = 0
    with path.open("rb") as file:
        for _ in range(_TAGS):
            file.seek(at)
            head = file.read(16)
            size, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if kind == b"moov":
                return bool(_ENCRYPTED.search(file.read(min(size, _INDEX_BYTES))))
            if size == 1:
                size = int.from_bytes(head[8:], "big")
            if size < 8:
                break
            at += size
    return False


def cut_short(log: str) -> bool:
    """Whether ffmpeg saw a file end before its container says."""
    return any(words in log for words in _CUT)


@contextmanager
def written(made: Path) -> Iterator[None]:
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


def samples_of(path: Path, rate: int, size: int, filters: str = "anull") -> Iterator[bytes]:
    """A file as 16-bit mono samples in pieces of ``size`` bytes, as long as it can be decoded."""
    command = [program(), "-nostdin", "-v", "error", *_ALONE, *opened(path), "-map", "0:a:0"]
    with subprocess.Popen(
        [*command, "-filter:a", filters, "-ac", "1", "-ar", str(rate), "-f", "s16le", "-"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    ) as process:
        assert process.stdout
        _limit(process.pid, path.stat().st_size)
        while chunk := process.stdout.read(size):
            if len(chunk) % 2 == 0:
                yield chunk
