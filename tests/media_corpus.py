"""Sound files that people give by mistake or that somebody made to do harm, each with what follows.

``python tests/media_corpus.py`` prints ``docs/bad-input.md``; a test keeps that page as it is here.
"""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parent.parent
SPEECH_MS = 5300
PUBLISHED = "published"


@dataclass(frozen=True)
class Case:
    """A file with its name, who makes it, and what is answered: a kind of fault, or published.

    ``seconds`` is what is heard of it where it is published, ``tells_end`` whether a line asks to
    check that its end is there.
    """

    name: str
    file: str
    make: Callable[[Path], None]
    outcome: str = PUBLISHED
    seconds: float = SPEECH_MS / 1000
    tells_end: bool = False


def ffmpeg(*arguments: str | Path) -> None:
    from podcast.ffmpeg import program

    subprocess.run([program(), "-v", "error", "-nostdin", "-y", *map(str, arguments)], check=True)


def speech(path: Path, *how: str, seconds: float = SPEECH_MS / 1000, start: float = 0) -> Path:
    """The sample show's English voice, from its start, in the form that is asked for."""
    source = ROOT / "episodes" / "episode-2" / "recording.flac"
    ffmpeg("-ss", str(start), "-t", str(seconds), "-i", source, "-fflags", "+bitexact", *how, path)
    return path


def coded(*how: str) -> Callable[[Path], None]:
    return lambda path: void(speech(path, *how))


def void(_: object) -> None:
    """For makers whose value nobody needs."""


def content(what: bytes) -> Callable[[Path], None]:
    return lambda path: void(path.write_bytes(what))


def cut(*how: str, keep: float = 0.5) -> Callable[[Path], None]:
    """A file as a stopped copy leaves it: the first part of a whole one."""

    def make(path: Path) -> None:
        speech(path, *how)
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * keep)])

    return make


def unmarked(path: Path) -> None:
    """An Ogg whose last page does not say that it is the last, as Android's recorder leaves it."""
    speech(path, "-c:a", "libopus", "-f", "ogg")
    content = bytearray(path.read_bytes())
    at = content.rindex(b"OggS")
    content[at + 5] &= ~4
    content[at + 22 : at + 26] = bytes(4)
    content[at + 22 : at + 26] = struct.pack("<I", page_crc(bytes(content[at:])))
    path.write_bytes(content)


def page_crc(page: bytes) -> int:
    """The check sum of an Ogg page (polynomial 0x04C11DB7, not reflected)."""
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc >> 31 else 0)) & 0xFFFFFFFF
    return crc


def around(before: bytes = b"", after: bytes = b"") -> Callable[[Path], None]:
    """A sound MP3 with something before or after it."""

    def make(path: Path) -> None:
        speech(path, "-c:a", "libmp3lame", "-b:a", "64k", "-id3v2_version", "0", "-f", "mp3")
        path.write_bytes(before + path.read_bytes() + after)

    return make


def wav(frames: bytes, rate: int, bits: int = 16, form: int = 1, claims: int = -1) -> bytes:
    """A WAV file whose header may claim another size than it has."""
    size = len(frames) if claims < 0 else claims
    block = bits // 8
    head = struct.pack("<HHIIHH", form, 1, rate, rate * block, block, bits)
    riff = min(size + 36, 0xFFFFFFFF)
    return (
        b"RIFF" + struct.pack("<I", riff) + b"WAVEfmt " + struct.pack("<I", 16) + head
        + b"data" + struct.pack("<I", size) + frames
    )  # fmt: skip


def samples() -> bytes:
    """The speech as bare 16-bit samples at 22,050 Hz."""
    return _samples()


