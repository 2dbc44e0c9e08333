"""What was made of each episode, kept so that it is made once.

A card says all that lists, feeds and other pages need of an episode, under a key that names what
it was made from: its files, the show as far as an episode depends on it, and the program.  What
was made of its words lies beside, one file for each episode, and is opened only to write them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from podcast import liblouis
from podcast.align import WRONG_BELOW
from podcast.episode import Episode
from podcast.look import Look
from podcast.memo import (
    Digests,
    keep,
    keep_bytes,
    kept,
    kept_bytes,
    key_of,
    named_as,
    packed,
    program,
    unpacked,
    unproved,
)
from podcast.names import EPISODES, TEMPLATES, TRANSCRIPTS
from podcast.pages.episode import PageHead, PageText
from podcast.published import PublishedEpisode
from podcast.search_index import Entries
from podcast.searching import FoundBy, Searchable
from podcast.show import Show
from podcast.tally import size_of
from podcast.workspace import Workspace

_CARDS, _ALL = "cards.json", "cards.all.json"
_FEW = 50
"""So many cards may be others than in the file of all, which takes longer the more there are."""


@dataclass(frozen=True, slots=True)
class Card:
    """An episode that has passed the gate.

    ``file`` names what its ``episode.md`` was read from, ``key`` all that it was made from;
    ``released`` and ``text`` are the digests of the text that was released before and of this
    one, ``exact`` is the share of it that is found in the sound.  ``sounds`` are the names of the
    tagged files by path below the site, ``files`` the paths of the text files, ``found_by`` is what
    the search must know.
    """

    file: str
    key: str
    released: str | None
    text: str
    exact: float
    published: PublishedEpisode
    sounds: dict[str, str]
    files: tuple[str, ...]
    found_by: FoundBy
    bare: str = ""
    """Names what ``published`` says without its words."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What names the file of all cards, and those that are others, or new, since.

    Without this, of no card is known that it is the newest.
    """

    all: str
    others: dict[str, Card]


@dataclass(frozen=True, slots=True)
class _Slots:
    """A :class:`Searchable` without its texts."""

    entries: Entries


@dataclass(frozen=True, slots=True)
class Texts:
    """What was made of an episode's words: its text files by path, and what its page shows.

    They are kept apart, and so is what a page shows beside the words: another layout asks for that
    of all, and for none of the rest.
    """

    page: PageText
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Pieces:
    """What was made of single texts of an episode: where they stay, it is not made again.

    ``braille`` are the cells by digests of the texts, ``html`` the HTML of what is in Markdown.
    """

    braille: dict[str, str]
    html: dict[str, str]


def own(show: Show) -> Show:
    """The show as an episode may know it, without what only the site as a whole shows."""
    return replace(
        show, description="", look=Look(), accessibility=None, subscribe={}, episodes_per_page=1,
        deploy=None, feed_page=None, feeds={}, podroll=(), publisher=None, txt=(), funding=(),
        location=(), update_frequency=None, hub=None, block=False, block_services=(), locked=True,
        complete=False, medium="podcast", type="episodic", previous_feed_url=None, seasons={},
        topics={}, network=None,
        people={key: replace(person, about=None) for key, person in show.people.items()},
    )  # fmt: skip


def cards_in(cache: Path) -> dict[str, Card]:
    """The cards that were kept, by the names of their episodes."""
    return _with_others(cache, _known(cache))


def _known(cache: Path) -> _Known:
    return kept(cache / _CARDS, program(), _Known) or _Known("", {})


def _with_others(cache: Path, known: _Known) -> dict[str, Card]:
    file = cache / _ALL
    every = kept(file, program(), dict[str, Card]) if named_as(file) == known.all else None
    return {**(every or {}), **known.others}


def search_file(cache: Path, slug: str) -> Path:
    """Where what an episode is found by is kept."""
    return cache / "search" / f"{slug}.json"


def _names(folder: Path) -> list[str]:
    """What is in a folder, sorted; nothing where it is none."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries)
    except OSError:
        return []


def slugs_of(touched: Set[str]) -> set[str | None] | None:
    """The episodes that some files belong to; nothing where a file may belong to all."""
    slugs: set[str | None] = set()
    for name in touched:
        folder, _, rest = name.partition("/")
        if folder == EPISODES and "/" in rest:
            slugs.add(rest.partition("/")[0])
        elif folder == TRANSCRIPTS and "/" not in rest:
            slugs.add(rest.partition(".")[0])
        elif folder != TEMPLATES:
            return None
    return slugs


