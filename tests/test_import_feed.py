"""Shows from other hosts: served on loopback, brought by the real command, compared guid by guid."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

import foreign_feeds
import podcastparser
import pytest
from conftest import Ran, run_podcast
from foreign_feeds import Told, told
from loopback import Host, serving
from lxml import etree
from PIL import Image

from podcast import ffmpeg
from podcast.feed import files
from podcast.published import Enclosure, in_order, whole
from podcast.timeline import make_timeline
from podcast.transcript import MachineWords, Paragraph, Speaker, Text, Transcript, Word
from podcast.workspace import Workspace

Podcast = Callable[..., Ran]
VTT = """WEBVTT

00:00.000 --> 00:04.000
<v Käthe Groß>Hallo und willkommen, liebe Leute.

00:04.500 --> 00:07.000
<v Jörg>Danke schön, ich freue mich.
"""
# Enough of an MP3 to be recognised as one.
TINY = b"\xff\xfb\x90\x64" + bytes(413)


@pytest.fixture
def host() -> Iterator[Host]:
    with serving() as made:
        yield made


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Eight seconds that can be mastered."""
    file = tmp_path_factory.mktemp("tone") / "tone.mp3"
    wave = "sine=frequency=300:duration=8,volume=0.2"
    ffmpeg.run(["-f", "lavfi", "-i", wave, "-c:a", "libmp3lame", "-b:a", "64k", str(file)])
    return file.read_bytes()


def picture(kind: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (1400, 1400)) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size).save(made, kind)
    return made.getvalue()


def serve(host: Host, items: list[Told], feed: bytes, sound: bytes = TINY, ask: str = "") -> str:
    """Put a feed and what it leads to on the host; gives the feed's address."""
    for one in items:
        host.put(one.sound.removeprefix(host.address) + ask, sound, "audio/mpeg")
        host.put(f"/text/{one.guid[-8:]}.vtt", VTT.encode(), "text/vtt")
    host.put("/cover.png", picture("PNG"), "image/png")
    host.put("/cover.jpg", picture(), "image/jpeg")
    return host.put("/feed.xml", feed, "application/rss+xml")


def bring(podcast: Podcast, folder: Path, host: Host, *more: str, feed: str = "/feed.xml") -> Ran:
    folder.mkdir(exist_ok=True)
    source = feed if "//" in feed else host.address + feed
    return podcast(folder, "import-feed", source, "--allow", host.name, "--plain", *more)


def kept(folder: Path) -> dict[str, tuple[str, str]]:
    """Guid and date of each episode, by slug, as the workspace reads them."""
    space = Workspace(folder)
    show = space.show()
    found = {slug: space.episode(slug, show) for slug in space.slugs()}
    return {slug: (one.guid, one.date.isoformat()) for slug, one in found.items()}


