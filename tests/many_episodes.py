"""A show of short episodes: a few seconds each of the sample show's own recordings."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from conftest import ROOT

from podcast import ffmpeg

# The second at which each begins in episode-3's recording, and how many seconds it lasts.
CUTS = {f"e{number}": (start, 8) for number, start in enumerate((0, 12, 24, 36, 48, 60), 1)}


def make(folder: Path, slugs: Iterable[str]) -> Path:
    """A show with these episodes, none of them listened to."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "cover.jpg", folder)
    (folder / "podcast.yaml").write_text((ROOT / "podcast.yaml").read_text("utf-8"), "utf-8")
    source = ROOT / "episodes" / "episode-3" / "recording.flac"
    for slug in slugs:
        episode = folder / "episodes" / slug
        episode.mkdir(parents=True)
        (episode / "episode.md").write_text(
            f"---\ntitle: Extrait {slug}\ndate: 2026-11-02T06:00:00+01:00\nguid: {slug}\n"
            "summary: Un extrait.\n---\n",
            "utf-8",
        )
        start, seconds = CUTS[slug]
        subprocess.run(
            [ffmpeg.program(), "-v", "error", "-ss", str(start), "-t", str(seconds), "-i", source,
             episode / "recording.flac"],
            check=True,
        )  # fmt: skip
    return folder


def words(folder: Path, slug: str) -> dict[str, object] | None:
    """What was heard, all but the date; ``None`` where nobody has listened."""
    file = folder / "transcripts" / f"{slug}.words.jsonl"
    if not file.is_file():
        return None
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    del lines[0]["created"]
    assert lines[-1]["end"]
    return {"lines": lines}


def children(process: int) -> list[int]:
    """The processes below one, theirs too."""
    found = []
    for file in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, file.read_text().split()):
            found += [child, *children(child)]
    return found
