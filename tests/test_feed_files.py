"""What a feed is made of: texts, chapters files, several feeds, archives; the same bytes always."""

from __future__ import annotations

import hashlib
import json
import locale
import random
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import podcastparser
import pytest
import rich_feed
import small_site
from conftest import Ran
from feed_rules import NS, problems
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree, html

from podcast import chapters_file, feed, feed_checks
from podcast.errors import Place
from podcast.feed_plan import feed_pages
from podcast.feed_text import clean, cut, title
from podcast.published import Publication, PublishedEpisode, in_order

BASE = "https://podcast.example.org/a-voix-egales/"
# What YAML and our rules let through, and more: any character that UTF-8 can hold.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def channel(content: bytes) -> etree._Element:
    found = etree.fromstring(content).find("channel")
    assert found is not None
    return found


def guids(content: bytes) -> list[str]:
    return [item.findtext("guid") for item in channel(content).findall("item")]


def many(count: int, extra: str = "") -> Publication:
    """A show with an episode every day, without sound."""
    of = small_site.show(extra)
    model = small_site.episode(of, "modele")
    days = [datetime.fromordinal(730_000 + n).astimezone() for n in range(count)]
    episodes = [
        replace(
            model,
            episode=replace(model.episode, slug=f"e{n}", guid=f"g{n}", date=day),
            enclosure=replace(model.enclosure, path=f"audio/e{n}.mp3"),
        )
        for n, day in enumerate(days)
    ]
    return in_order(of, episodes)


def with_episode(**changes: object) -> bytes:
    """The rich feed with other words in its newest episode."""
    made = rich_feed.publication()
    newest = replace(made.episodes[0], episode=replace(made.episodes[0].episode, **changes))
    return rich_feed.content(Publication(made.show, (newest, *made.episodes[1:])))


# Texts.


@given(said=TEXTS, summary=TEXTS, notes=TEXTS, name=TEXTS)
@example(
    said="]]> <script>alert(1)</script> & é",
    summary="]]>",
    notes="<script>x</script> ]]> [a](b c)",
    name="]]><!--",
)
@example(said="\x00\x0b\x1b\x7f\x85\ufffe\uffff", summary="\x01", notes="\x02 \ufdd0", name="\x03a")
@example(said="👩🏽‍💻 שלום עולם \u202eabc\u202c مرحبا", summary="🇫🇷", notes="**שלום**", name="مريم")
@example(
    said="<b", summary="a<b", notes="<a href='javascript:x'>y</a><img src=x onerror=y>", name="<i>"
)
def test_any_text_survives(said: str, summary: str, notes: str, name: str) -> None:
    made = rich_feed.publication()
    people = {"x": replace(made.show.people["presentatrice"], name=name)}
    show = replace(made.show, title=f"Émission {said}", people=people)
    newest = made.episodes[0]
    newest = replace(
        newest,
        episode=replace(
            newest.episode, title=f"É{said}", summary=f"É{summary}", notes=notes, people=("x",)
        ),
    )
    content = rich_feed.content(Publication(show, (newest, *made.episodes[1:])))
    read = channel(content)
    item = read.find("item")
    assert read.findtext("title") == title(show.title)
    assert item.findtext("title") == title(f"É{said}")
    assert item.findtext("title").replace("< ", "<") == clean(f"É{said}").replace("< ", "<")
    assert item.findtext("description") == cut(f"É{summary}")
    people_said = [p.text or "" for p in item.iterfind("podcast:person", NS)]
    assert people_said == [clean(name)]
    shown = html.fragment_fromstring(item.findtext("content:encoded", "", NS), create_parent="div")
    assert not {e.tag for e in shown.iter()} & {"script", "img", "style", "iframe"}
    for link in shown.iter("a"):
        assert link.get("href", "https:").startswith(("https:", "http:", "mailto:"))
    broken = set(problems(content)) - {
        "titles_survive_being_read_as_html",
        "people_have_roles_of_the_taxonomy",
    }
    assert broken <= {"descriptions_are_short", "episodes_are_slim"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a <b et c", "a < b et c"),
        ("2 < 3", "2 < 3"),
        ("<3", "<3"),
        ("</p>", "< /p>"),
        ("R&D", "R&D"),
    ],
)
def test_a_title_is_not_taken_for_html(written: str, said: str) -> None:
    item = channel(with_episode(title=written)).find("item")
    assert item.findtext("title") == said
    # What AntennaPod does with it: what is shown is what was meant.
    assert html.fragment_fromstring(f"<p>{item.findtext('title')}</p>").text_content() == said


