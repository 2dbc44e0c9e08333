"""Remember what was published, so that no later change breaks what listeners' apps hold.

``published.json`` is small, sorted and committed: the show's identifier and feed, its other feeds,
what apps know of each episode, what waits for its date, the guids that may never be used again, and
what a person has allowed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_origin, get_type_hints

from podcast.errors import Fixable, Place, fault
from podcast.published import Publication
from podcast.show import FEED

T = TypeVar("T")
SCHEMA = "published/2"
_BEFORE = "published/1"
_JSON = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Channel:
    """What apps know of the show: its ``podcast:guid``, and the address of its feed."""

    guid: str
    feed: str


@dataclass(frozen=True, slots=True)
class Branch:
    """What apps know of a feed beside the complete one: ``file`` is its path below the site."""

    guid: str
    file: str
    title: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What apps know of an episode.

    ``enclosure`` is a path below the site, ``length`` its bytes, ``sound`` their SHA-256,
    ``text`` the digest of the transcript; ``former`` is the path of the sound before this one, and
    ``feeds`` are the keys of the other feeds that have it.  A ledger of the first kind has no
    title, sound or duration: they are then "" and 0, until the next publish.
    """

    guid: str
    date: str
    enclosure: str
    length: int
    text: str
    title: str = ""
    sound: str = ""
    duration_ms: int = 0
    former: str = ""
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """An episode that a person has released before its date.

    ``text`` is the digest of its transcript; ``forced`` whether it was taken for right although
    hardly any of it was found in the sound.
    """

    text: str
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Retired:
    """An episode that a guid belonged to: apps remember it, so it may never name another."""

    slug: str
    title: str
    date: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """A change that a person has let through: to an episode (its slug) or ``podcast.yaml``."""

    item: str
    change: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that was published, and what waits for its date.

    ``channel`` is ``None`` where nothing was published, or not known.
    """

    channel: Channel | None = None
    episodes: Mapping[str, Entry] = field(default_factory=dict)
    """By slug."""
    retired: Mapping[str, Retired] = field(default_factory=dict)
    """By guid."""
    allowed: tuple[Allowed, ...] = ()
    """In the order in which it was allowed."""
    waiting: Mapping[str, Waiting] = field(default_factory=dict)
    """By slug: what ``podcast due`` may publish; it stays here until it is also sent."""
    feeds: Mapping[str, Branch] = field(default_factory=dict)
    """By their key in ``podcast.yaml``."""

    def text_of(self, slug: str) -> str | None:
        """The digest of the text that a person has last released, if one was."""
        found = self.episodes.get(slug) or self.waiting.get(slug)
        return found.text if found else None


def read(text: str, file: str) -> Ledger:
    """What a ``published.json`` says; raises :class:`Fixable` where the file is damaged."""
    try:
        tree: Any = json.loads(text)
        if tree["schema"] not in (SCHEMA, _BEFORE):
            raise ValueError(tree["schema"])
        channel = tree.get("show")
        return Ledger(
            _made(Channel, channel) if channel else None,
            {slug: _entry(entry) for slug, entry in tree["episodes"].items()},
            {guid: _made(Retired, entry) for guid, entry in tree.get("retired", {}).items()},
            tuple(_made(Allowed, entry) for entry in tree.get("allowed", ())),
            {slug: _made(Waiting, entry) for slug, entry in tree.get("waiting", {}).items()},
            {key: _made(Branch, entry) for key, entry in tree.get("feeds", {}).items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Fixable(fault("ledger.broken", Place(file))) from error


def _entry(said: Any) -> Entry:
    feeds = said.get("feeds", [])
    if type(feeds) is not list or not all(type(key) is str for key in feeds):
        raise TypeError("feeds")
    entry = _made(Entry, {**said, "feeds": tuple(feeds)})
    if datetime.fromisoformat(entry.date).tzinfo is None:
        raise ValueError(entry.date)
    return entry


@cache
def _kinds(cls: Any) -> dict[str, Any]:
    """What kind of value each field holds; finding out takes long."""
    return {name: get_origin(hint) or hint for name, hint in get_type_hints(cls).items()}


def _made(cls: type[T], said: Any) -> T:
    """One line of the file; raises :class:`TypeError` where a value is of another kind."""
    made = cls(**said)
    kind: Any = cls
    wanted = _kinds(kind)
    for name, value in said.items():
        if type(value) is not wanted[name]:
            raise TypeError(name)
    return made


def render(ledger: Ledger) -> str:
    """The file's text: sorted, a line for each thing, so that a change reads well in git."""
    parts = [f' "schema": "{SCHEMA}"']
    if ledger.channel:
        parts.append(f' "show": {_line(ledger.channel)}')
    if ledger.feeds:
        parts.append(_block("feeds", ledger.feeds))
    parts.append(_block("episodes", ledger.episodes))
    if ledger.waiting:
        parts.append(_block("waiting", ledger.waiting))
    if ledger.retired:
        parts.append(_block("retired", ledger.retired))
    if ledger.allowed:
        lines = ",\n".join(f"  {_line(entry)}" for entry in ledger.allowed)
        parts.append(f' "allowed": [\n{lines}\n ]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _block(name: str, entries: Mapping[str, Entry | Retired | Waiting | Branch]) -> str:
    lines = [f"  {json.dumps(key)}: {_line(entries[key])}" for key in sorted(entries)]
    return f' "{name}": {{\n' + ",\n".join(lines) + "\n }"


def _line(entry: Channel | Branch | Entry | Retired | Waiting | Allowed) -> str:
    kind: Any = type(entry)
    values = ((name, getattr(entry, name), unsaid) for name, unsaid in _unsaid(kind))
    return _JSON.encode({name: value for name, value, unsaid in values if value != unsaid})


@cache
def _unsaid(cls: Any) -> tuple[tuple[str, object], ...]:
    """Each field with the value that is not written."""
    return tuple((f.name, f.default) for f in fields(cls))


def recorded(publication: Publication, texts: Mapping[str, str]) -> Ledger:
    """What a publication leaves; ``texts`` are digests of the transcripts by slug."""
    show = publication.show
    entries = {
        p.episode.slug: Entry(
            p.episode.guid,
            p.episode.date.isoformat(),
            p.enclosure.path,
            p.enclosure.length,
            texts[p.episode.slug],
            p.episode.title,
            p.enclosure.sha256,
            p.enclosure.duration_ms,
            feeds=tuple(
                sorted(
                    k for k, o in show.feeds.items() if o.has(p.episode.season, p.episode.language)
                )
            ),
        )
        for p in publication.episodes
    }
    feeds = {k: Branch(o.guid or "", o.file(k), o.title) for k, o in show.feeds.items()}
    return Ledger(Channel(show.guid, show.url(FEED)), entries, feeds=feeds)
