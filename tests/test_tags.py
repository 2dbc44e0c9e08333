"""Tags that players read: complete, in the order of time, written whole, the same each time."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from chance import examples
from conftest import ROOT, Ran
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mutagen.flac import Picture
from mutagen.id3 import ID3, CTOCFlags
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from PIL import Image

from podcast import ffmpeg, pictures, tags
from podcast.tags.m4a import shortened
from podcast.transcript import Chapter

COVER = pictures.for_tag(ROOT / "cover.jpg")
CODECS = {".mp3": "libmp3lame", ".m4a": "aac", ".opus": "libopus"}
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=90)
ODD = [
    "Égalité « des chances » – l'œuvre",
    "🦻🏽 👩‍🦽 accessible",
    "العمل والإعاقة, \u202bמה שלום\u202c",
    "a=b;c#d\\e [CHAPTER]",
    "日本語のタイトル" * 20,
    "é" * 130,
    "x" * 127,
    "x" * 128,
]


def said(**changed: Any) -> tags.Tags:
    plain = tags.Tags(
        title="Titre", show="Émission", people="Léa, Tom", author="L'équipe",
        date=datetime(2026, 11, 2, 5, tzinfo=UTC), language="fra", summary="Un résumé.\nÀ suivre.",
        guid="9e3a", category="Society & Culture", copyright="2026 L'équipe",
        page="https://example.org/e/", home="https://example.org/",
        feed="https://example.org/feed.xml", number=3, season=2, duration_ms=2000,
        chapters_title="Chapitres", chapters=(), lyrics="", cover=None, cover_alt="",
    )  # fmt: skip
    return replace(plain, **changed)


def chapters(titles: list[str], duration_ms: int = 2000) -> tuple[tags.Part, ...]:
    step = duration_ms // len(titles)
    return tags.parts([Chapter(i * step, t) for i, t in enumerate(titles)], duration_ms)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two seconds of sound in every kind of file, as the engine writes it."""
    folder = tmp_path_factory.mktemp("sounds")
    made = {suffix: folder / f"sound{suffix}" for suffix in CODECS}
    for suffix, path in made.items():
        subprocess.run(
            [ffmpeg.program(), "-v", "error", "-f", "lavfi", "-i", "sine=d=2:r=48000",
             "-c:a", CODECS[suffix], "-b:a", "32k", "-id3v2_version", "0", str(path)],
            check=True,
        )  # fmt: skip
    return made


def tagged(sounds: dict[str, Path], suffix: str, folder: Path, what: tags.Tags) -> Path:
    made = folder / f"made{suffix}"
    tags.tag(sounds[suffix], made, what)
    return made


