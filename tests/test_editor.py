"""The editor's page in a real browser, with the real server, on the real sample episodes."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT, copy_show, run_podcast
from editing import Editor, edited
from pages import keyboard, layout, structure
from pages.axe import ON, TAGS
from pages.browsing import DARK, FORCED, LIGHT, PHONE, TINY, Look
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    Route,
    StorageState,
    expect,
)

from tools import long_episode

SLUG = "episode-1"
TEXT = f"transcripts/{SLUG}.md"


@dataclass
class Desk:
    """The editor in a tab of the browser, and the file that it changes."""

    page: Page
    editor: Editor
    file: Path
    look: Look = LIGHT
    problems: list[str] = field(default_factory=list)

    @cached_property
    def devtools(self) -> CDPSession:
        return self.page.context.new_cdp_session(self.page)

    @property
    def text(self) -> str:
        return self.file.read_bytes().decode()

    def js(self, code: str, argument: object = None) -> Any:
        return self.page.evaluate(code, argument)

    def fields(self) -> list[str]:
        """What is in the fields, from the first to the last."""
        return self.js("[...document.querySelectorAll('.words')].map(e => e.value)")

    def labels(self) -> list[str]:
        return self.js("[...document.querySelectorAll('#pieces h3')].map(e => e.textContent)")

    def go(self, words: str, offset: int = 0) -> None:
        """The caret in the field that has these words, ``offset`` letters after they begin."""
        found = self.js(
            """([words, offset]) => {
              const field = [...document.querySelectorAll('.words')].find(e => e.value.includes(words));
              field?.focus();
              const at = field?.value.indexOf(words) + offset;
              field?.setSelectionRange(at, at);
              return Boolean(field);
            }""",
            [words, offset],
        )
        assert found, f"no field has: {words}"

    def select(self, words: str) -> None:
        self.go(words)
        self.js(
            "n => { const e = document.activeElement; e.setSelectionRange(e.selectionStart, e.selectionStart + n) }",
            len(words),
        )

    def caret(self) -> tuple[str, int]:
        """The field that has the focus and where its caret is; fails where no field has it."""
        value, at = self.js(
            "(() => { const e = document.activeElement; return [e.matches('.words') ? e.value : null, e.selectionStart] })()"
        )
        assert value is not None, "the focus is in no field: " + self.js(
            "document.activeElement.outerHTML.slice(0, 200)"
        )
        return value, at

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def said(self, words: str) -> None:
        expect(self.page.locator("#said")).to_contain_text(words)

    def saved(self) -> None:
        """Waits until the file has what the page has."""
        self.press("Control+s")
        expect(self.page.locator("#saved")).to_contain_text(
            re.compile("^(Enregistré|Saved at|Tout est|Everything)")
        )

    def editor_sheet(self) -> Any:
        """What the server tells the page now."""
        return self.js("fetch('/api/document').then(answer => answer.json())")

    def reload(self) -> None:
        self.page.goto(self.editor.origin + "/")
        ready(self.page)


def ready(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-ready", "")


@contextmanager
def tab(browser: Browser, look: Look = LIGHT) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.scheme,
        forced_colors="active" if look.forced else "none",
        reduced_motion="reduce" if look.calm else "no-preference",
    )
    context.set_default_timeout(60_000)
    try:
        yield context
    finally:
        context.close()


def opened(context: BrowserContext, editor: Editor, file: Path, address: str = "") -> Desk:
    page = context.new_page()
    desk = Desk(page, editor, file)
    page.on("pageerror", lambda error: desk.problems.append(str(error)))
    page.goto(address or editor.entrance)
    ready(page)
    return desk


def drafted(file: Path) -> bytes:
    """A draft as a machine would leave it: voices, a word misheard, nobody's review."""
    text = file.read_text("utf-8")
    text = re.sub(r"status: reviewed\nreviewed_by: .*\nreviewed_on: .*", "status: draft", text)
    text = text.replace("La présentatrice :", "Voix 1 :").replace("La conseillère :", "Voix 2 :")
    file.write_text(text.replace("médecin du travail[", "medecin du travail["), "utf-8")
    words = file.with_suffix(".words.jsonl")
    unsure = re.sub(
        r",\d+,(\" (?:interprète|souples|secret|fenêtre|aveugle|accompagne)\W*\")",
        r",12,\1",
        words.read_text("utf-8"),
    )
    assert unsure.count(",12,") >= 4
    words.write_text(unsure, "utf-8")
    return file.read_bytes()


@pytest.fixture
def draft(show: Path) -> Path:
    """A show to change with that draft."""
    drafted(show / TEXT)
    return show


@dataclass(frozen=True)
class Office:
    """One editor for many tests: each finds the draft as it was, in a browser that knows nothing."""

    editor: Editor
    file: Path
    text: bytes
    entered: StorageState


@pytest.fixture(scope="module")
def office(
    published: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Office]:
    folder = copy_show(tmp_path_factory.mktemp("office") / "show", cache=published / ".podcast")
    text = drafted(folder / TEXT)
    with edited(folder, SLUG) as editor, tab(browser) as context:
        opened(context, editor, folder / TEXT)
        (cookie,) = context.cookies()
        editor.cookie = f"{cookie['name']}={cookie['value']}"
        yield Office(editor, folder / TEXT, text, context.storage_state())


@pytest.fixture
def desk(office: Office, browser: Browser) -> Iterator[Desk]:
    with at_desk(office, browser) as made:
        yield made


@contextmanager
def at_desk(office: Office, browser: Browser, look: Look = LIGHT) -> Iterator[Desk]:
    """The draft, opened anew."""
    office.file.write_bytes(office.text)
    office.file.with_suffix(".review.json").unlink(missing_ok=True)
    office.editor.send("PUT", "/api/settings", {"settings": {}})
    with tab(browser, look) as context:
        context.add_cookies(office.entered["cookies"])
        made = opened(context, office.editor, office.file, office.editor.origin + "/")
        made.look = look
        yield made
        assert made.problems == []


