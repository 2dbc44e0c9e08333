"""A kill at any change of a deploy leaves a feed of which everything is there; the next run mends.

The orders and ways of writing that we do not use are tried as well: the same listener must find
what each of them breaks.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from conftest import ROOT
from places import moto, public_bucket, sshd
from serving import served
from small_deploy import NEW, OLD, broken, build, show_of, tree, workspace

from podcast import sending
from podcast.report import Silent
from podcast.workspace import Workspace

MUTANTS = {
    "feed first": ("intent", "feed", "audio", "assets", "pages", "verify", "commit", "delete"),
    "audio after pages": ("intent", "assets", "pages", "audio", "verify", "feed", "commit", "delete"),
    "delete before feed": ("intent", "audio", "assets", "pages", "delete", "verify", "feed", "commit"),
}  # fmt: skip


class Killer:
    """The process that sends, and is killed in doing so."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "deploy_killed.py")],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def send(self, space: Workspace, kill_at: int, **more: object) -> dict[str, object]:
        assert self._process.stdin and self._process.stdout
        job = {"folder": str(space.root), "kill_at": kill_at, **more}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        told: dict[str, object] = json.loads(self._process.stdout.readline())
        return told

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture(scope="module", autouse=True)
def keys() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "somebody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "a secret of somebody")
        yield


@pytest.fixture(scope="module")
def killer(keys: None) -> Iterator[Killer]:
    made = Killer()
    yield made
    made.close()


@dataclass
class Place:
    """Somewhere that listeners can reach, and a show that is sent there."""

    http: httpx.Client
    address: str
    old: Workspace
    new: Workspace
    begin: Callable[[], None]
    """Make the place as it is with the old site."""
    tree: Callable[[], dict[str, bytes]]
    """Everything that the place holds."""
    root: str = ""

    def send(self, space: Workspace) -> bool:
        return sending.send(space, show_of(space), Silent(), waits=())


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for thousands of files, each of them synced: in memory where that is possible."""
    shared = Path("/dev/shm")
    made = tempfile.mkdtemp(dir=shared) if shared.is_dir() else tmp_path_factory.mktemp("places")
    yield Path(made)
    shutil.rmtree(made)


def spaces(top: Path, address: str, deploy: str) -> tuple[Workspace, Workspace]:
    """The show before and after."""
    old = workspace(top / "old", address, deploy)
    new = workspace(top / "new", address, deploy)
    build(old, OLD)
    build(new, NEW)
    return old, new


@pytest.fixture(scope="module")
def folder(memory: Path) -> Iterator[Place]:
    root, before = memory / "www", memory / "before"
    before.mkdir()
    # Somebody else's file, which must outlive everything.
    (before / "CNAME").write_text("somebody's", "utf-8")
    front = workspace(memory / "front", "http://x.example/", f" {root}")
    (front.root / "site").symlink_to(root)

    def begin() -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(before, root)

    begin()
    with served(front.root) as address, httpx.Client() as http:
        old, new = spaces(memory, address, f" {root}")
        place = Place(http, address, old, new, begin, lambda: tree(root), str(root))
        place.send(old)
        shutil.rmtree(before)
        shutil.copytree(root, before)
        yield place


def survives(place: Place, killer: Killer, points: Callable[[int], Sequence[int]]) -> None:
    """Kill at the points, of all that there are; hold what listeners find and what the next run does."""
    place.begin()
    place.send(place.new)
    assert broken(place.http, place.address) == []
    wanted = place.tree()
    assert not {path for path in wanted if "two" in path and not path.startswith("audio/")}
    assert len([path for path in wanted if path.startswith("audio/two")]) == 1, "old sound stays"
    assert wanted["CNAME"] == b"somebody's"
    place.begin()
    whole = killer.send(place.new, 0, root=place.root)
    assert (whole["status"], whole["wrong"]) == (0, "")
    changes = int(str(whole["count"]))
    for point in points(changes):
        place.begin()
        killed = killer.send(place.new, point, root=place.root)
        assert killed["status"] == -9, f"point {point}: {killed}"
        assert broken(place.http, place.address) == [], f"killed at change {point} of {changes}"
        place.send(place.new)
        assert place.tree() == wanted, f"after a kill at change {point}"
        assert not place.send(place.new), "there is nothing left to do"


def every(changes: int) -> Sequence[int]:
    assert changes > 15
    return range(1, changes + 1)


def test_a_folder_killed_at_every_change(folder: Place, killer: Killer) -> None:
    survives(folder, killer, every)


def faults(place: Place, killer: Killer, **more: object) -> list[str]:
    """What listeners would stumble over after a kill, at the first point where they would."""
    for point in range(1, 300):
        place.begin()
        killed = killer.send(place.new, point, root=place.root, **more)
        if wrong := broken(place.http, place.address):
            return wrong
        if killed["status"] != -9:
            break
    return []


@pytest.mark.parametrize("order", sorted(MUTANTS))
def test_another_order_would_be_seen(folder: Place, killer: Killer, order: str) -> None:
    assert faults(folder, killer, steps=MUTANTS[order]) != []


def test_writing_in_place_would_be_seen(folder: Place, killer: Killer) -> None:
    assert faults(folder, killer, mutant="in_place") != []


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with moto() as server, httpx.Client() as http:
        address = f"{server}/shows/mine/"
        where = f" s3://shows/mine?endpoint={server}&region=us-east-1"
        old, new = spaces(tmp_path_factory.mktemp("s3"), address, where)
        before: dict[str, bytes] = {"mine/CNAME": b"somebody's"}

        def begin() -> None:
            public_bucket(server, "shows")
            for name, content in before.items():
                http.put(f"{server}/shows/{name}", content=content, headers=headers[name])

        def objects() -> dict[str, bytes]:
            listed = http.get(f"{server}/shows?list-type=2").text
            return {
                name.removeprefix("mine/"): http.get(f"{server}/shows/{name}").content
                for name in re.findall("<Key>(.*?)</Key>", listed)
            }

        headers: dict[str, dict[str, str]] = {"mine/CNAME": {}}
        begin()
        place = Place(http, address, old, new, begin, objects)
        place.send(old)
        before |= {f"mine/{name}": content for name, content in objects().items()}
        for name in before:
            served_as = http.head(f"{server}/shows/{name}").headers
            headers[name] = {k: served_as[k] for k in ("content-type",) if k in served_as}
        yield place


def test_a_bucket_killed_at_every_change(bucket: Place, killer: Killer) -> None:
    survives(bucket, killer, every)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("sshd")
    with sshd(folder) as (port, programs), pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        yield port


@pytest.mark.parametrize("program", ["rsync", "sftp"])
def test_another_machine_killed_at_some_changes(
    folder: Place, server: int, memory: Path, program: str
) -> None:
    where = f" {program}://127.0.0.1:{server}{folder.root}"
    old, new = spaces(memory / program, folder.address, where)
    begin, held = folder.begin, lambda: tree(Path(folder.root))
    killer = Killer()
    try:
        place = Place(folder.http, folder.address, old, new, begin, held)
        survives(place, killer, lambda changes: [changes * 2 // 3])
    finally:
        killer.close()
