"""A key of object storage is on no disk, on no command line, in no log and in no sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Ran
from faulty_line import Between, between
from places import Place, a_bucket

SECRET = "sesame-0penUp/17+tell=nobody"
# A keyring as a desktop has one, and a look at every command that is run and every file written.
KEYRING = f"""
from keyring.backend import KeyringBackend

class Desktop(KeyringBackend):
    priority = 9
    def get_password(self, service, name):
        return {{"AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": {SECRET!r}}}.get(
            name if service == "podcast" else "")
    def set_password(self, service, name, value): raise NotImplementedError
    def delete_password(self, service, name): raise NotImplementedError
"""
WATCH = """
import os, sys

def watch(event, values):
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"):
        with open(os.environ["WATCHED"], "a") as out:
            out.write(repr(values) + "\\n")

sys.addaudithook(watch)
"""


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Between]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "somebody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "another key of somebody")
        with a_bucket(tmp_path_factory.mktemp("s3")) as place:
            with between(int(re.findall(r":(\d+)/", place.address)[0])) as bad:
                where = f" s3://shows/mine?endpoint={bad.address}&region=us-east-1"
                yield place.through(tmp_path_factory.mktemp("bad"), where), bad


def holding(folder: Path, secret: str) -> list[str]:
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize("source", ["environment", "keyring"])
@pytest.mark.parametrize("answer", ["taken", "refused", "broken"])
def test_a_key_stays_where_it_is(
    source: str, answer: str, bucket: tuple[Place, Between], tmp_path: Path
) -> None:
    place, bad = bucket
    place.begin()
    bad.fault = lambda *_: ""
    if answer != "taken":
        # What a server echoes is none of its business to be told on.
        text = f"<Error><Code>SignatureDoesNotMatch</Code><Message>{SECRET}</Message></Error>"
        bad.nth(4 if answer == "broken" else 1, (403, text.encode()), until=10**6)
    lib, scratch, watched = tmp_path / "lib", tmp_path / "tmp", tmp_path / "watched"
    for folder in (lib, scratch):
        folder.mkdir()
    (lib / "desktop_keyring.py").write_text(KEYRING, "utf-8")
    (lib / "sitecustomize.py").write_text(WATCH, "utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    if source == "environment":
        env |= {"AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": SECRET}
        backend = "keyring.backends.null.Keyring"
    else:
        backend = "desktop_keyring.Desktop"
    env |= {
        "PYTHON_KEYRING_BACKEND": backend, "PYTHONPATH": f"{lib}{os.pathsep}{ROOT}",
        "TMPDIR": str(scratch), "WATCHED": str(watched), "PODCAST_LANGUAGE": "en",
        "PODCAST_DEBUG": "1", "RUST_LOG": "trace", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "podcast", "deploy"],
        cwd=place.new.root, env=env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    ran = Ran(done.returncode, done.stdout, done.stderr)
    assert ran.code == (0 if answer == "taken" else 4), ran
    assert SECRET not in ran.out + ran.err
    assert ("***" in ran.err) == (answer != "taken")
    assert holding(place.new.root, SECRET) == holding(scratch, SECRET) == []
    assert not watched.exists() or SECRET not in watched.read_text("utf-8")
    assert not [path for path, content in place.tree().items() if SECRET.encode() in content]


def test_without_keys_it_says_where_they_belong(
    bucket: tuple[Place, Between], tmp_path: Path
) -> None:
    place, _ = bucket
    env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    env |= {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "PODCAST_LANGUAGE": "en"}
    done = subprocess.run(
        [sys.executable, "-m", "podcast", "deploy"],
        cwd=place.new.root, env={**env, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 4
    assert "keyring set podcast AWS_SECRET_ACCESS_KEY" in done.stderr
