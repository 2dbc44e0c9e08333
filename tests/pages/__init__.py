"""Checks of the built pages in a real browser: each file here proves some promises of the pages.

A check is a function that looks at a page and returns what is wrong with it, in plain sentences;
an empty list is a pass.  It is registered with its numbers of the page checklist (E for episodes, I
for the index and the other pages) and the criteria that they stand for.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal

from pages.browsing import LIGHT, Look, Site, Visit, Visitor

Kind = Literal["page", "episode", "hour", "player"]
"""Every page, episodes' pages, only those whose transcript lasts an hour, or players in a frame."""


@dataclass(frozen=True)
class Check:
    """A promise of the pages, opened as each of ``looks`` says: in the first of them every page."""

    name: str
    numbers: str
    criteria: str
    kind: Kind
    looks: tuple[Look, ...]
    acts: bool
    """Whether it presses keys, plays or changes something: the page is then opened for it alone."""
    look_at: Callable[[Visit], list[str]]

    def is_about(self, site: Site, path: str) -> bool:
        return self.kind in site.kinds(path)


@dataclass(frozen=True)
class SiteCheck:
    """A promise that is about all the pages of a site together."""

    name: str
    numbers: str
    criteria: str
    look_at: Callable[[Site, Visitor], list[str]]


CHECKS: list[Check] = []
SITE_CHECKS: list[SiteCheck] = []


def check(
    numbers: str,
    criteria: str,
    kind: Kind = "page",
    looks: tuple[Look, ...] = (LIGHT,),
    acts: bool = False,
) -> Callable[[Callable[[Visit], list[str]]], Callable[[Visit], list[str]]]:
    """Register a check of single pages."""

    def register(function: Callable[[Visit], list[str]]) -> Callable[[Visit], list[str]]:
        CHECKS.append(Check(function.__name__, numbers, criteria, kind, looks, acts, function))
        return function

    return register


def site_check(
    numbers: str, criteria: str
) -> Callable[[Callable[[Site, Visitor], list[str]]], Callable[[Site, Visitor], list[str]]]:
    """Register a check of a whole site."""

    def register(
        function: Callable[[Site, Visitor], list[str]],
    ) -> Callable[[Site, Visitor], list[str]]:
        SITE_CHECKS.append(SiteCheck(function.__name__, numbers, criteria, function))
        return function

    return register


@cache
def checks() -> tuple[Check, ...]:
    """Every check of single pages, from all files of this folder."""
    _load()
    return tuple(CHECKS)


@cache
def site_checks() -> tuple[SiteCheck, ...]:
    """Every check of whole sites, from all files of this folder."""
    _load()
    return tuple(SITE_CHECKS)


def _load() -> None:
    for name in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        import_module(f"{__name__}.{name}")
