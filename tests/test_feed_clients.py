"""Real clients read our feed, agree on every field, and play what it names."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import EPISODES, copy_show, run_podcast
from feed_readers import COMPARED, NAMESPACES, READERS, Fields, Read, fetched, tree
from gpodder import GPodder
from lxml import etree
from serving import free_port, served

from podcast.episode import read_episode
from podcast.show import read_show

ODD = 'Un <em>titre</em> & ses « sœurs » ]]> 日本語 🎧 שלום "fin"'
NOTES = "Des <script>alert(1)</script> notes & ]]> **fortes**, שלום 🎧 <b>là</b>\n\n- un\n- deux"
# Tags that stand in the feed for nobody or for the tree alone, with the reason.
UNREAD = {
    "docs": "where RSS is explained",
    "generator": "the name of this program",
    "lastBuildDate": "test_feed holds it",
    "image": "RSS's own picture, the same as itunes:image",
    "url": "in image",
    "atom:link": "test_feed holds it",
    "itunes:title": "the same as title, for Apple",
    "podcast:integrity": "test_feed_files holds it",
    "podcast:updateFrequency": "no client here reads it yet",
    "podcast:image": "no client here reads it yet",
}


@pytest.fixture(scope="module")
def followed(
    tmp_path_factory: pytest.TempPathFactory, published: Path
) -> Iterator[tuple[Path, str]]:
    """A show with all that a feed may say, published for the address that it is served at."""
    folder = copy_show(tmp_path_factory.mktemp("clients") / "show", cache=published / ".podcast")
    port = free_port()
    rewrite(
        folder, "podcast.yaml",
        ("https://podcast.example.org/a-voix-egales/", f"http://127.0.0.1:{port}/"),
        ("category: Society & Culture", "category: Kids & Family > Parenting"),
        ("model: demo", "model: demo\nseasons: {2: Le travail}\nfunding: [{url: https://example.org/don, text: Soutenir}]"),
        ("    name: L'invité\n", "    name: L'invité\n    link: https://example.org/invité?a=1&b=2\n"),
    )  # fmt: skip
    rewrite(
        folder, "episodes/episode-1/episode.md",
        ('title: "Demander un aménagement de poste"', f"title: {ODD!r}\nseason: 2\nexplicit: true\ndisplay: Un bis\nsoundbites: [{{start: 0:05, end: 0:25.5}}]"),
        ("Dans cet épisode", NOTES + "\n\nDans cet épisode"),
    )  # fmt: skip
    rewrite(
        folder,
        "episodes/episode-2/episode.md",
        ("number: 2", "number: 2\ntype: bonus\nsound: {outputs: [opus]}"),
    )
    ran = run_podcast(["publish", *EPISODES], folder)
    assert ran.code == 0, ran.err
    with served(folder, port) as address:
        yield folder, address


@pytest.fixture(scope="module")
def feed(followed: tuple[Path, str]) -> bytes:
    return fetched(followed[1] + "feed.xml")


@pytest.fixture(scope="module")
def reads(feed: bytes, followed: tuple[Path, str]) -> dict[str, Read]:
    return {name: reader(feed, followed[1] + "feed.xml") for name, reader in READERS.items()}


@pytest.fixture(scope="module")
def app(followed: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> GPodder:
    made = GPodder(tmp_path_factory.mktemp("gpodder"))
    made.run("subscribe", followed[1] + "feed.xml")
    return made


def rewrite(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    text = (folder / name).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, "utf-8")


def assert_same(read: Fields, said: Fields, who: str) -> None:
    for field, value in read.items():
        assert value == said[field], f"{who}: {field}"


@pytest.mark.parametrize("client", READERS)
def test_a_client_reads_what_the_feed_says(
    client: str, reads: dict[str, Read], feed: bytes
) -> None:
    show, episodes = tree(feed)
    read_show_, read_episodes = reads[client]
    assert_same(read_show_, show, client)
    assert len(read_episodes) == len(episodes) == 3
    for read, said in zip(read_episodes, episodes, strict=True):
        assert_same(read, said, f"{client}, {said['guid']}")


def test_the_app_reads_what_the_feed_says(app: GPodder, feed: bytes) -> None:
    for read, said in zip(app.episodes(), tree(feed)[1], strict=True):
        assert_same(read, said, f"gPodder, {said['guid']}")


def test_each_field_has_two_readers(reads: dict[str, Read], feed: bytes) -> None:
    """A field that one client alone reads is told by that client alone."""
    show, episodes = tree(feed)
    for part, fields in ((0, show), (1, episodes[0])):
        for field in fields:
            knowing = [
                name
                for name, read in reads.items()
                if field in (read[0] if part == 0 else read[1][0])
            ]
            single = {"display", "season_name", "image", "notes", "notes_shown", "notes_decoded"}
            assert len(knowing) >= (1 if field in single else 2), (field, knowing)


def test_the_feed_says_what_we_wrote(followed: tuple[Path, str], feed: bytes) -> None:
    """The clients agree with the feed; the feed agrees with the files that people wrote."""
    folder, address = followed
    show = read_show((folder / "podcast.yaml").read_text("utf-8"), "podcast.yaml")
    said, items = tree(feed)
    assert (said["title"], said["description"]) == (show.title, show.description)
    assert (said["guid"], said["language"], said["link"]) == (show.guid, "fr", address)
    assert said["category"] == show.category
    assert [i["guid"] for i in items] == [
        "9e3a1f52-77d4-4b5e-a3c8-51b0c1d8ce03",
        "5d0b2a7c-8f1b-4a53-8d39-2f3c6f6f9b02",
        "0b6f7b1e-4c55-4c0e-9d0b-6d0d1b8d7a01",
    ]
    for item, slug in zip(items, reversed(EPISODES), strict=True):
        file = folder / "episodes" / slug / "episode.md"
        episode = read_episode(file.read_text("utf-8"), file.name, slug, show)
        # A bare "<" would eat the rest of the title in apps that take it for HTML.
        assert item["title"].replace("< ", "<") == episode.title
        assert (item["guid"], item["date"]) == (episode.guid, episode.date.timestamp())
        assert (item["number"], item["season"]) == (episode.number, episode.season)
        assert (item["kind"], item["summary"]) == (episode.type, episode.summary)
        assert item["explicit"] == bool(episode.explicit)
        assert item["link"] == f"{address}{slug}/"
        assert item["notes"].startswith(f'<p><a href="{item["link"]}#transcript">')
        assert "<script" not in item["notes"] and item["notes"].count("🎧") == (slug == "episode-1")
        sound = fetched(item["url"])
        assert item["length"] == len(sound)
        assert sound == (folder / "site" / item["url"].removeprefix(address)).read_bytes()
        names = [show.people[key].name for key in episode.people]
        assert sorted(person[0] for person in item["people"]) == sorted(names)
        for url, *_ in (*item["transcripts"], *item["chapters"]):
            assert fetched(url)
    linked = [person for person in items[0]["people"] if person[0] == "L'invité"]
    assert linked[0][3] == "https://example.org/invité?a=1&b=2"


def test_each_tag_is_compared_or_has_its_reason(feed: bytes) -> None:
    """A new tag in the feed must be looked at by somebody."""
    prefixes = {uri: f"{prefix}:" for prefix, uri in NAMESPACES.items()} | {None: ""}
    elements = [element for element in etree.fromstring(feed).iter() if element.prefix != "h"]
    names = [etree.QName(element) for element in elements]  # "h" is for people with a browser
    assert {prefixes[n.namespace] + n.localname for n in names} <= COMPARED | UNREAD.keys()


def test_the_namespaces_are_the_exact_ones(feed: bytes) -> None:
    root = etree.fromstring(feed)
    assert set(root.nsmap.values()) <= set(NAMESPACES.values())
    assert {NAMESPACES[name] for name in ("itunes", "podcast", "atom", "content")} <= set(
        root.nsmap.values()
    )
    assert not root.getroottree().docinfo.doctype


# An app that follows the show.


def test_the_app_downloads_every_byte(
    app: GPodder, followed: tuple[Path, str], feed: bytes
) -> None:
    app.run("download", followed[1] + "feed.xml")
    had = app.downloads()
    assert set(had) == {item["guid"] for item in tree(feed)[1]}
    for item in tree(feed)[1]:
        file = followed[0] / "site" / item["url"].removeprefix(followed[1])
        assert had[item["guid"]] == file.read_bytes()


def test_a_server_gives_the_rest_of_a_sound(followed: tuple[Path, str], feed: bytes) -> None:
    """What an app asks for after a pause in the network, and Apple before it plays."""
    item = tree(feed)[1][0]
    parts = urlsplit(item["url"])
    whole = fetched(item["url"])
    for method, asked, status, body in (
        ("GET", "bytes=1000-", 206, whole[1000:]),
        ("GET", "bytes=0-1", 206, whole[:2]),
        ("HEAD", None, 200, b""),
    ):
        server = http.client.HTTPConnection(parts.netloc)
        server.request(method, parts.path, headers={"Range": asked} if asked else {})
        answer = server.getresponse()
        assert (answer.status, answer.read()) == (status, body)
        assert answer.headers["Content-Type"] == item["type"]
        assert int(answer.headers["Content-Length"]) == (len(body) or len(whole))
        server.close()


@pytest.fixture
def own(tmp_path: Path, published: Path) -> tuple[Path, int, GPodder]:
    """A show to change, published for a port of this machine, and somebody's app."""
    folder = copy_show(tmp_path / "show", ["episode-2", "episode-3"], published / ".podcast")
    port = free_port()
    was = "https://podcast.example.org/a-voix-egales/"
    rewrite(folder, "podcast.yaml", (was, f"http://127.0.0.1:{port}/"))
    assert run_podcast(["publish", "episode-2", "episode-3"], folder).code == 0
    app = GPodder(tmp_path / "gpodder")
    app.home.mkdir()
    return folder, port, app


