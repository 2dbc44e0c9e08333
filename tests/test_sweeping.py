"""What a kill leaves in the cache is deleted once it is old; what somebody may be at is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from podcast import sweeping

DAY_S = 86_400
# Killed in the middle of a write, and of a work that has a folder of its own.
KILLED = """
import os, signal, sys, tempfile
from pathlib import Path
from podcast.workspace import write_if

def kill():
    folder = tempfile.TemporaryDirectory(dir=cache / "sounds")
    Path(folder.name, "half.mp3").write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)

cache = Path(sys.argv[1])
write_if(cache / "texts" / "episode-1", "kept", lambda: True)
(cache / "sounds").mkdir()
write_if(cache / "texts" / "episode-2", "half", kill)
"""


def files(top: Path) -> set[str]:
    return {p.relative_to(top).as_posix() for p in top.rglob("*") if p.is_file()}


def grow_old(top: Path, seconds: int) -> None:
    for path in (top, *top.rglob("*")):
        os.utime(path, (time.time() - seconds,) * 2)


def killed(folder: Path) -> Path:
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    return folder


def test_what_a_killed_program_left_goes_after_a_day(tmp_path: Path) -> None:
    cache = killed(tmp_path / "cache")
    grow_old(cache, DAY_S - 100)
    sweeping.sweep(cache, (), 0)
    assert len(files(cache)) == 4, "somebody may be at it"

    grow_old(cache, DAY_S + 100)
    sweeping.sweep(cache, (), 0)
    assert files(cache) == {"swept", "texts/episode-1"}
    assert not any((cache / "sounds").iterdir())


def test_it_is_looked_for_once_a_day(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    sweeping.sweep(cache, (), 0)
    killed(cache)
    for folder in (cache / "texts", cache / "sounds"):
        grow_old(folder, DAY_S + 100)
    sweeping.sweep(cache, (), 0)
    assert len(files(cache)) == 4


def test_what_a_link_leads_to_stays(tmp_path: Path) -> None:
    elsewhere = killed(tmp_path / "elsewhere")
    grow_old(elsewhere, DAY_S + 100)
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "texts").symlink_to(elsewhere)
    sweeping.sweep(cache, (), 0)
    assert len(files(elsewhere)) == 3
