"""Between the draft and the publication: check, compare, review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran, run_podcast

from podcast.differences import compare
from podcast.doubts import MOST, doubts
from podcast.front_matter import with_head
from podcast.glossary import Glossary, Term
from podcast.timeline import make_timeline
from podcast.transcript import (
    Cue,
    MachineWords,
    Note,
    Paragraph,
    Speaker,
    Text,
    Timeline,
    Transcript,
    Word,
)
from podcast.workspace import Workspace

EPISODE = "transcripts/episode-3.md"


def heard(text: str, probabilities: dict[str, int] | None = None, pace: int = 400) -> MachineWords:
    words = tuple(
        Word(i * pace, i * pace + pace - 50, (probabilities or {}).get(word, 95), f" {word}")
        for i, word in enumerate(text.split())
    )
    return MachineWords("d", len(words) * pace, "fr", "e", "m", "2026-11-21", words)


def read(
    text: str, words: MachineWords, notes: tuple[Note, ...] = ()
) -> tuple[Transcript, Timeline]:
    blocks = tuple(
        Paragraph(Speaker("A", "a"), (Text(line),), i * 2 + 5)
        for i, line in enumerate(text.split("\n"))
    )
    transcript = Transcript("fr", "draft", blocks, notes)
    return transcript, make_timeline(transcript, words)


def flags(text: str, words: MachineWords, glossary: Glossary | None = None) -> list[str]:
    transcript, timeline = read(text, words)
    return [f.kind for f in doubts(transcript, timeline, words, glossary or Glossary())]


def test_an_unsure_word_is_flagged_until_it_is_corrected() -> None:
    words = heard("Bonjour à tous les atelier du matin", {"atelier": 31})
    transcript, timeline = read("Bonjour à tous les atelier du matin", words)
    (flag,) = doubts(transcript, timeline, words, Glossary())
    assert (flag.kind, flag.line, flag.at_ms) == ("uncertain", 5, 1600)
    assert dict(flag.facts) == {"word": "atelier", "percent": 31}
    assert flags("Bonjour à tous les ateliers du matin", words) == []


def test_text_that_is_not_in_the_sound_is_flagged() -> None:
    words = heard("Bonjour à tous et à bientôt")
    assert "far" in flags("Bonjour à tous quelque chose de tout autre ici et à bientôt", words)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Bonjour. Sous-titres réalisés par la communauté d'Amara.org", ["invented"]),
        ("Nous parlons des sous-titres réalisés par la communauté d'Amara.org ici", []),
        ("a b c d x a b c d x a b c d x", ["loop"]),
        ("oui non oui non peut-être", []),
        ("La RQTH et le CDD", ["acronym", "acronym"]),
    ],
)  # fmt: skip
def test_flags(text: str, kinds: list[str]) -> None:
    assert flags(text, heard(text)) == kinds


def test_acronyms_that_are_explained_are_no_doubt() -> None:
    words = heard("La RQTH et le CDD")
    glossary = Glossary({"RQTH": Term("Reconnaissance")})
    transcript, timeline = read("La RQTH et le CDD", words, (Note("cdd", "Contrat", 9),))
    assert doubts(transcript, timeline, words, glossary) == ()


def test_words_alone_between_two_sounds_are_flagged() -> None:
    words = heard("Bonjour à tous. Merci. Nous parlons")
    speaker = Speaker("A", "a")
    blocks = (
        Paragraph(speaker, (Text("Bonjour à tous."),), 5),
        Cue("JINGLE", 7),
        Paragraph(speaker, (Text("Merci."),), 9),
        Cue("JINGLE", 11),
        Paragraph(speaker, (Text("Nous parlons"),), 13),
    )
    transcript = Transcript("fr", "draft", blocks)
    (flag,) = doubts(transcript, make_timeline(transcript, words), words, Glossary())
    assert (flag.kind, flag.line) == ("in_music", 9)


def test_the_list_stays_short_and_the_worst_comes_first() -> None:
    text = " ".join(f"mot{i:03}" for i in range(200)) + " Merci."
    words = heard(text, {f"mot{i:03}": 10 if i == 150 else 35 for i in range(200)})
    transcript, timeline = read(text, words)
    found = doubts(transcript, timeline, words, Glossary())
    assert len(found) == MOST
    assert dict(found[0].facts)["word"] == "mot150"


def test_the_error_rate_counts_substitutions_deletions_and_insertions() -> None:
    words = heard("le chat noir dort sur la table")
    _, timeline = read("Le chat roux dort sur une grande table.", words)
    result = compare(timeline, words)
    assert (result.words, result.errors) == (8, 3)
    assert [(d.machine, d.edited) for d in result.differences] == [
        ("noir", "roux"), ("la", "une grande"),
    ]  # fmt: skip
    assert compare(read("Le chat noir dort sur la table !", words)[1], words).rate == 0


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_only_the_named_keys_of_a_head_are_changed(end: str) -> None:
    text = end.join(["---", "# à moi", "status: draft", "language:  fr", "---", "", "Texte", ""])
    made = with_head(text, {"status": "reviewed", "reviewed_by": 'Zoé "Z" : moi', "n": "a1b2c3"})
    assert made == end.join(
        ["---", "# à moi", "status: reviewed", "language:  fr",
         'reviewed_by: "Zoé \\"Z\\" : moi"', "n: a1b2c3", "---", "", "Texte", ""]
    )  # fmt: skip


def test_digests_that_look_like_numbers_stay_text(show: Path) -> None:
    import dataclasses

    file = show / EPISODE
    for value in ("123456789012", "1e5432109876", "0x1234567890", "true"):
        file.write_text(with_head(file.read_text("utf-8"), {"reviewed_text": value}), "utf-8")
        space = Workspace(show)
        transcript = space.transcript("episode-3", space.show(), "fr")
        assert dataclasses.asdict(transcript)["reviewed_text"] == value


def test_a_review_is_tied_to_the_text(show: Path) -> None:
    file = show / EPISODE
    draft = file.read_text("utf-8").replace("status: reviewed", "status: draft")
    file.write_text(draft, "utf-8")
    assert run_podcast(["publish", "episode-3"], show).code == 1
    reviewed = run_podcast(["review", "episode-3", "--by", "Zoé"], show)
    assert reviewed.code == 0, reviewed.err
    text = file.read_text("utf-8")
    assert text.split("---")[2] == draft.split("---")[2]
    assert "reviewed_by: Zoé\n" in text and "status: reviewed\n" in text
    assert run_podcast(["publish", "episode-3"], show).code == 0
    file.write_text(text.replace("Racontez-nous", "Racontez nous tous"), "utf-8")
    changed = run_podcast(["publish", "episode-3"], show)
    assert changed.code == 1
    assert changed.err == (
        f"{EPISODE}:3 : la transcription a changé depuis sa relecture. Relisez ce qui a changé, "
        "puis tapez : podcast review episode-3 --by VOTRE-NOM\n"
    )
    assert run_podcast(["review", "episode-3", "--by", "Zoé"], show).code == 0
    assert run_podcast(["publish", "episode-3"], show).code == 0


def test_a_status_written_by_hand_is_tied_once_it_is_published(show: Path) -> None:
    assert run_podcast(["publish", "episode-3"], show).code == 0
    file = show / EPISODE
    text = file.read_text("utf-8")
    # Hints, comments and line breaks are not what readers read.
    file.write_text(text.replace("Vingt ans", "Vingt\nans") + "\n<!-- relu -->\n", "utf-8")
    assert run_podcast(["publish", "episode-3"], show).code == 0
    file.write_text(text.replace("vingt ans", "trente ans"), "utf-8")
    assert "a changé depuis sa relecture" in run_podcast(["publish", "episode-3"], show).err


def test_nothing_unfinished_is_reviewed(show: Path, podcast: Callable[..., Ran]) -> None:
    file = show / EPISODE
    text = file.read_text("utf-8").replace("vingt ans", "{vingt ans?}")
    file.write_text(text, "utf-8")
    ran = podcast(show, "review", "episode-3", "--by", "Zoé")
    assert ran.code == 1 and "« vingt ans » est marqué comme douteux" in ran.err
    assert file.read_text("utf-8") == text


def test_check_and_diff_of_the_sample(show: Path, podcast: Callable[..., Ran]) -> None:
    checked = podcast(show, "check", "episode-3")
    assert checked.code == 0, checked.err
    assert "du texte a été retrouvé dans le son." in checked.out.splitlines()[-1]
    compared = podcast(show, "diff", "episode-3", language="en")
    assert compared.code == 0
    assert "the machine was wrong in" in compared.out.splitlines()[-1]


def test_an_episode_that_was_not_listened_to(show: Path, podcast: Callable[..., Ran]) -> None:
    (show / "transcripts" / "episode-3.words.jsonl").unlink()
    ran = podcast(show, "diff", "episode-3")
    assert ran.code == 1
    assert ran.err.endswith("Tapez : podcast transcribe episode-3\n")


def test_the_text_of_another_episode_is_refused_unless_it_is_forced(show: Path) -> None:
    other = (show / "transcripts" / "episode-1.md").read_text("utf-8")
    (show / EPISODE).write_text(other, "utf-8")
    ran = run_podcast(["publish", "episode-3"], show)
    assert ran.code == 1
    assert "Est-ce le texte d'un autre épisode ?" in ran.err and ran.err.count("\n") == 1
    assert run_podcast(["publish", "episode-3", "--force"], show).code == 0


def test_check_tells_what_text_and_sound_do_not_share(
    show: Path, podcast: Callable[..., Ran]
) -> None:
    file = show / EPISODE
    text = file.read_text("utf-8")
    note = "Ce passage est une remarque de la rédaction que personne ne prononce dans cet épisode, "
    text = text.replace("C'était trop long.", f"C'était trop long. {note * 2}voilà.")
    gone = text[text.index("L'invité : On a installé") : text.index("La présentatrice : Vous êtes")]
    file.write_text(text.replace(gone, ""), "utf-8")
    ran = podcast(show, "check", "episode-3")
    line = text[: text.index(note)].count("\n") + 1
    assert f"{EPISODE}:{line}, à 1:20 : « Ce passage est une remarque" in ran.out
    assert "n'est pas dans le son" in ran.out
    assert "avant ce passage, il manque ce qui est dit de 1:2" in ran.out
    assert " machine " in ran.out


def test_a_pin_sets_the_time_of_a_paragraph(show: Path) -> None:
    file = show / EPISODE
    text = file.read_text("utf-8")
    before = "L'invité : J'ai cru que"
    file.write_text(text.replace(before, f"[=0:34.5] {before}"), "utf-8")
    space = Workspace(show)
    words = space.words("episode-3")
    assert words
    timeline = make_timeline(space.transcript("episode-3", space.show(), "fr"), words)
    pinned = [
        token
        for block in timeline.blocks
        if hasattr(block, "tokens")
        for token in block.tokens
        if token.how == "pinned"
    ]
    assert [(token.text, token.start_ms) for token in pinned] == [("J'ai", 34_500)]
