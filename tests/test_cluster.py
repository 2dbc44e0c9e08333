"""A real scheduler and real workers, over TLS on this machine's loopback, that are killed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from conftest import ROOT, Ran, run_podcast
from many_episodes import children, make, words
from serving import free_port

from podcast import listening, mastering, pipeline
from podcast.report import Silent
from podcast.workspace import Workspace

SLUGS = ("e1", "e2", "e3", "e4")


def soon(true: Callable[[], object], seconds: float = 90) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def recipe() -> str:
    """What docs/cluster.md says to type for the certificates."""
    page = (ROOT / "docs" / "cluster.md").read_text("utf-8")
    (found,) = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders office, room-1 and room-2, made as the documentation says."""
    folder = tmp_path_factory.mktemp("certificates")
    done = subprocess.run(
        ["bash", "-euc", recipe()], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.count(": OK") == 3
    return folder


class Machines:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path, certificates: Path) -> None:
        self.folder, self._certificates = folder, certificates
        self.address = f"tls://127.0.0.1:{free_port()}"
        self.store = folder / "store"
        self.store.mkdir()
        self.running: dict[str, subprocess.Popen[str]] = {}

    def _start(self, name: str, *arguments: str, **env: str) -> None:
        log = (self.folder / f"{name}.log").open("a")
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", "podcast", "cluster", *arguments],
            stdout=log, stderr=log, text=True, cwd=self.folder,
            env={**os.environ, "PODCAST_LANGUAGE": "en", "PYTHONPATH": str(ROOT), **env},
        )  # fmt: skip
        log.close()

    def scheduler(self) -> None:
        self._start("scheduler", "scheduler", self.address, *self.as_who("room-1"))

    def worker(self, name: str, **env: str) -> None:
        self._start(
            name, "worker", self.address, *self.as_who("room-2"), "--store", str(self.store),
            "--name", name, "--scratch", str(self.folder / "scratch"), "--threads", "1", **env,
        )  # fmt: skip

    def as_who(self, machine: str) -> list[str]:
        return ["--certificates", str(self._certificates / machine)]

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8")

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        process = self.running.pop(name)
        process.send_signal(number)
        return process.wait(30)

    def journals(self, name: str) -> list[Path]:
        """What a worker is listening to now."""
        return list((self.folder / "scratch" / f"worker-{name}" / "journals").glob("*.jsonl"))

    def transcribe(self, *more: str) -> list[str]:
        return ["transcribe", "--all", "--cluster", self.address, *self.as_who("office"),
                "--store", str(self.store), *more]  # fmt: skip

    def client(self, show: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "podcast", *self.transcribe()],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=show,
            env={**os.environ, "PODCAST_LANGUAGE": "en", "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def heard(self) -> list[Path]:
        return [file for file in self.store.glob("words/*.jsonl") if file.stat().st_size]

    def empty(self) -> None:
        """Forget what was heard, once nobody listens any more.

        What a killed worker had begun goes too: it waits for the same request, which another has
        answered, and would say for ever that somebody listens.
        """
        soon(lambda: not list((self.folder / "scratch").glob("worker-*/*.s16")))
        for file in [*self.store.glob("*/*"), *self.journals("a"), *self.journals("b")]:
            file.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory, certificates: Path) -> Iterator[Machines]:
    made = Machines(tmp_path_factory.mktemp("cluster"), certificates)
    try:
        made.scheduler()
        made.worker("a")
        made.worker("b")
        yield made
    finally:
        for name in list(made.running):
            made.kill(name)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The show with its finished sounds, and what this machine hears in the second episode."""
    folder = make(tmp_path_factory.mktemp("sounds") / "show", SLUGS)
    ran = run_podcast(["transcribe", "e2"], folder)
    assert ran.code == 0, ran.err
    return folder


@pytest.fixture
def show(tmp_path: Path, sounds: Path, machines: Machines) -> Path:
    """A show of four short episodes that nobody has listened to."""
    machines.empty()
    folder = tmp_path / "show"
    shutil.copytree(sounds, folder, ignore=shutil.ignore_patterns("transcripts", "listening"))
    return folder


def complete(show: Path, sounds: Path) -> bool:
    """Whether all episodes have words, the second those that this machine hears."""
    return all(words(show, slug) for slug in SLUGS) and words(show, "e2") == words(sounds, "e2")


def test_a_killed_worker_loses_nothing(machines: Machines, show: Path, sounds: Path) -> None:
    client = machines.client(show)
    soon(lambda: machines.journals("a"))
    machines.kill("a")
    out, err = client.communicate(timeout=120)
    assert client.returncode == 0, err
    assert complete(show, sounds)
    assert "4 episodes done" in out and err == ""
    assert not list(machines.store.glob("sounds/*"))  # room is made as it goes
    machines.worker("a")


def test_a_killed_scheduler_loses_nothing(machines: Machines, show: Path, sounds: Path) -> None:
    client = machines.client(show)
    soon(machines.heard)
    machines.kill("scheduler")
    time.sleep(1)
    machines.scheduler()
    out, err = client.communicate(timeout=120)
    assert client.returncode == 0, err
    assert complete(show, sounds) and "4 episodes done" in out
    assert machines.running["a"].poll() is None and machines.running["b"].poll() is None


def test_a_killed_client_loses_nothing(machines: Machines, show: Path, sounds: Path) -> None:
    client = machines.client(show)
    soon(machines.heard)
    client.kill()
    client.communicate()
    soon(lambda: not machines.journals("a") and not machines.journals("b"))
    before = {file: file.stat().st_mtime_ns for file in machines.heard()}
    ran = run_podcast(machines.transcribe(), show, PODCAST_LANGUAGE="en")
    assert ran.code == 0, ran.err
    assert complete(show, sounds)
    assert before and before == {file: file.stat().st_mtime_ns for file in before}
    again = run_podcast(machines.transcribe(), show, PODCAST_LANGUAGE="en")
    assert again.code == 0 and "Words:" not in again.out


def test_poison_is_left_out_and_named(machines: Machines, show: Path) -> None:
    """An episode that kills every worker that gets it, and one with nothing in it, harm no other."""
    space = Workspace(show)
    work = pipeline.start(space, Silent())
    episode = space.episode("e3", work.show)
    recording = space.recording(episode, work.show)
    made = mastering.master(work, episode, recording)
    with listening.prepared(work, episode, recording, made) as ready:
        poison = ready.request
    # A journal that never ends to be read holds the recogniser of whoever gets this episode.
    folders = {name: machines.folder / "scratch" / f"worker-{name}" for name in ("a", "b")}
    traps = [folder / "journals" / f"{poison.key}.jsonl" for folder in folders.values()]
    for trap in traps:
        os.mkfifo(trap)
    (show / "episodes" / "e4" / "recording.flac").write_bytes(b"fLaC" + b"\0" * 5000)
    client = machines.client(show)
    killed = 0
    while client.poll() is None:
        for name, folder in folders.items():
            if (folder / f"{poison.sound}.s16").exists():
                below = children(machines.running[name].pid)
                machines.kill(name)
                for child in below:  # or else it would write on for a moment
                    with suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
                soon(lambda: not any(Path(f"/proc/{child}").exists() for child in below))  # noqa: B023
                (folder / f"{poison.sound}.s16").unlink(missing_ok=True)
                machines.worker(name)
                killed += 1
        time.sleep(0.05)
    out, err = client.communicate()
    for trap in traps:
        trap.unlink()
    assert client.returncode in (1, 4)
    assert killed == 3
    told = sorted(err.splitlines())
    assert len(told) == 2, err
    assert told[0].startswith("episodes/e3: 3 workers died while they listened")
    assert told[1].startswith("episodes/e4")
    assert words(show, "e1") and words(show, "e2") and not words(show, "e3")
    assert "2 episodes done" in out


def test_a_model_that_no_machine_has_is_one_sentence(machines: Machines, show: Path) -> None:
    shutil.copytree(ROOT / "podcast" / "models" / "demo", show / "mine")
    (show / "mine" / "config.json").write_text(
        (show / "mine" / "config.json").read_text("utf-8") + "\n", "utf-8"
    )
    text = (show / "podcast.yaml").read_text("utf-8").replace("model: demo", "model: ./mine")
    (show / "podcast.yaml").write_text(text, "utf-8")
    soon(lambda: "at the disposal" in machines.log("a"))
    ran = run_podcast(machines.transcribe("--patience", "0.05"), show, PODCAST_LANGUAGE="en")
    assert ran.code == 4 and ran.err.count("\n") == 1
    assert 'has the model "./mine"' in ran.err and "Machines there: a" in ran.err
    assert not list(machines.store.glob("words/*"))


def listening_ports(process: int) -> list[tuple[str, int]]:
    connections = psutil.Process(process).net_connections("inet")
    return [(c.laddr.ip, c.laddr.port) for c in connections if c.status == "LISTEN"]


def test_nobody_gets_in_without_a_certificate(machines: Machines, tmp_path: Path) -> None:
    """Every port that others can reach asks for a certificate of ours, and no other shows anything."""
    soon(lambda: "at the disposal" in machines.log("a"))
    protected = 0
    for name in ("scheduler", "a"):
        for host, port in listening_ports(machines.running[name].pid):
            with socket.create_connection(("127.0.0.1", port)) as plain:
                plain.sendall(b"GET /status HTTP/1.0\r\n\r\n")
                plain.settimeout(5)
                answer = plain.recv(100) if host == "127.0.0.1" and _pages(port) else b""
            assert b"200" not in answer
            if _pages(port):
                assert host == "127.0.0.1"
                for page in ("", "status", "metrics", "info/main/workers.html", "json/counts.json"):
                    assert httpx.get(f"http://127.0.0.1:{port}/{page}").status_code == 404
                continue
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with socket.create_connection(("127.0.0.1", port)) as bare:
                with pytest.raises((ssl.SSLError, ConnectionError)):
                    with context.wrap_socket(bare) as stranger:
                        stranger.sendall(b"\0" * 64)
                        if not stranger.recv(1):
                            raise ConnectionResetError
            protected += 1
    assert protected >= 2


def _pages(port: int) -> bool:
    """Whether a port speaks HTTP."""
    try:
        httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
    except httpx.HTTPError:
        return False
    return True


def test_certificates_of_another_authority_are_refused(
    machines: Machines, show: Path, tmp_path: Path
) -> None:
    subprocess.run(["bash", "-euc", recipe()], cwd=tmp_path, capture_output=True, check=True)
    given = machines.transcribe()
    given[given.index("--certificates") + 1] = str(tmp_path / "office")
    ran = run_podcast(given, show, PODCAST_LANGUAGE="en")
    assert ran.code == 4 and ran.err.count("\n") == 1
    assert "cannot be reached" in ran.err and not any(words(show, slug) for slug in SLUGS)


def test_a_worker_that_is_told_to_stop_stops(machines: Machines, show: Path) -> None:
    client = machines.client(show)
    soon(lambda: machines.journals("b"))
    assert machines.kill("b", signal.SIGTERM) == 0
    _, err = client.communicate(timeout=120)
    assert client.returncode == 0, err
    machines.worker("b")


@pytest.mark.parametrize(
    "address",
    ["tcp://0.0.0.0:8786", "tcp://192.0.2.1", "tcp://localhost:8786", "tcp://[::]:8786", "http://x",
     "tls://", "127.0.0.1:8786", "ws://127.0.0.1", "inproc://x", "tls://x:99999", "tls://x/path"],
)  # fmt: skip
@pytest.mark.parametrize("command", ["scheduler", "worker", "transcribe"])
def test_addresses_that_others_could_use_are_refused(
    command: str, address: str, podcast: Callable[..., Ran], tmp_path: Path
) -> None:
    more = ["--store", str(tmp_path)]
    given = (
        ["transcribe", "--all", "--again", "--cluster", address, *more]
        if command == "transcribe"
        else ["cluster", command, address, *more]
    )
    ran = podcast(ROOT, *given, language="en")
    assert ran.code == 2 and ran.err.count("\n") == 1
    assert f'the address "{address}"' in ran.err.lower()
    if address.startswith("tcp:"):
        assert "anybody on the network" in ran.err


def test_certificates_that_cannot_serve_are_told(
    certificates: Path, tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    def told(*more: str) -> Ran:
        address = f"tls://127.0.0.1:{free_port()}"
        return podcast(ROOT, "cluster", "scheduler", address, *more, language="en")

    assert "--certificates FOLDER" in told().err
    shutil.copytree(certificates / "office", tmp_path / "x")
    given = ("--certificates", str(tmp_path / "x"))
    (tmp_path / "x" / "key.pem").chmod(0o640)
    assert "chmod 600" in told(*given).err
    (tmp_path / "x" / "key.pem").chmod(0o600)
    shutil.copy(certificates / "room-1" / "cert.pem", tmp_path / "x" / "cert.pem")
    assert "cannot be used" in told(*given).err
    (tmp_path / "x" / "ca.pem").unlink()
    ran = told(*given)
    assert ran.code == 4 and "ca.pem is missing" in ran.err
