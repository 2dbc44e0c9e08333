"""Our feeds keep every rule, and each rule sees the fault that is put in for it."""

from __future__ import annotations

from pathlib import Path

import pytest
import rich_feed
from feed_defects import DEFECTS, Defect, broken
from feed_rules import NS, RULES, problems

from podcast import feed


def test_the_sample_show_keeps_every_rule(published: Path) -> None:
    assert problems((published / "site" / "feed.xml").read_bytes()) == {}


def test_a_show_that_uses_everything_keeps_every_rule() -> None:
    assert problems(rich_feed.content()) == {}


def test_every_rule_has_a_fault_that_it_sees() -> None:
    assert {each.name for each in RULES} == {defect.rule for defect in DEFECTS}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.name)
def test_the_fault_is_seen_by_its_rule_alone(defect: Defect) -> None:
    assert list(problems(broken(rich_feed.content(), defect))) == [defect.rule]


@pytest.mark.parametrize("prefix", ["itunes", "podcast", "atom", "content"])
def test_namespaces_are_compared_letter_by_letter(prefix: str) -> None:
    content = rich_feed.content().replace(NS[prefix].encode(), NS[prefix].upper().encode())
    assert "root_is_rss_with_its_namespaces" in problems(content)


def test_every_feed_of_a_show_keeps_every_rule() -> None:
    extra = """
feeds:
  anglais: {title: In English, guid: 87142b0f-0f5b-5177-815e-a9ebb8ed12cd, language: en}
  saison-2: {title: Saison 2, guid: 97142b0f-0f5b-5177-815e-a9ebb8ed12cd, season: 2}
  amis: {title: Amis, guid: a7142b0f-0f5b-5177-815e-a9ebb8ed12cd, unlisted: true, secret: 0123456789abcdef}
"""
    made = feed.files(rich_feed.publication(extra), "feed.css")
    feeds = {path: content for path, content in made.items() if path.endswith(".xml")}
    assert list(feeds) == ["feed.xml", "anglais.xml", "saison-2.xml", "amis-0123456789abcdef.xml"]
    assert {path: problems(content) for path, content in feeds.items()} == {
        path: {} for path in feeds
    }
