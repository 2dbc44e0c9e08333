"""Write each piece of music as it will be heard: levelled, faded, softer under the speech."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from podcast import loudness, music, pauses
from podcast.analysis import Heard
from podcast.ffmpeg import opened, run
from podcast.graph import RATE, Laid
from podcast.loudness import STEP_MS, TOP_MS, Course
from podcast.music import Layer
from podcast.recording import Played, Track
from podcast.score import BED_BELOW, BELOW_SPEECH, Score, ducked, spoken_over

# Milliseconds of fades where a piece stands alone.
_FADES = {"opening": (50, 1500), "bed": (1500, 3000), "jingle": (50, 1500), "closing": (400, 2500)}


@dataclass(frozen=True, slots=True, eq=False)
class Music:
    """The pieces by their places, what follows the last sample, and the course of the whole."""

    laid: tuple[Laid, ...]
    tail: Path | None
    course: Course


def written(
    found: Score,
    pieces: Mapping[str, tuple[Track, Heard]],
    speech: Course,
    target: float,
    channels: int,
    folder: Path,
) -> Music:
    """Write the music of a score into ``folder``; ``speech`` is the course of the recording."""
    files = {kind: _wav(track, folder / f"{kind}.wav") for kind, (track, _) in pieces.items()}
    speech = speech.shifted(found.body_ms)
    whole = speech
    groups: list[list[tuple[Played, Layer]]] = []
    tail: tuple[Layer, Course] | None = None
    for played in found.played:
        course = pieces[played.kind][1].used(channels)
        gain = target - loudness.integrated(course.power)
        layer, course = _layer(played, files[played.kind], gain, course.louder(gain), speech, found)
        if played.kind == "closing" and not played.under:
            tail = layer, course
            continue
        if groups and played.start_ms < max(p.end_ms for p, _ in groups[-1]):
            groups[-1].append((played, layer))
        else:
            groups.append([(played, layer)])
        whole = loudness.mixed([whole, course.shifted(played.start_ms)])
    laid = []
    for number, group in enumerate(groups):
        start_ms = group[0][0].start_ms
        path = folder / f"music-{number}.wav"
        layers = [replace(layer, at_ms=p.start_ms - start_ms) for p, layer in group]
        laid.append(Laid(path, start_ms, music.lay(layers, path)))
    if tail is None:
        return Music(tuple(laid), None, whole)
    path = folder / "tail.wav"
    music.lay([tail[0]], path)
    return Music(tuple(laid), path, loudness.joined([whole, tail[1]]))


def _wav(track: Track, made: Path) -> Path:
    run([*opened(track.path), "-map", "0:a:0", "-ar", str(RATE), "-f", "wav", str(made)])
    return made


def _layer(
    played: Played, file: Path, gain: float, course: Course, speech: Course, found: Score
) -> tuple[Layer, Course]:
    """A piece with its fades, and its course; it steps back where it is heard with the speech."""
    duration_ms = played.end_ms - played.start_ms
    fade_in_ms, fade_out_ms = _FADES[played.kind]
    steps = -(-duration_ms // STEP_MS)
    course = Course(course.power[:steps], course.tops[: -(-duration_ms // TOP_MS)])
    if not played.under:
        return Layer(file, 0, duration_ms, gain, fade_in_ms, fade_out_ms), course
    if played.kind == "opening":
        fade_out_ms = max(fade_out_ms, played.end_ms - found.body_ms)
    if played.kind == "closing":
        fade_in_ms = max(fade_in_ms, found.body_ms + found.length_ms - played.start_ms)
    first = played.start_ms // TOP_MS
    heard = np.zeros(len(course.tops), np.bool_)
    own = pauses.heard(speech.tops)[first : first + len(heard)]
    heard[: len(own)] = own
    heard = spoken_over(played.kind, heard)
    under = _under(course, speech, heard, played.start_ms)
    bed = played.kind == "bed"
    gains = ducked(heard, max(-BED_BELOW if bed else 0.0, under), under, slowly=bed)
    factor = np.power(np.float32(10), gains / 20)
    every = STEP_MS // TOP_MS
    power = course.power * np.square(factor[::every][: len(course.power)])
    layer = Layer(file, 0, duration_ms, gain, fade_in_ms, fade_out_ms, gains)
    return layer, Course(power, course.tops * factor)


def _under(course: Course, speech: Course, heard: NDArray[np.bool_], start_ms: int) -> float:
    """The gain (dB) at which music is :data:`BELOW_SPEECH` softer than the speech over it."""
    every = STEP_MS // TOP_MS
    steps = np.flatnonzero(heard[::every][: len(course.power)])
    at = steps + start_ms // STEP_MS
    steps, at = steps[at < len(speech.power)], at[at < len(speech.power)]
    if not len(steps):
        return 0.0
    spoken = loudness.integrated(speech.power[at])
    loudest = 10 * np.log10(max(float(course.power[steps].max()), 1e-12))
    return min(0.0, spoken - BELOW_SPEECH - float(loudest))