def everything(folder: Path) -> dict[str, str]:
    """The digest of every file but the cache."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".podcast" not in path.parts
    }


def as_told(items: list[Told]) -> list[tuple[str, str]]:
    return sorted((one.guid, one.date.isoformat()) for one in items)


def small_feed(item: str, channel: str = "", host: Host | None = None) -> bytes:
    """A feed of one item that is written here; the host has its sound."""
    if host:
        host.put("/a.mp3", TINY, "audio/mpeg")
    return (
        '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
        'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title>'
        f"<description>D</description><language>fr</language>{channel}{item}</channel></rss>"
    ).encode()


def item(inner: str = "", guid: str = "<guid>g</guid>", title: str = "Un") -> str:
    return (
        f"<item><title>{title}</title>{guid}<pubDate>Mon, 02 Nov 2026 06:00:00 +0100</pubDate>"
        f'<enclosure url="/a.mp3" length="417" type="audio/mpeg"/>{inner}</item>'
    )


def brought(podcast: Podcast, folder: Path, host: Host, feed: bytes) -> tuple[Ran, str]:
    """What the command says of a feed, and the text of the first episode."""
    host.put("/feed.xml", feed, "application/rss+xml")
    ran = bring(podcast, folder, host)
    files = sorted((folder / "episodes").glob("*/episode.md"))
    return ran, files[0].read_text("utf-8") if files else ""


# Every kind of host.


@pytest.mark.parametrize("style", ["hosted", "podlove", "anchored"])
def test_guids_and_dates_are_kept(style: str, host: Host, podcast: Podcast, tmp_path: Path) -> None:
    items = told(5, host.address, style, len(TINY))
    write = {"hosted": foreign_feeds.hosted, "podlove": foreign_feeds.podlove,
             "anchored": foreign_feeds.anchored}[style]  # fmt: skip
    ask = "?dest-id=1&x=2" if style == "hosted" else ""
    serve(host, items, write(items, host.address), ask=ask)
    ran = bring(podcast, tmp_path / "show", host)
    assert ran.code == 0, ran.err
    assert sorted(kept(tmp_path / "show").values()) == as_told(items)
    for slug in kept(tmp_path / "show"):
        assert (tmp_path / "show/episodes" / slug / "recording.mp3").read_bytes() == TINY
    before = everything(tmp_path / "show")
    host.asked.clear()
    again = bring(podcast, tmp_path / "show", host)
    assert again.code == 0 and "Rien à faire" in again.out
    assert everything(tmp_path / "show") == before
    assert [path for path, _ in host.asked] == ["/feed.xml"], "nothing is asked for twice"


def test_what_a_host_says_of_the_show(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    items = told(3, host.address, "hosted", len(TINY))
    serve(host, items, foreign_feeds.hosted(items, host.address), ask="?dest-id=1&x=2")
    ran = bring(podcast, tmp_path / "show", host, "--address", "https://new.example.org/x")
    assert ran.code == 0 and "fill" not in ran.out
    show = Workspace(tmp_path / "show").show()
    assert show.title == "À l'écoute des métiers"
    assert show.description == "Le podcast des métiers.\nChaque lundi."
    assert show.language == "fr-FR"
    assert show.category == "Leisure > Hobbies", "Games & Hobbies is a name of before 2019"
    assert (show.owner.name, show.owner.email) == ("L'équipe", "eq@example.org")
    assert show.copyright == "L'équipe"
    assert show.explicit is False
    assert show.address == "https://new.example.org/x/"
    space = Workspace(tmp_path / "show")
    first, second = (space.episode(s, show) for s in space.slugs()[:2])
    assert (first.slug, first.title) == (
        "l-episode-n-1-a-l-ecoute", "L'épisode n° 1 : « à l'écoute »"
    )  # fmt: skip
    assert (first.type, first.number, first.season, first.explicit) == ("trailer", 1, 1, None)
    assert second.explicit is True
    assert first.notes == (
        "Bonjour, voici l'épisode **1**.  \nLe site\u00a0: [ici](https://example.org/?a=1&b=1)\n\n"
        "- un\n- deux \\* trois\n\nHébergé par quelqu'un."
    )


def test_a_thousand_episodes_keep_their_guids(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    """In four pages, imported, rendered as our own feed, and imported again."""
    items = told(1000, host.address, "podlove", len(TINY))
    serve(host, items, b"")
    for page in (1, 2, 3, 4):
        part = items[250 * (page - 1) : 250 * page]
        feed = foreign_feeds.podlove(part, host.address, page, 4)
        # Their transcripts are tried elsewhere.
        feed = feed.replace(b"podcast:transcript", b"podcast:other")
        host.put("/feed.xml" + f"?paged={page}" * (page > 1), feed, "application/rss+xml")
    folder = tmp_path / "show"
    ran = bring(podcast, folder, host)
    assert "1000 épisodes ajoutés" in ran.out
    assert sorted(kept(folder).values()) == as_told(items)
    published = rendered(folder)
    parsed = podcastparser.parse("https://example.org/feed.xml", io.BytesIO(published))
    assert [one["guid"] for one in parsed["episodes"]] == [one.guid for one in items]
    times = [int(one.date.timestamp()) for one in items]
    assert [one["published"] for one in parsed["episodes"]] == times
    before = everything(folder)
    assert "Rien à faire" in bring(podcast, folder, host).out
    assert everything(folder) == before


def rendered(folder: Path) -> bytes:
    """Our feed of the imported files, as if each had been published."""
    space = Workspace(folder)
    show = space.show()
    ready = []
    for slug in space.slugs():
        episode = space.episode(slug, show)
        said = Paragraph(Speaker("Käthe Groß", "kathe-gross"), (Text("Hallo"),), 1)
        transcript = Transcript(episode.language, "draft", (said,))
        made = datetime(2026, 11, 1).isoformat()
        words = MachineWords(
            "d", 9000, "de", "subtitles 1", "vtt", made, (Word(0, 9, 90, " Hallo"),)
        )
        enclosure = Enclosure(f"audio/{slug}.mp3", 9, "audio/mpeg", 9000)
        timeline = make_timeline(transcript, words)
        ready.append(whole(episode, transcript, timeline, (), (), enclosure, words))
    return files(in_order(show, ready), "feed.css")["feed.xml"]


def test_published_as_it_was(host: Host, tone: bytes, podcast: Podcast, tmp_path: Path) -> None:
    """The host's transcripts become drafts with times; nobody listens; the feed has the guids."""
    items = told(3, host.address, "podlove", len(tone))
    serve(host, items, foreign_feeds.podlove(items, host.address), sound=tone)
    folder = tmp_path / "show"
    ran = bring(podcast, folder, host)
    assert ran.code == 0, ran.err
    assert "3 transcriptions reprises" in ran.out
    (folder / "cover.jpg").write_bytes(picture())
    slugs = list(kept(folder))
    closed = run_podcast(["publish", *slugs], folder)
    assert closed.code == 1 and "pas relue" in closed.err, "a draft is no reviewed text"
    file = folder / "podcast.yaml"
    file.write_text(file.read_text("utf-8") + "publish_unreviewed: true\n", "utf-8")
    done = run_podcast(["publish", *slugs[:2]], folder)
    assert done.code == 0, done.err
    assert "Mots" not in done.out, "nobody has listened"
    feed = (folder / "site/feed.xml").read_bytes()
    parsed = podcastparser.parse("https://x.example/feed.xml", io.BytesIO(feed))
    assert [one["guid"] for one in parsed["episodes"]] == [one.guid for one in items[1:]]
    page = (folder / "site" / slugs[0] / "index.html").read_text("utf-8")
    assert "The text comes from the podcast" in page and "faster-whisper" not in page
    assert "Anfang" in page and "Hallo" in page
    text = (folder / "published.json").read_text("utf-8")
    assert items[1].guid in text and items[0].guid not in text, "only what we published"


