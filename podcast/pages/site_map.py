"""The site map: every page of the site, and every episode by year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from podcast.dates import language_name, long_date
from podcast.frame import Frame, frame, list_pages, list_path, site_map_folder
from podcast.published import Publication, PublishedEpisode
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
class SiteMapView:
    """All that the site map's template may show; ``pages`` are the list's, without the first."""

    frame: Frame
    pages: tuple[tuple[int, str], ...]
    years: tuple[Year, ...]


def views(publication: Publication, assets: Mapping[str, str]) -> Iterator[tuple[str, SiteMapView]]:
    """One page."""
    show = publication.show
    around = frame(publication, show.language, f"{site_map_folder(show)}index.html", assets)
    more = range(2, list_pages(publication) + 1)
    years = tuple(
        Year(year, tuple(_leaf(published, show, around.root) for published in group))
        for year, group in groupby(publication.episodes, lambda p: p.episode.date.year)
    )
    yield (
        around.path,
        SiteMapView(around, tuple((n, around.root + list_path(n)) for n in more), years),
    )


def _leaf(published: PublishedEpisode, show: Show, root: str) -> Leaf:
    episode = published.episode
    other = episode.language != show.language
    return Leaf(
        address=f"{root}{published.folder}/",
        title=episode.title,
        language=episode.language,
        language_name=language_name(episode.language, show.language) if other else "",
        date=long_date(episode.date, show.language),
        date_iso=episode.date.date().isoformat(),
    )
