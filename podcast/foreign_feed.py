"""A show as the feed of another host tells it, with every guid and date exactly as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from podcast import foreign_values as values
from podcast import foreign_xml as xml
from podcast.errors import Fault, Fixable, Place, fault
from podcast.foreign_categories import today
from podcast.notes_markdown import to_markdown, to_plain
from podcast.timecode import parse_clock
from podcast.transcript import Chapter

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Role = Literal["host", "co-host", "guest", "interpreter", "narrator"]
_ROLES: Mapping[str, Role] = {
    "host": "host",
    "co-host": "co-host",
    "guest": "guest",
    "translator": "interpreter",
    "interpreter": "interpreter",
    "narrator": "narrator",
}
_TYPES = ("full", "trailer", "bonus")
_SOUND = re.compile(r"\.(?:mp3|m4a|m4b|mp4|aac|ogg|oga|opus|wav|flac|mov|m4v)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ForeignPerson:
    """Somebody whom the feed names; ``role`` is one of ours."""

    name: str
    role: Role
    link: str | None


@dataclass(frozen=True, slots=True)
class Linked:
    """Something elsewhere: its address, and what kind and length (bytes) it is said to have."""

    address: str
    media_type: str
    language: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True)
class ForeignItem:
    """An episode; ``notes`` are Markdown, ``summary`` plain text."""

    guid: str
    title: str
    date: datetime
    summary: str
    notes: str
    sound: Linked
    number: int | None
    season: int | None
    type: str
    explicit: bool | None
    people: tuple[ForeignPerson, ...]
    transcripts: tuple[Linked, ...]
    chapters: tuple[Chapter, ...]
    chapters_at: str | None
    picture: str | None


@dataclass(frozen=True, slots=True)
class ForeignShow:
    """A show with its episodes in the feed's order, and what of them could not be taken."""

    title: str
    language: str | None
    description: str
    author: str
    owner: str
    email: str
    category: str
    explicit: bool
    copyright: str
    license: str
    guid: str
    locked: bool
    picture: str | None
    people: tuple[ForeignPerson, ...]
    own_address: str | None
    new_address: str | None
    next_page: str | None
    items: tuple[ForeignItem, ...]
    remarks: tuple[Fault, ...]


def read(raw: bytes, name: str, address: str | None) -> ForeignShow:
    """The show in a feed's bytes; ``address`` is where they came from, for relative addresses.

    Raises :class:`Fixable` for what is no feed of a podcast.
    """
    channel = xml.parse(raw, name)
    title = values.line(xml.text(channel, "title", "itunes:title"))
    if not title:
        raise Fixable(fault("foreign.no_title", Place(name)))
    links = [link for link in xml.children(channel, "atom:link") if link.get("href")]
    own = _linked(links, "self", address)
    base = address or own
    items, remarks = _items(channel, base, name)
    owner = next(xml.children(channel, "itunes:owner"), channel)
    author = values.line(xml.text(channel, "itunes:author", "dc:creator", "copyright"))
    return ForeignShow(
        title=title,
        language=values.language(xml.text(channel, "language", "dc:language")),
        description=values.short(
            to_plain(xml.text(channel, "description", "itunes:summary", "itunes:subtitle")) or title
        ),
        author=author or title,
        owner=values.line(xml.text(owner, "itunes:name")) or author or title,
        email=values.email(xml.text(owner, "itunes:email"), xml.text(channel, "managingEditor")),
        category=_category(channel),
        explicit=values.explicit(xml.text(channel, "itunes:explicit")) or False,
        copyright=values.holder(xml.text(channel, "copyright", "dc:rights")),
        license=values.line(xml.text(channel, "podcast:license")),
        guid=xml.text(channel, "podcast:guid"),
        locked=xml.text(channel, "podcast:locked").lower() == "yes",
        picture=_picture(channel, base),
        people=tuple(_people(channel, base)),
        own_address=own,
        new_address=values.absolute(xml.text(channel, "itunes:new-feed-url"), base),
        next_page=_linked(links, "next", base),
        items=items,
        remarks=remarks,
    )


# Episodes.


def _items(
    channel: Element, base: str | None, feed: str
) -> tuple[tuple[ForeignItem, ...], tuple[Fault, ...]]:
    """Every item that is an episode; an identifier that is used twice stays with the newest."""
    found: dict[str, ForeignItem] = {}
    remarks: list[Fault] = []
    for node in xml.children(channel, "item"):
        title = values.line(to_plain(xml.text(node, "title", "itunes:title")))
        sound = _sound(node, base)
        if sound is None:
            remarks.append(fault("foreign.no_sound", Place(feed), title=title or "?"))
            continue
        title = title or urlsplit(sound.address).path.rpartition("/")[2] or "?"
        date, zoned = values.moment(xml.text(node, "pubDate", "dc:date"))
        if date is None:
            remarks.append(fault("foreign.no_date", Place(feed), title=title))
            continue
        if not zoned:
            remarks.append(fault("foreign.no_zone", Place(feed), title=title))
        guid = xml.exact(node, "guid")
        if not guid.strip():
            # What Apple takes where a feed says nothing.
            guid = sound.address
            remarks.append(fault("foreign.no_guid", Place(feed), title=title, guid=guid))
        if guid in found and sound.address not in (guid, found[guid].sound.address):
            other = found[guid].title
            guid = sound.address
            remarks.append(
                fault("foreign.same_guid", Place(feed), title=title, other=other, guid=guid)
            )
        if guid in found:
            other = found[guid].title
            remarks.append(fault("foreign.twice", Place(feed), title=title, other=other))
            continue
        found[guid] = _item(node, base, guid, title, date, sound)
    return tuple(found.values()), tuple(remarks)


