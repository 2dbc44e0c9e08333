"""Every text of the corpus, given to ``publish`` as a person would: a sentence, or a published page.

No traceback, no file of a person changed, no gigabyte used, and an end.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
from pathlib import Path

import pytest
from conftest import Ran, copy_show, most_memory
from test_media_corpus import sentence
from text_corpus import CASES, LEDGER, PUBLISHED, SHOW, SLUG, TEXT, Case

from podcast.cli import main

CPU_SECONDS = 60
MEMORY = 1 << 30


def prepared(folder: Path, published: Path) -> Path:
    """The sample show with one published episode, whose text nobody has reviewed."""
    show = copy_show(folder, [SLUG], published / ".podcast")
    ledger = json.loads((published / LEDGER).read_text("utf-8"))
    ledger["episodes"] = {SLUG: ledger["episodes"][SLUG]}
    (show / LEDGER).write_text(json.dumps(ledger, indent=1), "utf-8")
    with (show / SHOW).open("a", encoding="utf-8") as file:
        file.write("\npublish_unreviewed: true\n")
    text = (show / TEXT).read_text("utf-8")
    (show / TEXT).write_text(text.replace("status: reviewed", "status: draft"), "utf-8")
    return show


def publish(show: Path) -> tuple[Ran, int]:
    """The command in a fork, which starts at once, and the most memory that it used, in bytes.

    What this process had in memory before is not the command's.
    """
    files = [show.parent / name for name in ("out", "err")]
    before = most_memory()
    child = os.fork()
    if not child:  # pragma: no cover
        code = 99
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            sys.stdout, sys.stderr = (file.open("w", encoding="utf-8") for file in files)
            os.environ["PODCAST_LANGUAGE"] = "fr"
            os.chdir(show)
            code = main(["publish", SLUG])
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    ran = Ran(os.waitstatus_to_exitcode(status), *(f.read_text("utf-8") for f in files))
    return ran, most_memory(used) - before


def human_files(show: Path) -> dict[str, tuple[int, int, int]]:
    return {
        str(path): (path.lstat().st_size, path.lstat().st_mtime_ns, path.lstat().st_mode)
        for path in sorted(show.rglob("*"))
        if not {".podcast", "site"} & set(path.relative_to(show).parts) and path.name != LEDGER
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{Path(case.file).name} {case.name}")
def test_the_answer(case: Case, tmp_path: Path, published: Path) -> None:
    show = prepared(tmp_path / "show", published)
    case.change(show / case.file)
    before = human_files(show)
    ran, memory = publish(show)
    assert "Traceback" not in ran.err
    assert memory < MEMORY
    assert human_files(show) == before
    assert not list(show.rglob("harm"))
    if case.outcome == PUBLISHED:
        assert ran.code == 0, ran.err
        assert (show / "site" / SLUG / "index.html").is_file()
    else:
        first = re.sub(rf"^[^ ]*{re.escape(Path(case.file).name)}(:\d+)? : ", "", ran.err)
        assert re.match(f"({sentence(case.outcome)})\n", first, re.DOTALL), ran.err
        assert ran.code == (3 if case.outcome.startswith("feed.") else 1)
        assert not (show / "site").exists()
