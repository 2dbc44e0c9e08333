"""A folder of this machine, or one that is mounted here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from podcast.deploy import Sent, Target, Upload
from podcast.errors import Busy, Outside, Place, fault
from podcast.workspace import disk_kind

SCHEMES = ("",)
PROGRAMS: tuple[str, ...] = ()
_BLOCK = 1 << 20


class Folder:
    """Every file is written beside its place, synced, and moved there."""

    at_once = False
    one_by_one = True

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Outside(fault("file.unreadable", Place(str(self.root / path)))) from error

    def put(self, files: Sequence[Upload], sent: Sent) -> None:
        done = 0
        for file in files:
            try:
                for block in self._put(file):
                    done += block
                    sent(done)
            except OSError as error:
                # On a disk that is full, half of a sound would keep it so.
                with suppress(OSError):
                    _part(self.root / file.path).unlink(missing_ok=True)
                raise Outside(fault(disk_kind(error), Place(str(self.root)))) from error
        for folder in {(self.root / file.path).parent for file in files}:
            _sync(folder)

    def _put(self, file: Upload) -> Iterator[int]:
        target = self.root / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = _part(target)
        with file.source.open("rb") as source, part.open("wb") as out:
            while block := source.read(_BLOCK):
                out.write(block)
                yield len(block)
            out.flush()
            os.fsync(out.fileno())
        try:
            part.chmod(0o644)
            os.replace(part, target)
        except FileNotFoundError as error:  # another run writes the same, and was faster
            raise Busy(fault("deploy.changed", address=str(self.root))) from error

    def delete(self, paths: Sequence[str]) -> None:
        for path in paths:
            target = self.root / path
            try:
                target.unlink(missing_ok=True)
                _part(target).unlink(missing_ok=True)
                for folder in target.parents:
                    if folder == self.root or any(folder.iterdir()):
                        break
                    folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise Outside(fault(disk_kind(error), Place(str(target)))) from error

    def finish(self, message: str, sent: Sent) -> None:
        """Each file was shown as it came."""


def _part(target: Path) -> Path:
    """Where a file is until it is whole."""
    return target.with_name(f".{target.name}.part")


def _sync(folder: Path) -> None:
    """Have the move itself on the disk, where the system can sync a folder."""
    with suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def open_target(address: str, scratch: Path) -> Iterator[Target]:
    """A folder, of which the last part may still be missing.

    A disk that is not mounted must not be taken for an empty folder.
    """
    root = Path(address).expanduser()
    if not root.is_dir() and not root.parent.is_dir():
        raise Outside(fault("deploy.no_folder", folder=address))
    yield Folder(root)