def by_ffmpeg(file: Path) -> tuple[dict[str, str], list[tuple[int, int, str]]]:
    """The tags and chapters that ffmpeg finds in a file, in its order."""
    where = ["-map_metadata", "0:s:a:0"] if file.suffix == ".opus" else []
    done = subprocess.run(
        [ffmpeg.program(), "-v", "error", "-copyts", "-i", str(file), *where, "-f", "ffmetadata", "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    blocks: list[dict[str, str]] = [{}]
    for line in re.split(r"(?<!\\)\n", done.stdout.decode("utf-8")):
        if line == "[CHAPTER]":
            blocks.append({})
        elif "=" in line:
            key, value = re.split(r"(?<!\\)=", line, maxsplit=1)
            blocks[-1][key] = re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)
    found = []
    for block in blocks[1:]:
        if "START" in block:
            one, many = map(int, block["TIMEBASE"].split("/"))
            start, end = (round(int(block[k]) * one * 1000 / many) for k in ("START", "END"))
            found.append((start, end, block.get("title", "")))
    return blocks[0], found


def sound_of(file: Path) -> bytes:
    command = [ffmpeg.program(), "-v", "error", "-i", str(file), "-map", "0:a", "-c", "copy"]
    return subprocess.run([*command, "-f", "md5", "-"], capture_output=True, check=True).stdout


# What every kind of file promises.


def test_every_kind_is_tried_here() -> None:
    assert set(tags.kinds()) == set(CODECS)


@pytest.mark.parametrize("suffix", CODECS)
def test_the_sound_is_untouched_and_the_bytes_are_the_same(
    suffix: str, sounds: dict[str, Path], tmp_path: Path
) -> None:
    what = said(chapters=chapters(ODD), cover=COVER, cover_alt="Deux bulles", lyrics="Bonjour.")
    made = tagged(sounds, suffix, tmp_path, what)
    first = made.read_bytes()
    assert sound_of(made) == sound_of(sounds[suffix])
    tags.tag(sounds[suffix], made, what)
    assert made.read_bytes() == first
    tags.tag(made, tmp_path / f"again{suffix}", what)
    assert sound_of(tmp_path / f"again{suffix}") == sound_of(made)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([made.name, f"again{suffix}"])


@pytest.mark.parametrize("suffix", CODECS)
def test_ffmpeg_lists_a_hundred_chapters_in_the_order_of_time(
    suffix: str, sounds: dict[str, Path], tmp_path: Path
) -> None:
    # Long and short titles in turn: by size they would be in another order.
    titles = [f"{n} {ODD[n % len(ODD)] * (n % 3)}".strip() for n in range(100)]
    what = said(chapters=chapters(titles))
    texts, found = by_ffmpeg(tagged(sounds, suffix, tmp_path, what))
    cut = shortened if suffix == ".m4a" else str
    assert [title for _, _, title in found] == [cut(title) for title in titles]
    assert [start for start, _, _ in found] == [n * 20 for n in range(100)]
    if suffix == ".mp3":
        assert [end for _, end, _ in found] == [*(n * 20 for n in range(1, 100)), 2000]
    # Vorbis comments are written in capitals.
    assert {key.lower(): value for key, value in texts.items()}["title"] == "Titre"


@pytest.mark.parametrize("suffix", CODECS)
def test_ffmpeg_reads_the_texts(suffix: str, sounds: dict[str, Path], tmp_path: Path) -> None:
    texts, _ = by_ffmpeg(tagged(sounds, suffix, tmp_path, said()))
    folded = {key.lower(): value for key, value in texts.items()}
    assert folded["title"] == "Titre"
    assert folded["artist"] == "Léa, Tom"
    assert folded["album"] == "Émission"
    assert folded.get("album_artist", folded.get("albumartist")) == "L'équipe"
    assert folded["date"] == "2026-11-02"
    assert folded["genre"] == "Podcast"
    assert folded["copyright"] == "2026 L'équipe"
    assert "Un résumé.\nÀ suivre." in folded.values()


@pytest.mark.parametrize("suffix", CODECS)
def test_no_tag_of_an_earlier_file_is_left(
    suffix: str, sounds: dict[str, Path], tmp_path: Path
) -> None:
    old = tagged(sounds, suffix, tmp_path, said(chapters=chapters(["Un", "Deux"]), cover=COVER))
    tags.tag(old, tmp_path / f"new{suffix}", said(title="Autre"))
    texts, found = by_ffmpeg(tmp_path / f"new{suffix}")
    assert texts.get("TITLE" if suffix == ".opus" else "title") == "Autre"
    assert found == []


@pytest.mark.parametrize("suffix", CODECS)
def test_a_full_disk_leaves_nothing(suffix: str, sounds: dict[str, Path], tmp_path: Path) -> None:
    """Linux's always full file stands in for the disk."""
    made = tmp_path / f"made{suffix}"
    partial = made.with_name(f".{made.name}.full")
    partial.symlink_to("/dev/full")
    with pytest.raises(OSError):
        tags.kinds()[suffix].write(sounds[suffix], partial, said())
    with pytest.raises(OSError):
        tags.tag(sounds[suffix], tmp_path / "gone" / made.name, said())


@settings(max_examples=examples(60))
@given(title=ANYTHING, names=ANYTHING, summary=ANYTHING, marks=st.lists(ANYTHING, max_size=9))
def test_any_text_comes_back_from_an_mp3(
    sounds: dict[str, Path], title: str, names: str, summary: str, marks: list[str]
) -> None:
    what = cleaned(title, names, summary, marks)
    with tempfile.TemporaryDirectory() as folder:
        found = ID3(tagged(sounds, ".mp3", Path(folder), what), translate=False)
    assert [str(found[n]) if n in found else "" for n in ("TIT2", "TPE1")] == [
        what.title,
        what.people,
    ]
    assert str(found.get("COMM::fra", "")) == what.summary
    marks = [str(c.sub_frames.get("TIT2", "")) for c in found.values() if c.FrameID == "CHAP"]
    assert marks == [part.title for part in what.chapters]


@settings(max_examples=examples(30))
@given(title=ANYTHING, names=ANYTHING, summary=ANYTHING, marks=st.lists(ANYTHING, max_size=5))
def test_any_text_comes_back_from_an_opus_file(
    sounds: dict[str, Path], title: str, names: str, summary: str, marks: list[str]
) -> None:
    what = cleaned(title, names, summary, marks)
    with tempfile.TemporaryDirectory() as folder:
        found = OggOpus(tagged(sounds, ".opus", Path(folder), what))
    texts = [found.get(name, [""])[0] for name in ("title", "artist", "description")]
    assert texts == [what.title, what.people, what.summary]
    marks = [found.get(f"chapter{n:03}name", [""])[0] for n in range(len(what.chapters))]
    assert marks == [part.title for part in what.chapters]


@settings(max_examples=examples(6))
@given(title=ANYTHING, names=ANYTHING, summary=ANYTHING, marks=st.lists(ANYTHING, max_size=40))
@example(title="", names="", summary="", marks=["\\", "a\\", "b"])
def test_any_text_comes_back_from_an_m4a(
    sounds: dict[str, Path], title: str, names: str, summary: str, marks: list[str]
) -> None:
    what = cleaned(title, names, summary, marks)
    with tempfile.TemporaryDirectory() as folder:
        found = MP4(tagged(sounds, ".m4a", Path(folder), what))
    texts = [found.tags.get(name, [""])[0] for name in ("\xa9nam", "\xa9ART", "ldes")]
    assert texts == [what.title, what.people, what.summary]
    marks = [chapter.title for chapter in found.chapters or ()]
    assert marks == [shortened(part.title) for part in what.chapters]


def cleaned(title: str, names: str, summary: str, marks: list[str]) -> tags.Tags:
    """What the door makes of any text: what people wrote, without what no tag can hold."""
    from podcast.tags import _line, _text

    what = said(
        title=_line(title), people=_line(names), summary=_text(summary),
        chapters=chapters(marks) if marks else (),
    )  # fmt: skip
    texts = (what.title, what.people, what.summary, *(part.title for part in what.chapters))
    for text in texts:
        assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
    kept = "".join(
        c for c in title if unicodedata.category(c) not in ("Cc", "Cs", "Zs", "Zl", "Zp")
    )
    assert "".join(what.title.split()) == "".join(kept.replace("\ufeff", "").split())
    return what


# What is said of an episode.


def test_chapters_that_begin_together_are_one_and_none_is_without_length() -> None:
    marks = [Chapter(500, "C"), Chapter(0, "A"), Chapter(0, "B"), Chapter(2000, "fin")]
    assert tags.parts(marks, 2000) == (tags.Part(0, 500, "A – B"), tags.Part(500, 2000, "C"))
    assert tags.parts([], 2000) == ()


def test_an_address_in_other_letters_becomes_ascii(published: Path) -> None:
    from podcast.workspace import Workspace

    space = Workspace(published)
    show = replace(space.show(), address="https://exämple.org/émission/")
    episode = space.episode("episode-3", show)
    what = tags.described(show, episode, [], 1000)
    assert what.home == "https://ex%C3%A4mple.org/%C3%A9mission/"
    assert what.page.endswith("/episode-3/") and what.page.isascii() and what.feed.isascii()


@pytest.mark.parametrize(
    ("title", "kept"),
    [("x" * 127, "x" * 127), ("x" * 128, "x" * 124 + "…"), ("é" * 64, "é" * 62 + "…"),
     ("👂" * 40, "👂" * 31 + "…")],
)  # fmt: skip
def test_a_long_title_of_a_chapter_is_cut_between_characters(title: str, kept: str) -> None:
    assert shortened(title) == kept
    assert len(kept.encode()) <= 127


# MP3.


def test_a_table_of_contents_lists_every_chapter(sounds: dict[str, Path], tmp_path: Path) -> None:
    what = said(chapters=chapters(["Un", "Deux", "Trois"]))
    found = ID3(tagged(sounds, ".mp3", tmp_path, what), translate=False)
    table = found["CTOC:toc"]
    assert table.flags == CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    assert table.child_element_ids == ["c1", "c2", "c3"]
    assert str(table.sub_frames["TIT2"]) == "Chapitres"
    first = found["CHAP:c1"]
    assert (first.start_time, first.end_time, first.start_offset) == (0, 666, 0xFFFFFFFF)


def test_more_chapters_than_a_table_can_count(sounds: dict[str, Path], tmp_path: Path) -> None:
    what = said(chapters=chapters([str(n) for n in range(300)]))
    made = tagged(sounds, ".mp3", tmp_path, what)
    assert "CTOC:toc" not in ID3(made)
    assert [title for _, _, title in by_ffmpeg(made)[1]] == [str(n) for n in range(300)]


def test_the_size_of_a_tag_is_never_taken_for_sound(
    sounds: dict[str, Path], tmp_path: Path
) -> None:
    made = tagged(sounds, ".mp3", tmp_path, said(lyrics="Bonjour. " * 2000))
    content = made.read_bytes()
    assert content[:6] == b"ID3\x03\x00\x00"
    assert max(content[6:10]) < 128
    assert content.endswith(sounds[".mp3"].read_bytes())
    assert str(ID3(made)["USLT::fra"]).startswith("Bonjour.")


# MP4 and Opus.


def test_an_m4a_can_begin_to_play_at_once(sounds: dict[str, Path], tmp_path: Path) -> None:
    what = said(chapters=chapters(["Un", "Deux"]), cover=COVER, lyrics="Bonjour.")
    made = tagged(sounds, ".m4a", tmp_path, what)
    content = made.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    file = MP4(made)
    assert [(c.start, c.title) for c in file.chapters] == [(0.0, "Un"), (1.0, "Deux")]
    assert file.tags["pcst"] is True and file.tags["stik"] == [21]
    assert file.tags["purl"] == ["https://example.org/feed.xml"]
    assert file.tags["egid"] == ["9e3a"]
    assert file.tags["catg"] == ["Society & Culture"]
    assert file.tags["\xa9lyr"] == ["Bonjour."]
    assert (file.tags["trkn"], file.tags["disk"]) == ([(3, 0)], [(2, 0)])
    assert Image.open(BytesIO(file.tags["covr"][0])).size == (600, 600)


def test_an_opus_file_shows_its_cover(sounds: dict[str, Path], tmp_path: Path) -> None:
    import base64

    made = tagged(sounds, ".opus", tmp_path, said(cover=COVER, cover_alt="Deux bulles"))
    picture = Picture(base64.b64decode(OggOpus(made)["metadata_block_picture"][0]))
    assert (picture.type, picture.mime, picture.desc) == (3, "image/jpeg", "Deux bulles")
    assert (picture.width, picture.height) == Image.open(BytesIO(picture.data)).size


# The published show.


def enclosure(published: Path, slug: str) -> Path:
    (file,) = (published / "site" / "audio").glob(f"{slug}.*.mp3")
    return file


def test_every_tag(published: Path) -> None:
    found = ID3(enclosure(published, "episode-3"), translate=False)
    assert found.version == (2, 3, 0)
    texts = {
        "TIT2": "Garder son emploi quand la santé change",
        "TALB": "À voix égales",
        "TPE1": "La présentatrice, L'invité, La conseillère",
        "TPE2": "L'équipe d'À voix égales",
        "TYER": "2026",
        "TDAT": "0211",
        "TLAN": "fra",
        "TCON": "Podcast",
        "TRCK": "3",
        "TCOP": "2026 L'équipe d'À voix égales",
        "TCAT": "Society & Culture",
        "TGID": "9e3a1f52-77d4-4b5e-a3c8-51b0c1d8ce03",
    }
    assert {name: str(found[name]) for name in texts} == texts
    assert found["PCST"].FrameID == "PCST"
    home = "https://podcast.example.org/a-voix-egales/"
    assert [found[n].url for n in ("WOAS", "WOAF", "WFED")] == [
        home,
        f"{home}episode-3/",
        f"{home}feed.xml",
    ]
    assert found["COMM::fra"].text == [str(found["TDES"])]
    assert "USLT::fra" not in found
    (picture,) = found.getall("APIC")
    assert picture.mime == "image/jpeg"
    assert picture.desc.startswith("Deux bulles")
    assert len(picture.data) <= 150_000
    assert Image.open(BytesIO(picture.data)).size == (600, 600)


def test_the_chapters_are_those_of_the_page(published: Path) -> None:
    file = enclosure(published, "episode-3")
    length = int(ID3(file)["TLEN"][0])
    _, found = by_ffmpeg(file)
    titles = ["Bienvenue", "L'histoire de l'invité", "La RQTH, à quoi ça sert ?", "Trois conseils"]
    assert [title for _, _, title in found] == titles
    assert found[0][0] == 0 and found[-1][1] == length
    assert [end for _, end, _ in found[:-1]] == [start for start, _, _ in found[1:]]


def test_another_language(published: Path) -> None:
    found = ID3(enclosure(published, "episode-2"), translate=False)
    assert str(found["TLAN"]) == "eng"
    assert str(found["CTOC:toc"].sub_frames["TIT2"]) == "Chapters"


def test_the_published_sound_is_the_master(published: Path) -> None:
    file = enclosure(published, "episode-3")
    assert abs(MP3(file).info.length - 129.48) < 0.1
    masters = list((published / ".podcast" / "sound").glob("*.mp3"))
    assert sound_of(file) in [sound_of(master) for master in masters]


def test_the_ledger_knows_the_exact_bytes(published: Path) -> None:
    ledger = json.loads((published / "published.json").read_text("utf-8"))
    for slug, entry in ledger["episodes"].items():
        file = published / "site" / entry["enclosure"]
        assert file == enclosure(published, slug)
        assert file.stat().st_size == entry["length"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("transcripts/episode-3.md", "## Trois conseils", "## Trois idées"),
        ("episodes/episode-3/episode.md", 'title: "Garder', 'title: "Conserver'),
        ("podcast.yaml", "model: demo", "model: demo\nlyrics: true"),
    ],
    ids=["chapter", "title", "lyrics"],
)
def test_a_change_tags_again_and_encodes_nothing(
    file: str, old: str, new: str, show: Path, published: Path, podcast: Callable[..., Ran]
) -> None:
    path = show / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    ran = podcast(show, "publish", "episode-3")
    assert (ran.code, ran.err) == (0, "")
    said = [line.split(" ")[0] for line in ran.out.splitlines()]
    assert "Étiquettes" in said and "Son" not in said
    made, before = enclosure(show, "episode-3"), enclosure(published, "episode-3")
    assert made.name != before.name
    assert sound_of(made) == sound_of(before)
    found = ID3(made)
    shown = str(found["TIT2"]) + str(found["CHAP:c4"].sub_frames["TIT2"])
    lyrics = str(found.get("USLT::fra", ""))
    assert ("idées" in shown, "Conserver" in shown, bool(lyrics)) == (
        "idées" in new,
        "Conserver" in new,
        "lyrics" in new,
    )
    if lyrics:
        assert "Racontez-nous votre histoire." in lyrics
