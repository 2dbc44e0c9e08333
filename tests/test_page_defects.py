"""The checks of the pages see what they are there to see: faults put in, one at a time."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from conftest import copy_show
from pages import Check, checks, site_checks
from pages.browsing import OPENED, Site, Visitor, served
from pages.defects import DEFECTS, EPISODE, INVALID, SITE_DEFECTS, Defect, SiteDefect
from pages.nu import generated, validate

SITE_CHECKS = {each.name: each for each in site_checks()}
CHECKS: dict[str, Check] = {each.name: each for each in checks()}
_clean: dict[tuple[str, str, str, str], list[str]] = {}
_clean_sites: dict[str, list[str]] = {}


def test_every_check_has_its_defect() -> None:
    assert {each.check for each in DEFECTS} == set(CHECKS)
    seen = {each.check for each in SITE_DEFECTS} | {"every_document_is_valid"}
    assert seen == set(SITE_CHECKS)
    assert len(DEFECTS) + len(SITE_DEFECTS) + len(INVALID) > 40


@pytest.mark.parametrize("each", DEFECTS, ids=lambda each: each.name.replace(" ", "_"))
def test_a_defect_is_seen(each: Defect, sites: tuple[Site, ...], visitor: Visitor) -> None:
    check = CHECKS[each.check]
    site = next(site for site in sites if site.name == each.site)
    known = (each.check, each.site, each.path, each.look.name)
    if known not in _clean:
        with visitor.visit(site, each.path, each.look) as visit:
            _clean[known] = check.look_at(visit)
    assert _clean[known] == []
    with visitor.visit(site, each.path, each.look, each.change) as visit:
        found = check.look_at(visit)
    assert found != []
    assert each.change.after or visit.changed, "the defect was not put in"


@pytest.mark.parametrize("each", SITE_DEFECTS, ids=lambda each: each.name.replace(" ", "_"))
def test_a_defect_of_the_site_is_seen(
    each: SiteDefect, published: Path, tmp_path: Path, sites: tuple[Site, ...], visitor: Visitor
) -> None:
    if each.check not in _clean_sites:
        _clean_sites[each.check] = SITE_CHECKS[each.check].look_at(sites[0], visitor)
    assert _clean_sites[each.check] == []
    root = copy_show(tmp_path / "show")
    shutil.copytree(published / "site", root / "site", copy_function=os.link)
    each.put_into(root / "site")
    with served("changed", root) as changed:
        assert SITE_CHECKS[each.check].look_at(changed, visitor) != []


def test_invalid_documents_are_seen(sites: tuple[Site, ...], visitor: Visitor) -> None:
    documents = {}
    for name, change in {"nothing": None, **INVALID}.items():
        with visitor.visit(sites[0], EPISODE, OPENED, change) as visit:
            documents[f"{name}, as sent"] = visit.source
            documents[f"{name}, as made"] = generated(visit.page.content())
    told = validate(documents)
    assert told["nothing, as sent"] == told["nothing, as made"] == []
    for name in INVALID:
        assert told[f"{name}, as sent"] + told[f"{name}, as made"], name
