"""What a person does between the draft and the publication: check, compare, review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from podcast import assembly, differences, doubts, pipeline
from podcast.checks import unfinished
from podcast.errors import Fault, Fixable, Place, fault
from podcast.front_matter import with_head
from podcast.report import Silent
from podcast.timeline import check_alignment, make_timeline
from podcast.transcript import (
    MachineWords,
    Paragraph,
    TimedParagraph,
    Timeline,
    Token,
    Transcript,
)
from podcast.transcript_file import text_digest
from podcast.typography import untypical
from podcast.workspace import Workspace, write


@dataclass(frozen=True, slots=True)
class Report:
    """What stands between a transcript and its readers."""

    file: str
    closed: tuple[Fault, ...]
    doubts: tuple[doubts.Flag, ...]
    typography: tuple[tuple[str, int], ...]
    timeline: Timeline
    misfits: tuple[Misfit, ...]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A passage that text and sound do not share: ``kind`` is worded as ``misfit.<kind>``."""

    kind: str
    line: int
    start_ms: int
    end_ms: int
    quote: str


def check(space: Workspace, slug: str) -> Report:
    """The gate's points, the doubts and the typography of an episode's transcript."""
    work = pipeline.start(space, Silent())
    episode = space.episode(slug, work.show)
    transcript, words, timeline = _timed(space, slug)
    file = space.name(space.transcript_file(slug))
    released = pipeline.read_ledger(space).text_of(slug)
    spaces = [
        (word, block.line)
        for block in transcript.blocks
        if isinstance(block, Paragraph)
        for word in untypical(block.spoken, transcript.language)
    ]
    # Typewriter apostrophes all through are a choice; a few among the others are slips.
    few = [(word, line) for word, line in spaces if len(spaces) <= 10]
    return Report(
        file,
        assembly.gate(work, episode, transcript, words, released),
        doubts.doubts(transcript, timeline, words, space.glossary()),
        tuple(few),
        timeline,
        tuple(_misfits(transcript, words, timeline)),
    )


def _misfits(transcript: Transcript, words: MachineWords, timeline: Timeline) -> Iterator[Misfit]:
    """What was moved, what nobody says, and what is said but not written, in the text's order."""
    spoken = [
        (token, block.paragraph.line)
        for block in timeline.blocks
        if isinstance(block, TimedParagraph)
        for token in block.tokens
    ]
    alignment = check_alignment(transcript, words)
    for moved in alignment.moved:
        yield Misfit(
            "moved",
            spoken[moved.first][1],
            moved.start_ms,
            moved.end_ms,
            _quote(spoken[moved.first : moved.stop]),
        )
    for gone in alignment.not_in_audio:
        token, line = spoken[gone.first]
        yield Misfit(
            "not_in_audio",
            line,
            token.start_ms,
            token.end_ms,
            _quote(spoken[gone.first : gone.stop]),
        )
    for said in alignment.not_in_text:
        line = spoken[min(said.before, len(spoken) - 1)][1] if spoken else 1
        yield Misfit(
            "not_in_text",
            line,
            said.start_ms,
            said.end_ms,
            _short([word.text for word in said.words]),
        )


def _quote(tokens: Sequence[tuple[Token, int]]) -> str:
    return _short([token.text for token, _ in tokens])


def _short(words: Sequence[str]) -> str:
    text = " ".join(word.strip() for word in words)
    return text if len(text) <= 60 else text[:57].rstrip() + "…"


def compare(space: Workspace, slug: str) -> tuple[str, differences.Comparison]:
    """The file's name and what was changed in the machine's text."""
    _, words, timeline = _timed(space, slug)
    return space.name(space.transcript_file(slug)), differences.compare(timeline, words)


def review(space: Workspace, slug: str, name: str) -> str:
    """Write into the transcript's head that it was reviewed; gives the file's name.

    Raises :class:`Fixable` while something in the text is unfinished.
    """
    with space.lock():
        transcript, _, _ = _timed(space, slug)
        path = space.transcript_file(slug)
        if left := unfinished(transcript, space.name(path)):
            raise Fixable(left)
        changes = {
            "status": "reviewed",
            "reviewed_by": name,
            "reviewed_on": datetime.now().astimezone().date().isoformat(),
            "reviewed_text": text_digest(transcript),
        }
        write(path, with_head(path.read_bytes().decode("utf-8"), changes))
        return space.name(path)


def _timed(space: Workspace, slug: str) -> tuple[Transcript, MachineWords, Timeline]:
    show = space.show()
    episode = space.episode(slug, show)
    words = space.words(slug)
    if words is None:
        raise Fixable(fault("words.none", Place(space.name(space.words_file(slug))), slug=slug))
    transcript = space.transcript(slug, show, episode.language)
    return transcript, words, make_timeline(transcript, words)
