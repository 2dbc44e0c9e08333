"""A chapter read by a real Orca in a real Chromium: what a blind listener hears, kept and judged.

Not among the tests of every change: it needs a desktop's packages and a minute.  The golden files
are what Orca 43 (Debian 12) says in French; ``--update`` writes them anew.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import html
from nightly.listening import Heard, chapters, complaints, listen, words
from nightly.orca import PROGRAMS, Reader, reading, require, spoken
from serving import served

GOLDEN = Path(__file__).parent / "golden"
EPISODE, CHAPTER = "episode-3", 1
Page = html.HtmlElement


def chromium() -> str:
    # Not the windowless one that the other tests take: Orca reads windows.
    found = shutil.which("chromium") or os.environ.get("CHROMIUM")
    assert found, "missing: chromium; python3 start.py nightly installs it"
    return found


@pytest.fixture(scope="module")
def show(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published sample in a folder where pages with faults can be put beside it."""
    folder = tmp_path_factory.mktemp("nightly")
    shutil.copy(published / "podcast.yaml", folder)
    shutil.copytree(published / "site", folder / "site")
    return folder


@pytest.fixture(scope="module")
def address(show: Path) -> Iterator[str]:
    with served(show) as address:
        yield address


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Orca and Chromium started anew: a page that babbles spoils no other."""
    with reading(tmp_path / "orca", chromium(), "fr") as reader:
        yield reader


def source(show: Path, episode: str = EPISODE) -> bytes:
    return (show / "site" / episode / "index.html").read_bytes()


def title(page: bytes) -> str:
    return str(html.fromstring(page.decode()).findtext(".//title")).split(" – ")[0]


@pytest.fixture(scope="module")
def heard(show: Path, address: str, tmp_path_factory: pytest.TempPathFactory) -> Heard:
    with reading(tmp_path_factory.mktemp("heard"), chromium(), "fr") as reader:
        return listen(reader, f"{address}{EPISODE}/", title(source(show)), CHAPTER, "Lecture")


def test_orca_says_what_the_golden_file_says(heard: Heard, request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / f"{EPISODE}.fr.txt"
    now = "".join(f"{phrase}\n" for phrase in heard.whole)
    if request.config.getoption("--update"):
        golden.write_text(now, encoding="utf-8")
    kept = golden.read_text(encoding="utf-8")
    diff = difflib.unified_diff(kept.splitlines(), now.splitlines(), "kept", "heard", lineterm="")
    assert now == kept, "\n".join(["Orca says something else; --update keeps it:", *diff])


def test_every_word_is_read_in_whole_phrases(heard: Heard, show: Path) -> None:
    assert complaints(heard, source(show), CHAPTER) == []


def test_what_is_painted_while_the_sound_plays_is_not_told(heard: Heard) -> None:
    assert heard.playing == heard.lines


def test_the_lines_and_the_golden_file_are_of_some_length(heard: Heard, show: Path) -> None:
    held = chapters(source(show))
    assert len(held) > 2
    assert held[CHAPTER].sounds and held[CHAPTER].times
    assert sum(len(words(phrase)) for phrase in heard.whole) > 250
    assert len(heard.lines) > 8


def each_word(page: Page, open_tag: str, tag: str) -> None:
    """Put an element round each word of the transcript's paragraphs."""
    for paragraph in page.xpath('//section[@id="transcript"]/p'):
        inside = html.tostring(paragraph, encoding="unicode", with_tail=False)
        begin, end = inside.index(">") + 1, inside.rindex("<")
        parts = re.split(r"(<[^>]*>)", inside[begin:end])
        parts[::2] = [re.sub(r"([^\s]+)", rf"<{open_tag}>\1</{tag}>", text) for text in parts[::2]]
        made = html.fragment_fromstring(inside[:begin] + "".join(parts) + inside[end:])
        made.tail = paragraph.tail
        paragraph.getparent().replace(paragraph, made)


def a_box_for_each_word(page: Page) -> str:
    each_word(page, 'span class="box"', "span")
    return ""


