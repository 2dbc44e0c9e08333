"""All episodes by topic and by season: the overview, a page for each, strict keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Ran
from small_site import SAMPLE, episode, pages, said, tree
from small_site import show as sample
from test_index import links, many

from podcast.errors import Fixable, Place
from podcast.feed_checks import unfit
from podcast.published import in_order
from podcast.show import Show, read_show

SEASONS = "seasons: {2: Au travail}\nepisodes_per_page: 10\n"


def of_seasons() -> tuple[Show, dict[str, str]]:
    of = sample(SEASONS)
    return of, pages(of, [
        episode(of, "a", "2026-01-01", head="season: 1\ntopics: [surdite]\n"),
        episode(of, "b", "2026-02-01", head="season: 2\ntopics: [surdite, maintien]\n"),
        episode(of, "c", "2026-03-01", head="season: 2\nlanguage: en\n"),
        episode(of, "d", "2026-04-01"),
    ])  # fmt: skip


def test_every_season_and_topic_has_its_page() -> None:
    _, made = of_seasons()
    overview = made["themes/index.html"]
    assert tree(overview).findtext(".//h1") == "Par thème et par saison"
    led = dict(zip(tree(overview).xpath("//main//li/a/text()"),
                   links(overview, "themes/index.html", "//main"), strict=True))  # fmt: skip
    assert led == {
        "Garder son emploi": "themes/maintien",
        "Travailler sourd ou malentendant": "themes/surdite",
        "Saison 2\u00a0: Au travail": "saisons/2",
        "Saison 1": "saisons/1",
    }
    titles = "//article/h3/a/text()"
    assert tree(made["themes/surdite/index.html"]).xpath(titles) == ["Titre de b", "Titre de a"]
    assert tree(made["saisons/2/index.html"]).xpath(titles) == ["Titre de c", "Titre de b"]
    assert "Résumé" in said(made["saisons/1/index.html"])
    # Where nothing has one of them, the page is named after the other; without both there is none.
    of = sample()
    alone = pages(of, [episode(of, "a", head="topics: [surdite]\n")])
    assert tree(alone["themes/index.html"]).findtext(".//h1") == "Par thème"
    assert not [path for path in pages(of, [episode(of, "a")]) if path.startswith("themes")]


def test_they_are_found_from_the_home_page_and_the_episode() -> None:
    _, made = of_seasons()
    assert "themes" in links(made["index.html"], "index.html", "//ul[@class='ways']")
    _, topics = tree(made["b/index.html"]).xpath("//p[@class='by']")
    told = [(a.text, a.get("href")) for a in topics.findall("a")]
    assert told == [
        ("Travailler sourd ou malentendant", "../themes/surdite/"),
        ("Garder son emploi", "../themes/maintien/"),
    ]


def test_a_long_season_has_several_pages() -> None:
    of = sample(SEASONS)
    episodes = [replace(e, episode=replace(e.episode, season=1)) for e in many(of, 25)]
    made = pages(of, episodes)
    assert [path for path in made if path.startswith("saisons/")] == [
        "saisons/1/index.html", "saisons/1/page/2/index.html", "saisons/1/page/3/index.html",
    ]  # fmt: skip
    assert len(tree(made["saisons/1/page/3/index.html"]).xpath("//article")) == 5
    (before,) = tree(made["saisons/1/page/3/index.html"]).xpath("//a[@rel='prev']/@href")
    assert before == "../../../../saisons/1/page/2/index.html"


def test_a_topic_that_the_show_does_not_name_is_told() -> None:
    of = sample()
    wrong = in_order(of, [episode(of, "a", head="topics: [surdit]\n")])
    faults = unfit(wrong, lambda slug, key: Place(f"{slug}.md:{key}"))
    assert [(f.kind, f.facts["key"]) for f in faults] == [("episode.unknown_topic", "surdit")]


@pytest.mark.parametrize("key", ["Surdité", "a b", "con"])
def test_a_key_that_cannot_be_an_address_is_refused(key: str) -> None:
    with pytest.raises(Fixable) as told:
        read_show(SAMPLE.replace("topics:\n", f"topics:\n  {key}: Nom\n"), "podcast.yaml")
    assert [f.kind for f in told.value.faults] == ["field.slug"]


def test_publish_tells_the_line(show: Path, podcast: Callable[..., Ran]) -> None:
    file = show / "episodes" / "episode-1" / "episode.md"
    file.write_text(file.read_text("utf-8").replace("topics: [", "topics: [ailleurs, "), "utf-8")
    ran = podcast(show, "publish", "episode-1")
    assert ran.code == 1
    line = file.read_text("utf-8").splitlines().index("topics: [ailleurs, amenagement]") + 1
    assert ran.err.startswith(
        f"episodes/episode-1/episode.md:{line} : « ailleurs » n'est pas un thème de l'émission."
    )