def test_typing_is_saved_and_the_rest_of_the_file_stays(desk: Desk) -> None:
    before = desk.text
    desk.go("medecin du travail")
    desk.press("Delete", "Delete")
    desk.page.keyboard.type("mé")
    expect(desk.page.locator("#saved")).to_have_text("Pas encore enregistré")
    expect(desk.page.locator("#saved")).to_contain_text("Enregistré à")
    assert desk.text == before.replace("medecin du travail", "médecin du travail")
    assert desk.caret()[0].index("médecin") + 2 == desk.caret()[1]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a file, times left out."""
    body = text.split("---\n", 2)[2]
    return [
        re.sub(r"^\[[\d:]+\] ", "", part.strip()) for part in body.split("\n\n") if part.strip()
    ]


# Cutting and joining.


def test_enter_cuts_backspace_joins_and_both_are_undone(desk: Desk) -> None:
    before = paragraphs(desk.text)
    desk.go("Par exemple, un écran")
    desk.press("Enter")
    assert desk.caret() == (
        "Par exemple, un écran plus grand, une chaise adaptée, ou des horaires plus souples.", 0,
    )  # fmt: skip
    desk.said("Paragraphe coupé en deux.")
    heading = desk.labels()[
        desk.js(
            "[...document.querySelectorAll('.paragraph .words')].indexOf(document.activeElement)"
        )
    ]
    assert re.fullmatch(r"Voix 2, 2\d\s+s", heading), heading
    desk.saved()
    cut = paragraphs(desk.text)
    at = next(i for i, part in enumerate(cut) if part.startswith("Voix 2 : C'est un changement"))
    assert cut[at : at + 2] == [
        "Voix 2 : C'est un changement simple qui aide une personne à bien faire son travail.",
        "Par exemple, un écran plus grand, une chaise adaptée, ou des horaires plus souples.",
    ]
    desk.press("Backspace")
    whole = "C'est un changement simple qui aide une personne à bien faire son travail."
    assert desk.caret() == (before[at].removeprefix("Voix 2 : "), len(whole))
    desk.said("Paragraphes réunis.")
    desk.press("Control+z")
    desk.said("Annulé : paragraphes réunis.")
    assert desk.caret()[0].startswith("Par exemple")
    desk.press("Control+z", "Control+z")
    desk.said("Rien à annuler.")
    desk.press("Control+y", "Control+Shift+z")
    desk.said("Rétabli : paragraphes réunis.")
    desk.saved()
    assert paragraphs(desk.text) == before


def test_delete_joins_with_what_follows_and_a_chapter_is_no_paragraph(desk: Desk) -> None:
    desk.go("Bonjour, et merci")
    desk.press("End", "Delete")
    joined = "Bonjour, et merci pour votre invitation. Pour commencer, qu'est-ce qu'un aménagement de poste ?"
    assert desk.caret() == (joined, len("Bonjour, et merci pour votre invitation."))
    desk.go("À qui faut-il parler")
    desk.press("Backspace")
    desk.said("Rien à réunir")
    assert desk.caret() == ("À qui faut-il parler en premier ?", 0)
    desk.saved()
    assert f"Voix 2 : {joined}\n" in desk.text


def test_a_key_held_down_stops_at_the_start_of_its_paragraph(desk: Desk) -> None:
    desk.go("Est-ce que c'est toujours cher", 3)
    count = len(desk.fields())
    desk.page.keyboard.down("Backspace")
    for _ in range(8):
        desk.page.keyboard.down("Backspace")  # repeats
    desk.page.keyboard.up("Backspace")
    assert len(desk.fields()) == count
    assert desk.caret() == ("-ce que c'est toujours cher ?", 0)


def test_an_empty_paragraph_waits_for_its_text(desk: Desk) -> None:
    desk.go("Bonjour, et merci")
    desk.press("End", "Enter")
    assert desk.caret() == ("", 0)
    desk.saved()
    desk.page.wait_for_timeout(300)
    assert desk.caret() == ("", 0)
    desk.page.keyboard.type("Je suis là.")
    desk.saved()
    assert "\n\nJe suis là.\n\n" in desk.text
    assert desk.caret() == ("Je suis là.", 11)
    desk.press("Control+a", "Delete", "Backspace")
    assert desk.caret() == ("Bonjour, et merci pour votre invitation.", 40)
    desk.saved()
    assert "Je suis là" not in desk.text


def test_shift_enter_is_a_line_and_pasted_paragraphs_are_paragraphs(desk: Desk) -> None:
    desk.go("Bonjour, et merci")
    desk.press("End", "Shift+Enter")
    desk.page.keyboard.type("Suite.")
    desk.saved()
    assert "merci pour votre invitation.\nSuite.\n" in desk.text
    desk.go("Et quand il faut acheter")
    desk.press("End")
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.js("navigator.clipboard.writeText(' Un.\\n\\nDeux.\\n\\n\\nTrois.')")
    desk.press("Control+v")
    assert desk.caret() == ("Trois.", 6)
    desk.saved()
    assert paragraphs(desk.text).count("Deux.") == 1
    assert desk.caret() == ("Trois.", 6)
    desk.press("Control+z")
    desk.said("Annulé : texte collé.")
    assert desk.caret()[0] == "Et quand il faut acheter du matériel ?"


def test_arrows_go_through_all_fields_as_through_one_text(desk: Desk) -> None:
    desk.go("Bonjour, et merci")
    desk.press("Home", "ArrowLeft")
    assert desk.caret()[0].endswith("Bonjour !")
    assert desk.caret()[1] == len(desk.caret()[0])
    desk.press("ArrowRight")
    assert desk.caret() == ("Bonjour, et merci pour votre invitation.", 0)
    desk.press("ArrowDown")
    assert desk.caret()[0].startswith("Pour commencer")
    desk.press("ArrowUp")
    assert desk.caret()[0].startswith("Bonjour, et merci")
    # Inside a field the arrows stay in it.
    desk.go("Bonjour et bienvenue")
    desk.press("ArrowDown")
    assert desk.caret()[0].startswith("Bonjour et bienvenue")
    assert desk.caret()[1] > 0
    desk.press("Alt+PageDown")
    assert desk.caret() == ("Bonjour, et merci pour votre invitation.", 0)
    desk.press("Alt+PageUp", "Alt+PageUp", "Alt+PageUp")
    desk.said("C'est le début du texte.")


# Who speaks.


def test_a_number_key_names_one_paragraph_and_no_other(desk: Desk) -> None:
    desk.go("Par exemple, un écran")
    desk.press("Enter")
    desk.go("C'est un changement simple")
    desk.press("Alt+Shift+Digit3")
    desk.said("L'invité : 1 paragraphe.")
    assert desk.caret()[0].startswith("C'est un changement")
    desk.saved()
    text = desk.text
    assert "L'invité : C'est un changement simple" in text
    assert "\n\nVoix 2 : Par exemple, un écran" in text
    assert text.count("Voix 2 :") == 8
    desk.press("Control+z")
    desk.saved()
    assert "L'invité" not in desk.text


def test_a_name_is_given_everywhere(desk: Desk) -> None:
    desk.go("Pour commencer")
    desk.press("Alt+Shift+S")
    page = desk.page
    expect(page.locator("#people")).to_be_visible()
    page.get_by_label("La présentatrice (Alt+Maj+1)").check()
    page.get_by_label(re.compile("^Partout où c'est « Voix 1 »")).check()
    page.keyboard.press("Enter")
    desk.said("La présentatrice : 9 paragraphes.")
    assert desk.caret()[0].startswith("Pour commencer")
    desk.saved()
    assert "Voix 1" not in desk.text
    assert desk.text.count("La présentatrice :") == 9
    desk.press("Control+z")
    desk.said("Annulé : changement de personne.")
    desk.saved()
    assert desk.text.count("Voix 1 :") == 9


def test_what_the_tracks_say_is_taken_over_and_undone_as_one(desk: Desk) -> None:
    page, before = desk.page, desk.text
    desk.go("Pour commencer")
    desk.press("Alt+Shift+S")
    boxes = page.locator("#tracks-list input")
    expect(boxes.first).to_be_visible()
    assert boxes.count() == before.count("Voix 1 :") + before.count("Voix 2 :")
    expect(page.locator("#tracks-list li").first).to_have_text(
        re.compile(r"^Voix 1, .* : La présentatrice \(\d+.%\)$")
    )
    boxes.last.uncheck()
    page.locator("#tracks-form button").focus()
    page.keyboard.press("Enter")
    desk.said(f"{boxes.count() - 1} ")
    assert desk.caret()[0].startswith("Pour commencer")
    desk.saved()
    speakers = re.findall(r"(?m)^(?:\[[\d:]+\] )?(.{1,20}?) : ", desk.text)
    true = re.findall(r"(?m)^(?:\[[\d:]+\] )?(.{1,20}?) : ", (ROOT / TEXT).read_text("utf-8"))
    assert speakers[-1].startswith("Voix") and speakers[:-1] == true[:-1]
    desk.press("Control+z")
    desk.saved()
    assert desk.text == before


def test_a_name_that_is_typed_before_a_colon_is_the_speaker(desk: Desk) -> None:
    desk.go("Non, pas du tout")
    desk.page.keyboard.type("L'invité : ")
    desk.saved()
    expect(desk.page.locator(".current h3")).to_contain_text("Voix 2")
    # The paragraph had a name already: a second is text.  In a new one it names.
    desk.press("Control+z")
    desk.go("Souvent, la solution")
    desk.press("Enter")
    desk.page.keyboard.type("L'invité : ")
    desk.saved()
    expect(desk.page.locator(".current h3")).to_contain_text("L'invité")
    assert desk.caret()[0].startswith("Souvent, la solution")
    assert desk.caret()[1] == 0
    assert "\n\nL'invité : Souvent, la solution" in desk.text


# Replacing.


def test_all_places_are_shown_before_anything_is_replaced(desk: Desk) -> None:
    desk.select("conseillère")
    desk.press("Alt+Shift+R")
    page = desk.page
    expect(page.locator("#replace-find")).to_have_value("conseillère")
    page.locator("#replace-find").fill("personne")
    expect(page.locator("#replace-count")).to_have_text("5 endroits cochés sur 5")
    page.locator("#replace-with").fill("dame")
    page.locator("#replace-places input").nth(1).uncheck()
    expect(page.locator("#replace-count")).to_have_text("4 endroits cochés sur 5")
    before = desk.text
    page.locator("#replace-with").press("Enter")
    desk.said("4 remplacements faits : dame")
    desk.saved()
    assert len(re.findall(r"\bdame\b", desk.text)) == 4
    assert len(re.findall(r"\bpersonne\b", desk.text)) == 1
    desk.caret()
    desk.press("Control+z")
    desk.said("Annulé : 4 remplacements.")
    desk.saved()
    assert desk.text == before


def test_a_place_that_was_found_can_be_gone_to(desk: Desk) -> None:
    desk.go("Bonjour et bienvenue")
    desk.press("Alt+Shift+R")
    desk.page.locator("#replace-find").fill("lecteur d'écran")
    desk.page.get_by_role("button", name=re.compile("^Y aller")).first.press("Enter")
    value, at = desk.caret()
    assert value[at:].startswith("lecteur d'écran")
    assert desk.js("getSelection().toString()") == "lecteur d'écran"


def test_capitals_and_whole_words_are_a_choice(desk: Desk) -> None:
    desk.go("Bonjour et bienvenue")
    desk.press("Alt+Shift+R")
    page = desk.page
    page.locator("#replace-find").fill("non")
    expect(page.locator("#replace-count")).to_have_text("1 endroit coché sur 1")
    page.locator("#replace-cased").check()
    expect(page.locator("#replace-count")).to_have_text("Aucun endroit trouvé")
    page.locator("#replace-find").fill("chang")
    page.locator("#replace-whole").uncheck()
    expect(page.locator("#replace-count")).to_have_text("2 endroits cochés sur 2")
    page.locator("#replace-find").fill("(.*")
    expect(page.locator("#replace-count")).to_have_text("Aucun endroit trouvé")
    desk.press("Escape")
    assert desk.caret()[0].startswith("Bonjour et bienvenue")


# Sounds, notes, chapters.


@pytest.mark.parametrize(
    ("kind", "typed", "written"),
    [
        ("sound", "JINGLE", "\n\n[JINGLE]\n\n[0:17] Voix 1 : Pour commencer"),
        ("sound_after", "JINGLE", "de poste ?\n\n[JINGLE]\n\n[0:19]"),
        ("sound_here", "rires", "Pour commencer, [rires] qu'est-ce"),
        ("chapter", "La définition", "\n\n## La définition\n\n[0:17] Voix 1 : Pour"),
        ("note", "Tout de suite.", "commencer, qu'est-ce[^ce] qu'un aménagement"),
        ("foreign", "en", "Pour commencer, {en: qu'est-ce} qu'un"),
    ],
)
def test_what_is_inserted_is_in_the_file(desk: Desk, kind: str, typed: str, written: str) -> None:
    if kind == "foreign":
        desk.select("qu'est-ce qu'un aménagement de poste")
        desk.select("qu'est-ce")
        desk.js("""() => { const e = [...document.querySelectorAll('.words')].find(e => e.value.startsWith('Pour commencer'));
                e.focus(); e.setSelectionRange(16, 25) }""")
    else:
        desk.go(
            "Pour commencer",
            len("Pour commencer, ") if kind != "note" else len("Pour commencer, qu'es"),
        )
    desk.press("Alt+Shift+O")
    page = desk.page
    page.locator(f"#insert-{kind}").check()
    page.locator("#insert-text").fill(typed)
    page.locator("#insert-text").press("Enter")
    expect(page.locator("#insert")).to_be_hidden()
    assert desk.caret()[0].startswith("Pour commencer")
    desk.saved()
    assert written in desk.text
    if kind == "note":
        assert desk.text.endswith("\n\n[^ce]: Tout de suite.\n")
        expect(page.get_by_role("textbox", name="Note ce")).to_have_value("Tout de suite.")
    desk.press("Control+z")
    desk.saved()
    assert written not in desk.text


def test_a_doubt_is_marked_by_a_key(desk: Desk) -> None:
    desk.go("secret")
    desk.press("Alt+Shift+X")
    desk.said("À vérifier : secret,")
    desk.saved()
    assert "Il garde le {secret,?} et" in desk.text


# The sound.


def now(desk: Desk) -> float:
    return float(desk.js("document.getElementById('audio').currentTime"))


def until(desk: Desk, code: str) -> None:
    """Waits in Python: the page's own policy lets nobody evaluate a text in it."""
    for _ in range(400):
        if desk.js(code):
            return
        desk.page.wait_for_timeout(25)
    raise AssertionError(f"never: {code}")


