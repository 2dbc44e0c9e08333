"""The command line: exit codes, one sentence for each mistake, plain lines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Ran, copy_show, run_podcast

from podcast.commands import names


def test_an_unknown_episode(show: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(show, "publish", "episode-4")
    assert (ran.code, ran.err) == (
        1, "Il n'y a pas d'épisode « episode-4 ». Vouliez-vous dire : episode-3 ?\n"
    )  # fmt: skip
    ran = podcast(show, "publish", "x", language="en")
    known = "episode-1, episode-2, episode-3"
    assert (ran.code, ran.err) == (1, f'There is no episode "x". The episodes are: {known}.\n')


@pytest.mark.parametrize("slug", ["../etc", "/etc/passwd", "épisode", "con", "a b", ""])
def test_no_slug_leaves_the_folder(show: Path, podcast: Callable[..., Ran], slug: str) -> None:
    ran = podcast(show, "publish", slug)
    assert ran.code == 1 and ran.err.startswith("Il n'y a pas d'épisode")


def test_no_workspace(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(tmp_path, "publish", "episode-1")
    assert ran.code == 1
    assert ran.err.startswith("Il n'y a pas de podcast.yaml ici ni au-dessus.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["publsh", "x"],
            "Il n'y a pas de commande « publsh ». Vouliez-vous dire : podcast publish ?",
        ),
        (["publish"], "Dites quels épisodes publier"),
        (["publish", "a", "--reviewed"], "Dites quels épisodes publier"),
        (["diff"], "Il manque : slug. Pour de l'aide, tapez : podcast diff --help"),
        (["publish", "a", "--speed"], "Je ne comprends pas : --speed. Pour de l'aide, tapez : podcast publish --help"),
        (["build", "--alow=x", "y"], "Je ne comprends pas : --alow=x. Vouliez-vous dire : --allow ? Pour de l'aide, tapez : podcast build"),
        (["check", "a", "b"], "Je ne comprends pas : b."),
        (["serve", "--port", "abc"], "--port veut un nombre entier, et non « abc ». Pour de l'aide, tapez : podcast serve --help"),
        (["serve", "--port", "70000"], "--port veut un nombre de 0 à 65535, et non 70000. Pour de l'aide, tapez : podcast serve --help"),
        (["serve", "--port", "-1"], "--port veut un nombre de 0 à 65535, et non -1."),
        (["edit", "episode-3", "--port", "65536"], "--port veut un nombre de 0 à 65535, et non 65536."),
        (["cluster", "worker", "tls://x:1", "--port", "99999"], "--port veut un nombre de 0 à 65535, et non 99999."),
        (["cluster", "worker", "tls://x:1", "--threads", "-2"], "--threads veut un nombre de 0 à 1024, et non -2."),
        (["deploy", "--at", "host:70000"], "--at nomme une machine"),
        (["deploy", "--check", "--at", "host:ssh"], "--at nomme une machine"),
        (["deploy", "--at", "https://host/www"], "--at nomme une machine"),
        (["deploy", "--at", "me@host"], "--at nomme une machine"),
        (["transcribe", "--all", "--jobs", "-1"], "--jobs veut un nombre de 0 à 1024, et non -1."),
        (["transcribe", "--all", "--patience", "-5"], "--patience veut un nombre de 0 à 100000, et non -5."),
        (["transcribe", "--all", "--patience", "nan"], "--patience veut un nombre de 0 à 100000, et non nan."),
        (["transcribe", "--all", "--patience", "x"], "--patience veut un nombre, et non « x »."),
        (["new", "Un titre", "--audio"], "--audio veut quelque chose derrière."),
        (["correct", "a", "b", "c", "--nth", "1", "--all"], "--all et --nth ne vont pas ensemble."),
        ([], "Il manque :"),
    ],
)  # fmt: skip
def test_usage(arguments: list[str], said: str, show: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(show, *arguments)
    assert ran.code == 2
    assert ran.err.startswith(said)
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "--port wants a number from 0 to 65535, not 70000. For help, type:"),
        ("es", "--port quiere un número de 0 a 65535, y no 70000. Para obtener ayuda, escriba:"),
    ],
)
def test_a_port_that_there_is_not(
    language: str, said: str, tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    ran = podcast(tmp_path, "serve", "--port", "70000", language=language)
    assert (ran.code, ran.out) == (2, "") and ran.err.startswith(said), ran


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", names())
def test_every_command_has_help(
    name: str, language: str, tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    ran = podcast(tmp_path, name, "--help", language=language)
    assert ran.code == 0
    assert ran.out.startswith(f"usage: podcast {name}")
    assert ("afficher cette aide" in ran.out) == (language == "fr")


def test_help_imports_no_engine() -> None:
    code = (
        "import sys; from podcast.cli import main; main(['publish', '--help']); "
        "print([m for m in ('jinja2','feedgen','pydub','mutagen','faster_whisper','pydantic',"
        "'numpy','lxml') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_dry_run_does_nothing(tmp_path: Path) -> None:
    folder = copy_show(tmp_path / "show", ["episode-3"])
    before = sorted(str(p) for p in folder.rglob("*"))
    ran = run_podcast(["publish", "episode-3", "--dry-run"], folder)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "Son : episode-3 serait préparé.",
        "Mots : transcripts/episode-3.words.jsonl, déjà fait.",
        "Transcription : transcripts/episode-3.md est relue ; l'épisode serait publié dans site/.",
    ]
    assert sorted(str(p) for p in folder.rglob("*")) == before


def test_progress_is_plain_lines(tmp_path: Path) -> None:
    folder = copy_show(tmp_path / "show", ["episode-2"])
    ran = run_podcast(["publish", "episode-2", "--plain"], folder, PATH="/nonexistent")
    assert ran.code == 0, ran.err
    assert ran.err == ""
    lines = ran.out.splitlines()
    assert lines[0].startswith("Son de episode-2 : ") and " %" in lines[0]
    assert len([line for line in lines if line.startswith("Son de")]) <= 10
    assert any(line.startswith("Son : episode-2, 1:23, de -26,0 à -19,0 LUFS") for line in lines)
    assert lines[-1] == "Pour regarder le site, tapez : podcast serve --published"
    # On a busy machine the time left is told, with a space that does not break.
    assert all(char.isprintable() or char == "\xa0" for line in lines for char in line)


def test_ascii_terminals_get_their_accents(show: Path) -> None:
    ran = run_podcast(["publish", "non"], show, LANG="C", LC_ALL="C", PYTHONUTF8="0")
    assert "épisode" in ran.err


def test_the_language_of_the_person(show: Path) -> None:
    for variables, said in (
        ({"LANG": "en_GB.UTF-8"}, "There is no episode"),
        ({"LANG": "fr_FR.UTF-8"}, "Il n'y a pas"),
        ({"LANG": "C.UTF-8"}, "Il n'y a pas"),  # says nothing: the show is French
        ({"LC_ALL": "en_US.UTF-8", "LANG": "fr_FR.UTF-8"}, "There is no episode"),
    ):
        env = dict.fromkeys(("LC_ALL", "LC_MESSAGES", "LANG", "PODCAST_LANGUAGE"), "") | variables
        assert run_podcast(["publish", "zzz"], show, **env).err.startswith(said), variables


def test_a_second_publish_is_told_who_holds_the_workspace(show: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from podcast.workspace import Workspace\n"
        "with Workspace(Path(sys.argv[1])).lock():\n print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(show)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        ran = run_podcast(["publish", "episode-3"], show)
        assert ran.code == 5
        assert f"(processus {holder.pid})" in ran.err
    finally:
        holder.kill()
        holder.wait()
        if holder.stdout:
            holder.stdout.close()
    assert run_podcast(["publish", "episode-3"], show).code == 0  # a killed holder holds nothing


def test_ctrl_c_is_one_sentence(tmp_path: Path) -> None:
    folder = copy_show(tmp_path / "show", ["episode-3"])
    process = subprocess.Popen(
        [sys.executable, "-m", "podcast", "publish", "episode-3", "--plain"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PODCAST_LANGUAGE": "fr", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout
    process.stdout.readline()  # the sound is being made
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == ("Interrompu. Rien n'a été perdu : retapez la même commande pour continuer.\n")
    assert not (folder / "site").exists()
    assert run_podcast(["publish", "episode-3"], folder).code == 0


def test_a_bug_of_ours_is_told_without_a_traceback(show: Path) -> None:
    (show / "templates").mkdir()
    (show / "templates" / "index.html").write_text("{{ view.nothing.at.all }}", "utf-8")
    ran = run_podcast(["publish", "episode-3"], show)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert ran.err.startswith("templates/index.html : ce gabarit demande une valeur")


def test_a_terminal_gets_a_bar_on_one_line(tmp_path: Path) -> None:
    import pty

    folder = copy_show(tmp_path / "show", ["episode-2"])
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "podcast", "publish", "episode-2"],
        cwd=folder, stdout=slave, stderr=slave, stdin=subprocess.DEVNULL,
        env={**os.environ, "PODCAST_LANGUAGE": "fr", "PYTHONPATH": str(ROOT), "TERM": "xterm"},
    )  # fmt: skip
    os.close(slave)
    raw = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # Linux says EIO when the last writer has gone
            break
        if not part:
            break
        raw += part
    os.close(master)
    assert process.wait(60) == 0
    shown = raw.decode("utf-8")
    assert "\rSon de episode-2 : [" in shown
    assert [
        line for line in shown.replace("\r\n", "\n").split("\n") if line.startswith("Son : ")
    ] == []
    last = [line.split("\r")[-1].replace("\x1b[K", "") for line in shown.split("\r\n")]
    assert last[0].startswith("Son : episode-2")


def test_a_folder_that_is_not_there_is_not_built(show: Path, podcast: Callable[..., Ran]) -> None:
    """And the show around it neither."""
    ran = podcast(show, "build", "nowhere")
    assert (ran.code, ran.out, ran.err) == (1, "", "nowhere : ce dossier n'existe pas.\n")
    assert podcast(show, "build", "podcast.yaml").code == 1


def test_nothing_to_serve(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    (tmp_path / "podcast.yaml").write_text("title: x\n", "utf-8")
    nothing = podcast(tmp_path, "serve", "--published", "--port", "0")
    assert nothing.code == 1 and "publish episode-1" in nothing.err
    elsewhere = podcast(tmp_path, "serve", "nowhere", "--port", "0")
    assert (elsewhere.code, elsewhere.err) == (1, "nowhere : ce dossier n'existe pas.\n")
