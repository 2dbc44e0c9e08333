"""The time of every word, small enough to travel beside the page.

A JSON file names each paragraph of the page with the time at which it begins, and a string with
the times of its words: for each word the step from the start of the word before it, at the end
how long the last word lasts.  Steps are counted in units of 20 ms and written as base64 VLQ
without sign (five bits a letter, the sixth says that more follow), as source maps do; ``+`` stands
before a word for each space inside it (« va ? »).  An hour of speech takes some 12 kB gzipped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache

from podcast.published import WholeEpisode
from podcast.reading import parts_in, reading
from podcast.transcript import TimedParagraph

UNIT_MS = 20
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def word_times(published: WholeEpisode) -> tuple[str, bytes]:
    """Path below the site, which changes with the content, and the content."""
    paragraphs = [
        [each.id, each.block.start_ms // UNIT_MS, "".join(_steps(each.block))]
        for each in reading(published.timeline)
        if isinstance(each.block, TimedParagraph)
    ]
    tree = {"version": 1, "unit_ms": UNIT_MS, "paragraphs": paragraphs}
    content = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(content).hexdigest()[:8]
    return f"{published.folder}/times.{digest}.json", content


def _steps(paragraph: TimedParagraph) -> Iterator[str]:
    at = paragraph.start_ms // UNIT_MS
    for token in paragraph.tokens:
        start = max(at, token.start_ms // UNIT_MS)
        yield "+" * (parts_in(token) - 1) + vlq(start - at)
        at = start
    yield vlq(max(0, paragraph.end_ms // UNIT_MS - at))


@lru_cache(maxsize=1 << 10)
def vlq(number: int) -> str:
    """A number from 0 on: five bits a letter, the lowest first."""
    text = ""
    while number > 31:
        text += _LETTERS[32 | number & 31]
        number >>= 5
    return text + _LETTERS[number]
