"""Real places to send a site to, on loopback: a folder, an S3 server, an OpenSSH server, a branch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from serving import PATIENCE_S, free_port, listens, served
from small_deploy import (
    NEW,
    NEW_SHOWS,
    OLD,
    OLD_SHOWS,
    addressed,
    build,
    build_network,
    network,
    tree,
    workspace,
)  # fmt: skip

from podcast import sending
from podcast.report import Silent
from podcast.workspace import Workspace


@contextmanager
def moto() -> Iterator[str]:
    """The address of an S3 server without buckets, which takes any keys."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        listens(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def public_bucket(server: str, name: str) -> None:
    """An empty bucket from which everybody may read, after everything else was forgotten."""
    may_read = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:HeadObject"],  # the second is of this server only
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    with httpx.Client() as http:
        http.post(f"{server}/moto-api/reset")
        http.put(f"{server}/{name}")
        policy = {"Version": "2012-10-17", "Statement": [may_read]}
        http.put(f"{server}/{name}?policy", json=policy).raise_for_status()


@contextmanager
def sshd(folder: Path, options: str = "") -> Iterator[tuple[int, Path]]:
    """The port of an OpenSSH server for this very person, and a folder for the front of ``PATH``.

    In it is an ``ssh`` that knows the server and has a key, with ``options`` that count before
    ours; everything else is the real one's.
    """
    port = free_port()
    for name in ("host", "key"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True
        )
    public = (folder / "key.pub").read_text("utf-8")
    (folder / "authorized").write_text(public, "utf-8")
    (folder / "authorized").chmod(0o600)
    host = " ".join((folder / "host.pub").read_text("utf-8").split()[:2])
    (folder / "known").write_text(f"here {host}\n", "utf-8")
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/authorized\nPasswordAuthentication no\nStrictModes no\n"
        "PermitRootLogin yes\nSubsystem sftp internal-sftp\nMaxStartups 100\n",
        "utf-8",
    )
    (folder / "ssh_config").write_text(
        f"IdentityFile {folder}/key\nIdentitiesOnly yes\nUserKnownHostsFile {folder}/known\n"
        "HostKeyAlias here\n"  # whatever the port, because lines of tests lead here too
        "GlobalKnownHostsFile /dev/null\nStrictHostKeyChecking yes\n",
        "utf-8",
    )
    programs = folder / "bin"
    programs.mkdir()
    real = subprocess.run(["which", "ssh"], capture_output=True, text=True, check=True).stdout
    (programs / "ssh").write_text(
        f'#!/bin/sh\nexec {real.strip()} -F {folder}/ssh_config {options} "$@"\n', "utf-8"
    )
    (programs / "ssh").chmod(0o755)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    log = (folder / "sshd.log").open("wb")
    server = subprocess.Popen(
        ["/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "sshd_config")], stderr=log
    )
    try:
        listens(port, server)
        yield port, programs
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
        log.close()


# A place with the old site, and shows to send there.


@dataclass
class Place:
    """Somewhere that listeners can reach, and a show that is sent there."""

    http: httpx.Client
    address: str
    old: Workspace
    new: Workspace
    begin: Callable[[], None]
    """Make the place as it is with the old site."""
    tree: Callable[[], dict[str, bytes]]
    """Everything that the place holds."""
    root: str = ""
    settle: Callable[[], None] = lambda: None
    """Wait until it shows what it has."""

    def send(self, space: Workspace) -> bool:
        return sending.send(space, addressed(space), Silent(), waits=())

    def through(self, top: Path, deploy: str) -> Place:
        """The same place, reached in another way."""
        old, new = shows(top, self.address, deploy)
        return Place(self.http, self.address, old, new, self.begin, self.tree, settle=self.settle)


def shows(top: Path, address: str, deploy: str) -> tuple[Workspace, Workspace]:
    """The show before and after."""
    old = workspace(top / "old", address, deploy)
    new = workspace(top / "new", address, deploy)
    build(old, OLD)
    build(new, NEW)
    return old, new


def networks(top: Path, address: str, deploy: str) -> tuple[Workspace, Workspace]:
    """The same of a network: a show is new, another has changed."""
    old = network(top / "old", address, deploy)
    new = network(top / "new", address, deploy)
    build_network(old, OLD_SHOWS)
    build_network(new, NEW_SHOWS)
    return old, new


Spaces = Callable[[Path, str, str], tuple[Workspace, Workspace]]


@contextmanager
def a_folder(top: Path, spaces: Spaces = shows) -> Iterator[Place]:
    """A folder of this machine, served; somebody else's file must outlive everything."""
    root, before = top / "www", top / "before"
    before.mkdir()
    (before / "CNAME").write_text("somebody's", "utf-8")
    front = workspace(top / "front", "http://x.example/", f" {root}")
    (front.root / "site").symlink_to(root)

    def begin() -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(before, root)

    begin()
    with served(front.root) as address, httpx.Client() as http:
        old, new = spaces(top, address, f" {root}")
        place = Place(http, address, old, new, begin, lambda: tree(root), str(root))
        place.send(old)
        shutil.rmtree(before)
        shutil.copytree(root, before)
        yield place


@contextmanager
def a_bucket(top: Path, spaces: Spaces = shows) -> Iterator[Place]:
    """A bucket that everybody may read; the keys must be in the environment."""
    with moto() as server, httpx.Client() as http:
        address = f"{server}/shows/mine/"
        where = f" s3://shows/mine?endpoint={server}&region=us-east-1"
        old, new = spaces(top, address, where)
        before: dict[str, bytes] = {"mine/CNAME": b"somebody's"}

        def begin() -> None:
            public_bucket(server, "shows")
            for name, content in before.items():
                http.put(f"{server}/shows/{name}", content=content, headers=headers[name])

        def objects() -> dict[str, bytes]:
            listed = http.get(f"{server}/shows?list-type=2").text
            return {
                name.removeprefix("mine/"): http.get(f"{server}/shows/{name}").content
                for name in re.findall("<Key>(.*?)</Key>", listed)
            }

        headers: dict[str, dict[str, str]] = {"mine/CNAME": {}}
        begin()
        place = Place(http, address, old, new, begin, objects)
        place.send(old)
        before |= {f"mine/{name}": content for name, content in objects().items()}
        for name in before:
            served_as = http.head(f"{server}/shows/{name}").headers
            headers[name] = {k: served_as[k] for k in ("content-type",) if k in served_as}
        yield place


@contextmanager
def a_branch(top: Path, spaces: Spaces = shows) -> Iterator[Place]:
    """A branch of a repository, and a host that shows it after each push."""
    root, repository = top / "www", top / "pages.git"
    root.mkdir()
    front = workspace(top / "front", "http://x.example/", f" {root}")
    (front.root / "site").symlink_to(root)

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(repository), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    show = f"GIT_INDEX_FILE={repository}/shown git --work-tree={root} read-tree -u --reset gh-pages"
    subprocess.run(["git", "init", "-q", "--bare", str(repository)], check=True)
    hook = repository / "hooks" / "post-receive"
    hook.write_text(f"#!/bin/sh\n{show}\n", "utf-8")
    hook.chmod(0o755)

    def works(process: Path) -> bool:
        with suppress(OSError):
            return os.fsencode(repository) in process.read_bytes()
        return False

    def settle() -> None:
        for _ in range(600):  # who was killed may have left a git that goes on
            if not any(map(works, Path("/proc").glob("[0-9]*/cmdline"))):
                break
            time.sleep(0.05)
        for _ in range(50):
            shown = subprocess.run(show, shell=True, cwd=repository, capture_output=True)
            if shown.returncode == 0:
                return
            time.sleep(0.1)  # the hook is still at it
        raise AssertionError(shown.stderr)

    def begin() -> None:
        for left in [*repository.glob("refs/heads/*.lock"), *repository.glob("shown.lock")]:
            left.unlink()
        git("update-ref", "refs/heads/gh-pages", before)
        for space in (old, new):
            # A commit that was fetched without its past would be made once more, in the same second.
            shutil.rmtree(space.cache / "deploy", ignore_errors=True)
        settle()

    def held() -> dict[str, bytes]:
        names = git("ls-tree", "-r", "-z", "--name-only", "gh-pages").split("\0")[:-1]
        show_it = ["git", "-C", str(repository), "cat-file", "blob"]
        return {
            name: subprocess.run(
                [*show_it, f"gh-pages:{name}"], capture_output=True, check=True
            ).stdout
            for name in names
        }

    with served(front.root) as address, httpx.Client() as http:
        old, new = spaces(top, address, f" git+file://{repository}#gh-pages")
        place = Place(http, address, old, new, begin, held, settle=settle)
        theirs = subprocess.run(
            ["git", "-C", str(repository), "hash-object", "-w", "--stdin"],
            input="somebody's", capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        made = subprocess.run(
            ["git", "-C", str(repository), "mktree"],
            input=f"100644 blob {theirs}\tCNAME\n", capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        who = ("-c", "user.name=somebody", "-c", "user.email=somebody@localhost")
        before = git(*who, "commit-tree", made, "-m", "theirs").strip()
        git("update-ref", "refs/heads/gh-pages", before)
        place.send(old)
        before = git("rev-parse", "gh-pages").strip()
        yield place
