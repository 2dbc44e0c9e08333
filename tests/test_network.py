"""A network of shows: its site, its feed of all shows, and what each show has of it."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest
import small_network
from conftest import Ran, run_podcast
from feed_rules import problems
from hypothesis import given
from hypothesis import strategies as st
from kill_at import in_a_fork, killing
from lxml import etree
from small_site import episode, show

from podcast.all_shows import Member, feed_pages, together
from podcast.errors import Fixable
from podcast.ledger import read as read_ledger
from podcast.network import Network, read_network
from podcast.wording import Wording
from podcast.workspace import Workspace

Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Path:
    """Two shows, published and built once; tests read it and change nothing."""
    folder = small_network.make(tmp_path_factory.mktemp("network") / "reseau", published)
    ran = run_podcast(["build"], folder)
    assert ran.code == 0, ran.err
    return folder


@pytest.fixture
def own(network: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return copied(network, tmp_path / "reseau")


def copied(network: Path, folder: Path) -> Path:
    return Path(shutil.copytree(network, folder))


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def edit(file: Path, was: str, now: str) -> None:
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, now), "utf-8")


def items(feed: Path) -> dict[str, etree._Element]:
    """The items of a feed by their guid."""
    channel = etree.fromstring(feed.read_bytes()).find("channel")
    assert channel is not None
    return {item.findtext("guid") or "": item for item in channel.findall("item")}


# What is built.


def test_each_show_lies_below_the_network(network: Path) -> None:
    site = tree(network / "site")
    for name in small_network.SHOWS:
        own = tree(network / name / "site")
        assert {p: raw for p, raw in site.items() if p.startswith(f"{name}/")} == {
            f"{name}/{path}": raw for path, raw in own.items()
        }
    rest = {path for path in site if path.partition("/")[0] not in small_network.SHOWS}
    pages = {path for path in rest if path.endswith(".html")}
    folders = ("", "a-propos/", "accessibilite/", "abonnement/", "plan-du-site/", "recherche/")
    assert pages == {*(f"{folder}index.html" for folder in folders), "404.html"}
    assert {"feed.xml", "feed.json", "shows.opml", "cover.jpg"} <= rest


def test_every_link_of_a_page_of_its_own_leads_somewhere(network: Path) -> None:
    site = network / "site"
    for page in (*site.glob("*.html"), *(p for p in site.glob("*/index.html")
                 if p.parent.name not in small_network.SHOWS)):  # fmt: skip
        for link in re.findall(r'(?:href|src)="([^":#?]+)["#?]', page.read_text("utf-8")):
            at = site / link.lstrip("/") if page.name == "404.html" else page.parent / link
            assert (at / "index.html" if at.is_dir() else at).is_file(), (page.name, link)


def test_each_page_of_a_show_leads_to_its_network(network: Path) -> None:
    french = f'<a href="{small_network.ADDRESS}">Réseau\u00a0: Le réseau des voix</a>'
    english = f'<a href="{small_network.ADDRESS}" hreflang="fr">Network: Le réseau des voix</a>'
    for page in (network / "site/voix").rglob("*.html"):
        text = page.read_text("utf-8")
        if 'id="content"' in text:
            link = english if '<html lang="en"' in text else french
            assert text.count(link) == (2 if page == network / "site/voix/index.html" else 1), page
    assert "Réseau :" not in (network / "site/index.html").read_text("utf-8")


def test_a_network_is_called_one_on_its_own_pages_and_in_no_show(network: Path) -> None:
    for page in network.glob("site/**/*.html"):
        text = page.read_text("utf-8")
        if 'class="site"' not in text or '<html lang="fr"' not in text:
            continue
        of_show = page.relative_to(network / "site").parts[0] in small_network.SHOWS
        words = ("À propos de l’émission", "À propos du réseau")
        assert [word in text for word in words] == [of_show, not of_show], page
    about = (network / "site/a-propos/index.html").read_text("utf-8")
    assert "<h1>À propos du réseau</h1>" in about
    assert "<title>À propos du réseau – Le réseau des voix</title>" in about
    assert {Wording(each).say("about.network") for each in ("en", "es")} == {
        "About the network",
        "Sobre la red",
    }


def test_search_engines_are_told_every_page_of_every_show(network: Path) -> None:
    index = etree.parse(network / "site/sitemap.xml")
    maps = [
        loc.text or "" for loc in index.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    assert [each.removeprefix(small_network.ADDRESS) for each in maps] == [
        "sitemap.txt", "paroles/sitemap.txt", "voix/sitemap.txt",
    ]  # fmt: skip
    told = {line for each in maps for line in (network / "site" / each.removeprefix(
        small_network.ADDRESS)).read_text("utf-8").splitlines()}  # fmt: skip
    pages = {p.parent.relative_to(network / "site").as_posix()
             for p in (network / "site").rglob("index.html")}  # fmt: skip
    assert told == {small_network.ADDRESS + (f"{page}/" if page != "." else "") for page in pages}


def test_the_feed_in_json_says_the_same_as_the_one_in_xml(network: Path) -> None:
    feed = json.loads((network / "site/feed.json").read_text("utf-8"))
    told = items(network / "site/feed.xml")
    assert [each["id"] for each in feed["items"]] == list(told)
    for each in feed["items"]:
        item = told[each["id"]]
        enclosure = item.find("enclosure")
        assert enclosure is not None and each["url"] == item.findtext("link")
        assert each["attachments"][0]["url"] == enclosure.get("url")
        assert each["authors"][0]["name"] == item.findtext("source")


def test_sounds_may_be_elsewhere(own: Path, podcast: Run) -> None:
    media = "https://media.test/reseau/"
    with (own / "network.yaml").open("a", encoding="utf-8") as file:
        file.write(f"deploy: {{pages: /x/www, audio: /x/media, audio_address: '{media}'}}\n")
    ran = podcast(own, "build", language="en")
    assert ran.code == 0, ran.err
    for feed in ("feed.xml", "voix/feed.xml"):
        text = (own / "site" / feed).read_text("utf-8")
        assert f'<enclosure url="{media}voix/audio/episode-1.' in text
    assert f'src="{media}voix/audio/' in (own / "site/voix/episode-1/index.html").read_text("utf-8")
    text = (own / "voix/podcast.yaml").read_text("utf-8")
    (own / "voix/podcast.yaml").write_text(text + "\ndeploy: /x/own\n", "utf-8")
    assert podcast(own, "build").code == 0
    assert media not in (own / "site/voix/feed.xml").read_text("utf-8"), "it sends them itself"


def test_the_feed_of_all_shows_is_one_that_apps_take(network: Path) -> None:
    assert problems((network / "site" / "feed.xml").read_bytes()) == {}


def test_its_episodes_are_those_of_the_shows_feeds(network: Path) -> None:
    together = items(network / "site" / "feed.xml")
    alone: dict[str, tuple[str, etree._Element]] = {}
    for name in small_network.SHOWS:
        feed = network / "site" / name / "feed.xml"
        title = etree.fromstring(feed.read_bytes()).findtext("channel/title") or ""
        alone |= {guid: (title, item) for guid, item in items(feed).items()}
    assert len(together) == 3 and together.keys() == alone.keys()
    for guid, item in together.items():
        title, same = alone[guid]
        for tag in ("enclosure", "link", "pubDate", "title"):
            one, other = item.find(tag), same.find(tag)
            assert one is not None and other is not None
            assert (one.text, dict(one.attrib)) == (other.text, dict(other.attrib))
        source = item.find("source")
        assert source is not None and source.text == title
        assert title in (item.findtext("{*}encoded") or "").replace("&#39;", "'")


def test_every_address_of_the_feed_is_a_file_of_the_site(network: Path) -> None:
    feed = (network / "site" / "feed.xml").read_text("utf-8")
    named = set(re.findall(rf'(?:url|href)="{small_network.ADDRESS}([^"#]*)', feed))
    assert any(path.endswith(".mp3") for path in named)
    for path in named:
        assert (network / "site" / path / "index.html" if path.endswith("/") or not path
                else network / "site" / path).is_file(), path  # fmt: skip


def test_the_list_of_feeds_is_taken_over_by_apps(network: Path) -> None:
    outlines = etree.parse(network / "site" / "shows.opml").iterfind("body/outline")
    told = {(o.get("type"), o.get("xmlUrl"), o.get("htmlUrl")) for o in outlines}
    assert told == {
        ("rss", f"{small_network.ADDRESS}{name}/feed.xml", f"{small_network.ADDRESS}{name}/")
        for name in small_network.SHOWS
    }


# Again.


def test_nothing_changed_is_known_from_names_sizes_and_times(own: Path, podcast: Run) -> None:
    assert podcast(own, "build").code == 0
    before = tree(own)
    times = {path: path.stat().st_ctime_ns for path in own.rglob("*") if path.is_file()}
    ran = podcast(own, "build", language="en")
    assert (ran.code, ran.out) == (0, "Nothing to do: nothing has changed.\n")
    assert tree(own) == before
    assert {p: p.stat().st_ctime_ns for p in own.rglob("*") if p.is_file()} == times
    for name in small_network.SHOWS:  # nor has a show anything to do for the network's sake
        assert podcast(own / name, "publish", *small_network.SHOWS[name], language="en").out[
            :13
        ] == "Nothing to do"  # fmt: skip


def test_a_title_changes_what_shows_it_and_nothing_else(own: Path, podcast: Run) -> None:
    assert podcast(own, "build").code == 0
    before = tree(own / "site")
    edit(own / "voix/episodes/episode-1/episode.md", 'title: "Demander', 'title: "Obtenir')
    assert podcast(own, "build").code == 0
    after = tree(own / "site")
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    assert all("/audio/" in path for path in gone | new), (gone, new)
    changed = {path for path in before.keys() & after.keys() if before[path] != after[path]}
    assert not [path for path in changed if path.startswith("paroles/")]
    assert {path for path in changed if not path.startswith("voix/")} <= {
        "index.html", "feed.xml", "feed.json", "recherche/texts/voix/episode-1-0.bin",
        "recherche/0/0.words.bin", "recherche/0/0.places.bin", "recherche/catalogue.bin",
    }  # fmt: skip
    assert {"index.html", "feed.xml", "voix/episode-1/index.html", "voix/feed.xml"} <= changed


def test_another_day_and_another_order_give_the_same_bytes(
    own: Path, network: Path, podcast: Run
) -> None:
    for name in ("voix", "paroles"):
        moved = own / name
        moved.rename(own / "aside")  # another order in the folder
        (own / "aside").rename(moved)
    shutil.rmtree(own / ".podcast")
    shutil.rmtree(own / "site")
    for name in small_network.SHOWS:
        for file in ("cards.json", "cards.all.json", "site.record", "unchanged"):
            (own / name / ".podcast" / file).unlink(missing_ok=True)
        shutil.rmtree(own / name / ".podcast/shards", ignore_errors=True)
        shutil.rmtree(own / name / "site")
    for path in own.rglob("*.md"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert podcast(own, "build").code == 0
    assert tree(own / "site") == tree(network / "site")


def test_the_order_of_shows_is_that_of_the_file(own: Path, podcast: Run) -> None:
    feed = (own / "site/feed.xml").read_bytes()
    page = (own / "site/index.html").read_text("utf-8")
    assert page.index("Paroles d") < page.index('href="voix/"')
    edit(own / "network.yaml", "category:", "shows: [voix, paroles]\ncategory:")
    assert podcast(own, "build").code == 0
    page = (own / "site/index.html").read_text("utf-8")
    assert page.index('href="voix/"') < page.index("Paroles d")
    assert (own / "site/feed.xml").read_bytes() == feed


SHOWS = [show(f"# {n}\n") for n in range(3)]
members = st.lists(st.lists(st.integers(1, 28), max_size=4, unique=True), min_size=1, max_size=3)


@given(members, st.randoms(use_true_random=False))
def test_no_order_of_shows_or_episodes_changes_the_feed(
    days: Sequence[Sequence[int]], order: Random
) -> None:
    made = [
        Member(f"s{n}", SHOWS[n], tuple(
            episode(SHOWS[n], f"e{day}", f"2026-01-{day:02}") for day in of))
        for n, of in enumerate(days)
    ]  # fmt: skip
    network = Network(
        "t", "fr", "d", "https://x.example/", "a", SHOWS[0].owner, "Arts", SHOWS[0].guid,
        feed_page=2,
    ).as_show(SHOWS)  # fmt: skip
    shuffled = [
        Member(one.folder, one.show, tuple(order.sample(one.episodes, len(one.episodes))))
        for one in order.sample(made, len(made))
    ]
    pages = feed_pages(network, made)
    assert feed_pages(network, shuffled) == pages
    assert [e for page in pages for e in page.episodes] != [] or not any(days)
    dates = [each.episode.date for page in pages for each in page.episodes]
    assert dates == sorted(dates, reverse=True)
    assert len(dates) == sum(map(len, days)) == len(together(network, made).episodes)
    assert all(len(page.shows) == len(page.episodes) for page in pages)
    assert [each.title for page in pages for each in page.shows] == [SHOWS[0].title] * len(dates)


# What goes wrong.


def test_a_broken_show_is_told_and_stays_as_it_was(own: Path, podcast: Run) -> None:
    before = tree(own / "site")
    edit(own / "paroles/episodes/episode-3/episode.md", 'title: "Garder', 'titel: "Garder')
    edit(own / "voix/episodes/episode-1/episode.md", 'title: "Demander', 'title: "Obtenir')
    ran = podcast(own, "build", language="en")
    assert ran.code == 1
    assert re.search(r"^paroles/episodes/episode-3/episode\.md:\d+: .*titel", ran.err, re.M)
    assert "1 show could not be built again" in ran.out
    after = tree(own / "site")
    of = {path: raw for path, raw in before.items() if path.startswith("paroles/")}
    assert of == {path: raw for path, raw in after.items() if path.startswith("paroles/")}
    feed = items(own / "site/feed.xml")
    assert len(feed) == 3
    page = (own / "site/index.html").read_text("utf-8")
    assert "Obtenir un" in page and "Garder son emploi" in page
    edit(own / "paroles/episodes/episode-3/episode.md", 'titel: "Garder', 'title: "Garder')
    assert podcast(own, "build").code == 0
    again = podcast(own, "build", language="en")
    assert again.out.startswith("Nothing to do")


def test_a_broken_show_stays_where_all_caches_are_lost(own: Path, podcast: Run) -> None:
    shutil.rmtree(own / ".podcast")
    edit(own / "paroles/podcast.yaml", "title: Paroles", "titel: Paroles")
    before = tree(own / "site")
    ran = podcast(own, "build", language="en")
    assert ran.code == 3 and "--allow paroles:vanished" in ran.err
    assert tree(own / "site") == before


def test_a_show_that_is_gone_is_refused_and_then_leaves_nothing(own: Path, podcast: Run) -> None:
    before = tree(own / "site")
    shutil.rmtree(own / "paroles")
    ran = podcast(own, "build", language="en")
    assert ran.code == 3 and "--allow paroles:vanished" in ran.err
    assert tree(own / "site") == before
    assert podcast(own, "build", "--allow", "paroles:vanished").code == 0
    left = tree(own / "site")
    assert not [path for path in left if "paroles" in path or "episode-3" in path]
    assert not [path for path, raw in left.items() if b"paroles/" in raw and path[-4:] != ".jpg"]
    known = read_ledger((own / "published.json").read_text("utf-8"), "published.json")
    assert [each.slug for each in known.retired.values()] == ["paroles/episode-3"]
    assert not (own / ".podcast/shows/paroles.json").exists()
    assert podcast(own, "build", language="en").out.startswith("Nothing to do")


def test_a_show_with_another_name_is_refused_and_then_leaves_nothing(
    own: Path, podcast: Run
) -> None:
    before = tree(own / "site")
    (own / "paroles").rename(own / "echos")
    edit(own / "echos/podcast.yaml", f"{small_network.ADDRESS}paroles/",
         f"{small_network.ADDRESS}echos/")  # fmt: skip
    ran = podcast(own, "build", language="en")
    assert ran.code == 3 and "podcast.yaml:address" in ran.err
    assert tree(own / "site") == before
    ran = podcast(own / "echos", "publish", "episode-3", "--allow", "podcast.yaml:address")
    assert ran.code == 0, ran.err
    ran = podcast(own, "build", language="en")
    assert ran.code == 3 and "--allow paroles:renamed" in ran.err
    assert tree(own / "site") == before
    assert podcast(own, "build", "--allow", "paroles:renamed").code == 0
    left = tree(own / "site")
    assert not [path for path in left if path.startswith("paroles")]
    assert "echos/episode-3/index.html" in left and len(items(own / "site/feed.xml")) == 3


def test_what_was_let_through_in_a_show_holds_for_the_feed_of_all(own: Path, podcast: Run) -> None:
    edit(own / "voix/episodes/episode-1/episode.md", "date: 2026-10-05", "date: 2026-10-06")
    ran = podcast(own, "build", language="en")
    assert ran.code == 3 and "--allow voix/episode-1:date" in ran.err
    assert podcast(own, "build", "--allow", "voix/episode-1:date").code == 0
    assert podcast(own, "build", language="en").out.startswith("Nothing to do")
    edit(own / "voix/episodes/episode-1/episode.md", "date: 2026-10-06", "date: 2026-10-07")
    ran = podcast(own / "voix", "publish", "episode-1", "--allow", "episode-1:date")
    assert ran.code == 0
    assert podcast(own, "build").code == 0
    assert "07 Oct 2026" in (own / "site/feed.xml").read_text("utf-8")


def test_the_feed_of_all_shows_cannot_move_silently(own: Path, podcast: Run) -> None:
    edit(own / "network.yaml", "guid: 7b0cfd3c", "guid: 8b0cfd3c")
    ran = podcast(own, "build", language="en")
    assert ran.code == 3 and "--allow network.yaml:guid" in ran.err
    assert podcast(own, "build", "--allow", "network.yaml:guid").code == 0


def test_a_consent_to_nothing_is_told(own: Path, podcast: Run) -> None:
    before = tree(own / "site")
    ran = podcast(own, "build", "--allow", "paroles:vanished", language="en")
    assert ran.code == 2 and "paroles:vanished" in ran.err
    assert tree(own / "site") == before


def test_the_cache_keeps_nothing_of_feeds_and_volumes_that_are_gone(
    own: Path, podcast: Run
) -> None:
    cache = own / ".podcast"
    before = {path.name for path in (*cache.glob("feeds/*"), *cache.glob("shards/*"))}
    for name in ("feeds/feed-4.xml.items", "shards/3.rows", "shards/3.keys"):
        (cache / name).write_bytes(b"x")
    edit(own / "network.yaml", "title: Le réseau", "title: Notre réseau")
    assert podcast(own, "build").code == 0
    assert {path.name for path in (*cache.glob("feeds/*"), *cache.glob("shards/*"))} == before
    assert before >= {"feed.xml.items", "0.rows", "0.keys"}


def test_one_guid_in_two_shows_is_refused(own: Path, podcast: Run, published: Path) -> None:
    small_network.add(own, "encore", ["episode-3"], published)
    edit(own / "encore/podcast.yaml", "3d7c9f0a-", "4d7c9f0a-")
    assert podcast(own / "encore", "publish", "episode-3").code == 0
    ran = podcast(own, "build", language="en")
    assert ran.code == 3 and "encore/episodes/episode-3/episode.md" in ran.err
    assert not (own / "site/encore").exists()


def test_a_show_elsewhere_is_told_where_it_should_be(own: Path, podcast: Run) -> None:
    edit(own / "voix/podcast.yaml", "address: https://reseau", "address: https://ailleurs")
    ran = podcast(own, "build", language="en")
    assert ran.code == 1
    assert re.search(rf"^voix/podcast\.yaml:\d+: .*{small_network.ADDRESS}voix/", ran.err, re.M)


@pytest.mark.parametrize(
    ("written", "line", "kind"),
    [
        ("titel: x\n", 12, "field.unknown_near"),
        ("episodes_per_page: 0\n", 12, "field.too_small"),
        ("feed_page: 3\n", 12, "field.too_small"),
        ("shows: [voix, paroles, voix]\n", 12, "network.twice"),
        ("shows: [Voix]\n", 12, "field.slug"),
        ("look: {accent: '#fefefe'}\n", 12, "look.contrast"),
        ("deploy: {audio: s3://x}\n", 12, "field.missing"),
        ("accessibility: {established: 2026-10-05, updated: 2026-10-01}\n", 12,
         "accessibility.order"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line(written: str, line: int, kind: str) -> None:
    with pytest.raises(Fixable) as told:
        read_network(small_network.NETWORK + written, "network.yaml")
    assert (kind, line) in [(f.kind, f.place and f.place.line) for f in told.value.faults]


def test_an_identifier_is_offered(own: Path, podcast: Run) -> None:
    text = (own / "network.yaml").read_text("utf-8")
    (own / "network.yaml").write_text(re.sub("guid: .*\n", "", text), "utf-8")
    ran = podcast(own, "build", language="en")
    guid = re.search(r"guid: (\S+)", ran.err)
    assert ran.code == 1 and guid
    (own / "network.yaml").write_text(re.sub("guid: .*\n", f"guid: {guid[1]}\n", text), "utf-8")
    assert read_network((own / "network.yaml").read_text("utf-8"), "").guid == guid[1]


# What shows share.


def test_a_show_takes_the_glossary_the_model_and_the_theme_around_it(
    own: Path, podcast: Run
) -> None:
    (own / "glossary.yaml").write_text(
        "RQTH:\n  expansion: celle du réseau\nAGEFIPH:\n  expansion: un fonds du réseau\n", "utf-8"
    )
    (own / "templates/static").mkdir(parents=True)
    (own / "templates/static/own.css").write_text("/* du réseau */\n", "utf-8")
    edit(own / "network.yaml", "category:", "model: small\ncategory:")
    space = Workspace(own / "paroles")
    terms = space.glossary().terms
    assert terms["AGEFIPH"].expansion == "un fonds du réseau"
    assert terms["RQTH"].expansion != "celle du réseau", "the show's own goes before"
    assert list(terms)[-1] == "AGEFIPH"
    assert space.show().model == "demo", "the show's own"
    for name in small_network.SHOWS:
        edit(own / name / "podcast.yaml", "model: demo\n", "")
    assert space.show().model == "small"
    edit(own / "network.yaml", "model: small", "model: ./modeles/b")
    assert Workspace(own / "voix").show().model == ".././modeles/b"
    edit(own / "network.yaml", "model: ./modeles/b", "model: demo")
    assert podcast(own, "build").code == 0
    for page in ("index.html", "voix/index.html", "paroles/episode-3/index.html"):
        assert "own." in (own / "site" / page).read_text("utf-8")
    (own / "voix/templates/static").mkdir(parents=True)
    (own / "voix/templates/static/own.css").write_text("/* de l'émission */\n", "utf-8")
    assert podcast(own, "build").code == 0
    sheets = {path.parent.parent.name: path.read_text("utf-8")
              for path in (own / "site").rglob("own.*.css")}  # fmt: skip
    assert sheets == {"site": "/* du réseau */\n", "paroles": "/* du réseau */\n",
                      "voix": "/* de l'émission */\n"}  # fmt: skip


def test_a_change_around_a_show_is_seen_by_its_publish(own: Path, podcast: Run) -> None:
    (own / "templates").mkdir()
    assert podcast(own / "voix", "publish", "episode-1", language="en").code == 0
    (own / "templates/search.html").write_text("<p>{{ view.frame.show_title }}", "utf-8")
    assert podcast(own / "voix", "publish", "episode-1", language="en").code == 0
    assert (own / "voix/site/recherche/index.html").read_text("utf-8") == "<p>À voix égales"


# One show.


def test_a_shows_site_is_built_again(own: Path, podcast: Run) -> None:
    shutil.rmtree(own / "voix/site")
    wanted = tree(own / "site/voix")
    ran = podcast(own / "voix/episodes", "build")
    assert ran.code == 0 and tree(own / "voix/site") == wanted
    assert podcast(own, "build", "voix", language="en").out.startswith("Nothing to do")
    assert podcast(own / "voix", "build", language="en").out.startswith("Nothing to do")


def test_where_nothing_is_a_person_is_told_what_to_do(tmp_path: Path, podcast: Run) -> None:
    ran = podcast(tmp_path, "build", language="en")
    assert ran.code == 1 and "docs/network.md" in ran.err


# Kills.


def test_killed_at_any_change(network: Path, tmp_path: Path) -> None:
    first = copied(network, tmp_path / "first")
    edit(first / "voix/episodes/episode-1/episode.md", 'title: "Demander', 'title: "Obtenir')
    old = tree(first / "site")
    whole = copied(first, tmp_path / "whole")
    ran = in_a_fork(whole, ["build"], killing(0, whole))
    assert ran.code == 0, ran.err
    new = tree(whole / "site")
    counted = re.search(r"changes: (\d+)", ran.out)
    assert counted and old != new
    changes = int(counted[1])
    seen = set()
    for point in sorted(
        {*range(1, changes, max(1, changes // 5)), *range(changes - 4, changes + 1)}
    ):
        folder = copied(first, tmp_path / str(point))
        killed = in_a_fork(folder, ["build"], killing(point, folder))
        # 4 where the process of a show was killed, which the whole build tells and ends at.
        assert killed.code in (-9, 4), f"point {point}: {killed.err}"
        found = tree(folder / "site")
        assert found in (old, new), f"killed at change {point}: half a site"
        seen.add(found == new)
        again = in_a_fork(folder, ["build"], killing(0, folder))
        assert again.code == 0 and tree(folder / "site") == new, again.err
        shutil.rmtree(folder)
    assert seen == {True, False}
