"""Give every word of the edited text the time at which the machine heard it.

Both texts are cut into normalised pieces (no case, accents, punctuation; « l'œuvre » is ``l``,
``oeuvre``), matched in order, and what has no match is placed between its neighbours at the pace
of speech.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from podcast.transcript import Token, Word

# Slow speech: an unmatched word is not stretched over a jingle that stands in the gap.
SLOWEST_MS_PER_LETTER = 120
_SPLIT = re.compile(r"[^\w]+|_")
_OPENING = frozenset("« “ ( [ — – -".split())
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


@dataclass(frozen=True, slots=True)
class Alignment:
    """A token for each written word; ``exact`` is the share of pieces found in the audio."""

    tokens: tuple[Token, ...]
    exact: float


def pieces(text: str) -> list[str]:
    """The normalised pieces of a text."""
    folded = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return [piece for piece in _SPLIT.split(bare) if piece]


def written_words(text: str) -> list[str]:
    """The words as a reader sees them: a lone « ? » belongs to the word before, « to the next."""
    words: list[str] = []
    opening = ""
    for part in re.split(r"[ \n\t]+", text.strip(" \n\t")):
        if part in _OPENING:
            opening += part + " "
        elif words and part and not pieces(part) and not opening:
            words[-1] += " " + part
        elif part:
            words.append(opening + part)
            opening = ""
    return words if not opening else [*words, opening.strip()]


def align(written: Sequence[str], heard: Sequence[Word], duration_ms: int) -> Alignment:
    """Tokens for the ``written`` words, in order, their times never running backwards."""
    wanted = [(piece, i) for i, word in enumerate(written) for piece in pieces(word)]
    known = _heard_pieces(heard)
    matcher = SequenceMatcher(None, [w[0] for w in wanted], [k[0] for k in known], autojunk=False)
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    matched = 0
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            word = wanted[block.a + offset][1]
            _, start, end = known[block.b + offset]
            starts.setdefault(word, start)
            ends[word] = end
            matched += 1
    tokens: list[Token] = []
    i = 0
    while i < len(written):
        if i in starts:
            start = max(starts[i], tokens[-1].start_ms if tokens else 0)
            tokens.append(Token(written[i], start, max(start, ends[i]), "exact"))
            i += 1
            continue
        stop = i
        while stop < len(written) and stop not in starts:
            stop += 1
        after = starts[stop] if stop < len(written) else duration_ms
        before = tokens[-1].end_ms if tokens else max(0, after - _slowest(written[i:stop]))
        tokens += _fill(written[i:stop], before, max(before, after))
        i = stop
    return Alignment(tuple(_without_overlap(tokens)), matched / len(wanted) if wanted else 0.0)


def _heard_pieces(heard: Sequence[Word]) -> list[tuple[str, int, int]]:
    """Machine words as pieces; one that is split over two words (« RQ », « TH ») is joined."""
    found: list[tuple[str, int, int]] = []
    joins = False
    for word in heard:
        parts = pieces(word.text)
        for index, part in enumerate(parts):
            start = word.start_ms if index == 0 else _within(word, index, len(parts))
            end = word.end_ms if index == len(parts) - 1 else _within(word, index + 1, len(parts))
            if index == 0 and joins and found and word.text[:1].isalnum():
                last = found.pop()
                found.append((last[0] + part, last[1], end))
            else:
                found.append((part, start, end))
        joins = bool(word.text) and word.text[-1].isalnum()
    return found


def _within(word: Word, index: int, count: int) -> int:
    return word.start_ms + (word.end_ms - word.start_ms) * index // count


def _slowest(words: Sequence[str]) -> int:
    return sum(len(word) for word in words) * SLOWEST_MS_PER_LETTER


def _fill(words: Sequence[str], start: int, stop: int) -> list[Token]:
    stop = min(stop, start + _slowest(words))
    total = sum(len(word) for word in words)
    made = []
    done = 0
    for word in words:
        begins = start + (stop - start) * done // total
        done += len(word)
        made.append(Token(word, begins, start + (stop - start) * done // total, "interpolated"))
    return made


def _without_overlap(tokens: list[Token]) -> list[Token]:
    """A word ends where the next begins, at the latest."""
    return [
        Token(t.text, t.start_ms, max(t.start_ms, min(t.end_ms, after.start_ms)), t.how)
        for t, after in itertools.pairwise(tokens)
    ] + tokens[-1:]
