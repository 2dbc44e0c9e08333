"""The pages of the site: each file here is one kind of page.

A page is a module with ``TEMPLATE`` and ``views(publication, assets)``, which gives the path of
each page below the site and the frozen view that its template may show, and nothing else.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Protocol

from podcast.published import Publication


class Page(Protocol):
    """What every module of this folder offers."""

    TEMPLATE: str

    def views(
        self, publication: Publication, assets: Mapping[str, str]
    ) -> Iterator[tuple[str, object]]:
        """Path and view of each page of this kind; ``assets`` gives the address of static files."""
        ...


@cache
def kinds() -> tuple[Page, ...]:
    """All kinds of page, in the order of their file names."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}") for name in names)
