"""Times for a text that came with its own: subtitles of another host, as words nobody heard.

The file of words is what the recogniser heard; where a host gave subtitles, it may hold what they
say instead, each word with its share of its subtitle's time, so that nothing must be listened to.
Its engine is named :data:`ENGINE`, and pages say where the text came from.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from podcast.align import written_words
from podcast.words_file import SCHEMA, finished

if TYPE_CHECKING:
    from podcast.script import Script

ENGINE = "subtitles"
# Nobody needs longer for a letter; what remains of a subtitle's time is silence.
_SLOWEST_MS = 120
_BRACKETS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")


def words_of(
    script: Script, digest: str, duration_ms: int, language: str, date: datetime
) -> str | None:
    """The file of words for a sound; ``None`` where the script has no times or others' times.

    ``date`` is the episode's, since nobody knows when the subtitles were made.
    """
    pieces: list[tuple[int, list[str]]] = []
    for line in script.lines:
        spoken = written_words(_BRACKETS.sub(" ", line.text))
        if line.start_ms is not None:
            pieces.append((line.start_ms, spoken))
        elif pieces:
            pieces[-1][1].extend(spoken)
    starts = [start for start, _ in pieces]
    if not any(words for _, words in pieces) or starts != sorted(starts):
        return None
    if starts[-1] > duration_ms:
        return None  # another cut of the episode
    records = []
    for (start, words), end in zip(pieces, [*starts[1:], duration_ms], strict=True):
        if words and end > start:
            records.append(_segment(words, start, end))
    header = {
        "schema": SCHEMA,
        "audio": {"digest": digest, "duration_ms": duration_ms},
        "engine": {"name": ENGINE, "version": "1", "model": script.kind},
        "language": language,
        "created": date.isoformat(),
    }
    return finished(header, records)


def _segment(words: list[str], start: int, end: int) -> dict[str, object]:
    letters = sum(len(word) + 1 for word in words)
    end = min(end, start + letters * _SLOWEST_MS)
    timed: list[list[object]] = []
    before = 0
    for word in words:
        after = before + len(word) + 1
        timed.append(
            [start + (end - start) * before // letters, start + (end - start) * after // letters,
             100, " " + word]
        )  # fmt: skip
        before = after
    return {"start_ms": start, "end_ms": end, "words": timed}
