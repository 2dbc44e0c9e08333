"""The overview of all episodes by season and by topic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podcast.frame import Frame, frame, season_folder, topic_folder, topics_folder
from podcast.pages import Around, Sheet
from podcast.published import Publication
from podcast.show import Show

TEMPLATE = "topics.html"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A season or a topic: ``number`` is the season's, ``name`` may be empty for one."""

    address: str
    number: int | None
    name: str
    episodes: int


@dataclass(frozen=True, slots=True)
class TopicsView:
    """All that the overview may show: the newest season first, topics as the show orders them."""

    frame: Frame
    seasons: tuple[Shelf, ...]
    topics: tuple[Shelf, ...]


def sheets(publication: Publication) -> Iterator[Sheet]:
    """One page, where an episode has a season or a topic."""
    seasons = tuple((number, len(known)) for number, known in publication.seasons.items())
    topics = tuple((key, len(known)) for key, known in publication.topics.items())
    if seasons or topics:
        path = f"{topics_folder(publication.show)}index.html"
        yield Sheet(path, (publication.about, seasons, topics))


def view(sheet: Sheet, around: Around) -> TopicsView:
    """Every season and every topic with the number of its episodes."""
    about, seasons, topics = sheet.of
    show: Show = about.show
    outside = frame(about, show.language, sheet.path, around.assets)
    root = outside.root
    return TopicsView(
        frame=outside,
        seasons=tuple(
            Shelf(root + season_folder(show, number), number, show.seasons.get(number, ""), count)
            for number, count in seasons
        ),
        topics=tuple(
            Shelf(root + topic_folder(show, key), None, show.topics[key], count)
            for key, count in topics
        ),
    )
