"""Write what players show into a sound file: each module here is one kind of file.

A kind is a module with ``SUFFIX`` and ``write(sound, made, said)``.  Adding a file adds the kind;
its contract is in ``tests/test_tags.py``.
"""

from __future__ import annotations

import os
import pkgutil
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from podcast.episode import Episode
from podcast.pictures import Small
from podcast.show import Show
from podcast.transcript import Chapter

# Count up when other tags are written, so that published files are tagged again.
RECIPE = 2
FEED = "feed.xml"


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter with both its ends, in ms; each begins where the one before ends."""

    start_ms: int
    end_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class Tags:
    """What a sound file says about itself: texts without control characters, ASCII addresses.

    ``language`` is an ISO 639-2 code, ``lyrics`` the transcript or nothing, ``cover`` a
    picture or nothing; addresses are those of the episode's page, the show and its feed.
    """

    title: str
    show: str
    people: str
    author: str
    date: datetime
    language: str
    summary: str
    guid: str
    category: str
    copyright: str
    page: str
    home: str
    feed: str
    number: int | None
    season: int | None
    duration_ms: int
    chapters_title: str
    chapters: tuple[Part, ...]
    lyrics: str
    cover: Small | None
    cover_alt: str


class Kind(Protocol):
    """What every module of this folder offers."""

    SUFFIX: str

    def write(self, sound: Path, made: Path, said: Tags) -> None:
        """Write a copy of ``sound`` that has these tags and no others."""
        ...


@cache
def kinds() -> dict[str, Kind]:
    """The kinds of file that can be tagged, by suffix."""
    modules = [import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    return {module.SUFFIX: module for module in modules}


def tag(sound: Path, made: Path, said: Tags) -> None:
    """Write a tagged copy to ``made``, whose suffix says how; the same input gives the same bytes.

    The copy gets its name when it is whole and on the disk: a kill in the middle of a tag leaves a
    damaged file.  Raises :class:`OSError` where the disk refuses.
    """
    partial = made.with_name(f".{made.name}.{os.getpid()}")
    try:
        kinds()[made.suffix].write(sound, partial, said)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(partial, made)
    finally:
        partial.unlink(missing_ok=True)


def described(
    show: Show,
    episode: Episode,
    chapters: Sequence[Chapter],
    duration_ms: int,
    chapters_title: str = "",
    lyrics: str = "",
    cover: Small | None = None,
) -> Tags:
    """The tags of an episode; ``chapters_title`` is the name of its table of chapters."""
    names = ", ".join(show.people[key].name for key in episode.people)
    rights = f"{episode.date.year} {show.copyright}" if show.copyright else ""
    return Tags(
        title=_line(episode.title),
        show=_line(show.title),
        people=_line(names or show.author),
        author=_line(show.author),
        date=episode.date,
        language=_iso639_2(episode.language),
        summary=_text(episode.summary),
        guid=_line(episode.guid),
        category=_line(show.category),
        copyright=_line(rights),
        page=_ascii(show.url(f"{episode.slug}/")),
        home=_ascii(show.address),
        feed=_ascii(show.url(FEED)),
        number=episode.number,
        season=episode.season,
        duration_ms=duration_ms,
        chapters_title=_line(chapters_title),
        chapters=parts(chapters, duration_ms),
        lyrics=_text(lyrics),
        cover=cover,
        cover_alt=_line(episode.cover_alt or ""),
    )


def parts(chapters: Sequence[Chapter], duration_ms: int) -> tuple[Part, ...]:
    """The chapters in time order with their ends; two that begin together are one with both names.

    A chapter without length is dropped by some players, and with it all that follow.
    """
    titles: dict[int, str] = {}
    for chapter in sorted(chapters, key=lambda c: c.start_ms):
        if chapter.start_ms < duration_ms:
            before = titles.get(chapter.start_ms)
            title = _line(chapter.title)
            titles[chapter.start_ms] = f"{before} – {title}" if before else title
    starts = list(titles)
    ends = [*starts[1:], duration_ms]
    return tuple(Part(start, ends[n], titles[start]) for n, start in enumerate(starts))


def _text(text: str) -> str:
    """Without controls and halves of characters, which end or break a tag for many players."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).replace("\ufeff", "").strip()


def _line(text: str) -> str:
    return " ".join(_text(text).split())


def _ascii(address: str) -> str:
    return quote(address, safe="%/:?#[]@!$&'()*+,;=~")


def _iso639_2(language: str) -> str:
    """The three letters that tags want for a language."""
    from babel.core import get_global

    short = language.split("-")[0].lower()
    if len(short) == 3:
        return short
    known = {"fr": "fra", "en": "eng", "de": "deu", "es": "spa", "it": "ita", "pt": "por"}
    if short in known:
        return known[short]
    aliases = get_global("language_aliases")
    return next((k for k, v in sorted(aliases.items()) if v == short and len(k) == 3), "und")
