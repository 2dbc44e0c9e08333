"""Scripts become drafts as people expect; the cases are in ``cases/imports.md``."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from cases_reader import cases
from chance import examples
from conftest import ROOT, Ran
from docx.enum.text import WD_BREAK
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast import imports
from podcast.errors import Fixable
from podcast.script_import import Imported, import_script, to_write
from podcast.show import Person
from podcast.terminal import Terminal
from podcast.transcript import Paragraph, Speaker, Text, Transcript
from podcast.transcript_file import read_transcript, write_transcript
from podcast.wording import Wording

PEOPLE = {
    "guillaume": Person("Guillaume"),
    "conseillere": Person("La conseillère"),
    "eleonore": Person("Éléonore Petit-Jean"),
}


def imported(script: str | bytes, name: str = "script.txt") -> Imported:
    raw = script.encode() if isinstance(script, str) else script
    return import_script(imports.read(raw, name), name, PEOPLE, "fr", "Voix 1")


def draft(script: str | bytes, name: str = "script.txt") -> str:
    text = write_transcript(to_write(imported(script, name).transcript, PEOPLE))
    return text.split("\n---\n\n", 1)[1]


def refused(raw: str | bytes, name: str = "script.txt") -> tuple[str, int | None]:
    with pytest.raises(Fixable) as caught:
        imported(raw, name)
    first = caught.value.faults[0]
    assert first.place and first.place.file == name
    assert all(Terminal(Wording(code)).tell(first) for code in ("fr", "en"))
    return first.kind, first.place.line


@pytest.mark.parametrize("case", cases("imports"))
def test_import(case: dict[str, str]) -> None:
    name = next(key for key in case if key.startswith("script."))
    found = imported(case[name], name)
    assert draft(case[name], name) == case["draft"]
    told = [Terminal(Wording("fr")).tell(q).removeprefix(f"{name}:") for q in found.questions]
    asked = case.get("asks", "").splitlines()
    assert len(told) == len(asked), told
    for said, wanted in zip(told, asked, strict=True):
        assert said == wanted or said.startswith(wanted.removesuffix("…")), said
    unknown = [f"{known} ({near})" if near else known for known, near in found.unknown]
    assert unknown == case.get("unknown", "").splitlines()


@pytest.mark.parametrize("case", cases("imports"))
def test_what_is_written_can_be_read(case: dict[str, str]) -> None:
    """Only what must be asked of a person may be wrong in the file."""
    name = next(key for key in case if key.startswith("script."))
    try:
        read_transcript("---\nlanguage: fr\n---\n\n" + draft(case[name], name), "", PEOPLE, "fr")
    except Fixable as error:
        assert {f.kind for f in error.faults} <= {"transcript.note_unused"}


@pytest.mark.parametrize(
    ("encoding", "asks"),
    [("utf-8", []), ("utf-8-sig", []), ("utf-16", []), ("utf-32", []),
     ("cp1252", ["import.windows_text"])],
)  # fmt: skip
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, ends: str, asks: list[str]) -> None:
    raw = "Guillaume : Ça été.\n\nLa conseillère\u00a0: « Où ? »\n".replace("\n", ends)
    found = imported(raw.encode(encoding))
    assert [p.spoken for p in found.transcript.blocks if isinstance(p, Paragraph)] == [
        "Ça été.", "« Où ? »"
    ]  # fmt: skip
    assert [q.kind for q in found.questions] == asks


def test_decomposed_letters_are_composed() -> None:
    assert draft("E\u0301le\u0301onore Petit-Jean : e\u0301te\u0301.") == (
        "Éléonore Petit-Jean : été.\n"
    )


def test_no_break_spaces_stay() -> None:
    assert draft("Guillaume\u202f: « Oui\u00a0» dit-il\u202f!") == (
        "Guillaume : « Oui\u00a0» dit-il\u202f!\n"
    )


# Word files, made by the library that others use.


def word(write: Callable[[docx.document.Document], object]) -> bytes:
    document = docx.Document()
    write(document)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def test_word_paragraphs_titles_and_breaks() -> None:
    def write(document: docx.document.Document) -> None:
        document.add_heading("Bienvenue", 1)
        paragraph = document.add_paragraph()
        paragraph.add_run("Guillaume :").bold = True
        paragraph.add_run(" Bonjour à la RQTH")
        paragraph.add_run("1").font.superscript = True
        paragraph.add_run(".").add_break(WD_BREAK.LINE)
        paragraph.add_run("La conseillère : Bonjour.")
        hidden = paragraph.add_run(" caché")
        hidden.font.hidden = True
        document.add_paragraph("JINGLE")
        document.add_paragraph("¹ RQTH : une reconnaissance.")

    assert draft(word(write), "script.docx") == (
        "## Bienvenue\n\nGuillaume : Bonjour à la RQTH[^rqth].\n\nLa conseillère : Bonjour.\n\n"
        "[JINGLE]\n\n[^rqth]: RQTH : une reconnaissance.\n"
    )


def test_word_tables_with_a_column_of_names() -> None:
    def write(document: docx.document.Document) -> None:
        table = document.add_table(rows=0, cols=3)
        for cells in (("0:03", "Guillaume", "Un."), ("0:12", "La conseillère :", "Deux.")):
            row = table.add_row().cells
            for cell, text in zip(row, cells, strict=True):
                cell.text = text

    assert draft(word(write), "script.docx") == (
        "[0:03] Guillaume : Un.\n\n[0:12] La conseillère : Deux.\n"
    )


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def parts(body: str, **others: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", body)
        for name, text in others.items():
            archive.writestr(f"word/{name}.xml", text)
    return made.getvalue()


def test_word_footnotes_and_tracked_changes() -> None:
    body = (
        f"<w:document {W}><w:body><w:p>"
        "<w:r><w:t>Guillaume : La RQTH</w:t></w:r>"
        '<w:r><w:footnoteReference w:id="2"/></w:r>'
        "<w:del><w:r><w:delText> effacé</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t> ajoutée.</w:t></w:r></w:ins>"
        "</w:p></w:body></w:document>"
    )
    notes = (
        f'<w:footnotes {W}><w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>Une reconnaissance.</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    assert draft(parts(body, footnotes=notes), "script.docx") == (
        "Guillaume : La RQTH[^rqth] ajoutée.\n\n[^rqth]: Une reconnaissance.\n"
    )


def test_a_word_file_under_another_name_is_read() -> None:
    raw = word(lambda document: document.add_paragraph("Guillaume : Bonjour."))
    assert draft(raw, "script.txt") == "Guillaume : Bonjour.\n"


def test_a_word_file_that_unpacks_without_end_is_not_read() -> None:
    zeros = f"<w:document {W}><w:body>" + " " * 80_000_000
    assert refused(parts(zeros), "script.docx") == ("import.bomb", None)
    text = f"<w:document {W}><w:body><w:p><w:r><w:t>" + "a" * 20_000_000
    assert refused(parts(text), "script.docx") == ("import.bomb", None)
    many = b"PK\x03\x04" + b"PK\x01\x02" * 20_000
    assert refused(many, "script.docx") == ("import.bomb", None)


def test_a_word_file_with_a_document_type_is_not_read() -> None:
    entity = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    body = f"{entity}<w:document {W}><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>"
    assert refused(parts(body), "script.docx") == ("import.doctype", None)


@pytest.mark.parametrize("cut", [4, 30, 300, 3000, -30])
def test_a_damaged_word_file(cut: int) -> None:
    raw = word(lambda document: document.add_paragraph("Guillaume : Bonjour."))
    assert refused(raw[:cut], "script.docx") == ("import.docx_broken", None)


# What cannot be read.


@pytest.mark.parametrize(
    ("raw", "name", "kind", "line"),
    [
        ("", "script.txt", "import.empty", None),
        ("\ufeff \r\n\t\n", "script.txt", "import.empty", None),
        (b"Guillaume : \xc3\xa9t\xc3\xa9.\nEt \xff.", "script.txt", "file.not_utf8", 2),
        (b"Guillaume : \x81", "script.txt", "file.not_utf8", 1),
        (b"\xff\xfeG\x00u\x00i", "script.txt", "import.not_text", None),
        (b"\x00\x01\x02\x00\xff\x00\x00", "script.txt", "import.not_text", None),
        ("Guillaume : un\ndeux\x00trois", "script.txt", "text.control", 2),
        ("Guillaume : un\n\ndeux\x1b[31m", "script.txt", "text.control", 3),
        ("Guillaume : " + "mot " * 2_500_000, "script.txt", "import.too_long", None),
        (b"%PDF-1.7\n...", "script.docx", "import.pdf", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "script.docx", "import.old_word", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "script.doc", "import.old_word", None),
        (b"{\\rtf1\\ansi", "script.txt", "import.rtf", None),
        ("<!DOCTYPE html><p>Guillaume : Bonjour.", "script.txt", "import.web_page", None),
        ("Guillaume : Bonjour.", "script.pages", "import.suffix", None),
        ("Guillaume : Bonjour.", "script", "import.suffix", None),
        ("Guillaume : Bonjour.", "script.docx", "import.docx_broken", None),
        ("# Un titre\n\n[JINGLE]\n", "script.md", "import.no_speech", None),
        ("Guillaume: Bonjour.", "script.srt", "import.srt", 1),
        ("1\n00:00:01,000 -> x --> y\nA", "script.srt", "import.srt", 2),
        ("1\n00:00:05,000 --> 00:00:06,000\nA\n\n2\n00:00:01,000 --> 00:00:02,000\nB",
         "script.srt", "import.time_order", 6),
        ("1\n00:00:05,000 --> 00:00:04,000\nA", "script.srt", "import.time_ends", 2),
        ("00:01.000 --> 00:02.000\nA", "script.vtt", "import.vtt_header", 1),
        ("WEBVTT\n\n00:01 --> 00:02\nA", "script.vtt", "import.vtt_time", 3),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\nA\n\n00:01.000 --> 00:02.000\nB",
         "script.vtt", "import.time_order", 6),
        ("WEBVTT\n\nNOTE rien\n", "script.vtt", "import.empty", None),
        ('{"segments": [\n{"text": "a",,}]}', "script.json", "import.json", 2),
        ('{"a": NaN}', "script.json", "import.json", 1),
        ("[" * 100_000, "script.json", "import.json", 1),
        ('{"name": "package"}', "script.json", "import.json_kind", None),
        ("[1, 2]", "script.json", "import.json_kind", None),
        ('{"segments": []}', "script.json", "import.json_kind", None),
        ('{"segments": [{"text": "a"}, {"text": 5}]}', "script.json", "import.json_segment", None),
        ('{"segments": [{"text": "a\\u0000b"}]}', "script.json", "text.control", 1),
        ('{"segments": [{"text": "a\\ud800b"}]}', "script.json", "text.control", 1),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_what_cannot_be_read(raw: str | bytes, name: str, kind: str, line: int | None) -> None:
    assert refused(raw, name) == (kind, line)


def test_a_lost_character_is_told() -> None:
    asked = imported("Guillaume : Bonjour.\n\nD\ufffdj\ufffd.").questions
    assert [(q.kind, q.place and q.place.line) for q in asked] == [("import.lost_character", 3)]


def test_every_kind_keeps_the_contract() -> None:
    suffixes = [suffix for kind in imports.kinds() for suffix in kind.SUFFIXES]
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)
    assert not any(kind.recognises(b"Guillaume : Bonjour.") for kind in imports.kinds())


# Everything that can be thought of.

word_of_text = st.text("abcdefghijéèàçœ’'-", min_size=1, max_size=9).filter(
    lambda word: word.strip("-’'") == word
)
sentences = st.lists(word_of_text, min_size=1, max_size=15).map(
    lambda words: " ".join(words).capitalize() + "."
)
turns = st.lists(st.tuples(st.sampled_from(sorted(PEOPLE)), sentences), min_size=1, max_size=8)


@given(turns)
def test_a_draft_imported_again_has_the_same_speakers_and_words(
    said: list[tuple[str, str]],
) -> None:
    blocks = tuple(
        Paragraph(Speaker(PEOPLE[key].name, key), (Text(text),), 0, True, index * 1000)
        for index, (key, text) in enumerate(said)
    )
    text = write_transcript(Transcript("fr", "draft", blocks))
    again = imported(text, "draft.md").transcript.blocks
    paragraphs = [block for block in again if isinstance(block, Paragraph)]
    assert [(p.speaker.key, p.spoken) for p in paragraphs] == said
    assert [p.hint_ms for p in paragraphs] == [index * 1000 for index in range(len(said))]


signs = st.sampled_from(
    list("*_[](){}<>!#:-—|\\^~=?.†¹²12 \n\n\nabcÉ\u00a0\u202f«»")
) | st.sampled_from(
    ["Guillaume : ", "Zoé : ", "\n\n", "[0:12] ", "[^a]", "[^a]: ", "<!--", "-->", "JINGLE", "\n* "]
)


@settings(max_examples=examples(400))
@given(st.lists(signs, max_size=60).map("".join) | st.text(max_size=200))
def test_any_text_is_imported_or_refused_and_what_is_written_can_be_read(script: str) -> None:
    try:
        text = draft(script.encode("utf-8", "replace"))
    except Fixable:
        return
    people = {**PEOPLE, "voix": Person("Voix 1")}
    try:
        read_transcript("---\nlanguage: fr\n---\n\n" + text, "", people, "fr")
    except Fixable as error:
        assert {f.kind for f in error.faults} <= {"transcript.note_unused", "transcript.no_speaker"}


@given(st.binary(max_size=300), st.sampled_from([".txt", ".docx", ".srt", ".vtt", ".json"]))
def test_any_bytes_are_imported_or_refused(raw: bytes, suffix: str) -> None:
    try:
        imported(raw, f"script{suffix}")
    except Fixable as error:
        assert error.faults


# The command, on the sample show.


def script_of(slug: str) -> str:
    """The sample's transcript as a person would have written it before."""
    text = (ROOT / "transcripts" / f"{slug}.md").read_text("utf-8").split("\n---\n", 1)[1]
    return re.sub(r"^\[\d+:\d\d\] ", "", text, flags=re.MULTILINE)


