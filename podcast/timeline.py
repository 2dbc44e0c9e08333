"""Bring the edited text and the machine's words together: every block with its time."""

from __future__ import annotations

from podcast.align import align, written_words
from podcast.transcript import (
    Chapter,
    Cue,
    Heading,
    MachineWords,
    Paragraph,
    TimedBlock,
    TimedCue,
    TimedHeading,
    TimedParagraph,
    Timeline,
    Transcript,
)


def make_timeline(transcript: Transcript, words: MachineWords) -> Timeline:
    """The transcript's blocks, in the order that the author gave them, with their times."""
    written = [
        written_words(block.spoken) if isinstance(block, Paragraph) else []
        for block in transcript.blocks
    ]
    flat = [word for paragraph in written for word in paragraph]
    alignment = align(flat, words.words, words.duration_ms)
    timed: list[TimedBlock] = []
    at = 0
    before = 0
    for index, (block, own) in enumerate(zip(transcript.blocks, written, strict=True)):
        tokens = alignment.tokens[at : at + len(own)]
        at += len(own)
        if isinstance(block, Paragraph):
            start = tokens[0].start_ms if tokens else before
            before = tokens[-1].end_ms if tokens else before
            timed.append(TimedParagraph(block, tokens, start, before))
        else:
            following = alignment.tokens[at].start_ms if at < len(flat) else words.duration_ms
            timed.append(_between(block, before, following, transcript, index))
    return Timeline(words.language, words.duration_ms, tuple(timed), alignment.exact)


def _between(
    block: Heading | Cue, before: int, after: int, transcript: Transcript, index: int
) -> TimedBlock:
    """A chapter starts with what follows it; sounds share the gap between the words around."""
    if isinstance(block, Heading):
        follows_cue = index + 1 < len(transcript.blocks) and isinstance(
            transcript.blocks[index + 1], Cue
        )
        first = all(isinstance(b, Heading) for b in transcript.blocks[:index])
        return TimedHeading(block, 0 if first else before if follows_cue else after)
    run = _run_of_cues(transcript, index)
    share = (after - before) // len(run)
    start = before + share * run.index(index)
    return TimedCue(block, start, start + share)


def _run_of_cues(transcript: Transcript, index: int) -> list[int]:
    """The cues that stand in the same gap between two paragraphs (chapters do not end it)."""
    first = last = index
    while first > 0 and not isinstance(transcript.blocks[first - 1], Paragraph):
        first -= 1
    while last + 1 < len(transcript.blocks) and not isinstance(
        transcript.blocks[last + 1], Paragraph
    ):
        last += 1
    return [i for i in range(first, last + 1) if isinstance(transcript.blocks[i], Cue)]


def chapters(timeline: Timeline) -> tuple[Chapter, ...]:
    """The chapters of the episode, in time order."""
    found = [
        Chapter(block.start_ms, block.heading.text)
        for block in timeline.blocks
        if isinstance(block, TimedHeading)
    ]
    return tuple(sorted(found, key=lambda chapter: chapter.start_ms))