PLAYING = "!document.getElementById('audio').paused"
PAUSED = "document.getElementById('audio').paused"


def test_the_sound_obeys_keys_and_the_caret_stays(desk: Desk) -> None:
    desk.go("Bonjour, et merci", 9)
    place = desk.caret()
    desk.press("F2")
    until(desk, PLAYING)
    until(desk, "document.getElementById('heard-word').textContent !== ''")
    until(desk, "document.getElementById('audio').currentTime > 2.5")
    desk.page.keyboard.type("x")
    desk.press("F2")
    until(desk, PAUSED)
    stopped = now(desk)
    assert desk.caret() == (place[0].replace("et merci", "xet merci"), place[1] + 1)
    desk.js(
        "audio.addEventListener('play', () => window.resumed = audio.currentTime, {once: true})"
    )
    desk.press("F2")  # one second again, for the ear
    until(desk, "window.resumed !== undefined")
    desk.press("F2")
    until(desk, PAUSED)
    assert abs(desk.js("resumed") - (stopped - 1)) < 0.05
    desk.js("audio.currentTime = 10")
    desk.press("F4")
    assert now(desk) == 8
    desk.press("Shift+F4")
    assert now(desk) == 10
    desk.press("Alt+Shift+PageUp")
    desk.said("Vitesse × 1,25")
    assert desk.js("document.getElementById('audio').playbackRate") == 1.25
    assert desk.caret()[1] == place[1] + 1


