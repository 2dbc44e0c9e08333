"""Where things are in a producer's folder: names only, so that asking costs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from podcast import names
from podcast.names import GLOSSARY as GLOSSARY
from podcast.names import SHOW as SHOW


@dataclass(frozen=True, slots=True)
class Places:
    """The files of a folder with a ``podcast.yaml``, whether they are there or not."""

    root: Path

    @property
    def site(self) -> Path:
        return self.root / names.SITE

    @property
    def cache(self) -> Path:
        """What may be deleted at any time; git ignores it."""
        return self.root / names.CACHE

    @property
    def ledger(self) -> Path:
        return self.root / names.LEDGER

    @property
    def glossary_file(self) -> Path:
        return self.root / GLOSSARY

    @property
    def templates(self) -> Path:
        return self.root / names.TEMPLATES

    @property
    def episodes(self) -> Path:
        return self.root / names.EPISODES

    @property
    def transcripts(self) -> Path:
        return self.root / names.TRANSCRIPTS

    def episode_folder(self, slug: str) -> Path:
        return self.episodes / slug

    def episode_file(self, slug: str) -> Path:
        return self.episode_folder(slug) / "episode.md"

    def transcript_file(self, slug: str) -> Path:
        return self.transcripts / f"{slug}.md"

    def chapters_file(self, slug: str) -> Path:
        """Chapters that another host knew, for the first draft."""
        return self.episode_folder(slug) / "chapters.json"

    def words_file(self, slug: str) -> Path:
        return self.transcripts / f"{slug}.words.jsonl"

    def review_file(self, slug: str) -> Path:
        return self.transcripts / f"{slug}.review.json"

    def versions(self, slug: str) -> Path:
        """Former texts, kept while a transcript is edited."""
        return self.cache / "versions" / slug

    @property
    def editor(self) -> Path:
        """What the editor remembers of this machine: its keys and ports."""
        return self.cache / "editor"

    def name(self, path: Path) -> str:
        """A path as the producer would write it."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return str(path)


def root_of(start: Path) -> Path | None:
    """The nearest folder around (or) a folder that has a ``podcast.yaml``."""
    found = names.root_of(str(start))
    return Path(found) if found else None
