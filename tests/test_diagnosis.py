"""What hurts listeners is told, with its times; what does not is left alone."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from conftest import EPISODES, ROOT, Ran, copy_show
from hypothesis import given
from hypothesis import strategies as st
from test_audio import write_wav
from test_levels import heard, noise, tone

from podcast import examining, ffmpeg, mastering, pipeline
from podcast.diagnosis import (
    MOST,
    Blemish,
    beyond_repair,
    diagnose,
    loudness_of,
    speech_level,
    spoken_in,
)
from podcast.episode_line import Stretch
from podcast.levels import Levels
from podcast.report import Silent
from podcast.timeline import make_timeline
from podcast.workspace import Workspace

RATE = 44_100


@cache
def sound(name: str) -> np.ndarray:
    """A sample file's channels between -1 and 1."""
    path = ROOT / "episodes" / name
    command = [ffmpeg.program(), "-v", "error", "-i", path, "-ac", "2", "-ar", str(RATE)]
    done = subprocess.run([*command, "-f", "s16le", "-"], capture_output=True, check=True)
    return np.frombuffer(done.stdout, "<i2").reshape(-1, 2).T / 32768


def voice(seconds: float = 40) -> np.ndarray:
    """A minute of the sample's second episode, one channel: a clean voice."""
    return sound("episode-2/recording.flac")[0][: round(seconds * RATE)]


