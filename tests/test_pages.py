"""Every promise of the pages, on every page of the sample show and of an hour in two languages."""

from __future__ import annotations

import pytest
from pages import Check, SiteCheck, checks, site_checks
from pages.browsing import Look, Site, Visitor

PAGE_CHECKS = [
    pytest.param(each, look, id=f"{each.name}-{look.name}".replace(" ", "_"))
    for each in checks()
    for look in each.looks
]


@pytest.mark.parametrize(("each", "look"), PAGE_CHECKS)
def test_page(each: Check, look: Look, sites: tuple[Site, ...], visitor: Visitor) -> None:
    faults = []
    for site in sites:
        for path in each.on(site):
            if each.acts:
                with visitor.visit(site, path, look) as visit:
                    found = each.look_at(visit)
            else:
                found = each.look_at(visitor.reading(site, path, look))
            faults += [f"{site.name} {path}: {fault}" for fault in found]
    assert faults == [], f"{each.numbers} ({each.criteria}): {each.look_at.__doc__}"


@pytest.mark.parametrize("each", site_checks(), ids=lambda each: each.name)
def test_site(each: SiteCheck, sites: tuple[Site, ...], visitor: Visitor) -> None:
    faults = [f"{site.name} {fault}" for site in sites for fault in each.look_at(site, visitor)]
    assert faults == [], f"{each.numbers} ({each.criteria}): {each.look_at.__doc__}"
