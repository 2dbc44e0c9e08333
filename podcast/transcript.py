"""What a transcript is made of: the machine's words, the edited text, and the two brought together.

Times are integer milliseconds from the start of the published audio.  Machine words keep their
leading space: ``"".join`` gives the text back, because French writes « l' » without a space after
and « ? » with one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Word:
    """The smallest timed piece that the recogniser gives; ``probability`` in percent."""

    start_ms: int
    end_ms: int
    probability: int
    text: str


@dataclass(frozen=True, slots=True)
class MachineWords:
    """All that the recogniser heard in one audio, and by what it heard it."""

    audio_digest: str
    duration_ms: int
    language: str
    engine: str
    model: str
    created: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A name as the transcript writes it; ``key`` is the show's person, if it is one."""

    name: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Spoken text."""

    text: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Spoken text that somebody must still check: ``{mot?}``."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Foreign:
    """Spoken text in another language: ``{en: open space}``; ``language`` is its tag."""

    text: str
    language: str
    line: int


@dataclass(frozen=True, slots=True)
class InlineSound:
    """A sound inside a turn: ``[rires]``."""

    text: str


@dataclass(frozen=True, slots=True)
class NoteRef:
    """The place in the text that a note belongs to: ``[^rqth]``."""

    id: str
    line: int


Spoken = Text | Doubt | Foreign
Inline = Spoken | InlineSound | NoteRef


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a chapter."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Credit:
    """Whose music is heard, and on what terms; ``link`` is a web address."""

    title: str
    artist: str
    license: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """A sound of its own: ``[JINGLE]``, or ``[MUSIQUE | title | artist | licence | link]``."""

    text: str
    line: int
    credit: Credit | None = None

    @property
    def shown(self) -> str:
        """What a caption or a plain text says: the sound, and the music's title and artist."""
        if not self.credit:
            return self.text
        return f"{self.text} – {self.credit.title}, {self.credit.artist}"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some of what one person says; ``begins_turn`` where the text names them.

    ``hint_ms`` is a time written for people; ``pin_ms`` is one that overrides the aligner.
    """

    speaker: Speaker
    content: tuple[Inline, ...]
    line: int
    begins_turn: bool = True
    hint_ms: int | None = None
    pin_ms: int | None = None

    @property
    def spoken(self) -> str:
        """The words said, without sounds and notes."""
        text = "".join(p.text for p in self.content if isinstance(p, Spoken))
        # A sound or a note that was taken out leaves two spaces, never one too few.
        return " ".join(word for word in text.split(" ") if word)


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader is told about a word, outside of what was said."""

    id: str
    text: str
    line: int


Block = Heading | Cue | Paragraph


@dataclass(frozen=True, slots=True)
class Transcript:
    """The edited text of one episode."""

    language: str
    status: Literal["draft", "reviewed"]
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...] = ()
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    reviewed_text: str | None = None
    made_with: str | None = None


Certainty = Literal["exact", "near", "interpolated", "pinned"]
"""How a time is known: heard as written, heard a little differently, between two that were heard,
or set by a person."""


@dataclass(frozen=True, slots=True)
class Token:
    """One written word with its punctuation, its time, and how the time is known."""

    text: str
    start_ms: int
    end_ms: int
    how: Certainty


@dataclass(frozen=True, slots=True)
class TimedParagraph:
    """A paragraph of the edited text with the time of each of its words."""

    paragraph: Paragraph
    tokens: tuple[Token, ...]
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class TimedHeading:
    """A chapter and where it begins."""

    heading: Heading
    start_ms: int


@dataclass(frozen=True, slots=True)
class TimedCue:
    """A sound and when it is heard."""

    cue: Cue
    start_ms: int
    end_ms: int


TimedBlock = TimedParagraph | TimedHeading | TimedCue


@dataclass(frozen=True, slots=True)
class Timeline:
    """The edited text with its times; ``exact`` is the share of words found in the audio."""

    language: str
    duration_ms: int
    blocks: tuple[TimedBlock, ...]
    exact: float


@dataclass(frozen=True, slots=True)
class Caption:
    """One subtitle on the screen; a sound has no speaker."""

    start_ms: int
    end_ms: int
    speaker: str | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the episode with its title."""

    start_ms: int
    title: str
