"""Put a whole new site in the place of the old one, in one step.

The new tree is built beside the old one, files that did not change are hard links, and the two
folders are exchanged by the kernel: there is no moment at which ``site/`` is half old and half
new, or missing.  Where the system cannot exchange folders, two renames do it, and
:func:`recover` mends what a kill between them leaves.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from podcast.errors import Outside, Place, fault
from podcast.workspace import disk_kind

_AT_FDCWD = -100
_LINUX_EXCHANGE = 2
_MAC_SWAP = 2
_NEXT, _OLD = "next-site", "old-site"


@dataclass(frozen=True, slots=True)
class Changes:
    """How many files the new site has that the old one had not, that differ, that are gone."""

    added: int
    changed: int
    removed: int

    @property
    def any(self) -> bool:
        """Whether there is anything to exchange."""
        return bool(self.added or self.changed or self.removed)


def recover(site: Path, cache: Path) -> None:
    """Finish or undo what a killed run left behind."""
    old = cache / _OLD
    if old.is_dir() and not site.exists():
        os.rename(old, site)
    for leftover in (cache / _NEXT, old):
        shutil.rmtree(leftover, ignore_errors=True)


def replace(site: Path, cache: Path, files: Mapping[str, bytes | Path]) -> Changes:
    """Make ``site`` hold exactly ``files`` (path below it → content or a file to take).

    Raises :class:`Outside` where the disk refuses; the old site is then untouched.
    """
    changes, same = _compare(site, files)
    if not changes.any:
        return changes
    fresh = cache / _NEXT
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name, content in files.items():
            target = fresh / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if name in same:
                _link(site / name, target)
            elif isinstance(content, Path):
                _link(content, target)
            else:
                target.write_bytes(content)
        os.sync()
        _exchange(fresh, site, cache / _OLD)
    except OSError as error:
        raise Outside(fault(disk_kind(error), Place(site.name))) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return changes


def _compare(site: Path, files: Mapping[str, bytes | Path]) -> tuple[Changes, set[str]]:
    present = (
        {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
        if site.is_dir()
        else set()
    )
    same = {name for name in present & set(files) if _same(site / name, files[name])}
    added = len(set(files) - present)
    changed = len((present & set(files)) - same)
    return Changes(added, changed, len(present - set(files))), same


def _same(path: Path, content: bytes | Path) -> bool:
    if isinstance(content, bytes):
        return path.stat().st_size == len(content) and path.read_bytes() == content
    if path.samefile(content):
        return True
    # Sounds carry the digest of their content in their name.
    return path.stat().st_size == content.stat().st_size


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _exchange(fresh: Path, site: Path, aside: Path) -> None:
    if not site.exists():
        os.rename(fresh, site)
        return
    if not _swapped(fresh, site):
        shutil.rmtree(aside, ignore_errors=True)
        os.rename(site, aside)
        os.rename(fresh, site)
        shutil.rmtree(aside, ignore_errors=True)


def _swapped(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, where the system knows how."""
    a, b = os.fsencode(one), os.fsencode(other)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            return bool(libc.renameat2(_AT_FDCWD, a, _AT_FDCWD, b, _LINUX_EXCHANGE) == 0)
        if sys.platform == "darwin":
            return bool(libc.renamex_np(a, b, _MAC_SWAP) == 0)
    except (OSError, AttributeError, TypeError):
        pass
    return False
