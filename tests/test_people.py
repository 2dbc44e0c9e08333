"""The pages on people: who they are, what they said, where, at which second; never too much."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages.browsing import BARE, LIGHT, Look, Site, Visitor
from small_site import SAMPLE, episode, pages, said, show, tree
from test_index import links

from podcast.appearances import MOST, Appearance, Moment, appearances
from podcast.frame import person_folder
from podcast.published import PublishedEpisode
from podcast.show import read_show
from podcast.timecode import spoken
from podcast.timeline import make_timeline
from podcast.transcript import (
    Block,
    Heading,
    MachineWords,
    Paragraph,
    Speaker,
    Text,
    Transcript,
    Word,
)

HOST = Speaker("La présentatrice", "presentatrice")
COACH = Speaker("La conseillère", "conseillere")
BOTH = Speaker("La présentatrice et La conseillère", "presentatrice+conseillere")
LONG = "La RQTH est une reconnaissance officielle, elle ouvre des droits, comme des aides."


def heard(*blocks: Block) -> tuple[Appearance, ...]:
    """Of a talk in which a word lasts a second."""
    words: list[Word] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            for word in block.spoken.split(" "):
                at = len(words) * 1000
                words.append(Word(at, at + 1000, 99, f" {word}"))
    transcript = Transcript("fr", "reviewed", blocks)
    machine = MachineWords("d", len(words) * 1000, "fr", "e", "m", "2026-11-01", tuple(words))
    return appearances(make_timeline(transcript, machine))


def says(speaker: Speaker, text: str, begins: bool = True) -> Paragraph:
    return Paragraph(speaker, (Text(text),), 1, begins)


def test_who_is_heard_and_where_they_begin() -> None:
    host, coach = heard(
        says(HOST, "Bonjour à toutes et à tous dans ce podcast."),
        Heading("La RQTH", 2),
        says(COACH, "Oui."),
        says(HOST, "Dites-nous."),
        says(COACH, LONG),
        says(Speaker("Personne 1"), "Et moi alors, que dois-je faire ?"),
        says(BOTH, "Merci."),
    )
    assert (host.key, host.turns, host.spoken_ms) == ("presentatrice", 3, 11_000)
    # « Oui. » tells nothing where the same person says more in the same chapter.
    assert coach.moments == (
        Moment("p11", 11_000, "La RQTH",
               "La RQTH est une reconnaissance officielle, elle ouvre des droits, comme des…"),
    )  # fmt: skip
    assert [m.chapter for m in host.moments] == ["", "La RQTH"]


def test_a_turn_that_goes_on_in_a_new_chapter_is_told_there_too() -> None:
    (host,) = heard(
        says(HOST, "Un deux trois quatre cinq."),
        Heading("Suite", 2),
        says(HOST, "Six sept huit neuf dix.", begins=False),
    )
    assert [(m.chapter, m.id) for m in host.moments] == [("", "p0"), ("Suite", "p5")]


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 30)), min_size=1))
def test_moments_are_few_in_order_and_begin_paragraphs(
    talk: list[tuple[bool, bool, int]],
) -> None:
    blocks: list[Block] = []
    for n, (heading, host, length) in enumerate(talk):
        if heading:
            blocks.append(Heading(f"Chapitre {n}", n))
        blocks.append(says(HOST if host else COACH, " ".join(["mot"] * length)))
    found = heard(*blocks)
    assert {each.key for each in found} == {
        "presentatrice" if host else "conseillere" for _, host, _ in talk
    }
    for each in found:
        starts = [moment.start_ms for moment in each.moments]
        assert 1 <= len(starts) <= MOST and starts == sorted(set(starts))
        for moment in each.moments:
            assert moment.id.split("-")[0] == f"p{moment.start_ms // 1000}"
            assert len(moment.words.split()) <= 12


def one(slug: str, date: str, *parts: Appearance, head: str = "") -> PublishedEpisode:
    return replace(episode(show(), slug, date, head=head), appearances=parts)


def part(key: str, at: int = 12_000) -> Appearance:
    return Appearance.of(key, 2, 61_000, (Moment(f"p{at // 1000}", at, "Chapitre", "Elle dit…"),))


def test_one_person_is_one_page_whatever_the_episode() -> None:
    of = show()
    made = pages(of, [
        one("a", "2026-01-01", part("conseillere"), part("invite")),
        one("b", "2026-02-01", part("conseillere", 75_000), head="language: en\n"),
        one("c", "2026-03-01", head="people: [conseillere]\n"),
    ])  # fmt: skip
    people = sorted(path for path in made if path.startswith("personnes/"))
    assert people == [
        "personnes/conseillere/index.html", "personnes/index.html",
        "personnes/invite/index.html",
    ]  # fmt: skip
    listed = tree(made["personnes/index.html"]).xpath("//main//li/a/text()")
    assert listed == ["La conseillère", "L'invité"]  # as podcast.yaml orders them
    page = made["personnes/conseillere/index.html"]
    assert tree(page).xpath("//article/h3/a/text()") == ["Titre de c", "Titre de b", "Titre de a"]
    where = links(page, "personnes/conseillere/index.html", "//ul[@class='said-where']")
    assert where == ["b/#p75", "a/#p12"]
    assert f"à {spoken(75_000)}" in " ".join(tree(page).xpath("//main//span/text()"))
    assert "2 prises de parole, 1 min 1 s en tout" in said(page).replace("\u00a0", " ")
    assert "sans prise de parole à son nom" in said(page)
    (english,) = tree(page).xpath("//ul[@class='said-where'][@lang='en']//a/@hreflang")
    assert english == "en"


def test_the_page_says_who_they_are() -> None:
    told = (
        "  coach:\n    name: La coach\n    role: sound designer\n    about: Elle <monte> le son.\n"
    )
    of = read_show(re.sub(r"  coach:\n    name: .*\n    role: .*\n", told, SAMPLE), "podcast.yaml")
    made = pages(of, [replace(episode(of, "a"), appearances=(part("coach"),))])
    for path in ("personnes/index.html", "personnes/coach/index.html"):
        assert "Elle <monte> le son." in said(made[path])
        assert "Monte le son et la musique" in said(made[path])


def test_a_thousand_hours_are_many_small_pages() -> None:
    of = show()
    moments = tuple(Moment(f"p{n}", n * 1000, "Un chapitre" * 5, "mot " * 12) for n in range(MOST))
    talk = Appearance.of("invite", 400, 3_000_000, moments)
    first = replace(episode(of, "e0", "2020-01-01"), appearances=(talk,))
    many = [
        replace(first, episode=replace(first.episode, slug=f"e{n}", title=f"Titre {n}"))
        for n in range(1000)
    ]
    made = {path: page for path, page in pages(of, many).items() if "invite/" in path}
    assert len(made) == 50
    assert max(len(page.encode()) for page in made.values()) < 60_000
    assert sum(page.count('<li><a href="../../../../e') for page in made.values()) >= 900 * MOST


def test_an_episode_leads_to_its_people() -> None:
    of = show()
    page = pages(of, [replace(episode(of, "a"), appearances=(part("presentatrice"),))])[
        "a/index.html"
    ]
    (link,) = tree(page).xpath("//p[@class='by']/a")
    assert (link.text, link.get("href")) == ("La présentatrice", "../personnes/presentatrice/")


def test_every_key_has_an_address_of_its_own() -> None:
    of = replace(show(), people={key: show().people["invite"] for key in ("Éva", "eva", "??", "!")})
    folders = [person_folder(of, key) for key in of.people]
    assert folders == ["personnes/eva-2/", "personnes/eva/", "personnes/x-2/", "personnes/x/"]


@pytest.mark.parametrize("look", [LIGHT, BARE], ids=lambda look: look.name)
def test_a_link_lands_on_the_turn_and_its_second(
    sites: tuple[Site, ...], visitor: Visitor, look: Look
) -> None:
    """Without scripts, too, the text begins where the link says."""
    with visitor.visit(sites[0], "personnes/conseillere/index.html", look) as visit:
        link = visit.page.locator("ul.said-where a").nth(1)
        begins = link.inner_text().rstrip("…")
        link.click()
        visit.page.wait_for_load_state()
        block = visit.page.locator(":target")
        assert begins in block.inner_text()
        assert visit.js("document.querySelector(':target').getBoundingClientRect().top") < 300
        if look is LIGHT:
            second = int(visit.page.url.rpartition("#p")[2])
            visit.page.wait_for_function(
                "s => Math.abs(document.querySelector('audio').currentTime - s) < 1.1", arg=second
            )
            assert visit.js("document.querySelector('audio').paused")
