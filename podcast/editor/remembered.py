"""What the editor remembers of this machine: the keys that a person chose, and the port.

A page that was open when the editor ended finds it again at the same port.
"""

from __future__ import annotations

import json
from typing import Any

from podcast.workspace import Workspace, write

MAX_SETTINGS = 64_000


def settings(space: Workspace) -> dict[str, Any]:
    """What the page has asked to remember; nothing where that is damaged."""
    try:
        found = json.loads((space.editor / "settings.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def keep_settings(space: Workspace, chosen: dict[str, Any]) -> None:
    """Remember it for every episode of the show."""
    write(space.editor / "settings.json", json.dumps(chosen, ensure_ascii=False, indent=1))


def port(space: Workspace, slug: str) -> int:
    """The port of the last time; 0, which is any that is free, where none is known."""
    try:
        found = int((space.editor / f"{slug}.port").read_text("ascii"))
    except (OSError, ValueError):
        return 0
    return found if 1024 <= found <= 65_535 else 0


def keep_port(space: Workspace, slug: str, port: int) -> None:
    """Remember it for this episode."""
    write(space.editor / f"{slug}.port", f"{port}\n")
