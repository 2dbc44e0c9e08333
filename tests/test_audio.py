"""The published sound: as loud as it should be, whole, and bad files are told in one sentence."""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, Ran, copy_show

from podcast import analysis, audio, ffmpeg, hearing
from podcast.errors import Fixable, Outside
from podcast.metering import metered
from podcast.recording import Recording, Track
from podcast.show import Sound

EPISODE = ROOT / "episodes"
NOTHING_ON_PATH = {"PATH": "/nonexistent"}


def track(path: Path) -> Track:
    return Track(path, path.name)


def write_wav(path: Path, samples: np.ndarray, rate: int = 44_100) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def test_a_quiet_mono_recording_is_brought_to_minus_19(tmp_path: Path) -> None:
    recording = Recording((track(EPISODE / "episode-2" / "recording.flac"),))
    made = audio.master(recording, Sound(), tmp_path / "m.mp3")
    assert made.channels == 1
    assert made.before.integrated < -24
    assert abs(made.after.integrated + 19) <= 0.25
    assert made.after.peak <= -1.5
    again = analysis.hear(track(made.path))
    assert abs(again.duration_ms - 83_901) <= 1
    assert abs(again.loudness.integrated - made.after.integrated) < 0.05
    assert abs(again.loudness.peak - made.after.peak) < 0.1


def test_tracks_are_levelled_mixed_and_keep_their_times(tmp_path: Path) -> None:
    tracks = sorted((EPISODE / "episode-1" / "tracks").glob("*.flac"))
    made = audio.master(Recording(tuple(track(t) for t in tracks)), Sound(), tmp_path / "m.mp3")
    assert abs(made.after.integrated + 19) <= 0.25
    assert abs(made.duration_ms - 93_109) <= 30


def test_many_people_are_heard_one_after_the_other(tmp_path: Path) -> None:
    """Each file that is mixed needs memory of its own; each beep is where its track has it."""
    rate, beep = 44_100, np.sin(np.arange(4410) * 2 * np.pi * 440 / 44_100) / 4
    tracks = []
    for n in range(32):
        samples = np.zeros(rate * 7)
        at = rate * n // 5
        samples[at : at + len(beep)] = beep
        tracks.append(track(write_wav(tmp_path / f"{n}.wav", samples)))
    made = audio.master(Recording(tuple(tracks)), Sound(), tmp_path / "m.mp3")
    assert made.duration_ms == 7000
    assert abs(made.after.integrated + 19) <= 0.25
    levels = metered(track(made.path)).loudness.reshape(-1, 2)[:32]
    assert (levels[:, 0] > -18).all() and (levels[:, 1] < -25).all()


def test_opening_and_closing_stand_around_the_recording(tmp_path: Path) -> None:
    folder = EPISODE / "episode-3"
    recording = Recording(
        (track(folder / "recording.flac"),),
        track(folder / "opening.flac"),
        track(folder / "closing.flac"),
    )
    made = audio.master(recording, Sound(), tmp_path / "m.mp3")
    assert made.channels == 2
    assert made.recording_starts_ms == 9000
    assert abs(made.duration_ms - 129_482) <= 30
    assert abs(made.after.integrated + 16) <= 0.25


def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    recording = Recording((track(EPISODE / "episode-2" / "recording.flac"),))
    audio.master(recording, Sound(), tmp_path / "a.mp3")
    audio.master(recording, Sound(), tmp_path / "b.mp3")
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


def test_a_name_that_looks_like_a_protocol(tmp_path: Path) -> None:
    hum = np.sin(np.arange(44_100) / 20) * 0.3
    made = analysis.hear(track(write_wav(tmp_path / "12:30.wav", hum)))
    assert made.duration_ms == 1000