@given(st.text(max_size=6000), st.integers(20, 4000))
@example("Une phrase. " * 400, 4000)
@example("é" * 3000, 4000)
@example("mot " * 2000, 4000)
def test_a_description_is_cut_in_bytes(text: str, most: int) -> None:
    said = cut(text, most)
    assert len(said.encode()) <= most
    whole = clean(text).strip()
    assert said == whole or whole.startswith(said.removesuffix("…").strip())


def test_a_description_is_cut_after_a_sentence() -> None:
    assert cut("Une phrase. Et une autre, plus longue.", 20) == "Une phrase."
    assert cut("Des mots et encore des mots", 20) == "Des mots et…"
    text = "Voilà ce qu'il a dit : « Demain. » " * 200
    assert cut(text).endswith("« Demain. »")


def test_notes_lead_to_whole_addresses() -> None:
    item = channel(with_episode(notes="[liste](liste.pdf) [ici](#transcript) <b>x</b>")).find(
        "item"
    )
    said = item.findtext("content:encoded", "", NS)
    assert f'href="{BASE}second/liste.pdf"' in said
    assert f'href="{BASE}second/#transcript"' in said
    assert "&lt;b&gt;" in said


# Every tag, as it is written.


CHANNEL = """
<podcast:guid>2d7c9f0a-6a0b-5d2f-9a59-0d5f6f0b3c11</podcast:guid>
<podcast:locked owner="podcast@example.org">no</podcast:locked>
<podcast:medium>course</podcast:medium>
<podcast:block id="spotify">yes</podcast:block>
<podcast:block id="amazon">yes</podcast:block>
<podcast:image href="cover.jpg" alt="Deux bulles de parole de même hauteur, côte à côte, sous le titre À voix égales." aspect-ratio="1/1"/>
<podcast:person role="host">La présentatrice</podcast:person>
<podcast:person role="host">The presenter</podcast:person>
<podcast:license url="https://creativecommons.org/licenses/by/4.0/">cc-by-4.0</podcast:license>
<podcast:funding url="https://example.org/dons?a=1&amp;b=2">Nous soutenir &amp; plus</podcast:funding>
<podcast:location rel="subject" geo="geo:45.7578,4.8320" osm="R120965" country="FR">Lyon</podcast:location>
<podcast:location rel="creator">Paris</podcast:location>
<podcast:txt purpose="applepodcastsverify">a&lt;b&gt;&amp;c</podcast:txt>
<podcast:txt>sans but</podcast:txt>
<podcast:updateFrequency rrule="FREQ=WEEKLY;COUNT=10" dtstart="2026-10-05" complete="true">Dix lundis</podcast:updateFrequency>
<podcast:trailer url="audio/annonce.0a1b2c3d.mp3" pubdate="Tue, 01 Sep 2026 06:00:00 +0100" length="12345" type="audio/mpeg" season="2">Titre de annonce</podcast:trailer>
<podcast:publisher><podcast:remoteItem medium="publisher" feedGuid="003af0a0-6a45-55cf-b765-68e3d349551a" feedUrl="https://example.org/p.xml"/></podcast:publisher>
<podcast:podroll><podcast:remoteItem feedGuid="29cdca4a-32d8-56ba-b48b-09a011c5daa9" title="Voisins"/></podcast:podroll>
"""
ITEM = """
<podcast:image href="second/mine.png" alt="Un chat" aspect-ratio="1/1"/>
<podcast:season name="À l'école">2</podcast:season>
<podcast:episode display="Chapitre 2">2</podcast:episode>
<podcast:chapters url="second/second.chapters.json" type="application/json+chapters"/>
<podcast:person role="host">La présentatrice</podcast:person>
<podcast:person role="guest">La conseillère</podcast:person>
<podcast:license url="https://example.org/licence">Maison</podcast:license>
<podcast:funding url="https://example.org/ep">Cet épisode</podcast:funding>
<podcast:location rel="subject">Brest</podcast:location>
<podcast:txt purpose="ai-content">true</podcast:txt>
<podcast:soundbite startTime="10.0" duration="30.5">Le meilleur</podcast:soundbite>
<podcast:soundbite startTime="60.0" duration="20.0"/>
<podcast:alternateEnclosure type="audio/mpeg" length="12345" bitrate="27" lang="fr" title="MP3" default="true"><podcast:source uri="audio/second.0a1b2c3d.mp3"/><podcast:integrity type="sri" value="sha256-n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="/></podcast:alternateEnclosure>
<podcast:alternateEnclosure type="audio/mp4" length="9000" bitrate="19" lang="fr" title="AAC (M4A)" codecs="mp4a.40.2"><podcast:source uri="audio/second.1.m4a"/><podcast:integrity type="sri" value="sha256-n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="/></podcast:alternateEnclosure>
<podcast:alternateEnclosure type="audio/ogg" length="5000" bitrate="11" lang="fr" title="Opus" codecs="opus"><podcast:source uri="audio/second.2.opus"/><podcast:integrity type="sri" value="sha256-n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="/></podcast:alternateEnclosure>
"""


