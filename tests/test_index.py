"""The list of episodes in pages, the site map, and the menu that leads to both."""

from __future__ import annotations

import itertools
import posixpath
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st
from small_site import episode, pages, show, tree

from podcast.dates import language_name, long_date
from podcast.listing import numbers
from podcast.published import PublishedEpisode
from podcast.show import Show
from podcast.wording import languages


def many(of: Show, count: int) -> list[PublishedEpisode]:
    """So many episodes, one every four days."""
    first = episode(of, "e1", "2016-01-01")
    start = first.episode.date
    return [
        replace(first, episode=replace(
            first.episode, slug=f"e{n}", title=f"Titre {n}", date=start + timedelta(days=4 * n),
        ))
        for n in range(1, count + 1)
    ]  # fmt: skip


def links(page: str, path: str, where: str) -> list[str]:
    """Where the links of a part of a page lead, as paths below the site."""
    found = tree(page).xpath(f"{where}//a/@href")
    if path == "404.html":  # a server shows it anywhere: its addresses begin at the top
        return [posixpath.relpath(href, "/a-voix-egales") for href in found]
    folder = posixpath.dirname(path)
    return [posixpath.normpath(posixpath.join(folder, href)) for href in found]


def test_a_thousand_episodes_are_all_reached_by_pages() -> None:
    """Page checklist I7: paging works without scripts; I2: headings that are links."""
    of = show()
    made = pages(of, many(of, 1000))
    lists = ["index.html", *(f"page/{n}/index.html" for n in range(2, 51))]
    assert [path for path in made if path.startswith("page/")] == lists[1:]
    seen = []
    for path in lists:
        headings = tree(made[path]).xpath("//article/h3/a/text()")
        assert len(headings) == 20
        seen += headings
        assert len(tree(made[path]).xpath("//article/p[contains(., 'avec transcription')]")) == 20
        # Every link of the paging leads to a page that exists, and all are the same few.
        around = links(made[path], path, "//nav[@aria-label='Pages de la liste des épisodes']")
        assert set(around) <= {*lists} and len(around) <= 9
        assert {"index.html", lists[-1]} - {path} <= set(around)
        (current,) = tree(made[path]).xpath("//nav//*[@aria-current][not(self::a)]")
        assert current.text == f"Page {lists.index(path) + 1}"
    assert seen == [f"Titre {n}" for n in range(1000, 0, -1)]
    titles = [tree(page).findtext(".//title") for page in made.values()]
    assert len(set(titles)) == len(titles) == 1000 + 50 + 6 + 1 + 50
    assert tree(made["page/3/index.html"]).findtext(".//title") == "À voix égales – page 3 sur 50"
    assert "Épisodes 41 à 60 sur 1000" in made["page/3/index.html"]


def test_following_next_from_the_home_page_reaches_the_end() -> None:
    of = show("episodes_per_page: 3\n")
    made = pages(of, many(of, 8))
    path, walked = "index.html", ["index.html"]
    while nexts := tree(made[path]).xpath("//a[@rel='next']/@href"):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), nexts[0]))
        walked.append(path)
    assert walked == ["index.html", "page/2/index.html", "page/3/index.html"]
    back = tree(made[path]).xpath("//a[@rel='prev']/@href")
    assert posixpath.normpath(posixpath.join(posixpath.dirname(path), back[0])) == walked[1]


@pytest.mark.parametrize(
    ("page", "of", "shown"),
    [
        (1, 1, "1"), (1, 2, "1 2"), (1, 3, "1 2 3"), (1, 4, "1 2 3 4"), (1, 5, "1 2 … 5"),
        (3, 5, "1 2 3 4 5"), (4, 7, "1 2 3 4 5 6 7"), (5, 9, "1 … 4 5 6 … 9"),
        (25, 50, "1 … 24 25 26 … 50"), (50, 50, "1 … 49 50"),
    ],
)  # fmt: skip
def test_numbers_that_are_left_out(page: int, of: int, shown: str) -> None:
    assert " ".join(str(n or "…") for n in numbers(page, of)) == shown


@given(st.integers(1, 400), st.data())
def test_numbers_are_few_and_in_order(pages: int, data: st.DataObject) -> None:
    page = data.draw(st.integers(1, pages))
    told = numbers(page, pages)
    known = [n for n in told if n]
    assert known == sorted(set(known)) and {1, page, pages} <= set(known) and len(told) <= 7
    for before, after in itertools.pairwise(told):
        assert before is None or after is None or after == before + 1


def test_the_site_map_has_every_page_and_every_episode_by_year() -> None:
    """Page checklist I3: a menu and a site map (RGAA 12.1, 12.3)."""
    of = show("episodes_per_page: 2\n")
    made = pages(of, [
        episode(of, "a", "2024-12-31"), episode(of, "b", "2025-01-01"), episode(of, "c"),
        episode(of, "d", "2026-10-01", head="language: en\n"),
    ])  # fmt: skip
    path = "plan-du-site/index.html"
    named = {p if p.endswith(".xml") else posixpath.join(p, "index.html").replace("html/index.html", "html")
             for p in links(made[path], path, "//main")}  # fmt: skip
    assert named == {*made, "feed.xml"} - {path, "404.html"}
    assert tree(made[path]).xpath("//main//h3/text()") == ["2026", "2025", "2024"]
    (english,) = tree(made[path]).xpath("//main//a[@lang='en']")
    assert "en anglais" in english.getparent().text_content()


def test_the_menu_is_the_same_on_every_page() -> None:
    """Page checklist I3: same links in the same order (WCAG 3.2.3, RGAA 12.2)."""
    of = show("episodes_per_page: 1\n")
    made = pages(of, [episode(of, "a"), episode(of, "b", head="language: en\n")])
    for path, page in made.items():
        assert links(page, path, "//header//nav") == [
            "index.html", "abonnement", "recherche", "plan-du-site",
        ]  # fmt: skip
        current = tree(page).xpath("//header//nav//a[@aria-current='page']/@href")
        folders = ("", "abonnement/", "recherche/", "plan-du-site/")
        assert len(current) == (path in [f"{folder}index.html" for folder in folders])


def test_another_language_is_told_in_the_list() -> None:
    of = show()
    home = pages(of, [episode(of, "a"), episode(of, "b", head="language: en\n")])["index.html"]
    facts = [p.text_content() for p in tree(home).xpath("//article/p[@class='facts']")]
    assert ["en anglais" in text for text in facts] == [True, False]


def test_dates_and_languages_as_people_write_them() -> None:
    assert long_date(date(2026, 10, 1), "fr") == "1er octobre 2026"
    assert long_date(datetime(2026, 10, 11), "fr-CA") == "11 octobre 2026"
    assert long_date(date(2026, 10, 1), "en") == "October 1, 2026"
    assert language_name("en", "fr") == "anglais"
    assert language_name("fr-CA", "en") == "French (Canada)"
    assert language_name("qqx", "fr") == "qqx"


@pytest.mark.parametrize("language", languages())
def test_every_date_is_written_as_babel_does(language: str) -> None:
    for day in (date(year, 1, 1) + timedelta(n) for year in (33, 1999, 2028) for n in range(366)):
        written = format_date(day, "long", locale=language)
        if language == "fr" and day.day == 1:
            written = written.replace("1 ", "1er ", 1)
        assert long_date(day, language) == written
