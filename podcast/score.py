"""Say when each piece of music is heard, and how far it steps back while somebody speaks.

Times are milliseconds of the published sound; whatever is heard with the speech begins at whole
hundredths of a second, so that halves that are encoded apart fit together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from podcast.recording import Played

STEP_MS = 10
BELOW_SPEECH: Final = 23.0
"""dB between the loudest moment of the music and the speech that it is heard under: WCAG 1.4.7
asks for 20, and what is soft in the speech needs some more."""
BED_BELOW: Final = 10.0
"""dB below the speech that a bed rises to where nobody speaks for a while."""
# It has stepped back before the first word.  A bed comes again slowly, not between two sentences.
_AHEAD_MS = 500
_BACK_MS = {False: (150, 600), True: (900, 1500)}


@dataclass(frozen=True, slots=True)
class Tune:
    """A piece of music: how long it is, and how long it is heard together with the speech."""

    duration_ms: int
    under_ms: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """When the recording begins, how long it and the whole are, and when music is heard."""

    body_ms: int
    length_ms: int
    played: tuple[Played, ...]
    duration_ms: int


def between(jingle: Tune | None) -> int:
    """The silence in which a jingle finds its place between two parts."""
    return _whole(max(0, jingle.duration_ms - 2 * jingle.under_ms)) if jingle else 0


def score(tunes: Mapping[str, Tune], length_ms: int, joints: Sequence[int]) -> Score:
    """Lay the music around a recording of a length; ``joints`` are where its parts end.

    At most half of the speech, and of a jingle, is under music at either end.
    """
    played: list[Played] = []
    opening, bed, jingle, closing = (
        tunes.get(kind) for kind in ("opening", "bed", "jingle", "closing")
    )
    half = length_ms // 2
    body_ms = 0
    if opening:
        under_ms = min(opening.under_ms, opening.duration_ms, half)
        body_ms = _whole(opening.duration_ms - under_ms)
        played.append(Played("opening", 0, opening.duration_ms, under_ms > 0))
    end_ms = body_ms + length_ms
    if jingle:
        for joint in joints:
            start = max(0, _whole(body_ms + joint - _overlap(jingle)))
            played.append(Played("jingle", start, start + jingle.duration_ms, jingle.under_ms > 0))
    duration_ms = end_ms
    if closing:
        under_ms = min(closing.under_ms, closing.duration_ms, half)
        start = _whole(end_ms - under_ms) if under_ms else end_ms
        played.append(Played("closing", start, start + closing.duration_ms, under_ms > 0))
        duration_ms = max(end_ms, start + closing.duration_ms)
    if bed and bed.under_ms:
        start = body_ms
        stop = min([start + bed.under_ms, start + bed.duration_ms, end_ms]
                   + [p.start_ms for p in played if p.kind != "opening"])  # fmt: skip
        if stop > start:
            played.append(Played("bed", start, stop, True))
    return Score(body_ms, length_ms, tuple(sorted(played, key=lambda p: p.start_ms)), duration_ms)


def _overlap(jingle: Tune) -> int:
    return min(jingle.under_ms, jingle.duration_ms // 2)


def _whole(ms: int) -> int:
    return -(-ms // STEP_MS) * STEP_MS


def ducked(
    speaking: NDArray[np.bool_], full: float, under: float, slowly: bool = False
) -> NDArray[np.float32]:
    """The gain (dB) of music for every :data:`STEP_MS`: ``under`` with speech, ``full`` without."""
    steps = np.arange(len(speaking))
    never = len(speaking) + 10**6
    spoken = np.concatenate([[-never], np.flatnonzero(speaking), [len(speaking) + never]])
    ahead_ms = (spoken[np.searchsorted(spoken, steps)] - steps) * STEP_MS
    since_ms = (steps - spoken[np.searchsorted(spoken, steps, "right") - 1]) * STEP_MS
    stays_ms, back_ms = _BACK_MS[slowly]
    share = np.minimum(ahead_ms / _AHEAD_MS, (since_ms - stays_ms) / back_ms).clip(0.0, 1.0)
    return np.asarray(under + (full - under) * share, np.float32)


def spoken_over(kind: str, heard: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a piece must be soft, from where anything is heard over it.

    A bed rises in a long pause; other music is soft from the first word on, up to the last one.
    """
    if kind == "bed":
        return heard
    half = {"opening": 0, "closing": len(heard)}.get(kind, len(heard) // 2)
    before, after = heard[:half][::-1], heard[half:]
    return np.concatenate([np.logical_or.accumulate(before)[::-1], np.logical_or.accumulate(after)])