def test_the_word_under_the_caret_is_played_and_the_caret_goes_where_the_sound_is(
    desk: Desk,
) -> None:
    words = next(
        piece["words"]
        for piece in desk.editor_sheet()["pieces"]
        if piece["body"].startswith("C'est un changement simple")
    )
    at = "C'est un changement simple".index("changement")
    start, end = next((a, b) for offset, a, b, _ in words if offset == at)
    desk.go("changement simple", 3)
    desk.press("F8")
    until(desk, PLAYING)
    assert (start - 700) / 1000 < now(desk) < (end + 500) / 1000
    expect(desk.page.locator(".heard h3")).to_have_text(re.compile("^Voix 2"))
    until(desk, PAUSED)
    assert (end + 300) / 1000 < now(desk) < (end + 1200) / 1000
    desk.go("Merci beaucoup")
    desk.press("Shift+F2")
    until(desk, PLAYING)
    until(desk, "document.querySelector('.heard .words')?.value.startsWith('Merci beaucoup')")
    until(desk, "document.getElementById('heard-word').textContent === 'pour'")
    desk.press("F2")
    desk.go("Bonjour et bienvenue")
    desk.press("F9")
    value, caret = desk.caret()
    assert value.startswith("Merci beaucoup")
    assert caret >= value.index("beaucoup")


def test_what_is_heard_is_shown_and_never_said(desk: Desk) -> None:
    desk.go("Bonjour et bienvenue")
    desk.press("Control+s")
    desk.js(
        """window.changes = []; new MutationObserver(all => all.forEach(m => {
          const e = m.target.closest?.('[aria-live], [role=status], [role=alert]') ?? m.target.parentElement?.closest('[aria-live]');
          if (e || m.attributeName?.startsWith('aria-')) window.changes.push(m.target.outerHTML ?? m.target.data);
        })).observe(document, {subtree: true, childList: true, characterData: true, attributes: true})"""
    )
    desk.press("F2")
    until(desk, "document.getElementById('audio').currentTime > 4")
    painted = desk.js(
        "[...CSS.highlights.get('word')].map(r => r.toString()).concat(document.getElementById('heard-word').textContent)"
    )
    assert painted[0] == painted[1] != ""
    changes = [c for c in desk.js("changes") if 'id="position"' not in c]
    assert changes == []
    assert desk.js("document.title").startswith("Corriger : ")
    shape, field = desk.js(
        """['#mirror', '.heard .words'].map(s => { const b = document.querySelector(s).getBoundingClientRect();
             return [b.left, b.top, b.width, b.height].map(Math.round) })"""
    )
    assert shape == field


def test_the_mark_follows_its_word_through_a_cut(desk: Desk) -> None:
    desk.go("C'est un changement simple qui aide")
    desk.press("Shift+F2")
    until(desk, "[...CSS.highlights.get('word')].some(range => range.toString() === 'personne')")
    desk.press("F2")
    until(desk, PAUSED)
    desk.go("simple qui aide")
    desk.press("Enter")
    heard, shown = desk.js(
        "[document.querySelector('.heard .words').value, document.getElementById('mirror').textContent]"
    )
    assert heard == shown


def test_a_pedal_plays_as_long_as_it_is_pressed(desk: Desk) -> None:
    desk.press("Alt+Shift+H")
    desk.page.get_by_label("Écouter tant que la touche").check()
    desk.page.get_by_role("button", name="F2, Lecture ou pause").press("Enter")
    desk.press("p")
    desk.said("p ne se peut pas".replace("p ne", "P ne"))
    desk.press("F8")
    desk.said("c'est déjà « Écouter le mot du curseur »")
    desk.press("Pause")
    desk.said("Lecture ou pause : Pause")
    desk.press("Escape")
    desk.go("Bonjour et bienvenue")
    desk.page.keyboard.down("Pause")
    desk.page.keyboard.down("Pause")
    until(desk, PLAYING)
    desk.page.wait_for_timeout(200)
    assert desk.js(PLAYING)
    desk.page.keyboard.up("Pause")
    until(desk, PAUSED)
    desk.press("F2")
    assert desk.js(PAUSED)
    desk.page.wait_for_timeout(400)
    desk.reload()
    desk.go("Bonjour et bienvenue")
    desk.page.keyboard.down("Pause")
    until(desk, PLAYING)
    desk.page.keyboard.up("Pause")
    until(desk, PAUSED)


# For every eye, ear and hand.


def axe(desk: Desk, colours_only: bool = False, forced: bool = False) -> list[str]:
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": TAGS},
        "rules": {name: {"enabled": True} for name in ON},
        "resultTypes": ["violations"],
    }
    if forced:
        # The colours are the reader's own; axe still finds the page's in -webkit-text-fill-color.
        for name in ("color-contrast", "color-contrast-enhanced"):
            options["rules"][name] = {"enabled": False}
    if colours_only:
        options["runOnly"] = {
            "type": "rule",
            "values": ["color-contrast", "color-contrast-enhanced"],
        }
        del options["rules"]
    told = Axe().run(desk.page, options=options).response
    assert len(told["passes"]) >= (1 if colours_only else 15)
    return [
        f"{violation['id']} ({violation['help']}): {node['html'][:200]}"
        for violation in told["violations"]
        for node in violation["nodes"][:3]
    ]


