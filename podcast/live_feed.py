"""The feed that listeners have now, read with suspicion, and what would go wrong for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from podcast.errors import Fault, fault

_PODCAST = "{https://podcastindex.org/namespace/1.0}"


@dataclass(frozen=True, slots=True)
class Sound:
    """An enclosure as the feed announces it."""

    url: str
    length: int
    media_type: str


@dataclass(frozen=True, slots=True)
class LiveFeed:
    """A feed's show and episodes: guid → title, and every enclosure."""

    guid: str
    title: str
    episodes: Mapping[str, str]
    sounds: tuple[Sound, ...]


def read_feed(text: bytes) -> LiveFeed | None:
    """The feed, or ``None`` for what is none: a login page, an empty file, a torn one."""
    from lxml import etree as lxml_etree

    etree: Any = lxml_etree
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    channel = root.find("channel") if root.tag == "rss" else None
    if channel is None or root.getroottree().docinfo.doctype:
        return None
    items = channel.findall("item")
    return LiveFeed(
        (channel.findtext(f"{_PODCAST}guid") or "").strip(),
        (channel.findtext("title") or "").strip(),
        {
            (item.findtext("guid") or "").strip(): (item.findtext("title") or "").strip()
            for item in items
        },
        tuple(
            Sound(found.get("url", ""), _number(found.get("length", "")), found.get("type", ""))
            for item in items
            for found in item.findall("enclosure")
        ),
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def changed_by_others(live: bytes | None, known: Collection[str], new: LiveFeed) -> Fault | None:
    """What has happened to a feed that is not as we left it; ``known`` are its episodes' guids."""
    if live is None:
        return fault("deploy.feed_gone") if known else None
    feed = read_feed(live)
    if feed is None:
        return fault("deploy.feed_unreadable", size=len(live))
    if feed.guid != new.guid:
        return fault("deploy.feed_of_others", title=feed.title or "?")
    missing = [new.episodes.get(guid) or guid for guid in known if guid not in feed.episodes]
    if missing:
        return fault("deploy.feed_shrunk", n=len(missing), names=_some(missing))
    return None


def lost(live: bytes | None, kept: Collection[str]) -> Fault | None:
    """Episodes that listeners would lose; ``kept`` are guids that they keep, or may lose."""
    feed = read_feed(live) if live else None
    gone = [t or g for g, t in feed.episodes.items() if g not in kept] if feed else []
    return fault("deploy.feed_loses", n=len(gone), names=_some(gone)) if gone else None


def _some(names: Collection[str]) -> str:
    return ", ".join(sorted(names)[:5]) + (", …" if len(names) > 5 else "")
