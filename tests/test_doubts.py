"""Doubts are known again, stand where their words are, and are gone when they are accepted."""

from __future__ import annotations

import pytest
from test_correction import heard

from podcast.doubts import Flag, doubts, every_doubt
from podcast.glossary import Glossary, Term
from podcast.timeline import timed
from podcast.transcript import Note, Paragraph, Speaker, Text, TimedParagraph, Transcript

SAID = (
    "Bonjour à tous et bienvenue nous parlons de la RQTH avec un atelier du matin puis de tout le"
    " reste de la semaine avec des invités qui viennent de loin pour nous voir ici"
)


def found(
    *paragraphs: str,
    said: str = SAID,
    glossary: Glossary | None = None,
    speaker: Speaker | None = None,
) -> tuple[Flag, ...]:
    who = speaker or Speaker("A", "a")
    blocks = tuple(Paragraph(who, (Text(p),), 2 * i + 5) for i, p in enumerate(paragraphs))
    transcript = Transcript("fr", "draft", blocks)
    words = heard(said, {"atelier": 31})
    timeline, alignment = timed(transcript, words)
    flags = every_doubt(transcript, timeline, words, glossary or Glossary(), alignment)
    for flag in flags:
        block = timeline.blocks[flag.block]
        assert isinstance(block, TimedParagraph)
        assert 0 <= flag.first <= flag.stop <= len(block.tokens)
        if flag.kind == "uncertain":
            assert block.tokens[flag.first].text == flag.text
    return flags


def test_a_doubt_is_known_again_while_the_words_around_it_stay() -> None:
    (one, rqth) = found(SAID)
    assert (one.kind, one.text, rqth.kind, rqth.text) == ("uncertain", "atelier", "acronym", "RQTH")
    far_away = SAID.replace("pour nous voir ici", "pour nous revoir").replace("Bonjour", "Bonsoir")
    assert {one.id, rqth.id} <= {flag.id for flag in found(far_away)}
    split = SAID.replace("RQTH avec", "RQTH\navec").split("\n")
    assert one.id in {flag.id for flag in found(*split)} or len(split) == 2
    near = SAID.replace("un atelier", "mon atelier")
    assert one.id not in {flag.id for flag in found(near)}
    # An acronym is the same doubt wherever it comes first.
    assert rqth.id in {flag.id for flag in found("La RQTH. " + SAID)}


def test_the_same_words_twice_are_two_doubts() -> None:
    text = "le petit atelier du matin " * 2
    ids = [flag.id for flag in found(text.strip(), said=text.strip()) if flag.kind == "uncertain"]
    assert len(ids) == 2 == len(set(ids))


def test_what_is_accepted_is_no_doubt_any_more() -> None:
    transcript = Transcript("fr", "draft", (Paragraph(Speaker("A", "a"), (Text(SAID),), 5),))
    words = heard(SAID, {"atelier": 31})
    timeline, alignment = timed(transcript, words)
    every = doubts(transcript, timeline, words, Glossary(), alignment)
    left = doubts(transcript, timeline, words, Glossary(), alignment, {every[0].id})
    assert left == every[1:]


def test_whoever_is_nobody_of_the_show_is_a_doubt() -> None:
    flags = [f for f in found(SAID, SAID, speaker=Speaker("Voix 1")) if f.kind == "unnamed"]
    (flag,) = flags
    assert dict(flag.facts) == {"name": "Voix 1"} and flag.line == 5


@pytest.mark.parametrize(
    ("word", "near"),
    [("Agefif", "Agefiph"), ("l'Agefip,", "Agefiph"), ("Agefiph", None), ("Agefiphs", None), ("Affiche", None), ("agefif", None)],
)  # fmt: skip
def test_a_name_that_is_nearly_a_term_of_the_show(word: str, near: str | None) -> None:
    text = SAID.replace("atelier", word)
    flags = found(text, said=text, glossary=Glossary({"Agefiph": Term("Association")}))
    assert [dict(f.facts)["near"] for f in flags if f.kind == "near"] == ([near] if near else [])


def test_a_long_passage_that_nobody_says_is_told_once() -> None:
    note = "Ceci est une remarque de la rédaction que personne ne prononce jamais dans cet épisode"
    flags = found(SAID.replace("tout le", note), "Et voilà.")
    kinds = [flag.kind for flag in flags]
    assert kinds.count("not_in_audio") == 1 and "far" not in kinds


def test_speech_that_is_not_written_is_told_where_it_belongs() -> None:
    first, last = SAID.split(" un atelier du matin puis de tout le reste de la semaine avec ")
    flags = [f for f in found(first, last) if f.kind == "not_in_text"]
    (flag,) = flags
    assert flag.block == 1 and flag.first == flag.stop == 0
    assert flag.text.startswith("un atelier")


def test_notes_explain_acronyms() -> None:
    transcript = Transcript(
        "fr", "draft", (Paragraph(Speaker("A", "a"), (Text(SAID),), 5),), (Note("rqth", "R", 7),)
    )
    words = heard(SAID)
    timeline, alignment = timed(transcript, words)
    assert every_doubt(transcript, timeline, words, Glossary(), alignment) == ()
