"""Which feeds a show has, which episodes are in each, and how a long one is cut (RFC 5005).

The complete feed is one file unless ``feed_page`` is set, because most apps follow no pages.
Archives are cut from the oldest episode on, so that a new one changes the current feed only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

from podcast.published import Publication, PublishedEpisode
from podcast.show import FEED, Show

Make = Callable[[Sequence[int]], list[bytes]]
"""Makes the items of a feed that stand at some indexes, as they stand in the file."""
Items = Callable[[object, Sequence[object], Make], list[bytes]]
"""Gives a feed's items: from what all of them are made of, what each is, and what makes them."""
ItemsOf = Callable[[str], Items]
"""Gives the items of a feed file, by its path below the site."""


def every(_: object, of: Sequence[object], make: Make) -> list[bytes]:
    """All items made, as where nothing is known of them."""
    return make(range(len(of)))


def anew(_: str) -> Items:
    """The same for every file."""
    return every


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One feed file: ``file`` and ``links`` (by their rel) are paths below the site.

    ``trailers`` are those of the whole feed, the newest first; ``episodes`` are this page's, and
    ``shows`` those that they are of, where the feed is that of several.
    """

    file: str
    title: str
    description: str
    language: str
    guid: str
    episodes: tuple[PublishedEpisode, ...]
    trailers: tuple[PublishedEpisode, ...]
    unlisted: bool = False
    archive: bool = False
    links: tuple[tuple[str, str], ...] = ()
    shows: tuple[Show, ...] = ()

    @property
    def parts(self) -> tuple[object, ...]:
        """All that it holds."""
        return tuple(getattr(self, field.name) for field in fields(self))


def feed_pages(publication: Publication) -> tuple[FeedPage, ...]:
    """Every feed file of the show, the complete feed's first."""
    show = publication.show
    whole = FeedPage(
        FEED, show.title, show.description, show.language, show.guid, publication.episodes, ()
    )
    pages = list(cut(whole, show))
    for key, other in show.feeds.items():
        chosen = tuple(
            published
            for published in publication.episodes
            if other.has(published.episode.season, published.episode.language)
        )
        page = FeedPage(
            other.file(key),
            other.title,
            other.description or show.description,
            other.language or show.language,
            other.guid or "",
            chosen,
            (),
            other.unlisted,
        )
        pages += cut(page, show)
    return tuple(pages)


def cut(whole: FeedPage, show: Show) -> Sequence[FeedPage]:
    """The feed in one file, or the current one and its archives, the newest first."""
    trailers = tuple(p for p in whole.episodes if p.episode.type == "trailer")
    whole = replace(whole, trailers=trailers)
    size, episodes = show.feed_page, whole.episodes
    if not size or len(episodes) < 2 * size:
        return (whole,)
    archives = len(episodes) // size - 1
    current = len(episodes) - archives * size
    parts = [episodes[:current]]
    parts += [episodes[at : at + size] for at in range(current, len(episodes), size)]
    stem = whole.file.removesuffix(".xml")
    files = [whole.file, *(f"{stem}-{number}.xml" for number in range(archives, 0, -1))]
    return [
        replace(whole, file=file, episodes=part, archive=i > 0, links=_links(files, i))
        for i, (file, part) in enumerate(zip(files, parts, strict=True))
    ]


def _links(files: Sequence[str], at: int) -> tuple[tuple[str, str], ...]:
    """Pages (RFC 5005, section 3) and archives (section 4) in one chain."""
    newer = files[at - 1] if at else None
    older = files[at + 1] if at + 1 < len(files) else None
    found = (
        ("first", files[0]),
        ("previous", newer),
        ("next", older),
        ("last", files[-1]),
        ("current", files[0] if at else None),
        ("next-archive", newer if at > 1 else None),
        ("prev-archive", older),
    )
    return tuple((rel, file) for rel, file in found if file)
