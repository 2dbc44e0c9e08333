"""Text as braille cells by liblouis, where it is installed: its only door.

liblouis (LGPL) is a library of the system, not of Python: Debian ``liblouis20``, Homebrew
``liblouis``.  Where it is not found nothing fails, and no braille is offered.  ``PODCAST_LIBLOUIS``
names its file where it lies elsewhere.  Tables: « Code braille français uniformisé » (2006) and its
abrégé, and Unified English Braille (2013), grades 1 and 2.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
import unicodedata
from functools import cache

from podcast.errors import Outside, fault

_NAMES = {
    "linux": ("liblouis.so.20", "liblouis.so.2"),
    "darwin": (
        "liblouis.20.dylib", "/opt/homebrew/lib/liblouis.20.dylib",
        "/usr/local/lib/liblouis.20.dylib",
    ),
    "win32": ("liblouis.dll",),
}  # fmt: skip
_TABLES = {
    ("fr", False): "fr-bfu-comp6.utb",
    ("fr", True): "fr-bfu-g2.ctb",
    ("en", False): "en-ueb-g1.ctb",
    ("en", True): "en-ueb-g2.ctb",
}
# From liblouis.h: answer in dots, as Unicode's braille patterns; leave out what no table knows.
_DOTS, _UNICODE, _NO_UNDEFINED, _SILENT = 4, 64, 128, 60_000
# More at once is slow in old versions, and a table looks no further than a sentence.
_LONGEST = 1000
_RARE = re.compile(r"[^ -~]")


@cache
def _library() -> ctypes.CDLL | None:
    own = os.environ.get("PODCAST_LIBLOUIS")
    for name in (own,) if own else _NAMES.get(sys.platform, ()):
        try:
            found = ctypes.CDLL(name)
            found.lou_version.restype = ctypes.c_char_p
            found.lou_setLogLevel(_SILENT)  # it writes what it misses to the terminal
        except (OSError, AttributeError):
            continue
        return found
    return None


def edition() -> str:
    """The version of liblouis that is installed here; empty where there is none."""
    library = _library()
    return library.lou_version().decode("ascii", "replace") if library else ""


@cache
def knows(language: str, contracted: bool) -> bool:
    """Whether a language can be written in braille here, by its tag."""
    library, table = _library(), _table(language, contracted)
    return bool(library and table and library.lou_checkTable(table.encode()))


def braille(text: str, language: str, contracted: bool) -> str:
    """One line of text as Unicode braille patterns, with blank cells between words.

    What the table does not know is written in the nearest letters, or left out.  Raises
    :class:`Outside` where liblouis fails; ask :func:`knows` first.
    """
    table = _table(language, contracted)
    known = _RARE.sub(lambda found: _known(found[0], table), text)
    return "\u2800".join(_translated(piece, table, 0) for piece in _pieces(" ".join(known.split())))


def _table(language: str, contracted: bool) -> str:
    return _TABLES.get((language.partition("-")[0], contracted), "")


def _pieces(text: str) -> list[str]:
    pieces = []
    while len(text) > _LONGEST:
        cut = text.rfind(" ", 0, _LONGEST)
        cut = _LONGEST if cut < 0 else cut
        pieces.append(text[:cut])
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces


@cache
def _known(char: str, table: str) -> str:
    """A sign that the table has, or what stands for it: the letter without its marks."""
    if unicodedata.category(char)[0] in "ZC":
        return " " if char.isspace() else ""
    if _translated(char, table, _NO_UNDEFINED).strip("\u2800"):
        return char
    bare = unicodedata.normalize("NFKD", char)
    return "".join(each for each in bare if each.isascii())


def _translated(text: str, table: str, mode: int) -> str:
    library = _library()
    assert library
    width = library.lou_charSize()  # 2 or 4 bytes, as it was built
    encoding = f"utf-{8 * width}-{'le' if sys.byteorder == 'little' else 'be'}"
    given = text.encode(encoding, "replace")
    length = ctypes.c_int(len(given) // width)
    room = 16 * length.value + 64
    made = ctypes.create_string_buffer(room * width)
    size = ctypes.c_int(room)
    done = library.lou_translateString(
        table.encode(), given, ctypes.byref(length), made, ctypes.byref(size), None, None,
        _DOTS | _UNICODE | mode,
    )  # fmt: skip
    if not done or length.value != len(given) // width:
        raise Outside(fault("braille.failed", version=edition(), text=text[:40]))
    return made.raw[: size.value * width].decode(encoding)
