"""The editor's server: who is let in, what the page gets, and what a save does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Ran
from editing import Editor, edited, text_of

from podcast.editor.access import MAX_BODY
from podcast.editor.desk import digest_of

TEXT = "transcripts/episode-3.md"


@pytest.fixture
def editor(show: Path) -> Iterator[Editor]:
    with edited(show) as made:
        yield made.enter()


# Who is let in.


def test_the_address_serves_once(show: Path) -> None:
    with edited(show) as editor:
        assert editor.entrance.startswith("http://127.0.0.1:")
        path = "/open/" + editor.entrance.rpartition("/")[2]
        assert editor.raw("GET", "/").status == 401
        assert editor.raw("GET", path + "x").status == 403
        assert editor.raw("HEAD", path).status == 403
        assert editor.raw("POST", path).status == 403
        first = editor.raw("GET", path)
        assert (first.status, first.headers["location"]) == (303, "/")
        cookie = first.headers["set-cookie"]
        assert cookie.endswith("; Path=/; HttpOnly; SameSite=Strict")
        again = editor.raw("GET", path)
        assert again.status == 403 and "set-cookie" not in again.headers
        assert "déjà servi" in again.body.decode()
        # Whoever was let in may load it again.
        known = editor.raw("GET", path, None, {"Cookie": cookie.split(";")[0]})
        assert known.status == 303 and "set-cookie" not in known.headers


def test_from_a_page_elsewhere_the_address_leads_in_without_a_redirection(show: Path) -> None:
    with edited(show) as editor:
        path = "/open/" + editor.entrance.rpartition("/")[2]
        got = editor.raw("GET", path, None, {"Sec-Fetch-Site": "cross-site"})
        assert got.status == 200 and b'content="0; url=/"' in got.body
        editor.cookie = got.headers["set-cookie"].split(";")[0]
        assert editor.get("/").status == 200


PUT = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "change", "status"),
    [
        ("GET", "/api/document", {"Host": "localhost:{port}"}, 403),
        ("GET", "/api/document", {"Host": "evil.example:{port}"}, 403),  # DNS rebinding
        ("GET", "/api/document", {"Host": "127.0.0.1"}, 403),
        ("GET", "/api/document", {"Host": "127.0.0.1:{port}.evil.example"}, 403),
        ("GET", "/api/document", {"Cookie": ""}, 401),
        ("GET", "/api/document", {"Cookie": "podcast-editor-{port}=x"}, 401),
        ("GET", "/audio", {"Cookie": ""}, 401),
        ("GET", "/page/editor.css", {"Cookie": ""}, 401),
        ("GET", "/api/document", {"Sec-Fetch-Site": "same-site"}, 403),
        ("GET", "/audio", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("PUT", "/api/text", {**PUT, "Origin": "http://127.0.0.1:1"}, 403),
        ("PUT", "/api/text", {**PUT, "Origin": "https://127.0.0.1:{port}"}, 403),
        ("PUT", "/api/text", {**PUT, "Origin": "null"}, 403),
        ("PUT", "/api/text", PUT, 403),
        ("PUT", "/api/text", {"Origin": "http://127.0.0.1:{port}"}, 415),
        ("PUT", "/api/text", {"Origin": "http://127.0.0.1:{port}", "Content-Type": "text/plain"}, 415),
        ("POST", "/api/text", {**PUT, "Origin": "http://127.0.0.1:{port}"}, 405),
        ("DELETE", "/api/text", {**PUT, "Origin": "http://127.0.0.1:{port}"}, 405),
        ("OPTIONS", "/api/text", {"Origin": "https://evil.example"}, 403),
        ("PUT", "/api/text", {**PUT, "Origin": "http://127.0.0.1:{port}"}, 422),  # {}
        ("GET", "/nowhere", {}, 404),
        ("GET", "/page/../desk.py", {}, 404),
        ("GET", "/page/%2e%2e/desk.py", {}, 404),
        ("GET", "/page//etc/passwd", {}, 404),
        ("GET", "/page/editor.html", {}, 404),
        ("GET", "/static/..%2f..%2fpodcast.yaml", {}, 404),
    ],
)  # fmt: skip
def test_hostile_requests(
    editor: Editor, show: Path, method: str, path: str, change: dict[str, str], status: int
) -> None:
    before = (show / TEXT).read_bytes()
    headers = {"Cookie": editor.cookie}
    headers |= {name: value.format(port=editor.port) for name, value in change.items()}
    got = editor.raw(method, path, b"{}" if method != "GET" else None, headers)
    assert got.status == status, got.body
    assert "access-control-allow-origin" not in got.headers
    assert "default-src 'none'" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "no-store"
    if path.startswith("/api/") and status in (401, 403, 415, 422):
        assert got.json["faults"][0]["said"]
    assert (show / TEXT).read_bytes() == before


def test_fifty_megabytes_are_refused_before_they_are_read(editor: Editor) -> None:
    headers = {"Cookie": editor.cookie, "Origin": editor.origin, "Content-Type": "application/json"}
    got = editor.raw("PUT", "/api/text", None, {**headers, "Content-Length": "50000000"})
    assert got.status == 413
    # In pieces, of which nobody says how many there are.
    import http.client

    line = http.client.HTTPConnection("127.0.0.1", editor.port, timeout=60)
    pieces = (b"x" * 1_000_000 for _ in range(50))
    sent = 0
    try:
        line.putrequest("PUT", "/api/text")
        for name, value in {**headers, "Transfer-Encoding": "chunked"}.items():
            line.putheader(name, value)
        line.endheaders()
        for piece in pieces:
            line.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            sent += len(piece)
    except (BrokenPipeError, ConnectionResetError):
        pass
    finally:
        line.close()
    assert sent < 50_000_000 and sent + 2_000_000 > MAX_BODY
    assert editor.get("/api/digest").status == 200


# What the page gets.


def test_the_pieces_are_the_file(editor: Editor, show: Path) -> None:
    sheet = editor.sheet()
    text = (show / TEXT).read_text("utf-8")
    assert text_of(sheet) == text
    assert sheet["digest"] == digest_of(text)
    assert sheet["audio"] is True and sheet["duration_ms"] > 60_000
    assert [p["kind"] for p in sheet["pieces"]].count("heading") == text.count("\n## ")
    for piece in sheet["pieces"]:
        for (at, start, end, _), (after, *_) in zip(
            piece.get("words", []), piece.get("words", [])[1:], strict=False
        ):
            assert at < after and start <= end
            assert piece["body"][at - 1 : at] in ("", " ", "\n", "\u00a0", "«", "(")


def test_the_page_and_its_files(editor: Editor) -> None:
    page = editor.get("/")
    assert page.status == 200 and page.headers["content-type"] == "text/html; charset=utf-8"
    for address in {part.split('"')[0] for part in page.body.decode().split('="/')[1:]}:
        assert editor.get("/" + address).status == 200, address
    words = editor.get("/api/wording").json
    assert words["language"] == "fr" and words["words"]


def test_the_sound_is_given_in_ranges(editor: Editor) -> None:
    whole = editor.get("/audio")
    part = editor.get("/audio", Range="bytes=100-199")
    assert part.status == 206 and part.body == whole.body[100:200]


# Saving.


def test_a_save_is_in_the_file_and_in_the_answer(editor: Editor, show: Path) -> None:
    sheet = editor.sheet()
    text = text_of(sheet).replace("vingt ans", "trente ans")
    got = editor.save(sheet["digest"], text)
    assert got.status == 200 and text_of(got.json) == text
    assert (show / TEXT).read_text("utf-8") == text
    assert editor.get("/api/digest").json == {"digest": digest_of(text)}


def test_a_text_with_faults_is_saved_and_its_faults_are_told(editor: Editor, show: Path) -> None:
    sheet = editor.sheet()
    text = text_of(sheet).replace("vingt ans", "vingt [ans")
    got = editor.save(sheet["digest"], text).json
    assert (show / TEXT).read_text("utf-8") == text == text_of(got)
    (fault,) = got["faults"]
    assert fault["kind"] == "transcript.bracket" and fault["said"].startswith(f"{TEXT}:")
    assert "vingt [ans" in got["pieces"][fault["piece"]]["body"]


def test_a_save_never_replaces_what_was_written_elsewhere(editor: Editor, show: Path) -> None:
    sheet = editor.sheet()
    theirs = text_of(sheet).replace("vingt ans", "trente ans")
    (show / TEXT).write_text(theirs, "utf-8")
    got = editor.save(sheet["digest"], text_of(sheet) + "\n")
    assert got.status == 409
    assert got.json["theirs"] == theirs and got.json["digest"] == digest_of(theirs)
    assert (show / TEXT).read_text("utf-8") == theirs


def test_half_a_character_is_refused(editor: Editor) -> None:
    body = json.dumps({"base": "", "text": "\ud83e"})
    headers = {"Cookie": editor.cookie, "Origin": editor.origin, "Content-Type": "application/json"}
    assert editor.raw("PUT", "/api/text", body.encode(), headers).status == 422


# The command.


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_asked_to(show: Path, how: signal.Signals) -> None:
    with edited(show) as editor:
        editor.enter().sheet()
        editor.process.send_signal(how)
        assert editor.process.wait(20) == 0
        assert editor.process.stdout and editor.process.stderr
        assert TEXT in editor.process.stdout.read()
        assert editor.process.stderr.read() == ""


# Whoever types Ctrl-C as soon as the address is there, before the server is.
AT_ONCE = """
import os, socket, sys
from pathlib import Path
from podcast.editor.desk import Desk
from podcast.editor.server import serve
from podcast.terminal import Terminal
from podcast.wording import Wording
from podcast.workspace import Workspace

