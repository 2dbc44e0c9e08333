"""A new show, from nothing to what can be published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

from podcast.directory import podcast_guid
from podcast.workspace import Workspace


@pytest.mark.parametrize("language", ["fr", "en", "de"])
def test_a_new_show_is_right(language: str, tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    title = 'Un "titre" : à moi #1'
    ran = podcast(tmp_path, "init", "my-show", "--title", title, "--language", language)
    assert ran.code == 0, ran.err
    space = Workspace(tmp_path / "my-show")
    show = space.show()
    assert (show.title, show.language) == (title, language)
    episode = space.episode("episode-1", show)
    assert episode.date.tzinfo is not None
    assert episode.guid != show.guid
    assert [track.speaker for track in space.recording(episode, show).tracks] == list(show.people)
    assert (tmp_path / "my-show" / "cover.jpg").stat().st_size > 10_000


def test_two_shows_have_different_guids(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    podcast(tmp_path, "init", "a")
    podcast(tmp_path, "init", "b")
    assert Workspace(tmp_path / "a").show().guid != Workspace(tmp_path / "b").show().guid


def test_the_guid_is_made_of_the_feeds_first_address(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    # The namespace's own example (docs/tags/guid.md).
    assert podcast_guid("https://podnews.net/rss") == "9b024349-ccf0-5f69-a609-6b82873eab3c"
    ran = podcast(tmp_path, "init", "mine", "--address", "https://example.org/voix")
    assert ran.code == 0, ran.err
    show = Workspace(tmp_path / "mine").show()
    assert show.address == "https://example.org/voix/"
    assert show.guid == podcast_guid("https://example.org/voix/feed.xml")
    ran = podcast(tmp_path, "init", "other", "--address", "example.org")
    assert (ran.code, "example.org" in ran.err) == (1, True)


def test_a_folder_with_something_in_it_is_not_touched(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "text.md").write_text("à moi", "utf-8")
    ran = podcast(tmp_path, "init", "mine")
    assert ran.code == 1
    assert ran.err == "mine : ce dossier existe déjà et n'est pas vide. Choisissez un autre nom.\n"
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["text.md"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine"]


def test_a_language_that_is_none(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(tmp_path, "init", "a", "--language", "français")
    assert ran.code == 1 and "n'est pas un code de langue" in ran.err
