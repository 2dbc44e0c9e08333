"""The home page: what the show is and its newest episodes, and the pages with the older ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from podcast.dates import language_name, long_date
from podcast.frame import Frame, frame, list_pages, list_path
from podcast.published import Publication, PublishedEpisode
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


def views(publication: Publication, assets: Mapping[str, str]) -> Iterator[tuple[str, IndexView]]:
    """The home page, and as many more as the list of episodes needs."""
    show, pages = publication.show, list_pages(publication)
    for page in range(1, pages + 1):
        around = frame(publication, show.language, list_path(page), assets)
        first = (page - 1) * show.episodes_per_page
        shown = publication.episodes[first : first + show.episodes_per_page]
        addresses = {n: around.root + list_path(n) for n in range(1, pages + 1)}
        yield (
            around.path,
            IndexView(
                frame=around,
                description=show.description,
                author=show.author,
                entries=tuple(_entry(published, show, around.root) for published in shown),
                page=page,
                pages=pages,
                first=first + 1,
                last=first + len(shown),
                total=len(publication.episodes),
                steps=tuple(
                    Step(number, addresses[number]) if number else Step(None)
                    for number in numbers(page, pages)
                ),
                newer=addresses.get(page - 1, ""),
                older=addresses.get(page + 1, ""),
            ),
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


def _entry(published: PublishedEpisode, show: Show, root: str) -> Entry:
    episode = published.episode
    other = episode.language != show.language
    return Entry(
        address=f"{root}{published.folder}/",
        title=episode.title,
        language=episode.language,
        language_name=language_name(episode.language, show.language) if other else "",
        number=episode.number,
        date=long_date(episode.date, show.language),
        date_iso=episode.date.date().isoformat(),
        length=spoken(published.enclosure.duration_ms),
        length_iso=iso(published.enclosure.duration_ms),
        summary=episode.summary,
    )
