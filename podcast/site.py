"""Put a whole new site in the place of the old one, in one step.

The new tree is built beside the old one, files that did not change are hard links, and the two
folders are exchanged by the kernel: there is no moment at which ``site/`` is half old and half
new, or missing.  Where the system cannot exchange folders, two renames do it, and
:func:`recover` mends what a kill between them leaves.

The tree that was exchanged stays, as the spare one: the next time it is brought up to date instead
of being built, so that a small change costs little however large the site is.  It is searched for
what is not as it should be, by the inodes of its files, unless the times of its folders say that
nobody has put anything into it since.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from podcast.errors import Outside, Place, fault
from podcast.memo import keep_bytes, kept_bytes, packed, unpacked
from podcast.report import Progress
from podcast.served_as import is_lasting
from podcast.shares import shared
from podcast.tally import FOLDERS_TELL, Tally, folders_in, settle
from podcast.unchanged import site_in, unlinked
from podcast.workspace import disk_kind

_AT_FDCWD = -100
_LINUX_EXCHANGE = 2
_MAC_SWAP = 2
_SPARE, _OLD, _RECORD = "spare-site", "old-site", "site.record"
_FEW = 200
"""Names that are followed one by one; after more than that the new site is looked through."""
READ_S = 10
"""So long somebody may still read a file of a site that was exchanged."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """Content that is made when it is asked for; while ``key`` is the same, so is the content.

    ``make`` is given the path of the file below the site: many files may have the same maker, of
    which a large site has a hundred thousand.
    """

    key: str
    make: Callable[[str], bytes]


Content = bytes | Path | Fresh
"""What a file of the site holds: itself, a file that holds it, or how it is made."""


@dataclass(frozen=True, slots=True)
class Changes:
    """How many files the new site has that the old one had not, that differ, that are gone."""

    added: int
    changed: int
    removed: int
    there: Tally | None = field(default=None, compare=False, repr=False)
    """The site's files as they are now, where they were looked at."""

    @property
    def any(self) -> bool:
        """Whether there is anything to exchange."""
        return bool(self.added or self.changed or self.removed)


def alone(make: Callable[[], bytes]) -> Callable[[str], bytes]:
    """The maker of one file, which needs no path."""
    return lambda path: make()


def recover(site: Path, cache: Path) -> None:
    """Finish or undo what a killed run left behind."""
    old = cache / _OLD
    if old.is_dir() and not site.exists():
        os.rename(old, site)
    shutil.rmtree(old, ignore_errors=True)


def rehearse(site: Path, cache: Path, files: Mapping[str, Content]) -> None:
    """Make what is not there yet, and nothing of it; raises what making a file raises."""
    was = _record(cache)
    for name in _unknown(files, was.keys_of(site_in(str(site), was.there))):
        content = files[name]
        if isinstance(content, Fresh):
            content.make(name)


def replace(
    site: Path, cache: Path, files: Mapping[str, Content], progress: Progress = lambda share: None
) -> Changes:
    """Make ``site`` hold exactly ``files``, by their path below it.

    Raises :class:`Outside` where the disk refuses, and what making a file raises; the old site is
    then untouched.
    """
    was = _record(cache)
    there = site_in(str(site), was.there)
    held = there.places()
    unknown = _unknown(files, was.keys_of(there))
    spare = cache / _SPARE
    try:
        spare.mkdir(parents=True, exist_ok=True)
        trusted = was if was.knows(there, spare) else None
        wanted = sorted(unknown)  # those of an episode beside each other
        own = frozenset(trusted.behind if trusted and _unread(cache) else ())
        made = shared(
            wanted, lambda names: _made(site, spare, files, names, held.keys(), own), progress
        )
        other = {name for name in made if name}
        gone = held.keys() - files.keys()
        counts = len(files.keys() - held.keys()), len(other & held.keys()), len(gone)
        aside = was.spare_folders, was.of_spare, was.behind
        if any(counts):
            if trusted:
                stale = {*was.behind} - other
                linked = {name for name in stale if name in held and name in files}
                left = gone | (stale - files.keys())
            else:
                linked, left = _unlike(site, spare, files, other)
            _complete(site, spare, linked, left)
            times = _settled(spare, (*other, *linked, *left))
            os.sync()
            _exchange(spare, site, cache / _OLD)
            folders, behind = there.folders, sorted(other | gone)
            there = (trusted and trusted.followed(site, gone, other | linked, times)) or site_in(
                str(site)
            )
            aside = folders, folders_in(str(spare), folders), behind
        if any(counts) or wanted:
            keys = [_key(files[name]) if name in files else "" for name in there.names]
            parts = there.names, there.folders, bytes(there.marks), bytes(there.of_folders)
            keep_bytes(cache / _RECORD, _RECORD, packed(_Record(*parts, keys, *aside)))
    except OSError as error:
        raise Outside(fault(disk_kind(error), Place(site.name))) from error
    return Changes(*counts, there)


