"""One episode's text on the desk: read again when a file of it has changed, saved, and kept.

The file is the only truth.  Whoever saves says which text they began with; if another one is there
by now, nothing is written, and both come back with what can be merged of them.  What takes long to
load (numpy, the writers of pages) is loaded when it is needed: the page is shown before that.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from podcast import differences, doubts, ledger, review_file
from podcast.editor import versions
from podcast.editor.sheet import Reading, Value, sheet
from podcast.episode import Episode
from podcast.errors import Fault, Fixable, Place, PodcastError, fault
from podcast.glossary import with_term
from podcast.merging import Part, changed, compare, merge
from podcast.recording import Master
from podcast.report import Silent
from podcast.review_file import Accepted, ReviewFile, Span
from podcast.show import with_person
from podcast.terminal import Terminal
from podcast.theme import Theme
from podcast.timeline import timed
from podcast.transcript import MachineWords
from podcast.transcript_file import read_faulty, text_digest
from podcast.work import Work, work_in
from podcast.workspace import GLOSSARY, SHOW, Workspace, write, write_if

T = TypeVar("T")

REMEMBERED = 20
"""Texts that this desk has given out: one of them is what a page began with."""
# What a kill has left behind; whatever is younger may be another process at work.
_LEFT_OVER_S = 3600
_LONE_END = re.compile(r"(?<!\r)\n")


class Conflict(Exception):
    """Another text is in the file than the one that was begun with, which may be forgotten.

    ``parts`` are the text with both people's changes, as `merging` gives it.
    """

    def __init__(self, theirs: str, base: str | None, parts: tuple[Part, ...]) -> None:
        self.theirs = theirs
        self.base = base
        self.parts = parts
        super().__init__()


def digest_of(text: str) -> str:
    """SHA-256 of the file's bytes, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


