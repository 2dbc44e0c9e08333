"""Pauses are shortened where nobody speaks, the joins do not click, and every time is known."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from conftest import ROOT, Ran, copy_show
from hypothesis import given
from hypothesis import strategies as st
from test_mastering import record

from podcast import ffmpeg, graph, pauses, pipeline
from podcast.graph import RATE, Body, Source
from podcast.mastering import mastered, sound_digest
from podcast.pauses import STEP_MS, Span
from podcast.report import Silent
from podcast.splices import lanes, write_fades
from podcast.workspace import Workspace

SPEECH = ROOT / "episodes" / "episode-2" / "recording.flac"

runs = st.lists(st.tuples(st.booleans(), st.integers(1, 400)), max_size=40)


@given(runs, st.integers(50, 300))
def test_only_what_nobody_says_is_left_out(drawn: list[tuple[bool, int]], longest: int) -> None:
    speaking = np.concatenate([np.zeros(0, bool), *(np.full(n, spoken) for spoken, n in drawn)])
    length_ms = len(speaking) * STEP_MS
    removed = pauses.found(speaking, longest * STEP_MS)
    before = 0
    for start, end in removed:
        assert start % STEP_MS == end % STEP_MS == 0
        assert before < start < end < length_ms
        # Half of what stays is at either side, and none of what goes is speech.
        kept = longest // 2
        assert not speaking[start // STEP_MS - kept : end // STEP_MS + kept].any()
        before = end
    left = pauses.without(speaking.astype(np.float32), STEP_MS, removed) > 0
    assert left.sum() == speaking.sum()
    edges = np.flatnonzero(np.diff(np.concatenate([[1], left.astype(int), [1]])))
    assert max(edges[1::2] - edges[::2], default=0) < longest + 10
    spans = pauses.stays(length_ms, removed)
    assert sum(end - start for start, end in spans) == len(left) * STEP_MS
    # What stays is found at its new time, to the step; times never change places.
    for start, end in spans:
        now = pauses.now(start, removed)
        assert pauses.now(end, removed) == now + end - start
        assert (left[now // STEP_MS :][: (end - start) // STEP_MS]
                == speaking[start // STEP_MS : end // STEP_MS]).all()  # fmt: skip
    times = [pauses.now(ms, removed) for ms in range(0, length_ms, 7)]
    assert times == sorted(times)


def spans(draw: list[tuple[int, int]]) -> tuple[Span, ...]:
    """Spans with some frames between them, from how much stays and how much goes."""
    at, found = 0, []
    for stays, goes in draw:
        found.append((at + stays * STEP_MS, at + (stays + goes) * STEP_MS))
        at += (stays + goes) * STEP_MS
    return tuple(found)


@given(st.lists(st.tuples(st.integers(5, 60), st.integers(10, 80)), min_size=1, max_size=12),
       st.integers(0, 100))  # fmt: skip
def test_both_lanes_take_as_much_and_one_of_them_what_is_heard(
    draw: list[tuple[int, int]], first: int
) -> None:
    removed = spans(draw)
    frames = removed[-1][1] // STEP_MS + 100
    whole = np.arange(frames, dtype=np.float32)
    expected = pauses.without(whole, STEP_MS, removed)[first:]
    origin, picks = lanes(removed, first)
    taken = []
    for pick in picks:
        code = pick.replace("if(", "choose(").replace("lt(", "less(")
        scope = {"choose": lambda c, a, b: a if c else b, "less": lambda a, b: a < b}
        taken.append([n + origin for n in range(frames - origin) if eval(code, scope, {"n": n})])
    least = min(len(t) for t in taken)
    assert least >= len(expected) - 1
    for now, frame in enumerate(expected[: least - 1]):
        assert frame in (taken[0][now], taken[1][now])


def test_a_join_is_a_crossfade_and_a_half_begins_anywhere(tmp_path: Path) -> None:
    removed: tuple[Span, ...] = ((2000, 3500), (5000, 5200), (9110, 12_000))
    length_ms = 20_000
    fades = tmp_path / "fades.wav"
    whole = Body((Source(0.0, length_ms),), False, 2, 70, False)
    short = Body((Source(0.0, length_ms),), False, 2, 70, False, removed=removed)
    write_fades(removed, short.duration_ms + 1000, fades)

    def heard(body: Body, start_ms: int) -> np.ndarray:
        lines = graph.body(body, start_ms, 0, 1 if body.removed else None)
        inputs = [SPEECH, *([fades] if body.removed else [])]
        done = subprocess.run(
            [ffmpeg.program(), "-v", "error", "-t", "20", *(a for i in inputs for a in ("-i", i)),
             "-filter_complex", ";".join(lines), "-map", "[body]", "-f", "f32le", "-"],
            capture_output=True, check=True,
        )  # fmt: skip
        return np.frombuffer(done.stdout, "<f4").reshape(-1, 2)

    long, found = heard(whole, 0), heard(short, 0)
    size = RATE // 100
    expected = np.concatenate(
        [long[a // 10 * size : b // 10 * size] for a, b in pauses.stays(length_ms, removed)]
    )
    turn = (np.arange(2 * size) + 0.5) / (2 * size) * math.pi / 2
    at = 0
    for (start, end), (kept, stop) in zip(removed, pauses.stays(length_ms, removed), strict=False):
        at += (stop - kept) // 10 * size
        going, coming = (
            long[ms // 10 * size - size : ms // 10 * size + size] for ms in (start, end)
        )
        expected[at - size : at + size] = (
            going * np.cos(turn)[:, None] + coming * np.sin(turn)[:, None]
        )
    assert abs(len(found) - len(expected)) <= size
    apart = np.abs(found[: len(expected)] - expected[: len(found)]).max()
    assert apart < 0.02 * np.abs(long).max()  # the fades' own rate is low
    for start_ms in (1996, 2003, 4321, 8000):
        later = heard(short, start_ms)
        offset = round(start_ms * RATE / 1000)
        same = slice(RATE // 2, RATE * 2)  # the high-pass has settled
        assert np.abs(later[same] - found[offset:][same]).max() < 1e-4


def test_the_text_is_timed_to_what_is_published(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    show = copy_show(tmp_path / "show", ["episode-2"])
    here = show / "episodes" / "episode-2"
    # Somebody waited six seconds and five, at 27.3 s and at 57 s, where nobody speaks.
    waits = ((27_300, 6000), (57_000, 5000))
    filters = (
        "[0:a]asplit=3[a][b][c];[a]atrim=0:27.3,apad=pad_dur=6[x];"
        "[b]atrim=27.3:57.0,asetpts=N/SR/TB,apad=pad_dur=5[y];[c]atrim=57.0,asetpts=N/SR/TB[z];"
        "[x][y][z]concat=n=3:v=0:a=1"
    )
    record(here / "recording.wav", (SPEECH,), filters, 100)
    (here / "recording.flac").unlink()
    space = Workspace(show)
    before = space.words("episode-2")
    text = space.transcript_file("episode-2")
    pinned = "The job coach: Because surprises are tiring."
    edited = text.read_text("utf-8").replace(pinned, f"[=0:30.500] {pinned}")
    text.unlink()
    text.write_text(edited, "utf-8")
    words = space.words_file("episode-2")
    kept = words.read_bytes()
    words.unlink()
    words.write_bytes(kept)
    with (show / "podcast.yaml").open("a", encoding="utf-8") as file:
        file.write("sound: {pauses: 1}\n")
    ran = podcast(show, "publish", "episode-2")
    assert ran.code == 0, ran.err
    (removed,) = re.findall(r"^Pauses\s: ([\d,]+) s de silence retirées\.$", ran.out, re.MULTILINE)
    assert "le repère 0:30 a été écrit pour un autre son" in ran.out
    assert text.read_text("utf-8") == edited
    work = pipeline.start(space, Silent())
    episode = space.episode("episode-2", work.show)
    recording = space.recording(episode, work.show)
    made = mastered(work, recording, episode.sound)
    after = space.words("episode-2")
    assert made and before and after
    assert 9000 <= made.removed_ms <= 11_000
    assert abs(float(removed.replace(",", ".")) * 1000 - made.removed_ms) <= 50
    assert abs(after.duration_ms - made.duration_ms) <= 1
    # Words are heard where the same words were before, but for what was waited and taken out.
    apart = []
    heard = {w.start_ms: w.text for w in after.words}
    for word in before.words:
        waited = sum(ms for at, ms in waits if word.start_ms >= at)
        near = [t for t, said in heard.items() if said == word.text]
        recorded = [made.recorded_ms(t) for t in near]
        if recorded:
            apart.append(min(abs(t - word.start_ms - waited) for t in recorded))
    assert len(apart) > 0.8 * len(before.words)
    assert sorted(apart)[len(apart) * 9 // 10] <= 250
    # Louder or softer, the words stay where they are; other pauses, and they do not.
    softer = replace(episode.sound, loudness_mono=-21.0)
    assert sound_digest(work, recording, softer) == after.audio_digest
    for other in (replace(softer, pauses=1.5), replace(softer, pauses=None)):
        assert sound_digest(work, recording, other) != after.audio_digest
    podcast(show, "check", "episode-2")
    page = (show / ".podcast" / "report" / "episode-2.html").read_text("utf-8")
    assert re.search(rf"Pauses raccourcies\s:\s{removed}\ss\sde silence ont été retirées", page)


def test_a_rooms_noise_is_a_pause_and_a_soft_voice_is_none() -> None:
    rng = np.random.default_rng(1)
    second = 1000 // STEP_MS

    def voice(seconds: int, level: float) -> np.ndarray:
        swing = np.abs(np.sin(np.arange(seconds * second) / 9)) * 0.9 + 0.1
        return 10 ** (level / 20) * swing * rng.uniform(0.8, 1, seconds * second)

    def room(seconds: int, level: float) -> np.ndarray:
        return 10 ** (level / 20) * rng.uniform(0.7, 1, seconds * second)

    for noise in (-90.0, -60.0, -42.0):
        none = np.zeros(4 * second)
        tops = np.concatenate([voice(20, -10), none, voice(6, -30), none, voice(20, -10)])
        tops += room(54, noise)
        speaking = pauses.heard(tops.astype(np.float32))
        removed = pauses.found(speaking, 1500)
        assert len(removed) == 2
        assert np.abs(np.array(removed) - [(20_750, 23_250), (30_750, 33_250)]).max() <= 100
    # Where the room is as loud as a soft voice, nothing is a pause.
    loud = np.concatenate([voice(20, -10), room(9, -30), voice(20, -10)]).astype(np.float32)
    assert pauses.found(pauses.heard(loud), 1000) == ()
    assert not pauses.heard(np.zeros(100, np.float32)).any()