# What is known of the site.


@dataclass(frozen=True, slots=True)
class _Record:
    """The site's files as they were left, as :class:`Tally` has them.

    ``keys`` say what each was made from; nothing where that is not known.  ``spare_folders`` are
    the folders of the spare tree and ``of_spare`` their marks; ``behind`` are the files in which it
    is not as the site.
    """

    names: list[str]
    folders: list[str]
    marks: bytes
    of_folders: bytes
    keys: list[str]
    spare_folders: list[str]
    of_spare: bytes
    behind: list[str]

    @property
    def there(self) -> Tally:
        """The site's files."""
        return Tally(self.names, self.folders, self.marks, self.of_folders)

    def keys_of(self, there: Tally) -> dict[str, str]:
        """What files were made from, by their names, as far as they are as they were left."""
        if not there.names:
            return {}
        keys = dict(zip(self.names, self.keys, strict=True))
        for name in there.other_than(self.there):
            keys.pop(name, None)
        return keys

    def knows(self, there: Tally, spare: Path) -> bool:
        """Whether nobody has changed a file of the site, or put one into either tree."""
        return (
            FOLDERS_TELL
            and there.same_files(self.there)
            and there.of_folders == self.of_folders
            and folders_in(str(spare), self.spare_folders) == self.of_spare
        )

    def followed(
        self, site: Path, gone: Set[str], fresh: Set[str], times: Mapping[str, int]
    ) -> Tally | None:
        """The files of the new site, which was the spare tree; ``None`` where they must be found.

        ``times`` (ns) are those that folders were given because something in them has changed.
        """
        folders = self.spare_folders
        names = len(gone) + len({*fresh}.difference(self.names))
        if names > _FEW or folders != self.folders:
            return None
        marks = folders_in(str(site), folders)
        was, now = (memoryview(each).cast("q") for each in (self.of_spare, marks))
        for n, name in enumerate(folders):
            inode, time = 3 * n, 3 * n + 1
            if now[inode] != was[inode] or now[time] != times.get(name, was[time]):
                return None
        if not times.keys() <= {*folders}:
            return None
        return unlinked(self.there.replaced(str(site), gone, fresh, marks))


def _record(cache: Path) -> _Record:
    nothing = _Record([], [], b"", b"", [], [], b"-", [])
    raw = kept_bytes(cache / _RECORD, _RECORD)
    try:
        return unpacked(raw, _Record) if raw else nothing
    except ValueError:
        return nothing


def _unread(cache: Path) -> bool:
    """Whether the spare tree has not been the site for a while."""
    return time.time() - (cache / _RECORD).stat().st_mtime > READ_S


def _key(content: Content) -> str:
    """Names what a file holds; nothing where only its bytes do.

    Files that are taken as they are (sounds, pictures) have names that change with what is in them.
    """
    if isinstance(content, Fresh):
        return content.key
    return str(content) if isinstance(content, Path) else ""


def _unknown(files: Mapping[str, Content], left: Mapping[str, str]) -> list[str]:
    """The files of which nobody knows that the site holds them."""
    keys = ((name, _key(content)) for name, content in files.items())
    return [name for name, key in keys if not key or left.get(name) != key]


# The new tree.


