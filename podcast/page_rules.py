"""What a page's source alone tells of how it fares without eyes or ears: no browser is needed.

Contrast, focus, zoom and all that scripts do cannot be seen here: the checks in ``tests/pages``
open each kind of page in a real browser.  What is here holds for every page of a site, whatever
template made it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_HEADING = re.compile("h[1-6]")
_HIDDEN = frozenset("script style template".split())
_WORD = re.compile(r"[^\W_]+")
_MEDIA = ("audio", "track", "source", "img", "script", "link")


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that a page lacks: ``kind`` is worded as ``harm.<kind>``, ``line`` from 1."""

    kind: str
    line: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class PageLook:
    """What was seen in a page.

    ``transcript`` counts the words in the element of that name, ``None`` where there is none;
    ``files`` are the addresses within the site that it needs or leads to, each with its first line
    and the element that names it.
    """

    language: str
    lacks: tuple[Lack, ...]
    transcript: int | None
    files: tuple[tuple[str, int, str], ...]


@dataclass(slots=True)
class _Open:
    """An element that has not ended: its text so far is what a screen reader would call it by."""

    tag: str
    line: int
    named: bool = False
    hidden: bool = False
    text: list[str] = field(default_factory=list)
    href: str | None = None


class _Source(HTMLParser):
    """Reads a page once, from its beginning to its end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.language = ""
        self.title = ""
        self.lacks: list[Lack] = []
        self.open: list[_Open] = []
        self.headings: list[tuple[int, str, int]] = []
        self.ids: set[str] = set()
        self.targets: dict[str, int] = {}
        self.files: dict[tuple[str, str], int] = {}
        self.transcript: int | None = None
        self.inside = 0
        self.tracks: list[int] = []
        self.sounds: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        names = {name for name, _ in attrs}
        line = self.getpos()[0]
        if tag == "html":
            self.language = given.get("lang", "").strip()
        if identifier := given.get("id"):
            self.ids.add(identifier)
        if given.get("tabindex", "0").lstrip("+").isdecimal() and int(given.get("tabindex", 0)) > 0:
            self.lacks.append(Lack("order", line))
        self._media(tag, given, names, line)
        named = bool(
            given.get("aria-label", "").strip() or given.get("aria-labelledby", "").strip()
        )
        hidden = bool(self.open and self.open[-1].hidden)
        hidden = hidden or tag in _HIDDEN or given.get("aria-hidden") == "true" or "hidden" in names
        if tag == "img" and self.open and given.get("alt", "").strip():
            self._say(given["alt"])
        if tag not in _VOID:
            opened = _Open(tag, line, named, hidden, href=given.get("href"))
            self.open.append(opened)
            if self.inside:
                self.inside += 1
            elif identifier == "transcript":
                self.inside, self.transcript = 1, 0

    def _media(self, tag: str, given: dict[str, str], names: set[str], line: int) -> None:
        if tag == "img" and "alt" not in names and not given.get("aria-label"):
            self.lacks.append(Lack("no_alt", line, given.get("src", "")))
        if tag == "audio":
            self.sounds.append(line)
            if "autoplay" in names:
                self.lacks.append(Lack("autoplay", line))
            if "controls" not in names:
                self.lacks.append(Lack("no_controls", line))
        if tag == "track" and given.get("kind") == "captions":
            self.tracks.append(line)
        address = given.get("href") if tag == "link" else given.get("src")
        if tag == "link" and given.get("rel") in ("canonical", "alternate"):
            address = None
        if address and tag in _MEDIA:
            self.files.setdefault((address.partition("#")[0], tag), line)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or tag not in {each.tag for each in self.open}:
            return
        while self.open:
            ended = self.open.pop()
            self.inside -= bool(self.inside)
            self._ended(ended)
            if ended.tag == tag:
                return

    def _ended(self, ended: _Open) -> None:
        text = " ".join("".join(ended.text).split())
        if ended.tag == "title" and not any(each.tag == "svg" for each in self.open):
            self.title = self.title or text
        if _HEADING.fullmatch(ended.tag) and not ended.hidden:
            self.headings.append((int(ended.tag[1]), text, ended.line))
        if ended.tag in ("a", "button") and not ended.hidden:
            if (ended.href is not None or ended.tag == "button") and not text and not ended.named:
                self.lacks.append(Lack("no_name", ended.line, ended.href or ""))
            if ended.href:
                page, _, place = ended.href.partition("#")
                if page:
                    self.files.setdefault((page, "a"), ended.line)
                elif place:
                    self.targets.setdefault(place, ended.line)

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1].hidden:
            return
        self._say(data)
        if self.inside and self.transcript is not None:
            self.transcript += len(_WORD.findall(data))

    def _say(self, text: str) -> None:
        for each in self.open[-6:]:  # a name is made of what is near
            if each.tag in ("a", "button", "title") or _HEADING.fullmatch(each.tag):
                each.text.append(text)


def look_at(html: str) -> PageLook:
    """What the source of a page tells; what it lacks is in the order of its lines."""
    source = _Source()
    source.feed(html)
    source.close()
    while source.open:
        source._ended(source.open.pop())
    lacks = [*source.lacks, *_headings(source.headings)]
    if not source.title:
        lacks.append(Lack("no_title", 1))
    lacks += [Lack("no_captions", line) for line in source.sounds if not source.tracks]
    lacks += [
        Lack("nowhere", line, f"#{place}")
        for place, line in source.targets.items()
        if unquote(place) not in source.ids and place not in ("top", "")
    ]
    return PageLook(
        source.language,
        tuple(sorted(lacks, key=lambda lack: lack.line)),
        source.transcript,
        tuple((address, line, tag) for (address, tag), line in source.files.items()),
    )


def _headings(found: list[tuple[int, str, int]]) -> Iterator[Lack]:
    """One h1, none empty, no level left out (WCAG 1.3.1, 2.4.6; RGAA 9.1)."""
    ones = [line for level, _, line in found if level == 1]
    if not ones:
        yield Lack("no_h1", 1)
    yield from (Lack("second_h1", line) for line in ones[1:])
    before = 0
    for level, text, line in found:
        if not text:
            yield Lack("empty_heading", line)
        elif before and level > before + 1:
            yield Lack("skipped_heading", line, text)
        before = level


def within(page: str, address: str) -> str | None:
    """The path below the site that an address in a page means; ``None`` for one elsewhere."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return None
    path = normpath(join(dirname(page), unquote(parts.path)))
    if parts.path.endswith(("/", "/.", "/..")) or path == ".":
        path = normpath(join(path, "index.html"))
    return path


