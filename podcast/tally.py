"""Files and folders as the disk tells of them, without reading any: names, sizes and times.

Made of strings and bytes, without any import that Python has not made: :mod:`podcast.unchanged`
asks with it before the rest of the program is loaded.
"""

from __future__ import annotations

import os
from struct import error, pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

FOLDERS_TELL = os.name != "nt"
"""Whether a folder's time changes with what is in it: on USB sticks (exFAT) Windows leaves it."""
_SETTLED_NS = 10_000_000_000
_LAST, _NEVER = 2**63 - 1, -2
_FEW = 50
"""Folders that are read one by one; where more have changed, all are."""
SIZE = 24
"""Bytes of the marks of one file or folder: three numbers of eight."""


class Tally:
    """Files with their size and the times of their content and of themselves, in ns; of each folder
    that they were found in its inode instead of a size.

    A folder's time changes when something is put into it or taken out: while all folders are as
    they were, so are the names.  Names stand in one order, whatever that of the disk: folder by
    folder, those inside of one behind it.  The numbers stand as bytes (:meth:`numbers`): a large
    site has half a million.
    """

    __slots__ = ("folders", "marks", "names", "of_folders")

    def __init__(
        self,
        names: Sequence[str] = (),
        folders: Sequence[str] = (),
        marks: bytes | bytearray = b"",
        of_folders: bytes | bytearray = b"",
    ) -> None:
        self.names, self.folders = [*names], [*folders]
        self.marks, self.of_folders = bytearray(marks), bytearray(of_folders)

    def same_files(self, other: Tally) -> bool:
        """Whether both have the same files as they are, whatever became of their folders."""
        return self.names == other.names and self.marks == other.marks

    def add(self, name: str, path: str) -> None:
        """One file; where nothing is, or a link to nothing, its size is -1."""
        self.names.append(name)
        self.marks += _packed(_of_file(path))

    def below(self, folder: str, name: str = "", but: Collection[str] = ()) -> None:
        """All files below a folder, each after ``name``; links are followed, some folders left out.

        A folder that is not there is remembered as that.
        """
        waiting = [(folder, f"{name}/" if name else "")]
        met: set[str] = set()
        marks: list[int] = []
        while waiting:
            path, before = waiting.pop()
            self.folders.append(before)
            self.of_folders += _packed(_of_folder(path))  # before it is read
            try:
                with os.scandir(path) as entries:
                    found = sorted((entry.name, entry) for entry in entries)
            except OSError:
                continue
            inside = []
            for own, entry in found:
                if not entry.is_dir():
                    self.names.append(before + own)
                    try:
                        status = entry.stat()
                    except OSError:
                        marks += (-1, 0, 0)
                    else:
                        marks += (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                elif own not in but:
                    if entry.is_symlink():
                        real = os.path.realpath(entry.path)
                        if real in met:
                            continue
                        met.add(real)
                    inside.append((entry.path, f"{before}{own}/"))
            waiting += reversed(inside)
        self.marks += _packed(marks)

    def again(self, root: str, but: Collection[str] = ()) -> Tally | None:
        """The same files below ``root`` as they are now; ``None`` where there may be others."""
        if not self.folders or not FOLDERS_TELL:
            return None
        now = Tally(self.names, self.folders, b"", folders_in(root, self.folders))
        spans = ((name, SIZE * n) for n, name in enumerate(self.folders))
        was, seen = memoryview(self.of_folders), memoryview(now.of_folders)
        other = {name for name, at in spans if seen[at : at + SIZE] != was[at : at + SIZE]}
        if not self._has_all(root, other, but):
            return None
        marks: list[int] = []
        look = os.stat
        # From an open folder the system has less of a path to walk, a tenth of all.
        start = os.open(root, os.O_RDONLY) if look in os.supports_dir_fd else None
        base = f"{root}/" if start is None else ""
        try:
            for name in self.names:
                try:
                    status = look(base + name, dir_fd=start)
                except OSError:
                    marks += (-1, 0, 0)
                else:
                    marks += (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        finally:
            if start is not None:
                os.close(start)
        now.marks += _packed(marks)
        return now

    def _has_all(self, root: str, folders: Collection[str], but: Collection[str]) -> bool:
        """Whether a few folders have the names that they had."""
        if not folders:
            return True
        if len(folders) > _FEW:
            return False
        known: dict[str, set[str]] = {folder: set() for folder in folders}
        for names in (self.names, self.folders):
            for name in names:
                folder = name[: name.rstrip("/").rfind("/") + 1]
                if folder in known and name:
                    known[folder].add(name)
        for folder, names_in in known.items():
            try:
                with os.scandir(f"{root}/{folder}") as entries:
                    found = {
                        f"{folder}{entry.name}{'/' * entry.is_dir()}"
                        for entry in entries
                        if entry.name not in but or not entry.is_dir()
                    }
            except OSError:
                found = set()
            if found != names_in:
                return False
        return True

    def replaced(
        self, root: str, gone: Collection[str], fresh: Collection[str], of_folders: bytes
    ) -> Tally:
        """The files once some are gone, and others in the same folders are new or others.

        Only the ``fresh`` ones are looked at.
        """
        from bisect import bisect_left

        now = Tally(self.names, self.folders, self.marks, of_folders)
        places = self.places()
        found = {name: _packed(_of_file(f"{root}/{name}")) for name in fresh}
        for name in found.keys() & places.keys():
            at = SIZE * places[name]
            now.marks[at : at + SIZE] = found.pop(name)
        for place in sorted((places[name] for name in gone), reverse=True):
            del now.names[place], now.marks[SIZE * place : SIZE * (place + 1)]
        for name, marks in found.items():
            place = bisect_left(now.names, _order(name), key=_order)
            now.names.insert(place, name)
            now.marks[SIZE * place : SIZE * place] = marks
        return now

    def numbers(self) -> memoryview[int]:
        """The numbers, three for each file; while they are held, no file can be added."""
        return memoryview(self.marks).cast("q")

    def places(self) -> dict[str, int]:
        """The number of each file in the list, by its name."""
        return {name: number for number, name in enumerate(self.names)}

    def other_than(self, before: Tally) -> set[str]:
        """The files that are not as they were, or are new or gone."""
        if self.names == before.names:
            now, was = memoryview(self.marks), memoryview(before.marks)
            if now == was:
                return set()
            spans = ((name, SIZE * n) for n, name in enumerate(self.names))
            return {name for name, at in spans if now[at : at + SIZE] != was[at : at + SIZE]}
        places = before.places()
        found = set()
        for n, name in enumerate(self.names):
            at = places.pop(name, None)
            if at is None or not self._as(n, before, at):
                found.add(name)
        return found | places.keys()

    def _as(self, number: int, other: Tally, place: int) -> bool:
        here = self.marks[SIZE * number : SIZE * (number + 1)]
        return here == other.marks[SIZE * place : SIZE * (place + 1)]

    def young(self, since: int) -> list[str]:
        """The files that were changed after a time (ns), by their name."""
        return [self.names[n] for n, ns in enumerate(self.numbers()[1::3]) if ns > since]

    def settled(self, since: int) -> bytes:
        """The marks of the folders, for :meth:`again`, but none of those that changed after a time.

        In these something may have come since they were looked at, without another time.
        """
        marks = bytearray(self.of_folders)
        numbers = memoryview(marks).cast("q")
        for number in range(0, len(numbers), 3):
            if numbers[number + 1] > since:
                numbers[number] = _NEVER
        return bytes(marks)


def folders_in(root: str, folders: Sequence[str]) -> bytes:
    """The marks of some folders as they are now."""
    return _packed([mark for name in folders for mark in _of_folder(f"{root}/{name}")])


def size_of(path: str) -> int:
    """The bytes of a file; -1 where there is none."""
    return _of_file(path)[0]


def settle(path: str | os.PathLike[str] | int) -> int:
    """Give a file or folder a time that no later change can have; tells it, in ns."""
    status = os.stat(path)
    when = status.st_mtime_ns - _SETTLED_NS
    os.utime(path, ns=(status.st_atime_ns, when))
    return when


def _of_file(path: str) -> tuple[int, int, int]:
    return _of(path, "st_size")


def _of_folder(path: str) -> tuple[int, int, int]:
    return _of(path, "st_ino")


def _of(path: str, first: str) -> tuple[int, int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return -1, 0, 0
    return getattr(status, first), status.st_mtime_ns, status.st_ctime_ns


def _packed(marks: Sequence[int]) -> bytes:
    try:
        return pack(f"{len(marks)}q", *marks)
    except error:  # a time after 2262, or an inode beyond
        return pack(f"{len(marks)}q", *(min(mark, _LAST) for mark in marks))


def _order(name: str) -> tuple[list[str], str]:
    folder, _, own = name.rpartition("/")
    return folder.split("/"), own
