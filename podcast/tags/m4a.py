"""MP4 atoms as iTunes writes them, and chapters that ffmpeg writes: mutagen only reads those."""

from __future__ import annotations

import errno
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from podcast import ffmpeg
from podcast.tags import Tags

SUFFIX = ".m4a"
_PODCAST = 21  # iTunes' media kind, in the atom "stik"
# A player reads the length of a chapter's title as a signed byte.
_TITLE_BYTES = 127


def write(sound: Path, made: Path, said: Tags) -> None:
    """Copy the sound with chapters and tags, the index first so that players can begin at once.

    Raises :class:`OSError` where ffmpeg cannot write.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", newline="\n") as file:
        file.write(_chapters(said))
        file.flush()
        try:
            ffmpeg.run(
                ["-i", f"file:{sound}", "-f", "ffmetadata", "-i", f"file:{file.name}",
                 "-map", "0:a:0", "-map_metadata", "1", "-map_chapters", "1", "-c", "copy",
                 "-fflags", "+bitexact", "-movflags", "+faststart", "-f", "ipod", f"file:{made}"],
                size=sound.stat().st_size,
            )  # fmt: skip
        except subprocess.CalledProcessError as error:
            full = errno.ENOSPC if "No space left" in error.stderr else errno.EIO
            raise OSError(full, error.stderr.strip()[-200:]) from error
    _tag(made, said)


def _chapters(said: Tags) -> str:
    """The chapters in ffmpeg's own format of metadata."""
    text = ";FFMETADATA1\n"
    for part in said.chapters:
        title = re.sub(r"([=;#\\\n])", r"\\\1", shortened(part.title))
        text += f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={part.start_ms}\nEND={part.end_ms}\n"
        text += f"title={title}\n"
    return text


def shortened(title: str) -> str:
    """A title cut between two characters where it is too long for a chapter.

    Backslashes at its end are left out: ffmpeg takes even an escaped one, before the end of a
    line, for a line that goes on.
    """
    title = title.rstrip("\\")
    raw = title.encode()
    if len(raw) <= _TITLE_BYTES:
        return title
    return raw[: _TITLE_BYTES - len("…".encode())].decode(errors="ignore").rstrip() + "…"


def _tag(made: Path, said: Tags) -> None:
    from mutagen import mp4

    new: Any = mp4  # mutagen has no types
    file = new.MP4(made)
    texts = {
        "\xa9nam": said.title,
        "\xa9ART": said.people,
        "\xa9alb": said.show,
        "aART": said.author,
        "\xa9day": said.date.date().isoformat(),
        "\xa9gen": "Podcast",
        "cprt": said.copyright,
        "desc": said.summary.replace("\n", " "),
        "ldes": said.summary,
        "catg": said.category,
        "purl": said.feed,
        "egid": said.guid,
        "\xa9lyr": said.lyrics,
    }
    file.tags = new.MP4Tags()
    for name, value in texts.items():
        if value:
            file.tags[name] = [value]
    file.tags["pcst"] = True
    file.tags["stik"] = [_PODCAST]
    if said.number:
        file.tags["trkn"] = [(said.number, 0)]
    if said.season:
        file.tags["disk"] = [(said.season, 0)]
    if said.cover:
        file.tags["covr"] = [new.MP4Cover(said.cover.content, new.MP4Cover.FORMAT_JPEG)]
    file.save(padding=lambda info: 0)
