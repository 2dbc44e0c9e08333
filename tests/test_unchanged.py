"""A publish that would change nothing knows it from sizes and times, and any change is seen."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from chance import examples
from conftest import ROOT, Ran, copy_show
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podcast import unchanged
from podcast.places import Places
from podcast.remembered import besides, look, told
from podcast.tally import SIZE, Tally
from podcast.unchanged import Left

Publish = Callable[..., Ran]
SLUG = "episode-2"
NOTHING = "Nothing to do"


def stands(folder: Path, slugs: list[str], force: bool) -> Left | None:
    return unchanged.stands(str(folder), slugs, force)


@pytest.fixture
def shown(tmp_path: Path, published: Path, podcast: Publish) -> Path:
    """One episode, published, and found unchanged once."""
    folder = copy_show(tmp_path / "show", [SLUG], cache=published / ".podcast")
    # No link to a file that other tests link to meanwhile: that changes its time.
    recording = next((folder / "episodes" / SLUG).glob("recording.*"))
    raw = recording.read_bytes()
    recording.unlink()
    recording.write_bytes(raw)
    assert podcast(folder, "publish", SLUG, language="en").code == 0
    assert stands(folder, [SLUG], False)
    return folder


def alter(file: Path) -> None:
    """Another content of the same size and with the same time: only the disk knows."""
    status, raw = file.stat(), file.read_bytes()
    at = len(raw) // 2
    file.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize(
    "pattern",
    ["podcast.yaml", "glossary.yaml", "cover.jpg", "published.json", "episodes/*/episode.md",
     "episodes/*/recording.*", "transcripts/*.md", "transcripts/*.jsonl", "site/index.html",
     "site/feed.xml", "site/*/times.*.json", "site/audio/*.mp3", "site/assets/style.*.css"],
)  # fmt: skip
def test_any_file_that_is_altered_is_seen(shown: Path, pattern: str) -> None:
    file = next(shown.glob(pattern))
    if file.stat().st_nlink > 1:  # the sample's own recording, or the cache's sound
        raw = file.read_bytes()
        file.unlink()
        file.write_bytes(raw)
    else:
        alter(file)
    assert not stands(shown, [SLUG], False)


@pytest.mark.parametrize("name", ["site/new.html", "templates/index.html", "episodes/x/episode.md"])
def test_any_new_file_is_seen(shown: Path, name: str) -> None:
    (shown / name).parent.mkdir(exist_ok=True)
    (shown / name).write_text("x")
    assert not stands(shown, [SLUG], False)
    (shown / name).unlink()
    assert stands(shown, [SLUG], False)


@pytest.mark.parametrize("name", ["site/index.html", f"episodes/{SLUG}/episode.md", "cover.jpg"])
def test_a_file_that_is_gone_is_seen(shown: Path, name: str) -> None:
    (shown / name).unlink()
    assert not stands(shown, [SLUG], False)


def test_a_file_of_the_site_that_was_altered_is_put_back(shown: Path, podcast: Publish) -> None:
    page = shown / "site" / "index.html"
    right = page.read_bytes()
    alter(page)
    assert "changed: 1," in podcast(shown, "publish", SLUG, language="en").out
    assert page.read_bytes() == right
    assert podcast(shown, "publish", SLUG, language="en").out.startswith(NOTHING)


def test_other_questions_have_other_answers(shown: Path) -> None:
    assert stands(shown, [SLUG, SLUG], False) and stands(shown, [SLUG], True)
    assert not stands(shown, [SLUG, "episode-3"], False)
    left = stands(shown, [SLUG], False)
    assert left
    left.forced = True
    remember(shown, left)
    assert not stands(shown, [SLUG], False) and stands(shown, [SLUG], True)
    left.newest = 2**40
    remember(shown, left)
    assert not stands(shown, [SLUG], True), "the clock is wrong"


def remember(folder: Path, left: Left) -> None:
    """What stands now, left by another publish."""
    places, clock = Places(folder), time.time_ns()
    looks = *look(places, clock), besides(places, clock, ())
    (folder / ".podcast" / unchanged.FILE).write_bytes(told(places, clock, looks, left))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(100))
@given(st.integers(0, 2**20), st.integers(1, 255))
def test_a_damaged_memory_stands_for_nothing_else(shown: Path, place: int, by: int) -> None:
    file = shown / ".podcast" / unchanged.FILE
    raw = file.read_bytes()
    at = place % len(raw)
    file.write_bytes(raw[:at] + bytes([raw[at] ^ by]) + raw[at + 1 :])
    left = stands(shown, [SLUG], False)
    file.write_bytes(raw)
    assert left is None or left.slugs == [SLUG]
    file.write_bytes(raw[:at])
    assert stands(shown, [SLUG], False) is None
    file.write_bytes(raw)


def test_what_failed_is_done_again(shown: Path, podcast: Publish) -> None:
    file = shown / "transcripts" / f"{SLUG}.md"
    text, status = file.read_text("utf-8"), file.stat()
    file.write_text(text.replace("status: reviewed", "status: draft"), "utf-8")
    assert podcast(shown, "publish", SLUG).code == 1
    file.write_text(text, "utf-8")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not stands(shown, [SLUG], False)
    assert podcast(shown, "publish", SLUG, language="en").out.startswith(NOTHING)


_FIELDS = st.lists(
    st.sampled_from([unchanged.SCHEMA, "", "0", "1", "2", "fr", "-1", "x"]), max_size=12
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(50))
@given(
    st.one_of(
        st.binary(),
        _FIELDS.map(lambda said: b"%d\n" % len("\0".join(said)) + "\0".join(said).encode()),
    )
)
def test_a_damaged_memory_is_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / ".podcast").mkdir(exist_ok=True)
    (tmp_path / ".podcast" / unchanged.FILE).write_bytes(raw)
    assert stands(tmp_path, [], False) is None


def test_two_changes_within_one_step_of_the_clock_are_two(tmp_path: Path) -> None:
    (tmp_path / ".podcast").mkdir()
    file = tmp_path / "podcast.yaml"
    for n in range(100):
        file.write_text(f"a{n:03}")
        before, _ = look(Places(tmp_path), time.time_ns())
        status = file.stat()
        file.write_text(f"b{n:03}")
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
        after, _ = look(Places(tmp_path), time.time_ns())
        assert after.content != before.content or not after.tally.same_files(before.tally)


_WATCH = """
import sys
before = set(sys.modules)
def watch(event, values):
    if event == "open" and str(values[0]).startswith(sys.argv[1]):
        print("opened", values[0], file=sys.stderr)
