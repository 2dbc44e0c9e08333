"""The files of the search across all transcripts, from what was said to what a browser asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podcast.reading import PART, ReadingBlock, reading
from podcast.search_index import (
    BLOCK,
    SLOTS,
    VOLUME,
    Entries,
    Passage,
    entries,
    packed,
    shards_for,
)
from podcast.transcript import TimedHeading, TimedParagraph, Timeline
from podcast.word_times import vlq

CATALOGUE = "catalogue.bin"
STEP_MS = 100


@dataclass(frozen=True, slots=True)
class FoundBy:
    """What a site must know of an episode's :class:`Searchable`; ``key`` names its content."""

    key: str
    pairs: int
    passages: int


@dataclass(frozen=True, slots=True)
class Searchable:
    """What the search needs of one episode: made once for each text.

    ``blocks`` are its passages as a block of text holds them, in JSON.
    """

    blocks: tuple[bytes, ...]
    entries: Entries

    def found_by(self, key: str) -> FoundBy:
        """What a site must know, under that name."""
        return FoundBy(key, self.entries.pairs, self.entries.passages)


@dataclass(frozen=True, slots=True)
class Told:
    """What a result says of its episode; ``folder`` is below the site, ``date`` in words."""

    folder: str
    title: str
    language: str
    date: str
    date_iso: str


def searchable(title: str, summary: str, language: str, timeline: Timeline) -> Searchable:
    """An episode's title with its summary, its chapters and all that is said."""
    first = f"{title}. {summary}"
    passages = [Passage("", "", first, (0,) * len(PART.findall(first)))]
    passages += (_passage(each) for each in reading(timeline) if not _sound(each))
    return of_passages(passages, language)


def of_passages(passages: Sequence[Passage], language: str) -> Searchable:
    """What is made of an episode's passages, in their order."""
    blocks = (_rows(passages[at : at + BLOCK]) for at in range(0, len(passages), BLOCK))
    return Searchable(tuple(blocks), entries([each.text for each in passages], language))


def _sound(each: ReadingBlock) -> bool:
    return not isinstance(each.block, TimedParagraph | TimedHeading)


def _passage(each: ReadingBlock) -> Passage:
    block = each.block
    if isinstance(block, TimedHeading):
        pieces = PART.findall(block.heading.text)
        return Passage(each.id, "", " ".join(pieces), (block.start_ms,) * len(pieces))
    assert isinstance(block, TimedParagraph)
    timed = [(piece, t.start_ms) for t in block.tokens for piece in PART.findall(t.text)]
    speaker = block.paragraph.speaker.name
    return Passage(
        each.id, speaker, " ".join(piece for piece, _ in timed), tuple(at for _, at in timed)
    )


def blocks_of(passages: int) -> int:
    """How many blocks of text an episode has."""
    return -(-passages // BLOCK)


def block(told: Told, rows: bytes) -> bytes:
    """One block of an episode's text, with what a result says of the episode.

    Of each passage: address, speaker, and text; when it begins, and for each piece between spaces
    the step from the start of the one before, in tenths of a second and letters as
    :mod:`podcast.word_times` writes them.
    """
    head = [told.folder, told.title, told.language, told.date, told.date_iso]
    return packed(b"[%b,%b]" % (_json(head), rows))


def _rows(passages: Sequence[Passage]) -> bytes:
    rows = []
    for each in passages:
        # Not before the word: its last tenth still belongs to the word before.
        starts = [-(-ms // STEP_MS) for ms in each.starts]
        before = first = starts[0] if starts else 0
        steps = []
        for start in starts:
            later = max(start, before)
            steps.append(vlq(later - before))
            before = later
        rows.append([each.id, each.speaker, each.text, first, "".join(steps)])
    return _json(rows)


def _json(tree: object) -> bytes:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Shard:
    """The two files of a shard, by their names; ``slots`` are what of each episode is in it."""

    words: str
    places: str
    slots: range


def shards(volume: int, pairs: int) -> Iterator[Shard]:
    """The shards of a volume that has so many pairs of a term and a passage."""
    count = shards_for(pairs)
    for number in range(count):
        name = f"{volume}/{number:x}"
        yield Shard(f"{name}.words.bin", f"{name}.places.bin", range(number, SLOTS, count))


def volumes(episodes: int) -> Iterator[range]:
    """Which episodes each volume has, counted from the oldest."""
    for first in range(0, episodes, VOLUME):
        yield range(first, min(episodes, first + VOLUME))


def catalogue(languages: Sequence[str], bound: Sequence[Sequence[tuple[str, int, int]]]) -> bytes:
    """What a browser asks for first; ``bound`` has folder, pairs and passages of each episode."""
    listed = [
        {
            "shards": shards_for(sum(pairs for _, pairs, _ in volume)),
            "passages": sum(passages for _, _, passages in volume),
            "episodes": [folder for folder, _, _ in volume],
        }
        for volume in bound
    ]
    tree = {"version": 1, "languages": list(languages), "block": BLOCK, "volumes": listed}
    return packed(_json(tree))
