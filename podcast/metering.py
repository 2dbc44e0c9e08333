"""The levels of a sound file, streamed from ffmpeg: nothing of it is kept in memory."""

from __future__ import annotations

import subprocess

import numpy as np

from podcast import ffmpeg
from podcast.errors import Fixable
from podcast.levels import Collector, Levels
from podcast.recording import Track

_RATE = 44_100


def metered(track: Track) -> Levels:
    """Decode a file to its end; raises :class:`Fixable` for what is no sound."""
    stream = ffmpeg.look(track)
    collector = Collector(stream.channels, _RATE)
    frame = 2 * stream.channels
    rest = b""

    def feed(block: bytes) -> None:
        nonlocal rest
        block = rest + block
        whole = len(block) - len(block) % frame
        rest = block[whole:]
        collector.feed(np.frombuffer(block[:whole], "<i2").reshape(-1, stream.channels))

    try:
        ffmpeg.run(
            [*ffmpeg.opened(track.path), "-map", "0:a:0", "-ac", str(stream.channels),
             "-ar", str(_RATE), "-f", "s16le", "pipe:1"],
            samples=feed,
            size=track.path.stat().st_size,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise Fixable(ffmpeg.refusal(track, error.stderr)) from error
    return collector.finish()
