"""The editor's page in a real browser, with the real server, on the real sample episodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from editing import Editor, edited
from pages.browsing import LIGHT, Look
from playwright.sync_api import Browser, BrowserContext, Page, expect

SLUG = "episode-1"
TEXT = f"transcripts/{SLUG}.md"


@dataclass
class Desk:
    """The editor in a tab of the browser, and the file that it changes."""

    page: Page
    editor: Editor
    file: Path
    problems: list[str] = field(default_factory=list)

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
            re.compile("^(Enregistré|Saved at|Tout est)")
        )

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


@pytest.fixture
def draft(show: Path) -> Path:
    """The show with a draft as a machine would leave it: voices, words misheard, nobody's review."""
    file = show / TEXT
    text = file.read_text("utf-8")
    text = re.sub(r"status: reviewed\nreviewed_by: .*\nreviewed_on: .*", "status: draft", text)
    text = text.replace("La présentatrice :", "Voix 1 :").replace("La conseillère :", "Voix 2 :")
    file.write_text(text.replace("médecin du travail[", "medecin du travail["), "utf-8")
    return show


@pytest.fixture
def desk(draft: Path, browser: Browser) -> Iterator[Desk]:
    with edited(draft, SLUG) as editor, tab(browser) as context:
        made = opened(context, editor, draft / TEXT)
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
