"""Shape the short pieces of music around the speech: the one door to pydub."""

from __future__ import annotations

import warnings
from pathlib import Path


def fade(made: Path, gain: float, closing: bool) -> int:
    """Give a WAV file its gain (dB) and its fades, in place; its length in milliseconds."""
    with warnings.catch_warnings():
        # pydub looks for ffmpeg on PATH when imported and warns; it only reads WAV here.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    with made.open("rb") as file:
        music = AudioSegment.from_file(file, "wav").apply_gain(gain)
    half = len(music) // 2
    if closing:
        music = music.fade_in(min(400, half)).fade_out(min(2500, half))
    else:
        music = music.fade_in(min(50, half)).fade_out(min(1500, half))
    music.export(str(made), format="wav").close()
    return len(music)
