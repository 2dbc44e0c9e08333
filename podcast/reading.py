"""The timeline as a page shows it: long turns cut at sense, every block with its address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from podcast.transcript import (
    Inline,
    InlineSound,
    NoteRef,
    TimedBlock,
    TimedCue,
    TimedHeading,
    TimedParagraph,
    Timeline,
    Token,
)

LONGEST_MS = 60_000
"""A paragraph that lasts longer is cut: readers lose their place in a wall of text."""
LINK_EVERY_MS = 30_000
"""At most one time link in so much sound: each is a stop for people who use the Tab key."""

# Spaces that words are cut at; a no-break space holds its word together.
PART = re.compile(r"[^ \n\t]+")
_SENTENCE_END = re.compile(r"[.!?…][)\]»”\"'\u00a0\u202f ]*$")


@dataclass(frozen=True, slots=True)
class ReadingBlock:
    """A block with its address on the page; ``linked`` where its time is a link.

    The address is made of the second at which the block begins, so that a text added elsewhere
    does not change it.
    """

    id: str
    block: TimedBlock
    linked: bool


def reading(timeline: Timeline) -> tuple[ReadingBlock, ...]:
    """The blocks of the page, in reading order."""
    taken: set[str] = set()
    found: list[ReadingBlock] = []
    last_link = -LINK_EVERY_MS
    for block in _cut(timeline.blocks):
        linked = False
        if isinstance(block, TimedHeading):
            last_link = -LINK_EVERY_MS
        elif isinstance(block, TimedParagraph) and block.start_ms - last_link >= LINK_EVERY_MS:
            linked, last_link = True, block.start_ms
        found.append(ReadingBlock(_address(block, taken), block, linked))
    return tuple(found)


def _address(block: TimedBlock, taken: set[str]) -> str:
    letter = {TimedHeading: "c", TimedCue: "s", TimedParagraph: "p"}[type(block)]
    first = name = f"{letter}{block.start_ms // 1000}"
    again = 1
    while name in taken:
        again += 1
        name = f"{first}-{again}"
    taken.add(name)
    return name


def _cut(blocks: Sequence[TimedBlock]) -> Iterator[TimedBlock]:
    for block in blocks:
        if isinstance(block, TimedParagraph) and block.end_ms - block.start_ms > LONGEST_MS:
            yield from _cut_paragraph(block)
        else:
            yield block


def _cut_paragraph(block: TimedParagraph) -> Iterator[TimedParagraph]:
    """Pieces of 30 to 60 seconds, each ending with a sentence; as it is where no sentence ends."""
    ends = _where_to_cut(block.tokens)
    content = block.paragraph.content
    first = 0
    for end in (*ends, len(block.tokens)):
        tokens = block.tokens[first:end]
        if end < len(block.tokens):
            own, content = _divide(content, sum(parts_in(token) for token in tokens))
        else:
            own = content
        paragraph = replace(
            block.paragraph, content=own, begins_turn=block.paragraph.begins_turn and not first
        )
        yield TimedParagraph(paragraph, tokens, tokens[0].start_ms, tokens[-1].end_ms)
        first = end


def _where_to_cut(tokens: Sequence[Token]) -> list[int]:
    """Indices of the tokens that begin a new paragraph."""
    sentences = [i + 1 for i, t in enumerate(tokens[:-1]) if _SENTENCE_END.search(t.text)]
    cuts: list[int] = []
    first = 0
    while tokens[-1].end_ms - tokens[first].start_ms > LONGEST_MS:
        left = tokens[-1].end_ms - tokens[first].start_ms
        # Equal shares, so that no crumb is left for the last one.
        share = left / -(-left // LONGEST_MS)
        ahead = [i for i in sentences if i > first]
        if not ahead:
            break
        goal = tokens[first].start_ms + share
        fitting = [i for i in ahead if tokens[i - 1].end_ms - tokens[first].start_ms <= LONGEST_MS]
        first = min(fitting or ahead[:1], key=lambda i: abs(tokens[i].start_ms - goal))
        cuts.append(first)
    return cuts


def parts_in(token: Token) -> int:
    """How many pieces between spaces a word is written in: « va ? » has two."""
    return len(PART.findall(token.text))


def _divide(content: Sequence[Inline], parts: int) -> tuple[tuple[Inline, ...], tuple[Inline, ...]]:
    """The content up to the end of so many pieces, and the rest; notes stay with their word."""
    seen = 0
    inside = False
    for index, inline in enumerate(content):
        if isinstance(inline, InlineSound | NoteRef):
            continue
        for at, letter in enumerate(inline.text):
            space = letter in " \n\t"
            if not space and not inside:
                seen += 1
                if seen > parts:
                    before, after = inline.text[:at].rstrip(" \n\t"), inline.text[at:]
                    head = (replace(inline, text=before),) if before else ()
                    rest = (replace(inline, text=after), *content[index + 1 :])
                    return (*content[:index], *head), rest
            inside = not space
    return tuple(content), ()
