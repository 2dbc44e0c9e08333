"""The feed opened in Chromium and in Firefox by a person, and left alone by apps."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import podcastparser
import pytest
from firefox import firefox
from lxml import etree
from playwright.sync_api import Browser
from serving import served
from small_site import episode, show

from podcast.feed import files
from podcast.published import in_order

BASE = "https://podcast.example.org/a-voix-egales/"
XHTML = "{http://www.w3.org/1999/xhtml}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
TITLES = [
    "Garder son emploi quand la santé change", "A first day that works",
    "Demander un aménagement de poste",
]  # fmt: skip
# What is shown, as text, with the language that it is read in.
LOOK = """
  const shown = e => e.checkVisibility();
  const language = e => e.closest('[lang]')?.lang
    ?? e.closest('[*|lang]')?.getAttributeNS('http://www.w3.org/XML/1998/namespace', 'lang');
  return {
    title: document.title,
    headings: [...document.querySelectorAll('h1, h2')].filter(shown).map(e => e.textContent),
    links: [...document.querySelectorAll('a')].filter(shown).map(e => [e.textContent, e.href]),
    episodes: [...document.querySelectorAll('item > title')].filter(shown)
      .filter(e => e.namespaceURI === null).map(e => [e.textContent, language(e)]),
    hidden: ['guid', 'pubDate', 'enclosure', 'language', 'generator', 'category']
      .filter(name => [...document.getElementsByTagName(name)].some(shown)),
    wide: document.documentElement.scrollWidth - innerWidth,
    colours: [getComputedStyle(document.documentElement).backgroundColor,
              getComputedStyle(document.documentElement).color],
  };
"""


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    with served(published) as address:
        yield address


def check(found: dict[str, Any], address: str) -> None:
    assert found["title"] == "À voix égales"
    assert found["headings"] == ["Le flux du podcast À voix égales", "Les épisodes de ce flux"]
    assert found["links"] == [
        ["S’abonner au podcast", f"{address}abonnement/"],
        ["Écouter et lire les épisodes sur le site", f"{address}index.html"],
    ]
    assert found["episodes"] == list(map(list, zip(TITLES, ["fr", "en", "fr"], strict=True)))
    assert found["hidden"] == []
    assert found["wide"] <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_chromium_shows_it(browser: Browser, address: str, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": 320, "height": 700},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + "feed.xml")
    found = page.evaluate(f"() => {{ {LOOK} }}")
    check(found, address)
    ground = "rgb(15, 27, 30)" if scheme == "dark" else "rgb(251, 248, 241)"
    assert found["colours"][0] == ground
    assert [url for url in asked if not url.startswith(address)] == []
    nodes = context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = sorted(
        (node["role"]["value"], node["name"]["value"])
        for node in nodes
        if not node["ignored"] and node.get("role", {}).get("value") in ("heading", "link")
    )
    assert roles == [
        ("heading", "Le flux du podcast À voix égales"), ("heading", "Les épisodes de ce flux"),
        ("link", "S’abonner au podcast"), ("link", "Écouter et lire les épisodes sur le site"),
    ]  # fmt: skip
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/abonnement/")
    context.close()


def test_firefox_shows_it(address: str, tmp_path: Path) -> None:
    with firefox(tmp_path) as running:
        running.tell("WebDriver:Navigate", url=address + "feed.xml")
        check(running.run(LOOK), address)


def stripped(feed: bytes) -> bytes:
    """The feed without anything that is for browsers."""
    root = etree.fromstring(feed)
    channel = root[0]
    channel.remove(channel.find(f"{XHTML}div"))
    for element in root.iter():
        element.attrib.pop(LANGUAGE, None)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return made


def test_an_app_reads_the_same_with_and_without(published: Path) -> None:
    feed = (published / "site" / "feed.xml").read_bytes()
    plain = stripped(feed)
    assert b"xml-stylesheet" in feed and b"xhtml" in feed
    assert b"xml-stylesheet" not in plain and b"xhtml" not in plain
    with_page, without = (
        podcastparser.parse(BASE + "feed.xml", io.BytesIO(each)) for each in (feed, plain)
    )
    assert with_page == without and len(without["episodes"]) == 3


def test_a_title_of_any_letters_stays_a_title() -> None:
    title = '<b>À</b> & « ]]> » "x" {heading} {}'
    of = show()
    renamed = type(of)(**{**{f: getattr(of, f) for f in of.__slots__}, "title": title})
    feed = files(in_order(renamed, [episode(of, "a")]), "assets/feed.css?a&b")["feed.xml"]
    assert feed == files(in_order(renamed, [episode(of, "a")]), "assets/feed.css?a&b")["feed.xml"]
    root = etree.fromstring(feed)
    (instruction,) = root.xpath("preceding-sibling::processing-instruction()")
    assert instruction.text == 'type="text/css" href="assets/feed.css?a&amp;b"'
    # Apps read a title as HTML: what could be a tag gets a space.
    assert root.findtext("channel/title") == title.replace("<", "< ")
    assert root.findtext(f"channel/{XHTML}div/{XHTML}title") == title
    assert root.findtext(f"channel/{XHTML}div/{XHTML}h1") == f"Le flux du podcast {title}"
