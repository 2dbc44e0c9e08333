"""Share work among processes, where there is enough of it and the system can fork."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from podcast.errors import Outside, fault
from podcast.report import Progress

T = TypeVar("T")
R = TypeVar("R")
# A process costs as much as a few pieces of work.
LEAST = 32
_PARENT_DEATH = 1
MANY = 300
_CAN_FORK = sys.platform == "linux"
_SHARE: list[int] = []
"""The process that this one works for."""


def worth_sharing(items: Sequence[object], least: int = LEAST) -> bool:
    """Whether there is enough to do, and the system can fork; a share of a share forks no more."""
    alone = threading.active_count() == 1 and not _SHARE
    return len(items) >= 2 * least and (os.cpu_count() or 1) > 1 and _CAN_FORK and alone


def shared(
    items: Sequence[T],
    work: Callable[[Sequence[T]], Iterable[R]],
    progress: Progress,
    least: int = LEAST,
) -> list[R]:
    """What ``work`` gives for all items, in no order; raises the first error of any share.

    Where there is very much to do, ``progress`` is told what part of it is done.  No process gets
    fewer than ``least`` items.

    A fork has all that this process has in memory: nothing but items, results and errors is
    carried over.  It is not safe beside other threads, nor on macOS.
    """
    many = -(-MANY * least // LEAST)
    if not worth_sharing(items, least):
        return list(_told(work(items), len(items), progress, many))
    shares = min(os.cpu_count() or 1, len(items) // least)
    import multiprocessing

    fork = multiprocessing.get_context("fork")
    helpers = []
    try:
        for n in range(1, shares):
            ours, theirs = fork.Pipe(duplex=False)
            part = items[len(items) * n // shares : len(items) * (n + 1) // shares]
            child = fork.Process(target=_share, args=(os.getpid(), theirs, work, part), daemon=True)
            child.start()
            theirs.close()
            helpers.append((child, ours))
        own = items[: len(items) // shares]
        done = list(_told(work(own), len(own), progress, many))
        for _, ours in helpers:
            try:
                result = ours.recv()
            except EOFError as error:
                raise Outside(fault("shares.killed")) from error
            if isinstance(result, BaseException):
                raise result
            done += result
        return done
    finally:
        for child, _ in helpers:
            child.kill()
            child.join()


def _told(results: Iterable[R], number: int, progress: Progress, many: int) -> Iterator[R]:
    for n, result in enumerate(results, 1):
        yield result
        if number >= many:
            progress(n / number)


def _share(
    parent: int, to: Any, work: Callable[[Sequence[T]], Iterable[R]], items: Sequence[T]
) -> None:
    _SHARE.append(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and ends this one
    # Where the parent is killed, this one must not go on writing beside the next publish.
    ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    try:
        to.send(list(work(items)))
    except Exception as error:
        to.send(error)
