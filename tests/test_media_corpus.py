"""Every file of the corpus, given to ``publish`` as a person would: a sentence or a published sound.

No traceback, no file of a person changed, no gigabyte used, and an end.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Ran, copy_show
from media_corpus import CASES, NAMES, PUBLISHED, SPEECH_MS, Case, page, samples, speech, wav

from podcast.mastering import sound_digest
from podcast.pipeline import start
from podcast.report import Silent
from podcast.wording import keys
from podcast.workspace import Workspace

SLUG = "episode-2"
# A process that reads a bomb is stopped here; nothing that a test measures is a time.
CPU_SECONDS = 240
MEMORY = 1 << 30


def prepared(folder: Path) -> Path:
    """A show with one episode that has no recording and no text yet."""
    show = copy_show(folder, [SLUG])
    (show / "episodes" / SLUG / "recording.flac").unlink()
    for file in (show / "transcripts").iterdir():
        file.unlink()
    text = (show / "podcast.yaml").read_text("utf-8")
    (show / "podcast.yaml").write_text(text + "\npublish_unreviewed: true\n", "utf-8")
    return show


def listened(show: Path) -> None:
    """Put beside the recording what was heard in it: the words are not what is tried here."""
    lines = (ROOT / "transcripts" / f"{SLUG}.words.jsonl").read_text("utf-8").splitlines()
    header, first, *_, last = map(json.loads, lines)
    space = Workspace(show)
    work = start(space, Silent())
    episode = space.episode(SLUG, work.show)
    digest = sound_digest(work, space.recording(episode, work.show), episode.sound)
    header["audio"] = {"digest": digest, "duration_ms": SPEECH_MS}
    records = [header, first, {**last, "segments": 1}]
    (show / "transcripts" / f"{SLUG}.words.jsonl").write_text(
        "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records), "utf-8"
    )


def publish(show: Path) -> tuple[Ran, int]:
    """The command in a process of its own, and the most memory that it or a child used, in bytes."""

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))

    outputs = [show.parent / "out", show.parent / "err"]
    with outputs[0].open("wb") as out, outputs[1].open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "podcast", "publish", SLUG],
            cwd=show,
            env={**os.environ, "PODCAST_LANGUAGE": "fr", "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL, stdout=out, stderr=err, preexec_fn=limits,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    texts = [file.read_text("utf-8") for file in outputs]
    unit = 1 if sys.platform == "darwin" else 1024
    return Ran(process.returncode, *texts), used.ru_maxrss * unit


def human_files(show: Path) -> dict[str, tuple[int, int, int]]:
    return {
        str(path): (path.lstat().st_size, path.lstat().st_mtime_ns, path.lstat().st_mode)
        for path in (show / "podcast.yaml", *show.rglob("episodes/**/*"), show / "cover.jpg")
    }


def sentence(kind: str) -> str:
    """A pattern for what is told of a kind of fault, whatever its facts are."""
    words = keys("fr")
    forms = [words[key] for key in words if re.fullmatch(rf"error\.{kind}(\.one|\.other)?", key)]
    return "|".join(re.sub(r"\\{\w+\\}", ".*?", re.escape(form)) for form in forms)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answer(case: Case, tmp_path: Path) -> None:
    show = prepared(tmp_path / "show")
    recording = show / "episodes" / SLUG / case.file
    case.make(recording)
    if case.outcome == PUBLISHED:
        listened(show)
    before = human_files(show)
    ran, memory = publish(show)
    assert "Traceback" not in ran.err
    assert memory < MEMORY
    assert human_files(show) == before
    if case.outcome == PUBLISHED:
        assert ran.code == 0, ran.err
        (told,) = (show / ".podcast" / "sound").glob("*.json")
        heard = json.loads(told.read_text("utf-8"))["duration_ms"] / 1000
        assert abs(heard - case.seconds) < 0.3
        assert len(list((show / "site" / "audio").iterdir())) == 1
        asked = f"Fin\xa0: episodes/{SLUG}/{case.file} ne dit pas où il finit"
        assert (asked in ran.out) == case.tells_end
    else:
        place = re.escape(f"episodes/{SLUG}/{case.file}")
        assert re.fullmatch(f"{place} : ({sentence(case.outcome)})\n", ran.err), ran.err
        assert ran.code == 1
        assert not (show / "site").exists()


@pytest.mark.parametrize("names", [NAMES[n::4] for n in range(4)], ids=["1", "2", "3", "4"])
def test_any_name_of_a_file_and_a_folder(names: tuple[str, ...], tmp_path: Path) -> None:
    show = prepared(tmp_path / "a $(touch harm) 'b' \"c\" 🦻 é")
    tracks = show / "episodes" / SLUG / "tracks"
    tracks.mkdir()
    people = {f"{name}{n}": {"name": f"Voix {chr(65 + n)}"} for n, name in enumerate(names)}
    text = (show / "podcast.yaml").read_text("utf-8")
    named = f"people: {json.dumps(people, ensure_ascii=False)}\n"
    text = re.sub(r"^people:\n(?:  .*\n)+", lambda _: named, text, flags=re.M)
    (show / "podcast.yaml").write_text(text, "utf-8")
    episode = show / "episodes" / SLUG / "episode.md"
    opening = "; touch harm; $(id) '\" été.wav"
    head = f"people: {json.dumps(list(people), ensure_ascii=False)}\nopening: {json.dumps(opening)}"
    written = re.sub(r"^people: .*$", lambda _: head, episode.read_text("utf-8"), flags=re.M)
    episode.write_text(written, "utf-8")
    for key in people:
        (tracks / f"{key}.wav").write_bytes(wav(samples(), 22_050))
    speech(episode.with_name("opening.wav")).rename(episode.with_name(opening))
    listened(show)
    before = human_files(show)
    ran, memory = publish(show)
    assert (ran.code, ran.err) == (0, "")
    assert memory < MEMORY
    assert human_files(show) == before
    assert not list(tmp_path.rglob("harm"))
    assert len(list((show / "site" / "audio").iterdir())) == 1


def test_the_page_is_what_is_tried() -> None:
    told = (ROOT / "docs" / "bad-input.md").read_text("utf-8")
    assert told == page(), "make it anew: python tests/media_corpus.py > docs/bad-input.md"
