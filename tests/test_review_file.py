"""What a person heard and accepted is kept beside the text, and counts for this sound only."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast.errors import Fixable
from podcast.review_file import (
    Accepted,
    Review,
    ReviewFile,
    heard,
    heard_ms,
    heard_whole,
    joined,
    read_review,
    with_listened,
    write_review,
)
from podcast.transcript import MachineWords, Word

WORDS = MachineWords(
    "d", 60_000, "fr", "e", "m", "2026-11-21",
    tuple(Word(k * 1000, k * 1000 + 400, 90, " mot") for k in range(5, 50)),
)  # fmt: skip
times = st.integers(0, 70_000)
spans = st.lists(st.tuples(times, times), max_size=8)
texts = st.text(st.characters(codec="utf-8"), max_size=20)
files = st.builds(
    ReviewFile,
    texts,
    spans.map(joined),
    st.lists(st.builds(Accepted, texts, texts, texts), max_size=3).map(tuple),
    st.lists(st.builds(Review, texts, texts, texts, times, times), max_size=3).map(tuple),
)


@given(files)
def test_written_then_read_is_the_same(review: ReviewFile) -> None:
    text = write_review(review)
    assert read_review(text, "r.json") == review
    assert json.loads(text)["schema"] == "review/1"


@given(spans, spans)
def test_what_was_heard_adds_up(first: list[tuple[int, int]], then: list[tuple[int, int]]) -> None:
    once = with_listened(with_listened(ReviewFile(), WORDS, first), WORDS, then)
    assert once == with_listened(ReviewFile(), WORDS, [*first, *then]) or heard_ms(once.listened)
    ms = {k for a, b in once.listened for k in range(a, b)}
    assert {k for a, b in [*first, *then] for k in range(a, min(b, 60_000))} <= ms
    assert heard_ms(once.listened) == len(ms) <= 60_000


def test_what_was_heard_of_another_sound_does_not_count() -> None:
    review = with_listened(ReviewFile(), WORDS, [(0, 30_000)])
    again = replace(WORDS, audio_digest="other")
    assert heard(review, WORDS) == ((0, 30_000),) and heard(review, again) == ()
    assert with_listened(review, again, [(5, 9)]).listened == ((5, 9),)


@pytest.mark.parametrize(
    ("listened", "whole"),
    [
        ([(0, 60_000)], True),
        ([(4000, 50_000)], True),  # nobody speaks before and after
        ([(4000, 20_000), (21_500, 50_000)], True),  # a jump
        ([(4000, 20_000), (22_500, 50_000)], False),
        ([(4000, 47_000)], False),
        ([], False),
    ],
)
def test_the_whole_is_all_that_is_said(listened: list[tuple[int, int]], whole: bool) -> None:
    assert heard_whole(joined(listened), WORDS) is whole


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("[]", 1),
        ('{"schema": "review/2"}', 1),
        ('{"schema": "review/1"}', 1),
        ('{\n"schema": "review/1",\n<<<<<<< HEAD\n', 3),
        ("[" * 100_000, 1),
        ('{"schema": "review/1", "sound": "", "listened": [[1, "2"]], "accepted": [], "reviews": []}', 1),
        ('{"schema": "review/1", "sound": "", "listened": [[-1, 2]], "accepted": [], "reviews": []}', 1),
        ('{"schema": "review/1", "sound": "\\ud83e", "listened": [], "accepted": [], "reviews": []}', 1),
        ('{"schema": "review/1", "sound": "", "listened": [], "accepted": [7], "reviews": []}', 1),
    ],
)  # fmt: skip
def test_a_damaged_file_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Fixable) as caught:
        read_review(text, "r.json")
    (fault,) = caught.value.faults
    assert fault.kind in ("review.broken", "review.schema")
    assert fault.place and fault.place.line == line
