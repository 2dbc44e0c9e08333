"""Attacks on each control of ``docs/security.md``, and what they would do if it were not there."""

from __future__ import annotations

import ast
import http.client
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import jinja2
import markdown_it
import nh3
import pytest
import ruamel.yaml
import webvtt
from conftest import ROOT, Ran, copy_show, run_podcast
from lxml import etree, html
from pages.browsing import Visitor
from PIL import Image
from playwright.sync_api import Page
from serving import served
from small_site import THEME, episode, tree, views
from small_site import show as small_show

from podcast import notes_html
from podcast.captions import formats
from podcast.errors import Fixable, Outside
from podcast.ffmpeg import opened, program
from podcast.live_feed import read_feed
from podcast.pages import kinds
from podcast.programs import remote, run
from podcast.published import in_order
from podcast.strict_yaml import read_yaml
from podcast.terminal import Terminal
from podcast.theme import Theme
from podcast.wording import Wording

SLUG = "episode-3"
DATA = ("application/ld+json", "application/json")
HARM = "document.documentElement.dataset.harm = 'done'"
# As people would write it who want to leave a title, an attribute, a script, a comment, a section.
ATTACK = (
    f"\"'>--></title></script>]]><script>{HARM}</script><img src=x onerror=\"{HARM}\">"
    f"<svg onload=\"{HARM}\"></svg>{{{{ 7*7 }}}}"
)  # fmt: skip
NOTES = f"""
{ATTACK}

[a link](javascript:{HARM.replace(" ", "")}) [another](data:text/html,<script>{HARM}</script>)
<a href="javascript:{HARM}" onclick="{HARM}">a third</a> <iframe src="//example.org"></iframe>
![picture](x" onerror="{HARM})
"""


