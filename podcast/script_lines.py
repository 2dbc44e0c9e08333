"""What one line of a script is: a time, a sound, a chapter, a rule drawn across the page."""

from __future__ import annotations

import re

from podcast.script_markup import restore
from podcast.timecode import parse_clock

_T = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_TO = rf"(?:\s*(?:-->|→|[-–—])\s*{_T})?"
_HINT = re.compile(
    rf"\[(?P<pin>=)?(?P<square>{_T}){_TO}\]\s*"
    rf"|\((?P<round>{_T}){_TO}\)\s*"
    rf"|(?P<long>\d{{1,2}}:\d{{2}}:\d{{2}}(?:[.,]\d{{1,3}})?){_TO}(?=\s|$)\s*(?:[-–—]\s+)?"
    rf"|(?P<bare>{_T}){_TO}(?:\s*$|\t\s*|\s+[-–—]\s+)"
)
BEFORE_NAME = re.compile(rf"(?P<bare>{_T})\s+")
ALONE = re.compile(r"\[([^\[\]]{1,300})\]|\(([^()]{1,300})\)")
_SOUND_WORD = re.compile(
    r"(?:jingle|musique|générique|generique|virgule|music|theme|sfx)\b", re.IGNORECASE
)
HEADING = re.compile(r"#{1,6}\s+(.*)")
RULE = re.compile(r"[-*_=~—–•.·\s]{3,}")
# What a transcriber writes where the words cannot be made out.
LOST = r"inaudible|incompréhensible|unintelligible|crosstalk|\?+"


def take_time(text: str) -> tuple[int | None, int | None, str]:
    """A time at the start of a line, as hint or pin, and the rest."""
    match = _HINT.match(text)
    if not match:
        return None, None, text
    told = match["square"] or match["round"] or match["long"] or match["bare"]
    ms = moment(told)
    if ms is None:
        return None, None, text
    hint, pin = (None, ms) if match["pin"] else (ms, None)
    return hint, pin, text[match.end() :]


def moment(text: str) -> int | None:
    """A time; minutes may go beyond 59 where there are no hours."""
    if (ms := parse_clock(text)) is not None:
        return ms
    match = re.fullmatch(r"(\d{2,3}):([0-5]\d)(?:[.,]\d+)?", text)
    return (int(match[1]) * 60 + int(match[2])) * 1000 if match else None


def sound(text: str) -> str | None:
    """What is heard, where a line is a sound and nothing else."""
    if match := ALONE.fullmatch(text):
        inside = (match[1] or match[2]).strip()
        if text.startswith("[") or not re.search(r"[.!?…]$", inside):
            return None if re.fullmatch(LOST, inside, re.IGNORECASE) else inside or None
        return None
    if text.startswith("[") and text.endswith("]") and text[1:2] not in "^[":
        return text[1:-1] if "[" not in text[1:] and "]" not in text[:-1] else None
    letters = [char for char in text if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    if len(letters) >= 4 and capitals >= 0.85 * len(letters):
        return text
    short = len(text.split()) <= 8 and text[-1:] not in ".!?…,;"
    return text if short and _SOUND_WORD.match(text) else None


def sound_text(text: str) -> str:
    """A sound as the transcript can hold it, a credit only where it is whole."""
    plain = " ".join(re.sub(r"[\[\]{}]", " ", restore(text)).split()).lstrip("^=| ")
    fields = [part.strip() for part in plain.split("|")]
    if (
        not 3 <= len(fields) <= 5
        or not all(fields[:3])
        or (len(fields) == 5 and not fields[4].startswith(("http://", "https://")))
    ):
        plain = " – ".join(part for part in fields if part)
    return f"– {plain}" if _HINT.fullmatch(f"[{plain}]") else plain
