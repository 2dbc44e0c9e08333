"""What GitHub and GitLab run of a new show: each line of it is run here, in a fresh clone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Ran
from ruamel.yaml import YAML
from serving import free_port, served

FILES = {"github": ".github/workflows/podcast.yml", "gitlab": ".gitlab-ci.yml"}

APT_GET = """\
mkdir -p "$HOME" && cd "$HOME"
case "$1" in
  update) touch lists ;;
  install)
    [ -e lists ] || exit 100
    for word in "$@"; do case "$word" in liblouis*) apt-cache show "$word" > "$word" || exit 100 ;; esac; done ;;
esac
"""


def git(folder: Path, *arguments: str) -> str:
    own = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *own, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path: Path, show: Path, podcast: Callable[..., Ran]) -> Iterator[Path]:
    """The sample show in a repository, with what ``podcast init`` writes for hosts of git."""
    assert podcast(tmp_path, "init", "new").code == 0
    for path in (*FILES.values(), ".gitignore"):
        (show / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tmp_path / "new" / path, show / path)
    port, host = free_port(), tmp_path / "host"
    (host / "site").mkdir(parents=True)
    text = (show / "podcast.yaml").read_text("utf-8") + f"\ndeploy: {host / 'site'}\n"
    text = re.sub(r"^address: .*$", f"address: http://127.0.0.1:{port}/", text, flags=re.MULTILINE)
    for folder in (show, host):
        (folder / "podcast.yaml").write_text(text, "utf-8")
    bare = tmp_path / "origin.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    git(bare, "config", "receive.advertisePushOptions", "true")
    git(show, "init", "-q")
    git(show, "add", "-A")
    git(show, "commit", "-qm", "The show")
    git(show, "push", "-q", str(bare), "HEAD:main")
    assert ".podcast" not in git(show, "ls-files") and "recording" in git(show, "ls-files")
    with served(host, port):
        yield bare


def steps(kind: str, text: str) -> list[tuple[str, dict[str, str]]]:
    """The scripts in order, each with the variables that the file gives it."""
    tree: Any = YAML(typ="safe", pure=True).load(text)
    job = tree["publish"] if kind == "gitlab" else tree["jobs"]["publish"]
    if kind == "gitlab":
        scripts = ["\n".join(job[name]) for name in ("before_script", "script", "after_script")]
        return [(script, job["variables"]) for script in scripts]
    return [
        (
            step["run"],
            {
                **tree["env"],
                **{k: "" if "secrets" in v else v for k, v in step.get("env", {}).items()},
            },
        )
        for step in job["steps"]
        if "run" in step
    ]


def run_in_clone(
    kind: str, event: str, origin: Path, tmp_path: Path, cache: Path
) -> tuple[int, str]:
    """Clone, take the kept cache, and run every script as the host does: exit code and words."""
    clone = tmp_path / f"clone-{len(list(tmp_path.glob('clone-*')))}"
    git(tmp_path, "clone", "-q", str(origin), str(clone))
    shutil.copytree(cache, clone / ".podcast", copy_function=os.link)
    shims = tmp_path / "shims"
    shims.mkdir(exist_ok=True)
    # Debian's packages count as installed once they were asked for, as root, with fresh lists.
    for name, text in (
        ("podcast", f'[ -e "$HOME/liblouis20" ] || export PODCAST_LIBLOUIS=none; exec "{sys.executable}" -m podcast "$@"'),
        ("pip", 'test "$1 $2" = "install podcast"'),
        ("sudo", 'AS_ROOT=1 exec "$@"' if kind == "github" else "exit 127"),
        ("apt-get", f'[ -n "$AS_ROOT" ] || [ {kind} = gitlab ] || exit 100\n{APT_GET}'),
    ):  # fmt: skip
        (shims / name).write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        (shims / name).chmod(0o755)
    host = f"url.file://{origin.parent}/.insteadOf"
    env = {
        "PATH": f"{shims}:{os.environ['PATH']}", "HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT),
        "PODCAST_LANGUAGE": "en", "GITHUB_EVENT_NAME": event, "CI_PIPELINE_SOURCE": event,
        "CI_SERVER_HOST": "gitlab.example.org", "CI_PROJECT_PATH": "origin", "PUSH_TOKEN": "token",
        "CI_DEFAULT_BRANCH": "main", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": host,
        "GIT_CONFIG_VALUE_0": "https://podcast:token@gitlab.example.org/",
    }  # fmt: skip
    code, said = 0, ""
    text = (clone / FILES[kind]).read_text("utf-8")
    for script, own in steps(kind, text):
        done = subprocess.run(
            ["bash", "-e", "-c", script], cwd=clone, env={**env, **own}, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        code = code or done.returncode
        said += done.stdout + done.stderr
    return code, said


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_push_publishes_what_is_reviewed_and_remembers_it(
    kind: str, origin: Path, show: Path, tmp_path: Path
) -> None:
    file = show / "transcripts" / "episode-2.md"
    file.write_text(file.read_text("utf-8").replace("status: reviewed", "status: draft"), "utf-8")
    git(show, "commit", "-qam", "Not yet")
    git(show, "push", "-q", str(origin), "HEAD:main")
    code, said = run_in_clone(kind, "push", origin, tmp_path, show / ".podcast")
    assert code == 0, said
    assert sorted(json.loads(git(origin, "show", "main:published.json"))["episodes"]) == [
        "episode-1",
        "episode-3",
    ]
    assert (tmp_path / "host" / "site" / "episode-3" / "index.html").is_file()
    assert not (tmp_path / "host" / "site" / "episode-2").exists()
    assert (tmp_path / "host" / "site" / "episode-3" / "episode-3.brf").stat().st_size > 1000
    assert {each.name for each in (tmp_path / "home").glob("liblouis*")} == {"liblouis20", "liblouis-data"}  # fmt: skip
    head = git(origin, "rev-parse", "main")
    for event in ("schedule", "push"):
        code, said = run_in_clone(kind, event, origin, tmp_path, show / ".podcast")
        assert (code, git(origin, "rev-parse", "main")) == (0, head), said


@pytest.mark.parametrize("kind", sorted(FILES))
def test_without_recordings_it_says_so_and_does_nothing(
    kind: str, origin: Path, show: Path, tmp_path: Path
) -> None:
    git(show, "rm", "-rq", "--cached", *(str(p.relative_to(show)) for p in (show / "episodes").glob("*/recording.*")), *(str(p.relative_to(show)) for p in (show / "episodes").glob("*/tracks")))  # fmt: skip
    git(show, "commit", "-qm", "Recordings stay at home")
    git(show, "push", "-q", str(origin), "HEAD:main")
    code, said = run_in_clone(kind, "push", origin, tmp_path, show / ".podcast")
    assert code == 0, said
    assert "Les enregistrements ne sont pas dans ce dépôt : publiez depuis votre machine." in said
    assert list((tmp_path / "host" / "site").iterdir()) == []


def test_what_the_gate_holds_back_is_told_after_the_others_have_gone_out(
    show: Path, podcast: Callable[..., Ran]
) -> None:
    with (show / "transcripts" / "episode-2.md").open("a", encoding="utf-8") as file:
        file.write("\n{Really?}\n")
    ran = podcast(show, "publish", "--reviewed")
    assert ran.code == 1
    assert "transcripts/episode-2.md" in ran.err and "est marqué comme douteux" in ran.err
    assert sorted(json.loads((show / "published.json").read_text("utf-8"))["episodes"]) == ["episode-1", "episode-3"]  # fmt: skip


def test_nothing_reviewed_is_no_fault(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    assert podcast(tmp_path, "init", "new").code == 0
    ran = podcast(tmp_path / "new", "publish", "--reviewed")
    assert (ran.code, ran.out) == (0, "Aucun épisode n'est relu : rien à publier.\n")


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", sorted(FILES))
def test_both_languages_say_the_same(kind: str, language: str) -> None:
    texts = [
        (ROOT / "podcast" / "example" / lang / f"{kind}.yml").read_text("utf-8")
        for lang in ("fr", language)
    ]
    first, other = (
        [
            line
            for line in text.splitlines()
            if not line.strip().startswith(("#", "echo")) and " commit " not in line
        ]
        for text in texts
    )
    assert first == other
    assert steps(kind, texts[1])
