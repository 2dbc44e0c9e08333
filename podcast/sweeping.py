"""Take out of the cache what a site that was just put in place has no use for any more."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from podcast.searching import volumes

# What earlier versions of this program kept.
_FORMER = ("site.json", "shards.json", "unchanged.json")
# As ``workspace.write`` and ``tempfile`` call what they have not finished.
_HALF_WRITTEN = re.compile(r"\..+\.[a-z0-9_]{8}")
_HALF_MADE = re.compile(r"tmp[a-z0-9_]{8}")
_DAY_S = 86_400


def sweep(cache: Path, site: Collection[str], episodes: int) -> None:
    """Delete the items of feeds and the rows of the search's volumes that are gone.

    ``site`` are the paths of the site's files, ``episodes`` is how many the search finds.  What is
    not ours, and what a link leads to, stays; so does what cannot be deleted.
    """
    for file in (*(cache / name for name in _FORMER), *_gone(cache, site, episodes)):
        with suppress(OSError):
            file.unlink()
    _sweep_killed(cache)


def sweep_sounds(cache: Path, names: Collection[str]) -> list[Path]:
    """Delete finished sounds under tags that have changed: each is as large as the episode."""
    paths = [cache / "tagged" / name for name in names]
    for path in paths:
        with suppress(OSError):
            path.unlink()
    return paths


def _sweep_killed(cache: Path) -> None:
    """Once a day, delete what killed programs left half made a day ago or longer."""
    now, swept = time.time(), cache / "swept"
    with suppress(OSError):
        if now - swept.stat().st_mtime < _DAY_S:
            return
    with suppress(OSError):
        swept.touch()
    for folder, inside, names in os.walk(cache):
        half = [*filter(_HALF_WRITTEN.fullmatch, names), *filter(_HALF_MADE.fullmatch, inside)]
        # A whole site has thousands of files, and renews itself.
        inside[:] = [name for name in inside if not name.endswith("-site") and name not in half]
        for path in (Path(folder, name) for name in half):
            with suppress(OSError):
                if now - path.lstat().st_mtime > _DAY_S:
                    path.unlink() if path.name in names else shutil.rmtree(path)


def _gone(cache: Path, site: Collection[str], episodes: int) -> Iterator[Path]:
    kept = {f"{path}.items" for path in site}
    for file in _files(cache / "feeds"):
        name = file.relative_to(cache / "feeds").as_posix()
        if name.endswith(".items") and name not in kept:
            yield file
    count = sum(1 for _ in volumes(episodes))
    for file in _files(cache / "shards"):
        if file.suffix in (".keys", ".rows") and file.stem.isdecimal() and int(file.stem) >= count:
            yield file


def _files(top: Path) -> Iterator[Path]:
    if not top.is_symlink():
        for folder, _, names in os.walk(top):
            yield from (Path(folder, name) for name in names)
