"""The site is replaced as a whole, and only when something has changed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
import small_site
from conftest import EPISODES, Ran, copy_show, run_podcast
from hypothesis import given
from hypothesis import strategies as st

from podcast import site
from podcast.assembly import Kept, files
from podcast.errors import Fixable, Outside, Place, fault
from podcast.frame import own_names
from podcast.pages import kinds
from podcast.published import in_order
from podcast.report import Silent
from podcast.served_as import is_kept, is_lasting
from podcast.show import read_show
from podcast.tally import Tally
from podcast.unchanged import unlinked
from podcast.work import work_in
from podcast.workspace import Workspace


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


names = st.sampled_from(["a.html", "b/c.html", "b/d.txt", "e.mp3"])
trees = st.dictionaries(names, st.binary(max_size=20), max_size=4)


@given(trees, trees)
def test_replace_gives_exactly_the_files(tmp_path_factory, old, new) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("s")
    target, cache = folder / "site", folder / "cache"
    cache.mkdir()
    site.replace(target, cache, old)
    changes = site.replace(target, cache, new)
    assert (files_in(target) if target.is_dir() else {}) == new
    assert changes.any == (old != new)
    assert not site.replace(target, cache, new).any
    assert {p.name for p in cache.iterdir()} <= {"spare-site", "site.record"}


def meddle(how: str, folder: Path) -> None:
    """What somebody may do to one of the two trees between two publishes."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if not folder.is_dir():
        return
    if how == "add":
        (folder / "more.txt").write_text("more")
    elif how == "take" and files:
        files[0].unlink()
    elif how == "alter" and files:
        files[-1].write_bytes(b"altered")
    elif how == "exchange" and files:
        files[0].with_name("other").write_bytes(b"exchanged")
        files[0].with_name("other").rename(files[0])


def stopped(path: str) -> bytes:
    raise Outside(fault("disk.full", Place(path)))


ENDS = ["", "", "add", "take", "alter", "exchange", "stop"]
steps = st.tuples(trees, st.sampled_from(ENDS), st.booleans())


@given(st.lists(steps, min_size=2, max_size=6), st.booleans(), st.booleans())
def test_one_site_after_the_other_whoever_meddles(
    tmp_path_factory: pytest.TempPathFactory,
    sites: list[tuple[dict[str, bytes], str, bool]],
    keyed: bool,
    at_once: bool,
) -> None:
    folder = tmp_path_factory.mktemp("s")
    target, cache = folder / "site", folder / "cache"
    cache.mkdir()
    for tree, how, aside in sites:
        kept = {
            name: site.Fresh(raw.hex() or "-", lambda _, raw=raw: raw) for name, raw in tree.items()
        }
        if not at_once and (record := cache / "site.record").exists():
            os.utime(record, (0, 0))  # nobody can still be reading the tree of before
        if how == "stop":
            before = files_in(target) if target.is_dir() else {}
            with pytest.raises(Outside):
                site.replace(target, cache, {**tree, "z.html": site.Fresh("z", stopped)})
            assert (files_in(target) if target.is_dir() else {}) == before
            continue
        made = site.replace(target, cache, kept if keyed else tree)
        assert (files_in(target) if target.is_dir() else {}) == tree
        if made.there and made.any:
            found = Tally()
            found.below(str(target))
            assert made.there.same_files(unlinked(found))
            assert made.there.folders == found.folders
        meddle(how, cache / "spare-site" if aside else target)


def test_a_small_change_does_not_search_the_spare_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, cache = tmp_path / "site", tmp_path / "cache"
    cache.mkdir()
    looked = []
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path=".": looked.append(str(path)) or scan(path))
    tree = {f"{n}/{name}": b"" for n in range(5) for name in ("a", "b")}
    for n in range(6):
        looked.clear()
        more = {f"0/{n}.txt": b""} if n % 2 else {}
        site.replace(target, cache, {**tree, "1/a": str(n).encode(), **more})
        assert bool(looked) == (n < 2), "known once there are two trees"
        assert files_in(target) == {**tree, "1/a": str(n).encode(), **more}


def test_a_file_that_somebody_may_still_read_is_not_written_into(tmp_path: Path) -> None:
    target, cache = tmp_path / "site", tmp_path / "cache"
    cache.mkdir()
    for n in b"123":
        site.replace(target, cache, {"a": bytes([n]), "b": b""})
    with (target / "a").open("rb") as reading:
        for n in b"45":
            site.replace(target, cache, {"a": bytes([n]), "b": b""})
        assert reading.read() == b"3"
        inode = (cache / "spare-site" / "a").stat().st_ino

    os.utime(cache / "site.record", (0, 0))
    site.replace(target, cache, {"a": b"6", "b": b""})
    assert (target / "a").stat().st_ino == inode, "another file costs more"


def test_unchanged_files_are_not_written_again(tmp_path: Path) -> None:
    target, cache = tmp_path / "site", tmp_path / "cache"
    cache.mkdir()
    site.replace(target, cache, {"a": b"1", "b": b"2"})
    before = (target / "a").stat()
    site.replace(target, cache, {"a": b"1", "b": b"3"})
    after = (target / "a").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_without_an_exchange_by_the_kernel(tmp_path: Path) -> None:
    """What happens where folders cannot be exchanged, and a kill between the two renames."""
    target, cache = tmp_path / "site", tmp_path / "cache"
    cache.mkdir()
    site.replace(target, cache, {"a": b"1"})
    target.rename(cache / "old-site")  # the first rename was done, the second not
    site.recover(target, cache)
    assert files_in(target) == {"a": b"1"}


