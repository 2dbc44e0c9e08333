"""What is installed, what is missing, what to type; and an exit code that scripts can trust."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import ROOT, Ran, copy_show, run_podcast

from podcast.checkup import checkup, ready
from podcast.workspace import Workspace


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return copy_show(tmp_path / "show")


def change(file: Path, was: str, now: str) -> None:
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, now, 1), "utf-8")


def add(folder: Path, line: str) -> None:
    with (folder / "podcast.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")


def test_a_show_that_can_be_published(own: Path, podcast: Callable[..., Ran]) -> None:
    before = sorted(own.rglob("*"))
    ran = podcast(own, "doctor")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "Tout est prêt : cette émission peut être publiée d'ici."
    assert any(
        line.startswith("Modèle : demo, qui ne connaît que des voix de synthèse.") for line in lines
    )
    assert any(line.startswith("ffmpeg : ") and "ffmpeg-" in line for line in lines)
    assert "Épisodes : 3. Pour voir où ils en sont : podcast list" in lines
    assert sorted(own.rglob("*")) == before, "it writes nothing"


def test_outside_a_show(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(tmp_path, "doctor", language="en")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("This machine is ready. There is no show in this folder.\n")
    assert "podcast init my-show" in ran.out


def test_json(own: Path, podcast: Callable[..., Ran]) -> None:
    change(own / "podcast.yaml", "model: demo", "model: small")
    ran = run_podcast(["doctor", "--json"], own, PODCAST_MODELS=str(own / "none"))
    assert ran.code == 4
    told = json.loads(ran.out)
    assert told["ready"] is False
    first = told["findings"][0]
    assert (first["level"], first["subject"], first["kind"]) == (
        "outside",
        "model",
        "model.not_here",
    )
    assert first["file"] == "podcast.yaml" and first["line"] > 1
    assert "podcast model fetch small" in first["said"]


def test_what_the_producer_must_fix_comes_first(own: Path, podcast: Callable[..., Ran]) -> None:
    change(own / "episodes" / "episode-2" / "episode.md", "number: 2", "number: deux")
    (own / "cover.jpg").write_bytes(b"no picture")
    add(own, "deploy: sftp://me@example.org/www")
    ran = run_podcast(["doctor"], own, PATH="/nonexistent")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0] == "4 choses empêchent de publier :"
    assert lines[1].startswith("cover.jpg : ce fichier n'est pas une image lisible.")
    assert lines[2].startswith("episodes/episode-2/episode.md:3 : « number » doit être un nombre")
    assert {line.split(" n'est")[0] for line in lines[3:5]} == {
        "Le programme sftp",
        "Le programme ssh",
    }
    assert lines[5] == "À savoir :"


@pytest.mark.parametrize(
    ("deploy", "code", "said"),
    [
        ("{folder}/www", 0, "Destination : {folder}/www."),
        ("{folder}/not/there", 4, "{folder}/not/there et le dossier au-dessus n'existent pas."),
        ("ftp://example.org/www", 1, "« ftp://example.org/www » n'est pas une destination connue."),
        ("s3://bucket/show?zone=x", 1, "« s3://bucket/show?zone=x » ne va pas."),
        ("s3://bucket/show", 4, "Les clés pour s3://bucket manquent."),
        ("git+ssh://git@example.org/me/show.git#pages", 0, "Destination : git+ssh://"),
    ],
)  # fmt: skip
def test_the_place_that_the_site_is_sent_to(
    deploy: str, code: int, said: str, own: Path, tmp_path: Path
) -> None:
    add(own, f"deploy: {deploy.format(folder=tmp_path)}")
    ran = run_podcast(["doctor"], own, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert ran.code == code, ran.out
    lines = ran.out.replace("\xa0", " ").splitlines()
    assert any(said.format(folder=tmp_path) in line for line in lines), ran.out


def test_who_holds_the_lock(own: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from podcast.workspace import Workspace\n"
        "with Workspace(Path(sys.argv[1])).lock():\n print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(own)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        ran = run_podcast(["doctor"], own)
        assert ran.code == 0
        assert (
            f"Un autre travail est en cours dans cette émission (processus {holder.pid})."
            in ran.out
        )
    finally:
        holder.kill()
        holder.wait()
        if holder.stdout:
            holder.stdout.close()
    assert "processus" not in run_podcast(["doctor"], own).out


def test_a_clock_that_is_wrong(own: Path) -> None:
    shutil.copy(ROOT / "published.json", own)
    found = checkup(Workspace(own), datetime(2026, 1, 1, tzinfo=UTC))
    kinds = [
        each.told.kind
        for each in found
        if each.level == "outside" and not isinstance(each.told, str)
    ]
    assert (kinds, ready(found)) == (["clock.behind"], 4)
    assert ready(checkup(Workspace(own), datetime(2026, 11, 27, tzinfo=UTC))) == 0


def test_a_disk_that_is_almost_full(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(own)
    for free, level in (
        (100_000_000, "outside"),
        (2_000_000_000, "advice"),
        (9_000_000_000, "fine"),
    ):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        assert [each.level for each in checkup(Workspace(own)) if each.subject == "disk"] == [level]


def test_a_folder_that_may_not_be_written(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own answer is taken: root may write anywhere, so it is asked as another."""
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("transcripts") and allowed(path, mode))  # fmt: skip
    wrong = [each for each in checkup(Workspace(own)) if each.level == "outside"]
    assert [each.told.kind for each in wrong if not isinstance(each.told, str)] == [
        "disk.unwritable"
    ]


def test_a_damaged_show_is_told_with_its_lines(own: Path, podcast: Callable[..., Ran]) -> None:
    change(own / "podcast.yaml", "language: fr", "langage: fr")
    (own / "published.json").write_text("{", "utf-8")
    ran = podcast(own, "doctor")
    assert ran.code == 1
    assert (
        "podcast.yaml:3 : « langage » n'existe pas ici. Vouliez-vous dire « language » ?" in ran.out
    )


def test_a_new_show_is_told_what_is_still_the_examples(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    assert podcast(tmp_path, "init", "mine").code == 0
    ran = podcast(tmp_path / "mine", "doctor")
    assert ran.code == 0
    assert "« address » est encore celle d'exemple" in ran.out
    assert "« owner.email » est encore celle d'exemple" in ran.out
