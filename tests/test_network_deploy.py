"""A network's site is sent as safely as a show's: every show's feed, and the feed of them all."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import small_network
from conftest import Ran, run_podcast
from places import Place, a_branch, a_bucket, a_folder, networks, sshd
from serving import served
from small_deploy import (
    NEW_SHOWS,
    Episodes,
    addressed,
    broken_network,
    build_network,
    tree,
    workspace,
)
from small_deploy import network as network_of_files
from test_deploy_kill import MUTANTS, Killer, faults
from test_deploy_kill import keys as keys
from test_deploy_kill import killer as killer
from test_deploy_kill import memory as memory
from test_network import copied, edit, items
from test_network import network as network

from podcast import shown
from podcast.all_shows import AllShows
from podcast.deploying import FEED, LOCK, STATE, File, State, make_plan, read_state, render_state
from podcast.workspace import Workspace

Run = Callable[..., Ran]

# Kills.


def some(changes: int) -> Sequence[int]:
    """The first and the last, and every ninth: each night all are tried."""
    return sorted({1, *range(3, changes, 9), *range(changes - 2, changes + 1)})


def survives(
    place: Place,
    killer: Killer,
    points: Callable[[int], Sequence[int]] = some,
    **more: object,
) -> None:
    """Kill at the points; hold what all listeners find, and what the next run does."""
    place.begin()
    assert broken_network(place.http, place.address) == []
    place.send(place.new)
    assert broken_network(place.http, place.address) == []
    wanted = place.tree()
    assert wanted["CNAME"] == b"somebody's"
    assert {path for path in wanted if path.startswith("voix/") and "two" in path} == {
        path for path in wanted if path.startswith("voix/audio/two.")
    }, "an old sound stays, and nothing else of its episode"
    place.begin()
    whole = killer.send(place.new, 0, root=place.root, **more)
    assert (whole["status"], whole["wrong"]) == (0, "")
    changes = int(str(whole["count"]))
    for point in points(changes):
        place.begin()
        killed = killer.send(place.new, point, root=place.root, **more)
        assert killed["status"] == -9, f"point {point}: {killed}"
        place.settle()
        wrong = broken_network(place.http, place.address)
        assert wrong == [], f"killed at change {point} of {changes}"
        place.send(place.new)
        assert place.tree() == wanted, f"after a kill at change {point}"
        assert not place.send(place.new), "there is nothing left to do"


@pytest.fixture(scope="module")
def folder(memory: Path) -> Iterator[Place]:
    with a_folder(memory, networks) as place:
        yield place


def test_a_folder_killed_at_some_changes(folder: Place, killer: Killer) -> None:
    survives(folder, killer)


def test_a_bucket_killed_at_some_changes(
    tmp_path_factory: pytest.TempPathFactory, killer: Killer
) -> None:
    with a_bucket(tmp_path_factory.mktemp("s3"), networks) as place:
        survives(place, killer)


@pytest.fixture(scope="module")
def branch(memory: Path) -> Iterator[Place]:
    (memory / "git").mkdir()
    with a_branch(memory / "git", networks) as place:
        yield place


def test_a_branch_killed_at_some_programs(branch: Place, killer: Killer) -> None:
    survives(branch, killer, lambda changes: [changes // 3, changes - 1], programs=True)


@pytest.mark.parametrize("order", sorted(MUTANTS))
def test_another_order_would_be_seen(folder: Place, killer: Killer, order: str) -> None:
    assert faults(folder, killer, broken_network, steps=MUTANTS[order]) != []


def test_after_a_kill_another_site_leaves_nothing_behind(
    folder: Place, killer: Killer, tmp_path: Path
) -> None:
    """A show that an unfinished run has brought is withdrawn again before anybody was told of it."""
    folder.begin()
    old = folder.tree()
    whole = killer.send(folder.new, 0, root=folder.root)
    for point in range(1, int(str(whole["count"])), 7):
        folder.begin()
        killer.send(folder.new, point, root=folder.root)
        if b"guid-5" in b"".join(raw for path, raw in folder.tree().items() if FEED in path):
            break
        folder.send(folder.old)
        ours = (".publish/", "voix/audio/")
        left = {path for path in folder.tree() if not path.startswith(ours)}
        assert left == {path for path in old if not path.startswith(ours)}


# The plan.


def of(*paths: str) -> dict[str, File]:
    return {path: File(path, 1) for path in paths}


NEW_SITE = of(
    "voix/audio/a.1.mp3", "voix/assets/s.0a1b2c3d.css", "voix/a/a.vtt", "voix/z/index.html",
    "voix/index.html", "voix/feed-1.xml", "voix/feed.xml", "voix/feed.json", "voix/audio/index.html",
    "assets/s.0a1b2c3d.css", "recherche/catalogue.bin", "sitemap.txt", "shows.opml", "index.html",
    "feed-1.xml", "feed.xml", "a/feed.xml", "a/index.html", "recherche/index.html",
)  # fmt: skip


def test_sounds_go_before_pages_and_feeds_come_last() -> None:
    """The network's own pages lead to the feeds of its shows."""
    plan = make_plan(State(), NEW_SITE, [])
    assert plan.audio == ("voix/audio/a.1.mp3",)
    assert plan.assets[:2] == ("assets/s.0a1b2c3d.css", "voix/assets/s.0a1b2c3d.css")
    assert set(plan.assets[2:]) == {"recherche/catalogue.bin", "sitemap.txt", "voix/a/a.vtt"}
    assert plan.pages == (
        "voix/audio/index.html", "voix/z/index.html",  # an episode may be called like that
        "a/index.html", "voix/index.html",
    )  # fmt: skip
    assert plan.feed == (
        "feed-1.xml", "voix/feed-1.xml", "voix/feed.json", "a/feed.xml", "voix/feed.xml",
        "recherche/index.html", "index.html", "shows.opml", "feed.xml",
    )  # fmt: skip


