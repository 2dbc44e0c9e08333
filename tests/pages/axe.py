"""What axe-core says of a page, in every look: WCAG 2.0 to 2.2 A and AA, RGAA 4, and AAA contrast."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

from pages import check
from pages.browsing import BARE, CONTRAST, DARK, FORCED, LIGHT, OPENED, PHONE, SEPIA, Visit

TAGS = (
    "wcag2a wcag2aa wcag21a wcag21aa wcag22a wcag22aa RGAAv4 best-practice "
    # Rules that are not on by themselves.
    "experimental"
).split()
ON = (
    "color-contrast-enhanced",
    "target-size",
    "label-content-name-mismatch",
    "css-orientation-lock",
)


@check(
    "E6 E9 E10 E12 E13 E21 E24 I1",
    "WCAG 2.0 to 2.2 A and AA, 1.4.6, RGAA 4.1.2",
    looks=(LIGHT, DARK, PHONE, FORCED, BARE, OPENED, CONTRAST, SEPIA),
)
def axe_finds_nothing(visit: Visit) -> list[str]:
    """No violation, and a good number of rules that had something to look at."""
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": TAGS},
        "rules": {name: {"enabled": True} for name in ON},
        "resultTypes": ["violations"],
    }
    if visit.look.comfort or visit.look.name == "dark":
        # The same structure in other colours.
        options["runOnly"] = {"type": "rule", "values": [
            "color-contrast", "color-contrast-enhanced", "link-in-text-block",
        ]}  # fmt: skip
        del options["rules"]
    if visit.look.forced:
        # The colours are the reader's own; axe still finds the page's in -webkit-text-fill-color.
        for name in ("color-contrast", "color-contrast-enhanced"):
            options["rules"][name] = {"enabled": False}
    told = Axe().run(visit.page, options=options).response
    faults = [
        f"{violation['id']} ({violation['help']}): {node['html'][:200]}"
        for violation in told["violations"]
        for node in violation["nodes"][:3]
    ]
    least = 1 if visit.look.comfort or visit.look.name == "dark" else 20
    if len(told["passes"]) < least:
        faults.append(f"axe looked at {len(told['passes'])} rules only")
    return faults
