"""Vorbis comments, as Ogg Opus has them: any names, so the usual ones are used."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from typing import Any

from podcast.pictures import Small
from podcast.tags import Tags
from podcast.timecode import vtt

SUFFIX = ".opus"
_FRONT_COVER = 3


def write(sound: Path, made: Path, said: Tags) -> None:
    """Copy the sound and replace its comments."""
    from mutagen import oggopus

    new: Any = oggopus  # mutagen has no types
    shutil.copyfile(sound, made)
    file = new.OggOpus(made)
    file.delete()
    texts = {
        "TITLE": said.title,
        "ARTIST": said.people,
        "ALBUM": said.show,
        "ALBUMARTIST": said.author,
        "DATE": said.date.date().isoformat(),
        "GENRE": "Podcast",
        "LANGUAGE": said.language,
        "TRACKNUMBER": str(said.number or ""),
        "DISCNUMBER": str(said.season or ""),
        "COPYRIGHT": said.copyright,
        "DESCRIPTION": said.summary,
        "CONTACT": said.home,
        "WWW": said.page,
        "LYRICS": said.lyrics,
    }
    for number, part in enumerate(said.chapters):
        texts[f"CHAPTER{number:03}"] = vtt(part.start_ms)
        texts[f"CHAPTER{number:03}NAME"] = part.title
    if said.cover:
        texts["METADATA_BLOCK_PICTURE"] = _picture(said.cover, said.cover_alt)
    for name, value in texts.items():
        if value:
            file[name] = value
    file.save(padding=lambda info: 0)


def _picture(small: Small, alt: str) -> str:
    from mutagen import flac

    new: Any = flac
    block = new.Picture()
    block.type, block.mime, block.desc = _FRONT_COVER, small.media_type, alt
    block.width, block.height, block.depth = small.width, small.height, 24
    block.data = small.content
    return base64.b64encode(block.write()).decode("ascii")
