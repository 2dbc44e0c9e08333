"""What a reader does on the sample show, in a real Chromium; ``tests/pages`` holds its promises."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages.axe import TAGS
from pages.browsing import Site
from playwright.sync_api import Browser, Page


@pytest.fixture
def address(sites: tuple[Site, ...]) -> str:
    return sites[0].address


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
    axe = Axe().run(page, ".line", options={"runOnly": {"type": "tag", "values": TAGS}})
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
