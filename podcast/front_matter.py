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
_PLAIN = re.compile(r"[\w][\w .'’-]*|https?://[^\s#]+")


def with_head(text: str, values: Mapping[str, str]) -> str:
    """The file with some keys of its head set, every other character as it was.

    Values are single-line texts; they are quoted where YAML would take them for something else.
    """
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end_of_line)
    close = next(i for i, line in enumerate(lines[1:], 1) if line.strip() == "---")
    return end_of_line.join([lines[0], *_with(lines[1:close], values), *lines[close:]])


def with_keys(text: str, values: Mapping[str, str], after: str) -> str:
    """A YAML text with some outermost keys set; new ones come after the line of another.

    A remark at the end of a changed line stays.  Only single-line values are understood: whoever
    calls must read what this gives.
    """
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    return end_of_line.join(_with(text.split(end_of_line), values, after))


def _with(lines: list[str], values: Mapping[str, str], after: str | None = None) -> list[str]:
    made = list(lines)
    for key, value in values.items():
        said = f"{key}: {json.dumps(value, ensure_ascii=False)}"
        if _PLAIN.fullmatch(value) and value not in _LITERALS:
            said = f"{key}: {value}"
        at = _line(made, key)
        if at is not None:
            comment = re.search(r"\s+#.*$", made[at]) if after else None
            made[at] = said + (comment[0] if comment else "")
        else:
            before = _line(made, after) if after else None
            made.insert(len(made) if before is None else before + 1, said)
    return made


def _line(lines: list[str], key: str) -> int | None:
    return next((i for i, line in enumerate(lines) if line.startswith(f"{key}:")), None)
