"""Episodes on other sites: the code, the oEmbed answer, and the player in another site's frame."""

from __future__ import annotations

import html as markup
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import EPISODES
from lxml import html
from pages.axe import ON, TAGS
from pages.browsing import LIGHT, Look, Site, Visitor
from PIL import Image
from playwright.sync_api import Frame, Page
from small_site import episode, pages, players, show, tree

from podcast import oembed
from podcast.oembed import HEIGHT, MEDIA_TYPE, WIDTH
from podcast.published import Publication, in_order
from podcast.served_as import media_type

BASE = "https://podcast.example.org/a-voix-egales/"
SLUG = "episode-3"
PLAYER = f"{SLUG}/{SLUG}.embed.html"
TITLE = "Garder son emploi quand la santé change"


# The code and the answer.


def frame_of(code: str) -> html.HtmlElement:
    """The one element that a code is, as a page has it into which it was pasted."""
    page = html.document_fromstring(f"<!doctype html><title>t</title><main>{code}</main>")
    (frame,) = page.xpath("//main/*")
    assert not page.xpath("//main")[0].text
    return frame


def answers(publication: Publication) -> dict[str, dict[str, Any]]:
    made = oembed.makers(publication, lambda path: ("digest", lambda: 1400))
    return {path: json.loads(content()) for path, content, _ in made}


def test_the_answer_is_what_the_specification_asks_for(published: Path) -> None:
    """https://oembed.com/ 2.3.4: what there must be, of which type, and what goes together."""
    site = published / "site"
    for slug in EPISODES:
        file = site / slug / f"{slug}.oembed.json"
        told = json.loads(file.read_text("utf-8"))
        assert (told["type"], told["version"]) == ("rich", "1.0")
        texts = ("title", "author_name", "author_url", "provider_name", "provider_url", "html",
                 "thumbnail_url")  # fmt: skip
        numbers = ("cache_age", "width", "height", "thumbnail_width", "thumbnail_height")
        assert all(isinstance(told[key], str) and told[key] for key in texts)
        assert all(type(told[key]) is int and told[key] > 0 for key in numbers)
        assert told.keys() == {"type", "version", *texts, *numbers}
        # Its picture is there, and as large as it says.
        picture = site / told["thumbnail_url"].removeprefix(BASE)
        with Image.open(picture) as image:
            assert image.size == (told["thumbnail_width"], told["thumbnail_height"])
        frame = frame_of(told["html"])
        assert frame.tag == "iframe" and frame.get("title")
        assert (frame.get("width"), frame.get("height")) == (str(WIDTH), str(HEIGHT))
        assert (told["width"], told["height"]) == (WIDTH, HEIGHT)
        assert (site / frame.get("src").removeprefix(BASE)).is_file()
        page = tree((site / slug / "index.html").read_text("utf-8"))
        (link,) = page.xpath(f"//head/link[@type='{MEDIA_TYPE}']")
        assert link.get("rel") == "alternate"
        assert site / link.get("href").removeprefix(BASE) == file
        assert page.xpath("string(//div[@data-words='copy_code']//code)") == told["html"]
        (player,) = page.xpath("//meta[@name='twitter:player']/@content")
        assert player == frame.get("src")
    # As the specification asks for, and as every server has it by itself.
    assert media_type(f"{SLUG}/{SLUG}.oembed.json") == "application/json"


def test_the_code_is_in_the_language_of_the_episode() -> None:
    of = show()
    told = answers(in_order(of, [episode(of, "a"), episode(of, "b", head="language: en\n")]))
    names = {path[0]: frame_of(each["html"]).get("title") for path, each in told.items()}
    assert names["a"].startswith("Lecteur et transcription")
    assert names["b"].startswith("Player and transcript: Titre de b")


def test_no_title_gets_out_of_the_code() -> None:
    of = replace(show(), title="À « <b> » & 'voix'")
    wild = "\"><script>alert(1)</script>'</code></textarea> & {{ 7*7 }}"
    made = episode(of, "a")
    made = replace(made, episode=replace(made.episode, title=wild))
    (told,) = answers(in_order(of, [made])).values()
    frame = frame_of(told["html"])
    assert wild in frame.get("title") and of.title in frame.get("title")
    assert (len(frame), frame.text, frame.tail) == (0, None, None)
    assert told["title"] == wild
    page = pages(of, [made])["a/index.html"]
    assert tree(page).xpath("string(//div[@data-words='copy_code']//code)") == told["html"]
    assert "<iframe" not in page


