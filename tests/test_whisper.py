"""The real recogniser on real recordings: what it hears, when, and how it survives a kill."""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import EPISODES, ROOT, Ran, copy_show, run_podcast
from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment

from podcast import ffmpeg, hearing, speech_model, whisper
from podcast.align import align, pieces, written_words
from podcast.errors import Fixable, Outside
from podcast.transcript import Word
from podcast.words_file import read_journal, read_words

RATE = 16_000


def samples(episode: str, folder: Path) -> Path:
    """An episode's recording as the recogniser wants it (without opening and closing music)."""
    made = folder / f"{episode}.s16"
    source = ROOT / "episodes" / episode / "recording.flac"
    hearing.for_speech_recognition(source, made)
    return made


def task(sound: Path, language: str, **more: object) -> whisper.Task:
    made = whisper.task(
        speech_model.shipped(), "demo", sound, sound.with_suffix(".jsonl"), language, "digest"
    )
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def truth(episode: str) -> dict:  # type: ignore[type-arg]
    text = (ROOT / "tools" / "sample_show" / "truth" / f"{episode}.json").read_text("utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def errors(wanted: list[str], got: list[str]) -> float:
    """Word error rate of normalised words."""
    same = sum(
        b.size for b in difflib.SequenceMatcher(None, wanted, got, False).get_matching_blocks()
    )
    return (max(len(wanted), len(got)) - same) / len(wanted)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the shipped model hears in the two single recordings, each listened to once."""
    folder = tmp_path_factory.mktemp("heard")
    return {
        episode: whisper.transcribe(task(samples(episode, folder), language))
        for episode, language in (("episode-2", "en"), ("episode-3", "fr"))
    }


@pytest.mark.parametrize("episode", ["episode-2", "episode-3"])
def test_it_hears_what_is_said(heard: dict[str, str], episode: str) -> None:
    words = read_words(heard[episode], "words").words
    wanted = pieces(" ".join(turn["text"] for turn in truth(episode)["turns"]))
    assert errors(wanted, pieces("".join(word.text for word in words))) <= 0.10


@pytest.mark.parametrize("episode", ["episode-2", "episode-3"])
def test_it_knows_when(heard: dict[str, str], episode: str) -> None:
    """Word starts against the synthesiser's own: median 60 ms, 95 % within 200 ms."""
    said = [word for turn in truth(episode)["turns"] for word in turn["words"]]
    written = written_words(" ".join(word["text"] for word in said))
    assert len(written) == len(said)
    found = align(written, read_words(heard[episode], "words").words, 10**9).tokens
    off = sorted(
        abs(token.start_ms - word["start_ms"])
        for token, word in zip(found, said, strict=True)
        if token.how == "exact"
    )
    assert len(off) >= 0.88 * len(said)
    assert statistics.median(off) <= 60
    assert off[int(0.95 * len(off))] <= 200


class Jumpy:
    """The real engine, made to jump over a stretch of a long sound, as large models do too."""

    def __init__(self, model: WhisperModel, lost: tuple[float, float]) -> None:
        self.model, self.lost, self.asked = model, lost, 0

    def transcribe(self, audio: np.ndarray, **options: Any) -> tuple[Iterator[Segment], object]:
        found, about = self.model.transcribe(audio, **options)
        self.asked += 1
        if self.asked > 1:
            return found, about
        first, last = self.lost
        return (s for s in found if not first < s.words[0].start < last), about


def test_sentences_that_the_engine_jumped_over_are_heard_again(tmp_path: Path) -> None:
    sound = np.fromfile(samples("episode-3", tmp_path), "<i2").astype(np.float32) / 32768
    spoken = whisper.speech(sound)
    model = WhisperModel(str(speech_model.shipped()), device="cpu", compute_type="int8")
    whole = list(whisper.segments(model, sound, spoken, "fr"))
    jumpy = Jumpy(model, (20, 45))
    mended = list(whisper.segments(jumpy, sound, spoken, "fr"))
    assert jumpy.asked == 2

    def words(found: list[Segment]) -> list[str]:
        return pieces("".join(word.word for segment in found for word in segment.words or ()))

    assert sum(20 < segment.start < 45 for segment in whole) >= 4
    assert errors(words(whole), words(mended)) <= 0.05
    starts = [word.start for segment in mended for word in segment.words or ()]
    assert starts == sorted(starts)


def test_nothing_is_heard_again_where_nothing_was_lost(tmp_path: Path) -> None:
    sound = np.fromfile(samples("episode-2", tmp_path), "<i2").astype(np.float32) / 32768
    model = Jumpy(WhisperModel(str(speech_model.shipped()), compute_type="int8"), (1e9, 1e9))
    list(whisper.segments(model, sound, whisper.speech(sound), "en"))
    assert model.asked == 1


def test_a_graphics_card_that_fails_is_done_without(
    tmp_path: Path, heard: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for a card that this machine has not, the engine really fails; the words are there."""
    monkeypatch.setenv("PODCAST_DEVICE", "cuda")
    assert whisper.chosen().graphics
    again = whisper.transcribe(task(samples("episode-2", tmp_path), "en"))
    assert read_words(again, "").words == read_words(heard["episode-2"], "").words


def test_times_are_whole_and_in_order(heard: dict[str, str]) -> None:
    for text in heard.values():
        words = read_words(text, "words")
        last = 0
        for word in words.words:
            assert last <= word.start_ms <= word.end_ms <= words.duration_ms
            assert word.end_ms - word.start_ms <= 400 + 120 * len(word.text.strip())
            last = word.start_ms
        assert words.model == "demo" and words.engine.startswith("faster-whisper 1.")


def quiet(folder: Path, sound: np.ndarray) -> Path:
    made = folder / "quiet.s16"
    made.write_bytes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return made


@pytest.mark.parametrize("kind", ["silence", "noise", "hum", "music"])
def test_nothing_is_heard_where_nobody_speaks(kind: str, tmp_path: Path) -> None:
    time_axis = np.arange(RATE * 20) / RATE
    noise = np.random.default_rng(3).standard_normal(len(time_axis))
    if kind == "music":
        sound = tmp_path / "music.s16"
        hearing.for_speech_recognition(ROOT / "episodes" / "episode-3" / "opening.flac", sound)
    else:
        sound = quiet(
            tmp_path,
            {
                "silence": time_axis * 0,
                "noise": noise * 0.02,
                "hum": np.sin(2 * np.pi * 50 * time_axis) * 0.2 + noise * 0.001,
            }[kind],
        )
    with pytest.raises(Fixable) as caught:
        whisper.transcribe(task(sound, "fr"))
    assert caught.value.faults[0].kind == "whisper.no_speech"


def test_a_kill_loses_only_the_piece_begun(tmp_path: Path) -> None:
    sound = samples("episode-2", tmp_path)
    work = task(sound, "en", piece_s=20)
    whole = whisper.transcribe(work)
    journal = Path(work.journal)
    journal.unlink()
    # Started as its own process, so that it can be killed as a machine kills it.
    child = subprocess.Popen(
        [sys.executable, "-m", "podcast.whisper"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=ROOT, text=True,
    )  # fmt: skip
    assert child.stdin
    child.stdin.write(json.dumps(dataclasses.asdict(work)))
    child.stdin.close()
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if journal.exists() and journal.read_text("utf-8").count('"piece":') >= 3:
            break
        time.sleep(0.05)
    child.kill()
    child.wait()
    _, before, _ = read_journal(journal.read_text("utf-8"), "journal")
    assert sum("piece" in record for record in before) >= 3
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"start_ms": 12, "wor')  # the disk got half a line
    again = whisper.transcribe(dataclasses.replace(work, created="later"))
    assert again == whole.replace(json.dumps(work.created), json.dumps(work.created))
    assert read_words(again, "w").created == work.created  # the journal was gone on with


def test_a_journal_of_another_sound_is_not_used(tmp_path: Path) -> None:
    work = task(samples("episode-2", tmp_path), "en", piece_s=30)
    header = {"schema": "words/1", "audio": {"digest": "other", "duration_ms": 1}, "language": "en"}
    lie = {"id": 0, "words": [[0, 10, 99, " lie"]]}
    Path(work.journal).write_text(
        "".join(json.dumps(r) + "\n" for r in (header, {"piece": 0, "start_sample": 0}, lie)),
        "utf-8",
    )
    assert " lie" not in whisper.transcribe(work)


def test_an_engine_that_dies_is_one_sentence(tmp_path: Path) -> None:
    sound = quiet(tmp_path, np.zeros(RATE))
    with pytest.raises(Outside) as caught:
        whisper.transcribe(task(sound, "fr", model=str(tmp_path / "gone")))
    assert caught.value.faults[0].kind == "whisper.died"


def test_a_killed_engine_is_one_sentence_and_the_next_run_goes_on(
    tmp_path: Path, published: Path
) -> None:
    folder = copy_show(tmp_path / "show", ["episode-3"], cache=published / ".podcast")
    (folder / "transcripts" / "episode-3.words.jsonl").unlink()
    process = subprocess.Popen(
        [sys.executable, "-m", "podcast", "publish", "episode-3", "--plain"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PODCAST_LANGUAGE": "en", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    engine = None
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for child in children.read_text().split():
            command = Path(f"/proc/{child}/cmdline")
            if command.exists() and b"podcast.whisper" in command.read_bytes():
                engine = int(child)
        if engine:
            break
        time.sleep(0.05)
    assert engine
    os.kill(engine, signal.SIGKILL)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 4
    assert err.startswith("The speech recognition stopped") and err.count("\n") == 1
    assert not (folder / "transcripts" / "episode-3.words.jsonl").exists()
    assert run_podcast(["publish", "episode-3"], folder).code == 0


def test_from_recording_to_draft_to_site(tmp_path: Path) -> None:
    """The newcomer's way, with nothing made before: listen, draft, correct, publish."""
    folder = copy_show(tmp_path / "show", ["episode-1"])
    edited = (folder / "transcripts" / "episode-1.md").read_text("utf-8")
    for file in (folder / "transcripts").iterdir():
        file.unlink()
    first = run_podcast(["publish", "episode-1"], folder)
    assert first.code == 1, first.err
    assert "status: reviewed" in first.err and "publish episode-1" in first.err
    draft = (folder / "transcripts" / "episode-1.md").read_text("utf-8")
    assert "La présentatrice : Bonjour" in draft and "La conseillère :" in draft
    assert not (folder / "site").exists()
    second = run_podcast(["publish", "episode-1"], folder)
    assert second.code == 1
    assert (folder / "transcripts" / "episode-1.md").read_text("utf-8") == draft
    (folder / "transcripts" / "episode-1.md").write_text(edited, "utf-8")
    third = run_podcast(["publish", "episode-1"], folder)
    assert third.code == 0, third.err
    assert "Corrigée par" in (folder / "site" / "episode-1" / "index.html").read_text("utf-8")


def test_publishing_without_review_says_so(
    tmp_path: Path, published: Path, podcast: Callable[..., Ran]
) -> None:
    folder = copy_show(tmp_path / "show", ["episode-3"], cache=published / ".podcast")
    (folder / "transcripts" / "episode-3.md").unlink()
    with (folder / "podcast.yaml").open("a", encoding="utf-8") as file:
        file.write("publish_unreviewed: true\n")
    ran = podcast(folder, "publish", "episode-3")
    assert ran.code == 0, ran.err
    page = (folder / "site" / "episode-3" / "index.html").read_text("utf-8")
    assert "Transcription automatique, pas encore corrigée" in page


@pytest.mark.parametrize("episode", EPISODES)
def test_the_words_in_the_repository_come_from_this_model(episode: str) -> None:
    import hashlib

    file = ROOT / "transcripts" / f"{episode}.words.jsonl"
    header, _, _ = read_journal(file.read_text("utf-8"), file.name)
    model = (speech_model.shipped() / "model.bin").read_bytes()
    assert header["engine"]["model_sha256"] == hashlib.sha256(model).hexdigest()


def test_words_keep_their_leading_space() -> None:
    assert "".join(w.text for w in [Word(0, 1, 9, " l"), Word(1, 2, 9, "'emploi")]) == " l'emploi"


def test_listening_again_keeps_the_text_and_says_what_moved(
    tmp_path: Path, published: Path
) -> None:
    folder = copy_show(tmp_path / "show", ["episode-2"], cache=published / ".podcast")
    words = folder / "transcripts" / "episode-2.words.jsonl"
    late = []
    for line in words.read_text("utf-8").splitlines():
        record = json.loads(line)
        for word in record.get("words", ()):
            if word[0] > 40_000:
                word[0], word[1] = word[0] + 5000, word[1] + 5000
        late.append(json.dumps(record, ensure_ascii=False))
    words.write_text("\n".join(late) + "\n", "utf-8")
    text = (folder / "transcripts" / "episode-2.md").read_text("utf-8")
    ran = run_podcast(["transcribe", "episode-2", "--again"], folder)
    assert ran.code == 0, ran.err
    assert (folder / "transcripts" / "episode-2.md").read_text("utf-8") == text
    lines = ran.out.splitlines()
    kept = re.compile(r".* n'a pas été touché : (99|100) %")
    assert any(kept.match(line) for line in lines)
    moved = [line for line in lines if "commence maintenant à" in line]
    assert 5 <= len(moved) < 15
    assert moved[0].startswith("transcripts/episode-2.md:")


def test_two_sides_of_a_stereo_recording_get_two_voices(tmp_path: Path) -> None:
    folder = copy_show(tmp_path / "show", ["episode-1"])
    episode = folder / "episodes" / "episode-1"
    tracks = [episode / "tracks" / f"{name}.flac" for name in ("presentatrice", "conseillere")]
    subprocess.run(
        [ffmpeg.program(), "-v", "error", "-i", tracks[0], "-i", tracks[1],
         "-filter_complex", "[0:a][1:a]join=inputs=2", episode / "recording.wav"],
        check=True,
    )  # fmt: skip
    for file in (*tracks, *(folder / "transcripts").iterdir()):
        file.unlink()
    (episode / "tracks").rmdir()
    ran = run_podcast(["transcribe", "episode-1"], folder)
    assert ran.code == 0, ran.err
    draft = (folder / "transcripts" / "episode-1.md").read_text("utf-8")
    first, second = draft.index("Voix 1 : "), draft.index("Voix 2 : ")
    assert first < second
    assert draft[first:].startswith("Voix 1 : Bonjour et bienvenue")
    assert draft[second:].startswith("Voix 2 : Bonjour, et merci")
