"""Cut a file into its YAML head and its Markdown body, keeping the numbers of the lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

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


_LITERALS = frozenset("true false null True False Null TRUE FALSE NULL".split())


def with_head(text: str, values: Mapping[str, str]) -> str:
    """The file with some keys of its head set, every other character as it was.

    Values are single-line texts; they are quoted where YAML would take them for something else.
    """
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end_of_line)
    close = next(i for i, line in enumerate(lines[1:], 1) if line.strip() == "---")
    for key, value in values.items():
        said = f"{key}: {json.dumps(value, ensure_ascii=False)}"
        if re.fullmatch(r"[\w][\w .'’-]*", value) and value not in _LITERALS:
            said = f"{key}: {value}"
        at = next((i for i in range(1, close) if lines[i].startswith(f"{key}:")), None)
        if at is None:
            lines.insert(close, said)
            close += 1
        else:
            lines[at] = said
    return end_of_line.join(lines)
