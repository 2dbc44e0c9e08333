"""The site map: every page of the site, and every episode by year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from podcast.dates import language_name, long_date
from podcast.frame import (
    Frame,
    frame,
    list_pages,
    list_path,
    person_folder,
    season_folder,
    site_map_folder,
    topic_folder,
)
from podcast.listing import page_path, pages_for
from podcast.pages import Around, Sheet
from podcast.published import Known, Publication
from podcast.show import Show

TEMPLATE = "site-map.html"


@dataclass(frozen=True, slots=True)
class Leaf:
    """An episode; ``language_name`` is empty where it is the show's language."""

    address: str
    title: str
    language: str
    language_name: str
    date: str
    date_iso: str


@dataclass(frozen=True, slots=True)
class Year:
    """The episodes of a year, the newest first."""

    year: int
    episodes: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A person, a season or a topic; ``pages`` are those of its list, without the first.

    ``number`` is a season's, whose name may be empty.
    """

    address: str
    number: int | None
    name: str
    pages: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class SiteMapView:
    """All that the site map's template may show; ``pages`` are the list's, without the first."""

    frame: Frame
    pages: tuple[tuple[int, str], ...]
    people: tuple[Branch, ...]
    topics: tuple[Branch, ...]
    years: tuple[Year, ...]


def sheets(publication: Publication) -> Iterator[Sheet]:
    """One page."""
    path = f"{site_map_folder(publication.show)}index.html"
    lists = (publication.people, publication.seasons, publication.topics)
    counts = tuple(tuple((key, len(of)) for key, of in group.items()) for group in lists)
    yield Sheet(path, (publication.about, publication.known, counts))


def view(sheet: Sheet, around: Around) -> SiteMapView:
    """Every page of the list, and every episode."""
    about, known, (people, seasons, topics) = sheet.of
    show: Show = about.show
    outside = frame(about, show.language, sheet.path, around.assets)
    more = range(2, list_pages(show, len(known)) + 1)
    years = tuple(
        Year(year, tuple(_leaf(each, show, outside.root) for each in group))
        for year, group in groupby(known, lambda each: each.date.year)
    )

    def branch(folder: str, name: str, count: int, number: int | None = None) -> Branch:
        more = range(2, pages_for(count, show.episodes_per_page) + 1)
        address = outside.root + folder
        return Branch(address, number, name, tuple((n, page_path(address, n)) for n in more))

    return SiteMapView(
        frame=outside,
        pages=tuple((n, outside.root + list_path(n)) for n in more),
        people=tuple(
            branch(person_folder(show, key), show.people[key].name, count) for key, count in people
        ),
        topics=(
            *(branch(topic_folder(show, key), show.topics[key], count) for key, count in topics),
            *(
                branch(season_folder(show, n), show.seasons.get(n, ""), count, n)
                for n, count in seasons
            ),
        ),
        years=years,
    )


def _leaf(known: Known, show: Show, root: str) -> Leaf:
    other = known.language != show.language
    return Leaf(
        address=f"{root}{known.folder}/",
        title=known.title,
        language=known.language,
        language_name=language_name(known.language, show.language) if other else "",
        date=long_date(known.date, show.language),
        date_iso=known.date.date().isoformat(),
    )
