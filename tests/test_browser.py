"""The pages in a real Chromium: what a reader gets, at several widths, and axe's verdict."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT
from playwright.sync_api import Browser, Page, sync_playwright

QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
).split()
PAGES = ("", "episode-1/", "episode-2/", "episode-3/", "plan-du-site/", "accessibilite/")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice"]


def chromium() -> str:
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    assert found, "Chromium is missing: apt-get install chromium"
    return found


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    """The published sample, served by the command that README names."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "podcast", "serve", "--port", str(port)],
        cwd=published, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout
        line = server.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in line
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(10)
        if server.stdout:
            server.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = context.new_page()
    problems: list[str] = []
    made.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    made.on("pageerror", lambda e: problems.append(str(e)))
    yield made
    context.close()
    assert problems == []


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(page: Page, address: str, path: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(address + path)
        options = {"runOnly": {"type": "tag", "values": RULES}, "rules": {
            "color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True},
        }}  # fmt: skip
        results = Axe().run(page, options=options).response
        assert [(v["id"], v["nodes"][0]["html"]) for v in results["violations"]] == []
        assert len(results["passes"]) > 20


def test_axe_would_find_something(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("document.querySelector('img').removeAttribute('alt')")
    assert "image-alt" in [v["id"] for v in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("path", PAGES)
def test_no_sideways_scroll_at_320(page: Page, address: str, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_whole_transcript_is_on_the_page(page: Page, address: str, published: Path) -> None:
    page.goto(address + "episode-3/")
    text = page.locator("#transcript").inner_text()
    assert "Un matin, je n'ai plus entendu la machine derrière moi." in text
    assert "[BRUIT D'UNE MACHINE QUI DÉMARRE PUIS S'ARRÊTE]" in text
    assert page.locator("h1").all_inner_texts() == ["Garder son emploi quand la santé change"]
    assert page.locator("#transcript h3").all_inner_texts() == [
        "Bienvenue", "L'histoire de l'invité", "La RQTH, à quoi ça sert ?", "Trois conseils", "Notes",
    ]  # fmt: skip
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_without_styles_and_scripts_the_page_is_the_same_text(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "episode-3/")
    assert "Racontez-nous votre histoire." in (page.text_content("#transcript") or "")
    assert page.locator("audio[controls]").count() == 1
    context.close()


def test_a_note_leads_there_and_back(page: Page, address: str) -> None:
    page.goto(address + "episode-3/")
    page.get_by_role("link", name="Note 1", exact=True).click()
    assert page.url.endswith("#note1")
    page.get_by_role("link", name="Retour au texte, note 1").click()
    assert page.url.endswith("#ref1")


def test_the_first_tab_stops_are_the_skip_links(page: Page, address: str) -> None:
    page.goto(address + "episode-3/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller à la transcription"
    page.keyboard.press("Enter")
    assert page.url.endswith("#transcript")


def test_the_sound_plays_and_has_its_captions(page: Page, address: str) -> None:
    page.goto(address + "episode-3/")
    told = page.evaluate(
        """async () => {
          const audio = document.querySelector('audio');
          const track = audio.textTracks[0];
          track.mode = 'hidden';
          audio.muted = true;
          await audio.play();
          await new Promise(done => setTimeout(done, 400));
          audio.currentTime = 60;
          await new Promise(done => audio.addEventListener('seeked', done, {once: true}));
          return [audio.duration, audio.currentTime, track.kind, track.cues.length];
        }"""
    )
    assert abs(told[0] - 129.48) < 0.2
    assert told[1] >= 60
    assert told[2] == "captions"
    assert told[3] > 30


def test_every_link_of_the_site_leads_somewhere(page: Page, address: str) -> None:
    seen, waiting = set(), [address]
    while waiting:
        url = waiting.pop().split("#")[0]
        if url in seen or not url.startswith(address):
            continue
        seen.add(url)
        response = page.request.get(url)
        assert response.ok, url
        # The bare transcripts for apps have neither links nor an icon to ask for.
        if url.endswith(("/", "index.html")):
            page.goto(url)
            waiting += page.eval_on_selector_all(
                "[href], [src]", "all => all.map(e => e.href || e.src)"
            )
            broken = page.evaluate(
                """() => [...document.querySelectorAll('a[href^="#"]')]
                  .filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.hash)"""
            )
            assert broken == []
    assert len(seen) > 15


def test_the_preview_gives_byte_ranges(page: Page, address: str, published: Path) -> None:
    (file,) = (published / "site" / "audio").glob("episode-1.*.mp3")
    url = f"{address}audio/{file.name}"
    part = page.request.get(url, headers={"Range": "bytes=0-1"})
    assert (part.status, part.headers["content-length"]) == (206, "2")


def test_the_episode_line_reads_well_in_every_setting(page: Page, address: str) -> None:
    page.goto(address + "episode-3/")
    figure = page.get_by_role("figure", name="Qui parle quand")
    figure.get_by_text("Le détail des durées").click()
    assert figure.get_by_role("row").count() == 4
    assert figure.get_by_role("rowheader").all_inner_texts() == [
        "La présentatrice", "L'invité", "La conseillère",
    ]  # fmt: skip
    axe = Axe().run(page, ".line", options={"runOnly": {"type": "tag", "values": RULES}})
    assert axe.response["violations"] == []
    # 320 px at twice the text size: nothing beside the page or over another, cells still cells.
    page.set_viewport_size({"width": 320, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '225%'")
    right = "all => Math.max(...all.map(e => e.getBoundingClientRect().right))"
    assert figure.locator("*:visible").evaluate_all(right) <= 320
    assert figure.get_by_role("cell").count() == 6
    shown = figure.locator("svg text:visible")
    boxes = shown.evaluate_all("all => all.map(e => e.getBoundingClientRect().toJSON())")
    for one, two in itertools.pairwise(sorted(boxes, key=lambda b: (b["top"], b["left"]))):
        assert one["top"] != two["top"] or one["right"] < two["left"]
    assert all(box["left"] >= 0 and box["right"] <= 320 for box in boxes)


def test_the_episode_line_keeps_its_shape_in_forced_colours(page: Page, address: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(forced_colors="active", color_scheme=scheme)
        page.goto(address + "episode-3/")
        strokes = page.eval_on_selector_all(
            ".row path", "all => all.map(e => getComputedStyle(e).stroke)"
        )
        ink = page.evaluate("getComputedStyle(document.querySelector('.line p')).color")
        assert set(strokes) == {ink}