def states(desk: Desk) -> Iterator[str]:
    """Every state of the page, one after the other."""
    yield "opened"
    desk.go("C'est un changement", 5)
    desk.press("Alt+Shift+V")
    expect(desk.page.locator("#preview-captions li").first).to_be_visible()
    yield "preview"
    desk.press("Alt+Shift+V", "Shift+F2")
    until(desk, "document.querySelector('.heard')")
    desk.press("F2")
    yield "heard"
    for name, key in DIALOGS.items():
        desk.press(key)
        expect(desk.page.locator(f"#{name}")).to_be_visible()
        if name == "replace":
            desk.page.locator("#replace-find").fill("personne")
        if name == "glossary":
            desk.page.locator("#glossary-wrong").fill("personne")
        desk.page.wait_for_timeout(50)
        yield name
        desk.press("Escape")
        expect(desk.page.locator(f"#{name}")).to_be_hidden()
        assert desk.caret()[0].startswith("C'est un changement"), name


DIALOGS = {
    "actions": "Alt+Shift+P",
    "people": "Alt+Shift+S",
    "insert": "Alt+Shift+O",
    "replace": "Alt+Shift+R",
    "glossary": "Alt+Shift+G",
    "versions": "Alt+Shift+W",
    "review": "Alt+Shift+M",
    "keys": "Alt+Shift+H",
}


@pytest.mark.parametrize("look", [LIGHT, DARK, FORCED, PHONE], ids=lambda look: look.name)
def test_axe_finds_nothing_in_any_state(office: Office, browser: Browser, look: Look) -> None:
    with at_desk(office, browser, look) as desk:
        found = {state: axe(desk, look is DARK, look.forced) for state in states(desk)}
        assert {state: faults for state, faults in found.items() if faults} == {}


# The promises of all pages that hold for this one as they are: tests/pages/.
PROMISES = [
    (structure.headings_are_in_order, LIGHT),
    (structure.controls_have_names, LIGHT),
    (structure.targets_are_large, LIGHT),
    (structure.targets_are_large, PHONE),
    (layout.nothing_is_lost, LIGHT),
    (layout.nothing_is_lost, PHONE),  # 1280 px at 400 %
    (layout.little_sticks, TINY),
    (layout.large_text_fits, LIGHT),
    (layout.wide_text_fits, PHONE),
    (keyboard.tab_goes_through_the_page, LIGHT),
    (keyboard.focus_is_never_covered, PHONE),
    (keyboard.focus_is_seen, LIGHT),
]
CUT = """[...document.querySelectorAll('textarea')].filter(e => e.checkVisibility())
  .filter(e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1).map(e => e.value)"""


@pytest.mark.parametrize("look", [LIGHT, PHONE, TINY], ids=lambda look: look.name)
def test_the_promises_of_all_pages_hold(office: Office, browser: Browser, look: Look) -> None:
    found: dict[str, list[str]] = {}
    with at_desk(office, browser, look) as desk:
        for promise, own in PROMISES:
            if own is look:
                desk.reload()
                found[promise.__name__] = promise(desk)  # type: ignore[arg-type]
                found[f"cut after {promise.__name__}"] = desk.js(CUT)
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_screen_reader_meets_headings_and_fields_in_the_order_of_the_text(desk: Desk) -> None:
    nodes = desk.devtools.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    order: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        if not node["ignored"] and node["role"]["value"] in (
            "heading",
            "textbox",
            "button",
            "status",
        ):
            level = next(
                (p["value"]["value"] for p in node.get("properties", []) if p["name"] == "level"),
                "",
            )
            order.append(
                f"{node['role']['value']}{level} {node['name']['value']}".replace("\u00a0", " ")
            )
        for child in node.get("childIds", []):
            walk(by_id[child])

    walk(nodes[0])
    start = order.index("heading1 Demander un aménagement de poste")
    text = order.index("heading2 Qu'est-ce qu'un aménagement de poste ?, 0 s")
    assert order[start + 1 : start + 4] == [
        "button Personnes",
        "button Insérer…",
        "button Chercher et remplacer",
    ]
    assert order[text : text + 9] == [
        "heading2 Qu'est-ce qu'un aménagement de poste ?, 0 s",
        "textbox Chapitre",
        "button Actions Chapitre",
        "heading3 Voix 1, 0 s",
        "textbox Voix 1, 0 s",
        "button Actions Voix 1, 0 s",
        "heading3 Voix 2, 14 s",
        "textbox Voix 2, 14 s",
        "button Actions Voix 2, 14 s",
    ]
    assert order[-2:] == ["textbox Note medecin", "button Actions Note medecin"]
    # The text is in the fields and nowhere else: nothing is read twice, no word by itself.
    words = [
        node
        for node in nodes
        if not node["ignored"] and "aménagement du poste" in node.get("name", {}).get("value", "")
    ]
    assert [node["role"]["value"] for node in words].count("StaticText") == 1


def test_no_dialog_takes_the_focus_away(desk: Desk) -> None:
    for name, key in DIALOGS.items():
        desk.go("C'est un changement", 5)
        desk.press(key)
        expect(desk.page.locator(f"#{name}")).to_be_visible()
        assert desk.js("document.activeElement.closest('dialog')?.id") == name
        desk.page.locator(f"#{name} .close").last.press("Enter")
        assert desk.caret()[0].startswith("C'est un changement"), name
        assert desk.caret()[1] == 5


