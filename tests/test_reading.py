"""What the page shows: long turns cut at sense, stable addresses, and word times that come back."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from podcast.embedded import embedded
from podcast.pieces import written_words
from podcast.reading import LINK_EVERY_MS, LONGEST_MS, PART, reading
from podcast.transcript import (
    Foreign,
    Heading,
    Inline,
    InlineSound,
    NoteRef,
    Paragraph,
    Speaker,
    Text,
    TimedHeading,
    TimedParagraph,
    Timeline,
    Token,
)
from podcast.word_times import vlq

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def timed(content: tuple[Inline, ...], word_ms: int, start_ms: int = 0) -> TimedParagraph:
    paragraph = Paragraph(Speaker("Anne"), content, 1)
    words = written_words(paragraph.spoken)
    tokens = tuple(
        Token(word, start_ms + i * word_ms, start_ms + (i + 1) * word_ms, "exact")
        for i, word in enumerate(words)
    )
    return TimedParagraph(paragraph, tokens, start_ms, start_ms + len(tokens) * word_ms)


def timeline(*blocks: TimedParagraph | TimedHeading) -> Timeline:
    return Timeline("fr", 10**7, blocks, 1.0)


inlines = st.one_of(
    st.lists(st.sampled_from("bon mot va ? ! « voilà. fin. l’ 3 000 …".split(" ")), min_size=1).map(
        lambda words: Text(" ".join(words) + " ")
    ),
    st.sampled_from(
        (Foreign("open space", "en", 1), InlineSound("rires"), NoteRef("a", 1), Text("suite"))
    ),
)


@given(st.lists(inlines, min_size=1, max_size=30), st.sampled_from((200, 700, 3000)))
def test_a_cut_loses_no_word_no_note_and_no_sound(content: list[Inline], word_ms: int) -> None:
    whole = timed(tuple(content), word_ms)
    if not whole.tokens:
        return
    cut = [each.block for each in reading(timeline(whole))]
    assert all(isinstance(block, TimedParagraph) for block in cut)
    assert tuple(token for block in cut for token in block.tokens) == whole.tokens
    for block in cut:
        assert PART.findall(block.paragraph.spoken) == [
            part for token in block.tokens for part in PART.findall(token.text)
        ]
    kept = [
        p for block in cut for p in block.paragraph.content if isinstance(p, NoteRef | InlineSound)
    ]
    assert kept == [p for p in content if isinstance(p, NoteRef | InlineSound)]
    assert [block.paragraph.begins_turn for block in cut] == [True] + [False] * (len(cut) - 1)


def test_a_long_turn_is_cut_where_sentences_end() -> None:
    sentence = "Il y a dix mots dans cette phrase qui finit. "
    cut = [each.block for each in reading(timeline(timed((Text(sentence * 40),), 400)))]
    assert len(cut) == 3
    for block in cut:
        assert 30_000 <= block.end_ms - block.start_ms <= LONGEST_MS
        assert block.tokens[-1].text == "finit."


def test_a_note_stays_with_its_word() -> None:
    text = "Dix mots font une phrase qui dure quelque temps ici"
    content = (Text(f"{text}."), NoteRef("a", 1), Text(f" {text}. "), InlineSound("rires"))
    cut = [each.block for each in reading(timeline(timed(content, 4000)))]
    assert [block.paragraph.content[-1] for block in cut] == [NoteRef("a", 1), InlineSound("rires")]


def test_a_turn_without_an_end_of_sentence_stays_whole() -> None:
    assert len(reading(timeline(timed((Text("mot " * 400),), 400)))) == 1


def test_time_links_are_thirty_seconds_apart_and_start_every_chapter() -> None:
    blocks: list[TimedParagraph | TimedHeading] = []
    for i in range(40):
        if i % 10 == 9:
            blocks.append(TimedHeading(Heading("Suite", 1), i * 8000))
        blocks.append(timed((Text("un deux trois quatre"),), 2000, i * 8000))
    shown = reading(timeline(*blocks))
    times = [each.block.start_ms for each in shown if each.linked]
    chapters = [each.block.start_ms for each in shown if isinstance(each.block, TimedHeading)]
    assert set(chapters) <= set(times)
    for before, after in pairwise(times):
        assert after - before >= LINK_EVERY_MS or after in chapters


def test_an_address_is_the_second_and_nothing_has_the_same() -> None:
    first, second = timed((Text("un"),), 100, 61_000), timed((Text("deux"),), 100, 61_200)
    assert [each.id for each in reading(timeline(first, second))] == ["p61", "p61-2"]


@given(st.integers(0, 10**9))
def test_a_number_comes_back(number: int) -> None:
    value = shift = 0
    for letter in vlq(number):
        digit = LETTERS.index(letter)
        value |= (digit & 31) << shift
        shift += 5
    assert value == number


def test_every_word_of_the_sample_has_its_time(published: Path) -> None:
    for page in sorted((published / "site").glob("episode-*/times.*.json")):
        tree = json.loads(page.read_text("utf-8"))
        html = (page.parent / "index.html").read_text("utf-8")
        assert f'data-times="{page.name}"' in html
        for id_, start, steps in tree["paragraphs"]:
            assert f'<p id="{id_}"' in html
            assert isinstance(start, int)
            assert steps


def test_json_in_a_page_cannot_end_its_element() -> None:
    text = embedded({"a": "</script><!-- \u2028 é"})
    assert "<" not in text
    assert json.loads(text) == {"a": "</script><!-- \u2028 é"}
