"""Plain text, to read or to paste: what is easy to read, chapters, names, sounds and notes."""

from __future__ import annotations

from podcast.published import WholeEpisode
from podcast.transcript import (
    Cue,
    Doubt,
    Foreign,
    Heading,
    InlineSound,
    NoteRef,
    Paragraph,
    Text,
    Transcript,
)
from podcast.wording import Wording

SUFFIX = "txt"
MEDIA_TYPE = "text/plain"
LABEL = "TXT"


def render(published: WholeEpisode) -> str:
    """One paragraph to a line, an empty line between them."""
    parts = [published.episode.title]
    if falc := published.episode.falc:
        words = Wording(published.language)
        easy, whole = words.say("page.falc"), words.say("page.transcript")
        parts += [easy.upper(), *falc, whole.upper()]
    return "\n\n".join([*parts, plain_text(published.transcript)]) + "\n"


def plain_text(transcript: Transcript) -> str:
    """The transcript alone, without the episode's title."""
    colon = "\u00a0: " if transcript.language.startswith("fr") else ": "
    numbers = {note.id: str(n) for n, note in enumerate(transcript.notes, 1)}
    parts = []
    for block in transcript.blocks:
        if isinstance(block, Heading):
            parts.append(block.text.upper())
        elif isinstance(block, Cue):
            parts.append(f"[{block.shown}]")
        else:
            name = block.speaker.name + colon if block.begins_turn else ""
            parts.append(name + _spoken(block, numbers))
    parts += [f"({numbers[note.id]}) {note.text}" for note in transcript.notes]
    return "\n\n".join(parts)


def _spoken(paragraph: Paragraph, numbers: dict[str, str]) -> str:
    text = ""
    for part in paragraph.content:
        match part:
            case Text(words) | Doubt(words, _) | Foreign(words, _, _):
                text += words
            case InlineSound(sound):
                text += f"[{sound}]"
            case NoteRef(id_, _):
                text += f" ({numbers[id_]})"
    return text