# Running it again.


def test_nothing_that_a_person_wrote_is_changed(
    host: Host, podcast: Podcast, tmp_path: Path
) -> None:
    items = told(3, host.address, "podlove", len(TINY))
    serve(host, items[1:], foreign_feeds.podlove(items[1:], host.address))
    folder = tmp_path / "show"
    assert bring(podcast, folder, host).code == 0
    slugs = list(kept(folder))
    own = folder / "episodes" / slugs[0] / "episode.md"
    own.write_text(own.read_text("utf-8").replace("Kurz gesagt", "Von Hand"), "utf-8")
    (folder / "episodes" / slugs[1]).rename(folder / "episodes" / "anders")
    (folder / "podcast.yaml").write_text(
        (folder / "podcast.yaml").read_text("utf-8").replace("Ährenradio", "Radio"), "utf-8"
    )
    before = everything(folder)
    serve(host, items, foreign_feeds.podlove(items, host.address))
    ran = bring(podcast, folder, host)
    assert "1 épisode ajouté" in ran.out
    after = everything(folder)
    assert {name: after[name] for name in before} == before
    assert sorted(kept(folder).values()) == as_told(items)


def test_a_download_that_was_cut_goes_on(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    sound = TINY * 200
    host.put("/feed.xml", small_feed(item()), "application/rss+xml")
    host.put("/a.mp3", sound, "audio/mpeg", cuts=[50_000, 0])
    folder = tmp_path / "show"
    ran = bring(podcast, folder, host)
    assert ran.code == 4
    assert "Ce qui est arrivé est gardé" in ran.err
    assert "1 épisode attend encore son son" in ran.out
    assert bring(podcast, folder, host).code == 0
    assert (folder / "episodes/un/recording.mp3").read_bytes() == sound
    assert [span for path, span in host.asked if path == "/a.mp3"] == [
        "", "bytes=50000-", "bytes=50000-"
    ]  # fmt: skip
    assert list((folder / ".podcast/import").iterdir()) == []


def test_a_recording_of_ones_own_is_not_replaced(
    host: Host, podcast: Podcast, tmp_path: Path
) -> None:
    folder = tmp_path / "show"
    ran, _ = brought(podcast, folder, host, small_feed(item(), host=host))
    assert ran.code == 0
    (folder / "episodes/un/recording.mp3").rename(folder / "episodes/un/recording.wav")
    before = everything(folder)
    assert bring(podcast, folder, host).code == 0
    assert everything(folder) == before


def test_from_a_file(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    items = told(2, host.address, "podlove", len(TINY))
    serve(host, items, b"")
    (tmp_path / "feed.xml").write_bytes(foreign_feeds.podlove(items, host.address))
    ran = bring(podcast, tmp_path / "show", host, feed=f"{tmp_path}//feed.xml")
    assert ran.code == 0, ran.err
    assert sorted(kept(tmp_path / "show").values()) == as_told(items)
    assert Workspace(tmp_path / "show").show().guid == foreign_feeds.SHOW_GUID


def test_into_a_show_that_is_there(
    show: Path, host: Host, podcast: Podcast, tmp_path: Path
) -> None:
    before = everything(show)
    ran, _ = brought(podcast, show, host, small_feed(item(), host=host))
    assert ran.code == 0, ran.err
    after = everything(show)
    assert {name: after[name] for name in before} == before
    assert {*after} - {*before} == {"episodes/un/episode.md", "episodes/un/recording.mp3"}


def test_a_folder_with_other_things(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    (tmp_path / "show").mkdir()
    (tmp_path / "show" / "photo.jpg").write_bytes(b"x")
    ran, _ = brought(podcast, tmp_path / "show", host, small_feed(item(), host=host))
    assert ran.code == 1 and "podcast.yaml" in ran.err


# The identifier of the show.


def test_the_show_s_identifier_by_its_address(podcast: Podcast, tmp_path: Path) -> None:
    """The example of the specification."""
    from podcast.foreign_files import show_guid

    for address in ("https://podnews.net/rss", "http://podnews.net/rss/", "podnews.net/rss//"):
        assert show_guid("", address) == "9b024349-ccf0-5f69-a609-6b82873eab3c"
    assert show_guid("917393E3-1B1E-5CEF-ACE4-EDAA54E1F810", "x") == foreign_feeds.SHOW_GUID


def test_another_show_s_feed_is_told(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    folder = tmp_path / "show"
    brought(podcast, folder, host, small_feed(item(), host=host))
    guid = f"<podcast:guid>{foreign_feeds.SHOW_GUID}</podcast:guid>"
    ran, _ = brought(podcast, folder, host, small_feed(item(), guid))
    assert "podcast.yaml:" in ran.out and "un autre identifiant" in ran.out


def test_a_locked_show(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    locked = small_feed(item(), "<podcast:locked>yes</podcast:locked>", host)
    ran, _ = brought(podcast, tmp_path / "show", host, locked)
    assert ran.code == 1 and "--mine" in ran.err
    assert bring(podcast, tmp_path / "show", host, "--mine").code == 0


# Identifiers and dates that are not as they should be.


@pytest.mark.parametrize(
    "guid", ["http://x/?p=1&a=2", " with spaces ", "\n  g\n ", "yes", "0123", "12", "« é » \\ \"'",
             "a: b # c", "\u2028\u0085\ufeff", "🎧", "-", "null"],
)  # fmt: skip
def test_any_guid_stays_exactly(guid: str, host: Host, podcast: Podcast, tmp_path: Path) -> None:
    from xml.sax.saxutils import escape

    feed = small_feed(item(guid=f"<guid>{escape(guid)}</guid>"), host=host)
    ran, _ = brought(podcast, tmp_path / "show", host, feed)
    assert ran.code == 0, ran.err
    assert kept(tmp_path / "show")["un"][0] == guid
    ours = etree.fromstring(rendered_one(tmp_path / "show"))
    assert ours.findtext("channel/item/guid") == guid
    assert "Rien à faire" in bring(podcast, tmp_path / "show", host).out


def rendered_one(folder: Path) -> bytes:
    file = folder / "podcast.yaml"
    text = file.read_text("utf-8")
    file.write_text(text + 'people:\n  kathe-gross:\n    name: "Käthe Groß"\n', "utf-8")
    made = rendered(folder)
    file.write_text(text, "utf-8")
    return made


def test_no_guid_is_the_address_of_the_sound(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    ran, text = brought(podcast, tmp_path / "show", host, small_feed(item(guid=""), host=host))
    assert f'guid: "{host.address}/a.mp3"' in text
    assert "n'a pas d'identifiant" in ran.out
    assert "Rien à faire" in bring(podcast, tmp_path / "show", host).out


def test_two_with_one_guid(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    other = item(title="Deux").replace("/a.mp3", "/b.mp3")
    host.put("/b.mp3", TINY, "audio/mpeg")
    feed = small_feed(item() + other + item(title="Trois"), host=host)
    ran, _ = brought(podcast, tmp_path / "show", host, feed)
    assert {slug: guid for slug, (guid, _) in kept(tmp_path / "show").items()} == {
        "un": "g", "deux": f"{host.address}/b.mp3"
    }  # fmt: skip
    assert "« Deux » a le même identifiant que « Un »" in ran.out.replace("\u00a0", " ")
    assert "« Trois » est deux fois dans le flux" in ran.out.replace("\u00a0", " ")
    assert "Rien à faire" in bring(podcast, tmp_path / "show", host).out


@pytest.mark.parametrize(
    ("date", "kept_as", "says"),
    [
        ("Mon, 02 Nov 2026 06:00:00 +0530", "2026-11-02T06:00:00+05:30", ""),
        ("2 Nov 2026 06:00 EST", "2026-11-02T06:00:00-05:00", ""),
        ("Mon, 02 Nov 2026 06:00:00 GMT", "2026-11-02T06:00:00+00:00", ""),
        ("Mon, 02 Nov 2026 06:00:00 -0000", "2026-11-02T06:00:00+00:00", ""),
        ("2026-11-02T06:00:00+01:00", "2026-11-02T06:00:00+01:00", ""),
        ("Mon, 02 Nov 2026 06:00:00", "2026-11-02T06:00:00+00:00", "pas de fuseau"),
        ("2026-11-02 06:00:00", "2026-11-02T06:00:00+00:00", "pas de fuseau"),
        ("lundi", None, "pas de date lisible"),
        ("", None, "pas de date lisible"),
        ("Mon, 32 Nov 2026 06:00:00 GMT", None, "pas de date lisible"),
    ],
)
def test_dates(
    date: str, kept_as: str | None, says: str, host: Host, podcast: Podcast, tmp_path: Path
) -> None:
    feed = item().replace("Mon, 02 Nov 2026 06:00:00 +0100", date)
    ran, _ = brought(podcast, tmp_path / "show", host, small_feed(feed, host=host))
    assert ran.code == 0, ran.err
    assert [when for _, when in kept(tmp_path / "show").values()] == ([kept_as] if kept_as else [])
    assert says in ran.out


# Feeds that are none.

BILLION = '<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>'
FEEDS: dict[str, tuple[bytes, str, int]] = {
    "a login page": (b"<!DOCTYPE html><html><body>Login</body></html>", "une page web", 1),
    "a page in XML": (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "une page web", 1),
    "truncated": (small_feed(item())[:-60], "coupé avant sa fin", 1),
    "cut in a tag": (small_feed(item())[:-3], "coupé avant sa fin", 1),
    "an entity of HTML": (small_feed(item("<description>&hellip;</description>")), ":1", 1),
    "a document type": (BILLION.encode(), "DOCTYPE", 1),
    "an outside entity": (
        b'<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd"><rss><channel/></rss>', "DOCTYPE", 1
    ),
    "Atom": (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "pas un flux RSS", 1),
    "JSON": (b'{"version": "https://jsonfeed.org/version/1"}', ":1", 1),
    "nothing": (b" \n", "est vide", 1),
    "no title": (small_feed("").replace(b"<title>T</title>", b""), "pas de titre", 1),
    "50 MB": (b"<rss><channel>" + b" " * 50_000_000, "plus de 32 Mo", 4),
}  # fmt: skip


@pytest.mark.parametrize("case", FEEDS)
def test_what_is_no_feed(case: str, host: Host, podcast: Podcast, tmp_path: Path) -> None:
    raw, says, code = FEEDS[case]
    ran, _ = brought(podcast, tmp_path / "show", host, raw)
    assert (ran.code, ran.err.count("\n")) == (code, 1), ran.err
    assert says in ran.err and "Traceback" not in ran.err and "{" not in ran.err
    assert list((tmp_path / "show").iterdir()) == []
    english = podcast(
        tmp_path / "show", "import-feed", f"{host.address}/feed.xml", "--allow", host.name,
        language="en",
    )  # fmt: skip
    assert english.code == code and english.err != ran.err


@pytest.mark.parametrize(
    ("status", "says"), [(401, "mot de passe"), (403, "mot de passe"), (404, "l n'y a rien"),
                         (410, "l n'y a rien"), (500, "a répondu 500")],
)  # fmt: skip
def test_the_host_refuses(
    status: int, says: str, host: Host, podcast: Podcast, tmp_path: Path
) -> None:
    host.put("/feed.xml", status=status)
    ran = bring(podcast, tmp_path / "show", host)
    assert ran.code == 4 and says in ran.err


def test_redirected_in_a_circle(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    host.put("/feed.xml", status=301, headers={"Location": "/b.xml"})
    host.put("/b.xml", status=302, headers={"Location": "/feed.xml"})
    ran = bring(podcast, tmp_path / "show", host)
    assert ran.code == 4 and "d'adresse en adresse sans fin" in ran.err


def test_a_local_address_is_not_asked(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    (tmp_path / "show").mkdir()
    ran = podcast(tmp_path / "show", "import-feed", f"{host.address}/feed.xml")
    assert ran.code == 4 and f"--allow {host.name}" in ran.err
    inside = item().replace("/a.mp3", "http://localhost/a.mp3")
    ran, _ = brought(podcast, tmp_path / "show", host, small_feed(inside))
    assert ran.code == 4 and "de votre propre réseau (localhost)" in ran.err
    assert [path for path, _ in host.asked] == ["/feed.xml"]


def test_a_file_that_is_not_there(podcast: Podcast, tmp_path: Path) -> None:
    for source in ("nothing.xml", "ftp://example.org/x", str(tmp_path)):
        ran = podcast(tmp_path, "import-feed", source)
        assert ran.code == 1 and ran.err.count("\n") == 1


def test_no_episode_takes_the_address_of_a_page(
    host: Host, podcast: Podcast, tmp_path: Path
) -> None:
    ran, _ = brought(
        podcast, tmp_path / "show", host, small_feed(item(title="Recherche"), "", host)
    )
    assert ran.code == 0, ran.err
    assert [path.name for path in (tmp_path / "show/episodes").iterdir()] == ["recherche-2"]


# Where a feed has moved, and its pages.


def test_a_feed_that_has_moved_is_followed(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    new = "<itunes:new-feed-url>/new.xml</itunes:new-feed-url>"
    host.put("/new.xml", small_feed(item(guid="<guid>new</guid>"), new, host))
    ran, text = brought(podcast, tmp_path / "show", host, small_feed(item(), new))
    assert ran.code == 0, ran.err
    assert 'guid: "new"' in text


def test_a_new_home_that_is_not_built_yet(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    new = "<itunes:new-feed-url>/new.xml</itunes:new-feed-url>"
    ran, text = brought(podcast, tmp_path / "show", host, small_feed(item(), new, host))
    assert ran.code == 4 and "/new.xml" in ran.err
    assert 'guid: "g"' in text, "the feed that is there is taken"


def test_pages_in_a_circle(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    link = '<atom:link rel="next" href="/{}.xml"/>'
    host.put("/2.xml", small_feed(item(guid="<guid>2</guid>"), link.format("feed"), host))
    ran, _ = brought(podcast, tmp_path / "show", host, small_feed(item(), link.format("2")))
    assert ran.code == 0 and "2 épisodes ajoutés" in ran.out
    assert len([path for path, _ in host.asked if path.endswith(".xml")]) == 2


# Sounds and pictures.


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [(TINY, "application/octet-stream", "recording.mp3"), (b"ID3" + TINY, "", "recording.mp3"),
     (b"\0\0\0\x20ftypM4A ", "audio/x-m4a", "recording.m4a"),
     (b"OggS" + bytes(24) + b"OpusHead", "audio/ogg", "recording.opus"),
     (b"RIFF1234WAVE", "audio/mpeg", "recording.wav"), (b"\xff\xf1abc", "", "recording.aac")],
)  # fmt: skip
def test_a_sound_is_named_by_what_is_in_it(
    content: bytes, kind: str, name: str, host: Host, podcast: Podcast, tmp_path: Path
) -> None:
    host.put("/feed.xml", small_feed(item()))
    host.put("/a.mp3", content, kind)
    assert bring(podcast, tmp_path / "show", host).code == 0
    assert (tmp_path / "show/episodes/un" / name).read_bytes() == content


@pytest.mark.parametrize(
    ("content", "kind", "says"),
    [(b"<html>", "text/html", "une page web au lieu du fichier"), (b"Sorry", "audio/mpeg", "pas un son"),
     (b"", "audio/mpeg", "pas un son"), (b"%PDF-1.4", "application/pdf", "pas un son")],
)  # fmt: skip
def test_what_is_no_sound(
    content: bytes, kind: str, says: str, host: Host, podcast: Podcast, tmp_path: Path
) -> None:
    other = item(guid="<guid>2</guid>", title="Deux").replace("/a.mp3", "/b.mp3")
    host.put("/feed.xml", small_feed(item() + other))
    host.put("/a.mp3", content, kind)
    host.put("/b.mp3", TINY, "audio/mpeg")
    ran = bring(podcast, tmp_path / "show", host)
    assert ran.code == 4 and says in ran.err and "episodes/un" in ran.err
    assert (tmp_path / "show/episodes/deux/recording.mp3").exists(), "the others are brought"
    assert not list((tmp_path / "show/episodes/un").glob("recording*"))


def test_an_item_without_a_sound(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    text = "<item><title>Billet</title><guid>b</guid></item>"
    ran, _ = brought(podcast, tmp_path / "show", host, small_feed(text + item(), host=host))
    assert "« Billet » n'a pas de fichier son" in ran.out.replace("\u00a0", " ")
    assert list(kept(tmp_path / "show")) == ["un"]


def animated() -> bytes:
    made = io.BytesIO()
    frames = [Image.new("P", (1400, 1400), n) for n in range(2)]
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:])
    return made.getvalue()


def bomb() -> bytes:
    raw = bytearray(picture("PNG", size=(1, 1)))
    raw[16:24] = (60_000).to_bytes(4, "big") * 2
    import zlib

    raw[29:33] = zlib.crc32(raw[12:29]).to_bytes(4, "big")
    return bytes(raw)


COVERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "right": (picture, ""),
    "CMYK": (lambda: picture("JPEG", "CMYK"), ""),
    "grey": (lambda: picture("JPEG", "L"), ""),
    "transparent": (lambda: picture("PNG", "RGBA"), ""),
    "PNG under another name": (lambda: picture("PNG"), ""),
    "WebP": (lambda: picture("WEBP"), ""),
    "animated": (animated, ""),
    "large": (lambda: picture("JPEG", size=(4000, 4000)), ""),
    "small": (lambda: picture(size=(600, 600)), "trop petite"),
    "not square": (lambda: picture(size=(2000, 1500)), "pas carrée"),
    "a bomb": (bomb, "démesurée"),
    "heavy": (lambda: bytes(20_000_001), "plus de 20 Mo"),
    "no picture": (lambda: b"<svg/>", "pas une image lisible"),
    "cut": (lambda: picture("JPEG", size=(3100, 3100))[:2000], "abîmée"),
}


@pytest.mark.parametrize("case", COVERS)
def test_the_picture(case: str, host: Host, podcast: Podcast, tmp_path: Path) -> None:
    from podcast import pictures

    make, says = COVERS[case]
    host.put("/cover", make(), "image/jpeg")
    feed = small_feed(item(), '<itunes:image href="/cover"/>', host)
    ran, text = brought(podcast, tmp_path / "show", host, feed)
    said = ran.out + ran.err
    assert says in said and ("cover.jpg" in said) == bool(says)
    assert text and (tmp_path / "show/episodes/un/recording.mp3").exists(), "the rest is brought"
    if not says:
        pictures.check(tmp_path / "show/cover.jpg", "cover.jpg")


def test_a_picture_of_its_own(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    host.put("/own", picture("PNG", "RGBA"), "image/png")
    host.put("/small", picture(size=(300, 300)), "image/jpeg")
    host.put("/show", picture(), "image/jpeg")
    items = "".join(
        item(f'<itunes:image href="/{name}"/>', f"<guid>{name}</guid>", name)
        for name in ("own", "small", "show")
    )
    feed = small_feed(items, '<itunes:image href="/show"/>', host)
    ran, _ = brought(podcast, tmp_path / "show", host, feed)
    assert ran.code == 0, ran.err
    assert "episodes/small/cover.jpg : cette image est trop petite" in ran.out
    space = Workspace(tmp_path / "show")
    # As a run leaves it that is killed before it writes the episode's file.
    space.episode_file("own").unlink()
    (space.episode_folder("own") / "recording.mp3").unlink()
    assert bring(podcast, space.root, host).code == 0
    covers = {slug: space.episode(slug, space.show()).cover for slug in space.slugs()}
    assert covers == {"own": "cover.jpg", "small": None, "show": None}
    assert [str(path.relative_to(space.root)) for path in sorted(space.root.rglob("*.jpg"))] == [
        "cover.jpg", "episodes/own/cover.jpg"
    ]  # fmt: skip
    assert "Rien à faire" in bring(podcast, space.root, host).out


# Texts.


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>a <script>alert(1)</script><b>b</b></p><p>c</p>", "a **b**\n\nc"),
        ('<a href="javascript:x()">a</a><p onclick="x">b</p>', "a\n\nb"),
        ("<ul><li>un<li>deux<ul><li>x</ul></ul>", "- un\n- deux\n  - x"),
        ("<h1>T</h1><div>a_b_ *c* [d] # e</div>", "### T\n\na\\_b\\_ \\*c\\* \\[d\\] \\# e"),
        ("a & b < c\n\nhttps://x.org/a_b.", "a \\& b \\< c\n\n<https://x.org/a_b>."),
        ("---\n# x\n- y", "\\---  \n\\# x  \n\\- y"),
    ],
)
def test_notes_become_markdown(html: str, shown: str) -> None:
    from podcast.notes_html import to_html
    from podcast.notes_markdown import to_markdown, to_plain

    made = to_markdown(html)
    assert made == shown
    again = str(to_html(made))
    assert "<script" not in again and "javascript" not in again and "<hr" not in again
    assert to_plain(again).split() == to_plain(str(to_html(to_markdown(again)))).split()


def test_a_transcript_without_times_waits_for_the_sound(
    host: Host, podcast: Podcast, tmp_path: Path
) -> None:
    page = "<cite>Anna:</cite><time>0:00</time><p>Bonjour à tous.</p><cite>Paul:</cite><p>Oui.</p>"
    host.put("/t.html", page.encode(), "text/html")
    linked = '<podcast:transcript url="/t.html" type="text/html"/>'
    people = "<podcast:person>Anna</podcast:person><podcast:person>Paul</podcast:person>"
    ran, _ = brought(podcast, tmp_path / "show", host, small_feed(item(linked), people, host))
    assert ran.code == 0, ran.err
    text = (tmp_path / "show/transcripts/un.md").read_text("utf-8")
    assert "Anna : Bonjour à tous.\n\nPaul : Oui.\n" in text and "status: draft" in text
    assert not (tmp_path / "show/transcripts/un.words.jsonl").exists()


def test_a_transcript_that_cannot_be_read(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    host.put("/t.vtt", b"WEBVTT\n\nx --> y\nz\n", "text/vtt")
    linked = '<podcast:transcript url="/t.vtt" type="text/vtt"/>'
    ran, _ = brought(podcast, tmp_path / "show", host, small_feed(item(linked), host=host))
    assert ran.code == 0
    assert "episodes/un/transcript.vtt:3" in ran.out and "podcast transcribe un" in ran.out


def test_chapters_of_a_file_wait_for_the_draft(
    host: Host, podcast: Podcast, tmp_path: Path
) -> None:
    from podcast import chapter_list

    host.put("/c.json", b'{"version":"1.2.0","chapters":[{"startTime":9.5,"title":"B"},'
             b'{"startTime":0,"title":"A"},{"startTime":5,"toc":false,"title":"x"}]}')  # fmt: skip
    linked = '<podcast:chapters url="/c.json" type="application/json+chapters"/>'
    ran, _ = brought(podcast, tmp_path / "show", host, small_feed(item(linked), host=host))
    assert ran.code == 0, ran.err
    found = chapter_list.read((tmp_path / "show/episodes/un/chapters.json").read_bytes())
    assert [(c.start_ms, c.title) for c in found] == [(0, "A"), (9500, "B")]
    host.put("/c.json", b"<html>")
    (tmp_path / "show/episodes/un/chapters.json").unlink()
    assert "chapitres de" in bring(podcast, tmp_path / "show", host).out


@pytest.mark.parametrize(
    ("old", "sub", "now"),
    [("Games & Hobbies", "Video Games", "Leisure > Video Games"), ("Health", "", "Health & Fitness"),
     ("Technology", "Podcasting", "Technology"), ("Health", "Nonsense", "Health & Fitness"),
     ("Society & Culture", "Places & Travel", "Society & Culture > Places & Travel"),
     ("Arts", "", "Arts"), ("society & culture", "", "Society & Culture"), ("Nonsense", "", ""), ("Society & Culture", "History", "History")],
)  # fmt: skip
def test_old_categories(old: str, sub: str, now: str) -> None:
    from podcast.foreign_categories import today

    assert today(old, sub) == now


def test_the_short_text_is_the_summary(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    texts = "<description>En bref.</description><content:encoded>&lt;p&gt;En bref.&lt;/p&gt;"
    texts += "&lt;p&gt;Et plus longuement.&lt;/p&gt;</content:encoded>"
    _, text = brought(podcast, tmp_path / "show", host, small_feed(item(texts), host=host))
    assert 'summary: "En bref."\n' in text
    assert text.endswith("---\n\nEn bref.\n\nEt plus longuement.\n")


def test_titles_of_any_kind(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    titles = ["🎧", "日本語", "CON", "a" * 5000, "&lt;b&gt;x&lt;/b&gt;", "---", "#1: yes"]
    dates = [format_datetime(datetime.fromisoformat(f"2026-01-0{n + 1}T00:00:00+00:00"))
             for n in range(len(titles))]  # fmt: skip
    items = "".join(
        item(title=title, guid=f"<guid>{n}</guid>")
        .replace("Mon, 02 Nov 2026 06:00:00 +0100", dates[n])
        .replace("/a.mp3", f"/a.mp3?{n}")
        for n, title in enumerate(titles)
    )
    for n in range(len(titles)):
        host.put(f"/a.mp3?{n}", TINY, "audio/mpeg")
    ran, _ = brought(podcast, tmp_path / "show", host, small_feed(items))
    assert ran.code == 0, ran.err
    assert sorted(kept(tmp_path / "show")) == sorted(
        ["episode", "ribenyu", "con-", "a" * 60, "x", "episode-2", "1-yes"]
    )


def test_what_our_rules_would_refuse(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    """A feed with slips gives files that can be read, and says what a person must fill in."""
    channel = (
        '<itunes:category text="Nonsense"/><podcast:license>see our site</podcast:license>'
        "<language>xx-klingon</language>"
    )
    inner = "<itunes:episode>9999999999</itunes:episode><itunes:season>0</itunes:season>"
    one = item(inner).replace("02 Nov 2026", "01 Jan 0001")
    folder = tmp_path / "show"
    ran, _ = brought(podcast, folder, host, small_feed(one, channel, host))
    assert ran.code == 0, ran.err
    assert len(kept(folder)) == 1
    for key in ("category", "see our site"):
        assert key in ran.out, key


def test_apps_are_told_of_the_move(host: Host, podcast: Podcast, tmp_path: Path) -> None:
    """The new feed names the one that apps follow, as Apple asks, until they follow this one."""
    folder = tmp_path / "show"
    host.put("/feed.xml", small_feed(item(), host=host), "application/rss+xml")
    ran = bring(podcast, folder, host, "--address", "https://new.example.org/")
    assert ran.code == 0, ran.err
    show = Workspace(folder).show()
    assert show.previous_feed_url == f"{host.address}/feed.xml"
    root = etree.fromstring(rendered(folder))
    moved = root.findtext("channel/{http://www.itunes.com/dtds/podcast-1.0.dtd}new-feed-url")
    assert moved == "https://new.example.org/feed.xml"
