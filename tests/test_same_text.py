"""One edited file, one text: page, VTT, SRT, JSON and TXT say the same words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import EPISODES, ROOT
from lxml import html
from test_captions import read_vtt

from podcast.transcript import Paragraph
from podcast.workspace import Workspace


def plain(text: str) -> str:
    return " ".join(text.split())


def edited(slug: str) -> str:
    space = Workspace(ROOT)
    show = space.show()
    transcript = space.transcript(slug, show, show.language)
    return plain(" ".join(b.spoken for b in transcript.blocks if isinstance(b, Paragraph)))


def on_the_page(folder: Path) -> str:
    section = html.parse(folder / "index.html").getroot().get_element_by_id("transcript")
    for extra in section.xpath(
        ".//h2|.//h3|.//*[contains(@class,'time')]|.//b|.//sup|.//*[contains(@class,'sound')]"
        "|.//*[contains(@class,'provenance')]|.//section[contains(@class,'notes')]"
    ):
        extra.drop_tree()
    return plain(section.text_content())


@pytest.mark.parametrize("slug", EPISODES)
def test_every_output_says_the_same_words(published: Path, slug: str) -> None:
    folder = published / "site" / slug
    wanted = edited(slug)
    assert len(wanted) > 900
    assert on_the_page(folder) == wanted
    cues = read_vtt((folder / f"{slug}.vtt").read_text("utf-8"))
    assert plain(" ".join(text for _, _, voice, text in cues if voice)) == wanted
    segments = json.loads((folder / f"{slug}.json").read_text("utf-8"))["segments"]
    assert plain(" ".join(s["body"] for s in segments if "speaker" in s)) == wanted
    # An easy summary stands between the title and the transcript.
    _, _, text = (folder / f"{slug}.txt").read_text("utf-8").partition("\n\n")
    text = text.rpartition("TRANSCRIPTION\n\n")[2]
    names = {speaker for _, _, speaker, _ in cues if speaker}
    body = re.sub(rf"^({'|'.join(map(re.escape, names))})\u00a0?: ", "", text, flags=re.MULTILINE)
    said = [
        line
        for line in body.split("\n\n")
        if not line.startswith(("[", "(")) and line != line.upper()
    ]
    assert plain(re.sub(r" \(\d+\)", "", " ".join(said))) == wanted


@pytest.mark.parametrize("slug", EPISODES)
def test_who_speaks_is_the_same_everywhere(published: Path, slug: str) -> None:
    folder = published / "site" / slug
    voices = [v for _, _, v, _ in read_vtt((folder / f"{slug}.vtt").read_text("utf-8")) if v]
    segments = json.loads((folder / f"{slug}.json").read_text("utf-8"))["segments"]
    assert [s["speaker"] for s in segments if "speaker" in s] == voices
    page = html.parse(folder / "index.html").getroot()
    named = [re.sub(r"[\s\u00a0]*:$", "", b.text_content()) for b in page.iter("b")]
    turns = [voice for i, voice in enumerate(voices) if i == 0 or voices[i - 1] != voice]
    assert [n for i, n in enumerate(named) if i == 0 or named[i - 1] != n] == turns


@pytest.mark.parametrize("slug", EPISODES)
def test_times_are_inside_the_sound_and_near_the_truth(published: Path, slug: str) -> None:
    truth = json.loads(
        (ROOT / "tools" / "sample_show" / "truth" / f"{slug}.json").read_text("utf-8")
    )
    opening = 9000 if slug == "episode-3" else 0
    page = html.parse(published / "site" / slug / "index.html").getroot()
    # A paragraph's address is the second at which it begins, and its link leads there.
    paragraphs = [p for p in page.iter("p") if re.fullmatch(r"p\d+(-\d+)?", p.get("id") or "")]
    seconds = [int(re.findall(r"\d+", p.get("id"))[0]) for p in paragraphs]
    for paragraph, second in zip(paragraphs, seconds, strict=True):
        for link in paragraph.xpath("a[@class='time']"):
            assert link.get("href").endswith(f"#t={second}")
    starts = [(turn["start_ms"] + opening) / 1000 for turn in truth["turns"]]
    assert len(seconds) == len(starts)
    for shown, real in zip(seconds, starts, strict=True):
        assert real - 1.3 <= shown <= real + 0.5
