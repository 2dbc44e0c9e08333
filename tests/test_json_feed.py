"""The JSON Feeds: what version 1.1 of the format asks for, and never anything but what RSS says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
import rich_feed
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from small_site import episode, pages, show, tree

from podcast import feed, json_feed
from podcast.feed_plan import feed_pages
from podcast.published import Publication, in_order
from podcast.show import Show

# https://www.jsonfeed.org/version/1.1/: every key with its type; those that must be there.
FEED = {
    "version": str, "title": str, "home_page_url": "url", "feed_url": "url", "description": str, "user_comment": str,
    "next_url": "url", "icon": "url", "favicon": "url", "authors": list, "language": str, "expired": bool,
    "hubs": list, "items": list,
}  # fmt: skip
ITEM = {
    "id": str, "url": "url", "external_url": "url", "title": str, "content_html": str, "content_text": str,
    "summary": str, "image": "url", "banner_image": "url", "date_published": "date", "date_modified": "date",
    "authors": list, "tags": list, "language": str, "attachments": list,
}  # fmt: skip
AUTHOR = {"name": str, "url": "url", "avatar": "url"}
ATTACHMENT = {
    "url": "url", "mime_type": str, "title": str, "size_in_bytes": int, "duration_in_seconds": int,
}  # fmt: skip
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def faults(told: Any) -> list[str]:
    """What is wrong with a feed by the words of the specification."""
    found = _shape("feed", told, FEED, ("version", "title", "items"))
    if told.get("version") != "https://jsonfeed.org/version/1.1":
        found.append("version")
    for hub in told.get("hubs", []):
        found += _shape("hub", hub, {"type": str, "url": "url"}, ("type", "url"))
    ids = [item.get("id") for item in told.get("items", [])]
    if len(ids) != len(set(ids)):
        found.append("an id given twice")
    for item in told.get("items", []):
        found += _shape("item", item, ITEM, ("id",))
        if not {"content_html", "content_text"} & set(item):
            found.append("item without content")
        for attachment in item.get("attachments", []):
            found += _shape("attachment", attachment, ATTACHMENT, ("url", "mime_type"))
        found += [f"tag {tag!r}" for tag in item.get("tags", []) if not isinstance(tag, str)]
    for holder in (told, *told.get("items", [])):
        for author in holder.get("authors", []):
            found += _shape("author", author, AUTHOR, ())
            if not author:
                found.append("an empty author")
    return found


def _shape(what: str, told: Any, known: dict[str, Any], needed: tuple[str, ...]) -> list[str]:
    found = [f"{what}.{key} is missing" for key in needed if key not in told]
    for key, value in told.items():
        wanted = known.get(key)
        if key.startswith("_"):
            # « Publishers can use custom objects », whose names have no dot.
            if not isinstance(value, dict) or "." in key:
                found.append(f"{what}.{key} is no extension")
            continue
        text = value if isinstance(value, str) else ""
        right = {
            None: False,
            "url": urlsplit(text).scheme in ("http", "https"),
            "date": bool(RFC3339.fullmatch(text)),
        }.get(wanted, isinstance(wanted, type) and type(value) is wanted)
        if not right or (value in ("", []) and key != "items"):
            found.append(f"{what}.{key}: {value!r}")
    return found


def files(publication: Publication) -> dict[str, Any]:
    return {path: json.loads(make()) for path, make, _ in json_feed.makers(publication)}


def test_the_judge_sees_faults() -> None:
    (told,) = files(in_order(show(), [episode(show(), "a")])).values()
    assert faults(told) == []
    for key, value in (
        ("version", "1.1"),
        ("home_page_url", "x"),
        ("expired", "no"),
        ("extra", "x"),
    ):
        assert faults({**told, key: value})
    (item,) = told["items"]
    for key, value in (("id", 3), ("date_published", "2026-11-02"), ("attachments", [{}]),
                       ("tags", [3]), ("authors", [{}])):  # fmt: skip
        assert faults({**told, "items": [{**item, key: value}]}), key
    assert faults({**told, "items": [item, item]})


FEEDS = """seasons: {1: Un}
feed_page: 10
feeds:
  un:
    title: Saison un
    guid: 5f7c9f0a-6a0b-5d2f-9a59-0d5f6f0b3c12
    season: 1