def test_a_corrected_sound_makes_no_second_episode(own: tuple[Path, int, GPodder]) -> None:
    """And a changed guid does: what the guard is for."""
    folder, port, app = own
    with served(folder, port) as address:
        app.run("subscribe", address + "feed.xml")
        app.run("download", address + "feed.xml")
        before = app.episodes()
        louder = ("number: 2", "number: 2\nsound: {loudness_mono: -20}")
        rewrite(folder, "episodes/episode-2/episode.md", louder)
        assert run_podcast(["publish", "episode-2"], folder).code == 0
        app.run("update", address + "feed.xml")
        after = app.episodes()
        assert [e["guid"] for e in after] == [e["guid"] for e in before]
        assert after[1]["url"] != before[1]["url"]
        assert_same(after[1], tree(fetched(address + "feed.xml"))[1][1], "gPodder")
        # Whoever had downloaded it keeps it.
        assert set(app.downloads()) == {e["guid"] for e in before}
        rewrite(folder, "episodes/episode-2/episode.md", ("guid: 5d0b", "guid: 6d0b"))
        assert run_podcast(["publish", "episode-2"], folder).code == 3
        allowed = run_podcast(["publish", "episode-2", "--allow", "episode-2:guid"], folder)
        assert allowed.code == 0, allowed.err
        app.run("update", address + "feed.xml")
        assert [e["title"] for e in app.episodes()].count("A first day that works") == 2


