"""The site on this disk, as it is sent: its files, and what its feed says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from podcast.deploying import FEED, File
from podcast.errors import Fixable, Place, fault
from podcast.live_feed import LiveFeed, read_feed
from podcast.memo import Digests
from podcast.show import Show
from podcast.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Site:
    """The site on this disk."""

    files: Mapping[str, File]
    folder: Path
    feed: LiveFeed
    """What ``feed.xml`` says."""
    episodes: Mapping[str, str]
    """Of every feed, its older parts too: guid → title."""
    sounds: Mapping[str, int]
    """Of every feed: address → length as announced."""


def read_site(space: Workspace, show: Show) -> Site:
    """The files of ``site/``; raises :class:`Fixable` where they do not fit together."""
    if not (space.site / FEED).is_file():
        raise Fixable(fault("serve.nothing"))
    digests = Digests(space.cache / "site-digests.json")
    files = {}
    for path in sorted(space.site.rglob("*")):
        if path.is_symlink():
            raise Fixable(fault("deploy.link", Place(space.name(path))))
        if path.is_file():
            name = path.relative_to(space.site).as_posix()
            files[name] = File(digests.of(path), path.stat().st_size)
    digests.save()
    feeds = {
        path: read_feed((space.site / path).read_bytes()) for path in files if path.endswith(".xml")
    }
    feed = feeds[FEED]
    known = [found for found in feeds.values() if found]
    sounds = {sound.url: sound.length for found in known for sound in found.sounds}
    sizes = {show.announced(path): file.size for path, file in files.items()}
    if feed is None or any(sizes.get(url) != length for url, length in sounds.items()):
        raise Fixable(fault("deploy.unfit", Place("site/")))
    episodes = {guid: title for found in known for guid, title in found.episodes.items()}
    return Site(files, space.site, feed, episodes, sounds)
