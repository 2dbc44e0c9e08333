"""Where each episode stands, through its whole life, told in lines and in JSON."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran, copy_show, run_podcast

from podcast.doubts import every_doubt
from podcast.review_file import Accepted, with_accepted, write_review
from podcast.standing import STATES
from podcast.timeline import timed
from podcast.workspace import Workspace

RECORDING = Path(__file__).parent.parent / "podcast" / "example" / "fr" / "recording.flac"


@pytest.fixture
def out(show: Path, published: Path) -> Path:
    """The sample show as it was published, its site left out."""
    shutil.copy(published / "published.json", show)
    return show


def states(folder: Path, podcast: Callable[..., Ran]) -> dict[str, dict[str, Any]]:
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
    ran = podcast(folder, "list", "--json")
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*")} == before, "it writes nothing"
    return {each["slug"]: each for each in json.loads(ran.out)}


def change(file: Path, was: str, now: str) -> None:
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, now, 1), "utf-8")


def test_published_episodes_read_well_aloud(out: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(out, "list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "3 épisodes : 3 publiés.",
        "episode-3 : publié. « Garder son emploi quand la santé change », 2 novembre 2026.",
        "episode-2 : publié. « A first day that works », 19 octobre 2026.",
        "episode-1 : publié. « Demander un aménagement de poste », 5 octobre 2026.",
    ]


def test_from_nothing_to_what_listeners_have(show: Path, podcast: Callable[..., Ran]) -> None:
    """One episode through every state that a person brings it to."""
    shutil.rmtree(show / "episodes" / "episode-1")
    shutil.rmtree(show / "episodes" / "episode-2")
    texts = {name: (show / "transcripts" / name).read_bytes() for name in ("episode-3.md", "episode-3.words.jsonl")}  # fmt: skip
    shutil.move(show / "episodes" / "episode-3", show / "kept")
    shutil.rmtree(show / "transcripts")
    assert podcast(show, "list").out.startswith("Pas encore d'épisode.")

    assert podcast(show, "new", "Episode 3").code == 0
    assert states(show, podcast)["episode-3"]["state"] == "begun"
    shutil.rmtree(show / "episodes" / "episode-3")
    shutil.move(show / "kept", show / "episodes" / "episode-3")
    assert states(show, podcast)["episode-3"]["state"] == "recorded"

    (show / "transcripts").mkdir()
    (show / "transcripts" / "episode-3.words.jsonl").write_bytes(texts["episode-3.words.jsonl"])
    assert states(show, podcast)["episode-3"]["state"] == "transcribed"
    ran = run_podcast(["publish", "episode-3"], show)  # writes the draft, and stops
    assert ran.code == 1, ran.err
    draft = show / "transcripts" / "episode-3.md"
    found = states(show, podcast)["episode-3"]
    assert (found["state"], found["left"] > 0) == ("transcribed", True)

    draft.write_bytes(texts["episode-3.md"].replace(b"status: reviewed", b"status: draft"))
    found = states(show, podcast)["episode-3"]
    assert found["state"] == "in_correction"
    assert re.search(r"episode-3 : en correction, encore \d+ points? à voir\. ", podcast(show, "list").out) or not found["left"]  # fmt: skip

    draft.write_bytes(texts["episode-3.md"])
    assert states(show, podcast)["episode-3"]["state"] == "reviewed"

    file = show / "episodes" / "episode-3" / "episode.md"
    change(file, "date: 2026-11-02", "date: 2098-11-02")
    assert run_podcast(["publish", "episode-3"], show).code == 0
    assert states(show, podcast)["episode-3"]["state"] == "scheduled"
    assert "programmé. « Garder son emploi quand la santé change », 2 novembre 2098, 06:00 (UTC+01:00)." in podcast(show, "list").out  # fmt: skip
    change(file, "date: 2098-11-02", "date: 2026-11-02")
    assert states(show, podcast)["episode-3"]["state"] == "due"
    assert run_podcast(["due"], show).code == 0
    assert states(show, podcast)["episode-3"]["state"] == "published"


def test_doubts_that_somebody_heard_are_done(out: Path, podcast: Callable[..., Ran]) -> None:
    """An acronym that nobody explains is a doubt, until a person hears it and keeps it."""
    (out / "published.json").unlink()
    change(out / "transcripts" / "episode-1.md", "status: reviewed", "status: draft")
    change(
        out / "transcripts" / "episode-1.md",
        "Est-ce que c'est toujours cher ?",
        "Est-ce que le ZQX est toujours cher ?",
    )
    space = Workspace(out)
    before = states(out, podcast)["episode-1"]
    assert (before["state"], before["heard"], before["left"] > 0) == ("in_correction", 0, True)
    show = space.show()
    transcript, words = space.transcript("episode-1", show, "fr"), space.words("episode-1")
    assert words
    timeline, alignment = timed(transcript, words)
    flag = next(
        f
        for f in every_doubt(transcript, timeline, words, space.glossary(), alignment)
        if f.kind == "acronym"
    )
    noted = with_accepted(space.review("episode-1"), [Accepted(flag.id, flag.kind, flag.text)])
    space.review_file("episode-1").write_text(write_review(noted), "utf-8")
    after = states(out, podcast)["episode-1"]
    assert (after["heard"], after["left"]) == (1, before["left"] - 1)
    assert ", 1 déjà entendu. « Demander un aménagement de poste »" in podcast(out, "list").out


def test_what_changed_since(out: Path, podcast: Callable[..., Ran]) -> None:
    change(out / "episodes" / "episode-1" / "episode.md", "title: ", "title: Autrement, ")
    change(out / "episodes" / "episode-2" / "episode.md", "date: 2026-10-19", "date: 2026-10-20")
    change(
        out / "transcripts" / "episode-3.md",
        "reviewed_by: ",
        "reviewed_by: Moi et ",
    )
    found = states(out, podcast)
    assert found["episode-1"]["changed"] == ["title"]
    assert found["episode-2"]["changed"] == ["date"]
    assert found["episode-3"]["state"] == "published", "who reviewed it is not what is read"
    text = out / "transcripts" / "episode-3.md"
    words = text.read_text("utf-8").rstrip("\n")
    text.write_text(f"{words}\n\n[RIRES]\n", "utf-8")
    ran = podcast(out, "list", language="en")
    assert ran.code == 0
    assert "episode-3: published, and changed since (text), but 1 point keeps it from being published (podcast check)." in ran.out  # fmt: skip
    assert states(out, podcast)["episode-3"]["closed"][0]["kind"] == "gate.changed"


def test_a_faulty_file_is_told_and_the_others_are_listed(
    out: Path, podcast: Callable[..., Ran]
) -> None:
    change(out / "episodes" / "episode-1" / "episode.md", "number: 1", "number: un")
    (out / "transcripts" / "episode-2.md").unlink()
    ran = podcast(out, "list")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0] == "3 épisodes : 2 à corriger, 1 publié."
    assert lines[1:3] == ["episode-1 : fichier à corriger.", "episode-2 : fichier à corriger."]
    assert "episodes/episode-1/episode.md:3 : « number » doit être un nombre" in ran.err
    assert "transcripts/episode-2.md : ce fichier n'existe pas." in ran.err
    assert states(out, podcast)["episode-1"]["title"] is None


def test_no_alignment_for_what_is_published(out: Path, podcast: Callable[..., Ran]) -> None:
    """The words files are not even read: without them the list is the same."""
    before = podcast(out, "list").out
    for file in (out / "transcripts").glob("*.words.jsonl"):
        file.write_text("damaged", "utf-8")
    assert podcast(out, "list").out == before


def test_every_state_has_its_words() -> None:
    from podcast.wording import Wording

    for state in STATES:
        assert Wording("fr").knows(f"list.state.{state}") and Wording("en").knows(
            f"list.count.{state}"
        )


def test_a_show_without_cache(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    folder = copy_show(tmp_path / "show")
    assert {each["state"] for each in states(folder, podcast).values()} == {"reviewed"}
    assert not (folder / ".podcast").exists()
