"""A summary that is easy to read: first on the page and in files, in the feeds, for machines."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

from conftest import ROOT
from pages.browsing import LIGHT, PRINTED, Site, Visitor
from small_site import episode, pages, said, show, tree
from test_braille import leaves
from test_structured import data

from podcast import json_feed, liblouis
from podcast.assembly import texts_of
from podcast.brf import _DOTS
from podcast.captions import txt
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


def test_large_print_begins_with_it() -> None:
    of = show()
    made = texts_of(episode(of, "a", head=HEAD), of).files["a/a.large-print.html"].decode()
    (box,) = tree(made).xpath("//main/section[@class='falc']")
    assert box.getprevious().tag == "h1" and box.findtext("h2") == "En bref, facile à lire"
    assert [p.text for p in box.findall("p")] == ["Il <a> peur.", "Il demande de l'aide."]
    without = texts_of(episode(of, "b"), of).files["b/b.large-print.html"].decode()
    assert not tree(without).xpath("//*[@class='falc']")


def test_plain_text_begins_with_it_and_says_where_the_transcript_begins() -> None:
    of = show()
    published = episode(of, "a", head=HEAD)
    head, _, transcript = txt.render(published).partition("\n\nTRANSCRIPTION\n\n")
    assert head == "Titre de a\n\nEN BREF, FACILE À LIRE\n\nIl <a> peur.\n\nIl demande de l'aide."
    assert transcript == f"{txt.plain_text(published.transcript)}\n"
    assert txt.render(episode(of, "b")).startswith("Titre de b\n\n")
    assert "TRANSCRIPTION" not in txt.render(episode(of, "b"))
    english = txt.render(episode(of, "a", head=f"language: en\n{HEAD}"))
    assert "\n\nIN SHORT, EASY TO READ\n\n" in english and "\n\nTRANSCRIPT\n\n" in english


def test_braille_begins_with_it() -> None:
    """Under its own centred title, and an empty line stands before what is not of it."""
    of = show()
    (first, *_) = leaves(texts_of(episode(of, "a", head=HEAD), of).files["a/a.brf"])
    titles = ["Titre de a", "En bref, facile à lire"]
    told = ["Il <a> peur.", "Il demande de l'aide."]
    name, easy, *sentences = (liblouis.braille(s, "fr", False) for s in (*titles, *told))
    wanted = [name, "", easy, *sentences, ""]
    assert [line.strip() for line in first[:6]] == [cells.translate(_DOTS) for cells in wanted]
    assert [len(line) - len(line.lstrip()) for line in first[:7]] == [14, 0, 8, 2, 2, 0, 2]


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
