"""Lines that break, servers that fail, disks that are full, people who press Ctrl+C: each row of
``docs/faults.md`` that is about sending.

What must hold after any of it: listeners find everything that their feed names, the same command
finishes what was begun, and a third time there is nothing to do.
"""

from __future__ import annotations

import ast
import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from fault_matrix import PASSES, REFUSALS, ROWS, STOPS, Row, page, rows
from faulty_line import Between, Line, between, line
from places import Place, a_branch, a_bucket, a_folder, sshd
from small_deploy import NEW, broken, build, show_of, tree
from test_deploy_kill import Killer

from podcast import reachable, sending
from podcast.deploy import Upload, open_target, s3
from podcast.deploy.folder import Folder as LocalFolder
from podcast.deploying import LOCK
from podcast.errors import Busy, PodcastError, Unsteady
from podcast.report import Silent
from podcast.terminal import Terminal
from podcast.wording import Wording
from podcast.workspace import Workspace

WAITS = (0.01, 0.05)
SECRET = "a secret of somebody"
Opened = Callable[..., Any]


class Heard(Silent):
    """Keeps what was said, in English."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._terminal = Terminal(Wording("en"), plain=True)

    def say(self, key: str, /, **facts: object) -> None:
        self.said.append(self._terminal._said(key, facts))


def told(error: PodcastError) -> str:
    terminal = Terminal(Wording("en"), plain=True)
    return "\n".join(map(terminal.tell, error.faults))


def attempt(space: Workspace, **more: Any) -> tuple[str, str, list[str]]:
    """Send; gives what happened, the sentence, and what was said on the way."""
    heard = Heard()
    try:
        sending.send(space, show_of(space), heard, **{"waits": WAITS, **more})
    except PodcastError as error:
        assert error.exit_code == 4, told(error)
        return STOPS, told(error), heard.said
    return PASSES, "", heard.said


def finishes(place: Place, space: Workspace) -> None:
    """What must hold after any of it; everything works again now."""
    place.settle()
    assert broken(place.http, place.address) == []
    place.send(space)
    place.settle()
    assert broken(place.http, place.address) == []
    there, site = place.tree(), tree(space.site)
    assert {path: there.get(path) for path in site} == site
    assert there["CNAME"] == b"somebody's"
    assert not [path for path in there if path.endswith(".part") or "partial" in path]
    assert LOCK not in there
    assert not place.send(space), "there is nothing left to do"


@pytest.fixture(scope="module", autouse=True)
def keys() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "somebody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        yield


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    shared = Path("/dev/shm")
    made = tempfile.mkdtemp(dir=shared) if shared.is_dir() else tmp_path_factory.mktemp("places")
    yield Path(made)
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def folder(memory: Path) -> Iterator[Place]:
    (memory / "folder").mkdir()
    with a_folder(memory / "folder") as place:
        yield place


@pytest.fixture(scope="module")
def branch(memory: Path) -> Iterator[Place]:
    (memory / "git").mkdir()
    with a_branch(memory / "git") as place:
        yield place


# Object storage.


@pytest.fixture(scope="module")
def storage(memory: Path) -> Iterator[tuple[Place, Between]]:
    """A bucket, and the same through a server that fails when it is told to."""
    with a_bucket(memory / "s3") as place:
        port = int(re.findall(r":(\d+)/", place.address)[0])
        with between(port) as bad:
            where = f" s3://shows/mine?endpoint={bad.address}&region=us-east-1"
            yield place.through(memory / "bad", where), bad


def requests(place: Place, bad: Between) -> int:
    """How many requests one run makes."""
    place.begin()
    bad.fault = lambda *_: ""
    before = len(bad.asked)
    place.send(place.new)
    return len(bad.asked) - before


@pytest.mark.parametrize("row", rows("test_storage_fails_now_and_then"), ids=str)
def test_storage_fails_now_and_then(row: Row, storage: tuple[Place, Between]) -> None:
    place, bad = storage
    place.begin()
    began, met = len(bad.asked), 0

    def fault(method: str, path: str) -> Any:
        nonlocal met
        wrong = (len(bad.asked) - began) % 3 == 1
        met += wrong
        return row.how[0] if wrong else ""

    bad.fault = fault
    happened, sentence, said = attempt(place.new)
    assert happened == row.outcome, (sentence, said)
    assert met > 5
    bad.fault = lambda *_: ""
    finishes(place, place.new)


def fails_from(storage: tuple[Place, Between], number: int) -> None:
    place, bad = storage
    place.begin()
    bad.nth(number, (500, b"<Error><Code>InternalError</Code></Error>"), until=10**6)
    outcome, sentence, said = attempt(place.new)
    assert outcome == STOPS and "did not answer as it should" in sentence
    assert sentence.endswith("to go on, type: podcast deploy")
    assert len(said) >= len(WAITS) and all("Trying again in" in line for line in said[-2:])
    bad.fault = lambda *_: ""
    finishes(place, place.new)


@pytest.mark.parametrize("share", [0, 0.3, 0.7, 1])
def test_storage_fails_for_good(share: float, storage: tuple[Place, Between]) -> None:
    # The last requests take the lock away, which needs no success.
    last = requests(*storage) - 2
    fails_from(storage, max(1, round(share * last)))


@pytest.mark.parametrize("share", [0, 0.5])
def test_storage_hangs(share: float, storage: tuple[Place, Between]) -> None:
    place, bad = storage
    last = requests(place, bad)
    place.begin()
    bad.nth(max(1, round(share * last)), "hang")
    outcome, sentence, _ = attempt(place.new, opened=partial(_quick, answer_s=0.5))
    assert outcome == PASSES, sentence
    bad.fault = lambda *_: ""
    finishes(place, place.new)


def _quick(address: str, scratch: Path, answer_s: float) -> Any:
    return s3.open_target(address, scratch, answer_s)


@pytest.mark.parametrize("row", rows("test_storage_refuses_the_keys"), ids=str)
def test_storage_refuses_the_keys(row: Row, storage: tuple[Place, Between]) -> None:
    place, bad = storage
    place.begin()
    status, message = REFUSALS[str(row.how[0])]
    answer = f"<?xml version='1.0'?><Error><Code>{row.how[0]}</Code><Message>{message} {SECRET}</Message></Error>"
    for after in (1, 8):  # at once, and keys that end in the middle
        bad.nth(after, (status, answer.encode()), until=10**6)
        outcome, sentence, said = attempt(place.new)
        assert outcome == row.outcome
        assert said == [], "nothing to wait for"
        assert "does not let us in" in sentence and str(row.how[0]) in sentence
        assert ("clock" in sentence) == (row.how[0] == "RequestTimeTooSkewed")
        assert SECRET not in sentence
    bad.fault = lambda *_: ""
    finishes(place, place.new)


# Another machine.


@pytest.fixture(scope="module")
def machine(memory: Path) -> Iterator[tuple[int, Line, Path]]:
    """An OpenSSH server behind a line, for an ``ssh`` that has little patience."""
    (memory / "sshd").mkdir()
    soon = "-oServerAliveInterval=1 -oServerAliveCountMax=1 -oConnectTimeout=2"
    with ExitStack() as stack:
        port, programs = stack.enter_context(sshd(memory / "sshd", soon))
        through, made = stack.enter_context(line(port))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        yield through, made, memory / "sshd"


Far = tuple[Place, Line]


@pytest.fixture
def far(request: pytest.FixtureRequest, machine: tuple[int, Line, Path], tmp_path: Path) -> Far:
    """The place of a row, reached over that line; its new site has some weight."""
    row: Row = request.getfixturevalue("row")
    port, made, _ = machine
    made.mend()
    inner: Place = request.getfixturevalue("branch" if row.place == "git" else "folder")
    if row.place == "git":
        root = re.findall(r"git\+file://(\S+)", show_of(inner.new).deploy.pages)[0]  # type: ignore[union-attr]
        where = f" git+ssh://127.0.0.1:{port}{root}"
    else:
        where = f" {row.place}://127.0.0.1:{port}{inner.root}"
    place = inner.through(tmp_path, where)
    build(place.new, NEW, weight=200_000)
    place.begin()
    return place, made


@pytest.mark.parametrize("row", rows("test_a_line_breaks"), ids=str)
def test_a_line_breaks(row: Row, far: Far) -> None:
    place, made = far
    breaks(place, made, str(row.how[0]), 0.5, row.outcome)


def breaks(place: Place, made: Line, how: str, share: float, outcome: str) -> None:
    made.breaks(round(share * 600_000), how)
    happened, sentence, said = attempt(place.new)
    assert happened == outcome, sentence
    assert made.times == 0 and any("Trying again" in line for line in said)
    made.mend()
    finishes(place, place.new)


@pytest.mark.parametrize("row", rows("test_a_line_breaks_for_good"), ids=str)
def test_a_line_breaks_for_good(row: Row, far: Far) -> None:
    place, made = far
    made.breaks(300_000, "cut", times=10**6)
    happened, sentence, said = attempt(place.new)
    assert happened == row.outcome and len(said) >= len(WAITS)
    assert "did not answer as it should" in sentence and "\n" not in sentence
    made.mend()
    finishes(place, place.new)


def children(name: str) -> list[int]:
    """Processes of this name that this one has begun, by way of others too."""
    found: dict[int, tuple[str, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text("utf-8")
        except OSError:
            continue
        number, _, rest = text.partition(" (")
        called, _, rest = rest.rpartition(") ")
        found[int(number)] = called, int(rest.split()[1])

    def ours(number: int) -> bool:
        while number in found:
            number = found[number][1]
            if number == os.getpid():
                return True
        return False

    return [number for number, (called, _) in found.items() if called == name and ours(number)]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize("row", rows("test_a_child_is_killed"), ids=str)
def test_a_child_is_killed(row: Row, far: Far) -> None:
    place, made = far
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.01):
            if made.up > 100_000 and (found := children(row.place)):
                os.kill(found[0], signal.SIGKILL)
                killed.append(found[0])
                return

    made.up, made.rate = 0, 500_000
    thread = threading.Thread(target=kill)
    thread.start()
    try:
        happened, sentence, said = attempt(place.new)
    finally:
        over.set()
        thread.join()
        made.rate = 0
    assert happened == row.outcome, sentence
    assert killed and any("Trying again" in line for line in said)
    finishes(place, place.new)


@pytest.mark.parametrize("row", rows("test_ssh_refuses"), ids=str)
def test_ssh_refuses(row: Row, far: Far, machine: tuple[int, Line, Path]) -> None:
    place, _ = far
    file = machine[2] / {"key": "authorized", "host": "known"}[str(row.how[0])]
    right = file.read_text("utf-8")
    words = right.split()
    stranger = "AAAAC3NzaC1lZDI1NTE5AAAAIHLkYc0yWPGxK4b0d2BlNhJcyAhIJ3bKkGZJ2ADW0lJh"
    file.write_text(" ".join([w if not w.startswith("AAAA") else stranger for w in words]) + "\n")
    try:
        happened, sentence, said = attempt(place.new)
    finally:
        file.write_text(right)
    assert (happened, said) == (row.outcome, [])
    wanted = {"key": "does not accept your key", "host": "no longer the same"}
    assert wanted[str(row.how[0])] in sentence
    finishes(place, place.new)


# A branch.


def hook(branch: Place, name: str, script: str) -> Path:
    where = show_of(branch.new).deploy
    assert where
    repository = Path(where.pages.removeprefix("git+file://").partition("#")[0])
    made = repository / "hooks" / name
    made.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    made.chmod(0o755)
    return made


@contextmanager
def hooked(branch: Place, name: str, script: str) -> Iterator[None]:
    made = hook(branch, name, script)
    try:
        yield
    finally:
        made.unlink(missing_ok=True)


def test_the_answer_to_a_push_is_lost(branch: Place, tmp_path: Path) -> None:
    branch.begin()
    once = tmp_path / "once"
    # Who takes the push in dies after it has moved the branch.
    show = "hooks/post-receive"  # the host sees the branch all the same
    script = f'[ "$1" = committed ] && [ ! -e {once} ] && touch {once} && {show} && kill -9 $PPID; exit 0'
    with hooked(branch, "reference-transaction", script):
        happened, sentence, said = attempt(branch.new)
    assert once.exists()
    assert happened == PASSES, sentence
    assert len([line for line in said if "Trying again" in line]) == 1
    finishes(branch, branch.new)


def test_a_push_is_refused(branch: Place) -> None:
    branch.begin()
    with hooked(branch, "pre-receive", "echo files above 5 MB are not taken; exit 1"):
        happened, sentence, said = attempt(branch.new)
    assert (happened, said) == (STOPS, [])
    assert "files above 5 MB are not taken" in sentence and "does not let us write" in sentence
    finishes(branch, branch.new)


def test_a_lock_that_a_killed_git_left(
    branch: Place, machine: tuple[int, Line, Path], tmp_path: Path
) -> None:
    port, made, _ = machine
    made.mend()
    branch.begin()
    root = re.findall(r"git\+file://(\S+)", show_of(branch.new).deploy.pages)[0]  # type: ignore[union-attr]
    place = branch.through(tmp_path, f" git+ssh://127.0.0.1:{port}{root}")
    scratch = place.new.cache / "deploy"
    scratch.mkdir(parents=True)
    with open_target(show_of(place.new).deploy.pages, scratch):  # type: ignore[union-attr]
        pass
    before = subprocess.run(
        ["git", "-C", root.partition("#")[0], "rev-parse", "gh-pages"], capture_output=True, text=True, check=True
    ).stdout.strip()  # fmt: skip
    subprocess.run(
        ["git", "-C", str(scratch / "git"), "update-ref", "-d", "FETCH_HEAD"], check=False
    )
    # A fetch that is killed while the other side is silent.
    shutil.rmtree(scratch / "git")
    subprocess.run(["git", "init", "-q", "--bare", str(scratch / "git")], check=True)
    slow = "ssh -oServerAliveInterval=100"
    fetch = subprocess.Popen(
        ["git", "-C", str(scratch / "git"), "fetch", "-q", "--depth", "1",
         f"ssh://127.0.0.1:{port}{root.partition('#')[0]}", before],
        env={**os.environ, "GIT_SSH_COMMAND": slow, "GIT_TRACE_PACKET": str(tmp_path / "trace")},
        start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while fetch.poll() is None and time.monotonic() < until:
        if list((scratch / "git").glob("*.lock")):
            break
        time.sleep(0.005)
    os.killpg(fetch.pid, signal.SIGKILL)
    fetch.wait()
    left = list((scratch / "git").glob("*.lock"))
    assert left, "the fetch was too quick to be killed"
    assert attempt(place.new)[0] == PASSES
    finishes(place, place.new)


class _Stranger(BaseHTTPRequestHandler):
    """A web server that wants a password for everything."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def test_git_over_http_asks_for_a_password(folder: Place, tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Stranger) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        where = f"git+http://127.0.0.1:{server.server_port}/me/show.git"
        try:
            from podcast.deploy import git

            heard = Heard()
            with pytest.raises(PodcastError) as caught:
                with git.open_target(where, tmp_path):
                    pass
        finally:
            server.shutdown()
            thread.join()
    assert not isinstance(caught.value, Unsteady) and heard.said == []
    assert "does not accept your name and password" in told(caught.value)


