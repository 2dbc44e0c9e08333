"""A deploy refuses what would hurt listeners, says who else sends, and tells what they get."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import Ran, run_podcast
from serving import served
from small_deploy import GUID, NEW, OLD, Episodes, build, tree, workspace

from podcast.deploying import LOCK, STATE, File, State, make_plan, read_state, render_state
from podcast.errors import Fixable
from podcast.served_as import SNIPPETS, TYPES
from podcast.show import read_show
from podcast.workspace import Workspace

Run = Callable[..., Ran]


@pytest.fixture
def www(front: tuple[Path, str]) -> Path:
    shutil.rmtree(front[0])
    front[0].mkdir()
    return front[0]


@pytest.fixture
def space(front: tuple[Path, str], www: Path, tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "show", front[1], f" {www}")


def deploy(podcast: Run, space: Workspace, episodes: Episodes, *options: str, code: int = 0) -> Ran:
    build(space, episodes)
    ran = podcast(space.root, "deploy", *options, language="en")
    assert ran.code == code, ran
    return ran


# What a person sees.


def test_what_is_told(podcast: Run, space: Workspace, www: Path) -> None:
    build(space, OLD)
    dry = podcast(space.root, "deploy", "--dry-run", language="fr")
    assert dry.code == 0 and tree(www) == {}
    assert dry.out.startswith(
        f"Vers {www}, 9\u00a0fichiers seraient envoyés, dans cet ordre\u00a0:\naudio/"
    )
    assert dry.out.splitlines()[-1] == "feed.xml (1\u00a0ko)"
    ran = deploy(podcast, space, OLD)
    lines = ran.out.splitlines()
    assert len([line for line in lines if line.startswith("Checked: ")]) == 3
    assert any(
        re.search(r"audio/one\..*\.mp3: 0\.0 MB, audio/mpeg, can be played", x) for x in lines
    )
    assert lines[-1].startswith("Sent: 9 files, ")
    assert deploy(podcast, space, OLD).out.startswith("Nothing to send: ")
    looked = podcast(space.root, "deploy", "--check", language="en")
    assert looked.code == 0 and looked.out.count("Checked: ") == 3


def test_progress_tells_bytes_and_no_bar(podcast: Run, space: Workspace) -> None:
    ran = deploy(podcast, space, OLD, "--plain")
    assert re.search(r"^Sending 9 files: 0\.0 of 0\.0 MB, \d+%", ran.out, re.MULTILINE)


def test_publish_sends_where_the_show_names_a_place(
    front: tuple[Path, str], www: Path, show: Path
) -> None:
    text = (show / "podcast.yaml").read_text("utf-8")
    text = re.sub("(?m)^address: .*$", f"address: {front[1]}", text)
    (show / "podcast.yaml").write_text(f"{text}\ndeploy: {www}\n", "utf-8")
    plan = run_podcast(["publish", "episode-2", "--dry-run"], show, PODCAST_LANGUAGE="en")
    assert f"the site would then go to {www}" in plan.out
    here = run_podcast(["publish", "episode-2", "--no-deploy"], show)
    assert here.code == 0 and tree(www) == {}
    ran = run_podcast(["publish", "episode-2"], show, PODCAST_LANGUAGE="en")
    assert ran.code == 0, ran.err
    assert {path for path in tree(www) if path != STATE} == set(tree(show / "site"))
    again = run_podcast(["publish", "episode-2"], show, PODCAST_LANGUAGE="en")
    assert "Nothing to send: " in again.out


def test_due_sends_page_and_feed_together_and_tries_again(
    front: tuple[Path, str], www: Path, show: Path
) -> None:
    file, episode = show / "podcast.yaml", show / "episodes" / "episode-2" / "episode.md"
    text = re.sub("(?m)^address: .*$", f"address: {front[1]}", file.read_text("utf-8"))
    file.write_text(f"{text}\ndeploy: {www}\n", "utf-8")
    english = {"PODCAST_LANGUAGE": "en"}

    def dated(hours: int) -> None:
        date = (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds")
        episode.write_text(re.sub("(?m)^date: .*$", f"date: {date}", episode.read_text("utf-8")))

    dated(2)
    ran = run_podcast(["publish", "episode-1", "episode-2"], show, **english)
    assert ran.code == 0, ran.err
    assert b"episode-2" not in b"".join([*map(str.encode, tree(www)), *tree(www).values()])
    dated(-2)
    taken = www / "feed.xml"
    ours, login = taken.read_bytes(), b"<html>Please log in</html>"
    taken.write_bytes(login)
    for _ in range(2):  # what could not be sent is still due
        ran = run_podcast(["due"], show, **english)
        assert ran.code == 3 and "episode-2 is published" in ran.out
        assert taken.read_bytes() == login
    taken.write_bytes(ours)
    ran = run_podcast(["due"], show, **english)
    assert ran.code == 0, ran.err
    assert b"episode-2/" in taken.read_bytes() and (www / "episode-2" / "index.html").is_file()
    assert run_podcast(["due"], show, **english).out == "Nothing is due at the moment.\n"


def test_a_show_without_a_place(podcast: Run, space: Workspace) -> None:
    file = space.root / "podcast.yaml"
    file.write_text(re.sub("(?m)^deploy:.*$", "", file.read_text("utf-8")), "utf-8")
    ran = deploy(podcast, space, OLD, code=1)
    assert ran.err.startswith("podcast.yaml: the show does not say where its site is sent.")


# The feed that is there.


def test_a_login_page_in_place_of_the_feed(podcast: Run, space: Workspace, www: Path) -> None:
    deploy(podcast, space, OLD)
    for content in (b"<!doctype html><title>Log in</title>", b"", b"<rss><chan"):
        (www / "feed.xml").write_bytes(content)
        before = tree(www)
        ran = deploy(podcast, space, NEW, code=3)
        assert f"({len(content)} bytes) is not one" in ran.err
        assert tree(www) == before
    deploy(podcast, space, NEW, "--replace-feed")
    assert (www / "feed.xml").read_bytes() == (space.site / "feed.xml").read_bytes()


def test_a_feed_that_somebody_has_shrunk(podcast: Run, space: Workspace, www: Path) -> None:
    deploy(podcast, space, OLD)
    whole = (www / "feed.xml").read_bytes()
    (www / "feed.xml").write_bytes(re.sub(rb"<item><title>Two.*?</item>", b"", whole))
    ran = deploy(podcast, space, NEW, code=3)
    assert ran.err.startswith("Somebody has taken 1 episode out of the feed there: Two.")
    (www / "feed.xml").unlink()
    assert "is no longer there" in deploy(podcast, space, NEW, code=3).err
    # Somebody has put a comment into it, and nobody loses anything.
    (www / "feed.xml").write_bytes(whole + b"<!-- seen -->")
    deploy(podcast, space, NEW)


def test_another_shows_feed(podcast: Run, space: Workspace, www: Path) -> None:
    build(space, OLD, guid=GUID.replace("2d7c", "ffff"))
    shutil.copytree(space.site, www, dirs_exist_ok=True)
    before = tree(www)
    ran = deploy(podcast, space, NEW, code=3)
    assert 'is another show\'s: "Show"' in ran.err
    assert deploy(podcast, space, NEW, "--replace-feed", code=3).err == ran.err
    assert tree(www) == before


def test_an_episode_that_would_vanish(podcast: Run, space: Workspace) -> None:
    deploy(podcast, space, NEW)
    ran = deploy(podcast, space, NEW[:2], code=3)
    assert ran.err.startswith("1 episode that listeners have now would vanish: Three.")
    deploy(podcast, space, NEW[:2], "--replace-feed")


def test_an_episode_that_was_withdrawn_may_vanish(podcast: Run, space: Workspace) -> None:
    deploy(podcast, space, NEW)
    gone = {"slug": "three", "title": "Three", "date": "2026-11-02T06:00:00+01:00"}
    record = {"schema": "published/2", "episodes": {}, "retired": {"guid-3": gone}}
    space.ledger.write_text(json.dumps(record), "utf-8")
    deploy(podcast, space, NEW[:2])


def test_an_episode_may_move_to_an_older_part_of_the_feed(
    podcast: Run, space: Workspace, www: Path
) -> None:
    deploy(podcast, space, NEW)
    build(space, NEW)
    whole = (space.site / "feed.xml").read_text("utf-8")
    older = re.sub("<item><title>(Two|Three).*?</item>", "", whole)
    newer = re.sub("<item><title>One.*?</item>", "", whole)
    (space.site / "feed-1.xml").write_text(older, "utf-8")
    (space.site / "feed.xml").write_text(newer, "utf-8")
    dry = podcast(space.root, "deploy", "--dry-run", language="en")
    assert [line.split()[0] for line in dry.out.splitlines()[-2:]] == ["feed-1.xml", "feed.xml"]
    assert podcast(space.root, "deploy").code == 0
    assert (www / "feed-1.xml").read_text("utf-8") == older


def test_a_folder_with_somebody_elses_site(podcast: Run, space: Workspace, www: Path) -> None:
    (www / "index.html").write_text("mine", "utf-8")
    ran = deploy(podcast, space, OLD, code=3)
    assert "already holds a site that is not ours (index.html)" in ran.err
    assert tree(www) == {"index.html": b"mine"}


# The record.


def test_a_record_that_is_lost(podcast: Run, space: Workspace, www: Path) -> None:
    deploy(podcast, space, OLD)
    for lose in (lambda: (www / STATE).unlink(), lambda: (www / STATE).write_bytes(b'{"schem')):
        lose()
        (www / "two/index.html").write_text("torn", "utf-8")
        ran = deploy(podcast, space, OLD)
        assert "everything is sent again, and nothing is removed" in ran.out
        assert {p: c for p, c in tree(www).items() if p != STATE} == tree(space.site)


def test_a_record_of_a_later_version(podcast: Run, space: Workspace, www: Path) -> None:
    deploy(podcast, space, OLD)
    (www / STATE).write_bytes(b'{"schema": "deploy/9"}')
    before = tree(www)
    assert "later version" in deploy(podcast, space, NEW, code=4).err
    assert tree(www) == before


def test_files_that_were_lost_there_are_sent_again(
    podcast: Run, space: Workspace, www: Path
) -> None:
    deploy(podcast, space, OLD)
    deploy(podcast, space, NEW)
    whole = tree(www)
    lost = next(www.glob("audio/three.*"))
    lost.unlink()
    (www / "one" / "index.html").write_bytes(b"torn")
    assert deploy(podcast, space, NEW).out.startswith("Nothing to send: ")
    looked = podcast(space.root, "deploy", "--check", language="en")
    assert looked.code == 4 and "If the file was lost there: podcast deploy --again." in looked.err
    assert "Old files removed: 0." in deploy(podcast, space, NEW, "--again").out
    assert tree(www) == whole


def test_old_sounds_stay_until_pruned(podcast: Run, space: Workspace, www: Path) -> None:
    deploy(podcast, space, OLD)
    deploy(podcast, space, NEW)
    assert len(list(www.glob("audio/two.*"))) == 1 and not (www / "two").exists()
    assert "Old files removed: 1." in deploy(podcast, space, NEW, "--prune").out
    assert not list(www.glob("audio/two.*"))


def test_the_record_is_read_as_it_was_written() -> None:
    state = State({"é.html": File("a", 1)}, {"b": File("c", 2)}, ("d",), ("g",), "s3://x")
    assert read_state(render_state(state)) == state


def test_old_covers_stay_until_pruned() -> None:
    was, now = "one/assets/cover.0a1b2c3d.jpg", "one/assets/cover.4e5f6071.jpg"
    other = "assets/style.0a1b2c3d.css"
    state = State({was: File("a", 1), other: File("s", 1)})
    plan = make_plan(state, {now: File("b", 1)}, [])
    assert (plan.assets, plan.stale) == ((now,), (other,))
    assert set(plan.after.files) == {was, now}
    assert make_plan(state, {now: File("b", 1)}, [], prune=True).stale == (other, was)


def test_a_new_place_for_sounds_gets_all_of_them() -> None:
    site = {"audio/a.mp3": File("a", 1), "index.html": File("i", 1)}
    plan = make_plan(State(site, guids=("g",)), site, ["g"], audio="s3://x")
    assert plan.todo == ("audio/a.mp3",) and plan.stale == ()


def test_sounds_of_a_run_that_never_came_to_its_feed_are_removed() -> None:
    state = State({}, {"audio/a.mp3": File("a", 1), "feed.xml": File("f", 1)})
    plan = make_plan(state, {"feed.xml": File("g", 1)}, [])
    assert plan.stale == ("audio/a.mp3",)


# One writer.


def lock(www: Path, **more: object) -> None:
    note = {
        "host": "elsewhere",
        "process": 4711,
        "since": datetime.now(UTC).isoformat(),
        "token": "t",
    }
    (www / ".publish").mkdir(exist_ok=True)
    (www / LOCK).write_text(json.dumps({**note, **more}), "utf-8")


def test_a_second_sender_is_told_who_sends(podcast: Run, space: Workspace, www: Path) -> None:
    lock(www, since=(datetime.now(UTC) - timedelta(minutes=7)).isoformat())
    before = tree(www)
    ran = deploy(podcast, space, OLD, code=5)
    assert ran.err.startswith(
        "Somebody is sending already: machine elsewhere, process 4711, since 7"
    )
    assert tree(www) == before
    deploy(podcast, space, OLD, "--break-lock")
    assert not (www / LOCK).exists()


@pytest.mark.parametrize(
    "left",
    [
        {"since": (datetime.now(UTC) - timedelta(minutes=61)).isoformat()},
        {"host": socket.gethostname(), "process": 2**22 + 1},
    ],
    ids=["old", "of a process that has ended"],
)
def test_what_a_dead_sender_left_does_not_block(
    podcast: Run, space: Workspace, www: Path, left: dict[str, object]
) -> None:
    lock(www, **left)
    deploy(podcast, space, OLD)
    assert not (www / LOCK).exists()


def test_a_living_sender_of_this_machine_blocks(podcast: Run, space: Workspace, www: Path) -> None:
    lock(www, host=socket.gethostname(), process=os.getppid())
    deploy(podcast, space, OLD, code=5)


# What listeners get.


class Host(ThreadingHTTPServer):
    """A server that does one thing wrong."""

    daemon_threads = True
    wrong = ""
    root = Path()


class Answers(SimpleHTTPRequestHandler):
    server: Host

    def translate_path(self, path: str) -> str:
        return str(self.server.root / path.split("?")[0].lstrip("/"))

    def log_message(self, format: str, *args: object) -> None:
        pass

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        name, wrong = str(path), self.server.wrong
        if name.endswith(".mp3"):
            return "application/octet-stream" if wrong == "type" else "audio/mpeg"
        if name.endswith(".vtt"):
            return "application/octet-stream" if wrong == "vtt" else "text/vtt"
        return super().guess_type(path)

    def do_GET(self) -> None:
        self._answer(super().do_GET)

    def do_HEAD(self) -> None:
        self._answer(super().do_HEAD)

    def _answer(self, usual: Callable[[], None]) -> None:
        wrong, sound = self.server.wrong, ".mp3" in self.path
        if sound and wrong == "missing":
            self.send_error(404)
        elif sound and wrong == "circles":
            self._head(302, {"Location": self.path, "Content-Length": "0"})
        elif wrong == "moved" and "moved" not in self.path:
            self._head(301, {"Location": f"{self.path}?moved", "Content-Length": "0"})
        elif sound and wrong == "length" and self.command == "HEAD":
            self._head(200, {"Content-Length": "3", "Content-Type": "audio/mpeg"})
        elif sound and self.headers["Range"] and wrong != "ranges":
            content = Path(self.translate_path(self.path)).read_bytes()
            told = {"Content-Range": f"bytes 0-1/{len(content)}", "Content-Length": "2"}
            self._head(206, told)
            self.wfile.write(content[:2])
        elif wrong == "login" and self.path.endswith("feed.xml"):
            self._head(200, {"Content-Length": "6", "Content-Type": "text/html"})
            if self.command == "GET":
                self.wfile.write(b"log in")
        else:
            usual()

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(("127.0.0.1", 0), Answers)
    made.root = tmp_path / "www"
    made.root.mkdir()
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def hosted(host: Host, tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "show", f"http://127.0.0.1:{host.server_port}/", f" {host.root}")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("missing", "the server answers 404, not 200"),
        ("type", 'listeners get it as "application/octet-stream", not "audio/mpeg"'),
        ("length", "listeners get 3 bytes"),
        ("ranges", "the server cannot give out a part of the file"),
        ("circles", "in circles"),
    ],
)
def test_the_feed_waits_for_sounds_that_apps_can_play(
    podcast: Run, host: Host, hosted: Workspace, wrong: str, said: str
) -> None:
    deploy(podcast, hosted, OLD)
    feed = (host.root / "feed.xml").read_bytes()
    host.wrong = wrong
    for _ in range(2):  # a second try looks again, although the sound is there already
        ran = deploy(podcast, hosted, NEW, code=4)
        assert said in ran.err and ran.err.count(".mp3: ") == 2
        assert ran.err.splitlines()[-1].startswith("The feed was not sent")
        assert (host.root / "feed.xml").read_bytes() == feed
    host.wrong = ""
    deploy(podcast, hosted, NEW)


def test_captions_of_a_wrong_type_are_told(podcast: Run, host: Host, hosted: Workspace) -> None:
    host.wrong = "vtt"
    ran = deploy(podcast, hosted, OLD)
    assert "captions are given out wrongly (application/octet-stream, not text/vtt)" in ran.out


def test_redirects_are_told(podcast: Run, host: Host, hosted: Workspace) -> None:
    host.wrong = "moved"
    ran = deploy(podcast, hosted, OLD)
    assert ran.out.count("… through 1 redirect, to ") == 3


def test_a_feed_that_listeners_do_not_get(podcast: Run, host: Host, hosted: Workspace) -> None:
    host.wrong = "login"
    ran = deploy(podcast, hosted, OLD, code=4)
    assert "feed.xml: this is not our feed (text/html)" in ran.err


def test_sounds_at_a_second_place(
    podcast: Run, host: Host, hosted: Workspace, tmp_path: Path
) -> None:
    (host.root / "media").mkdir()
    (host.root / "pages").mkdir()
    base = f"http://127.0.0.1:{host.server_port}"
    where = (
        f"\n  pages: {host.root}/pages\n  audio: {host.root}/media\n  audio_address: {base}/media"
    )
    space = workspace(tmp_path / "split", f"{base}/pages/", where)
    build(space, OLD, audio=f"{base}/media/")
    ran = podcast(space.root, "deploy", language="en")
    assert ran.code == 0, ran.err
    assert {path.split("/")[0] for path in tree(host.root / "media")} == {"audio"}
    assert not (host.root / "pages" / "audio").exists()
    show = space.show()
    assert show.url("audio/x.mp3") == f"{base}/media/audio/x.mp3"
    assert show.url("one/") == f"{base}/pages/one/"


def test_sounds_do_not_go_to_a_branch_of_their_own(
    podcast: Run, www: Path, front: tuple[Path, str], tmp_path: Path
) -> None:
    # Pushed after the pages, they would be named by a feed before anybody can reach them.
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "sounds.git")], check=True)
    where = (
        f"\n  pages: {www}\n  audio: git+file://{tmp_path}/sounds.git\n  audio_address: {front[1]}s"
    )
    space = workspace(tmp_path / "show", front[1], where)
    build(space, OLD, audio=f"{front[1]}s/")
    ran = podcast(space.root, "deploy", language="en")
    assert ran.code == 1 and "sounds cannot go to a git repository" in ran.err
    assert tree(www) == {}


# Moving to another host.


def test_a_site_is_looked_at_before_its_name_has_moved(
    podcast: Run, space: Workspace, www: Path, tmp_path: Path
) -> None:
    deploy(podcast, space, OLD)
    new = tmp_path / "new"
    new.mkdir()
    file = space.root / "podcast.yaml"
    file.write_text(file.read_text("utf-8").replace(f"deploy: {www}", f"deploy: {new}"), "utf-8")
    front = workspace(tmp_path / "front", "http://x.example/", f" {new}")
    (front.root / "site").symlink_to(new)
    ran = deploy(podcast, space, NEW, code=4)
    assert "because you are moving: podcast deploy --at MACHINE" in ran.err
    assert not (new / "feed.xml").exists()
    with served(front.root) as address:
        machine = address.removeprefix("http://").rstrip("/")
        for at in (machine, f"http://{machine}"):
            for left in new.iterdir():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            ran = deploy(podcast, space, NEW, "--at", at)
            assert ran.out.count("Checked: ") == 4 and "captions are given" not in ran.out
        looked = podcast(space.root, "deploy", "--check", "--at", machine, language="en")
        assert looked.code == 0
    assert "the server answers 404" in podcast(space.root, "deploy", "--check", language="en").err
    assert b"Three" not in (www / "feed.xml").read_bytes()


def test_the_new_machine_must_prove_its_name(podcast: Run, www: Path, tmp_path: Path) -> None:
    names = {"right": "show.example", "wrong": "other.example"}
    for file, name in names.items():
        certificate(tmp_path / file, name)
    both = tmp_path / "both.pem"
    both.write_text("".join((tmp_path / f"{n}.pem").read_text("utf-8") for n in names), "utf-8")
    space = workspace(tmp_path / "show", "https://show.example/", f" {www}")
    build(space, OLD)
    for file, code in (("wrong", 4), ("right", 0)):
        with Host(("127.0.0.1", 0), Answers) as host:
            host.root = www
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tmp_path / f"{file}.pem", tmp_path / f"{file}.key")
            host.socket = context.wrap_socket(host.socket, server_side=True)
            thread = threading.Thread(target=host.serve_forever, args=(0.01,))
            thread.start()
            machine = f"127.0.0.1:{host.server_port}"
            trusted = {"SSL_CERT_FILE": str(both), "PODCAST_LANGUAGE": "en"}
            ran = run_podcast(["deploy", "--at", machine], space.root, **trusted)
            host.shutdown()
            thread.join()
        assert ran.code == code, ran
        assert ("certificate is not accepted" in ran.err) == (code == 4), ran.err


def certificate(path: Path, name: str) -> None:
    """``path.pem`` and ``path.key``, of a host with this name."""
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
        f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
        "-keyout", f"{path}.key", "-out", f"{path}.pem",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)


# What people write.


@pytest.mark.parametrize(
    ("deploy_key", "kinds"),
    [
        (" s3://me:secret@bucket/x", ["field.destination"]),
        (" sftp://me:secret@host/x", ["field.destination"]),
        (" git+https://secret@host/me/show.git", ["field.destination"]),
        (" s3://bucket/x?endpoint=https://me:secret@host", ["field.destination"]),
        (" -oProxyCommand=x@host:y", ["field.destination"]),
        (" 7", ["field.mapping"]),
        ("\n  pages: /a\n  audio: /b", ["field.missing"]),
        ("\n  pages: /a\n  audio_address: https://b.example/", ["field.missing"]),
        ("\n  page: /a", ["field.unknown_near"]),
    ],
)
def test_faulty_places(deploy_key: str, kinds: Sequence[str]) -> None:
    from small_site import SAMPLE

    with pytest.raises(Fixable) as caught:
        read_show(f"{SAMPLE}deploy:{deploy_key}\n", "podcast.yaml")
    assert [fault.kind for fault in caught.value.faults] == kinds
    assert all("secret" not in str(f.facts) or "***" in str(f.facts) for f in caught.value.faults)


def test_a_link_in_the_site_is_not_followed(podcast: Run, space: Workspace) -> None:
    build(space, OLD)
    (space.site / "passwd").symlink_to("/etc/passwd")
    ran = podcast(space.root, "deploy", language="en")
    assert (ran.code, ran.err.startswith("site/passwd: this is a link")) == (1, True)


def test_a_site_made_for_another_address(podcast: Run, space: Workspace) -> None:
    build(space, OLD)
    file = space.root / "podcast.yaml"
    file.write_text(file.read_text("utf-8").replace("address: http", "address: https"), "utf-8")
    ran = podcast(space.root, "deploy", language="en")
    assert ran.code == 1 and "was made for another address" in ran.err


@pytest.mark.parametrize("server", sorted(SNIPPETS))
def test_snippets_name_what_servers_get_wrong(podcast: Run, tmp_path: Path, server: str) -> None:
    ran = podcast(tmp_path, "deploy", "--snippets", server, language="en")
    assert ran.code == 0 and "text/vtt" in ran.out and "immutable" in ran.out
    assert podcast(tmp_path, "deploy", "--snippets", "iis", language="en").code == 2
    assert "audio/mp4" in TYPES.values()


def test_pages_play_sounds_of_a_second_place() -> None:
    from small_site import episode, pages, show, tree

    there = "https://media.example.org/show/"
    of = show(f"deploy:\n  pages: /a\n  audio: /b\n  audio_address: {there}\n")
    page = tree(pages(of, [episode(of, "one")])["one/index.html"])
    (sound,) = page.findall(".//audio")
    assert sound.get("src", "").startswith(f"{there}audio/one.")
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert f"media-src 'self' {there};" in policy
