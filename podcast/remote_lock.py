"""Be the only one who writes to a place, by a note there that says who does."""

from __future__ import annotations

import json
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from podcast.deploy import Target, Upload
from podcast.deploying import LOCK
from podcast.errors import Busy, Outside, fault

OLD_S = 3600
"""A note that nobody has renewed for so long was left by a machine that went away."""
RENEWED_S = 600


@dataclass(frozen=True, slots=True)
class Note:
    """Who writes, and since when."""

    host: str
    process: int
    since: str
    token: str

    def seconds(self) -> float:
        """How old the note is."""
        return (datetime.now(UTC) - datetime.fromisoformat(self.since)).total_seconds()

    def gone(self) -> bool:
        """Whether it is of a process of this machine that has ended, or very old.

        This process itself does one thing at a time: what is there of it is of a line that broke.
        """
        if self.seconds() >= OLD_S:
            return True
        if self.host != socket.gethostname():
            return False
        if self.process == os.getpid():
            return True
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False


class Held:
    """The lock while we hold it."""

    def __init__(self, target: Target) -> None:
        self._target, self._token = target, secrets.token_hex(8)
        self._written = self._put()

    def _put(self) -> datetime:
        now = datetime.now(UTC)
        note = Note(socket.gethostname(), os.getpid(), now.isoformat(), self._token)
        put(self._target, LOCK, json.dumps(asdict(note)).encode())
        return now

    def renew(self) -> None:
        """Say that we are still here; raises :class:`Busy` where somebody has taken the lock."""
        if (datetime.now(UTC) - self._written).total_seconds() > RENEWED_S:
            self.check()
            self._written = self._put()

    def check(self) -> None:
        """Raise :class:`Busy` where the lock is not ours."""
        note = _read(self._target)
        if note is None or note.token != self._token:
            raise _busy(note)

    def release(self, target: Target) -> None:
        """Take the note away, if it is ours and the line still works."""
        with suppress(Outside):
            note = _read(target)
            if note and note.token == self._token:
                target.delete([LOCK])


@contextmanager
def hold(target: Target, break_it: bool = False, at_end: Target | None = None) -> Iterator[Held]:
    """Hold the lock; raises :class:`Busy` naming who has it.

    It is taken away by ``at_end``, the same place without patience: who has typed Ctrl+C on a dead
    line does not want to wait.
    """
    note = _read(target)
    if note and not break_it and not note.gone():
        raise _busy(note)
    held = Held(target)
    held.check()
    try:
        yield held
    finally:
        held.release(at_end or target)


def clear(target: Target) -> None:
    """Take away the note of a sender that is gone."""
    note = _read(target)
    if note and note.gone():
        target.delete([LOCK])


def put(target: Target, path: str, content: bytes) -> None:
    """Put a small file that is not on this disk."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "content")
        source.write_bytes(content)
        target.put([Upload(path, source, len(content))], lambda sent: None)


def _read(target: Target) -> Note | None:
    raw = target.read(LOCK)
    try:
        note = Note(**json.loads(raw)) if raw else None
        return note if note and note.seconds() > -OLD_S else None
    except (ValueError, TypeError, AttributeError):
        return None  # torn by a place that does not keep its promise


def _busy(note: Note | None) -> Busy:
    if note is None:
        return Busy(fault("deploy.changed", address=LOCK))
    minutes = max(0, int(note.seconds() // 60))
    return Busy(fault("deploy.busy", host=note.host, process=note.process, n=minutes))
