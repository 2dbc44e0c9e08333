"""``episodes/<slug>/chapters.json``: chapters that another host knew, for the first draft.

The file is a chapters file of Podcasting 2.0.  Once they are headings in the transcript, they are
written there and nowhere else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from podcast.transcript import Block, Chapter, Cue, Heading, Paragraph, Transcript

MOST_BYTES = 2_000_000
_MOST_TITLE = 255


def read(raw: bytes) -> tuple[Chapter, ...]:
    """Chapters by time, without those that only show a picture; raises ValueError for no list."""
    try:
        tree: Any = json.loads(raw)
        found = tree["chapters"]
        chapters = [chapter for one in found if (chapter := _chapter(one))]
    except (TypeError, KeyError, RecursionError, AttributeError) as error:
        raise ValueError("no chapters") from error
    return tuple(sorted(chapters, key=lambda chapter: chapter.start_ms))


def _chapter(one: Any) -> Chapter | None:
    start, title = one.get("startTime"), one.get("title")
    if isinstance(start, str):
        start = float(start)
    if isinstance(start, bool) or not isinstance(start, int | float) or not math.isfinite(start):
        return None
    if one.get("toc") is False or not isinstance(title, str) or not 0 <= start < 1e6:
        return None
    seen = "".join(c for c in title if c.isprintable() or c.isspace())
    line = " ".join(seen.split())[:_MOST_TITLE]
    return Chapter(round(start * 1000), line) if line else None


def render(chapters: Iterable[Chapter]) -> str:
    """The file's text."""
    listed = [{"startTime": c.start_ms / 1000, "title": c.title} for c in chapters]
    return json.dumps({"version": "1.2.0", "chapters": listed}, ensure_ascii=False, indent=1) + "\n"


def with_headings(transcript: Transcript, chapters: Sequence[Chapter]) -> Transcript:
    """The draft with a heading before the paragraph that begins nearest to each chapter.

    A draft that has headings of its own stays as it is.
    """
    blocks = list(transcript.blocks)
    starts = [
        (block.hint_ms, index)
        for index, block in enumerate(blocks)
        if isinstance(block, Paragraph) and block.hint_ms is not None
    ]
    if not starts or any(isinstance(block, Heading) for block in blocks):
        return transcript
    before: dict[int, list[Heading]] = {}
    for chapter in chapters:
        _, index = min(starts, key=lambda start: (abs(start[0] - chapter.start_ms), start[1]))
        if chapter is chapters[0] and index == starts[0][1]:
            index = 0  # opening sounds belong to the first chapter
        elif index and isinstance(blocks[index - 1], Cue):
            index -= 1
        before.setdefault(index, []).append(Heading(chapter.title, 0))
    made: list[Block] = []
    for index, block in enumerate(blocks):
        made += before.get(index, ())
        made.append(block)
    return Transcript(
        transcript.language, transcript.status, tuple(made), transcript.notes,
        made_with=transcript.made_with,
    )  # fmt: skip
