"""Music around, under and between the speech: in its place, and far softer than the words."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from conftest import ROOT, Ran, copy_show
from hypothesis import given
from hypothesis import strategies as st
from test_mastering import MUSIC, SPEECH, record, samples

from podcast import audio, ffmpeg
from podcast.episode import read_episode
from podcast.recording import Master, Recording, Track
from podcast.score import BELOW_SPEECH, Tune, between, ducked, score, spoken_over
from podcast.show import Piece, Sound
from podcast.workspace import Workspace

RATE = 44_100
WHISTLE = 5000
# Samples by which the limiter is late: 5 ms.
LOOK_AHEAD = 220


def whistle(path: Path, seconds: float) -> Track:
    """Music that a filter tells from any speech."""
    graph = f"sine=f={WHISTLE}:r={RATE}:d={seconds},volume=-12dB"
    subprocess.run(
        [ffmpeg.program(), "-v", "error", "-f", "lavfi", "-i", graph, "-y", path], check=True
    )
    return Track(path, path.name)


def apart(made: Master) -> tuple[np.ndarray, np.ndarray]:
    """The speech and the whistle of a master with one channel."""
    sound = samples(made.path, made.channels)[:, 0].astype(np.float64)
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    inside = np.abs(hz - WHISTLE) < 60
    music = np.fft.irfft(np.where(inside, spectrum, 0), len(sound))
    return sound - music, music


def level(sound: np.ndarray, start_ms: int, end_ms: int) -> float:
    cut = sound[start_ms * RATE // 1000 : end_ms * RATE // 1000]
    return float(pyloudnorm.Meter(RATE).integrated_loudness(cut))


def speech(folder: Path, seconds: int = 20, begin: int = 0) -> Track:
    made = record(
        folder / f"speech-{begin}.wav", (SPEECH,),
        f"[0:a]atrim=start={begin},asetpts=N/SR/TB" + ",lowpass=f=3000" * 4, seconds,
    )  # fmt: skip
    return made.tracks[0]


def right(made: Master) -> None:
    """As loud as it should be, for a meter that is not ours."""
    target = -16 if made.channels == 2 else -19
    found = samples(made.path, made.channels)
    assert abs(pyloudnorm.Meter(RATE).integrated_loudness(found) - target) <= 0.2
    assert made.after.peak <= -1.5
    assert abs(len(found) * 1000 / RATE - made.duration_ms) <= 1


def test_a_bed_stays_twenty_decibels_below_the_speech(tmp_path: Path) -> None:
    bed = replace(whistle(tmp_path / "bed.wav", 14), under_ms=14_000)
    made = audio.master(Recording((speech(tmp_path),), bed=bed), Sound(), tmp_path / "m.mp3")
    right(made)
    assert [(p.kind, p.start_ms, p.end_ms) for p in made.played] == [("bed", 0, 14_000)]
    assert made.recording_starts_ms == 0
    spoken, music = apart(made)
    loudest = max(level(music, at, at + 1000) for at in range(2000, 11_000, 500))
    assert level(spoken, 2000, 12_000) - loudest >= 20
    # It is there, and it is gone after its time.
    assert loudest > -60
    assert np.abs(music[15 * RATE : 18 * RATE]).max() < 1e-3


def test_an_opening_goes_on_under_the_first_words_and_fades(tmp_path: Path) -> None:
    opening = replace(whistle(tmp_path / "o.wav", 8), under_ms=3000)
    closing = replace(whistle(tmp_path / "c.wav", 6), under_ms=2000)
    made = audio.master(
        Recording((speech(tmp_path),), opening, closing), Sound(), tmp_path / "m.mp3"
    )
    right(made)
    assert made.recording_starts_ms == 5000
    assert made.duration_ms == 5000 + 20_000 - 2000 + 6000
    spoken, music = apart(made)
    quiet = level(spoken, 5500, 23_000)
    assert level(music, 500, 4000) > quiet - 6
    assert quiet - level(music, 5300, 6300) >= 20
    assert np.abs(music[round(8.5 * RATE) : 20 * RATE]).max() < 1e-3
    assert quiet - level(music, 23_300, 24_300) >= 20
    assert level(music, 26_600, 28_000) > quiet - 10


def test_a_jingle_stands_between_parts(tmp_path: Path) -> None:
    jingle = replace(whistle(tmp_path / "j.wav", 3), under_ms=500)
    parts = tuple(speech(tmp_path, 10, begin) for begin in (0, 20, 40))
    recording = Recording(parts, jingle=jingle, parts=True)
    made = audio.master(recording, Sound(), tmp_path / "m.mp3")
    right(made)
    assert made.joints_ms == (12_000, 24_000)
    assert [(p.kind, p.start_ms, p.end_ms) for p in made.played] == [
        ("jingle", 9500, 12_500), ("jingle", 21_500, 24_500),
    ]  # fmt: skip
    assert made.duration_ms == 34_000
    spoken, music = apart(made)
    for start in (10_400, 22_400):
        assert level(music, start, start + 1000) > level(spoken, 0, 9500) - 6
        assert level(spoken, start, start + 1000) < -50
    assert [made.recorded_ms(ms) for ms in (0, 9999, 11_000, 12_000, 24_001)] == [
        0, 9999, 10_000, 10_000, 20_001,
    ]  # fmt: skip
    # Alone, a recording has no place for a jingle.
    one = audio.master(Recording(parts[:1], jingle=jingle, parts=True), Sound(), tmp_path / "o.mp3")
    assert (one.played, one.duration_ms) == ((), 10_000)


def test_music_and_shortened_pauses_in_two_halves(tmp_path: Path) -> None:
    filters = (
        "[0:a]asplit=3[a][b][c];[a]atrim=0:9,apad=pad_dur=6[x];"
        "[b]atrim=10:30,asetpts=N/SR/TB,apad=pad_dur=4[y];[c]atrim=31:50,asetpts=N/SR/TB[z];"
        "[x][y][z]concat=n=3:v=0:a=1"
    )
    recorded = record(tmp_path / "r.wav", (SPEECH,), filters, 58)
    track = Track(MUSIC, "m")
    recording = Recording(
        recorded.tracks,
        replace(track, under_ms=2500), replace(track, under_ms=3500),
        bed=replace(track, under_ms=9000),
    )  # fmt: skip
    sound = replace(Sound(), pauses=1.0)

    def made(name: str, workers: int, halves_from_ms: int) -> Master:
        return audio.master(
            recording, sound, tmp_path / name, workers=workers, halves_from_ms=halves_from_ms
        )

    one, two, whole = made("1.mp3", 1, 0), made("2.mp3", 2, 0), made("w.mp3", 1, 10**9)
    right(one)
    right(whole)
    assert one.path.read_bytes() == two.path.read_bytes()
    assert 7500 <= one.removed_ms <= 9500
    halves, undivided = samples(one.path, 2), samples(whole.path, 2)
    assert len(halves) == len(undivided)
    # Where the halves meet, the encoder has another past for a few frames; the sound is the same.
    left = np.flatnonzero(np.abs(halves - undivided).max(axis=1) > 1e-3)
    assert len(left) < 4 * 1152
    assert np.abs(halves - undivided).max() < 0.05
    # Every moment is where it is said to be.
    for kept in one.kept:
        assert one.recorded_ms(kept.published_ms) == kept.recorded_ms
        assert one.recorded_ms(kept.published_ms + kept.length_ms - 1) == (
            kept.recorded_ms + kept.length_ms - 1
        )
    mono = samples(recorded.tracks[0].path, 1)[:, 0]
    for kept in one.kept[1:]:
        a, b = (slice((ms + 1500) * RATE // 1000, (ms + 6500) * RATE // 1000)
                for ms in (kept.recorded_ms, kept.published_ms))  # fmt: skip
        x, y = mono[a], undivided[b].mean(axis=1)
        both = np.conj(np.fft.rfft(x)) * np.fft.rfft(y)
        turned = np.fft.irfft(both / (np.abs(both) + 1e-12))
        late = int(np.argmax(turned))
        assert abs(late - LOOK_AHEAD) <= 2


lengths = st.integers(500, 40_000)


@given(
    st.dictionaries(
        st.sampled_from(["opening", "bed", "jingle", "closing"]),
        st.builds(Tune, lengths, st.integers(0, 45_000)),
    ),
    st.lists(lengths, min_size=1, max_size=4),
)
def test_a_score_keeps_its_order(tunes: dict[str, Tune], parts: list[int]) -> None:
    gap = between(tunes.get("jingle"))
    joints = [sum(parts[:n]) + (n - 1) * gap for n in range(1, len(parts))]
    length = sum(parts) + gap * len(joints)
    found = score(tunes, length, joints)
    assert found.duration_ms >= found.body_ms + length
    for played in found.played:
        assert (
            0
            <= played.start_ms
            < played.end_ms
            <= max(found.duration_ms, found.body_ms + length + 10 + played.end_ms - played.start_ms)
        )
        assert played.end_ms - played.start_ms <= tunes[played.kind].duration_ms
        if played.under:
            assert played.start_ms % 10 == 0
    starts = [p.start_ms for p in found.played]
    assert starts == sorted(starts)
    assert found.body_ms % 10 == 0
    # Every jingle begins when its part ends, and another part when it ends, but for what overlaps.
    jingles = [p for p in found.played if p.kind == "jingle"]
    for joint, jingle in zip(joints, jingles, strict=False):
        under = min(tunes["jingle"].under_ms, tunes["jingle"].duration_ms // 2)
        assert abs(jingle.start_ms - max(0, found.body_ms + joint - under)) <= 10


@given(st.lists(st.booleans(), max_size=2000), st.booleans())
def test_music_has_stepped_back_wherever_somebody_speaks(drawn: list[bool], slowly: bool) -> None:
    speaking = np.repeat(np.array(drawn, bool), 3)
    gains = ducked(speaking, 0.0, -BELOW_SPEECH, slowly)
    assert gains.shape == speaking.shape
    assert (gains[speaking] == -BELOW_SPEECH).all()
    assert ((gains <= 0) & (gains >= -BELOW_SPEECH)).all()
    if not speaking.any():
        assert (gains == 0).all()
    assert np.abs(np.diff(gains)).max(initial=0) < 1
    for kind in ("opening", "bed", "jingle", "closing"):
        assert spoken_over(kind, speaking)[speaking].all()


def a_show_with_music(folder: Path, language: str = "fr") -> Path:
    """An episode in two parts with music of every kind, and nobody has listened to it."""
    show = copy_show(folder / "show", ["episode-2"])
    here = show / "episodes" / "episode-2"
    (here / "recording.flac").unlink()
    for number, begin in enumerate((0, 30), 1):
        record(
            here / f"recording-{number}.wav",
            (SPEECH,),
            f"[0:a]atrim=start={begin},asetpts=N/SR/TB",
            14,
        )
    (show / "sons").mkdir()
    for name, seconds in (("o", 8), ("b", 9), ("j", 4), ("c", 7)):
        record(show / "sons" / f"{name}.wav", (MUSIC,), "[0:a]anull", seconds)
    with (show / "podcast.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "music:\n"
            "  opening: {file: sons/o.wav, under: 2, title: 'Matin [clair]', artist: Léa,"
            " license: CC BY 4.0, link: 'https://example.org/matin'}\n"
            "  bed: {file: sons/b.wav, under: 9, title: Nappe}\n"
            "  jingle: {file: sons/j.wav}\n"
            "  closing: {file: sons/c.wav, under: 2}\n"
        )
    text = (here / "episode.md").read_text("utf-8").replace("language: en", f"language: {language}")
    (here / "episode.md").write_text(text, "utf-8")
    for file in (show / "transcripts").iterdir():
        file.unlink()
    return show


@pytest.mark.parametrize(
    ("language", "head", "middle", "end"),
    [
        (
            "fr",
            "## Partie 1\n\n[MUSIQUE D'OUVERTURE | Matin clair | Léa | CC BY 4.0 |"
            " https://example.org/matin]\n\n[MUSIQUE DE FOND : Nappe]\n\n[0:0",
            "\n\n[JINGLE]\n\n## Partie 2\n\n[0:2",
            "\n\n[MUSIQUE DE FIN]\n",
        ),
        (
            "en",
            "## Part 1\n\n[OPENING MUSIC | Matin clair | Léa | CC BY 4.0 |"
            " https://example.org/matin]\n\n[BACKGROUND MUSIC: Nappe]\n\n[0:0",
            "\n\n[JINGLE]\n\n## Part 2\n\n[0:2",
            "\n\n[CLOSING MUSIC]\n",
        ),
    ],
)
def test_the_draft_names_the_music_and_the_parts(
    language: str, head: str, middle: str, end: str, tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    show = a_show_with_music(tmp_path, language)
    ran = podcast(show, "publish", "episode-2")
    assert ran.code == 1
    draft = (show / "transcripts" / "episode-2.md").read_text("utf-8")
    body = draft.split("---\n\n", 1)[1]
    assert body.startswith(head)
    assert middle in body
    assert body.endswith(end)
    assert "À DÉCRIRE" not in body
    assert "TO DESCRIBE" not in body


def test_an_episode_has_its_own_music(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "sound.md").read_text("utf-8")
    (example,) = re.findall(r"^```yaml\n(music:.*?)^```$", page, re.MULTILINE | re.DOTALL)
    folder = copy_show(tmp_path / "show", ["episode-3"])
    with (folder / "podcast.yaml").open("a", encoding="utf-8") as file:
        file.write(example)
    space = Workspace(folder)
    show = space.show()
    text = (folder / "episodes" / "episode-3" / "episode.md").read_text("utf-8")
    own = "music: {jingle: null, bed: {file: closing.flac, under: 2.5}}\n"
    episode = read_episode(text.replace("closing: closing.flac\n", own), "e", "episode-3", show)
    pieces = episode.pieces()
    assert pieces["opening"] == Piece("opening.flac")
    assert pieces["closing"] == show.music.closing
    assert "jingle" not in pieces
    # A file of the episode goes before one of the show.
    (folder / "sons").mkdir()
    for name in ("sons/generique.flac", "closing.flac"):
        (folder / name).write_bytes(b"x")
    music = space.recording(episode, show).music
    assert {kind: (track.name, track.under_ms) for kind, track in music.items()} == {
        "opening": ("episodes/episode-3/opening.flac", 0),
        "bed": ("episodes/episode-3/closing.flac", 2500),
        "closing": ("sons/generique.flac", 4000),
    }
