"""The network's site map: its own pages, and each show with its own map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podcast import opml
from podcast.all_shows import Member
from podcast.dates import language_name
from podcast.frame import Frame, frame, list_pages, list_path, site_map_folder
from podcast.pages import Around, Sheet
from podcast.published import Publication
from podcast.show import FEED

TEMPLATE = "network-map.html"


@dataclass(frozen=True, slots=True)
class Branch:
    """A show; ``language_name`` is empty where it is the network's language."""

    title: str
    language: str
    language_name: str
    address: str
    map: str
    feed: str


@dataclass(frozen=True, slots=True)
class NetworkMapView:
    """All that the map's template may show; ``pages`` are the list's, without the first."""

    frame: Frame
    pages: tuple[tuple[int, str], ...]
    opml: str
    shows: tuple[Branch, ...]


def sheets(publication: Publication, members: Sequence[Member]) -> Iterator[Sheet]:
    """One page."""
    pages = list_pages(publication.show, len(publication.episodes))
    shows = tuple(
        (each.folder, each.show.title, each.show.language, site_map_folder(each.show))
        for each in members
    )
    path = f"{site_map_folder(publication.show)}index.html"
    yield Sheet(path, (publication.about, pages, shows))


def view(sheet: Sheet, around: Around) -> NetworkMapView:
    """Every page of the list, and every show."""
    about, pages, shows = sheet.of
    language = about.show.language
    outside = frame(about, language, sheet.path, around.assets)
    return NetworkMapView(
        outside,
        tuple((number, outside.root + list_path(number)) for number in range(2, pages + 1)),
        outside.root + opml.FILE,
        tuple(
            Branch(
                title=title,
                language=spoken,
                language_name=language_name(spoken, language) if spoken != language else "",
                address=f"{outside.root}{folder}/",
                map=f"{outside.root}{folder}/{own_map}",
                feed=f"{outside.root}{folder}/{FEED}",
            )
            for folder, title, spoken, own_map in shows
        ),
    )
