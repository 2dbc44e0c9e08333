"""Tracks of one conversation find their places by the voices that both microphones heard."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

from podcast import audio, ffmpeg
from podcast.analysis import hear
from podcast.recording import Recording, Track
from podcast.show import Sound
from podcast.sync import shift

TRACKS = ROOT / "episodes" / "episode-1" / "tracks"


def room(folder: Path, late_ms: int, faster: float, heard: float = 0.1) -> Recording:
    """Both speakers, each also in the other's microphone; the second began late, on a fast clock."""
    names = ("presentatrice", "conseillere")
    rate = round(44_100 * (1 + faster))
    late = f"atrim=start={late_ms / 1000}" if late_ms > 0 else f"adelay={-late_ms}"
    graph = (
        "[0:a]aresample=44100,asplit[a][a2];[1:a]aresample=44100,asplit[b][b2];"
        f"[b2]volume={heard}[b3];[a2]volume={heard}[a3];"
        "[a][b3]amix=normalize=0[one];[b][a3]amix=normalize=0,"
        f"{late},asetpts=N/SR/TB,aresample={rate},asetrate=44100[two]"
    )
    files = [folder / f"{name}.wav" for name in names]
    subprocess.run(
        [ffmpeg.program(), "-v", "error", *(x for n in names for x in ("-i", TRACKS / f"{n}.flac")),
         "-filter_complex", graph, "-map", "[one]", files[0], "-map", "[two]", files[1]],
        check=True,
    )  # fmt: skip
    return Recording(tuple(Track(f, f.name, f.stem) for f in files))


@pytest.mark.parametrize(
    ("late_ms", "faster"), [(1370, 0.0), (-800, 0.0), (12_000, 0.0), (1370, 0.0008)]
)
def test_a_late_track_is_put_in_its_place(late_ms: int, faster: float, tmp_path: Path) -> None:
    recording = room(tmp_path, late_ms, faster)
    one, two = (hear(track).course.tops for track in recording.tracks)
    found = shift(one, two)
    assert found
    assert abs(found.offset_ms - late_ms) <= 15
    assert abs(found.drift - faster) < 0.0002


def test_tracks_in_their_places_and_tracks_apart_are_left_alone(tmp_path: Path) -> None:
    one, two = (hear(track).course.tops for track in room(tmp_path, 0, 0.0).tracks)
    assert shift(one, two) is None
    one, two = (hear(t).course.tops for t in room(tmp_path, 2500, 0.0, heard=0.0).tracks)
    assert shift(one, two) is None


def test_the_master_has_the_voices_at_one_time(tmp_path: Path) -> None:
    recording = room(tmp_path, 1370, 0.0)
    made = audio.master(recording, Sound(), tmp_path / "m.mp3")
    assert abs(made.offsets_ms[1] - 1370) <= 15
    assert made.offsets_ms[0] == 0
    assert abs(made.duration_ms - 93_109) <= 30
    assert abs(made.after.integrated + 19) <= 0.2
