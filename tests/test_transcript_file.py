"""The edited text is read as its format page says; the cases are in ``cases/transcripts.md``."""

from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
from typing import Any

import pytest
from cases_reader import cases
from conftest import ROOT
from hypothesis import example, given
from hypothesis import strategies as st

from podcast.errors import Fixable
from podcast.show import Person, Show, read_show
from podcast.transcript import (
    Credit,
    Cue,
    Doubt,
    Foreign,
    Heading,
    Inline,
    InlineSound,
    Note,
    NoteRef,
    Paragraph,
    Speaker,
    Text,
    Transcript,
)
from podcast.transcript_file import (
    read_document,
    read_faulty,
    read_transcript,
    text_digest,
    write_transcript,
)

PEOPLE = {
    "presentatrice": Person("La présentatrice"),
    "conseillere": Person("La conseillère"),
    "invite": Person("L'invité"),
    "durand": Person("M. Durand"),
}


def read(body: str) -> Transcript:
    return read_transcript(f"---\nlanguage: fr\n---\n{body}", "t.md", PEOPLE, "fr")


def told(transcript: Transcript) -> str:
    lines = []
    for block in transcript.blocks:
        match block:
            case Heading(text):
                lines.append(f"# {text}")
            case Cue(text, _, None):
                lines.append(f"[{text}]")
            case Cue(text, _, Credit(title, artist, license_, link)):
                lines.append(f"[{text}] {title}, {artist}, {license_ or '-'}, {link or '-'}")
            case Paragraph():
                star = "*" if block.begins_turn else ""
                hint = f" @{block.hint_ms}" if block.hint_ms is not None else ""
                pin = f" ={block.pin_ms}" if block.pin_ms is not None else ""
                lines.append(f"{block.speaker.name}{star}{hint}{pin} | {inline(block)}")
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
            case Foreign(words, language):
                text += f"({language}){words}()"
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
).map(lambda text: unicodedata.normalize("NFC", text))
plain = st.lists(words, min_size=1, max_size=6).map(" ".join)
labels = plain.map(lambda t: re.sub(r"[\\\[\]{}|^#<>]", "", t).strip()).filter(
    lambda t: t and not re.match(r"[\d=]", t)
)
ids = st.text("abcdefghij", min_size=1, max_size=4)
credits = st.builds(
    Credit, labels, labels, st.none() | labels, st.none() | st.just("https://example.org/a?b=c")
).filter(lambda c: c.license or not c.link)
cues = st.builds(Cue, labels, st.just(0), st.none() | credits)
headings = st.builds(Heading, labels, st.just(0))
inside = st.one_of(
    st.builds(Text, plain.map(lambda t: f" {t} ")),
    st.builds(Doubt, labels.filter(lambda t: ":" not in t), st.just(0)),
    st.builds(Foreign, labels, st.sampled_from(["en", "pt-BR"]), st.just(0)),
    st.builds(InlineSound, labels),
    st.builds(NoteRef, ids, st.just(0)),
)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Any transcript that a file can hold, in the form in which reading gives it back."""
    blocks: list[Heading | Cue | Paragraph] = []
    speaker: Speaker | None = None
    for kind in [*draw(st.lists(st.sampled_from("pppch"), min_size=1, max_size=8)), "p"]:
        if kind == "c":
            blocks.append(draw(cues))
        elif kind == "h":
            blocks.append(draw(headings))
        else:
            begins = speaker is None or draw(st.booleans())
            if begins:
                key = draw(st.sampled_from(sorted(PEOPLE)))
                speaker = Speaker(PEOPLE[key].name, key)
            assert speaker
            content: list[Inline] = [Text(draw(plain.filter(lambda t: not t.startswith("#"))))]
            for part in draw(st.lists(inside, max_size=4)):
                last = content[-1]
                if isinstance(part, Text) and isinstance(last, Text):
                    continue
                content.append(part)
            if isinstance(content[-1], Text):
                content[-1] = Text(content[-1].text.rstrip(" "))
            hint = draw(st.none() | st.integers(0, 9999).map(lambda s: s * 1000))
            pin = draw(st.none() | st.integers(0, 9_999_999))
            blocks.append(Paragraph(speaker, tuple(content), 0, begins, hint, pin))
    used = dict.fromkeys(
        part.id
        for block in blocks
        if isinstance(block, Paragraph)
        for part in block.content
        if isinstance(part, NoteRef)
    )
    notes = tuple(Note(id_, draw(labels), 0) for id_ in used)
    return Transcript("fr", draw(st.sampled_from(["draft", "reviewed"])), tuple(blocks), notes)


def without_lines(value: Any) -> Any:
    """The same values, wherever in a file they stand."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        fields = {name: without_lines(inner) for name, inner in fields.items() if name != "line"}
        return type(value).__name__, fields
    return [without_lines(v) for v in value] if isinstance(value, tuple) else value


