"""The tutorials: each line in them is typed into a shell, and leaves a show that an app can follow."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import podcastparser
import pytest
from conftest import ROOT
from serving import PATIENCE_S, free_port, listens

# What a person types, and between the lines of a comment what they do by hand.
STEPS = re.compile(r"^```sh ?(?P<how>1|&|\^C|)\n(?P<typed>.*?)^```$|^<!-- by hand\n(?P<hand>.*?)^-->$", re.M | re.S)  # fmt: skip
FIRST = "python3 start.py demo\n", 'export PATH="$PWD/.venv/bin:$PATH"\n'


def look_and_stop(typed: str, folder: Path, env: dict[str, str]) -> None:
    """Type a server's line, look at what it gives as a browser does, and press Ctrl and C."""
    port = free_port()
    command = ["bash", "-c", f"exec {typed.strip()} --port {port}"]
    server = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL)
    try:
        listens(port, server)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            assert answer.read() == (folder / "site" / "index.html").read_bytes()
        server.send_signal(signal.SIGINT)
        assert server.wait(PATIENCE_S) in (0, 130)
    finally:
        server.kill()
        server.wait(PATIENCE_S)


@pytest.mark.parametrize(("page", "language"), [("tutoriel.md", "fr"), ("tutorial.md", "en")])
def test_every_line_of_the_tutorial(page: str, language: str, tmp_path: Path) -> None:
    port = free_port()
    text = (ROOT / "docs" / page).read_text("utf-8").replace("8100", str(port))
    steps = list(STEPS.finditer(text))
    # The gate types the first line in a fresh clone; the second is done below.
    assert tuple(step["typed"] for step in steps[:2]) == FIRST
    assert FIRST[0] in (ROOT / "README.md").read_text("utf-8")
    env = {
        **os.environ, "HOME": str(tmp_path), "PODCAST_LANGUAGE": language,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "EXAMPLE": str(ROOT / "podcast" / "example" / language / "recording.flac"),
    }  # fmt: skip
    folder = tmp_path
    serving: list[subprocess.Popen[bytes]] = []
    try:
        for step in steps[2:]:
            if step["how"] == "&":
                serving.append(subprocess.Popen(["bash", "-c", f"exec {step['typed']}"], cwd=folder, env=env))  # fmt: skip
                listens(port, serving[-1])
                continue
            if step["how"] == "^C":
                look_and_stop(step["typed"], folder, env)
                continue
            typed = step["typed"] or step["hand"]
            script = f"set -e\n{typed}\npwd > ~/where"
            ran = subprocess.run(["bash", "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=300)  # fmt: skip
            assert ran.returncode == int(step["how"] or 0), (typed, ran.stdout, ran.stderr)
            if not step["how"]:
                folder = Path((tmp_path / "where").read_text("utf-8").strip())
        address = f"http://127.0.0.1:{port}/feed.xml"
        with urllib.request.urlopen(address, timeout=10) as answer:
            feed = podcastparser.parse(address, answer)
        assert next(episode["title"] for episode in feed["episodes"]) in text
        for episode in feed["episodes"]:
            (enclosure,) = episode["enclosures"]
            with urllib.request.urlopen(enclosure["url"], timeout=10) as answer:
                assert len(answer.read()) == enclosure["file_size"]
        assert len(feed["episodes"]) == 2
    finally:
        for server in serving:
            server.terminate()
            server.wait(PATIENCE_S)
    online = next(tmp_path.glob("*/episode-2/index.html")).read_text("utf-8")
    corrected = {"fr": "Merci, à bientôt", "en": "Good morning, and welcome"}[language]
    assert corrected in online, "what was corrected afterwards"
