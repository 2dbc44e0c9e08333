"""What was recorded, and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

RECIPE = 3
"""How sounds are made: count up whenever the treatment changes, so that they are made again."""
TIME_RECIPE = 1
"""Likewise for anything that moves words in time: then transcripts are aligned with new words."""
PAUSES_RECIPE = 1
"""Likewise where other pauses are found, or others stay."""


@dataclass(frozen=True, slots=True)
class Track:
    """One sound file; ``speaker`` is the show's person whose microphone it is, if it is one's.

    ``under_ms`` is how long music is heard together with the speech.
    """

    path: Path
    name: str
    speaker: str | None = None
    under_ms: int = 0


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
    bed: Track | None = None
    jingle: Track | None = None

    @property
    def music(self) -> dict[str, Track]:
        """The music that is heard, by its kind; a jingle only where there are parts."""
        kinds = {"opening": self.opening, "bed": self.bed, "closing": self.closing}
        if self.parts and len(self.tracks) > 1:
            kinds["jingle"] = self.jingle
        return {kind: track for kind, track in kinds.items() if track}


@dataclass(frozen=True, slots=True)
class Loudness:
    """EBU R128: integrated loudness in LUFS and true peak in dBTP."""

    integrated: float
    peak: float


@dataclass(frozen=True, slots=True)
class Played:
    """When a piece of music (``opening``, ``bed``, ``jingle``, ``closing``) is heard.

    ``under``: together with speech, and softer there.  Times are those of the published sound.
    """

    kind: str
    start_ms: int
    end_ms: int
    under: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A stretch of the recording, its parts one after the other, and where it was published."""

    recorded_ms: int
    published_ms: int
    length_ms: int


@dataclass(frozen=True, slots=True)
class Master:
    """The finished sound: what is published, before tags.

    ``before`` is the mean loudness and highest peak of the recording's files; ``gain`` and
    ``ceiling`` (dB) are what made the sound as loud as it is; ``offsets_ms`` are where the tracks
    begin in the recording; ``alternates`` are the same sound in other kinds of file.  ``kept`` is
    what of the recording is heard, in order, and ``removed_ms`` how much of its pauses is not;
    ``played`` is the music and ``joints_ms`` where a part of the recording begins after another.
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
    kept: tuple[Kept, ...] = ()
    played: tuple[Played, ...] = ()
    removed_ms: int = 0
    joints_ms: tuple[int, ...] = ()

    def recorded_ms(self, published_ms: int) -> int:
        """When of the recording that was which is heard at a time, or what comes next."""
        at_ms = published_ms - self.recording_starts_ms
        for kept in self.kept:
            at_ms = kept.recorded_ms + max(0, published_ms - kept.published_ms)
            if published_ms < kept.published_ms + kept.length_ms:
                break
        return at_ms
