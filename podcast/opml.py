"""The list of a network's feeds for apps, which take over all of them at once: OPML 2.0.

http://opml.org/spec2.opml: an outline of the type ``rss`` has ``xmlUrl``, and ``text`` to show.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from podcast.feed_text import clean
from podcast.show import FEED, Show

FILE = "shows.opml"
_FEED = Markup(
    '    <outline type="rss" text="{title}" title="{title}" description="{description}"'
    ' language="{language}" xmlUrl="{feed}" htmlUrl="{page}"/>\n'
)
_WHOLE = Markup(
    '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head>\n'
    "    <title>{title}</title>\n    <ownerName>{owner}</ownerName>\n  </head>\n"
    "  <body>\n{feeds}  </body>\n</opml>\n"
)


def render(network: Show, shows: Sequence[Show]) -> bytes:
    """The feed of each show, in their order; no date, because no clock is asked."""
    feeds = Markup("").join(
        _FEED.format(
            title=clean(show.title),
            description=" ".join(clean(show.description).split()),
            language=show.language,
            feed=show.url(FEED),
            page=show.address,
        )
        for show in shows
    )
    told = {"title": clean(network.title), "owner": clean(network.owner.name)}
    return _WHOLE.format(feeds=feeds, **told).encode()
