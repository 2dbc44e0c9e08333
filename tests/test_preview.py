"""The preview: drafts as readers will have them, renewed while they are written, never published."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import ROOT, Ran, copy_show, run_podcast
from pages.axe import axe_finds_nothing
from pages.browsing import DARK, LIGHT, PHONE, Site, Visitor
from pages.nu import validate
from playwright.sync_api import Browser, Page, expect

from podcast.workspace import Workspace

TEXT = "transcripts/episode-3.md"
WAIT_S = 60


@dataclass
class Serving:
    """A preview that runs, and all that it has said so far."""

    process: subprocess.Popen[str]
    folder: Path
    address: str = ""
    said: list[str] = field(default_factory=list)
    lines: queue.Queue[str] = field(default_factory=queue.Queue)

    def hear(self, stream: Iterable[str]) -> None:
        for line in stream:
            self.said.append(line)
            self.lines.put(line)

    def until(self, part: str) -> str:
        """Wait for a line."""
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            try:
                line = self.lines.get(timeout=1)
            except queue.Empty:
                assert self.process.poll() is None, self.said
                continue
            if part in line:
                return line
        raise AssertionError(f"« {part} » was not said: {self.said}")

    def get(self, path: str = "", host: str = "") -> tuple[int, str, dict[str, str]]:
        asked = urllib.request.Request(self.address + path)
        if host:
            asked.add_header("Host", host)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, answer.read().decode(errors="replace"), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)

    def has(self, path: str, part: str) -> None:
        """Wait until a page has a text."""
        until = time.monotonic() + WAIT_S
        while part not in self.get(path)[1]:
            assert time.monotonic() < until, (part, self.said)
            time.sleep(0.2)


@contextmanager
def previewing(folder: Path, *more: str) -> Iterator[Serving]:
    process = subprocess.Popen(
        [sys.executable, "-m", "podcast", "serve", "--port", "0", "--plain", *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PODCAST_LANGUAGE": "fr"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    made = Serving(process, folder)
    hearing = threading.Thread(target=made.hear, args=[process.stdout], daemon=True)
    hearing.start()
    try:
        found = re.search(r"http://127\.0\.0\.1:\d+/", made.until("http://127.0.0.1"))
        assert found
        made.address = found[0]
        for _ in range(200):
            try:
                made.get("_preview/preview.css")
                break
            except OSError:
                time.sleep(0.05)
        yield made
    finally:
        process.kill()
        process.wait()
        hearing.join()
        assert process.stdout
        process.stdout.close()


@pytest.fixture(scope="module")
def half(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Episodes 1 and 2 are published, the third is a draft whose sound is ready."""
    folder = copy_show(tmp_path_factory.mktemp("half") / "show", cache=published / ".podcast")
    for name in ("cards.json", "cards.all.json", "site.record", "unchanged"):
        (folder / ".podcast" / name).unlink(missing_ok=True)
    text = (folder / TEXT).read_text("utf-8")
    (folder / TEXT).write_text(text.replace("status: reviewed", "status: draft"), "utf-8")
    ran = run_podcast(["publish", "episode-1", "episode-2"], folder)
    assert ran.code == 0, ran.err
    return folder


@pytest.fixture
def own(half: Path, tmp_path: Path) -> Path:
    def copied(one: str, other: str) -> None:
        large = one.endswith((".flac", ".mp3", ".npz", ".bin"))
        (os.link if large else shutil.copy2)(one, other)

    shutil.copytree(half, tmp_path / "show", copy_function=copied)
    return tmp_path / "show"


def change(folder: Path, name: str, was: str, becomes: str) -> None:
    """Write a file as an editor does: whole, under its name at once."""
    file = folder / name
    text = file.read_text("utf-8")
    assert was in text, was
    beside = file.with_suffix(".tmp")
    beside.write_text(text.replace(was, becomes, 1), "utf-8")
    os.replace(beside, file)