# Slow, and interrupted.


@pytest.mark.parametrize("row", rows("test_slow_and_interrupted"), ids=str)
def test_slow_and_interrupted(
    row: Row, request: pytest.FixtureRequest, machine: tuple[int, Line, Path], tmp_path: Path
) -> None:
    kind = row.place.lower()
    inner: Place
    with ExitStack() as stack:
        if kind == "s3":
            inner, _ = request.getfixturevalue("storage")
            port = int(re.findall(r":(\d+)/", inner.address)[0])
            through, made = stack.enter_context(line(port))
            where = f" s3://shows/mine?endpoint=http://127.0.0.1:{through}&region=us-east-1"
        else:
            through, made, _ = machine
            inner = request.getfixturevalue("branch" if kind == "git" else "folder")
            root = show_of(inner.new).deploy.pages.removeprefix("git+file://")  # type: ignore[union-attr]
            scheme = "git+ssh" if kind == "git" else kind
            where = f" {root}" if kind == "folder" else f" {scheme}://127.0.0.1:{through}{root}"
        made.mend()
        place = inner.through(tmp_path, where)
        inner.begin()
        build(place.new, NEW, weight=15_000_000 if kind == "s3" else 4_000_000)
        made.rate = {"s3": 5_000_000}.get(kind, 1_500_000)
        french = kind in ("s3", "rsync", "folder")
        process = subprocess.Popen(
            [sys.executable, "-m", "podcast", "deploy", "--plain"],
            cwd=place.new.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PODCAST_LANGUAGE": "fr" if french else "en"},
            start_new_session=True, encoding="utf-8",
            # As a shell has it, also where the tests run in the background.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        lines: list[str] = []
        assert process.stdout and process.stderr
        try:
            for text in process.stdout:
                lines.append(re.sub("[\xa0\u202f]", " ", text.rstrip("\n")))
                if len(lines) >= (1 if kind == "folder" else 3):
                    break
            # A terminal tells everybody who works for us too.
            os.killpg(process.pid, signal.SIGINT)
            process.stdout.read()
            said = process.stderr.read()
            code = process.wait(30)
        finally:
            process.stdout.close()
            process.stderr.close()
            made.rate = 0
        sized = (
            r"Envoi de \d+ fichiers : [\d,]+ sur [\d,]+ Mo, \d+ % ?(encore .*environ)?"
            if french
            else r"Sending \d+ files: [\d.]+ of [\d.]+ MB, \d+% ?(about .* left)?"
        )
        assert all(re.fullmatch(sized, text) for text in lines), lines
        if kind != "folder":
            assert re.search("encore" if french else "left", lines[-1]), lines
            assert not re.search(r"\b100\b", lines[-1])
        assert code == 130, said
        assert len(said.splitlines()) == 1 and "Traceback" not in said
        place.settle()
        assert broken(place.http, place.address) == []
        assert LOCK not in place.tree()
        finishes(place, place.new)


# Disks.


@pytest.fixture(scope="module")
def killer(keys: None) -> Iterator[Killer]:
    made = Killer()
    yield made
    made.close()


@pytest.mark.parametrize("row", rows("test_a_disk_fails"), ids=str)
@pytest.mark.parametrize("share", [0, 0.3, 0.6, 0.9])
def test_a_disk_fails(row: Row, share: float, folder: Place, killer: Killer) -> None:
    folder.begin()
    changes = int(str(killer.send(folder.new, 0, root=folder.root)["count"]))
    disk_fails(folder, killer, str(row.how[0]), max(1, round(share * changes)))


def disk_fails(folder: Place, killer: Killer, name: str, number: int) -> None:
    folder.begin()
    code = getattr(errno, name)
    ran = killer.send(folder.new, number, root=folder.root, errno=code)
    assert ran["status"] == 0 and ran["code"] == 4, ran
    assert ("disk.full" in str(ran["wrong"])) == (name == "ENOSPC"), ran
    finishes(folder, folder.new)


# What listeners get.


@pytest.mark.parametrize("row", rows("test_the_check_meets_a_bad_server"), ids=str)
def test_the_check_meets_a_bad_server(row: Row, folder: Place) -> None:
    folder.begin()
    wrong, times = row.how
    port = int(re.findall(r":(\d+)/", folder.address)[0])
    path = next(p.name for p in (folder.old.site / "audio").iterdir())
    size = (folder.old.site / "audio" / path).stat().st_size
    with between(port) as bad, reachable.client(2) as http:
        bad.nth(1, wrong, until=int(str(times)))  # type: ignore[arg-type]
        url = f"{bad.address}/audio/{path}"
        seen = reachable.sound(http, url, size, "audio/mpeg", (0.01, 0.01))
    assert (PASSES if not seen.wrong else STOPS) == row.outcome, seen
    assert seen.wrong in ("", "seen.busy", "seen.silent")
    assert len(bad.asked) == (3 if seen.wrong or wrong else 2)


# Two at once.


def test_two_at_once(folder: Place, tmp_path: Path) -> None:
    other = folder.through(tmp_path, f" {folder.root}")
    senders = Killer(), Killer()
    met = 0
    try:
        for number in range(6):
            folder.begin()
            answers: list[dict[str, object]] = []
            spaces = (folder.new, other.new)
            threads = [
                threading.Thread(target=lambda k=k, s=s, a=answers: a.append(k.send(s, 0)))
                for k, s in zip(senders, spaces, strict=True)
            ]
            for thread in threads:
                thread.start()
                time.sleep(0.02 * number)
            for thread in threads:
                thread.join()
            codes = sorted(int(str(answer["code"])) for answer in answers)
            assert codes in ([0, 0], [0, 5], [5, 5]), answers
            met += 5 in codes
            finishes(folder, folder.new)
    finally:
        for sender in senders:
            sender.close()
    assert met, "they never met"


def test_who_is_slower_is_told_that_another_writes(tmp_path: Path) -> None:
    """Two who put the same file of a folder at the same moment."""
    source = tmp_path / "source"
    source.write_bytes(b"whole" * 100)
    target, met = LocalFolder(tmp_path / "place"), []

    def put() -> None:
        for _ in range(300):
            try:
                target.put([Upload(".publish/lock.json", source, 500)], lambda sent: None)
            except Busy as error:
                met.append(error.faults[0].kind)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(put), pool.submit(put)]:
            done.result()
    assert set(met) == {"deploy.changed"}
    assert (tmp_path / "place/.publish/lock.json").read_bytes() == source.read_bytes()