def test_the_app_comes_along_when_the_show_moves(own: tuple[Path, int, GPodder]) -> None:
    folder, port, app = own
    with served(folder, port) as address:
        app.run("subscribe", address + "feed.xml")
    guids = [episode["guid"] for episode in app.episodes()]
    there = free_port()
    new = f"http://127.0.0.1:{there}/"
    for arguments in (["move", new], ["publish", "episode-3"]):
        ran = run_podcast(arguments, folder)
        assert ran.code == 0, ran.err
    with served(folder, there), moved_for_good(port, new):
        app.run("update")
        assert app.shows() == [new + "feed.xml"]
        assert [episode["guid"] for episode in app.episodes()] == guids
        assert all(episode["url"].startswith(new) for episode in app.episodes())
        feed = fetched(new + "feed.xml")
        assert tree(feed)[0]["new_feed"] == new + "feed.xml"
        for name in ("podcastparser", "feedparser", "partytime"):
            assert READERS[name](feed, new + "feed.xml")[0]["new_feed"] == new + "feed.xml"


@contextmanager
def moved_for_good(port: int, new: str) -> Iterator[None]:
    """The old address, where everything is answered with 301, as the printed rules make it."""

    class Moved(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(301)
            self.send_header("Location", new.rstrip("/") + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Moved)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
