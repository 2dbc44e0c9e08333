"""The search's files of a whole site, each made only where what it is made of has changed.

Of each episode there is what it is found by, divided into slots.  A shard holds some slots of each
episode of its volume: their bytes are its key, so a word that was corrected changes the shards in
which the old and the new word are, and the block of text.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path

from podcast.dates import long_date
from podcast.frame import search_folder
from podcast.memo import keep, kept, key_of, program
from podcast.published import Publication, PublishedEpisode
from podcast.search_index import Slots, shard
from podcast.searching import (
    CATALOGUE,
    FoundBy,
    Searchable,
    Shard,
    Told,
    block,
    blocks_of,
    catalogue,
    shards,
    volumes,
)
from podcast.site import Content, Fresh

Found = Callable[[PublishedEpisode], Searchable]
"""Gives what an episode is found by."""


def files(
    cache: Path, publication: Publication, found_by: Mapping[str, FoundBy], found: Found
) -> Iterator[tuple[str, Content]]:
    """Every file beside the search page, by its path below the site.

    ``cache`` is the cards', ``found_by`` is by slug.
    """
    show, folder = publication.show, search_folder(publication.show)
    oldest = publication.episodes[::-1]
    own = [found_by[published.episode.slug] for published in oldest]
    for published, by in zip(oldest, own, strict=True):
        key = key_of(program(), by.key, _told_by(published, show.language))
        for number in range(blocks_of(by.passages)):
            path = f"{folder}texts/{published.folder}-{number}.bin"
            made = partial(_block, found, published, show.language, number)
            yield path, Fresh(key, made)
    file = cache / "shards.json"
    known = kept(file, program(), dict[str, list[str]]) or {}
    used: dict[str, list[str]] = {}
    bound = []
    for volume, episodes in enumerate(volumes(len(oldest))):
        of = own[episodes.start : episodes.stop]
        bound.append([(oldest[n].folder, own[n].pairs, own[n].passages) for n in episodes])
        listed = list(shards(volume, sum(by.pairs for by in of)))
        holds = _Volume(oldest[episodes.start : episodes.stop], found)
        name = key_of([by.key for by in of])
        used[name] = known.get(name) or [holds.key(each) for each in listed]
        for each, key in zip(listed, used[name], strict=True):
            for index, path in enumerate((each.words, each.places)):
                yield folder + path, Fresh(key, partial(_part, holds, each, index))
    if used != known:
        keep(file, program(), used)
    languages = sorted({published.episode.language for published in oldest})
    yield folder + CATALOGUE, catalogue(languages, bound)


class _Volume:
    """The slots of a volume's episodes, read when a shard of it is asked for."""

    def __init__(self, episodes: Sequence[PublishedEpisode], found: Found) -> None:
        self._episodes, self._found = episodes, found

    def slots(self) -> list[Slots]:
        return _slots(self)

    def read(self) -> list[Slots]:
        return [self._found(published).entries.slots for published in self._episodes]

    def of(self, each: Shard) -> list[list[bytes]]:
        return [[slots[n] for n in each.slots] for slots in _slots(self)]

    def key(self, each: Shard) -> str:
        """Names the content of a shard, by all that goes into it."""
        parts = list(chain.from_iterable(self.of(each)))
        total = hashlib.sha256(program().encode())
        total.update(array("I", map(len, parts)).tobytes())
        total.update(b"".join(parts))
        return total.hexdigest()[:24]


# One volume at a time: its shards are asked for one after the other.
@lru_cache(maxsize=1)
def _slots(volume: _Volume) -> list[Slots]:
    return volume.read()


@lru_cache(maxsize=1)
def _both(volume: _Volume, each: Shard) -> tuple[bytes, bytes]:
    return shard(volume.of(each))


def _part(volume: _Volume, each: Shard, index: int) -> bytes:
    return _both(volume, each)[index]


def _told_by(published: PublishedEpisode, language: str) -> tuple[str, ...]:
    """All that :func:`_told` depends on: to write a date in words takes long."""
    episode = published.episode
    iso = episode.date.date().isoformat()
    return published.folder, episode.title, episode.language, iso, language


def _told(published: PublishedEpisode, language: str) -> Told:
    folder, title, own, iso, _ = _told_by(published, language)
    return Told(folder, title, own, long_date(published.episode.date, language), iso)


def _block(found: Found, published: PublishedEpisode, language: str, number: int) -> bytes:
    return block(_told(published, language), found(published).blocks[number])
