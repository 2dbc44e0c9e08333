"""Read and write ``transcripts/<slug>.md``, the edited text, with file and line for every fault.

The format is in ``docs/transcript-format.md``.  A file is read into a :class:`Document` that keeps
every character of it beside what it means, so that a program that changes one paragraph leaves
all the others exactly as a person wrote them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

from podcast.errors import Fault, Fixable, Place, fault
from podcast.front_matter import split_front_matter
from podcast.rules import LANGUAGE, LINE, LONGEST_NAME, STRICT, WEB
from podcast.show import Person, folded_name
from podcast.strict_yaml import read_yaml
from podcast.timecode import clock, parse_clock
from podcast.transcript import (
    Block,
    Credit,
    Cue,
    Heading,
    Note,
    NoteRef,
    Paragraph,
    Speaker,
    Transcript,
)
from podcast.transcript_inline import read_inline, spoken_places, write_inline
from podcast.validation import validate

_TIME = r"\d+(?::\d\d){1,2}"
_HINT = re.compile(rf"\[(?:(?P<hint>{_TIME})|=(?P<pin>{_TIME}(?:[.,]\d{{1,3}})?))\]\s*")
# All of Unicode's, without the tab and the end of a line.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NOTE = re.compile(r"\[\^([\w-]+)\]:(.*)")
_PREFIX = re.compile(r"(\\?)([^\W\d_][^:\[\]{}]{0,60}?)[ \u00a0\u202f]?:(?:\s+|$)")
# The same for a name that the show declares: it may be long, and begin with any sign.
_DECLARED = re.compile(rf"(\\?)([^:\[\]{{}}]{{1,{LONGEST_NAME}}}?)[ \u00a0\u202f]?:(?:\s+|$)")
_PLACEHOLDER = re.compile(r"(?:voix|voice|speaker|locuteur|intervenant) ?\d+", re.IGNORECASE)
_COMMENT = re.compile(r"(?<!\\)<!--")
_JOINT = re.compile(r"\s+(?:et|and|&)\s+")
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
    reviewed_text: Annotated[str, LINE] | None = None
    made_with: Annotated[str, LINE] | None = None

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of the file, exactly as they are; ``block`` is what they mean, if anything.

    ``note`` is the id of a note.  A paragraph's words begin at ``body``, behind times and name;
    they are in ``sources``, line by line.
    """

    text: str
    line: int
    block: int | None = None
    note: str | None = None
    body: int = 0
    sources: tuple[Source, ...] = ()

    def spoken(self) -> Iterator[tuple[str, int]]:
        """Each letter that is said, spaces left out, and where in ``text`` it stands."""
        places = [source.places(self.text) for source in self.sources]
        for letter, line, at in spoken_places([source.text for source in self.sources]):
            yield letter, places[line][at]


@dataclass(frozen=True, slots=True)
class Source:
    """What is read of one line: ``text``, which begins after so many letters as are ``skipped``.

    ``start`` is where the line stands in its piece.  The letters are those of the line without its
    comments, in NFC; ``cuts`` say where a stretch of them begins there and in the line in NFC.
    """

    text: str
    start: int
    skipped: int
    cuts: tuple[tuple[int, int], ...] = ((0, 0),)

    def places(self, piece: str) -> Sequence[int]:
        """Where in its piece each letter of the text stands."""
        line = piece[self.start :].split("\n", 1)[0].removesuffix("\r")
        letters = range(self.skipped, self.skipped + len(self.text))
        at: Sequence[int] = letters
        if self.cuts != ((0, 0),):
            stops = [shown for shown, _ in self.cuts]
            found = [self.cuts[bisect_right(stops, letter) - 1] for letter in letters]
            at = [place + k - shown for k, (shown, place) in zip(letters, found, strict=True)]
        if not unicodedata.is_normalized("NFC", line):
            composed = _composed(line)
            at = [composed[place] for place in at]
        return [self.start + place for place in at]


def _composed(line: str) -> list[int]:
    """Where in a line each letter of it in NFC comes from."""
    found: list[int] = []
    start = 0
    made = ""
    for end in range(1, len(line) + 1):
        # Two stretches are apart where composing them together is composing each.
        after = line[end] if end < len(line) else ""
        made = unicodedata.normalize("NFC", line[start:end])
        if after and unicodedata.normalize("NFC", line[start : end + 1]) != made + after:
            continue
        found += [start] * len(made)
        start = end
    return found


