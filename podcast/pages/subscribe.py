"""The page on subscribing: the feed's address, the apps that open it, and how it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podcast import subscription
from podcast.frame import Frame, frame
from podcast.pages import Around, Sheet
from podcast.published import Publication
from podcast.show import Show
from podcast.subscription import App, Feed

TEMPLATE = "subscribe.html"


@dataclass(frozen=True, slots=True)
class Offer:
    """One feed: its address on the web and from here, its apps, and the picture for telephones.

    ``code`` is the picture's address, ``target`` the address that it holds.
    """

    name: str
    title: str
    url: str
    address: str
    apps: tuple[App, ...]
    code: str
    target: str


@dataclass(frozen=True, slots=True)
class SubscribeView:
    """All that the page on subscribing may show; the whole show's feed is the first."""

    frame: Frame
    offers: tuple[Offer, ...]


def sheets(publication: Publication) -> Iterator[Sheet]:
    """One page."""
    yield Sheet(f"{subscription.folder(publication.show)}index.html", (publication.about,))


def view(sheet: Sheet, around: Around) -> SubscribeView:
    """Every feed with its apps."""
    (about,) = sheet.of
    show: Show = about.show
    outside = frame(about, show.language, sheet.path, around.assets)
    offers = tuple(_offer(show, feed, outside.root) for feed in subscription.feeds(show))
    return SubscribeView(outside, offers)


def _offer(show: Show, feed: Feed, root: str) -> Offer:
    return Offer(
        name=feed.name,
        title=feed.title,
        url=show.url(feed.path),
        address=root + feed.path,
        apps=subscription.apps(show, feed),
        code=root + subscription.code_of(show, feed),
        target=subscription.page_of(show, feed),
    )
