"""Whether a sound file's end is there: whole ones, cut ones, and those that do not say."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from media_corpus import samples, speech, unmarked, wav

from podcast.endings import Ending, ending
from podcast.ffmpeg import program

KINDS = {
    "wav": (),
    "rf64.wav": ("-rf64", "always"),
    "adpcm.wav": ("-c:a", "adpcm_ima_wav"),
    "w64": (),
    "caf": ("-c:a", "pcm_s16le"),
    "wma": ("-c:a", "wmav2"),
    "ogg": ("-c:a", "libvorbis"),
    "opus": ("-c:a", "libopus"),
}


@cache
def whole(kind: str) -> bytes:
    with TemporaryDirectory() as folder:
        return speech(Path(folder) / f"a.{kind}", *KINDS[kind]).read_bytes()


def of(content: bytes, folder: Path) -> Ending:
    path = folder / "sound"
    path.write_bytes(content)
    return ending(path)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_whole_file_is_whole_and_a_cut_one_is_cut(kind: str, tmp_path: Path) -> None:
    content = whole(kind)
    assert of(content, tmp_path) == Ending()
    for share in (0.3, 0.5, 0.75):
        found = of(content[: int(len(content) * share)], tmp_path)
        assert found.state == "cut"
        if kind not in ("ogg", "opus"):
            assert found.missing_ms is not None
            assert abs(found.missing_ms - 5300 * (1 - share)) < 200
            assert abs(found.left_ms + found.missing_ms - 5300) < 100


@given(kind=st.sampled_from(sorted(KINDS)), share=st.floats(0, 1), noise=st.binary(max_size=40))
@example(kind="rf64.wav", share=0.03515625, noise=b"\x80")  # longer than any file can be
@example(kind="rf64.wav", share=0.03515625, noise=b"\x01")
def test_any_piece_of_a_file_is_judged(
    tmp_path_factory: pytest.TempPathFactory, kind: str, share: float, noise: bytes
) -> None:  # fmt: skip
    """Cut anywhere, and with anything written over any place of its first kilobyte."""
    content = whole(kind)
    at = int(len(content) * share)
    folder = tmp_path_factory.getbasetemp()
    assert of(content[:at], folder).state in ("whole", "open", "cut")
    spoiled = bytearray(content)
    place = int(share * 1000)
    spoiled[place : place + len(noise)] = noise
    assert of(bytes(spoiled), folder).state in ("whole", "open", "cut")


def test_a_promise_that_no_file_keeps_is_not_counted(tmp_path: Path) -> None:
    content = whole("rf64.wav")
    place = content.index(b"ds64") + 8 + 8  # the sound's size, of 64 bits
    for high in (1, 0x80):
        spoiled = content[: place + 7] + bytes([high]) + content[place + 8 :]
        assert of(spoiled, tmp_path) == Ending("cut")


def test_what_is_written_into_a_pipe_does_not_say(tmp_path: Path) -> None:
    source = speech(tmp_path / "a.flac")
    done = subprocess.run(
        [program(), "-v", "error", "-i", str(source), "-f", "wav", "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert of(done.stdout, tmp_path).state == "open"
    for size in (0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFDB, 0xFFFFFFFF):
        assert of(wav(samples(), 22_050, claims=size), tmp_path).state == "open", size


def test_an_ogg_from_a_telephone_does_not_say(tmp_path: Path) -> None:
    unmarked(tmp_path / "a.ogg")
    assert ending(tmp_path / "a.ogg") == Ending("open")


def test_a_wav_that_goes_on_behind_its_size_does_not_say(tmp_path: Path) -> None:
    content = wav(samples(), 22_050, claims=22_050)
    assert of(content, tmp_path).state == "open"
    # What follows the sound in order is none of it.
    more = b"LIST" + (99_999).to_bytes(4, "little") + bytes(99_999)
    assert of(wav(samples(), 22_050) + more, tmp_path) == Ending()


def test_less_than_a_second_is_no_loss(tmp_path: Path) -> None:
    """Programs count their header as sound, or leave out the padding."""
    frames = samples()
    assert of(wav(frames, 22_050, claims=len(frames) + 44), tmp_path) == Ending()
    assert of(wav(frames, 22_050, claims=len(frames) + 22_050), tmp_path) == Ending()
    assert of(wav(frames, 22_050, claims=len(frames) + 88_200), tmp_path).missing_ms == 2000
