"""Many episodes on this machine: one model load, several at a time, nothing finished is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Ran, run_podcast
from many_episodes import children, make, words

from podcast import station
from podcast.recognition import Request

SLUGS = ("e1", "e2", "e3")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second episode, listened to by a command of its own."""
    folder = make(tmp_path_factory.mktemp("alone") / "show", ["e2"])
    ran = run_podcast(["transcribe", "e2"], folder)
    assert ran.code == 0, ran.err
    return folder


def test_all_is_the_same_as_each_and_a_bad_one_harms_no_other(tmp_path: Path, alone: Path) -> None:
    folder = make(tmp_path / "show", SLUGS)
    for name, content in (("bad", b"\0" * 9000), ("cut", None)):
        (folder / "episodes" / name).mkdir()
        text = (folder / "episodes" / "e1" / "episode.md").read_text("utf-8")
        (folder / "episodes" / name / "episode.md").write_text(text.replace("e1", name), "utf-8")
        if content:  # "cut" has no recording yet: nobody has to be told
            (folder / "episodes" / name / "recording.wav").write_bytes(content)
    ran = run_podcast(["transcribe", "--all", "--jobs", "2"], folder, PODCAST_LANGUAGE="en")
    assert ran.code in (1, 4)
    assert ran.err.startswith("episodes/bad") and ran.err.count("\n") == 1, ran.err
    assert "listens to 2 episodes at a time" in ran.out and "3 episodes done" in ran.out
    assert words(folder, "e2") == words(alone, "e2")
    for slug in SLUGS:
        assert words(folder, slug)
        assert (folder / "transcripts" / f"{slug}.md").is_file()
    again = run_podcast(["transcribe", "--all"], folder, PODCAST_LANGUAGE="en")
    assert "3 episodes were listened to already" in again.out and "Words:" not in again.out


def test_a_kill_keeps_what_was_finished_and_leaves_no_process(tmp_path: Path, alone: Path) -> None:
    folder = make(tmp_path / "show", SLUGS)
    process = subprocess.Popen(
        [sys.executable, "-m", "podcast", "transcribe", "--all", "--jobs", "1"],
        cwd=folder, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not (done := [slug for slug in SLUGS if words(folder, slug)]):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    below = children(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert below
    while any(Path(f"/proc/{child}").exists() for child in below):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    before = (folder / "transcripts" / f"{done[0]}.words.jsonl").read_bytes()
    ran = run_podcast(["transcribe", "--all"], folder, PODCAST_LANGUAGE="en")
    assert ran.code == 0, ran.err
    assert (folder / "transcripts" / f"{done[0]}.words.jsonl").read_bytes() == before
    assert words(folder, "e2") == words(alone, "e2") and all(words(folder, s) for s in SLUGS)
    assert not list((folder / ".podcast" / "listening").rglob("samples"))


def test_an_episode_that_is_listened_to_elsewhere_is_left_to_it(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    folder = make(tmp_path / "show", ["e1"])
    code = (
        "import sys, time; from pathlib import Path; from podcast.workspace import only_one\n"
        "with only_one(Path(sys.argv[1]), 'listening.busy'):\n"
        " print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, folder / ".podcast" / "listening" / "e1"],
        stdout=subprocess.PIPE, cwd=ROOT, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        ran = podcast(folder, "transcribe", "--all", language="en")
    finally:
        holder.kill()
        holder.communicate()
    assert ran.err == (
        "episodes/e1: Another command is listening to this episode already "
        f"(process {holder.pid}). Wait until it ends.\n"
    )
    assert words(folder, "e1") is None


def test_neither_episodes_nor_all_is_asked_for(podcast: Callable[..., Ran]) -> None:
    for given in ([], ["episode-1", "--all"]):
        ran = podcast(ROOT, "transcribe", *given, language="en")
        assert ran.code == 2 and "--all" in ran.err


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int, int], None]]:
    def of(cores: int, gigabytes: int) -> None:
        monkeypatch.setattr(station, "_cores", lambda: cores)
        monkeypatch.setattr(station, "_free_bytes", lambda: gigabytes << 30)

    yield of


@pytest.mark.parametrize(
    ("cores", "gigabytes", "model_gb", "episodes", "wanted", "found"),
    [
        (8, 64, 1, 100, 0, (8, 1)),  # cores decide
        (8, 64, 1, 3, 0, (3, 2)),  # no more recognisers than episodes, and no core is idle
        (8, 8, 3, 100, 0, (2, 4)),  # memory decides
        (8, 1, 3, 100, 0, (1, 8)),  # one at least
        (8, 0, 1, 100, 0, (1, 8)),  # a system that does not tell its memory
        (8, 1, 3, 100, 4, (4, 2)),  # a person decides
        (2, 64, 1, 100, 8, (8, 1)),
    ],
)
def test_as_many_at_a_time_as_the_machine_bears(
    machine: Callable[[int, int], None], tmp_path: Path,
    cores: int, gigabytes: int, model_gb: int, episodes: int, wanted: int, found: tuple[int, int],
) -> None:  # fmt: skip
    machine(cores, gigabytes)
    with (tmp_path / "model.bin").open("wb") as file:
        file.truncate(model_gb << 30)
    assert station.at_a_time(tmp_path, episodes, wanted) == found


def test_one_at_a_time_on_a_graphics_card(
    machine: Callable[[int, int], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(8, 64)
    (tmp_path / "model.bin").touch()
    monkeypatch.setenv("PODCAST_DEVICE", "cuda")
    assert station.at_a_time(tmp_path, 100) == (1, 8)


def test_a_request_is_named_by_everything_that_its_words_depend_on() -> None:
    whole = ("a" * 64, "b", "c" * 64, "d" * 64, "demo", "fr", "", "faster-whisper 1", 1)
    first = Request(*whole)  # type: ignore[arg-type]
    keys = {first.key}
    for place, value in enumerate(whole):
        other = (value + 1) if isinstance(value, int) else f"{value}x"
        keys.add(Request(*whole[:place], other, *whole[place + 1 :]).key)  # type: ignore[arg-type]
    assert len(keys) == len(whole) + 1
    assert first.well_formed
    for path in ("../../etc/passwd", "/etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"):
        assert not Request(path, *whole[1:]).well_formed  # type: ignore[arg-type]
        assert not Request(*whole[:2], path, *whole[3:]).well_formed  # type: ignore[arg-type]
