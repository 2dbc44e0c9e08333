"""Plain text and Markdown, as people write them or copy them from a page."""

from __future__ import annotations

from podcast.script import Script, decode, finished, numbered

SUFFIXES = (".txt", ".md", ".markdown", ".text")


def recognises(raw: bytes) -> bool:
    """Any file may be text: the name decides."""
    return False


def read(raw: bytes, file: str) -> Script:
    """The lines as they are."""
    text, remarks = decode(raw, file)
    return finished("txt", numbered(text), file, remarks)