@dataclass(frozen=True, slots=True)
class Document:
    """A transcript with the very text that it was read from."""

    transcript: Transcript
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The file, unchanged: reading and writing is the identity."""
        return "".join(piece.text for piece in self.pieces)

    def with_block(self, index: int, text: str) -> str:
        """The file with the lines of one block replaced, all others as they are."""
        return "".join(
            text.rstrip("\n") + "\n" * (len(piece.text) - len(piece.text.rstrip("\n")))
            if piece.block == index
            else piece.text
            for piece in self.pieces
        )


def read_transcript(
    text: str, file: str, people: Mapping[str, Person], language: str
) -> Transcript:
    """The transcript that a file holds; raises :class:`Fixable` with every fault of the file.

    ``people`` are the show's; ``language`` holds where the file does not name one.
    """
    return read_document(text, file, people, language).transcript


def read_document(text: str, file: str, people: Mapping[str, Person], language: str) -> Document:
    """The same, with every character of the file kept."""
    document, faults = read_faulty(text, file, people, language)
    if faults:
        raise Fixable(faults)
    return document


def read_faulty(
    text: str, file: str, people: Mapping[str, Person], language: str
) -> tuple[Document, tuple[Fault, ...]]:
    """The same for a text that may have faults: what can be understood of it, and its faults.

    Every character is in a piece, whatever the faults are.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    faults = _control_characters(plain, file)
    raw = text.split("\n")
    plain = unicodedata.normalize("NFC", plain)
    found: list[Fault] = []
    head, body, body_line = _Head(language), plain, 1
    try:
        head_text, body, head_line = split_front_matter(plain, file)
        body_line = head_line + head_text.count("\n") + 2
        head = validate(
            _Head, read_yaml(head_text, file, head_line), defaults={"language": language}
        )
    except Fixable as error:
        found += error.faults
    reader = _Reader(file, people, raw)
    reader.piece(1, body_line - 1)
    reader.read(body, body_line)
    if body_line > 1:
        found += reader.faults
        if not found and not any(isinstance(block, Paragraph) for block in reader.blocks):
            found.append(fault("transcript.empty", Place(file, body_line)))
    transcript = Transcript(
        head.language,
        head.status,
        tuple(reader.blocks),
        tuple(reader.notes.values()),
        head.reviewed_by,
        head.reviewed_on,
        head.reviewed_text,
        head.made_with,
    )
    told = faults or sorted(found, key=lambda f: f.place.line or 0 if f.place else 0)
    return Document(transcript, tuple(reader.pieces)), tuple(told)


def text_digest(transcript: Transcript) -> str:
    """Names what readers read: hints, comments and the wrapping of lines do not count."""
    blocks = tuple(
        replace(block, hint_ms=None) if isinstance(block, Paragraph) else block
        for block in transcript.blocks
    )
    text = write_body(transcript.language, blocks, transcript.notes)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _control_characters(text: str, file: str) -> list[Fault]:
    if not _CONTROL.search(text):
        return []
    found = ((n, _CONTROL.search(line)) for n, line in enumerate(text.split("\n"), 1))
    return [
        fault("text.control", Place(file, number), code=f"U+{ord(char[0]):04X}")
        for number, char in found
        if char
    ]


