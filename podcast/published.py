"""An episode with everything that pages, captions and feed are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property

from podcast.accessibility import Conformity, conformity
from podcast.appearances import Appearance, appearances
from podcast.episode import Episode
from podcast.show import Show
from podcast.transcript import (
    Caption,
    Chapter,
    MachineWords,
    Paragraph,
    Timeline,
    Transcript,
)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """The audio file that apps load: its path below the site, exact bytes, and media type.

    ``sha256`` is the file's digest, in hexadecimal; empty where nobody has taken it.
    """

    path: str
    length: int
    media_type: str
    duration_ms: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PublishedEpisode:
    """One episode as lists, feeds and other pages know it: all but its words.

    ``language`` is the transcript's, ``reviewed`` whether a person has corrected it; ``speakers``
    are the names heard, in the order in which they first speak.
    """

    episode: Episode
    language: str
    reviewed: bool
    speakers: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    enclosure: Enclosure
    alternates: tuple[Enclosure, ...]
    """The same sound in other kinds of file."""
    appearances: tuple[Appearance, ...] = ()
    """Who of the show's people is heard, and where."""
    text: str = ""
    """Names what was made of the words and who is heard, and changes with it."""

    @property
    def folder(self) -> str:
        """The episode's folder below the site."""
        return self.episode.slug

    @property
    def bare(self) -> PublishedEpisode:
        """All that feeds say of it, for which a corrected word is no matter."""
        return replace(self, text="", appearances=())

    @property
    def known(self) -> Known:
        """What other pages and lists say of it."""
        told, length = self.episode, self.enclosure.duration_ms
        return Known(
            self.folder, told.title, told.language, told.number, told.date, length, told.summary
        )

    def file(self, suffix: str) -> str:
        """Path below the site of one of the episode's text files."""
        return f"{self.folder}/{self.episode.slug}.{suffix}"

    @property
    def cover(self) -> str | None:
        """Path below the site of the episode's own picture, if it has one."""
        return f"{self.folder}/{self.episode.cover}" if self.episode.cover else None


@dataclass(frozen=True, slots=True)
class WholeEpisode(PublishedEpisode):
    """One episode with every word: what its own page and its text files are made from."""

    transcript: Transcript = field(kw_only=True)
    timeline: Timeline = field(kw_only=True)
    captions: tuple[Caption, ...] = field(kw_only=True)
    words: MachineWords = field(kw_only=True)
    abbreviations: tuple[tuple[str, str], ...] = field(kw_only=True)
    """Acronyms of the show with what they stand for."""

    def without_words(self, text: str) -> PublishedEpisode:
        """What lists and feeds need; ``text`` names the rest."""
        known = {f.name: getattr(self, f.name) for f in fields(PublishedEpisode)}
        return PublishedEpisode(**{**known, "text": text})


