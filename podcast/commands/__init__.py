"""The commands of ``podcast``: each file here is one command.

A command is a module with ``arguments(parser, words)`` and ``run(options, terminal) -> int``; its
name is the file's, its help the sentence ``command.<name>`` in ``locale/en.toml``.  Engines are
imported inside ``run``, so that asking for help costs nothing.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import argparse

    from podcast.terminal import Terminal
    from podcast.wording import Wording


class Command(Protocol):
    """What every module of this folder offers."""

    def arguments(self, parser: argparse.ArgumentParser, words: Wording) -> None:
        """Declare the command's own arguments."""
        ...

    def run(self, options: argparse.Namespace, terminal: Terminal) -> int:
        """Do it; gives the exit code."""
        ...


def names() -> tuple[str, ...]:
    """All commands, sorted, as people type them."""
    return tuple(sorted(m.name.replace("_", "-") for m in pkgutil.iter_modules(__path__)))


def load(name: str) -> Command:
    """The module of a command."""
    module: Command = import_module(f"{__name__}.{name.replace('-', '_')}")
    return module
