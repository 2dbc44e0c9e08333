"""Pages that the sample show lacks, in a real Chromium: a long list, an audit, other languages."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT
from pages.axe import TAGS
from playwright.sync_api import Browser, Page, ViewportSize
from small_site import THEME, episode, pages, show
from test_accessibility import AUDIT
from test_index import many

from podcast.show import Show
from podcast.wording import keys
from tools.translations import READ

SHOWN = (
    "fr/", "fr/page/5/", "fr/plan-du-site/", "fr/accessibilite/", "fr/v/", "fr/w/",
    "en/accessibility/", "en/site-map/", "en/page/2/", "fr/abonnement/", "en/subscribe/", "fr/recherche/",
    "en/search/", "es/", "es/page/2/", "es/v/", "es/accessibility/", "es/site-map/", "es/subscribe/", "es/search/",
    "fr/personnes/", "fr/personnes/presentatrice/", "en/people/presentatrice/page/3/",
    "fr/themes/", "fr/a-propos/", "en/about/", "en/topics/surdite/", "en/seasons/2/",
)  # fmt: skip


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


def write(folder: Path, of: Show) -> None:
    versions = [
        episode(of, "v", head="season: 2\ntopics: [surdite]\n"),
        episode(of, "w", head="language: de\ntranslation_of: v\n"),
    ]
    made = pages(of, [*versions, *many(of, 100)])
    files = {path: text.encode() for path, text in made.items()}
    files |= {asset.path: asset.content for asset in THEME.static.values()}
    files["cover.jpg"] = (ROOT / "cover.jpg").read_bytes()
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("sites")
    paged = "episodes_per_page: 10\n"
    write(folder / "fr", show(paged + AUDIT))
    write(folder / "en", show(paged + AUDIT, "en"))
    write(folder / "es", show(paged + AUDIT, "es"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    size = ViewportSize(width=320, height=800)
    context = browser.new_context(viewport=size, color_scheme=request.param)
    made = context.new_page()
    problems: list[str] = []
    made.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    yield made
    context.close()
    # These sites have pages and no sound.
    assert [told for told in problems if "404" not in told] == []


@pytest.mark.parametrize("path", SHOWN)
def test_axe_finds_nothing_and_nothing_is_wider_than_320(
    page: Page, address: str, path: str
) -> None:
    page.goto(address + path)
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {
        "color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True},
    }}  # fmt: skip
    found = Axe().run(page, options=options).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320


TEXTS = """() => {
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const kind = walker.currentNode.parentElement.closest("script, style")?.type;
    if (kind === "application/json") found.push(...Object.values(JSON.parse(walker.currentNode.data)));
    else if (kind === undefined) found.push(walker.currentNode.data);
  }
  for (const element of document.querySelectorAll("*"))
    for (const name of ["aria-label", "alt", "title", "placeholder", "content", "aria-description"])
      if (element.hasAttribute(name)) found.push(element.getAttribute(name));
  return found.filter((text) => typeof text === "string").map((text) => text.trim());
}"""


@pytest.mark.parametrize("path", [path for path in SHOWN if path.startswith("es/")])
def test_a_spanish_page_is_spanish(browser: Browser, address: str, path: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + path)
    assert page.evaluate("document.documentElement.lang") == "es"
    assert page.locator('[lang="en"]').count() == 0
    english, spanish = keys("en"), keys("es")
    said = {
        key: re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(text)), re.DOTALL)
        for key, text in english.items()
        if text != spanish[key] and key.split(".")[0] in READ
    }
    assert len(said) > 250
    # What is said the same in both is no English: « Normal », « {name}: ».
    alike = [re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(spanish[key]))) for key in said]
    texts = page.evaluate(TEXTS)
    left = [
        (key, text)
        for text in texts
        for key, sentence in said.items()
        if sentence.fullmatch(text) and not any(other.fullmatch(text) for other in alike)
    ]
    assert left == []
    assert "Ir al contenido" in texts
    context.close()


def test_the_list_is_walked_with_the_keyboard_alone(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "fr/")
    for number in (2, 3):
        page.get_by_role("link", name="Page suivante").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/fr/page/{number}/index.html")
        assert page.get_by_role("heading", level=1).inner_text() == (
            f"Tous les épisodes, page {number} sur 11"
        )
    page.get_by_role("link", name="Page précédente").click()
    page.get_by_role("link", name="Page 1", exact=True).click()
    page.wait_for_url("**/fr/index.html")
    context.close()
