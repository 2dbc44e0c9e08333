"""An episode before its date has no public address; at its date it goes out, if somebody asked."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran, run_podcast
from small_deploy import tree
from small_site import show as sample_show

from podcast import pipeline, releasing, schedule
from podcast.dates import moment
from podcast.episode import read_episode
from podcast.errors import Fixable, Outside
from podcast.ledger import Entry, Ledger
from podcast.report import Silent
from podcast.workspace import Workspace

ALL = ("episode-1", "episode-2", "episode-3")
DATE = datetime.fromisoformat("2026-11-02T06:00:00+01:00")
"""Of episode-3."""
BEFORE = DATE.astimezone(UTC) - timedelta(seconds=1)


class Heard(Silent):
    """Keeps what was said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, object]]] = []

    def say(self, key: str, /, **facts: object) -> None:
        self.said.append((key, facts))

    def of(self, key: str) -> list[dict[str, object]]:
        return [facts for said, facts in self.said if said == key]


def ledger(show: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((show / "published.json").read_text("utf-8"))
    return made


def dated(show: Path, slug: str, date: datetime) -> None:
    file = show / "episodes" / slug / "episode.md"
    text = re.sub("(?m)^date: .*$", f"date: {date.isoformat()}", file.read_text("utf-8"))
    file.write_text(text, "utf-8")


def soon(**time: float) -> datetime:
    """A moment that is so far from the real clock, in a zone that few have."""
    zone = datetime.fromisoformat("2026-01-01T00:00:00-03:30").tzinfo
    return (datetime.now(UTC) + timedelta(**time)).astimezone(zone).replace(microsecond=0)


# At its date, and not before.


def test_before_its_date_an_episode_is_nowhere_and_then_everywhere(
    show: Path, published: Path
) -> None:
    space, heard = Workspace(show), Heard()
    outcome = pipeline.publish(space, ALL, heard, now=BEFORE)
    assert outcome.later == ("episode-3",) and outcome.episodes == 2
    assert heard.of("publish.later") == [{"slug": "episode-3", "date": DATE}]
    assert ledger(show)["waiting"].keys() == {"episode-3"}
    assert ledger(show)["episodes"].keys() == {"episode-1", "episode-2"}
    site = tree(space.site)
    assert [path for path in site if "episode-3" in path] == []
    told = (b"episode-3", b"9e3a1f52", b"Garder son emploi")
    assert [path for path, raw in site.items() if any(word in raw for word in told)] == []

    early = Heard()
    assert releasing.publish_due(space, early, BEFORE) == releasing.Done((), None)
    assert [key for key, _ in early.said] == ["due.nothing", "due.next"]
    assert tree(space.site) == site

    assert releasing.publish_due(space, Heard(), DATE).published == ("episode-3",)
    assert tree(space.site) == tree(published / "site")
    # Until the site is sent, it would be tried again.
    again = releasing.publish_due(space, Silent(), DATE)
    assert again.published == ("episode-3",) and tree(space.site) == tree(published / "site")
    assert not releasing.send(space, Silent())
    assert space.ledger.read_bytes() == (published / "published.json").read_bytes()
    assert releasing.publish_due(space, Silent(), DATE) == releasing.Done((), None)


def test_another_publish_leaves_what_waits_alone(show: Path) -> None:
    space = Workspace(show)
    pipeline.publish(space, ["episode-1", "episode-3"], Silent(), now=BEFORE)
    waiting = ledger(show)["waiting"]
    pipeline.publish(space, ["episode-2"], Silent(), now=DATE)
    assert ledger(show)["waiting"] == waiting
    assert [path for path in tree(space.site) if "episode-3" in path] == []


def test_what_nobody_has_released_does_not_go_out(show: Path) -> None:
    space = Workspace(show)
    pipeline.publish(space, ["episode-1"], Silent(), now=BEFORE)
    assert releasing.publish_due(space, Silent(), DATE) == releasing.Done((), None)
    assert ledger(show)["episodes"].keys() == {"episode-1"}


def test_what_apps_know_stays_whatever_its_date(show: Path) -> None:
    show_, text = sample_show(), (show / "episodes/episode-3/episode.md").read_text("utf-8")
    episode = read_episode(text, "episode.md", "episode-3", show_)
    entry = Entry(episode.guid, DATE.isoformat(), "audio/3.mp3", 1, "t")
    for name in ("episode-3", "former-name"):
        assert schedule.later(Ledger(episodes={name: entry}), [episode], BEFORE) == ()
    assert schedule.later(Ledger(), [episode], BEFORE) == (episode,)


@pytest.mark.parametrize(
    ("date", "instant"),
    [
        ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00Z"),  # the hour that comes twice …
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00Z"),  # … and its second time
        ("2026-03-29T02:30:00+01:00", "2026-03-29T01:30:00Z"),  # the hour that does not exist
        ("2026-12-31T23:59:59-03:30", "2027-01-01T03:29:59Z"),
        ("2027-01-01T00:30:00+14:00", "2026-12-31T10:30:00Z"),
    ],
)
def test_the_moment_is_the_same_in_every_zone(date: str, instant: str) -> None:
    head = f"---\ntitle: T\ndate: {date}\nguid: g\nsummary: S\n---\n"
    episode = read_episode(head, "episode.md", "x", sample_show())
    now = datetime.fromisoformat(instant)
    assert schedule.later(Ledger(), [episode], now) == ()
    assert schedule.later(Ledger(), [episode], now - timedelta(seconds=1)) == (episode,)


def test_a_moment_in_words() -> None:
    newfoundland = datetime.fromisoformat("2026-11-01T06:05:00-03:30")
    assert moment(newfoundland, "fr") == "1er novembre 2026, 06:05 (UTC-03:30)"
    assert moment(newfoundland.astimezone(UTC), "en") == "November 1, 2026, 09:35 (UTC)"


# A clock that cannot be right.


def test_a_clock_before_what_is_published_stops_everything(show: Path) -> None:
    space = Workspace(show)
    pipeline.publish(space, ALL, Silent(), now=DATE)
    before = tree(show)
    day = timedelta(days=1)
    for now in (datetime(1999, 1, 1, tzinfo=UTC), DATE - day - timedelta(seconds=1)):
        for run in (
            lambda now=now: pipeline.publish(space, ["episode-1"], Silent(), now=now),
            lambda now=now: releasing.publish_due(space, Silent(), now),
        ):
            with pytest.raises(Outside) as error:
                run()
            assert error.value.faults[0].kind == "clock.behind"
    assert tree(show) == before
    assert pipeline.publish(space, ["episode-1"], Silent(), now=DATE - day).later == ()


# What a person sees.


def test_a_changed_text_waits_for_its_review_and_stops_nobody(show: Path) -> None:
    for slug in ("episode-2", "episode-3"):
        dated(show, slug, soon(hours=2))
    zone = {"TZ": "America/St_Johns", "PODCAST_LANGUAGE": "en"}
    ran = run_podcast(["publish", *ALL], show, **zone)
    assert ran.code == 0, ran.err
    told = [line for line in ran.out.splitlines() if "cannot be seen anywhere yet" in line]
    assert [line.split()[0] for line in told] == ["episode-2", "episode-3"]
    assert "(UTC-03:30)" in told[0] and "podcast due" in told[0]
    plan = run_podcast(["publish", "episode-2", "--dry-run"], show, **zone)
    assert "episode-2 would be published by podcast due, at its date" in plan.out
    ran = run_podcast(["due"], show, **zone)
    assert ran.code == 0
    assert ran.out.startswith("Nothing is due at the moment.\nNext episode: episode-2, on ")

    for slug in ("episode-2", "episode-3"):
        dated(show, slug, soon(minutes=-1))
    file = show / "transcripts" / "episode-2.md"
    text = file.read_text("utf-8")
    file.write_text(text.replace("first day", "very first day", 1), "utf-8")
    ran = run_podcast(["due"], show, **zone)
    assert ran.code == 1
    assert "episode-3 is published; its date: " in ran.out
    assert re.match(r"transcripts/episode-2\.md:\d+: the transcript has changed since", ran.err)
    assert (show / "site" / "episode-3" / "index.html").is_file()
    assert not (show / "site" / "episode-2").exists()
    assert ledger(show)["waiting"].keys() == {"episode-2"}

    assert run_podcast(["review", "episode-2", "--by", "Claire"], show).code == 0
    ran = run_podcast(["due"], show, **zone)
    assert ran.code == 0, ran.err
    assert (show / "site" / "episode-2" / "index.html").is_file()
    assert "waiting" not in ledger(show)
    assert run_podcast(["due"], show, **zone).out == "Nothing is due at the moment.\n"


def test_a_show_whose_first_episode_waits(show: Path, podcast: Callable[..., Ran]) -> None:
    dated(show, "episode-1", soon(days=3))
    ran = podcast(show, "publish", "episode-1")
    assert ran.code == 0, ran.err
    assert "podcast serve" not in ran.out
    assert not (show / "site").exists()
    assert ledger(show) == {
        "schema": "published/2", "episodes": {}, "waiting": ledger(show)["waiting"]
    }  # fmt: skip
    shutil.rmtree(show / "episodes" / "episode-1")
    ran = podcast(show, "due", language="en")
    assert ran.code == 0
    gone = "episode-1 was waiting for its date, and its folder is gone: it will not be published."
    assert ran.out == f"{gone}\nNothing is due at the moment.\n"
    assert podcast(show, "publish", "episode-2").code == 0
    assert "waiting" not in ledger(show)


def test_faults_are_told_long_before_the_date(show: Path, podcast: Callable[..., Ran]) -> None:
    (show / "templates").mkdir()
    (show / "templates" / "episode.html").write_text("{{ view.nothing.at.all }}", "utf-8")
    dated(show, "episode-1", soon(days=3))
    ran = podcast(show, "publish", "episode-1")
    assert ran.code == 1 and ran.err.startswith("templates/episode.html")
    assert not (show / "published.json").exists()


def test_a_text_that_was_forced_is_not_questioned_at_its_date(show: Path) -> None:
    file = show / "transcripts" / "episode-1.md"
    text = "---\nlanguage: fr\nstatus: reviewed\n---\n\nLa présentatrice : "
    file.write_text(text + "Rien de tout cela. " * 300 + "\n", "utf-8")
    space = Workspace(show)
    now = DATE - timedelta(days=60)
    with pytest.raises(Fixable):
        pipeline.publish(space, ["episode-1"], Silent(), now=now)
    pipeline.publish(space, ["episode-1"], Silent(), force=True, now=now)
    assert releasing.publish_due(space, Silent(), DATE) == releasing.Done(("episode-1",), None)
