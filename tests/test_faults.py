"""Disks that fail, machines with other languages and orders: the old site or the new one, and a
sentence.

What must hold after any of it: ``site/`` is whole, no file that a person wrote has changed, and the
next run ends where an undisturbed one does.
"""

from __future__ import annotations

import errno
import os
import random
import resource
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import kill_at
import pytest
from conftest import EPISODES, Ran, copy_show, run_podcast
from kill_at import WRITES, count
from test_kill import human, prepared, tree

from podcast.cli import main


def in_a_fork(show: Path, disturb: Callable[[], None]) -> Ran:
    return kill_at.in_a_fork(show, ["publish", "episode-2"], disturb)


def failing(number: int, code: int, folder: Path) -> Callable[[], None]:
    """From the n-th change on, the disk below ``folder`` takes no other."""

    def watch(event: str, values: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = values
            writing = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
            if not writing or not str(path).startswith(str(folder)):
                return
        elif event not in WRITES or event in ("os.remove", "os.rmdir", "shutil.rmtree"):
            return  # a full disk still lets files go
        count[0] += 1
        if number and count[0] >= number:
            raise OSError(code, os.strerror(code))

    return lambda: sys.addaudithook(watch)


def check(show: Path, ran: Ran, old: str, new: str, before: dict[str, bytes]) -> None:
    assert ran.code == 4, (ran.code, ran.err)
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 1, ran.err
    assert tree(show / "site") in (old, new)
    assert human(show) == before
    again = run_podcast(["publish", "episode-2"], show)
    assert again.code == 0, again.err
    assert tree(show / "site") == new
    left = {path.name for path in (show / ".podcast").iterdir()}
    assert not left & {"next-site", "old-site"}
    assert not [
        path for path in show.rglob(".*") if path.is_file() and path.name[1:4] in ("pub", "dig")
    ]


@pytest.fixture(scope="module")
def both(published: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, int]:
    """The site before and after, and how many changes are made to the disk between."""
    show = prepared(tmp_path_factory.mktemp("whole") / "show", published)
    old = tree(show / "site")
    ran = in_a_fork(show, failing(0, 0, show))
    assert ran.code == 0, ran.err
    return old, tree(show / "site"), int(ran.out.rpartition("changes: ")[2])


# The last changes are the exchange and the ledger.
POINTS = (0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.96, 0.98, 1)
KINDS = (errno.ENOSPC, errno.EIO, errno.EROFS)


@pytest.mark.parametrize(
    ("share", "code"),
    [pytest.param(share, KINDS[n % 3], id=f"{share} {errno.errorcode[KINDS[n % 3]]}")
     for n, share in enumerate(POINTS)],
)  # fmt: skip
def test_a_disk_that_fails(
    share: float, code: int, both: tuple[str, str, int], published: Path, tmp_path: Path
) -> None:
    old, new, changes = both
    show = prepared(tmp_path / "show", published)
    before = human(show)
    ran = in_a_fork(show, failing(max(1, round(share * changes)), code, show))
    check(show, ran, old, new, before)
    assert ("full" in ran.err) == (code == errno.ENOSPC), ran.err


@pytest.mark.parametrize("limit", [1_000, 20_000, 60_000])
def test_a_write_that_ends_in_the_middle(
    limit: int, both: tuple[str, str, int], published: Path, tmp_path: Path
) -> None:
    old, new, _ = both
    show = prepared(tmp_path / "show", published)
    before = human(show)
    ran = in_a_fork(show, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert ran.code == 4
    assert tree(show / "site") == old
    assert human(show) == before
    assert run_podcast(["publish", "episode-2"], show).code == 0
    assert tree(show / "site") == new


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "tr_TR.UTF-8"},
        {"TZ": "America/St_Johns"},
        {"TZ": "Pacific/Kiritimati"},
        {"PYTHONHASHSEED": "1"},
        {"PYTHONOPTIMIZE": "2"},
    ],
    ids=lambda env: " ".join(f"{k}={v}" for k, v in env.items()),
)
def test_the_same_site_on_any_machine(env: dict[str, str], published: Path, tmp_path: Path) -> None:
    show = copy_show(tmp_path / "show", EPISODES, published / ".podcast")
    ran = run_podcast(["publish", *EPISODES], show, **env)
    assert ran.code == 0, ran.err
    assert tree(show / "site") == tree(published / "site")


def test_the_same_site_in_any_order(published: Path, tmp_path: Path) -> None:
    show = copy_show(tmp_path / "show", EPISODES, published / ".podcast")
    scan, names = os.scandir, os.listdir

    def shuffled() -> None:
        class Scan:
            def __init__(self, entries: Iterable[Any]) -> None:
                self._left = iter(entries)

            def __iter__(self) -> Scan:
                return self

            def __next__(self) -> Any:
                return next(self._left)

            def __enter__(self) -> Scan:
                return self

            def __exit__(self, *_: object) -> None:
                pass

        def scandir(path: str = ".") -> Scan:
            with scan(path) as found:
                return Scan(random.sample(entries := list(found), len(entries)))

        os.scandir = scandir  # type: ignore[assignment]
        os.listdir = lambda path=".": random.sample(found := names(path), len(found))

    child = os.fork()
    if not child:  # pragma: no cover
        code = 99
        try:
            os.chdir(show)
            shuffled()
            code = main(["publish", *EPISODES[::-1]])
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert tree(show / "site") == tree(published / "site")
