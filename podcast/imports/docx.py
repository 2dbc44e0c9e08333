"""Word files (.docx): their paragraphs, tables, headings and footnotes as lines.

A reader of our own over zip and expat: python-docx builds the tree of every part in memory
without a limit, and knows no footnotes, where scripts keep their notes.  A Word file from
elsewhere is hostile until shown otherwise: no document type, no unbounded unpacking.
A line's number is that of its paragraph in Word.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from podcast.errors import Fixable, Place, fault
from podcast.script import MOST_CHARACTERS, Line, Script, clean, finished

SUFFIXES = (".docx",)

MOST_UNPACKED = 64_000_000
MOST_FILES = 10_000
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
# What is deleted, moved away, or written a second time for old versions of Word.
_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "pPrChange"})
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_CLOCK = re.compile(r"[\[(]?\d{1,2}(?::\d\d){1,2}[\])]?")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    LookupError,
    OSError,
    struct.error,
    expat.ExpatError,
)


class _TooMuch(Exception):
    """More than any script has."""


class _Doctype(Exception):
    """A document type, which Word never writes."""


def recognises(raw: bytes) -> bool:
    """A zip; whether Word wrote it is told when it is read."""
    return raw.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read(raw: bytes, file: str) -> Script:
    """The text of a Word file; raises :class:`Fixable` for what is none."""
    if raw.count(b"PK\x01\x02") > MOST_FILES:
        raise Fixable(fault("import.bomb", Place(file)))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" not in names:
                raise Fixable(fault("import.not_docx", Place(file)))
            titles = _titles(archive) if "word/styles.xml" in names else {}
            body = _Body(titles)
            _parse(archive, "word/document.xml", body)
            notes = []
            for part, mark in (("footnote", "fn"), ("endnote", "en")):
                if f"word/{part}s.xml" in names:
                    reader = _Body({}, part)
                    _parse(archive, f"word/{part}s.xml", reader)
                    notes += [f"[^{mark}-{id_}]: {text}" for id_, text in reader.notes]
    except (_TooMuch, MemoryError) as error:
        raise Fixable(fault("import.bomb", Place(file))) from error
    except _Doctype as error:
        raise Fixable(fault("import.doctype", Place(file))) from error
    except _BROKEN as error:
        raise Fixable(fault("import.docx_broken", Place(file))) from error
    lines: list[Line] = []
    for number, text in enumerate([*body.lines, *notes], 1):
        lines += [Line(number, part) for part in clean(text).split("\n")]
        lines.append(Line(number, ""))
    return finished("docx", lines, file)


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    unpacked = 0
    with archive.open(name) as part:
        while chunk := part.read(1 << 16):
            unpacked += len(chunk)
            if unpacked > MOST_UNPACKED:
                raise _TooMuch(name)
            yield chunk


def _parse(archive: zipfile.ZipFile, name: str, reader: _Body | _Styles) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: object) -> None:
        raise _Doctype(name)

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local := _local(tag):
            reader.start(local, {key.rpartition(" ")[2]: attributes[key] for key in attributes})

    def end(tag: str) -> None:
        if local := _local(tag):
            reader.end(local)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = reader.text
    for chunk in _chunks(archive, name):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _local(tag: str) -> str:
    """The name of an element of Word, or of what doubles it for old versions; else nothing."""
    space, _, local = tag.rpartition(" ")
    return local if space in _WORD or (space == _COMPATIBLE and local == "Fallback") else ""


class _Styles:
    """Names of styles: their identifiers are in the language of the Word that wrote them."""

    def __init__(self) -> None:
        self.levels: dict[str, bool] = {}
        self.style = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style":
            self.style = attributes.get("styleId", "")
        elif tag == "name" and self.style:
            name = attributes.get("val", "").casefold()
            self.levels[self.style] = name == "title" or bool(re.match(r"heading \d", name))

    def end(self, tag: str) -> None:
        """Nothing ends that matters."""

    def text(self, text: str) -> None:
        """Styles have no text."""


def _titles(archive: zipfile.ZipFile) -> dict[str, bool]:
    styles = _Styles()
    _parse(archive, "word/styles.xml", styles)
    return styles.levels


@dataclass(slots=True)
class _Paragraph:
    parts: list[str] = field(default_factory=list)
    title: bool = False


class _Body:
    """Takes the text out of the elements, paragraph by paragraph; a text box nests them."""

    def __init__(self, titles: dict[str, bool], note: str = "") -> None:
        self.titles = titles
        self.note = note
        self.lines: list[str] = []
        self.notes: list[tuple[str, str]] = []
        self.sinks: list[list[str]] = [self.lines]  # the innermost is the table's cell
        self.rows: list[list[list[str]]] = []
        self.paragraphs: list[_Paragraph] = []
        self.skipped = 0
        self.raised = self.hidden = self.inside = False
        self.size = 0
        self.id = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.skipped or tag in _SKIPPED:
            self.skipped += 1
            return
        value = attributes.get("val", "")
        match tag:
            case "p":
                self.paragraphs.append(_Paragraph())
            case "pStyle" if self.paragraphs:
                self.paragraphs[-1].title = self.titles.get(value, False)
            case "r":
                self.raised = self.hidden = False
            case "vanish":
                self.hidden = value not in ("0", "false")
            case "vertAlign":
                self.raised = value == "superscript"
            case "t":
                self.inside = True
            case "br" | "cr":
                self.put("\n")
            case "tab":
                self.put(" ")
            case "noBreakHyphen":
                self.put("\u2011")
            case "footnoteReference" | "endnoteReference":
                self.put(f"[^{'fn' if tag.startswith('foot') else 'en'}-{attributes.get('id')}]")
            case "tr":
                self.rows.append([])
            case "tc":
                self.sinks.append([])
            case "footnote" | "endnote" if tag == self.note:
                # Word keeps the lines that separate notes from the page as notes with a type.
                self.id = "" if attributes.get("type", "normal") != "normal" else attributes["id"]
                self.sinks.append([])

    def end(self, tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        match tag:
            case "t":
                self.inside = False
            case "p" if self.paragraphs:
                paragraph = self.paragraphs.pop()
                text = "".join(paragraph.parts)
                title = paragraph.title and text.strip()
                flat = " ".join(text.split("\n")).strip()
                self.sinks[-1].append(f"## {flat}" if title else text)
            case "tc" if self.rows and len(self.sinks) > 1:
                self.rows[-1].append(self.sinks.pop())
            case "tr" if self.rows:
                self.sinks[-1].extend(_row(self.rows.pop()))
            case "footnote" | "endnote" if tag == self.note:
                text = " ".join(" ".join(self.sinks.pop()).split())
                if self.id:
                    self.notes.append((self.id, text))

    def text(self, text: str) -> None:
        if self.inside and not self.skipped and not self.hidden:
            self.put(text.translate(_SUPERSCRIPTS) if self.raised and text.isdecimal() else text)

    def put(self, text: str) -> None:
        self.size += len(text)
        if self.size > 2 * MOST_CHARACTERS:
            raise _TooMuch
        if self.paragraphs:
            self.paragraphs[-1].parts.append(text)


def _row(cells: list[list[str]]) -> list[str]:
    """« Time | Name | What is said » as a line; the cells of any other table one by one."""
    kept = [cell for cell in cells if any(text.strip() for text in cell)]
    clock = ""
    if len(kept) == 3 and _CLOCK.fullmatch(kept[0][0].strip()):
        clock = f"[{kept[0][0].strip(' []()')}] "
        kept = kept[1:]
    if len(kept) == 2:
        name = " ".join(" ".join(kept[0]).split())
        if _CLOCK.fullmatch(name):
            return [f"[{name.strip('[]()')}] {kept[1][0]}", *kept[1][1:]]
        if name[:1].isalpha() and len(name.split()) <= 5 and name[-1] not in ".!?":
            return [f"{clock}{name.rstrip(' :')} : {kept[1][0]}", *kept[1][1:]]
    return [text for cell in cells for text in cell]
