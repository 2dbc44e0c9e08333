"""Paper: the text in large letters, and what the pages themselves print; in a real Chromium."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
import small_site
from axe_playwright_python.sync_playwright import Axe
from conftest import EPISODES
from lxml import html
from pages.nu import validate
from playwright.sync_api import Browser, Page
from pypdf import PdfReader
from test_book import hard
from test_same_text import edited, plain

from podcast import large_print
from podcast.assembly import texts_of

A4 = (594.96, 841.92)
TAGS = "wcag2a wcag2aa wcag21a wcag21aa wcag22a wcag22aa RGAAv4 best-practice".split()


def rendered() -> str:
    page = texts_of(hard(), small_site.show()).page
    return large_print.render(
        hard(), page, "À voix <égales>", "https://x.example/?a=1&b=2"
    ).decode()


@pytest.fixture
def large(published: Path, browser: Browser) -> Page:
    """The file as a person opens it: from a disk, without a site."""
    page = browser.new_page(viewport={"width": 900, "height": 900})
    page.goto((published / "site" / "episode-3" / "episode-3.large-print.html").as_uri())
    return page


def printed(page: Page) -> PdfReader:
    return PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))


def text_of(pdf: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in pdf.pages)


@pytest.mark.parametrize("slug", EPISODES)
def test_it_says_the_same_words(published: Path, slug: str) -> None:
    tree = html.parse(published / "site" / slug / f"{slug}.large-print.html").getroot()
    main = tree.find(".//main")
    after = main.xpath("./h2[last()]/following-sibling::p[not(@class)]")
    said = []
    for paragraph in after:
        for name in paragraph.findall("b"):
            name.drop_tree()
        text = plain(paragraph.text_content())
        said += [] if re.fullmatch(r"\[.*\]", text) else [text]
    without = re.sub(r" \((Note \d+|Reconnaissance[^)]*)\)", "", " ".join(said))
    assert plain(without) == edited(slug)


def test_checkers_find_nothing(large: Page) -> None:
    assert validate({"made": large.content(), "hard": rendered()}) == {"made": [], "hard": []}
    rules = {"color-contrast-enhanced": {"enabled": True}}
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": rules}
    # The policy of the file lets no script in; a checker needs one.
    content = re.sub(r"<meta http-equiv[^>]*>", "", large.content())
    large.set_content(content)
    told = Axe().run(large, options=options).response
    assert [each["id"] for each in told["violations"]] == []
    assert len(told["passes"]) > 15


def test_letters_lines_and_edges(large: Page) -> None:
    """RNIB Clear Print: at least 16 points, no justified, hyphenated or slanted text."""
    told = large.evaluate(
        """() => [...document.querySelectorAll('main *')].map(e => {
             const s = getComputedStyle(e);
             return [parseFloat(s.fontSize) * 0.75, s.textAlign, s.hyphens, s.fontStyle, s.textTransform,
                     s.color, parseFloat(s.lineHeight) / parseFloat(s.fontSize), s.fontFamily];
           })"""
    )
    assert len(told) > 40
    assert min(size for size, *_ in told) >= 18
    assert {align for _, align, *_ in told} <= {"left", "start"}
    assert {tuple(rest[2:5]) for rest in told} == {("manual", "normal", "none")}
    assert {colour for *_, colour, _, _ in told} == {"rgb(0, 0, 0)"}
    assert min(line for *_, line, _ in told) >= 1.25
    assert all(family.endswith("sans-serif") for *_, family in told)


def test_it_prints_numbered_a4_pages_with_every_word(large: Page) -> None:
    pdf = printed(large)
    assert len(pdf.pages) > 3
    for number, page in enumerate(pdf.pages, 1):
        assert (page.mediabox.width, page.mediabox.height) == pytest.approx(A4, abs=1)
        assert str(number) in page.extract_text().splitlines()
    said = re.sub(r"\s+", "", text_of(pdf))
    for sentence in re.findall(r"[^.?!]+[.?!]", edited("episode-3")):
        assert re.sub(r"\s+", "", sentence) in said or "RQTH" in sentence


def test_it_fits_a_telephone_and_asks_nobody(large: Page) -> None:
    asked: list[str] = []
    large.on("request", lambda request: asked.append(request.url))
    large.set_viewport_size({"width": 320, "height": 640})
    large.reload()
    assert large.evaluate("document.documentElement.scrollWidth") <= 320
    assert len(asked) == 1


def test_notes_and_acronyms_are_where_they_are_needed() -> None:
    tree = html.document_fromstring(rendered())
    (note,) = tree.xpath("//p[@class='note']")
    assert note.text.startswith(
        "Note 1\u00a0: Reconnaissance de la qualité de travailleur <handicapé>"
    )
    assert "RQTH (« Reconnaissance » & autres) (Note 1)" in plain(note.getprevious().text_content())
    assert [each.get("lang") for each in tree.iter("i")] == ["en"]
    assert "[MUSIQUE, L'été & l'hiver <2>, Anne, CC BY 4.0]" in tree.text_content()
    assert tree.xpath("//b/text()") == ["La présentatrice\u00a0:"]
    assert rendered() == rendered()


def test_the_page_names_it_for_what_it_is(published: Path) -> None:
    page = small_site.tree((published / "site" / "episode-1" / "index.html").read_text("utf-8"))
    links = page.xpath("//section[@aria-labelledby='files']//a")
    (link,) = [each for each in links if each.get("href") == "episode-1.large-print.html"]
    assert re.fullmatch("Fichier HTML en gros caractères, à imprimer, \\d+\u00a0ko", link.text)


# What a page of the site prints.


@pytest.fixture
def paper(published: Path, browser: Browser) -> Page:
    page = browser.new_page()
    file = published / "site" / "episode-3" / "index.html"
    page.goto(file.as_uri())
    return page


def test_a_page_prints_its_text_and_what_paper_cannot_lead_to(paper: Page) -> None:
    paper.evaluate(
        """() => document.querySelector('[aria-labelledby=about]')
             .insertAdjacentHTML('beforeend', '<p><a href="https://example.org/droits">Vos droits</a></p>')"""
    )
    pdf = printed(paper)
    said = re.sub(r"\s+", " ", text_of(pdf))
    for heading in ("Bienvenue", "Trois conseils", "Notes", "À propos de cet épisode"):
        assert heading in said
    assert "Vos droits (https://example.org/droits)" in said
    assert "RQTH (Reconnaissance de la qualité de travailleur handicapé)" in said
    assert "https://podcast.example.org/a-voix-egales/episode-3/" in said
    for screen in (
        "Télécharger",
        "Proposer une correction",
        "Fichier",
        "Retour au texte",
        "S’abonner",
    ):
        assert screen not in said
    last = len(pdf.pages)
    assert [f"{n} / {last}" in page.extract_text() for n, page in enumerate(pdf.pages, 1)] == [
        True
    ] * last


def test_pages_of_the_site_print_what_paper_can_use(published: Path, browser: Browser) -> None:
    """Not where a tap would lead in an app, nor the links of the foot; but how to write to somebody."""
    page = browser.new_page()
    said = {}
    for name in ("abonnement", "a-propos", "personnes/presentatrice", "themes"):
        page.goto((published / "site" / name / "index.html").as_uri())
        said[name] = re.sub(r"\s+", " ", text_of(printed(page)))
        assert "Nous écrire : podcast@example.org" in said[name].replace("\u00a0", " ")
        assert f"https://podcast.example.org/a-voix-egales/{name}/" in said[name]
        assert "non conforme" not in said[name]
    subscribe = said["abonnement"]
    assert "AntennaPod" in subscribe and "deeplink" not in subscribe
    assert "podcastaddict.com" not in subscribe and "Ouvrir le flux" not in subscribe
    assert "Travailler sourd ou malentendant" in said["themes"]
    page.goto((published / "site" / "abonnement" / "index.html").as_uri())
    for leaf in printed(page).pages:
        told = leaf.extract_text()
        assert ("Adresse du podcast" in told) == ("a-voix-egales/feed.xml" in told)


def test_dark_choices_print_dark_on_white(paper: Page) -> None:
    """Ink is for letters: whatever the reader has chosen, grounds are white."""
    for scheme in ("dark", "contrast", "sepia"):
        paper.evaluate("scheme => document.documentElement.dataset.scheme = scheme", scheme)
        paper.emulate_media(media="print", color_scheme="dark")
        told = paper.evaluate(
            """() => [...document.querySelectorAll('main h1, main p, main b, main .time, main td')]
                 .filter(e => e.getClientRects().length)
                 .map(e => getComputedStyle(e).color.match(/[\\d.]+/g).slice(0, 3).map(Number))"""
        )
        assert len(told) > 30
        assert max(max(colour) for colour in told) < 120
        ground = paper.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)")