def missing(page: str, look: PageLook, there: Collection[str]) -> Iterator[Lack]:
    """What a page needs or leads to and is not ``there``, by its paths below the site."""
    kinds = {"audio": "no_sound", "source": "no_sound", "track": "no_captions"}
    for address, line, tag in look.files:
        path = within(page, address)
        if path is not None and path not in there:
            yield Lack(kinds.get(tag, "nowhere"), line, address)


_TIMES = re.compile(r"^(?:(\d+):)?(\d\d):(\d\d)\.(\d{3}) --> (?:(\d+):)?(\d\d):(\d\d)\.(\d{3})")


def captions_fit(text: str) -> tuple[str, int]:
    """What is wrong with a WebVTT file, and when its last caption ends, in milliseconds.

    ``no_captions`` where it has none, ``captions_order`` where they do not follow each other, ""
    where nothing is wrong.
    """
    end = before = 0
    for line in text.splitlines():
        if times := _TIMES.match(line):
            h1, m1, s1, ms1, h2, m2, s2, ms2 = (int(part or 0) for part in times.groups())
            start = ((h1 * 60 + m1) * 60 + s1) * 1000 + ms1
            end = ((h2 * 60 + m2) * 60 + s2) * 1000 + ms2
            if start < before or end <= start:
                return "captions_order", end
            before = start
    return ("" if end and text.lstrip("\ufeff").startswith("WEBVTT") else "no_captions"), end
