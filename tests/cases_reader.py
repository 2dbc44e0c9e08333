"""Read before/after examples from Markdown, so that anybody can add one.

A case is a heading (``## ``) and fenced blocks, each with a name after the three backticks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def cases(name: str) -> list[Any]:
    """One parameter for each case of ``tests/cases/<name>.md``: its blocks by name."""
    text = (Path(__file__).parent / "cases" / f"{name}.md").read_text("utf-8")
    titles: list[str] = []
    blocks: list[dict[str, str]] = []
    inside: str | None = None
    for line in text.splitlines(keepends=True):
        if inside is None and line.startswith("## "):
            titles.append(line[3:].strip())
            blocks.append({})
        elif line.startswith("```"):
            inside = line[3:].strip() if inside is None else None
            if inside:
                blocks[-1][inside] = ""
        elif inside:
            blocks[-1][inside] += line
    assert all(blocks), f"{name}.md: a case has no block"
    found = [pytest.param(block, id=title) for title, block in zip(titles, blocks, strict=True)]
    assert found
    return found
