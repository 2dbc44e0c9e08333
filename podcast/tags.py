"""Write what players show into the audio file: the one door to mutagen.

ID3 v2.3 with UTF-16 text: apps and car radios read it where v2.4 loses chapters and accents.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from podcast.episode import Episode
from podcast.show import Show

# Count up when other tags are written, so that published files are tagged again.
RECIPE = 1


def tag(sound: Path, made: Path, show: Show, episode: Episode, names: str, cover: Path) -> None:
    """Write a tagged copy of an MP3 to ``made``; the same input gives the same bytes.

    mutagen rewrites in place and a kill in the middle damages the file, so the copy is tagged
    under another name and moved when it is whole.
    """
    from mutagen import id3

    frames: Any = id3  # mutagen has no types
    partial = made.with_name(f".{made.name}.{os.getpid()}")
    shutil.copyfile(sound, partial)
    try:
        tags = frames.ID3()
        tags.add(frames.TIT2(encoding=1, text=episode.title))
        tags.add(frames.TALB(encoding=1, text=show.title))
        tags.add(frames.TPE1(encoding=1, text=names or show.author))
        tags.add(frames.TDRC(encoding=1, text=episode.date.date().isoformat()))
        tags.add(frames.TLAN(encoding=1, text=_iso639_2(episode.language)))
        tags.add(frames.TCON(encoding=1, text="Podcast"))
        tags.add(frames.WOAF(url=f"{show.address}{episode.slug}/"))
        language = _iso639_2(episode.language)
        tags.add(frames.COMM(encoding=1, lang=language, desc="", text=episode.summary))
        if episode.number:
            tags.add(frames.TRCK(encoding=1, text=str(episode.number)))
        if show.copyright:
            tags.add(frames.TCOP(encoding=1, text=f"{episode.date.year} {show.copyright}"))
        if cover.is_file():
            kind = "image/png" if cover.suffix.lower() == ".png" else "image/jpeg"
            alt = show.cover_alt or ""
            tags.add(frames.APIC(encoding=1, mime=kind, type=3, desc=alt, data=cover.read_bytes()))
        tags.update_to_v23()
        tags.save(partial, v2_version=3, v1=0, padding=lambda info: 0)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(partial, made)
    finally:
        partial.unlink(missing_ok=True)


def _iso639_2(language: str) -> str:
    """The three letters that ID3 wants for a language."""
    from babel.core import get_global

    short = language.split("-")[0].lower()
    if len(short) == 3:
        return short
    known = {"fr": "fra", "en": "eng", "de": "deu", "es": "spa", "it": "ita", "pt": "por"}
    if short in known:
        return known[short]
    aliases = get_global("language_aliases")
    return next((k for k, v in sorted(aliases.items()) if v == short and len(k) == 3), "und")