terminal = Terminal(Wording("fr"))
with socket.create_server(("127.0.0.1", 0)) as listener:
    desk = Desk(Workspace(Path.cwd()), "episode-3", terminal)
    serve(desk, terminal, listener, lambda address: os.kill(os.getpid(), int(sys.argv[1])))
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_asked_to_before_it_serves(show: Path, how: signal.Signals) -> None:
    process = subprocess.run(
        [sys.executable, "-c", AT_ONCE, str(int(how))],
        cwd=show, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60,
    )  # fmt: skip
    assert (process.returncode, process.stderr) == (0, b"")


def test_a_sound_that_is_being_sent_does_not_keep_it_from_ending(show: Path) -> None:
    import http.client

    with edited(show) as editor:
        editor.enter()
        line = http.client.HTTPConnection("127.0.0.1", editor.port, timeout=60)
        line.request("GET", "/audio", headers={"Cookie": editor.cookie})
        line.getresponse().read(1000)
        editor.process.send_signal(signal.SIGINT)
        assert editor.process.wait(20) == 0
        assert editor.process.stderr and editor.process.stderr.read() == ""
        line.close()


def test_a_browser_is_opened_where_there_is_one(show: Path, tmp_path: Path) -> None:
    """The real standard library opens what BROWSER names; nothing without a display."""
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}\n', "utf-8")
    browser.chmod(0o755)
    command = [sys.executable, "-m", "podcast", "edit", "episode-3"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "BROWSER": str(browser)}
    for more, opened in (([], True), (["--no-browser"], False)):
        process = subprocess.Popen(
            [*command, *more], cwd=show, env=env, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        said = process.stdout.readline() + process.stdout.readline()
        for _ in range(200 if opened else 10):
            if seen.exists() and seen.read_text("utf-8"):
                break
            time.sleep(0.05)
        assert seen.exists() is opened
        if opened:
            assert seen.read_text("utf-8").strip() in said
            seen.unlink()
        process.terminate()
        assert process.wait(20) == 0
        process.stdout.close()


@pytest.mark.parametrize(
    ("env", "display"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"SSH_CONNECTION": "1 2 3 4"}, False),
        ({"SSH_CONNECTION": "1 2 3 4", "DISPLAY": "localhost:10.0"}, True),
        ({}, False),
    ],
)
def test_whether_there_is_a_display(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], display: bool
) -> None:
    from podcast.commands import edit

    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", "linux")
    assert edit._has_display() is display


