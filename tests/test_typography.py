"""French text is typeset as French wants it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast.align import pieces
from podcast.typography import french, typeset, untypical


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ça va ?", "Ça va\u202f?"),
        ("Ça va?", "Ça va\u202f?"),
        ("Bonjour !", "Bonjour\u202f!"),
        ("Quoi ?!", "Quoi\u202f?!"),
        ("Je le dis : oui ; non.", "Je le dis\u00a0: oui\u202f; non."),
        ("l'emploi d'aujourd'hui", "l’emploi d’aujourd’hui"),
        ('Elle dit « oui ».', "Elle dit «\u00a0oui\u00a0»."),
        ("3 000 personnes et 50 %", "3\u202f000 personnes et 50\u202f%"),
        ("à 14:30, sur https://a.fr/?b=c", "à 14:30, sur https://a.fr/?b=c"),
        ("Alors...", "Alors…"),
        ("en 2024 et 20 fois", "en 2024 et 20 fois"),
    ],
)  # fmt: skip
def test_french(before: str, after: str) -> None:
    assert french(before) == after
    assert french(after) == after


def test_english_is_left_alone() -> None:
    assert typeset("What is it? Don't know!", "en-GB") == "What is it? Don't know!"


def test_what_would_change_is_named() -> None:
    assert untypical("l'emploi aide", "fr") == ("l'emploi",)
    assert untypical("l’emploi aide", "fr") == ()


@given(st.text("abcé'?!:;«» 0123456789%.", max_size=40))
def test_no_word_is_changed(text: str) -> None:
    assert "".join(pieces(french(text))) == "".join(pieces(text))
    assert french(french(text)) == french(text)
