"""Tags that players read: written on a copy, whole, and the same each time."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from mutagen.id3 import ID3
from mutagen.mp3 import MP3

from podcast import ffmpeg


def enclosure(published: Path, slug: str) -> Path:
    (file,) = (published / "site" / "audio").glob(f"{slug}.*.mp3")
    return file


def test_every_tag(published: Path) -> None:
    tags = ID3(enclosure(published, "episode-3"), translate=False)
    assert tags.version == (2, 3, 0)
    assert str(tags["TIT2"]) == "Garder son emploi quand la santé change"
    assert str(tags["TALB"]) == "À voix égales"
    assert str(tags["TPE1"]) == "La présentatrice, L'invité, La conseillère"
    assert str(tags["TYER"]) == "2026"
    assert str(tags["TLAN"]) == "fra"
    assert str(tags["TCON"]) == "Podcast"
    assert str(tags["TRCK"]) == "3"
    assert tags["COMM::fra"].text[0].startswith("Un salarié raconte")
    picture = tags.getall("APIC")[0]
    assert picture.mime == "image/jpeg"
    assert picture.data == (published / "cover.jpg").read_bytes()


def test_another_language(published: Path) -> None:
    assert str(ID3(enclosure(published, "episode-2"), translate=False)["TLAN"]) == "eng"


def test_ffmpeg_reads_them_and_the_sound_is_untouched(published: Path) -> None:
    file = enclosure(published, "episode-3")
    done = subprocess.run(
        [ffmpeg.program(), "-v", "error", "-i", file, "-f", "ffmetadata", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "title=Garder son emploi quand la santé change" in done.stdout
    assert abs(MP3(file).info.length - 129.48) < 0.1

    def sound(path: Path) -> bytes:
        command = [ffmpeg.program(), "-v", "error", "-i", path, "-map", "0:a", "-c", "copy"]
        return subprocess.run([*command, "-f", "md5", "-"], capture_output=True, check=True).stdout

    masters = list((published / ".podcast" / "sound").glob("*.mp3"))
    assert sound(file) in [sound(master) for master in masters]


def test_the_ledger_knows_the_exact_bytes(published: Path) -> None:
    ledger = json.loads((published / "published.json").read_text("utf-8"))
    for slug, entry in ledger["episodes"].items():
        file = published / "site" / entry["enclosure"]
        assert file == enclosure(published, slug)
        assert file.stat().st_size == entry["length"]
