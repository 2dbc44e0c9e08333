"""A summary that is easy to read: first on the page, in the feeds, in the book, for machines."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

from conftest import ROOT
from pages.browsing import LIGHT, PRINTED, Site, Visitor
from small_site import episode, pages, said, show, tree
from test_structured import data

from podcast import json_feed
from podcast.assembly import texts_of
from podcast.feed_text import notes
from podcast.published import in_order

HEAD = "summary_falc: |\n  Il <a> peur.\n\n    Il demande de l'aide. \n"


def test_it_stands_first_on_the_page() -> None:
    of = show()
    page = pages(of, [episode(of, "a", head=HEAD)])["a/index.html"]
    (box,) = tree(page).xpath("//section[@class='falc']")
    assert [p.text for p in box.findall("p")] == ["Il <a> peur.", "Il demande de l'aide."]
    assert box.findtext("h2") == "En bref, facile à lire"
    text = said(page)
    assert text.index("Titre de a") < text.index("En bref, facile à lire") < text.index("Résumé")
    assert data(page)["abstract"] == "Il <a> peur. Il demande de l'aide."
    without = pages(of, [episode(of, "b")])["b/index.html"]
    assert "facile à lire" not in said(without) and "abstract" not in data(without)


def test_it_is_in_english_on_an_english_page() -> None:
    of = show()
    page = pages(of, [episode(of, "a", head=f"language: en\n{HEAD}")])["a/index.html"]
    assert "In short, easy to read" in said(page)


def test_apps_get_it_under_its_name_after_the_way_to_the_transcript() -> None:
    of = show()
    told = notes(of, episode(of, "a", head=HEAD))
    assert "<p>Il &lt;a&gt; peur.</p>" in told
    order = ["#transcript", "En bref, facile à lire", "Il demande", "Résumé"]
    assert [told.index(each) for each in order] == sorted(told.index(each) for each in order)
    assert "En bref" not in notes(of, episode(of, "a"))
    ((_, make, _),) = json_feed.makers(in_order(of, [episode(of, "a", head=HEAD)]))
    (item,) = json.loads(make())["items"]
    assert item["_podcast"]["summary_falc"] == "Il <a> peur.\nIl demande de l'aide."


def test_the_book_begins_with_it(tmp_path: Path) -> None:
    of = show()
    made = texts_of(episode(of, "a", head=HEAD), of).files["a/a.epub"]
    (tmp_path / "a.epub").write_bytes(made)
    text = ZipFile(tmp_path / "a.epub").read("book/text.xhtml").decode()
    assert (
        text.index("En bref, facile à lire")
        < text.index("Il &lt;a&gt; peur.")
        < text.index("Résumé")
    )


def test_the_sample_keeps_the_rules() -> None:
    """Short sentences, one on a line, in the present, spoken to the reader (Inclusion Europe)."""
    from podcast.workspace import Workspace

    space = Workspace(ROOT)
    lines = space.episode("episode-3", space.show()).falc
    assert len(lines) >= 5
    for line in lines:
        assert line[0].isupper() and line.endswith(".") and line.count(".") == 1
        assert len(line.split()) <= 12, line


def test_it_is_seen_printed_and_at_once(sites: tuple[Site, ...], visitor: Visitor) -> None:
    for look in (LIGHT, PRINTED):
        with visitor.visit(sites[0], "episode-3/index.html", look) as visit:
            assert visit.page.locator(".falc p").first.is_visible()
            large, usual = (
                float(
                    visit.js(
                        "s => parseFloat(getComputedStyle(document.querySelector(s)).fontSize)", s
                    )
                )
                for s in (".falc p", ".lead")
            )
            assert large >= usual
