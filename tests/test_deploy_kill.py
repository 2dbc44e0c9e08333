"""A kill at any change of a deploy leaves a feed of which everything is there; the next run mends.

The orders and ways of writing that we do not use are tried as well: the same listener must find
what each of them breaks.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from conftest import ROOT
from places import Place, a_branch, a_bucket, a_folder, sshd
from small_deploy import NEW, broken, build, show_of, tree

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


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for thousands of files, each of them synced: in memory where that is possible."""
    shared = Path("/dev/shm")
    made = tempfile.mkdtemp(dir=shared) if shared.is_dir() else tmp_path_factory.mktemp("places")
    yield Path(made)
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def folder(memory: Path) -> Iterator[Place]:
    with a_folder(memory) as place:
        yield place


def survives(
    place: Place, killer: Killer, points: Callable[[int], Sequence[int]], **more: object
) -> None:
    """Kill at the points, of all that there are; hold what listeners find and what the next run does."""
    place.begin()
    place.send(place.new)
    assert broken(place.http, place.address) == []
    wanted = place.tree()
    assert not {path for path in wanted if "two" in path and not path.startswith("audio/")}
    assert len([path for path in wanted if path.startswith("audio/two")]) == 1, "old sound stays"
    assert wanted["CNAME"] == b"somebody's"
    place.begin()
    whole = killer.send(place.new, 0, root=place.root, **more)
    assert (whole["status"], whole["wrong"]) == (0, "")
    changes = int(str(whole["count"]))
    for point in points(changes):
        place.begin()
        killed = killer.send(place.new, point, root=place.root, **more)
        assert killed["status"] == -9, f"point {point}: {killed}"
        place.settle()
        assert broken(place.http, place.address) == [], f"killed at change {point} of {changes}"
        place.send(place.new)
        assert place.tree() == wanted, f"after a kill at change {point}"
        assert not place.send(place.new), "there is nothing left to do"


def every(changes: int) -> Sequence[int]:
    assert changes > 15
    return range(1, changes + 1)


def test_a_folder_killed_at_every_change(folder: Place, killer: Killer) -> None:
    survives(folder, killer, every)


def scattered(changes: int) -> Sequence[int]:
    """All points, those first that lie far from each other: a stretch of some width is met soon."""
    steps = (1 << power for power in reversed(range(changes.bit_length())))
    return list(dict.fromkeys(n for step in steps for n in range(step, changes + 1, step)))


def test_scattered_points_are_all_points() -> None:
    for changes in (0, 1, 2, 7, 8, 100):
        assert sorted(scattered(changes)) == list(range(1, changes + 1))
    assert scattered(20)[:5] == [16, 8, 4, 12, 20]


def from_the_end(changes: int) -> Sequence[int]:
    """All points; what listeners read first is written last."""
    return range(changes, 0, -1)


def faults(
    place: Place,
    killer: Killer,
    broken: Callable[..., list[str]] = broken,
    points: Callable[[int], Sequence[int]] = scattered,
    **more: object,
) -> list[str]:
    """What listeners would stumble over after a kill at some point; empty where at none."""
    place.begin()
    changes = int(str(killer.send(place.new, 0, root=place.root, **more)["count"]))
    for point in points(changes):
        place.begin()
        assert killer.send(place.new, point, root=place.root, **more)["status"] == -9
        if wrong := broken(place.http, place.address):
            return wrong
    return []


@pytest.mark.parametrize("order", sorted(MUTANTS))
def test_another_order_would_be_seen(folder: Place, killer: Killer, order: str) -> None:
    assert faults(folder, killer, steps=MUTANTS[order]) != []


def test_writing_in_place_would_be_seen(folder: Place, killer: Killer) -> None:
    assert faults(folder, killer, points=from_the_end, mutant="in_place") != []


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with a_bucket(tmp_path_factory.mktemp("s3")) as place:
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
    killer = Killer()
    try:
        place = folder.through(memory / program, f" {program}://127.0.0.1:{server}{folder.root}")
        survives(place, killer, lambda changes: [changes * 2 // 3])
    finally:
        killer.close()


@pytest.fixture(scope="module")
def branch(memory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    (memory / "git").mkdir()
    with a_branch(memory / "git") as place:
        yield place


def last(changes: int) -> Sequence[int]:
    return [changes // 3, *range(changes - 3, changes + 1)]


def test_a_branch_killed_at_some_programs(branch: Place, killer: Killer) -> None:
    survives(branch, killer, last, programs=True)


STEPS = ("pre-receive", "reference-transaction committed", "post-receive")


@pytest.mark.parametrize("step", STEPS)
def test_a_push_killed_at_each_step_of_the_other_side(
    branch: Place, killer: Killer, step: str, tmp_path: Path
) -> None:
    branch.begin()
    name, _, state = step.partition(" ")
    where = show_of(branch.new).deploy
    assert where
    hooks = Path(where.pages.removeprefix("git+file://").partition("#")[0], "hooks")
    kept, pid = (hooks / name).exists() and (hooks / name).read_text("utf-8"), tmp_path / "pid"
    # The machine that sends goes away; the other one goes on.
    script = f'#!/bin/sh\n[ "{state}" = "${{1:-}}" ] && kill -9 $(cat {pid}); exit 0\n'
    (hooks / name).write_text(script, "utf-8")
    (hooks / name).chmod(0o755)
    try:
        killed = killer.send(branch.new, 0, programs=True, pid=str(pid))
    finally:
        (hooks / name).unlink()
        if kept:
            (hooks / name).write_text(kept, "utf-8")
            (hooks / name).chmod(0o755)
    assert killed["status"] == -9
    branch.settle()
    assert broken(branch.http, branch.address) == []
    branch.send(branch.new)
    branch.settle()
    site = tree(branch.new.site)
    assert {path: branch.tree().get(path) for path in site} == site
    assert not branch.send(branch.new)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_after_a_kill_another_site_leaves_nothing_behind(
    folder: Place, killer: Killer, share: float
) -> None:
    def changed(number: int) -> None:
        build(folder.new, [(*episode[:3], number) for episode in NEW])

    changed(7)
    folder.begin()
    changes = int(str(killer.send(folder.new, 0, root=folder.root)["count"]))
    try:
        folder.begin()
        changed(8)
        assert killer.send(folder.new, round(share * changes), root=folder.root)["status"] == -9
        halves = [path for path in folder.tree() if path.endswith(".part")]
        changed(7)
        folder.send(folder.new)
        assert broken(folder.http, folder.address) == []
        assert not [path for path in folder.tree() if path.endswith(".part")], halves
        kept = {path for path in folder.tree() if path.startswith("audio/")}
        ours = {path for path in tree(folder.new.site) if path.startswith("audio/")}
        former = {path for path in tree(folder.old.site) if path.startswith("audio/")}
        assert kept == ours | former, "what no feed has named is not kept"
    finally:
        build(folder.new, NEW)
