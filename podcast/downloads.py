"""Count how often episodes were downloaded by people, from requests, without following anybody.

The rules are those of the IAB Podcast Measurement Technical Guidelines 2.1: robots are left out;
so are watches, which ask again for what their telephone has; all that one program at one address
asks of one episode within 24 hours is one download, if it got a minute of sound.  What players ask
for before anybody has pressed play is far less than that.  No address is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network

from podcast.access_log import Request, Strange

WINDOW = timedelta(hours=24)
MINUTE_MS = 60_000
# The name of a sound: « audio/episode-3.8be2c08a.mp3 », of any time.
_SOUND = re.compile(r"audio/([^/]+)\.[0-9a-f]{8}\.(?:mp3|m4a|opus)")
_WATCH = re.compile(r"watchos|apple watch", re.IGNORECASE)
# Apps whose names the list of robots takes for a robot's: they say a web address, or their library.
_APPS = re.compile(r"AntennaPod/|Overcast/.*podcast app|Podcast ?Addict|Podverse/|gPodder/")
# Robots of podcasting that the list lacks: Apple's, Google's and the index's.
_ROBOTS = re.compile(r"^iTMS|Podcast(?:s|Index)?[ -]?(?:bot|crawler|parser)|Feed Parser", re.I)
_FORGET_EVERY = 50_000


@dataclass(frozen=True, slots=True)
class Sound:
    """A published episode; ``enough`` is how many bytes of its file hold a minute of sound."""

    slug: str
    title: str
    enough: int


@dataclass(frozen=True, slots=True)
class Downloads:
    """How often each episode was downloaded on each day, and what was not counted."""

    days: Mapping[tuple[str, date], int] = field(default_factory=dict)
    """By slug and day; the day is that of the server's clock when the download began."""
    robots: int = 0
    """Requests of programs that say they are robots."""
    watches: int = 0
    """Requests of watches."""
    short: int = 0
    """Beginnings that got less than a minute of sound."""
    strange: tuple[Strange, ...] = ()
    """The first lines that were not understood."""
    strangers: int = 0
    """How many there were."""

    @property
    def total(self) -> int:
        """All downloads."""
        return sum(self.days.values())

    def of(self, slug: str) -> int:
        """The downloads of one episode."""
        return sum(n for (each, _), n in self.days.items() if each == slug)


def enough(length: int, tag: int, duration_ms: int) -> int:
    """Bytes that hold the tag and a minute of sound, or the whole of what is shorter."""
    if duration_ms <= MINUTE_MS:
        return length
    return tag + (length - tag) * MINUTE_MS // duration_ms


def counted(
    requests: Iterable[Request | Strange], sounds: Mapping[str, Sound], folder: str = "/"
) -> Downloads:
    """Count; ``sounds`` are by slug, ``folder`` is the path of the show on its server."""
    days: Counter[tuple[str, date]] = Counter()
    robots = watches = short = strangers = 0
    strange: list[Strange] = []
    windows: dict[tuple[str, str, str], _Window] = {}
    for number, request in enumerate(requests):
        if isinstance(request, Strange):
            strangers += 1
            strange += [request] if strangers <= 3 else []
            continue
        found = _SOUND.fullmatch(request.path.removeprefix(folder))
        if not found or found[1] not in sounds:
            continue
        if is_robot(request.agent):
            robots += 1
            continue
        if _WATCH.search(request.agent):
            watches += 1
            continue
        slug = found[1]
        key = (household(request.address), request.agent, slug)
        window = windows.get(key)
        if window is None or abs(request.moment - window.began) >= WINDOW:
            short += window is not None and not window.counted
            window = windows[key] = _Window(request.moment)
        window.sent += request.sent
        if not window.counted and window.sent >= sounds[slug].enough:
            window.counted = True
            days[slug, window.began.date()] += 1
        if number % _FORGET_EVERY == 0:
            old = [k for k, w in windows.items() if request.moment - w.began > 2 * WINDOW]
            short += sum(not windows.pop(key).counted for key in old)
    short += sum(not window.counted for window in windows.values())
    return Downloads(dict(days), robots, watches, short, tuple(strange), strangers)


@dataclass(slots=True)
class _Window:
    """What one program at one address has got of one episode since the beginning."""

    began: datetime
    sent: int = 0
    counted: bool = False


@cache
def is_robot(agent: str) -> bool:
    """Whether a program is a robot by its own name; one without a name is."""
    from crawleruseragents import is_crawler

    if agent in ("", "-") or _ROBOTS.search(agent):
        return True
    return not _APPS.search(agent) and bool(is_crawler(agent))


def household(address: str) -> str:
    """Who asks: a device often takes another IPv6 address, and keeps its first half (RFC 8981)."""
    try:
        if isinstance(ip_address(address), IPv6Address):
            return str(ip_network((address, 64), strict=False))
    except ValueError:
        pass  # a name
    return address
