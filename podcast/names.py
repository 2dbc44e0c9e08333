"""What the files of a producer's folder are called: strings alone, so that asking costs nothing."""

from __future__ import annotations

import os

SHOW = "podcast.yaml"
GLOSSARY = "glossary.yaml"
LEDGER = "published.json"
SITE, CACHE = "site", ".podcast"
EPISODES, TRANSCRIPTS, TEMPLATES = "episodes", "transcripts", "templates"


def root_of(start: str) -> str | None:
    """The nearest folder around (or) a folder that has a ``podcast.yaml``."""
    folder = os.path.realpath(start)
    while not os.path.isfile(os.path.join(folder, SHOW)):
        folder, inner = os.path.dirname(folder), folder
        if folder == inner:
            return None
    return folder