def test_old_sounds_of_a_show_stay_until_pruned() -> None:
    there = State({**NEW_SITE, **of("voix/audio/old.1.mp3", "voix/old.html")})
    assert make_plan(there, NEW_SITE, []).stale == ("voix/old.html",)
    assert make_plan(there, NEW_SITE, [], prune=True).stale == (
        "voix/audio/old.1.mp3", "voix/old.html",
    )  # fmt: skip


def test_a_record_knows_each_feed_and_one_of_a_show_is_as_before() -> None:
    state = State({"a/feed.xml": File("a", 1)}, guids=("g",), feeds={"a/feed.xml": ("g", "h")})
    assert read_state(render_state(state)) == state
    assert b"feeds" not in render_state(State(guids=("g",)))


# The feeds that are there.


def send(podcast: Run, place: Place, *options: str, code: int = 0) -> Ran:
    ran = podcast(place.new.root, "deploy", *options, language="en")
    assert ran.code == code, ran
    return ran


def built(space: Workspace, shows: Mapping[str, Episodes]) -> None:
    """A network's site, with what ``podcast build`` leaves beside it."""
    build_network(space, shows)
    of_all = addressed(space)
    assert isinstance(of_all, AllShows)
    for name, show in of_all.shows.items():
        shown.remember(space, name, shown.Shown(show, (), {}))


@pytest.fixture
def known(folder: Place) -> Place:
    """The old network at its place, and the new one."""
    folder.begin()
    built(folder.new, NEW_SHOWS)
    return folder


