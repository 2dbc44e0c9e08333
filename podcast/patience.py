"""Ask a place again, after longer and longer pauses, while it fails in a way that may pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from podcast.deploy import Sent, Target, Upload
from podcast.errors import Unsteady
from podcast.report import Reporter

WAITS = (2.0, 8.0, 30.0)
"""Seconds between tries."""

T = TypeVar("T")


class Patient:
    """A place of which every verb is tried again, with a line that says why and when.

    Each verb may be done twice without harm: a file that has arrived although its answer was lost
    is put there once more.
    """

    def __init__(self, inner: Target, report: Reporter, waits: Sequence[float]) -> None:
        self.inner, self._report, self._waits = inner, report, waits
        self.at_once, self.one_by_one = inner.at_once, inner.one_by_one

    def read(self, path: str) -> bytes | None:
        return self._tried(lambda: self.inner.read(path))

    def put(self, files: Sequence[Upload], sent: Sent) -> None:
        """Where files arrive one by one, those that did are not sent again, and count as a sign."""
        left, before = list(files), 0
        waits = iter(self._waits)
        while left:
            arrived = 0

            def told(count: int, before: int = before) -> None:
                nonlocal arrived
                arrived = count
                sent(before + count)

            try:
                self.inner.put(left, told)
                left = []
            except Unsteady as error:
                while self.one_by_one and left and arrived >= left[0].size:
                    arrived -= left[0].size
                    before += left.pop(0).size
                    waits = iter(self._waits)
                if left:
                    self._wait(next(waits, None), error)

    def delete(self, paths: Sequence[str]) -> None:
        self._tried(lambda: self.inner.delete(paths))

    def finish(self, message: str, sent: Sent) -> None:
        self._tried(lambda: self.inner.finish(message, sent))

    def _tried(self, action: Callable[[], T]) -> T:
        for wait in self._waits:
            try:
                return action()
            except Unsteady as error:
                self._wait(wait, error)
        return action()

    def _wait(self, seconds: float | None, error: Unsteady) -> None:
        if seconds is None:
            raise error
        detail = error.faults[0].facts.get("detail", "")
        self._report.say("deploy.again", detail=detail, seconds=seconds)
        time.sleep(seconds)
