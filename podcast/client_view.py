"""Look at what was sent as a listener's app does, and tell it: a line for each thing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from hashlib import sha256

from podcast import reachable
from podcast.built_site import Addressed, Site
from podcast.deploying import FEED
from podcast.errors import Fault, Outside, Place, fault
from podcast.live_feed import read_feed
from podcast.reachable import Seen
from podcast.report import Reporter
from podcast.served_as import media_type


def look_at_sounds(
    show: Addressed, site: Site, paths: Sequence[str], report: Reporter, at: str = ""
) -> None:
    """Raise :class:`Outside` with everything that an app would fail on.

    ``at`` is the machine to ask, where the show's name does not lead there yet.
    """
    faults: list[Fault] = []
    with reachable.client(of=show.address, at=at) as http:
        for path in paths:
            kind = media_type(path)
            seen = reachable.sound(http, show.url(path), site.files[path].size, kind)
            if seen.wrong:
                faults.append(_fault(seen))
            else:
                report.say("seen.sound", url=seen.url, megabytes=seen.length / 1e6, kind=kind)
                _tell_hops(seen, report)
    if faults:
        raise Outside(faults)


def look_at_captions(show: Addressed, paths: Sequence[str], report: Reporter, at: str = "") -> None:
    """Tell captions that are given out wrongly, once: some browsers and players are strict."""
    path = next((path for path in paths if path.endswith(".vtt")), None)
    if path:
        kind = media_type(path).partition(";")[0]
        with reachable.client(of=show.address, at=at) as http:
            seen = reachable.text(http, show.url(path), kind)
        if seen.wrong:
            report.say("seen.captions", url=seen.url, found=seen.found, wanted=kind)
        elif not seen.shared:
            report.say("seen.not_shared", url=seen.url)


def look_at_feed(
    show: Addressed,
    site: Site,
    report: Reporter,
    at: str = "",
    patience_s: float = 0,
    path: str = FEED,
) -> None:
    """Raise :class:`Outside` where listeners get no feed, or another show's.

    An older feed of ours is only told: caches may keep one.  A host that shows things late is
    asked again for ``patience_s``.
    """
    url = show.url(path)
    until = time.monotonic() + patience_s
    told = False
    with reachable.client(of=show.address, at=at) as http:
        while True:
            seen = reachable.page(http, url)
            same = sha256(seen.content).hexdigest() == site.files[path].sha
            if same or time.monotonic() >= until:
                break
            if not told:
                report.say("seen.waits", n=round(patience_s / 60))
                told = True
            time.sleep(5)
    if seen.wrong:
        raise Outside(fault("seen.feed", Place(url), found=seen.found))
    found = read_feed(seen.content)
    if found is None or found.guid != site.feeds[path].guid:
        raise Outside(fault("seen.no_feed", Place(url), kind=seen.media_type or "-"))
    report.say("seen.feed" if same else "seen.feed_old", url=url, n=len(found.episodes))
    _tell_hops(seen, report)


def _tell_hops(seen: Seen, report: Reporter) -> None:
    if seen.hops:
        report.say("seen.hops", n=len(seen.hops), url=seen.hops[-1])


def _fault(seen: Seen) -> Fault:
    return fault(seen.wrong, Place(seen.url), found=seen.found, wanted=seen.wanted)
