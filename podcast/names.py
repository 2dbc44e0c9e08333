"""What the files of a producer's folder are called: strings alone, so that asking costs nothing."""

from __future__ import annotations

import os

SHOW = "podcast.yaml"
GLOSSARY = "glossary.yaml"
NETWORK = "network.yaml"
ABOUT = "about.md"
LEDGER = "published.json"
SITE, CACHE = "site", ".podcast"
EPISODES, TRANSCRIPTS, TEMPLATES = "episodes", "transcripts", "templates"


def episodes_in(root: str) -> list[str]:
    """The folders of a workspace that have an episode's file, sorted."""
    folder = f"{root}/{EPISODES}"
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(name for name in names if os.path.isfile(f"{folder}/{name}/episode.md"))


def root_of(start: str) -> str | None:
    """The nearest folder around (or) a folder that has a ``podcast.yaml``."""
    return _around(start, SHOW)


def network_of(start: str) -> str | None:
    """The nearest folder around (or) a folder that has a ``network.yaml``."""
    return _around(start, NETWORK)


def _around(start: str, file: str) -> str | None:
    folder = os.path.realpath(start)
    while not os.path.isfile(os.path.join(folder, file)):
        folder, inner = os.path.dirname(folder), folder
        if folder == inner:
            return None
    return folder


def of_network(start: str) -> str | None:
    """The network that a folder is the place of: inside of a show it is the show's, not of both."""
    show, network = root_of(start), network_of(start)
    inside = show and network and os.path.commonpath((show, network)) == network and show != network
    return None if inside else network
