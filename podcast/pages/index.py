"""The home page: what the show is, and its episodes, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from podcast.dates import long_date
from podcast.frame import Frame, frame
from podcast.published import Publication
from podcast.timecode import iso, spoken

TEMPLATE = "index.html"


@dataclass(frozen=True, slots=True)
class Entry:
    """One episode in the list."""

    address: str
    title: str
    language: str
    number: int | None
    date: str
    date_iso: str
    length: str
    length_iso: str
    summary: str


@dataclass(frozen=True, slots=True)
class IndexView:
    """All that the home page's template may show."""

    frame: Frame
    description: str
    author: str
    feed: str
    entries: tuple[Entry, ...]


def views(publication: Publication, assets: Mapping[str, str]) -> Iterator[tuple[str, IndexView]]:
    """One page."""
    show = publication.show
    entries = tuple(
        Entry(
            address=f"{published.folder}/",
            title=published.episode.title,
            language=published.episode.language,
            number=published.episode.number,
            date=long_date(published.episode.date, show.language),
            date_iso=published.episode.date.date().isoformat(),
            length=spoken(published.enclosure.duration_ms),
            length_iso=iso(published.enclosure.duration_ms),
            summary=published.episode.summary,
        )
        for published in publication.episodes
    )
    around = frame(publication, show.language, "index.html", assets)
    yield "index.html", IndexView(around, show.description, show.author, "feed.xml", entries)
