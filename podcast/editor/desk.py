"""One episode's text on the desk: read again when a file of it has changed, and saved.

The file is the only truth.  Whoever saves says which text they began with; if another one is there
by now, nothing is written.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from podcast import assembly, differences, mastering, pipeline
from podcast.editor.sheet import Reading, Value, sheet
from podcast.episode import Episode
from podcast.errors import Fault, Fixable, PodcastError
from podcast.recording import Master
from podcast.report import Silent
from podcast.timeline import make_timeline
from podcast.transcript_file import read_faulty, text_digest
from podcast.workspace import GLOSSARY, SHOW, Workspace, write


class Conflict(Exception):
    """Another text is in the file than the one that was begun with."""

    def __init__(self, theirs: str) -> None:
        self.theirs = theirs
        super().__init__()


def digest_of(text: str) -> str:
    """SHA-256 of the file's bytes, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


class Desk:
    """The text of an episode; safe to be asked by several threads."""

    def __init__(self, space: Workspace, slug: str, tell: Callable[[Fault], str]) -> None:
        self.space = space
        self.slug = slug
        self._tell = tell
        self._lock = threading.RLock()
        self._known: tuple[object, Value] | None = None

    @property
    def file(self) -> Path:
        return self.space.transcript_file(self.slug)

    def episode(self) -> Episode:
        """The episode as its file says it."""
        return self.space.episode(self.slug, self.space.show())

    def text(self) -> str:
        """The file as it is now, to the letter."""
        return self.space.exact_text(self.file)

    def sheet(self) -> Value:
        """What the page gets; made anew only where a file has changed."""
        with self._lock:
            text = self.text()
            state = (digest_of(text), self._state())
            if self._known is None or self._known[0] != state:
                self._known = (state, self._made(text))
            return self._known[1]

    def save(self, base: str, text: str) -> Value:
        """Write the text if the file still is the one named; raises :class:`Conflict`."""
        with self._lock:
            theirs = self.text()
            if digest_of(theirs) != base:
                raise Conflict(theirs)
            if text != theirs:
                write(self.file, text)
            return self.sheet()

    def master(self) -> Master | None:
        """The finished sound, if it was made."""
        try:
            work = pipeline.start(self.space, Silent())
            episode = self.space.episode(self.slug, work.show)
            recording = self.space.recording(episode, work.show)
            found = mastering.mastered(work, recording, episode.sound)
            work.digests.save()
            return found
        except (PodcastError, OSError):
            return None

    def _state(self) -> object:
        """Changes when a file does that the page depends on."""
        space = self.space
        files = (
            space.root / SHOW,
            space.root / GLOSSARY,
            space.ledger,
            space.episode_file(self.slug),
            space.words_file(self.slug),
        )
        return tuple(_mark(file) for file in files)

    def _made(self, text: str) -> Value:
        space, slug = self.space, self.slug
        work = pipeline.start(space, Silent())
        episode = space.episode(slug, work.show)
        file = space.name(self.file)
        document, faults = read_faulty(text, file, work.show.people, episode.language)
        transcript = document.transcript
        try:
            words = space.words(slug)
        except Fixable as error:
            words, faults = None, (*faults, *error.faults)
        timeline = make_timeline(transcript, words) if words else None
        released = pipeline.read_ledger(space).text_of(slug)
        reading = Reading(
            text,
            digest_of(text),
            document,
            faults,
            timeline,
            assembly.gate(work, episode, transcript, words, released),
            differences.compare(timeline, words).rate if timeline and words else 0.0,
            transcript.status == "reviewed"
            and transcript.reviewed_text in (None, text_digest(transcript)),
        )
        head: dict[str, Any] = {
            "slug": slug,
            "title": episode.title,
            "file": file,
            "audio": self.master() is not None,
        }
        made = sheet(reading, head, work.show.people, self._tell)
        made["doubts"] = []
        made["listened"] = {"ms": 0, "share": 0.0, "whole": False, "spans": []}
        return made


def _mark(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