def broken_files(folder: Path) -> dict[str, tuple[Path, str]]:
    text = folder / "renamed.mp3"
    text.write_text("Bonjour, je suis un texte. " * 200, "utf-8")
    empty = folder / "empty.wav"
    empty.touch()
    silent = write_wav(folder / "silent.wav", np.zeros(44_100 * 2))
    header = folder / "header.wav"
    write_wav(header, np.zeros(0))
    noise = folder / "noise.mp3"
    noise.write_bytes(np.random.default_rng(1).bytes(200_000))
    playlist = folder / "list.mp3"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.mp3\n", "utf-8")
    video = folder / "mute.mp4"
    subprocess.run(
        [ffmpeg.program(), "-v", "error", "-f", "lavfi", "-i", "color=s=16x16:d=1", str(video)],
        check=True,
    )
    return {
        "text": (text, "audio.not_audio"),
        "empty": (empty, "audio.empty"),
        "silent": (silent, "audio.silent"),
        "header only": (header, "audio.not_audio"),
        "noise": (noise, "audio.not_audio"),
        "playlist": (playlist, "audio.not_audio"),
        "mute video": (video, "audio.no_sound"),
        "missing": (folder / "no.wav", "audio.missing"),
    }


@pytest.mark.parametrize(
    "name",
    ["text", "empty", "silent", "header only", "noise", "playlist", "mute video", "missing"],
)
def test_what_is_no_recording(name: str, tmp_path: Path) -> None:
    path, kind = broken_files(tmp_path)[name]
    with pytest.raises(Fixable) as caught:
        analysis.hear(track(path))
    assert [fault.kind for fault in caught.value.faults] == [kind]


def test_a_recording_that_is_a_renamed_text(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    folder = copy_show(tmp_path / "show", ["episode-2"])
    file = folder / "episodes" / "episode-2" / "recording.flac"
    file.unlink()
    file.with_suffix(".mp3").write_text("Ceci est un texte.\n" * 50, "utf-8")
    (folder / "transcripts" / "episode-2.words.jsonl").unlink()
    ran = podcast(folder, "publish", "episode-2")
    assert ran.code == 1
    assert ran.err == (
        "episodes/episode-2/recording.mp3 : ce fichier n'est pas un son lisible. Ouvrez-le dans un "
        "lecteur pour vérifier, puis exportez-le en WAV ou en MP3.\n"
    )


def test_no_recording_at_all(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    folder = copy_show(tmp_path / "show", ["episode-2"])
    (folder / "episodes" / "episode-2" / "recording.flac").unlink()
    ran = podcast(folder, "publish", "episode-2")
    assert ran.code == 1
    assert ran.err.startswith("episodes/episode-2 : il n'y a pas d'enregistrement.")
    assert ran.err.count("\n") == 1


def test_two_people_on_two_sides_are_told_apart(tmp_path: Path) -> None:
    tracks = EPISODE / "episode-1" / "tracks"
    stereo = tmp_path / "stereo.wav"
    subprocess.run(
        [ffmpeg.program(), "-v", "error", "-i", tracks / "presentatrice.flac",
         "-i", tracks / "conseillere.flac", "-filter_complex", "[0:a][1:a]join=inputs=2", stereo],
        check=True,
    )  # fmt: skip
    found = hearing.sides(track(stereo))
    assert found and len(found) == 2
    # The presenter speaks first, the adviser from 14.6 s on.
    assert sum(found[0][20:200]) > 5 * sum(found[1][20:200])
    assert sum(found[1][295:330]) > 5 * sum(found[0][295:330])


@pytest.mark.parametrize("name", ["episode-3/recording.flac", "episode-3/opening.flac"])
def test_one_room_and_music_are_no_two_people(name: str) -> None:
    assert hearing.sides(track(EPISODE / name)) is None


def test_a_full_disk_is_told_by_the_door(tmp_path: Path) -> None:
    """Linux's always full file stands in for the disk, behind a link that may be removed."""
    made = tmp_path / "listening.s16"
    made.symlink_to("/dev/full")
    with pytest.raises(Outside) as caught:
        hearing.for_speech_recognition(EPISODE / "episode-2" / "recording.flac", made)
    assert caught.value.faults[0].kind == "disk.full"
    assert not made.is_symlink()


def test_a_folder_that_is_gone_is_told_by_the_door(tmp_path: Path) -> None:
    with pytest.raises(Outside) as caught:
        hearing.for_speech_recognition(
            EPISODE / "episode-2" / "recording.flac", tmp_path / "gone" / "x.s16"
        )
    assert caught.value.faults[0].kind in ("audio.ffmpeg_failed", "disk.unwritable")
