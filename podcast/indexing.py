"""The search's files of a whole site, each made only where what it is made of has changed.

Of each episode there is what it is found by, divided into slots.  A shard holds some slots of each
episode of its volume: their bytes are its key, so a word that was corrected changes the shards in
which the old and the new word are, and the block of text.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from podcast.dates import long_date
from podcast.frame import search_folder
from podcast.memo import keep, keep_bytes, kept, kept_bytes, key_of, packed, program, unpacked
from podcast.published import Publication, PublishedEpisode
from podcast.search_index import SLOTS, Entries, shard
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
from podcast.site import Content, Fresh, alone

_DIGEST = 8
"""Bytes of a slot's digest."""

Found = Callable[[PublishedEpisode], Searchable]
"""Gives what an episode is found by."""
Lying = Callable[[PublishedEpisode], Entries | None]
"""Gives its slots as they lie on the disk, which nobody has proved; nothing where they do not."""


def nothing(_: PublishedEpisode) -> None:
    """None lie there."""


def files(
    cache: Path,
    publication: Publication,
    found_by: Mapping[str, FoundBy],
    found: Found,
    lying: Lying = nothing,
) -> Iterator[tuple[str, Content]]:
    """Every file beside the search page, by its path below the site.

    ``cache`` is the cards', ``found_by`` is by slug.
    """
    show, folder = publication.show, search_folder(publication.show)
    oldest = publication.episodes[::-1]
    own = [found_by[published.episode.slug] for published in oldest]
    for published, by in zip(oldest, own, strict=True):
        key = key_of(program(), by.key, _told_by(published, show.language))
        made = Fresh(key, partial(_block, found, published, show.language))
        stem = f"{folder}texts/{published.folder}-"
        for number in range(blocks_of(by.passages)):
            yield f"{stem}{number}.bin", made
    bound = []
    for volume, episodes in enumerate(volumes(len(oldest))):
        of = own[episodes.start : episodes.stop]
        bound.append([(oldest[n].folder, own[n].pairs, own[n].passages) for n in episodes])
        listed = list(shards(volume, sum(by.pairs for by in of)))
        own_keys = [by.key for by in of]
        rows = cache / "shards" / f"{volume}.rows"
        holds = _Volume(rows, oldest[episodes.start : episodes.stop], own_keys, found, lying)
        keys = _keys(cache / "shards", volume, own_keys, holds, listed)
        for each, key in zip(listed, keys, strict=True):
            made = Fresh(key, partial(_part, holds, each))
            yield folder + each.words, made
            yield folder + each.places, made
    languages = sorted({published.episode.language for published in oldest})
    key = key_of(program(), languages, bound)
    yield folder + CATALOGUE, Fresh(key, alone(partial(catalogue, languages, bound)))


class _Volume:
    """The slots of a volume's episodes, read when a shard of it is asked for.

    Few of a slot's episodes have changed: the others' slots are right where their digest is that of
    the ``rows``, and nothing else of their files need be.
    """

    def __init__(
        self,
        rows: Path,
        episodes: Sequence[PublishedEpisode],
        keys: Sequence[str],
        found: Found,
        lying: Lying,
    ) -> None:
        self._rows, self._episodes, self._keys = rows, episodes, keys
        self._found, self._lying = found, lying

    def row(self, number: int) -> bytes:
        """The digests of an episode's slots."""
        entries = self.entries(number)
        return b"".join(_digest(entries.slot(slot)) for slot in range(SLOTS))

    def entries(self, number: int) -> Entries:
        return self._found(self._episodes[number]).entries

    def read(self) -> list[tuple[bytes, Entries | None]]:
        """Each episode's row, if it is known, with its slots as they lie there."""
        was = _kept_rows(self._rows)
        known = dict(zip(was.keys, was.rows, strict=True))
        rows = (known.get(key, b"") for key in self._keys)
        return [(row, self._lying(each)) for row, each in zip(rows, self._episodes, strict=True)]

    def of(self, each: Shard) -> list[list[bytes]]:
        return [self._slots(each, number, *read) for number, read in enumerate(_read(self))]

    def _slots(self, each: Shard, number: int, row: bytes, lying: Entries | None) -> list[bytes]:
        if row and lying:
            with suppress(struct.error):
                slots = [lying.slot(n) for n in each.slots]
                if all(
                    _digest(slot) == _at(row, n) for n, slot in zip(each.slots, slots, strict=True)
                ):
                    return slots
        entries = self.entries(number)
        return [entries.slot(n) for n in each.slots]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Of each shard of a volume what names it; of each episode its key, and its slots' digests."""

    shards: list[str]
    keys: list[str]
    rows: list[bytes]


def _keys(
    folder: Path, volume: int, keys: list[str], holds: _Volume, listed: Sequence[Shard]
) -> list[str]:
    """What names the content of each shard of a volume, by all that goes into it.

    ``keys`` are the episodes'.  Only episodes that have changed are read.
    """
    names = folder / f"{volume}.keys"
    if known := kept(names, key_of(program(), keys), list[str]):
        return known
    file = folder / f"{volume}.rows"
    was = _kept_rows(file)
    before = dict(zip(was.keys, was.rows, strict=True))
    rows = [before.get(key) or holds.row(n) for n, key in enumerate(keys)]
    changed = set(range(SLOTS))
    if len(was.rows) == len(rows) and len(was.shards) == len(listed):
        pairs = [(old, new) for old, new in zip(was.rows, rows, strict=True) if old != new]
        changed = {n for old, new in pairs for n in range(SLOTS) if _at(old, n) != _at(new, n)}
    made = []
    for number, each in enumerate(listed):
        if changed.isdisjoint(each.slots):
            made.append(was.shards[number])
        else:
            digests = b"".join(_at(row, n) for row in rows for n in each.slots)
            made.append(key_of(program(), hashlib.sha256(digests).hexdigest()))
    keep_bytes(file, program(), packed(_Rows(made, keys, rows)))
    keep(names, key_of(program(), keys), made)
    return made


def _kept_rows(file: Path) -> _Rows:
    raw = kept_bytes(file, program())
    return unpacked(raw, _Rows) if raw else _Rows([], [], [])


def _digest(slot: bytes) -> bytes:
    return hashlib.blake2b(slot, digest_size=_DIGEST).digest()


def _at(row: bytes, slot: int) -> bytes:
    return row[slot * _DIGEST : (slot + 1) * _DIGEST]


# One volume at a time: its shards are asked for one after the other.
@lru_cache(maxsize=1)
def _read(volume: _Volume) -> list[tuple[bytes, Entries | None]]:
    return volume.read()


@lru_cache(maxsize=1)
def _both(volume: _Volume, each: Shard) -> tuple[bytes, bytes]:
    return shard(volume.of(each))


def _part(volume: _Volume, each: Shard, path: str) -> bytes:
    words, places = _both(volume, each)
    return words if path.endswith(each.words) else places


def _told_by(published: PublishedEpisode, language: str) -> tuple[str, ...]:
    """All that :func:`_told` depends on: to write a date in words takes long."""
    episode = published.episode
    iso = episode.date.date().isoformat()
    return published.folder, episode.title, episode.language, iso, language


def _told(published: PublishedEpisode, language: str) -> Told:
    folder, title, own, iso, _ = _told_by(published, language)
    return Told(folder, title, own, long_date(published.episode.date, language), iso)


def _block(found: Found, published: PublishedEpisode, language: str, path: str) -> bytes:
    number = int(path.removesuffix(".bin").rpartition("-")[2])
    return block(_told(published, language), found(published).blocks[number])
