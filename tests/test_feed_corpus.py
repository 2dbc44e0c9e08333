"""Every feed of the corpus, given to ``podcast import-feed`` as a person would: one sentence.

No traceback, nothing written, no gigabyte used, no address asked, and an end.
"""

from __future__ import annotations

import os
import re
import resource
import sys
from pathlib import Path

import pytest
from conftest import Ran, most_memory
from feed_corpus import CASES, IMPORTED, Case
from test_media_corpus import sentence

from podcast.cli import main

CPU_SECONDS = 60
MEMORY = 1 << 30


def imported(folder: Path, file: Path) -> tuple[Ran, int]:
    """The command in a fork, and the most memory that it used, in bytes."""
    files = [folder.parent / name for name in ("out", "err")]
    before = most_memory()
    child = os.fork()
    if not child:  # pragma: no cover
        code = 99
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            sys.stdout, sys.stderr = (file.open("w", encoding="utf-8") for file in files)
            os.environ["PODCAST_LANGUAGE"] = "fr"
            os.chdir(folder)
            code = main(["import-feed", str(file)])
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    ran = Ran(os.waitstatus_to_exitcode(status), *(f.read_text("utf-8") for f in files))
    return ran, most_memory(used) - before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answer(case: Case, tmp_path: Path) -> None:
    show, file = tmp_path / "show", tmp_path / "feed.xml"
    show.mkdir()
    case.make(file)
    ran, memory = imported(show, file)
    assert "Traceback" not in ran.err
    assert ran.code == case.code, ran.err
    assert memory < MEMORY
    if case.outcome == IMPORTED:
        assert (show / "podcast.yaml").is_file()
        return
    said = re.sub(rf"^{re.escape(str(file))}(:\d+)? : ", "", ran.err)
    assert re.fullmatch(f"({sentence(case.outcome)})\n", said, re.DOTALL), ran.err
    assert list(show.iterdir()) == []
