"""Know from names, sizes and times alone that a publish would change nothing.

After a publish one file remembers lists: of every file that it may have read, as it was before it
read any, of every file of the site as it left it, and of the program's own.  While new lists are
the same there is nothing to do, and nothing else is read.  :mod:`podcast.remembered` writes it.

This is asked before the rest of the program is loaded, which takes ten times as long as to start
Python: so it is made of strings, tuples and lists, without any import that Python has not made.

Times of files are coarse: a file changed twice within one step of the clock may look the same.
So what was young when a list was made goes into it with its content (git calls such files racy),
and what the program makes itself is given a time in the past (:func:`settle`): whoever changes it
later changes its time, too.
"""

from __future__ import annotations

import os
import sys
import time
from struct import error, pack

from podcast.names import (
    CACHE,
    EPISODES,
    GLOSSARY,
    LEDGER,
    NETWORK,
    SHOW,
    SITE,
    TEMPLATES,
    TRANSCRIPTS,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

FILE = "unchanged"
SCHEMA = "unchanged/5"
_SETTLED_NS = 10_000_000_000
# More than this is not read for the sake of a young file: then nothing is remembered.
_MOST_YOUNG = 200_000_000
# These change when a library of the system comes or goes; liblouis is one.
_LIBRARIES = ("/etc/ld.so.cache", "/opt/homebrew/lib", "/usr/local/lib")
_DAY_S = 86_400
_LAST = 2**63 - 1
_OF_PYTHON = ("__pycache__",)
# The sentences in the form in which they are read: made where they are not there.
_MADE = (*_OF_PYTHON, "compiled")


class Left:
    """What a publish left, as far as another one of the same would say it again.

    ``newest`` is the latest date of an episode (s since 1970), ``sends`` whether the show names a
    place that the site is sent to, ``language`` the show's; ``said`` has what is to be said by
    language, with ``{slugs}`` and ``{podcast}`` still open.  Of a network ``slugs`` are the folders
    of its shows, and ``beside`` folders with shows that it leaves out.
    """

    __slots__ = ("beside", "forced", "language", "newest", "said", "sends", "slugs")

    def __init__(
        self,
        slugs: Sequence[str],
        forced: bool,
        newest: int,
        sends: bool,
        language: str,
        said: dict[str, list[str]],
        beside: Sequence[str] = (),
    ) -> None:
        self.slugs, self.forced, self.newest = slugs, forced, newest
        self.sends, self.language, self.said, self.beside = sends, language, said, beside


class Listing:
    """Files: their names, and of each its size and the times of its content and itself, in ns.

    The numbers stand as bytes, eight for each (:meth:`numbers`): a large site has half a million.
    Of what :meth:`below` has found, ``inodes`` say which file it is.
    """

    __slots__ = ("inodes", "marks", "names")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.marks = bytearray()
        self.inodes: list[int] = []

    def add(self, name: str, path: str) -> None:
        """One file; where nothing is, or a link to nothing, its size is -1."""
        self.names.append(name)
        try:
            status = os.stat(path)
        except OSError:
            self._mark([-1, 0, 0])
        else:
            self._mark([status.st_size, status.st_mtime_ns, status.st_ctime_ns])

    def _mark(self, marks: list[int]) -> None:
        try:
            self.marks += pack(f"{len(marks)}q", *marks)
        except error:  # a time after 2262
            self.marks += pack(f"{len(marks)}q", *(min(mark, _LAST) for mark in marks))

    def numbers(self) -> memoryview[int]:
        """The numbers, three for each file; while they are held, no file can be added."""
        return memoryview(self.marks).cast("q")

    def places(self) -> dict[str, int]:
        """The number of each file in the list, by its name."""
        return {name: number for number, name in enumerate(self.names)}

    def below(
        self,
        folder: str,
        name: str = "",
        but: Sequence[str] = _OF_PYTHON,
        known: Known | None = None,
    ) -> None:
        """All files below a folder, each after ``name``; links are followed, some folders left out.

        They come as the disk gives them, which is always the same while nothing changes.  Those
        that are ``known`` are not looked at.
        """
        waiting = [(folder, f"{name}/" if name else "")]
        met: set[str] = set()
        names, inodes = self.names, self.inodes
        while waiting:
            path, before = waiting.pop()
            marks: list[int] = []
            try:
                entries = os.scandir(path)
            except OSError:
                continue
            with entries:
                for entry in entries:
                    if not entry.is_dir():
                        file = before + entry.name
                        if known and (same := known.marks(file)):
                            marks += same
                        else:
                            try:
                                status = entry.stat()
                            except OSError:
                                marks += (-1, 0, 0)
                            else:
                                marks += (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                        names.append(file)
                        inodes.append(entry.inode())
                    elif entry.name not in but:
                        if entry.is_symlink():
                            real = os.path.realpath(entry.path)
                            if real in met:
                                continue
                            met.add(real)
                        waiting.append((entry.path, f"{before}{entry.name}/"))
            self._mark(marks)

    def young(self, since: int) -> list[str]:
        """The files that were changed after a time (ns), by their name."""
        return [self.names[n] for n, ns in enumerate(self.numbers()[1::3]) if ns > since]

    def packed(self) -> bytes:
        """All of it as bytes that are equal where the lists are."""
        names = "\0".join(self.names).encode(errors="surrogateescape")
        return b"%d\0%b\0" % (len(self.names), names) + self.marks


class Known:
    """Files of an older list that are as they were then: all of it ``but`` some.

    ``places`` are :meth:`Listing.places`.
    """

    __slots__ = ("_but", "_numbers", "_places")

    def __init__(self, before: Listing, places: Mapping[str, int], but: Set[str]) -> None:
        self._numbers, self._places, self._but = before.numbers(), places, but

    def marks(self, name: str) -> Sequence[int]:
        """The three numbers of a file; none where it must be looked at."""
        place = self._places.get(name)
        if place is None or name in self._but:
            return ()
        return self._numbers[3 * place : 3 * place + 3]


def names_below(folder: str | os.PathLike[str]) -> list[str]:
    """The files below a folder, sorted, by their path from there."""
    found = Listing()
    found.below(os.fspath(folder))
    return sorted(found.names)


def inputs(root: str) -> Listing:
    """What every publish may read: the usual places of the workspace, and the program."""
    found = Listing()
    with os.scandir(root) as entries:
        for name in sorted(e.name for e in entries if e.is_file() and e.name[0] != "."):
            if name != LEDGER:
                found.add(name, f"{root}/{name}")
    for name in (EPISODES, TRANSCRIPTS, TEMPLATES):
        found.below(f"{root}/{name}", name)
    around = os.path.dirname(root)
    if around != root and os.path.isfile(f"{around}/{NETWORK}"):
        for name in (NETWORK, GLOSSARY):
            found.add(f"../{name}", f"{around}/{name}")
        found.below(f"{around}/{TEMPLATES}", f"../{TEMPLATES}")
    program = _PROGRAM or [_program()]
    _PROGRAM[:] = program
    found.names += program[0].names
    found.marks += program[0].marks
    return found


_PROGRAM: list[Listing] = []
"""It is looked at once, however many shows there are."""


def _program() -> Listing:
    found = Listing()
    package = os.path.dirname(os.path.abspath(__file__))
    for folder in (package, f"{os.path.dirname(package)}/{TEMPLATES}"):
        found.below(folder, folder, _MADE)
    found.names += (sys.version, os.environ.get("PODCAST_LIBLOUIS", ""))
    found.marks += bytes(48)
    for path in _LIBRARIES:
        found.add(path, path)
    for path in sys.path:
        if path.endswith("site-packages"):  # its time changes with every package
            found.add(path, path)
    return found


def named(root: str, names: Iterable[str]) -> Listing:
    """Some files of a workspace."""
    found = Listing()
    for name in names:
        found.add(name, f"{root}/{name}")
    return found


def site_in(folder: str, name: str = "", known: Known | None = None) -> Listing:
    """The files of a site; ``name`` and ``known`` are as in :meth:`Listing.below`."""
    found = Listing()
    found.below(folder, name, known=known)
    # A sound's name says what is in it; a network's site has links to it, which come and go.
    numbers = found.numbers()
    for number, file in enumerate(found.names):
        if "/audio/" in file or file[:6] == "audio/":
            numbers[3 * number + 2] = 0
    return found


def outputs(root: str, site: Listing | None = None) -> Listing:
    """What a publish leaves: the ledger and the site, which may be looked at already."""
    found = named(root, (LEDGER,))
    if site:
        names = [f"{SITE}/{file}" for file in site.names]
    else:
        site = site_in(f"{root}/{SITE}", SITE)
        names = site.names
    found.names += names
    found.marks += site.marks
    return found


def with_young(root: str, found: Listing, young: Iterable[str]) -> bytes:
    """A list as bytes, with the content of what was young when it was made."""
    return found.packed() + b"".join(_content(os.path.join(root, name)) for name in young)


def _content(file: str) -> bytes:
    import hashlib

    try:
        if os.path.isfile(file) and os.path.getsize(file) < _MOST_YOUNG:
            with open(file, "rb") as opened:
                return hashlib.file_digest(opened, "sha256").digest()
    except OSError:
        pass
    return os.urandom(8)  # as if it changed each time


def stands(root: str, slugs: Sequence[str], force: bool) -> Left | None:
    """What a publish of these episodes would only say again, or ``None`` where it must be done."""
    try:
        with open(f"{root}/{CACHE}/{FILE}", "rb") as file:
            raw = file.read()
        size, _, rest = raw.partition(b"\n")
        head, lists = rest[: int(size)], rest[int(size) :]
        fields = iter(head.decode(errors="surrogateescape").split("\0"))
        if next(fields) != SCHEMA:
            return None
        left = Left(
            slugs=_several(fields),
            forced=next(fields) == "forced",
            newest=int(next(fields)),
            sends=next(fields) == "sends",
            language=next(fields),
            said={language: _several(fields) for language in _several(fields)},
            beside=_several(fields),
        )
        if not set(slugs) <= set(left.slugs) or (left.forced and not force):
            return None
        if time.time() < left.newest - _DAY_S:
            return None  # the clock is wrong, which is told
        at = 0
        for look in (inputs, None, outputs):
            names, young = _several(fields), _several(fields)
            now = with_young(root, look(root) if look else named(root, names), young)
            if not lists.startswith(now, at):
                return None
            at += len(now)
        return left if at == len(lists) else None
    except (OSError, ValueError, StopIteration, OverflowError):
        return None  # only a cache: what is not known is done


def network_stands(root: str) -> Left | None:
    """What building a network and all its shows would only say again, or ``None``."""
    left = stands(root, (), force=True)
    if not left or {*shows_in(root)} != {*left.slugs, *left.beside}:
        return None
    for folder in left.slugs:
        show = f"{root}/{folder}"
        if os.path.isfile(f"{show}/{LEDGER}") and not stands(show, (), force=True):
            return None
    return left


def shows_in(root: str) -> list[str]:
    """The folders of a network that have a show, sorted."""
    with os.scandir(root) as entries:
        return sorted(e.name for e in entries if os.path.isfile(f"{e.path}/{SHOW}"))


def _several(fields: Iterator[str]) -> list[str]:
    return [next(fields) for _ in range(int(next(fields)))]


def settle(path: str | os.PathLike[str] | int) -> None:
    """Give a file that was made now a time that no later change can have."""
    status = os.stat(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - _SETTLED_NS))
