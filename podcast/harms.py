"""What hinders people in a show, and whom: the kinds of harm, the worst first.

The order is ours.  Somebody who is left out altogether comes before somebody who must work harder:
a text that is missing or wrong, an app that loses the show, a sound that cannot be heard, and so on
down to what would only be kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from podcast.errors import Fault
from podcast.occasions import Occasions

Harm = Literal[
    "text", "feed", "sound", "images", "structure", "captions", "language", "doubts", "statement",
    "comfort",
]  # fmt: skip
HARMS: tuple[Harm, ...] = Harm.__args__  # type: ignore[attr-defined]
Level = Literal["mend", "advice"]
LEVELS: tuple[Level, ...] = ("mend", "advice")

WHOM: dict[Harm, str] = {
    "text": "deaf", "feed": "all", "sound": "listeners", "images": "blind", "structure": "blind",
    "captions": "deaf", "language": "blind", "doubts": "deaf", "statement": "all", "comfort": "all",
}  # fmt: skip
"""Whom each hinders most, worded as ``harm.whom.<name>``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that hinders people: ``key`` names its sentence, ``facts`` fill it.

    ``public`` says whether people have it already, ``slug`` names the episode if it is of one;
    ``times`` and ``more`` are where it is heard, as in :class:`podcast.occasions.Occasions`.
    """

    harm: Harm
    level: Level
    key: str
    facts: dict[str, str | int | float] = field(default_factory=dict)
    file: str = ""
    line: int | None = None
    slug: str = ""
    public: bool = True
    times: tuple[tuple[int, int], ...] | None = None
    more: int = 0

    @property
    def told(self) -> dict[str, object]:
        """What its sentence needs."""
        if self.times is None:
            return dict(self.facts)
        return {**self.facts, "times": Occasions(self.times, self.more)}

    @property
    def order(self) -> tuple[bool, int, int, str, int]:
        """What people have before drafts, then the worst harm, then what must be mended."""
        harm, level = HARMS.index(self.harm), LEVELS.index(self.level)
        return (not self.public, harm, level, self.file, self.line or 0)


def of_fault(
    fault: Fault, harm: Harm, level: Level = "mend", slug: str = "", public: bool = True
) -> Finding:
    """A fault that another step tells, as it tells it."""
    facts = {
        name: fact.isoformat() if isinstance(fact, datetime) else fact
        for name, fact in fault.facts.items()
    }
    file, line = (fault.place.file, fault.place.line) if fault.place else ("", None)
    return Finding(harm, level, f"error.{fault.kind}", facts, file, line, slug, public)
