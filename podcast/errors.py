"""The kinds of failure, with their facts; the words for people are in ``podcast/locale``.

    PodcastError                what the producer is told about; never a traceback
    ├── Fixable       exit 1    something in the producer's files must be changed
    ├── Usage         exit 2    the command line is wrong
    ├── FeedRefused   exit 3    the feed guard stops a change that would break listeners' apps
    ├── Outside       exit 4    something outside is missing or fails: model, disk, network
    │   ├── Unsteady            and it may pass: the line, a server that has too much to do
    │   └── Elsewhere           on another machine, which its place names
    └── Busy          exit 5    another publish is running

An error carries one or more faults, because a person wants to hear of every mistake in a file at
once.  A fault is a kind (a key below ``[error]`` in ``locale/en.toml``), the facts that the
sentence needs, and the place.  All of it pickles, so that it crosses processes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

Fact = str | int | float | datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A file as a person would name it, with its line (from 1) where one is known."""

    file: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: ``kind`` names the sentence, ``facts`` fill it."""

    kind: str
    facts: dict[str, Fact] = field(default_factory=dict)
    place: Place | None = None


def fault(kind: str, place: Place | None = None, /, **facts: Fact) -> Fault:
    """A fault, written shortly."""
    return Fault(kind, facts, place)


class PodcastError(Exception):
    """A failure that is told to the producer in sentences."""

    exit_code = 1

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "; ".join(f"{f.kind} {f.facts}" for f in self.faults)


class Fixable(PodcastError):
    """The producer's files must be changed."""

    exit_code = 1


class Usage(PodcastError):
    """The command line is wrong."""

    exit_code = 2


class FeedRefused(PodcastError):
    """The new feed would break what listeners' apps remember."""

    exit_code = 3


class Outside(PodcastError):
    """A model, the disk, the network or a program is missing or fails."""

    exit_code = 4


class Unsteady(Outside):
    """A failure that may pass, so that it is worth trying again."""


class Elsewhere(Outside):
    """A failure of another machine: its disk, its memory, its model."""


class Busy(PodcastError):
    """Another publish holds the workspace."""

    exit_code = 5