def test_what_cannot_be_edited_is_said_in_one_sentence(
    show: Path, podcast: Callable[..., Ran]
) -> None:
    ran = podcast(show, "edit", "episode-33")
    assert ran.code == 1 and ran.err.count("\n") == 1 and "episode-3" in ran.err
    words = show / "transcripts" / "episode-3.words.jsonl"
    words.rename(words.with_suffix(".away"))
    ran = podcast(show, "edit", "episode-3")
    assert ran.code == 1 and ran.err.endswith("Tapez : podcast transcribe episode-3\n")
    (show / TEXT).unlink()
    ran = podcast(show, "edit", "episode-3")
    assert ran.code == 1 and ran.err.count("\n") == 1 and "tapez : publish episode-3" in ran.err


def test_a_port_that_is_taken_is_told_only_if_it_was_asked_for(
    editor: Editor, show: Path, podcast: Callable[..., Ran]
) -> None:
    ran = podcast(show, "edit", "episode-3", "--port", str(editor.port))
    assert ran.code == 4 and ran.err.count("\n") == 1 and str(editor.port) in ran.err
    with edited(show) as other:
        assert other.port != editor.port and other.enter().sheet() == editor.sheet()


def test_the_page_is_in_the_package() -> None:
    """Beside the modules, where the wheel and an editable install both look."""
    from importlib.resources import files

    page = files("podcast.editor") / "page"
    names = {each.name for each in page.iterdir()}
    assert {"editor.html", "editor.css", "main.js"} <= names
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert wheel["targets"]["wheel"]["packages"] == ["podcast"]
    ignored = subprocess.run(
        ["git", "check-ignore", *(str(each) for each in page.iterdir())],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert ignored.stdout == "", "what git ignores, the wheel leaves out"
