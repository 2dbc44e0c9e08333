"""What machines read of a page: schema.org data, Open Graph, its address, its other languages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import copy_show, run_podcast
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from small_site import episode, pages, said, show, tree

from podcast.structured import script

BASE = "https://podcast.example.org/a-voix-egales/"


@pytest.fixture
def sample(tmp_path: Path, published: Path) -> Path:
    """A copy of the sample show to change, its slow work done already."""
    return copy_show(tmp_path / "show", cache=published / ".podcast")


def data(page: str) -> dict[str, Any]:
    (found,) = tree(page).xpath("//script[@type='application/ld+json']/text()")
    told: dict[str, Any] = json.loads(found)
    assert told["@context"] == "https://schema.org"
    return told


def meta(page: str) -> dict[str, str]:
    return {m.get("property"): m.get("content") for m in tree(page).xpath("//meta[@property]")}


def link(page: str, rel: str) -> list[tuple[str | None, str]]:
    return [(e.get("hreflang"), e.get("href")) for e in tree(page).xpath(f"//link[@rel='{rel}']")]


def family() -> dict[str, str]:
    """An episode with an English and a German version, and one that stands alone."""
    of = show()
    return pages(of, [
        episode(of, "a", head="number: 3\nseason: 2\n"),
        episode(of, "b", head="language: en\ntranslation_of: a\n"),
        episode(of, "c", head="language: de\ntranslation_of: a\n"),
        episode(of, "d"),
    ])  # fmt: skip


def test_the_home_page_tells_the_show() -> None:
    told = data(family()["index.html"])
    assert (told["@type"], told["name"]) == ("PodcastSeries", "À voix égales")
    assert (told["url"], told["webFeed"]) == (BASE, f"{BASE}feed.xml")
    assert (told["inLanguage"], told["image"]) == ("fr", f"{BASE}cover.jpg")


def test_an_episode_tells_its_sound_and_its_text() -> None:
    told = data(family()["a/index.html"])
    assert told["@type"] == "PodcastEpisode"
    assert told["name"] == "Titre de a"
    assert told["datePublished"] == "2026-11-02T06:00:00+01:00"
    assert told["inLanguage"] == "fr"
    assert told["duration"] == told["timeRequired"] == "PT1H2M3S"
    assert told["episodeNumber"] == 3 and told["partOfSeason"]["seasonNumber"] == 2
    assert told["isPartOf"]["@id"] == data(family()["index.html"])["@id"]
    sound = told["associatedMedia"]
    assert sound["@type"] == "AudioObject"
    assert sound["contentUrl"] == f"{BASE}audio/a.0a1b2c3d.mp3"
    assert (sound["encodingFormat"], sound["duration"]) == ("audio/mpeg", "PT1H2M3S")
    assert sound["transcript"] == f"{BASE}a/#transcript"
    assert sound["caption"]["contentUrl"] == f"{BASE}a/a.vtt"
    assert told["accessMode"] == ["auditory", "textual"]
    ways = [way["itemListElement"] for way in told["accessModeSufficient"]]
    assert ways == [["auditory"], ["textual"]]
    assert {"transcript", "captions"} <= set(told["accessibilityFeature"])


def test_an_uncorrected_transcript_is_not_promised() -> None:
    of = show()
    told = data(pages(of, [episode(of, "a", status="draft")])["a/index.html"])
    assert [way["itemListElement"] for way in told["accessModeSufficient"]] == [["auditory"]]
    assert "accessibilityFeature" not in told


def test_what_other_sites_show_of_a_page() -> None:
    made = family()
    seen = meta(made["a/index.html"])
    assert seen["og:title"] == "Titre de a – À voix égales"
    assert (seen["og:type"], seen["og:url"]) == ("article", f"{BASE}a/")
    assert seen["og:audio"] == f"{BASE}audio/a.0a1b2c3d.mp3"
    assert seen["og:image"] == f"{BASE}cover.jpg" and seen["og:image:alt"]
    for path, page in made.items():
        here = BASE + path.removesuffix("index.html")
        assert link(page, "canonical") == [(None, here)]
        assert meta(page)["og:url"] == here
        assert meta(page)["og:title"] == tree(page).findtext(".//title")
        assert meta(page)["og:description"]
    assert "og:audio" not in meta(made["plan-du-site/index.html"])


def test_an_episode_shows_its_own_picture() -> None:
    """On the page with its text alternative, to other sites and to machines; the rest stays."""
    of = show()
    own = episode(of, "a", head='cover: image.png\ncover_alt: Une main qui signe "oui"\n')
    silent = episode(of, "b", head="cover: image.png\n")
    other = episode(of, "c", head="cover_alt: Two speech bubbles\n")
    assert (own.cover, silent.cover, other.cover) == ("a/image.png", "b/image.png", None)
    made = pages(of, [own, silent, other, episode(of, "d")])

    def shown(page: str) -> list[tuple[str, str]]:
        return [(e.get("src"), e.get("alt")) for e in tree(page).xpath("//main//img")]

    assert shown(made["a/index.html"]) == [("../a/image.png", 'Une main qui signe "oui"')]
    # The show's words are not put below another picture.
    assert shown(made["b/index.html"]) == [("../b/image.png", "")]
    assert shown(made["c/index.html"]) == shown(made["d/index.html"]) == []
    first = {path: meta(page)["og:image"] for path, page in made.items()}
    assert first["a/index.html"] == data(made["a/index.html"])["image"] == f"{BASE}a/image.png"
    assert first["d/index.html"] == first["index.html"] == f"{BASE}cover.jpg"
    assert meta(made["b/index.html"])["og:image:alt"] == ""
    assert meta(made["c/index.html"])["og:image:alt"] == "Two speech bubbles"
    assert meta(made["d/index.html"])["og:image:alt"] == of.cover_alt
    (sound,) = tree(made["a/index.html"]).xpath("//audio")
    assert sound.get("data-cover") == "../a/image.png"


def test_versions_in_other_languages_lead_to_each_other() -> None:
    """Page checklist I6: each with its language (WCAG 3.1.2), in the text and in the head."""
    made = family()
    assert "Cet épisode existe aussi en anglais : Titre de b" in said(made["a/index.html"])
    assert "en allemand : Titre de c" in said(made["a/index.html"])
    assert "This episode also exists in French: Titre de a" in said(made["b/index.html"])
    for slug in "abc":
        page = made[f"{slug}/index.html"]
        around = tree(page).xpath("//p[@class='versions']/a")
        told = {(a.get("lang"), a.get("hreflang"), a.get("href")) for a in around}
        every = {("fr", "fr", "../a/"), ("en", "en", "../b/"), ("de", "de", "../c/")}
        assert told == {version for version in every if version[2] != f"../{slug}/"}
        head = [pair for pair in link(page, "alternate") if pair[0]]
        assert sorted(map(str, head)) == sorted(
            map(str, [("fr", f"{BASE}a/"), ("en", f"{BASE}b/"), ("de", f"{BASE}c/")])
        )
    alone = made["d/index.html"]
    assert "existe aussi" not in said(alone)
    assert [pair for pair in link(alone, "alternate") if pair[0]] == []
    assert len(data(made["a/index.html"])["workTranslation"]) == 2
    assert data(made["b/index.html"])["translationOfWork"]["@id"] == f"{BASE}a/"


anything = st.recursive(
    st.text() | st.sampled_from(["</script>", "<!--", "<script", "]]>", "&amp;", "\u2028"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.text(), anything))
def test_no_text_can_close_the_element(told: dict[str, Any]) -> None:
    text = script(told)
    assert isinstance(text, Markup)
    assert "<" not in text
    assert json.loads(text) == {"@context": "https://schema.org", **told}


def test_a_hostile_title_stays_a_title() -> None:
    of = show()
    made = episode(of, "a")
    hostile = "</script><script>alert(1)</script> & <!-- \" 'x'"
    page = pages(of, [replace(made, episode=replace(made.episode, title=hostile))])["a/index.html"]
    assert data(page)["name"] == hostile
    assert meta(page)["og:title"].startswith(hostile)
    assert len(tree(page).xpath("//script[@type='application/ld+json']")) == 1
    assert tree(page).xpath("//script[not(@src) and not(@type)]") == []


def test_two_versions_in_one_language_are_refused(sample: Path) -> None:
    for slug in ("episode-1", "episode-3"):
        file = sample / "episodes" / slug / "episode.md"
        text = file.read_text("utf-8").replace(
            "\nsummary:", "\ntranslation_of: episode-2\nsummary:"
        )
        file.write_text(text, "utf-8")
    ran = run_podcast(["publish", "episode-1", "episode-2", "episode-3"], sample)
    assert ran.code == 1
    assert ran.err == (
        "episodes/episode-3/episode.md:6 : « episode-1 » est déjà dans cette langue (fr). "
        "Corrigez « language » ou « translation_of ».\n"
        "episodes/episode-1/episode.md:6 : « episode-3 » est déjà dans cette langue (fr). "
        "Corrigez « language » ou « translation_of ».\n"
    )
    assert not (sample / "site").exists()


def test_an_episode_cannot_take_the_address_of_another_page(sample: Path) -> None:
    (sample / "episodes" / "episode-3").rename(sample / "episodes" / "plan-du-site")
    for suffix in ("md", "words.jsonl"):
        old = sample / "transcripts" / f"episode-3.{suffix}"
        old.rename(old.with_name(f"plan-du-site.{suffix}"))
    ran = run_podcast(["publish", "plan-du-site"], sample)
    assert ran.code == 1
    assert "Une autre page du site est déjà à l'adresse « plan-du-site/ »" in ran.err
    assert not (sample / "site").exists()
