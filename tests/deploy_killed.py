"""Send a site and kill the sender at its n-th change; asked for by lines of JSON on its input.

Each run is a fork, so that nothing is imported twice.  A change is one to the disk below ``root``,
a program that is begun (with ``programs``), or a verb.  With ``errno`` that change and all
after it fail with this number instead.  With ``kill_at`` 0 nothing is killed.  The
answer is the signal or exit code, the number of changes, and what went wrong.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from small_deploy import addressed

from podcast import reachable, sending, workspace
from podcast.deploy import Sent, Target, Upload, folder, open_target
from podcast.errors import PodcastError
from podcast.report import Silent

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod"}
count = 0
failing = 0


def tick(limit: int) -> None:
    global count
    count += 1
    if failing and count >= limit:
        raise OSError(failing, os.strerror(failing))
    if count == limit:
        os.kill(os.getpid(), signal.SIGKILL)


class Ticking:
    """A place at which every file is a change of its own."""

    def __init__(self, inner: Target, limit: int) -> None:
        self._inner, self._limit = inner, limit
        self.at_once, self.one_by_one = inner.at_once, inner.one_by_one

    def read(self, path: str) -> bytes | None:
        return self._inner.read(path)

    def put(self, files: Sequence[Upload], sent: Sent) -> None:
        for file in files:
            tick(self._limit)
            self._inner.put([file], sent)

    def delete(self, paths: Sequence[str]) -> None:
        for path in paths:
            tick(self._limit)
            self._inner.delete([path])

    def finish(self, message: str, sent: Sent) -> None:
        tick(self._limit)
        self._inner.finish(message, sent)


class InPlace(folder.Folder):
    """A mutant: it writes where listeners read."""

    def _put(self, file: Upload) -> Iterator[int]:
        target = self.root / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        content = file.source.read_bytes()
        for mode, part in (
            ("wb", content[: len(content) // 2]),
            ("ab", content[len(content) // 2 :]),
        ):
            with target.open(mode) as out:
                out.write(part)
        yield len(content)


def run(job: dict[str, object], answer: int) -> None:
    global failing
    if "pid" in job:
        Path(str(job["pid"])).write_text(str(os.getpid()), "utf-8")
    limit, failing = int(str(job["kill_at"])), int(str(job.get("errno", 0)))
    root = str(job.get("root", ""))

    def watch(event: str, values: tuple[object, ...]) -> None:
        if event == "open" and root:
            path, _mode, flags = values
            writing = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
            if writing and str(path).startswith(root):
                tick(limit)
        elif (event in CHANGES and root and str(values[0]).startswith(root)) or (
            event == "subprocess.Popen" and job.get("programs")
        ):
            tick(limit)

    @contextmanager
    def opened(address: str, scratch: Path) -> Iterator[Target]:
        with open_target(address, scratch) as inner:
            if job.get("mutant") == "in_place":
                inner = InPlace(Path(address))
            yield inner if root or job.get("programs") else Ticking(inner, limit)

    if root or job.get("programs"):
        sys.addaudithook(watch)
    space = workspace.Workspace(Path(str(job["folder"])))
    show = addressed(space)
    steps = job.get("steps") or sending.STEPS
    assert isinstance(steps, Sequence)
    wrong, code = "", 0
    try:
        sending.send(space, show, Silent(), opened=opened, steps=steps, waits=())
    except PodcastError as error:
        wrong, code = str(error), error.exit_code
    os.write(answer, json.dumps({"count": count, "wrong": wrong, "code": code}).encode())


def main() -> None:
    # What runs on the threads of its own is imported and not begun before the fork.
    import httpx  # noqa: F401
    import lxml.etree  # noqa: F401
    import pydantic  # noqa: F401

    reachable.client().close()

    for line in sys.stdin:
        addressed(workspace.Workspace(Path(json.loads(line)["folder"])))
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            run(json.loads(line), writing)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as answer:
            told = json.loads(answer.read() or b"{}")
        _, status = os.waitpid(child, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status), **told}), flush=True)


main()
