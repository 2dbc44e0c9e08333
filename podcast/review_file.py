"""Read and write ``transcripts/<slug>.review.json``: what a person did besides changing the text.

Doubts that they heard and found right, what of the sound they listened to, and their reviews.  It
is committed with the text; each entry has its line, so that two people's are easily merged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from podcast.errors import Fixable, Place, fault
from podcast.transcript import MachineWords

SCHEMA = "review/1"
FASTEST = 1.5
"""What is heard faster than this is no review: words are missed."""
TOGETHER_MS = 300
"""Spans with less between them are one: a player reports some milliseconds late."""
UNHEARD_MS = 2000
"""A gap that a jump back and forth leaves; a word may be lost in a longer one."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A doubt that somebody heard and found right: its ``id``, and what it was, for people."""

    id: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """That a text was reviewed, and how much of the sound was heard by then."""

    by: str
    on: str
    text: str
    listened_ms: int
    of_ms: int


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """All of it; ``listened`` are spans of the sound whose digest is ``sound``."""

    sound: str = ""
    listened: tuple[Span, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    reviews: tuple[Review, ...] = ()

    @property
    def accepted_ids(self) -> frozenset[str]:
        """The doubts that are none any more."""
        return frozenset(each.id for each in self.accepted)


def read_review(text: str, file: str) -> ReviewFile:
    """What a file holds; raises :class:`Fixable` with its line where that is not understood."""
    try:
        tree = json.loads(text)
    except json.JSONDecodeError as error:
        raise Fixable(fault("review.broken", Place(file, error.lineno))) from error
    except RecursionError as error:
        raise Fixable(fault("review.broken", Place(file, 1))) from error
    try:
        if tree["schema"] != SCHEMA:
            raise Fixable(fault("review.schema", Place(file, 1), schema=SCHEMA))
        return ReviewFile(
            _text(tree["sound"]),
            joined((_number(start), _number(end)) for start, end in tree["listened"]),
            tuple(
                Accepted(_text(each["id"]), _text(each["kind"]), _text(each["text"]))
                for each in tree["accepted"]
            ),
            tuple(
                Review(
                    _text(each["by"]),
                    _text(each["on"]),
                    _text(each["text"]),
                    _number(each["listened_ms"]),
                    _number(each["of_ms"]),
                )
                for each in tree["reviews"]
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Fixable(fault("review.broken", Place(file, 1))) from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()  # half a character cannot be written anywhere
    return value


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(value)
    return value


def write_review(review: ReviewFile) -> str:
    """The file: one line for each span, doubt and review."""

    def lines(entries: Iterable[Any]) -> str:
        made = ",\n    ".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
        return f"[\n    {made}\n  ]" if made else "[]"

    accepted = [{"id": a.id, "kind": a.kind, "text": a.text} for a in review.accepted]
    reviews = [
        {"by": r.by, "on": r.on, "text": r.text, "listened_ms": r.listened_ms, "of_ms": r.of_ms}
        for r in review.reviews
    ]
    return (
        f'{{\n  "schema": "{SCHEMA}",\n  "sound": {json.dumps(review.sound)},\n'
        f'  "listened": {lines(review.listened)},\n  "accepted": {lines(accepted)},\n'
        f'  "reviews": {lines(reviews)}\n}}\n'
    )


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, without overlap; ones that nearly touch are one."""
    made: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if made and start - made[-1][1] <= TOGETHER_MS:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return tuple(made)


def with_listened(review: ReviewFile, words: MachineWords, spans: Sequence[Span]) -> ReviewFile:
    """With more that was heard; what was heard of another sound counts no more."""
    before = review.listened if review.sound == words.audio_digest else ()
    inside = [(max(0, start), min(end, words.duration_ms)) for start, end in spans]
    return replace(review, sound=words.audio_digest, listened=joined([*before, *inside]))


def with_accepted(review: ReviewFile, accepted: Sequence[Accepted]) -> ReviewFile:
    """With these doubts for none, in an order that does not tell who was first."""
    return replace(review, accepted=tuple(sorted(accepted, key=lambda each: each.id)))


def heard(review: ReviewFile, words: MachineWords) -> tuple[Span, ...]:
    """What was heard of this sound."""
    return review.listened if review.sound == words.audio_digest else ()


def heard_ms(spans: Sequence[Span]) -> int:
    """How much that is."""
    return sum(end - start for start, end in spans)


def heard_whole(spans: Sequence[Span], words: MachineWords) -> bool:
    """Whether all that is said was heard; music need not be."""
    edges = [0, *(edge for span in spans for edge in span), words.duration_ms]
    gaps = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > UNHEARD_MS]
    missed = 0
    for word in words.words:
        middle = (word.start_ms + word.end_ms) // 2
        while missed < len(gaps) and gaps[missed][1] <= middle:
            missed += 1
        if missed < len(gaps) and gaps[missed][0] < middle:
            return False
    return True