"""


def cases() -> list[Publication]:
    of = show(FEEDS)
    some = [
        episode(
            of, f"e{n}", f"2025-01-{n:02}", head="season: 1\ntopics: [surdite]\n" if n % 2 else ""
        )
        for n in range(1, 29)
    ]
    return [rich_feed.publication(), in_order(of, some), in_order(of, [])]


@pytest.mark.parametrize("number", range(3))
def test_it_says_what_the_rss_beside_it_says(number: int) -> None:
    """The same files, items in the same order, guids, dates, sounds, notes and links."""
    publication = cases()[number]
    rss, made = feed.files(publication, "feed.css"), files(publication)
    listed = [page for page in feed_pages(publication) if not page.unlisted]
    assert {json_feed.path(page.file) for page in listed} == set(made)
    for path, told in made.items():
        assert faults(told) == []
        root = etree.fromstring(rss[path.removesuffix(".json") + ".xml"])
        items = root.findall("channel/item")
        assert [item.findtext("guid") for item in items] == [each["id"] for each in told["items"]]
        for item, each in zip(items, told["items"], strict=True):
            (sound,) = item.findall("enclosure")
            first = each["attachments"][0]
            assert sound.get("url") == first["url"]
            assert (sound.get("length"), sound.get("type")) == (
                str(first["size_in_bytes"]), first["mime_type"],
            )  # fmt: skip
            assert item.findtext("link") == each["url"]
            content = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
            assert content == each["content_html"]
            assert item.findtext("description") == each["summary"]
            when = datetime.strptime(item.findtext("pubDate") or "", "%a, %d %b %Y %H:%M:%S %z")
            assert when == datetime.fromisoformat(each["date_published"])
        older = [
            link.get("href")
            for link in root.findall("channel/{http://www.w3.org/2005/Atom}link")
            if link.get("rel") == "prev-archive"
        ]
        assert [told.get("next_url")] * len(older) == [
            url.replace(".xml", ".json") for url in older
        ]


@given(st.text(), st.text(min_size=1))
def test_no_text_breaks_it(title: str, guid: str) -> None:
    of = show()
    made = episode(of, "a")
    odd = replace(made, episode=replace(made.episode, title=title, guid=guid, summary=title))
    (told,) = files(in_order(of, [odd])).values()
    assert [fault for fault in faults(told) if "item.id" not in fault] == []


def test_pages_and_publish_have_it(published: Path) -> None:
    of = show()
    page = pages(of, [episode(of, "a")])["a/index.html"]
    links = tree(page).xpath("//link[@type='application/feed+json']/@href")
    assert links == ["../feed.json"]
    told = json.loads((published / "site" / "feed.json").read_text("utf-8"))
    parsed = feedparser.parse((published / "site" / "feed.xml").read_bytes())
    assert [item["id"] for item in told["items"]] == [entry.id for entry in parsed.entries]
    assert [i["attachments"][0]["url"] for i in told["items"]] == [
        e.enclosures[0].href for e in parsed.entries
    ]
    assert told["feed_url"].endswith("/feed.json") and faults(told) == []


def test_a_topic_is_a_tag_and_what_is_over_is_expired() -> None:
    of: Show = show("complete: true\nhub: https://hub.example.org/\n")
    (told,) = files(in_order(of, [episode(of, "a", head="topics: [surdite]\n")])).values()
    assert told["items"][0]["tags"] == ["Travailler sourd ou malentendant"]
    assert told["expired"] is True and told["hubs"][0]["type"] == "WebSub"
