"""Files that people write wrongly: each gets its sentences, with file and line, and no traceback.

The cases are in ``cases/files.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cases_reader import cases
from conftest import Ran


@pytest.mark.parametrize("case", cases("files"))
def test_told(case: dict[str, str], show: Path, podcast: Callable[..., Ran]) -> None:
    for name, block in case.items():
        file = show / name.split(" ")[-1]
        if name.startswith("delete "):
            file.unlink()
        elif name.startswith("truncate "):
            file.write_bytes(file.read_bytes()[: -int(block)])
        elif name.startswith("encode "):
            file.write_bytes(file.read_text("utf-8").encode(block.strip()))
        elif name.startswith("replace "):
            old, new, *_ = block.split("\n")
            text = file.read_text("utf-8")
            assert old in text, f"{old!r} is not in {file.name}"
            file.write_text(text.replace(old, new.replace("\\0", "\0"), 1), "utf-8")
        elif not name.startswith(("says", "code")):
            (show / name).write_text(block, "utf-8")
    before = human_files(show)
    ran = podcast(show, "publish", "episode-3")
    assert ran.err == case["says"]
    assert ran.code == int(case.get("code", "1"))
    if "says en" in case:
        assert podcast(show, "publish", "episode-3", language="en").err == case["says en"]
    assert human_files(show) == before
    assert not (show / "site").exists()


def human_files(show: Path) -> dict[str, bytes]:
    files = [
        show / "podcast.yaml",
        *show.glob("episodes/*/episode.md"),
        *show.glob("transcripts/*"),
    ]
    return {str(f): f.read_bytes() for f in files}
