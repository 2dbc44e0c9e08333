"""Know from names, sizes and times alone that a publish would change nothing.

After a publish one file remembers the digest of a list: every file that it may have read, as it
was before it read any, every file of the site as it left it, and the program's own.  While a new
list has the same digest there is nothing to do, and nothing else is read.

Times of files are coarse: a file changed twice within one step of the clock may look the same.
So what was young when the list was made goes into it with its content (git calls such files
racy), and what the program makes itself is given a time in the past (:func:`settle`): whoever
changes it later changes its time, too.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from podcast.places import Places

FILE = "unchanged.json"
# FAT steps by two seconds, all others by less.
_YOUNG_NS = 2_000_000_000
_SETTLED_NS = 10_000_000_000
# More than this is not read for the sake of a young file: then nothing is remembered.
_MOST_YOUNG = 200_000_000
# These change when a library of the system comes or goes; liblouis is one.
_LIBRARIES = ("/etc/ld.so.cache", "/opt/homebrew/lib", "/usr/local/lib")
Row = tuple[str, int, int, int]
"""Name, size, and the times of change of content and of the file itself, in ns."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a publish left, as far as another one of the same would say it again.

    ``newest`` is the latest date of an episode, ``says`` are sentences by key, ``sends`` tells
    whether the show names a place that the site is sent to.
    """

    slugs: tuple[str, ...]
    forced: bool
    newest: str
    says: tuple[str, ...]
    sends: bool


@dataclass(frozen=True, slots=True)
class Look:
    """Files as they were: those named, or what every publish may read where none is.

    ``young`` are those that count with their content.
    """

    named: tuple[str, ...] | None
    young: tuple[str, ...]
    digest: str


def look(places: Places, clock: int, named: Iterable[str] | None = None) -> Look:
    """Take down files before they are read; names are relative to the workspace.

    ``clock`` is the disk's own time (ns), which is not this machine's where the disk is another's.
    """
    names = None if named is None else tuple(sorted(named))
    return _look(
        places, clock, names, list(_inputs(places) if names is None else _named(places, names))
    )


def _look(places: Places, clock: int, names: tuple[str, ...] | None, found: Sequence[Row]) -> Look:
    young = tuple(name for name, _, changed, _ in found if changed > clock - _YOUNG_NS)
    return Look(names, young, _digest(places, found, young))


def told(places: Places, clock: int, before: Sequence[Look], left: Left) -> str:
    """What is to be remembered of what stands now."""
    said = {
        "inputs": [asdict(one) for one in before],
        "site": asdict(_look(places, clock, (), rows(places.site, "site"))),
        "ledger": _content(places.ledger),
        "left": asdict(left),
    }
    return json.dumps(said)


def stands(places: Places, slugs: Sequence[str], force: bool) -> Left | None:
    """What a publish of these episodes would only say again, or ``None`` where it must be done."""
    try:
        known = json.loads((places.cache / FILE).read_bytes())
        left = Left(**known["left"])
        if not set(slugs) <= set(left.slugs) or (left.forced and not force):
            return None
        if datetime.now(UTC) < datetime.fromisoformat(left.newest) - timedelta(days=1):
            return None  # the clock is wrong, which is told
        for was in known["inputs"]:
            named = was["named"]
            if not _same(was, places, _inputs(places) if named is None else _named(places, named)):
                return None
        if not _same(known["site"], places, rows(places.site, "site")):
            return None
        return left if known["ledger"] == _content(places.ledger) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # only a cache: what is not known is done


def _same(was: Mapping[str, Any], places: Places, found: Iterable[Row]) -> bool:
    return bool(was["digest"] == _digest(places, found, was["young"]))


def settle(path: Path) -> None:
    """Give a file that was made now a time that no later change can have."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - _SETTLED_NS))


def _inputs(places: Places) -> Iterator[Row]:
    """What every publish may read: the usual places of the workspace, and the program."""
    root = str(places.root)
    with os.scandir(root) as entries:
        yield from sorted(
            _row(entry.name, entry)
            for entry in entries
            if entry.is_file() and entry.name != places.ledger.name and entry.name[0] != "."
        )
    for folder in (places.episodes, places.transcripts, places.templates):
        yield from rows(folder, folder.name)
    package = Path(__file__).parent
    yield from rows(package, str(package))
    yield from rows(package.parent / "templates", str(package.parent / "templates"))
    yield sys.version, 0, 0, 0
    yield os.environ.get("PODCAST_LIBLOUIS", ""), 0, 0, 0
    yield from (_row(name, Path(name)) for name in _LIBRARIES)
    for path in sys.path:
        if path.endswith("site-packages"):  # its time changes with every package
            yield _row(path, Path(path))


def _named(places: Places, names: Iterable[str]) -> Iterator[Row]:
    return (_row(name, places.root / name) for name in names)


def rows(folder: Path, name: str = "") -> list[Row]:
    """All files below a folder, sorted, each after ``name``; links are followed."""
    found: list[Row] = []
    waiting = [(str(folder), name)]
    met: set[str] = set()
    while waiting:
        path, name = waiting.pop()
        try:
            entries = os.scandir(path)
        except OSError:
            continue
        with entries:
            for entry in entries:
                inner = f"{name}/{entry.name}" if name else entry.name
                if not entry.is_dir():
                    found.append(_row(inner, entry))
                elif entry.name != "__pycache__":
                    if entry.is_symlink():
                        real = os.path.realpath(entry.path)
                        if real in met:
                            continue
                        met.add(real)
                    waiting.append((entry.path, inner))
    found.sort()
    return found


def _row(name: str, file: os.DirEntry[str] | Path) -> Row:
    try:
        status = file.stat()
    except OSError:
        return name, -1, 0, 0  # nothing is there, or a link to nothing
    return name, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _digest(places: Places, found: Iterable[Row], young: Collection[str]) -> str:
    total = hashlib.sha256(repr(list(found)).encode(errors="surrogateescape"))
    for name in young:
        total.update(_content(places.root / name).encode())
    return total.hexdigest()


def _content(file: Path) -> str:
    try:
        if file.stat().st_size < _MOST_YOUNG and file.is_file():
            with file.open("rb") as opened:
                return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        pass
    return os.urandom(8).hex()  # as if it changed each time