def whole(
    episode: Episode,
    transcript: Transcript,
    timeline: Timeline,
    captions: tuple[Caption, ...],
    chapters: tuple[Chapter, ...],
    enclosure: Enclosure,
    words: MachineWords,
    abbreviations: tuple[tuple[str, str], ...] = (),
    alternates: tuple[Enclosure, ...] = (),
) -> WholeEpisode:
    """An episode from everything that was made for it."""
    spoken = (block for block in transcript.blocks if isinstance(block, Paragraph))
    return WholeEpisode(
        episode,
        transcript.language,
        transcript.status == "reviewed",
        tuple(dict.fromkeys(block.speaker.name for block in spoken)),
        chapters,
        enclosure,
        alternates,
        appearances(timeline),
        transcript=transcript,
        timeline=timeline,
        captions=captions,
        words=words,
        abbreviations=abbreviations,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What other pages and lists say of an episode."""

    folder: str
    title: str
    language: str
    number: int | None
    date: datetime
    duration_ms: int
    summary: str


@dataclass(frozen=True, slots=True)
class About:
    """The show, and what every page may say of the whole site.

    ``uncorrected`` counts the transcripts that no person has corrected; ``people``, ``topics`` and
    ``seasons`` tell whether there are pages on these; ``of_network`` is as in :class:`Publication`.
    """

    show: Show
    conformity: Conformity
    uncorrected: int
    people: bool = False
    topics: bool = False
    seasons: bool = False
    of_network: bool = False


@dataclass(frozen=True)
class Publication:
    """The show with its episodes, the newest first."""

    show: Show
    episodes: tuple[PublishedEpisode, ...]
    about_text: str = ""
    """What ``about.md`` says, in Markdown."""
    of_network: bool = False
    """Whether this is a network as its own pages know a show, with the episodes of all shows."""

    def versions(self, published: PublishedEpisode) -> tuple[PublishedEpisode, ...]:
        """The same episode in other languages, by language; without itself."""
        family = self._families[_original(published)]
        return tuple(version for version in family if version is not published)

    @cached_property
    def _families(self) -> dict[str, tuple[PublishedEpisode, ...]]:
        families: dict[str, tuple[PublishedEpisode, ...]] = {}
        for published in sorted(self.episodes, key=lambda p: (p.episode.language, p.episode.slug)):
            slug = _original(published)
            families[slug] = (*families.get(slug, ()), published)
        return families

    @cached_property
    def known(self) -> tuple[Known, ...]:
        """What lists say of each episode, the newest first."""
        return tuple(published.known for published in self.episodes)

    @cached_property
    def uncorrected(self) -> int:
        """How many transcripts no person has corrected."""
        return sum(not p.reviewed for p in self.episodes)

    @cached_property
    def conformity(self) -> Conformity:
        """What may be said of the site's accessibility."""
        newest = self.episodes[0].episode.date.date() if self.episodes else None
        return conformity(self.show.accessibility, newest, self.uncorrected)

    @cached_property
    def about(self) -> About:
        """What every page may say."""
        groups = (bool(self.people), bool(self.topics), bool(self.seasons))
        return About(self.show, self.conformity, self.uncorrected, *groups, self.of_network)

    @cached_property
    def people(self) -> dict[str, tuple[PublishedEpisode, ...]]:
        """Everybody of the show who takes part, in the show's order, with their episodes.

        Who is in no episode yet is left out: a guest to come is no public matter.
        """
        found: dict[str, list[PublishedEpisode]] = {key: [] for key in self.show.people}
        for published in self.episodes:
            heard = (each.key for each in published.appearances)
            for key in dict.fromkeys((*heard, *published.episode.people)):
                if key in found:
                    found[key].append(published)
        return {key: tuple(episodes) for key, episodes in found.items() if episodes}

    @cached_property
    def seasons(self) -> dict[int, tuple[Known, ...]]:
        """The episodes of each season, the newest season first."""
        found: dict[int, list[Known]] = {}
        for published, known in zip(self.episodes, self.known, strict=True):
            if published.episode.season:
                found.setdefault(published.episode.season, []).append(known)
        return {number: tuple(found[number]) for number in sorted(found, reverse=True)}

    @cached_property
    def topics(self) -> dict[str, tuple[Known, ...]]:
        """The episodes on each topic, by its key and in the show's order."""
        found: dict[str, list[Known]] = {key: [] for key in self.show.topics}
        for published, known in zip(self.episodes, self.known, strict=True):
            for key in dict.fromkeys(published.episode.topics):
                if key in found:
                    found[key].append(known)
        return {key: tuple(known) for key, known in found.items() if known}


def _original(published: PublishedEpisode) -> str:
    return published.episode.translation_of or published.episode.slug


def in_order(show: Show, episodes: Sequence[PublishedEpisode], about_text: str = "") -> Publication:
    """A publication whose order depends on dates and slugs only, never on the disk's order."""
    ordered = sorted(episodes, key=lambda e: (e.episode.date, e.episode.slug), reverse=True)
    return Publication(show, tuple(ordered), about_text)
