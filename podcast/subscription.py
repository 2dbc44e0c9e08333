"""The ways to subscribe to a feed: its address, and the apps that can be told to open it.

The addresses by which apps take a feed were looked up, never guessed:

    AntennaPod       the link that its documentation for podcasters gives; it explains itself to
                     those who lack the app (its own scheme loses the colon of « https: »)
    Podcast Addict   a web address that the app takes over, with a page for everybody else
    Pocket Casts     IntentUtil.getPodloveUrl of its source: the address without « https:// »
    Apple Podcasts   podcast:, since iOS 11 (podlove-subscribe-button, issue 131)
    Overcast         its x-callback-url
    gPodder          its own scheme before the whole address (subscribe_to_url, 3.11.1)

Spotify and Deezer open no feed: they are offered where the show says what its address there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from podcast.show import FEED, Show
from podcast.wording import nearest


@dataclass(frozen=True, slots=True)
class App:
    """An app, the address that subscribes in it, and the devices that it is for, by their names."""

    name: str
    address: str
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that people can subscribe to: its title, and its path below the site."""

    title: str
    path: str = FEED

    @property
    def name(self) -> str:
        """What it is called in addresses."""
        return self.path.removesuffix(".xml").replace("/", "-")


def feeds(show: Show) -> tuple[Feed, ...]:
    """Every feed that anybody may know of, the whole show's first."""
    others = (Feed(o.title, o.file(key)) for key, o in show.feeds.items() if not o.unlisted)
    return (Feed(show.title), *others)


def folder(show: Show) -> str:
    """Where the page on subscribing is."""
    return "abonnement/" if nearest(show.language) == "fr" else "subscribe/"


def page_of(show: Show, feed: Feed) -> str:
    """The address on the web of what the page says of a feed; the page's own if there is one."""
    anchor = "" if len(feeds(show)) == 1 else f"#{feed.name}"
    return show.url(folder(show)) + anchor


def code_of(show: Show, feed: Feed) -> str:
    """The path below the site of the picture (QR code) that leads a telephone to the page."""
    return f"{folder(show)}{feed.name}.svg"


def apps(show: Show, feed: Feed) -> tuple[App, ...]:
    """The apps for a feed: those that the show names, then those that open any feed.

    What the show says of an app goes before what is known of it; its addresses lead to the show
    as a whole, so that a feed of a part has none of them.
    """
    url = show.url(feed.path)
    bare, whole = url.partition("://")[2], quote(url, safe="")
    title = quote(feed.title, safe="")
    opening = (
        App(
            "AntennaPod",
            f"https://antennapod.org/deeplink/subscribe?url={whole}&title={title}",
            ("Android",),
        ),
        App("Podcast Addict", f"https://podcastaddict.com/feed/{whole}", ("Android",)),
        App("Pocket Casts", f"pktc://subscribe/{bare}", ("Android", "iPhone", "iPad")),
        App("Apple Podcasts", f"podcast://{bare}", ("iPhone", "iPad", "Mac")),
        App("Overcast", f"overcast://x-callback-url/add?url={whole}", ("iPhone", "iPad")),
        App("gPodder", f"gpodder:{url}", ("Linux",)),
    )
    if feed.path != FEED:
        return opening
    given = {name.casefold(): address for name, address in show.subscribe.items()}
    known = {app.name.casefold(): app for app in opening}
    return (
        *(
            App(name, address, known[name.casefold()].devices if name.casefold() in known else ())
            for name, address in show.subscribe.items()
        ),
        *(app for key, app in known.items() if key not in given),
    )
