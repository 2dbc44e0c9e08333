"""A page that needs no other file: its style is inside, no font is fetched, no script may run."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from podcast.palette import FILE as PALETTE
from podcast.theme import Theme

_FONTS = re.compile(r"@font-face\s*\{[^}]*\}\s*")


def alone(view: Any, template: str, sheet: str, theme: Theme) -> str:
    """The page of a view, a dataclass whose ``style`` and ``policy`` are filled in here.

    ``sheet`` is the template of the style that only this page has.
    """
    sheets = [theme.static[name].content.decode() for name in (PALETTE, "style.css")]
    if "own.css" in theme.static:
        sheets.append(theme.static["own.css"].content.decode())
    style = _FONTS.sub("", "\n".join([*sheets, theme.render(sheet, None)]))
    style = style.replace("</", r"<\/")
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return theme.render(template, replace(view, style=Markup(style), policy=policy)).lstrip()
