"""The home page: what the show is and its newest episodes, and the pages with the older ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podcast.dates import language_name, long_date
from podcast.frame import Frame, frame, list_pages, list_path
from podcast.pages import Around, Sheet
from podcast.published import Known, Publication
from podcast.show import Show
from podcast.timecode import iso, spoken

TEMPLATE = "index.html"


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
class IndexView:
    """All that a page of the list may show.

    ``page`` of ``pages`` shows the episodes ``first`` to ``last`` of ``total``, all from 1.
    """

    frame: Frame
    description: str
    author: str
    entries: tuple[Entry, ...]
    page: int
    pages: int
    first: int
    last: int
    total: int
    steps: tuple[Step, ...]
    newer: str
    older: str


def sheets(publication: Publication) -> Iterator[Sheet]:
    """The home page, and as many more as the list of episodes needs."""
    total, size = len(publication.episodes), publication.show.episodes_per_page
    for page in range(1, list_pages(publication.show, total) + 1):
        shown = publication.episodes[(page - 1) * size : page * size]
        known = tuple(published.known for published in shown)
        yield Sheet(list_path(page), (publication.about, page, total, known))


def view(sheet: Sheet, around: Around) -> IndexView:
    """A page of the list."""
    about, page, total, known = sheet.of
    show: Show = about.show
    first, pages = (page - 1) * show.episodes_per_page, list_pages(show, total)
    outside = frame(about, show.language, sheet.path, around.assets)
    addresses = {n: outside.root + list_path(n) for n in range(1, pages + 1)}
    return IndexView(
        frame=outside,
        description=show.description,
        author=show.author,
        entries=tuple(_entry(each, show, outside.root) for each in known),
        page=page,
        pages=pages,
        first=first + 1,
        last=first + len(known),
        total=total,
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


def _entry(known: Known, show: Show, root: str) -> Entry:
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
