"""A show as the feed of another host tells it, with every guid and date exactly as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

from podcast import foreign_xml as xml
from podcast.errors import Fault, Fixable, Place, fault
from podcast.foreign_categories import today
from podcast.notes_markdown import to_markdown, to_plain
from podcast.rules import LANGUAGE, WEB
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
_YES, _NO = ("yes", "true", "explicit"), ("no", "false", "clean")
_SOUND = re.compile(r"\.(?:mp3|m4a|m4b|mp4|aac|ogg|oga|opus|wav|flac|mov|m4v)$", re.IGNORECASE)
_MOST_BYTES = 4000  # of a show's description
_MOST_TITLE, _MOST_NAME = 255, 128
_LEAST_SUMMARY, _SUMMARY = 40, 300
_SENTENCES = re.compile(r".{40,300}?[.!?…](?=\s|$)", re.DOTALL)


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
    title = _line(xml.text(channel, "title", "itunes:title"))
    if not title:
        raise Fixable(fault("foreign.no_title", Place(name)))
    links = [link for link in xml.children(channel, "atom:link") if link.get("href")]
    own = _linked(links, "self", address)
    base = address or own
    items, remarks = _items(channel, base, name)
    owner = next(xml.children(channel, "itunes:owner"), channel)
    author = _line(xml.text(channel, "itunes:author", "dc:creator", "copyright"))
    return ForeignShow(
        title=title,
        language=_language(xml.text(channel, "language", "dc:language")),
        description=_short(
            to_plain(xml.text(channel, "description", "itunes:summary", "itunes:subtitle")) or title
        ),
        author=author or title,
        owner=_line(xml.text(owner, "itunes:name")) or author or title,
        email=_email(xml.text(owner, "itunes:email"), xml.text(channel, "managingEditor")),
        category=_category(channel),
        explicit=_explicit(xml.text(channel, "itunes:explicit")) or False,
        copyright=_rights(xml.text(channel, "copyright", "dc:rights")),
        license=_line(xml.text(channel, "podcast:license")),
        guid=xml.text(channel, "podcast:guid"),
        locked=xml.text(channel, "podcast:locked").lower() == "yes",
        picture=_picture(channel, base),
        people=tuple(_people(channel, base)),
        own_address=own,
        new_address=_web(xml.text(channel, "itunes:new-feed-url"), base),
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
        title = _line(to_plain(xml.text(node, "title", "itunes:title")))
        sound = _sound(node, base)
        if sound is None:
            remarks.append(fault("foreign.no_sound", Place(feed), title=title or "?"))
            continue
        title = title or urlsplit(sound.address).path.rpartition("/")[2] or "?"
        date, zoned = _date(xml.text(node, "pubDate", "dc:date"))
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
        number=_number(xml.text(node, "itunes:episode", "podcast:episode")),
        season=_number(xml.text(node, "itunes:season", "podcast:season")),
        type=kind if kind in _TYPES else "full",
        explicit=_explicit(xml.text(node, "itunes:explicit")),
        people=tuple(_people(node, base)),
        transcripts=tuple(_transcripts(node, base)),
        chapters=tuple(_chapters(node)),
        chapters_at=_web(xml.attribute(node, "podcast:chapters", "url"), base),
        picture=_web(xml.attribute(node, "itunes:image", "href"), base),
    )


def _sound(node: Element, base: str | None) -> Linked | None:
    """The enclosure that is a sound; a video's sound can be taken too."""
    found = [
        Linked(
            address,
            enclosure.get("type", "").strip().lower(),
            length=_number(enclosure.get("length", "").strip()) or 0,
        )
        for enclosure in xml.children(node, "enclosure")
        if (address := _web(enclosure.get("url", ""), base))
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
    subtitle = _line(to_plain(xml.text(node, "itunes:subtitle")), _SUMMARY)
    # Beside long notes a feed tells the episode shortly in one of the others.
    short = next((told for one in texts if (told := to_plain(one).split("\n")) != lines), lines)
    summary = subtitle if subtitle and subtitle != title else _first(short)
    alone = lines == [summary] and "http" not in longest
    return summary or title, "" if alone else to_markdown(longest)


def _first(lines: Sequence[str]) -> str:
    """The first lines as one, until they say something; cut at a sentence where they are long."""
    told = ""
    for line in lines:
        told = f"{told} {line}".strip()
        if len(told) >= _LEAST_SUMMARY:
            break
    if len(told) <= _SUMMARY:
        return told
    sentences = _SENTENCES.match(told)
    return sentences[0] if sentences else told[:_SUMMARY].rpartition(" ")[0] + "…"


def _transcripts(node: Element, base: str | None) -> Iterator[Linked]:
    for one in xml.children(node, "podcast:transcript"):
        if address := _web(one.get("url", ""), base):
            kind = one.get("type", "").partition(";")[0].strip().lower()
            yield Linked(address, kind, one.get("language", "").strip())


def _chapters(node: Element) -> Iterator[Chapter]:
    for listed in xml.children(node, "psc:chapters"):
        for one in xml.children(listed, "psc:chapter"):
            start = parse_clock(one.get("start", "").strip())
            title = _line(one.get("title", ""))
            if start is not None and title:
                yield Chapter(start, title)


def _date(text: str) -> tuple[datetime | None, bool]:
    """The moment in its own zone, and whether the feed names one; UTC where it does not."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None, False
    zoned = moment.tzinfo is not None or text.rstrip().endswith("-0000")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC), zoned


# Single values.


def _line(text: str, most: int = _MOST_TITLE) -> str:
    """One line of what may be shown: feeds have tabs and unseen signs in their titles."""
    # Joiners hold letters and pictures together; other unseen signs do nothing here.
    seen = (c for c in text if c.isprintable() or c.isspace() or c in "\u200c\u200d")
    line = " ".join("".join(seen).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _short(text: str) -> str:
    """At most so many bytes as the directories take, cut between words."""
    raw = text.encode()
    if len(raw) <= _MOST_BYTES:
        return text
    return raw[: _MOST_BYTES - 4].decode(errors="ignore").rpartition(" ")[0] + "…"


def _language(text: str) -> str | None:
    first, *more = text.strip().replace("_", "-").split("-")
    tag = "-".join([first.lower(), *(p.title() if len(p) == 4 else p.upper() for p in more)])
    try:
        LANGUAGE.test(tag)
    except ValueError:
        return None
    return tag


def _email(*texts: str) -> str:
    """The first address in one of the texts: « name@example.org (The name) »."""
    found = (re.search(r"[^@\s<>\"()]+@[^@\s<>\"()]+\.[^@\s<>\".()]+", text) for text in texts)
    return next((match[0] for match in found if match), "")


def _rights(text: str) -> str:
    """The holder only: « © 2024 Somebody » is « Somebody »."""
    return _line(re.sub(r"©|\(c\)|copyright|\b\d{4}\b(?:\s*[-–]\s*\d{4})?", " ", text, flags=re.I))


def _category(channel: Element) -> str:
    for one in xml.children(channel, "itunes:category"):
        subs = (_line(sub.get("text", "")) for sub in xml.children(one, "itunes:category"))
        if name := _line(one.get("text", "")):
            return today(name, next((sub for sub in subs if sub), ""))
    return ""


def _explicit(text: str) -> bool | None:
    folded = text.lower()
    return True if folded in _YES else False if folded in _NO else None


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,10}", text) and int(text) else None


def _people(node: Element, base: str | None) -> Iterator[ForeignPerson]:
    for one in xml.children(node, "podcast:person"):
        role = one.get("role", "host").strip().lower()
        if name := _line("".join(one.itertext()), _MOST_NAME):
            link = _web(one.get("href", ""), base)
            yield ForeignPerson(name, _ROLES.get(role, "guest"), link)


def _picture(channel: Element, base: str | None) -> str | None:
    image = next(xml.children(channel, "image"), None)
    plain = xml.text(image, "url") if image is not None else ""
    return _web(xml.attribute(channel, "itunes:image", "href") or plain, base)


def _linked(links: list[Element], rel: str, base: str | None) -> str | None:
    found = (link.get("href", "") for link in links if link.get("rel", "alternate") == rel)
    return next((address for href in found if (address := _web(href, base))), None)


def _web(text: str, base: str | None) -> str | None:
    """An absolute address; nothing where it is none."""
    if not text.strip():
        return None
    try:
        address = urljoin(base or "", text.strip()).replace(" ", "%20")
        return str(WEB.test(address))
    except ValueError:
        return None
