"""Work in several processes gives what one gives, its errors too."""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import copy_show

from podcast import pipeline
from podcast.errors import Fixable, Outside, Place, fault
from podcast.report import Silent
from podcast.shares import LEAST, shared, worth_sharing
from podcast.workspace import Workspace

ITEMS = list(range(4 * LEAST))


# Newer Pythons warn of a fork beside threads; what runs in it here ends without them.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


def nothing(share: float) -> None:
    pass


def in_a_process_of_its_own(test: Callable[..., None]) -> Callable[..., None]:
    """A runner that shares out tests has threads of its own, which a fork leaves behind."""

    @functools.wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        told, tell = os.pipe()
        child = os.fork()
        if not child:  # pragma: no cover
            try:
                assert threading.active_count() == 1
                test(*args, **kwargs)
            except BaseException:
                os.write(tell, traceback.format_exc().encode())
            os._exit(0)
        os.close(tell)
        with os.fdopen(told, "rb") as file:
            wrong = file.read().decode()
        os.waitpid(child, 0)
        assert not wrong, wrong

    return run


@contextmanager
def alone() -> Iterator[None]:
    """Beside another thread nothing is forked."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def squares(share: Sequence[int]) -> Iterator[tuple[int, int]]:
    for n in share:
        yield n * n, os.getpid()


@in_a_process_of_its_own
def test_all_is_done_once_by_several() -> None:
    assert worth_sharing(ITEMS)
    done = shared(ITEMS, squares, nothing)
    assert sorted(square for square, _ in done) == [n * n for n in ITEMS]
    assert len({process for _, process in done}) > 1
    with alone():
        assert {process for _, process in shared(ITEMS, squares, nothing)} == {os.getpid()}
    assert shared([], squares, nothing) == []


@pytest.mark.parametrize("at", [0, len(ITEMS) - 1])
@in_a_process_of_its_own
def test_an_error_is_the_same_wherever_it_happens(at: int) -> None:
    def work(share: Sequence[int]) -> Iterator[int]:
        for n in share:
            if n == at:
                raise Fixable(fault("theme.missing", Place("a", 3), name="x"))
            yield n

    with pytest.raises(Fixable) as told:
        shared(ITEMS, work, nothing)
    assert told.value.faults == (fault("theme.missing", Place("a", 3), name="x"),)


@in_a_process_of_its_own
def test_a_process_that_is_killed_is_told() -> None:
    parent = os.getpid()

    def work(share: Sequence[int]) -> Iterator[int]:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        yield from share

    with pytest.raises(Outside) as told:
        shared(ITEMS, work, nothing)
    assert told.value.faults[0].kind == "shares.killed"


def test_helpers_end_with_the_process_that_is_killed(tmp_path: Path) -> None:
    def work(share: Sequence[int]) -> Iterator[int]:
        (tmp_path / str(os.getpid())).touch()
        time.sleep(60)
        yield from share

    def running() -> list[str]:
        return [each.name for each in tmp_path.iterdir() if (Path("/proc") / each.name).exists()]

    child = os.fork()
    if not child:  # pragma: no cover
        shared(ITEMS, work, nothing)
        os._exit(0)
    wait_until(lambda: len(running()) > 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    wait_until(lambda: running() == [])


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError


@in_a_process_of_its_own
def test_the_site_is_the_same(published: Path, tmp_path: Path) -> None:
    """Seventy episodes, prepared and rendered by several processes, and by one."""
    sites = []
    for name in ("several", "one"):
        show = copy_show(tmp_path / name, ["episode-2"], cache=published / ".podcast")
        for n in range(2 * LEAST + 6):
            shutil.copytree(
                show / "episodes" / "episode-2", show / "episodes" / f"e{n}", copy_function=os.link
            )
            file = show / "episodes" / f"e{n}" / "episode.md"
            text = re.sub(r"(?m)^(guid|number): .*\n", "", file.read_text("utf-8"))
            file.unlink()
            file.write_text(text.replace("---\n", f"---\nguid: g{n}\n", 1), "utf-8")
            for suffix in ("md", "words.jsonl"):
                of = show / "transcripts" / f"episode-2.{suffix}"
                shutil.copy(of, show / "transcripts" / f"e{n}.{suffix}")
        space = Workspace(show)
        if name == "one":
            with alone():
                pipeline.publish(space, space.slugs(), Silent())
        else:
            pipeline.publish(space, space.slugs(), Silent())
        files = (path for path in (show / "site").rglob("*") if path.is_file())
        sites.append({str(p.relative_to(show)): p.read_bytes() for p in files})
    assert len(sites[0]) > 500 and sites[0] == sites[1]
