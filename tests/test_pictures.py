"""Covers: what apps would refuse is told before anything is published, and nothing private is."""

from __future__ import annotations

import json
import re
import shutil
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Ran
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3
from PIL import Image, PngImagePlugin

from podcast import pictures
from podcast.errors import Fixable
from podcast.served_as import is_kept, is_lasting

COVER = ROOT / "cover.jpg"


def plain(side: int = 1400, mode: str = "RGB", height: int = 0) -> Image.Image:
    return Image.new(mode, (side, height or side))


def saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    made = BytesIO()
    image.save(made, kind, **more)
    return made.getvalue()


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG that announces a size, with other chunks after it and no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n"
    for name, body in ((b"IHDR", header), *chunks, (b"IDAT", zlib.compress(b"")), (b"IEND", b"")):
        content += struct.pack(">I", len(body)) + name + body
        content += struct.pack(">I", zlib.crc32(name + body))
    return content


def two(side: int = 1400) -> list[Image.Image]:
    return [Image.new("RGB", (side, side), colour) for colour in ("white", "black")]


def animated(kind: str) -> bytes:
    first, second = two()
    return saved(first, kind, save_all=True, append_images=[second], duration=200)


CASES: dict[str, tuple[str, Callable[[], bytes], list[str]]] = {
    "as it should be": ("cover.jpg", lambda: saved(plain(), "JPEG"), []),
    "the largest": ("cover.png", lambda: saved(plain(3000), "PNG"), []),
    "a palette": ("cover.png", lambda: saved(plain(mode="P"), "PNG"), []),
    "0 bytes": ("cover.jpg", lambda: b"", ["empty"]),
    "text": ("cover.jpg", lambda: b"Ceci est un texte.\n" * 99, ["unreadable"]),
    "sound": ("cover.jpg", lambda: b"ID3\x03\0\0\0\0\0\0\xff\xfb" * 99, ["unreadable"]),
    "SVG": ("cover.png", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", ["unreadable"]),
    "cut in the middle": ("cover.jpg", lambda: COVER.read_bytes()[:60_000], ["broken"]),
    "cut PNG": ("cover.png", lambda: saved(two()[0], "PNG")[:-3000], ["broken"]),
    "cut in its header": ("cover.jpg", lambda: COVER.read_bytes()[:30], ["unreadable"]),
    "CMYK": ("cover.jpg", lambda: saved(plain(mode="CMYK"), "JPEG"), ["colours"]),
    "grey": ("cover.jpg", lambda: saved(plain(mode="L"), "JPEG"), ["colours"]),
    "transparent": ("cover.png", lambda: saved(plain(mode="RGBA"), "PNG"), ["colours"]),
    "animated GIF": ("cover.gif", lambda: animated("GIF"), ["animated"]),
    "animated PNG": ("cover.png", lambda: animated("PNG"), ["animated"]),
    "animated WebP": ("cover.webp", lambda: animated("WEBP"), ["animated"]),
    "WebP": ("cover.webp", lambda: saved(plain(), "WEBP"), ["format"]),
    "TIFF named JPEG": ("cover.jpg", lambda: saved(plain(), "TIFF"), ["format"]),
    "PNG named JPEG": ("cover.jpg", lambda: saved(plain(), "PNG"), ["suffix"]),
    "JPEG named PNG": ("cover.png", lambda: saved(plain(), "JPEG"), ["suffix"]),
    "tiny": ("cover.png", lambda: saved(plain(1), "PNG"), ["small"]),
    "one pixel too small": ("cover.jpg", lambda: saved(plain(1399), "JPEG"), ["small"]),
    "one pixel too large": ("cover.jpg", lambda: saved(plain(3001), "JPEG"), ["large"]),
    "not square": ("cover.jpg", lambda: saved(plain(1400, height=1401), "JPEG"), ["square"]),
    "all at once": (
        "cover.png",
        lambda: saved(plain(800, "CMYK", 600), "JPEG"),
        ["suffix", "colours", "square", "small"],
    ),
    "a bomb of pixels": ("cover.png", lambda: png(50_000, 50_000), ["huge"]),
    "a bomb in one line": ("cover.png", lambda: png(2_000_000_000, 1), ["huge"]),
    "a bomb of text": (
        "cover.png",
        lambda: png(1400, 1400, (b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000)))),
        ["unreadable"],
    ),
    "heavy": ("cover.png", lambda: bytes(20_000_001), ["heavy"]),
    "no pixels": ("cover.png", lambda: png(1400, 1400), ["broken"]),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_cover_may_be(name: str, tmp_path: Path) -> None:
    file, make, kinds = CASES[name]
    path = tmp_path / file
    path.write_bytes(make())
    told: list[str] = []
    try:
        pictures.check(path, file)
    except Fixable as error:
        told = [fault.kind for fault in error.faults]
        assert {fault.place.file for fault in error.faults if fault.place} == {file}
    assert told == [f"picture.{kind}" for kind in kinds]


