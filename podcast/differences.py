"""What a person changed in the machine's text, and how many words that is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from podcast.align import pieces, written_words
from podcast.anchors import Match, same
from podcast.transcript import MachineWords, TimedParagraph, Timeline


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of the machine, what stands there now, and where; either may be empty."""

    machine: str
    edited: str
    at_ms: int
    line: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences; ``rate`` is the word error rate of the machine against the edited text."""

    differences: tuple[Difference, ...]
    words: int
    errors: int

    @property
    def rate(self) -> float:
        """Substitutions, deletions and insertions for each word of the edited text."""
        return self.errors / self.words if self.words else 0.0


def compare(timeline: Timeline, words: MachineWords) -> Comparison:
    """The machine's words against the text as it is now; case and punctuation do not count."""
    edited = [
        (token, block.paragraph.line)
        for block in timeline.blocks
        if isinstance(block, TimedParagraph)
        for token in block.tokens
        if pieces(token.text)
    ]
    machine = [w for w in written_words("".join(word.text for word in words.words)) if pieces(w)]
    a = ["".join(pieces(word)) for word in machine]
    b = ["".join(pieces(token.text)) for token, _ in edited]
    found = []
    errors = 0
    end = Match(len(a), len(a), len(b), len(b), True)
    for before, after in pairwise([Match(0, 0, 0, 0, True), *same(a, b), end]):
        a0, a1, b0, b1 = before.a_end, after.a, before.b_end, after.b
        if a0 == a1 and b0 == b1:
            continue
        errors += max(a1 - a0, b1 - b0)
        near = edited[min(b0, len(edited) - 1)] if edited else None
        found.append(
            Difference(
                " ".join(machine[a0:a1]),
                " ".join(token.text for token, _ in edited[b0:b1]),
                near[0].start_ms if near else 0,
                near[1] if near else 1,
            )
        )
    return Comparison(tuple(found), len(b), errors)
