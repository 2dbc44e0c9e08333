"""The edited text is read as its format page says; the cases are in ``cases/transcripts.md``."""

from __future__ import annotations

import pytest
from cases_reader import cases
from hypothesis import given
from hypothesis import strategies as st

from podcast.errors import Fixable
from podcast.show import Person
from podcast.transcript import (
    Cue,
    Doubt,
    Heading,
    InlineSound,
    NoteRef,
    Paragraph,
    Speaker,
    Text,
    Transcript,
)
from podcast.transcript_file import read_transcript, write_draft

PEOPLE = {
    "presentatrice": Person("La présentatrice"),
    "conseillere": Person("La conseillère"),
    "invite": Person("L'invité"),
}


def read(body: str) -> Transcript:
    return read_transcript(f"---\nlanguage: fr\n---\n{body}", "t.md", PEOPLE, "fr")


def told(transcript: Transcript) -> str:
    lines = []
    for block in transcript.blocks:
        match block:
            case Heading(text):
                lines.append(f"# {text}")
            case Cue(text):
                lines.append(f"[{text}]")
            case Paragraph():
                star = "*" if block.begins_turn else ""
                hint = f" @{block.hint_ms}" if block.hint_ms is not None else ""
                lines.append(f"{block.speaker.name}{star}{hint} | {inline(block)}")
    lines += [f"^{note.id} {note.text}" for note in transcript.notes]
    return "\n".join(lines) + "\n"


def inline(paragraph: Paragraph) -> str:
    text = ""
    for part in paragraph.content:
        match part:
            case Text(words):
                text += words
            case Doubt(words):
                text += "{" + words + "}"
            case InlineSound(sound):
                text += f"<{sound}>"
            case NoteRef(id_):
                text += f"^{id_}"
    return text


@pytest.mark.parametrize("case", cases("transcripts"))
def test_read(case: dict[str, str]) -> None:
    assert told(read(case["text"])) == case["read"]


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cn", "Co")),
    min_size=1,
    max_size=12,
)
texts = st.lists(words, min_size=1, max_size=12).map(" ".join)
paragraphs = st.tuples(st.sampled_from(sorted(PEOPLE)), texts)


@given(st.lists(paragraphs, min_size=1, max_size=8))
def test_a_draft_reads_back_with_the_same_speakers_and_words(turns: list[tuple[str, str]]) -> None:
    blocks = tuple(
        Paragraph(Speaker(PEOPLE[key].name, key), (Text(text),), 0, True, i * 1000)
        for i, (key, text) in enumerate(turns)
    )
    text = write_draft(Transcript("fr", "draft", blocks))
    again = read_transcript(text, "t.md", PEOPLE, "fr")
    assert [b.speaker.key for b in again.blocks if isinstance(b, Paragraph)] == [k for k, _ in turns]
    import unicodedata

    spoken = [b.spoken for b in again.blocks if isinstance(b, Paragraph)]
    assert spoken == [unicodedata.normalize("NFC", text) for _, text in turns]
    assert write_draft(again) == text if unicodedata.is_normalized("NFC", text) else True


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_read_or_told_with_its_line(body: str) -> None:
    try:
        read(body)
    except Fixable as error:
        assert all(fault.place and fault.place.line for fault in error.faults)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("La présentatrice : Bon\x00jour.", "text.control"),
        ("La présentatrice : Bon\x1bjour.", "text.control"),
        ("# Titre trop haut\n\nLa présentatrice : Bonjour.", "transcript.heading"),
        ("La présentatrice : A[^n]\n\n[^n]: un\n[^n]: deux", "transcript.note_twice"),
        ("", "transcript.empty"),
    ],
)
def test_faults(raw: str, kind: str) -> None:
    with pytest.raises(Fixable) as caught:
        read(raw)
    assert kind in [fault.kind for fault in caught.value.faults]


def test_a_byte_order_mark_and_windows_line_ends_are_taken() -> None:
    text = "\ufeff---\r\nlanguage: fr\r\n---\r\nLa présentatrice : Bonjour.\r\n"
    assert told(read_transcript(text, "t.md", PEOPLE, "fr")) == "La présentatrice* | Bonjour.\n"


def test_a_paragraph_of_ten_megabytes_is_read() -> None:
    body = "La présentatrice : " + "mot " * 2_500_000
    transcript = read(body)
    (paragraph,) = transcript.blocks
    assert isinstance(paragraph, Paragraph)
    assert len(paragraph.spoken) == len("mot " * 2_500_000) - 1
