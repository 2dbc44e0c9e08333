"""The next episode: its name, number, date and identifier, and a recording that stays where it was."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from conftest import ROOT, Ran, copy_show, run_podcast
from hypothesis import given
from hypothesis import strategies as st

from podcast.directory import UpdateFrequency
from podcast.rhythm import next_date
from podcast.rules import is_slug, slug_of
from podcast.workspace import Workspace

RECORDING = ROOT / "podcast" / "example" / "fr" / "recording.flac"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The sample show's texts, without its cache."""
    return copy_show(tmp_path / "show")


def test_the_next_episode(own: Path, podcast: Callable[..., Ran]) -> None:
    known = {
        Workspace(own).episode(slug, Workspace(own).show()).guid for slug in Workspace(own).slugs()
    }
    ran = podcast(own, "new", "L'œuvre d'Aÿ : à moi !", "--audio", str(RECORDING), "--plain")
    assert ran.code == 0, ran.err
    space = Workspace(own)
    show = space.show()
    made = space.episode("l-oeuvre-d-ay-a-moi", show)
    assert (made.title, made.number) == ("L'œuvre d'Aÿ : à moi !", 4)
    assert made.guid not in known and len(made.guid) == 36
    assert made.date.tzinfo is not None
    copy = space.recording(made, show).tracks[0].path
    assert copy.name == "recording.flac" and copy.read_bytes() == RECORDING.read_bytes()
    assert copy.stat().st_ino != RECORDING.stat().st_ino, "a link would change with the original"
    lines = ran.out.splitlines()
    assert lines[-1] == (
        "Complétez « summary » dans episodes/l-oeuvre-d-ay-a-moi/episode.md, puis tapez : publish l-oeuvre-d-ay-a-moi"
    )
    assert sorted(p.name for p in (own / "episodes").iterdir()) == [
        "episode-1", "episode-2", "episode-3", "l-oeuvre-d-ay-a-moi"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Łódź, Ørsted & Æther", "lodz-orsted-aether"),
        ("Straße №5", "strasse-no5"),
        ("Добро пожаловать", "dobro-pozhalovat"),
        ("北京 2026", "beijing-2026"),
        ("Ελληνικά", "ellinika"),
        ("Party 🎉 time", "party-time"),
        ("con", "con-"),
        ("🎉", ""),
    ],
)
def test_titles_in_any_script(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@given(st.text())
def test_a_name_from_a_title_is_one(title: str) -> None:
    name = slug_of(title)
    assert name == "" or is_slug(name)
    assert len(name) <= 61


def test_the_same_title_gets_a_number(own: Path, podcast: Callable[..., Ran]) -> None:
    assert podcast(own, "new", "Deux fois").code == 0
    first = (own / "episodes" / "deux-fois" / "episode.md").read_bytes()
    ran = podcast(own, "new", "Deux fois", language="en")
    assert ran.code == 0
    assert '"deux-fois" exists already; the folder is called deux-fois-2.' in ran.out
    assert (own / "episodes" / "deux-fois" / "episode.md").read_bytes() == first
    show = Workspace(own).show()
    assert Workspace(own).episode("deux-fois-2", show).number == 5


def test_what_is_taken_is_not_taken_again(own: Path, podcast: Callable[..., Ran]) -> None:
    shutil.copy(ROOT / "published.json", own)
    shutil.rmtree(own / "episodes" / "episode-2")  # published once: apps know its sound's address
    ran = podcast(own, "new", "Episode 2", "--number", "9")
    assert (ran.code, "episodes/episode-2-2/episode.md" in ran.out) == (0, True)
    ran = podcast(own, "new", "Autre", "--slug", "episode-3")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(
        "episodes/episode-3 : « episode-3 » existe déjà, et n'a pas été touché."
    )


def test_no_episode_is_called_like_a_page_of_the_site(
    own: Path, podcast: Callable[..., Ran]
) -> None:
    ran = podcast(own, "new", "À propos")
    assert ran.code == 0 and "episodes/a-propos-2/episode.md" in ran.out
    ran = podcast(own, "new", "Une enquête", "--slug", "recherche")
    assert ran.code == 1 and "est déjà à l'adresse « recherche/ »" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["new", ""], 1, "Dites le titre de l'épisode"),
        (["new", " \n "], 1, "Dites le titre de l'épisode"),
        (["new", "a\x07b"], 1, "Dites le titre de l'épisode"),
        (["new", "x" * 5000], 1, "« title » a 5000 caractères, et les applications en montrent 255 au plus."),
        (["new", "🎉🎊 !"], 1, "« 🎉🎊 ! » n'a ni lettre ni chiffre"),
        (["new", "A", "--number", "2"], 1, "Le numéro 2 est déjà celui de « episode-2 ». Le suivant est 4."),
        (["new", "A", "--number", "0"], 2, "« --number » vaut 0, mais doit être au moins 1."),
        (["new", "A", "--date", "demain"], 1, "« demain » n'est pas une date."),
        (["new", "A", "--date", "0026-11-02"], 1, "« 0026-11-02 » n'est pas une date."),
        (["new", "A", "--slug", "Épisode"], 1, "« Épisode » ne va pas"),
        (["new", "A", "--audio", "nowhere.wav"], 1, "nowhere.wav : ce fichier son n'existe pas."),
        (["new", "A", "--audio", "podcast.yaml"], 1, "podcast.yaml : ce fichier n'est pas un son lisible."),
        (["new", "A", "--audio", "episodes"], 1, "episodes : ce n'est pas un fichier"),
        (["new"], 2, "Il manque : title."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence_and_leaves_nothing(
    arguments: list[str], code: int, said: str, own: Path, podcast: Callable[..., Ran]
) -> None:
    before = sorted(own.rglob("*"))
    ran = podcast(own, *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(said), ran.err
    assert ran.err.count("\n") == 1 and len(ran.err) < 400
    assert sorted(own.rglob("*")) == before


def test_a_sound_with_another_name_is_told(own: Path, podcast: Callable[..., Ran]) -> None:
    shutil.copy(RECORDING, own / "voice.bin")
    ran = podcast(own, "new", "A", "--audio", "voice.bin", language="en")
    assert ran.code == 1 and ran.err.startswith(
        "voice.bin: this file is a sound, but its name does not say so."
    )


def test_no_show(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(tmp_path, "new", "A")
    assert ran.code == 1 and ran.err.startswith("Il n'y a pas de podcast.yaml ici")


def test_a_faulty_neighbour_does_not_stop_it(own: Path, podcast: Callable[..., Ran]) -> None:
    file = own / "episodes" / "episode-1" / "episode.md"
    file.write_text(file.read_text("utf-8").replace("number: 1", "number: un"), "utf-8")
    ran = podcast(own, "new", "A")
    assert ran.code == 0
    assert ran.out.startswith("episodes/episode-1/episode.md:") and "Épisode 4 :" in ran.out


def test_a_full_disk_leaves_nothing(own: Path, tmp_path: Path) -> None:
    """RLIMIT_FSIZE: writing the copy fails in its middle, as it does on a full disk."""
    large = tmp_path / "large.flac"
    large.write_bytes(RECORDING.read_bytes() + b"\0" * 3_000_000)
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000));"
        "from podcast.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    before = sorted((own / "episodes").rglob("*"))
    done = subprocess.run(
        [sys.executable, "-c", code, "new", "A", "--audio", str(large), "--folder", str(own)],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PODCAST_LANGUAGE": "en"},
    )  # fmt: skip
    assert done.returncode == 4
    assert "cannot write here" in done.stderr or "disk" in done.stderr, done.stderr
    assert sorted((own / "episodes").rglob("*")) == before


def test_what_a_kill_left_is_cleared_a_day_later(own: Path, podcast: Callable[..., Ran]) -> None:
    left = own / "episodes" / ".new-abc"
    left.mkdir()
    (left / "recording.wav").write_bytes(b"half")
    assert podcast(own, "new", "A").code == 0
    assert left.exists(), "another command may be at work there"
    os.utime(left, (time.time() - 90_000,) * 2)
    assert podcast(own, "new", "B").code == 0
    assert not left.exists()


def test_the_gate_waits_for_the_summary(show: Path, podcast: Callable[..., Ran]) -> None:
    assert podcast(show, "new", "A").code == 0
    said = re.search(
        r"^summary: .*$", (show / "episodes/a/episode.md").read_text("utf-8"), re.MULTILINE
    )
    file = show / "episodes" / "episode-3" / "episode.md"
    assert said
    text = re.sub(
        r"^summary: .*(\n .*)*$", lambda _: said[0], file.read_text("utf-8"), flags=re.MULTILINE
    )
    file.write_text(text, "utf-8")
    line = text.split("\n").index(said[0]) + 1
    ran = run_podcast(["publish", "episode-3"], show)
    assert ran.code == 1
    assert f"episodes/episode-3/episode.md:{line} : « summary » attend encore son texte" in ran.err


# The date.

WEEKLY = [datetime.fromisoformat(f"2026-{day}T06:00:00{zone}") for day, zone in (("10-12", "+02:00"), ("10-19", "+02:00"), ("10-26", "+01:00"))]  # fmt: skip


def weekly(own: Path, *dates: datetime) -> None:
    for slug, date in zip(("episode-1", "episode-2", "episode-3"), dates, strict=True):
        file = own / "episodes" / slug / "episode.md"
        text = re.sub(
            r"^date: .*$", f"date: {date.isoformat()}", file.read_text("utf-8"), flags=re.MULTILINE
        )
        file.write_text(text, "utf-8")


def test_the_date_follows_the_shows_rhythm_through_summer_time(own: Path) -> None:
    monday = datetime.now().astimezone().replace(hour=6, minute=0, second=0, microsecond=0)
    weekly(own, *(d.replace(year=2025) for d in WEEKLY))  # many were left out
    file = own / "podcast.yaml"
    file.write_text(
        re.sub(r"^update_frequency:\n(  .*\n)+", "", file.read_text("utf-8"), flags=re.MULTILINE),
        "utf-8",
    )
    ran = run_podcast(["new", "A"], own, TZ="Europe/Paris")
    assert ran.code == 0, ran.err
    made = Workspace(own).episode("a", Workspace(own).show())
    assert "la prochaine dans le rythme de l'émission" in ran.out
    assert timedelta(0) < made.date - monday < timedelta(days=8)
    assert (made.date.weekday(), made.date.hour) == (WEEKLY[0].replace(year=2025).weekday(), 6)
    assert made.date.utcoffset() in (timedelta(hours=1), timedelta(hours=2))
    assert not re.search(r"T06:00:00Z", (own / "episodes/a/episode.md").read_text("utf-8"))


def test_a_date_without_a_zone_is_that_of_the_clock_on_that_day(own: Path) -> None:
    for slug, said, meant in (
        ("winter", "2027-01-04", "2027-01-04T06:00:00+01:00"),
        ("summer", "2027-07-05T18:30", "2027-07-05T18:30:00+02:00"),
        ("there", "2027-07-05T18:30:00-03:00", "2027-07-05T18:30:00-03:00"),
    ):
        ran = run_podcast(["new", slug, "--date", said], own, TZ="Europe/Paris")
        assert ran.code == 0, ran.err
        assert Workspace(own).episode(slug, Workspace(own).show()).date.isoformat() == meant


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("known", "now", "next_one"),
    [
        (["2026-01-05T06:00+00:00", "2026-01-12T06:00+00:00", "2026-01-19T06:00+00:00"], "2026-01-20T09:00+00:00", "2026-01-26T06:00+00:00"),
        # One was left out, and two are prepared ahead.
        (["2026-01-05T06:00+00:00", "2026-01-12T06:00+00:00", "2026-01-26T06:00+00:00", "2026-02-02T06:00+00:00"], "2026-01-13T09:00+00:00", "2026-02-09T06:00+00:00"),
        # At the very moment of a date, that date has gone.
        (["2026-01-05T06:00+00:00", "2026-01-06T06:00+00:00", "2026-01-07T06:00+00:00"], "2026-01-08T06:00+00:00", "2026-01-09T06:00+00:00"),
        (["2026-01-05T06:00+00:00", "2026-01-12T06:00+00:00"], "2026-01-20T09:00+00:00", None),
        (["2026-01-05T06:00+00:00", "2026-01-12T07:00+00:00", "2026-01-19T06:00+00:00"], "2026-01-20T09:00+00:00", None),
        (["2026-01-05T06:00+00:00", "2026-01-12T06:00+00:00", "2026-01-22T06:00+00:00"], "2026-01-23T09:00+00:00", None),
        (["2026-01-05T06:00+00:00"] * 3, "2026-01-23T09:00+00:00", None),
        ([], "2026-01-23T09:00+00:00", None),
    ],
)  # fmt: skip
def test_a_habit(known: list[str], now: str, next_one: str | None) -> None:
    found = next_date([at(text) for text in known], at(now))
    assert found == (at(next_one) if next_one else None)


def test_the_rule_that_the_show_names() -> None:
    rule = UpdateFrequency("Un lundi sur deux", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-10-05")
    known = [at("2026-10-05T06:30+00:00"), at("2026-10-19T06:30+00:00")]
    assert next_date(known, at("2026-10-20T08:00+00:00"), rule) == at("2026-11-02T06:30+00:00")
    ended = UpdateFrequency("Deux fois", "FREQ=WEEKLY;COUNT=2", "2026-10-05")
    assert next_date(known, at("2026-10-20T08:00+00:00"), ended) is None
    words = UpdateFrequency("Parfois", "FREQ=WEEKLY", "bientôt")
    assert next_date(known, at("2026-10-20T08:00+00:00"), words) == at("2026-10-26T06:30+00:00")


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), max_size=6), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # fmt: skip
def test_the_next_one_is_always_to_come(walls: list[datetime], now: datetime) -> None:
    zone = at("2026-01-01T00:00+00:00").tzinfo
    known = [wall.replace(hour=6, minute=0, second=0, microsecond=0, tzinfo=zone) for wall in walls]
    found = next_date(known, now.replace(tzinfo=zone))
    assert found is None or found > max([now.replace(tzinfo=zone), *known])
