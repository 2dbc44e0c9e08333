"""How loud each voice is over time, for telling who speaks, and the samples for the recogniser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from podcast.ffmpeg import opened, run, samples_of, written
from podcast.recording import Track

FRAME_MS = 50
SPEECH_RATE = 16_000
# Share of the loud frames' level (about -30 dB): below it a room is silent to a listener.
_AUDIBLE = 0.03


def for_speech_recognition(sound: Path, made: Path) -> None:
    """Write a sound file as bare 16-bit samples, mono, 16 kHz: what the recogniser listens to.

    Raises :class:`Outside` where ffmpeg or the disk fails.
    """
    with written(made):
        run(
            [*opened(sound), "-map", "0:a:0", "-ac", "1", "-ar", str(SPEECH_RATE),
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
        for chunk in samples_of(path, SPEECH_RATE, SPEECH_RATE * FRAME_MS // 1000 * 2, filters)
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
