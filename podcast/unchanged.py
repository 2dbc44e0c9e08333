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
from podcast.tally import SIZE, Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

FILE = "unchanged"
SCHEMA = "unchanged/6"
LISTS = 5
_DIGEST = 32
# More than this is not read for the sake of a young file: then nothing is remembered.
_MOST_YOUNG = 200_000_000
# These change when a library of the system comes or goes; liblouis is one.
_LIBRARIES = ("/etc/ld.so.cache", "/opt/homebrew/lib", "/usr/local/lib")
_DAY_S = 86_400
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


def names_below(folder: str | os.PathLike[str]) -> list[str]:
    """The files below a folder, sorted, by their path from there."""
    found = Tally()
    found.below(os.fspath(folder), but=_OF_PYTHON)
    return sorted(found.names)


def around(root: str) -> Tally:
    """What every publish may read and is soon looked at: beside the folders, and the program."""
    found = Tally()
    with os.scandir(root) as entries:
        for name in sorted(e.name for e in entries if e.is_file() and e.name[0] != "."):
            if name != LEDGER:
                found.add(name, f"{root}/{name}")
    if network := _network_of(root):
        for name in (NETWORK, GLOSSARY):
            found.add(f"../{name}", f"{network}/{name}")
    program = _PROGRAM or [_program()]
    _PROGRAM[:] = program
    found.names += program[0].names
    found.marks += program[0].marks
    return found


def _network_of(root: str) -> str:
    above = os.path.dirname(root)
    return above if above != root and os.path.isfile(f"{above}/{NETWORK}") else ""


def inside(root: str, before: Tally | None = None) -> Tally:
    """What people put into the folders of a workspace; quick where it is as ``before``."""
    tops = [EPISODES, TRANSCRIPTS, TEMPLATES]
    if network := _network_of(root):
        tops.append(f"../{TEMPLATES}")
    known = before and [f"{top}/" for top in tops] == [f for f in before.folders if f[:-1] in tops]
    if before and known and (now := before.again(root, _OF_PYTHON)):
        return now
    found = Tally()
    for name in tops:
        path = f"{network}/{TEMPLATES}" if name[:2] == ".." else f"{root}/{name}"
        found.below(path, name, _OF_PYTHON)
    return found


_PROGRAM: list[Tally] = []
"""It is looked at once, however many shows there are."""


def _program() -> Tally:
    found = Tally()
    package = os.path.dirname(os.path.abspath(__file__))
    for folder in (package, f"{os.path.dirname(package)}/{TEMPLATES}"):
        found.below(folder, folder, _MADE)
    found.names += (sys.version, os.environ.get("PODCAST_LIBLOUIS", ""))
    found.marks += bytes(2 * SIZE)
    for path in _LIBRARIES:
        found.add(path, path)
    for path in sys.path:
        if path.endswith("site-packages"):  # its time changes with every package
            found.add(path, path)
    return found


def named(root: str, names: Iterable[str]) -> Tally:
    """Some files of a workspace."""
    found = Tally()
    for name in names:
        found.add(name, f"{root}/{name}")
    return found


def site_in(folder: str, before: Tally | None = None) -> Tally:
    """The files of a site; quick where they are those of ``before``."""
    found = before.again(folder, _OF_PYTHON) if before else None
    if not found:
        found = Tally()
        found.below(folder, but=_OF_PYTHON)
    return unlinked(found)


def unlinked(found: Tally) -> Tally:
    """The files of a site without the times that links to its sounds change.

    A sound's name says what is in it; a network's site has links to it, which come and go.
    """
    numbers = found.numbers()
    for number, file in enumerate(found.names):
        if "audio/" in file and ("/audio/" in file or file[:6] == "audio/"):
            numbers[3 * number + 2] = 0
    return found


def content(root: str, young: Iterable[str]) -> bytes:
    """What is in files that were young when they were looked at, 32 bytes of each."""
    return b"".join(_content(os.path.join(root, name)) for name in young)


def _content(path: str) -> bytes:
    import hashlib

    try:
        if os.path.isfile(path) and os.path.getsize(path) < _MOST_YOUNG:
            with open(path, "rb") as opened:
                return hashlib.file_digest(opened, "sha256").digest()
    except OSError:
        pass
    return os.urandom(_DIGEST)  # as if it changed each time


