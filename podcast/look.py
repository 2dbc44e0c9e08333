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
    body = _families(look.font)
    if not (look.accent or look.paper or look.ink):
        return replace(BUILT_IN, body=body)  # without loading what counts colours
    return replace(BUILT_IN, schemes={name: _scheme(name, look) for name in SCHEMES}, body=body)


# What takes a shade of the chosen accent.  Sepia and high contrast keep their own character.
_SHADED = {
    "light": ("ink", "quiet", "line", "edge", "accent_ground"),
    "dark": ("paper", "raised", "ink", "quiet", "line", "edge", "accent_ground"),
}


def _scheme(name: str, look: Look) -> Scheme:
    scheme = SCHEMES[name]
    if look.accent:
        shaded = {t: tinted_as(getattr(scheme, t), look.accent) for t in _SHADED.get(name, ())}
        scheme = replace(scheme, accent=as_light_as(scheme.accent, look.accent), **shaded)
    if name == "light":
        scheme = _chosen(scheme, look)
    grounds = [scheme.paper, scheme.raised]
    fitted = {
        token: nearest(getattr(scheme, token), grounds, ratio)
        for tokens, ratio in ((("ink", "quiet", "accent"), AAA), (("signal", "edge"), SHAPE))
        for token in tokens
    }
    return _settled(replace(scheme, **fitted))


def _chosen(scheme: Scheme, look: Look) -> Scheme:
    paper, ink = look.paper or scheme.paper, look.ink or scheme.ink
    return replace(
        scheme,
        paper=paper,
        ink=ink,
        accent=look.accent or scheme.accent,
        quiet=mixed(ink, paper, 0.15) if look.ink else scheme.quiet,
        line=mixed(paper, ink, 0.2) if look.paper else scheme.line,
    )


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
