"""Bring what a feed of another host leads to: its pages, and files that are what they should be."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from podcast import foreign_feed
from podcast.download import Failed, Web
from podcast.errors import Fault, Fixable, Outside, Place, PodcastError, fault
from podcast.foreign_feed import ForeignShow, Linked
from podcast.foreign_xml import MOST_BYTES
from podcast.workspace import given

MOST_SOUND = 2_000_000_000
_MOST_PAGES, _MOST_MOVES = 1000, 5
_DENIED, _GONE = (401, 403, 407), (404, 410)
_REASONS: Mapping[str, str] = {
    "silent": "fetch.silent",
    "cut": "fetch.cut",
    "address": "fetch.address",
    "circle": "fetch.circle",
    "login": "fetch.login",
    "status": "fetch.status",
    "large": "fetch.large",
    "private": "fetch.private",
    "port": "fetch.port",
    "proxy": "fetch.proxy",
}
_KINDS = (
    (b"OggS", ".ogg"),
    (b"fLaC", ".flac"),
    (b"RIFF", ".wav"),
    (b"ID3", ".mp3"),
    (b"\x1aE\xdf\xa3", ".mka"),
)


def told(error: Failed, address: str, place: Place | None = None, most: int = 0) -> Fault:
    """A download that failed, in our kinds."""
    kind = _REASONS[error.reason]
    if error.reason == "status" and error.status in (*_DENIED, *_GONE):
        kind = "fetch.denied" if error.status in _DENIED else "fetch.gone"
    return fault(
        kind,
        place,
        address=address,
        detail=error.detail,
        status=error.status,
        limit=max(1, most // 1_000_000),
    )


def gather(visitor: Web, source: str) -> tuple[ForeignShow, str | None, tuple[Fault, ...]]:
    """The show behind an address or in a file: every page of its feed, where it has moved to.

    Gives the feed's address too, and what of it could not be brought.  Raises :class:`Fixable` for
    what is no feed and :class:`Outside` where nobody answers.
    """
    if "://" in source:
        show, address, failures = _moved(visitor, source)
    else:
        content = given(Path(source), MOST_BYTES)
        show, address, failures = foreign_feed.read(content, source, None), None, ()
    faults, items = list(failures), {item.guid: item for item in show.items}
    seen, page, remarks = {source, address}, show, list(show.remarks)
    while page.next_page and page.next_page not in seen and len(seen) < _MOST_PAGES:
        seen.add(page.next_page)
        try:
            page, _ = _page(visitor, page.next_page)
        except PodcastError as error:
            faults += error.faults
            break
        for item in page.items:
            items.setdefault(item.guid, item)
        remarks += page.remarks
    whole = replace(show, items=tuple(items.values()), remarks=tuple(remarks))
    return whole, show.own_address or address, tuple(faults)


def _moved(visitor: Web, source: str) -> tuple[ForeignShow, str, tuple[Fault, ...]]:
    show, address = _page(visitor, source)
    seen = {source, address}
    while show.new_address and show.new_address not in seen and len(seen) < _MOST_MOVES:
        seen.add(show.new_address)
        try:
            show, address = _page(visitor, show.new_address)
        except PodcastError as error:
            # A feed may announce a home that is not built yet.
            return show, address, error.faults
    return show, address, ()


def _page(visitor: Web, address: str) -> tuple[ForeignShow, str]:
    try:
        raw, found = visitor.read(address, MOST_BYTES, pages=True)
    except Failed as error:
        wrong = Fixable if error.reason == "address" else Outside
        raise wrong(told(error, address, most=MOST_BYTES)) from error
    return foreign_feed.read(raw, address, found.address), found.address


def sound(
    visitor: Web, one: Linked, part: Path, place: Place, progress: Callable[[float], None]
) -> str:
    """Have a sound in ``part``; gives the ending of its name, by what is in it.

    What has arrived stays, and the next time goes on from there.  Raises :class:`Outside` where it
    does not come, and :class:`Fixable` where what comes is no sound.
    """
    mark = part.with_suffix(".mark")
    try:
        found = visitor.bring(
            one.address, part, mark, MOST_SOUND,
            lambda have: progress(min(1.0, have / one.length) if one.length else 0.0),
        )  # fmt: skip
    except Failed as error:
        raise Outside(told(error, one.address, place, MOST_SOUND)) from error
    with part.open("rb") as file:
        suffix = _suffix(file.read(4096))
    mark.unlink(missing_ok=True)
    if not suffix:
        part.unlink()
        kind = found.media_type or "?"
        raise Fixable(fault("fetch.not_sound", place, address=one.address, kind=kind))
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    return suffix


def _suffix(start: bytes) -> str:
    """The ending for a sound file that begins so; nothing where it is text or unknown."""
    for begins, suffix in _KINDS:
        if start.startswith(begins):
            return ".opus" if suffix == ".ogg" and b"OpusHead" in start[:64] else suffix
    if start[4:8] == b"ftyp":
        return ".m4a"
    # A frame of MPEG audio: eleven bits, then layer 1 to 3; AAC has layer 0 there.
    # Some files have a few empty bytes before their first frame.
    frame = start.lstrip(b"\x00")[:2]
    if len(frame) == 2 and frame[0] == 0xFF and frame[1] & 0xE0 == 0xE0:
        return ".mp3" if frame[1] & 0x06 else ".aac"
    return ""


def small(visitor: Web, address: str, most: int, place: Place, pages: bool = False) -> bytes:
    """The content of a picture or a text; raises :class:`Outside` where it does not come."""
    try:
        content, _ = visitor.read(address, most, pages)
    except Failed as error:
        raise Outside(told(error, address, place, most)) from error
    return content
