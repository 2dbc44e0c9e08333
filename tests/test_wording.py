"""Every sentence is there, translations have its facts and forms, and none is left over."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from podcast.commands import names
from podcast.wording import Wording, keys, lacking, languages
from tools import translations

PACKAGE = Path(__file__).parent.parent / "podcast"
TEMPLATES = Path(__file__).parent.parent / "templates"


def told_in_code() -> dict[str, set[str]]:
    """Every ``fault("kind", …)``, ``say("key", …)`` and the like, by what calls it."""
    found: dict[str, set[str]] = {"error": set(), "say": set()}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            for first in _texts(node.args[0]):
                if name in ("fault", "fail"):
                    found["error"].add(first)
                elif name in ("say", "progress"):
                    found["say"].add(first)
            for keyword in node.keywords:
                if name == "report" and keyword.arg == "kind":
                    found["error"] |= set(_texts(keyword.value))
    return found


def _texts(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return []


def test_no_translation_has_a_fault() -> None:
    assert translations.check() == 0


def test_french_is_complete() -> None:
    assert lacking("fr") == []


@pytest.mark.parametrize("language", languages())
def test_what_listeners_read_is_complete_in_every_language(language: str) -> None:
    assert {"player", "feed", "page", "find", "subscribe"} < set(translations.READ)
    assert [key for key in lacking(language) if translations.part(key) in translations.READ] == []


def test_every_fault_has_its_sentence() -> None:
    words = Wording("fr")
    missing = [kind for kind in told_in_code()["error"] if not words.knows(f"error.{kind}")]
    assert missing == []


def test_every_line_has_its_sentence() -> None:
    words = Wording("en")
    missing = [key for key in told_in_code()["say"] if not words.knows(key)]
    assert missing == []


def test_no_sentence_is_left_over() -> None:
    source = "\n".join(p.read_text("utf-8") for p in PACKAGE.rglob("*.py"))
    source += "\n".join(p.read_text("utf-8") for p in TEMPLATES.glob("*.html"))
    source += "\n".join(p.read_text("utf-8") for p in TEMPLATES.glob("static/*.js"))
    source += "\n".join(p.read_text("utf-8") for p in PACKAGE.glob("editor/page/**/*.*"))
    # These names are put together: from a rule, a command, a flag, a kind of change, a choice, a key.
    made = re.compile(
        r"key\.|section\.|field\.|comfort\.|command\.|doubt\.|blemish\.|diff\.|music\.|stats\.|role\."
        r"|copy\.|copy_code\.|harm\.|list\.(state|count|changed)\.|doctor\.level\.|init\.ask\."
        r"|editor\.(host|token|cookie|origin|type|size)$|editor\.(command|fixed|did)\."
        r"|editor\.(conflict|insert|versions)\.(mine|theirs|both|base|by_\w+)$"
        r"|editor\.insert\.((text_|done_)?(sound\w*|note|chapter|foreign|time))$"
    )
    unused = []
    for key in keys("en"):
        name = re.sub(r"\.(one|other)$", "", key).removeprefix("error.")
        if not made.match(name) and f'"{name}"' not in source and f"'{name}'" not in source:
            unused.append(name)
    assert unused == []


def test_every_command_has_help() -> None:
    for name in names():
        assert Wording("en").knows(f"command.{name}"), name


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [("fr", 0, "0 épisode"), ("fr", 1, "1 épisode"), ("fr", 2, "2 épisodes"),
     ("en", 0, "0 episodes"), ("en", 1, "1 episode"), ("en", 2, "2 episodes")],
)  # fmt: skip
def test_plurals_follow_the_language(language: str, n: int, said: str) -> None:
    assert Wording(language).say("page.episodes", n=n) == said
