"""The home page: what the show is and its newest episodes, and the pages with the older ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podcast.frame import Frame, frame, list_pages, list_path
from podcast.listing import Entry, Step, entry, paging
from podcast.pages import Around, Sheet
from podcast.published import Publication
from podcast.show import Show

TEMPLATE = "index.html"


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
        known = publication.known[(page - 1) * size : page * size]
        yield Sheet(list_path(page), (publication.about, page, total, known))


def view(sheet: Sheet, around: Around) -> IndexView:
    """A page of the list."""
    about, page, total, known = sheet.of
    show: Show = about.show
    first, pages = (page - 1) * show.episodes_per_page, list_pages(show, total)
    outside = frame(about, show.language, sheet.path, around.assets)
    ways = paging(page, pages, lambda n: outside.root + list_path(n))
    return IndexView(
        frame=outside,
        description=show.description,
        author=show.author,
        entries=tuple(entry(each, show, outside.root) for each in known),
        page=page,
        pages=pages,
        first=first + 1,
        last=first + len(known),
        total=total,
        steps=ways.steps,
        newer=ways.newer,
        older=ways.older,
    )
