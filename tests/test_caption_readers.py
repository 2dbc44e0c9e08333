"""Captions read back by readers that are not ours, with every name intact.

Two libraries read the files for real.  The rules of two apps that cannot be installed here are
written down from their documented behaviour: AntennaPod (VTT: a voice goes on until the next one;
SRT: what stands before ": " is a speaker) and Pocket Casts (SRT: its pattern for names).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import srt
import webvtt
from conftest import EPISODES
from lxml import html


@pytest.fixture(params=EPISODES)
def files(request: pytest.FixtureRequest, published: Path) -> Path:
    return published / "site" / request.param / f"{request.param}.x"


def names(files: Path) -> list[str]:
    """The speakers of the captions, as our JSON has them."""
    segments = json.loads(files.with_suffix(".json").read_text("utf-8"))["segments"]
    return [segment.get("speaker", "") for segment in segments]


def test_webvtt_py(files: Path) -> None:
    captions = webvtt.read(str(files.with_suffix(".vtt"))).captions
    assert [caption.voice or "" for caption in captions] == names(files)
    segments = json.loads(files.with_suffix(".json").read_text("utf-8"))["segments"]
    assert [c.text.replace("\n", " ") for c in captions] == [s["body"] for s in segments]
    assert [c.start_in_seconds for c in captions] == [int(s["startTime"]) for s in segments]


def test_srt(files: Path) -> None:
    text = files.with_suffix(".srt").read_text("utf-8")
    cues = list(srt.parse(text))
    segments = json.loads(files.with_suffix(".json").read_text("utf-8"))["segments"]
    assert len(cues) == len(segments)
    for cue, segment in zip(cues, segments, strict=True):
        assert cue.start.total_seconds() == segment["startTime"]
        assert cue.end.total_seconds() == segment["endTime"]


def test_as_antennapod_reads_vtt(files: Path) -> None:
    speaker, heard = "", []
    for block in files.with_suffix(".vtt").read_text("utf-8").strip().split("\n\n")[1:]:
        times, *lines = block.split("\n")
        assert re.fullmatch(r"(\d\d:){1,2}\d\d\.\d{3} --> (\d\d:){1,2}\d\d\.\d{3}", times)
        if voice := re.match(r"<v ([^>&]+)>", lines[0]):
            speaker = voice[1]
        heard.append(speaker)
    wanted = names(files)
    assert [h for h, w in zip(heard, wanted, strict=True) if w] == [w for w in wanted if w]


def test_as_antennapod_reads_srt(files: Path) -> None:
    speaker, heard = "", []
    for block in files.with_suffix(".srt").read_text("utf-8").strip().split("\n\n"):
        body = " ".join(block.split("\n")[2:])
        if ": " in body:
            speaker, rest = body.split(": ", 1)
            assert ": " not in rest, "the rest would be lost"
        heard.append(speaker)
    wanted = names(files)
    assert [h for h, w in zip(heard, wanted, strict=True) if w] == [w for w in wanted if w]


def test_as_pocket_casts_reads_srt(files: Path) -> None:
    """Its pattern knows no accents, so such names stay in the text: they must not be cut."""
    for block in files.with_suffix(".srt").read_text("utf-8").strip().split("\n\n"):
        body = "\n".join(block.split("\n")[2:])
        if match := re.match(r"^\s*([a-zA-Z0-9 ]+):\s(.*)", body):
            assert match[1] in names(files)


def test_the_bare_html_has_no_script_and_every_name(files: Path) -> None:
    page = html.parse(files.with_suffix(".html")).getroot()
    assert page.xpath("//script|//style|//link") == []
    cited = [cite.text_content().rstrip(":") for cite in page.iter("cite")]
    assert set(cited) == {name for name in names(files) if name}
    assert len(list(page.iter("time"))) >= len(cited)
    assert page.get("lang") in ("fr", "en")
