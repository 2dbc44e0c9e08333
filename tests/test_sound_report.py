"""The report on a sound: a picture, sentences and a table that say the same, on a page that stands alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Ran, copy_show, run_podcast
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from playwright.sync_api import Browser
from test_audio import write_wav
from test_diagnosis import RATE, at_level, music, sound, voice
from test_levels import heard, noise, tone

from podcast import mastering, pipeline
from podcast.diagnosis import Blemish
from podcast.episode_line import Stretch
from podcast.levels import Levels, joined
from podcast.report import Silent
from podcast.sound_report import (
    COLUMNS,
    UNITS,
    Heard,
    SoundReport,
    course,
    report,
    short_term,
    together,
    wave,
)
from podcast.transcript import Chapter
from podcast.wording import Wording
from podcast.workspace import Workspace

LEVELS = st.lists(st.floats(-120, 0, width=32), max_size=1500).map(
    lambda levels: np.array(levels, np.float32)
)


def view(
    levels: Levels, *blemishes: Blemish, chapters: tuple[Chapter, ...] = (), language: str = "fr"
) -> SoundReport:
    same = Heard(levels, -19.04, -1.46)
    return report(
        Wording(language),
        ("Titre", "fr"),
        same,
        same,
        int,
        -19,
        blemishes,
        {None: "a.mp3", "b.wav": "b%20c.wav"},
        None,
        chapters,
    )


@given(LEVELS)
def test_the_wave_is_an_outline_that_stays_inside(levels: np.ndarray) -> None:
    path = wave(levels)
    if not len(levels):
        assert path == ""
        return
    assert re.fullmatch(r"M0 0(?:V-?\d+H\d+)+Z", path)
    heights = [int(y) for y in re.findall(r"V(-?\d+)", path)]
    places = [int(x) for x in re.findall(r"H(\d+)", path)]
    half = len(places) // 2
    assert half == min(COLUMNS, len(levels))
    assert [-y for y in heights[:half]] == heights[half:][::-1]
    assert max(heights) == round(1000 * 10 ** (float(levels.max()) / 20))
    assert places[:half] == sorted(places[:half]) and places[half - 1] == UNITS
    assert places[-1] == 0


@given(LEVELS)
def test_the_course_goes_from_left_to_right(levels: np.ndarray) -> None:
    places = [int(x) for x, _ in re.findall(r"(\d+) (\d+)", course(levels))][1:]
    depths = [int(y) for _, y in re.findall(r"(\d+) (\d+)", course(levels))]
    assert len(places) == min(COLUMNS, len(levels))
    assert all(a < b for a, b in itertools.pairwise(places))
    assert all(0 <= depth <= 500 for depth in depths)
    assert len(course(levels)) + len(wave(levels)) < 20_000


def test_short_term_loudness_is_that_of_three_seconds() -> None:
    levels = np.full(100, -20.0, np.float32)
    assert abs(short_term(levels)[20:80] + 20).max() < 0.01
    levels[50:] = -120
    assert abs(short_term(levels)[50] + 23) < 0.3


def test_tracks_that_are_heard_together() -> None:
    one, two = heard(tone(440, 2, 0.1)), heard(tone(440, 3, 0.1), tone(440, 3, 0.05))
    both = together([one, two])
    assert both.duration_ms == 3000 and len(both) == 30 and both.channels == 1
    assert abs(both.loudness[25] - two.loudness[25]) < 0.01
    power = 10 ** (one.loudness[5] / 10) + 10 ** (two.loudness[5] / 10)
    assert abs(both.loudness[5] - 10 * np.log10(power)) < 0.01
    assert abs(both.peak[25, 0] - two.peak[25].max()) < 0.01
    assert together([one]) is one


def test_each_blemish_has_its_sentence_its_times_and_its_place() -> None:
    shown = view(
        heard(noise(60, 0.1)),
        Blemish("clipped", "b.wav", (Stretch(30_400, 30_500), Stretch(10_000, 12_000)), 3),
        Blemish("silence", None, (Stretch(40_000, 50_000),), 0, (("n", 10),)),
        Blemish("noise", None, (), 0, (("n", 15),)),
    )
    first, second, third = shown.told
    assert first.sentence.startswith("b.wav\u00a0: le son est coupé")
    assert "de 0:30 à 0:31, de 0:10 à 0:12, et 3 autres fois" in first.sentence
    assert [m.address for m in first.moments] == ["b%20c.wav#t=30", "b%20c.wav#t=10"]
    assert second.sentence.startswith("L'épisode publié\u00a0: on n'entend plus rien")
    assert [m.address for m in second.moments] == ["a.mp3#t=40"]
    assert "du début à la fin" in third.sentence and third.moments == ()
    assert [(m.number, m.path) for m in shown.before.marks] == [(1, "M167 0H200M507 0H512")]
    assert [(m.number, m.path) for m in shown.after.marks] == [(2, "M667 0H833")]
    assert (shown.after.integrated, shown.after.peak) == ("−19,0", "−1,5")


def test_points_of_a_second_part_stand_in_that_part() -> None:
    same = Heard(joined([heard(noise(10, 0.1)), heard(noise(10, 0.1))]), -19, -1)
    blemish = Blemish("clipped", "2.wav", (Stretch(5_000, 6_000),))
    shown = report(
        Wording("fr"), ("T", "fr"), same, same, int, -19, [blemish], {}, begins={"2.wav": 10_000}
    )
    assert [mark.path for mark in shown.before.marks] == ["M750 0H800"]
    assert "de 0:05 à 0:06" in shown.told[0].sentence, "in the file's own time"


def test_the_table_has_a_row_for_each_chapter_or_each_part() -> None:
    levels = heard(np.concatenate([noise(30, 0.1), noise(30, 0.01), np.zeros(5 * 44_100)]))
    shown = view(
        levels, chapters=(Chapter(0, "Un"), Chapter(30_000, "Deux"), Chapter(60_000, "Fin"))
    )
    assert [(s.title, s.start) for s in shown.stages] == [
        ("Un", "0:00"), ("Deux", "0:30"), ("Fin", "1:00"),
    ]  # fmt: skip
    loud, soft = (float(s.after.replace("−", "-").replace(",", ".")) for s in shown.stages[:2])
    assert abs(loud - soft - 20) < 0.3
    assert shown.stages[2].after == "–"
    parts = view(levels, language="en").stages
    assert [s.title for s in parts][:2] == ["from 0:00 to 0:10", "from 0:10 to 0:20"]
    assert len(parts) == 7


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's third episode with music under the words, a hum and clipped seconds."""
    folder = copy_show(tmp_path_factory.mktemp("faulty") / "show", ["episode-3"])
    file = folder / "episodes" / "episode-3" / "recording.flac"
    file.unlink()
    x = sound("episode-3/recording.flac") * 0.7
    x[:, 20 * RATE : 22 * RATE] *= 15
    x[:, 70 * RATE : 71 * RATE] *= 15
    x += sum(tone(50 * n, x.shape[1] / RATE, 0.004 / n) for n in (1, 2, 3, 4, 6))
    x[:, 30 * RATE : 46 * RATE] += at_level(music(16), 8, voice(16))
    write_wav(file.with_suffix(".wav"), x.T)
    # It is the same speech: the recogniser need not hear it again.
    work = pipeline.start(Workspace(folder), Silent())
    episode = work.workspace.episode("episode-3", work.show)
    recording = work.workspace.recording(episode, work.show)
    words = folder / "transcripts" / "episode-3.words.jsonl"
    heard_before = work.workspace.words("episode-3")
    assert heard_before
    digest = mastering.sound_digest(work, recording, episode.sound)
    kept = words.read_text("utf-8").replace(heard_before.audio_digest, digest)
    words.unlink()
    words.write_text(kept, "utf-8")
    return folder


