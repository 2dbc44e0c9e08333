"""The look of the pages as data: four schemes of colours, fonts, width, and their style sheet.

A reader's choice of scheme is ``data-scheme`` on ``<html>``; without one the device's own
preference holds, light or dark.  Every other style sheet names colours and fonts by token only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Scheme:
    """One colour, ``#rrggbb``, for each part that colours play on a page."""

    paper: str
    """Ground of the page."""
    raised: str
    """Ground of what stands out from it: fields, notes, menus."""
    ink: str
    """Text."""
    quiet: str
    """Text that steps back: dates, times, provenance."""
    accent: str
    """Links, names, buttons, the ring around what has the focus."""
    accent_ground: str
    """Ground of the top of a page and of what a link led to."""
    signal: str
    """Bars beside sounds and warnings; never text."""
    line: str
    """Lines that part two things and say nothing by themselves."""
    edge: str
    """Border of a field or a control."""
    warn_ground: str
    """Ground of a warning."""
    mark: str
    """Ground of the word being spoken."""
    mark_ink: str
    """The word being spoken, and the line under it."""
    hit: str
    """Ground of what a search found."""
    hit_ink: str
    """What a search found, and the line under it."""


SCHEMES: Mapping[str, Scheme] = {
    "light": Scheme(
        paper="#fbf8f1",
        raised="#ffffff",
        ink="#15282d",
        quiet="#324449",
        accent="#0a4a50",
        accent_ground="#dcebe9",
        signal="#d4553a",
        line="#c9cfc8",
        edge="#66787a",
        warn_ground="#fdeee0",
        mark="#ffd76e",
        mark_ink="#1d1a05",
        hit="#d5def8",
        hit_ink="#1c2452",
    ),
    "dark": Scheme(
        paper="#0f1b1e",
        raised="#17282c",
        ink="#f1efe8",
        quiet="#c3cfcd",
        accent="#9fdcd6",
        accent_ground="#1d3b3e",
        signal="#ff9d85",
        line="#3a4e51",
        edge="#8fa3a4",
        warn_ground="#3b2a1c",
        mark="#6a5200",
        mark_ink="#fffbe8",
        hit="#33406f",
        hit_ink="#eef1ff",
    ),
    "sepia": Scheme(
        paper="#f4ead5",
        raised="#fbf5e7",
        ink="#322519",
        quiet="#4b3a2a",
        accent="#6a2c14",
        accent_ground="#ecdfc4",
        signal="#b04a26",
        line="#d2c2a2",
        edge="#84704f",
        warn_ground="#f8dec6",
        mark="#f2c25a",
        mark_ink="#2a1c06",
        hit="#b9dbd2",
        hit_ink="#0e3229",
    ),
    "contrast": Scheme(
        paper="#000000",
        raised="#000000",
        ink="#ffffff",
        quiet="#ffffff",
        accent="#ffeb3b",
        accent_ground="#1f1f1f",
        signal="#ffeb3b",
        line="#ffffff",
        edge="#ffffff",
        warn_ground="#331400",
        mark="#ffeb3b",
        mark_ink="#000000",
        hit="#7fe9ff",
        hit_ink="#000000",
    ),
}
# What the browser is told for its own parts: scroll bars, fields, the native player.
_BRIGHT = frozenset({"light", "sepia"})

_GROUNDS = ("paper", "raised", "accent_ground", "warn_ground")
# Text on its ground, 7:1 (WCAG 1.4.6).  A button writes in paper on the accent.
TEXT = (
    *((ink, ground) for ink in ("ink", "quiet", "accent") for ground in _GROUNDS),
    ("paper", "accent"),
    ("mark_ink", "mark"),
    ("hit_ink", "hit"),
)
# Bars, borders and rings against what they stand on, 3:1 (WCAG 1.4.11).
SHAPES = tuple((shape, ground) for shape in ("accent", "signal", "edge") for ground in _GROUNDS)


FILE = "palette.css"
_SYSTEM = '"Segoe UI", system-ui, -apple-system, "Helvetica Neue", "Noto Sans", sans-serif'
FONTS: Mapping[str, str] = {
    "hyperlegible": f'"Atkinson Hyperlegible Next", {_SYSTEM}',
    "system": _SYSTEM,
    "serif": 'Charter, "Iowan Old Style", "Source Serif 4", Cambria, "Noto Serif", Georgia, serif',
}


# The theme's own font, in the two weights that every page begins with, by static file.
FIRST_FONTS = ("fonts/hyperlegible-regular.woff2", "fonts/hyperlegible-bold.woff2")


@dataclass(frozen=True, slots=True)
class Palette:
    """Everything that a show's pages are painted and set with."""

    schemes: Mapping[str, Scheme]
    """``light``, ``dark``, ``sepia`` and ``contrast``."""
    body: str
    """CSS font families of the text, the first wanted first."""
    measure: str
    """CSS length of the longest line of text."""


BUILT_IN = Palette(SCHEMES, "var(--font-hyperlegible)", "38rem")


def style_sheet(palette: Palette = BUILT_IN) -> str:
    """CSS that gives the tokens of every scheme, and the fonts, to the pages."""
    schemes = palette.schemes
    undecided = ":root:not([data-scheme])"
    plain = "--quiet: var(--ink);", "--line: var(--ink);", "--edge: var(--ink);"
    fonts = [f"--font-{name}: {families};" for name, families in FONTS.items()]
    # Whatever a reader chose for the screen, the sheet in the printer is white.
    printed = replace(schemes["light"], paper="#ffffff", raised="#ffffff")
    return "\n".join(
        [
            "/* Made from podcast.yaml. */",
            _rule(":root", [*fonts, f"--body: {palette.body};", f"--measure: {palette.measure};"]),
            _rule(":root", _colours("light", schemes["light"])),
            _media("(prefers-color-scheme: dark)", undecided, _colours("dark", schemes["dark"])),
            *(
                _rule(f':root[data-scheme="{name}"]', _colours(name, scheme))
                for name, scheme in schemes.items()
            ),
            _media("(prefers-contrast: more)", undecided, plain),
            # Twice :root, to weigh as much as the rules above.
            _media("print", ":root:root", _colours("light", printed)),
        ]
    )


def _colours(name: str, scheme: Scheme) -> Iterator[str]:
    yield f"color-scheme: {'light' if name in _BRIGHT else 'dark'};"
    for field in fields(scheme):
        yield f"--{field.name.replace('_', '-')}: {getattr(scheme, field.name)};"


def _rule(selector: str, declarations: Iterable[str]) -> str:
    return "\n".join([f"{selector} {{", *(f"  {line}" for line in declarations), "}", ""])


def _media(query: str, selector: str, declarations: Iterable[str]) -> str:
    inside = "".join(f"  {line}\n" for line in _rule(selector, declarations).splitlines())
    return f"@media {query} {{\n{inside}}}\n"