def test_the_command_writes_a_draft_with_times(show: Path, podcast: Callable[..., Ran]) -> None:
    transcript = show / "transcripts" / "episode-1.md"
    transcript.unlink()
    (show / "script.txt").write_text(script_of("episode-1"), "utf-8")
    ran = podcast(show, "import-transcript", "episode-1", "script.txt")
    assert (ran.code, ran.err) == (0, "")
    said = ran.out.splitlines()
    assert said[0] == "Brouillon : transcripts/episode-1.md est écrit."
    assert said[1].endswith("% des mots du texte ont été retrouvés dans le son.")
    assert said[-1].startswith("Corrigez maintenant transcripts/episode-1.md")
    text = transcript.read_text("utf-8")
    assert "status: draft" in text and "[0:14] La conseillère : Bonjour" in text
    assert "[^medecin]: Le médecin du travail" in text


def test_a_transcript_is_never_overwritten(show: Path, podcast: Callable[..., Ran]) -> None:
    transcript = show / "transcripts" / "episode-1.md"
    before = transcript.read_bytes()
    (show / "script.txt").write_text(script_of("episode-1"), "utf-8")
    ran = podcast(show, "import-transcript", "episode-1", "script.txt")
    assert ran.code == 0
    assert ran.out.startswith("transcripts/episode-1.md existe déjà et n'a pas été touché")
    beside = show / "transcripts" / "episode-1.imported.md"
    assert transcript.read_bytes() == before and beside.is_file()
    kept = beside.read_bytes()
    for force in ([], ["--force"]):
        again = podcast(show, "import-transcript", "episode-1", "script.txt", *force)
        assert again.code == 1
        assert again.err.startswith("transcripts/episode-1.imported.md : ce fichier d'une")
        assert (transcript.read_bytes(), beside.read_bytes()) == (before, kept)


