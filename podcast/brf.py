"""An episode's text ready for an embosser or a braille display (BRF): cells as ASCII, in pages.

40 cells and 25 lines to a page, the last line with the page's number, a form feed after each, as
embossers take it.  The first page lists the chapters with theirs.  What stands where follows
BANA's Braille Formats (2016): titles are centred and chapters begin in the fifth cell, both with an
empty line before; a paragraph begins in the third.  A note stands below the paragraph that calls
for it: nobody leafs in braille.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from types import MappingProxyType
from typing import Protocol

from podcast.dates import long_date
from podcast.pages.episode import PageText, Part
from podcast.published import PublishedEpisode
from podcast.wording import Wording

CELLS, LINES = 40, 25
# By the bits of dots 1 to 6, as Unicode counts them (North American Braille Computer Code).
_ASCII = " A1B'K2L@CIF/MSP\"E3H9O6R^DJG>NTQ,*5<-U8V.%[$+X!&;:4\\0Z7(_?W]#Y)="
# A text may have braille of eight dots in it; an embosser knows the upper six.
_DOTS = str.maketrans({0x2800 + dots: _ASCII[dots % len(_ASCII)] for dots in range(256)})
# A chapter's title is not left alone at the end of a page.
_WITH_TITLE = 2
_PAGE_ROOM = 6
_BEFORE_SIGN = re.compile(r"[\s\u00a0\u202f]+([;:?!»])")
_IN_QUOTES = re.compile(r"«[\s\u00a0\u202f]+")


class Cells(Protocol):
    """Writes a line of text as Unicode's braille patterns; ``None`` in an unknown language."""

    def __call__(self, text: str, language: str, contracted: bool) -> str | None:
        """The line, with U+2800 between words."""
        ...


class Written:
    """Texts in ASCII braille, each written once by ``cells``, under a digest of it.

    ``before`` are those that were written another time; ``now`` are those that were asked for.
    """

    def __init__(self, cells: Cells, before: Mapping[str, str] = MappingProxyType({})) -> None:
        self._cells, self._before = cells, before
        self.now: dict[str, str] = {}

    def of(self, text: str, language: str, contracted: bool, usual: str) -> str:
        """The text; in the plain cells of ``usual`` where its own language is not known."""
        named = f"{language} {contracted} {usual} {text}".encode()
        name = hashlib.blake2b(named, digest_size=12).hexdigest()
        made = self.now.get(name)
        if made is None:
            made = self._before.get(name)
            if made is None:
                made = self._anew(text, language, contracted, usual)
            self.now[name] = made
        return made

    def _anew(self, text: str, language: str, contracted: bool, usual: str) -> str:
        if language.startswith("fr"):
            # Braille sets no space where French print sets a fixed one.
            text = _IN_QUOTES.sub("«", _BEFORE_SIGN.sub(r"\1", text))
        made = self._cells(text, language, contracted)
        if made is None:
            made = self._cells(text, usual, False)
        assert made is not None
        return made.translate(_DOTS)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines that belong together; ``title`` where the next must stay below them."""

    lines: tuple[str, ...]
    before: int = 0
    title: bool = False
    chapter: bool = False


def render(
    published: PublishedEpisode,
    text: PageText,
    show: str,
    page: str,
    contracted: bool,
    written: Written,
) -> bytes:
    """The whole file, in ASCII; the cells of ``written`` must know the episode's language."""
    writer = _Writer(published.language, contracted, written)
    titles = [block.text for block in text.chapters]
    start = list(_start(published, text, show, page, writer))
    rest = list(_transcript(text, writer))
    # As many lines whatever the numbers are: the first pass finds them, the second writes them.
    found: list[str] = []
    pages: list[list[str]] = []
    for _ in range(2):
        contents = _contents(titles, found or [""] * len(titles), writer)
        pages, at = _pages([*start, *contents, *rest], writer)
        found = [writer.line(str(number)) for number in at]
    leaves = ["\r\n".join(lines) for lines in pages]
    return ("\r\n\f".join(leaves) + "\r\n\f").encode("ascii")


class _Writer:
    """Text as words of ASCII braille."""

    def __init__(self, language: str, contracted: bool, written: Written) -> None:
        self._language, self._contracted, self._written = language, contracted, written
        self.words = Wording(language)

    def line(self, text: str) -> str:
        return self.run(text, self._language, self._contracted)

    def run(self, text: str, language: str, contracted: bool) -> str:
        return self._written.of(text, language, contracted, self._language)

    def parts(self, parts: Sequence[Part]) -> str:
        """A paragraph.  Foreign words inside one are not contracted; a whole one has its code."""
        spoken = [part for part in parts if part.text.strip(" .,;:!?…\u00a0\u202f")]
        whole = {part.language for part in spoken}
        alone = len(whole) == 1 and all(part.kind == "foreign" for part in spoken)
        made, own = "", ""
        for part in parts:
            if part.kind != "foreign":
                own += _plain(part, self.words)
                continue
            made, own = _joined(made, own, self.line(own)), ""
            foreign = part.language if alone else self._language
            made = _joined(
                made, part.text, self.run(part.text, foreign, self._contracted and alone)
            )
        return _joined(made, own, self.line(own))


