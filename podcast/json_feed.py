"""The feeds again as JSON Feed 1.1, for readers that know no XML.

Each is made from the same plan and the same values as the RSS feed beside it: the same episodes in
the same order, with the same guids, addresses, lengths and texts.  The format:
https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from podcast.feed_plan import FeedPage, Items, ItemsOf, anew, every, feed_pages
from podcast.feed_text import clean, cut, notes
from podcast.published import Enclosure, Publication, PublishedEpisode
from podcast.show import Show

VERSION = "https://jsonfeed.org/version/1.1"
MEDIA_TYPE = "application/feed+json"
_EMPTY = "[]\n}"


def makers(
    publication: Publication, items: ItemsOf = anew
) -> Iterator[tuple[str, Callable[[], bytes], tuple[object, ...]]]:
    """Each feed's path below the site, what makes it, and all that it is made from.

    An unlisted one is at one address only, for those who were told it.  ``items`` are those of a
    file by its path.
    """
    yield from feeds(publication.show, feed_pages(publication), items)


def feeds(
    show: Show, pages: Iterable[FeedPage], items: ItemsOf = anew
) -> Iterator[tuple[str, Callable[[], bytes], tuple[object, ...]]]:
    """Feed files as above, of a show or of a network with its shows."""
    for page in pages:
        if page.unlisted:
            continue
        made = partial(render, show, page, items(path(page.file)))
        yield path(page.file), made, (show, page.parts)


def path(feed: str) -> str:
    """Where the JSON Feed lies that says the same as an RSS feed."""
    return feed.removesuffix(".xml") + ".json"


def render(show: Show, page: FeedPage, items: Items = every) -> bytes:
    """One file: a function of its content; what is empty is left out, as the format wants it.

    ``items`` may know some of its items already, which are then not made again.
    """
    links = dict(page.links)
    older = links.get("prev-archive")
    feed = {
        "version": VERSION,
        "title": clean(page.title),
        "home_page_url": show.address,
        "feed_url": show.url(path(page.file)),
        "description": clean(page.description),
        "next_url": show.url(path(older)) if older else None,
        "icon": show.url(show.cover),
        "favicon": show.url(show.cover),
        "authors": [{"name": clean(show.author), "url": show.address}],
        "language": page.language,
        "expired": True if show.complete else None,
        "hubs": [{"type": "WebSub", "url": show.hub}] if show.hub else None,
    }

    shows = page.shows or (show,) * len(page.episodes)
    of = list(zip(shows, page.episodes, strict=True))

    def make(some: Sequence[int]) -> list[bytes]:
        made = (_json(_item(*of[n], of[n][0] is not show)) for n in some)
        # No line ends inside a string of JSON, so each is a line of an item.
        return [f"\n{item}".replace("\n", "\n  ").encode() for item in made]

    # Items are asked for, even where there are none.
    known = items(("json", show), [(p if own is show else (own, p)) for own, p in of], make)
    text = _json({**_told(feed), "items": []})
    if not known:
        return f"{text}\n".encode()
    return b"%b[%b\n ]\n}\n" % (text.removesuffix(_EMPTY).encode(), b",".join(known))


def _json(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False, indent=1)


def _item(show: Show, published: PublishedEpisode, named: bool = False) -> dict[str, Any]:
    """An episode; its show is ``named`` first of those who made it, where the feed has several."""
    episode = published.episode
    makers = [{"name": clean(show.title), "url": show.address}] if named else []
    item = {
        "id": clean(episode.guid),
        "url": show.url(f"{published.folder}/"),
        "title": clean(episode.title),
        "content_html": notes(show, published),
        "summary": cut(episode.summary),
        "image": show.url(published.cover) if published.cover else None,
        "date_published": episode.date.isoformat(),
        "authors": [*makers, *({"name": clean(name)} for name in published.speakers)],
        "tags": [clean(show.topics[key]) for key in episode.topics if key in show.topics],
        "language": episode.language,
        "attachments": [
            _attachment(show, published, sound)
            for sound in (published.enclosure, *published.alternates)
        ],
        "_podcast": _told({
            "about": "https://podcastindex.org/namespace/1.0",
            "summary_falc": clean("\n".join(episode.falc)),
            "transcript": show.url(published.file("vtt")),
        }),
    }  # fmt: skip
    return _told(item)


def _attachment(show: Show, published: PublishedEpisode, sound: Enclosure) -> dict[str, Any]:
    # The same title on several says that they are the same sound in other kinds of file.
    told = {
        "url": show.announced(sound.path),
        "mime_type": sound.media_type,
        "title": clean(published.episode.title),
        "size_in_bytes": sound.length,
        "duration_in_seconds": max(1, sound.duration_ms // 1000),
    }
    return _told(told)


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [], ())}
