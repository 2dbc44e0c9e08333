"""French typography: the spaces and signs that belong to the language.

Drafts are written with them; in a text that a person edited they are looked at and never forced.
Source: Lexique des règles typographiques en usage à l'Imprimerie nationale.
"""

from __future__ import annotations

import re

NARROW, FIXED = "\u202f", "\u00a0"
_ANY = "[ \u00a0\u202f]"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # An apostrophe between letters; not the minutes of 5' or a quotation.
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W_])"), "’"),
    (re.compile(rf"{_ANY}*([;!?]+)(?=\s|$|»|[)\]])"), rf"{NARROW}\1"),
    (re.compile(rf"(?<=\S){_ANY}+:(?=\s|$)"), f"{FIXED}:"),
    (re.compile(rf"«{_ANY}*"), f"«{FIXED}"),
    (re.compile(rf"{_ANY}*»"), f"{FIXED}»"),
    (re.compile(rf"(?<=\d){_ANY}(?=\d{{3}}(?!\d))"), NARROW),
    (re.compile(rf"(?<=\d){_ANY}?%"), f"{NARROW}%"),
    (re.compile(r"\.\.\."), "…"),
)


def french(text: str) -> str:
    """The text with narrow no-break spaces, apostrophes and guillemets as French wants them."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return re.sub(rf"^{NARROW}", "", text)


def typeset(text: str, language: str) -> str:
    """The text as its language is typeset; only French has rules here."""
    return french(text) if language.split("-")[0] == "fr" else text


def untypical(text: str, language: str) -> tuple[str, ...]:
    """The words of a text that typesetting would change, in their order, each once."""
    if language.split("-")[0] != "fr":
        return ()
    before, after = text.split(" "), french(text)
    return tuple(dict.fromkeys(word for word in before if word and word not in after))