@cache
def _samples() -> bytes:
    from podcast.ffmpeg import program

    source = ROOT / "episodes" / "episode-2" / "recording.flac"
    done = subprocess.run(
        [program(), "-v", "error", "-t", str(SPEECH_MS / 1000), "-i", str(source),
         "-ac", "1", "-ar", "22050", "-f", "s16le", "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout


def claiming(size: int) -> Callable[[Path], None]:
    return lambda path: void(path.write_bytes(wav(samples(), 22_050, claims=size)))


def id3(*frames: bytes, claims: int = -1, version: int = 3) -> bytes:
    body = b"".join(frames)
    size = len(body) if claims < 0 else claims
    sevens = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3" + bytes((version, 0, 0)) + sevens + body


def frame(name: bytes, body: bytes, flags: bytes = b"\0\0") -> bytes:
    return name + struct.pack(">I", len(body)) + flags + body


def bomb(times: int, size: int) -> bytes:
    """Frames that say they are compressed (ID3 v2.3, flag 0x80) and grow a thousandfold."""
    packed = struct.pack(">I", size) + zlib.compress(b"\0" + bytes(size - 1), 9)
    return id3(*[frame(b"TXXX", packed, b"\0\x80")] * times)


def two_rates(path: Path) -> None:
    """An MP3 whose second half has another sampling rate, as two files put one after the other."""
    halves = []
    for n, rate in enumerate(("44100", "22050")):
        part = path.with_name(f"part{n}.mp3")
        half = SPEECH_MS / 2000
        speech(
            part, "-ar", rate, "-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0",
            seconds=half, start=n * half,
        )  # fmt: skip
        halves.append(part.read_bytes())
        part.unlink()
    path.write_bytes(b"".join(halves))


def film(path: Path) -> None:
    sound = speech(path.with_name("sound.wav"))
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc=s=64x64:r=5", "-i", sound, "-shortest", "-c:v", "mpeg4",
        "-c:a", "aac", path,
    )  # fmt: skip
    sound.unlink()


def mute_film(path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "color=s=16x16:d=1", path)


def locked(path: Path) -> None:
    """Sound that is encrypted as in a shop's files (ISO common encryption), without the key."""
    key = "76a6c65c5ea762046bd749a2e632ccbb"
    speech(
        path, "-c:a", "aac", "-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key,
        "-encryption_kid", "a7e61c373e219033c21091fa607bf3b8", "-f", "mp4",
    )  # fmt: skip


def a_day_and_more(path: Path) -> None:
    """26 hours of WAV, of which the disk only holds the header."""
    size = 26 * 3600 * 8000
    path.write_bytes(wav(b"", 8000, bits=8, claims=size))
    os.truncate(path, size + 44)


def floats(value: float) -> Callable[[Path], None]:
    """A WAV of 32-bit floats that all have a value which is no sound."""

    def make(path: Path) -> None:
        count = 44_100
        frames = struct.pack("<f", value) * count
        path.write_bytes(wav(frames, 44_100, bits=32, form=3))

    return make


def folder(path: Path) -> None:
    path.mkdir()
    (path / "note.txt").write_text("Le son est sur la clé.", "utf-8")


def frames_by_the_thousand(path: Path) -> None:
    around(id3(*[frame(b"TXXX", b"\0k%d\0v" % n) for n in range(20_000)]))(path)


NOISE = random.Random(5).randbytes(120_000)
MP3 = ("-c:a", "libmp3lame", "-b:a", "64k")
PLAYLIST = (
    b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"
)
CONCAT = b"ffconcat version 1.0\nfile /etc/hostname\nfile recording.wav\n"
SDP = b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n"

CASES = (
    # No sound at all.
    Case("A file of 0 bytes", "recording.wav", content(b""), "audio.empty"),
    Case("Text renamed .mp3", "recording.mp3", content(b"Bonjour.\n" * 900), "audio.not_audio"),
    Case("Noise renamed .mp3", "recording.mp3", content(NOISE), "audio.not_audio"),
    Case("Nothing but zeros", "recording.mp3", content(bytes(90_000)), "audio.not_audio"),
    Case("A playlist renamed .mp3", "recording.mp3", content(PLAYLIST), "audio.not_audio"),
    Case("A list of other files", "recording.mp3", content(CONCAT), "audio.not_audio"),
    Case("A session on a network", "recording.mp3", content(SDP), "audio.not_audio"),
    Case("A WAV without samples", "recording.wav", content(wav(b"", 44_100)), "audio.not_audio"),
    Case("A film without sound", "recording.mp4", mute_film, "audio.no_sound"),
    Case("A minute of digital silence", "recording.wav",
         content(wav(bytes(16_000 * 120), 16_000)), "audio.silent"),
    Case("Samples that are no numbers", "recording.wav", floats(float("nan")), "audio.silent"),
    # No file.
    Case("A folder named recording.wav", "recording.wav", folder, "audio.not_file"),
    Case("A pipe that nobody writes to", "recording.wav", os.mkfifo, "audio.not_file"),
    Case("A device that never ends", "recording.wav",
         lambda path: path.symlink_to("/dev/zero"), "audio.not_file"),
    Case("A link to nothing", "recording.wav",
         lambda path: path.symlink_to("gone.wav"), "audio.missing"),
    # Not whole, locked, too long.
    Case("An MP3 cut in the middle", "recording.mp3", cut(*MP3), "audio.cut_at"),
    Case("An M4A cut in the middle", "recording.m4a",
         cut("-c:a", "aac", "-movflags", "+faststart"), "audio.cut_at"),
    Case("A FLAC cut in the middle", "recording.flac", cut(), "audio.cut_at"),
    Case("A WAV cut in the middle", "recording.wav", cut(), "audio.cut_at"),
    Case("A Wave64 cut in the middle", "recording.w64", cut(), "audio.cut_at"),
    Case("A CAF cut in the middle", "recording.caf", cut("-c:a", "pcm_s16le"), "audio.cut_at"),
    Case("A WMA cut in the middle", "recording.wma", cut("-c:a", "wmav2"), "audio.cut_at"),
    Case("An Ogg cut in the middle", "recording.ogg", cut("-c:a", "libvorbis"), "audio.cut"),
    Case("An Opus cut in the middle", "recording.opus", cut("-c:a", "libopus"), "audio.cut"),
    Case("An M4A cut before its index", "recording.m4a", cut("-c:a", "aac"), "audio.cut"),
    Case("Copy-protected sound", "recording.m4a", locked, "audio.locked"),
    Case("26 hours", "recording.wav", a_day_and_more, "audio.too_long"),
    Case("A tag that claims to be longer than the file", "recording.mp3",
         around(id3(claims=5_000_000)), "audio.not_audio"),
    # Odd, and right.
    Case("8-bit samples", "recording.wav", coded("-c:a", "pcm_u8", "-ar", "11025")),
    Case("96 kHz, 24 bits", "recording.wav", coded("-ar", "96000", "-c:a", "pcm_s24le")),
    Case("Six channels (5.1)", "recording.flac", coded("-af", "pan=5.1|FC=c0|FL=0.1*c0|FR=0.1*c0")),
    Case("A sampling rate that changes in the middle", "recording.mp3", two_rates),
    Case("A film with sound", "recording.mp4", film),
    Case("Variable bit rate without a header", "recording.mp3",
         coded("-c:a", "libmp3lame", "-q:a", "7", "-write_xing", "0")),
    Case("A WAV that claims no size (a recorder that lost power)", "recording.wav",
         claiming(0), tells_end=True),
    Case("A WAV that claims 4 GB (a stream)", "recording.wav",
         claiming(0xFFFFFFFF), tells_end=True),
    Case("An Ogg without the mark of its end (a telephone)", "recording.ogg",
         unmarked, tells_end=True),
    Case("A fragmented MP4", "recording.m4a",
         coded("-c:a", "aac", "-movflags", "frag_keyframe+empty_moov")),
    Case("Junk before the sound", "recording.mp3", around(before=NOISE[:3000])),
    Case("Junk after the sound", "recording.mp3", around(after=b"TAG" + NOISE[:9000])),
    Case("A tag of 20,000 frames", "recording.mp3", frames_by_the_thousand),
    Case("A compressed tag that grows to 600 MB", "recording.mp3",
         around(bomb(3, 200_000_000))),
)  # fmt: skip

# Names that a shell, a decoder, a page or a file system could take for something else.
NAMES = (
    "$(touch harm)", "`touch harm`", "; touch harm #", "| touch harm", "&& touch harm", "-i",
    "--help", "12:30", "concat:a|b", "pipe:0", "file:x", "%d %s %(n)s", "* ? [a-z] {b,c}", "'a' \"b\"",
    "<script>alert(1)<!--", "&amp; ]]>", "été", "e\u0301te\u0301", "日本語", "🦻🏽👩‍🦽", "עברית", "\u202egnp.exe",
    "a  b", "~", "#1", "\\n", "@a,b=c;d", "CON", "x" * 120,
)  # fmt: skip


def page() -> str:
    """The page that tells people what is answered."""
    from feed_corpus import CASES as FEEDS
    from feed_corpus import IMPORTED
    from feed_corpus import PLACE as FEED
    from test_pictures import CASES as COVERS
    from text_corpus import CASES as TEXTS

    from podcast.wording import keys

    words = keys("en")

    def said(kind: str) -> str:
        key = f"error.{kind}"
        return (
            words[key if key in words else f"{key}.other"]
            .replace("\u00a0", " ")
            .replace("|", "\\|")
            .replace("\n", " ")
        )

    lines = [
        "# Files that are not as they should be",
        "",
        "What `publish` answers to sound files, covers and texts, and `podcast import-feed` to feeds, that",
        "people give by mistake, or that somebody made to do harm. It writes nothing then, changes no file",
        "of yours, and its exit code is 1 (3 where it guards the feed). Where the file is odd but sound, it",
        "is published. The page is made by `python tests/media_corpus.py`, and `tests/test_media_corpus.py`,",
        "`tests/test_pictures.py`, `tests/test_text_corpus.py` and `tests/test_feed_corpus.py` try every line.",
        "",
        "A file is decoded by a process of its own that may open that file only, and use at most",
        "1 GiB of memory and a time that follows from the file's size. The length is what decodes,",
        "never what a header says. Names may hold any character.",
        "",
        "## Sound",
        "",
        "| file | what happens |",
        "|---|---|",
    ]
    for case in CASES:
        happens = "It is published." if case.outcome == PUBLISHED else said(case.outcome)
        if case.tells_end:
            happens += " " + words["stage.open_end"]
        lines.append(f"| {case.name} | {happens} |")
    lines += ["", "## Covers", "", "| picture | what happens |", "|---|---|"]
    for name, (_, _, kinds) in COVERS.items():
        happens = " ".join(said(f"picture.{kind}") for kind in kinds) or "It is published."
        lines.append(f"| {name[0].upper()}{name[1:]} | {happens} |")
    for file, texts in groupby(TEXTS, lambda case: case.file):
        lines += [
            "",
            f"## {file.replace('episode-3', '<slug>')}",
            "",
            "| text | what happens |",
            "|---|---|",
        ]
        for text in texts:
            happens = "It is published." if text.outcome == PUBLISHED else said(text.outcome)
            lines.append(f"| {text.name} | {happens} |")
    lines += [
        "",
        f"## {FEED[0].upper()}{FEED[1:]}",
        "",
        "| feed | what happens |",
        "|---|---|",
    ]
    for feed in FEEDS:
        happens = "It is imported." if feed.outcome == IMPORTED else said(feed.outcome)
        lines.append(f"| {feed.name} | {happens} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT)]
    print(page(), end="")
