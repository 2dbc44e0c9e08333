"""What the editor's page gets of a text: its pieces with times, in plain values for JSON.

Offsets count UTF-16 code units, as scripts in a browser do; times are milliseconds of the published
sound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podcast.errors import Fault
from podcast.show import Person
from podcast.transcript import (
    Cue,
    Heading,
    Paragraph,
    TimedBlock,
    TimedParagraph,
    Timeline,
    Token,
    Transcript,
)
from podcast.transcript_file import Document, Piece

Value = dict[str, Any]

_LINE = {
    "heading": re.compile(r"(\s*#+\s*)(.*?)(\s*)", re.DOTALL),
    "cue": re.compile(r"(\s*\[)(.*?)(\]\s*)", re.DOTALL),
    "note": re.compile(r"(\s*\[\^[\w-]+\]:[ \t]*)(.*?)(\s*)", re.DOTALL),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is now, and what was found out about it.

    ``closed`` is what keeps it from readers, ``error_rate`` the machine's against the text.
    """

    text: str
    digest: str
    document: Document
    faults: tuple[Fault, ...]
    timeline: Timeline | None
    closed: tuple[Fault, ...]
    error_rate: float
    review_holds: bool


def sheet(
    reading: Reading,
    head: Mapping[str, Any],
    people: Mapping[str, Person],
    tell: Callable[[Fault], str],
) -> Value:
    """The whole of it; ``head`` are values of the episode that go to the page as they are."""
    transcript = reading.document.transcript
    return {
        **head,
        "language": transcript.language,
        "digest": reading.digest,
        "duration_ms": reading.timeline.duration_ms if reading.timeline else 0,
        "people": [{"key": key, "name": person.name} for key, person in people.items()],
        "status": transcript.status,
        "reviewed_by": transcript.reviewed_by,
        "reviewed_on": transcript.reviewed_on,
        "review_holds": reading.review_holds,
        "pieces": list(pieces(reading.document, reading.timeline)),
        "faults": faults(reading.faults, reading.document, tell),
        "gate": faults(reading.closed, reading.document, tell),
        "error_rate": round(reading.error_rate, 4),
    }


def faults(
    found: Sequence[Fault], document: Document | None, tell: Callable[[Fault], str]
) -> list[Value]:
    """Faults as sentences, each with its line and its piece where they are known."""
    told = []
    for fault in found:
        line = fault.place.line if fault.place else None
        piece = None
        if line is not None and document:
            piece = max(
                (i for i, piece in enumerate(document.pieces) if piece.line <= line), default=None
            )
        told.append({"kind": fault.kind, "said": tell(fault), "line": line, "piece": piece})
    return told


def pieces(document: Document, timeline: Timeline | None) -> Iterator[Value]:
    """Every piece of the file: ``before`` + ``body`` + ``after`` is its text."""
    blocks = document.transcript.blocks
    for piece in document.pieces:
        block = blocks[piece.block] if piece.block is not None else None
        timed = timeline.blocks[piece.block] if timeline and piece.block is not None else None
        made = _parts(kind(piece, document.transcript), piece)
        if isinstance(block, Paragraph):
            made["speaker"] = block.speaker.name
            made["person"] = block.speaker.key
            made["begins_turn"] = block.begins_turn
            made["words"] = []
        if timed is not None:
            made.update(_times(piece, timed))
        yield made


def kind(piece: Piece, transcript: Transcript) -> str:
    """What a piece is: paragraph, heading, cue, note or other."""
    if piece.note is not None:
        return "note"
    match transcript.blocks[piece.block] if piece.block is not None else None:
        case Paragraph():
            return "paragraph"
        case Heading():
            return "heading"
        case Cue():
            return "cue"
    return "other"


def _parts(what: str, piece: Piece) -> Value:
    text = piece.text
    start, stop = piece.body, len(text.rstrip("\r\n"))
    found = _LINE[what].fullmatch(text) if what in _LINE else None
    if found:
        start, stop = found.span(2)
    return {
        "kind": what,
        "line": piece.line,
        "before": text[:start],
        "body": text[start : max(start, stop)],
        "after": text[max(start, stop) :],
    }


def _times(piece: Piece, timed: TimedBlock) -> Value:
    if not isinstance(timed, TimedParagraph):
        return {"start_ms": timed.start_ms}
    units = in_units(piece.text[piece.body :])
    return {
        "start_ms": timed.start_ms,
        "end_ms": timed.end_ms,
        "words": [
            [units(start - piece.body), token.start_ms, token.end_ms, token.how]
            for token, (start, _) in zip(timed.tokens, spans(piece, timed.tokens), strict=True)
        ],
    }


def spans(piece: Piece, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Where in a paragraph's text each of its words stands, from its first letter to its last."""
    letters = list(piece.spoken())
    found: list[tuple[int, int]] = []
    at = 0
    for token in tokens:
        first = at
        at += sum(letter not in " \n\t" for letter in token.text)
        found.append((letters[first][1], letters[at - 1][1] + 1))
    return found


def in_units(text: str) -> Callable[[int], int]:
    """What turns a place in a text into UTF-16 code units."""
    if text.isascii() or max(text) <= "\uffff":
        return lambda place: place
    reached = [0]
    for letter in text:
        reached.append(reached[-1] + (2 if letter > "\uffff" else 1))
    return reached.__getitem__
