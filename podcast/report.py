"""How the work tells what it does: lines by key, and progress from 0 to 1."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

Progress = Callable[[float], None]


class Reporter(Protocol):
    """Somebody who listens; the command line prints, tests keep, the editor will show."""

    def say(self, key: str, /, **facts: object) -> None:
        """One plain line: what was done, in how long, to which file."""
        ...

    def progress(self, key: str, /, **facts: object) -> AbstractContextManager[Progress]:
        """Around a long stage: call what it gives with the share that is done."""
        ...


class Notes:
    """A reporter that keeps what it is told, for another to say it later."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, object]]] = []

    def say(self, key: str, /, **facts: object) -> None:
        """Keep a line."""
        self.said.append((key, facts))

    def progress(self, key: str, /, **facts: object) -> AbstractContextManager[Progress]:
        """Nothing: what takes long is not done behind anybody's back."""
        return nullcontext(lambda share: None)


class Silent:
    """A reporter that tells nobody."""

    def say(self, key: str, /, **facts: object) -> None:
        """Nothing."""

    def progress(self, key: str, /, **facts: object) -> AbstractContextManager[Progress]:
        """Nothing."""
        return nullcontext(lambda share: None)
