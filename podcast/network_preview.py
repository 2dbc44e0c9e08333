"""The preview of a network: each show with its drafts, below the network's own pages and search.

It is made beside ``site/`` as that of a show is (:mod:`podcast.previewing`), and each show's is
made for it alone: somebody may look at that show by itself meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from podcast import building, previewing, site, unchanged
from podcast.errors import Fault, Fixable
from podcast.network import Network, read_network
from podcast.previewing import Preview
from podcast.published import PublishedEpisode
from podcast.report import Reporter, Silent
from podcast.searching import Searchable
from podcast.workspace import NETWORK, Workspace, ensure_folder


class OfNetwork:
    """The preview of a network, while somebody looks at it."""

    def __init__(self, space: Workspace) -> None:
        self.space = space
        self._last: dict[str, Preview] = {}

    @property
    def home(self) -> Path:
        """Where all of it is; may be deleted at any time."""
        return previewing.home(self.space)

    @property
    def folder(self) -> Path:
        """The site to look at."""
        return self.home / "site"

    def state(self) -> object:
        """Everything that the preview is made from, by names, sizes and times."""
        root = self.space.root
        shows = [Workspace(root / name) for name in unchanged.shows_in(str(root))]
        return [previewing.looked_at(each) for each in (self.space, *shows)]

    def build(self, report: Reporter) -> Preview:
        """Bring it up to date; a show with a fault stays as it was when it had none.

        Raises :class:`Fixable` for what concerns the network as a whole; the preview of before is
        then untouched.
        """
        of = read_network(self.space.text(self.space.root / NETWORK), NETWORK)
        folders, strange = building.folders_of(self.space, of, report)
        faults = [each for error in strange for each in error.faults]
        ensure_folder(self.home)
        site.recover(self.folder, self.home)
        with report.progress("progress.shows", n=len(folders)) as progress:
            for number, folder in enumerate(folders, 1):
                faults += self._of_show(folder, of)
                progress(number / len(folders))
        shows = {name: self._last[name] for name in folders if name in self._last}
        if faults and not shows:
            raise Fixable(faults)
        files = _Made(self.space, of, shows, self.home).shows_and_own()
        pages = {path: content for path, content in files.items() if not previewing.is_feed(path)}
        with report.progress("progress.writing") as progress:
            changes = site.replace(self.folder, self.home, pages, progress)
        episodes = sum(each.episodes for each in shows.values())
        drafts = sum(each.drafts for each in shows.values())
        return Preview(episodes, drafts, tuple(faults), changes)

    def _of_show(self, folder: str, of: Network) -> tuple[Fault, ...]:
        """Bring a show's preview up to date; what is wrong with it."""
        inside = Workspace(self.space.root / folder)
        try:
            building.check_show(inside, of)
            made = previewing.build(inside, Silent(), self.home / "shows" / folder)
        except Fixable as error:
            return building.placed(error, folder).faults
        self._last[folder] = made
        return building.placed(Fixable(made.faults), folder).faults if made.faults else ()


class _Made(building.Made):
    """The network's site as it would be with every draft."""

    def __init__(
        self, space: Workspace, of: Network, shows: Mapping[str, Preview], home: Path
    ) -> None:
        known = {name: each.shown for name, each in shows.items() if each.shown}
        super().__init__(space, of, tuple(known), known)
        self.cache = self.home = home
        self._shows = shows

    def source(self, folder: str) -> tuple[Path, bool]:
        """Where a show's preview is."""
        return self.home / "shows" / folder / "site", False

    def searchable(self, published: PublishedEpisode) -> Searchable:
        """What an episode is found by, as it was made for its show's preview."""
        folder, _, slug = published.episode.slug.partition("/")
        found = self._shows[folder].searchable
        assert found
        return found(replace(published, episode=replace(published.episode, slug=slug)))
