"""The preview of a network: all its shows with their drafts, renewed while they are written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_network
from conftest import run_podcast
from test_network import copied, edit
from test_network import network as network
from test_preview import Serving, previewing

TEXT = "voix/transcripts/episode-3.md"


@pytest.fixture(scope="module")
def drafted(
    tmp_path_factory: pytest.TempPathFactory, network: Path, published: Path
) -> Iterator[Serving]:
    """The network with a draft of a third episode in one show, and its preview."""
    folder = copied(network, tmp_path_factory.mktemp("drafted") / "reseau")
    other = small_network.add(folder, "autre", ["episode-3"], published)
    for part in ("episodes/episode-3", TEXT.removeprefix("voix/"),
                 "transcripts/episode-3.words.jsonl"):  # fmt: skip
        (other / part).rename(folder / "voix" / part)
    shutil.rmtree(other)
    edit(folder / "voix/episodes/episode-3/episode.md", "guid: 9e3a1f52-", "guid: 8e3a1f52-")
    with previewing(folder) as serving:
        yield serving


def test_drafts_of_every_show_are_shown_and_called_so(drafted: Serving) -> None:
    assert any("4 épisodes, dont 1 pas encore" in line for line in drafted.said), drafted.said
    home = drafted.get()[1]
    assert 'href="voix/episode-3/"' in home and 'href="paroles/episode-3/"' in home
    assert home.count("Pas encore publié") == 1 and "Aperçu" in home
    status, page, headers = drafted.get("voix/episode-3/")
    assert status == 200 and "Pas encore publié" in page and "Aperçu" in page
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert drafted.get("voix/")[0] == 200 and drafted.get("recherche/")[0] == 200
    assert drafted.get("", host="reseau.test")[0] == 403


def test_nothing_there_can_be_subscribed_to(drafted: Serving) -> None:
    for path in ("feed.xml", "voix/feed.xml", "voix/feed.json", "shows.opml"):
        status, text, _ = drafted.get(path)
        assert status == 404 and "podcast" not in text.casefold()[:5], (path, text)
    site = drafted.folder / ".podcast/preview/site"
    assert not [path for path in site.rglob("*") if path.suffix in (".xml", ".opml")]
    assert not (drafted.folder / "site/voix/episode-3").exists()


def test_a_changed_show_renews_its_pages_and_the_networks(drafted: Serving) -> None:
    edit(drafted.folder / "voix/podcast.yaml", "title: À voix égales", "title: À voix claires")
    drafted.has("", "À voix claires")
    drafted.has("voix/episode-3/", "À voix claires")
    edit(drafted.folder / "network.yaml", "Le réseau des voix", "Le réseau des voix claires")
    drafted.has("", "Le réseau des voix claires")


def test_a_fault_in_a_show_is_told_and_stops_no_other(drafted: Serving) -> None:
    edit(drafted.folder / "paroles/podcast.yaml", "title: Paroles", "titel: Paroles")
    drafted.until("paroles/podcast.yaml:")
    assert "paroles/podcast.yaml:" in drafted.get("voix/")[1], "the banner says it, too"
    edit(drafted.folder / "voix/podcast.yaml", "title: À voix claires", "title: À voix égales")
    drafted.has("", "À voix égales")
    assert "Paroles d" in drafted.get()[1], "the show stays as it was"
    edit(drafted.folder / "network.yaml", "title: Le", "titel: Le")
    drafted.until("network.yaml:1")
    edit(drafted.folder / "network.yaml", "titel: Le", "title: Le")
    edit(drafted.folder / "paroles/podcast.yaml", "titel: Paroles", "title: Paroles")
    drafted.until("Aperçu refait")


def test_a_new_show_is_there_at_once(drafted: Serving, published: Path) -> None:
    small_network.add(drafted.folder, "autre", ["episode-2"], published)
    drafted.has("", 'href="autre/episode-2/"')
    shutil.rmtree(drafted.folder / "autre")
    drafted.until("Aperçu refait")
    while 'href="autre/' in drafted.get()[1]:
        drafted.until("Aperçu refait")


def test_a_second_preview_is_refused_and_one_of_a_show_is_not(drafted: Serving) -> None:
    ran = run_podcast(["serve", "--port", "0"], drafted.folder, PODCAST_LANGUAGE="en")
    assert ran.code == 5 and "Another preview is running here" in ran.err
    with previewing(drafted.folder / "voix") as alone:
        assert "episode-3/" in alone.get()[1]


def test_what_is_published_is_shown_as_it_is(network: Path) -> None:
    with previewing(network, "--published") as serving:
        home = serving.get()[1]
        assert 'href="voix/"' in home and "Aperçu" not in home
        assert serving.get("voix/feed.xml")[0] == 200


def test_before_there_is_a_site_a_person_is_told(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text(small_network.NETWORK, "utf-8")
    ran = run_podcast(["serve", "--published"], tmp_path, PODCAST_LANGUAGE="en")
    assert ran.code == 1 and "podcast build" in ran.err