def _made(
    site: Path,
    spare: Path,
    files: Mapping[str, Content],
    names: Sequence[str],
    held: Set[str],
    own: Set[str],
) -> Iterator[str]:
    """Write those of the files that are not in the site already; gives each name, or nothing.

    ``held`` are the files that the site has, ``own`` those that are the spare tree's own.
    """
    for name in names:
        content = files[name]
        target = spare / name
        if isinstance(content, Path):
            lasting = is_lasting(name)
            if not (same := name in held and _holds(site / name, content, lasting)):
                _free(target)
                _link(content, target)
            yield "" if same else name
            continue
        raw = content.make(name) if isinstance(content, Fresh) else content
        if name in held and _content(site / name, len(raw)) == raw:
            yield ""
            continue
        if name not in own or not _overwritten(target, raw):
            try:
                file = target.open("xb")
            except OSError:  # no folder for it yet, or what the spare tree had there
                _free(target)
                file = target.open("xb")
            with file:
                _write(file, raw)
        yield name


def _overwritten(target: Path, raw: bytes) -> bool:
    """Write into a file of the spare tree that is nobody else's; says whether it could.

    That is a tenth cheaper than another file.  A kill leaves it half written, and known as one that
    is not as the site's.
    """
    try:
        with target.open("r+b") as file:
            if unshared := os.fstat(file.fileno()).st_nlink == 1:
                _write(file, raw)
            return unshared
    except OSError:
        return False


def _write(file: BinaryIO, raw: bytes) -> None:
    file.write(raw)
    file.truncate()
    file.flush()
    settle(file.fileno())


def _content(file: Path, size: int) -> bytes | None:
    """What is in a file, if it is of this size."""
    try:
        return file.read_bytes() if file.stat().st_size == size else None
    except OSError:
        return None


def _holds(present: Path, source: Path, lasting: bool) -> bool:
    """Whether the site has this file; what is ``lasting`` has its content's digest in its name."""
    try:
        if present.samefile(source):
            return True
        same = present.stat().st_size == source.stat().st_size
        return same and (lasting or present.read_bytes() == source.read_bytes())
    except OSError:
        return False


def _free(target: Path) -> None:
    """Nothing may be written into a file that is there: it may be a link to one of the site."""
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    target.unlink(missing_ok=True)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        for parent in target.parents:  # a file where a folder is wanted
            if parent.is_file():
                parent.unlink()
        target.parent.mkdir(parents=True, exist_ok=True)


def _unlike(
    site: Path, spare: Path, files: Mapping[str, Content], made: Set[str]
) -> tuple[set[str], set[str]]:
    """What of the site that stays is not in the spare tree, and what is there and should not be."""
    spares = dict(_inodes(spare))
    linked = {
        name
        for name, inode in _inodes(site)
        if name in files and name not in made and spares.get(name) != inode
    }
    return linked, spares.keys() - files.keys()


def _complete(site: Path, spare: Path, linked: Iterable[str], left: Iterable[str]) -> None:
    """Take out of the spare tree what is left over, and link what the site has."""
    for name in left:
        (spare / name).unlink(missing_ok=True)
        for folder in PurePosixPath(name).parents[:-1]:
            with suppress(OSError):  # there is more in it
                (spare / folder).rmdir()
    for name in linked:
        _free(spare / name)
        _link(site / name, spare / name)


def _settled(spare: Path, names: Iterable[str]) -> dict[str, int]:
    """Give folders in which something has changed a time that no later change can have."""
    times = {}
    for folder in {name.rpartition("/")[0] for name in names}:
        with suppress(OSError):  # gone with what was in it, or not ours
            times[f"{folder}/" if folder else ""] = settle(spare / folder)
    return times


def _inodes(folder: Path) -> Iterator[tuple[str, int]]:
    waiting = [(str(folder), "")] if folder.is_dir() else []
    while waiting:
        path, prefix = waiting.pop()
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, f"{prefix}{entry.name}/"))
                else:
                    yield prefix + entry.name, entry.inode()


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _exchange(fresh: Path, site: Path, aside: Path) -> None:
    if not site.exists():
        os.rename(fresh, site)
        return
    if not _swapped(fresh, site):
        shutil.rmtree(aside, ignore_errors=True)
        os.rename(site, aside)
        os.rename(fresh, site)
        os.rename(aside, fresh)


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