def test_everything_is_in_the_menu_of_a_paragraph(desk: Desk) -> None:
    page = desk.page
    desk.go("C'est un changement simple qui", len("C'est un changement simple"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#actions-about")).to_have_text(re.compile("^Voix 2, 19"))
    page.get_by_role("button", name="Couper le paragraphe au curseur").press("Enter")
    assert desk.caret()[0].startswith("qui aide une personne")
    page.keyboard.press("Alt+Shift+P")
    page.get_by_role("button", name="Réunir avec le paragraphe précédent").press("Enter")
    assert desk.caret()[1] == len("C'est un changement simple")
    page.keyboard.press("Alt+Shift+P")
    page.get_by_role("button", name="Retirer", exact=True).press("Enter")
    assert desk.caret()[0].startswith("Pour commencer")
    desk.said("Retiré. Annuler le remet.")
    desk.saved()
    assert "C'est un changement" not in desk.text
    page.keyboard.press("Control+z")
    assert desk.caret()[0].startswith("C'est un changement")


def test_it_speaks_english(draft: Path, browser: Browser) -> None:
    with edited(draft, "episode-2", PODCAST_LANGUAGE="en") as editor, tab(browser) as context:
        desk = opened(context, editor, draft / "transcripts/episode-2.md")
        assert desk.js("document.documentElement.lang") == "en"
        desk.go("A good first day is prepared")
        desk.press("Control+ArrowRight", "Alt+Shift+Digit1")
        desk.said("La présentatrice: 1 paragraph.")
        desk.press("Control+z")
        desk.said("Undone: change of speaker.")
        desk.page.keyboard.type("Well, ")
        desk.saved()
        expect(desk.page.locator("#saved")).to_have_text(re.compile(r"^Saved at \d"))
        assert desk.js("[...document.querySelectorAll('.words')].every(e => e.lang === 'en')")
        assert desk.problems == []


# Nothing is lost.


def test_what_is_changed_elsewhere_comes_in_and_the_caret_stays(desk: Desk) -> None:
    desk.go("Et quand il faut acheter", 8)
    desk.file.write_text(
        desk.text.replace("Bonjour et bienvenue", "Bonjour à toutes et bienvenue"), "utf-8"
    )
    desk.said("Le texte a été changé ailleurs")
    assert any(field.startswith("Bonjour à toutes") for field in desk.fields())
    assert desk.caret() == ("Et quand il faut acheter du matériel ?", 8)
    desk.page.keyboard.type("!")
    desk.saved()
    assert "Et quand! il faut" in desk.text
    assert "Bonjour à toutes" in desk.text
    desk.press("Control+z", "Control+z")
    desk.said("Annulé : changement venu d'ailleurs.")
    desk.saved()
    assert "Bonjour à toutes" not in desk.text


def test_leaving_the_page_at_once_keeps_what_was_typed(desk: Desk) -> None:
    desk.go("Et quand il faut acheter")
    desk.page.keyboard.type("Alors ? ")
    desk.reload()
    assert "Alors ? Et quand il faut acheter du matériel ?" in desk.fields()
    assert "Alors ? Et quand" in desk.text


def test_a_server_that_is_killed_loses_nothing(draft: Path, browser: Browser) -> None:
    file = draft / TEXT
    with tab(browser) as context:
        with edited(draft, SLUG) as editor:
            desk = opened(context, editor, file)
            desk.go("Et quand il faut acheter")
            desk.page.keyboard.type("Avant. ")
            desk.saved()
            editor.process.send_signal(signal.SIGKILL)
            editor.process.wait(10)
        desk.page.keyboard.type("Pendant. ")
        expect(desk.page.locator("#saved")).to_contain_text("le texte est gardé dans ce navigateur")
        desk.said("le serveur ne répond pas")
        assert "Avant. Et quand" in desk.text
        with edited(draft, SLUG) as editor:
            # The link that the command prints lets this browser in again; the first tab goes on.
            opened(context, editor, file).page.close()
            expect(desk.page.locator("#saved")).to_contain_text("Enregistré à", timeout=20_000)
            assert "Avant. Pendant. Et quand" in desk.text
            desk.page.keyboard.type("Après. ")
            desk.press("Control+z")
            editor.process.send_signal(signal.SIGKILL)
            editor.process.wait(10)
        desk.page.keyboard.type("Seul. ")
        until(desk, "Object.keys(localStorage).some(key => localStorage[key].includes('Seul. '))")
        desk.page.close(run_before_unload=False)
        with edited(draft, SLUG) as editor:
            again = opened(context, editor, file)
            expect(again.page.locator("#kept")).to_be_visible()
            again.page.get_by_role("button", name="Le reprendre").press("Enter")
            again.said("Le texte gardé est repris et enregistré.")
            assert any("Seul. Et quand" in value for value in again.fields())
            assert "Seul. Et quand" in again.text
            assert again.problems == desk.problems == []


def test_two_tabs_that_change_other_paragraphs_are_put_together(desk: Desk) -> None:
    other = opened(desk.page.context, desk.editor, desk.file, desk.editor.origin + "/")
    desk.go("Et quand il faut acheter")
    desk.page.keyboard.type("Un. ")
    other.go("Alors il existe des aides")
    other.page.keyboard.type("Deux. ")
    other.saved()
    desk.page.bring_to_front()
    dialog = desk.page.locator("#conflict")
    expect(dialog).to_be_visible()
    assert desk.js("document.activeElement.id") == "conflict-title"
    desk.press("Escape")
    expect(dialog).to_be_visible()
    desk.page.get_by_role("button", name="Réunir les deux textes").press("Enter")
    expect(dialog).to_be_hidden()
    assert desk.caret() == ("Un. Et quand il faut acheter du matériel ?", 4)
    assert "Un. Et quand" in desk.text
    assert "Deux. Alors" in desk.text
    other.page.bring_to_front()
    other.said("Le texte a été changé ailleurs")
    assert "Un. Et quand il faut acheter du matériel ?" in other.fields()
    assert other.problems == []


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("Le mien", ["Ici : et quand il faut acheter du matériel ?"]),
        ("L'autre", ["Ailleurs : et quand il faut acheter du matériel ?"]),
        ("Les deux", ["Ici : et quand il faut", "Ailleurs : et quand il faut"]),
        ("Comme avant", ["Et quand il faut acheter du matériel ?"]),
    ],
)
def test_a_paragraph_changed_on_both_sides_is_a_choice(
    desk: Desk, choice: str, kept: list[str]
) -> None:
    desk.select("Et quand il")
    desk.page.keyboard.type("Ici : et quand il")
    theirs = desk.text.replace("Et quand il", "Ailleurs : et quand il").replace(
        "Bonjour et", "Salut et"
    )
    desk.file.write_text(theirs, "utf-8")
    page = desk.page
    expect(page.locator("#conflict")).to_be_visible()
    expect(page.locator("#conflict-what")).to_have_text(
        "1 paragraphe a été changé des deux côtés : choisissez."
    )
    assert axe(desk) == []
    page.get_by_role("radio", name=re.compile(f"^{choice}")).check()
    page.get_by_role("button", name="Réunir avec ces choix").press("Enter")
    expect(page.locator("#conflict")).to_be_hidden()
    assert "Salut et bienvenue" in desk.text
    for words in kept:
        assert words in desk.text
        assert any(words in value for value in desk.fields())
    assert ("Ici" in desk.text, "Ailleurs" in desk.text) == (
        any("Ici" in words for words in kept), any("Ailleurs" in words for words in kept),
    )  # fmt: skip
    desk.caret()
    desk.press("Control+z")
    desk.saved()
    assert "Ici : et quand" in desk.text
    assert "Salut" not in desk.text


def test_an_older_version_is_taken_up_and_given_back(draft: Path, browser: Browser) -> None:
    with edited(draft, SLUG) as editor, tab(browser) as context:
        desk = opened(context, editor, draft / TEXT)
        take_up_the_former_version(desk)
        assert desk.problems == []


def take_up_the_former_version(desk: Desk) -> None:
    before = desk.text
    desk.go("Et quand il faut acheter")
    desk.page.keyboard.type("Jamais. ")
    desk.saved()
    desk.press("Alt+Shift+W")
    page = desk.page
    expect(page.locator("#versions-list li").nth(1)).to_contain_text("mots")
    page.locator("#versions-list button").nth(1).press("Enter")
    desk.said("Version reprise")
    assert desk.text == before
    assert desk.caret()[0].startswith("Et quand il faut")
    desk.press("Control+z")
    desk.said("Annulé : retour à une version.")
    desk.saved()
    assert "Jamais. Et quand" in desk.text


