"""What the editor's page gets of a text: its pieces with times, in plain values for JSON.

Offsets count UTF-16 code units, as scripts in a browser do; times are milliseconds of the published
sound.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podcast.doubts import MOST, Flag
from podcast.errors import Fault
from podcast.glossary import Glossary
from podcast.review_file import ReviewFile, heard, heard_ms, heard_whole
from podcast.show import Show
from podcast.terminal import Terminal
from podcast.transcript import (
    Cue,
    Heading,
    MachineWords,
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
    """A text, and what was found out about it.

    ``flags`` are its doubts, those that ``noted`` says were heard too; ``closed`` is what keeps it
    from readers, ``error_rate`` the machine's against the text.
    """

    digest: str
    document: Document
    faults: tuple[Fault, ...]
    timeline: Timeline | None
    flags: tuple[Flag, ...]
    noted: ReviewFile
    words: MachineWords | None
    show: Show
    glossary: Glossary
    closed: tuple[Fault, ...]
    error_rate: float
    review_holds: bool


def sheet(reading: Reading, head: Mapping[str, Any], terminal: Terminal) -> Value:
    """The whole of it; ``head`` are values of the episode that go to the page as they are."""
    transcript = reading.document.transcript
    people = reading.show.people
    return {
        **head,
        "language": transcript.language,
        "digest": reading.digest,
        "duration_ms": reading.words.duration_ms if reading.words else 0,
        "people": [{"key": key, "name": person.name} for key, person in people.items()],
        "status": transcript.status,
        "reviewed_by": transcript.reviewed_by,
        "reviewed_on": transcript.reviewed_on,
        "review_holds": reading.review_holds,
        "pieces": list(pieces(reading.document, reading.timeline)),
        "faults": faults(reading.faults, terminal.tell, reading.document, head["file"]),
        "doubts": list(shown_doubts(reading, terminal)),
        "gate": faults(reading.closed, terminal.tell, reading.document, head["file"]),
        "error_rate": round(reading.error_rate, 4),
        "listened": listened(reading.noted, reading.words),
    }


def listened(noted: ReviewFile, words: MachineWords | None) -> Value:
    """What was heard of the sound, and whether that is all that is said."""
    spans = heard(noted, words) if words else ()
    ms = heard_ms(spans)
    return {
        "ms": ms,
        "share": round(ms / words.duration_ms, 4) if words and words.duration_ms else 0.0,
        "whole": heard_whole(spans, words) if words else False,
        "spans": [list(span) for span in spans],
    }


def shown_doubts(reading: Reading, terminal: Terminal) -> Iterator[Value]:
    """The doubts that ``podcast check`` tells, and those that somebody heard and found right."""
    places = {piece.block: i for i, piece in enumerate(reading.document.pieces)}
    accepted = reading.noted.accepted_ids
    left = 0
    for flag in reading.flags:
        left += flag.id not in accepted
        if flag.id not in accepted and left > MOST:
            continue
        number = places[flag.block]
        start, stop = _letters(reading, flag, number)
        yield {
            "id": flag.id,
            "kind": flag.kind,
            "said": terminal.words.say(f"doubt.{flag.kind}", **dict(flag.facts)),
            "severity": flag.severity,
            "piece": number,
            "from": start,
            "to": stop,
            "text": flag.text,
            "at_ms": flag.at_ms,
            "end_ms": flag.end_ms,
            "accepted": flag.id in accepted,
        }


def _letters(reading: Reading, flag: Flag, number: int) -> tuple[int | None, int | None]:
    """Where in its paragraph a doubt stands; nowhere if it is of whoever speaks."""
    timed = reading.timeline.blocks[flag.block] if reading.timeline else None
    if flag.kind == "unnamed" or not isinstance(timed, TimedParagraph) or not timed.tokens:
        return None, None
    piece = reading.document.pieces[number]
    found = spans(piece, timed.tokens)
    units = in_units(piece.text[piece.body :])
    start = found[min(flag.first, len(found) - 1)][0]
    last = min(flag.stop, len(found)) - 1
    stop = start if last < flag.first else found[last][1]
    return units(start - piece.body), units(stop - piece.body)


def faults(
    found: Sequence[Fault],
    tell: Callable[[Fault], str],
    document: Document | None = None,
    file: str = "",
) -> list[Value]:
    """Faults as sentences, with line and, if they are of the text's own ``file``, piece."""
    told = []
    for fault in found:
        line = fault.place.line if fault.place else None
        piece = None
        if fault.place and fault.place.file == file and line is not None and document:
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


def proposals(reading: Reading, speaking: Sequence[str | None]) -> Iterator[Value]:
    """Who says most of each paragraph by the tracks; ``speaking`` is who says each machine word."""
    if not reading.timeline or not reading.words or len(speaking) != len(reading.words.words):
        return
    said = list(zip(reading.words.words, speaking, strict=True))
    places = {piece.block: i for i, piece in enumerate(reading.document.pieces)}
    people = reading.show.people
    for number, block in enumerate(reading.timeline.blocks):
        if not isinstance(block, TimedParagraph):
            continue
        spoken: Counter[str] = Counter()
        first = bisect_left(said, block.start_ms, key=lambda each: each[0].end_ms)
        for word, key in said[first:]:
            if word.start_ms >= block.end_ms:
                break
            if key and block.start_ms <= (word.start_ms + word.end_ms) // 2 < block.end_ms:
                spoken[key] += max(1, word.end_ms - word.start_ms)
        if spoken:
            (key, ms), *_ = spoken.most_common(1)
            share = round(ms / spoken.total(), 2)
            yield {
                "piece": places[number],
                "person": key,
                "name": people[key].name if key in people else key,
                "share": share,
            }
