"""The pages of a network in a real Chromium: its home, its search and the word that it leads to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT
from pages.axe import TAGS
from playwright.sync_api import Browser, Page, ViewportSize
from serving import PATIENCE_S, free_port, listens
from test_network import network as network

PAGES = (
    "", "recherche/?q=poste", "plan-du-site/", "abonnement/", "accessibilite/", "a-propos/", "404.html",
    "voix/",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(network: Path) -> Iterator[str]:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "podcast", "serve", "site", "--port", str(port)],
        cwd=network, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout and f"http://127.0.0.1:{port}/" in server.stdout.readline()
        listens(port, server)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
        if server.stdout:
            server.stdout.close()


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    size = ViewportSize(width=320, height=800)
    context = browser.new_context(viewport=size, color_scheme=request.param)
    made = context.new_page()
    problems: list[str] = []
    made.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    yield made
    context.close()
    assert problems == []


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_320(
    page: Page, address: str, path: str
) -> None:
    page.goto(address + path)
    if "?" in path:
        page.wait_for_selector(".hits mark")
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {
        "color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True},
    }}  # fmt: skip
    found = Axe().run(page, options=options).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_each_show_and_episode_is_reached_from_the_keyboard(page: Page, address: str) -> None:
    page.goto(address)
    met = []
    for _ in range(60):
        page.keyboard.press("Tab")
        met.append(page.evaluate("document.activeElement.getAttribute('href') || ''"))
    wanted = ["paroles/", "voix/", "shows.opml", "paroles/episode-3/", "voix/episode-2/"]
    assert [href for href in met if href in wanted][:5] == [
        "paroles/", "voix/", "shows.opml", "paroles/episode-3/", "paroles/"
    ]  # fmt: skip
    assert set(wanted) <= set(met)
    page.locator("h3 a[href='voix/']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/voix/")
    assert page.locator("h1").inner_text() == "À voix égales"


def test_a_hit_in_any_show_lands_on_its_word_and_its_second(page: Page, address: str) -> None:
    page.goto(f"{address}recherche/")
    page.locator("#find-input").fill("poste")
    page.keyboard.press("Enter")
    link = page.locator(".hits a[href*='/voix/'][href*='#t=']").last
    link.wait_for()
    assert "À voix égales" in page.locator("#find").inner_text()
    mark = page.locator(".hits li:has(a[href*='/voix/'][href*='#t=']) mark").last.inner_text()
    second = float((link.get_attribute("href") or "").partition("#t=")[2])
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/voix/episode-*/#t=*")
    painted = "() => [...CSS.highlights.get('word') ?? []].map(String).join()"
    for _ in range(100):
        if page.evaluate(painted):
            break
        page.wait_for_timeout(50)
    assert mark in page.evaluate(painted)
    assert page.evaluate("document.querySelector('audio').currentTime") == second


def test_one_query_asks_for_few_files_however_many_shows_there_are(
    page: Page, address: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}recherche/?q=poste")
    page.wait_for_selector(".hits mark")
    index = [url for url in asked if url.endswith(".bin")]
    assert index and all(url.startswith(f"{address}recherche/") for url in index)
    assert len([url for url in index if "/texts/" not in url]) <= 3
