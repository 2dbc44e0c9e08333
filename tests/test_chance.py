"""Each Hypothesis test asks for more examples at night, those that say how many by day included."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from conftest import ROOT
from hypothesis import settings

NIGHT = [sys.executable, "-m", "pytest", "-n", "0", "--hypothesis-profile", "nightly"]


def numbers(file: Path) -> Iterator[ast.expr]:
    """What a file's ``settings`` have as their number of examples."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "settings":
            yield from (k.value for k in node.keywords if k.arg == "max_examples")


def test_a_number_by_day_is_a_number_by_night() -> None:
    found = [(file.name, each) for file in ROOT.glob("tests/**/*.py") for each in numbers(file)]
    assert len(found) > 9
    told = [f"{name}: {ast.unparse(each)}" for name, each in found
            if not ast.unparse(each).startswith("examples(")]  # fmt: skip
    assert told == [], "see tests/chance.py"


def test_at_night_there_are_more() -> None:
    night = settings.get_profile("nightly").max_examples
    asked = [*NIGHT, "--hypothesis-show-statistics", "tests/test_timecode.py"]
    ran = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout
    assert f"settings.max_examples={night}" in ran.stdout


def test_a_number_grows_in_proportion() -> None:
    code = "import chance, hypothesis as h; h.settings.load_profile('nightly'); print(chance.examples(60))"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "tests", capture_output=True, text=True
    )
    assert int(ran.stdout) == 60 * settings.get_profile("nightly").max_examples // 100, ran.stderr
