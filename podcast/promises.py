"""What must hold before any long work: numbers and guids, and what apps know already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from podcast import guard
from podcast.episode import Episode
from podcast.errors import Fault, FeedRefused, Fixable, Place, fault
from podcast.ledger import Ledger
from podcast.work import Work
from podcast.workspace import line_of


def promised(
    work: Work, slugs: Sequence[str], known: Ledger, allow: Sequence[str] = ()
) -> tuple[dict[str, Episode], tuple[guard.Change, ...]]:
    """The episodes to publish by slug, and the changes of what apps know that are allowed.

    Raises :class:`Fixable` for faulty files and numbers given twice, and
    :class:`podcast.errors.FeedRefused` for a change that nobody has allowed.
    """
    guard.check_words(allow)
    there = set(work.workspace.slugs())
    retiring = {slug for slug in known.episodes if f"{slug}:vanished" in allow}
    present = _episodes(work, slugs)
    present |= _episodes(
        work, sorted({s for s in known.episodes if s in there} - retiring - set(present))
    )
    others: dict[str, Episode] = {}
    if known.episodes.keys() - present:
        others = _episodes(work, sorted(there - set(present)), strict=False)
    if guids := guard.same_guids(known, present):
        raise FeedRefused(guids)
    if faults := _numbered_twice(work, present, known):
        raise Fixable(faults)
    changes = (
        *guard.of_show(known, work.show),
        *guard.of_feeds(known, work.show),
        *guard.of_texts(known, work.show, present, others),
    )
    guard.agree(changes, allow, (*guard.OF_SHOW, *guard.OF_FEED, *guard.OF_TEXT))
    renamed = {change.now: others[change.now] for change in changes if change.now in others}
    return dict(sorted({**present, **renamed}.items())), changes


def _episodes(work: Work, slugs: Sequence[str], strict: bool = True) -> dict[str, Episode]:
    """Episodes by slug; raises :class:`Fixable` with the faults of all, if it is ``strict``."""
    read: dict[str, Episode] = {}
    faults: list[Fault] = []
    for slug in slugs:
        try:
            read[slug] = work.shelf.episode(slug)
        except Fixable as error:
            faults += error.faults
    if faults and strict:
        raise Fixable(faults)
    return read


def _numbered_twice(work: Work, present: Mapping[str, Episode], known: Ledger) -> list[Fault]:
    """Full episodes in one language that have the same number in the same season."""
    faults = []
    first: dict[tuple[object, ...], str] = {}
    for slug in sorted(present, key=lambda slug: (slug not in known.episodes, slug)):
        episode = present[slug]
        if episode.number is None or episode.type != "full":
            continue
        numbered = (episode.language, episode.season, episode.number)
        other = first.setdefault(numbered, slug)
        if other != slug:
            place = _place(work, slug, "number")
            number = episode.number
            faults.append(fault("episode.same_number", place, number=number, other=other))
    return faults


def _place(work: Work, slug: str, key: str) -> Place:
    file = work.workspace.episode_file(slug)
    return Place(work.workspace.name(file), line_of(work.workspace.text(file), key))
