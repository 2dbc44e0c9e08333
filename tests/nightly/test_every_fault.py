"""What ``docs/faults.md`` says is tried every night: rsync in full, and every place of every fault."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fault_matrix import PASSES, ROWS, Row, rows
from faulty_line import Between, Line
from places import Place, a_bucket, a_folder, networks
from test_bad_lines import (  # noqa: F401 - the fixtures among them are asked for by name
    attempt,
    branch,
    breaks,
    disk_fails,
    fails_from,
    far,
    finishes,
    folder,
    keys,
    killer,
    machine,
    memory,
    requests,
    storage,
)  # fmt: skip
from test_bad_lines import test_a_child_is_killed as a_child_is_killed
from test_bad_lines import test_a_line_breaks as a_line_breaks
from test_bad_lines import test_a_line_breaks_for_good as a_line_breaks_for_good
from test_bad_lines import (
    test_names_and_a_machine_that_knows_ascii_only as names_and_a_machine_that_knows_ascii_only,
)
from test_bad_lines import test_slow_and_interrupted as slow_and_interrupted
from test_bad_lines import test_ssh_refuses as ssh_refuses
from test_deploy_kill import Killer, every, survives
from test_network_deploy import survives as a_network_survives

Far = tuple[Place, Line]
RARE = [row for row in ROWS if row.rare]
WITH_A_LINE = {
    "test_a_line_breaks": a_line_breaks,
    "test_a_line_breaks_for_good": a_line_breaks_for_good,
    "test_a_child_is_killed": a_child_is_killed,
}


@pytest.mark.parametrize(
    "row", [r for r in RARE if r.test.partition("::")[2] in WITH_A_LINE], ids=str
)
def test_a_line(row: Row, far: Far) -> None:
    WITH_A_LINE[row.test.partition("::")[2]](row, far)


@pytest.mark.parametrize("row", rows("test_ssh_refuses", rare=True), ids=str)
def test_a_key(row: Row, far: Far, machine: tuple[int, Line, Path]) -> None:
    ssh_refuses(row, far, machine)


@pytest.mark.parametrize("row", rows("test_slow_and_interrupted", rare=True), ids=str)
def test_a_slow_line(
    row: Row, request: pytest.FixtureRequest, machine: tuple[int, Line, Path], tmp_path: Path
) -> None:
    slow_and_interrupted(row, request, machine, tmp_path)


@pytest.mark.parametrize(
    "row", rows("test_names_and_a_machine_that_knows_ascii_only", rare=True), ids=str
)
def test_names(
    row: Row, request: pytest.FixtureRequest, machine: tuple[int, Line, Path], tmp_path: Path
) -> None:
    names_and_a_machine_that_knows_ascii_only(row, request, machine, tmp_path)


def test_no_rare_row_is_forgotten() -> None:
    tried = {*WITH_A_LINE, "test_ssh_refuses", "test_slow_and_interrupted"}
    tried.add("test_names_and_a_machine_that_knows_ascii_only")
    assert {row.test.partition("::")[2] for row in RARE} == tried


BROKEN = [
    *rows("test_a_line_breaks"), *rows("test_a_line_breaks", rare=True)
]  # fmt: skip


@pytest.mark.parametrize("row", [row for row in BROKEN if row.how == ("cut",)], ids=str)
@pytest.mark.parametrize("twelfth", range(12))
def test_a_cut_anywhere(row: Row, twelfth: int, far: Far) -> None:
    place, made = far
    breaks(place, made, "cut", (twelfth + 0.5) / 12, row.outcome)


@pytest.mark.parametrize("row", rows("test_storage_fails_now_and_then"), ids=str)
def test_each_request_fails_once(row: Row, storage: tuple[Place, Between]) -> None:
    place, bad = storage
    for number in range(1, requests(place, bad) + 1):
        place.begin()
        bad.nth(number, row.how[0])  # type: ignore[arg-type]
        happened, sentence, _ = attempt(place.new)
        assert happened == PASSES, (number, sentence)
        bad.fault = lambda *_: ""
        finishes(place, place.new)


def test_everything_fails_from_each_request_on(storage: tuple[Place, Between]) -> None:
    for number in range(1, requests(*storage) - 1):
        fails_from(storage, number)


@pytest.mark.parametrize("row", rows("test_a_disk_fails"), ids=str)
def test_a_disk_fails_from_each_change_on(row: Row, folder: Place, killer: Killer) -> None:
    folder.begin()
    changes = int(str(killer.send(folder.new, 0, root=folder.root)["count"]))
    # The last three take the lock away, which needs no success.
    for number in range(1, changes - 2):
        disk_fails(folder, killer, str(row.how[0]), number)


@pytest.mark.parametrize("program", ["rsync", "sftp"])
def test_another_machine_killed_at_every_change(
    folder: Place, machine: tuple[int, Line, Path], memory: Path, program: str
) -> None:
    port, made, _ = machine
    made.mend()
    mine = Killer()
    try:
        where = f" {program}://127.0.0.1:{port}{folder.root}"
        survives(folder.through(memory / f"every-{program}", where), mine, every)
    finally:
        mine.close()


def test_a_branch_killed_at_every_program(branch: Place, killer: Killer) -> None:
    survives(branch, killer, every, programs=True)


@pytest.mark.parametrize("place", [a_folder, a_bucket], ids=["folder", "S3"])
def test_a_network_killed_at_every_change(
    place: Callable[..., AbstractContextManager[Place]], tmp_path: Path, killer: Killer
) -> None:
    with place(tmp_path, networks) as of_shows:
        a_network_survives(of_shows, killer, every)
