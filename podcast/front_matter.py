"""Cut a file into its YAML head and its Markdown body, keeping the numbers of the lines."""

from __future__ import annotations

from podcast.errors import Fixable, Place, fault


def split_front_matter(text: str, file: str) -> tuple[str, str, int]:
    """Head, body, and the line (from 1) where the head's text starts.

    Raises :class:`Fixable` where the file does not start with ``---`` or the head has no end.
    """
    lines = text.split("\n")
    if not lines or lines[0].strip() != "---":
        raise Fixable(fault("front_matter.missing", Place(file, 1)))
    for i, line in enumerate(lines[1:], 1):
        if line.strip() == "---":
            return "\n".join(lines[1:i]), "\n".join(lines[i + 1 :]), 2
    raise Fixable(fault("front_matter.open", Place(file, 1)))
