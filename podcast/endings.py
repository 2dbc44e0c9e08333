"""Tell from a sound file's own structure whether its end is there, where decoders say nothing.

WAV (RF64 too), W64, CAF and WMA promise how many bytes they hold; Ogg marks its last page.
Recorders that lost power, and programs that write into a pipe, leave what stands for "unknown".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

# Padding and the mistakes of programs that count their header as sound are shorter than this.
_MISSING_MS = 1000
_CHUNKS = 100
# More bytes than any file has, and more a second than any sound.
_LONGEST, _FASTEST = 1 << 48, 1e9
# An Ogg page is smaller.
_PAGE = 1 << 16
_LAST = 4
# What sox, arecord and ffmpeg write where a size is not known, and the same in 64 bits.
_MOSTS = (0x7FFFF000, 1 << 31, 1 << 32, 1 << 64)
_W64_CHUNK = bytes.fromhex("f3acd3118cd100c04f8edb8a")
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a file ends: ``open`` is one that does not say where, which may be right or not.

    Of one that is ``cut``, how much is missing and left, in ms, where that can be told.
    """

    state: Literal["whole", "open", "cut"] = "whole"
    missing_ms: int | None = None
    left_ms: int = 0


def ending(path: Path) -> Ending:
    """How a file ends; what is no file of these kinds counts as whole.

    Raises :class:`OSError` for what cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(16)
        try:
            if start[:4] in (b"RIFF", b"RF64", b"BW64") and start[8:12] == b"WAVE":
                return _wav(file, size)
            if start[:4] == b"riff" and start[4:8] == b"\x2e\x91\xcf\x11":
                return _w64(file, size)
            if start[:4] == b"caff":
                return _caf(file, size)
            if start == _ASF:
                return _asf(file, size)
            if start[:4] == b"OggS":
                return _ogg(file, size)
        except struct.error:  # a header that is cut itself: the decoder says so
            pass
    return Ending()


def _judged(promised: int, there: int, a_second: float) -> Ending:
    """``promised`` and ``there`` in bytes, with how many make a second, 0 if that is unknown."""
    if promised <= there:
        return Ending()
    if promised > _LONGEST or not 1 <= a_second <= _FASTEST:
        return Ending("cut")
    missing_ms = round((promised - there) * 1000 / a_second)
    if missing_ms <= _MISSING_MS:
        return Ending()
    return Ending("cut", missing_ms, round(there * 1000 / a_second))


def _wav(file: BinaryIO, size: int) -> Ending:
    a_second, long = 0, None
    for name, length, at in _chunks(file, 12, "<4sI", 2):
        if name == b"fmt ":
            a_second = struct.unpack("<8xI", file.read(12))[0]
        elif name == b"ds64":
            long = struct.unpack("<8xQ", file.read(16))[0]
        elif name == b"data":
            if long not in (None, 0) and length == 0xFFFFFFFF:
                length = long
            rest = size - at - length
            if _unknown(length) or _goes_on(file, at + length, rest, a_second):
                return Ending("open")
            return _judged(length, size - at, a_second)
    return Ending()


def _unknown(length: int) -> bool:
    """Whether a length stands for "as long as it goes on": none, or the most, less some header."""
    return length == 0 or any(most - 128 <= length <= most for most in _MOSTS)


def _goes_on(file: BinaryIO, end: int, rest: int, a_second: int) -> bool:
    """Whether there is more than a second behind the sound, and it is no chunk.

    So ends a file whose recorder wrote its size now and then, or one too long for such a size.
    """
    if rest <= max(a_second, 1):  # the end may also be further than any file can be read
        return False
    file.seek(end + end % 2)
    return not file.read(4).strip().isalnum()


def _w64(file: BinaryIO, size: int) -> Ending:
    a_second = 0
    for name, length, at in _chunks(file, 40, "<16sQ", 8, counted=24):
        if name[4:] != _W64_CHUNK:
            continue
        if name[:4] == b"fmt ":
            a_second = struct.unpack("<8xI", file.read(12))[0]
        elif name[:4] == b"data":
            return Ending("open") if length <= 0 else _judged(length, size - at, a_second)
    return Ending()


def _caf(file: BinaryIO, size: int) -> Ending:
    a_second = 0.0
    for name, length, at in _chunks(file, 8, ">4sq", 1):
        if name == b"desc":
            rate, packet, frames = struct.unpack(">d8xII", file.read(24))
            a_second = rate * packet / frames if frames else 0.0
        elif name == b"data":
            return Ending("open") if length <= 0 else _judged(length, size - at, a_second)
    return Ending()


def _asf(file: BinaryIO, size: int) -> Ending:
    for name, _, _ in _chunks(file, 30, "<16sQ", 1, counted=24):
        if name == _ASF_PROPERTIES:
            promised, units, early_ms, flags = struct.unpack("<16xQ16xQ8xQI", file.read(68))
            if flags & 1 or not promised:
                return Ending("open")
            seconds = units / 1e7 - early_ms / 1000
            return _judged(promised, size, promised / seconds if seconds > 0 else 0)
    return Ending()


def _chunks(
    file: BinaryIO, at: int, form: str, even: int, counted: int = 0
) -> Iterator[tuple[bytes, int, int]]:
    """Name, length and place of each chunk's content; ``counted`` of its head are in its size."""
    for _ in range(_CHUNKS):
        file.seek(at)
        head = file.read(struct.calcsize(form))
        if len(head) < struct.calcsize(form):
            return
        name, length = struct.unpack(form, head)
        at += len(head)
        yield name, length - counted, at
        if not counted <= length < _LONGEST:
            return
        at += -(-(length - counted) // even) * even


def _ogg(file: BinaryIO, size: int) -> Ending:
    file.seek(max(0, size - _PAGE))
    tail = file.read()
    page = tail[tail.rfind(b"OggS\0") :] if b"OggS\0" in tail else b""
    if not page:
        return Ending()
    segments = page[27 : 27 + page[26]] if len(page) > 26 else b""
    if len(page) < 27 or len(segments) < page[26] or len(page) < 27 + len(segments) + sum(segments):
        return Ending("cut")
    # Telephones often leave the mark of the last page out.
    return Ending() if page[5] & _LAST else Ending("open")
