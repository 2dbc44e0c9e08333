"""The show that was read another time is the show, and never another one."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import copy_show

from podcast.errors import Fixable
from podcast.work import show_in
from podcast.workspace import Workspace


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(copy_show(tmp_path / "show", ()))


def kept(space: Workspace) -> Path:
    return space.cache / "show.json"


def test_it_is_the_same_as_read_anew(space: Workspace) -> None:
    assert show_in(space) == space.show() and not kept(space).exists()
    assert show_in(space, keeps=True) == space.show()
    assert show_in(space) == space.show() and kept(space).exists()
    assert repr(show_in(space)) == repr(space.show())


def test_it_is_read_from_what_was_kept(space: Workspace) -> None:
    show_in(space, keeps=True)
    before = kept(space).stat().st_mtime_ns
    show_in(space, keeps=True)
    assert kept(space).stat().st_mtime_ns == before


def test_another_text_is_another_show(space: Workspace) -> None:
    show_in(space, keeps=True)
    file = space.root / "podcast.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("title: ", "title: Encore ", 1), "utf-8")
    assert show_in(space).title.startswith("Encore ")
    file.write_text(text + "\nnonsense: 1\n", "utf-8")
    with pytest.raises(Fixable) as told:
        show_in(space, keeps=True)
    assert [fault.kind for fault in told.value.faults] == ["field.unknown"]


def test_what_a_network_says_for_it_counts(space: Workspace) -> None:
    show_in(space, keeps=True)
    (space.root.parent / "network.yaml").write_text(
        "title: Ensemble\naddress: https://x.example/\nlanguage: fr\ndescription: Tout.\n"
        "author: Nous\nowner: {name: Nous, email: nous@x.example}\n"
        "guid: 2d7c9f0a-6a0b-5d2f-9a59-0d5f6f0b3c12\ncategory: Education\n",
        "utf-8",
    )
    network = show_in(space, keeps=True).network
    assert network and network.title == "Ensemble"
    assert show_in(space) == space.show()


def test_what_is_damaged_counts_as_not_there(space: Workspace) -> None:
    show_in(space, keeps=True)
    kept(space).write_bytes(kept(space).read_bytes()[:-1])
    assert show_in(space) == space.show()