def test_a_device_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "cover.jpg").symlink_to("/dev/zero")
    with pytest.raises(Fixable) as caught:
        pictures.check(tmp_path / "cover.jpg", "cover.jpg")
    assert [fault.kind for fault in caught.value.faults] == ["picture.special"]


@given(content=st.binary(max_size=400), start=st.sampled_from([b"", b"\xff\xd8\xff", b"GIF89a"]))
def test_no_content_is_more_than_a_sentence(
    content: bytes, start: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "cover.jpg"
    path.write_bytes(start + content)
    with pytest.raises(Fixable):
        pictures.check(path, "cover.jpg")


# What is published of it.


def camera(**more: Any) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Appareil"
    exif.get_ifd(0x8825)[1] = "N"
    for tag, value in more.items():
        exif[int(tag[1:], 16)] = value
    return exif


def test_a_cover_without_remarks_is_published_as_it_is() -> None:
    assert pictures.public(COVER) == COVER.read_bytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_place_and_camera_are_taken_out_and_the_pixels_stay(kind: str, tmp_path: Path) -> None:
    with Image.open(COVER) as image:
        profile = b"a profile of colours" * 10
        content = saved(image, kind, exif=camera(), icc_profile=profile, comment="chez moi")
    path = tmp_path / "cover"
    path.write_bytes(content)
    bare = pictures.public(path)
    assert b"Appareil" in content and b"Appareil" not in bare
    with Image.open(BytesIO(content)) as before, Image.open(BytesIO(bare)) as after:
        assert not after.getexif() and "comment" not in after.info
        assert after.info["icc_profile"] == profile
        assert after.tobytes() == before.tobytes()


def test_a_picture_on_its_side_is_turned(tmp_path: Path) -> None:
    left = Image.new("RGB", (1400, 1400), "white")
    left.paste("black", (0, 0, 700, 1400))
    path = tmp_path / "cover.jpg"
    path.write_bytes(saved(left, "JPEG", exif=camera(x0112=6)))
    with Image.open(BytesIO(pictures.public(path))) as turned:
        assert not turned.getexif()
        assert turned.getpixel((700, 100)) == (0, 0, 0)
        assert turned.getpixel((700, 1300)) == (255, 255, 255)
    with Image.open(BytesIO(pictures.for_tag(path).content)) as small:
        assert small.getpixel((300, 40)) == (0, 0, 0)


def test_the_picture_in_a_sound_is_small(tmp_path: Path) -> None:
    noise = Image.effect_noise((3000, 3000), 90).convert("RGB")
    path = tmp_path / "cover.png"
    path.write_bytes(saved(noise, "PNG", compress_level=1))
    small = pictures.for_tag(path)
    assert len(small.content) <= 150_000
    with Image.open(BytesIO(small.content)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (600, 600))
        assert (small.width, small.height) == image.size
        assert not image.getexif()
    assert pictures.for_tag(path) == small


# Through the command.


def test_publish_tells_it_before_any_long_work(
    tmp_path: Path, show: Path, podcast: Callable[..., Ran]
) -> None:
    (show / "cover.jpg").write_bytes(saved(plain(800, height=600), "JPEG"))
    shutil.rmtree(show / ".podcast")
    ran = podcast(show, "publish", "episode-3")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "cover.jpg : cette image n'est pas carrée (800\xa0×\xa0600\xa0pixels). Recadrez-la en carré.\n"
        "cover.jpg : cette image est trop petite (800\xa0×\xa0600\xa0pixels). Exportez-la de nouveau, "
        "en 1400 à 3000\xa0pixels de côté.\n"
    )
    assert not (show / "site").exists()


