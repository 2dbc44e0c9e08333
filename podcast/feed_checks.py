"""What the episodes of a show must be together, beyond each for itself, before apps get them."""

from __future__ import annotations

from collections.abc import Callable

from podcast.errors import Fault, Place, fault
from podcast.published import Publication, PublishedEpisode

Line = Callable[[str, str], Place]
"""Where an episode's file sets a key: by its slug and the key."""


def unfit(publication: Publication, line: Line) -> list[Fault]:
    """Numbers missing or given twice, topics nobody has named, passages behind the end."""
    serial = publication.show.type == "serial"
    topics = publication.show.topics
    known = ", ".join(topics) or "-"
    faults = []
    taken: dict[tuple[int | None, int], PublishedEpisode] = {}
    for published in reversed(publication.episodes):
        episode = published.episode
        slug, number = episode.slug, episode.number
        if serial and episode.type == "full" and number is None:
            faults.append(fault("episode.number_missing", line(slug, "title"), slug=slug))
        if number is not None and episode.type == "full":
            other = taken.setdefault((episode.season, number), published)
            if other is not published and published not in publication.versions(other):
                place, first = line(slug, "number"), other.episode.slug
                faults.append(fault("episode.same_number", place, number=number, other=first))
        faults += [
            fault("episode.unknown_topic", line(slug, "topics"), key=key, known=known)
            for key in episode.topics
            if key not in topics
        ]
        if any(bite.end > published.enclosure.duration_ms for bite in episode.soundbites):
            faults.append(fault("episode.soundbite_end", line(slug, "soundbites"), slug=slug))
    return faults
