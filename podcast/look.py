"""The look that a show chooses in ``podcast.yaml``, checked, and the palette made from it.

What is chosen is used as it is, on light pages, or refused.  What is not chosen follows: every
other colour, and the other schemes, take the chosen hue with enough contrast.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from podcast.colour import as_light_as, contrast, mixed, nearest, passes, tinted_as
from podcast.errors import Fault, fault
from podcast.palette import BUILT_IN, FONTS, SCHEMES, SHAPES, TEXT, Palette, Scheme
from podcast.rules import COLOUR, FONT, STRICT
from podcast.strict_yaml import Tree

AAA = 7
"""Contrast of text (WCAG 1.4.6)."""
SHAPE = 3
"""Contrast of bars, borders and rings (WCAG 1.4.11)."""


@dataclass(frozen=True, slots=True)
class Look:
    """The colours and the font of the pages; what is left out is the theme's own."""

    accent: Annotated[str | None, COLOUR] = None
    """Colour of links, names and buttons; the other schemes take its hue."""
    paper: Annotated[str | None, COLOUR] = None
    """Ground of light pages."""
    ink: Annotated[str | None, COLOUR] = None
    """Text on light pages."""
    font: Annotated[str, FONT] = "hyperlegible"
    """hyperlegible, system, serif, or families with their capitals: « Marianne, Arial »."""

    __pydantic_config__: ClassVar = STRICT


def unreadable(look: Look, tree: Tree) -> list[Fault]:
    """A fault for each chosen colour that is hard to read, with the nearest one that is not."""
    if look.paper and not passes("#000000", [look.paper], AAA):
        better = nearest(look.paper, ["#000000"], AAA)
        return [
            fault(
                "look.paper",
                tree.place(("look", "paper")),
                colour=look.paper,
                ratio=_floor(contrast("#000000", look.paper)),
                least=AAA,
                nearest=better,
            )
        ]
    paper = look.paper or SCHEMES["light"].paper
    return [
        fault(
            "look.contrast",
            tree.place(("look", key)),
            key=key,
            colour=colour,
            ground=paper,
            ratio=_floor(contrast(colour, paper)),
            least=AAA,
            nearest=nearest(colour, [paper], AAA),
        )
        for key, colour in (("ink", look.ink), ("accent", look.accent))
        if colour and not passes(colour, [paper], AAA)
    ]


def palette(look: Look) -> Palette:
    """The palette of a look that has no fault."""
    schemes = {name: _tinted(scheme, look.accent) for name, scheme in SCHEMES.items()}
    schemes["light"] = _light(look)
    return replace(BUILT_IN, schemes=schemes, body=_families(look.font))


def _light(look: Look) -> Scheme:
    base = SCHEMES["light"]
    paper = look.paper or base.paper
    ink = look.ink or nearest(base.ink, [paper], AAA)
    return _settled(
        replace(
            base,
            paper=paper,
            ink=ink,
            quiet=nearest(mixed(ink, paper, 0.15) if look.ink else base.quiet, [paper], AAA),
            accent=look.accent or nearest(base.accent, [paper], AAA),
            accent_ground=tinted_as(base.accent_ground, look.accent or base.accent_ground),
            signal=nearest(base.signal, [paper], SHAPE),
            edge=nearest(base.edge, [paper], SHAPE),
            line=mixed(paper, ink, 0.2) if look.paper else base.line,
        )
    )


def _tinted(base: Scheme, accent: str | None) -> Scheme:
    if accent is None:
        return base
    colour = nearest(as_light_as(base.accent, accent), [base.paper, base.raised], AAA)
    ground = tinted_as(base.accent_ground, accent)
    return _settled(replace(base, accent=colour, accent_ground=ground))


def _settled(scheme: Scheme) -> Scheme:
    """The scheme with its tinted grounds as strong as everything upon them allows."""
    for name in ("accent_ground", "warn_ground"):
        upon = [
            (getattr(scheme, token), ratio)
            for pairs, ratio in ((TEXT, AAA), (SHAPES, SHAPE))
            for token, ground in pairs
            if ground == name
        ]
        tint = getattr(scheme, name)
        grounds = (mixed(tint, scheme.paper, step / 10) for step in range(10))
        fit = (g for g in grounds if all(passes(token, [g], ratio) for token, ratio in upon))
        scheme = replace(scheme, **{name: next(fit, scheme.paper)})
    return scheme


def _families(font: str) -> str:
    if font in FONTS:
        return f"var(--font-{font})"
    names = [name.strip() for name in font.split(",")]
    return ", ".join([*(f'"{name}"' for name in names), "var(--font-system)"])


def _floor(ratio: float) -> float:
    """One decimal, never rounded up to what it misses."""
    return math.floor(ratio * 10) / 10
