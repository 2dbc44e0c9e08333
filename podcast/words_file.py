"""Read and write ``transcripts/<slug>.words.jsonl``: what the recogniser heard, never edited.

A header line, a line for each segment, and a last line ``{"end": true}`` without which the file is
the journal of a transcription that was interrupted.  The journal also holds a ``piece`` line
before the segments of each piece of audio; a new run goes on from the last of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from podcast.errors import Fixable, Place, fault
from podcast.transcript import MachineWords, Word

SCHEMA = "words/1"
# Control characters, and half a character, which cannot be written anywhere.
_NO_WORD = re.compile("[\x00-\x1f\ud800-\udfff]")


def read_words(text: str, file: str) -> MachineWords:
    """The words of a finished file; raises :class:`Fixable` naming the line that is wrong."""
    header, rest, line = read_journal(text, file)
    if not rest or not rest[-1].get("end"):
        raise Fixable(fault("words.cut", Place(file, line)))
    words: list[Word] = []
    try:
        for record in rest:
            words += [
                Word(int(start), int(end), int(probability), str(text))
                for start, end, probability, text in record.get("words", ())
            ]
        if not _could_be_heard(words):
            raise ValueError(file)
        if rest[-1]["segments"] != len(rest) - 1:
            raise ValueError(rest[-1]["segments"])
        return MachineWords(
            audio_digest=header["audio"]["digest"],
            duration_ms=int(header["audio"]["duration_ms"]),
            language=header["language"],
            engine=f"{header['engine']['name']} {header['engine']['version']}",
            model=header["engine"]["model"],
            created=header["created"],
            words=tuple(words),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Fixable(fault("words.broken", Place(file, 1))) from error


def audio_digest(header: bytes) -> str:
    """Names the sound that was heard, from the first line; raises ``ValueError`` for another."""
    try:
        return str(json.loads(header)["audio"]["digest"])
    except (KeyError, TypeError) as error:
        raise ValueError(header) from error


def _could_be_heard(words: Sequence[Word]) -> bool:
    """Whether a recogniser could have written them."""
    in_time = all(0 <= w.start_ms <= w.end_ms and 0 <= w.probability <= 100 for w in words)
    return in_time and not _NO_WORD.search("".join([word.text for word in words]))


def read_journal(text: str, file: str) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    """Header, whole records, and the number of the last line read; a torn last line is left out."""
    records: list[dict[str, Any]] = []
    number = 0
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            if number == len(lines):
                break  # the machine stopped in the middle of writing this line
            raise Fixable(fault("words.broken", Place(file, number))) from error
        if not isinstance(record, dict):
            raise Fixable(fault("words.broken", Place(file, number)))
        records.append(record)
    if not records or records[0].get("schema") != SCHEMA:
        raise Fixable(fault("words.schema", Place(file, 1), schema=SCHEMA))
    return records[0], records[1:], number


def finished(header: dict[str, Any], records: Iterable[dict[str, Any]]) -> str:
    """The text of a finished file: the journal without its piece lines."""
    kept = [record for record in records if "piece" not in record and not record.get("end")]
    numbered = [{"id": i, **record} for i, record in enumerate(kept)]
    lines = [header, *numbered, {"end": True, "segments": len(kept)}]
    return "".join(line(record) for record in lines)


def line(record: dict[str, Any]) -> str:
    """One line of the file."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