@pytest.fixture(scope="module")
def hostile(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample show published with an attack in everything that a person writes."""
    show = copy_show(tmp_path_factory.mktemp("hostile") / "show", [SLUG], published / ".podcast")
    quoted = json.dumps(ATTACK)
    file = show / "podcast.yaml"
    text = file.read_text("utf-8") + "\npublish_unreviewed: true\n"
    for key in ("title", "description", "author", "cover_alt", "copyright"):
        text = re.sub(
            rf"^{key}:.*\n(?:  .*\n)*", lambda _, k=key: f"{k}: {quoted}\n", text, flags=re.M
        )
    file.write_text(text, "utf-8")
    file = show / "episodes" / SLUG / "episode.md"
    text = file.read_text("utf-8")
    for key in ("title", "summary"):
        text = re.sub(
            rf"^{key}:.*\n(?:  .*\n)*", lambda _, k=key: f"{k}: {quoted}\n", text, flags=re.M
        )
    file.write_text(text + NOTES, "utf-8")
    file = show / "transcripts" / f"{SLUG}.md"
    text = file.read_text("utf-8").replace("status: reviewed", "status: draft")
    said = re.sub(r"([\\{}\[\]])", r"\\\1", ATTACK).replace("<!--", "")
    text = text.replace("## Bienvenue", f"## {said}").replace(
        "Racontez-nous", f"{said} 00:00 --> 99:00"
    )
    file.write_text(text, "utf-8")
    glossary = f"RQTH:\n  expansion: {quoted}\n"
    (show / "glossary.yaml").write_text(glossary, "utf-8")
    ran = run_podcast(["publish", SLUG], show)
    assert ran.code == 0, ran.err
    return show


def wounds(page: str) -> list[str]:
    """What of the attack would run in a browser."""
    found = []
    for element in html.document_fromstring(page.encode()).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "script" and not element.get("src") and element.get("type") not in DATA:
            found.append("script")
        if element.tag in ("svg", "iframe") and element.get("onload", element.get("src")):
            found.append(element.tag)
        for name, value in element.attrib.items():
            if str(name).startswith("on"):
                found.append(str(name))
            if re.match(r"\s*(javascript|data):", str(value)):
                found.append(f"{name}={value}")
    return found


# Pages.


def test_nothing_written_runs_in_a_page(hostile: Path) -> None:
    files = list((hostile / "site").rglob("*.html"))
    assert len(files) > 3
    for file in files:
        assert not wounds(file.read_text("utf-8")), file
    text = (hostile / "site" / SLUG / "index.html").read_text("utf-8")
    assert "7*7" in text
    assert text.count("dataset.harm") > 5


def test_a_browser_runs_nothing_of_it(hostile: Path, visitor: Visitor) -> None:
    with served(hostile) as address:
        for path in ("", f"{SLUG}/", f"{SLUG}/{SLUG}.html", f"{SLUG}/{SLUG}.embed.html",
                     "plan-du-site/", "feed.xml"):  # fmt: skip
            page = visitor.browser.new_page()
            page.goto(address + path, wait_until="load")
            assert page.evaluate("document.documentElement.dataset?.harm ?? ''") == "", path
            page.close()


def small_pages(theme: Theme) -> Iterator[str]:
    of = small_show()
    made = episode(of, "episode-1")
    made = replace(made, episode=replace(made.episode, title=ATTACK))
    publication = in_order(of, [made])
    for page in kinds():
        for _, view in views(page, publication, theme):
            yield theme.render(page.TEMPLATE, view)


def test_without_escaping_the_same_title_would_run() -> None:
    assert not any(map(wounds, small_pages(THEME)))
    theme = Theme(THEME.folders, THEME.made)
    theme._environment.autoescape = False
    theme._environment.bytecode_cache = None  # it has templates that escape
    assert any(map(wounds, small_pages(theme)))


def test_content_is_never_a_template() -> None:
    assert all("7*7" in page or ATTACK not in page for page in small_pages(THEME))
    assert jinja2.Environment(autoescape=True).from_string(ATTACK).render().endswith("49")


def test_notes_are_cleaned_twice() -> None:
    assert not wounds(f"<main>{notes_html.to_html(NOTES)}</main>")
    # Each of the two alone leaves nothing that runs; without both it would.
    raw = markdown_it.MarkdownIt("commonmark", {"html": True}).render(NOTES)
    assert wounds(f"<main>{raw}</main>")
    tags = notes_html._TAGS
    assert not wounds(f"<main>{nh3.clean(raw, tags=tags, attributes={'a': {'href'}})}</main>")
    bare = markdown_it.MarkdownIt("commonmark", {"html": False}).render(NOTES)
    assert not wounds(f"<main>{bare}</main>")


POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@pytest.mark.parametrize(
    "attack",
    [
        f"<script>{HARM}</script>",
        f'<img src="x" onerror="{HARM}">',
        f'<iframe srcdoc="<script>parent.{HARM}</script>"></iframe>',
        f"<svg><script>{HARM}</script></svg>",
    ],
    ids=["script", "handler", "frame", "svg"],
)  # fmt: skip
def test_a_hole_in_a_template_is_closed_by_the_policy(
    attack: str, published: Path, visitor: Visitor, tmp_path: Path
) -> None:
    def harm(page: Page, text: str) -> str:
        page.route("**/attacked", lambda route: route.fulfill(body=text, content_type="text/html"))
        page.goto(address + "attacked", wait_until="load")
        page.wait_for_timeout(200)
        return str(page.evaluate("document.documentElement.dataset.harm ?? ''"))

    text = (published / "site" / "index.html").read_text("utf-8")
    holed = text.replace("</main>", f"{attack}</main>")
    assert len(POLICY.findall(holed)) == 1
    with served(published) as address:
        page = visitor.browser.new_page()
        assert harm(page, holed) == ""
        page.close()
        page = visitor.browser.new_page()
        assert harm(page, POLICY.sub("", holed)) == "done"
        page.close()


def test_data_for_machines_cannot_end_its_element(hostile: Path) -> None:
    for file in (hostile / "site").rglob("*.html"):
        for script in tree(file.read_text("utf-8")).iter("script"):
            if script.get("type") == "application/ld+json":
                told = json.loads(script.text_content())
                assert "harm" in json.dumps(told) or told["@type"] == "ProfilePage"  # a person's
    naive = f"<script type='application/ld+json'>{json.dumps({'name': ATTACK})}</script>"
    assert wounds(f"<main>{naive}</main>")


# What apps read.


def test_the_feed_holds_the_attack_as_text(hostile: Path) -> None:
    content = (hostile / "site" / "feed.xml").read_bytes()
    root = etree.fromstring(content)
    # A bare "<" would eat the rest of the title in apps that take it for HTML.
    said = root.findtext("channel/title")
    assert said and said.replace("< ", "<") == ATTACK
    assert len(root.findall("channel/item")) == 1
    notes = root.findtext("channel/item/{http://purl.org/rss/1.0/modules/content/}encoded")
    assert notes and not wounds(f"<main>{notes}</main>")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(f"<title>{ATTACK}</title>")


def test_captions_hold_the_attack_as_words(hostile: Path) -> None:
    folder = hostile / "site" / SLUG
    captions = webvtt.read(folder / f"{SLUG}.vtt").captions
    starts = [caption.start for caption in captions]
    assert starts == sorted(starts)
    assert not any(caption.end > "00:10" for caption in captions)
    for file in formats():
        text = (folder / f"{SLUG}.{file.SUFFIX}").read_text("utf-8")
        if file.SUFFIX in ("vtt", "srt"):
            arrows = [line for line in text.splitlines() if "-->" in line]
            assert all(re.match(r"[\d:.,]+ --> [\d:.,]+$", line) for line in arrows)
        if file.SUFFIX == "html":
            assert not wounds(text)


# Files.


def test_yaml_is_data_only() -> None:
    attacks = (
        "a: &a [x]\nb: [*a, *a]\n",
        "title: one\ntitle: two\n",
        "x: " + "[" * 30 + "]" * 30,
    )
    for attack in attacks:
        with pytest.raises(Fixable):
            read_yaml(attack, "podcast.yaml")
    loose = ruamel.yaml.YAML(typ="safe", pure=True)
    loose.allow_duplicate_keys = True
    assert all(loose.load(attack) for attack in attacks)


def test_a_theme_from_elsewhere_publishes_no_file_of_yours(
    show: Path, podcast: Callable[..., Ran], tmp_path: Path
) -> None:
    secret = tmp_path / "secret-key"
    secret.write_text("harm")
    static = show / "templates" / "static"
    static.mkdir(parents=True)
    (static / "logo.txt").symlink_to(secret)
    ran = podcast(show, "publish", SLUG)
    assert ran.code == 1
    assert "logo.txt" in ran.err and "templates/" in ran.err
    assert not (show / "site").exists()
    (static / "logo.txt").unlink()
    (static / "original.txt").write_text("ours")
    (static / "logo.txt").symlink_to("original.txt")  # inside, a link is a way to keep one copy
    assert podcast(show, "publish", SLUG).code == 0


PATHS = (
    "../../secret.flac",
    "/etc/passwd",
    "a/../../../secret.flac",
    "..\\secret.flac",
    "~/secret",
)


@pytest.mark.parametrize("key", ["opening", "cover"])
def test_a_path_in_yaml_stays_in_the_show(
    key: str, show: Path, podcast: Callable[..., Ran]
) -> None:
    file = show / "episodes" / SLUG / "episode.md"
    text = file.read_text("utf-8")
    secret = show.parent / "secret.flac"
    secret.write_bytes((show / "episodes" / SLUG / "recording.flac").read_bytes())
    # What a program gets that takes the path as it is written.
    assert (file.parent / "../../.." / "secret.flac").resolve() == secret.resolve()
    for path in (*PATHS, "../../../secret.flac"):
        rest = re.sub(rf"(?m)^{key}: .*\n", "", text)
        file.write_text(rest.replace("---\n", f"---\n{key}: {json.dumps(path)}\n", 1), "utf-8")
        ran = podcast(show, "publish", SLUG)
        assert ran.code == 1 and ran.err.startswith(f"episodes/{SLUG}/episode.md:2"), ran.err
        assert not (show / "site").exists()


@pytest.mark.parametrize("slug", ["../secret", "..", "/etc", "a/b", "con", ".hidden", "a\\b"])
def test_a_slug_is_never_a_path(slug: str, show: Path, podcast: Callable[..., Ran]) -> None:
    outside = show.parent / "secret"
    outside.mkdir()
    (outside / "episode.md").write_text("---\ntitle: x\n---\n", "utf-8")
    assert (show / "episodes" / "../../secret" / "episode.md").is_file()  # as a path, it is one
    for command in ("publish", "transcribe", "check", "review", "diff"):
        ran = podcast(show, command, slug, *(["--by", "x"] if command == "review" else []))
        assert ran.code == 1 and "Traceback" not in ran.err, (command, ran)
    assert not (show / "site").exists()
    assert sorted(path.name for path in outside.iterdir()) == ["episode.md"]


def test_a_name_gives_no_orders_to_a_shell(tmp_path: Path) -> None:
    name = "a; touch harm; $(touch harm) `touch harm`.wav"
    subprocess.run(f"ls {name}", shell=True, cwd=tmp_path, capture_output=True)
    assert (tmp_path / "harm").exists()  # a shell obeys
    (tmp_path / "harm").unlink()
    file = tmp_path / name
    file.write_bytes(b"RIFF")
    end = ["-f", "null", "-"]
    command = [program(), "-v", "quiet", *opened(file), *end]
    subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL)
    with pytest.raises(Outside):
        run(["git", "ls-remote", f"file://{tmp_path}/{name}"], "x")
    with pytest.raises(Fixable):
        remote(f"me@host:{name}")
    assert not (tmp_path / "harm").exists()
    # The rule is in the code: nobody asks for a shell.
    for source in (ROOT / "podcast").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "shell":
                raise AssertionError(source)
            if isinstance(node, ast.Attribute) and node.attr in ("system", "popen", "getoutput"):
                assert getattr(node.value, "id", "") not in ("os", "subprocess"), source


@contextmanager
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server that notes who calls."""
    calls: list[str] = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Note)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", calls
    finally:
        server.shutdown()
        server.server_close()