@given(transcripts())
def test_written_then_read_is_the_same_transcript(transcript: Transcript) -> None:
    text = write_transcript(transcript)
    again = read_transcript(text, "t.md", PEOPLE, "fr")
    assert without_lines(again) == without_lines(transcript)
    assert write_transcript(again) == text
    assert text_digest(again) == text_digest(transcript)


@given(transcripts(), st.data())
def test_read_then_written_is_the_same_file(transcript: Transcript, data: st.DataObject) -> None:
    """Whatever a person does with blanks, comments, wrapping and line ends is kept."""
    lines = []
    for line in write_transcript(transcript).split("\n"):
        lines.append(line)
        if not line and data.draw(st.integers(0, 3)) == 0:
            lines += data.draw(
                st.sampled_from([[""], ["<!-- à revoir -->"], ["<!-- a", "b -->", ""]])
            )
    text = data.draw(st.sampled_from(["\n", "\r\n"])).join(lines)
    text = data.draw(st.sampled_from(["", "\ufeff"])) + text
    document = read_document(text, "t.md", PEOPLE, "fr")
    assert document.text == text
    assert without_lines(document.transcript) == without_lines(transcript)
    for index in range(len(transcript.blocks)):
        assert sum(piece.block == index for piece in document.pieces) == 1


def test_one_block_is_replaced_and_nothing_else() -> None:
    text = (
        "---\nlanguage: fr\n---\n\n<!-- x -->\nLa présentatrice : Bonjour\nà tous.\n\n\n"
        "[JINGLE]\nL'invité : Oui.\n"
    )
    document = read_document(text, "t.md", PEOPLE, "fr")
    assert document.with_block(0, "La présentatrice : Bonsoir.") == text.replace(
        "La présentatrice : Bonjour\nà tous.", "La présentatrice : Bonsoir."
    )
    assert document.with_block(2, "L'invité : Non.") == text.replace("Oui", "Non")


def test_the_digest_is_of_what_readers_read() -> None:
    one = read("[0:12] La présentatrice : Bonjour\nà tous. <!-- bien ? -->")
    other = read("\nLa présentatrice : Bonjour à tous.")
    assert text_digest(one) == text_digest(other)
    assert text_digest(one) != text_digest(read("La présentatrice : Bonjour à toutes."))
    assert text_digest(one) != text_digest(read("La conseillère : Bonjour à tous."))


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
        ("[MUSIQUE | Titre]\n\nLa présentatrice : A", "transcript.credit"),
        ("[MUSIQUE | T | A | L | ftp://x]\n\nLa présentatrice : A", "transcript.credit_link"),
        ("La présentatrice : un {FR-xx: mot}", "transcript.language"),
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


def show(people: str) -> Show:
    sample = (ROOT / "podcast.yaml").read_text("utf-8")
    return read_show(
        re.sub(r"^people:\n(?:  .*\n)+", lambda _: people, sample, flags=re.M), "p.yaml"
    )


SIGNS = st.sampled_from("$;|`\"'()&<>!*?~%@,=+/^-. é\u00a0’🦻\u202e«1a:[]{}#\\")


