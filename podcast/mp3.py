"""Join MP3 streams of one constant bit rate, and find their frames, without decoding them.

The streams are encoded without bit reservoir: each frame stands on its own, so that streams can be
cut and joined at any frame, and players can begin at any.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

FRAME = 1152
"""Samples in a frame."""
RATE = 44_100
_BIT_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
# Where things stand in the first frame, which holds no sound (Xing and LAME tag).
_COUNT, _TOC, _DELAYS, _LENGTH, _MUSIC_CRC, _TAG_CRC = 8, 16, 141, 148, 152, 154
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Stream:
    """The frames of an MP3 file's sound; ``edges`` has one more, the end of the last."""

    path: Path
    info: bytes
    edges: array[int]

    @property
    def frames(self) -> int:
        """How many frames hold sound."""
        return len(self.edges) - 1

    def copy(self, first: int, stop: int, to: BinaryIO) -> None:
        """Write some frames to an open file."""
        left = self.edges[stop] - self.edges[first]
        with self.path.open("rb") as file:
            file.seek(self.edges[first])
            while left > 0:
                piece = file.read(min(left, _PIECE))
                to.write(piece)
                left -= len(piece)


def read(path: Path) -> Stream:
    """Find the frames of a file that ffmpeg wrote at 44,100 Hz; raises ValueError for others."""
    size, at, edges = path.stat().st_size, 0, array("Q")
    with path.open("rb", _PIECE) as file:
        while len(head := file.read(3)) == 3:
            if head[0] != 0xFF or head[1] & 0xFE != 0xFA or head[2] & 0x0C or head[2] >> 4 == 15:
                raise ValueError(f"{path.name}: no frame at {at}")
            edges.append(at)
            rate = _BIT_RATES[head[2] >> 4]
            at += 144_000 * rate // RATE + (head[2] >> 1 & 1)
            file.seek(at)
        file.seek(0)
        info = file.read(edges[1] if len(edges) > 1 else 0)
    if at != size or _tag(info) < 0:
        raise ValueError(f"{path.name}: cut off, or no tag")
    edges.append(at)
    return Stream(path, info, edges[1:])


def _tag(frame: bytes | bytearray) -> int:
    return max(frame.find(b"Info", 0, 40), frame.find(b"Xing", 0, 40))


def join(streams: Sequence[Stream], ranges: Sequence[tuple[int, int]], made: Path) -> None:
    """Write the frames of each range (first, stop) one after the other, with one tag before.

    The tag says how many frames there are and what of the first and last is no sound, so that
    players keep the time to the sample.
    """
    pairs = list(zip(streams, ranges, strict=True))
    size = sum(stream.edges[stop] - stream.edges[first] for stream, (first, stop) in pairs)
    count = sum(stop - first for first, stop in ranges)
    head = bytearray(streams[0].info)
    at = _tag(head)
    struct.pack_into(">II", head, at + _COUNT, count, len(head) + size)
    head[at + _TOC : at + _TOC + 100] = bytes(256 * i // 100 for i in range(100))
    before = int.from_bytes(head[at + _DELAYS : at + _DELAYS + 3], "big") >> 12
    last = streams[-1].info
    there = _tag(last) + _DELAYS
    after = int.from_bytes(last[there : there + 3], "big") & 0xFFF
    head[at + _DELAYS : at + _DELAYS + 3] = (before << 12 | after).to_bytes(3, "big")
    struct.pack_into(">I", head, at + _LENGTH, len(head) + size)
    struct.pack_into(">H", head, at + _MUSIC_CRC, 0)
    struct.pack_into(">H", head, at + _TAG_CRC, _crc(head[: at + _TAG_CRC]))
    with made.open("wb") as file:
        file.write(head)
        for stream, (first, stop) in pairs:
            stream.copy(first, stop, file)


def _crc(content: bytearray) -> int:
    """CRC-16 of the LAME tag (ANSI, reflected)."""
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
