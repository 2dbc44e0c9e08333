"""Take a model's files out of one archive: a zip, or a tar that may be packed with gzip, bz2 or xz.

Only files with a model's names come out, into a folder of ours under names of ours: nothing that an
archive says becomes a path.  It is read once, from its beginning to its end, and what it may become
is limited before it is written: an archive of a few kilobytes can hold a disk full of zeros.
"""

from __future__ import annotations

import errno
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from podcast.errors import Outside, fault
from podcast.report import Progress

_BLOCK = 1 << 20
# A folder of a model has ten files; a folder of many models, some hundred.
MOST_MEMBERS = 5_000


@dataclass(slots=True)
class _Taken:
    """The folders in the archive that hold files of a model, and where each was put."""

    into: Path
    names: frozenset[str]
    most: int
    source: str
    folders: dict[str, Path] = field(default_factory=dict)
    size: int = 0
    members: int = 0

    def counted(self, size: int) -> None:
        """Raise :class:`Outside` where an archive holds more than a model can be."""
        self.size += size
        self.members += 1
        if self.size > self.most or self.members > MOST_MEMBERS or size < 0:
            megabytes = self.most // 1_000_000
            raise Outside(fault("model.archive_large", file=self.source, megabytes=megabytes))

    def target(self, name: str, plain: bool) -> Path | None:
        """Where a member goes; ``None`` for one that is no file of a model.

        Raises :class:`Outside` for a path that leads out of the archive, for a link or a device in
        a model file's place, and for a file that is there twice.
        """
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in (path.parts or ("",))[0]:
            raise Outside(fault("model.archive_unsafe", file=self.source, member=name[:100]))
        if path.name not in self.names:
            return None
        if not plain:
            raise Outside(fault("model.archive_link", file=self.source, member=name[:100]))
        folder = path.parent.as_posix()
        if folder not in self.folders:
            self.folders[folder] = self.into / str(len(self.folders))
            self.folders[folder].mkdir()
        target = self.folders[folder] / path.name
        if target.exists():
            raise Outside(fault("model.archive_unsafe", file=self.source, member=name[:100]))
        return target


def unpack(
    archive: Path, name: str, names: frozenset[str], into: Path, most: int, progress: Progress
) -> Path:
    """Write the model that an archive holds into a folder below ``into``; gives that folder.

    ``names`` are a model's files, ``most`` the bytes that all members together may be.  Where it
    holds several models, the one in a folder called ``name`` is meant.  Raises :class:`Outside`
    for what is no archive, is cut short, holds no model or several, or does not behave; and
    :class:`OSError` where the disk refuses.
    """
    taken = _Taken(into, names, most, str(archive))
    size = max(1, archive.stat().st_size)
    with _broken(archive):
        if zipfile.is_zipfile(archive):
            opened = _zip(archive, taken)
        elif _is_tar(archive):
            opened = _tar(archive, taken)
        else:
            raise Outside(fault("model.no_archive", file=str(archive)))
        for at, source, target in opened:
            _write(archive, source, target)
            progress(min(1.0, at / size))
    whole = [folder for folder, path in taken.folders.items() if (path / "model.bin").exists()]
    named = [folder for folder in whole if PurePosixPath(folder).name == name]
    chosen = named if len(whole) > 1 else whole
    if len(chosen) == 1:
        return taken.folders[chosen[0]]
    if not whole:
        raise Outside(fault("model.archive_empty", file=str(archive)))
    folders = ", ".join(sorted(whole)[:10])
    raise Outside(fault("model.archive_several", file=str(archive), folders=folders, name=name))


def _zip(archive: Path, taken: _Taken) -> Iterator[tuple[int, IO[bytes], Path]]:
    with zipfile.ZipFile(archive) as opened:
        members = opened.infolist()
        for member in members:
            taken.counted(member.file_size)
        for member in members:
            # The upper half is the mode of the file, where the archive was made on Unix.
            mode = member.external_attr >> 16 & 0o170000
            target = taken.target(member.filename, mode in (0, 0o100000))
            if target and not member.is_dir():
                with opened.open(member) as source:
                    yield member.header_offset + member.compress_size, source, target


def _tar(archive: Path, taken: _Taken) -> Iterator[tuple[int, IO[bytes], Path]]:
    with archive.open("rb") as file, tarfile.open(fileobj=file, mode="r:*") as opened:
        for member in opened:
            taken.counted(member.size)
            target = taken.target(member.name, member.isreg())
            source = opened.extractfile(member) if target and member.isreg() else None
            if target and source:
                yield file.tell(), source, target
        # The checksum stands behind everything, and a tar may end before.
        rest = opened.fileobj
        while rest and (block := rest.read(_BLOCK)):
            taken.counted(len(block))


def _is_tar(archive: Path) -> bool:
    try:
        return tarfile.is_tarfile(archive)
    except (EOFError, zlib.error, lzma.LZMAError):
        return False


def _write(archive: Path, source: IO[bytes], target: Path) -> None:
    with target.open("wb") as out:
        while True:
            with _broken(archive):
                block = source.read(_BLOCK)
            if not block:
                return
            out.write(block)


@contextmanager
def _broken(archive: Path) -> Iterator[None]:
    """Tell what cannot be read as a broken archive; that the disk is full passes.

    A torn archive may be told by Python as a failure of the system, for which it is led to places
    that no file has.
    """
    try:
        yield
    except (
        EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile,
        NotImplementedError, RuntimeError, UnicodeDecodeError, ValueError,
    ) as error:  # fmt: skip
        raise Outside(fault("model.archive_broken", file=str(archive))) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Outside(fault("model.archive_broken", file=str(archive))) from error
