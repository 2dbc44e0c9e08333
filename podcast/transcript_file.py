"""Read ``transcripts/<slug>.md``, the edited text, with file and line for everything wrong in it.

The format is in ``docs/transcript-format.md``.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from podcast.errors import Fault, Fixable, Place, fault
from podcast.front_matter import split_front_matter
from podcast.rules import LANGUAGE, LINE, STRICT
from podcast.show import Person
from podcast.strict_yaml import read_yaml
from podcast.timecode import clock, parse_clock
from podcast.transcript import (
    Block,
    Cue,
    Doubt,
    Heading,
    Inline,
    InlineSound,
    Note,
    NoteRef,
    Paragraph,
    Speaker,
    Text,
    Transcript,
)
from podcast.validation import validate

_HINT = re.compile(r"\[(\d+(?::\d\d){1,2})\]\s*")
_NOTE = re.compile(r"\[\^([\w-]+)\]:(.*)")
_PREFIX = re.compile(r"(\\?)([^\W\d_][^:\[\]{}.!?]{0,60}?)[ \u00a0\u202f]?:(?:\s+|$)")
_PLACEHOLDER = re.compile(r"(?:voix|voice|speaker|locuteur|intervenant) ?\d+", re.IGNORECASE)
_JOINT = re.compile(r"\s+(?:et|and|&)\s+")
_INLINE = re.compile(
    r"\\(?P<escaped>[\\\[\]{}<])"
    r"|\[\^(?P<note>[\w-]+)\]"
    r"|\[(?P<sound>[^\[\]{}^][^\[\]{}]*)\]"
    r"|\{(?P<doubt>[^{}\[\]]+)\?\}"
    r"|(?P<broken>[\[\]{}])"
)
# Words that begin a sentence before a colon more often than they name a person.
_NOT_NAMES = frozenset(
    "attention exemple exemples note rappel question réponse résultat conclusion important "
    "remarque conseil warning example reminder answer result tip remember".split()
)
NO_SPEAKER = Speaker("")


@dataclass(frozen=True, slots=True)
class _Head:
    language: Annotated[str, LANGUAGE]
    status: Literal["draft", "reviewed"] = "draft"
    reviewed_by: Annotated[str, LINE] | None = None
    reviewed_on: Annotated[str, LINE] | None = None
    made_with: Annotated[str, LINE] | None = None

    __pydantic_config__: ClassVar = STRICT


def read_transcript(
    text: str, file: str, people: Mapping[str, Person], language: str
) -> Transcript:
    """The transcript that a file holds; raises :class:`Fixable` with every fault of the file.

    ``people`` are the show's; ``language`` holds where the file does not name one.
    """
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n"))
    faults = _control_characters(text, file)
    if faults:
        raise Fixable(faults)
    head_text, body, head_line = split_front_matter(text, file)
    tree = read_yaml(head_text, file, head_line)
    head = validate(_Head, tree, defaults={"language": language})
    body_line = head_line + head_text.count("\n") + 2
    reader = _Reader(file, people)
    reader.read(body, body_line)
    if reader.faults:
        raise Fixable(sorted(reader.faults, key=lambda f: f.place.line or 0 if f.place else 0))
    if not any(isinstance(block, Paragraph) for block in reader.blocks):
        raise Fixable(fault("transcript.empty", Place(file, body_line)))
    return Transcript(
        head.language,
        head.status,
        tuple(reader.blocks),
        tuple(reader.notes.values()),
        head.reviewed_by,
        head.reviewed_on,
        head.made_with,
    )


def _control_characters(text: str, file: str) -> list[Fault]:
    faults = []
    for number, line in enumerate(text.split("\n"), 1):
        for char in line:
            if unicodedata.category(char) == "Cc" and char != "\t":
                code = f"U+{ord(char):04X}"
                faults.append(fault("text.control", Place(file, number), code=code))
                break
    return faults


class _Reader:
    """Goes through the body once, block by block."""

    def __init__(self, file: str, people: Mapping[str, Person]) -> None:
        self.file = file
        self.names = {
            person.name.casefold(): Speaker(person.name, key) for key, person in people.items()
        }
        self.blocks: list[Block] = []
        self.notes: dict[str, Note] = {}
        self.faults: list[Fault] = []
        self.speaker = NO_SPEAKER
        self.candidates: Counter[str] = Counter()

    def fail(self, kind: str, line: int, **facts: str | int) -> None:
        self.faults.append(fault(kind, Place(self.file, line), **facts))

    def read(self, body: str, first_line: int) -> None:
        lines = self._without_comments(body, first_line)
        self._count_candidates(lines)
        paragraph: list[tuple[int, str]] = []
        for number, line in [*lines, (first_line, "")]:
            alone = self._alone(number, line)
            if paragraph and (alone or not line.strip()):
                self._paragraph(paragraph)
                paragraph = []
            if alone:
                self._add(alone)
            elif line.strip():
                paragraph.append((number, line))
        self._check_notes()

    def _without_comments(self, body: str, first_line: int) -> list[tuple[int, str]]:
        """Numbered lines with ``<!-- private -->`` parts taken out."""
        kept: list[tuple[int, str]] = []
        opened: int | None = None
        for number, line in enumerate(body.split("\n"), first_line):
            shown = ""
            had_comment = opened is not None
            while line:
                if opened is not None:
                    end = line.find("-->")
                    if end < 0:
                        break
                    line, opened = line[end + 3 :], None
                else:
                    start = line.find("<!--")
                    if start < 0:
                        shown += line
                        break
                    had_comment = True
                    shown, line, opened = shown + line[:start], line[start + 4 :], number
            if not (had_comment and not shown.strip()):
                kept.append((number, shown))
        if opened is not None:
            self.fail("transcript.comment_open", opened)
        return kept

    def _alone(self, number: int, line: str) -> Heading | Cue | Note | None:
        """What stands on a line of its own: a chapter, a sound, a note."""
        stripped = line.strip()
        if stripped.startswith("#"):
            marks, _, title = stripped.partition(" ")
            if marks != "##" or not title.strip():
                self.fail("transcript.heading", number)
            return Heading(title.strip(), number)
        if note := _NOTE.fullmatch(stripped):
            return Note(note[1], note[2].strip(), number)
        if (
            stripped.startswith("[")
            and stripped.endswith("]")
            and not stripped.startswith("[^")
            and not _HINT.fullmatch(stripped)
            and stripped.count("[") == 1
            and stripped[1:-1].strip()
        ):
            return Cue(stripped[1:-1].strip(), number)
        return None

    def _add(self, alone: Heading | Cue | Note) -> None:
        if not isinstance(alone, Note):
            self.blocks.append(alone)
        elif alone.id in self.notes:
            self.fail("transcript.note_twice", alone.line, id=alone.id)
        else:
            self.notes[alone.id] = alone

    def _count_candidates(self, lines: list[tuple[int, str]]) -> None:
        before = ""
        for _, line in lines:
            if not before.strip() and (
                match := _PREFIX.match(_HINT.sub("", line.strip(), count=1))
            ):
                self.candidates[match[2].strip().casefold()] += 1
            before = line

    def _paragraph(self, lines: list[tuple[int, str]]) -> None:
        number = lines[0][0]
        text = lines[0][1].strip()
        hint = None
        if match := _HINT.match(text):
            hint = parse_clock(match[1])
            text = text[match.end() :]
        begins = False
        if (match := _PREFIX.match(text)) and not match[1]:
            speaker = self._who(match[2].strip(), number)
            if speaker:
                self.speaker, begins, text = speaker, True, text[match.end() :]
        elif match:
            text = text[1:]  # \Attention : a person said that this is no name
        if self.speaker is NO_SPEAKER:
            self.fail("transcript.no_speaker", number)
            self.speaker = Speaker("?")
        content = self._inline([(number, text), *lines[1:]])
        self.blocks.append(Paragraph(self.speaker, content, number, begins, hint))

    def _who(self, name: str, line: int) -> Speaker | None:
        """The speaker that a prefix names; ``None`` where it is only a sentence with a colon."""
        folded = name.casefold()
        if folded in self.names:
            return self.names[folded]
        parts = [part for part in _JOINT.split(name) if part]
        if len(parts) > 1 and all(part.casefold() in self.names for part in parts):
            both = [self.names[part.casefold()] for part in parts]
            return Speaker(name, "+".join(s.key or "" for s in both))
        if _PLACEHOLDER.fullmatch(name) or difflib.get_close_matches(folded, self.names, 1, 0.8):
            return Speaker(name)
        named = name[0].isupper() and len(name.split()) <= 4 and folded not in _NOT_NAMES
        if named and self.candidates[folded] > 1:
            return Speaker(name)
        return None

    def _inline(self, lines: list[tuple[int, str]]) -> tuple[Inline, ...]:
        parts: list[Inline] = []
        text = ""

        def flush() -> None:
            nonlocal text
            if text:
                parts.append(Text(text))
            text = ""

        for index, (number, line) in enumerate(lines):
            line = line.strip(" \t")
            if index and line:
                text += " "
            at = 0
            for match in _INLINE.finditer(line):
                text += line[at : match.start()]
                at = match.end()
                if match["escaped"]:
                    text += match["escaped"]
                elif match["broken"]:
                    self.fail("transcript.bracket", number, mark=match["broken"])
                else:
                    flush()
                    if match["note"]:
                        parts.append(NoteRef(match["note"], number))
                    elif match["sound"]:
                        parts.append(InlineSound(match["sound"].strip()))
                    else:
                        parts.append(Doubt(match["doubt"], number))
            text += line[at:]
        flush()
        return tuple(parts)

    def _check_notes(self) -> None:
        used: dict[str, int] = {}
        for block in self.blocks:
            if isinstance(block, Paragraph):
                for part in block.content:
                    if isinstance(part, NoteRef):
                        used.setdefault(part.id, part.line)
        for id_, line in used.items():
            if id_ not in self.notes:
                self.fail("transcript.note_missing", line, id=id_)
        for id_, note in self.notes.items():
            if id_ not in used:
                self.fail("transcript.note_unused", note.line, id=id_)


def write_draft(transcript: Transcript) -> str:
    """The text of a new transcript file, for a person to correct."""
    head = [f"language: {transcript.language}", f"status: {transcript.status}"]
    if transcript.made_with:
        head.append(f"made_with: {transcript.made_with}")
    parts = ["---\n" + "\n".join(head) + "\n---"]
    for block in transcript.blocks:
        if isinstance(block, Heading):
            parts.append(f"## {block.text}")
        elif isinstance(block, Cue):
            parts.append(f"[{block.text}]")
        else:
            hint = f"[{clock(block.hint_ms)}] " if block.hint_ms is not None else ""
            colon = " : " if transcript.language.startswith("fr") else ": "
            name = block.speaker.name + colon if block.begins_turn else ""
            parts.append(hint + name + "".join(_mark(part) for part in block.content))
    parts += [f"[^{note.id}]: {note.text}" for note in transcript.notes]
    return "\n\n".join(parts) + "\n"


def _mark(part: Inline) -> str:
    match part:
        case Text(text):
            return re.sub(r"([\\\[\]{}])", r"\\\1", text)
        case Doubt(text, _):
            return "{" + text + "?}"
        case InlineSound(text):
            return f"[{text}]"
        case NoteRef(id_, _):
            return f"[^{id_}]"
