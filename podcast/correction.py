"""What a person does between the draft and the publication: check, compare, review."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from podcast import assembly, differences, doubts, pipeline, review_file
from podcast.checks import unfinished
from podcast.episode import Episode
from podcast.errors import Fault, Fixable, Place, fault
from podcast.front_matter import with_head
from podcast.glossary import Glossary
from podcast.report import Silent
from podcast.timeline import make_timeline, timed
from podcast.transcript import MachineWords, Paragraph, Timeline, Transcript
from podcast.transcript_file import read_transcript, text_digest
from podcast.typography import untypical
from podcast.work import Work
from podcast.workspace import Workspace, write, write_if


@dataclass(frozen=True, slots=True)
class Report:
    """What stands between a transcript and its readers."""

    file: str
    closed: tuple[Fault, ...]
    doubts: tuple[doubts.Flag, ...]
    typography: tuple[tuple[str, int], ...]
    timeline: Timeline


def check(space: Workspace, slug: str) -> Report:
    """The gate's points, the doubts and the typography of an episode's transcript."""
    work = pipeline.start(space, Silent())
    episode = space.episode(slug, work.show)
    transcript, words = _texts(space, slug)
    released = pipeline.read_ledger(space).text_of(slug)
    return report(work, episode, transcript, words, space.glossary(), released)


def report(
    work: Work,
    episode: Episode,
    transcript: Transcript,
    words: MachineWords,
    glossary: Glossary,
    released: str | None,
) -> Report:
    """The same, of a text that was read; ``released`` is as in :func:`podcast.assembly.gate`."""
    space, slug = work.workspace, episode.slug
    timeline, alignment = timed(transcript, words)
    spaces = [
        (word, block.line)
        for block in transcript.blocks
        if isinstance(block, Paragraph)
        for word in untypical(block.spoken, transcript.language)
    ]
    # Typewriter apostrophes all through are a choice; a few among the others are slips.
    few = [(word, line) for word, line in spaces if len(spaces) <= 10]
    accepted = space.review(slug).accepted_ids
    return Report(
        space.name(space.transcript_file(slug)),
        assembly.gate(work, episode, transcript, words, released),
        doubts.doubts(transcript, timeline, words, glossary, alignment, accepted),
        tuple(few),
        timeline,
    )


def compare(space: Workspace, slug: str) -> tuple[str, differences.Comparison]:
    """The file's name and what was changed in the machine's text."""
    transcript, words = _texts(space, slug)
    timeline = make_timeline(transcript, words)
    return space.name(space.transcript_file(slug)), differences.compare(timeline, words)


def review(space: Workspace, slug: str, name: str, read: str | None = None) -> str:
    """Write into the transcript's head that it was reviewed; gives the file's name.

    ``read`` is the text that was read, if not the one of this moment.  What of the sound was heard
    by then is noted beside the text.  Raises :class:`Fixable` while something in the text is
    unfinished, or where it is not what was read any more.
    """
    with space.writing():
        path = space.transcript_file(slug)
        text = space.exact_text(path) if read is None else read
        _, words = _texts(space, slug)
        made, transcript = reviewed(space, slug, text, name)
        noted = space.review(slug)
        if not write_if(path, made, lambda: space.exact_text(path) == text):
            raise Fixable(fault("transcript.moved", Place(space.name(path))))
        listened = review_file.heard_ms(review_file.heard(noted, words))
        on = transcript.reviewed_on or ""
        digest = transcript.reviewed_text or ""
        entry = review_file.Review(name, on, digest, listened, words.duration_ms)
        noted = replace(noted, reviews=(*noted.reviews, entry))
        write(space.review_file(slug), review_file.write_review(noted))
        return space.name(path)


def reviewed(space: Workspace, slug: str, text: str, name: str) -> tuple[str, Transcript]:
    """The text with its review in its head, and the transcript that it is then."""
    show = space.show()
    language = space.episode(slug, show).language
    file = space.name(space.transcript_file(slug))
    transcript = read_transcript(text, file, show.people, language)
    if left := unfinished(transcript, file):
        raise Fixable(left)
    changes = {
        "status": "reviewed",
        "reviewed_by": name,
        "reviewed_on": datetime.now().astimezone().date().isoformat(),
        "reviewed_text": text_digest(transcript),
    }
    made = with_head(text, changes)
    return made, read_transcript(made, file, show.people, language)


def _texts(space: Workspace, slug: str) -> tuple[Transcript, MachineWords]:
    show = space.show()
    episode = space.episode(slug, show)
    words = space.words(slug)
    if words is None:
        raise Fixable(fault("words.none", Place(space.name(space.words_file(slug))), slug=slug))
    return space.transcript(slug, show, episode.language), words
