"""What was recorded, and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Track:
    """One sound file; ``speaker`` is the show's person whose microphone it is, if it is one's."""

    path: Path
    name: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """The files of an episode's sound.

    The tracks are heard at once; or one after the other, where they are the ``parts`` of a
    recording that was stopped and begun again.
    """

    tracks: tuple[Track, ...]
    opening: Track | None = None
    closing: Track | None = None
    parts: bool = False

    @property
    def files(self) -> tuple[Track, ...]:
        """Every file that goes into the sound."""
        return (*self.tracks, *(t for t in (self.opening, self.closing) if t))


@dataclass(frozen=True, slots=True)
class Loudness:
    """EBU R128: integrated loudness in LUFS and true peak in dBTP."""

    integrated: float
    peak: float


@dataclass(frozen=True, slots=True)
class Master:
    """The finished sound: what is published, before tags.

    ``before`` is the mean loudness and highest peak of the recording's files; ``gain`` and
    ``ceiling`` (dB) are what made the sound as loud as it is; ``offsets_ms`` are where the tracks
    begin in the recording; ``alternates`` are the same sound in other kinds of file.
    """

    path: Path
    duration_ms: int
    channels: int
    before: Loudness
    after: Loudness
    recording_starts_ms: int
    gain: float
    ceiling: float
    offsets_ms: tuple[int, ...] = ()
    alternates: tuple[Path, ...] = ()
