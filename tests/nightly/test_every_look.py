"""What the usual tests see on chosen pages only: each night every page is opened in every look."""

from __future__ import annotations

import pytest
from pages import Check
from pages.browsing import Look, Site, Visitor
from test_pages import ACTING, READ_LOOKS, READING, faults_of


@pytest.fixture(scope="session")
def every(sites: tuple[Site, ...]) -> frozenset[tuple[str, str]]:
    return frozenset((site.name, path) for site in sites for path in site.pages)


@pytest.mark.parametrize("look", READ_LOOKS, ids=lambda look: look.name.replace(" ", "_"))
def test_what_is_read(
    look: Look, sites: tuple[Site, ...], visitor: Visitor, every: frozenset[tuple[str, str]]
) -> None:
    assert faults_of(READING, look, sites, visitor, every) == []


@pytest.mark.parametrize(("each", "look"), ACTING)
def test_what_is_done(
    each: Check,
    look: Look,
    sites: tuple[Site, ...],
    visitor: Visitor,
    every: frozenset[tuple[str, str]],
) -> None:
    assert faults_of([each], look, sites, visitor, every) == [], each.look_at.__doc__
