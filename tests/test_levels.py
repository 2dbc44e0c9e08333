"""What is gathered from the samples is what meters say, however the samples come."""

from __future__ import annotations

import re
import subprocess

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from podcast import ffmpeg
from podcast.levels import SILENCE, STEP_MS, Collector, Levels, joined, packed, unpacked

RATE = 8000
SAMPLES = ("episode-2/recording.flac", "episode-3/recording.flac", "episode-3/opening.flac")


def heard(*channels: np.ndarray, rate: int = 44_100) -> Levels:
    """Levels of signals between -1 and 1."""
    collector = Collector(len(channels), rate)
    x = np.stack(channels, axis=1) * 32767
    collector.feed(np.rint(x).clip(-32768, 32767).astype(np.int16))
    return collector.finish()


def tone(hz: float, seconds: float, amplitude: float = 0.1, rate: int = 44_100) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


def noise(seconds: float, amplitude: float = 0.1, rate: int = 44_100, seed: int = 1) -> np.ndarray:
    return amplitude * np.random.default_rng(seed).standard_normal(round(seconds * rate))


def decoded(name: str) -> tuple[Levels, float]:
    """Levels of a real file, and its loudness by ffmpeg's meter."""
    path = ROOT / "episodes" / name
    command = [ffmpeg.program(), "-hide_banner", "-nostats", "-i", path, "-map", "0:a:0"]
    meter = ["-filter:a", "ebur128=framelog=quiet", "-ac", "2", "-ar", "44100", "-f", "s16le", "-"]
    done = subprocess.run([*command, *meter], capture_output=True, check=True)
    collector = Collector(2, 44_100)
    collector.feed(np.frombuffer(done.stdout, "<i2").reshape(-1, 2))
    log = done.stderr.decode()
    found = re.search(r"I:\s+(-[\d.]+) LUFS", log[log.rfind("Summary") :])
    assert found
    return collector.finish(), float(found[1])


def integrated(levels: Levels) -> float:
    """EBU R128: mean power of 400 ms blocks above -70 LUFS and above 10 LU below their mean."""
    power = 10 ** (levels.loudness / 10)
    blocks = np.convolve(power, np.full(4, 0.25), "valid")
    blocks = blocks[blocks > 10**-7]
    blocks = blocks[blocks > blocks.mean() / 10]
    return float(10 * np.log10(blocks.mean()))


@pytest.mark.parametrize("name", SAMPLES)
def test_loudness_is_what_ffmpeg_measures(name: str) -> None:
    levels, meter = decoded(name)
    assert abs(integrated(levels) - meter) < 0.3


@given(st.lists(st.integers(0, 9000), max_size=8), st.integers(0, 30_000), st.sampled_from([1, 2]))
def test_how_the_samples_are_cut_changes_nothing(
    cuts: list[int], length: int, channels: int
) -> None:
    rng = np.random.default_rng(length)
    x = rng.integers(-40_000, 40_000, (length, channels)).clip(-32768, 32767).astype(np.int16)
    whole, cut = Collector(channels, RATE), Collector(channels, RATE)
    whole.feed(x)
    at = 0
    for size in (*cuts, length):
        cut.feed(x[at : at + size])
        at = min(length, at + size)
    a, b = whole.finish(), cut.finish()
    assert len(a) == len(b) == -(-length // (RATE * STEP_MS // 1000))
    assert a.duration_ms == b.duration_ms == round(length / 8)
    for name in ("rms", "peak", "loudness", "likeness", "brightness", "clipped", "hum"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), atol=0.02)


@given(st.floats(-80, 0), st.integers(100, 3500))
def test_a_tone_has_its_level_and_its_pitch(decibels: float, hz: int) -> None:
    levels = heard(tone(hz, 0.5, 10 ** (decibels / 20), RATE), rate=RATE)
    step = levels.rms[2, 0]
    assert abs(step - (decibels - 3.01)) < (0.3 if decibels > -60 else 3)
    assert levels.peak[:, 0].max() <= 0.01
    if decibels > -40:
        # A tenth of a second does not hold a whole number of periods.
        assert abs(levels.brightness[2] - hz) < 0.1 * hz + 30


def test_silence_is_written_as_silence() -> None:
    levels = heard(np.zeros(44_100), np.zeros(44_100))
    assert (levels.rms == SILENCE).all() and (levels.peak == SILENCE).all()
    assert (levels.loudness == SILENCE).all() and (levels.hum == SILENCE).all()
    assert (levels.likeness == 1).all() and not levels.clipped.any()


