"""Where the work is done, for which show, and who is told."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from podcast.memo import Digests, keep, kept, key_of, program
from podcast.report import Reporter
from podcast.shelf import Shelf, own
from podcast.show import Show, read_show
from podcast.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Work:
    """Where the work is done, for which show, and who is told."""

    workspace: Workspace
    show: Show
    digests: Digests
    report: Reporter
    shelf: Shelf


def work_in(
    space: Workspace, show: Show, report: Reporter, touched: Set[str] | None = None
) -> Work:
    """Work on a show, beside what is known of it already; ``touched`` is as in :class:`Shelf`."""
    digests = Digests(space.cache / "digests.json")
    return Work(space, show, digests, report, Shelf(space, own(show), digests, touched=touched))


def show_in(space: Workspace, keeps: bool = False) -> Show:
    """The show, read anew where its file has changed; raises :class:`Fixable` as reading does.

    It is kept for the next time where the caller ``keeps`` what it finds, and may write.
    """
    said = space.said_of_show()
    file, name = space.cache / "show.json", key_of(program(), said)
    if known := kept(file, name, Show):
        return known
    show = read_show(*said)
    if keeps:
        keep(file, name, show)
        if kept(file, name, Show) != show:
            file.unlink()  # not the same again: it is read each time
    return show