def test_a_recording_opens_no_address_and_no_other_file(tmp_path: Path) -> None:
    with canary() as (address, calls):
        playlist = tmp_path / "recording.mp3"
        playlist.write_text(f"#EXTM3U\n#EXTINF:5,\n{address}a.ts\n#EXT-X-ENDLIST\n")
        end = ["-f", "null", "-"]
        subprocess.run(
            [program(), "-v", "quiet", *opened(playlist), *end], stdin=subprocess.DEVNULL
        )
        assert calls == []
        open_door = [
            "-protocol_whitelist", "file,http,tcp", "-f", "hls", "-allowed_extensions", "ALL",
            "-extension_picky", "0", "-i", str(playlist),
        ]  # fmt: skip
        subprocess.run([program(), "-v", "quiet", *open_door, *end], stdin=subprocess.DEVNULL)
        assert calls


# What is fetched.


def test_a_feed_asks_nothing_of_this_machine(podcast: Callable[..., Ran], tmp_path: Path) -> None:
    with canary() as (address, calls):
        feed = tmp_path / "feed.xml"
        feed.write_text(
            '<rss version="2.0"><channel><title>T</title><item><title>One</title><guid>g</guid>'
            "<pubDate>Mon, 02 Nov 2026 06:00:00 +0100</pubDate>"
            f'<enclosure url="{address}a.mp3" length="1" type="audio/mpeg"/></item></channel></rss>',
            "utf-8",
        )
        (tmp_path / "show").mkdir()
        ran = podcast(tmp_path / "show", "import-feed", str(feed), language="en")
        assert ran.code == 4 and "nothing is asked of it" in ran.err
        assert calls == []
        # A client that does not look where a name leads goes there.
        assert httpx.get(f"{address}a.mp3").status_code == 404
        assert calls == ["/a.mp3"]
        name = address.removeprefix("http://").rstrip("/")
        podcast(tmp_path / "show", "import-feed", str(feed), "--allow", name)
        assert len(calls) > 1  # what the producer names is asked