def test_nothing_at_all() -> None:
    levels = Collector(2, 44_100).finish()
    assert len(levels) == levels.duration_ms == 0 and levels.rms.shape == (0, 2)
    assert unpacked(packed(levels)).clipped.shape == (0, 2)


def test_the_last_step_is_as_loud_as_the_others() -> None:
    levels = heard(tone(440, 1.03))
    assert len(levels) == 11 and levels.duration_ms == 1030
    assert abs(levels.rms[10, 0] - levels.rms[5, 0]) < 1
    assert abs(levels.loudness[10] - levels.loudness[5]) < 1


def test_left_and_right() -> None:
    left, right = noise(1), noise(1, seed=2)
    assert heard(left, left).likeness.min() > 0.99
    assert heard(left, -left).likeness.max() < -0.99
    assert abs(heard(left, right).likeness).max() < 0.2
    assert (heard(left).likeness == 1).all()
    levels = heard(left, left / 10)
    assert abs(levels.rms[:, 0] - levels.rms[:, 1] - 20).max() < 0.1


def test_what_was_cut_off_at_full_scale() -> None:
    levels = heard(tone(440, 1, 2.0))
    # The sine of twice full scale is outside of it for two thirds of the time.
    assert (abs(levels.clipped - 2 / 3) < 0.02).all()
    assert not heard(tone(440, 1, 0.99)).clipped.any()
    loud = noise(1, 0.2)
    loud[1000:1002] = 1
    assert not heard(loud).clipped.any(), "two samples are no run"
    loud[20_000:20_003] = -1.1
    clipped = heard(loud).clipped[:, 0]
    assert clipped.sum() == clipped[4] == np.float32(3 / 4410)


def test_what_a_recorder_cut_off_below_full_scale() -> None:
    speech = noise(1, 0.4) * (1 + np.sin(np.arange(44_100) / 700))
    smooth = np.convolve(speech, np.full(8, 0.35), "same")
    assert heard(np.clip(smooth, -0.7, 0.7)).clipped[:, 0].astype(bool).sum() >= 5
    assert not heard(smooth / abs(smooth).max() * 0.7).clipped.any()
    assert not heard(tone(50, 5, 0.7)).clipped.any(), "a low tone has a round top"


@pytest.mark.parametrize(("hz", "series"), [(50, 0), (100, 0), (60, 1), (180, 1), (50.04, 0)])
def test_hum_is_found_beneath_what_else_sounds(hz: float, series: int) -> None:
    hum = tone(hz, 8, 0.01) + tone(2 * hz, 8, 0.005)
    levels = heard(hum + noise(8, 0.002)).hum
    assert levels[:, series].min() > -75
    assert levels[:, 1 - series].max() < levels[:, series].min() - 10


@pytest.mark.parametrize("hz", [49.0, 55.0, 61.7, 98.0, 123.5, 146.8, 196.0])
def test_a_low_note_is_no_hum(hz: float) -> None:
    assert heard(tone(hz, 8, 0.1)).hum.max() < -80


def test_noise_is_no_hum() -> None:
    hum = heard(np.cumsum(noise(60, 0.001)) * 0.05).hum
    assert (hum > -90).mean() < 0.05


def test_what_is_kept_is_what_was_measured() -> None:
    levels, _ = decoded(SAMPLES[0])
    kept = packed(levels)
    assert len(kept) < 12 * len(levels)
    again = unpacked(kept)
    for name in ("rms", "peak", "loudness", "hum", "likeness", "clipped"):
        np.testing.assert_allclose(getattr(again, name), getattr(levels, name), atol=0.0051)
    assert (again.channels, again.duration_ms) == (levels.channels, levels.duration_ms)
    assert packed(levels) == kept
    with pytest.raises(ValueError, match="no levels"):
        unpacked(kept[:-100])


def test_parts_heard_one_after_the_other() -> None:
    one, two = heard(tone(440, 1)), heard(tone(440, 2, 0.2), np.zeros(2 * 44_100))
    whole = joined([one, two])
    assert (whole.channels, whole.duration_ms, len(whole)) == (1, 3000, 30)
    assert list(whole.rms[[5, 25], 0]) == [one.rms[5, 0], two.rms[15, 0]]
    assert joined([two, two]).rms.shape == (40, 2)
    assert joined([one]) is one


@pytest.mark.parametrize(("channels", "rate"), [(0, 44_100), (1, 11_025), (1, 0)])
def test_what_cannot_be_stepped_through(channels: int, rate: int) -> None:
    with pytest.raises(ValueError, match="channels at"):
        Collector(channels, rate)
    with pytest.raises(ValueError, match="for 2 channels"):
        Collector(2, 44_100).feed(np.zeros((4, 1), np.int16))
