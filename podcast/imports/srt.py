"""SubRip subtitles.

A reader of our own: the libraries leave out what is faulty without a word, and know no lines.
"""

from __future__ import annotations

import html
import re

from podcast.errors import Fixable, Place, fault
from podcast.script import Script, Spoken, decode, finished, flow, in_order
from podcast.timecode import parse_clock

SUFFIXES = (".srt",)

_TIME = r"(\d+:\d{1,2}:\d{1,2}[,.]\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_TAGS = re.compile(r"</?(?:i|b|u|s|font)\b[^<>]{0,100}>|\{\\[^{}]{0,40}\}", re.IGNORECASE)
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*\d+\s*\r?\n\s*\d+:\d\d?:\d\d?[,.]\d+\s*-->")


def recognises(raw: bytes) -> bool:
    """A number, then two times with an arrow."""
    return bool(_BEGINS.match(raw[:300]))


def read(raw: bytes, file: str) -> Script:
    """Each subtitle's text; an empty line inside a subtitle does not end it."""
    text, remarks = decode(raw, file)
    lines = text.split("\n")
    heads = [i for i, line in enumerate(lines) if _TIMES.fullmatch(line)]
    if not heads:
        wrong = next((i for i, line in enumerate(lines) if "-->" in line), 0)
        raise Fixable(fault("import.srt", Place(file, wrong + 1)))
    for i, line in enumerate(lines):
        if "-->" in line and not _TIMES.fullmatch(line):
            raise Fixable(fault("import.srt", Place(file, i + 1)))
    spoken: list[Spoken] = []
    for head, following in zip(heads, [*heads[1:], len(lines) + 1], strict=True):
        match = _TIMES.fullmatch(lines[head])
        start, end = (parse_clock(match[n]) for n in (1, 2)) if match else (None, None)
        if start is None or end is None:
            raise Fixable(fault("import.srt", Place(file, head + 1)))
        own = lines[head + 1 : following - 1]
        while own and not own[-1].strip():
            own.pop()
        plain = "\n".join(html.unescape(_TAGS.sub("", line)) for line in own)
        spoken.append(Spoken(head + 2, plain, None, start, end))
    in_order(spoken, file)
    return finished("srt", flow(spoken), file, remarks)
