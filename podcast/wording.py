"""Every sentence that a person reads, by key and language, from ``podcast/locale/*.toml``.

A catalogue is a TOML file per language with the same keys in each (a test holds them together),
so that a translator needs no programmer.  ``{name}`` is filled from the facts; a key that counts
something has the two forms ``one`` and ``other``, chosen by the fact ``n`` (French counts 0 and 1
as one, English only 1: CLDR plural rules).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("fr", "en")
_FOLDER = Path(__file__).parent / "locale"


@cache
def _sentences(language: str) -> Mapping[str, str]:
    tree = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    flat: dict[str, str] = {}

    def walk(prefix: str, value: Any) -> None:
        for key, inner in value.items():
            name = f"{prefix}.{key}" if prefix else key
            if isinstance(inner, dict):
                walk(name, inner)
            else:
                flat[name] = inner

    walk("", tree)
    return flat


class Wording:
    """The sentences of one language; ``say`` is the only thing that templates need."""

    __slots__ = ("language",)

    def __init__(self, language: str) -> None:
        self.language = nearest(language)

    def say(self, key: str, /, **facts: object) -> str:
        """The sentence ``key`` with its facts filled in."""
        sentences = _sentences(self.language)
        sentence = sentences.get(key)
        if sentence is None:
            few = abs(float(str(facts.get("n", 2))))
            one = few < 2 if self.language == "fr" else few == 1
            sentence = sentences[f"{key}.one" if one else f"{key}.other"]
        return sentence.format(**facts)

    def raw(self, *groups: str) -> dict[str, str]:
        """The sentences of whole groups as they are written, for a script to fill."""
        return {k: s for k, s in _sentences(self.language).items() if k.split(".")[0] in groups}

    def knows(self, key: str) -> bool:
        """Whether there is such a sentence."""
        sentences = _sentences(self.language)
        return key in sentences or f"{key}.other" in sentences


def nearest(language: str) -> str:
    """The catalogue for a language tag: ``fr-CA`` is read in French, an unknown one in English."""
    short = language.replace("_", "-").split("-")[0].lower()
    return short if short in LANGUAGES else "en"


def keys(language: str) -> Mapping[str, str]:
    """All sentences of a language, for the tests that hold the catalogues together."""
    return _sentences(language)