def music(seconds: float) -> np.ndarray:
    """The sample's opening, without its fades, again and again."""
    whole = sound("episode-3/opening.flac").mean(axis=0)[RATE // 5 : -3 * RATE]
    return np.resize(whole, round(seconds * RATE))


def at_level(signal: np.ndarray, below: float, than: np.ndarray) -> np.ndarray:
    """The signal so many LU quieter than another."""
    apart = speech_level(heard(than).loudness) - speech_level(heard(signal).loudness)
    return signal * 10 ** ((apart - below) / 20)


def kinds(*channels: np.ndarray, spoken: bool = True) -> dict[str, Blemish]:
    """What is told of a recording that is published as it is."""
    levels = heard(*channels)
    words = {"A": (Stretch(0, levels.duration_ms),)} if spoken else None
    return {b.kind: b for b in diagnose([("a.wav", levels)], levels, words)}


def overlaps(stretch: Stretch, start_s: float, end_s: float) -> bool:
    return stretch.start_ms < end_s * 1000 and stretch.end_ms > start_s * 1000


@pytest.mark.parametrize("name", ["episode-2/recording.flac", "episode-3/recording.flac"])
def test_a_clean_recording_has_no_blemish(name: str) -> None:
    assert kinds(*sound(name)) == {}


@pytest.mark.parametrize("below", [8, 12, 16])
def test_music_under_the_words(below: float) -> None:
    speech = voice()
    found = kinds(speech + at_level(music(40), below, speech))
    assert list(found) == ["bed"]
    assert abs(dict(found["bed"].facts)["n"] - below) <= 3
    (stretch,) = found["bed"].stretches
    assert (stretch.start_ms, stretch.end_ms) == (0, 40_000)


def test_music_far_under_the_words() -> None:
    speech = voice()
    assert kinds(speech + at_level(music(40), 25, speech)) == {}


def test_music_under_some_of_the_words() -> None:
    speech = voice(60)
    bed = at_level(music(60), 12, speech)
    bed[: 20 * RATE] = bed[40 * RATE :] = 0
    (stretch,) = kinds(speech + bed)["bed"].stretches
    assert 13_000 <= stretch.start_ms <= 20_000 and 40_000 <= stretch.end_ms <= 47_000


def test_music_between_the_words_is_none_under_them() -> None:
    tune = music(15)
    speech = voice(30)
    levels = heard(np.concatenate([speech[: 15 * RATE], tune, speech[15 * RATE :]]))
    spoken = {"A": (Stretch(0, 15_000), Stretch(30_000, 45_000))}
    assert diagnose([], levels, spoken) == ()
    assert diagnose([], levels, None) == ()


@pytest.mark.parametrize("seconds", [0.3, 0.6, 1.0])
def test_a_room_that_echoes_is_no_music(seconds: float) -> None:
    size = round(seconds * RATE)
    tail = np.random.default_rng(5).standard_normal(size) * 10 ** (-3 * np.arange(size) / size)
    tail /= np.sqrt((tail**2).sum())
    tail[0] += 1
    speech = voice()
    length = len(speech) + size
    spectrum = np.fft.rfft(speech, length) * np.fft.rfft(tail, length)
    assert kinds(0.5 * np.fft.irfft(spectrum, length)[: len(speech)]) == {}


@pytest.mark.parametrize(("below", "told"), [(12, True), (20, True), (30, False)])
def test_noise_all_the_time(below: float, told: bool) -> None:
    speech = voice()
    found = kinds(speech + at_level(noise(40), below, speech))
    assert list(found) == (["noise"] if told else [])
    if told:
        assert abs(dict(found["noise"].facts)["n"] - below) <= 2


def test_noise_that_the_treatment_took_away() -> None:
    speech = voice()
    before = heard(speech + at_level(noise(40), 15, speech))
    after = heard(speech + at_level(noise(40), 30, speech))
    assert diagnose([("a.wav", before)], after) == ()
    assert [(b.kind, b.file) for b in diagnose([("a.wav", before)], before)] == [("noise", "a.wav")]
    assert [(b.kind, b.file) for b in diagnose([("a.wav", after)], before)] == [("noise", None)]


@pytest.mark.parametrize(("hz", "mains"), [(50, 50), (60, 60), (100, 50)])
def test_hum(hz: float, mains: int) -> None:
    speech = voice()
    buzz = sum(tone(hz * n, 40, 0.1 / n) for n in (1, 2, 3))
    found = kinds(speech + at_level(np.asarray(buzz), 26, speech))
    assert list(found) == ["hum"]
    assert dict(found["hum"].facts)["hz"] == mains
    (stretch,) = found["hum"].stretches
    assert stretch.end_ms - stretch.start_ms > 30_000


def test_hum_that_nobody_hears() -> None:
    speech = voice()
    assert kinds(speech + at_level(tone(50, 40), 40, speech)) == {}


def test_a_drone_of_music_is_no_hum() -> None:
    speech = voice()
    drone = sum(tone(hz, 40, 0.05) for hz in (98.0, 146.8, 196.0))
    assert "hum" not in kinds(speech + at_level(np.asarray(drone), 25, speech))


def test_a_long_silence() -> None:
    speech = voice(30)
    quiet = noise(8, 0.0003)
    found = kinds(np.concatenate([speech[: 15 * RATE], quiet, speech[15 * RATE :]]), spoken=False)
    assert list(found) == ["silence"]
    (stretch,) = found["silence"].stretches
    assert abs(stretch.start_ms - 15_000) < 1000 and abs(stretch.end_ms - 23_000) < 1000
    assert kinds(np.concatenate([speech, quiet[: 4 * RATE], speech]), spoken=False) == {}


def test_one_channel_without_sound() -> None:
    speech = voice()
    assert list(kinds(speech, np.zeros_like(speech))) == ["one_side"]
    assert kinds(speech, np.zeros_like(speech))["one_side"].stretches == ()
    assert list(kinds(speech * 0.2, speech)) == ["one_side"]
    assert kinds(speech * 0.4, speech) == {}


def test_one_channel_without_sound_for_a_while() -> None:
    left, right = voice(40), voice(40).copy()
    right[10 * RATE : 25 * RATE] = 0
    (stretch,) = kinds(left, right)["one_side"].stretches
    assert abs(stretch.start_ms - 10_000) < 2500 and abs(stretch.end_ms - 25_000) < 2500


def test_two_people_on_two_sides() -> None:
    first, second = (
        sound(f"episode-1/tracks/{name}.flac")[0] for name in ("presentatrice", "conseillere")
    )
    assert "two_sides" in kinds(first, second)
    assert "two_sides" not in kinds(first + 0.5 * second, second + 0.5 * first)


def test_music_in_stereo_is_not_on_one_side() -> None:
    assert kinds(*sound("episode-3/opening.flac"), spoken=False) == {}


def test_sides_that_wipe_each_other_out() -> None:
    speech = voice()
    assert list(kinds(speech, -speech)) == ["opposite"]
    assert kinds(speech, np.roll(speech, 20)) == {}


@pytest.mark.parametrize(("over", "told"), [(0, False), (1, False), (6, True), (12, True)])
def test_clipping(over: float, told: bool) -> None:
    speech = voice()
    loud = np.clip(speech / abs(speech).max() * 10 ** (over / 20), -1, 1)
    assert ("clipped" in kinds(loud)) is told
    assert beyond_repair(heard(loud)) == 0


def test_where_it_was_clipped() -> None:
    speech = voice()
    speech = speech / abs(speech).max() * 0.9
    loud = speech.copy()
    loud[20 * RATE : 22 * RATE] *= 8
    found = kinds(np.clip(loud, -1, 1))["clipped"]
    assert found.file == "a.wav" and len(found.stretches) <= 2
    assert all(overlaps(stretch, 19.9, 22.1) for stretch in found.stretches)


def test_clipped_beyond_repair() -> None:
    speech = voice()
    loud = np.clip(speech / abs(speech).max() * 10 ** (22 / 20), -1, 1)
    assert 10 <= beyond_repair(heard(loud)) <= 30
    assert beyond_repair(heard(np.zeros(RATE))) == 0


def test_people_who_are_not_equally_loud() -> None:
    speech = voice(40).copy()
    spoken = {"A": (Stretch(0, 20_000),), "B": (Stretch(20_000, 40_000),)}
    assert diagnose([], heard(speech), spoken) == ()
    speech[20 * RATE :] *= 0.5
    (jump,) = diagnose([], heard(speech), spoken)
    assert jump.kind == "jump" and jump.stretches == (Stretch(20_000, 40_000),)
    facts = dict(jump.facts)
    assert (facts["name"], facts["other"]) == ("B", "A") and 5 <= facts["n"] <= 7
    short = {"A": spoken["A"], "B": (Stretch(20_000, 23_000),)}
    assert diagnose([], heard(speech), short) == (), "three seconds are too few to judge"


def test_of_many_stretches_the_worst_are_told() -> None:
    speech = voice(60) * 0.5
    gaps = [np.zeros(round((5.2 + n) * RATE)) for n in range(8)]
    pieces = np.split(speech[: 56 * RATE], 8)
    whole = np.concatenate([part for pair in zip(pieces, gaps, strict=True) for part in pair])
    silence = kinds(whole, spoken=False)["silence"]
    assert len(silence.stretches) == MOST and silence.more == 3
    lengths = [stretch.end_ms - stretch.start_ms for stretch in silence.stretches]
    assert lengths == sorted(lengths, reverse=True) and lengths[0] >= 12_000


@given(st.integers(-20, 6))
def test_how_loud_a_recording_is_changes_nothing(gain: int) -> None:
    """Whatever is judged is judged beside the speech; only clipping knows of full scale."""
    speech = voice(20)
    mixed = np.concatenate([speech + at_level(music(20), 10, speech), np.zeros(7 * RATE)]) * 0.3
    found = kinds(mixed * 10 ** (gain / 20), np.zeros_like(mixed))
    assert list(found) == ["one_side", "bed", "silence"]
    assert abs(dict(found["bed"].facts)["n"] - 10) <= 3


@given(st.lists(st.tuples(st.floats(-120, 0), st.floats(-1, 1)), max_size=300), st.booleans())
def test_any_levels_are_judged(steps: list[tuple[float, float]], stereo: bool) -> None:
    channels = 2 if stereo else 1
    loud = np.array([level for level, _ in steps], np.float32)
    like = np.array([likeness for _, likeness in steps], np.float32)
    wide = np.repeat(loud[:, None], channels, axis=1)
    windows = np.repeat(loud[::20, None], 2, axis=1)
    levels = Levels(
        channels, len(steps) * 100, wide, wide, loud, like, loud, abs(like)[:, None], windows
    )
    spoken = {"A": (Stretch(0, 9_000),), "B": (Stretch(9_000, 60_000),)}
    for blemish in diagnose([("a", levels)], levels, spoken):
        assert len(blemish.stretches) <= MOST
        for stretch in blemish.stretches:
            assert 0 <= stretch.start_ms < stretch.end_ms <= max(60_000, levels.duration_ms)
    assert 0 <= beyond_repair(levels) <= 100


def test_nothing_is_judged_of_nothing() -> None:
    empty = heard(np.empty(0))
    assert diagnose([("a", empty)], empty, {"A": ()}) == ()
    assert loudness_of(empty, ()) is None


@pytest.mark.parametrize("slug", EPISODES)
def test_the_sample_show_has_no_blemish(slug: str, published: Path) -> None:
    """Its voices are clean and equally loud, and its music is not under them."""
    work = pipeline.start(Workspace(published), Silent())
    episode = work.workspace.episode(slug, work.show)
    recording = work.workspace.recording(episode, work.show)
    words = work.workspace.words(slug)
    made = mastering.mastered(work, recording, episode.sound)
    assert words and made
    transcript = work.workspace.transcript(slug, work.show, episode.language)
    spoken = spoken_in(make_timeline(transcript, words))
    assert len(spoken) > 1
    assert examining.blemishes(work, recording, made, spoken) == ()
    assert examining.blemishes(work, recording, made) == ()


def test_a_recording_that_was_clipped_is_told_when_its_sound_is_made(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    folder = copy_show(tmp_path / "show", ["episode-2"])
    file = folder / "episodes" / "episode-2" / "recording.flac"
    file.unlink()
    speech = sound("episode-2/recording.flac")[0]
    loud = speech.copy()
    loud[30 * RATE : 35 * RATE] *= 20
    write_wav(file.with_suffix(".wav"), loud)
    ran = podcast(folder, "publish", "episode-2")
    assert "episodes/episode-2/recording.wav\u00a0: le son est coupé en haut des ondes" in ran.out
    assert re.search(r"de 0:3\d à 0:3\d", ran.out)
    assert len(list((folder / ".podcast" / "levels").iterdir())) == 2
    again = podcast(folder, "publish", "episode-2")
    assert "grésille" not in again.out, "told once, when the sound is made"


def test_a_recording_clipped_beyond_repair_is_refused(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    folder = copy_show(tmp_path / "show", ["episode-2"])
    file = folder / "episodes" / "episode-2" / "recording.flac"
    file.unlink()
    write_wav(file.with_suffix(".wav"), voice(20) * 60)
    (folder / "transcripts" / "episode-2.words.jsonl").unlink()
    ran = podcast(folder, "publish", "episode-2")
    assert ran.code == 1
    assert ran.err.startswith(
        "episodes/episode-2/recording.wav : le son de cet enregistrement est coupé sans remède"
    )
    assert list((folder / ".podcast" / "sound").iterdir()) == []
