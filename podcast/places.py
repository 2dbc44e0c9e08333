"""Where things are in a producer's folder: names only, so that asking costs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from podcast import names
from podcast.names import ABOUT as ABOUT
from podcast.names import GLOSSARY as GLOSSARY
from podcast.names import NETWORK as NETWORK
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
    def said_in(self) -> str:
        """The file that says what holds for all of this folder: a show's, or a network's."""
        return NETWORK if (self.root / NETWORK).is_file() else SHOW

    @property
    def glossary_file(self) -> Path:
        return self.root / GLOSSARY

    @property
    def glossary_files(self) -> tuple[Path, ...]:
        """The show's own, and that of its network; they need not be there."""
        around = self.network
        return (self.glossary_file, *([around / GLOSSARY] if around else []))

    @property
    def network(self) -> Path | None:
        """The folder around this one, where it is that of a network of shows."""
        around = self.root.parent
        return around if (around / NETWORK).is_file() and around != self.root else None

    @property
    def templates(self) -> Path:
        return self.root / names.TEMPLATES

    @property
    def themes(self) -> tuple[Path, ...]:
        """The show's own templates, and those of its network; they need not be there."""
        around = self.network
        return (self.templates, *([around / names.TEMPLATES] if around else []))

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
            if self.network and path.is_relative_to(self.network):
                return f"../{path.relative_to(self.network).as_posix()}"
            return str(path)


def root_of(start: Path) -> Path | None:
    """The nearest folder around (or) a folder that has a ``podcast.yaml``."""
    found = names.root_of(str(start))
    return Path(found) if found else None