def test_an_episodes_own_cover_is_published_and_in_its_sound(
    show: Path, podcast: Callable[..., Ran]
) -> None:
    episode = show / "episodes" / "episode-3"
    text = (episode / "episode.md").read_text("utf-8")
    own = "cover: couverture.png\ncover_alt: Un carré rouge\nsummary:"
    (episode / "episode.md").write_text(text.replace("summary:", own, 1), "utf-8")
    line = text[: text.index("summary:")].count("\n") + 1
    ran = podcast(show, "publish", "episode-3")
    assert ran.err == (
        f"episodes/episode-3/episode.md:{line} : l'image « episodes/episode-3/couverture.png » "
        "n'existe pas. Ajoutez-la, ou corrigez « cover ».\n"
    )
    (episode / "couverture.png").write_bytes(saved(Image.new("RGB", (1400, 1300), "red"), "PNG"))
    (show / "cover.jpg").write_bytes(saved(plain(800), "JPEG"))
    ran = podcast(show, "publish", "episode-3")
    assert [line.split(" ")[0] for line in ran.err.splitlines()] == [
        "cover.jpg", "episodes/episode-3/couverture.png", "episodes/episode-3/couverture.png",
    ]  # fmt: skip
    shutil.copy(COVER, show)
    content = saved(Image.new("RGB", (1400, 1400), "red"), "PNG", pnginfo=remark())
    (episode / "couverture.png").write_bytes(content)
    ran = podcast(show, "publish", "episode-3")
    assert (ran.code, ran.err) == (0, "")
    made = (show / "site" / "episode-3" / "couverture.png").read_bytes()
    assert b"Paris" in content and b"Paris" not in made
    (sound,) = (show / "site" / "audio").glob("episode-3.*.mp3")
    tag = ID3(sound)["APIC:Un carré rouge"]
    with Image.open(BytesIO(tag.data)) as image:
        assert image.size == (600, 600) and image.getpixel((300, 300))[0] > 240
    # Another picture under the same name is looked at again.
    (episode / "couverture.png").write_bytes(saved(Image.new("RGB", (1400, 1400), "blue"), "PNG"))
    assert podcast(show, "publish", "episode-3").code == 0
    with Image.open(show / "site" / "episode-3" / "couverture.png") as image:
        assert image.getpixel((0, 0)) == (0, 0, 255)


def remark() -> PngImagePlugin.PngInfo:
    said = PngImagePlugin.PngInfo()
    said.add_text("Location", "Paris")
    return said


def test_publish_leaves_the_camera_out(show: Path, podcast: Callable[..., Ran]) -> None:
    with Image.open(show / "cover.jpg") as image:
        content = saved(image, "JPEG", exif=camera())
    (show / "cover.jpg").write_bytes(content)
    assert podcast(show, "publish", "episode-3").code == 0
    assert b"Appareil" not in (show / "site" / "cover.jpg").read_bytes()
    assert (show / "cover.jpg").read_bytes() == content


def addresses(site: Path) -> set[str]:
    """Where feeds and pages say that the show's cover is, below the site."""
    base = "https://podcast.example.org/a-voix-egales/"
    feed = (site / "feed.xml").read_text("utf-8")
    json_feed = json.loads((site / "feed.json").read_text("utf-8"))
    page = (site / "index.html").read_text("utf-8")
    said = {
        *re.findall(r'<itunes:image href="([^"]+)"', feed),
        *re.findall(r"<url>([^<]+)</url>", feed),
        *re.findall(r'<podcast:image href="([^"]+)"', feed),
        json_feed["icon"], json_feed["favicon"],
        *re.findall(r'property="og:image" content="([^"]+)"', page),
        *re.findall(r'"image": ?"([^"]+)"', page),
    }  # fmt: skip
    (icon,) = re.findall(r'<link rel="icon" href="([^"]+)"', page)
    return {address.removeprefix(base) for address in (*said, icon)}


def test_another_picture_has_another_address_and_the_one_before_stays(
    show: Path, podcast: Callable[..., Ran]
) -> None:
    """Apple's directory and apps keep a cover by its address."""
    site = show / "site"

    def publish(colour: str | None) -> str:
        if colour:
            (show / "cover.jpg").write_bytes(saved(Image.new("RGB", (1400, 1400), colour), "JPEG"))
        ran = podcast(show, "publish", "episode-3")
        assert (ran.code, ran.err) == (0, "")
        (address,) = addresses(site)
        assert is_kept(address) and is_lasting(address)
        assert (site / address).read_bytes() == (site / "cover.jpg").read_bytes()
        return address

    first = publish(None)
    assert publish(None) == first
    before = (site / first).read_bytes()
    red, blue = publish("red"), publish("blue")
    assert len({first, red, blue}) == 3
    assert (site / first).read_bytes() == before and (site / red).is_file()
    assert publish("red") == red
    # In a fresh clone nobody has the former ones; a place that was sent to keeps them.
    shutil.rmtree(site)
    assert publish(None) == red
    assert [each.name for each in (site / "assets").glob("cover.*")] == [Path(red).name]
