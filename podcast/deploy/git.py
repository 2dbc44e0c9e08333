"""A branch of a git repository, for hosts of pages: ``git+ssh://git@host/me/show.git#gh-pages``.

Everything becomes one commit, and the push shows it at once or not at all.  Where somebody else
has pushed in between, git refuses ours.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from podcast.deploy import Sent, Target, Upload
from podcast.errors import Busy, Fixable, Outside, Place, fault
from podcast.programs import program, run

SCHEMES = ("git+ssh", "git+https", "git+file")
PROGRAMS: tuple[str, ...] = ("git",)
BRANCH = "gh-pages"
LARGEST = 100_000_000
"""Bytes that the usual hosts take in one file."""
_EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git's name for a tree without files


class Branch:
    """A branch: what it holds, and what the next commit changes."""

    at_once = True

    def __init__(self, url: str, branch: str, repository: Path) -> None:
        self._url, self._branch, self._repository = url, branch, repository
        self._changes: dict[str, str | None] = {}
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
        done = 0
        for file in files:
            if file.size > LARGEST:
                size, limit = file.size // 1_000_000, LARGEST // 1_000_000
                raise Fixable(
                    fault("deploy.large_for_git", Place(file.path), size=size, limit=limit)
                )
            blob = self._git("hash-object", "-w", "--no-filters", str(file.source.absolute()))
            self._changes[file.path] = blob.strip()
            done += file.size
            sent(done)

    def delete(self, paths: Sequence[str]) -> None:
        self._changes |= dict.fromkeys(paths)

    def finish(self, message: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            tree = self._before or _EMPTY
            self._git("read-tree", *([tree] if self._before else ["--empty"]), env=index)
            # A host that builds pages itself would leave out names that begin with _ or a dot.
            plain = self._git("hash-object", "-w", "--stdin").strip()
            lines = "".join(
                f"100644 {blob}\t{path}\0" if blob else f"0 {'0' * 40}\t{path}\0"
                for path, blob in {".nojekyll": plain, **self._changes}.items()
            )
            self._git("update-index", "-z", "--index-info", env=index, text=lines)
            new = self._git("write-tree", env=index).strip()
        if self._before and new == self._git("rev-parse", f"{self._before}^{{tree}}").strip():
            return
        parents = ["-p", self._before] if self._before else []
        commit = self._git("commit-tree", new, *parents, "-m", message, env=self._author()).strip()
        lease = f"--force-with-lease=refs/heads/{self._branch}:{self._before or ''}"
        try:
            self._git("push", "-q", lease, self._url, f"{commit}:refs/heads/{self._branch}")
        except Outside as error:
            detail = str(error.faults[0].facts.get("detail", ""))
            if re.search(r"stale info|rejected|fetch first|cannot lock ref", detail):
                raise Busy(fault("deploy.changed", address=self._url)) from error
            raise
        self._before, self._changes = commit, {}

    def _author(self) -> dict[str, str]:
        """Somebody for the commit, where git does not know who this person is."""
        try:
            self._git("var", "GIT_COMMITTER_IDENT")
        except Outside:
            who = {"NAME": "podcast", "EMAIL": "podcast@localhost"}
            return {f"GIT_{r}_{k}": v for r in ("AUTHOR", "COMMITTER") for k, v in who.items()}
        return {}

    def _git(self, *arguments: str, text: str = "", env: dict[str, str] | None = None) -> str:
        quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -oBatchMode=yes"}
        command = [program("git"), "-C", str(self._repository), *arguments]
        return run(command, self._url, text=text, env={**quiet, **(env or {})})


@contextmanager
def open_target(address: str, scratch: Path) -> Iterator[Target]:
    """The branch named after ``#``, ``gh-pages`` if none is."""
    url, _, branch = address.removeprefix("git+").partition("#")
    repository = scratch / "git"
    if not (repository / "HEAD").is_file():
        repository.mkdir(parents=True, exist_ok=True)
        run([program("git"), "init", "-q", "--bare", str(repository)], url)
    yield Branch(url, branch or BRANCH, repository)
