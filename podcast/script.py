"""A script as its file gives it: numbered lines, before any rule of speakers, sounds and notes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from podcast.errors import Fault, Fixable, Place, fault

# Ten hours of speech are some 600,000 characters.
MOST_CHARACTERS = 2_000_000
MOST_FAULTS = 20
# A pause after a sentence ends a paragraph; so does a sentence end when it has grown long.
PAUSE_MS, LONG_MS, GAP_MS = 800, 30_000, 2_500
SENTENCE_END = frozenset('.!?…»”")]')

_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069]"
    # Joiners mean something in other scripts and in pictures made of several signs.
    "|(?<=[\u0000-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[\u0000-\u024f])"
)
_GAP = re.compile(r"[^\S\n]{3,}")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line; ``speaker`` and ``start_ms`` only where the file says them apart from the text."""

    number: int
    text: str
    speaker: str | None = None
    start_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """What a file holds; ``remarks`` tell how it had to be read."""

    kind: str
    lines: tuple[Line, ...]
    remarks: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """A piece of text with its time, as subtitles and recognisers give it."""

    number: int
    text: str
    speaker: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None


def decode(raw: bytes, file: str) -> tuple[str, tuple[Fault, ...]]:
    """The clean text of a file, and a remark where its encoding had to be guessed.

    Tried are UTF-8, UTF-16 and UTF-32 with their mark, then the Western encoding of Windows;
    raises :class:`Fixable` where none fits.
    """
    remarks: tuple[Fault, ...] = ()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        wide = "utf-32" if b"\x00\x00" in raw[:4] else "utf-16"
        try:
            text = raw.decode(wide)
        except UnicodeDecodeError as error:
            raise Fixable(fault("import.not_text", Place(file))) from error
    else:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            text = _windows_text(raw, file, error)
            remarks = (fault("import.windows_text", Place(file)),)
    return clean(text), remarks


def _windows_text(raw: bytes, file: str, error: UnicodeDecodeError) -> str:
    """Old Windows text has hardly a valid UTF-8 letter in it; a damaged UTF-8 file has many."""
    if raw.count(b"\x00") > 2:
        raise Fixable(fault("import.not_text", Place(file))) from error
    guess = raw.decode("utf-8", "replace")
    damaged = guess.count("\ufffd")
    whole = sum(char > "\x7f" for char in guess) - damaged
    try:
        if whole >= damaged:
            raise error
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Fixable(fault("file.not_utf8", Place(file, line))) from error


def clean(text: str) -> str:
    """NFC, every line break as a newline, no long gaps, and nothing that nobody sees."""
    seen = _UNSEEN.sub("", _BREAKS.sub("\n", text))
    short = _GAP.sub(lambda m: "\t" if "\t" in m[0] else m[0][:2], seen)
    return unicodedata.normalize("NFC", short)


def numbered(text: str) -> list[Line]:
    """The lines of a text, from 1."""
    return [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]


def finished(kind: str, lines: Iterable[Line], file: str, remarks: Sequence[Fault] = ()) -> Script:
    """A script that may be read on; raises :class:`Fixable` where it is empty or no text."""
    kept = tuple(lines)
    size = sum(len(line.text) for line in kept)
    if size > MOST_CHARACTERS:
        raise Fixable(fault("import.too_long", Place(file), limit=MOST_CHARACTERS // 1_000_000))
    if not any(line.text.strip() for line in kept):
        raise Fixable(fault("import.empty", Place(file)))
    faults: list[Fault] = []
    lost: list[Fault] = []
    for line in kept:
        if found := _CONTROL.search(line.text):
            code = f"U+{ord(found[0]):04X}"
            faults.append(fault("text.control", Place(file, line.number), code=code))
        if "\ufffd" in line.text:
            lost.append(fault("import.lost_character", Place(file, line.number)))
    if faults:
        raise Fixable(faults[:MOST_FAULTS])
    return Script(kind, kept, (*remarks, *lost[:MOST_FAULTS]))


def flow(spoken: Sequence[Spoken]) -> list[Line]:
    """Timed pieces as lines, with an empty line where a paragraph ends."""
    lines: list[Line] = []
    began: int | None = None
    before: Spoken | None = None
    for piece in spoken:
        if before and _parted(before, piece, began):
            lines.append(Line(piece.number, ""))
            began = None
        began = piece.start_ms if began is None else began
        for index, text in enumerate(piece.text.split("\n")):
            start = piece.start_ms if index == 0 else None
            lines.append(Line(piece.number + index, text, piece.speaker, start))
        before = piece
    return lines


def _parted(before: Spoken, piece: Spoken, began: int | None) -> bool:
    if piece.speaker != before.speaker:
        return True
    if piece.start_ms is None or before.end_ms is None:
        return False
    ended = before.text.rstrip()[-1:] in SENTENCE_END
    pause = piece.start_ms - before.end_ms
    long = began is not None and piece.start_ms - began >= LONG_MS
    return pause >= GAP_MS or (ended and (pause >= PAUSE_MS or long))


def in_order(spoken: Sequence[Spoken], file: str) -> None:
    """Raises :class:`Fixable` with every piece that starts before the one above it, or ends first.

    ``number`` is then the line of the piece's text, which follows its times.
    """
    faults: list[Fault] = []
    latest = 0
    for piece in spoken:
        start, end = piece.start_ms or 0, piece.end_ms or 0
        if start < latest:
            faults.append(fault("import.time_order", Place(file, piece.number - 1)))
        elif end < start:
            faults.append(fault("import.time_ends", Place(file, piece.number - 1)))
        latest = max(latest, start)
    if faults:
        raise Fixable(faults[:MOST_FAULTS])