# Doubts, people, terms, review.


def test_a_doubt_is_corrected_everywhere_and_undone(desk: Desk) -> None:
    page = desk.page
    desk.press("Shift+F8")
    while "secret" not in page.locator("#doubt-context").inner_text():
        page.locator("#doubt-pass").press("Enter")
    page.locator("#doubt-text").fill("silence,")
    page.locator("#doubt-everywhere").press("Enter")
    expect(page.locator("#replace-find")).to_have_value("secret")
    expect(page.locator("#replace-with")).to_have_value("silence")
    page.locator("#replace-with").press("Enter")
    expect(page.locator("#replace")).to_be_hidden()
    desk.said("1 remplacement fait : silence")
    desk.press("Escape")
    desk.saved()
    assert "Il garde le silence, et" in desk.text
    desk.press("Control+z")
    desk.saved()
    assert "Il garde le secret, et" in desk.text


def test_what_was_accepted_is_a_doubt_again_when_undone(desk: Desk) -> None:
    page = desk.page
    desk.press("Shift+F8")
    while page.locator("#doubt-person").is_visible():
        page.locator("#doubt-pass").press("Enter")
    progress = page.locator("#progress").inner_text()
    page.locator("#doubt-accept").press("Enter")
    expect(page.locator("#progress")).not_to_have_text(progress)
    desk.press("Escape", "Control+z")
    desk.said("Annulé : doute accepté.")
    expect(page.locator("#progress")).to_have_text(progress)
    until(
        desk,
        "fetch('/api/document').then(a => a.json()).then(s => s.doubts.every(d => !d.accepted))",
    )


def test_somebody_new_speaks_everywhere(draft: Path, browser: Browser) -> None:
    with edited(draft, SLUG) as editor, tab(browser) as context:
        desk = opened(context, editor, draft / TEXT)
        page = desk.page
        desk.press("Shift+F8")
        expect(page.locator("#doubt-said")).to_contain_text("Voix 1")
        page.get_by_role("button", name="Choisir la personne…").press("Enter")
        page.get_by_label("Nom", exact=True).fill("Élodie Roy")
        page.keyboard.press("Enter")
        desk.said("Ajouté à l'émission : Élodie Roy")
        assert desk.js("document.activeElement.value") == "Élodie Roy"
        page.keyboard.press("Enter")
        desk.said("Élodie Roy : 9 paragraphes.")
        desk.saved()
        assert desk.text.count("Élodie Roy :") == 9
        show = (draft / "podcast.yaml").read_text("utf-8")
        assert "name: Élodie Roy" in show
        assert "# Toutes les personnes qui peuvent parler." in show
        assert desk.problems == []


def test_a_term_is_always_written_so(draft: Path, browser: Browser) -> None:
    with edited(draft, SLUG) as editor, tab(browser) as context:
        desk = opened(context, editor, draft / TEXT)
        page = desk.page
        desk.select("medecin du travail")
        desk.press("Alt+Shift+G")
        expect(page.locator("#glossary-wrong")).to_have_value("medecin du travail")
        page.locator("#glossary-term").fill("")
        page.locator("#glossary-term").press("Enter")
        expect(page.locator("#glossary-fault")).to_contain_text("Écrivez le terme")
        page.locator("#glossary-term").fill("médecin du travail")
        expect(page.locator("#glossary-count")).to_have_text("1 endroit coché sur 1")
        page.locator("#glossary-term").press("Enter")
        desk.said("1 remplacement fait : médecin du travail")
        desk.saved()
        assert "médecin du travail[^medecin]" in desk.text
        assert "medecin du travail" in (draft / "glossary.yaml").read_text("utf-8")
        assert desk.problems == []


def test_from_opening_to_reviewed_by_keys_alone_and_published(
    draft: Path, browser: Browser
) -> None:
    with edited(draft, SLUG) as editor, tab(browser) as context:
        desk = opened(context, editor, draft / TEXT)
        page = desk.page

        def tab_to(name: str) -> None:
            for _ in range(60):
                page.keyboard.press("Tab")
                if desk.js("document.activeElement.textContent").startswith(name):
                    return
            raise AssertionError(name)

        # The first skip link leads to the text.
        desk.press("Tab", "Enter", "Tab")
        assert desk.caret()[0].startswith("Qu'est-ce qu'un")
        desk.press("ArrowDown")
        assert desk.caret()[0].startswith("Bonjour et bienvenue")
        # Reviewing a draft is refused, and the refusal leads to the place.
        desk.press("Alt+Shift+M")
        page.keyboard.type("Claire Roy")
        page.keyboard.press("Enter")
        expect(page.locator("#review-refused")).to_be_visible()
        assert desk.js("document.activeElement.id") == "review-refused-title"
        expect(page.locator("#review-refused-list li").first).to_contain_text("Voix 1")
        assert axe(desk) == []
        desk.press("Tab", "Enter")
        assert desk.caret()[0].startswith("Bonjour et bienvenue")
        # Both voices get their names everywhere.
        desk.press("Alt+Shift+S", "ArrowDown", "Tab", "ArrowDown", "Enter")
        desk.said("paragraphes.")
        desk.press("Control+z", "Alt+Shift+S")
        name = desk.js("document.activeElement.value")
        while name != "La présentatrice":
            page.keyboard.press("ArrowUp")
            name = desk.js("document.activeElement.value")
        desk.press("Tab", "ArrowDown", "Enter")
        desk.said("La présentatrice : 9 paragraphes.")
        desk.press("Alt+PageDown", "Alt+Shift+S")
        while desk.js("document.activeElement.value") != "La conseillère":
            page.keyboard.press("ArrowUp")
        desk.press("Tab", "ArrowDown", "Enter")
        desk.said("La conseillère : 8 paragraphes.")
        # One word is wrong: found, replaced.
        desk.press("Alt+Shift+R")
        page.keyboard.press("Control+a")
        page.keyboard.type("medecin du travail")
        page.keyboard.press("Tab")
        page.keyboard.type("médecin du travail")
        page.keyboard.press("Enter")
        desk.said("1 remplacement fait")
        desk.press("Alt+Shift+M", "Enter")
        expect(page.locator("#review")).to_be_hidden()
        expect(page.locator("#state")).to_contain_text("Relu par Claire Roy")
        desk.said("Relu par Claire Roy")
        desk.caret()
        assert "status: reviewed\nreviewed_by: Claire Roy\n" in desk.text
        # Undoing takes no review away: it says that the text has changed since.
        desk.press("Control+z")
        desk.saved()
        expect(page.locator("#state")).to_contain_text("puis changé")
        desk.press("Control+y")
        desk.saved()
        expect(page.locator("#state")).to_have_text(re.compile("^Relu par Claire Roy le [^,]*$"))
        assert desk.problems == []
    ran = run_podcast(["publish", SLUG], draft)
    assert ran.code == 0, ran.err
    html = (draft / "site" / SLUG / "index.html").read_text("utf-8")
    assert "médecin du travail" in html
    assert "La présentatrice" in html
    assert "Claire Roy" in html
    assert "Voix 1" not in html


