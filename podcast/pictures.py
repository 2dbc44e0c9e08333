"""Look at covers before listeners' apps do, and make them small for tags: the one door to Pillow.

A picture's header is read before its pixels, so that a bomb is told by what it announces.
"""

from __future__ import annotations

import stat
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from podcast.errors import Fault, Fixable, Place, fault

if TYPE_CHECKING:
    from PIL.Image import Image

# Count up when other covers are refused, or other bytes are published of them.
RECIPE = 1
# What Apple's directory asks of a cover; others follow it.
LEAST, MOST = 1400, 3000
_HEAVIEST = 20_000_000
# As much memory as one conversion may take: 150 MB in three colours.
_MOST_PIXELS = 50_000_000
# Pictures that people may give by mistake are recognised too, to name them; nothing else is opened.
_KNOWN = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
_SUFFIXES = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",)}
# Every app on a phone or in a car loads this one, in the first bytes of the sound.
_TAG_SIDE, _TAG_BYTES = 600, 150_000
# All that Pillow raises for content that it cannot read, beside its bomb.
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, OverflowError)
_ORIENTATION = 0x0112
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs".split()
)  # fmt: skip
_PNG_START = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Small:
    """A picture for a tag: a square JPEG of at most 600 pixels and 150 kB."""

    content: bytes
    width: int
    height: int
    media_type: str = "image/jpeg"


def check(path: Path, name: str) -> None:
    """Raise :class:`Fixable` with everything that keeps a picture from being a cover.

    ``name`` is the file as its owner writes it.
    """
    place = Place(name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Fixable(fault("picture.special", place))
        if not status.st_size:
            raise Fixable(fault("picture.empty", place))
        if status.st_size > _HEAVIEST:
            size, limit = status.st_size // 1_000_000, _HEAVIEST // 1_000_000
            raise Fixable(fault("picture.heavy", place, size=size, limit=limit))
        with _opened(path, place) as image:
            if faults := _unfit(image, path.suffix.lower(), place):
                raise Fixable(faults)
            try:
                image.load()
            except _UNREADABLE as error:
                raise Fixable(fault("picture.broken", place)) from error
    except OSError as error:
        raise Fixable(fault("file.unreadable", place)) from error


@contextmanager
def _opened(path: Path | BytesIO, place: Place) -> Iterator[Image]:
    """The picture with its header read; raises :class:`Fixable` where that cannot be."""
    from PIL import Image

    with warnings.catch_warnings():
        # Pillow warns of what it finds odd; we say what matters in our own words.
        warnings.simplefilter("ignore")
        try:
            image = Image.open(path, formats=_KNOWN)
        except Image.DecompressionBombError as error:
            raise Fixable(fault("picture.huge", place, most=MOST)) from error
        except _UNREADABLE as error:
            raise Fixable(fault("picture.unreadable", place)) from error
        with image:
            yield image


def _unfit(image: Image, suffix: str, place: Place) -> list[Fault]:
    width, height = image.size
    if max(width, height) > 10 * MOST:
        return [fault("picture.huge", place, most=MOST)]
    faults = []
    # A phone's JPEG may carry a second picture (MPO); that one is no animation.
    kind = "JPEG" if image.format == "MPO" else image.format or ""
    if kind != "JPEG" and getattr(image, "is_animated", False):
        faults.append(fault("picture.animated", place))
    elif kind not in _SUFFIXES:
        faults.append(fault("picture.format", place, kind=kind))
    elif suffix not in _SUFFIXES[kind]:
        right = _SUFFIXES[kind][0]
        faults.append(fault("picture.suffix", place, kind=kind, suffix=right))
    if image.mode != "RGB" and (image.mode != "P" or "transparency" in image.info):
        faults.append(fault("picture.colours", place, mode=image.mode))
    if width != height:
        faults.append(fault("picture.square", place, width=width, height=height))
    if min(width, height) < LEAST:
        least = {"least": LEAST, "most": MOST}
        faults.append(fault("picture.small", place, width=width, height=height, **least))
    elif max(width, height) > MOST:
        least = {"least": LEAST, "most": MOST}
        faults.append(fault("picture.large", place, width=width, height=height, **least))
    return faults


def fitting(content: bytes, suffix: str, name: str) -> bytes:
    """A picture from elsewhere as a cover may be: still, RGB, not too large; as it is if it fits.

    What only a person can mend, too few pixels or another shape, stays for :func:`check` to tell.
    Raises :class:`Fixable` for what is no picture that can be opened.
    """
    place = Place(name)
    with _opened(BytesIO(content), place) as image:
        if image.width * image.height > _MOST_PIXELS:
            raise Fixable(fault("picture.huge", place, most=MOST))
        faults = {told.kind for told in _unfit(image, suffix, place)}
        if not faults - {"picture.small", "picture.square"}:
            return content
        try:
            image.seek(0)
            plain = image.convert("RGBA") if "transparency" in image.info else image
            if plain.mode in ("RGBA", "LA", "PA"):
                plain = _on_white(plain.convert("RGBA"))
            plain.thumbnail((MOST, MOST))
            return _encoded(plain, suffix == ".png")
        except _UNREADABLE as error:
            raise Fixable(fault("picture.broken", place)) from error


def _on_white(image: Image) -> Image:
    from PIL import Image

    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image)
    return ground


