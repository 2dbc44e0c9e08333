"""Fetching a model: a real server in place of the hub, real files, every way to fail."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import tiny_model
from conftest import ROOT, Ran

from podcast import model_fetch, speech_model
from podcast.errors import Outside, PodcastError
from podcast.report import Silent

LARGE = "model.bin"
Podcast = Callable[..., Ran]


class Hub(ThreadingHTTPServer):
    """What the hub does for us, and what can go wrong there."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.files |= {"README.md": b"# tiny\n", ".gitattributes": b"*.bin lfs\n"}
        self.listing: Any = None  # instead of the true one
        self.sent: dict[str, bytes] = {}  # instead of what the listing announces
        self.cuts: list[int] = []  # after so many bytes of model.bin the line breaks, once each
        self.status = 200
        self.login = ""  # the page of a captive portal, or where it sends people
        self.silent = False
        self.stalls = False  # at a cut the line does not break, it falls silent
        self.slow = False
        self.ranges = True
        self.asked: list[tuple[str, str]] = []  # path and range
        self.ended = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def tree(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = [{"type": "directory", "oid": "0" * 40, "path": "x"}]
        for name, content in self.files.items():
            git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            entry = {"type": "file", "oid": git, "size": len(content), "path": name}
            if name == LARGE:
                sha256 = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"oid": sha256, "size": len(content), "pointerSize": 134}
            entries.append(entry)
        return entries

    def ranges_asked(self) -> list[str]:
        return [span for path, span in self.asked if path == f"/cdn/{LARGE}"]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """People who hang up are no error."""


