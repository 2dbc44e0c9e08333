"""The look that a show chooses: refused with the nearest that is readable, or readable everywhere."""

from __future__ import annotations

import pytest
from chance import examples
from coloraide import Color
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.colour import contrast, nearest
from podcast.errors import Fixable
from podcast.look import Look, palette, unreadable
from podcast.palette import BUILT_IN, SHAPES, TEXT, Palette, style_sheet
from podcast.show import read_show
from podcast.strict_yaml import read_yaml

TREE = read_yaml("look:\n  accent: x\n  paper: x\n  ink: x\n", "podcast.yaml")
hexes = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
SHOW = """\
title: T
language: fr
description: D
address: https://example.org/
author: A
owner: {name: A, email: a@example.org}
guid: 2d7c9f0a-6a0b-5d2f-9a59-0d5f6f0b3c11
category: Education
look:
"""


def look_of(lines: str) -> Look:
    return read_show(SHOW + lines, "podcast.yaml").look


def kinds(lines: str) -> list[tuple[str, int | None]]:
    with pytest.raises(Fixable) as told:
        look_of(lines)
    return [(f.kind, f.place and f.place.line) for f in told.value.faults]


def weak(made: Palette) -> list[tuple[str, tuple[str, str]]]:
    return [
        (name, pair)
        for name, scheme in made.schemes.items()
        for pairs, least in ((TEXT, 7), (SHAPES, 3))
        for pair in pairs
        if contrast(*(getattr(scheme, token) for token in pair)) < least
    ]


def lightness_and_hue(colour: str) -> tuple[float, float, float]:
    lightness, chroma, hue = Color(colour).convert("oklch").coords(nans=False)
    return lightness, chroma, hue


@given(hexes)
@settings(max_examples=examples(60))
def test_the_nearest_accent_is_accepted_and_read_in_every_scheme(accent: str) -> None:
    (*faults,) = unreadable(Look(accent=accent), TREE)
    if faults:
        (fault,) = faults
        assert fault.facts["ratio"] == pytest.approx(contrast(accent, "#fbf8f1"), abs=0.1)
        accent = str(fault.facts["nearest"])
    look = Look(accent=accent)
    assert unreadable(look, TREE) == []
    made = palette(look)
    assert weak(made) == []
    assert made.schemes["light"].accent == accent


@given(hexes, hexes, hexes)
@settings(max_examples=examples(60))
def test_whatever_is_accepted_is_read_in_every_scheme(paper: str, ink: str, accent: str) -> None:
    chosen = {"paper": paper, "ink": ink, "accent": accent}
    # First the ground, then what stands on it.
    for _ in range(2):
        for fault in unreadable(Look(**chosen), TREE):
            chosen[str(fault.facts.get("key", "paper"))] = str(fault.facts["nearest"])
    look = Look(**chosen)
    assert unreadable(look, TREE) == []
    assert weak(palette(look)) == []


@given(hexes, hexes, st.sampled_from([3, 4.5, 7]))
@settings(max_examples=examples(60))
def test_the_nearest_keeps_its_hue_and_moves_no_further_than_needed(
    colour: str, ground: str, ratio: float
) -> None:
    try:
        found = nearest(colour, [ground], ratio)
    except ValueError:
        assert max(contrast(end, ground) for end in ("#000000", "#ffffff")) < ratio
        return
    assert contrast(found, ground) >= ratio
    was, now = lightness_and_hue(colour), lightness_and_hue(found)
    if min(was[1], now[1]) > 0.06:  # of a colour that is nearly grey, eight bits say no hue
        assert abs((was[2] - now[2] + 180) % 360 - 180) < 15
    if found != colour:
        # A step back towards the colour that was wanted is not enough any more.
        back = Color("oklch", [now[0] + (0.02 if was[0] > now[0] else -0.02), was[1], was[2]])
        shown = back.convert("srgb").fit(method="oklch-chroma").to_string(hex=True)
        assert contrast(shown, ground) < ratio


def test_nothing_chosen_is_the_theme_as_it_is() -> None:
    assert palette(Look()) == BUILT_IN


def test_the_hue_reaches_every_scheme() -> None:
    made = palette(Look(accent="#7a1f5c")).schemes
    hue = lightness_and_hue("#7a1f5c")[2]
    shades = [scheme.accent for scheme in made.values()]
    shades += [made["light"].accent_ground, made["dark"].accent_ground, made["dark"].raised]
    assert all(abs(lightness_and_hue(shade)[2] - hue) < 12 for shade in shades)
    for name, paper in (("sepia", "#f4ead5"), ("contrast", "#000000"), ("light", "#fbf8f1")):
        assert made[name].paper == paper


def test_a_grey_accent_stays_grey() -> None:
    made = palette(Look(accent="#444444"))
    assert all(lightness_and_hue(s.accent)[1] < 0.002 for s in made.schemes.values())


@pytest.mark.parametrize(
    ("written", "read"),
    [('"#0A4A50"', "#0a4a50"), ('"#037"', "#003377"), ("0a4a50", "#0a4a50"), ("123456", "#123456")],
)
def test_ways_to_write_a_colour(written: str, read: str) -> None:
    assert look_of(f"  accent: {written}\n").accent == read


@pytest.mark.parametrize("written", ["#0a4a50", '"#12345"', "teal", "rgb(0, 0, 0)", "true", "[a]"])
def test_what_is_not_a_colour_is_told(written: str) -> None:
    assert kinds(f"  ink: {written}\n") == [("field.colour", 10)]


@pytest.mark.parametrize(
    ("font", "body"),
    [
        ("hyperlegible", "var(--font-hyperlegible)"),
        ("serif", "var(--font-serif)"),
        ("Marianne", '"Marianne", var(--font-system)'),
        ("Source Sans 3 , Arial", '"Source Sans 3", "Arial", var(--font-system)'),
    ],
)
def test_fonts(font: str, body: str) -> None:
    look = look_of(f"  font: {font}\n")
    assert f"\n  --body: {body};\n" in style_sheet(palette(look))


@pytest.mark.parametrize("font", ["hyperlegable", '"Arial; }"', '"A\\"B"', "Arial,", '""'])
def test_what_is_no_font_is_told(font: str) -> None:
    assert kinds(f"  font: {font}\n") == [("field.font", 10)]


def test_each_weak_colour_is_told_with_its_line() -> None:
    assert kinds('  ink: "#777"\n  accent: "#eee"\n') == [
        ("look.contrast", 10),
        ("look.contrast", 11),
    ]
    assert kinds('  ink: "#fff"\n  paper: "#000"\n') == [("look.paper", 11)]
