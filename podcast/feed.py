"""Write the RSS feeds: the one door to feedgen.

feedgen knows RSS and an older Apple namespace.  What it lacks or gets wrong is in
``podcast_namespace``, which is registered with it as an extension.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from podcast import categories, chapters_file
from podcast.feed_page import readable
from podcast.feed_plan import FeedPage, Items, ItemsOf, anew, every, feed_pages
from podcast.feed_text import clean, cut, notes, title
from podcast.podcast_namespace import MEDIA_TYPE, Channel, Item
from podcast.published import Publication, PublishedEpisode
from podcast.show import FEED, Show

Made = tuple[str, Callable[[], bytes], tuple[object, ...]]
"""A file: its path below the site, what makes it, and all that it is made from."""
_ITEM, _END = "    <item", "  </channel>"


def files(publication: Publication, style: str) -> dict[str, bytes]:
    """Every feed of the show and the chapters files that they name, by path below the site.

    ``style`` is the path of the style sheet by which browsers show a feed.
    """
    return {path: make() for path, make, _ in makers(publication, style)}


def makers(publication: Publication, style: str, items: ItemsOf = anew) -> Iterator[Made]:
    """The same, each with what makes it; ``items`` are those of a file by its path."""
    show = publication.show
    yield from feeds(show, feed_pages(publication), style, items)
    for published in publication.episodes:
        if published.chapters:
            about = (show, published)
            yield chapters_file.path(published), partial(chapters_file.render, *about), about


def feeds(
    show: Show, pages: Iterable[FeedPage], style: str, items: ItemsOf = anew
) -> Iterator[Made]:
    """Feed files, each with what makes it."""
    for page in pages:
        made = partial(render, show, page, style, items(page.file))
        yield page.file, made, (show, page.parts, style)


def render(show: Show, page: FeedPage, style: str, items: Items = every) -> bytes:
    """One feed file: a function of its content, without any clock.

    ``items`` may know some of its items already, which are then not made again.
    """
    shows = page.shows or (show,) * len(page.episodes)
    of = list(zip(shows, page.episodes, strict=True))

    def make(some: Sequence[int]) -> list[bytes]:
        _, made, _ = _parts(_text(show, page, [of[n] for n in some]))
        return [item.encode() for item in made]

    # The show is what all items are made of: only others are named beside their episode.
    known = items(("rss", show), [(p if own is show else (own, p)) for own, p in of], make)
    head, _, end = _parts(_text(show, page, ()))
    head = readable(head, replace(show, title=clean(page.title)), style)
    return b"".join((head.encode(), *known, end.encode()))


def _parts(feed: str) -> tuple[str, list[str], str]:
    """What stands before the items, each of them, and what stands behind them.

    All texts are escaped, and the notes' HTML has no such element: only an item begins like one.
    """
    body, end = feed[: feed.rindex(_END)], feed[feed.rindex(_END) :]
    head, *items = body.split(_ITEM)
    return head, [_ITEM + item for item in items], end


def _text(show: Show, page: FeedPage, of: Iterable[tuple[Show, PublishedEpisode]]) -> str:
    """The feed with some of its items, as feedgen writes it."""
    from feedgen.feed import FeedGenerator

    generator: Any = FeedGenerator()
    # feedgen would write the time of now, and change the process's locale to do so.
    vars(generator)["_FeedGenerator__rss_lastBuildDate"] = None
    generator.load_extension("podcast", atom=False, rss=True)
    generator.register_extension("pc", Channel, Item, atom=False, rss=True)
    generator.pc.page(show, page)
    generator.title(title(page.title))
    # feedgen takes the last link for the channel's own, so the page comes after the feed.
    generator.link(href=show.url(page.file), rel="self", type=MEDIA_TYPE)
    generator.link(href=show.address, rel="alternate")
    generator.description(cut(page.description))
    generator.language(page.language.lower())
    generator.generator("podcast")
    if show.copyright:
        generator.copyright(clean(show.copyright))
    category, below = categories.parts(show.category)
    generator.podcast.itunes_category(category, below or None)
    generator.podcast.itunes_author(clean(show.author))
    if show.owner.email_in_feed:
        generator.podcast.itunes_owner(clean(show.owner.name), show.owner.email)
    generator.podcast.itunes_type(show.type)
    for own, published in of:
        _item(generator.add_entry(order="append"), own, published, show)
    text: bytes = generator.rss_str(pretty=True)
    return text.decode()


def _item(entry: Any, show: Show, published: PublishedEpisode, channel: Show) -> None:
    """An episode of a show, in its feed or in one of several shows: ``channel`` is that feed's."""
    episode, enclosure = published.episode, published.enclosure
    entry.title(title(episode.title))
    entry.guid(clean(episode.guid), permalink=False)
    entry.link(href=show.url(f"{published.folder}/"))
    entry.enclosure(show.announced(enclosure.path), str(enclosure.length), enclosure.media_type)
    entry.description(cut(episode.summary))
    among = channel is not show
    entry.content(notes(show, published, among), type="CDATA")
    entry.pc.published(show, published, channel)
    entry.podcast.itunes_duration(max(1, enclosure.duration_ms // 1000))
    entry.podcast.itunes_episode_type(episode.type)
    if among:  # numbers and seasons are the show's: among others they would be taken for wrong
        entry.source(show.url(FEED), title(show.title))
        return
    if episode.number:
        entry.podcast.itunes_episode(episode.number)
    if episode.season:
        entry.podcast.itunes_season(episode.season)