sys.addaudithook(watch)
from podcast.cli import main
code = main(["publish", sys.argv[2]])
print("loaded", *sorted(set(sys.modules) - before), file=sys.stderr)
"""


def test_nothing_is_read_where_nothing_changed(shown: Path, podcast: Publish) -> None:
    old = [path for path in shown.rglob("*") if path.is_file() and path.name != unchanged.FILE]
    for path in old:  # as if the last publish had been a while ago
        os.utime(path, ns=(0, path.stat().st_mtime_ns - 10**10))
    assert podcast(shown, "publish", SLUG).code == 0
    watched = subprocess.run(
        [sys.executable, "-c", _WATCH, str(shown), SLUG], cwd=shown, check=True, text=True,
        capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT), "PODCAST_LANGUAGE": "en"},
    )  # fmt: skip
    assert watched.stdout.startswith(NOTHING)
    said = watched.stderr.splitlines()
    # A folder is opened to ask for its files from there; nothing is read in it.
    folders = {f"opened {folder}" for folder in (shown, shown / "site")}
    opened = [line.removeprefix(f"opened {shown}/") for line in said if line not in folders]
    # No module but our own that ask, and one for numbers: Python itself takes less to start.
    own = [
        "podcast",
        "podcast.at_once",
        "podcast.cli",
        "podcast.names",
        "podcast.spoken",
        "podcast.tally",
        "podcast.unchanged",
    ]
    loaded = opened.pop().split()
    assert opened == [".podcast/unchanged"]
    assert sorted(loaded) == sorted(["loaded", "__future__", "_struct", "gc", "struct", *own])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_said_at_once_is_what_a_publish_says(
    shown: Path, podcast: Publish, language: str
) -> None:
    at_once = podcast(shown, "publish", SLUG, language=language)
    (shown / ".podcast" / unchanged.FILE).unlink()
    assert podcast(shown, "publish", SLUG, language=language).out == at_once.out


def test_times_beyond_eight_bytes_are_the_last_that_fit(tmp_path: Path) -> None:
    file = tmp_path / "far.txt"
    file.write_text("x")
    os.utime(file, (2**34, 2**34))  # in 2514; some disks stop before
    after = file.stat().st_mtime_ns
    found = Tally()
    found.add("far.txt", str(file))
    found.below(str(tmp_path))
    assert list(found.numbers()[1::3]) == [min(after, 2**63 - 1)] * 2


names = st.sampled_from(["a.h", "b", "a-x/c", "a/c", "a/b/c", "a/b-c", "d/e/f/g", "audio/a.mp3"])
trees = st.dictionaries(names, st.binary(max_size=3), max_size=6)


def lay(folder: Path, tree: dict[str, bytes]) -> None:
    for name, raw in tree.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)


def below(folder: Path) -> Tally:
    found = Tally()
    found.below(str(folder))
    return found


def next_step(folder: Path) -> None:
    """Wait until the clock of the disk, which goes in steps, shows another time."""
    probe = folder / "step"
    probe.touch()
    first = probe.stat().st_mtime_ns
    while probe.stat().st_mtime_ns == first:
        time.sleep(0.001)
        os.utime(probe)
    probe.unlink()


def alike(one: Tally, other: Tally) -> bool:
    return one.same_files(other) and one.of_folders == other.of_folders


@given(trees)
def test_a_tally_has_one_order_and_stands_while_nothing_comes_or_goes(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, bytes]
) -> None:
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    lay(one, tree)
    lay(other, dict(reversed(tree.items())))
    before = below(one)
    assert before.names == below(other).names and {*before.names} == tree.keys()
    again = before.again(str(one))
    assert again and alike(again, before)
    for name in tree:
        next_step(one.parent)
        new = (one / name).with_name("new")
        new.write_bytes(b"")
        assert before.again(str(one)) is None
        new.unlink()
        new.mkdir()
        assert before.again(str(one)) is None
        new.rmdir()
        again = before.again(str(one))
        assert again and again.same_files(before)
        (one / name).rename(new)
        assert before.again(str(one)) is None
        (one / name).mkdir()
        new.rename(one / name / "inside")
        assert before.again(str(one)) is None
        (one / name / "inside").rename(new)
        (one / name).rmdir()
        new.rename(one / name)
        before = below(one)
        (one / name).write_bytes(b"longer")
        again = before.again(str(one))
        assert again and again.other_than(before) == {name}
        before = again


@given(trees, st.sets(names), st.sets(names))
def test_a_tally_follows_what_is_changed(
    tmp_path_factory: pytest.TempPathFactory,
    tree: dict[str, bytes],
    gone: set[str],
    fresh: set[str],
) -> None:
    folder = tmp_path_factory.mktemp("show")
    lay(folder, dict.fromkeys({*tree, *fresh}, b""))
    for name in fresh - tree.keys():
        (folder / name).unlink()
    before = below(folder)
    for name in gone & tree.keys():
        (folder / name).unlink()
    lay(folder, dict.fromkeys(fresh, b"new"))
    now = below(folder)
    followed = before.replaced(str(folder), gone & tree.keys() - fresh, fresh, now.of_folders)
    assert alike(followed, now) and followed.folders == now.folders


def test_a_folder_in_which_something_may_have_come_unseen_is_read_again(tmp_path: Path) -> None:
    lay(tmp_path, {"a/b": b"", "a/c": b""})
    found = below(tmp_path)
    # As where « c » came in the same step of the clock, after the folder was read.
    before = Tally(["a/b"], found.folders, found.marks[:SIZE], found.of_folders)
    assert before.again(str(tmp_path)), "this is what must not be relied on"
    before = Tally(["a/b"], found.folders, found.marks[:SIZE], found.settled(0))
    assert before.again(str(tmp_path)) is None
    settled = Tally(found.names, found.folders, found.marks, found.settled(0))
    assert settled.again(str(tmp_path))
