"""Places that a site can be sent to: each module here is one kind of place.

A kind is a module with ``SCHEMES``, ``PROGRAMS`` and ``open_target(address, scratch)``; the scheme
of the address chooses.  A place knows three verbs, and that a kill between two of them, or within
one, leaves each file as it was or as it will be.  Adding a file adds the kind.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol

from podcast.errors import Fixable, Place, fault

Sent = Callable[[int], None]
"""Called with the bytes that have arrived of a batch, each time there are more."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to put: its path below the place, and where it is on this disk."""

    path: str
    source: Path
    size: int


class Target(Protocol):
    """One place; raises :class:`podcast.errors.Outside`, :class:`Unsteady` where it may pass."""

    at_once: bool
    """Whether nothing shows before :meth:`finish`, and then everything."""
    one_by_one: bool
    """Whether files arrive in the order in which they are put, each before the next is begun."""

    def read(self, path: str) -> bytes | None:
        """A small file's content, ``None`` where there is no such file."""
        ...

    def put(self, files: Sequence[Upload], sent: Sent) -> None:
        """Put files there, each of them whole or not at all."""
        ...

    def delete(self, paths: Sequence[str]) -> None:
        """Take files away; one that is not there is no fault."""
        ...

    def finish(self, message: str, sent: Sent) -> None:
        """Show everything, where that is done at once, and only then are bytes sent."""
        ...


class Kind(Protocol):
    """What every module of this folder offers."""

    SCHEMES: tuple[str, ...]
    PROGRAMS: tuple[str, ...]
    """Programs of the system that it runs."""

    def open_target(self, address: str, scratch: Path) -> AbstractContextManager[Target]:
        """The place at an address; ``scratch`` is a folder that the target may fill."""
        ...


@cache
def kinds() -> dict[str, Kind]:
    """The kinds of place by their schemes."""
    modules: list[Kind] = [
        import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)
    ]
    return {scheme: module for module in modules for scheme in module.SCHEMES}


def scheme(address: str) -> str:
    """The scheme of an address; ``user@host:path`` is rsync's own way to write one."""
    found = re.match(r"([a-z][a-z0-9+]+)://", address)
    if found:
        return found[1]
    return "rsync" if re.match(r"[\w.-]+@[\w.-]+:", address) else ""


def open_target(
    address: str, scratch: Path, said_in: str = "podcast.yaml"
) -> AbstractContextManager[Target]:
    """The place that an address means; raises :class:`Fixable` for one that we do not know.

    ``said_in`` is the file that names it.
    """
    kind = kinds().get(scheme(address))
    if kind is None:
        known = ", ".join(sorted(f"{name}://" for name in kinds() if name))
        raise Fixable(fault("deploy.scheme", Place(said_in), address=address, known=known))
    return kind.open_target(address, scratch)