# This machine.


@pytest.mark.parametrize("row", rows("test_names_and_a_machine_that_knows_ascii_only"), ids=str)
def test_names_and_a_machine_that_knows_ascii_only(
    row: Row, request: pytest.FixtureRequest, machine: tuple[int, Line, Path], tmp_path: Path
) -> None:
    kind = row.place.lower()
    inner: Place
    if kind == "s3":
        inner, bad = request.getfixturevalue("storage")
        bad.fault = lambda *_: ""
        where = f" {show_of(inner.new).deploy.pages}"  # type: ignore[union-attr]
    else:
        inner = request.getfixturevalue("branch" if kind == "git" else "folder")
        machine[1].mend()
        root = show_of(inner.new).deploy.pages.removeprefix("git+file://")  # type: ignore[union-attr]
        scheme = "git+ssh" if kind == "git" else kind
        where = f" {root}" if kind == "folder" else f" {scheme}://127.0.0.1:{machine[0]}{root}"
    inner.begin()
    place = inner.through(tmp_path, where)
    composed = "été à l'œuvre 🦻.png"
    for name in (composed, unicodedata.normalize("NFD", f"d{composed}")):
        (place.new.site / "assets" / name).write_bytes(name.encode())
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for expected in ("Sent: ", "Nothing to send: "):
        ran = subprocess.run(
            [sys.executable, "-m", "podcast", "deploy"], cwd=place.new.root, capture_output=True,
            env={**os.environ, **ascii_only, "PYTHONPATH": str(ROOT), "PODCAST_LANGUAGE": "en"},
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, b"")
        assert expected.encode() in ran.stdout
    there, site = place.tree(), tree(place.new.site)
    assert {path: there.get(path) for path in site} == site
    assert not place.send(place.new)


# The page.


def test_the_page_is_what_is_tried() -> None:
    here = (ROOT / "docs" / "faults.md").read_text("utf-8")
    assert here == page(), "make it anew: python tests/fault_matrix.py > docs/faults.md"


def test_every_row_names_a_test_that_is_there() -> None:
    for row in ROWS:
        file, _, name = row.test.partition("::")
        parsed = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
        assert name in {n.name for n in parsed.body if isinstance(n, ast.FunctionDef)}, row
