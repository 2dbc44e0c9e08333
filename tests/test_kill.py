"""A kill at any moment leaves the old site or the new one, and never a changed human file."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from conftest import ROOT, copy_show, run_podcast

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


def publish(folder: Path, kill_at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(Path(__file__).parent / "kill_at.py"), str(kill_at), str(folder),
         "publish", "episode-2"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PODCAST_LANGUAGE": "en"},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def prepared(folder: Path, published: Path) -> Path:
    """The sample with episode 2 published, then its title changed."""
    show = copy_show(folder, ["episode-2"], cache=published / ".podcast")
    assert run_podcast(["publish", "episode-2"], show).code == 0
    file = show / "episodes" / "episode-2" / "episode.md"
    file.write_text(file.read_text("utf-8").replace("A first day", "Another first day"), "utf-8")
    return show


def test_killed_at_any_write(tmp_path: Path, published: Path) -> None:
    show = prepared(tmp_path / "whole", published)
    old = tree(show / "site")
    whole = publish(show, 0)
    assert whole.returncode == 0, whole.stderr
    new = tree(show / "site")
    counted = re.search(r"changes: (\d+)", whole.stdout)
    assert counted
    changes = int(counted[1])
    assert old != new and changes > POINTS
    seen = set()
    # The last changes are the exchange and the ledger: every one of them, the others sampled.
    points = sorted(
        {*range(1, changes, max(1, changes // POINTS)), *range(changes - 6, changes + 1)}
    )
    for point in points:
        show = prepared(tmp_path / str(point), published)
        before = human(show)
        killed = publish(show, point)
        assert killed.returncode == -9, f"point {point}: {killed.stderr}"
        found = tree(show / "site")
        assert found in (old, new), f"killed at change {point}: half a site"
        seen.add(found == new)
        assert human(show) == before
        again = run_podcast(["publish", "episode-2"], show)
        assert again.code == 0, again.err
        assert tree(show / "site") == new
        third = run_podcast(["publish", "episode-2"], show)
        assert third.out.startswith("Rien à faire")
        left = {path.name for path in (show / ".podcast").iterdir()}
        assert not left & {"next-site", "old-site"}
    assert seen == {True, False}, "the points should lie on both sides of the exchange"


def test_the_test_sees_a_site_that_is_written_in_place(tmp_path: Path, published: Path) -> None:
    """The harness is not empty: writing file by file into ``site/`` would be caught."""
    show = prepared(tmp_path / "a", published)
    old = tree(show / "site")
    (show / "site" / "index.html").write_text("half", "utf-8")
    assert tree(show / "site") != old
