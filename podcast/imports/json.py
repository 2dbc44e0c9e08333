"""Transcripts in JSON: Podcasting 2.0, and what Whisper and its relatives write."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from podcast.errors import Fixable, Place, fault
from podcast.script import Script, Spoken, clean, decode, finished, flow

SUFFIXES = (".json",)

_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*\"|\[\s*\{\s*\")")


def recognises(raw: bytes) -> bool:
    """A brace and a quote; a bracket alone may begin a script: « [JINGLE] »."""
    return bool(_BEGINS.match(raw[:1000]))


def read(raw: bytes, file: str) -> Script:
    """The segments, whichever of the known layouts they are in."""
    text, remarks = decode(raw, file)
    try:
        tree = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise Fixable(fault("import.json", Place(file, error.lineno))) from error
    except (ValueError, RecursionError) as error:
        raise Fixable(fault("import.json", Place(file, 1))) from error
    segments = _segments(tree)
    if segments is None:
        raise Fixable(fault("import.json_kind", Place(file)))
    spoken: list[Spoken] = []
    for number, segment in enumerate(segments, 1):
        piece = _piece(segment, number)
        if piece is None:
            raise Fixable(fault("import.json_segment", Place(file), n=number))
        if piece.text:
            spoken.append(piece)
    return finished("json", flow(spoken), file, remarks)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _segments(tree: Any) -> list[Any] | None:
    """openai-whisper, whisperX and Podcasting 2.0, whisper.cpp, or a bare list of segments."""
    named = isinstance(tree, dict)
    found = tree.get("segments", tree.get("transcription")) if named else tree
    if not isinstance(found, list) or not found:
        return None
    known = all(isinstance(s, dict) and ("text" in s or "body" in s) for s in found[:5])
    return found if known else None


def _piece(segment: Any, number: int) -> Spoken | None:
    if not isinstance(segment, dict):
        return None
    text = segment.get("body", segment.get("text"))
    speaker = segment.get("speaker")
    if not isinstance(text, str) or not isinstance(speaker, str | None):
        return None
    start, end = (_ms(segment, *names) for names in (("startTime", "start"), ("endTime", "end")))
    if isinstance(offsets := segment.get("offsets"), dict):
        start, end = (_whole(offsets.get(name), 1) for name in ("from", "to"))
    named = " ".join(clean(speaker).split()) if speaker else None
    return Spoken(number, " ".join(clean(text).split("\n")).strip(), named or None, start, end)


def _ms(segment: dict[str, Any], *names: str) -> int | None:
    return next((_whole(segment[name], 1000) for name in names if name in segment), None)


def _whole(value: Any, factor: int) -> int | None:
    """A time, where it is one: some tools leave it out for words that they could not place."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not math.isfinite(value) or not 0 <= value < 1e7 * (1000 // factor):
        return None
    return round(value * factor)