@pytest.mark.parametrize("path", [FEED, "voix/feed.xml"])
def test_every_feed_is_held_against_what_was_left(podcast: Run, known: Place, path: str) -> None:
    feed = Path(known.root) / path
    whole = feed.read_bytes()
    place = f"{path}: " if path != FEED else ""
    feed.write_bytes(re.sub(rb"<item><title>Two.*?</item>", b"", whole))
    before = known.tree()
    ran = send(podcast, known, code=3)
    assert ran.err.casefold().startswith(f"{place}somebody has taken 1 episode out of the feed")
    assert known.tree() == before
    feed.write_bytes(b"<!doctype html><title>Log in</title>")
    assert "is not one: a login page" in send(podcast, known, code=3).err
    feed.write_bytes(whole.replace(b"<podcast:guid>", b"<podcast:guid>f"))
    assert "is another show's" in send(podcast, known, "--replace-feed", code=3).err
    feed.write_bytes(whole)
    send(podcast, known)


def test_an_episode_of_one_show_cannot_vanish(podcast: Run, known: Place) -> None:
    send(podcast, known)
    build_network(known.new, {**NEW_SHOWS, "voix": NEW_SHOWS["voix"][:2]})
    before = known.tree()
    ran = send(podcast, known, code=3)
    assert "voix/feed.xml: 1 episode that listeners have now would vanish: Three." in ran.err
    assert known.tree() == before
    gone = {"slug": "three", "title": "Three", "date": "2026-11-02T06:00:00+01:00"}
    record = {"schema": "published/2", "episodes": {}, "retired": {"guid-3": gone}}
    (known.new.root / "voix/published.json").write_text(json.dumps(record), "utf-8")
    send(podcast, known)
    (known.new.root / "voix/published.json").unlink()


def test_a_show_cannot_vanish_but_where_a_person_lets_it_go(podcast: Run, known: Place) -> None:
    send(podcast, known)
    build_network(known.new, {name: NEW_SHOWS[name] for name in ("voix", "paroles")})
    ran = send(podcast, known, code=3)
    assert "echos/feed.xml: 1 episode that listeners have now would vanish: Five." in ran.err
    gone = {"slug": "echos/five", "title": "Five", "date": "2026-11-02T06:00:00+01:00"}
    record = {"schema": "published/2", "episodes": {}, "retired": {"guid-5": gone}}
    (known.new.root / "published.json").write_text(json.dumps(record), "utf-8")
    send(podcast, known)
    (known.new.root / "published.json").unlink()
    assert {path for path in known.tree() if path.startswith("echos/")} == {
        path for path in known.tree() if path.startswith("echos/audio/")
    }


def test_a_branch_has_a_commit_for_each_change(podcast: Run, branch: Place) -> None:
    """And the last of them takes a show away, all at once."""
    branch.begin()
    built(branch.new, NEW_SHOWS)
    where = addressed(branch.new).deploy
    assert where
    repository = where.pages.removeprefix("git+file://").partition("#")[0]

    def changed() -> list[list[str]]:
        log = ["git", "-C", repository, "log", "-z", "--format=%x01", "--name-status", "gh-pages"]
        told = subprocess.run(log, capture_output=True, text=True, check=True).stdout
        return [commit.strip("\0\n").split("\0") for commit in told.split("\1")[1:]]

    before = len(changed())
    ran = send(podcast, branch)
    told = re.findall(r"(?m)^Checked: (\S+feed\.xml): the feed, (\d) episodes?\.$", ran.out)
    assert told == [(f"{branch.address}echos/feed.xml", "1"), (f"{branch.address}voix/feed.xml", "3"),
                    (f"{branch.address}feed.xml", "5")]  # fmt: skip
    assert broken_network(branch.http, branch.address) == []
    assert len(changed()) == before + 1
    assert send(podcast, branch).out.startswith("Nothing to send: ")
    assert len(changed()) == before + 1
    build_network(branch.new, {name: NEW_SHOWS[name] for name in ("voix", "paroles")})
    held = branch.tree()
    assert "echos/feed.xml: 1 episode" in send(podcast, branch, code=3).err
    assert branch.tree() == held
    gone = {"slug": "echos/five", "title": "Five", "date": "2026-11-02T06:00:00+01:00"}
    record = {"schema": "published/2", "episodes": {}, "retired": {"guid-5": gone}}
    (branch.new.root / "published.json").write_text(json.dumps(record), "utf-8")
    send(podcast, branch)
    (branch.new.root / "published.json").unlink()
    left = {path for path in held if path.startswith("echos/") and "/audio/" not in path}
    letters = dict(zip(changed()[0][1::2], changed()[0][::2], strict=True))
    assert {path for path, letter in letters.items() if letter == "D"} == left
    assert set(letters) - left == {STATE, "index.html", "shows.opml", "feed.xml"}
    assert broken_network(branch.http, branch.address) == []


