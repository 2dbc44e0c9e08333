"""Where each episode stands between its recording and its readers; nothing is written.

begun → recorded → transcribed → in_correction → reviewed → scheduled → due → published → changed

and ``faulty`` for one whose files cannot be read.  Published episodes are compared with the ledger,
and only drafts are held against what was heard.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from podcast import assembly, doubts, pipeline
from podcast.align import pieces
from podcast.checks import not_reviewed, unfinished
from podcast.episode import Episode
from podcast.errors import Fault, Fixable, Place, PodcastError
from podcast.glossary import Glossary, correct
from podcast.ledger import Entry, Ledger
from podcast.report import Silent
from podcast.timeline import timed
from podcast.transcript import MachineWords, Paragraph, Transcript
from podcast.transcript_file import text_digest
from podcast.typography import typeset
from podcast.work import Work
from podcast.workspace import Workspace

State = Literal[
    "faulty", "begun", "recorded", "transcribed", "in_correction", "reviewed", "scheduled", "due",
    "published", "changed",
]  # fmt: skip
STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Standing:
    """One episode: ``left`` counts what a person must still do to a draft and ``heard`` the
    doubts that somebody has listened to and found right, ``changed`` names what
    differs from what apps know (``text``, ``title``, ``date``), ``closed`` is what keeps the gate
    shut for a text that is not a draft, or what is wrong with a faulty file."""

    slug: str
    state: State
    episode: Episode | None = None
    left: int = 0
    heard: int = 0
    changed: tuple[str, ...] = ()
    closed: tuple[Fault, ...] = ()


def standings(space: Workspace, now: datetime | None = None) -> tuple[Standing, ...]:
    """Every episode, the newest first and faulty ones before all.

    Raises :class:`Fixable` for a faulty ``podcast.yaml``, ``glossary.yaml`` or ``published.json``.
    """
    work = pipeline.start(space, Silent())
    known = pipeline.read_ledger(space)
    glossary = space.glossary()
    now = now or datetime.now(UTC)
    found = []
    for slug in space.slugs():
        try:
            found.append(_standing(work, slug, known, glossary, now))
        except PodcastError as error:
            found.append(Standing(slug, "faulty", closed=error.faults))
    return tuple(sorted(found, key=_newest_first))


def releasable(found: Iterable[Standing]) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    """Slugs of what a person has reviewed and may go out, and what keeps others from it."""
    slugs: list[str] = []
    faults: list[Fault] = []
    for each in found:
        if each.state in ("faulty", "reviewed") and each.closed:
            faults += each.closed
        elif each.state in ("reviewed", "scheduled", "due", "changed"):
            slugs.append(each.slug)
    return tuple(sorted(slugs)), tuple(faults)


def _newest_first(standing: Standing) -> tuple[float, str]:
    date = standing.episode.date.timestamp() if standing.episode else float("inf")
    return (-date, standing.slug)


def _standing(work: Work, slug: str, known: Ledger, glossary: Glossary, now: datetime) -> Standing:
    space = work.workspace
    episode = space.episode(slug, work.show)
    entry = known.episodes.get(slug)
    if not space.transcript_file(slug).is_file():
        return Standing(slug, _before_the_text(space, slug, entry), episode)
    transcript = space.transcript(slug, work.show, episode.language)
    if entry:
        changed = tuple(_changed(entry, episode, transcript))
        state: State = "changed" if changed else "published"
        closed = _closed(work, episode, transcript, entry.text) if "text" in changed else ()
        return Standing(slug, state, episode, changed=changed, closed=closed)
    released = known.text_of(slug)
    if transcript.status == "draft" and not work.show.publish_unreviewed:
        return _draft(space, episode, transcript, glossary)
    words = space.words(slug)
    closed = assembly.gate(work, episode, transcript, words, released)
    if slug in known.waiting and not closed:
        return Standing(slug, "scheduled" if episode.date > now else "due", episode)
    return Standing(slug, "reviewed", episode, closed=closed)


def _before_the_text(space: Workspace, slug: str, entry: Entry | None) -> State:
    if entry:  # published once, and its text is gone
        raise Fixable(_missing(space, slug))
    if space.words_file(slug).is_file():
        return "transcribed"
    return "recorded" if space.has_sound(slug) else "begun"


def _missing(space: Workspace, slug: str) -> Fault:
    return Fault("file.missing", {}, Place(space.name(space.transcript_file(slug))))


def _changed(entry: Entry, episode: Episode, transcript: Transcript) -> Iterable[str]:
    if entry.text != text_digest(transcript):
        yield "text"
    if entry.title and entry.title != episode.title:
        yield "title"
    if datetime.fromisoformat(entry.date) != episode.date:
        yield "date"


def _closed(
    work: Work, episode: Episode, transcript: Transcript, released: str
) -> tuple[Fault, ...]:
    """What keeps a changed text from its readers, as far as the text alone tells."""
    file = work.workspace.name(work.workspace.transcript_file(episode.slug))
    waiting = not_reviewed(transcript, text_digest(transcript), released, Place(file), episode.slug)
    if waiting and work.show.publish_unreviewed:
        return ()
    return (*unfinished(transcript, file), *waiting)


def _draft(
    space: Workspace, episode: Episode, transcript: Transcript, glossary: Glossary
) -> Standing:
    """A draft: as the machine wrote it, or in correction, with what is left to do."""
    file = space.name(space.transcript_file(episode.slug))
    left = len(unfinished(transcript, file))
    words = space.words(episode.slug)
    if words is None:  # a text from elsewhere, before anybody has listened
        return Standing(episode.slug, "in_correction", episode, left)
    timeline, alignment = timed(transcript, words)
    accepted = space.review(episode.slug).accepted_ids
    every = doubts.every_doubt(transcript, timeline, words, glossary, alignment)
    heard = sum(flag.id in accepted for flag in every)
    left += min(len(every) - heard, doubts.MOST)
    untouched = not heard and _said(transcript) == _heard(words, glossary, transcript.language)
    state: State = "transcribed" if untouched else "in_correction"
    return Standing(episode.slug, state, episode, left, heard)


def _said(transcript: Transcript) -> list[str]:
    spoken = " ".join(b.spoken for b in transcript.blocks if isinstance(b, Paragraph))
    return list(pieces(spoken))


def _heard(words: MachineWords, glossary: Glossary, language: str) -> list[str]:
    """What the first draft had: what was heard, with the glossary's names in it."""
    text = "".join(word.text for word in words.words)
    return list(pieces(typeset(correct(text, glossary, language), language)))
