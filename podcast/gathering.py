"""Gather the levels of a sound from its bytes while they stream by, in one part or in several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from podcast import levels
from podcast.levels import STEP_MS, WINDOW, Collector, Levels


class Part:
    """Takes 16-bit samples that begin at ``start_ms`` of the whole, as bytes cut anywhere.

    It answers for what lies from ``from_ms`` up to ``until_ms`` (its end if ``None``), whole steps
    both; what comes before and after only overlaps with other parts.
    """

    def __init__(
        self,
        channels: int,
        rate: int,
        start_ms: int = 0,
        from_ms: int = 0,
        until_ms: int | None = None,
    ) -> None:
        self.samples = 0
        """How many have come, in each channel."""
        self._channels = channels
        self._collector = Collector(channels, rate)
        # Windows of the whole are not cut: what is left of one belongs to the part before.
        window = STEP_MS * WINDOW
        whole_ms = -(-from_ms // window) * window
        self._from, self._whole = (rate * (ms - start_ms) // 1000 for ms in (from_ms, whole_ms))
        self._until = None if until_ms is None else rate * (until_ms - start_ms) // 1000
        self._head: list[NDArray[np.int16]] = []
        self._rest = b""

    def feed(self, block: bytes) -> None:
        """The next bytes."""
        block = self._rest + block
        whole = len(block) - len(block) % (2 * self._channels)
        self._rest = block[whole:]
        some = np.frombuffer(block, "<i2", whole // 2).reshape(-1, self._channels)
        at = self.samples
        self.samples += len(some)
        head = some[max(0, self._from - at) : max(0, self._whole - at)]
        if len(head):
            self._head.append(head)
        own = some[max(0, self._whole - at) : None if self._until is None else self._until - at]
        if len(own) and (self._until is None or at < self._until):
            self._collector.feed(own)

    def finish(self, after: Part | None = None) -> Levels:
        """The levels of what it answers for, and of the window that ends in the part ``after``."""
        for head in after._head if after else ():
            self._collector.feed(head)
        return self._collector.finish()


def joined(parts: Sequence[Part]) -> Levels:
    """The levels of the whole; each part begins where the one before ends."""
    return levels.joined([p.finish(q) for p, q in pairwise((*parts, None)) if p])
