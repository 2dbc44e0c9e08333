"""Feeds that people give by mistake or that somebody made to do harm, each with what follows.

They are lines of ``docs/bad-input.md`` (``python tests/media_corpus.py``).
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

IMPORTED = "imported"
PLACE = "a feed (podcast import-feed)"


@dataclass(frozen=True)
class Case:
    """A file with its name, who makes it, and what is answered: a kind of fault, or imported."""

    name: str
    make: Callable[[Path], object]
    outcome: str
    code: int = 1
    file: str = PLACE


def put(content: str | bytes) -> Callable[[Path], object]:
    raw = content.encode() if isinstance(content, str) else content
    return lambda path: path.write_bytes(raw)


def rss(channel: str = "<title>T</title>", head: str = "") -> str:
    return f'{head}<rss version="2.0"><channel>{channel}</channel></rss>'


def item(inner: str) -> str:
    return rss(f"<title>T</title><item><title>One</title>{inner}</item>")


DATE = "<pubDate>Mon, 02 Nov 2026 06:00:00 +0100</pubDate>"
SOUND = '<enclosure url="https://example.org/a.mp3" length="1" type="audio/mpeg"/>'
WHOLE = item(f"<guid>g</guid>{DATE}{SOUND}")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPE = "foreign.doctype"

CASES: tuple[Case, ...] = (
    Case("Nothing", put(""), "foreign.empty"),
    Case("Blanks and line ends", put(" \n\n"), "foreign.empty"),
    Case("A login page", put("<!DOCTYPE html><html><body>Log in</body></html>"), "foreign.page"),
    Case("A page in XML", put("<html xmlns='http://www.w3.org/1999/xhtml'/>"), "foreign.page"),
    Case("Half of a feed", put(WHOLE[: len(WHOLE) // 2]), "foreign.cut"),
    Case("A feed cut within its last tag", put(WHOLE[:-3]), "foreign.cut"),
    Case("An entity of HTML", put(item("<description>&hellip;</description>")), "foreign.xml"),
    Case("A bare ampersand", put(item("<description>R&D</description>")), "foreign.xml"),
    Case("A control character", put(item("<description>\x0b</description>")), IMPORTED, 0),
    Case("Entities that grow to a billion", put(rss("<title>&l9;</title>", f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>')), DOCTYPE),
    Case("An entity that opens a file", put(rss("<title>&x;</title>", '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>')), DOCTYPE),
    Case("An entity that opens an address", put(rss("<title>&x;</title>", '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]>')), DOCTYPE),
    Case("A document type of elsewhere", put(rss(head='<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">')), DOCTYPE),
    Case("An encoding that nobody knows", put(rss(head='<?xml version="1.0" encoding="x-klingon"?>')), "foreign.xml"),
    Case("Latin-1 that says UTF-8", put(rss("<title>été</title>", '<?xml version="1.0" encoding="utf-8"?>').encode("latin-1")), "foreign.xml"),
    Case("A feed in gzip", put(gzip.compress(WHOLE.encode(), mtime=0)), "foreign.xml"),
    Case("100,000 elements in each other", put(rss("<title>T</title>" + "<a>" * 100_000 + "</a>" * 100_000)), IMPORTED, 0),
    Case("50 MB", put(b"<rss><channel>" + b" " * 50_000_000), "foreign.large"),
    Case("Atom", put("<feed xmlns='http://www.w3.org/2005/Atom'/>"), "foreign.not_rss"),
    Case("RSS without a channel", put('<rss version="2.0"/>'), "foreign.not_rss"),
    Case("A list of feeds (OPML)", put("<opml version='2.0'><body/></opml>"), "foreign.not_rss"),
    Case("JSON", put('{"version": "https://jsonfeed.org/version/1"}'), "foreign.xml"),
    Case("A PDF renamed .xml", put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "foreign.xml"),
    Case("Noise", put(bytes(range(1, 256)) * 40), "foreign.xml"),
    Case("A feed without a title", put(rss("<description>D</description>")), "foreign.no_title"),
    Case("A show that its host has locked", put(rss('<title>T</title><podcast:locked xmlns:podcast="https://podcastindex.org/namespace/1.0">yes</podcast:locked>')), "foreign.locked"),
    Case("No file of this name", lambda path: None, "file.missing"),
    Case("A folder", lambda path: path.mkdir(), "file.folder"),
    Case("A link to nothing", lambda path: path.symlink_to("nowhere"), "file.missing"),
    Case("A pipe that nobody writes to", lambda path: os.mkfifo(path), "file.special"),
    Case("A device that never ends", lambda path: path.symlink_to("/dev/zero"), "file.special"),
)  # fmt: skip