def told(folder: Path) -> dict[str, str]:
    """Every file that is published or that a person wrote, by its digest."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".podcast" not in path.relative_to(folder).parts
    }


# What is shown.


def test_a_draft_is_shown_as_one_and_nothing_is_published(own: Path) -> None:
    before = told(own)
    with previewing(own) as serving:
        assert "Aperçu : 3 épisodes, dont 1 pas encore publiés." in "".join(serving.said)
        _, home, headers = serving.get()
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert headers["cache-control"] == "no-store"
        heading = re.search(r'<h3><a href="episode-3/"[^>]*>([^<]*)<', home)
        assert heading and heading[1].startswith("Brouillon : ")
        assert len(re.findall("Brouillon : ", home)) == 1, "the published ones are not marked"
        page = serving.get("episode-3/")[1]
        assert re.search(r"<title>Brouillon : ", page) and re.search("<h1>Brouillon : ", page)
        assert "Brouillon" not in re.sub(
            r"(?s)<aside.*?</aside>|<nav class=\"column neighbours.*?</nav>", "",
            serving.get("episode-1/")[1],
        )  # fmt: skip
        assert "Brouillon" in serving.get("plan-du-site/")[1]
        assert serving.get("episode-3/episode-3.vtt")[1].startswith("WEBVTT")
        sound = re.search(r'<audio[^>]* src="\.\./(audio/[^"]+)"', page)
        assert sound and serving.get(sound[1])[0] == 200
    assert told(own) == before, "site/ and published.json are as they were"


def test_there_is_no_feed(own: Path) -> None:
    with previewing(own) as serving:
        status, text, _ = serving.get("feed.xml")
        assert status == 404 and "publish" in text
        assert serving.get("sitemap.xml")[0] == 404
        page = serving.get()[1]
        assert "application/rss+xml" not in page
        of_episode = serving.get("episode-3/")[1]
        assert "json+oembed" not in of_episode and "Mettre cet épisode" in of_episode
        assert serving.get("episode-3/episode-3.oembed.json")[0] == 404
        player = serving.get("episode-3/episode-3.embed.html")[1]
        assert "Brouillon : " in player and 'id="preview"' in player
        made = own / ".podcast" / "preview" / "site"
        assert not [
            *made.rglob("*.xml"),
            *made.rglob("feed.json"),
            *made.rglob("sitemap.txt"),
            *made.rglob("*.oembed.json"),
        ]
        assert [*made.rglob("*.html")]


def test_what_is_only_previewed_passes_no_gate(own: Path) -> None:
    """Cards of drafts are kept apart: publishing is refused as before."""
    with previewing(own) as serving:
        serving.get("episode-3/")
    ran = run_podcast(["publish", "episode-3"], own)
    assert ran.code == 1 and "status: draft" in ran.err
    assert not (own / "site" / "episode-3").exists()
    ran = run_podcast(["publish", "episode-1"], own)
    assert ran.code == 0 and not (own / "site" / "episode-3").exists()


def test_without_sound_or_words(own: Path) -> None:
    """What takes minutes is not done for a look: it is said what to type."""
    (own / "transcripts" / "episode-3.words.jsonl").unlink()
    with previewing(own) as serving:
        assert "podcast transcribe episode-3" in "".join(serving.said)
        assert serving.get("episode-3/")[0] == 404
        assert "podcast transcribe episode-3" in serving.get()[1]


def test_the_plain_site(own: Path, podcast: Callable[..., Ran]) -> None:
    with previewing(own, "--published") as serving:
        assert "Brouillon" not in serving.get()[1] and 'id="preview"' not in serving.get()[1]
        assert serving.get("feed.xml")[0] == 200
        assert serving.get("episode-3/")[0] == 404
        assert serving.get(host="example.org")[0] == 200
    with previewing(own, str(own / "site")) as serving:
        assert serving.get("feed.xml")[0] == 200
    ran = podcast(own, "serve", "site", "--published")
    assert ran.code == 2


# It is renewed.


def test_a_changed_text_is_shown(own: Path) -> None:
    with previewing(own) as serving:
        before = serving.get("episode-1/")[1]
        change(own, TEXT, "Bonjour", "Bonsoir vraiment")
        serving.has("episode-3/", "Bonsoir vraiment")
        assert "Aperçu refait : " in serving.until("Aperçu refait")
        assert serving.get("episode-1/")[1] == before, "another page is the same"
        change(own, "podcast.yaml", "title: À voix égales", "title: À voix hautes")
        serving.has("", "À voix hautes")


def test_an_episode_that_is_published_meanwhile_is_marked_no_more(own: Path) -> None:
    with previewing(own) as serving:
        change(own, TEXT, "status: draft", "status: reviewed")
        serving.has("", "Pas encore publié : ")
        ran = run_podcast(["publish", "episode-3"], own)
        assert ran.code == 0, ran.err
        until = time.monotonic() + WAIT_S
        while "Pas encore publié : " in serving.get()[1]:
            assert time.monotonic() < until
            time.sleep(0.2)


def test_a_fault_is_said_and_the_last_good_page_stays(own: Path) -> None:
    with previewing(own) as serving:
        change(own, TEXT, "Bonjour", "Bonsoir vraiment")
        serving.has("episode-3/", "Bonsoir vraiment")
        change(own, TEXT, "\n---\n", "\nlanguage: [\n---\n")
        line = serving.until(f"{TEXT}:")
        assert re.match(rf"{TEXT}:\d+ : ", line)
        status, page, _ = serving.get("episode-3/")
        assert status == 200 and "Bonsoir vraiment" in page
        assert f"{TEXT}:" in page, "without a script, too"
        change(own, "podcast.yaml", "title: À voix égales", "titel: À voix égales")
        serving.until("podcast.yaml:")
        assert serving.get("episode-1/")[0] == 200
        change(own, "podcast.yaml", "titel:", "title:")
        change(own, TEXT, "\nlanguage: [\n---\n", "\n---\n")
        until = time.monotonic() + WAIT_S
        while json.loads(serving.get("_preview/state?path=/")[1])["faults"]:
            assert time.monotonic() < until
            time.sleep(0.2)
        assert f"{TEXT}:" not in serving.get("episode-3/")[1]


# Nobody is interrupted.


@contextmanager
def reader(browser: Browser, focused: bool) -> Iterator[Page]:
    """A reader whose window has the focus, or has not because they write in another one."""
    context = browser.new_context(viewport={"width": 900, "height": 700})
    context.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    page = context.new_page()
    if not focused:
        tools = context.new_cdp_session(page)
        tools.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    page.add_init_script(f"document.hasFocus = () => {str(focused).lower()}")
    yield page
    context.close()


def test_a_page_that_is_not_being_read_renews_itself(own: Path, browser: Browser) -> None:
    with previewing(own) as serving, reader(browser, focused=False) as page:
        page.goto(serving.address + "episode-3/")
        paragraph = page.locator("#transcript p[id]").nth(3)
        top = "e => { e.scrollIntoView(); return e.getBoundingClientRect().top; }"
        was = paragraph.evaluate(top)
        page.locator("#suggest").evaluate("e => e.focus({preventScroll: true})")
        change(own, TEXT, "Bonjour", "Bonsoir vraiment")
        expect(page.locator("#transcript")).to_contain_text("Bonsoir vraiment")
        page.wait_for_function("() => document.activeElement.id === 'suggest'")
        page.wait_for_function(
            "([id, was]) => Math.abs(document.getElementById(id).getBoundingClientRect().top"
            " - was) < 60",
            arg=[paragraph.get_attribute("id"), was],
        )


def test_who_reads_is_told_politely_and_loses_nothing(own: Path, browser: Browser) -> None:
    with previewing(own) as serving, reader(browser, focused=True) as page:
        page.goto(serving.address + "episode-3/")
        page.evaluate("window.same = true")
        change(own, TEXT, "Bonjour", "Bonsoir vraiment")
        said = page.locator("#preview-said")
        expect(said).to_contain_text("Cette page a changé")
        assert said.get_attribute("aria-live") == "polite"
        time.sleep(3)
        assert page.evaluate("window.same"), "it was not loaded again"
        page.get_by_role("button", name="Renouveler cette page maintenant").press("Enter")
        expect(page.locator("#transcript")).to_contain_text("Bonsoir vraiment")
        assert page.evaluate("window.same === undefined")
        expect(said).to_be_empty()


@pytest.mark.parametrize("hindrance", ["playing", "typing", "switched off"])
def test_what_is_being_done_goes_on(hindrance: str, own: Path, browser: Browser) -> None:
    with previewing(own) as serving, reader(browser, focused=False) as page:
        page.goto(serving.address + "episode-3/")
        page.evaluate("window.same = true")
        if hindrance == "playing":
            page.evaluate("document.querySelector('audio').play()")
        elif hindrance == "typing":
            page.evaluate(
                "() => { const e = document.createElement('textarea');"
                " document.querySelector('main').append(e); e.focus(); }"
            )
        else:
            page.get_by_label("Renouveler cette page toute seule").uncheck()
        change(own, TEXT, "Bonjour", "Bonsoir vraiment")
        expect(page.locator("#preview-said")).to_contain_text("Cette page a changé")
        time.sleep(2.5)
        assert page.evaluate("window.same")
        if hindrance == "switched off":
            page.reload()
            expect(page.get_by_label("Renouveler cette page toute seule")).not_to_be_checked()


def test_a_fault_is_said_on_the_open_page(own: Path, browser: Browser) -> None:
    with previewing(own) as serving, reader(browser, focused=True) as page:
        page.goto(serving.address + "episode-3/")
        change(own, TEXT, "\n---\n", "\nlanguage: [\n---\n")
        expect(page.locator("#preview-faults")).to_contain_text(f"{TEXT}:")
        change(own, TEXT, "\nlanguage: [\n---\n", "\n---\n")
        expect(page.locator("#preview-faults")).to_be_empty()
        serving.process.kill()
        expect(page.locator("#preview-said")).to_contain_text("podcast serve")


def test_the_banner_is_accessible(own: Path, visitor: Visitor) -> None:
    with previewing(own) as serving:
        site = Site("preview", Workspace(own), serving.address)
        pages = {path: serving.get(path)[1] for path in ("", "episode-3/")}
        assert {name: faults for name, faults in validate(pages).items() if faults} == {}
        for path in ("index.html", "episode-3/index.html"):
            for look in (LIGHT, DARK, PHONE):
                with visitor.visit(site, path, look) as visit:
                    assert axe_finds_nothing(visit) == []
                    visit.page.keyboard.press("Tab")
                    first = visit.js("document.activeElement.getAttribute('href')")
                    assert first == "#content", "the first stop still skips to the content"
                    assert visit.js(
                        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
                    )
                    assert visit.problems == []


# Nobody else gets in, and nothing breaks.


def test_only_this_machine_by_its_name(own: Path) -> None:
    with previewing(own) as serving:
        port = serving.address.rstrip("/").rpartition(":")[2]
        for host in (f"localhost:{port}", "127.0.0.1:1", "LOCALHOST", "[::1]:8000"):  # a tunnel's
            assert serving.get(host=host)[0] == 200
        for host in (
            f"evil.example:{port}",
            "127.0.0.1:",
            "localhost.:80",
            f"127.0.0.1.evil.example:{port}",
        ):
            assert serving.get(host=host)[0] == 403
            assert serving.get("_preview/state?path=/", host=host)[0] == 403
        for path in ("../podcast.yaml", "%2e%2e/podcast.yaml", "..%2f..%2fpodcast.yaml"):
            assert serving.get(path)[0] == 404
        for path in ("/../cards.json", "/%2e%2e/cards.json", "//etc/passwd", "/\0"):
            asked = urllib.parse.quote(path)
            assert json.loads(serving.get(f"_preview/state?path={asked}")[1])["page"] == ""
        assert serving.get("_preview/banner.html")[0] == 404


def test_one_preview_at_a_time(own: Path) -> None:
    with previewing(own):
        ran = run_podcast(["serve", "--port", "0"], own)
        assert ran.code == 5 and "Ctrl-C" in ran.err


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX knows them")
def test_ctrl_c_ends_it_at_once(own: Path) -> None:
    with previewing(own) as serving:
        serving.get()
        serving.process.send_signal(signal.SIGINT)
        assert serving.process.wait(20) == 0


@pytest.mark.parametrize("after_s", [0.0, 0.45, 0.9, 1.3])
def test_killed_at_any_moment(after_s: float, own: Path) -> None:
    """What is left is the old preview or the new one, and the next run goes on."""
    before = {name: d for name, d in told(own).items() if name != TEXT}
    with previewing(own) as serving:
        change(own, TEXT, "Bonjour", "Bonsoir vraiment")
        time.sleep(after_s)
        serving.process.kill()
        serving.process.wait()
    assert {name: d for name, d in told(own).items() if name != TEXT} == before
    page = own / ".podcast" / "preview" / "site" / "episode-3" / "index.html"
    assert page.read_text("utf-8").rstrip().endswith("</html>")
    with previewing(own) as serving:
        assert "Bonsoir vraiment" in serving.get("episode-3/")[1]
    assert {name: d for name, d in told(own).items() if name != TEXT} == before


def test_a_show_without_anything_to_see(tmp_path: Path) -> None:
    """There is a page all the same, and it says what is to be typed."""
    folder = copy_show(tmp_path / "show")
    with previewing(folder) as serving:
        assert "Aperçu : 0 épisode" in "".join(serving.said)
        assert "podcast transcribe episode-1" in serving.get()[1]


def test_a_show_that_cannot_be_read(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    folder = copy_show(tmp_path / "show")
    change(folder, "podcast.yaml", "title:", "titel:")
    ran = podcast(folder, "serve", "--port", "0")
    assert ran.code == 1 and "podcast.yaml" in ran.err