def written(parent: etree._Element) -> list[str]:
    """The Podcasting 2.0 tags of a parent, without namespaces, line breaks and the show's address."""
    tags = [e for e in parent if etree.QName(e).namespace == NS["podcast"]]
    said = [etree.tostring(e, encoding="unicode", with_tail=False) for e in tags]
    return [re.sub(rf' xmlns:\w+="[^"]*"|\n *|{BASE}', "", each) for each in said]


def test_every_tag_of_the_show() -> None:
    read = channel(rich_feed.content())
    assert written(read) == CHANNEL.strip().split("\n")
    assert read.findtext("itunes:complete", "", NS) == "Yes"
    assert [e.get("href") for e in read.iterfind("atom:link", NS) if e.get("rel") == "hub"] == [
        "https://hub.example.org/"
    ]


def test_every_tag_of_an_episode() -> None:
    item = channel(rich_feed.content()).find("item")
    assert [e for e in written(item) if "transcript" not in e] == ITEM.strip().split("\n")


def test_hosts_come_first_and_others_say_their_group() -> None:
    of = small_site.show()
    people = {**of.people, "x": replace(of.people["invite"], name="Auteur", role="author")}
    one = small_site.episode(of, "a", head="people: [conseillere]\n")
    one = replace(one, episode=replace(one.episode, people=("x", "conseillere")))
    item = channel(rich_feed.content(in_order(replace(of, people=people), [one]))).find("item")
    assert [e for e in written(item) if "person" in e] == [
        '<podcast:person role="host">La présentatrice</podcast:person>',
        '<podcast:person role="author" group="writing">Auteur</podcast:person>',
        '<podcast:person role="guest">La conseillère</podcast:person>',
    ]


def test_the_owners_address_can_be_kept_out() -> None:
    of = small_site.show()
    of = replace(of, owner=replace(of.owner, email_in_feed=False))
    content = rich_feed.content(in_order(of, []))
    assert of.owner.email.encode() not in content
    assert list(problems(content)) == ["the_owner_can_be_written_to"]


def test_a_long_summary_is_cut_in_the_feed() -> None:
    content = with_episode(summary="Une phrase assez longue. " * 300)
    assert "descriptions_are_short" not in problems(content)
    assert channel(content).find("item").findtext("description").endswith("longue.")


