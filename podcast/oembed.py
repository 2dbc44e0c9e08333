"""The code that puts an episode into another site, and the same as an oEmbed answer.

The code is an ``<iframe>`` of the episode's player page (:mod:`podcast.pages.embed`).  The answer
is a file for each episode, of oEmbed 1.0's type « rich » (https://oembed.com/): a static site has
no address that could be asked for others, so ``maxwidth`` and ``maxheight`` do nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from html import escape

from podcast.published import Publication, PublishedEpisode
from podcast.show import Show
from podcast.wording import Wording

PLAYER, ANSWER = "embed.html", "oembed.json"
"""What the two are found under, behind the episode's name and a full stop."""
MEDIA_TYPE = "application/json+oembed"
"""How a page's link names the answer; the file itself is sent as JSON."""
WIDTH, HEIGHT = 600, 400
"""Size of the frame in CSS pixels; it is narrower where there is no room (WCAG 1.4.10)."""
_DAY = 86_400


def player_address(show: Show, published: PublishedEpisode) -> str:
    """Where the player page is on the web."""
    return show.url(published.file(PLAYER))


def code(show: Show, published: PublishedEpisode) -> str:
    """The HTML to paste.  The frame has a name (WCAG 4.1.2, RGAA 2.1) and asks for no leave.

    Nothing of the sound or the text is loaded before it comes into sight, nor the sound before
    somebody plays it.
    """
    episode = published.episode
    name = Wording(episode.language).say("embed.frame", title=episode.title, show=show.title)
    return (
        f'<iframe src="{escape(player_address(show, published))}" title="{escape(name)}"'
        f' width="{WIDTH}" height="{HEIGHT}" loading="lazy" style="max-width: 100%; border: 0">'
        "</iframe>"
    )


def makers(
    publication: Publication, cover: Callable[[str], tuple[str, Callable[[], int]]]
) -> Iterator[tuple[str, Callable[[], bytes], tuple[object, ...]]]:
    """Each answer's path below the site, what makes it, and all that it is made from.

    ``cover`` gives for a picture's path below the site what names its content, and what tells how
    many pixels wide and high it is.
    """
    show = publication.show
    for published in publication.episodes:
        name, side = cover(published.cover or show.cover)
        made = partial(render, show, published, side)
        yield published.file(ANSWER), made, (name, show, published)


def render(show: Show, published: PublishedEpisode, side: Callable[[], int]) -> bytes:
    """One answer; the picture is square, and its size may only be told with its address."""
    pixels = side()
    answer = {
        "type": "rich",
        "version": "1.0",
        "title": published.episode.title,
        "author_name": show.author,
        "author_url": show.address,
        "provider_name": show.title,
        "provider_url": show.address,
        "cache_age": _DAY,
        "html": code(show, published),
        "width": WIDTH,
        "height": HEIGHT,
        "thumbnail_url": show.url(published.cover or show.cover),
        "thumbnail_width": pixels,
        "thumbnail_height": pixels,
    }
    return (json.dumps(answer, ensure_ascii=False, indent=1) + "\n").encode()