def _joined(before: str, text: str, cells: str) -> str:
    """Cells after others, with a space where the text between them begins with one or ended so."""
    if not cells:
        return before + " " if before and text.strip() != text else before
    between = " " if before and text[:1].isspace() else ""
    return (
        before.rstrip(" ")
        + (between or " " * before.endswith(" "))
        + cells
        + (" " if text[-1:].isspace() else "")
    )


def _plain(part: Part, words: Wording) -> str:
    match part.kind:
        case "abbr":
            return f"{part.text} ({part.title})"
        case "sound":
            return f"[{part.text}]"
        case "note":
            return f" ({words.say('page.note', number=part.number)})"
    return part.text


def _start(
    published: PublishedEpisode, text: PageText, show: str, page: str, writer: _Writer
) -> Iterator[_Lines]:
    words, episode = writer.words, published.episode
    yield _Lines(tuple(_centred(writer.line(episode.title))))
    told = [words.say("book.of", show=show), long_date(episode.date, published.language)]
    if episode.falc:
        yield _Lines(tuple(_centred(writer.line(words.say("page.falc")))), 1, title=True)
        yield from (_paragraph(writer.line(line)) for line in episode.falc)
    # An empty line says where the easy summary ends.
    before = int(bool(episode.falc))
    for each in filter(None, (*told, episode.summary, page, text.provenance)):
        yield replace(_paragraph(writer.line(each)), before=before)
        before = 0


def _contents(titles: Sequence[str], numbers: Sequence[str], writer: _Writer) -> Iterator[_Lines]:
    if len(titles) < 2:
        return
    yield _Lines(tuple(_centred(writer.line(writer.words.say("book.contents")))), 1, title=True)
    for title, number in zip(titles, numbers, strict=True):
        lines = list(_filled(writer.line(title), 0, 2, CELLS - _PAGE_ROOM)) or [""]
        yield _Lines((*lines[:-1], _led(lines[-1], number)))


def _transcript(text: PageText, writer: _Writer) -> Iterator[_Lines]:
    words = writer.words
    yield _Lines(tuple(_centred(writer.line(words.say("page.transcript")))), 1, title=True)
    notes = {note.number: note.text for note in text.notes}
    for block in text.blocks:
        if block.kind == "chapter":
            lines = tuple(_filled(writer.line(block.text), 4, 4, CELLS))
            yield _Lines(lines, 1, title=True, chapter=True)
            continue
        if block.kind == "sound":
            yield _paragraph(writer.line(f"[{block.credited}]"))
            continue
        name = writer.line(words.say("page.speaker", name=block.speaker)) if block.speaker else ""
        yield _paragraph(f"{name} {writer.parts(block.parts)}".strip())
        for part in block.parts:
            if part.kind == "note" and part.number in notes:
                said = words.say("page.note_below", number=part.number, text=notes.pop(part.number))
                yield _Lines(tuple(_filled(writer.line(said), 6, 4, CELLS)))


def _paragraph(cells: str) -> _Lines:
    return _Lines(tuple(_filled(cells, 2, 0, CELLS)))


def _centred(cells: str) -> Iterator[str]:
    for line in _filled(cells, 0, 0, CELLS - 6):
        yield " " * ((CELLS - len(line)) // 2) + line


def _led(line: str, number: str) -> str:
    """A line of the contents: dots lead the finger to the number."""
    free = CELLS - len(line) - len(number) - 2
    between = '"' * free if free > 1 else " " * free
    return f"{line} {between} {number}".rstrip()


def _filled(cells: str, first: int, rest: int, width: int) -> Iterator[str]:
    """Lines of so many cells at most; only a word that no line could hold is cut."""
    line = " " * first
    empty = True
    for word in cells.split():
        if not empty and len(line) + 1 + len(word) > width:
            yield line
            line, empty = " " * rest, True
        line, empty = (line + word if empty else f"{line} {word}"), False
        while len(line) > width:
            yield line[:width]
            line = " " * rest + line[width:]
    if not empty:
        yield line


def _together(blocks: Sequence[_Lines]) -> int:
    """The lines that a title, those right below it and the beginning of a text need."""
    titles = takewhile(lambda block: block.title, blocks)
    return sum(block.before + len(block.lines) for block in titles) + _WITH_TITLE


def _pages(blocks: Sequence[_Lines], writer: _Writer) -> tuple[list[list[str]], list[int]]:
    """The pages, each with its number, and the pages on which chapters begin."""
    room = LINES - 1
    pages: list[list[str]] = [[]]
    chapters = []
    for i, block in enumerate(blocks):
        if block.title and pages[-1] and room - len(pages[-1]) < _together(blocks[i:]):
            pages.append([])
        if pages[-1]:
            pages[-1] += [""] * min(block.before, room - len(pages[-1]))
        if block.chapter:
            chapters.append(len(pages) if len(pages[-1]) < room else len(pages) + 1)
        for line in block.lines:
            if len(pages[-1]) == room:
                pages.append([])
            pages[-1].append(line)
    numbered = [
        [*lines, *[""] * (room - len(lines)), writer.line(str(number)).rjust(CELLS)]
        for number, lines in enumerate(pages, 1)
    ]
    return numbered, chapters
