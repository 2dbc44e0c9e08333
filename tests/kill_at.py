"""Run the command line and kill this very process at the n-th change that it makes to the disk.

``python kill_at.py N FOLDER ARGUMENT…``: with N = 0 nothing is killed and the number of changes is
printed.  Python's audit events see every file that is opened for writing, moved, linked or removed.
"""

from __future__ import annotations

import os
import signal
import sys

WRITES = {"os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree", "os.chmod"}


def main() -> None:
    limit, folder, *arguments = sys.argv[1:]
    count = 0

    def watch(event: str, values: tuple[object, ...]) -> None:
        nonlocal count
        if event == "open":
            path, _mode, flags = values
            writing = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
            if not writing or not str(path).startswith(folder):
                return
        elif event not in WRITES and event != "ctypes.set_errno":
            return
        count += 1
        if count == int(limit):
            os.kill(os.getpid(), signal.SIGKILL)

    from podcast.cli import main as podcast

    os.chdir(folder)
    sys.addaudithook(watch)
    code = podcast(arguments)
    print(f"changes: {count}")
    sys.exit(code)


if __name__ == "__main__":
    main()
