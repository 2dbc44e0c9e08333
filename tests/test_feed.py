"""The feed, read by a real podcast client's parser and by lxml."""

from __future__ import annotations

import re
from pathlib import Path

import podcastparser
import pytest
from lxml import etree

PODCAST = "{https://podcastindex.org/namespace/1.0}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
BASE = "https://podcast.example.org/a-voix-egales/"


@pytest.fixture(scope="module")
def channel(published: Path) -> etree._Element:
    root = etree.parse(published / "site" / "feed.xml").getroot()
    found = root.find("channel")
    assert found is not None
    return found


def test_a_client_reads_it(published: Path) -> None:
    with (published / "site" / "feed.xml").open("rb") as file:
        feed = podcastparser.parse(BASE + "feed.xml", file)
    assert feed["title"] == "À voix égales"
    assert feed["link"] == BASE
    titles = [episode["title"] for episode in feed["episodes"]]
    assert titles[0] == "Garder son emploi quand la santé change"
    assert len(titles) == 3
    for episode in feed["episodes"]:
        (enclosure,) = episode["enclosures"]
        file = published / "site" / enclosure["url"].removeprefix(BASE)
        assert enclosure["file_size"] == file.stat().st_size
        assert enclosure["mime_type"] == "audio/mpeg"
        assert 60 <= episode["total_time"] <= 180


def test_the_channel_has_what_directories_require(channel: etree._Element) -> None:
    assert channel.findtext("language") == "fr"
    assert channel.findtext(f"{ITUNES}explicit") == "false"
    assert channel.findtext(f"{PODCAST}guid") == "2d7c9f0a-6a0b-5d2f-9a59-0d5f6f0b3c11"
    assert channel.find(f"{ITUNES}category").get("text") == "Society & Culture"
    cover = channel.find(f"{ITUNES}image").get("href").removeprefix(BASE)
    assert re.fullmatch(r"assets/cover\.[0-9a-f]{8}\.jpg", cover)
    assert channel.findtext(f"{ITUNES}owner/{ITUNES}email") == "podcast@example.org"
    (link,) = channel.findall("{http://www.w3.org/2005/Atom}link")
    assert (link.get("rel"), link.get("href")) == ("self", BASE + "feed.xml")


def test_each_item_leads_to_its_transcripts(channel: etree._Element, published: Path) -> None:
    for item in channel.findall("item"):
        files = {t.get("type"): t for t in item.findall(f"{PODCAST}transcript")}
        assert list(files) == ["text/vtt", "application/x-subrip", "application/json", "text/html"]
        assert files["text/vtt"].get("rel") == "captions"
        for transcript in files.values():
            assert (published / "site" / transcript.get("url").removeprefix(BASE)).is_file()
        notes = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
        assert notes.startswith(f'<p><a href="{item.findtext("link")}#transcript">')
        assert item.find("guid").get("isPermaLink") == "false"
        assert item.findtext(f"{ITUNES}explicit") == "false"


def test_languages_and_people(channel: etree._Element) -> None:
    english = channel.findall("item")[1]
    assert english.find(f"{PODCAST}transcript").get("language") == "en"
    people = [(p.text, p.get("role")) for p in english.findall(f"{PODCAST}person")]
    assert people == [("The presenter", "host"), ("The job coach", "guest")]


def test_no_clock(channel: etree._Element) -> None:
    newest = channel.findtext("item/pubDate")
    assert channel.findtext("lastBuildDate") == newest == "Mon, 02 Nov 2026 06:00:00 +0100"


def test_channel_tags_come_before_the_items(channel: etree._Element) -> None:
    tags = [child.tag for child in channel]
    assert tags.index("item") == len(tags) - tags.count("item")
