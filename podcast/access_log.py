"""Read what a web server notes of each request: Apache's and nginx's « combined » log.

The lines that concern a sound are picked out before they are read, so that a log of gigabytes is
read about as fast as it can be unpacked.  The one door to apachelogs.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from podcast.errors import Fixable, Place, fault

COMBINED = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
# What hosts add before and after it: the name of the site, and whom a proxy asks for.
FORMATS = (COMBINED, f'{COMBINED} "%{{X-Forwarded-For}}i"', f"%v:%p {COMBINED}", f"%v {COMBINED}")
_LONGEST_LINE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was answered with some bytes of a file.

    ``address`` is who asked, ``agent`` the program's own name, ``path`` without its escapes.
    """

    moment: datetime
    address: str
    agent: str
    path: str
    sent: int


@dataclass(frozen=True, slots=True)
class Strange:
    """A line that names the file and is in none of the forms."""

    file: str
    line: int
    text: str


def requests(
    path: Path,
    name: str,
    wanted: str,
    form: str | None = None,
    came: Callable[[int], object] = lambda _: None,
) -> Iterator[Request | Strange]:
    """The successful GET requests of a log, gzipped or not, whose line has ``wanted`` in it.

    ``name`` is the file's for people, ``form`` a LogFormat of Apache instead of the known ones;
    ``came`` hears now and then how many bytes of the file are read.  Raises :class:`Fixable` for
    a file that cannot be read and a form that is none.
    """
    forms = _parsers((form,) if form else FORMATS)
    for number, line in _lines(path, name, came):
        if wanted in line:
            entry = _read(line, forms)
            if entry is None:
                yield Strange(name, number, line.strip())
            elif request := _request(entry):
                yield request


def _parsers(forms: Sequence[str]) -> list[Any]:
    from apachelogs import InvalidDirectiveError, LogParser, UnknownDirectiveError

    try:
        return [LogParser(form) for form in forms]
    except (InvalidDirectiveError, UnknownDirectiveError) as error:
        raise Fixable(fault("stats.form", form=forms[0])) from error


def _lines(path: Path, name: str, came: Callable[[int], object]) -> Iterator[tuple[int, str]]:
    try:
        if not path.is_file():
            raise Fixable(fault("file.special" if path.exists() else "file.missing", Place(name)))
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            with gzip.GzipFile(fileobj=raw) if packed else raw as file:
                number = 0
                while line := file.readline(_LONGEST_LINE):
                    number += 1
                    if number % 10_000 == 0:
                        came(raw.tell())
                    yield number, line.decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error) as error:
        raise Fixable(fault("file.unreadable", Place(name))) from error


def _read(line: str, forms: list[Any]) -> Any:
    from apachelogs import InvalidEntryError

    for at, form in enumerate(forms):
        try:
            entry = form.parse(line)
        except InvalidEntryError:
            continue
        if at:  # a log keeps its form
            forms.insert(0, forms.pop(at))
        return entry
    return None


def _request(entry: Any) -> Request | None:
    """What was asked for and sent; ``None`` for what counts in no way."""
    method, _, rest = (entry.request_line or "").partition(" ")
    if method != "GET" or entry.final_status not in (200, 206) or not entry.bytes_sent:
        return None
    headers = getattr(entry, "headers_in", {})
    # A proxy of the site's own stands between: the first address is the listener's.
    ahead = (headers.get("X-Forwarded-For") or "").split(",")[0].strip()
    path = unquote(urlsplit(rest.rpartition(" ")[0] or rest).path)
    agent = headers.get("User-Agent") or ""
    return Request(
        entry.request_time,
        ahead or getattr(entry, "remote_host", ""),
        agent,
        path,
        entry.bytes_sent,
    )
