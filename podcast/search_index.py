"""The search index: from passages to the small files that a browser takes for one query.

    passages → entries of one episode → shards of a volume, blocks of text, the catalogue

A *passage* is a paragraph as the page shows it.  Episodes are numbered from the oldest and bound in
*volumes* of 256, so that a new episode changes the last volume only.  A volume's terms are divided
among its *shards* by their number: a query takes one file of each volume for each of its words.
The more a volume holds the more shards it has, so that each stays small.  Texts lie in *blocks*
of 32 passages, to show results with.

All files but the catalogue's own name are gzipped by us: hosts do not compress what they do not
know, and a browser opens them with ``DecompressionStream``.  Numbers are varints: seven bits a
byte, the lowest first, the eighth says that more follow.  :func:`shard` says what a shard holds.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from podcast.search_words import number, terms

SLOTS = 1024
"""The finest division of the terms: a shard holds one slot or several."""
VOLUME = 256
"""Episodes in a volume."""
BLOCK = 32
"""Passages in a block of text."""
PER_SHARD = 4096
"""Passages of terms that a shard holds on the average, at most."""
TOO_COMMON = 8000
"""A term that stands in more passages of a volume is not listed: it would tell nothing apart."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Some text that a result may show, and where it is.

    ``id`` is its address on the episode's page, ``speaker`` who says it, if anybody does.
    ``starts`` are the milliseconds at which each piece between spaces begins.
    """

    id: str
    speaker: str
    text: str
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """The terms of one episode, ready to be put into a volume.

    For each slot: terms in order, each with the passages that have it and its places there, as
    :func:`_slot` writes them.  The slots stand one behind the other; ``bounds`` says where each
    begins and the last ends, four bytes a number: a volume has a quarter of a million of them.
    """

    slots: bytes
    bounds: bytes
    pairs: int
    """How often a term stands in a passage."""
    passages: int

    def slot(self, number: int) -> bytes:
        """One slot."""
        start, stop = _BOUNDS.unpack_from(self.bounds, 4 * number)
        return self.slots[start:stop]


_COUNT, _BOUNDS = struct.Struct("<I"), struct.Struct("<II")


def varint(value: int) -> bytes:
    """A number from 0 on."""
    if value < 0x80:
        return bytes((value,))
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def _sized(content: bytes) -> bytes:
    return varint(len(content)) + content


def _gaps(values: Iterable[int]) -> bytes:
    """Numbers that rise, by their distances."""
    before = 0
    written = bytearray()
    for value in values:
        step = value - before
        if step < 0x80:
            written.append(step)
        else:
            written += varint(step)
        before = value
    return bytes(written)


def entries(texts: Sequence[str], language: str) -> Entries:
    """What an episode's passages are found by, in their order."""
    found: dict[str, dict[int, list[int]]] = {}
    for passage, text in enumerate(texts):
        for place, term in enumerate(terms(text, language)):
            found.setdefault(term, {}).setdefault(passage, []).append(place)
    slots: list[list[_Record]] = [[] for _ in range(SLOTS)]
    for term in sorted(found):
        at = found[term]
        places = b"".join(varint(len(each)) + _gaps(each) for each in at.values())
        slots[number(term) % SLOTS].append((term.encode(), len(at), _gaps(at), places))
    pairs = sum(map(len, found.values()))
    whole = [_slot(records) for records in slots]
    bounds = struct.pack(f"<{SLOTS + 1}I", *accumulate(map(len, whole), initial=0))
    return Entries(b"".join(whole), bounds, pairs, len(texts))


def shards_for(pairs: int) -> int:
    """How many shards a volume has, by what it holds: a power of two."""
    shards = 1
    while shards < SLOTS and shards * PER_SHARD < pairs:
        shards *= 2
    return shards


def shard(of: Sequence[Sequence[bytes]], too_common: int = TOO_COMMON) -> tuple[bytes, bytes]:
    """The two files of a shard, from its slots of every episode of the volume, in order.

    The first has for each term: its length in bytes and itself, in how many passages it stands, and
    the length of what follows, which is for each episode that has it the distance to the one
    before, the number of passages, and their distances.  The other has, for each term in the same
    order, the length of what follows: for each passage how often the term stands there, and the
    distances of its places among the passage's words.  A term that is too common has neither.
    """
    found: dict[bytes, list[tuple[int, int, bytes, bytes]]] = {}
    for episode, slots in enumerate(of):
        for slot in slots:
            for term, passages, gaps, places in _records(slot) if slot else ():
                found.setdefault(term, []).append((episode, passages, gaps, places))
    where, exactly = bytearray(), bytearray()
    for term in sorted(found):
        total = sum(passages for _, passages, _, _ in found[term])
        postings, positions = bytearray(), bytearray()
        if total <= too_common:
            before = 0
            for episode, passages, gaps, places in found[term]:
                postings += varint(episode - before) + varint(passages) + gaps
                positions += places
                before = episode
        where += _sized(term) + varint(total) + _sized(bytes(postings))
        exactly += _sized(bytes(positions))
    return packed(bytes(where)), packed(bytes(exactly))


_Record = tuple[bytes, int, bytes, bytes]
"""A term, in how many passages it stands, the distances of these, and its places in them."""


def _slot(records: Sequence[_Record]) -> bytes:
    """Records with all their lengths first: a site reads millions, and these at once."""
    if not records:
        return b""
    told = [n for t, passages, gaps, places in records
            for n in (len(t), passages, len(gaps), len(places))]  # fmt: skip
    content = b"".join(t + gaps + places for t, _, gaps, places in records)
    return struct.pack(f"<{1 + len(told)}I", len(records), *told) + content


def _records(slot: bytes) -> Iterator[_Record]:
    (count,) = _COUNT.unpack_from(slot)
    told = iter(struct.unpack_from(f"<{4 * count}I", slot, 4))
    at = 4 + 16 * count
    for size, passages, gaps, places in zip(told, told, told, told, strict=True):
        middle, last = at + size, at + size + gaps
        yield slot[at:middle], passages, slot[middle:last], slot[last : last + places]
        at = last + places


def packed(content: bytes) -> bytes:
    """Gzipped, the same bytes on every day."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packing.compress(content) + packing.flush()
