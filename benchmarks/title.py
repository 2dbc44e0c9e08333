"""What a change of title costs on a published episode of one hour: ``python -m benchmarks.title``.

    python -m benchmarks.title [--repeat 5]

The episode is that of ``tools.long_episode``, with a sound of the size that an hour in stereo has.
Each time its title is changed and ``podcast publish`` runs in a process of its own: it tags the
sound anew and encodes nothing.  Below, a publish in which nothing has changed.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from podcast.mastering import mastered
from podcast.pipeline import start
from podcast.report import Silent
from podcast.workspace import Workspace
from tools.long_episode import SLUG, make


def publish(space: Workspace) -> tuple[float, float]:
    """CPU and wall seconds of the command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    command = [sys.executable, "-m", "podcast", "publish", SLUG]
    # People have their modules compiled once.
    settings = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=space.root, check=True, stdout=subprocess.DEVNULL, env=settings)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def swell(space: Workspace) -> None:
    """Make the finished sound as large as one of 128 kb/s, eight times what the hum has."""
    work = start(space, Silent())
    episode = space.episode(SLUG, work.show)
    made = mastered(work, space.recording(episode, work.show), episode.sound)
    assert made
    made.path.write_bytes(made.path.read_bytes() * 8)
    told = made.path.with_suffix(".json")
    size = made.path.stat().st_size
    told.write_text(re.sub(r'"size": \d+', f'"size": {size}', told.read_text("utf-8")), "utf-8")


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        space = make(Path(folder) / "show", "fr")
        swell(space)
        publish(space)
        file = space.episode_file(SLUG)
        print("| publish | CPU s | wall s |\n|---|---|---|")
        for what in ("another title", "nothing changed"):
            costs = []
            for n in range(options.repeat):
                if what == "another title":
                    text = file.read_text("utf-8")
                    file.write_text(re.sub(r"(?m)^title: .*$", f"title: Titre {n}", text), "utf-8")
                costs.append(publish(space))
            cpu, wall = (statistics.median(column) for column in zip(*costs, strict=True))
            print(f"| {what} | {cpu:.2f} | {wall:.2f} |")


if __name__ == "__main__":
    main()
