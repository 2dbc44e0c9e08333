"""Where the work is done, for which show, and who is told."""

from __future__ import annotations

from dataclasses import dataclass

from podcast.memo import Digests
from podcast.report import Reporter
from podcast.shelf import Shelf, own
from podcast.show import Show
from podcast.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Work:
    """Where the work is done, for which show, and who is told."""

    workspace: Workspace
    show: Show
    digests: Digests
    report: Reporter
    shelf: Shelf


def work_in(space: Workspace, show: Show, report: Reporter) -> Work:
    """Work on a show, beside what is known of it already."""
    digests = Digests(space.cache / "digests.json")
    return Work(space, show, digests, report, Shelf(space, own(show), digests))
