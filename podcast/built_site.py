"""The site on this disk, as it is sent: its files, and what its feeds say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from podcast.deploying import FEED, File, is_feed_of_show
from podcast.destination import Deploy
from podcast.errors import Fixable, Place, fault
from podcast.live_feed import LiveFeed, read_feed
from podcast.memo import Digests
from podcast.workspace import SHOW, Workspace


class Addressed(Protocol):
    """A show, or a network with all its shows: where files are found, and where they are sent."""

    @property
    def title(self) -> str:
        """Its name."""
        ...

    @property
    def address(self) -> str:
        """Where the site is found on the web."""
        ...

    @property
    def deploy(self) -> Deploy | None:
        """Where the site is sent."""
        ...

    def url(self, path: str) -> str:
        """The address on the web of a path below the site."""
        ...

    def announced(self, path: str) -> str:
        """The address by which feeds name a sound."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """The site on this disk."""

    files: Mapping[str, File]
    folder: Path
    feeds: Mapping[str, LiveFeed]
    """What the complete feed says, and in a network that of each show, by path."""
    episodes: Mapping[str, Mapping[str, str]]
    """Of each of these with its older parts and the feeds beside it, by its path: guid → title."""
    sounds: Mapping[str, int]
    """Of every feed: address → length as announced."""

    @property
    def feed(self) -> LiveFeed:
        """What ``feed.xml`` says."""
        return self.feeds[FEED]


def read_site(space: Workspace, show: Addressed) -> Site:
    """The files of ``site/``; raises :class:`Fixable` where they do not fit together."""
    of_show = space.said_in == SHOW
    if not (space.site / FEED).is_file():
        raise Fixable(fault("serve.nothing" if of_show else "network.not_built"))
    digests = Digests(space.cache / "site-digests.json")
    files = {}
    for path in sorted(space.site.rglob("*")):
        if path.is_symlink():
            raise Fixable(fault("deploy.link", Place(space.name(path))))
        if path.is_file():
            name = path.relative_to(space.site).as_posix()
            files[name] = File(digests.of(path), path.stat().st_size)
    digests.save()
    known: dict[str, LiveFeed] = {}
    unread = False
    for name in (path for path in files if path.endswith(".xml")):
        feed = read_feed((space.site / name).read_bytes())
        if feed:
            known[name] = feed
        unread = unread or (feed is None and is_feed_of_show(name))
    sounds = {sound.url: sound.length for found in known.values() for sound in found.sounds}
    sizes = {show.announced(path): file.size for path, file in files.items()}
    if unread or any(sizes.get(url) != length for url, length in sounds.items()):
        raise Fixable(fault("deploy.unfit" if of_show else "network.unfit", Place("site/")))
    feeds = {path: feed for path, feed in known.items() if is_feed_of_show(path)}
    return Site(files, space.site, feeds, {path: _beside(path, known) for path in feeds}, sounds)


def _beside(path: str, known: Mapping[str, LiveFeed]) -> dict[str, str]:
    """The episodes of a feed, and of those in the same folder."""
    folder = path.rpartition("/")[0]
    of = (feed for other, feed in known.items() if other.rpartition("/")[0] == folder)
    return {guid: title for feed in of for guid, title in feed.episodes.items()}