@pytest.fixture(scope="module")
def written(faulty: Path) -> Iterator[tuple[Path, str]]:
    """The report's page, and what check said."""
    ran = run_podcast(["publish", "episode-3"], faulty)
    assert ran.code == 0, ran.err
    ran = run_podcast(["check", "episode-3"], faulty)
    yield faulty / ".podcast" / "report" / "episode-3.html", ran.out


def test_check_tells_the_blemishes_and_where_the_page_is(written: tuple[Path, str]) -> None:
    page, said = written
    assert re.search(r"recording\.wav\u00a0: le son est coupé.* de 0:20 à 0:22", said)
    assert re.search(r"sous la voix, la musique ou le bruit n'est que \d+\u00a0dB", said)
    assert re.search(r"un ronflement de 50\u00a0Hz", said)
    assert "Son\u00a0: le rapport est dans .podcast/report/episode-3.html." in said
    text = page.read_text("utf-8")
    shown = html.fromstring(text)
    points = [" ".join(li.text.split()) for li in shown.iter("li")]
    assert len(points) == 3
    told = [" ".join(line.split()) for line in said.splitlines() if "recording.wav" in line]
    assert told and all(line in points for line in told)
    assert shown.xpath("//@style | //script | //link | //img") == []
    for address in shown.xpath("//li//a/@href"):
        assert (page.parent / address.split("#")[0]).resolve().is_file()
    assert [th.text for th in shown.xpath("//th[@scope='row']")] == [
        "Bienvenue", "L'histoire de l'invité", "La RQTH, à quoi ça sert ?", "Trois conseils",
    ]  # fmt: skip
    assert [label.text for label in shown.xpath("//figure[2]//span")][:2] == [
        "Chapitres",
        "Point 2",
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "light"), (900, "dark")])
def test_anybody_can_read_the_page(
    browser: Browser,
    written: tuple[Path, str],
    width: int,
    scheme: str,
) -> None:
    """Axe finds nothing, nothing scrolls sideways (WCAG 1.4.10), the style is let through."""
    context = browser.new_context(
        viewport={"width": width, "height": 700},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(written[0].as_uri())
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(15, 27, 30)" if scheme == "dark" else "rgb(251, 248, 241)")
    assert complaints == []
    context.close()


def test_before_the_sound_is_made_check_says_so(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    folder = copy_show(tmp_path / "show", ["episode-2"])
    ran = podcast(folder, "check", "episode-2")
    assert ran.code == 0
    assert "Son\u00a0: pas encore préparé. Tapez\u00a0: publish episode-2" in ran.out
    assert not (folder / ".podcast" / "report").exists()
