"""Stop what would break listeners' apps, unless a person allows that one change.

Apps know an episode by its guid, its date and the address of its sound, and a feed by its guid
and its address.  Whatever of it differs from the ledger is a :class:`Change` with its
sentence.  ``--allow ITEM:CHANGE`` lets one through and is written into the ledger, which then has
the new state: the same words allow nothing the next time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from podcast.episode import Episode
from podcast.errors import Fault, FeedRefused, Place, Usage, fault
from podcast.ledger import Allowed, Branch, Entry, Ledger, Retired
from podcast.show import FEED, Show
from podcast.workspace import NETWORK, SHOW

OF_SHOW = ("guid", "address")
OF_FEED = ("vanished", "guid", "address")
OF_TEXT = ("vanished", "renamed", "guid", "date", "feeds")
OF_SOUND = ("replaced", "moved", "shorter")
# A correction takes a sentence out; a file that is this much shorter is another file.
_SHORTER = 0.75
# What « podcast init » writes until there is a real address: nobody can follow it.
_PLACEHOLDER = re.compile(r"(.*\.)?example\.(com|net|org)")
# How a feed beside the complete one is called in « --allow ».  No episode's name has a full stop.
_BRANCH = "feeds."


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that apps know and that would be otherwise; ``fault`` tells it."""

    item: str
    kind: str
    was: str
    now: str
    fault: Fault

    @property
    def consent(self) -> str:
        """What lets it through, after ``--allow``."""
        return f"{self.item}:{self.kind}"


def check_words(allow: Iterable[str]) -> None:
    """Raise :class:`Usage` for a consent that no change could have."""
    for consent in allow:
        item, _, kind = consent.rpartition(":")
        kinds: tuple[str, ...] = (*OF_TEXT, *OF_SOUND)
        if item.rpartition("/")[2] in (SHOW, NETWORK):
            kinds = OF_SHOW
        elif item.startswith(_BRANCH):
            kinds = OF_FEED
        if not item or kind not in kinds:
            raise Usage(fault("feed.allow_words", said=consent, known=", ".join(kinds)))


def of_show(known: Ledger, show: Show, file: str = SHOW) -> tuple[Change, ...]:
    """The show under another guid, and a feed that would move without saying so.

    ``file`` says what the show is, or a network.
    """
    if known.channel is None:
        return ()
    was, feed = known.channel, show.url(FEED)
    found = []
    if show.guid != was.guid:
        change = ("guid", was.guid, show.guid)
        found.append(_change(file, *change, "feed.channel_guid", Place(file)))
    followed = not _PLACEHOLDER.fullmatch(urlsplit(was.feed).hostname or "")
    if feed != was.feed and followed and show.previous_feed_url != was.feed:
        address = show.address
        change = ("address", was.feed, feed)
        found.append(_change(file, *change, "feed.address", Place(file), address=address))
    return tuple(found)


def of_feeds(known: Ledger, show: Show) -> tuple[Change, ...]:
    """Feeds of a season, of a language or unlisted ones that are gone, elsewhere or others.

    The show's own address may be another one: :func:`of_show` tells that.
    """
    found = []
    keys = {feed.guid: key for key, feed in show.feeds.items()}
    for key, was in sorted(known.feeds.items()):
        key_now = key if key in show.feeds else keys.get(was.guid)
        if key_now is None:
            change = ("vanished", was.guid, "")
            found.append(_of_feed(key, was, change, "feed.other_vanished"))
            continue
        now, file = show.feeds[key_now], show.feeds[key_now].file(key_now)
        if now.guid != was.guid:
            change = ("guid", was.guid, now.guid or "")
            found.append(_of_feed(key, was, change, "feed.other_guid"))
        if file != was.file:
            change = ("address", show.url(was.file), show.url(file))
            found.append(_of_feed(key, was, change, "feed.other_address"))
    return tuple(found)


def _of_feed(key: str, feed: Branch, change: tuple[str, str, str], sentence: str) -> Change:
    return _change(_BRANCH + key, *change, sentence, Place(SHOW), title=feed.title, key=key)


def of_texts(
    known: Ledger, show: Show, present: Mapping[str, Episode], others: Mapping[str, Episode]
) -> tuple[Change, ...]:
    """What ``episode.md`` files say otherwise than what is published.

    ``present`` are the episodes that would be published, ``others`` the workspace's other ones.
    """
    texts = {**others, **present}
    new_names = {e.guid: slug for slug, e in texts.items() if slug not in known.episodes}
    found = []
    for slug, was in sorted(known.episodes.items()):
        episode, title, place = present.get(slug), was.title or slug, Place(_file(slug))
        if not episode and was.guid in new_names:
            name = new_names[was.guid]
            episode, place = texts[name], Place(_file(name))
            found.append(_change(slug, "renamed", slug, name, "feed.renamed", place, title=title))
        if not episode:
            found.append(_change(slug, "vanished", slug, "", "feed.vanished", place, title=title))
            continue
        if episode.guid != was.guid:
            change = ("guid", was.guid, episode.guid)
            found.append(_change(slug, *change, "feed.guid", place, title=episode.title))
        if episode.date != datetime.fromisoformat(was.date):
            change = ("date", was.date, episode.date.isoformat())
            found.append(_change(slug, *change, "feed.date", place, title=episode.title))
        if left := _left(was, episode, show):
            change = ("feeds", ", ".join(was.feeds), ", ".join(left))
            found.append(_change(slug, *change, "feed.left", place, title=episode.title))
    return tuple(found)