@given(
    name=st.text(SIGNS, min_size=1, max_size=12) | st.text(max_size=110),
    said=st.lists(st.text(SIGNS, min_size=1, max_size=12), min_size=1, max_size=3),
    language=st.sampled_from(["fr", "en"]),
)
@example(
    name="$(rm -rf ~); \"Zoé\" | 'x'",
    said=["Oui.", "$(rm -rf ~); \"Zoé\" | 'x' : non"],
    language="fr",
)
@example(name="2Pac", said=["2Pac : dit-il"], language="en")
@example(name="e\u0301te\u0301", said=["Oui"], language="fr")
@example(name="N\u00a0B", said=["Oui"], language="fr")
def test_a_draft_with_any_name_that_a_show_may_have_reads_back(
    name: str, said: list[str], language: str
) -> None:
    """Every name is either refused with its line, or means the same person in the transcript."""
    try:
        people = show(f"people: {json.dumps({'a': {'name': name}, 'b': {'name': 'Bob'}})}\n").people
    except Fixable as error:
        assert {f.kind for f in error.faults} <= {
            "field.name", "field.text", "show.same_name", "yaml.half", "yaml.unreadable",
            "yaml.syntax",
        }  # fmt: skip
        assert all(f.place and f.place.line for f in error.faults if f.kind != "yaml.unreadable")
        return
    who = {key: Speaker(person.name, key) for key, person in people.items()}
    blocks = []
    for text in said:
        words = " ".join(text.split()) or "…"
        for key in ("a", "a", "b"):
            begins = not blocks or blocks[-1].speaker != who[key]
            blocks.append(Paragraph(who[key], (Text(words),), 0, begins, 1000))
    written = write_transcript(Transcript(language, "draft", tuple(blocks)))
    read_back = read_transcript(written, "t.md", people, language)
    assert [(b.speaker, inline(b)) for b in read_back.blocks if isinstance(b, Paragraph)] == [
        (b.speaker, unicodedata.normalize("NFC", inline(b))) for b in blocks
    ]


def test_half_of_a_character_is_refused_and_two_halves_are_one() -> None:
    with pytest.raises(Fixable) as told:
        show('people:\n  a: {name: "Zo\\ud83e"}\n  "b\\udfbb": {name: Bob}\n')
    assert [f.kind for f in told.value.faults] == ["yaml.half", "yaml.half"]
    assert show('people:\n  a: {name: "\\ud83e\\uddbb"}\n').people["a"].name == "🦻"


ANY = st.text(
    st.characters(codec="utf-8")
    | st.sampled_from("\n\n\n  [](){}\\:?#^|<!->e\u0301\u0338가\u1100\u1161\u11a8"),
    max_size=120,
)


@example("\n0", True, "\n", "")
@example("0\n01", False, "\n", "\ufeff")
@given(ANY, st.booleans(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
@example(
    "La présentatrice : \\[e\u0301te\u0301] <!-- a\nb --> {en: a\u0301} {b?} c[^d]", True, "\n", ""
)
def test_any_text_is_cut_into_pieces_and_its_words_are_where_they_are_said_to_be(
    body: str, with_head: bool, end: str, mark: str
) -> None:
    text = ("---\nlanguage: fr\n---\nLa présentatrice : " if with_head else "") + body
    text = mark + text.replace("\n", end)
    document, faults = read_faulty(text, "t.md", PEOPLE, "fr")
    assert document.text == text
    try:
        assert read_document(text, "t.md", PEOPLE, "fr") == document
        assert not faults
    except Fixable as error:
        assert error.faults == faults
    blocks = document.transcript.blocks
    for piece in document.pieces:
        block = blocks[piece.block] if piece.block is not None else None
        if not isinstance(block, Paragraph):
            continue
        letters = list(piece.spoken())
        said = re.sub("[ \n\t]", "", block.spoken)
        assert "".join(letter for letter, _ in letters) == said
        places = [place for _, place in letters]
        assert places == sorted(places) and all(place >= piece.body for place in places)
        for letter, place in letters:
            if unicodedata.is_normalized("NFC", piece.text):
                assert piece.text[place] == letter