# Chapters.


def test_the_chapters_file() -> None:
    made = rich_feed.publication()
    told = json.loads(chapters_file.render(made.show, made.episodes[0]))
    assert told["version"] == "1.2.0"
    assert told["chapters"] == [
        {"startTime": 5.0, "title": "Débuts & <fins>", "url": f"{BASE}second/#t=5"},
        {"startTime": 3700.5, "title": "Après une heure", "url": f"{BASE}second/#t=3700"},
    ]
    assert all(isinstance(each["startTime"], float) for each in told["chapters"])
    files = feed.files(made, "feed.css")
    assert [path for path in files if path.endswith(".json")] == ["second/second.chapters.json"]


def test_what_the_feed_names_is_in_the_site(published: Path) -> None:
    read = channel((published / "site" / "feed.xml").read_bytes())
    named = [e.get("url") for e in read.iter(f"{{{NS['podcast']}}}chapters")]
    named += [e.get("url") for e in read.iter(f"{{{NS['podcast']}}}transcript", "enclosure")]
    assert len(named) == 3 * 6
    for url in named:
        assert (published / "site" / url.removeprefix(BASE)).is_file(), url


def test_other_sounds_can_be_checked(show: Path, podcast: Callable[..., Ran]) -> None:
    (show / "podcast.yaml").write_text(
        (show / "podcast.yaml").read_text("utf-8") + "\nsound: {outputs: [m4a, opus]}\n", "utf-8"
    )
    ran = podcast(show, "publish", "episode-1")
    assert ran.code == 0, ran.err
    item = channel((show / "site" / "feed.xml").read_bytes()).find("item")
    found = item.findall("podcast:alternateEnclosure", NS)
    assert [e.get("type") for e in found] == ["audio/mpeg", "audio/mp4", "audio/ogg"]
    assert [e.get("default") for e in found] == ["true", None, None]
    for element in found:
        uri = element.find("podcast:source", NS).get("uri")
        content = (show / "site" / uri.removeprefix(BASE)).read_bytes()
        digest = b64encode(hashlib.sha256(content).digest()).decode()
        assert element.find("podcast:integrity", NS).get("value") == f"sha256-{digest}"
        assert int(element.get("length")) == len(content)
        assert 24_000 < int(element.get("bitrate")) < 140_000


def test_an_episode_has_its_own_picture() -> None:
    item, *_ = channel(rich_feed.content()).iterfind("item", NS)
    assert item.find("itunes:image", NS).get("href") == f"{BASE}second/mine.png"
    picture = item.find("podcast:image", NS)
    assert (picture.get("href"), picture.get("alt")) == (f"{BASE}second/mine.png", "Un chat")


# The same bytes.


def test_the_order_of_the_disk_does_not_matter() -> None:
    made = rich_feed.publication()
    mixed = list(made.episodes)
    for seed in range(5):
        random.Random(seed).shuffle(mixed)
        assert feed.files(in_order(made.show, mixed), "feed.css") == feed.files(made, "feed.css")


def test_nothing_is_taken_from_the_clock_or_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> str:
        raise AssertionError("the locale is the process's, not ours")

    monkeypatch.setattr(locale, "setlocale", refused)
    first = rich_feed.content()
    assert first.count(b"<lastBuildDate>") == 1
    assert b"<lastBuildDate>Mon, 02 Nov 2026 06:00:00 +0100</lastBuildDate>" in first
    empty = in_order(rich_feed.show(), [])
    assert b"lastBuildDate" not in rich_feed.content(empty)


# Several feeds.


FEEDS = """
feeds:
  anglais: {title: In English, description: What it is, guid: 87142b0f-0f5b-5177-815e-a9ebb8ed12cd, language: en}
  une: {title: Saison 1, guid: 97142b0f-0f5b-5177-815e-a9ebb8ed12cd, season: 1}
  amis: {title: Amis, guid: a7142b0f-0f5b-5177-815e-a9ebb8ed12cd, unlisted: true, secret: 0123456789abcdef}
"""


