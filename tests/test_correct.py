"""A few words put right in a text that is out: what changes, what does not, and who answers for it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from conftest import Ran, run_podcast


@pytest.fixture
def out(show: Path, published: Path) -> Path:
    shutil.copy(published / "published.json", show)
    shutil.copytree(published / "site", show / "site")
    return show


def text_of(folder: Path, slug: str = "episode-1") -> str:
    return (folder / "transcripts" / f"{slug}.md").read_text("utf-8")


def test_page_captions_and_json_change_and_the_sound_does_not(out: Path) -> None:
    known = json.loads((out / "published.json").read_text("utf-8"))["episodes"]["episode-1"]
    feed = (out / "site" / "feed.xml").read_text("utf-8")
    ran = run_podcast(
        [
            "correct",
            "episode-1",
            "une chaise adaptée",
            "un siège adapté",
            "--by",
            "Zoé",
            "--publish",
        ],
        out,
    )
    assert ran.code == 0, ran.err
    lines = ran.out.replace("\xa0", " ").splitlines()
    assert lines[0].startswith("transcripts/episode-1.md:") and "« … » est devenu" not in lines[0]
    assert "un siège adapté" in lines[0] and "une chaise adaptée" in lines[0]
    assert (
        lines[1]
        == "La transcription reste relue, par L'équipe d'À voix égales, Zoé, à la date d'aujourd'hui."
    )
    site = out / "site" / "episode-1"
    page = re.sub(r"<[^>]+>", "", (site / "index.html").read_text("utf-8"))
    assert "un siège adapté" in page and "Zoé" in page
    changed = [f.suffix for f in site.rglob("*") if f.is_file() and f.suffix in (".vtt", ".srt", ".json", ".txt") and "siège" in f.read_text("utf-8")]  # fmt: skip
    assert {".vtt", ".srt", ".json", ".txt"} <= set(changed)
    assert not any("chaise adaptée" in f.read_text("utf-8") for f in site.rglob("*.vtt"))
    now = json.loads((out / "published.json").read_text("utf-8"))["episodes"]["episode-1"]
    assert {k: v for k, v in now.items() if k != "text"} == {
        k: v for k, v in known.items() if k != "text"
    }
    assert now["text"] != known["text"]
    items = [
        re.findall(r"<(?:guid|enclosure)[^>]*>", each)
        for each in (feed, (out / "site" / "feed.xml").read_text("utf-8"))
    ]
    assert items[0] == items[1]
    head = text_of(out).split("---")[1]
    assert f"reviewed_on: {date.today().isoformat()}" in head and "reviewed_text: " in head


def test_only_the_words_and_the_head_change(out: Path, podcast: Callable[..., Ran]) -> None:
    before = text_of(out)
    ran = podcast(out, "correct", "episode-1", "qu'est-ce  qu’un", "qu'est donc un", language="en")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[-1] == "For readers to have it, type: publish episode-1"
    _, _, body = before.split("---", 2)
    assert text_of(out).split("---", 2)[2] == body.replace("qu'est-ce qu'un", "qu'est donc un", 1)
    assert podcast(out, "list").out.count("episode-1 : publié, et changé depuis (texte).") == 1


def test_several_places_are_listed_and_nothing_is_changed(
    out: Path, podcast: Callable[..., Ran]
) -> None:
    before = text_of(out)
    count = len(re.findall(r"\bpersonne\b", before))
    assert count > 1
    ran = podcast(out, "correct", "episode-1", "personne", "salariée")
    assert (ran.code, ran.out, text_of(out)) == (1, "", before)
    lines = ran.err.replace("\xa0", " ").splitlines()
    assert len(lines) == count + 1
    assert re.match(r"transcripts/episode-1\.md:\d+ : 1\. « .*personne", lines[0])
    assert lines[-1] == f"Ces mots sont à {count} endroits, et rien n'a été changé. Ajoutez --all pour les corriger tous, ou --nth et son numéro."  # fmt: skip
    assert podcast(out, "correct", "episode-1", "personne", "salariée", "--nth", "9").code == 1
    assert podcast(out, "correct", "episode-1", "personne", "salariée", "--nth", "2").code == 0
    first = before.index("personne") + 1
    assert text_of(out).split("---", 2)[2].count("salariée") == before.count("salariée") + 1
    assert "personne" in text_of(out)[: first + 200]
    assert podcast(out, "correct", "episode-1", "personne", "salariée", "--all").code == 0
    assert not re.search(r"\bpersonne\b", text_of(out))


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("zzz", "x", "« zzz » ne se trouve pas dans ce texte."),
        ("person", "x", "« person » ne se trouve pas dans ce texte."),  # whole words only
        ("reviewed", "x", "« reviewed » ne se trouve pas dans ce texte."),  # the head is no text
        ("", "x", "Dites les mots à corriger"),
        ("bruit", " ", "Dites les mots à corriger"),
        ("bruit", "bruit]", "« ] » n'a pas son autre moitié."),
        ("bruit", "{bruit?}", "« bruit » est marqué comme douteux."),
        ("bruit", "bru\x07it", "cette ligne contient un caractère invisible"),
    ],
)  # fmt: skip
def test_what_cannot_be_leaves_the_text(
    wrong: str, right: str, said: str, out: Path, podcast: Callable[..., Ran]
) -> None:
    before = text_of(out)
    ran = podcast(out, "correct", "episode-1", wrong, right)
    assert (ran.code, ran.out, text_of(out)) == (1, "", before)
    assert said in ran.err.replace("\xa0", " "), ran.err


def test_a_text_that_waits_for_its_review_goes_on_waiting(
    out: Path, podcast: Callable[..., Ran]
) -> None:
    file = out / "transcripts" / "episode-1.md"
    file.write_text(text_of(out).replace("status: reviewed", "status: draft"), "utf-8")
    ran = podcast(
        out, "correct", "episode-1", "une chaise adaptée", "un siège adapté", "--by", "Zoé"
    )
    assert ran.code == 0
    assert "attend encore sa relecture" in ran.out
    assert "Zoé" not in text_of(out) and "un siège adapté" in text_of(out)


def test_a_review_that_nobody_signed_needs_a_name(out: Path, podcast: Callable[..., Ran]) -> None:
    file = out / "transcripts" / "episode-1.md"
    file.write_text(re.sub(r"^reviewed_by: .*\n", "", text_of(out), flags=re.MULTILINE), "utf-8")
    before = text_of(out)
    ran = podcast(out, "correct", "episode-1", "une chaise adaptée", "un siège adapté")
    assert (ran.code, text_of(out)) == (1, before)
    assert "Ajoutez --by VOTRE-NOM." in ran.err


@pytest.mark.parametrize(("day", "dated"), [("2026-01-05", False), ("2100-01-05", True)])
def test_a_text_was_not_written_by_a_machine_after_it_was_corrected(
    out: Path, day: str, dated: bool
) -> None:
    """Heard again for better times, with another model perhaps: that is no draft of this text."""
    file = out / "transcripts" / "episode-2.md"
    said = re.sub("reviewed_on: .*", f"reviewed_on: {day}", file.read_text("utf-8"))
    file.write_text(said, "utf-8")
    ran = run_podcast(["publish", "episode-2"], out)
    assert ran.code == 0, ran.err
    page = (out / "site" / "episode-2" / "index.html").read_text("utf-8")
    told = re.search(r'<p class="provenance">(.*)</p>', page)
    assert told and "Automatic transcript" in told[1]
    assert ("model demo" in told[1]) == dated


def test_a_place_is_shown_by_whole_words(show: Path) -> None:
    ran = run_podcast(["correct", "episode-1", "de", "des"], show)
    text = text_of(show).replace("\xa0", " ")
    places = re.findall(r"« (.*) »", ran.err.replace("\xa0", " "))
    assert ran.code == 1 and len(places) > 4
    for place in places:
        assert re.search(rf"(?<!\w){re.escape(place)}(?!\w)", text), place
