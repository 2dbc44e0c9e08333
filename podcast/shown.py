"""What a network knows of each of its shows, as the network's site shows it.

It is kept beside the network's site: a show that cannot be built stays there as it was last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from podcast.all_shows import Member
from podcast.ledger import Allowed, Ledger
from podcast.memo import keep, kept, kept_bytes, unpacked
from podcast.published import PublishedEpisode
from podcast.searching import FoundBy, Searchable
from podcast.shelf import cards_in, search_file
from podcast.show import Show
from podcast.workspace import Workspace

# A change of what is kept is a new name: what was kept before is then not known any more.
_KIND = "shown/1"


@dataclass(frozen=True, slots=True)
class Shown:
    """A show with its published episodes, newest first."""

    show: Show
    episodes: tuple[PublishedEpisode, ...]
    found_by: Mapping[str, FoundBy]
    """What the search must know of each, by slug."""
    allowed: tuple[Allowed, ...] = ()
    """The changes of what apps know that were let through in the show."""

    def member(self, folder: str) -> Member:
        """The show as a part of its network."""
        return Member(folder, self.show, self.episodes)


def built(space: Workspace, show: Show, known: Ledger) -> Shown | None:
    """A show that was built just now; ``None`` where something that was made of it is lost."""
    cards = cards_in(space.cache)
    if not known.episodes.keys() <= cards.keys():
        return None
    found = [cards[slug].published for slug in known.episodes]
    found.sort(key=lambda each: (each.episode.date, each.episode.slug), reverse=True)
    by = {slug: cards[slug].found_by for slug in sorted(known.episodes)}
    return Shown(show, tuple(found), by, known.allowed)


def last(network: Workspace, folder: str) -> Shown | None:
    """A show as the network's site has it, if that is known."""
    return kept(_file(network, folder), _KIND, Shown)


def remember(network: Workspace, folder: str, shown: Shown) -> None:
    """Keep what the network's site shows now."""
    keep(_file(network, folder), _KIND, shown)


def forget(network: Workspace, folders: frozenset[str]) -> None:
    """Drop what is known of all shows but these."""
    for file in (network.cache / "shows").glob("*.json"):
        if file.stem not in folders:
            file.unlink()


def searchable(space: Workspace, slug: str, by: FoundBy) -> Searchable | None:
    """What an episode is found by, as it was made; ``None`` where it is lost."""
    raw = kept_bytes(search_file(space.cache, slug), by.key)
    return unpacked(raw, Searchable) if raw else None


def _file(network: Workspace, folder: str) -> Path:
    return network.cache / "shows" / f"{folder}.json"