def test_the_text_of_another_episode_is_refused(show: Path, podcast: Callable[..., Ran]) -> None:
    transcript = show / "transcripts" / "episode-1.md"
    transcript.unlink()
    (show / "script.txt").write_text(script_of("episode-3"), "utf-8")
    ran = podcast(show, "import-transcript", "episode-1", "script.txt")
    assert ran.code == 1 and not transcript.exists()
    assert ran.err.startswith("script.txt : on dirait le texte d'un autre épisode")
    ran = podcast(show, "import-transcript", "episode-1", "script.txt", "--force")
    assert ran.code == 0 and transcript.exists()


def test_what_does_not_fit_the_audio_is_told(show: Path, podcast: Callable[..., Ran]) -> None:
    transcript = show / "transcripts" / "episode-1.md"
    transcript.unlink()
    lines = script_of("episode-1").splitlines()
    gone = next(i for i, line in enumerate(lines) if "un écran plus grand" in line)
    del lines[gone]
    nobody = "Zoé : " + "Personne n'a jamais prononcé ces paroles devant aucun micro du monde. " * 3
    lines.insert(gone + 8, nobody)
    (show / "script.txt").write_text("\n".join(lines), "utf-8")
    ran = podcast(show, "import-transcript", "episode-1", "script.txt", language="en")
    assert (ran.code, ran.err) == (0, "")
    written = transcript.read_text("utf-8").splitlines()

    def line_of(part: str) -> int:
        return next(i for i, line in enumerate(written, 1) if part in line)

    assert f"episode-1.md:{line_of('Personne')}: 33 words are not in the sound" in ran.out
    assert f"episode-1.md:{line_of('toujours cher')}: before this line, what is said from 0:1" in (
        ran.out
    )
    assert f'episode-1.md:{line_of("{Zoé?}")}: "Zoé:" is there only once.' in ran.out
    assert "  zoe:\n    name: Zoé\n" in ran.out


