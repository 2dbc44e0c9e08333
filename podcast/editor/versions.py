"""Former texts of an episode, kept while it is edited: the last fifty, further apart the older.

They are whole files that a person can open, in ``.podcast/versions/<slug>/``, named by when it was,
who wrote it, and the beginning of the digest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from podcast.errors import Fixable, fault
from podcast.workspace import Workspace, write

MOST = 50
LATEST = 10
"""The newest are all kept: a person takes back what they did a minute ago."""
_NAME = re.compile(r"(\d{8}T\d{6})(\d{3})Z-(editor|outside)-([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class Version:
    """One text: ``by`` is ``editor`` or ``outside``, ``digest`` the first 16 digits of SHA-256."""

    id: str
    saved_at: datetime
    by: str
    digest: str
    path: Path


def listed(space: Workspace, slug: str) -> list[Version]:
    """Every version that is kept, the newest first."""
    return sorted(_found(space.versions(slug)), key=lambda v: (v.saved_at, v.id), reverse=True)


def _found(folder: Path) -> Iterator[Version]:
    for path in folder.glob("*.md"):
        if name := _NAME.fullmatch(path.stem):
            with suppress(ValueError):
                when = datetime.strptime(name[1], "%Y%m%dT%H%M%S").replace(
                    microsecond=int(name[2]) * 1000, tzinfo=UTC
                )
                yield Version(path.stem, when, name[3], name[4], path)


def text_of(space: Workspace, slug: str, id_: str) -> str:
    """The text of a version; raises :class:`Fixable` where there is none of this name."""
    for version in listed(space, slug):
        if version.id == id_:
            return space.exact_text(version.path)
    raise Fixable(fault("editor.version"))


def with_digest(space: Workspace, slug: str, digest: str) -> str | None:
    """The text of a digest, if it is kept."""
    for version in listed(space, slug):
        if digest.startswith(version.digest):
            return space.exact_text(version.path)
    return None


def keep(space: Workspace, slug: str, text: str, digest: str, by: str) -> None:
    """Keep a text, unless it is the newest already; the many of an hour grow fewer with time."""
    known = listed(space, slug)
    if known and digest.startswith(known[0].digest):
        return
    now = datetime.now(UTC)
    stamp = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}Z"
    write(space.versions(slug) / f"{stamp}-{by}-{digest[:16]}.md", text)
    for version in thinned([now, *(v.saved_at for v in known)]):
        known[version - 1].path.unlink(missing_ok=True)


def thinned(times: list[datetime]) -> list[int]:
    """Which of some times, the newest first, are given up so that :data:`MOST` remain.

    Always the one whose neighbours are nearest to each other for its age, so that there are some of
    the last minutes, of the last hours, of the last weeks; the oldest stays.
    """
    left = list(range(len(times)))
    gone: list[int] = []
    while len(left) > MOST:
        inner = range(LATEST, len(left) - 1)

        def nearness(k: int) -> float:
            apart = times[left[k - 1]] - times[left[k + 1]]
            age = times[0] - times[left[k]]
            return apart.total_seconds() / max(1.0, age.total_seconds())

        gone.append(left.pop(min(inner, key=nearness)))
    return gone
