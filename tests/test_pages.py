"""Every promise of the pages, on every page of the sample show and of an hour in two languages.

Each check looks at every page in its first look, and in its other looks at those that stand for all
(:mod:`pages.variety`); each night it looks at every page in each look.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pages import Check, SiteCheck, checks, site_checks
from pages.browsing import Look, Site, Visitor
from pages.variety import representatives

READING = [each for each in checks() if not each.acts]
# The checks that only read, by their looks: a page is opened once for all of them.
READ_LOOKS = list(dict.fromkeys(look for each in READING for look in each.looks))
ACTING = [
    pytest.param(each, look, id=f"{each.name}-{look.name}".replace(" ", "_"))
    for each in checks()
    for look in each.looks
    if each.acts
]

Chosen = frozenset[tuple[str, str]]


@pytest.fixture(scope="session")
def chosen(sites: tuple[Site, ...]) -> Chosen:
    """The pages that stand for all in the further looks of a check."""
    return representatives(sites)


def faults_of(
    asked: list[Check], look: Look, sites: tuple[Site, ...], visitor: Visitor, chosen: Chosen
) -> list[str]:
    """What checks find in a look: on all pages if it is their first, else on the chosen ones."""
    return [
        f"{each.name} ({each.numbers}, {each.criteria}): {site.name} {path}: {fault}"
        for site, path, due in pages_for(asked, look, sites, chosen)
        for visit in [visitor.fresh(site, path, look)]
        for each in due
        for fault in each.look_at(visit)
    ]


def pages_for(
    asked: list[Check], look: Look, sites: tuple[Site, ...], chosen: Chosen
) -> Iterator[tuple[Site, str, list[Check]]]:
    """Each page that is opened in a look, and the checks that are due on it."""
    for site in sites:
        for path in site.pages:
            due = [
                each
                for each in asked
                if look in each.looks
                and each.is_about(site, path)
                and (look == each.looks[0] or (site.name, path) in chosen)
            ]
            if due:
                yield site, path, due


@pytest.mark.parametrize("look", READ_LOOKS, ids=lambda look: look.name.replace(" ", "_"))
def test_what_is_read(
    look: Look, sites: tuple[Site, ...], visitor: Visitor, chosen: Chosen
) -> None:
    assert faults_of(READING, look, sites, visitor, chosen) == []


@pytest.mark.parametrize(("each", "look"), ACTING)
def test_what_is_done(
    each: Check, look: Look, sites: tuple[Site, ...], visitor: Visitor, chosen: Chosen
) -> None:
    """What presses keys, plays or changes something has the page for itself."""
    assert faults_of([each], look, sites, visitor, chosen) == [], each.look_at.__doc__


@pytest.mark.parametrize("each", site_checks(), ids=lambda each: each.name)
def test_site(each: SiteCheck, sites: tuple[Site, ...], visitor: Visitor) -> None:
    faults = [f"{site.name} {fault}" for site in sites for fault in each.look_at(site, visitor)]
    assert faults == [], f"{each.numbers} ({each.criteria}): {each.look_at.__doc__}"
