"""Voices that nobody has: espeak-ng variants whose parameters are drawn at random."""

from __future__ import annotations

import math
import random
import shutil
from pathlib import Path

FOLDER = "espeak-ng-data"
# espeak-ng lists at most 349 voices, from the folders "voices" and "lang", and loses the languages
# where the variants are too many.  A variant is found by its path from "voices/!v" all the same.
APART = "invented"


def _around(rng: random.Random, centre: float, spread: float, low: int, high: int) -> int:
    """A whole number about ``centre``, as often half as twice it, kept between two ends."""
    return round(min(high, max(low, centre * math.exp(rng.gauss(0, spread)))))


def _numbers(rng: random.Random, count: int, low: int, high: int) -> str:
    return " ".join(str(rng.randint(low, high)) for _ in range(count))


def _formants(rng: random.Random) -> list[str]:
    """Nine formants: a throat of one length, each formant a little off; at times far off.

    The first three make the vowels.  Most often they stay near their places, but a good third of
    the variants that we train on have them as far from each other as ``loose`` puts them.  The
    upper ones are anywhere there, or nearly mute, and so they are here.
    """
    throat = math.exp(rng.uniform(-0.22, 0.3))
    power = math.exp(rng.gauss(0, 0.15))
    width = math.exp(rng.gauss(0, 0.2))
    wild, loose = rng.random() < 0.4, rng.random() < 0.4
    lines = []
    for number in range(9):
        spread = 0.14 if number > 2 else 0.17 if loose else 0.08
        frequency = _around(rng, 100 * throat, spread, 60, 160)
        strength = _around(rng, 100 * power, 0.3, 30, 200)
        wide = _around(rng, 100 * width, 0.25, 50, 220)
        if number > 2 and rng.random() < (0.5 if wild else 0.04):
            loudest = 25 if rng.random() < 0.35 else 150
            frequency, strength, wide = (rng.randint(5, 300), rng.randint(0, loudest),
                                         rng.randint(5, 160))  # fmt: skip
        line = f"formant {number} {frequency} {strength} {wide}"
        if number in (1, 2) and rng.random() < 0.15:
            line += f" {rng.randint(-250, 60)}"  # hertz
        lines.append(line)
    return lines


def invent(rng: random.Random) -> str:
    """The text of a variant file: formants always, the other settings some of the time."""
    # Not lower: espeak-ng crashes where the pitch has more harmonics than it has room for (400).
    low = round(math.exp(rng.uniform(math.log(70), math.log(215))))
    lines = ["language variant", f"pitch {low} {round(low * rng.uniform(1.0, 1.75))}"]
    lines += _formants(rng)
    breathy = rng.random() < 0.35
    if breathy or rng.random() < 0.5:
        usual = rng.choice([30, 85]) if breathy else 85
        lines.append(f"voicing {_around(rng, usual, 0.6, 12, 300)}")
    if rng.random() < 0.5:
        lines.append(f"consonants {_around(rng, 90, 0.35, 30, 190)} {rng.randint(20, 190)}")
    if rng.random() < 0.45:
        tops = sorted(rng.randint(80, 5000) for _ in range(rng.randint(3, 5)))
        lines.append("tone " + " ".join(f"{top} {rng.randint(20, 255)}" for top in tops))
    if rng.random() < 0.45:
        lines.append(f"flutter {rng.randint(0, 12)}")
    if rng.random() < 0.45:
        lines.append(f"roughness {rng.choice([0, 1, 2, 3, 4, 5, 5, 25])}")
    if rng.random() < 0.3:
        lines.append(f"echo {rng.randint(10, 200)} {rng.choice([15, 30, 60, 100, 500, 10000])}")
    if rng.random() < 0.35:
        lines.append(f"intonation {rng.choice([0, 1, 2, 3, 3, 4, 10, 10])}")
    if breathy:
        strongest = rng.choice([4, 8, 15, 30, 60, 100])
        lines.append(f"breath {_numbers(rng, 8, 0, strongest)}")
        lines.append(f"breathw {_numbers(rng, 6, 60, 400)}")
    if rng.random() < 0.45:
        base, longest = rng.choice([0, 0, 0, 120]), rng.choice([30, 60, 120, 200])
        lines.append(f"stressAdd {_numbers(rng, 8, base - 30, base + longest)}")
    if rng.random() < 0.4:
        lines.append(f"stressAmp {_numbers(rng, 8, 12, 36)}")
    if rng.random() < 0.12:
        lines.append(f"klatt {rng.randint(1, 6)}")
    return "\n".join(lines) + "\n"


def names(count: int) -> list[str]:
    """What the invented variants are called after the plus sign."""
    return [f"../../{APART}/{number}" for number in range(count)]


def data_folder(target: Path, installed: Path, seed: int, count: int) -> Path:
    """A copy of espeak-ng's data in ``target`` with ``count`` invented variants beside its own.

    Returns the folder to give to ``Espeak``.
    """
    made = target / FOLDER
    if not made.exists():
        target.mkdir(parents=True, exist_ok=True)
        partial = target / f"{FOLDER}.part"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(installed, partial)
        (partial / APART).mkdir()
        for number in range(count):
            text = invent(random.Random(f"{seed} invented {number}"))
            (partial / APART / str(number)).write_text(text, encoding="ascii")
        partial.rename(made)
    return target
