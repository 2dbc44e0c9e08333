"""Tell French from English in a sentence, by the small words that every sentence has.

A phrase in another language that is not marked is read by a screen reader with the wrong voice, and
by a braille display with the wrong contractions (WCAG 3.1.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# None of them is a word of the other language.
_SMALL = {
    "fr": frozenset(
        "le la les un une des du de et est dans pour que qui ne pas vous nous je il elle ils avec "
        "au aux ce cette ses mais où sont était c'est d'un qu'il très aussi leur être".split()
    ),
    "en": frozenset(
        "the of and to is that it you was are with they be this have from had by but what were "
        "we when your there which their would been has will how an in my".split()
    ),
}
_SENTENCE = re.compile(r"[^.!?…;:«»“”\"\n]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
LEAST = 4
"""Fewer words of a sentence say nothing."""


def foreign_sentences(text: str, language: str) -> Iterator[tuple[str, str]]:
    """The sentences of a text in the other one of French and English, each with its language.

    At least three small words of the other language and none of its own: a title or a quotation of
    two words is left alone.
    """
    own = language.split("-")[0].lower()
    if own not in _SMALL:
        return
    for found in _SENTENCE.finditer(text):
        words = [word.lower().replace("’", "'") for word in _WORD.findall(found[0])]
        if len(words) < LEAST or any(word in _SMALL[own] for word in words):
            continue
        for other, small in _SMALL.items():
            if other != own and sum(word in small for word in words) >= 3:
                yield " ".join(found[0].split()), other
