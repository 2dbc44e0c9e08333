"""The colours that come with the theme: what is read at 7:1, what is seen at 3:1."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from coloraide import Color
from conftest import ROOT

from podcast.palette import FONTS, SCHEMES, SHAPES, TEXT, Scheme, style_sheet

TOKENS = {field.name.replace("_", "-") for field in fields(Scheme)}


def contrast(scheme: Scheme, pair: tuple[str, str]) -> float:
    one, other = (Color(getattr(scheme, token)) for token in pair)
    return one.contrast(other, method="wcag21")


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("pair", TEXT, ids=" on ".join)
def test_every_text_keeps_seven_to_one_on_its_ground(name: str, pair: tuple[str, str]) -> None:
    """Page checklist E24: contrast of text (WCAG 1.4.3, 1.4.6)."""
    assert contrast(SCHEMES[name], pair) >= 7


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("pair", SHAPES, ids=" on ".join)
def test_every_border_ring_and_bar_keeps_three_to_one(name: str, pair: tuple[str, str]) -> None:
    """Page checklist E24: contrast of what is not text (WCAG 1.4.11)."""
    assert contrast(SCHEMES[name], pair) >= 3


def test_every_token_is_measured() -> None:
    measured = {token for pair in (*TEXT, *SHAPES) for token in pair}
    assert {field.name for field in fields(Scheme)} - measured == {"line"}


def rules(css: str) -> dict[tuple[str, str], dict[str, str]]:
    """Declarations by media query ("" for none) and selector."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    outside = re.sub(r"@media (.+?) \{\n(.*?)\n\}\n", "", css, flags=re.DOTALL)
    blocks = [("", outside), *re.findall(r"@media (.+?) \{\n(.*?)\n\}\n", css, re.DOTALL)]
    for query, text in blocks:
        for selector, body in re.findall(
            r"^\s*(:root\S*) \{(.*?)\}", text, re.MULTILINE | re.DOTALL
        ):
            lines = re.findall(r"([\w-]+): (.+);", body)
            found.setdefault((query, selector), {}).update(lines)
    return found


def test_the_style_sheet_gives_each_scheme_to_whom_it_is_for() -> None:
    css = rules(style_sheet())
    light, dark = css["", ":root"], css["(prefers-color-scheme: dark)", ":root:not([data-scheme])"]
    assert {name.removeprefix("--") for name in light} - {"color-scheme", "body", "measure"} == (
        TOKENS | {f"font-{name}" for name in FONTS}
    )
    assert (light["--paper"], light["color-scheme"]) == (SCHEMES["light"].paper, "light")
    assert (dark["--paper"], dark["color-scheme"]) == (SCHEMES["dark"].paper, "dark")
    for name, scheme in SCHEMES.items():
        chosen = css["", f':root[data-scheme="{name}"]']
        assert {token.removeprefix("--") for token in chosen} == TOKENS | {"color-scheme"}
        assert chosen["--accent-ground"] == scheme.accent_ground
    assert css["(prefers-contrast: more)", ":root:not([data-scheme])"]["--quiet"] == "var(--ink)"
    assert css["print", ":root:root"]["--paper"] == "#ffffff"


def test_the_other_style_sheets_name_colours_by_token() -> None:
    css = (ROOT / "templates" / "static" / "style.css").read_text("utf-8")
    known = TOKENS | {"body", "measure"} | {f"font-{name}" for name in FONTS}
    declared = set(re.findall(r"^\s*--([\w-]+):", css, re.MULTILINE))
    assert set(re.findall(r"var\(--([\w-]+)", css)) - declared <= known
    assert not declared & TOKENS


def test_the_documentation_names_every_token() -> None:
    page = (ROOT / "docs" / "theme.md").read_text("utf-8")
    fonts = {f"font-{name}" for name in FONTS}
    assert TOKENS | {"body", "measure"} | fonts == set(re.findall(r"`--([\w-]+)`", page))
