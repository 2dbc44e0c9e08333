"""The kinds of file that a script comes in: each file here is one kind.

A kind is a module with ``SUFFIXES``, ``recognises(raw) -> bool`` (by what is in the file, whatever
its name) and ``read(raw, file) -> Script``.  Adding a file adds the kind to the command.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import PurePath
from typing import Protocol

from podcast.errors import Fixable, Place, fault
from podcast.script import Script

MOST_BYTES = 64_000_000
# What people rename in the hope that it becomes text, by how it begins.
_FOREIGN = (
    (b"%PDF-", "import.pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "import.old_word"),
    (b"{\\rtf", "import.rtf"),
)
_WEB_PAGE = (b"<!doctype", b"<html")


class Kind(Protocol):
    """What every module of this folder offers."""

    SUFFIXES: tuple[str, ...]

    def recognises(self, raw: bytes) -> bool:
        """Whether the file begins as this kind does."""
        ...

    def read(self, raw: bytes, file: str) -> Script:
        """Its lines; raises :class:`Fixable` for what cannot be read."""
        ...


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, in the order of their file names."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}") for name in names)


def read(raw: bytes, file: str) -> Script:
    """The script in a file, by what is in it, else by its name; raises :class:`Fixable`."""
    if len(raw) > MOST_BYTES:
        raise Fixable(fault("import.too_large", Place(file), limit=MOST_BYTES // 1_000_000))
    if not raw.strip(b"\x00\xef\xbb\xbf \t\r\n"):
        raise Fixable(fault("import.empty", Place(file)))
    for begins, kind in _FOREIGN:
        if raw.startswith(begins):
            raise Fixable(fault(kind, Place(file)))
    if raw[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB_PAGE):
        raise Fixable(fault("import.web_page", Place(file)))
    for known in kinds():
        if known.recognises(raw):
            return known.read(raw, file)
    suffix = PurePath(file).suffix.lower()
    for known in kinds():
        if suffix in known.SUFFIXES:
            return known.read(raw, file)
    suffixes = ", ".join(suffix for kind in kinds() for suffix in kind.SUFFIXES)
    raise Fixable(fault("import.suffix", Place(file), known=suffixes))
