"""WebVTT, with the voices that it names.

A reader of our own: webvtt-py knows the first voice of a cue only and leaves ``&amp;`` as it is.
"""

from __future__ import annotations

import html
import re

from podcast.errors import Fixable, Place, fault
from podcast.script import Script, Spoken, decode, finished, flow, in_order
from podcast.timecode import parse_clock

SUFFIXES = (".vtt",)

_TIME = r"((?:\d+:)?\d{2}:\d{2}\.\d{3})"
_TIMES = re.compile(rf"\s*{_TIME}\s+-->\s+{_TIME}(?:\s.*)?")
_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,60})?[ \t]+([^<>]{1,200})>")
_TAG = re.compile(r"<[^<>]{0,200}>")
_CLOCK = re.compile(r"<(?:\d+:)?\d\d:\d\d\.\d\d\d>")
# A stretch of voice ends at </v> or where the next begins.
_STRETCH = re.compile(r"(<v(?:\.[^\s<>]{0,60})?[ \t]+[^<>]{1,200}>|</v>)")


def recognises(raw: bytes) -> bool:
    """The word WEBVTT, which the standard asks for."""
    return bool(re.match(rb"(?:\xef\xbb\xbf)?WEBVTT(?:\s|$)", raw[:20]))


def read(raw: bytes, file: str) -> Script:
    """The text of the cues with their voices; notes, styles and settings are left out."""
    text, remarks = decode(raw, file)
    lines = text.split("\n")
    if not _HEADER.fullmatch(lines[0]):
        raise Fixable(fault("import.vtt_header", Place(file, 1)))
    rolling = bool(_CLOCK.search(text))
    spoken: list[Spoken] = []
    at = 1
    while at < len(lines):
        if "-->" in lines[at]:
            times = _times(lines[at], file, at + 1)
            head = at
            at += 1
            while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
                at += 1
            spoken += _pieces(lines[head + 1 : at], head + 2, *times)
        elif _ASIDE.fullmatch(lines[at]):
            while at < len(lines) and lines[at].strip():
                at += 1
        else:
            at += 1
    if not spoken:
        raise Fixable(fault("import.empty", Place(file)))
    in_order(spoken, file)
    return finished("vtt", flow(_unrolled(spoken) if rolling else spoken), file, remarks)


def _times(line: str, file: str, number: int) -> tuple[int, int]:
    match = _TIMES.fullmatch(line)
    start, end = (parse_clock(match[n]) for n in (1, 2)) if match else (None, None)
    if start is None or end is None:
        raise Fixable(fault("import.vtt_time", Place(file, number)))
    return start, end


def _pieces(lines: list[str], number: int, start: int, end: int) -> list[Spoken]:
    """A piece for each stretch of one voice; what follows ``</v>`` has none."""
    found: list[Spoken] = []
    voice: str | None = None
    for index, line in enumerate(lines):
        for part in _STRETCH.split(line):
            if part == "</v>":
                voice = None
            elif match := _VOICE.fullmatch(part):
                voice = " ".join(html.unescape(match[1]).split()) or None
            elif plain := html.unescape(_TAG.sub("", part)).strip(" \t"):
                found.append(Spoken(number + index, plain, voice, start, end))
    joined: list[Spoken] = []
    for piece in found:
        if joined and joined[-1].speaker == piece.speaker and piece.speaker:
            last = joined.pop()
            text = f"{last.text} {piece.text}"
            joined.append(Spoken(last.number, text, last.speaker, start, end))
        else:
            joined.append(piece)
    return joined


def _unrolled(spoken: list[Spoken]) -> list[Spoken]:
    """Rolling captions repeat in each cue the line that stood in the one before."""
    kept: list[Spoken] = []
    for piece in spoken:
        if not kept or kept[-1].text != piece.text:
            kept.append(piece)
    return kept
