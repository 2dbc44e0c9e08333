"""The episodes of one season, or on one topic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podcast.frame import Frame, frame, season_folder, topic_folder
from podcast.listing import Entry, Paging, entry, page_path, pages_for, paging
from podcast.pages import Around, Sheet
from podcast.published import Publication
from podcast.show import Show

TEMPLATE = "topic.html"


@dataclass(frozen=True, slots=True)
class TopicView:
    """All that the page may show; ``number`` is the season's, ``name`` may be empty for one.

    ``total`` counts the episodes on all its pages together.
    """

    frame: Frame
    number: int | None
    name: str
    entries: tuple[Entry, ...]
    total: int
    paging: Paging


def sheets(publication: Publication) -> Iterator[Sheet]:
    """As many pages for each season and each topic as its list needs."""
    show, about = publication.show, publication.about
    size = show.episodes_per_page
    shelves = [
        *((season_folder(show, n), n, known) for n, known in publication.seasons.items()),
        *((topic_folder(show, key), key, known) for key, known in publication.topics.items()),
    ]
    for folder, key, known in shelves:
        for page in range(1, pages_for(len(known), size) + 1):
            shown = known[(page - 1) * size : page * size]
            yield Sheet(page_path(folder, page), (about, key, page, len(known), shown))


def view(sheet: Sheet, around: Around) -> TopicView:
    """A page of the list."""
    about, key, page, total, known = sheet.of
    show: Show = about.show
    outside = frame(about, show.language, sheet.path, around.assets)
    season = isinstance(key, int)
    folder = outside.root + (season_folder(show, key) if season else topic_folder(show, key))
    pages = pages_for(total, show.episodes_per_page)
    return TopicView(
        frame=outside,
        number=key if season else None,
        name=show.seasons.get(key, "") if season else show.topics[key],
        entries=tuple(entry(each, show, outside.root) for each in known),
        total=total,
        paging=paging(page, pages, lambda n: page_path(folder, n)),
    )