class Seen:
    """What every publish of a workspace may read, as it was when this one was asked for.

    ``touched`` are the files that are not as they were before the last one, by their name; none
    where more than files of the workspace may have changed.
    """

    __slots__ = ("around", "inside", "root", "touched")

    def __init__(self, root: str, around: Tally, inside: Tally, touched: Set[str] | None) -> None:
        self.root, self.around, self.inside, self.touched = root, around, inside, touched


class _Memory:
    """What was remembered: what the publish left, and five lists with what was young in each.

    They are :func:`around`, :func:`inside`, files by name that were read besides, the ledger, and
    the site.
    """

    __slots__ = ("left", "lists")

    def __init__(self, raw: bytes) -> None:
        size, _, rest = raw.partition(b"\n")
        head, body = rest[: int(size)], rest[int(size) :]
        fields = _Fields(head.decode(errors="surrogateescape").split("\0"))
        if fields.one() != SCHEMA:
            raise ValueError
        self.left = Left(
            slugs=fields.several(),
            forced=fields.one() == "forced",
            newest=int(fields.one()),
            sends=fields.one() == "sends",
            language=fields.one(),
            said={language: fields.several() for language in fields.several()},
            beside=fields.several(),
        )
        self.lists: list[tuple[Tally, list[str], bytes]] = []
        at = 0
        for _ in range(LISTS):
            names, folders, young = fields.several(), fields.several(), fields.several()
            ends = [SIZE * len(names), SIZE * len(folders), _DIGEST * len(young)]
            parts = []
            for length in ends:
                parts.append(body[at : at + length])
                at += length
            self.lists.append((Tally(names, folders, *parts[:2]), young, parts[2]))
        if at != len(body) or fields.rest():
            raise ValueError

    def same(self, number: int, now: Tally, root: str) -> bool:
        """Whether one of the lists is as it was, with the content of what was young."""
        was, young, said = self.lists[number]
        return now.same_files(was) and content(root, young) == said


def stands(root: str, slugs: Sequence[str], force: bool) -> Left | None:
    """What a publish of these episodes would only say again, or ``None`` where it must be done."""
    return compared(root, slugs, force)[0]


def compared(root: str, slugs: Sequence[str], force: bool) -> tuple[Left | None, Seen | None]:
    """The same, and what was seen where it must be done."""
    try:
        with open(f"{root}/{CACHE}/{FILE}", "rb") as file:
            memory = _Memory(file.read())
        (_, young, _), left = memory.lists[1], memory.left
        now = around(root), inside(root, memory.lists[1][0])
        besides = named(root, memory.lists[2][0].names)
        beside = memory.same(0, now[0], root) and memory.same(2, besides, root)
        if not beside or not memory.same(1, now[1], root):
            touched = {*now[1].other_than(memory.lists[1][0]), *young} if beside else None
            return None, Seen(root, *now, touched)
        seen = Seen(root, *now, {*young})
        if not set(slugs) <= set(left.slugs) or (left.forced and not force):
            return None, seen
        if time.time() < left.newest - _DAY_S:
            return None, seen  # the clock is wrong, which is told
        if not memory.same(3, named(root, (LEDGER,)), root):
            return None, seen
        site = f"{root}/{SITE}"
        there = site_in(site, memory.lists[4][0])
        return (left if memory.same(4, there, site) else None), seen
    except (OSError, ValueError, IndexError, OverflowError):
        return None, None  # only a cache: what is not known is done


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


class _Fields:
    """Texts one after the other; of several, their number is told first."""

    __slots__ = ("_at", "_texts")

    def __init__(self, texts: list[str]) -> None:
        self._texts, self._at = texts, 0

    def one(self) -> str:
        self._at += 1
        return self._texts[self._at - 1]

    def several(self) -> list[str]:
        count = int(self.one())
        found = self._texts[self._at : self._at + count] if count else []
        if len(found) != count:
            raise ValueError
        self._at += count
        return found

    def rest(self) -> bool:
        return self._at != len(self._texts)
