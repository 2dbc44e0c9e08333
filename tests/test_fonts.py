"""The fonts that the theme carries: every sign of French, their licence, their weight."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from fontTools.ttLib import TTFont

from podcast.palette import FIRST_FONTS

STATIC = ROOT / "templates" / "static"
FRENCH = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    "àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ«»‹›“”‘’'\"–—-‑…·•.,;:!?()[]/&@#%°ºª€×½"
    "\u0020\u00a0\u202f\u2009"
)


def ranges(text: str) -> set[int]:
    found: set[int] = set()
    for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", text):
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def faces() -> dict[tuple[str, str], list[tuple[str, set[int]]]]:
    """Files and the characters they are used for, by weight and style."""
    found: dict[tuple[str, str], list[tuple[str, set[int]]]] = {}
    css = (STATIC / "style.css").read_text("utf-8")
    for rule in re.findall(r"@font-face \{(.*?)\}", css, re.DOTALL):
        said = dict(re.findall(r"([\w-]+): ([^;]+);", rule))
        file = re.fullmatch(r'url\((\S+)\) format\("woff2"\)', said["src"])
        assert file, "one file of our own, and none of the reader's machine"
        assert said["font-display"] == "swap"
        key = (said["font-weight"], said["font-style"])
        found.setdefault(key, []).append((file[1], ranges(said["unicode-range"])))
    return found


FACES = faces()


def test_regular_and_bold_stand_upright_and_slanted() -> None:
    assert set(FACES) == {(w, s) for w in ("400", "700") for s in ("normal", "italic")}


@pytest.mark.parametrize("face", FACES, ids=" ".join)
def test_every_sign_of_french_is_drawn(face: tuple[str, str]) -> None:
    drawn: set[int] = set()
    for file, used_for in FACES[face]:
        font = TTFont(STATIC / file)
        assert font["name"].getDebugName(1).startswith("Atkinson Hyperlegible Next")
        assert bool(font["OS/2"].fsSelection & 1) == (face[1] == "italic")
        assert font["OS/2"].usWeightClass == int(face[0])
        drawn |= set(font.getBestCmap()) & used_for
    assert [sign for sign in FRENCH if ord(sign) not in drawn] == []


def test_the_licence_lies_beside_them_and_is_named() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (STATIC / "fonts" / "OFL.txt").read_text("utf-8")
    assert "templates/static/fonts/OFL.txt" in (ROOT / "NOTICE").read_text("utf-8")


def test_what_a_page_asks_for_at_once_is_what_it_is_set_in() -> None:
    assert tuple(FACES[weight, "normal"][0][0] for weight in ("400", "700")) == FIRST_FONTS


def test_what_a_page_loads_is_light() -> None:
    """A French or English page takes regular, bold and italic of the first subset."""
    usual = [FACES["400", "normal"][0], FACES["700", "normal"][0], FACES["400", "italic"][0]]
    assert sum((STATIC / file).stat().st_size for file, _ in usual) <= 45_000
    assert sum(file.stat().st_size for file in (STATIC / "fonts").iterdir()) <= 90_000