def test_xml_grows_nothing_and_opens_nothing(podcast: Callable[..., Ran], tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("harm", "utf-8")
    declared = f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "ha&#33;">]>'
    text = f"{declared}<rss version='2.0'><channel><title>&x;&y;</title></channel></rss>"
    loose = etree.XMLParser(load_dtd=True, resolve_entities=True)
    assert "harm" in (etree.fromstring(text, loose).findtext("channel/title") or "")
    assert read_feed(text.encode()) is None
    (tmp_path / "feed.xml").write_text(text, "utf-8")
    (tmp_path / "show").mkdir()
    ran = podcast(tmp_path / "show", "import-feed", str(tmp_path / "feed.xml"), language="en")
    assert ran.code == 1 and "DOCTYPE" in ran.err
    assert list((tmp_path / "show").iterdir()) == []


def test_what_a_camera_noted_is_not_published(show: Path, podcast: Callable[..., Ran]) -> None:
    picture = Image.new("RGB", (1400, 1400), "navy")
    noted = picture.getexif()
    noted[0x010F] = "harm"  # who made the camera
    noted.get_ifd(0x8825)[2] = (48.0, 51.0, 24.0)  # where it stood
    picture.save(show / "cover.jpg", exif=noted)
    # A copy would publish it.
    with Image.open(show / "cover.jpg") as copied:
        assert copied.getexif()[0x010F] == "harm" and copied.getexif().get_ifd(0x8825)
    assert podcast(show, "publish", SLUG).code == 0
    made = [path for path in (show / "site").rglob("*") if path.suffix in (".jpg", ".mp3", ".png")]
    assert len(made) > 1
    assert [path for path in made if b"harm" in path.read_bytes()] == []
    for path in (path for path in made if path.suffix != ".mp3"):
        with Image.open(path) as shown:
            assert not shown.getexif()


