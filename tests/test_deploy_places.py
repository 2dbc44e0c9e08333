"""Every kind of place keeps its promise, for real: its files, its record, what listeners get."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from places import moto, public_bucket, sshd
from small_deploy import NEW, OLD, broken, build, show_of, tree, workspace

from podcast import sending
from podcast.deploy import Target, Upload, kinds, open_target
from podcast.deploying import LOCK, STATE
from podcast.errors import Busy, Fixable, Outside
from podcast.report import Silent
from podcast.workspace import Workspace


@dataclass(frozen=True)
class Place:
    """An address to send to, and where listeners then find it."""

    deploy: str
    address: str
    begin: Callable[[], None]
    """Make it empty but for somebody else's file."""
    tree: Callable[[], dict[str, bytes]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an OpenSSH server that this machine's ``ssh`` knows."""
    folder = tmp_path_factory.mktemp("sshd")
    with sshd(folder) as (port, programs), pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        yield port


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    with moto() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "somebody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "a secret of somebody")
        yield address


@pytest.fixture(params=["folder", "rsync", "sftp", "s3", "git"])
def place(request: pytest.FixtureRequest, front: tuple[Path, str], tmp_path: Path) -> Place:
    root, address = front

    def empty() -> None:
        shutil.rmtree(root)
        root.mkdir()
        (root / "CNAME").write_bytes(b"somebody's")

    def bare(*arguments: str) -> str:
        repository = tmp_path / "pages.git"
        command = ["git", "-C", str(repository), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def branch() -> None:
        shutil.rmtree(root)
        root.mkdir()
        repository = tmp_path / "pages.git"
        subprocess.run(["git", "init", "-q", "--bare", str(repository)], check=True)
        # What a host of pages does: it shows the branch after each push.
        hook = repository / "hooks" / "post-receive"
        hook.write_text(
            f"#!/bin/sh\nGIT_INDEX_FILE=$PWD/shown git --work-tree={root} read-tree -u --reset"
            " gh-pages\n"
        )
        hook.chmod(0o755)
        work = tmp_path / "work"
        subprocess.run(["git", "clone", "-q", str(repository), str(work)], check=True)
        (work / "CNAME").write_bytes(b"somebody's")
        for command in (["checkout", "-q", "-b", "gh-pages"], ["add", "."],
                        ["-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "a"],
                        ["push", "-q", "origin", "gh-pages"]):  # fmt: skip
            subprocess.run(["git", "-C", str(work), *command], check=True, capture_output=True)

    if request.param == "s3":
        storage: str = request.getfixturevalue("storage")

        def objects() -> dict[str, bytes]:
            import re

            listed = httpx.get(f"{storage}/shows?list-type=2").text
            names = re.findall("<Key>(.*?)</Key>", listed)
            return {
                n.removeprefix("mine/"): httpx.get(f"{storage}/shows/{n}").content for n in names
            }

        def bucket() -> None:
            public_bucket(storage, "shows")
            httpx.put(f"{storage}/shows/mine/CNAME", content=b"somebody's")

        where = f"s3://shows/mine?endpoint={storage}&region=us-east-1"
        return Place(where, f"{storage}/shows/mine/", bucket, objects)
    if request.param == "git":
        where = f"git+file://{tmp_path}/pages.git#gh-pages"
        return Place(where, address, branch, lambda: tree(root))
    if request.param == "folder":
        return Place(str(root), address, empty, lambda: tree(root))
    port = request.getfixturevalue("server")
    where = f"{request.param}://127.0.0.1:{port}{root}"
    return Place(where, address, empty, lambda: tree(root))


def send(space: Workspace) -> bool:
    return sending.send(space, show_of(space), Silent(), waits=(0.1,))


def test_every_kind_is_tried() -> None:
    tried = {"", "rsync", "sftp", "s3", "git+ssh", "git+https", "git+file"}
    assert set(kinds()) == tried


def test_from_nothing_to_a_changed_site(place: Place, tmp_path: Path) -> None:
    place.begin()
    space = workspace(tmp_path / "show", place.address, f" {place.deploy}")
    with httpx.Client() as http:
        build(space, OLD)
        assert send(space)
        assert broken(http, place.address) == []
        assert not send(space), "there is nothing left to do"
        build(space, NEW)
        assert send(space)
        assert broken(http, place.address) == []
    assert not send(space)
    there = place.tree()
    assert there.pop("CNAME") == b"somebody's"
    assert there.pop(STATE)
    there.pop(".nojekyll", None)
    assert LOCK not in there
    site = tree(space.site)
    assert [path for path in there if path not in site and not path.startswith("audio/two")] == []
    assert {path: there[path] for path in site} == site
    assert len([path for path in there if path.startswith("audio/two.")]) == 1


def test_the_verbs(place: Place, tmp_path: Path) -> None:
    place.begin()
    file = tmp_path / "a file"
    file.write_bytes(b"content")
    with open_target(place.deploy, tmp_path) as target:
        assert target.read("nothing/here.txt") is None
        seen: list[int] = []
        target.put([Upload("é b/[c] d.txt", file, 7), Upload("x.txt", file, 7)], seen.append)
        assert target.at_once or seen[-1] == 14
        assert target.read("é b/[c] d.txt") == b"content"
        target.put(
            [Upload(f"two/{name}", file, 7) for name in ("[e]", "e", "f?", "fg")], seen.append
        )
        target.delete(["x.txt", "not there", "nor/here", "two/[e]", "two/f?"])
        target.finish("a message", seen.append)
        assert target.read("x.txt") is None
    there = place.tree()
    assert there["é b/[c] d.txt"] == b"content"
    assert "x.txt" not in there and there["CNAME"] == b"somebody's"
    assert {path for path in there if path.startswith("two/")} == {"two/e", "two/fg"}


def test_a_bucket_has_types_and_times(storage: str, tmp_path: Path) -> None:
    public_bucket(storage, "shows")
    where = f"s3://shows/mine?endpoint={storage}&region=us-east-1"
    space = workspace(tmp_path / "show", f"{storage}/shows/mine/", f" {where}")
    build(space, OLD)
    assert send(space)
    for path in tree(space.site):
        got = httpx.head(f"{storage}/shows/mine/{path}").headers
        kind = {
            "mp3": "audio/mpeg",
            "vtt": "text/vtt; charset=utf-8",
            "xml": "application/xml; charset=utf-8",
            "html": "text/html; charset=utf-8",
            "css": "text/css; charset=utf-8",
        }[path.rpartition(".")[2]]
        assert got["content-type"] == kind
        assert ("immutable" in got["cache-control"]) == path.startswith(("audio/", "assets/"))
    part = httpx.get(
        f"{storage}/shows/mine/{next(p for p in tree(space.site) if p.endswith('.mp3'))}",
        headers={"Range": "bytes=0-1"},
    )
    assert (part.status_code, len(part.content)) == (206, 2)


def test_a_bucket_within_a_program_that_has_a_loop(storage: str, tmp_path: Path) -> None:
    public_bucket(storage, "shows")
    where = f"s3://shows/mine?endpoint={storage}&region=us-east-1"

    async def read() -> bytes | None:
        with open_target(where, tmp_path) as target:
            return target.read("nothing")

    # In a thread of its own: a browser that other tests have opened has a loop in this one.
    with ThreadPoolExecutor(1) as aside:
        assert aside.submit(lambda: asyncio.run(read())).result() is None


def told(place: str, scratch: Path) -> str:
    with pytest.raises((Outside, Fixable)) as caught:
        with open_target(place, scratch) as target:
            target.read("x")
            file = scratch / "f"
            file.write_bytes(b"x")
            target.put([Upload("x", file, 1)], lambda sent: None)
    return caught.value.faults[0].kind


def test_what_fails_is_told(server: int, storage: str, tmp_path: Path) -> None:
    assert told("ftp://host/x", tmp_path) == "deploy.scheme"
    assert told("sftp://host", tmp_path) == "deploy.ssh_address"
    assert told("rsync://-oProxyCommand=x/y", tmp_path) == "deploy.ssh_address"
    assert told("me@host:a$(id)", tmp_path) == "deploy.ssh_address"
    assert told("s3://shows/x?secret=1", tmp_path) == "deploy.s3_address"
    assert told(f"sftp://nobody-here@127.0.0.1:{server}/x", tmp_path) == "deploy.key_refused"
    assert told("/no/such/folder", tmp_path) == "deploy.no_folder"
    assert told(f"git+file://{tmp_path}/none.git", tmp_path) == "deploy.program"
    assert told(f"s3://none?endpoint={storage}&region=us-east-1", tmp_path) == "deploy.no_bucket"


def test_a_file_that_finds_no_room_leaves_no_half(tmp_path: Path) -> None:
    www, file = tmp_path / "www", tmp_path / "sound"
    www.mkdir()
    (www / "a.mp3").write_bytes(b"old")
    file.write_bytes(b"x" * 3_000_000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with open_target(str(www), tmp_path) as target:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, limits[1]))
        try:
            with pytest.raises(Outside):
                target.put([Upload("a.mp3", file, 3_000_000)], lambda sent: None)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert tree(www) == {"a.mp3": b"old"}


def test_a_push_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    repository = tmp_path / "pages.git"
    subprocess.run(["git", "init", "-q", "--bare", str(repository)], check=True)
    file = tmp_path / "file"
    file.write_bytes(b"x")

    def put(target: Target, name: str) -> None:
        target.put([Upload(name, file, 1)], lambda sent: None)

    where = f"git+file://{repository}#gh-pages"
    with open_target(where, tmp_path / "a") as one, open_target(where, tmp_path / "b") as other:
        put(one, "one.txt")
        put(other, "other.txt")
        one.finish("one", lambda sent: None)
        with pytest.raises(Busy) as caught:
            other.finish("other", lambda sent: None)
    assert caught.value.faults[0].kind == "deploy.changed"
    with open_target(where, tmp_path / "c") as again:
        assert again.read("one.txt") == b"x" and again.read("other.txt") is None


def test_secrets_are_in_no_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from podcast.credentials import redacted, secret

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sesame-open-1234")
    assert secret("AWS_SECRET_ACCESS_KEY") == "sesame-open-1234"
    assert redacted("failed with sesame-open-1234 at x") == "failed with *** at x"