def test_feeds_of_a_language_and_a_season() -> None:
    of = small_site.show(FEEDS)
    episodes = [
        small_site.episode(of, "a", "2026-11-01", head="language: en-GB\nseason: 1\n"),
        small_site.episode(of, "b", "2026-11-02", head="language: fr-CA\nseason: 1\n"),
        small_site.episode(of, "c", "2026-11-03", head="language: en\nseason: 2\n"),
    ]
    made = feed.files(in_order(of, episodes), "feed.css")
    assert {path: guids(content) for path, content in made.items()} == {
        "feed.xml": ["c", "b", "a"],
        "anglais.xml": ["c", "a"],
        "une.xml": ["b", "a"],
        "amis-0123456789abcdef.xml": ["c", "b", "a"],
    }
    english = channel(made["anglais.xml"])
    assert english.findtext("title") == "In English"
    assert english.findtext("description") == "What it is"
    assert english.findtext("language") == "en"
    assert english.findtext("podcast:guid", "", NS) == "87142b0f-0f5b-5177-815e-a9ebb8ed12cd"
    assert english.find("atom:link", NS).get("href") == f"{BASE}anglais.xml"


def test_only_the_unlisted_feed_asks_to_be_left_out() -> None:
    made = feed.files(in_order(small_site.show(FEEDS), []), "feed.css")
    blocked = [
        path
        for path, content in made.items()
        if channel(content).findtext("itunes:block", "", NS) == "Yes"
        and channel(content).findtext("podcast:block", "", NS) == "yes"
    ]
    assert blocked == ["amis-0123456789abcdef.xml"]
    assert b"0123456789abcdef" not in b"".join(c for p, c in made.items() if p not in blocked)


def test_the_site_never_shows_the_secret_address(show: Path, podcast: Callable[..., Ran]) -> None:
    (show / "podcast.yaml").write_text((show / "podcast.yaml").read_text("utf-8") + FEEDS, "utf-8")
    assert podcast(show, "publish", "episode-1").code == 0
    site = show / "site"
    assert (site / "amis-0123456789abcdef.xml").is_file()
    for path in site.rglob("*"):
        if path.is_file() and path.name != "amis-0123456789abcdef.xml":
            assert b"0123456789abcdef" not in path.read_bytes(), path


def test_the_command_says_what_to_write_once(show: Path, podcast: Callable[..., Ran]) -> None:
    file = show / "podcast.yaml"
    text = file.read_text("utf-8")
    file.write_text(f"{text}\nfeeds:\n  amis:\n    title: Amis\n    unlisted: true\n", "utf-8")
    for key, count in (("secret", 22), ("guid", 36)):
        ran = podcast(show, "publish", "episode-1")
        line = ran.err.strip().rpartition(f"{key}: ")[2]
        assert (ran.code, len(line)) == (1, count)
        file.write_text(f"{file.read_text('utf-8')}    {key}: {line}\n", "utf-8")
    ran = podcast(show, "publish", "episode-1")
    assert ran.code == 0, ran.err
    assert len(list((show / "site").glob("amis-*.xml"))) == 1


# Archives.


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(0, [0]), (19, [19]), (20, [10, 10]), (29, [19, 10]), (45, [15, 10, 10, 10])],
)
def test_a_long_feed_is_cut_from_its_end(count: int, sizes: list[int]) -> None:
    made = many(count, "\nfeed_page: 10\n")
    pages = feed_pages(made)
    assert [len(page.episodes) for page in pages] == sizes
    assert [p.episode.slug for page in pages for p in page.episodes] == [
        p.episode.slug for p in made.episodes
    ]
    for page in pages:
        assert problems(feed.render(made.show, page, "feed.css")) == {}


