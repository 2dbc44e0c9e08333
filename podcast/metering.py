"""The levels of a sound file, streamed from ffmpeg: nothing of it is kept in memory."""

from __future__ import annotations

import subprocess

from podcast import ffmpeg
from podcast.errors import Fixable
from podcast.gathering import Part
from podcast.levels import Levels
from podcast.recording import Track

_RATE = 44_100


def metered(track: Track) -> Levels:
    """Decode a file to its end; raises :class:`Fixable` for what is no sound."""
    stream = ffmpeg.look(track)
    heard = Part(stream.channels, _RATE)
    try:
        ffmpeg.run(
            [*ffmpeg.opened(track.path), "-map", "0:a:0", "-ac", str(stream.channels),
             "-ar", str(_RATE), "-f", "s16le", "pipe:1"],
            samples=heard.feed,
            size=track.path.stat().st_size,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise Fixable(ffmpeg.refusal(track, error.stderr)) from error
    return heard.finish()
