"""The text of an episode in the formats that apps and people read: each file here is one format.

A format is a module with ``SUFFIX``, ``MEDIA_TYPE``, ``LABEL`` (what people call it) and
``render(published) -> str``.  Adding a file adds the format to the site and the episode's page;
its contract is in ``tests/test_captions.py``.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Protocol

from podcast.published import WholeEpisode


class Format(Protocol):
    """What every module of this folder offers."""

    SUFFIX: str
    MEDIA_TYPE: str
    LABEL: str

    def render(self, published: WholeEpisode) -> str:
        """The whole file."""
        ...


@cache
def formats() -> tuple[Format, ...]:
    """All formats, in the order of their file names."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}") for name in names)
