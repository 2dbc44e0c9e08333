"""What is at a place, what a site changes there, and in which order: pure values.

``.publish/deploy.json`` at the place says which files are ours (``files``), which an unfinished
run may have put (``pending``) and which sounds of it are there (``arrived``), which have become old
(``stale``), and which episodes the feed had; of a network also which each show's feed had
(``feeds``).
A file that is in none of them is somebody else's and is never touched.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from podcast.errors import Outside, fault
from podcast.served_as import is_kept, is_lasting, is_sound

STATE, LOCK = ".publish/deploy.json", ".publish/lock.json"
SCHEMA = "deploy/1"
FEED, INDEX = "feed.xml", "index.html"


@dataclass(frozen=True, slots=True)
class File:
    """A file's content in two numbers: SHA-256 and bytes."""

    sha: str
    size: int


@dataclass(frozen=True, slots=True)
class State:
    """What a place says of itself; ``audio`` is where its sound files are, if elsewhere.

    ``guids`` are the episodes of the feed that is put last, ``feeds`` those of other shows' feeds.
    """

    files: Mapping[str, File] = field(default_factory=dict)
    pending: Mapping[str, File] = field(default_factory=dict)
    stale: tuple[str, ...] = ()
    guids: tuple[str, ...] = ()
    audio: str = ""
    arrived: tuple[str, ...] = ()
    feeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do, each in its order; paths are below the place.

    ``feed`` are the feeds, and of a network the pages that are none of a show's.
    """

    audio: tuple[str, ...]
    assets: tuple[str, ...]
    pages: tuple[str, ...]
    feed: tuple[str, ...]
    stale: tuple[str, ...]
    intent: State
    after: State

    @property
    def todo(self) -> tuple[str, ...]:
        """Everything that is put."""
        return (*self.audio, *self.assets, *self.pages, *self.feed)


def read_state(text: bytes | None) -> State | None:
    """What the place says; ``None`` where it says nothing, or nothing that can be read.

    Raises :class:`Outside` where a later version of this program has written it.
    """
    if text is None:
        return None
    try:
        tree: Any = json.loads(text)
        schema = tree["schema"]
        if schema == SCHEMA:
            return State(
                {path: File(*file) for path, file in tree["files"].items()},
                {path: File(*file) for path, file in tree["pending"].items()},
                tuple(tree["stale"]),
                tuple(tree["guids"]),
                tree["audio"],
                tuple(tree.get("arrived", ())),
                {path: tuple(guids) for path, guids in tree.get("feeds", {}).items()},
            )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if str(schema).startswith("deploy/"):
        raise Outside(fault("deploy.newer", file=STATE))
    return None


def render_state(state: State) -> bytes:
    """The file's text: sorted, the same for the same state."""
    tree: dict[str, Any] = {
        "schema": SCHEMA,
        "audio": state.audio,
        "guids": sorted(state.guids),
        "files": _listed(state.files),
        "pending": _listed(state.pending),
        "arrived": sorted(state.arrived),
        "stale": sorted(state.stale),
    }
    if state.feeds:
        tree["feeds"] = {path: sorted(state.feeds[path]) for path in sorted(state.feeds)}
    return (json.dumps(tree, ensure_ascii=False, indent=1) + "\n").encode()


def _listed(files: Mapping[str, File]) -> dict[str, list[str | int]]:
    return {path: [files[path].sha, files[path].size] for path in sorted(files)}


def is_feed_of_show(path: str) -> bool:
    """Whether a path is that of a show's complete feed, or of all shows'."""
    return path.rpartition("/")[2] == FEED


def to_look_at(state: State, site: Mapping[str, File], again: bool = False) -> tuple[str, ...]:
    """The feeds of a network's shows that are put or taken away, or that a run may have put."""
    known = {*state.files, *state.pending, *site}
    return tuple(
        path
        for path in sorted(known)
        if is_feed_of_show(path)
        and path != FEED
        and (again or path in state.pending or state.files.get(path) != site.get(path))
    )


