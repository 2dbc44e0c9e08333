"""Single values as feeds say them, made to what our files may say: lines, dates, languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from podcast.listed import LANGUAGE
from podcast.rules import WEB

_YES, _NO = ("yes", "true", "explicit"), ("no", "false", "clean")
_MOST_BYTES = 4000  # of a show's description
MOST_TITLE, MOST_NAME = 255, 128
_LEAST_SUMMARY, MOST_SUMMARY = 40, 300
_SENTENCES = re.compile(r".{40,300}?[.!?…](?=\s|$)", re.DOTALL)


def line(text: str, most: int = MOST_TITLE) -> str:
    """One line of what may be shown: feeds have tabs and unseen signs in their titles."""
    # Joiners hold letters and pictures together; other unseen signs do nothing here.
    seen = (c for c in text if c.isprintable() or c.isspace() or c in "\u200c\u200d")
    line = " ".join("".join(seen).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def short(text: str) -> str:
    """At most so many bytes as the directories take, cut between words."""
    raw = text.encode()
    if len(raw) <= _MOST_BYTES:
        return text
    return raw[: _MOST_BYTES - 4].decode(errors="ignore").rpartition(" ")[0] + "…"


def language(text: str) -> str | None:
    """The tag as ours are written: ``fr-FR`` for ``fr-fr`` and ``fr_FR``; else nothing."""
    first, *more = text.strip().replace("_", "-").split("-")
    tag = "-".join([first.lower(), *(p.title() if len(p) == 4 else p.upper() for p in more)])
    try:
        LANGUAGE.test(tag)
    except ValueError:
        return None
    return tag


def email(*texts: str) -> str:
    """The first address in one of the texts: « name@example.org (The name) »."""
    found = (re.search(r"[^@\s<>\"()]+@[^@\s<>\"()]+\.[^@\s<>\".()]+", text) for text in texts)
    return next((match[0] for match in found if match), "")


def holder(text: str) -> str:
    """The holder only: « © 2024 Somebody » is « Somebody »."""
    return line(re.sub(r"©|\(c\)|copyright|\b\d{4}\b(?:\s*[-–]\s*\d{4})?", " ", text, flags=re.I))


def explicit(text: str) -> bool | None:
    """Today's and the older words for yes and no; nothing for others."""
    folded = text.lower()
    return True if folded in _YES else False if folded in _NO else None


def number(text: str) -> int | None:
    """A whole number from 1; nothing for others."""
    return int(text) if re.fullmatch(r"\d{1,9}", text) and int(text) else None


def moment(text: str) -> tuple[datetime | None, bool]:
    """The moment in its own zone, and whether the feed names one; UTC where it does not."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None, False
    if not 1990 <= moment.year < 2100:
        return None, False  # as a host writes that knows of none
    zoned = moment.tzinfo is not None or text.rstrip().endswith("-0000")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC), zoned


def absolute(text: str, base: str | None) -> str | None:
    """An absolute address; nothing where it is none."""
    if not text.strip():
        return None
    try:
        address = urljoin(base or "", text.strip()).replace(" ", "%20")
        return str(WEB.test(address))
    except ValueError:
        return None


def opening(lines: Sequence[str]) -> str:
    """The first lines as one, until they say something; cut at a sentence where they are long."""
    told = ""
    for line in lines:
        told = f"{told} {line}".strip()
        if len(told) >= _LEAST_SUMMARY:
            break
    if len(told) <= MOST_SUMMARY:
        return told
    sentences = _SENTENCES.match(told)
    return sentences[0] if sentences else told[:MOST_SUMMARY].rpartition(" ")[0] + "…"
