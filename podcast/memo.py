"""Know what was done already: digests of files, keys of slow work, and values that are kept.

All of it is cache: it may be deleted at any time, and what is damaged counts as not there.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from podcast.workspace import ensure_folder, write

if TYPE_CHECKING:
    from msgspec.json import Decoder as Json
    from msgspec.msgpack import Decoder as Packed

T = TypeVar("T")
_DECODERS: dict[tuple[object, object], Any] = {}
_LEARNS = Lock()
# Within so much time a file may change and keep its time (FAT steps by two seconds).
_YOUNG_NS = 2_000_000_000


def key(*parts: object) -> str:
    """A short name for a piece of work: the same inputs give the same name, anywhere."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def key_of(*values: object) -> str:
    """The same for frozen values, fast: by all that their fields hold."""
    import msgspec

    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()[:24]


class Names:
    """Keys of values of which many hold the same large ones: each of these is read once.

    ``large`` are the kinds of these.  One is known again by being the same object, and is held
    here, so that no other can come to be in its place.
    """

    def __init__(self, *large: type) -> None:
        self._large = frozenset(large)
        self._known: dict[int, tuple[object, str]] = {}

    def key_of(self, *values: object) -> str:
        """The same as :func:`key_of`, with the names of large values in their places."""
        return key_of([self._told(value) for value in values])

    def of(self, value: object) -> str:
        """Names one value."""
        return self._name(value) if type(value) in self._large else self.key_of(value)

    def learn(self, value: object, name: str) -> str:
        """Take a name for a large value: nothing else that may be named has it."""
        self._known[id(value)] = value, name
        return name

    def _told(self, value: object) -> object:
        if type(value) is tuple:
            return [self._told(each) for each in value]
        return self._name(value) if type(value) in self._large else value

    def _name(self, value: object) -> str:
        known = self._known.get(id(value))
        return known[1] if known else self.learn(value, key_of(value))


@cache
def program() -> str:
    """Names this program: what another one has made is made again.

    It is its own sources, Python's version, and those of all packages that are installed beside it.
    """
    total = hashlib.sha256(sys.version.encode())
    package = str(Path(__file__).parent)
    for folder, inside, names in os.walk(package):
        inside[:] = sorted({*inside} - {"__pycache__"})
        for name in sorted(names):
            if name.endswith((".py", ".po")) or name == "en.toml":
                below = f"{folder.removeprefix(package)}/{name}"
                total.update(below.encode() + b"\0" + Path(folder, name).read_bytes())
    for folder in sys.path:
        with suppress(OSError):
            with os.scandir(folder or ".") as entries:
                packages = sorted(e.name for e in entries if e.name.endswith(".dist-info"))
            total.update("\0".join(packages).encode())
    return total.hexdigest()[:16]


def keep(file: Path, name: str, value: object) -> None:
    """Keep a value of frozen dataclasses under a name, whole or not at all."""
    import msgspec

    keep_bytes(file, name, msgspec.json.encode(value))


def kept(file: Path, name: str, cls: type[T]) -> T | None:
    """The value that was kept under this name; ``None`` where it is another's, damaged or lost."""
    import msgspec

    try:
        raw = kept_bytes(file, name)
        return None if raw is None else _decoder(msgspec.json.Decoder, cls).decode(raw)
    except ValueError:
        return None


def keep_bytes(file: Path, name: str, raw: bytes) -> None:
    """Keep bytes under a name, whole or not at all."""
    ensure_folder(file.parent)
    head = f"{name} {hashlib.sha256(raw).hexdigest()}\n".encode()
    write(file, (head, raw), lasting=False)


def kept_bytes(file: Path, name: str) -> bytes | None:
    """The bytes that were kept under this name; ``None`` where they are others, damaged or lost."""
    try:
        head, _, raw = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    return raw if head == f"{name} {hashlib.sha256(raw).hexdigest()}".encode() else None