def named(draft: Path) -> None:
    """Both voices of the draft get their names."""
    text = (draft / TEXT).read_text("utf-8")
    text = text.replace("Voix 1", "La présentatrice").replace("Voix 2", "La conseillère")
    (draft / TEXT).write_text(text, "utf-8")


def test_a_review_waits_for_all_that_was_written_before_it(draft: Path, browser: Browser) -> None:
    named(draft)
    with edited(draft, SLUG) as editor, tab(browser) as context:
        desk = opened(context, editor, draft / TEXT)
        held: list[Route] = []
        asked: list[str] = []
        desk.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
        desk.page.route("**/api/text", lambda route: held.append(route))

        def let_go() -> None:
            deadline = time.monotonic() + 10
            while not held:
                assert time.monotonic() < deadline
                desk.page.wait_for_timeout(20)
            desk.page.wait_for_timeout(300)
            assert "review" not in asked
            held.pop().continue_()

        desk.go("Bonjour et bienvenue")
        desk.page.keyboard.type("Un. ")
        desk.press("Control+s")
        desk.page.keyboard.type("Deux. ")
        desk.press("Alt+Shift+M")
        desk.page.keyboard.type("Claire Roy")
        desk.press("Enter")
        let_go()
        let_go()
        expect(desk.page.locator("#state")).to_contain_text("Relu par Claire Roy")
        desk.said("Relu par Claire Roy")
        expect(desk.page.locator("#conflict")).to_be_hidden()
        assert "Un. Deux. Bonjour et bienvenue" in desk.text
        assert desk.editor_sheet()["review_holds"]
        assert desk.problems == []


def test_nothing_is_called_saved_while_another_text_is_on_its_way(desk: Desk) -> None:
    held: list[Route] = []
    desk.page.route("**/api/text", lambda route: held.append(route), times=1)
    desk.go("Bonjour et bienvenue")
    desk.page.keyboard.type("Un. ")
    desk.press("Control+s")
    desk.page.wait_for_timeout(100)
    desk.press("Control+z")
    desk.page.wait_for_timeout(100)
    assert "Un. Bonjour" not in desk.fields()[1] and held
    expect(desk.page.locator("#saved")).to_have_text("Pas encore enregistré")
    held.pop().continue_()
    desk.saved()
    assert "Un. Bonjour" not in desk.text


def test_no_text_is_reviewed_that_was_changed_elsewhere(draft: Path, browser: Browser) -> None:
    named(draft)
    with edited(draft, SLUG) as editor, tab(browser) as context:
        desk = opened(context, editor, draft / TEXT)
        desk.press("Alt+Shift+M")
        desk.page.keyboard.type("Claire Roy")

        def changed(route: Route) -> None:
            other = desk.text.replace("Bonjour et bienvenue", "Bonsoir et bienvenue")
            desk.file.write_text(other, "utf-8")
            route.continue_()

        desk.page.route("**/api/review", changed)
        desk.press("Enter")
        expect(desk.page.locator("#review-refused")).to_contain_text("a changé ce texte")
        desk.said("Le texte a été changé ailleurs")
        assert desk.fields()[1].startswith("Bonsoir et bienvenue")
        assert "status: draft" in desk.text
        # Read again, it is reviewed.
        desk.page.unroute("**/api/review")
        desk.page.keyboard.press("Escape")
        desk.press("Alt+Shift+M", "Enter")
        expect(desk.page.locator("#state")).to_contain_text("Relu par Claire Roy")
        assert "status: reviewed" in desk.text


def test_what_was_really_listened_to_is_told(desk: Desk) -> None:
    desk.go("Bonjour et bienvenue")
    before = desk.editor_sheet()["listened"]["ms"]
    desk.js("audio.currentTime = 60")
    desk.press("F2")
    until(desk, "document.getElementById('audio').currentTime > 62")
    desk.js("audio.currentTime = 80")
    until(desk, "document.getElementById('audio').currentTime > 81")
    desk.press("F2")
    until(desk, PAUSED)
    until(
        desk,
        f"fetch('/api/document').then(a => a.json()).then(s => s.listened.ms > {before + 2000})",
    )
    spans = desk.editor_sheet()["listened"]["spans"]
    assert not any(start < 70_000 < end for start, end in spans)
    assert any(start <= 60_500 and end >= 61_500 for start, end in spans)
    expect(desk.page.locator("#progress")).to_contain_text(re.compile(r"écouté à [1-9]"))


def test_the_walk_through_the_doubts(desk: Desk) -> None:
    page = desk.page
    desk.go("Bonjour et bienvenue")
    doubts = desk.editor_sheet()["doubts"]
    assert {doubt["kind"] for doubt in doubts} >= {"unnamed", "uncertain"}
    assert len(doubts) >= 6
    expect(page.locator("#progress")).to_contain_text(f"0 doute sur {len(doubts)}")
    desk.press("Shift+F8")
    expect(page.locator("#doubts")).to_be_visible()
    until(desk, PLAYING)
    assert axe(desk) == []
    while page.locator("#doubt-person").is_visible():
        page.locator("#doubt-pass").press("Enter")
    met = []
    for what in ("accept", "replace", "mark", "pass"):
        title = page.locator("#doubt-title").inner_text()
        met.append(page.locator("#doubt-context mark").inner_text())
        if what == "replace":
            page.locator("#doubt-text").fill("remplacé")
            page.locator("#doubt-text").press("Enter")
        else:
            page.locator(f"#doubt-{what}").press("Enter")
        if len(met) < len(doubts):
            expect(page.locator("#doubt-context mark")).not_to_have_text(met[-1])
        assert title
    desk.press("Escape")
    desk.caret()
    until(desk, PAUSED)
    desk.saved()
    assert "remplacé" in desk.text
    assert f"{{{met[2]}?}}" in desk.text
    expect(page.locator("#progress")).to_contain_text(
        re.compile(rf"^[23] doutes sur {len(doubts)}")
    )


def test_an_hour_can_be_opened(tmp_path: Path, browser: Browser) -> None:
    space = long_episode.make(tmp_path / "show", "fr")
    file = space.transcript_file(long_episode.SLUG)
    before = file.read_bytes()
    with edited(space.root, long_episode.SLUG) as editor, tab(browser) as context:
        desk = opened(context, editor, file)
        fields = desk.fields()
        assert sum(len(field.split()) for field in fields) > 9500
        assert desk.js("document.querySelectorAll('*').length") < 2500
        nodes = desk.devtools.send("Accessibility.getFullAXTree")["nodes"]
        assert sum(not node["ignored"] for node in nodes) < 12_000
        assert desk.js(CUT) == []
        desk.go(fields[100][:30], 10)
        desk.press("Enter", "Control+z", "Control+s")
        assert desk.caret()[1] == 10
    assert file.read_bytes() == before