def test_a_disk_that_refuses(tmp_path: Path) -> None:
    target = tmp_path / "site"
    (tmp_path / "file").write_text("")
    with pytest.raises(Outside) as caught:
        site.replace(target, tmp_path / "file", {"a": b"1"})
    assert caught.value.faults[0].kind.startswith("disk.")
    assert not target.exists()


def test_nothing_changed_does_nothing_and_says_so(show: Path) -> None:
    assert run_podcast(["publish", *EPISODES], show).code == 0
    before = {p: p.stat().st_mtime_ns for p in show.rglob("*") if p.is_file()}
    again = run_podcast(["publish", "episode-3"], show)
    assert again.out.splitlines()[0] == (
        "Rien à faire : déjà publié, et rien n'a changé (episode-3)."
    )
    changed = {p.name for p, time in before.items() if p.exists() and p.stat().st_mtime_ns != time}
    # Other tests link the same recordings meanwhile, which changes their time on the disk: then the
    # program looks again and writes its records.  test_unchanged.py has files that nobody links.
    records = {"clock", "digests.json", "site.record", "unchanged", "published.json"}
    assert changed <= {"writer", "lock", *records}


def test_two_builds_are_the_same_bytes(show: Path, published: Path) -> None:
    assert run_podcast(["publish", *reversed(EPISODES)], show, PYTHONHASHSEED="7").code == 0
    assert files_in(show / "site") == files_in(published / "site")


def test_a_damaged_ledger_is_told(show: Path) -> None:
    (show / "published.json").write_text('{"schema": "published/1", "episodes": ', "utf-8")
    ran = run_podcast(["publish", "episode-3"], show)
    assert ran.code == 1 and ran.err.startswith("published.json : ce registre")


def test_the_ledger_reads_back(published: Path) -> None:
    ledger = json.loads((published / "published.json").read_text("utf-8"))
    assert sorted(ledger["episodes"]) == sorted(EPISODES)


def test_the_sitemap_has_every_page_by_its_own_address(published: Path) -> None:
    """The sitemaps protocol's text form: UTF-8, an address on a line and nothing else."""
    folder = published / "site"
    told = (folder / "sitemap.txt").read_text("utf-8").splitlines()
    assert len(told) == len(set(told)) and all(line.startswith("https://") for line in told)
    canonical = {
        found[1]
        for page in folder.rglob("index.html")
        if (found := re.search(r'<link rel="canonical" href="([^"]+)"', page.read_text("utf-8")))
    }
    assert set(told) == canonical


# Names of episodes, and what else the site has at its top.


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_episode_called_like_a_page_of_the_site_is_told(language: str, tmp_path: Path) -> None:
    of = small_site.show(language=language)
    head = "topics: [surdite]\n"
    made = in_order(of, [small_site.episode(of, "one", head=head)])
    paths = [sheet.path for kind in kinds() for sheet in kind.sheets(made)]
    assert len(paths) == len(set(paths))
    at_top = {path.removesuffix("/index.html") for path in paths if path.endswith("/index.html")}
    assert {name for name in at_top if "/" not in name} == {"one", *own_names(of)}
    space = Workspace(copy_show(tmp_path / "show", []))
    work = replace(work_in(space, space.show(), Silent()), show=of)

    def unread(*_: object) -> NoReturn:
        raise AssertionError("it is told before anything is made")

    for name in own_names(of):
        taken = in_order(of, [small_site.episode(of, name, head=head)])
        with pytest.raises(Fixable) as told:
            files(work, taken, {}, Kept(unread, unread, unread, unread))
        assert [(f.kind, f.facts["slug"]) for f in told.value.faults] == [("episode.taken", name)]


def test_it_is_told_before_the_sound_is_made(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    show = copy_show(tmp_path / "show")
    (show / "episodes" / "episode-3").rename(show / "episodes" / "personnes")
    ran = podcast(show, "publish", "personnes")
    assert ran.code == 1 and ran.out == ""
    assert ran.err.startswith("episodes/personnes : ")
    assert not (show / ".podcast" / "sound").exists()


@pytest.mark.parametrize("name", ["assets", "audio", "fonts", "page", "embed", "feed", "saisons"])
def test_an_episode_called_like_another_folder_of_the_site_changes_like_any(name: str) -> None:
    topics = f"topics:\n  {name}: Un thème"
    of = read_show(small_site.SAMPLE.replace("topics:", topics), "podcast.yaml")
    made = in_order(of, [small_site.episode(of, name, head=f"topics: [{name}]\nseason: 1\n")])
    paths = [sheet.path for kind in kinds() for sheet in kind.sheets(made)]
    assert f"{name}/index.html" in paths and f"themes/{name}/index.html" in paths
    assert len(paths) == len(set(paths))
    for path in (*paths, f"{name}/{name}.vtt", f"{name}/cover.jpg", f"voix/{name}/cover.png"):
        assert not is_lasting(path) and not is_kept(path), path
    assert is_lasting(made.episodes[0].enclosure.path)


def test_a_cover_in_a_folder_called_assets_may_have_the_same_size(tmp_path: Path) -> None:
    """Only what has its content's digest in its name is taken for the same by its size."""
    (tmp_path / "scratch").mkdir()
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"a")
    second.write_bytes(b"b")
    root, scratch = tmp_path / "site", tmp_path / "scratch"
    for picture in (first, second):
        site.replace(root, scratch, {"assets/cover.jpg": picture})
    assert (root / "assets/cover.jpg").read_bytes() == b"b"
