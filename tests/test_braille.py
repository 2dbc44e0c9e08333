"""The episode in braille: by the real liblouis, in pages that an embosser takes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import small_site
from conftest import EPISODES, ROOT, copy_show, run_podcast
from hypothesis import example, given
from hypothesis import strategies as st
from test_book import hard
from test_same_text import edited

from podcast import brf, liblouis
from podcast.assembly import texts_of
from podcast.pages.episode import PageBlock, PageText, Part

# The letters of six dots, as embossers and displays take them, from liblouis' own table.
ASCII = "en-us-brf.dis"
# What paper has instead of links.
ADDED = ("(Note 1)", "(Note 2)", "(Reconnaissance de la qualité de travailleur handicapé)")


def cells(text: str, language: str, contracted: bool) -> str | None:
    known = liblouis.knows(language, contracted)
    return liblouis.braille(text, language, contracted) if known else None


def leaves(content: bytes) -> list[list[str]]:
    text = content.decode("ascii")
    assert text.endswith("\r\n\f")
    return [leaf.removesuffix("\r\n").split("\r\n") for leaf in text[:-1].split("\f")]


EPISODE = hard()
PAGE = texts_of(EPISODE, small_site.show()).page


def made(page: PageText, contracted: bool = False, language: str = "fr") -> bytes:
    episode = replace(EPISODE, language=language)
    return brf.render(
        episode, page, "À voix égales", "https://x.example/un/", contracted, brf.Written(cells)
    )


def spoken(*parts: Part) -> PageBlock:
    return PageBlock("speech", "p1", "", "", parts, 1, "", "")


def page_of(*blocks: PageBlock) -> PageText:
    return replace(PAGE, blocks=blocks, notes=())


def body(content: bytes, language: str = "fr", contracted: bool = False) -> str:
    """What stands after the word Transcription, as one line."""
    lines = [line for leaf in leaves(content) for line in leaf[:-1]]
    title = brf._Writer(language, contracted, brf.Written(cells)).line("Transcription" if language == "fr" else "Transcript")  # fmt: skip
    return " ".join(" ".join(lines[[line.strip() for line in lines].index(title) + 1 :]).split())


def test_what_liblouis_writes_is_known_braille() -> None:
    assert liblouis.edition(), "liblouis is missing: apt-get install liblouis20"
    # Code braille français uniformisé: capital 4-6, à 1-2-3-5-6, é 1-2-3-4-5-6, numbers after 6.
    assert liblouis.braille("À été 25", "fr", False) == "⠨⠷⠀⠿⠞⠿⠀⠠⠣⠱"
    # Unified English Braille: « the » and « braille » are single signs and shortforms in grade 2.
    assert liblouis.braille("The braille", "en", False) == "⠠⠞⠓⠑⠀⠃⠗⠁⠊⠇⠇⠑"
    assert liblouis.braille("The braille", "en-GB", True) == "⠠⠮⠀⠃⠗⠇"
    # Abrégé: « bonjour » is bj.
    assert liblouis.braille("bonjour", "fr", True) == "⠃⠚"
    assert not liblouis.knows("qu", False)


def test_six_dots_have_the_letters_that_embossers_know() -> None:
    told = {}
    for line in (Path("/usr/share/liblouis/tables") / ASCII).read_text("utf-8").splitlines():
        if found := re.match(r"display (\S+)\s+([0-6]+)", line):
            dots = 0x2800 + sum(1 << int(dot) - 1 for dot in found[2] if dot != "0")
            told[chr(dots)] = found[1].replace(r"\s", " ").replace(r"\\", "\\")
    assert len(told) >= 64
    for sign, letter in told.items():
        if ord(sign) < 0x2840:
            assert sign.translate(brf._DOTS) == letter.upper()


@pytest.mark.parametrize("slug", EPISODES)
def test_all_that_is_said_is_there(published: Path, slug: str) -> None:
    folder = published / "site" / slug
    language = "en" if slug == "episode-2" else "fr"
    for suffix, contracted in (("brf", False), ("contracted.brf", True)):
        content = (folder / f"{slug}.{suffix}").read_bytes()
        line = brf._Writer(language, contracted, brf.Written(cells)).line
        said = body(content, language, contracted)
        for added in ADDED:
            said = said.replace(f" {line(added)}", "")
        # A sentence has its own cells wherever it stands.
        for sentence in re.findall(r"[^.?!]{25,}[.?!]", edited(slug)):
            assert line(sentence.strip()) in said
    sizes = [(folder / f"{slug}.{suffix}").stat().st_size for suffix in ("brf", "contracted.brf")]
    assert sizes[1] < sizes[0]


def test_pages_of_25_lines_of_40_cells(published: Path) -> None:
    for file in (published / "site").glob("*/*.brf"):
        pages = leaves(file.read_bytes())
        assert len(pages) > 1
        for number, page in enumerate(pages, 1):
            assert len(page) == 25
            assert max(map(len, page)) <= 40
            language = "en" if "episode-2" in file.name else "fr"
            wanted = liblouis.braille(str(number), language, False).translate(brf._DOTS)
            assert page[-1] == wanted.rjust(40)
            assert not any(line.endswith(" ") for line in page)


def test_the_contents_lead_to_the_pages(published: Path) -> None:
    content = (published / "site" / "episode-3" / "episode-3.brf").read_bytes()
    pages = leaves(content)
    # The easy summary comes first; the contents stand on the next page.
    entries = re.findall(r"^(\S.*?)  ?\"* (,\S+)$", "\n".join(pages[1]), re.MULTILINE)
    assert len(entries) == 4
    for title, number in entries:
        page = next(p for p in pages if p[-1].strip() == number)
        assert any((line.startswith("    ") and line.strip() in title) or title in line for line in page)  # fmt: skip


def test_french_print_spaces_are_not_braille() -> None:
    text = body(made(page_of(spoken(Part("text", "« Oui » ; non\u00a0: pourquoi ?")))))
    assert text == "7.OUI72 NON3 POURQUOI5"


def test_foreign_words_and_whole_foreign_turns() -> None:
    english = Part("foreign", "the people", language="en")
    inside = page_of(spoken(Part("text", "Il dit "), english, Part("text", " souvent.")))
    # Inside a French sentence: French signs, and no contraction.
    assert body(made(inside)) == "IL DIT THE PEOPLE SOUVENT4".replace("IL", ".IL", 1)
    assert "THE PEOPLE" in body(made(inside, contracted=True), contracted=True)
    alone = page_of(spoken(replace(english, text="The people.")))
    assert body(made(alone)) == ",THE PEOPLE4"
    assert body(made(alone, contracted=True), contracted=True) == ",! P4"
    unknown = page_of(spoken(Part("foreign", "Ñuqa", language="qu")))
    assert body(made(unknown)) == ".]UQA"


def test_what_no_table_knows_is_not_written_as_a_code() -> None:
    for language in ("fr", "en"):
        text = liblouis.braille("a 😀 𝄞 ǆ b", language, False)
        assert "⡳" not in text and "⠭" not in text  # liblouis' « \x1f600 »
        assert text.startswith("⠁⠀") and text.endswith("⠃")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.booleans())
@example("⡀⣿", False)  # braille of eight dots
def test_any_text_fits(text: str, contracted: bool) -> None:
    odd = (
        PageBlock("chapter", "c1", text, "", (), 1, "", ""),
        PageBlock("sound", "s1", text, "", (), 1, "", ""),
        spoken(Part("abbr", text, title=text), Part("foreign", text, language="en")),
    )
    for page in leaves(made(page_of(*odd, *odd), contracted)):
        assert len(page) == 25 and max(map(len, page)) <= 40


def test_a_title_is_never_the_last_line() -> None:
    for words in range(1, 160, 2):
        blocks = (
            spoken(Part("text", "mot " * words)),
            PageBlock("chapter", "c1", "Chapitre", "", (), 1, "", ""),
            spoken(Part("text", "fin " * 40)),
        )
        for page in leaves(made(page_of(*blocks))):
            written = [line for line in page[:-1] if line]
            assert written[-1].strip() not in (".CHAPITRE", ".TRANSCRIPTION")


def test_one_note_stands_below_its_paragraph_and_once() -> None:
    text = body(made(PAGE))
    assert text.count(".RECONNAISSANCE DE LA QUALIT=") == 1
    assert "8.NOTE ,*0" in text and ".NOTE ,*3 .RECONNAISSANCE" in text


def test_only_what_is_new_is_written_anew() -> None:
    asked: list[str] = []

    def noted(text: str, language: str, contracted: bool) -> str | None:
        asked.append(text)
        return cells(text, language, contracted)

    def both(page: PageText, written: brf.Written) -> list[bytes]:
        told = EPISODE, page, "À voix égales", "https://x.example/un/"
        return [brf.render(*told, contracted, written) for contracted in (False, True)]

    of, added = spoken(Part("text", "Rien de neuf.")), spoken(Part("text", "Une phrase de plus."))
    foreign = spoken(Part("foreign", "Ñuqa", language="qu"))
    first = brf.Written(noted)
    both(page_of(of, foreign), first)
    assert asked
    asked.clear()
    then = brf.Written(noted, first.now)
    changed = page_of(of, added)
    assert both(changed, then) == [made(changed), made(changed, contracted=True)]
    assert asked == ["Une phrase de plus."] * 2
    # What is not asked for any more is not kept.
    assert then.now.keys() - first.now.keys() and first.now.keys() - then.now.keys()
    other = brf.Written(cells, then.now)
    assert both(changed, other) == both(changed, brf.Written(cells)) and other.now == then.now


def test_without_liblouis_nothing_fails_and_nothing_is_offered(
    tmp_path: Path, published: Path
) -> None:
    """Then with it: the same show is offered in braille without any other change."""
    show = copy_show(tmp_path / "show", ("episode-1",), cache=published / ".podcast")
    away = {"PODCAST_LIBLOUIS": "/nonexistent/liblouis.so"}
    ran = run_podcast(["publish", "episode-1"], show, **away)
    assert (ran.code, ran.err) == (0, "")
    assert not list((show / "site").rglob("*.brf"))
    assert "BRF" not in (show / "site" / "episode-1" / "index.html").read_text("utf-8")
    doctor = run_podcast(["doctor"], show, **away)
    assert doctor.code == 0
    assert "sudo apt-get install liblouis20" in doctor.out
    assert run_podcast(["publish", "episode-1"], show).code == 0
    assert len(list((show / "site").rglob("*.brf"))) == 2
    page = small_site.tree((show / "site" / "episode-1" / "index.html").read_text("utf-8"))
    links = [link.text for link in page.xpath("//section[@aria-labelledby='files']//a")]
    assert any(re.fullmatch("Fichier BRF, braille intégral, \\d+\u00a0ko", each) for each in links)
    assert any(re.fullmatch("Fichier BRF, braille abrégé, \\d+\u00a0ko", each) for each in links)
    assert "liblouis" in run_podcast(["doctor"], show).out
    before = {f: f.stat().st_mtime_ns for f in (show / "site").rglob("*.brf")}
    assert run_podcast(["publish", "episode-1"], show).code == 0
    assert {f: f.stat().st_mtime_ns for f in before} == before


def test_a_library_that_is_none_is_none(tmp_path: Path) -> None:
    """Not even one that can be loaded."""
    code = (
        "from podcast import liblouis; print(repr(liblouis.edition()), liblouis.knows('fr', False))"
    )
    other = tmp_path / "liblouis.so.20"
    other.write_bytes(b"no library")
    for name in (str(other), "libc.so.6"):
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PODCAST_LIBLOUIS": name}
        ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
        assert (ran.stdout.strip(), ran.stderr) == ("'' False", "")
