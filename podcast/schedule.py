"""When listeners get an episode: at the moment of its date, once a person has released it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from podcast.episode import Episode
from podcast.errors import Outside, fault
from podcast.ledger import Ledger, Waiting

# A date that is set to tomorrow morning and published today is no sign of a wrong clock.
_AHEAD = timedelta(days=1)


def check_clock(dates: Mapping[str, datetime], now: datetime) -> None:
    """Raise :class:`Outside` for a clock that is before the newest of the published episodes."""
    slug = max(dates, key=lambda slug: dates[slug], default="")
    if slug and now < dates[slug] - _AHEAD:
        raise Outside(fault("clock.behind", now=now, slug=slug, date=dates[slug]))


def published(known: Ledger, episodes: Iterable[Episode]) -> dict[str, datetime]:
    """The dates of those that apps know, by slug, whatever of them has changed since."""
    guids = {entry.guid for entry in known.episodes.values()}
    return {e.slug: e.date for e in episodes if e.slug in known.episodes or e.guid in guids}


def later(known: Ledger, episodes: Iterable[Episode], now: datetime) -> tuple[Episode, ...]:
    """Those that have no public address yet, because their date is to come.

    What apps know already stays, whatever its date.  Raises :class:`Outside` for a wrong clock.
    """
    episodes = list(episodes)
    dates = published(known, episodes)
    check_clock(dates, now)
    return tuple(e for e in episodes if e.slug not in dates and e.date > now)


def waiting(
    known: Ledger, new: Mapping[str, Waiting], there: Collection[str]
) -> dict[str, Waiting]:
    """What waits now, by slug: what did already and is still ``there``, and what is ``new``."""
    return {**{slug: was for slug, was in known.waiting.items() if slug in there}, **new}