def _left(was: Entry, episode: Episode, show: Show) -> tuple[str, ...]:
    """The feeds that had an episode, are still there, and would have it no more."""
    return tuple(
        key
        for key in was.feeds
        if key in show.feeds and not show.feeds[key].has(episode.season, episode.language)
    )


def of_sounds(known: Ledger, new: Mapping[str, Entry]) -> tuple[Change, ...]:
    """Sounds that are other bytes at their address, or at another address the same, or cut."""
    found = []
    for slug, now in sorted(new.items()):
        was = known.episodes.get(slug)
        if not was:
            continue
        place, title = Place(_file(slug)), now.title
        same = was.sound == now.sound if was.sound else was.length == now.length
        if now.enclosure == was.enclosure and not same:
            change = ("replaced", was.sound or str(was.length), now.sound)
            path = now.enclosure
            found.append(_change(slug, *change, "feed.replaced", place, title=title, path=path))
        elif now.enclosure != was.enclosure and was.sound == now.sound:
            change = ("moved", was.enclosure, now.enclosure)
            found.append(_change(slug, *change, "feed.moved", place, title=title))
        elif now.duration_ms < was.duration_ms * _SHORTER:
            change = ("shorter", str(was.duration_ms), str(now.duration_ms))
            percent = round(now.duration_ms / was.duration_ms * 100)
            found.append(
                _change(slug, *change, "feed.shorter", place, title=title, percent=percent)
            )
    return tuple(found)


def same_guids(known: Ledger, present: Mapping[str, Episode]) -> tuple[Fault, ...]:
    """Episodes that took another's guid: one of today, or one that apps remember."""
    faults = []
    owners = {was.guid: slug for slug, was in known.episodes.items()}
    for slug, episode in sorted(present.items(), key=lambda p: (p[0] not in known.episodes, p[0])):
        place, retired = Place(_file(slug)), known.retired.get(episode.guid)
        other = owners.setdefault(episode.guid, slug)
        if other != slug and other in present:
            facts = {"item": slug, "other": other, "fresh": str(uuid4())}
            faults.append(fault("feed.same_guid", place, **facts))
        elif retired and retired.slug != slug:
            facts = {"item": slug, "other": retired.title, "fresh": str(uuid4())}
            faults.append(fault("feed.retired_guid", place, **facts))
    return tuple(faults)


def agree(changes: Sequence[Change], allow: Iterable[str], kinds: Sequence[str]) -> None:
    """Raise :class:`FeedRefused` with each change that is not allowed.

    Raises :class:`Usage` for a consent of these ``kinds`` that allows nothing: left in a script,
    it would one day allow what nobody has seen.
    """
    if refused := [change.fault for change in changes if change.consent not in allow]:
        raise FeedRefused(refused)
    there = {change.consent for change in changes}
    for consent in allow:
        if consent.rpartition(":")[2] in kinds and consent not in there:
            raise Usage(fault("feed.allow_nothing", said=consent))


def after(known: Ledger, new: Ledger, changes: Iterable[Change]) -> Ledger:
    """The ledger after a publication: what it left, what was allowed, and every guid of before."""
    guids = {entry.guid for entry in new.episodes.values()}
    left = {
        was.guid: Retired(slug, was.title or slug, was.date)
        for slug, was in known.episodes.items()
        if was.guid not in guids
    }
    kept = {guid: was for guid, was in known.retired.items() if guid not in guids}
    told = (Allowed(change.item, change.kind, change.was, change.now) for change in changes)
    episodes = {
        slug: _followed(known.episodes.get(slug), now) for slug, now in new.episodes.items()
    }
    allowed = (*known.allowed, *told)
    return replace(new, episodes=episodes, retired={**kept, **left}, allowed=allowed)


def _followed(was: Entry | None, now: Entry) -> Entry:
    """The entry with the sound that was there before."""
    if was is None:
        return now
    former = was.former if was.enclosure == now.enclosure else was.enclosure
    return replace(now, former=former) if former else now


def corrected(known: Ledger, new: Ledger) -> tuple[str, ...]:
    """The episodes whose sound is another one, at another address, under the same guid."""
    return tuple(
        slug
        for slug, now in sorted(new.episodes.items())
        if (was := known.episodes.get(slug)) and was.enclosure != now.enclosure
    )


def behind(known: Ledger, new: Ledger) -> tuple[str, ...]:
    """New episodes that are older than one that apps know: they will not come first."""
    newest = max(
        (datetime.fromisoformat(was.date) for was in known.episodes.values()), default=None
    )
    guids = {was.guid for was in known.episodes.values()}
    return tuple(
        slug
        for slug, now in sorted(new.episodes.items())
        if newest and now.guid not in guids and datetime.fromisoformat(now.date) < newest
    )


def _file(slug: str) -> str:
    """The file of an episode; a network names one by its show and itself."""
    show, slash, own = slug.rpartition("/")
    return f"{show}{slash}episodes/{own}/episode.md"


def _change(
    item: str, kind: str, was: str, now: str, sentence: str, place: Place, **facts: str | int
) -> Change:
    facts = {"item": item, "was": was, "now": now, "allow": f"{item}:{kind}", **facts}
    told = fault(sentence, place, **facts)
    return Change(item, kind, was, now, told)
