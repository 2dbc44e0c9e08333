"""Stop what would break the feed of all shows, as :mod:`podcast.guard` does for each of them.

What a person has let through in a show holds for its network too.  What is left is what only the
network can tell: its own identifier and address, and a show whose folder is gone or has another
name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from podcast import guard
from podcast.errors import FeedRefused, Place, fault
from podcast.ledger import Allowed, Ledger
from podcast.published import Publication
from podcast.workspace import NETWORK

_KINDS = (*guard.OF_SHOW, *guard.OF_TEXT, *guard.OF_SOUND)


def agreed(
    known: Ledger,
    left: Ledger,
    publication: Publication,
    told: Mapping[str, Sequence[Allowed]],
    allow: Sequence[str],
) -> Ledger:
    """The network's ledger after a publication that nothing stops.

    ``left`` is what the publication leaves, ``told`` what was let through in each show, by folder.
    Raises :class:`podcast.errors.FeedRefused` with each change that nobody has allowed, and
    :class:`podcast.errors.Usage` for a consent to nothing.
    """
    present = {each.episode.slug: each.episode for each in publication.episodes}
    if guids := guard.same_guids(known, present):
        raise FeedRefused(guids)
    gone = _gone(known, left, told.keys())
    folders = {change.item for change in gone}
    here = {slug: was for slug, was in known.episodes.items() if _folder(slug) not in folders}
    same = replace(known, episodes=here)
    found = (
        *guard.of_texts(same, publication.show, present, {}),
        *guard.of_sounds(same, left.episodes),
    )
    changes = (
        *guard.of_show(known, publication.show, NETWORK),
        *gone,
        *(each for each in found if not _allowed(told, each)),
    )
    guard.agree(changes, allow, _KINDS)
    return guard.after(known, left, changes)


def _folder(slug: str) -> str:
    return slug.partition("/")[0]


def _gone(known: Ledger, left: Ledger, there: Collection[str]) -> list[guard.Change]:
    """Shows that have no folder any more; one of which another has an episode was renamed."""
    of_guid = {entry.guid: _folder(slug) for slug, entry in left.episodes.items()}
    found: dict[str, str] = {}
    for slug, was in sorted(known.episodes.items()):
        folder = _folder(slug)
        if folder not in there:
            found[folder] = found.get(folder) or of_guid.get(was.guid, "")
    return [_change(folder, now) for folder, now in found.items()]


def _change(folder: str, now: str) -> guard.Change:
    kind, sentence = ("renamed", "network.renamed") if now else ("vanished", "network.vanished")
    facts = {"item": folder, "now": now, "allow": f"{folder}:{kind}"}
    return guard.Change(folder, kind, folder, now, fault(sentence, Place(folder), **facts))


def _allowed(told: Mapping[str, Sequence[Allowed]], change: guard.Change) -> bool:
    """Whether the change was let through in the show that it is of."""
    folder, _, item = change.item.partition("/")
    own = (item, change.kind, change.now.removeprefix(f"{folder}/"))
    return own in {(each.item, each.change, each.now) for each in told.get(folder, ())}
