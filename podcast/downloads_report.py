"""The downloads of a show in a picture, in a table for it, and by episode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from podcast.dates import long_date
from podcast.downloads import Downloads, Sound
from podcast.wording import Wording

TEMPLATE = "downloads.html"
STYLE = "downloads.css"
_UNITS, _HEIGHT = 1000, 300
_MOST = {"day": 45, "week": 60}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A day, a week or a month with its downloads."""

    label: str
    downloads: int


@dataclass(frozen=True, slots=True)
class Row:
    """An episode: all its downloads, and those of the last seven days that the log knows."""

    slug: str
    title: str
    downloads: int
    lately: int


@dataclass(frozen=True, slots=True)
class DownloadsReport:
    """All that the page shows; ``curve`` is SVG path data, 1000 units wide and 300 high."""

    language: str
    words: Wording
    style: Markup
    policy: str
    show: str
    show_language: str
    first: str
    last: str
    total: int
    per: str
    curve: str
    most: int
    stretches: tuple[Stretch, ...]
    episodes: tuple[Row, ...]
    left_out: Mapping[str, int]


def by_episode(found: Downloads, sounds: Mapping[str, Sound]) -> tuple[Row, ...]:
    """Every episode, the most downloaded first."""
    last = max((day for _, day in found.days), default=date.min)
    lately: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for (slug, day), n in found.days.items():
        whole[slug] += n
        lately[slug] += n if last - day < timedelta(days=7) else 0
    rows = (Row(slug, sound.title, whole[slug], lately[slug]) for slug, sound in sounds.items())
    return tuple(sorted(rows, key=lambda row: (-row.downloads, row.slug)))


def report(
    words: Wording, show: tuple[str, str], found: Downloads, sounds: Mapping[str, Sound]
) -> DownloadsReport:
    """The page for a show (its title and language) with at least one download."""
    per, stretches = over_time(found, words)
    days = [day for _, day in found.days]
    most = max(stretch.downloads for stretch in stretches)
    return DownloadsReport(
        words.language,
        words,
        Markup(),
        "",
        *show,
        long_date(min(days), words.language),
        long_date(max(days), words.language),
        found.total,
        per,
        _curve(stretches, most),
        most,
        stretches,
        by_episode(found, sounds),
        {"robots": found.robots, "watches": found.watches, "short": found.short},
    )


def over_time(found: Downloads, words: Wording) -> tuple[str, tuple[Stretch, ...]]:
    """Every day, week or month from the first to the last download, empty ones too."""
    sums: Counter[date] = Counter()
    for (_, day), n in found.days.items():
        sums[day] += n
    first, last = min(sums), max(sums)
    days = (last - first).days + 1
    per = "day" if days <= _MOST["day"] else "week" if days <= 7 * _MOST["week"] else "month"
    grouped: Counter[date] = Counter()
    for day in (first + timedelta(n) for n in range(days)):
        grouped[_start(day, per)] += sums[day]
    return per, tuple(
        Stretch(words.say(f"stats.{per}", date=_named(start, per, words)), n)
        for start, n in sorted(grouped.items())
    )


def _start(day: date, per: str) -> date:
    if per == "week":
        return day - timedelta(day.weekday())
    return day.replace(day=1) if per == "month" else day


def _named(start: date, per: str, words: Wording) -> str:
    told = long_date(start, words.language)
    # « 1er mars 2026 » and « March 1, 2026 »: the month and the year.
    return told if per != "month" else " ".join(
        part for part in told.replace(",", "").split() if not part[0].isdigit() or len(part) == 4
    )  # fmt: skip


def _curve(stretches: Sequence[Stretch], most: int) -> str:
    step = _UNITS / max(1, len(stretches) - 1)
    points = [
        f"{round(at * step)} {_HEIGHT - round(_HEIGHT * each.downloads / most)}"
        for at, each in enumerate(stretches)
    ]
    # One point alone is a line across.
    return f"M{'L'.join(points if len(points) > 1 else [points[0], f'{_UNITS} 0'])}"
