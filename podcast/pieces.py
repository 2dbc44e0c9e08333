"""Cut text into the pieces by which two texts are compared: no case, accents or punctuation.

« L'Œuvre » is ``l`` ``oeuvre``, « 3 000 » is ``trois`` ``mille``, « 50 % » is ``cinquante``
``pour`` ``cent``.  The written words and the machine's are cut by the same function, because a
recogniser's words are not words: « l » « 'emploi », « est » « -ce », « 12 » « ,5 », « ? ».
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from podcast.numerals import Kind, said
from podcast.transcript import Word

_SPLIT = re.compile(r"[^\w]+|_")
_OPENING = frozenset("« “ ( [ — – -".split())
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_SPACES = " \u00a0\u202f"
# Signs that are said; a language that is not here leaves them out.
_SIGNS = {
    "fr": {"%": "pour cent", "€": "euros", "$": "dollars", "£": "livres", "&": "et", "+": "plus",
           "°": "degrés"},
    "en": {"%": "percent", "€": "euros", "$": "dollars", "£": "pounds", "&": "and", "+": "plus",
           "°": "degrees"},
    "es": {"%": "por ciento", "€": "euros", "$": "dólares", "£": "libras", "&": "y", "+": "más",
           "°": "grados"},
}  # fmt: skip
# As written after a number: 3e, 1re, 2nd.
_ORDINALS = {"fr": "ers?|res?|ères?|[eè]mes?|es?|nds?|ndes?", "en": "st|nd|rd|th"}


@lru_cache(maxsize=50_000)
def _folded(text: str) -> tuple[str, ...]:
    folded = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return tuple(piece for piece in _SPLIT.split(bare) if piece)


def pieces(text: str) -> list[str]:
    """The normalised pieces of a text, its numbers as they are written."""
    return list(_folded(text))


def written_words(text: str) -> list[str]:
    """The words as a reader sees them: a lone « ? » belongs to the word before, « to the next."""
    words: list[str] = []
    opening = ""
    for part in re.split(r"[ \n\t]+", text.strip(" \n\t")):
        if part in _OPENING:
            opening += part + " "
        elif words and part and not _folded(part) and not opening:
            words[-1] += " " + part
        elif part:
            words.append(opening + part)
            opening = ""
    return words if not opening else [*words, opening.strip()]


@dataclass(slots=True)
class Pieces:
    """Pieces, and the words that each is written in: from ``first`` to ``last``.

    « 3 000 » is two words and two pieces, but « 1 000 » is two words and one piece.
    """

    texts: list[str] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(slots=True)
class HeardPieces(Pieces):
    """The machine's pieces and when each is heard, in order."""

    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)

    def after(self, time_ms: int) -> int:
        """The first piece that begins then or later."""
        return bisect_left(self.start, time_ms)


@cache
def _tokens(language: str) -> re.Pattern[str]:
    thousands, decimal = ("," + _SPACES, r"\.") if language == "en" else (_SPACES, ",")
    hour = f"[{_SPACES}]?h(?![^\\W\\d_])" if language == "fr" else "(?!)"
    return re.compile(
        r"(?P<word>(?:[^\W\d_][\u0300-\u036f]*)+)"
        rf"|(?P<number>(?<![0-9])[0-9]{{1,3}}(?:[{thousands}][0-9]{{3}})+(?![0-9])|[0-9]+)"
        rf"(?:{decimal}(?P<decimals>[0-9]+)|(?P<ordinal>{_ORDINALS.get(language, '(?!)')})\b"
        rf"|(?P<hour>{hour}))?"
        rf"|(?P<sign>[{re.escape(''.join(_SIGNS['fr']))}])"
        r"|(?P<other>\d+)"
    )


def _as_said(token: re.Match[str], language: str) -> tuple[str, ...]:
    if token.lastgroup in ("word", "other"):
        return _folded(token[0])
    if (sign := token["sign"]) is not None:
        return _folded(_SIGNS.get(language, {}).get(sign, ""))
    number = re.sub("[^0-9]", "", token["number"])
    kind: Kind = "cardinal"
    if token["ordinal"]:
        kind = "ordinal"
    elif language == "en" and token[0] == number and 1100 <= int(number[:5]) <= 2099:
        kind = "year"
    if token["decimals"]:
        number += "." + token["decimals"]
    text = said(number, language, kind)
    if token["ordinal"] and language == "fr" and token["ordinal"][0] == "r":
        text = text.replace("premier", "première")
    if token["hour"]:
        text += " heures" if number not in ("0", "1") else " heure"
    return _folded(text)


def _cut(words: Sequence[str], glue: str, language: str) -> tuple[Pieces, list[tuple[int, int]]]:
    """The pieces, and where in the joined text each of them stands."""
    made = Pieces()
    spans: list[tuple[int, int]] = []
    stops: list[int] = []
    at = 0
    for word in words:
        at += len(word) + len(glue)
        stops.append(at)
    language = language.partition("-")[0]
    first = last = 0
    for token in _tokens(language).finditer(glue.join(words)):
        start, end = span = token.span()
        while stops[first] <= start:
            first += 1
        last = max(first, last)
        while stops[last] < end:
            last += 1
        texts = _as_said(token, language)
        count = len(texts)
        if count == 1:  # nearly always
            made.texts.append(texts[0])
            made.first.append(first)
            made.last.append(last)
            spans.append(span)
            continue
        wide = last - first + 1
        for index, text in enumerate(texts):
            made.texts.append(text)
            made.first.append(first + wide * index // count)
            made.last.append(
                max(first + wide * index // count, first + wide * (index + 1) // count - 1)
            )
            spans.append(
                (
                    start + (end - start) * index // count,
                    start + (end - start) * (index + 1) // count,
                )
            )
    return made, spans


def written_pieces(words: Sequence[str], language: str) -> Pieces:
    """The pieces of the edited text."""
    return _cut(words, " ", language)[0]


def heard_pieces(words: Sequence[Word], language: str) -> HeardPieces:
    """The pieces of the machine's words, with a word's time shared among its letters."""
    cut, spans = _cut([word.text for word in words], "", language)
    # A word begins with its first letter, not with a space or a quotation mark.
    begins: dict[int, int] = {}
    ends: dict[int, int] = {}
    for first, last, (start, end) in zip(cut.first, cut.last, spans, strict=True):
        begins.setdefault(first, start)
        begins.setdefault(last, start)
        ends[first] = ends[last] = end

    def when(index: int, place: int) -> int:
        word = words[index]
        if place <= begins[index] or word.end_ms <= word.start_ms:
            return word.start_ms
        wide = ends[index] - begins[index]
        return (
            word.start_ms + (word.end_ms - word.start_ms) * min(place - begins[index], wide) // wide
        )

    starts = [when(w, span[0]) for w, span in zip(cut.first, spans, strict=True)]
    stops = [when(w, span[1]) for w, span in zip(cut.last, spans, strict=True)]
    return HeardPieces(cut.texts, cut.first, cut.last, starts, stops)
