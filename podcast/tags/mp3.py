"""ID3 v2.3 with UTF-16 text: apps and car radios read it where v2.4 loses chapters and accents."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

from podcast.tags import Tags

SUFFIX = ".mp3"
_UTF16 = 1
_FRONT_COVER = 3
_NO_OFFSET = 0xFFFFFFFF
# A table of contents counts its chapters in one byte.
_LISTED = 255
# Where the four bytes of a size go: seven bits each, so that no decoder takes them for sound.
_SEVENS = (21, 14, 7, 0)


def write(sound: Path, made: Path, said: Tags) -> None:
    """Put a tag before the sound, its frames in the order that is written here.

    mutagen sorts frames by their size, and players show chapters in the order of the file; so each
    frame is made by mutagen alone, and they are put together here.
    """
    body = b"".join(_bytes(frame) for frame in _frames(said))
    with sound.open("rb") as source, made.open("wb") as file:
        source.seek(_tag_size(source.read(10)))
        file.write(b"ID3\x03\x00\x00" + _syncsafe(len(body)) + body)
        shutil.copyfileobj(source, file, 1 << 20)


def _frames(said: Tags) -> list[Any]:
    from mutagen import id3

    new: Any = id3  # mutagen has no types

    def text(name: str, value: str) -> list[Any]:
        return [getattr(new, name)(encoding=_UTF16, text=value)] if value else []

    def remark(name: str, value: str) -> list[Any]:
        given = {"encoding": _UTF16, "lang": said.language, "desc": "", "text": value}
        return [getattr(new, name)(**given)] if value else []

    frames = [
        *text("TIT2", said.title),
        *text("TPE1", said.people),
        *text("TALB", said.show),
        *text("TPE2", said.author),
        *text("TYER", f"{said.date:%Y}"),
        *text("TDAT", f"{said.date:%d%m}"),
        *text("TLAN", said.language),
        *text("TCON", "Podcast"),
        *text("TRCK", str(said.number or "")),
        *text("TPOS", str(said.season or "")),
        *text("TLEN", str(said.duration_ms)),
        *text("TCOP", said.copyright),
        new.WOAF(url=said.page),
        new.WOAS(url=said.home),
        *remark("COMM", said.summary),
        # Apple's own frames: by them a file that was copied elsewhere still knows its podcast.
        new.PCST(value=0),
        *text("TGID", said.guid),
        new.WFED(url=said.feed),
        *text("TDES", said.summary),
        *text("TCAT", said.category),
    ]
    listed = [f"c{n}" for n in range(1, len(said.chapters) + 1)]
    if 0 < len(listed) <= _LISTED:
        flags = new.CTOCFlags.TOP_LEVEL | new.CTOCFlags.ORDERED
        title = text("TIT2", said.chapters_title)
        frames.append(
            new.CTOC(element_id="toc", flags=flags, child_element_ids=listed, sub_frames=title)
        )
    for name, part in zip(listed, said.chapters, strict=True):
        frames.append(
            new.CHAP(
                element_id=name,
                start_time=part.start_ms,
                end_time=part.end_ms,
                start_offset=_NO_OFFSET,
                end_offset=_NO_OFFSET,
                sub_frames=text("TIT2", part.title),
            )
        )
    if said.cover:
        small = said.cover
        frames.append(
            new.APIC(
                encoding=_UTF16, mime=small.media_type, type=_FRONT_COVER,
                desc=said.cover_alt, data=small.content,
            )
        )  # fmt: skip
    return [*frames, *remark("USLT", said.lyrics)]


def _bytes(frame: Any) -> bytes:
    """One frame as it stands in a file, without the tag around it."""
    from mutagen import id3

    new: Any = id3
    alone = new.ID3()
    alone.add(frame)
    made = BytesIO()
    alone.save(made, v2_version=3, v1=0, padding=lambda info: 0)
    return made.getvalue()[10:]


def size(sound: Path) -> int:
    """How many bytes of a file its tag takes."""
    with sound.open("rb") as file:
        return _tag_size(file.read(10))


def _tag_size(start: bytes) -> int:
    """How many bytes a file's first tag takes, by its header; 0 where there is none."""
    if start[:3] != b"ID3" or len(start) < 10:
        return 0
    return 10 + sum((start[6 + n] & 0x7F) << shift for n, shift in enumerate(_SEVENS))


def _syncsafe(size: int) -> bytes:
    """A size as the header of a tag writes it."""
    return bytes((size >> shift) & 0x7F for shift in _SEVENS)
