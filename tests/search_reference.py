"""The search by looking at every word of every passage: slow, and what the quick one must agree with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from podcast.search_words import folded, term

Where = tuple[int, int, int]
"""Volume, episode in it, passage."""


@dataclass(frozen=True)
class Spoken:
    """An episode's passages, the first of them its title."""

    language: str
    passages: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """Passages with everything, with everything in two that follow each other, with the most."""

    all: list[Where]
    near: list[Where]
    some: list[Where]


def clauses(query: str) -> list[list[str]]:
    """Words and phrases."""
    phrases = [folded("".join(m)) for m in re.findall(r'"([^"]*)"|“([^”]*)”|«([^»]*)»', query)]
    phrases = [words for words in phrases if words]
    rest = re.sub(r'"[^"]*"|“[^”]*”|«[^»]*»', " ", query)
    words = list(dict.fromkeys(folded(rest)))
    telling = [word for word in words if word != "qu" and not re.fullmatch("[a-z]", word)]
    return [*phrases, *([word] for word in (telling if telling or phrases else words))]


class Reference:
    """A whole site."""

    def __init__(self, volumes: Sequence[Sequence[Spoken]], too_common: int) -> None:
        self.languages = sorted({e.language for volume in volumes for e in volume})
        self.terms: dict[Where, list[str]] = {
            (v, e, p): [term(word, episode.language) for word in folded(text)]
            for v, volume in enumerate(volumes)
            for e, episode in enumerate(volume)
            for p, text in enumerate(episode.passages)
        }
        counts = Counter((where[0], t) for where, terms in self.terms.items() for t in set(terms))
        self.common = {each for each, n in counts.items() if n > too_common}

    def is_common(self, volume: int, word: str) -> bool:
        return any((volume, t) in self.common for t in self.variants(word))

    def variants(self, word: str) -> set[str]:
        return {term(word, language) for language in self.languages}

    def has(self, where: Where, words: Sequence[str]) -> bool:
        """Whether a passage has a word, or a phrase; what is too common may be anything."""
        wanted = [None if self.is_common(where[0], word) else self.variants(word) for word in words]
        known = [each for each in wanted if each is not None]
        terms = self.terms[where]
        if len(known) < 2:
            return all(any(t in each for t in terms) for each in known)
        return any(
            all(
                each is None or (0 <= first + k < len(terms) and terms[first + k] in each)
                for k, each in enumerate(wanted)
            )
            for first in range(-len(wanted), len(terms))
        )

    def find(self, query: str) -> Found:
        wanted = clauses(query)
        everything, near, most = [], [], Counter[Where]()
        for where in self.terms:
            volume, episode, passage = where
            telling = [
                words for words in wanted if not all(self.is_common(volume, w) for w in words)
            ]
            if not telling:
                continue
            here = [self.has(where, words) for words in telling]
            phrases = any(len(words) > 1 for words in telling)
            if all(here):
                everything.append(where)
                continue
            follows = (volume, episode, passage + 1)
            if follows in self.terms and len(telling) > 1 and not phrases:
                there = [self.has(follows, words) for words in telling]
                if not all(there) and all(a or b for a, b in zip(here, there, strict=True)):
                    near.append(where)
            if all(ok for ok, words in zip(here, telling, strict=True) if len(words) > 1):
                most[where] = sum(here)
        some: list[Where] = []
        if not everything and not near and most:
            # In each volume by itself one has to have found something.
            best = max(most.values())
            some = [where for where, n in most.items() if n == best and n]
        return Found(self.ranked(everything), self.ranked(near), self.ranked(some))

    @staticmethod
    def ranked(hits: Sequence[Where]) -> list[Where]:
        episodes: dict[tuple[int, int], list[Where]] = {}
        for hit in sorted(hits):
            episodes.setdefault(hit[:2], []).append(hit)
        order = sorted(
            episodes, key=lambda e: (episodes[e][0][2] > 0, -len(episodes[e]), -e[0], -e[1])
        )
        longest = max((len(own) for own in episodes.values()), default=0)
        return [
            hit
            for first in range(0, longest, 3)
            for each in order
            for hit in episodes[each][first : first + 3]
        ]
