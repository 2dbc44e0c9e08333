"""Subscribing: the apps and their addresses, the page in a browser, the code read by a reader."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page
from serving import served
from small_site import THEME, episode, pages, show, tree, views

from podcast import qr, subscription
from podcast.errors import Fixable
from podcast.pages import subscribe
from podcast.pages.subscribe import SubscribeView
from podcast.published import in_order
from podcast.subscription import Feed

BASE = "https://podcast.example.org/a-voix-egales/"
PAGE = "abonnement/index.html"
OPENING = ["AntennaPod", "Podcast Addict", "Pocket Casts", "Apple Podcasts", "Overcast", "gPodder"]


def named(extra: str = "") -> dict[str, str]:
    of = show(extra)
    return {app.name: app.address for app in subscription.apps(of, *subscription.feeds(of))}


# The apps.


def test_apps_that_open_any_feed_are_told_the_address() -> None:
    apps = named()
    assert list(apps) == OPENING
    antennapod = parse_qs(urlsplit(apps["AntennaPod"]).query)
    assert antennapod == {"url": [BASE + "feed.xml"], "title": ["À voix égales"]}
    assert parse_qs(urlsplit(apps["Overcast"]).query) == {"url": [BASE + "feed.xml"]}
    assert apps["Overcast"].startswith("overcast://x-callback-url/add?url=https%3A%2F%2F")
    assert apps["Podcast Addict"].endswith(
        "/feed/https%3A%2F%2Fpodcast.example.org%2Fa-voix-egales%2Ffeed.xml"
    )
    # A scheme takes the place of the address's own, or stands before the whole of it.
    bare = BASE.removeprefix("https://") + "feed.xml"
    assert apps["Pocket Casts"] == f"pktc://subscribe/{bare}"
    assert apps["Apple Podcasts"] == f"podcast://{bare}"
    assert apps["gPodder"] == f"gpodder:{BASE}feed.xml"


def test_the_show_names_its_places() -> None:
    own = (
        "subscribe:\n  Spotify: https://open.spotify.com/show/1\n"
        "  apple podcasts: https://podcasts.apple.com/fr/podcast/id1\n"
        "  Radio du Port: https://radio.example.org/podcasts?a=1&b=2\n"
    )
    apps = named(own)
    assert list(apps) == [
        "Spotify", "apple podcasts", "Radio du Port",
        *(name for name in OPENING if name != "Apple Podcasts"),
    ]  # fmt: skip
    assert apps["apple podcasts"] == "https://podcasts.apple.com/fr/podcast/id1"
    page = tree(pages(show(own), [])[PAGE])
    (link,) = page.xpath("//ul[@class='apps']//a[b='Radio du Port']")
    assert link.get("href") == "https://radio.example.org/podcasts?a=1&b=2"
    (apple,) = page.xpath("//ul[@class='apps']//a[b='apple podcasts']/span")
    assert apple.text == "iPhone, iPad, Mac"


@pytest.mark.parametrize("bad", ["open.spotify.com/show/1", "javascript:alert(1)", "[1]"])
def test_a_place_without_a_web_address_is_told(bad: str) -> None:
    with pytest.raises(Fixable) as told:
        show(f"subscribe:\n  Spotify: {bad}\n")
    (fault,) = told.value.faults
    assert (fault.kind, fault.facts["key"]) == ("field.web", "subscribe.Spotify")
    assert fault.place and fault.place.line


def test_a_part_of_the_show_has_no_place_of_the_whole() -> None:
    of = show("subscribe:\n  Spotify: https://open.spotify.com/show/1\n")
    apps = subscription.apps(of, Feed("Saison 2", "seasons/2.xml"))
    assert [app.name for app in apps] == OPENING
    assert all("seasons" in app.address for app in apps)


# The page.


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_has_the_address_as_text_and_every_page_leads_to_it(language: str) -> None:
    of = show(language=language)
    made = pages(of, [episode(of, "a")])
    folder = "abonnement/" if language == "fr" else "subscribe/"
    page = tree(made[f"{folder}index.html"])
    assert page.xpath("//main//code/text()") == [BASE + "feed.xml"]
    (code,) = page.xpath("//main//img")
    assert code.get("src") == f"../{folder}feed.svg" and BASE + folder in code.get("alt")
    for path in made:
        ways = tree(made[path]).xpath(f"//header//nav//a[contains(@href, '{folder}')]")
        assert len(ways) == 1, path
    for path, part in (("index.html", "main"), ("a/index.html", "main/article"), (
        "plan-du-site/index.html" if language == "fr" else "site-map/index.html", "main",
    )):  # fmt: skip
        assert tree(made[path]).xpath(f"//{part}//a[contains(@href, '{folder}')]"), path


def test_several_feeds_are_told_apart() -> None:
    publication = in_order(show(), [])
    ((_, view),) = views(subscribe, publication)
    second = replace(view.offers[0], name="seasons-2", title="Saison 2", url=f"{BASE}seasons/2.xml")
    two = SubscribeView(view.frame, (view.offers[0], second))
    page = tree(THEME.render("subscribe.html", two))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert page.xpath("//main//h2/text()")[:2] == ["À voix égales", "Saison 2"]
    names = [" ".join(a.text_content().split()) for a in page.xpath("//ul[@class='apps']//a")]
    assert len(names) == len(set(names)) == 2 * len(OPENING)


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    with served(published) as address:
        yield address


def field(page: Page) -> tuple[str, bool]:
    box = page.get_by_label("Adresse du podcast")
    return box.input_value(), bool(box.evaluate("e => e.readOnly"))


def test_the_keyboard_copies_the_address_and_is_told(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + "abonnement/")
    assert field(page) == (BASE + "feed.xml", True)
    page.get_by_label("Adresse du podcast").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said = page.locator(".copy").get_by_role("status")
    said.filter(has_text="L’adresse est copiée.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == BASE + "feed.xml"
    assert page.evaluate("document.activeElement.localName") == "button"
    context.close()


def test_where_copying_is_forbidden_the_address_is_selected(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + "abonnement/")
    page.get_by_role("button", name="Copier l’adresse").click()
    page.locator(".copy").get_by_role("status").filter(has_text="Ctrl et C").wait_for()
    chosen = "(e => e.value.slice(e.selectionStart, e.selectionEnd))(document.activeElement)"
    assert page.evaluate(chosen) == BASE + "feed.xml"
    context.close()


def test_without_scripts_a_click_selects_the_whole_address(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "abonnement/")
    page.locator("main code").click()
    assert page.evaluate("getSelection().toString()") == BASE + "feed.xml"
    context.close()


# The code.


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_telephone_reads_the_code_on_the_screen(
    browser: Browser, address: str, scheme: str
) -> None:
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", device_scale_factor=1
    )
    page = context.new_page()
    page.goto(address + "abonnement/")
    shown = page.locator(".code img").screenshot()
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(shown)))
    assert read.text == BASE + "abonnement/"
    context.close()


def test_the_code_is_the_same_each_time_and_has_nothing_that_a_policy_forbids() -> None:
    made = qr.svg(BASE)
    assert made == qr.svg(BASE) != qr.svg(BASE + "x")
    assert b"style" not in made and b"script" not in made