def named_as(file: Path) -> str:
    """What names a kept file with all that is in it; nothing where there is none."""
    try:
        with file.open("rb") as lying:
            return lying.readline().decode(errors="replace")
    except OSError:
        return ""


def unproved(file: Path, name: str, cls: type[T]) -> T | None:
    """What was packed and kept under this name, as it lies there; ``None`` where it is another's.

    It is for who knows a digest of each part that is used: to prove a large whole takes longer.
    """
    try:
        raw = file.read_bytes()
        head = f"{name} ".encode()
        return (
            unpacked(memoryview(raw)[raw.index(b"\n") + 1 :], cls)
            if raw[: len(head)] == head
            else None
        )
    except (OSError, ValueError):
        return None


def packed(value: object) -> bytes:
    """A value of frozen dataclasses as bytes, for large ones; dates would lose their zone."""
    import msgspec

    return msgspec.msgpack.encode(value)


def unpacked(raw: bytes | memoryview, cls: type[T]) -> T:
    """The value again."""
    import msgspec

    found: T = _decoder(msgspec.msgpack.Decoder, cls).decode(raw)
    return found


def _decoder(kind: type[Json[T] | Packed[T]], cls: type[T]) -> Json[T] | Packed[T]:
    # Two threads that show msgspec the same dataclass for the first time end the process: the
    # second finds what the first is still filling.
    with _LEARNS:
        known: Json[T] | Packed[T] | None = _DECODERS.get((kind, cls))
        if known is None:
            known = _DECODERS[kind, cls] = kind(cls)
        return known


def each_kept(
    file: Path,
    names: Names,
    all_of: object,
    of: Sequence[object],
    make: Callable[[Sequence[int]], Sequence[bytes]],
) -> list[bytes]:
    """Texts in order, each made again only where what it is made from has changed.

    ``all_of`` is what all are made from, ``of`` what each is made from besides; ``make`` gives
    those at some indexes.  They are kept in ``file``.
    """
    common = names.key_of(program(), all_of)
    keys = [names.of(each) for each in of]
    known = _texts_in(file, common)
    new = [n for n, name in enumerate(keys) if name not in known]
    known |= zip((keys[n] for n in new), make(new), strict=True)
    if new or len(known) != len({*keys}):
        keep_bytes(file, common, packed({name: known[name] for name in keys}))
    return [known[name] for name in keys]


def _texts_in(file: Path, common: str) -> dict[str, bytes]:
    try:
        raw = kept_bytes(file, common)
        return unpacked(raw, dict[str, bytes]) if raw else {}
    except ValueError:
        return {}


class Digests:
    """SHA-256 of files, remembered by size and times so that long recordings are read once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        # « size time inode digest »: one text takes half the room of its four values.
        self._known: dict[str, str] = {}
        self._changed = False
        try:
            loaded = json.loads(file.read_text("utf-8"))
            self._known = loaded if isinstance(loaded, dict) else {}
        except (OSError, ValueError):
            pass  # only a cache: what is not known is read again

    def of(self, path: Path) -> str:
        """The digest of one file; raises :class:`OSError` for what is none.

        A pipe or a device would be read for ever.
        """
        name = str(path)
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), name)
        mark = f"{status.st_size} {status.st_mtime_ns} {status.st_ino} "
        known = self._known.get(name)
        if isinstance(known, str) and known.startswith(mark):
            return known.removeprefix(mark)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if status.st_mtime_ns < time.time_ns() - _YOUNG_NS:
            self._known[name] = mark + digest
            self._changed = True
        return digest

    def all(self, paths: Sequence[Path]) -> list[str]:
        """The digests of several files, in order."""
        return [self.of(path) for path in paths]

    def forget(self, paths: Iterable[Path]) -> None:
        """Files that are gone for good."""
        for path in paths:
            self._changed |= self._known.pop(str(path), None) is not None

    def save(self) -> None:
        """Remember for the next run."""
        if self._changed:
            write(self._file, json.dumps(self._known))
            self._changed = False
