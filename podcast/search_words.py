"""Words as the search knows them: without case, accents and plural, and where each is looked for.

The search page's script does the same in the browser (``templates/static/find-engine.js``); a test
holds the two together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# A letter or a figure: what is neither, apostrophes and hyphens too, ends a word.
_WORD = re.compile(r"[^\W_]+")
_SPELT = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ς": "σ"})
_PLAIN = re.compile(r"[a-z]+")
_RARE = re.compile(r"[^\x00-\x7f]+")


def folded(text: str) -> list[str]:
    """The words of a text in their order, without case and accents: « L’œuvre » is l, oeuvre."""
    if not text.isascii():
        bare = unicodedata.normalize("NFD", text)
        text = _RARE.sub(_unmarked, bare)
    return _WORD.findall(text.lower().translate(_SPELT))


def _unmarked(found: re.Match[str]) -> str:
    return "".join(c for c in found[0] if unicodedata.category(c)[0] != "M")


@lru_cache(maxsize=1 << 16)
def term(word: str, language: str) -> str:
    """A folded word without its plural, as far as a rule of thumb goes.

    What it makes need not be a word, and may be that of two: it is never shown.
    """
    if len(word) < 4 or not _PLAIN.fullmatch(word):
        return word
    tongue = language.partition("-")[0].lower()
    if tongue == "fr":
        if word.endswith("aux") and not word.endswith("eaux") and len(word) > 4:
            return word[:-2] + "l"
        if word[-1] in "sx" and word[-2] != "s":
            word = word[:-1]
        # Travail, travaux: all of these become one.
        return word[:-2] + "l" if word.endswith("ail") and len(word) > 4 else word
    if tongue == "en":
        if word.endswith("ies") and len(word) > 4:
            return word[:-3] + "y"
        if word.endswith(("sses", "shes", "ches", "xes", "zes")):
            return word[:-2]
        if word[-1] == "s" and word[-2] not in "siu":
            return word[:-1]
    if tongue == "es":
        if word[-1] == "s" and word[-2] in "aeiou":
            word = word[:-1]
        # Voz, voces; inglés, ingleses, and so clase; árbol, árboles, and so nombre.
        if word.endswith("ce"):
            return word[:-2] + "z"
        if word.endswith("se") and len(word) > 3:
            word = word[:-2]
        if word[-1] == "e" and word[-2] in "djlnry":
            return word[:-1]
    return word


def terms(text: str, language: str) -> Iterator[str]:
    """The terms of a text, in order."""
    return (term(word, language) for word in folded(text))


_ALIKE = str.maketrans({"q": "k", "c": "k", "z": "s", "w": "v", "h": None})
_VOWELS = re.compile(r"[aeiouy]+")
_TWICE = re.compile(r"(.)\1+")


def shape(of: str) -> str:
    """What is left of a term when it is misspelt in the usual ways.

    Its consonants, once each where they are doubled, and whether it begins with a vowel: so a
    misspelt word is looked for where the right one is, which may then be offered.
    """
    alike = of.translate(_ALIKE)
    first = "a" if _VOWELS.match(alike) else ""
    return first + _TWICE.sub(r"\1", _VOWELS.sub("", alike))


@lru_cache(maxsize=1 << 17)
def number(of: str) -> int:
    """A number of 32 bits for a term, by its shape (FNV-1a over code points)."""
    found = 0x811C9DC5
    for letter in shape(of):
        found = (found ^ ord(letter)) * 0x01000193 & 0xFFFFFFFF
    # The lowest bits choose the file, and those of FNV are the weakest of short words.
    return found ^ found >> 15
