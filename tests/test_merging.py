"""Two people's changes of one text come together, or clash; the cases are in ``cases/merges.md``."""

from __future__ import annotations

import pytest
from cases_reader import cases
from hypothesis import given
from hypothesis import strategies as st

from podcast.merging import Clash, changed, compare, merge, merged, units


def shown(parts: tuple[str | Clash, ...]) -> str:
    return "".join(
        part if isinstance(part, str) else f"<<<\n{part.mine}===\n{part.theirs}>>>\n"
        for part in parts
    )


@pytest.mark.parametrize("case", cases("merges"))
def test_merge(case: dict[str, str]) -> None:
    parts = merge(case["base"], case["mine"], case["theirs"])
    assert shown(parts) == case["merged"]
    assert (merged(parts) is None) == ("<<<" in case["merged"])
    lines = case["theirs"].split("\n")
    for part in parts:
        if isinstance(part, Clash) and part.theirs:
            assert lines[part.line - 1] == part.theirs.split("\n")[0]


paragraphs = st.lists(
    st.sampled_from(["A : Un.", "B : Deux.", "A : Trois.", "[JINGLE]", "a\nb", " ", ""]), max_size=7
)
texts = st.builds(
    lambda parts, end: "\n\n".join(parts) + end, paragraphs, st.sampled_from(["", "\n", "\n\n"])
) | st.text("ab\n \r", max_size=12)


@given(texts)
def test_units_are_the_text(text: str) -> None:
    assert "".join(units(text)) == text


@given(texts, texts)
def test_whoever_changes_alone_is_right(base: str, other: str) -> None:
    assert merged(merge(base, other, base)) == other
    assert merged(merge(base, base, other)) == other
    assert merged(merge(base, other, other)) == other


@given(texts, texts, texts)
def test_nothing_is_lost_and_sides_do_not_matter(base: str, mine: str, theirs: str) -> None:
    parts = merge(base, mine, theirs)
    turned = merge(base, theirs, mine)
    assert merged(parts) == merged(turned)
    for side, text in (("mine", mine), ("theirs", theirs)):
        whole = "".join(p if isinstance(p, str) else getattr(p, side) for p in parts)
        assert all(unit in whole for unit in set(units(text)) - set(units(base)))


@given(texts, texts)
def test_without_a_base_each_side_can_be_taken_back(mine: str, theirs: str) -> None:
    parts = compare(mine, theirs)
    assert "".join(p if isinstance(p, str) else p.mine for p in parts) == mine
    assert "".join(p if isinstance(p, str) else p.theirs for p in parts) == theirs


def test_changed_paragraphs_are_counted() -> None:
    assert changed("A : Un.\n\nB : Deux.\n", "A : Un.\n\nB : Deux.\n") == 0
    assert changed("A : Un.\n\nB : Deux.\n", "A : Un.\n\nB : Trois.\n\nA : Oui.\n") == 2