def test_addresses_of_a_show_below_a_folder_and_of_slugs_that_look_like_files() -> None:
    of = show()
    episodes = [episode(of, "embed"), episode(of, "oembed")]
    made = {**pages(of, episodes), **players(of, episodes)}
    assert {"embed/embed.embed.html", "oembed/oembed.embed.html"} <= made.keys()
    for slug in ("embed", "oembed"):
        player = tree(made[f"{slug}/{slug}.embed.html"])
        assert player.xpath("string(//link[@rel='canonical']/@href)") == f"{BASE}{slug}/"
        assert player.xpath("string(//meta[@name='robots']/@content)") == "noindex"
    leading = {
        (path, a)
        for path, page in made.items()
        for a in tree(page).xpath("//a/@href")
        if a.endswith(".embed.html")
    }
    own = {(f"{slug}/index.html", f"{slug}.embed.html") for slug in ("embed", "oembed")}
    assert leading == own, "only its own page leads to a player"


def test_search_engines_are_told_of_the_page_alone(published: Path) -> None:
    told = (published / "site" / "sitemap.txt").read_text("utf-8")
    assert "embed" not in told and f"{BASE}{SLUG}/\n" in told


def test_it_is_the_text_of_the_page(published: Path) -> None:
    """The same elements, in the same order; without scripts nothing else is needed."""
    site = published / "site"
    for slug in EPISODES:
        page, player = (
            re.search(r'(?s)<section class="column transcript".*?</section>\n*(?=</main>|<p class)',
                      (site / slug / name).read_text("utf-8"))
            for name in ("index.html", f"{slug}.embed.html")
        )  # fmt: skip
        assert page and player and page[0].strip() == player[0].strip()


# In a frame.


@contextmanager
def other_site(code: str, csp: str = "") -> Iterator[str]:
    """The address of another site's page that has the code between two links of its own."""
    page = (
        "<!doctype html><html lang=fr><head><meta charset=utf-8><title>Un autre site</title>"
        '<meta name=viewport content="width=device-width, initial-scale=1"></head><body>'
        f'<main><h1>Un autre site</h1><p><a id=before href="#a">Avant</a></p>{code}'
        '<p><a id=after href="#b">Après</a></p></main></body></html>'
    ).encode()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if csp:
                self.send_header("Content-Security-Policy", csp)
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        # Another name of this machine is another site.
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class Guest:
    """A page of another site, open, and the frame in it; ``problems`` is what went wrong."""

    def __init__(self, page: Page, problems: list[str]) -> None:
        self.page, self.problems = page, problems
        self.scrolled = 0

    @property
    def frame(self) -> Frame:
        return next(frame for frame in self.page.frames if frame.parent_frame)

    def js(self, code: str) -> Any:
        return self.frame.evaluate(code)

    def until(self, code: str) -> None:
        for _ in range(200):
            if self.js(code):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"never: {code}")

    def arrive(self, address: str) -> None:
        """Wait until the frame shows a page, whole."""
        for _ in range(200):
            if self.frame.url == address:
                return self.frame.wait_for_load_state()
            self.page.wait_for_timeout(50)
        pytest.fail(f"the frame shows {self.frame.url}")

    def where(self) -> str:
        """What has the focus: of the other site, or in the frame."""
        told = "(() => { const e = document.activeElement; return e.id || e.localName; })()"
        at = self.page.evaluate(told)
        return f"frame {self.js(told)}" if at == "iframe" else str(at)


@pytest.fixture(scope="module")
def sample(sites: tuple[Site, ...]) -> Site:
    return next(site for site in sites if site.name == "sample")


def code_of(site: Site, slug: str = SLUG) -> str:
    """What the answer says is to be pasted, for the address where the site is served."""
    file = site.workspace.site / slug / f"{slug}.oembed.json"
    return str(json.loads(file.read_text("utf-8"))["html"]).replace(BASE, site.address)


@pytest.fixture
def guest(visitor: Visitor, sample: Site) -> Iterator[Callable[..., Guest]]:
    """Opens a page of another site that shows an episode."""
    closing = []

    def open_(look: Look = LIGHT, change: Callable[[str], str] = str, csp: str = "",
              place: str = "") -> Guest:  # fmt: skip
        context = visitor.browser.new_context(
            viewport={"width": look.width, "height": look.height},
            color_scheme=look.scheme,
            forced_colors="active" if look.forced else "none",
        )
        context.set_default_timeout(120_000)
        hosting = other_site(change(code_of(sample)), csp)
        closing.append((context, hosting))
        page = context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda said: problems.append(said.text) if said.type == "error" else None
        )
        if not look.scripts:
            page.route("**/*.js", lambda route: route.abort())
        page.goto(hosting.__enter__())
        page.locator("iframe").scroll_into_view_if_needed()
        opened = Guest(page, problems)
        opened.scrolled = page.evaluate("scrollY")
        opened.arrive(sample.url(PLAYER) + place)
        return opened

    yield open_
    for context, hosting in closing:
        context.close()
        hosting.__exit__(None, None, None)