def settled(
    state: State, live: str, guids: Collection[str], feeds: Mapping[str, Collection[str]] = {}
) -> State:
    """The state where an unfinished run had come as far as the feed: all of it has arrived then.

    ``live`` is the SHA-256 of the feed that is there, ``guids`` are its episodes, ``feeds`` those
    of the other feeds that it may have put.
    """
    feed = state.pending.get(FEED)
    if feed is None or feed.sha != live:
        return state
    files = {**state.files, **state.pending}
    there = {**state.feeds, **{path: tuple(sorted(of)) for path, of in feeds.items()}}
    return State(files, {}, state.stale, tuple(guids), state.audio, feeds=there)


def make_plan(
    state: State,
    site: Mapping[str, File],
    guids: Collection[str],
    audio: str = "",
    prune: bool = False,
    again: bool = False,
    feeds: Mapping[str, Collection[str]] = {},
) -> Plan:
    """What makes the place hold ``site``; with ``again``, what its record says is there too.

    Old sounds and covers stay, because apps hold their addresses, unless ``prune`` is asked for.
    ``audio`` is where sounds go if elsewhere; a new place there gets all of them.
    ``guids`` are the episodes of the feed that is put last, ``feeds`` those of the shows' feeds.
    """
    there = {
        path: file
        for path, file in state.files.items()
        if state.audio == audio or not is_sound(path)
    }
    sent = () if again or state.audio != audio else state.arrived
    arrived = tuple(path for path in sent if state.pending.get(path) == site.get(path))
    todo = [
        path
        for path in sorted(set(site) - set(arrived))
        if again or there.get(path) != site[path] or path in state.pending
    ]
    ours = {*there, *state.pending, *state.stale}
    kept = {
        path: there[path]
        for path in set(there) - set(site) - set(state.stale)
        if is_kept(path) and not prune
    }
    stale = tuple(sorted(ours - set(site) - set(kept)))
    told = {path: tuple(sorted(of)) for path, of in feeds.items()}
    after = State({**kept, **site}, {}, (), tuple(sorted(guids)), audio, feeds=told)
    intent = State(
        {path: there[path] for path in there if path not in stale},
        {path: site[path] for path in (*todo, *arrived)},
        stale,
        state.guids,
        audio,
        arrived,
        state.feeds,
    )
    sounds = [path for path in todo if is_sound(path)]
    shows = {path.removesuffix(FEED) for path in site if is_feed_of_show(path)} - {""}
    # A network's own pages lead to its shows' feeds, so these must be there.
    own = {
        path
        for path in todo
        if shows and path.endswith(".html") and f"{path.partition('/')[0]}/" not in shows
    }
    pages = [path for path in todo if path.endswith(".html") and path not in own]
    # Feeds beside the complete one, the same in JSON, and its older parts, come before it; a
    # network's shows before the list of their feeds, and that before the feed of them all.
    named = {path for path in site if path.endswith(".xml")}
    named |= {path.removesuffix(".xml") + ".json" for path in named}
    named |= {path for path in site if path.endswith(".opml")}
    feed = sorted((named & set(todo)) | own, key=_turn)
    homes = {show + INDEX for show in shows}
    assets = [path for path in todo if path not in {*sounds, *pages, *feed}]
    return Plan(
        tuple(sounds),
        tuple(sorted(assets, key=lambda path: not is_lasting(path))),
        tuple(sorted(pages, key=lambda path: (path in there, path == INDEX, path in homes, path))),
        tuple(feed),
        stale,
        intent,
        after,
    )


def _turn(path: str) -> tuple[bool, bool, bool, bool, bool, str]:
    """When a feed is put: a show's own after its parts, that of all shows last."""
    own = path.endswith(".html")
    return path == FEED, path.endswith(".opml"), own, path == INDEX, is_feed_of_show(path), path
