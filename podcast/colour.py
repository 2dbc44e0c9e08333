"""Contrast between colours, and the nearest colour that has enough: the one door to ColorAide.

A colour is ``#rrggbb``.  Lightness, chroma and hue are those of OKLCH, in which a colour made
lighter or darker keeps its character.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def contrast(one: str, other: str) -> float:
    """Contrast as WCAG 2 counts it, from 1 to 21."""
    from coloraide import Color

    return float(Color(one).contrast(other, method="wcag21"))


def passes(colour: str, grounds: Sequence[str], ratio: float) -> bool:
    """Whether the colour has that contrast with each ground."""
    return all(contrast(colour, ground) >= ratio for ground in grounds)


def nearest(colour: str, grounds: Sequence[str], ratio: float) -> str:
    """The colour of the same hue, nearest in lightness, that passes on every ground.

    Raises ``ValueError`` where neither black nor white would.
    """
    if passes(colour, grounds, ratio):
        return colour
    lightness, chroma, hue = _oklch(colour)
    found = []
    for end in (0.0, 1.0):
        if passes(_hex(end, 0, hue), grounds, ratio):
            near, far = lightness, end
            while abs(far - near) > 0.0005:
                middle = (near + far) / 2
                if passes(_hex(middle, chroma, hue), grounds, ratio):
                    far = middle
                else:
                    near = middle
            found.append((abs(far - lightness), _hex(far, chroma, hue)))
    if not found:
        raise ValueError(f"nothing passes on {', '.join(grounds)}")
    return min(found)[1]


def as_light_as(model: str, colour: str) -> str:
    """The colour, as light or dark as ``model``."""
    _, chroma, hue = _oklch(colour)
    return _hex(_oklch(model)[0], chroma, hue)


def tinted_as(model: str, colour: str) -> str:
    """The colour, as light or dark as ``model`` and no stronger than it."""
    lightness, most, _ = _oklch(model)
    _, chroma, hue = _oklch(colour)
    return _hex(lightness, min(chroma, most), hue)


def mixed(colour: str, other: str, part: float) -> str:
    """The colour with that part of the other, from 0 to 1."""
    from coloraide import Color

    return _written(Color(colour).mix(other, part, space="oklab"))


def _oklch(colour: str) -> tuple[float, float, float]:
    from coloraide import Color

    # A grey has no hue, and its chroma is a rounding error.
    lightness, chroma, hue = Color(colour).convert("oklch").coords(nans=False)
    return lightness, chroma if chroma > 0.001 else 0.0, hue


def _hex(lightness: float, chroma: float, hue: float) -> str:
    from coloraide import Color

    return _written(Color("oklch", [lightness, chroma, hue]))


def _written(colour: Any) -> str:
    # Outside what a screen shows, chroma gives way and the hue is kept.
    return str(colour.convert("srgb").fit(method="oklch-chroma").to_string(hex=True))