def _item(
    node: Element, base: str | None, guid: str, title: str, date: datetime, sound: Linked
) -> ForeignItem:
    summary, notes = _told(node, title)
    kind = xml.text(node, "itunes:episodeType").lower()
    return ForeignItem(
        guid=guid,
        title=title,
        date=date,
        summary=summary,
        notes=notes,
        sound=sound,
        number=values.number(xml.text(node, "itunes:episode", "podcast:episode")),
        season=values.number(xml.text(node, "itunes:season", "podcast:season")),
        type=kind if kind in _TYPES else "full",
        explicit=values.explicit(xml.text(node, "itunes:explicit")),
        people=tuple(_people(node, base)),
        transcripts=tuple(_transcripts(node, base)),
        chapters=tuple(_chapters(node)),
        chapters_at=values.absolute(xml.attribute(node, "podcast:chapters", "url"), base),
        picture=values.absolute(xml.attribute(node, "itunes:image", "href"), base),
    )


def _sound(node: Element, base: str | None) -> Linked | None:
    """The enclosure that is a sound; a video's sound can be taken too."""
    found = [
        Linked(
            address,
            enclosure.get("type", "").strip().lower(),
            length=values.number(enclosure.get("length", "").strip()) or 0,
        )
        for enclosure in xml.children(node, "enclosure")
        if (address := values.absolute(enclosure.get("url", ""), base))
    ]
    sounds = [one for one in found if one.media_type.startswith("audio/")]
    named = [one for one in found if _SOUND.search(urlsplit(one.address).path)]
    videos = [one for one in found if one.media_type.startswith("video/")]
    return next(iter((*sounds, *named, *videos)), None)


def _told(node: Element, title: str) -> tuple[str, str]:
    """Summary and notes: the longest of what the feed tells is the notes, as apps show it."""
    texts = [
        text
        for wanted in ("content:encoded", "description", "itunes:summary")
        if (text := xml.text(node, wanted))
    ]
    longest = max(texts, key=lambda text: len(to_plain(text)), default="")
    lines = to_plain(longest).split("\n")
    subtitle = values.line(to_plain(xml.text(node, "itunes:subtitle")), values.MOST_SUMMARY)
    # Beside long notes a feed tells the episode shortly in one of the others.
    short = next((told for one in texts if (told := to_plain(one).split("\n")) != lines), lines)
    summary = subtitle if subtitle and subtitle != title else values.opening(short)
    alone = lines == [summary] and "http" not in longest
    return summary or title, "" if alone else to_markdown(longest)


def _transcripts(node: Element, base: str | None) -> Iterator[Linked]:
    for one in xml.children(node, "podcast:transcript"):
        if address := values.absolute(one.get("url", ""), base):
            kind = one.get("type", "").partition(";")[0].strip().lower()
            yield Linked(address, kind, one.get("language", "").strip())


def _chapters(node: Element) -> Iterator[Chapter]:
    for listed in xml.children(node, "psc:chapters"):
        for one in xml.children(listed, "psc:chapter"):
            start = parse_clock(one.get("start", "").strip())
            title = values.line(one.get("title", ""))
            if start is not None and title:
                yield Chapter(start, title)


# Single values.


def _category(channel: Element) -> str:
    for one in xml.children(channel, "itunes:category"):
        subs = (values.line(sub.get("text", "")) for sub in xml.children(one, "itunes:category"))
        if name := values.line(one.get("text", "")):
            return today(name, next((sub for sub in subs if sub), ""))
    return ""


def _people(node: Element, base: str | None) -> Iterator[ForeignPerson]:
    for one in xml.children(node, "podcast:person"):
        role = one.get("role", "host").strip().lower()
        if name := values.line("".join(one.itertext()), values.MOST_NAME):
            link = values.absolute(one.get("href", ""), base)
            yield ForeignPerson(name, _ROLES.get(role, "guest"), link)


def _picture(channel: Element, base: str | None) -> str | None:
    image = next(xml.children(channel, "image"), None)
    plain = xml.text(image, "url") if image is not None else ""
    return values.absolute(xml.attribute(channel, "itunes:image", "href") or plain, base)


def _linked(links: list[Element], rel: str, base: str | None) -> str | None:
    found = (link.get("href", "") for link in links if link.get("rel", "alternate") == rel)
    return next((address for href in found if (address := values.absolute(href, base))), None)