# The terminal and the preview.


def test_a_name_gives_no_orders_to_the_terminal(show: Path, podcast: Callable[..., Ran]) -> None:
    tracks = show / "episodes" / SLUG / "tracks"
    tracks.mkdir()
    (show / "episodes" / SLUG / "recording.flac").unlink()
    (tracks / "\x1b]0;harm\x07\x1b[2J.wav").write_bytes(b"x")
    ran = podcast(show, "publish", SLUG)
    assert ran.code == 1
    assert "\\x1b]0;harm\\x07" in ran.err
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ran.err)
    out = StringIO()
    Terminal(Wording("fr"), out=out).line("\x1b")
    assert out.getvalue() == "\x1b\n"  # a line of our own may hold it: the bar needs it


@pytest.mark.parametrize(
    "path",
    [
        "../podcast.yaml", "%2e%2e/podcast.yaml", "..%2fpodcast.yaml", "..%5cpodcast.yaml",
        "episode-3/../../podcast.yaml", "/etc/passwd", "%00", "assets/../../published.json",
    ],
)  # fmt: skip
def test_the_preview_serves_the_site_only(path: str, published: Path) -> None:
    with served(published) as address:
        host, port = address.removeprefix("http://").rstrip("/").split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        connection.putrequest("GET", f"/{path}", skip_host=False)
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status in (400, 404)
        assert b"owner" not in answer.read()
        connection.close()
