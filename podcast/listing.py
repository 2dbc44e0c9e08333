"""A list of episodes as pages show it: what is said of each, and the pages of a long list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from podcast.dates import language_name, long_date
from podcast.published import Known
from podcast.show import Show
from podcast.timecode import iso, spoken


@dataclass(frozen=True, slots=True)
class Entry:
    """One episode in the list; ``language_name`` is empty where it is the show's language."""

    address: str
    title: str
    language: str
    language_name: str
    number: int | None
    date: str
    date_iso: str
    length: str
    length_iso: str
    summary: str


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the list, by its number; ``None`` stands for those that are left out."""

    number: int | None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a page of a list is among the others, from 1; ``newer`` and ``older`` may be empty."""

    page: int
    pages: int
    steps: tuple[Step, ...]
    newer: str
    older: str


def entry(known: Known, show: Show, root: str) -> Entry:
    """What a list says of an episode; ``root`` leads from the page to the site's root."""
    other = known.language != show.language
    return Entry(
        address=f"{root}{known.folder}/",
        title=known.title,
        language=known.language,
        language_name=language_name(known.language, show.language) if other else "",
        number=known.number,
        date=long_date(known.date, show.language),
        date_iso=known.date.date().isoformat(),
        length=spoken(known.duration_ms),
        length_iso=iso(known.duration_ms),
        summary=known.summary,
    )


def pages_for(entries: int, size: int) -> int:
    """How many pages so many entries need; an empty list has one."""
    return max(1, -(-entries // size))


def page_path(folder: str, page: int) -> str:
    """Where a page of a list is below the site, from 1; ``folder`` is empty or ends with ``/``."""
    return f"{folder}index.html" if page == 1 else f"{folder}page/{page}/index.html"


def paging(page: int, pages: int, address: Callable[[int], str]) -> Paging:
    """The ways from a page of a list to the others; ``address`` leads to each from there."""
    addresses = {n: address(n) for n in range(1, pages + 1)}
    return Paging(
        page=page,
        pages=pages,
        steps=tuple(
            Step(number, addresses[number]) if number else Step(None)
            for number in numbers(page, pages)
        ),
        newer=addresses.get(page - 1, ""),
        older=addresses.get(page + 1, ""),
    )


def numbers(page: int, pages: int) -> tuple[int | None, ...]:
    """The numbers to show: the ends, the neighbours, and ``None`` where two or more are left out.

    One number alone is never left out: its sign would take as much room.
    """
    kept = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    shown: list[int | None] = []
    before = 0
    for number in kept:
        if number - before == 2:
            shown.append(before + 1)
        elif number - before > 2:
            shown.append(None)
        shown.append(number)
        before = number
    return tuple(shown)
