"""The person's own ``ssh``, ``rsync``, ``sftp`` and ``git``: they know hosts, keys and jumps best.

Nothing is asked on the terminal while they run: a key that wants a passphrase is the agent's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from podcast.credentials import redacted
from podcast.errors import Fixable, Outside, Place, Unsteady, fault

_HOST = re.compile(r"((?:\w[\w.-]*@)?\w[\w.-]*)(?::(\d{1,5}))?")
# Nothing that a shell on the other machine could take for something else.
_PATH = re.compile(r"[\w./~+,=-]+")
# What ssh says, and what it is told as; the rest may pass.
_SAID = (
    (
        re.compile(
            r"Authentication failed|could not read (Username|Password)|HTTP Basic: Access denied"
            r"|URL returned error: 40[13]"
        ),
        "deploy.login_refused",
    ),
    (re.compile(r"Host key verification failed|REMOTE HOST IDENTIFICATION"), "deploy.host_key"),
    (re.compile(r"Permission denied \(|Too many authentication"), "deploy.key_refused"),
    (re.compile(r"Permission denied|Read-only file system"), "deploy.refused"),
    # SFTP has no word for a full disk, and nothing else makes a write fail so.
    (re.compile(r"No space left|[Qq]uota exceeded|write remote .*: Failure"), "deploy.full"),
)
# Git's progress, which says nothing of what failed.
_PROGRESS = re.compile(
    r"(?:remote: )?(?:Enumerating|Counting|Compressing|Writing|Resolving|Delta compression|Total)"
    r" [^\r\n]*[\r\n]+"
)
SSH_OPTIONS = (
    "-oBatchMode=yes", "-oConnectTimeout=20", "-oServerAliveInterval=15",
    "-oServerAliveCountMax=4",
)  # fmt: skip
"""Never ask, and give a dead line up after a minute."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A folder on another machine, as ssh finds it: ``user@host``, a port, a path."""

    host: str
    port: int | None
    path: str

    def named(self) -> str:
        """As a person would write it."""
        return f"{self.host}:{self.path}"


def remote(address: str) -> Remote:
    """What ``scheme://user@host:port/path`` or ``user@host:path`` means."""
    if "://" in address:
        host, _, path = address.partition("://")[2].partition("/")
        # /~/site is the home folder's, as git writes it.
        path = path[2:] if path.startswith("~/") else f"/{path}"
    else:
        host, _, path = address.partition(":")
    found = _HOST.fullmatch(host)
    if not found or not _PATH.fullmatch(path) or not path.strip("/"):
        raise Fixable(fault("deploy.ssh_address", Place("podcast.yaml"), address=address))
    return Remote(found[1], int(found[2]) if found[2] else None, path)


def program(name: str) -> str:
    """Where a program is; raises :class:`Outside` where it is not installed."""
    found = shutil.which(name)
    if not found:
        raise Outside(fault("deploy.no_program", name=name))
    return found


@contextmanager
def ssh_options(remote: Remote) -> Iterator[list[str]]:
    """Options for one connection that everything shares, closed at the end.

    Where a kill prevents that, it closes itself after half a minute.
    """
    options = list(SSH_OPTIONS)
    if os.name == "nt":  # OpenSSH for Windows cannot share connections
        yield options
        return
    with tempfile.TemporaryDirectory(prefix="podcast-") as folder:
        options += ["-oControlMaster=auto", f"-oControlPath={folder}/c", "-oControlPersist=30"]
        try:
            yield options
        finally:
            if Path(folder, "c").exists():
                quit_it = [program("ssh"), *options, "-O", "exit", remote.host]
                subprocess.run(quit_it, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def run(
    command: Sequence[str],
    where: str,
    told: Callable[[str], None] | None = None,
    text: str = "",
    env: Mapping[str, str] | None = None,
    both: bool = False,
) -> str:
    """Run a program to its end and give what it printed; ``told`` gets each line as it comes.

    A carriage return ends a line too.  With ``both``, what it says of errors counts as printed.
    Raises :class:`Outside` or :class:`Unsteady` with what it said about ``where``.
    """
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as given:
        given.write(text.encode())
        given.seek(0)
        process = subprocess.Popen(
            command,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if both else said,
            env={**os.environ, "LC_ALL": "C", **(env or {})},
        )
        assert process.stdout
        printed = b""
        line = b""
        try:
            while block := os.read(process.stdout.fileno(), 1 << 16):
                printed += block
                line += block
                *whole, line = re.split(rb"[\r\n]", line)
                for part in whole if told else ():
                    assert told
                    told(part.decode("utf-8", "replace"))
            code = process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            process.stdout.close()
        said.seek(0)
        wrong = said.read().decode("utf-8", "replace")
    answer = printed.decode("utf-8", "replace")
    if code:
        wrong = _PROGRESS.sub("", answer) if both else wrong
        raise _failed(Path(command[0]).name, wrong, where, code)
    return answer


def _failed(name: str, said: str, where: str, code: int) -> Outside:
    kind = next((kind for pattern, kind in _SAID if pattern.search(said)), "deploy.program")
    detail = redacted(" ".join(said.split()) or f"{name}: {code}")[:300]
    told = fault(kind, address=where, detail=detail)
    return (Unsteady if kind == "deploy.program" else Outside)(told)
