"""Run the command line in a fork and kill it at the n-th change that it makes to the disk.

Python's audit events see every file that is opened for writing, moved, linked or removed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from conftest import Ran

from podcast.cli import main

WRITES = {"os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree", "os.chmod"}
count = [0]


def in_a_fork(show: Path, arguments: Sequence[str], disturb: Callable[[], None]) -> Ran:
    """A command in a process that something is done to first; its output ends with a count."""
    files = [show.parent / f"{show.name}.{name}" for name in ("out", "err")]
    child = os.fork()
    if not child:  # pragma: no cover
        code = 99
        try:
            sys.stdout, sys.stderr = (file.open("w", encoding="utf-8") for file in files)
            os.environ["PODCAST_LANGUAGE"] = "en"
            os.chdir(show)
            disturb()
            code = main(arguments)
            print(f"changes: {count[0]}")
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return Ran(os.waitstatus_to_exitcode(status), *(file.read_text("utf-8") for file in files))


def killing(number: int, folder: Path) -> Callable[[], None]:
    """Kill this very process at its n-th change of the disk; 0 kills nothing and counts."""

    def watch(event: str, values: tuple[object, ...]) -> None:
        if event == "open":
            path, _mode, flags = values
            writing = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
            if not writing or not str(path).startswith(str(folder)):
                return
        elif event not in WRITES and event != "ctypes.set_errno":
            return
        count[0] += 1
        if count[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return lambda: sys.addaudithook(watch)
