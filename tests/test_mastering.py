"""One encode brings every kind of recording to its loudness; halves join; other kinds of file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from conftest import ROOT, Ran, copy_show

from podcast import audio, ffmpeg, loudness, mp3
from podcast.analysis import hear
from podcast.levels import Levels, packed
from podcast.metering import metered
from podcast.peaks import Peak
from podcast.recording import Master, Recording, Track
from podcast.show import Sound

EPISODES = ROOT / "episodes"
SPEECH = EPISODES / "episode-2" / "recording.flac"
ROOM = EPISODES / "episode-3" / "recording.flac"
MUSIC = EPISODES / "episode-3" / "opening.flac"
TRACKS = EPISODES / "episode-1" / "tracks"
STEREO = "aformat=channel_layouts=stereo:sample_rates=44100"

# Inputs and filters; each is twenty seconds that people really record.
MATERIALS: dict[str, tuple[tuple[Path, ...], str]] = {
    "clean speech": ((SPEECH,), "[0:a]anull"),
    "noisy speech": (
        (ROOM,),
        f"anoisesrc=c=pink:a=0.03:d=20:seed=1,{STEREO}[n];[0:a]{STEREO}[s];"
        "[s][n]amix=inputs=2:normalize=0",
    ),
    "very dynamic speech": ((SPEECH,), "[0:a]volume='if(lt(mod(t,8),4),4,0.3)':eval=frame"),
    "music and speech": (
        (MUSIC, ROOM),
        f"[0:a]{STEREO},volume=6dB[m];[1:a]{STEREO}[s];[m][s]concat=v=0:a=1",
    ),
    "limited already": (
        (ROOM, MUSIC),
        f"[0:a]{STEREO}[s];[1:a]{STEREO},adelay=300|0[m];[s][m]amix=inputs=2:normalize=0,"
        "volume=24dB,alimiter=limit=0.98:level=false:attack=1:release=10",
    ),
    "very quiet": ((SPEECH,), "[0:a]volume=-25dB"),
    "a call in stereo": (
        (TRACKS / "presentatrice.flac", TRACKS / "conseillere.flac"),
        "[0:a][1:a]join=inputs=2:channel_layout=stereo",
    ),
}  # fmt: skip


def record(path: Path, inputs: tuple[Path, ...], filters: str, seconds: int = 20) -> Recording:
    """A recording made with ffmpeg, in 24 bits so that quiet ones keep their detail."""
    opened = [part for file in inputs for part in ("-i", str(file))]
    subprocess.run(
        [ffmpeg.program(), "-v", "error", *opened, "-filter_complex", f"{filters}[out]",
         "-map", "[out]", "-t", str(seconds), "-c:a", "pcm_s24le", str(path)],
        check=True,
    )  # fmt: skip
    return Recording((Track(path, path.name),))


def samples(path: Path, channels: int) -> np.ndarray:
    """A sound file as floats, whole."""
    done = subprocess.run(
        [ffmpeg.program(), "-v", "error", "-i", str(path), "-f", "f32le", "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    return np.frombuffer(done.stdout, "<f4").reshape(-1, channels)


@pytest.mark.parametrize("name", list(MATERIALS))
def test_every_kind_of_recording_is_as_loud_as_it_should_be(name: str, tmp_path: Path) -> None:
    made = audio.master(record(tmp_path / "r.wav", *MATERIALS[name]), Sound(), tmp_path / "m.mp3")
    target = -16 if made.channels == 2 else -19
    found = samples(made.path, made.channels)
    # A meter that is not ffmpeg's.
    heard = pyloudnorm.Meter(44_100).integrated_loudness(found)
    assert abs(heard - target) <= 0.2
    assert abs(heard - made.after.integrated) <= 0.1
    log = subprocess.run(
        [ffmpeg.program(), "-hide_banner", "-i", made.path, "-af", "ebur128=peak=true", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    peak = float(log[log.rindex("Peak:") :].split()[1])
    assert peak <= -1.5
    assert abs(peak - made.after.peak) <= 0.15


def test_two_equal_sides_and_a_silent_one_become_one_channel(tmp_path: Path) -> None:
    both = record(tmp_path / "both.wav", (SPEECH,), f"[0:a]{STEREO}", 8)
    left = record(tmp_path / "left.wav", (SPEECH,), "[0:a]pan=stereo|c0=c0|c1=0*c0", 8)
    for recording in (both, left):
        made = audio.master(recording, Sound(), tmp_path / "m.mp3")
        assert made.channels == 1
        assert abs(made.after.integrated + 19) <= 0.2


def test_two_halves_are_one_whole_whatever_the_number_of_workers(tmp_path: Path) -> None:
    inputs, filters = MATERIALS["music and speech"]
    recording = record(tmp_path / "r.wav", inputs, filters, 60)

    heard: list[Levels] = []

    def made(name: str, workers: int, halves_from_ms: int) -> Master:
        return audio.master(
            recording, Sound(), tmp_path / name, workers=workers, halves_from_ms=halves_from_ms,
            keep=heard.append,
        )  # fmt: skip

    one, two = made("1.mp3", 1, 0), made("2.mp3", 2, 0)
    whole = made("w.mp3", 1, 10**9)
    assert one.path.read_bytes() == two.path.read_bytes()
    assert one.after == two.after
    halves, undivided = samples(one.path, 2), samples(whole.path, 2)
    assert len(halves) == len(undivided) == 60 * 44_100
    # The halves meet at 25.6 s and 20 frames; a click there would be heard in what is left.
    meeting = round(25.6 * 44_100) + 20 * mp3.FRAME
    left = np.abs(halves - undivided)
    assert left[: meeting - 2 * mp3.FRAME].max() == 0
    assert left[meeting - 2 * mp3.FRAME : meeting + 2 * mp3.FRAME].max() < 0.002
    assert mp3.read(one.path).frames == mp3.read(whole.path).frames
    # The levels were gathered meanwhile, the same ones however the sound was made.
    assert packed(heard[0]) == packed(heard[1])
    decoded = metered(Track(one.path, "1.mp3"))
    for levels in heard:
        assert levels.duration_ms == decoded.duration_ms == 60_000
        assert levels.hum.shape == decoded.hum.shape
        # A codec makes more of a loud step than of a quiet one.
        assert np.abs(levels.loudness - decoded.loudness)[decoded.loudness > -40].max() < 1
        assert abs(np.mean(levels.loudness - decoded.loudness)) < 0.1
        assert abs(np.mean(levels.peak - decoded.peak)) < 0.1


def test_the_limiters_loss_is_told_beforehand(tmp_path: Path) -> None:
    course = hear(record(tmp_path / "r.wav", *MATERIALS["a call in stereo"]).tracks[0]).course
    gain = loudness.gain_for(course, -16, -4)
    assert gain > -16 - loudness.integrated(course.power) + 0.5
    assert abs(loudness.integrated(loudness.limited(course.louder(gain), -4).power) + 16) < 0.02


def test_a_peak_between_the_samples_is_found() -> None:
    at = np.arange(44_100)
    sine = np.sin(np.pi / 2 * at + np.pi / 4) * 20_000  # its samples reach 0.71 of its peak
    peak = Peak()
    for block in np.array_split(np.column_stack([sine, sine * 0.1]).astype(np.int16), 7):
        peak.feed(block)
    assert abs(peak.decibels - 20 * np.log10(20_000 / 32_768)) < 0.1


def test_other_kinds_of_file_leave_the_mp3_alone(
    tmp_path: Path, show: Path, podcast: Callable[..., Ran]
) -> None:
    before = {p.name for p in (show / ".podcast" / "sound").glob("*.mp3")}
    episode = show / "episodes" / "episode-3" / "episode.md"
    text = episode.read_text("utf-8")
    episode.write_text(text.replace("---\n", "---\nsound:\n  outputs: [m4a, opus]\n", 1), "utf-8")
    assert podcast(show, "publish", "episode-3").code == 0
    assert {p.name for p in (show / ".podcast" / "sound").glob("*.mp3")} == before
    page = (show / "site" / "episode-3" / "index.html").read_text("utf-8")
    sounds = {p.suffix: p for p in (show / "site" / "audio").iterdir()}
    for suffix in (".m4a", ".opus"):
        assert f'href="../audio/{sounds[suffix].name}" download' in page
        heard = hear(Track(sounds[suffix], suffix))
        assert abs(heard.loudness.integrated + 16) <= 0.25
        assert heard.loudness.peak <= -1.5
        assert abs(heard.duration_ms - 129_482) <= 30
    content = sounds[".m4a"].read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_parts_are_heard_one_after_the_other(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    folder = copy_show(tmp_path / "show", ["episode-2"])
    here = folder / "episodes" / "episode-2"
    whole = here / "recording.flac"
    for name, begin, length in (("recording-1.wav", 0, 40), ("recording-2.flac", 40, 60)):
        subprocess.run(
            [ffmpeg.program(), "-v", "error", "-ss", str(begin), "-t", str(length), "-i", whole, here / name],
            check=True,
        )  # fmt: skip
    ran = podcast(folder, "publish", "episode-2")
    assert ran.code == 1
    assert "recording-1.wav" in ran.err
    whole.unlink()
    parts = Recording(
        (Track(here / "recording-1.wav", "1"), Track(here / "recording-2.flac", "2")), parts=True
    )
    made = audio.master(parts, Sound(), tmp_path / "m.mp3")
    assert abs(made.duration_ms - 83_901) <= 2
    assert abs(made.after.integrated + 19) <= 0.2
    (here / "recording-1.wav").rename(here / "recording-3.wav")
    ran = podcast(folder, "publish", "episode-2")
    assert "recording-1" in ran.err


def test_noise_between_the_words_becomes_softer_and_times_stay(tmp_path: Path) -> None:
    # Five seconds without a word come first, so that the noise alone can be measured.
    recording = record(
        tmp_path / "r.wav", (SPEECH,),
        "anoisesrc=c=white:a=0.003:d=20:seed=1[n];[0:a]adelay=5000,aresample=44100[s];"
        "[n][s]amix=inputs=2:normalize=0",
    )  # fmt: skip
    plain = audio.master(recording, Sound(), tmp_path / "p.mp3")
    clean = audio.master(recording, replace(Sound(), denoise=True), tmp_path / "c.mp3")
    one, two = samples(plain.path, 1)[:, 0], samples(clean.path, 1)[:, 0]
    assert len(one) == len(two)

    def level(x: np.ndarray) -> float:
        return float(20 * np.log10(np.sqrt(np.mean(x[44_100 : 4 * 44_100] ** 2))))

    assert level(two) < level(one) - 5
    assert abs(clean.after.integrated + 19) <= 0.2
    spoken = slice(6 * 44_100, 16 * 44_100)
    shift = np.correlate(np.abs(two[spoken])[::44], np.abs(one[spoken])[::44], "same").argmax()
    assert abs(int(shift) - len(one[spoken][::44]) // 2) <= 10


def test_a_truncated_stream_of_frames_is_no_stream(tmp_path: Path) -> None:
    made = audio.master(
        record(tmp_path / "r.wav", (SPEECH,), "[0:a]anull", 3), Sound(), tmp_path / "m.mp3"
    )
    assert mp3.read(made.path).frames >= 3 * 44_100 // mp3.FRAME
    (tmp_path / "cut.mp3").write_bytes(made.path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="cut"):
        mp3.read(tmp_path / "cut.mp3")


def test_an_episode_has_its_own_treatment(tmp_path: Path) -> None:
    from podcast.episode import read_episode
    from podcast.show import read_show

    show = read_show(
        (ROOT / "podcast.yaml").read_text("utf-8") + "\nsound: {highpass_hz: 90, peak: -2.0}\n", "x"
    )
    text = (EPISODES / "episode-2" / "episode.md").read_text("utf-8")
    usual = read_episode(text, "e", "episode-2", show)
    own = read_episode(text.replace("---\n", "---\nsound: {denoise: true}\n", 1), "e", "e", show)
    assert usual.sound == show.sound
    assert own.sound == replace(show.sound, denoise=True)