class _Reader:
    """Goes through the body once, block by block."""

    def __init__(self, file: str, people: Mapping[str, Person], raw: Sequence[str]) -> None:
        self.file = file
        self.raw = raw
        self.pieces: list[Piece] = []
        self.cuts: dict[int, tuple[tuple[int, int], ...]] = {}
        self.names = {
            folded_name(person.name): Speaker(person.name, key) for key, person in people.items()
        }
        self.blocks: list[Block] = []
        self.notes: dict[str, Note] = {}
        self.faults: list[Fault] = []
        self.speaker = NO_SPEAKER
        self.candidates: Counter[str] = Counter()

    def fail(self, kind: str, line: int, **facts: str | int) -> None:
        self.faults.append(fault(kind, Place(self.file, line), **facts))

    def piece(
        self, first: int, last: int, block: int | None = None, note: str | None = None
    ) -> None:
        """Keep the raw lines ``first`` to ``last`` (from 1), with the line ends between them."""
        lines = self.raw[first - 1 : last]
        end = "\n" if last < len(self.raw) else ""
        if lines:
            self.pieces.append(Piece("\n".join(lines) + end, first, block, note))

    def read(self, body: str, first_line: int) -> None:
        lines = self._without_comments(body, first_line)
        self._count_candidates(lines)
        kept = first_line  # everything before this line is in a piece
        paragraph: list[tuple[int, str]] = []
        for number, line in [*lines, (len(self.raw) + 1, "")]:
            alone = self._alone(number, line)
            if paragraph and (alone or not line.strip()):
                first, last = paragraph[0][0], paragraph[-1][0]
                text, skipped = self._paragraph(paragraph)
                self.piece(kept, first - 1)
                self.piece(first, last, len(self.blocks) - 1)
                self._keep_sources([(first, text), *paragraph[1:]], skipped)
                kept, paragraph = last + 1, []
            if alone:
                self._add(alone)
                self.piece(kept, number - 1)
                if isinstance(alone, Note):
                    self.piece(number, number, None, alone.id)
                else:
                    self.piece(number, number, len(self.blocks) - 1)
                kept = number + 1
            elif line.strip():
                paragraph.append((number, line))
        self.piece(kept, len(self.raw))
        self._check_notes()

    def _keep_sources(self, lines: Sequence[tuple[int, str]], skipped: int) -> None:
        """Let the last piece know where its words stand; ``skipped`` holds for the first line."""
        piece = self.pieces[-1]
        sources: list[Source] = []
        start, at = 0, piece.line
        for number, text in lines:
            start += sum(len(line) + 1 for line in self.raw[at - 1 : number - 1])
            at = number
            mark = number == 1 and self.raw[0].startswith("\ufeff")
            sources.append(Source(text, start + mark, skipped, self.cuts.get(number, ((0, 0),))))
            skipped = 0
        body = len(piece.text.rstrip("\r\n"))
        # A name may stand alone on its line.
        if first := next((source for source in sources if source.text), None):
            body = first.places(piece.text)[0]
            # A person who wrote that this is no name may want to take it back.
            if piece.text[:body].endswith("\\"):
                body -= 1
        self.pieces[-1] = replace(piece, body=body, sources=tuple(sources))

    def _without_comments(self, body: str, first_line: int) -> list[tuple[int, str]]:
        """Numbered lines with ``<!-- private -->`` parts taken out."""
        kept: list[tuple[int, str]] = []
        opened: int | None = None
        for number, line in enumerate(body.split("\n"), first_line):
            shown = ""
            cuts: list[tuple[int, int]] = []
            whole = len(line)
            had_comment = opened is not None
            while line:
                cuts.append((len(shown), whole - len(line)))
                if opened is not None:
                    end = line.find("-->")
                    if end < 0:
                        break
                    line, opened = line[end + 3 :], None
                else:
                    found = _COMMENT.search(line)
                    if not found:
                        shown += line
                        break
                    had_comment = True
                    shown += line[: found.start()]
                    line, opened = line[found.end() :], number
            if not (had_comment and not shown.strip()):
                kept.append((number, shown))
                if had_comment:
                    self.cuts[number] = tuple(cuts)
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
            and not _HINT.match(stripped)
            and not stripped.endswith("\\]")
            and stripped.count("[") == 1
            and stripped[1:-1].strip()
        ):
            return self._cue(stripped[1:-1], number)
        return None

    def _cue(self, text: str, number: int) -> Cue:
        """A sound, with the credit of its music after upright strokes."""
        label, *fields = [part.strip() for part in text.split("|")]
        if not fields:
            return Cue(label, number)
        if not 2 <= len(fields) <= 4 or not all(fields[:2]) or not label:
            self.fail("transcript.credit", number)
            return Cue(label, number)
        title, artist, license_, link = [*fields, "", ""][:4]
        if link:
            try:
                WEB.test(link)
            except ValueError:
                self.fail("transcript.credit_link", number, link=link)
        return Cue(label, number, Credit(title, artist, license_ or None, link or None))

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
                self.candidates[folded_name(match[2].strip())] += 1
            before = line

    def _paragraph(self, lines: list[tuple[int, str]]) -> tuple[str, int]:
        """Read one; gives its first line without times and name, and how many letters they are."""
        number, line = lines[0]
        text = line.strip()
        hint = pin = None
        while match := _HINT.match(text):
            hint = parse_clock(match["hint"]) if match["hint"] else hint
            pin = parse_clock(match["pin"].replace(",", ".")) if match["pin"] else pin
            text = text[match.end() :]
        begins = False
        match = _PREFIX.match(text) or _declared(text, self.names)
        if match and not match[1]:
            speaker = self._who(match[2].strip(), number)
            if speaker:
                self.speaker, begins, text = speaker, True, text[match.end() :]
        elif match:
            text = text[1:]  # \Attention : a person said that this is no name
        if self.speaker is NO_SPEAKER:
            self.fail("transcript.no_speaker", number)
            self.speaker = Speaker("?")
        content = read_inline([(number, text), *lines[1:]], self.fail)
        self.blocks.append(Paragraph(self.speaker, content, number, begins, hint, pin))
        return text, len(line.rstrip()) - len(text)

    def _who(self, name: str, line: int) -> Speaker | None:
        """The speaker that a prefix names; ``None`` where it is only a sentence with a colon."""
        folded = folded_name(name)
        if folded in self.names:
            return self.names[folded]
        parts = [part for part in _JOINT.split(name) if part]
        if len(parts) > 1 and all(folded_name(part) in self.names for part in parts):
            both = [self.names[folded_name(part)] for part in parts]
            return Speaker(name, "+".join(s.key or "" for s in both))
        if set(name) & set(".!?"):
            return None  # a sentence, since no such name is declared
        import difflib

        if _PLACEHOLDER.fullmatch(name) or difflib.get_close_matches(folded, self.names, 1, 0.8):
            return Speaker(name)
        named = name[0].isupper() and len(name.split()) <= 4 and folded not in _NOT_NAMES
        if named and self.candidates[folded] > 1:
            return Speaker(name)
        return None

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


