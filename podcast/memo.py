"""Know what was done already: digests of files and keys of slow work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from podcast.workspace import write


def key(*parts: object) -> str:
    """A short name for a piece of work: the same inputs give the same name, anywhere."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Digests:
    """SHA-256 of files, remembered by size and time so that long recordings are read once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, list[object]] = {}
        self._changed = False
        try:
            loaded = json.loads(file.read_text("utf-8"))
            self._known = loaded if isinstance(loaded, dict) else {}
        except (OSError, ValueError):
            pass  # only a cache: what is not known is read again

    def of(self, path: Path) -> str:
        """The digest of one file."""
        stat = path.stat()
        mark: list[object] = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
        known = self._known.get(str(path))
        if isinstance(known, list) and known[:3] == mark:
            return str(known[3])
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._known[str(path)] = [*mark, digest]
        self._changed = True
        return digest

    def all(self, paths: Sequence[Path]) -> list[str]:
        """The digests of several files, in order."""
        return [self.of(path) for path in paths]

    def save(self) -> None:
        """Remember for the next run."""
        if self._changed:
            write(self._file, json.dumps(self._known))
            self._changed = False
