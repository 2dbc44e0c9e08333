"""How-tos and the pages for blind and for deaf producers: their lines are typed, their keys are there."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from twins import DOCS, FRENCH_OF, FRENCH_PAGES, HOW_TO, LOOKED_UP, french_half

from podcast.commands import names
from podcast.usage import parser
from podcast.wording import Wording

PRODUCERS = [
    DOCS / name
    for name in (
        "producing-blind.md", "produire-sans-voir.md", "producing-deaf.md",
        "produire-sans-entendre.md",
    )
]  # fmt: skip
FRENCH = sorted((DOCS / "comment-faire").glob("*.md"))
TUTORIALS = [DOCS / "tutoriel.md", DOCS / "tutorial.md"]
PAGES = [
    *PRODUCERS,
    *(DOCS / f"{name}.md" for pair in LOOKED_UP.items() for name in pair),
    *sorted((DOCS / "how-to").glob("*.md")),
    *FRENCH,
]
TYPED = re.compile(r"^```sh ?(?P<code>\d?)\n(?P<typed>.*?)^```$", re.MULTILINE | re.DOTALL)
# A command in the running text or in a block: « podcast check episode-3 --json ».
SAID = re.compile(r"(?:`|^ {4}|^)((?:podcast|publish)(?: [^`\n]+)?)(?:`|$)", re.MULTILINE)
KEY = re.compile(r"`((?:(?:Ctrl|Alt|Shift)\+)+(?:PageUp|PageDown|F\d+|[A-Z\d])|F\d+)`")


def typed(page: Path) -> list[re.Match[str]]:
    return list(TYPED.finditer(page.read_text("utf-8")))


@pytest.fixture
def own(published: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "show"
    shutil.copytree(published, folder, symlinks=True, copy_function=shutil.copy2)
    script = re.sub(r"\A---.*?---", "", (folder / "transcripts" / "episode-3.md").read_text("utf-8"), flags=re.DOTALL)  # fmt: skip
    (folder / "script.txt").write_text(script, "utf-8")
    return folder


@pytest.mark.parametrize("page", [p for p in PAGES if typed(p)], ids=lambda p: p.stem)
def test_every_line_can_be_typed(page: Path, own: Path) -> None:
    language = "fr" if page in FRENCH or page.stem.startswith("produire") else "en"
    env = {
        **os.environ, "HOME": str(own.parent), "PODCAST_LANGUAGE": language,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip
    said = ""
    for step in typed(page):
        script = f"set -e\n{step['typed']}"
        ran = subprocess.run(["bash", "-c", script], cwd=own, env=env, capture_output=True, text=True, timeout=300)  # fmt: skip
        assert ran.returncode == int(step["code"] or 0), (step["typed"], ran.stdout, ran.stderr)
        said += ran.stdout + ran.stderr
    # What a page promises that the lines say.
    for promise in re.findall(r"`(S(?:ound|on).?: \w+), …", page.read_text("utf-8")):
        assert promise in said


@pytest.mark.parametrize("page", [*PAGES, *TUTORIALS], ids=lambda p: p.stem)
def test_every_command_and_option_is_there(page: Path) -> None:
    for line in SAID.findall(page.read_text("utf-8")):
        words = line.split(" > ")[0].split("#")[0].split()
        words = ["podcast", *words] if words[0] == "publish" else words
        if len(words) == 1:
            continue
        name = words[1].rstrip(".,")
        assert name in names(), line
        made = parser(Wording("en"), name)
        choices = next(a for a in made._actions if isinstance(a, argparse._SubParsersAction))
        known = {
            option for action in choices.choices[name]._actions for option in action.option_strings
        }
        used = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert used <= known, line


@pytest.mark.parametrize("page", PRODUCERS, ids=lambda p: p.stem)
def test_every_key_is_the_editors(page: Path) -> None:
    script = (ROOT / "podcast" / "editor" / "page" / "keys.js").read_text("utf-8")
    known = dict(re.findall(r'^  (\w+): "([^"]+)",$', script, re.MULTILINE))
    used = KEY.findall(page.read_text("utf-8"))
    assert len(used) >= 6
    assert set(used) <= set(known.values())
    # The table says of each key what the editor's own page of keys calls it.
    meaning = {
        "F2": "play", "F8": "play_word", "Shift+F2": "play_piece", "F9": "go_heard", "Shift+F8": "next_doubt",
        "Alt+Shift+S": "people", "Alt+Shift+O": "insert", "Alt+Shift+M": "review", "Alt+Shift+H": "keys",
        "Alt+Shift+X": "doubt", "Alt+Shift+R": "replace", "Alt+Shift+G": "glossary", "F4": "back",
        "Shift+F4": "forward", "Alt+Shift+PageDown": "slower", "Alt+PageDown": "next_piece",
        "Alt+PageUp": "previous_piece",
    }  # fmt: skip
    for key in used:
        assert known[meaning[key]] == key


@pytest.mark.parametrize(
    ("french", "english"),
    [("produire-sans-voir.md", "producing-blind.md"), ("produire-sans-entendre.md", "producing-deaf.md")],
)  # fmt: skip
def test_both_languages_say_the_same(french: str, english: str) -> None:
    def bones(name: str) -> tuple[list[str], list[str], int]:
        text = (DOCS / name).read_text("utf-8")
        commands = [
            re.sub(r"\b(essai|trial)\b|\"[^\"]*\"", "", s["typed"]).lower()
            for s in TYPED.finditer(text)
        ]
        return commands, KEY.findall(text), len(re.findall(r"^## ", text, re.MULTILINE))

    assert bones(french) == bones(english)


@pytest.mark.parametrize("french", FRENCH, ids=lambda p: p.stem)
def test_every_how_to_is_there_in_both_languages(french: Path) -> None:
    """With the same lines to type and the same tables."""
    assert {page.stem for page in FRENCH} == set(HOW_TO)
    assert {page.stem for page in (DOCS / "how-to").glob("*.md")} == set(HOW_TO.values())

    def bones(page: Path) -> tuple[str, int]:
        text = page.read_text("utf-8")
        typed = "".join(f"{step['code']}\n{step['typed']}" for step in TYPED.finditer(text))
        typed = re.sub(r"\"[^\"]*\"|'[^'\n]*'", "", typed)
        typed = typed.replace("plus-tard", "later").replace("en-ligne", "online")
        # Of what is written into a file, the words differ.
        typed = re.sub(r"^(## |\[).*\n", "", typed, flags=re.MULTILINE)
        return typed, len(re.findall(r"^\|", text, re.MULTILINE))

    assert bones(french) == bones(DOCS / "how-to" / f"{HOW_TO[french.stem]}.md")


def led(page: Path, text: str) -> list[str]:
    """Where a page leads: addresses, and pages below docs/, the French ones by their English twin."""
    english = {french: english for english, french in FRENCH_OF.items()}
    found = []
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not target.startswith("http"):
            target = os.path.relpath((page.parent / target).resolve(), DOCS)
        found.append(english.get(target, target))
    return found


@pytest.mark.parametrize(("french", "english"), LOOKED_UP.items())
def test_what_is_looked_up_is_there_in_both_languages(french: str, english: str) -> None:
    """With the same headings, lists, rows, examples, and the same keys and names in code."""

    def bones(name: str) -> dict[str, object]:
        text = (DOCS / f"{name}.md").read_text("utf-8")
        # What the command prints stands in one page only.
        text = re.sub(r"^```\n[^`]*Cache-Control[^`]*^```$", "", text, flags=re.MULTILINE)
        outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        spans = re.findall(r"`([^`\n]+)`", outside)
        return {
            "marks": re.findall(r"^(#+ |\||- |\d+\. |```)", text, re.MULTILINE),
            "examples": re.findall(r"^```.*?^```$", text, re.MULTILINE | re.DOTALL),
            "keys": KEY.findall(text),
            "links": sorted(led(DOCS / f"{name}.md", text)),
            "names": sorted(
                {s for s in spans if re.fullmatch(r"[a-z_]+|[\w<>./-]+\.\w+|--\S+", s)}
            ),
        }

    assert bones(french) == bones(english)
    assert f"*[In English]({english}.md)*" in (DOCS / f"{french}.md").read_text("utf-8")
    assert f"*[En français]({french}.md)*" in (DOCS / f"{english}.md").read_text("utf-8")


@pytest.mark.parametrize("page", FRENCH_PAGES, ids=lambda p: p.stem)
def test_french_leads_to_french(page: Path) -> None:
    """Where a page has a French twin; where it is in English only, the link says so."""
    text = french_half(page)
    index = page in (DOCS / "README.md", ROOT / "README.md")
    for found in re.finditer(r"\[([^]]*)\]\((?!https?:|#)([^)#]+)[^)]*\)([^[]{0,16})", text):
        name, target, after = found.groups()
        leads = (page.parent / target).resolve()
        if name == "In English" or leads.suffix != ".md" or not leads.is_relative_to(DOCS):
            continue
        below = os.path.relpath(leads, DOCS)
        assert below not in FRENCH_OF, f"{target}: {FRENCH_OF[below]}"
        english = not french_half(leads)
        said = re.match(r"[),]*\s+\(?en\sanglais", after) or "en anglais" in " ".join(name.split())
        assert index or bool(said) is english, target


@pytest.mark.parametrize("page", FRENCH_PAGES, ids=lambda p: p.stem)
def test_french_marks_keep_their_word_on_the_line(page: Path) -> None:
    """Before « : ; ? ! » » and after « « » stands a space that does not break."""
    text = re.sub(r"^```.*?^```$|^<!--.*?-->$|^ {4,}.*?$|`[^`\n]*`", "", french_half(page), flags=re.M | re.S)  # fmt: skip
    assert re.findall(r"[^\n]* [:;?!»](?:\s|$)|^[:;?!»] .*|[^\n]*«(?: |$)", text, re.M) == []


@pytest.mark.parametrize(
    "page",
    [p for p in FRENCH_PAGES if p.parent == DOCS and p.name != "README.md" and french_half(p) != p.read_text("utf-8")],
    ids=lambda p: p.stem,
)  # fmt: skip
def test_both_halves_of_a_page_say_the_same(page: Path) -> None:
    """With the same headings, lists, rows and examples, as two pages would have them."""
    french = french_half(page)
    english = page.read_text("utf-8").removeprefix(french)
    marks = re.compile(r"^(#+ |\||- |\d+\. |```| {4})", re.MULTILINE)
    assert marks.findall(french) == marks.findall(english)