def test_files_that_are_not_there(show: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(show, "import-transcript", "episode-1", "nothing.docx")
    assert (ran.code, ran.err) == (1, "nothing.docx : ce fichier n'existe pas.\n")
    ran = podcast(show, "import-transcript", "episode-1", "transcripts")
    assert (ran.code, ran.err) == (1, "transcripts : c'est un dossier, pas un fichier.\n")
    os.mkfifo(show / "pipe.txt")  # would be waited for for ever
    ran = podcast(show, "import-transcript", "episode-1", "pipe.txt")
    assert ran.code == 1 and ran.err.startswith("pipe.txt : ce n'est pas un fichier mais un tuyau")
    (show / "a.txt").write_text("Guillaume : Bonjour.")
    ran = podcast(show, "import-transcript", "episode-4", "a.txt")
    assert ran.code == 1 and ran.err.startswith("Il n'y a pas d'épisode")


def test_words_of_other_audio_do_not_count(show: Path, podcast: Callable[..., Ran]) -> None:
    """Where the words do not fit the recording it listens first, as ``transcribe`` does."""
    words = show / "transcripts" / "episode-1.words.jsonl"
    lines = words.read_text("utf-8").split("\n", 1)
    header = json.loads(lines[0])
    header["audio"]["digest"] = "0" * 16
    words.write_text(json.dumps(header) + "\n" + lines[1], "utf-8")
    config = show / "podcast.yaml"
    config.write_text(config.read_text("utf-8").replace("model: demo", "model: ./nowhere"), "utf-8")
    (show / "script.txt").write_text(script_of("episode-1"), "utf-8")
    ran = podcast(show, "import-transcript", "episode-1", "script.txt")
    assert ran.code in (1, 4) and "nowhere" in ran.err
    assert not (show / "transcripts" / "episode-1.imported.md").exists()
