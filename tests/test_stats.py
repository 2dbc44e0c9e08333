"""Downloads by the server's log: the IAB's rules, any form of log, and a page that anybody can read."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT, Ran, copy_show
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from playwright.sync_api import Browser

from podcast.access_log import Request
from podcast.downloads import Downloads, Sound, counted, enough, household, is_robot
from podcast.downloads_report import over_time
from podcast.wording import Wording

Podcast = Callable[..., Ran]
SOUND = {"episode-1": Sound("episode-1", "Un", 1000)}
MP3 = "/audio/episode-1.0123abcd.mp3"
MORNING = datetime(2026, 11, 2, 8, tzinfo=UTC)
PHONE = "AppleCoreMedia/1.0.0.20G75 (iPhone; U; CPU OS 16_6 like Mac OS X; fr_fr)"


def asked(
    sent: int, minutes: float = 0, agent: str = "AntennaPod/3.4.0", address: str = "192.0.2.1",
    path: str = MP3,
) -> Request:  # fmt: skip
    return Request(MORNING + timedelta(minutes=minutes), address, agent, path, sent)


def total(*requests: Request) -> int:
    return counted(requests, SOUND).total


# The rules.


def test_ranges_of_one_listener_are_one_download() -> None:
    assert total(asked(400), asked(400, 1), asked(400, 2), asked(400, 3)) == 1


def test_less_than_a_minute_is_no_download() -> None:
    found = counted([asked(2), asked(997, 1)], SOUND)
    assert (found.total, found.short) == (0, 1)


def test_the_same_a_day_later_is_another() -> None:
    assert total(asked(1000), asked(1000, 60 * 23)) == 1
    assert total(asked(1000), asked(1000, 60 * 24)) == 2


def test_another_app_or_another_address_is_another_listener() -> None:
    assert total(asked(1000), asked(1000, agent="gPodder/3.11.1 (http://gpodder.org/) Linux")) == 2
    assert total(asked(1000), asked(1000, address="192.0.2.2")) == 2


def test_a_download_that_goes_past_midnight_counts_where_it_began() -> None:
    late = 60 * 16 - 1
    found = counted([asked(500, late), asked(500, late + 2)], SOUND)
    assert found.days == {("episode-1", date(2026, 11, 2)): 1}


def test_robots_and_watches_are_told_apart() -> None:
    watch = "atc/1.0 watchOS/9.1 model/Watch6,7 hwp/t8301 build/20S75 (6; dt:255)"
    found = counted([asked(1000, agent="Googlebot/2.1"), asked(1000, agent=watch)], SOUND)
    assert (found.total, found.robots, found.watches) == (0, 1, 1)


def test_older_and_other_kinds_of_the_sound_count_and_other_files_do_not() -> None:
    other = asked(1000, address="192.0.2.2", path="/audio/episode-1.ffffffff.opus")
    assert total(asked(1000), other) == 2
    for path in ("/audio/episode-9.0123abcd.mp3", "/episode-1/index.html", "/x/audio/" + MP3[7:]):
        assert total(asked(1000, path=path)) == 0
    assert counted([asked(1000, path="/show" + MP3)], SOUND, "/show/").total == 1


@pytest.mark.parametrize(
    "agent",
    ["AntennaPod/3.4.0", "AntennaPod/2.7.0 okhttp/4.9", PHONE, "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)",
     "Podcasts/1650.1.1 CFNetwork/1410.0.3 Darwin/22.6.0", "PodcastAddict/v5 (+https://podcastaddict.com/; Android podcast app)",
     "Pocket Casts", "Deezer/7.0", "Spotify/8.8.0 Android/33", "gPodder/3.11.1 (http://gpodder.org/) Linux", "VLC/3.0.16 LibVLC/3.0.16",
     "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
)  # fmt: skip
def test_who_listens(agent: str) -> None:
    assert not is_robot(agent)


@pytest.mark.parametrize(
    "agent",
    ["", "-", "Googlebot/2.1 (+http://www.google.com/bot.html)", "iTMS", "curl/8.1", "python-requests/2.31", "Wget/1.21",
     "PocketCasts/1.0 (Pocket Casts Feed Parser; +http://pocketcasts.com/)", "Mozilla/5.0 (compatible; bingbot/2.0)"],
)  # fmt: skip
def test_who_does_not(agent: str) -> None:
    assert is_robot(agent)


def test_a_device_that_changes_its_ipv6_address_is_the_same() -> None:
    assert household("2001:db8:1:2:a::1") == household("2001:db8:1:2:ffff::9")
    assert household("2001:db8:1:3::1") != household("2001:db8:1:2::1")
    assert household("192.0.2.1") != household("192.0.2.2")
    assert household("example.org") == "example.org"


def test_a_minute_is_counted_behind_the_tag() -> None:
    # 128 kb/s: 16,000 bytes a second behind 100,000 of cover and chapters.
    assert enough(100_000 + 16_000 * 600, 100_000, 600_000) == 100_000 + 960_000
    assert enough(500_000, 100_000, 30_000) == 500_000, "all of what is shorter"


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3), st.integers(1, 1500)), max_size=60)
)
def test_more_requests_never_make_fewer_downloads(drawn: list[tuple[int, int, int]]) -> None:
    requests = [asked(n, minutes, address=f"192.0.2.{who}") for minutes, who, n in sorted(drawn)]
    some, every = counted(requests[: len(requests) // 2], SOUND), counted(requests, SOUND)
    assert some.total <= every.total <= len(requests)
    enough_at_once = sum(request.sent >= 1000 for request in requests)
    assert bool(every.total) >= bool(enough_at_once)


def test_days_weeks_and_months() -> None:
    def spread(days: int) -> tuple[str, list[str], int]:
        found = {("a", date(2026, 1, 1)): 2, ("a", date(2026, 1, 1) + timedelta(days=days)): 1}
        per, stretches = over_time(Downloads(found), Wording("fr"))
        return per, [s.label for s in stretches[:2]], sum(s.downloads for s in stretches)

    assert spread(20) == ("day", ["1er janvier 2026", "2 janvier 2026"], 3)
    assert spread(100) == ("week", ["semaine du 29 décembre 2025", "semaine du 5 janvier 2026"], 3)
    assert spread(900) == ("month", ["janvier 2026", "février 2026"], 3)


# The command.


def line(
    sent: int, at: datetime = MORNING, agent: str = PHONE, address: str = "192.0.2.1",
    slug: str = "episode-3", status: int = 206, method: str = "GET", more: str = "",
) -> str:  # fmt: skip
    path = json.loads((ROOT / "published.json").read_text("utf-8"))["episodes"][slug]["enclosure"]
    return (
        f"{address} - - [{at:%d/%b/%Y:%H:%M:%S %z}] "
        f'"{method} /a-voix-egales/{path}?from=feed HTTP/1.1" {status} {sent} "-" "{agent}"{more}\n'
    )


@pytest.fixture
def told(tmp_path: Path) -> Path:
    folder = copy_show(tmp_path / "show", ["episode-3"])
    shutil.copy(ROOT / "published.json", folder)
    return folder


def stats(podcast: Podcast, show: Path, *logs: str, **more: str) -> Ran:
    for n, log in enumerate(logs):
        (show / f"{n}.log").write_text(log, "utf-8")
    names = [f"{n}.log" for n in range(len(logs))]
    return podcast(show, "stats", *names, **more)


WHOLE = 2_200_000


def test_a_line_for_each_episode_the_most_downloaded_first(told: Path, podcast: Podcast) -> None:
    log = line(WHOLE) + line(WHOLE, address="192.0.2.2") + line(WHOLE, slug="episode-1")
    log += line(WHOLE, agent="Googlebot/2.1") + line(2, address="192.0.2.3")
    ran = stats(podcast, told, log)
    assert ran.code == 0, ran.err
    first, second, third, whole, robots, short, page = ran.out.splitlines()
    assert first.startswith("episode-3, « Garder son emploi quand la santé change » : 2 télécharg")
    assert second.startswith("episode-1") and third.startswith("episode-2")
    assert whole == "En tout : 3 téléchargements."
    assert robots == "Non compté : 1 demande de robot."
    assert short == "Non compté : 1 début de moins d'une minute."
    assert page == "La courbe et le tableau : .podcast/report/downloads.html"


def test_what_is_no_download(told: Path, podcast: Podcast) -> None:
    log = line(WHOLE, method="HEAD") + line(WHOLE, status=404) + line(0, status=304)
    ran = stats(podcast, told, log)
    assert (ran.code, "En tout : 0 téléchargement." in ran.out) == (0, True)
    assert "courbe" not in ran.out


def test_json(told: Path, podcast: Podcast) -> None:
    (told / "a.log").write_text(line(WHOLE), "utf-8")
    ran = podcast(told, "stats", "a.log", "--json")
    found = json.loads(ran.out)
    assert found["total"] == 1
    assert found["episodes"][0]["days"] == {"2026-11-02": 1}


def test_packed_and_rotated_logs_in_any_order(told: Path, podcast: Podcast) -> None:
    early = line(1_000_000) + line(WHOLE, address="192.0.2.2")
    late = line(1_200_000, MORNING + timedelta(hours=20))
    (told / "access.log.1.gz").write_bytes(gzip.compress(early.encode()))
    (told / "access.log").write_text(late, "utf-8")
    for names in (("access.log", "access.log.1.gz"), ("access.log.1.gz", "access.log")):
        ran = podcast(told, "stats", *names)
        assert "En tout : 2 téléchargements." in ran.out, "a download that is in two logs"


@pytest.mark.parametrize(
    "form",
    [
        "{line}", "www.example.org:443 {line}", "www.example.org {line}",
        '10.0.0.1 - - {rest} "192.0.2.7, 10.0.0.9"',
    ],
)  # fmt: skip
def test_forms_of_logs(told: Path, podcast: Podcast, form: str) -> None:
    made = line(WHOLE).rstrip("\n")
    log = form.format(line=made, rest=made.partition(" - - ")[2]) + "\n"
    assert "En tout : 1 téléchargement." in stats(podcast, told, log).out


def test_a_form_of_ones_own(told: Path, podcast: Podcast) -> None:
    _, _, rest = line(WHOLE).partition("[")
    (told / "a.log").write_text(f"[{rest}", "utf-8")
    unread = podcast(told, "stats", "a.log")
    assert (unread.code, unread.out) == (1, "")
    assert "a.log, ligne 1" in unread.err and "--format" in unread.err
    form = '%t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
    assert podcast(told, "stats", "a.log", "--format", form).code == 0
    wrong = podcast(told, "stats", "a.log", "--format", "%q%Z")
    assert wrong.code == 1 and "« %q%Z »" in wrong.err


def test_lines_of_another_kind_are_told_and_the_others_counted(
    told: Path, podcast: Podcast
) -> None:
    ran = stats(podcast, told, line(WHOLE) + "torn line audio/epis\n" + "\x00\x01audio/\n")
    assert "En tout : 1 téléchargement." in ran.out
    assert "2 lignes n'ont pas été comprises ; la première est 0.log:2." in ran.out


@pytest.mark.parametrize("case", ["missing", "folder", "broken", "empty"])
def test_bad_logs(told: Path, podcast: Podcast, case: str) -> None:
    file = told / "a.log"
    if case == "folder":
        file.mkdir()
    elif case == "broken":
        packed = gzip.compress(random.Random(1).randbytes(2000))
        file.write_bytes(packed[:1000] + b"\0\0\0\0" + packed[1004:1500])
    elif case == "empty":
        file.touch()
    ran = podcast(told, "stats", "a.log")
    assert ran.code == (0 if case == "empty" else 1)
    assert "a.log" in ran.err or case == "empty"
    assert not (told / ".podcast" / "report" / "downloads.html").exists()


def test_before_anything_is_published(told: Path, podcast: Podcast) -> None:
    (told / "published.json").unlink()
    ran = stats(podcast, told, line(WHOLE))
    assert ran.code == 1 and "publish episode-1" in ran.err


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_anybody_can_read_the_page(
    told: Path, podcast: Podcast, browser: Browser, scheme: str, width: int
) -> None:
    log = "".join(
        line(WHOLE, MORNING + timedelta(days=n % 30), address=f"192.0.2.{n}") for n in range(90)
    )
    assert stats(podcast, told, log, language="en").code == 0
    file = told / ".podcast" / "report" / "downloads.html"
    tree = html.fromstring(file.read_text("utf-8"))
    by_day, by_episode = tree.xpath("//table")
    assert sum(int(cell.text) for cell in by_day.xpath(".//td")) == 90
    assert by_episode.xpath("string(.//td)") == "90"
    context = browser.new_context(
        viewport={"width": width, "height": 800}, bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
    )  # fmt: skip
    page = context.new_page()
    page.goto(file.as_uri())
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg path").bounding_box() is not None
    context.close()