def _declared(text: str, names: Collection[str]) -> re.Match[str] | None:
    match = _DECLARED.match(text)
    return match if match and folded_name(match[2]) in names else None


def write_transcript(transcript: Transcript) -> str:
    """A new file in its plainest form; reading it gives the same transcript."""
    head = [f"language: {transcript.language}", f"status: {transcript.status}"]
    for key in ("reviewed_by", "reviewed_on", "reviewed_text", "made_with"):
        if value := getattr(transcript, key):
            head.append(f"{key}: {value}")
    body = write_body(transcript.language, transcript.blocks, transcript.notes)
    return "---\n" + "\n".join(head) + "\n---\n\n" + body


def write_body(language: str, blocks: Sequence[Block], notes: Sequence[Note]) -> str:
    """Blocks and notes, an empty line between them."""
    names = frozenset(folded_name(b.speaker.name) for b in blocks if isinstance(b, Paragraph))
    parts = [write_block(block, language, names) for block in blocks]
    parts += [f"[^{note.id}]: {note.text}".rstrip() for note in notes]
    return "\n\n".join(parts) + "\n"


def write_block(block: Block, language: str, names: Collection[str] = ()) -> str:
    """One block, without the empty line after it; ``names`` are those that are heard, folded."""
    if isinstance(block, Heading):
        return f"## {block.text}"
    if isinstance(block, Cue):
        credit = block.credit
        fields = (credit.title, credit.artist, credit.license, credit.link) if credit else ()
        return "[" + " | ".join([block.text, *(f or "" for f in fields)]).rstrip(" |") + "]"
    times = ""
    if block.pin_ms is not None:
        hours = clock(block.pin_ms)
        times += f"[={hours}.{block.pin_ms % 1000:03}] "
    if block.hint_ms is not None:
        times += f"[{clock(block.hint_ms)}] "
    text = write_inline(block.content)
    if block.begins_turn:
        colon = " : " if language.startswith("fr") else ": "
        return times + block.speaker.name + colon + text
    # What looks like a name before a colon must stay text.
    return times + ("\\" + text if _PREFIX.match(text) or _declared(text, names) else text)