class Shelf:
    """The cards of a workspace; ``show`` is :func:`own`.

    They are kept in ``cache``, which is the workspace's where nothing else is said.  ``touched``
    are the only files of the workspace that have changed since all its cards were found right, by
    their name: the others are then not asked for.
    """

    def __init__(
        self,
        space: Workspace,
        show: Show,
        digests: Digests,
        cache: Path | None = None,
        touched: Set[str] | None = None,
    ) -> None:
        self._space, self._show, self._digests = space, show, digests
        self.cache = cache or space.cache
        known = _known(self.cache)
        self._cards, self._others = _with_others(self.cache, known), known.others
        self._changed = False
        self._touched = None if touched is None else slugs_of(touched)
        self._of_show = key_of(show)
        shared = (("glossary", path) for path in space.glossary_files)
        cover = ("cover", space.root / show.cover)
        self._shared = [(name, self._digest(path)) for name, path in (*shared, cover)]
        """What all episodes are made from.  A file that changes later is read by the next publish:
        its digest is older than what was made of it."""
        self.files = lru_cache(maxsize=2)(self._files)
        self.head = lru_cache(maxsize=2)(self._head)
        self.searchable = lru_cache(maxsize=2)(self._searchable)

    def card(self, slug: str) -> Card | None:
        """What is known of an episode, whatever has changed since."""
        return self._cards.get(slug)

    def episode(self, slug: str) -> Episode:
        """An episode's file, read once; raises :class:`Fixable` as reading it does."""
        card = self._cards.get(slug)
        if card and (self._stands(card) or card.file == self._file_key(card.published.episode)):
            return card.published.episode
        return self._space.episode(slug, self._show)

    def sounds(self) -> set[str]:
        """The names of the tagged files of all cards."""
        return {name for card in self._cards.values() for name in card.sounds.values()}

    def key(self, episode: Episode) -> str:
        """Names everything that an episode is made from, as it is now."""
        files = [(name, self._digest(path)) for name, path in self._sources(episode)]
        parts = (self._shared, self._file_key(episode), files, liblouis.edition())
        return key_of(self._of_show, *parts)

    def ready(self, episode: Episode, released: str | None, force: bool) -> Card | None:
        """The card of an episode, where making it again would give the same."""
        card = self._cards.get(episode.slug)
        if not card or card.published.episode != episode:
            return None
        if not self._stands(card) and card.key != self.key(episode):
            return None
        if released not in (None, card.text, card.released) or not self._sounds_there(card):
            return None
        return card if force or card.exact >= WRONG_BELOW else None

    def put(self, card: Card, texts: Texts, searchable: Searchable) -> Card:
        """Keep what was made of the words; the card counts if no file has changed meanwhile."""
        episode = card.published.episode
        name = card.published.text
        keep_bytes(self._files_file(episode.slug), name, packed(texts.files))
        keep_bytes(self._page_file(episode.slug), name, packed(texts.page))
        keep_bytes(self._head_file(episode.slug), name, packed(texts.page.head))
        keep_bytes(self._search_file(episode.slug), card.found_by.key, packed(searchable))
        same = self.key(episode) == card.key
        return replace(card, file=self._file_key(episode) if same else "", key=card.key * same)

    def take(self, card: Card) -> None:
        """Remember a card."""
        slug = card.published.episode.slug
        if self._cards.get(slug) != card:
            self._cards[slug] = self._others[slug] = card
            self._changed = True

    def _stands(self, card: Card) -> bool:
        """Whether nothing was touched that the card was made from."""
        episode = card.published.episode
        return (
            self._touched is not None
            and bool(card.key)
            and self._touched.isdisjoint((episode.slug, episode.translation_of))
        )

    def _files(self, published: PublishedEpisode) -> dict[str, bytes] | None:
        raw = kept_bytes(self._files_file(published.episode.slug), published.text)
        return unpacked(raw, dict[str, bytes]) if raw else None

    def _head(self, published: PublishedEpisode) -> PageHead | None:
        raw = kept_bytes(self._head_file(published.episode.slug), published.text)
        return unpacked(raw, PageHead) if raw else None

    def page(self, published: PublishedEpisode) -> PageText | None:
        """What the page of an episode shows of its words, where it is kept."""
        raw = kept_bytes(self._page_file(published.episode.slug), published.text)
        return unpacked(raw, PageText) if raw else None

    def _searchable(self, published: PublishedEpisode) -> Searchable | None:
        slug = published.episode.slug
        card = self._cards.get(slug)
        raw = kept_bytes(self._search_file(slug), card.found_by.key) if card else None
        return unpacked(raw, Searchable) if raw else None

    def html(self, slug: str, key: str) -> str | None:
        """An episode's transcript as pages have it, where it was kept under this key."""
        raw = kept_bytes(self._html_file(slug), key)
        return raw.decode() if raw is not None else None

    def keep_html(self, slug: str, key: str, html: str) -> None:
        """Keep it for other layouts of the pages."""
        keep_bytes(self._html_file(slug), key, html.encode())

    def pieces(self, slug: str) -> Pieces:
        """What was made of an episode's single texts the last time."""
        raw = kept_bytes(self._pieces_file(slug), self._of_pieces())
        return unpacked(raw, Pieces) if raw else Pieces({}, {})

    def keep_pieces(self, slug: str, pieces: Pieces) -> None:
        """Keep it for the next time."""
        keep_bytes(self._pieces_file(slug), self._of_pieces(), packed(pieces))

    def _of_pieces(self) -> str:
        return key_of(program(), liblouis.edition())

    def slots(self, published: PublishedEpisode) -> Entries | None:
        """What an episode is found by, as it lies there unproved."""
        slug = published.episode.slug
        card = self._cards.get(slug)
        lying = unproved(self._search_file(slug), card.found_by.key, _Slots) if card else None
        return lying.entries if lying else None

    def drop(self, slug: str) -> None:
        """Forget an episode, of which something is lost."""
        self._cards.pop(slug, None)
        self.files.cache_clear()
        self.head.cache_clear()
        self.searchable.cache_clear()

    def save(self, slugs: Sequence[str]) -> None:
        """Remember these episodes for the next run, and drop all others."""
        gone = self._cards.keys() - slugs
        for slug in gone:
            for file in (
                self._files_file, self._page_file, self._search_file, self._pieces_file,
                self._html_file, self._head_file,
            ):  # fmt: skip
                file(slug).unlink(missing_ok=True)
        if not self._changed and not gone:
            return
        every = self.cache / _ALL
        if gone or len(self._others) > min(_FEW, len(self._cards) // 2):
            keep(every, program(), {slug: self._cards[slug] for slug in sorted(slugs)
                                   if slug in self._cards})  # fmt: skip
            self._others = {}
        keep(self.cache / _CARDS, program(), _Known(named_as(every), self._others))
        self._changed = False

    def _files_file(self, slug: str) -> Path:
        return self.cache / "texts" / f"{slug}.json"

    def _page_file(self, slug: str) -> Path:
        return self.cache / "texts" / f"{slug}.page"

    def _head_file(self, slug: str) -> Path:
        return self.cache / "texts" / f"{slug}.head"

    def _html_file(self, slug: str) -> Path:
        return self.cache / "texts" / f"{slug}.html"

    def _pieces_file(self, slug: str) -> Path:
        return self.cache / "texts" / f"{slug}.pieces"

    def _search_file(self, slug: str) -> Path:
        return search_file(self.cache, slug)

    def _file_key(self, episode: Episode) -> str:
        """Names what reading the file depends on; a version depends on its original's file, too."""
        slugs = [episode.slug, *([episode.translation_of] if episode.translation_of else [])]
        files = [self._digest(self._space.episode_file(slug)) for slug in slugs]
        return key_of(self._of_show, slugs, files)

    def _sources(self, episode: Episode) -> Iterator[tuple[str, Path]]:
        """The files that an episode is made from, by a name; some may not be there."""
        space, folder = self._space, self._space.episode_folder(episode.slug)
        yield "transcript", space.transcript_file(episode.slug)
        yield "words", space.words_file(episode.slug)
        named = [episode.cover, *(piece.file for piece in episode.pieces().values())]
        for name in filter(None, named):
            yield f"episode/{name}", folder / name
            yield f"show/{name}", space.root / name
        inside = _names(folder)
        for name in inside:
            if name.startswith("recording"):
                yield f"{folder.name}/{name}", folder / name
        if "tracks" in inside:
            for name in _names(folder / "tracks"):
                yield f"tracks/{name}", folder / "tracks" / name

    def _digest(self, path: Path) -> str:
        try:
            return self._digests.of(path)
        except OSError:
            return ""

    def _sounds_there(self, card: Card) -> bool:
        lengths = [card.published.enclosure, *card.published.alternates]
        wanted = {enclosure.path: enclosure.length for enclosure in lengths}
        folder = f"{self._space.cache}/tagged"
        return all(
            size_of(f"{folder}/{name}") == wanted[path] for path, name in card.sounds.items()
        )
