"""Where the work is done, for which show, and who is told."""

from __future__ import annotations

from dataclasses import dataclass

from podcast.memo import Digests
from podcast.report import Reporter
from podcast.show import Show
from podcast.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Work:
    """Where the work is done, for which show, and who is told."""

    workspace: Workspace
    show: Show
    digests: Digests
    report: Reporter
