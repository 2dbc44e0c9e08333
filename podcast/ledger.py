"""Remember what was published, so that no later change breaks what listeners' apps hold.

``published.json`` is small, sorted and committed: a guid, a date, an enclosure and the digest of
the text for each episode.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podcast.errors import Fault, Fixable, Place, fault
from podcast.published import Publication

SCHEMA = "published/1"


@dataclass(frozen=True, slots=True)
class Entry:
    """What apps know of an episode."""

    guid: str
    date: str
    enclosure: str
    length: int
    text: str


def read(text: str, file: str) -> dict[str, Entry]:
    """The ledger's entries by slug; raises :class:`Fixable` where the file is damaged."""
    try:
        tree: Any = json.loads(text)
        if tree["schema"] != SCHEMA:
            raise ValueError(tree["schema"])
        found = {slug: Entry(**entry) for slug, entry in tree["episodes"].items()}
        for entry in found.values():
            if [type(getattr(entry, name)) for name in Entry.__slots__] != [
                str,
                str,
                str,
                int,
                str,
            ]:
                raise TypeError(entry)
        return found
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Fixable(fault("ledger.broken", Place(file))) from error


def render(entries: Mapping[str, Entry]) -> str:
    """The file's text: sorted, so that a change is one readable line in git."""
    lines = [
        f"  {json.dumps(slug)}: "
        + json.dumps(
            {name: getattr(entries[slug], name) for name in Entry.__slots__}, ensure_ascii=False
        )
        for slug in sorted(entries)
    ]
    return f'{{\n "schema": "{SCHEMA}",\n "episodes": {{\n' + ",\n".join(lines) + "\n }\n}\n"


def entries(publication: Publication, texts: Mapping[str, str]) -> dict[str, Entry]:
    """What a publication leaves in the ledger; ``texts`` are digests of the transcripts."""
    return {
        p.episode.slug: Entry(
            p.episode.guid,
            p.episode.date.isoformat(),
            p.enclosure.path,
            p.enclosure.length,
            texts[p.episode.slug],
        )
        for p in publication.episodes
    }


def broken_promises(old: Mapping[str, Entry], new: Mapping[str, Entry]) -> tuple[Fault, ...]:
    """What the new feed would take from listeners: an episode, its guid or its date."""
    faults = []
    for slug, was in sorted(old.items()):
        now = new.get(slug)
        file = Place(f"episodes/{slug}/episode.md")
        if now is None:
            faults.append(fault("feed.vanished", file, slug=slug))
        elif now.guid != was.guid:
            faults.append(fault("feed.guid", file, slug=slug, was=was.guid, now=now.guid))
        elif now.date != was.date:
            faults.append(fault("feed.date", file, slug=slug, was=was.date, now=now.date))
    guids: dict[str, str] = {}
    for slug, now in sorted(new.items()):
        if now.guid in guids:
            place = Place(f"episodes/{slug}/episode.md")
            faults.append(fault("feed.same_guid", place, slug=slug, other=guids[now.guid]))
        guids[now.guid] = slug
    return tuple(faults)