def test_it_plays_and_the_words_follow(guest: Callable[..., Guest]) -> None:
    there = guest()
    assert there.js("document.querySelector('audio').networkState") in (0, 1), "nothing is loaded"
    there.frame.locator("#follow").check()
    top = there.js("document.querySelector('main').scrollTop")
    times = there.frame.locator("#transcript a.time")
    times.last.click()
    there.until("document.querySelector('audio').currentTime > 1")
    there.until("CSS.highlights.get('word')?.size === 1")
    # The text has scrolled in its box, to the word that is heard, and the page around it has not.
    there.until(f"document.querySelector('main').scrollTop > {top} + 100")
    there.until(
        """(() => { const box = document.querySelector('main').getBoundingClientRect();
             const word = [...CSS.highlights.get('word')][0]?.getBoundingClientRect();
             return word && word.top >= box.top && word.bottom <= box.bottom; })()"""
    )
    heard = there.js("document.querySelector('.heard').id")
    assert re.fullmatch(r"p\d+", heard)
    assert there.page.evaluate("scrollY") == 0
    # A click on a word plays from it.
    there.js("document.querySelector('audio').pause()")
    before = there.js("document.querySelector('audio').currentTime")
    there.frame.locator("#transcript p[id].turn").first.click(position={"x": 160, "y": 40})
    there.until(f"document.querySelector('audio').currentTime < {before}")
    assert there.problems == []


def test_tab_goes_through_it_and_out_again(guest: Callable[..., Guest]) -> None:
    """Title, player, text, ways out; then what follows in the other site.  The same way back."""
    there = guest()
    there.page.locator("#before").focus()
    stops: list[str] = []
    for _ in range(80):
        there.page.keyboard.press("Tab")
        if (at := there.where()) == "after":
            break
        stops.append(at)
    else:
        pytest.fail(f"Tab never leaves the frame: {stops[-3:]}")
    assert stops[0] == "frame title"
    order = list(dict.fromkeys(stops))
    assert order[:3] == ["frame title", "frame audio", "frame main"]
    assert there.page.evaluate("document.activeElement.id") == "after"
    back: list[str] = []
    for _ in range(80):
        there.page.keyboard.press("Shift+Tab")
        if (at := there.where()) == "before":
            break
        back.append(at)
    assert list(dict.fromkeys(reversed(back)))[:3] == order[:3]
    # With the focus on the text, the keys that scroll do.
    there.frame.locator("main").focus()
    there.page.keyboard.press("PageDown")
    there.until("document.querySelector('main').scrollTop > 50")
    assert there.problems == []


@pytest.mark.parametrize(
    "look",
    [LIGHT, Look("dark", scheme="dark"), Look("forced", forced=True), Look("320", width=340),
     Look("bare", scripts=False)],
    ids=lambda look: look.name,
)  # fmt: skip
def test_axe_finds_nothing_in_the_frame_and_around_it(
    look: Look, guest: Callable[..., Guest]
) -> None:
    there = guest(look)
    rules = {name: {"enabled": not (look.forced and "contrast" in name)} for name in ON}
    if look.forced:
        rules["color-contrast"] = {"enabled": False}
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": rules}
    for document in (there.page, there.frame):
        told = Axe().run(document, options=options).response
        assert [f"{v['id']}: {v['nodes'][0]['html'][:150]}" for v in told["violations"]] == []
        assert len(told["passes"]) > 10
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert there.page.evaluate(sideways) == 0
    assert there.js("document.body.scrollWidth - document.body.clientWidth") == 0


def test_without_scripts_the_sound_and_the_text_are_there(guest: Callable[..., Guest]) -> None:
    there = guest(Look("bare", scripts=False))
    assert there.js("document.querySelector('audio').controls")
    assert "La conseillère" in there.frame.locator("#transcript").inner_text()
    there.frame.locator("main").focus()
    there.page.keyboard.press("End")
    there.until("document.querySelector('main').scrollTop > 500")