class Desk:
    """The text of an episode; safe to be asked by several threads, and beside other programs."""

    def __init__(self, space: Workspace, slug: str, terminal: Terminal) -> None:
        self.space = space
        self.slug = slug
        self.terminal = terminal
        self._lock = threading.RLock()
        self._good: dict[str, Any] = {}
        self._texts: dict[str, str] = {}
        self._made: tuple[object, Value, Reading] | None = None
        self._words: tuple[object, MachineWords | None] | None = None
        self._voices: tuple[object, list[str | None]] | None = None
        self._sweep()

    @property
    def file(self) -> Path:
        return self.space.transcript_file(self.slug)

    @property
    def _name(self) -> str:
        return self.space.name(self.file)

    # The text.

    def episode(self) -> Episode:
        """The episode as its file says it."""
        return self.space.episode(self.slug, self.space.show())

    def text(self) -> str:
        """The file as it is now, to the letter; nothing where it is gone.

        One that somebody else has written is kept as a version.
        """
        with self._lock:
            text = self._exact()
            digest = digest_of(text)
            if digest not in self._texts:
                with suppress(PodcastError):  # to look at a text must be possible on a full disk
                    self._keep(text, digest, "outside")
            self._remember(text, digest)
            return text

    def _exact(self) -> str:
        return self.space.exact_text(self.file) if self.file.exists() else ""

    def _remember(self, text: str, digest: str) -> None:
        self._texts.pop(digest, None)
        self._texts[digest] = text
        while len(self._texts) > REMEMBERED:
            del self._texts[next(iter(self._texts))]

    def _keep(self, text: str, digest: str, by: str) -> None:
        if text:
            versions.keep(self.space, self.slug, text, digest, by)

    def sheet(self) -> Value:
        """What the page gets; made anew only where a file has changed."""
        with self._lock:
            return self._reading()[0]

    def save(self, base: str, text: str) -> Value:
        """Write the text if the file still is the one named; raises :class:`Conflict`."""
        with self._lock:
            with self.space.writing():
                theirs = self.text()
                # Somebody may write at this very moment, who knows no lock of ours.
                while text != theirs and not (
                    digest_of(theirs) == base and self._write(theirs, text)
                ):
                    theirs = self.text()
                    if digest_of(theirs) != base:
                        raise self._conflict(base, text, theirs)
            return self.sheet()

    def _write(self, theirs: str, text: str) -> bool:
        """Put a text into the file; its version first, so that what is there is always kept."""
        if "\r\n" in theirs and not _LONE_END.search(theirs):
            text = _LONE_END.sub("\r\n", text)  # pages know one kind of line end only
        if text == theirs:
            return True
        digest = digest_of(text)
        self._keep(text, digest, "editor")
        self._remember(text, digest)
        return write_if(self.file, text, lambda: self._exact() == theirs)

    def _conflict(self, base: str, mine: str, theirs: str) -> Conflict:
        old = self._texts.get(base)
        if old is None:
            old = versions.with_digest(self.space, self.slug, base)
        parts = compare(mine, theirs) if old is None else merge(old, mine, theirs)
        return Conflict(theirs, old, parts)

    def _sweep(self) -> None:
        """Take away what a kill left beside the files: they were never moved to their place."""
        for path in (self.file, self.space.review_file(self.slug)):
            for left in path.parent.glob(f".{path.name}.*"):
                with suppress(OSError):
                    if time.time() - left.stat().st_mtime > _LEFT_OVER_S:
                        left.unlink()

    def versions(self) -> Iterator[Value]:
        """The former texts, the newest first, with what changed since the one before."""
        found = versions.listed(self.space, self.slug)
        texts = [self.space.exact_text(version.path) for version in found]
        for version, text, before in zip(found, texts, [*texts[1:], None], strict=True):
            n = changed(before, text) if before is not None else None
            say = self.terminal.words.say
            yield {
                "id": version.id,
                "saved_at": version.saved_at.astimezone().isoformat(timespec="seconds"),
                "words": len(text.split()),
                "by": version.by,
                "summary": say("edit.first") if n is None else say("edit.differs", n=n),
            }

    def theme(self) -> Theme:
        """The theme of the show's pages."""
        from podcast import assembly

        return assembly.theme_of(self._work())

    # What is known of it.

    def reading(self) -> Reading:
        """The text as it is now, and what was found out about it."""
        with self._lock:
            return self._reading()[1]

    def _reading(self) -> tuple[Value, Reading]:
        text = self.text()
        state = (digest_of(text), self._state())
        if self._made is None or self._made[0] != state:
            reading, head = self._read(text)
            made = sheet(reading, head, self.terminal)
            self._made = (state, made, reading)
        return self._made[1], self._made[2]

    def _state(self) -> object:
        """Changes when a file does that the page depends on."""
        space = self.space
        files = (
            space.root / SHOW,
            space.root / GLOSSARY,
            space.ledger,
            space.episode_file(self.slug),
            space.words_file(self.slug),
            space.review_file(self.slug),
        )
        return tuple(_mark(file) for file in files)

    def read(self, text: str) -> Reading:
        """Any text as if it were in the file, with its times; its doubts are not sought."""
        with self._lock:
            return self._read(text, judged=False)[0]

    def _read(self, text: str, judged: bool = True) -> tuple[Reading, dict[str, Any]]:
        from podcast import assembly

        faults: list[Fault] = []

        def good(name: str, read: Callable[[], T]) -> T:
            """What a file says, or what it said when it was last right: its faults are told."""
            try:
                self._good[name] = read()
            except PodcastError as error:
                if name not in self._good:
                    raise
                faults.extend(error.faults)
            found: T = self._good[name]
            return found

        space, slug = self.space, self.slug
        work = good("show", self._work)
        episode = good("episode", lambda: space.episode(slug, work.show))
        words = good("words", self._heard)
        glossary = good("glossary", space.glossary)
        released = good("ledger", self._released)
        noted = good("review", lambda: self._review(faults))
        document, own = read_faulty(text, self._name, work.show.people, episode.language)
        transcript = document.transcript
        timeline, rate = None, 0.0
        flags: tuple[doubts.Flag, ...] = ()
        if words is None:
            file = space.words_file(slug)
            faults.append(fault("words.none", Place(space.name(file)), slug=slug))
        else:
            timeline, alignment = timed(transcript, words)
            if judged:
                flags = doubts.every_doubt(transcript, timeline, words, glossary, alignment)
                rate = differences.compare(timeline, words).rate
        closed = assembly.gate(work, episode, transcript, words, released) if text else ()
        if timeline:
            closed = (*closed, *assembly.misfit(work, episode, timeline))
        reading = Reading(
            digest_of(text),
            document,
            (*own, *faults),
            timeline,
            flags,
            noted,
            words,
            work.show,
            glossary,
            closed,
            rate,
            transcript.status == "reviewed"
            and (transcript.reviewed_text or released) in (None, text_digest(transcript)),
        )
        head = {
            "slug": slug,
            "title": episode.title,
            "file": self._name,
            "audio": self.master() is not None,
        }
        return reading, head

    def _work(self) -> Work:
        return work_in(self.space, self.space.show(), Silent())

    def _released(self) -> str | None:
        """The digest of the text that readers have."""
        file = self.space.ledger
        known = ledger.read(self.space.text(file), file.name) if file.is_file() else None
        return known.text_of(self.slug) if known else None

    def _heard(self) -> MachineWords | None:
        """What the machine heard, read again only where its file has changed."""
        mark = _mark(self.space.words_file(self.slug))
        if self._words is None or self._words[0] != mark:
            self._words = (mark, self.space.words(self.slug))
        return self._words[1]

    def _review(self, faults: list[Fault]) -> ReviewFile:
        """What was noted; a damaged file is told, and left as it is."""
        try:
            return self.space.review(self.slug)
        except Fixable as error:
            faults.extend(error.faults)
            return ReviewFile()

    # The sound.

    def master(self) -> Master | None:
        """The finished sound, if it was made."""
        from podcast import mastering

        try:
            work = self._work()
            episode = self.space.episode(self.slug, work.show)
            recording = self.space.recording(episode, work.show)
            found = mastering.mastered(work, recording, episode.sound)
            work.digests.save()
            return found
        except (PodcastError, OSError):
            return None

    def speaking(self) -> list[str | None]:
        """Who says each of the machine's words by the tracks: keys of people; nobody without."""
        from podcast import listening

        words = self.space.words(self.slug)
        made = self.master()
        if words is None or made is None:
            return []
        work = self._work()
        episode = self.space.episode(self.slug, work.show)
        recording = self.space.recording(episode, work.show)
        if not any(track.speaker for track in recording.tracks):
            return []
        state = (words.audio_digest, words.created, made.path)
        if self._voices is None or self._voices[0] != state:
            found = listening.speakers(work, recording, made, words, "?")
            self._voices = (state, [speaker.key if speaker else None for speaker in found])
        return self._voices[1]

    # What a person does besides.

    def listened(self, spans: Sequence[Span], rate: float) -> ReviewFile:
        """Note what was heard, unless it was heard too fast for a review."""

        def note(noted: ReviewFile, words: MachineWords) -> ReviewFile:
            if rate > review_file.FASTEST:
                return noted
            return review_file.with_listened(noted, words, spans)

        return self._noted(note)

    def accept(self, id_: str, accepted: bool) -> None:
        """Note that a doubt was heard and is none, or take that back."""
        known = {flag.id: flag for flag in self.reading().flags}

        def note(noted: ReviewFile, words: MachineWords) -> ReviewFile:
            kept = [each for each in noted.accepted if each.id != id_]
            if accepted and id_ in known:
                kept.append(Accepted(id_, known[id_].kind, known[id_].text))
            return review_file.with_accepted(noted, kept)

        if accepted and id_ not in known:
            raise Fixable(fault("editor.doubt"))
        self._noted(note)

    def _noted(self, note: Callable[[ReviewFile, MachineWords], ReviewFile]) -> ReviewFile:
        with self._lock, self.space.writing():
            before = self.space.review(self.slug)
            words = self.space.words(self.slug)
            if words is None:
                file = self.space.name(self.space.words_file(self.slug))
                raise Fixable(fault("words.none", Place(file), slug=self.slug))
            after = note(before, words)
            if after != before:
                write(self.space.review_file(self.slug), review_file.write_review(after))
            return after

    def review(self, name: str, base: str) -> Value:
        """Say that the text with this digest was reviewed, as ``podcast review`` does.

        Raises :class:`Fixable`, also where another text is there by now: nobody has read that.
        """
        from podcast import correction

        name = " ".join(name.split())
        if not name:
            raise Fixable(fault("editor.nobody"))
        with self._lock:
            read = self.text()
            if digest_of(read) != base:
                raise Fixable(fault("transcript.moved", Place(self._name)))
            correction.review(self.space, self.slug, name, read)
            text = self.space.exact_text(self.file)
            self._keep(text, digest_of(text), "editor")
            self._remember(text, digest_of(text))
            return self.sheet()

    def add_person(self, name: str) -> Value:
        """Add somebody to the show; raises :class:`Fixable` where the show cannot have the name."""
        self._change(SHOW, lambda text: with_person(text, SHOW, name))
        return self.sheet()

    def add_term(self, term: str, wrong: Sequence[str], expansion: str | None) -> Value:
        """Add a term to the glossary, or what is known of it; raises :class:`Fixable`."""
        self._change(GLOSSARY, lambda text: with_term(text, GLOSSARY, term, wrong, expansion))
        return self.sheet()

    def _change(self, name: str, made: Callable[[str], str]) -> None:
        """Change a file that people write; its mark of byte order and its line ends stay."""
        path = self.space.root / name
        with self._lock, self.space.writing():
            exact = self.space.exact_text(path) if path.exists() else ""
            text = made(exact.removeprefix("\ufeff").replace("\r\n", "\n"))
            if "\r\n" in exact:
                text = text.replace("\n", "\r\n")
            if exact.startswith("\ufeff"):
                text = "\ufeff" + text
            if text != exact:
                write(path, text)


def _mark(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
