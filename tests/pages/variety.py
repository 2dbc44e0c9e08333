"""Which pages stand for all the others where a look is about colours, a width or a missing script.

Styles and scripts see elements and where they stand.  So in most looks only pages are opened that
between them have each element in each place, in each language: what is new on a page of any kind
brings that page in by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import TypeVar

from pages.browsing import Site
from pages.transcript import VOID

# What styles, scripts and the browser itself tell elements apart by, beside the class and the id.
VALUES = ("role", "type", "rel", "kind")
NAMES = ("lang", "hreflang", "hidden", "open", "download", "controls", "disabled", "tabindex")

Name = TypeVar("Name", bound=object)
Place = tuple[str, str]
"""What an element is in, and what it is."""


class _Places(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[Place] = set()
        self._inside = [""]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        told = [tag, *sorted((given.get("class") or "").split())]
        if name := given.get("id"):
            told.append("#" + re.sub(r"\d+", "", name))
        told += [f"{key}={given[key]}" for key in VALUES if key in given]
        told += [key for key in given if key in NAMES or key.startswith(("aria-", "data-"))]
        if tag == "html":
            told.append(given.get("lang") or "")
        element = " ".join(told)
        self.found.add((self._inside[-1], element))
        if tag not in VOID:
            self._inside.append(element)

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and len(self._inside) > 1 and self._inside.pop().split()[0] != tag:
            pass  # its end may be left out


def places(html: str) -> frozenset[Place]:
    """Each element of a page in the place where it stands, without its text and its numbers."""
    return frozenset(_Places(html).found)


def enough(pages: Mapping[Name, frozenset[object]]) -> list[Name]:
    """Pages that between them have all that any has: the richest first, then who adds most."""
    missing = {each for has in pages.values() for each in has}
    chosen = []
    while missing:
        best = max(pages, key=lambda name: len(pages[name] & missing))
        missing -= pages[best]
        chosen.append(best)
    return chosen


def representatives(sites: tuple[Site, ...]) -> frozenset[tuple[str, str]]:
    """The pages that stand for all: the names of their sites, and their paths."""
    return frozenset(
        enough(
            {
                (site.name, path): places(site.source(path)) | site.kinds(path)
                for site in sites
                for path in site.pages
            }
        )
    )