class Answer(BaseHTTPRequestHandler):
    server: Hub
    base = "/Systran/faster-whisper-tiny"

    def do_GET(self) -> None:
        hub = self.server
        hub.asked.append((self.path, self.headers.get("Range", "")))
        if hub.silent:
            hub.ended.wait(30)
        elif hub.login.startswith("/") and self.path != hub.login:
            self.give(b"", 302, Location=hub.login)
        elif hub.login:
            self.give(b"<html>Bienvenue</html>", hub.status, Content_Type="text/html; charset=x")
        elif hub.status != 200:
            self.give(b'{"error": "no"}', hub.status)
        elif self.path == f"/api/models{self.base}/tree/main?recursive=true":
            listing = hub.tree() if hub.listing is None else hub.listing
            self.give(listing if isinstance(listing, bytes) else json.dumps(listing).encode())
        elif self.path.startswith(f"{self.base}/resolve/main/"):
            self.give(b"", 302, Location=f"{hub.address}/cdn/{self.path.rpartition('/')[2]}")
        else:
            self.file(self.path.removeprefix("/cdn/"))

    def file(self, name: str) -> None:
        hub = self.server
        content = hub.sent.get(name, hub.files.get(name))
        if content is None:
            self.give(b"", 404)
            return
        asked = self.headers.get("Range", "")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and hub.ranges else 0
        headers = {"Content_Type": "application/octet-stream"}
        if start:
            headers["Content_Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        cut = hub.cuts.pop(0) if name == LARGE and hub.cuts else None
        self.give(content[start:], 206 if start else 200, cut, **headers)

    def give(self, content: bytes, status: int = 200, cut: int | None = None, **more: str) -> None:
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        content = content[:cut]
        for at in range(0, len(content), 20_000):
            self.wfile.write(content[at : at + 20_000])
            if self.server.slow and len(content) > 100_000:
                self.server.ended.wait(0.3)
        if self.server.stalls and cut is not None:
            self.server.ended.wait(30)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the hub has tiny: without preprocessor_config.json."""
    return tiny_model.build(tmp_path_factory.mktemp("model") / "tiny", preprocessor=False)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PODCAST_MODELS", str(tmp_path / "store"))
    # Whatever does not say otherwise must find nobody at all.
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    return tmp_path / "store"


@pytest.fixture
def hub(whole: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub(whole) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        yield server
        server.ended.set()
        server.shutdown()
        thread.join()


def told(ran: Ran, says: str, code: int = 4) -> None:
    assert says in ran.err, ran.err
    assert ran.err.count("\n") == 1, ran.err
    assert ran.code == code
    assert "Traceback" not in ran.err and "{" not in ran.err


def good(store: Path, whole: Path) -> None:
    """The store has the model, its checksums, and nothing else."""
    assert [path.name for path in store.iterdir()] == ["tiny"]
    names = {path.name for path in whole.iterdir()}
    assert {path.name for path in (store / "tiny").iterdir()} == {*names, "SHA256SUMS"}
    for name in names:
        assert (store / "tiny" / name).read_bytes() == (whole / name).read_bytes()
    assert speech_model.find("tiny", Path("/")).folder == store / "tiny"


# It works.


def test_fetched(hub: Hub, store: Path, whole: Path, podcast: Podcast, tmp_path: Path) -> None:
    ran = podcast(tmp_path, "model", "fetch", "tiny", "--plain")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Téléchargement de tiny : ")
    assert ran.out.endswith("Pour l'utiliser, mettez dans podcast.yaml : model: tiny\n")
    assert "100 %" in ran.out
    good(store, whole)
    asked = {path.rpartition("/")[2] for path, _ in hub.asked if "resolve" in path}
    assert asked == {path.name for path in whole.iterdir()}
    if checker := shutil.which("sha256sum"):
        subprocess.run([checker, "--quiet", "-c", "SHA256SUMS"], cwd=store / "tiny", check=True)
    hub.asked.clear()
    again = podcast(tmp_path, "model", "fetch", "tiny")
    assert again.out == "Le modèle tiny est déjà là, complet.\n"
    assert hub.asked == []


def test_a_broken_model_is_replaced(
    hub: Hub, store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    (store / "tiny").mkdir(parents=True)
    (store / "tiny" / LARGE).write_bytes(b"half")
    (store / "tiny" / "stranger.txt").write_text("old")
    assert podcast(tmp_path, "model", "fetch", "tiny").code == 0
    good(store, whole)


# The line breaks.


def test_a_cut_line_goes_on_by_itself(
    hub: Hub, store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    hub.cuts = [100_000, 50_000]
    assert podcast(tmp_path, "model", "fetch", "tiny").code == 0
    assert hub.ranges_asked() == ["", "bytes=100000-", "bytes=150000-"]
    good(store, whole)


def test_what_has_arrived_is_kept_for_the_next_time(
    hub: Hub, store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    hub.cuts = [100_000, 0]
    told(podcast(tmp_path, "model", "fetch", "tiny"), "Ce qui est arrivé est gardé ; pour continu")
    assert (store / ".tiny.part" / f"{LARGE}.part").stat().st_size == 100_000
    assert not (store / "tiny").exists()
    assert "tiny : téléchargement commencé (1 Mo sur 78)" in podcast(tmp_path, "model").out
    hub.asked.clear()
    assert podcast(tmp_path, "model", "fetch", "tiny").code == 0
    assert hub.ranges_asked() == ["bytes=100000-"]
    assert len(hub.asked) == 3, "the list and model.bin with its redirection; the rest was there"
    good(store, whole)


def test_a_server_without_ranges_starts_again(
    hub: Hub, store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    hub.ranges = False
    hub.cuts = [100_000]
    assert podcast(tmp_path, "model", "fetch", "tiny").code == 0
    assert hub.ranges_asked() == ["", "bytes=100000-"]
    good(store, whole)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX knows them")
def test_ctrl_c_keeps_what_has_arrived(hub: Hub, store: Path, whole: Path, tmp_path: Path) -> None:
    hub.slow = True
    part = store / ".tiny.part" / f"{LARGE}.part"
    child = subprocess.Popen(
        [sys.executable, "-m", "podcast", "model", "fetch", "tiny"],
        env={**os.environ, "PODCAST_LANGUAGE": "fr", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(600):
        if part.exists() and part.stat().st_size:
            break
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert err == ("Interrompu. Rien n'a été perdu : retapez la même commande pour continuer.\n")
    assert child.returncode == 130
    have = part.stat().st_size
    assert 0 < have < len(hub.files[LARGE])
    hub.slow = False
    hub.asked.clear()
    model_fetch.fetch("tiny", Silent())
    assert hub.ranges_asked() == [f"bytes={have}-"]
    good(store, whole)


# Nobody answers, or the wrong one.


def test_a_server_that_accepts_and_never_answers(hub: Hub, store: Path) -> None:
    hub.silent = True
    began = time.monotonic()
    with pytest.raises(Outside) as error:
        model_fetch.fetch("tiny", Silent(), connect_s=0.5, read_s=0.5)
    assert error.value.faults[0].kind == "model.offline"
    assert time.monotonic() - began < 20, "the other side waits for half a minute"


def test_a_port_that_nobody_serves_but_the_system(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{listening.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(Outside) as error:
            model_fetch.fetch("tiny", Silent(), connect_s=0.5, read_s=0.5)
    assert error.value.faults[0].kind == "model.offline"
    assert time.monotonic() - began < 20, "the other side waits for half a minute"


def test_a_server_that_falls_silent_in_the_middle(hub: Hub, store: Path, whole: Path) -> None:
    hub.cuts, hub.stalls = [100_000, 0], True
    began = time.monotonic()
    with pytest.raises(Outside) as error:
        model_fetch.fetch("tiny", Silent(), connect_s=0.5, read_s=0.5)
    assert error.value.faults[0].kind == "model.cut"
    assert time.monotonic() - began < 20, "the other side waits for half a minute"
    model_fetch.fetch("tiny", Silent())
    assert hub.ranges_asked() == ["", "bytes=100000-", "bytes=100000-"]
    good(store, whole)


def test_a_slow_server_is_waited_for(hub: Hub, store: Path, whole: Path) -> None:
    """Only silence counts, not the length of the whole."""
    hub.slow = True
    model_fetch.fetch("tiny", Silent(), read_s=3)
    assert hub.ranges_asked() == [""]
    good(store, whole)


def test_the_waits_are_bounded() -> None:
    defaults = inspect.signature(model_fetch.fetch).parameters
    assert defaults["connect_s"].default <= 10
    assert defaults["read_s"].default <= 30


def test_nobody_there(store: Path, podcast: Podcast, tmp_path: Path) -> None:
    says = "le réseau ne répond pas"
    told(podcast(tmp_path, "model", "fetch", "tiny"), says)
    english = podcast(tmp_path, "model", "fetch", "tiny", language="en")
    told(english, "podcast model fetch tiny --from FOLDER")


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_the_server_refuses(
    status: int, hub: Hub, store: Path, podcast: Podcast, tmp_path: Path
) -> None:
    hub.status = status
    told(podcast(tmp_path, "model", "fetch", "tiny"), f"le serveur a répondu {status}.")


def test_one_file_is_gone(hub: Hub, store: Path, podcast: Podcast, tmp_path: Path) -> None:
    hub.listing = hub.tree()
    del hub.files[LARGE]
    told(podcast(tmp_path, "model", "fetch", "tiny"), "le serveur a répondu 404.")
    assert not (store / "tiny").exists()


@pytest.mark.parametrize(
    ("login", "status"), [("a page at every address", 200), ("/login", 200), ("a page", 511)]
)
def test_a_login_page_instead_of_the_hub(
    login: str, status: int, hub: Hub, store: Path, podcast: Podcast, tmp_path: Path
) -> None:
    hub.login, hub.status = login, status
    told(podcast(tmp_path, "model", "fetch", "tiny"), "demande d'abord de se connecter dans le nav")


@pytest.mark.parametrize("listing", [b"<html>", b"", b"[" * 100_000, b"\xff" * 5_000_000])
def test_a_list_that_is_none(
    listing: bytes, hub: Hub, store: Path, podcast: Podcast, tmp_path: Path
) -> None:
    hub.listing = listing
    told(podcast(tmp_path, "model", "fetch", "tiny"), "le réseau ne répond pas")


HOSTILE: list[Any] = [
    {"error": "x"},
    [],
    [1, None, {"path": 7}, {"path": ["model.bin"]}],
    [{"path": "../../model.bin", "oid": "0" * 40, "size": 1}],
    [{"path": "model.bin", "oid": "../x", "size": 1}],
    [{"path": "model.bin", "oid": "0" * 40, "size": -1}],
    [{"path": "model.bin", "lfs": {"oid": None, "size": "9"}}],
]


@pytest.mark.parametrize("listing", HOSTILE)
def test_a_list_without_the_files(
    listing: Any, hub: Hub, store: Path, podcast: Podcast, tmp_path: Path
) -> None:
    hub.listing = listing
    says = "il manque : config.json, model.bin, tokenizer.json, vocabulary.json."
    told(podcast(tmp_path, "model", "fetch", "tiny"), says)
    assert not list(tmp_path.rglob("*.bin"))


# What arrives is not what was announced.


@pytest.mark.parametrize("name", [LARGE, "config.json"])
def test_a_wrong_checksum(
    name: str, hub: Hub, store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    content = bytearray(hub.files[name])
    content[len(content) // 2] ^= 1
    hub.sent[name] = bytes(content)
    says = f"Le fichier {name} du modèle « tiny » est arrivé abîmé et a été effacé."
    told(podcast(tmp_path, "model", "fetch", "tiny"), says)
    assert not (store / "tiny").exists()
    assert not (store / ".tiny.part" / f"{name}.part").exists()
    hub.sent.clear()
    assert podcast(tmp_path, "model", "fetch", "tiny").code == 0
    good(store, whole)


def test_more_than_was_announced(hub: Hub, store: Path) -> None:
    announced = len(hub.files[LARGE])
    hub.sent[LARGE] = hub.files[LARGE] * 2
    hub.cuts, hub.stalls = [announced + 1], True
    began = time.monotonic()
    with pytest.raises(Outside) as error:
        model_fetch.fetch("tiny", Silent(), read_s=20)
    assert error.value.faults[0].kind == "model.checksum"
    assert time.monotonic() - began < 15, "a byte too many is enough to stop"


def test_a_part_that_is_not_of_this_file(
    hub: Hub, store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    part = store / ".tiny.part"
    part.mkdir(parents=True)
    (part / f"{LARGE}.part").write_bytes(b"another version" * 100)
    told(podcast(tmp_path, "model", "fetch", "tiny"), "est arrivé abîmé et a été effacé")
    assert podcast(tmp_path, "model", "fetch", "tiny").code == 0
    good(store, whole)


def test_a_hub_whose_model_is_broken(
    hub: Hub, store: Path, podcast: Podcast, tmp_path: Path
) -> None:
    hub.files[LARGE] = hub.files[LARGE][:-1]
    told(podcast(tmp_path, "model", "fetch", "tiny"), "est incomplet ou abîmé (model.bin)")
    assert list(store.iterdir()) == []


# The disk.


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has an always full file")
def test_the_disk_fills_up(hub: Hub, store: Path, podcast: Podcast, tmp_path: Path) -> None:
    """A real ENOSPC, as any user: the kernel gives it for every write to /dev/full."""
    (store / ".tiny.part").mkdir(parents=True)
    (store / ".tiny.part" / f"{LARGE}.part").symlink_to("/dev/full")
    says = f"{store} : le disque est plein. Libérez de la place, puis retapez la même commande."
    told(podcast(tmp_path, "model", "fetch", "tiny"), says)
    assert not (store / "tiny").exists()


def test_a_disk_too_small_is_told_before_the_download(
    hub: Hub, store: Path, podcast: Podcast, tmp_path: Path
) -> None:
    hub.listing = hub.tree()
    for entry in hub.listing:
        if entry["path"] == LARGE:
            entry["lfs"]["size"] = 10**18
    told(podcast(tmp_path, "model", "fetch", "tiny"), "le disque est plein")
    assert len(hub.asked) == 1


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "little"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", folder], capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("only root may mount a little disk; /dev/full stands in for it above")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_really_little_disk(
    little_disk: Path,
    hub: Hub,
    whole: Path,
    podcast: Podcast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PODCAST_MODELS", str(little_disk))
    told(podcast(tmp_path, "model", "fetch", "tiny"), "le disque est plein")
    told(podcast(tmp_path, "model", "fetch", "tiny", "--from", str(whole)), "le disque est plein")
    archive = tmp_path / "tiny.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("model.bin", bytes(1_000_000))  # a kilobyte, until it is unpacked
    told(podcast(tmp_path, "model", "fetch", "tiny", "--from", str(archive)), "le disque est plein")
    assert list(little_disk.iterdir()) == []


def test_a_store_that_cannot_be_made(
    hub: Hub, tmp_path: Path, podcast: Podcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PODCAST_MODELS", str(tmp_path / "file" / "models"))
    told(podcast(tmp_path, "model", "fetch", "tiny"), "impossible d'écrire ici")


# The settings of the machine.


@pytest.mark.parametrize(
    "address", ["huggingface.co", "ftp://example.org", "http://x:y", "http://"]
)
def test_an_endpoint_that_is_no_address(
    address: str, store: Path, podcast: Podcast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", address)
    told(podcast(tmp_path, "model", "fetch", "tiny"), "HF_ENDPOINT n'est pas une adresse web")


@pytest.mark.parametrize(
    ("name", "value"), [("ALL_PROXY", "nonsense://x"), ("SSL_CERT_FILE", "/no/such/file.pem")]
)
def test_settings_that_cannot_serve(
    name: str,
    value: str,
    store: Path,
    podcast: Podcast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(name, value)
    told(podcast(tmp_path, "model", "fetch", "tiny"), "(HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE)")


# Without a network.


def test_from_a_folder(store: Path, whole: Path, podcast: Podcast, tmp_path: Path) -> None:
    ran = podcast(tmp_path, "model", "fetch", "tiny", "--from", str(whole), "--plain")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Copie de tiny : ")
    good(store, whole)


def test_from_a_stick_that_holds_the_folder(
    store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    shutil.copytree(whole, tmp_path / "stick" / "tiny")
    (tmp_path / "stick" / "photo.jpg").write_bytes(b"jpeg")
    assert podcast(tmp_path, "model", "fetch", "tiny", "--from", "stick").code == 0
    good(store, whole)


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file is missing": (
        lambda f: (f / "tokenizer.json").unlink(),
        "n'est pas complet, il manque : tokenizer.json. Copiez de nouveau le dossier entier.",
    ),
    "cut": (
        lambda f: os.truncate(f / LARGE, 1000),
        "Le fichier model.bin du modèle « {} » est abîmé ou coupé. Copiez-le de nouveau.",
    ),
    "not there": (shutil.rmtree, "Le dossier « {} » n'existe pas, ou ne peut pas être lu."),
    "empty": (
        lambda f: [path.unlink() for path in f.iterdir()],
        "il manque : config.json, model.bin, tokenizer.json, vocabulary.json.",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_from_a_broken_folder(
    case: str, store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    break_it, says = BROKEN[case]
    stick = Path(shutil.copytree(whole, tmp_path / "stick"))
    break_it(stick)
    ran = podcast(tmp_path, "model", "fetch", "tiny", "--from", str(stick))
    told(ran, says.format(stick))
    assert not (store / "tiny").exists()


def flip(path: Path) -> None:
    """One bit of a number: no header tells."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_flipped_bit_on_the_stick(
    hub: Hub, store: Path, podcast: Podcast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    podcast(tmp_path, "model", "fetch", "tiny")
    stick = Path(shutil.copytree(store / "tiny", tmp_path / "stick"))
    flip(stick / LARGE)
    monkeypatch.setenv("PODCAST_MODELS", str(tmp_path / "other"))
    ran = podcast(tmp_path, "model", "fetch", "tiny", "--from", "stick")
    told(ran, "Le fichier model.bin du modèle « stick » est abîmé ou coupé.")
    assert list((tmp_path / "other").iterdir()) == []


# Seeing, checking, removing.


def test_list(store: Path, whole: Path, podcast: Podcast, tmp_path: Path) -> None:
    shutil.copytree(whole, store / "small")
    (store / "base").mkdir()
    ran = podcast(tmp_path, "model", "list")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("demo : livré avec le programme")
    assert lines[1] == "tiny : à télécharger (78 Mo), avec : podcast model fetch tiny"
    assert lines[2] == "base : abîmé. Retéléchargez-le : podcast model fetch base"
    assert lines[3] == "small : présent (1 Mo)."
    assert lines[-1] == f"Les modèles téléchargés sont dans {store}."
    assert len(lines) == 2 + len(speech_model.OFFERS)
    assert podcast(tmp_path, "model").out == ran.out


def test_check(hub: Hub, store: Path, whole: Path, podcast: Podcast, tmp_path: Path) -> None:
    told(podcast(tmp_path, "model", "check", "tiny"), "Tapez : podcast model fetch tiny (78 Mo)")
    podcast(tmp_path, "model", "fetch", "tiny")
    ran = podcast(tmp_path, "model", "check", "tiny", "--plain")
    assert ran.out.endswith("Le modèle tiny est complet, et chaque fichier est intact.\n")
    assert podcast(tmp_path, "model", "check", str(store / "tiny")).code == 0
    ran = podcast(tmp_path, "model", "check", str(whole))
    assert "n'ont pas été comparés octet par octet" in ran.out
    flip(store / "tiny" / LARGE)
    told(podcast(tmp_path, "model", "check", "tiny"), "(model.bin). Tapez : podcast model fetch")
    told(podcast(tmp_path, "model", "check", "./none"), "Le dossier « ./none » n'existe pas")
    told(podcast(tmp_path, "model", "check", "tinny"), "Vouliez-vous dire « tiny » ?", 1)


def test_remove(hub: Hub, store: Path, podcast: Podcast, tmp_path: Path) -> None:
    podcast(tmp_path, "model", "fetch", "tiny")
    (store / ".tiny.part").mkdir()
    (store / "base").mkdir()
    ran = podcast(tmp_path, "model", "remove", "tiny")
    assert ran.out == "Le modèle tiny a été retiré.\n"
    assert [path.name for path in store.iterdir()] == ["base"]
    told(podcast(tmp_path, "model", "remove", "tiny"), "rien à retirer")


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX knows them")
def test_remove_leaves_what_a_link_points_to(
    store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    store.mkdir()
    (store / "tiny").symlink_to(whole)
    assert podcast(tmp_path, "model", "remove", "tiny").code == 0
    assert list(store.iterdir()) == []
    assert speech_model.whole(speech_model.SpeechModel("x", whole))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["fetch"], 2, "Dites quel modèle, par exemple : podcast model fetch small."),
        (["fetsh", "tiny"], 2, "Vouliez-vous dire : podcast model fetch ?"),
        (["explode"], 2, "Tapez : podcast model list, fetch, check (ou verify) ou remove."),
        (["fetch", "demo"], 2, "livré avec le programme"),
        (["remove", "demo"], 2, "livré avec le programme"),
        (["fetch", "tinny"], 1, "Vouliez-vous dire « tiny » ?"),
        (["remove", "../../etc"], 1, "Il n'y a pas de modèle « ../../etc »"),
        (["fetch", "/", "--from", "."], 1, "Il n'y a pas de modèle « / »"),
    ],
)
def test_wrong_commands(
    arguments: list[str], code: int, says: str, store: Path, podcast: Podcast, tmp_path: Path
) -> None:
    told(podcast(tmp_path, "model", *arguments), says, code)
    assert not store.exists()


def test_what_fails_crosses_processes(store: Path) -> None:
    import pickle

    with pytest.raises(PodcastError) as error:
        model_fetch.fetch("tiny", Silent())
    assert pickle.loads(pickle.dumps(error.value)).faults == error.value.faults
