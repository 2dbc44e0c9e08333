"""Shape the short pieces of music around the speech: the one door to pydub."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pydub import AudioSegment

_STEP_MS = 10


@dataclass(frozen=True, slots=True)
class Layer:
    """A WAV file in a piece of music: from when on and how long, its gain in dB, and its fades.

    ``course`` is a gain (dB) for every 10 ms beside.
    """

    path: Path
    at_ms: int
    duration_ms: int
    gain: float
    fade_in_ms: int
    fade_out_ms: int
    course: NDArray[np.float32] | None = None


def lay(layers: Sequence[Layer], made: Path) -> int:
    """Write a WAV file in which all layers are heard; its length in milliseconds, whole 10 ms."""
    with warnings.catch_warnings():
        # pydub looks for ffmpeg on PATH when imported and warns; it only reads WAV here.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    pieces: list[AudioSegment] = []
    for layer in layers:
        with layer.path.open("rb") as file:
            music = AudioSegment.from_file(file, "wav")[: layer.duration_ms].apply_gain(layer.gain)
        if layer.course is not None:
            music = _along(music, layer.course)
        half = len(music) // 2
        music = music.fade_in(min(layer.fade_in_ms, half)).fade_out(min(layer.fade_out_ms, half))
        pieces.append(music)
    length = max(layer.at_ms + len(m) for layer, m in zip(layers, pieces, strict=True))
    length = -(-length // _STEP_MS) * _STEP_MS
    whole = AudioSegment.silent(length, frame_rate=pieces[0].frame_rate)
    for layer, music in zip(layers, pieces, strict=True):
        whole = whole.overlay(music, position=layer.at_ms)
    whole.export(str(made), format="wav").close()
    return len(whole)


def _along(music: AudioSegment, course: NDArray[np.float32]) -> AudioSegment:
    """Music with a gain that moves."""
    samples = np.array(music.get_array_of_samples()).reshape(-1, music.channels)
    at = np.arange(len(samples)) * (1000 / _STEP_MS / music.frame_rate)
    gain = np.interp(at, np.arange(len(course)) + 0.5, course)
    moved = np.rint(samples * (10 ** (gain / 20))[:, None]).astype(samples.dtype)
    return music._spawn(moved.tobytes())
