"""When the next episode of a show comes out, by the rule that it names or as its last ones did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from podcast.directory import UpdateFrequency
from podcast.listed import following

# So many episodes at the same hour and a regular distance are a habit; more may be a former one.
_FEWEST, _MOST = 3, 5
_DAY = timedelta(days=1)


def next_date(
    known: Iterable[datetime], now: datetime, frequency: UpdateFrequency | None = None
) -> datetime | None:
    """The next moment of the show's rhythm after now and after all known ones; ``None`` without.

    ``known`` are the dates of its episodes, ``now`` is in this machine's zone.
    """
    dates = sorted(known)
    newest = dates[-1] if dates else now
    walls = [moment.replace(tzinfo=None) for moment in dates]
    here = on_the_wall(now, newest)
    wall = None
    if frequency and frequency.rrule:
        begin = _first_day(frequency.start) or (walls[-1].date() if walls else None)
        if begin:
            hour = walls[-1].time() if walls else USUAL
            after = max([here, *walls[-1:]])
            wall = following(frequency.rrule, datetime.combine(begin, hour), after)
    elif step := _step(walls[-_MOST:]):
        wall = walls[-1] + step
        if wall <= here:
            wall += step * ((here - wall) // step + 1)
    return zoned(wall, newest) if wall else None


USUAL = time(6)
"""The hour of an episode where nothing says another: before people go to work."""


def _step(walls: list[datetime]) -> timedelta | None:
    """The distance between dates at the same hour, of which some may have been left out."""
    gaps = [later - earlier for earlier, later in pairwise(walls)]
    if len(walls) < _FEWEST or any(gap % _DAY or not gap for gap in gaps):
        return None
    step = min(gaps)
    return None if any(gap % step for gap in gaps) else step


def _first_day(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said or "")
    except ValueError:  # apps take any text here
        return None


def on_the_wall(moment: datetime, like: datetime) -> datetime:
    """What a clock shows where ``like`` was written."""
    if _here(like):
        return moment.astimezone().replace(tzinfo=None)
    return moment.astimezone(like.tzinfo).replace(tzinfo=None)


def zoned(wall: datetime, like: datetime) -> datetime:
    """A wall clock's time where ``like`` was written.

    This machine's zone knows summer and winter; a date has only its offset from UTC.
    """
    return wall.astimezone() if _here(like) else wall.replace(tzinfo=like.tzinfo)


def _here(moment: datetime) -> bool:
    """Whether this machine's clock would have shown the same."""
    return moment.astimezone().utcoffset() == moment.utcoffset()
