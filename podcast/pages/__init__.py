"""The pages of the site: each file here is one kind of page.

A page is a module with ``TEMPLATE``, ``sheets(publication)`` and ``view(sheet, around)``.  A sheet
is the path of a page below the site and all the values that the page depends on; from these alone
its frozen view is made, which is all that the template may show.  So the values are the page's
key: while they are the same, the page is.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from markupsafe import Markup

from podcast.published import Publication, PublishedEpisode


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its path below the site, and what it is made from, as frozen values."""

    path: str
    of: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """What all pages share: the addresses of static files by name, and where texts are kept.

    ``text`` gives what the page of an episode shows beside its words, ``transcript`` the words as
    they stand on its page and in its player.
    """

    assets: Mapping[str, str]
    text: Callable[[PublishedEpisode], Any]
    transcript: Callable[[PublishedEpisode], Markup]


class Page(Protocol):
    """What every module of this folder offers."""

    TEMPLATE: str

    def sheets(self, publication: Publication) -> Iterator[Sheet]:
        """Each page of this kind."""
        ...

    def view(self, sheet: Sheet, around: Around) -> object:
        """All that the template may show, from the sheet's values."""
        ...


@cache
def kinds() -> tuple[Page, ...]:
    """All kinds of page, in the order of their file names."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}") for name in names)