def test_a_second_sender_is_told_who_sends(podcast: Run, known: Place) -> None:
    note = {
        "host": "elsewhere",
        "process": 4711,
        "since": "2026-11-02T06:00:00+00:00",
        "token": "t",
    }

    note["since"] = datetime.now(UTC).isoformat()
    (Path(known.root) / LOCK).write_text(json.dumps(note), "utf-8")
    before = known.tree()
    assert "machine elsewhere, process 4711" in send(podcast, known, code=5).err
    assert known.tree() == before
    send(podcast, known, "--break-lock")


# Moving to another host.


def test_a_network_is_looked_at_before_its_name_has_moved(
    podcast: Run, folder: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name leads to the old machine yet: the new one is asked for every sound and feed."""
    folder.begin()
    before, new = folder.tree(), tmp_path / "new"
    for made in (new, tmp_path / "ssh"):
        made.mkdir()
    front = workspace(tmp_path / "front", "http://x.example/", f" {new}")
    (front.root / "site").symlink_to(new)
    with sshd(tmp_path / "ssh") as (port, programs), served(front.root) as there:
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        where = f" rsync://127.0.0.1:{port}{new}"
        space = network_of_files(tmp_path / "reseau", folder.address, where)
        built(space, NEW_SHOWS)
        site = tree(space.site)
        sounds = {path for path in site if path.endswith(".mp3")}
        ran = podcast(space.root, "deploy", language="en")
        assert ran.code == 4 and f"{folder.address}echos/audio/five." in ran.err, ran
        assert "because you are moving: podcast deploy --at MACHINE" in ran.err
        assert sounds < set(tree(new)) and not [path for path in tree(new) if FEED in path]
        at = there.removeprefix("http://").rstrip("/")
        ran = podcast(space.root, "deploy", "--at", at, language="en")
        assert ran.code == 0, ran
        seen = re.findall(rf"(?m)^Checked: {folder.address}(\S+?):? ", ran.out)
        assert sounds == set(seen[:-4]) and len(seen) == len(set(seen))
        assert seen[-4:] == ["echos/feed.xml", "paroles/feed.xml", "voix/feed.xml", "feed.xml"]
        assert {path: raw for path, raw in tree(new).items() if path != STATE} == site
        ran = podcast(space.root, "deploy", "--at", at, language="en")
        assert ran.code == 0 and ran.out.startswith("Nothing to send: ")
        looked = podcast(space.root, "deploy", "--check", "--at", at, language="en")
        assert looked.code == 0 and looked.out.count("Checked: ") == len(seen), looked
    looked = podcast(space.root, "deploy", "--check", language="en")
    assert looked.code == 4 and "the server answers 404" in looked.err
    assert folder.tree() == before, "nothing has changed for listeners"


# Where there is nothing to send, or nowhere.


def test_what_is_missing_is_told(podcast: Run, known: Place, tmp_path: Path) -> None:
    root = Path(shutil.copytree(known.new.root, tmp_path / "reseau"))
    ran = podcast(root / "voix" / "..", "deploy", "--dry-run", language="en")
    assert ran.code == 0 and "voix/audio/second" in ran.out
    shutil.rmtree(root / ".podcast")
    ran = podcast(root, "deploy", language="en")
    assert ran.code == 1 and "Make it again: podcast build" in ran.err
    shutil.rmtree(root / "site")
    ran = podcast(root, "deploy", language="en")
    assert ran.code == 1 and "First type in this folder: podcast build" in ran.err
    text = (root / "network.yaml").read_text("utf-8")
    (root / "network.yaml").write_text(re.sub("(?m)^deploy:.*", "deploy: ftp://x/y", text), "utf-8")
    build_network(Workspace(root), {})
    ran = podcast(root, "deploy", language="en")
    assert ran.code == 1 and ran.err.startswith("network.yaml: "), ran.err
    (root / "network.yaml").write_text(re.sub("(?m)^deploy:.*", "", text), "utf-8")
    ran = podcast(root, "deploy", language="en")
    assert ran.code == 1
    assert ran.err.startswith("network.yaml: the network does not say where its site is sent.")


# For real.


@pytest.fixture(scope="module")
def online(
    tmp_path_factory: pytest.TempPathFactory, network: Path, front: tuple[Path, str]
) -> Path:
    """The network of two real shows, at an address where somebody answers."""
    folder = copied(network, tmp_path_factory.mktemp("online") / "reseau")
    files = [folder / "network.yaml", *(folder / n / "podcast.yaml" for n in small_network.SHOWS)]
    allow = []
    for file in files:
        edit(file, f"address: {small_network.ADDRESS}", f"address: {front[1]}")
    for name in small_network.SHOWS:
        allow += ["--allow", f"{name}/podcast.yaml:address"]
    ran = run_podcast(["build", *allow, "--allow", "network.yaml:address"], folder)
    assert ran.code == 0, ran.err
    return folder


@pytest.mark.parametrize("kind", ["folder", "rsync", "sftp"])
def test_a_real_network_arrives(
    podcast: Run, online: Path, front: tuple[Path, str], tmp_path: Path, kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    root, address = front
    shutil.rmtree(root)
    root.mkdir()
    own = copied(online, tmp_path / "reseau")
    (tmp_path / "ssh").mkdir()
    with sshd(tmp_path / "ssh") as (port, programs):
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        where = str(root) if kind == "folder" else f"{kind}://127.0.0.1:{port}{root}"
        with (own / "network.yaml").open("a", encoding="utf-8") as file:
            file.write(f"deploy: {where}\n")
        assert podcast(own, "build").code == 0
        ran = podcast(own, "deploy", language="en")
        assert ran.code == 0, ran.err
        assert {path: raw for path, raw in tree(root).items() if path != STATE} == tree(
            own / "site"
        )
        told = re.findall(r"(?m)^Checked: (\S+feed\.xml): the feed, (\d) episodes?\.$", ran.out)
        assert told == [(f"{address}paroles/feed.xml", "1"), (f"{address}voix/feed.xml", "2"),
                        (f"{address}feed.xml", "3")]  # fmt: skip
        with httpx.Client() as http:
            for guid, item in items(root / "feed.xml").items():
                enclosure = item.find("enclosure")
                assert enclosure is not None, guid
                seen = http.head(enclosure.get("url") or "")
                assert seen.headers["content-length"] == enclosure.get("length")
        assert podcast(own, "deploy", language="en").out.startswith("Nothing to send: ")
        edit(own / "voix/episodes/episode-1/episode.md", 'title: "Demander', 'title: "Obtenir')
        assert podcast(own, "build").code == 0
        sounds = set((root / "voix/audio").iterdir())
        dry = podcast(own, "deploy", "--dry-run", language="en")
        sent = [line.split(" (")[0] for line in dry.out.splitlines()[1:] if " (" in line]
        assert sent[0].startswith("voix/audio/episode-1.") and sent[-1] == "feed.xml"
        assert not [path for path in sent if path.startswith("paroles/")]
        assert sent.index("voix/episode-1/index.html") < sent.index("voix/feed.xml")
        assert podcast(own, "deploy").code == 0
        looked = podcast(own, "deploy", "--check", language="en")
        assert looked.code == 0 and looked.out.count("feed.xml: the feed, ") == 3
        assert "Obtenir" in (root / "voix/feed.xml").read_text("utf-8")
        assert sounds < set((root / "voix/audio").iterdir()), "the old ones stay"
