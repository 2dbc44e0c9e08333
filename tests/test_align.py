"""Edited words keep the times at which they were heard."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from podcast.align import align, pieces, written_words
from podcast.transcript import Word


def heard(*words: str, step: int = 500) -> list[Word]:
    return [Word(i * step, i * step + step - 100, 90, word) for i, word in enumerate(words)]


def starts(written: list[str], words: list[Word], end: int = 60_000) -> list[int]:
    return [token.start_ms for token in align(written, words, end).tokens]


def test_the_same_words_get_their_own_times() -> None:
    words = heard(" Bonjour", " à", " tous.")
    assert starts(["Bonjour", "à", "tous."], words) == [0, 500, 1000]


def test_a_corrected_word_stands_between_its_neighbours() -> None:
    words = heard(" la", " RTH", " ouvre", " des")
    tokens = align(["la", "RQTH", "ouvre", "des"], words, 9000).tokens
    assert [t.how for t in tokens] == ["exact", "interpolated", "exact", "exact"]
    assert 400 <= tokens[1].start_ms < 1000


def test_split_and_elided_words() -> None:
    # Whisper's own cuts: « l » « 'emploi », « RQ » « TH », « est » « -ce ».
    words = [
        Word(0, 200, 90, " l"), Word(200, 600, 90, "'emploi"), Word(600, 900, 90, " la"),
        Word(900, 1000, 90, " RQ"), Word(1000, 1300, 90, "TH"), Word(1300, 1500, 90, " est"),
        Word(1500, 1700, 90, "-ce"), Word(1700, 1750, 90, " ?"),
    ]  # fmt: skip
    assert starts(["l'emploi", "la", "RQTH", "est-ce ?"], words) == [0, 600, 900, 1300]


def test_case_accents_ligatures_and_punctuation_do_not_matter() -> None:
    assert pieces("L'Œuvre, d'ÉTÉ !") == ["l", "oeuvre", "d", "ete"]
    assert starts(["Œuvre", "d'été."], heard(" oeuvre", " d'Ete")) == [0, 500]


def test_what_was_not_said_is_not_stretched_over_music() -> None:
    words = [Word(0, 400, 90, " Bonjour"), Word(30_000, 30_400, 90, " merci")]
    tokens = align(["Bonjour", "chers", "amis", "merci"], words, 40_000).tokens
    assert tokens[2].end_ms < 3000
    assert tokens[3].start_ms == 30_000


def test_french_punctuation_belongs_to_the_word_before() -> None:
    assert written_words("Ça va ? « Oui » : bien !") == ["Ça", "va ?", "« Oui » :", "bien !"]


def test_no_words_at_all() -> None:
    assert align([], heard(" a"), 1000).tokens == ()
    assert [t.how for t in align(["a"], [], 1000).tokens] == ["interpolated"]


vocabulary = st.sampled_from("oui non je tu l'emploi œuvre été RQTH merci deux 12 très".split())


@given(st.lists(vocabulary, max_size=40), st.lists(vocabulary, max_size=40))
def test_times_never_run_backwards(written: list[str], said: list[str]) -> None:
    words = heard(*(f" {word}" for word in said))
    tokens = align(written, words, 60_000).tokens
    assert [t.text for t in tokens] == written
    times = [time for t in tokens for time in (t.start_ms, t.end_ms)]
    assert all(a <= b for a, b in itertools.pairwise(times))


@given(st.lists(vocabulary, min_size=1, max_size=40))
def test_unchanged_text_is_exact(said: list[str]) -> None:
    words = heard(*(f" {word}" for word in said))
    result = align(said, words, 60_000)
    assert result.exact == 1.0
    assert [t.start_ms for t in result.tokens] == [w.start_ms for w in words]
