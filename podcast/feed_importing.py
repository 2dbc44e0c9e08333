"""Bring a show from another host into a workspace, with every guid and date as it was.

Nothing that is there is changed: an episode is known by its guid, and what it lacks is brought.
So the same command goes on where it was interrupted, and later brings what is new.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from podcast import chapter_list, foreign_fetch, foreign_files, host_text, pictures
from podcast.download import Failed, Web, web
from podcast.errors import Fault, Fixable, Outside, Place, PodcastError, fault
from podcast.foreign_feed import ForeignItem, ForeignPerson, ForeignShow
from podcast.frame import own_names
from podcast.front_matter import split_front_matter
from podcast.licences import LICENCES
from podcast.memo import key
from podcast.report import Reporter
from podcast.rules import slug_of
from podcast.show import Show
from podcast.strict_yaml import read_yaml
from podcast.wording import Wording
from podcast.work import work_in
from podcast.workspace import (
    SHOW,
    Workspace,
    disk_kind,
    ensure_folder,
    find,
    line_of,
    write,
    write_new,
)

_MOST_PICTURE = 20_000_000
_IGNORED = "/site/\n/.podcast/\n"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person said beside the feed: the new site's address, whose show it is, whom to trust.

    ``trusted`` are ``host:port`` that may be on this machine or network.
    """

    address: str | None = None
    mine: bool = False
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was brought; ``failures`` may come the next time, ``remarks`` are for a person."""

    title: str
    episodes: int
    added: tuple[str, ...]
    sounds: int
    drafts: int
    silent: tuple[str, ...]
    untold: tuple[str, ...]
    remarks: tuple[Fault, ...]
    failures: tuple[Fault, ...]


def bring_in(folder: Path, source: str, wishes: Wishes, report: Reporter) -> Outcome:
    """Bring what is not there yet; raises :class:`PodcastError` where nothing can be brought."""
    try:
        with web(public_only=True, trusted=wishes.trusted) as visitor:
            show, address, failures = foreign_fetch.gather(visitor, source)
            if show.locked and not wishes.mine:
                raise Fixable(fault("foreign.locked", Place(source), title=show.title))
            space = _workspace(folder)
            with space.lock():
                bringing = _Bringing(visitor, space, show, report)
                bringing.remarks += show.remarks
                bringing.failures += failures
                bringing.show(address, wishes)
                return bringing.everything()
    except Failed as error:  # the network's settings of this machine
        raise Outside(foreign_fetch.told(error, source)) from error
    except OSError as error:
        raise Outside(fault(disk_kind(error), Place(str(folder)))) from error


def _workspace(folder: Path) -> Workspace:
    """The show that the folder is in, or a new one where the folder is empty."""
    if not folder.exists() or not any(folder.iterdir()):
        ensure_folder(folder)
        return Workspace(folder.resolve())
    if (folder / SHOW).is_file() or not (folder / ".podcast").is_dir():
        return find(folder)
    return Workspace(folder.resolve())  # stopped before its podcast.yaml was written


class _Bringing:
    """One run: each step brings what is missing, and keeps what went wrong for the end."""

    def __init__(
        self, visitor: Web, space: Workspace, foreign: ForeignShow, report: Reporter
    ) -> None:
        self.visitor = visitor
        self.space = space
        self.foreign = foreign
        self.report = report
        self.remarks: list[Fault] = []
        self.failures: list[Fault] = []

    # The show.

    def show(self, address: str | None, wishes: Wishes) -> None:
        """``podcast.yaml`` and the picture, where they are missing."""
        space, foreign = self.space, self.foreign
        file = space.root / SHOW
        known = foreign.guid or address
        if not file.is_file():
            guid = foreign_files.show_guid(foreign.guid, address or "") if known else str(uuid4())
            people = foreign_files.people_of(foreign)
            words = Wording(foreign.language or self._spoken())
            text = foreign_files.show_text(foreign, guid, people, wishes.address, address, words)
            if not (space.root / ".gitignore").exists():
                write_new(space.root / ".gitignore", _IGNORED)
            ensure_folder(space.root / "transcripts")
            write_new(file, text)
            for name in foreign_files.missing(foreign, wishes.address):
                place = Place(SHOW, line_of(text, name.partition(".")[0]))
                self.remarks.append(fault("foreign.fill_in", place, key=name))
            if foreign.license and not foreign_files.licence(foreign.license):
                known = ", ".join(LICENCES)
                told = fault("show.license", Place(SHOW), value=foreign.license, known=known)
                self.remarks.append(told)
        self._picture(foreign.picture, space.root / space.show().cover, True)

    def _spoken(self) -> str:
        return getattr(getattr(self.report, "words", None), "language", "fr")

    def _picture(self, address: str | None, target: Path, keep_unfit: bool) -> bool:
        """Bring a picture where there is none, made fit for a cover; whether one fits then."""
        if not address or (keep_unfit and target.exists()):
            return False
        name = self.space.name(target)
        try:
            raw = foreign_fetch.small(self.visitor, address, _MOST_PICTURE, Place(name))
            write(target, pictures.fitting(raw, target.suffix.lower(), name))
            pictures.check(target, name)
        except Outside as error:
            self.failures += error.faults
            return False
        except Fixable as error:
            self.remarks += error.faults
            if not keep_unfit:
                target.unlink(missing_ok=True)
            return False
        return True

    # Its episodes.

    def everything(self) -> Outcome:
        """Every episode's files, texts and sounds."""
        show = self.space.show()
        if self.foreign.guid and foreign_files.show_guid(self.foreign.guid, "") != show.guid:
            place = Place(SHOW, line_of(self.space.text(self.space.root / SHOW), "guid"))
            other = self.foreign.guid
            self.remarks.append(fault("foreign.other_show", place, guid=show.guid, other=other))
        slugs, added = self._episodes(show)
        for slug, item in slugs.items():
            self._beside(slug, item)
        sounds = self._sounds(slugs)
        drafts = self._drafts(show, slugs)
        space = self.space
        silent = tuple(slug for slug in slugs if not space.has_sound(slug))
        untold = tuple(
            slug
            for slug in slugs
            if slug not in silent and not space.transcript_file(slug).exists()
        )
        return Outcome(
            show.title, len(slugs), added, sounds, drafts, silent, untold,
            tuple(self.remarks), tuple(self.failures),
        )  # fmt: skip

    def _episodes(self, show: Show) -> tuple[dict[str, ForeignItem], tuple[str, ...]]:
        """Each item's slug, the newest first, and those whose file is new."""
        known = {_guid(self.space, slug): slug for slug in self.space.slugs()}
        folders = (self.space.root / "episodes").glob("*")
        taken = {folder.name for folder in folders if not _left_over(folder)} | own_names(show)
        names = {person.name.casefold(): key for key, person in show.people.items()}
        added: list[str] = []
        strangers: dict[str, str] = {}
        slugs: dict[str, ForeignItem] = {}
        # The oldest first, so that one that comes later never changes the name of another.
        for item in sorted(self.foreign.items, key=lambda item: item.date):
            slug = known.get(item.guid)
            if slug is None:
                number = f"episode-{item.number}" if item.number else "episode"
                slug = foreign_files.free(slug_of(item.title) or number, taken)
                taken.add(slug)
                people = [names[p.name.casefold()] for p in self._declared(item, names, strangers)]
                folder = self.space.episode_folder(slug)
                own = item.picture if item.picture != self.foreign.picture else None
                # Without a picture that fits, the show's is shown.
                cover = "cover.jpg" if self._picture(own, folder / "cover.jpg", False) else ""
                text = foreign_files.episode_text(item, people, show.explicit, cover)
                write_new(self.space.episode_file(slug), text)
                added.append(slug)
            slugs[slug] = item
        if strangers:
            listed = ", ".join(strangers.values())
            self.remarks.append(fault("foreign.strangers", Place(SHOW), names=listed))
        return dict(reversed(slugs.items())), tuple(added)

    def _declared(
        self, item: ForeignItem, names: dict[str, str], strangers: dict[str, str]
    ) -> list[ForeignPerson]:
        """The item's people whom the show knows, each once; the others are kept to be told."""
        people = {person.name.casefold(): person for person in item.people}
        strangers |= {folded: p.name for folded, p in people.items() if folded not in names}
        return [person for folded, person in people.items() if folded in names]

    def _beside(self, slug: str, item: ForeignItem) -> None:
        """What comes with the sound: chapters and the host's own transcript."""
        if self.space.transcript_file(slug).exists():
            return
        file = self.space.chapters_file(slug)
        place = Place(self.space.name(file))
        chapters = item.chapters
        try:
            if not file.exists():
                if item.chapters_at:
                    most = chapter_list.MOST_BYTES
                    raw = foreign_fetch.small(self.visitor, item.chapters_at, most, place)
                    chapters = chapter_list.read(raw) or chapters
                if chapters:
                    write_new(file, chapter_list.render(chapters))
        except ValueError:
            self.remarks.append(fault("foreign.chapters", place, address=item.chapters_at or ""))
        except PodcastError as error:
            self.failures += error.faults
        try:
            host_text.bring(self.visitor, self.space, slug, item.transcripts)
        except Outside as error:
            self.failures += error.faults

    def _sounds(self, slugs: dict[str, ForeignItem]) -> int:
        """The sounds that are missing, the newest first; gives how many came."""
        missing = [slug for slug in slugs if not self.space.has_sound(slug)]
        if not missing:
            return 0
        folder = self.space.cache / "import"
        ensure_folder(folder)
        came = 0
        with self.report.progress("progress.sounds", n=len(missing)) as progress:
            for index, slug in enumerate(missing):

                def tell(share: float, index: int = index) -> None:
                    progress((index + share) / len(missing))

                item = slugs[slug]
                part = folder / f"{key(item.sound.address)}.part"
                place = Place(self.space.name(self.space.episode_folder(slug)))
                try:
                    suffix = foreign_fetch.sound(self.visitor, item.sound, part, place, tell)
                    os.replace(part, self.space.episode_folder(slug) / f"recording{suffix}")
                    came += 1
                except PodcastError as error:
                    self.failures += error.faults
            progress(1.0)
        return came

    def _drafts(self, show: Show, slugs: Iterable[str]) -> int:
        """Drafts of the hosts' own transcripts; gives how many were written."""
        work = work_in(self.space, show, self.report)
        written = 0
        for slug in slugs:
            try:
                written += host_text.draft(work, slug)
            except Fixable as error:
                self.remarks += error.faults
        work.digests.save()
        return written


def _left_over(folder: Path) -> bool:
    """Whether a run was stopped here before it wrote the episode's file."""
    return folder.is_dir() and all(
        path.name == "cover.jpg" or path.name.startswith(".") for path in folder.iterdir()
    )


def _guid(space: Workspace, slug: str) -> str:
    file = space.episode_file(slug)
    head, _, first = split_front_matter(space.text(file), space.name(file))
    tree = read_yaml(head, space.name(file), first)
    return str(tree.value.get("guid", "")) if isinstance(tree.value, dict) else ""
