"""An episode with everything that pages, captions and feed are made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from podcast.accessibility import Conformity, conformity
from podcast.episode import Episode
from podcast.show import Show
from podcast.transcript import Caption, Chapter, MachineWords, Timeline, Transcript


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
    """One episode, ready to be written out."""

    episode: Episode
    transcript: Transcript
    timeline: Timeline
    captions: tuple[Caption, ...]
    chapters: tuple[Chapter, ...]
    enclosure: Enclosure
    words: MachineWords
    abbreviations: tuple[tuple[str, str], ...] = ()
    """Acronyms of the show with what they stand for."""
    alternates: tuple[Enclosure, ...] = ()
    """The same sound in other kinds of file."""

    @property
    def folder(self) -> str:
        """The episode's folder below the site."""
        return self.episode.slug

    def file(self, suffix: str) -> str:
        """Path below the site of one of the episode's text files."""
        return f"{self.folder}/{self.episode.slug}.{suffix}"

    @property
    def cover(self) -> str | None:
        """Path below the site of the episode's own picture, if it has one."""
        return f"{self.folder}/{self.episode.cover}" if self.episode.cover else None

    @property
    def speakers(self) -> tuple[str, ...]:
        """The names heard, in the order in which they first speak."""
        names = [
            block.speaker.name for block in self.transcript.blocks if hasattr(block, "speaker")
        ]
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True)
class Publication:
    """The show with its episodes, the newest first."""

    show: Show
    episodes: tuple[PublishedEpisode, ...]

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
    def uncorrected(self) -> int:
        """How many transcripts no person has corrected."""
        return sum(p.transcript.status != "reviewed" for p in self.episodes)

    @cached_property
    def conformity(self) -> Conformity:
        """What may be said of the site's accessibility."""
        newest = self.episodes[0].episode.date.date() if self.episodes else None
        return conformity(self.show.accessibility, newest, self.uncorrected)


def _original(published: PublishedEpisode) -> str:
    return published.episode.translation_of or published.episode.slug


def in_order(show: Show, episodes: list[PublishedEpisode]) -> Publication:
    """A publication whose order depends on dates and slugs only, never on the disk's order."""
    ordered = sorted(episodes, key=lambda e: (e.episode.date, e.episode.slug), reverse=True)
    return Publication(show, tuple(ordered))
