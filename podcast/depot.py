"""Where the machines of a cluster leave sounds and words for each other: a folder or a bucket.

A sound is named by its own digest and words by the key of their request, so nothing there is ever
changed: who puts a name a second time puts the same.  Every file appears whole or not at all.

    sounds/<SHA-256 of the samples>.s16    taken away when its words are with the show
    words/<key of the request>.jsonl       stays: the same request is never worked on again
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from podcast import deploy
from podcast.deploy.s3 import S3
from podcast.errors import Outside, Place, Usage, fault
from podcast.recognition import Request
from podcast.workspace import disk_kind, ensure_folder, write

_BLOCK = 1 << 20


class Shelf(Protocol):
    """What a depot needs of a folder or a bucket."""

    def has(self, path: str) -> bool: ...
    def read(self, path: str) -> bytes | None: ...
    def fetch(self, path: str, made: IO[bytes]) -> bool: ...
    def put(self, files: list[deploy.Upload], sent: deploy.Sent) -> None: ...
    def delete(self, paths: list[str]) -> None: ...


class Depot:
    """Sounds and words of many shows; raises :class:`Outside` where the place cannot be reached."""

    def __init__(self, shelf: Shelf, scratch: Path) -> None:
        self._shelf, self._scratch = shelf, scratch

    def give_sound(self, request: Request, samples: Path) -> None:
        """Put the samples there, unless they are."""
        path = _sound(request)
        if not self._shelf.has(path):
            self._shelf.put(
                [deploy.Upload(path, samples, samples.stat().st_size)], lambda sent: None
            )

    def take_sound(self, request: Request, made: Path) -> None:
        """Copy the samples from there; raises :class:`Outside` where they are not, or are damaged.

        Damaged ones are taken away, so that they are put there anew.
        """
        ensure_folder(made.parent)
        try:
            with made.open("w+b") as file:
                there = self._shelf.fetch(_sound(request), file)
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise Outside(fault(disk_kind(error), Place(made.parent.name))) from error
        if not there:
            raise Outside(fault("cluster.sound_gone"))
        if digest != request.sound:
            self._shelf.delete([_sound(request)])
            raise Outside(fault("cluster.sound_damaged"))

    def drop_sound(self, request: Request) -> None:
        """Take the samples away; they may be gone already."""
        self._shelf.delete([_sound(request)])

    def words(self, request: Request) -> str | None:
        """The words file of this request, if somebody has made it; what is none is not taken."""
        raw = self._shelf.read(_words(request))
        text = raw.decode("utf-8", "replace") if raw else ""
        return text if text and request.answered_by(text) else None

    def give_words(self, request: Request, text: str) -> None:
        """Put a words file there."""
        ensure_folder(self._scratch)
        made = self._scratch / f"{request.key}.words"
        write(made, text)
        try:
            self._shelf.put(
                [deploy.Upload(_words(request), made, made.stat().st_size)], lambda sent: None
            )
        finally:
            made.unlink(missing_ok=True)


def _sound(request: Request) -> str:
    return f"sounds/{request.sound}.s16"


def _words(request: Request) -> str:
    return f"words/{request.key}.jsonl"


class _Folder:
    """A folder that all the machines have mounted, each wherever it likes.

    Unlike the folder that a site is sent to, many write to it at a time: each file has a name of
    its own until it is whole.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def has(self, path: str) -> bool:
        return (self._root / path).is_file()

    def read(self, path: str) -> bytes | None:
        try:
            return (self._root / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(path) from error

    def fetch(self, path: str, made: IO[bytes]) -> bool:
        try:
            source = (self._root / path).open("rb")
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._unreadable(path) from error
        with source:
            shutil.copyfileobj(source, made, _BLOCK)
        return True

    def put(self, files: list[deploy.Upload], sent: deploy.Sent) -> None:
        for file in files:
            target = self._root / file.path
            try:
                target.parent.mkdir(exist_ok=True)
                part = target.with_name(f".{uuid.uuid4().hex}.part")
                try:
                    with file.source.open("rb") as source, part.open("xb") as out:
                        shutil.copyfileobj(source, out, _BLOCK)
                        out.flush()
                        os.fsync(out.fileno())
                    os.replace(part, target)
                finally:
                    part.unlink(missing_ok=True)
            except OSError as error:
                raise Outside(fault(disk_kind(error), Place(str(self._root)))) from error

    def delete(self, paths: list[str]) -> None:
        for path in paths:
            try:
                (self._root / path).unlink(missing_ok=True)
            except OSError as error:
                raise Outside(fault(disk_kind(error), Place(str(self._root)))) from error

    def _unreadable(self, path: str) -> Outside:
        return Outside(fault("file.unreadable", Place(str(self._root / path))))


@contextmanager
def open_depot(address: str, scratch: Path) -> Iterator[Depot]:
    """The depot at an address: a folder that exists, or ``s3://bucket/prefix`` as in ``deploy``.

    Raises :class:`Outside` where it is not there, :class:`Usage` for another kind of place.
    """
    kind = deploy.scheme(address)
    if kind == "s3":
        with deploy.open_target(address, scratch) as target:
            assert isinstance(target, S3)
            yield Depot(target, scratch)
        return
    if kind:
        raise Usage(fault("cluster.store", address=address))
    root = Path(address).expanduser()
    if not root.is_dir():  # a disk that is not mounted must not be taken for an empty folder
        raise Outside(fault("cluster.no_store", folder=address))
    yield Depot(_Folder(root.resolve()), scratch)
