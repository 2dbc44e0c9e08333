"""Bring the edited text and the machine's words together: every block with its time."""

from __future__ import annotations

import dataclasses

from podcast.align import Alignment, align, written_words
from podcast.transcript import (
    Certainty,
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
    Token,
    Transcript,
)

# A stretch of so few words beside a sound of its own is what a recogniser hears in music.
HEARD_IN_MUSIC = 15


@dataclasses.dataclass(frozen=True, slots=True)
class Times:
    """Start and end in ms of each written word and how they are known; ``exact`` as in Timeline."""

    words: tuple[tuple[int, int, Certainty], ...]
    exact: float


def times_of(timeline: Timeline) -> Times:
    """What was slow to find of a timeline; the rest is made of it and the transcript."""
    paragraphs = (block for block in timeline.blocks if isinstance(block, TimedParagraph))
    tokens = (token for paragraph in paragraphs for token in paragraph.tokens)
    return Times(tuple((t.start_ms, t.end_ms, t.how) for t in tokens), timeline.exact)


def make_timeline(
    transcript: Transcript, words: MachineWords, times: Times | None = None
) -> Timeline:
    """The transcript's blocks, in the order that the author gave them, with their times.

    ``times`` are those that were found for the same two before, if they are known.
    """
    if times is None:
        return timed(transcript, words)[0]
    written = _written(transcript)
    flat = (word for paragraph in written for word in paragraph)
    tokens = tuple(Token(word, *time) for word, time in zip(flat, times.words, strict=True))
    return _timeline(transcript, written, Alignment(tokens, times.exact), words)


def timed(transcript: Transcript, words: MachineWords) -> tuple[Timeline, Alignment]:
    """The same, and what of the text and of the audio does not fit together.

    Paragraphs are counted without headings and sounds, words as `written_words` cuts them.
    """
    written = _written(transcript)
    alignment = _aligned(transcript, written, words)
    timeline = _timeline(transcript, written, alignment, words)
    return timeline, _known_misfits(transcript, written, alignment)


def _timeline(
    transcript: Transcript,
    written: list[list[str]],
    alignment: Alignment,
    words: MachineWords,
) -> Timeline:
    flat = [word for paragraph in written for word in paragraph]
    made: list[TimedBlock] = []
    at = 0
    before = 0
    for index, (block, own) in enumerate(zip(transcript.blocks, written, strict=True)):
        tokens = alignment.tokens[at : at + len(own)]
        at += len(own)
        if isinstance(block, Paragraph):
            start = tokens[0].start_ms if tokens else before
            before = tokens[-1].end_ms if tokens else before
            made.append(TimedParagraph(block, tokens, start, before))
        else:
            following = alignment.tokens[at].start_ms if at < len(flat) else words.duration_ms
            made.append(_between(block, before, following, transcript, index))
    return Timeline(words.language, words.duration_ms, tuple(made), alignment.exact)


def check_alignment(transcript: Transcript, words: MachineWords) -> Alignment:
    """What of the text and of the audio does not fit together."""
    return timed(transcript, words)[1]


def _known_misfits(
    transcript: Transcript, written: list[list[str]], alignment: Alignment
) -> Alignment:
    """Without the few words that a recogniser hears in music."""
    at_sounds: set[int] = set()
    at = 0
    for block, own in zip(transcript.blocks, written, strict=True):
        at += len(own)
        if isinstance(block, Cue):
            at_sounds.add(at)
    missing = tuple(
        stretch
        for stretch in alignment.not_in_text
        if stretch.before not in at_sounds or len(stretch.words) > HEARD_IN_MUSIC
    )
    return dataclasses.replace(alignment, not_in_text=missing)


def _written(transcript: Transcript) -> list[list[str]]:
    """The words of each block; a heading and a sound have none."""
    return [
        written_words(block.spoken) if isinstance(block, Paragraph) else []
        for block in transcript.blocks
    ]


def _aligned(transcript: Transcript, written: list[list[str]], words: MachineWords) -> Alignment:
    flat: list[str] = []
    paragraphs: list[int] = []
    pins: dict[int, int] = {}
    for block, own in zip(transcript.blocks, written, strict=True):
        if isinstance(block, Paragraph):
            paragraphs.append(len(flat))
            if block.pin_ms is not None:
                pins[len(flat)] = block.pin_ms
            flat += own
    return align(
        flat,
        words.words,
        words.duration_ms,
        paragraphs=paragraphs,
        pins=pins,
        language=transcript.language,
    )


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
