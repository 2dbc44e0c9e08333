"""Read before/after examples from Markdown, so that anybody can add one.

A case is a heading (``## ``) and fenced blocks, each with a name after the three backticks.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_BLOCK = re.compile(r"^```([\w ./-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def cases(name: str) -> list:  # type: ignore[type-arg]
    """One parameter for each case of ``tests/cases/<name>.md``: its blocks by name."""
    text = (Path(__file__).parent / "cases" / f"{name}.md").read_text("utf-8")
    found = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        blocks = {m[1].strip(): m[2] for m in _BLOCK.finditer(body)}
        assert blocks, f"{name}.md: {title!r} has no block"
        found.append(pytest.param(blocks, id=title.strip()))
    assert found
    return found
