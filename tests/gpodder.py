"""gPodder without its windows: a real podcast app that subscribes, updates and downloads."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COLUMNS = {
    "title": "title",
    "guid": "guid",
    "link": "link",
    "published": "date",
    "url": "url",
    "file_size": "length",
    "mime_type": "type",
    "total_time": "seconds",
    "description_html": "notes",
    "episode_art_url": "image",
}


@dataclass(frozen=True)
class GPodder:
    """One person's gPodder, with its database and downloads in a folder of its own."""

    home: Path

    def run(self, *arguments: str) -> str:
        gpo = shutil.which("gpo")
        assert gpo, "gPodder is missing: apt-get install gpodder"
        # Debian's gPodder runs in Debian's Python, which knows nothing of ours.
        ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
        env = {name: value for name, value in os.environ.items() if name not in ours}
        done = subprocess.run(
            [gpo, *arguments], capture_output=True, text=True, timeout=120,
            env={**env, "HOME": str(self.home), "GPODDER_HOME": str(self.home), "LC_ALL": "C.UTF-8",
                 "no_proxy": "127.0.0.1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def episodes(self) -> list[dict[str, Any]]:
        """What it knows of each episode, the newest first, in the words of ``feed_readers``."""
        names = ", ".join(COLUMNS)
        rows = self._asked(f"select {names} from episode order by published desc")
        return [dict(zip(COLUMNS.values(), row, strict=True)) for row in rows]

    def shows(self) -> list[str]:
        """The addresses of the feeds that it follows."""
        return [url for (url,) in self._asked("select url from podcast")]

    def downloads(self) -> dict[str, bytes]:
        """What it has on its disk, by the guid that it belongs to."""
        rows = self._asked(
            "select guid, download_folder, download_filename from episode join podcast"
            " on podcast.id = podcast_id where download_filename is not null"
        )
        return {
            guid: (self.home / "Downloads" / folder / name).read_bytes()
            for guid, folder, name in rows
        }

    def _asked(self, question: str) -> list[Any]:
        base = sqlite3.connect(self.home / "Database")
        try:
            return base.execute(question).fetchall()
        finally:
            base.close()
