"""The pages of a network's own site: each file here is one kind of page.

They are made as those of a show are (:mod:`podcast.pages`); the pages that are alike for both are
taken from there.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Protocol

from podcast.all_shows import Member
from podcast.pages import Around, Page, Sheet, about, accessibility, not_found, search, subscribe
from podcast.published import Publication

ALIKE: tuple[Page, ...] = (about, accessibility, not_found, search, subscribe)


class NetworkPage(Protocol):
    """What every module of this folder offers."""

    TEMPLATE: str

    def sheets(self, publication: Publication, members: Sequence[Member]) -> Iterator[Sheet]:
        """Each page of this kind; the publication has the episodes of all members."""
        ...

    def view(self, sheet: Sheet, around: Around) -> object:
        """All that the template may show, from the sheet's values."""
        ...


@cache
def kinds() -> tuple[NetworkPage, ...]:
    """All kinds of page that only a network has, in the order of their file names."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}") for name in names)