def a_listener_on_each_word(page: Page) -> str:
    each_word(page, 'span class="word"', "span")
    return "for (const w of document.querySelectorAll('.word')) w.onclick = () => {};"


def a_current_word_for_screen_readers(page: Page) -> str:
    each_word(page, 'span class="word"', "span")
    # In each paragraph: Orca is much faster than a voice, and would be where no current word is.
    return """let at = 0;
      setInterval(() => {
        for (const paragraph of document.querySelectorAll('#transcript > p')) {
          const all = paragraph.querySelectorAll('.word');
          all[at % all.length]?.removeAttribute('aria-current');
          all[(at + 1) % all.length]?.setAttribute('aria-current', 'true');
        }
        at++;
      }, 150);"""


def a_word_that_stays_the_current_one(page: Page) -> str:
    each_word(page, 'span class="word"', "span")
    for paragraph in page.xpath('//section[@id="transcript"]/p'):
        for span in paragraph.xpath("(.//span[@class='word'])[4]"):
            span.set("aria-current", "true")
    return ""


def focusable_headings(page: Page) -> str:
    for heading in page.xpath("//h3"):
        heading.set("tabindex", "-1")
    return ""


def times_as_a_clock(page: Page) -> str:
    for place, link in enumerate(page.xpath('//a[@class="time"]')):
        link.text = f"0:{place:02}"
    return ""


def hidden_sounds(page: Page) -> str:
    for sound in page.xpath('//p[@class="sound"]'):
        sound.set("aria-hidden", "true")
    return ""


SEEDED = (
    (a_box_for_each_word, "in pieces"),
    (a_listener_on_each_word, "clickable"),
    (a_current_word_for_screen_readers, "not the text"),
    (a_word_that_stays_the_current_one, "broken after"),
    (focusable_headings, "clickable"),
    (times_as_a_clock, "a time in figures"),
    (hidden_sounds, "sound not read"),
)


@pytest.mark.parametrize(("spoil", "told"), SEEDED, ids=[spoil.__name__ for spoil, _ in SEEDED])
def test_a_fault_in_the_page_is_heard(
    spoil: Callable[[Page], str], told: str, reader: Reader, show: Path, address: str
) -> None:
    whole = source(show)
    page = html.fromstring(whole.decode())
    script = spoil(page)
    name = spoil.__name__
    for policy in page.xpath("//meta[@http-equiv='Content-Security-Policy']"):
        policy.getparent().remove(policy)
    style = html.fragment_fromstring("<style>.box { display: inline-block }</style>")
    page.head.append(style)
    page.head.find("title").text = f"Page abîmée {name}"
    code = html.fragment_fromstring(
        f"<script>addEventListener('load', () => {{ {script} }})</script>"
    )
    page.head.append(code)
    made = show / "site" / name / "index.html"
    made.parent.mkdir()
    made.write_bytes(b"<!doctype html>\n" + html.tostring(page, encoding="utf-8"))
    heard = listen(reader, f"{address}{name}/", page.head.findtext("title"), CHAPTER)
    found = complaints(heard, whole, CHAPTER)
    print("\n".join(found))
    assert any(told in complaint for complaint in found)


def test_a_missing_program_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(AssertionError, match="missing: Xvfb"):
        require(PROGRAMS)


def test_the_log_is_read_as_orca_writes_it() -> None:
    log = """\
23:46:59.177451 - SPEECH OUTPUT: 'Bienvenue en-tête niveau 3.'{'established': False}
23:46:59.177452 - SPEECH OUTPUT: 'L'invité : J'ai cru que c'était\xa0la fatigue. '
23:46:59.177453 - SPEECH OUTPUT: '15 s lien.' voice=hyperlink{'established': False}
23:46:59.177454 - SPEECH: Last spoke 0.1 seconds ago
"""
    assert spoken(log) == [
        "Bienvenue en-tête niveau 3.", "L'invité : J'ai cru que c'était la fatigue.", "15 s lien.",
    ]  # fmt: skip
