"""The language that a person's system asks for."""

from __future__ import annotations

import os


def asked() -> str | None:
    """A language's tag: ``PODCAST_LANGUAGE``, or what the system says; ``None`` where none does."""
    if chosen := os.environ.get("PODCAST_LANGUAGE"):
        return chosen
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name, ""):
            # C and POSIX say nothing of the person.
            return None if value.split(".")[0] in ("C", "POSIX") else value
    return None
