"""The page about the show: a person's own text, or what podcast.yaml says; safe and in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from conftest import ROOT, Ran
from hypothesis import given
from hypothesis import strategies as st
from small_site import THEME, episode, said, tree, views
from small_site import show as sample
from test_structured import data

from podcast.appearances import Appearance
from podcast.notes_html import to_html
from podcast.pages import about
from podcast.published import in_order


def page(text: str = "") -> str:
    of = sample()
    heard = (Appearance.of("conseillere", 1, 1000, ()),)
    publication = in_order(of, [replace(episode(of, "a"), appearances=heard)], text)
    ((path, view),) = views(about, publication)
    assert path == "a-propos/index.html"
    return THEME.render(about.TEMPLATE, view)


def test_what_a_person_wrote_is_the_page() -> None:
    made = page(
        "# Nous\n\nUn *texte*.\n\n### Qui\n\n<script>alert(1)</script> [ici](https://a.example)"
    )
    headings = [
        (e.tag, e.text) for e in tree(made).xpath("//main//*[self::h1 or self::h2 or self::h3]")
    ]
    assert headings == [("h1", "À propos de l’émission"), ("h2", "Nous"), ("h3", "Qui")]
    assert "Un texte." in said(made) and tree(made).xpath("//main//script") == []
    assert "La conseillère" not in said(made)
    assert tree(made).xpath("//main//a/@href")[0] == "https://a.example"


def test_without_it_the_show_tells_itself() -> None:
    made = page()
    assert "Le podcast du travail et du handicap." in said(made)
    assert "Par L'équipe d'À voix égales" in said(made)
    (person,) = tree(made).xpath("//main//li/a")
    assert (person.text, person.get("href")) == ("La conseillère", "../personnes/conseillere/")
    assert data(made)["@type"] == "AboutPage"
    assert data(made)["mainEntity"]["name"] == "À voix égales"


def test_the_sample_show_tells_of_itself(published: Path) -> None:
    page = (published / "site" / "a-propos" / "index.html").read_text("utf-8")
    titles = [text.strip() for text in tree(page).xpath("//main//h2/text()")]
    assert titles == re.findall(r"(?m)^## (.*)$", (ROOT / "about.md").read_text("utf-8"))
    assert "voix de synthèse" in said(page)


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["Un", "Deux"])), max_size=8))
def test_headings_of_any_text_leave_no_level_out(written: list[tuple[int, str]]) -> None:
    html = str(to_html("\n\n".join(f"{'#' * level} {text}" for level, text in written), top=2))
    levels = [int(found) for found in re.findall(r"<h(\d)", html)]
    assert len(levels) == len(written)
    assert set(levels) <= {2, 3, 4}
    for before, after in zip([1, *levels], levels, strict=False):
        assert after <= before + 1


def test_publish_follows_the_file(show: Path, podcast: Callable[..., Ran]) -> None:
    made = show / "site" / "a-propos" / "index.html"
    (show / "about.md").unlink()
    assert podcast(show, "publish", "episode-1").code == 0
    assert "Le podcast du travail" in said(made.read_text("utf-8"))
    (show / "about.md").write_text("Nous sommes trois.\n", "utf-8")
    assert podcast(show, "publish", "episode-1").code == 0
    assert "Nous sommes trois." in said(made.read_text("utf-8"))
    (show / "about.md").write_bytes(b"caf\xe9")
    ran = podcast(show, "publish", "episode-1")
    assert ran.code == 1 and ran.err.startswith("about.md:1 :")
    (show / "about.md").unlink()
    assert podcast(show, "publish", "episode-1").code == 0
    assert "Le podcast du travail" in said(made.read_text("utf-8"))


def test_what_is_no_text_is_told(show: Path, podcast: Callable[..., Ran]) -> None:
    (show / "about.md").unlink()
    (show / "about.md").mkdir()
    ran = podcast(show, "publish", "episode-1")
    assert ran.code == 1 and "about.md" in ran.err
