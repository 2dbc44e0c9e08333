"""The page on subscribing: the feed's address, the apps that open it, and how it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from podcast import subscription
from podcast.frame import Frame, frame
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


def views(
    publication: Publication, assets: Mapping[str, str]
) -> Iterator[tuple[str, SubscribeView]]:
    """One page."""
    show = publication.show
    around = frame(publication, show.language, f"{subscription.folder(show)}index.html", assets)
    offers = tuple(_offer(show, feed, around.root) for feed in subscription.feeds(show))
    yield around.path, SubscribeView(around, offers)


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
