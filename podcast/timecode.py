"""Integer milliseconds from the start of the published audio, and how people and files write them.

Milliseconds are integers because floats print ``00:00:60.000`` for 59.9996 s.
"""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(?:(\d+):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,3}))?")


def parse_clock(text: str) -> int | None:
    """Milliseconds of ``m:ss``, ``h:mm:ss`` and either with ``.s`` to ``.mmm``; else ``None``."""
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        return None
    hours, minutes, seconds, fraction = match.groups()
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def clock(ms: int) -> str:
    """``m:ss``, or ``h:mm:ss`` from one hour on, for people: cut to the second, not rounded."""
    hours, minutes, seconds, _ = split(ms)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def split(ms: int) -> tuple[int, int, int, int]:
    """Hours, minutes, seconds, milliseconds."""
    seconds, rest = divmod(max(0, ms), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, seconds, rest


def vtt(ms: int) -> str:
    """``hh:mm:ss.mmm`` (WebVTT, section 3.1): AntennaPod wants all fields and three decimals."""
    hours, minutes, seconds, rest = split(ms)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"


def srt(ms: int) -> str:
    """``hh:mm:ss,mmm``."""
    return vtt(ms).replace(".", ",")


def spoken(ms: int) -> str:
    """``12 min 34 s``: a screen reader says it as words, where it spells ``12:34`` by digits.

    A number and its unit are held together by a no-break space.
    """
    hours, minutes, seconds, _ = split(ms)
    parts = [f"{hours}\u00a0h"] if hours else []
    if hours or minutes:
        parts.append(f"{minutes}\u00a0min")
    if seconds or not parts:
        parts.append(f"{seconds}\u00a0s")
    return " ".join(parts)


def iso(ms: int) -> str:
    """``PT1H2M3S``, for the ``datetime`` attribute and schema.org (ISO 8601 duration)."""
    hours, minutes, seconds, _ = split(ms)
    return (
        "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + f"{seconds}S"
    )
