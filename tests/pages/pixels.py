"""What is seen: screenshots as arrays, and the contrast between two of them (WCAG 2.2)."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import FloatRect, Page

Pixels = NDArray[np.uint8]


def shot(page: Page, clip: FloatRect | None = None) -> Pixels:
    """What the window shows, or a part of it: height x width x 3."""
    png = page.screenshot(clip=clip, animations="allow", caret="hide")
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def luminance(pixels: NDArray[Any]) -> NDArray[np.float64]:
    """Relative luminance, 0 to 1."""
    share = np.asarray(pixels, float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]), float)


def contrast(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    """1 to 21, of each pixel with the one in the same place."""
    a, b = luminance(one), luminance(other)
    return np.asarray((np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05), float)


def changed(before: Pixels, after: Pixels, ratio: float = 3) -> int:
    """How many pixels differ by such a contrast."""
    return int((contrast(before, after) >= ratio).sum())


def colour(css: str) -> NDArray[np.float64]:
    """The red, green and blue of a computed colour, 0 to 255, and its alpha, 0 to 1."""
    numbers = [float(n) for n in re.findall(r"[\d.]+", css.split("(", 1)[-1])]
    if css.startswith("color(srgb"):
        numbers = [n * 255 for n in numbers[:3]] + numbers[3:]
    return np.array([*numbers[:3], numbers[3] if len(numbers) > 3 else 1.0])


def over(top: NDArray[np.float64], ground: NDArray[np.float64]) -> NDArray[np.float64]:
    """One colour painted on another."""
    alpha = top[3]
    return np.array([*(top[:3] * alpha + ground[:3] * (1 - alpha)), 1.0])