@pytest.mark.parametrize(
    ("width", "height"), [(600, 400), (320, 300), (280, 160)], ids=["600", "320", "160"]
)
def test_all_of_the_text_can_be_scrolled_to(
    width: int, height: int, guest: Callable[..., Guest]
) -> None:
    """Also where the frame itself may not scroll, as some sites want it, and 400 % is little."""
    there = guest(
        change=lambda code: code.replace(
            f'width="{WIDTH}" height="{HEIGHT}"',
            f'width="{width}" height="{height}" scrolling="no"',
        )
    )
    assert there.js("[innerWidth, innerHeight]") == [width, height]
    last = there.frame.locator("#transcript :is(p, li)").last
    assert not last.evaluate("e => e.getBoundingClientRect().top < innerHeight")
    last.evaluate("e => e.scrollIntoView({block: 'end', behavior: 'instant'})")
    box = last.evaluate("e => { const b = e.getBoundingClientRect(); return [b.top, b.bottom]; }")
    assert -5 <= box[1] <= height + 1 and box[1] > 20
    assert there.js("scrollY") == 0
    # So is the last link, by the keyboard.
    there.frame.locator("footer a").last.focus()
    link = there.js("document.activeElement.getBoundingClientRect().bottom")
    assert 0 < link <= height + 1


def test_an_address_with_a_second_begins_there(guest: Callable[..., Guest]) -> None:
    """The text stands there, too; neither the focus nor the page around it has moved."""
    there = guest(
        Look("low", height=430),
        change=lambda code: code.replace('.html"', '.html#t=60"'),
        place="#t=60",
    )
    there.until("document.querySelector('.shown')?.id.startsWith('p')")
    assert there.js("parseInt(document.querySelector('.shown').id.slice(1))") in range(40, 61)
    assert there.js("document.querySelector('main').scrollTop") > 100
    assert there.js("document.querySelector('audio').networkState") in (0, 1)
    assert there.scrolled > 0, "it could move"
    around = "[document.activeElement.localName, scrollY]"
    assert there.page.evaluate(around) == ["body", there.scrolled]
    there.js("document.querySelector('audio').play()")
    there.until("document.querySelector('audio').currentTime > 60")
    assert there.js("document.querySelector('audio').currentTime") < 75
    assert there.problems == []


def test_links_lead_out_of_the_frame(guest: Callable[..., Guest], sample: Site) -> None:
    there = guest()
    there.frame.locator("#title").click()
    there.page.wait_for_url(sample.url(f"{SLUG}/index.html"))
    assert len(there.page.frames) == 1
    assert TITLE in there.page.title()


@pytest.mark.parametrize("sandbox", ["allow-scripts", "allow-scripts allow-same-origin"])
def test_a_site_that_trusts_nobody(sandbox: str, guest: Callable[..., Guest], sample: Site) -> None:
    """WordPress puts what it has found by an answer into a frame that may run scripts alone."""
    there = guest(change=lambda code: code.replace("<iframe", f'<iframe sandbox="{sandbox}"'))
    there.frame.locator("#transcript a.time").nth(3).click()
    there.until("document.querySelector('audio').currentTime > 1")
    if "same-origin" in sandbox:
        there.until("CSS.highlights.get('word')?.size === 1")
        return
    there.frame.locator("#title").click()
    there.arrive(sample.url(f"{SLUG}/index.html"))


def test_a_policy_that_names_the_site_is_enough(guest: Callable[..., Guest], sample: Site) -> None:
    origin = sample.address.split("/a-voix")[0]
    there = guest(csp=f"default-src 'none'; frame-src {origin}; style-src 'unsafe-inline'")
    there.frame.locator("#transcript a.time").nth(3).click()
    there.until("document.querySelector('audio').currentTime > 1")
    assert there.problems == []


# The code on the episode's page.


def test_the_keyboard_copies_the_code_and_is_told(visitor: Visitor, sample: Site) -> None:
    context = visitor.browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(sample.url(f"{SLUG}/index.html"))
    page.locator("details.put summary").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Code à coller")
    assert field.evaluate("e => e.readOnly")
    wanted = code_of(sample).replace(sample.address, BASE)
    assert field.input_value() == wanted
    field.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".put").get_by_role("status").filter(has_text="Le code est copié.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == wanted
    context.close()


def test_without_scripts_the_code_is_text(visitor: Visitor, sample: Site) -> None:
    with visitor.visit(sample, f"{SLUG}/index.html", Look("bare", scripts=False)) as visit:
        visit.page.locator("details.put summary").click()
        shown = visit.page.locator(".put code").inner_text()
        assert shown == code_of(sample).replace(sample.address, BASE)
        assert markup.unescape(shown) == shown
        # One click selects all of it.
        visit.page.locator(".put code").click()
        assert visit.js("getSelection().toString()").strip() == shown
