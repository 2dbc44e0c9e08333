"""A kill at any moment leaves the old site or the new one, and never a changed human file."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

import pytest
from conftest import Ran, copy_show, run_podcast
from kill_at import in_a_fork, killing
from test_site import files_in

from podcast import site

POINTS = 14


def tree(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return total.hexdigest()


def human(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for pattern in ("podcast.yaml", "episodes/*/episode.md", "transcripts/*.md")
        for path in folder.glob(pattern)
    }


def publish(folder: Path, kill_at: int = 0) -> Ran:
    return in_a_fork(folder, ["publish", "episode-2"], killing(kill_at, folder))


def prepared(folder: Path, published: Path) -> Path:
    """The sample with episode 2 published, then its title changed."""
    show = copy_show(folder, ["episode-2"], cache=published / ".podcast")
    assert run_podcast(["publish", "episode-2"], show).code == 0
    file = show / "episodes" / "episode-2" / "episode.md"
    file.write_text(file.read_text("utf-8").replace("A first day", "Another first day"), "utf-8")
    return show


def counted(ran: Ran) -> int:
    """How often a publish that was not killed has changed the disk."""
    assert ran.code == 0, ran.err
    found = re.search(r"changes: (\d+)", ran.out)
    assert found
    return int(found[1])


def test_killed_at_any_write(tmp_path: Path, published: Path) -> None:
    show = prepared(tmp_path / "whole", published)
    old = tree(show / "site")
    copies = tmp_path / "copies"
    shutil.copytree(show, copies)
    shutil.copytree(copies, tmp_path / "counted")
    changes = counted(publish(tmp_path / "counted"))
    new = tree(tmp_path / "counted" / "site")
    assert old != new and changes > POINTS
    seen = set()
    # The last changes are the exchange and the ledger: every one of them, the others sampled.
    points = sorted(
        {*range(1, changes, max(1, changes // POINTS)), *range(changes - 6, changes + 1)}
    )
    for point in points:
        show = tmp_path / str(point)
        shutil.copytree(copies, show)
        before = human(show)
        killed = publish(show, point)
        assert killed.code == -9, f"point {point}: {killed.err}"
        found = tree(show / "site")
        assert found in (old, new), f"killed at change {point}: half a site"
        seen.add(found == new)
        assert human(show) == before
        again = publish(show)
        assert again.code == 0, again.err
        assert tree(show / "site") == new
        assert publish(show).out.startswith("Nothing to do")
        left = {path.name for path in (show / ".podcast").iterdir()}
        assert not left & {"next-site", "old-site"}
    assert seen == {True, False}, "the points should lie on both sides of the exchange"


SITES = (
    {"a.html": b"1", "b/c.html": b"1", "e.mp3": b"1"},
    {"a.html": b"1", "b/c.html": b"2", "e.mp3": b"1"},
    {"a.html": b"1", "b/c.html": b"3", "e.mp3": b"1"},
    {"a.html": b"2", "b/c.html": b"4", "b/d.txt": b"1"},
    {"a.html": b"2", "b/c.html": b"5", "e.mp3": b"2"},
)
"""Files that are others each time and are written into, that change after a while, come and go."""


@pytest.mark.parametrize("last", range(1, len(SITES)))
def test_killed_at_any_change_between_two_sites(last: int, tmp_path: Path) -> None:
    killed = 1
    for point in range(1, 50):
        if not killed:
            break
        target, cache = tmp_path / str(point) / "site", tmp_path / str(point) / "cache"
        cache.mkdir(parents=True)

        def replaced(tree: dict[str, bytes], target: Path = target, cache: Path = cache) -> None:
            """Long after the one before: files of the spare tree are written into."""
            if (record := cache / "site.record").exists():
                os.utime(record, (0, 0))
            site.recover(target, cache)
            site.replace(target, cache, tree)

        for tree in SITES[:last]:
            replaced(tree)
        child = os.fork()
        if not child:
            killing(point, target.parent)()
            replaced(SITES[last])
            os._exit(0)
        _, killed = os.waitpid(child, 0)
        assert files_in(target) in SITES[last - 1 : last + 1], f"killed at change {point}"
        for tree in (SITES[0], SITES[last], SITES[last - 1]):
            replaced(tree)
            assert files_in(target) == tree, f"killed at change {point}"
    assert not killed and point > 5


def test_the_test_sees_a_site_that_is_written_in_place(tmp_path: Path, published: Path) -> None:
    """The harness is not empty: writing file by file into ``site/`` would be caught."""
    show = prepared(tmp_path / "a", published)
    old = tree(show / "site")
    (show / "site" / "index.html").write_text("half", "utf-8")
    assert tree(show / "site") != old