def public(path: Path) -> bytes:
    """A cover's content for the web: without place, date, camera and remarks, pixels untouched.

    A picture that lies on its side by a remark only is turned, and so is encoded anew.
    ``path`` must have passed :func:`check`.
    """
    with _opened(path, Place(path.name)) as image:
        turned = image.getexif().get(_ORIENTATION, 1) != 1
        if turned or image.format == "MPO":
            return _encoded(image, image.format == "PNG")
    content = path.read_bytes()
    return _bare_png(content) if content.startswith(_PNG_START) else _bare_jpeg(content)


def _encoded(image: Image, png: bool) -> bytes:
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image).convert("RGB")
    made = BytesIO()
    if png:
        upright.save(made, "PNG")
    else:
        upright.save(made, "JPEG", quality=92, optimize=True)
    return made.getvalue()


def _bare_png(content: bytes) -> bytes:
    bare, at = bytearray(_PNG_START), len(_PNG_START)
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big") + 12
        kind = content[at + 4 : at + 8]
        if kind in _PNG_KEPT:
            bare += content[at : at + size]
        at += size
        if kind == b"IEND":
            break
    return bytes(bare)


def _bare_jpeg(content: bytes) -> bytes:
    """Without application segments other than JFIF, colour profile and Adobe's colour transform."""
    bare, at = bytearray(content[:2]), 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker == 0xDA:  # the pixels follow
            break
        size = 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        segment = content[at : at + size]
        profile = marker == 0xE2 and segment[4:].startswith(b"ICC_PROFILE\0")
        remark = (0xE1 <= marker <= 0xEF and marker != 0xEE) or marker == 0xFE
        if profile or not remark:
            bare += segment
        at += size
    return bytes(bare) + content[at:]


def side(path: Path) -> int:
    """How many pixels wide and high a cover is that has passed :func:`check`."""
    with _opened(path, Place(path.name)) as image:
        return image.width


def for_tag(path: Path) -> Small:
    """A cover made small for the inside of a sound file; the same picture gives the same bytes."""
    from PIL import Image, ImageOps

    with _opened(path, Place(path.name)) as image:
        image.draft("RGB", (2 * _TAG_SIDE, 2 * _TAG_SIDE))
        small = ImageOps.exif_transpose(image).convert("RGB")
    small.thumbnail((_TAG_SIDE, _TAG_SIDE), Image.Resampling.LANCZOS)
    made = BytesIO()
    for quality in (85, 75, 60, 45, 30):
        made = BytesIO()
        small.save(made, "JPEG", quality=quality, optimize=True)
        if made.tell() <= _TAG_BYTES:
            break
    return Small(made.getvalue(), small.width, small.height)