def test_archives_stay_when_an_episode_is_added() -> None:
    before, after = (feed.files(many(n, "\nfeed_page: 10\n"), "feed.css") for n in (48, 49))
    assert {path for path in before if before[path] != after[path]} == {"feed.xml"}
    assert list(after) == ["feed.xml", "feed-3.xml", "feed-2.xml", "feed-1.xml"]


def test_the_chain_leads_through_all_pages_and_back() -> None:
    made = {
        path: channel(content)
        for path, content in feed.files(many(45, "\nfeed_page: 10\n"), "feed.css").items()
    }

    def walk(path: str, rel: str) -> list[str]:
        found = [e.get("href") for e in made[path].iterfind("atom:link", NS) if e.get("rel") == rel]
        after = found[0].removeprefix(BASE) if found else None
        return [path, *walk(after, rel)] if after else [path]

    forth = ["feed.xml", "feed-3.xml", "feed-2.xml", "feed-1.xml"]
    assert walk("feed.xml", "next") == walk("feed.xml", "prev-archive") == forth
    assert walk("feed-1.xml", "previous") == forth[::-1]
    # The current feed is no archive (RFC 5005, section 4).
    assert walk("feed-1.xml", "next-archive") == forth[:0:-1]
    assert [path for path in forth if made[path].find("fh:archive", NS) is not None] == forth[1:]


def test_one_file_unless_it_is_asked_for() -> None:
    assert list(feed.files(many(700), "feed.css")) == ["feed.xml"]


# What is told before it is published.


def unfit(made: Publication) -> list[str]:
    return [f.kind for f in feed_checks.unfit(made, lambda slug, key: Place(slug))]


def two(first: str, second: str, extra: str = "") -> list[PublishedEpisode]:
    of = small_site.show(extra)
    return [
        small_site.episode(of, "a", "2026-11-01", head=first),
        small_site.episode(of, "b", "2026-11-02", head=second),
    ]


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        ("number: 1\n", "number: 2\n", []),
        ("number: 1\n", "number: 1\n", ["episode.same_number"]),
        ("number: 1\nseason: 1\n", "number: 1\nseason: 2\n", []),
        ("number: 1\n", "number: 1\ntype: trailer\n", []),
        ("number: 1\n", "number: 1\nlanguage: en\ntranslation_of: a\n", []),
    ],
)
def test_one_number_is_one_episodes(first: str, second: str, kinds: list[str]) -> None:
    assert unfit(in_order(small_site.show(), two(first, second))) == kinds


def test_a_serial_counts_its_episodes() -> None:
    serial = small_site.show("\ntype: serial\n")
    assert unfit(in_order(serial, two("number: 1\n", "type: bonus\n"))) == []
    assert unfit(in_order(serial, two("number: 1\n", ""))) == ["episode.number_missing"]


def test_a_date_to_come_is_told_and_in_no_feed(show: Path, podcast: Callable[..., Ran]) -> None:
    file = show / "episodes" / "episode-1" / "episode.md"
    file.write_text(file.read_text("utf-8").replace("2026-10-05", "2096-10-05"), "utf-8")
    ran = podcast(show, "publish", "episode-1")
    assert ran.code == 0
    assert "5 octobre 2096" in ran.out
    # AntennaPod leaves out what is dated in the future: no feed of ours has it before its time.
    feed = show / "site" / "feed.xml"
    assert not feed.exists() or b"2096" not in feed.read_bytes()


def test_a_client_reads_the_rich_feed(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(rich_feed.content())
    with file.open("rb") as content:
        read = podcastparser.parse(f"{BASE}feed.xml", content)
    (newest,) = (e for e in read["episodes"] if e["guid"] == "second")
    assert (newest["title"], newest["guid"], newest["total_time"]) == (
        "Titre de second",
        "second",
        3723,
    )
    assert (newest["number"], newest["season"], newest["explicit"]) == (2, 2, True)
    assert newest["enclosures"][0]["mime_type"] == "audio/mpeg"
    assert (read["type"], read["language"], read["explicit"]) == ("serial", "fr", False)
