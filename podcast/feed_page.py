"""What a feed shows to a person who opens it in a browser: a heading, the ways on, the episodes.

Browsers give up XSLT (Chromium from 158 on, with the agreement of the others), so the feed carries
a style sheet in CSS and a few elements of XHTML, which browsers show and podcast apps do not know.
They are prefixed, so that no app takes them for tags of RSS.
"""

from __future__ import annotations

from markupsafe import Markup

from podcast.show import Show
from podcast.subscription import folder
from podcast.wording import Wording

STYLE = "feed.css"
# The title is what tabs and screen readers name the page by.
_PAGE = Markup(
    '<channel>\n    <h:div xmlns:h="http://www.w3.org/1999/xhtml">'
    '\n      <h:meta name="viewport" content="width=device-width, initial-scale=1"/>'
    "\n      <h:title>{show}</h:title>"
    "\n      <h:h1>{heading}</h:h1>"
    "\n      <h:p>{what}</h:p>"
    '\n      <h:p><h:a href="{page}">{subscribe}</h:a></h:p>'
    '\n      <h:p><h:a href="{home}">{site}</h:a></h:p>'
    "\n      <h:h2>{items}</h:h2>"
    "\n    </h:div>"
)
_INSTRUCTION = Markup('<?xml-stylesheet type="text/css" href="{}"?>\n')


def readable(feed: str, show: Show, style: str, root: str = "") -> str:
    """The feed with what browsers need: style sheet, language, and a page of a few lines.

    ``style`` is the address of the style sheet and ``root`` that of the site, both from the feed.
    """
    say = Wording(show.language).say
    page = _PAGE.format(
        show=show.title,
        heading=say("feed.heading", show=show.title),
        what=say("feed.what"),
        page=root + folder(show),
        subscribe=say("feed.subscribe"),
        home=f"{root}index.html",
        site=say("feed.site"),
        items=say("feed.items"),
    )
    language = Markup('<rss xml:lang="{}" ').format(show.language)
    # Nothing but the declaration and the root's own tag comes before the channel.
    feed = feed.replace("<rss ", _INSTRUCTION.format(style) + language, 1)
    return feed.replace("<channel>", page, 1)
