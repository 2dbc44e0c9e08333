"""The glossary helps the recogniser, corrects drafts, and explains to readers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import EPISODES, Ran, copy_show

from podcast.errors import Fixable
from podcast.glossary import (
    HOTWORD_LETTERS,
    Glossary,
    Term,
    correct,
    explain,
    hotwords,
    mentioned,
    read_glossary,
)
from podcast.transcript import NoteRef, Paragraph, Speaker, Text, Transcript

GLOSSARY = read_glossary(
    "RQTH:\n  expansion: Reconnaissance…\n  misheard: [RTH, erre qu'été]\n  kind: acronym\n"
    "  language: fr\n  spoken: erre cu té hache\nL'Agefiph:\n  misheard: [la gefiff]\nCap emploi:\n",
    "glossary.yaml",
)


def test_a_fault_is_told_once_and_before_any_work(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    show = copy_show(tmp_path / "show")
    (show / "glossary.yaml").write_text("terms:\n  - term: RQTH\n", "utf-8")
    for command in (["publish", *EPISODES], ["transcribe", "episode-1", "--again"]):
        ran = podcast(show, *command)
        assert ran.code == 1 and ran.out == ""
        assert ran.err.count("glossary.yaml:1") == 1
    assert not (show / ".podcast" / "sound").exists()


def test_the_file_is_read() -> None:
    assert list(GLOSSARY.terms) == ["RQTH", "L'Agefiph", "Cap emploi"]
    assert GLOSSARY.terms["RQTH"].misheard == ("RTH", "erre qu'été")
    assert read_glossary("", "g").terms == {}
    assert read_glossary("# rien\n", "g").terms == {}


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("RQTH:\n  expantion: x\n", "field.unknown_near", 2),
        ("RQTH:\n  kind: acronyme\n", "field.choice", 2),
        ("RQTH: Reconnaissance\n", "field.mapping", 1),
        ("A:\nB:\nA:\n", "yaml.repeated", 3),
        ("- RQTH\n", "field.mapping", 1),
    ],
)
def test_faults_have_their_line(text: str, kind: str, line: int) -> None:
    with pytest.raises(Fixable) as caught:
        read_glossary(text, "glossary.yaml")
    (fault,) = caught.value.faults
    assert fault.place
    assert (fault.kind, fault.place.line) == (kind, line)


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("On parle de la RTH.", "On parle de la RQTH."),
        ("Une rth, une Rth !", "Une RQTH, une RQTH !"),
        ("La NORTH et la RTHX.", "La NORTH et la RTHX."),
        ("erre qu’été", "RQTH"),
        ("La erre cu té hache ouvre.", "La RQTH ouvre."),
        ("Voici la  gefiff.", "Voici L'Agefiph."),
    ],
)
def test_drafts_are_corrected(heard: str, written: str) -> None:
    assert correct(heard, GLOSSARY, "fr") == written


def test_other_languages_keep_their_words() -> None:
    assert correct("The RTH.", GLOSSARY, "en") == "The RTH."


def test_hotwords_stay_within_the_limit() -> None:
    assert hotwords(GLOSSARY, "fr") == "RQTH, L'Agefiph, Cap emploi"
    assert hotwords(GLOSSARY, "en-GB") == "L'Agefiph, Cap emploi"
    many = Glossary({f"Nom{i}": Term() for i in range(1000)})
    assert len(hotwords(many, "fr")) <= HOTWORD_LETTERS
    assert hotwords(many, "fr").startswith("Nom0, Nom1")


def test_the_first_use_is_explained() -> None:
    speaker = Speaker("A", "a")
    blocks = tuple(
        Paragraph(speaker, (Text(text),), 0) for text in ("La RQTH et la RQTH.", "La RQTH.")
    )
    told = explain(Transcript("fr", "draft", blocks), GLOSSARY)
    first, second = told.blocks
    assert isinstance(first, Paragraph) and isinstance(second, Paragraph)
    assert first.content == (Text("La RQTH"), NoteRef("rqth", 0), Text(" et la RQTH."))
    assert second.content == (Text("La RQTH."),)
    assert [(n.id, n.text) for n in told.notes] == [("rqth", "Reconnaissance…")]


def test_abbreviations_for_the_page() -> None:
    assert mentioned(GLOSSARY, "fr") == {"RQTH": "Reconnaissance…"}
