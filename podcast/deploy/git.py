"""A branch of a git repository, for hosts of pages: ``git+ssh://git@host/me/show.git#gh-pages``.

Everything becomes one commit, and the push shows it at once or not at all.  Where somebody else
has pushed in between, git refuses ours.  A commit of which the answer was lost is pushed again,
and git sees that it is there.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from podcast.deploy import Sent, Target, Upload
from podcast.errors import Busy, Fixable, Outside, Place, fault
from podcast.programs import SSH_OPTIONS, program, run

SCHEMES = ("git+ssh", "git+https", "git+file")
PROGRAMS: tuple[str, ...] = ("git",)
BRANCH = "gh-pages"
LARGEST = 100_000_000
"""Bytes that the usual hosts take in one file."""
# Without it, git waits for ever on a line over which nothing comes.
_HTTP = ("-c", "http.lowSpeedLimit=100", "-c", "http.lowSpeedTime=60")
_SENT = re.compile(r"Writing objects: .*, ([\d.]+) (bytes|KiB|MiB|GiB)")
_UNITS = {"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


class Branch:
    """A branch: what it holds, and what the next commit changes."""

    at_once = True
    one_by_one = False

    def __init__(self, url: str, branch: str, repository: Path) -> None:
        self._url, self._branch, self._repository = url, branch, repository
        self._changes: dict[str, str | None] = {}
        self._made: dict[str, str] = {}
        listed = self._git("ls-remote", url, f"refs/heads/{branch}").split()
        self._before = listed[0] if listed else None
        if self._before:
            self._git("fetch", "-q", "--depth", "1", url, self._before)

    def read(self, path: str) -> bytes | None:
        if path in self._changes:
            blob = self._changes[path]
        elif self._before:
            found = self._git("ls-tree", "-z", self._before, "--", path).split()
            blob = found[2] if found else None
        else:
            blob = None
        if blob is None:
            return None
        command = [program("git"), "-C", str(self._repository), "cat-file", "blob", blob]
        return subprocess.run(command, capture_output=True, check=True).stdout

    def put(self, files: Sequence[Upload], sent: Sent) -> None:
        for file in files:
            if file.size > LARGEST:
                size, limit = file.size // 1_000_000, LARGEST // 1_000_000
                raise Fixable(
                    fault("deploy.large_for_git", Place(file.path), size=size, limit=limit)
                )
            blob = self._git("hash-object", "-w", "--no-filters", str(file.source.absolute()))
            self._changes[file.path] = blob.strip()

    def delete(self, paths: Sequence[str]) -> None:
        self._changes |= dict.fromkeys(paths)

    def finish(self, message: str, sent: Sent) -> None:
        tree = self._tree()
        if self._before and tree == self._git("rev-parse", f"{self._before}^{{tree}}").strip():
            return
        if tree not in self._made:
            parents = ["-p", self._before] if self._before else []
            who = self._author()
            made = self._git("commit-tree", tree, *parents, "-m", message, env=who)
            self._made[tree] = made.strip()
        commit = self._made[tree]
        lease = f"--force-with-lease=refs/heads/{self._branch}:{self._before or ''}"
        where = (self._url, f"{commit}:refs/heads/{self._branch}")
        try:
            self._git("push", "--progress", lease, *where, told=lambda line: _tell(line, sent))
        except Outside as error:
            detail = str(error.faults[0].facts.get("detail", ""))
            if re.search(r"stale info|fetch first|non-fast-forward|cannot lock ref", detail):
                raise Busy(fault("deploy.changed", address=self._url)) from error
            if "remote rejected" in detail:
                raise Outside(fault("deploy.refused", **error.faults[0].facts)) from error
            raise
        self._before, self._changes = commit, {}

    def _tree(self) -> str:
        """The name of the branch's files with our changes."""
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            self._git("read-tree", *([self._before] if self._before else ["--empty"]), env=index)
            # A host that builds pages itself would leave out names that begin with _ or a dot.
            plain = self._git("hash-object", "-w", "--stdin").strip()
            lines = "".join(
                f"100644 {blob}\t{path}\0" if blob else f"0 {'0' * 40}\t{path}\0"
                for path, blob in {".nojekyll": plain, **self._changes}.items()
            )
            self._git("update-index", "-z", "--index-info", env=index, text=lines)
            return self._git("write-tree", env=index).strip()

    def _author(self) -> dict[str, str]:
        """Somebody for the commit, where git does not know who this person is."""
        try:
            self._git("var", "GIT_COMMITTER_IDENT")
        except Outside:
            who = {"NAME": "podcast", "EMAIL": "podcast@localhost"}
            return {f"GIT_{r}_{k}": v for r in ("AUTHOR", "COMMITTER") for k, v in who.items()}
        return {}

    def _git(
        self,
        *arguments: str,
        text: str = "",
        env: dict[str, str] | None = None,
        told: Callable[[str], None] | None = None,
    ) -> str:
        ssh = os.environ.get("GIT_SSH_COMMAND") or self._configured("core.sshCommand") or "ssh"
        quiet = {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSH_COMMAND": f"{ssh} {shlex.join(SSH_OPTIONS)}",
        }
        command = [program("git"), *_HTTP, "-C", str(self._repository), *arguments]
        return run(command, self._url, told, text, {**quiet, **(env or {})}, both=bool(told))

    def _configured(self, name: str) -> str:
        """What the person has told git for all repositories."""
        command = [program("git"), "-C", str(self._repository), "config", "--get", name]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _tell(line: str, sent: Sent) -> None:
    if found := _SENT.search(line):
        sent(int(float(found[1]) * _UNITS[found[2]]))


@contextmanager
def open_target(address: str, scratch: Path) -> Iterator[Target]:
    """The branch named after ``#``, ``gh-pages`` if none is."""
    url, _, branch = address.removeprefix("git+").partition("#")
    repository = scratch / "git"
    if not (repository / "HEAD").is_file():
        repository.mkdir(parents=True, exist_ok=True)
        run([program("git"), "init", "-q", "--bare", str(repository)], url)
    # Of a git that was killed; nobody else works here, because the workspace is locked.
    for left in repository.glob("*.lock"):
        left.unlink()
    yield Branch(url, branch or BRANCH, repository)
