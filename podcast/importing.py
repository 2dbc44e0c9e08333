"""Bring a person's script in as the draft of an episode: read it, hold it against the audio, write.

Nothing that exists is overwritten, and nothing is decided that a person should: what the rules
could not know, and what does not fit the audio, is in the outcome.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from podcast import imports, listening, mastering, pipeline
from podcast.align import Alignment, align, written_words
from podcast.errors import Fault, Fixable, Place, fault
from podcast.report import Reporter
from podcast.script_import import Imported, import_script, to_write
from podcast.transcript import MachineWords, Note, Paragraph, Transcript
from podcast.transcript_file import write_transcript
from podcast.wording import Wording
from podcast.work import Work
from podcast.workspace import Workspace, given, write_new

_QUOTED = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """Some written words that the audio has not, or has elsewhere (then ``at_ms`` says when)."""

    line: int
    quote: str
    words: int
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Speech that the text has not, and the line before which it is missing."""

    start_ms: int
    end_ms: int
    quote: str
    line: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was written where, and what a person must look at; lines are those of ``file``."""

    file: str
    beside: str | None
    exact: float
    questions: tuple[Fault, ...]
    unknown: tuple[tuple[str, str | None], ...]
    not_in_audio: tuple[Passage, ...]
    moved: tuple[Passage, ...]
    not_in_text: tuple[Gap, ...]


def bring_in(space: Workspace, slug: str, script: Path, force: bool, report: Reporter) -> Outcome:
    """Write the draft; raises :class:`PodcastError` where it cannot or should not be written."""
    raw = given(script, imports.MOST_BYTES)
    with space.lock():
        work = pipeline.start(space, report)
        episode = space.episode(slug, work.show)
        target, beside = _target(space, slug)
        wording = Wording(episode.language)
        read = imports.read(raw, script.name)
        imported = import_script(
            read,
            script.name,
            work.show.people,
            episode.language,
            wording.say("draft.unnamed"),
            wording.say("import.made_with", kind=read.kind),
        )
        words = _heard(work, slug)
        alignment, owners = _held_against(imported.transcript, words)
        if alignment.wrong_episode and not force:
            percent = round(alignment.exact * 100)
            kind = "import.wrong_episode"
            raise Fixable(fault(kind, Place(script.name), percent=percent, slug=slug))
        hinted = _with_hints(imported.transcript, alignment, owners)
        draft = to_write(hinted, work.show.people)
        write_new(target, write_transcript(draft))
    return _outcome(space.name(target), beside, imported, draft, alignment, owners)


def _target(space: Workspace, slug: str) -> tuple[Path, str | None]:
    """Where the draft goes, and the transcript beside which it goes, if there is one."""
    transcript = space.transcript_file(slug)
    if not transcript.exists():
        return transcript, None
    beside = transcript.with_suffix(".imported.md")
    if beside.exists():
        raise Fixable(fault("import.both_exist", Place(space.name(beside))))
    return beside, space.name(transcript)


def _heard(work: Work, slug: str) -> MachineWords:
    """What the recogniser heard; it listens now if it has not."""
    episode = work.workspace.episode(slug, work.show)
    recording = work.workspace.recording(episode, work.show)
    words = listening.heard(work, episode, recording)
    if words is None:
        listening.model(work)  # a missing model is told before minutes of work on the sound
        words = listening.listen(
            work, episode, recording, mastering.master(work, episode, recording)
        )
    work.digests.save()
    return words


def _held_against(transcript: Transcript, words: MachineWords) -> tuple[Alignment, list[int]]:
    """The alignment, and for each word the index of its block."""
    flat: list[str] = []
    owners: list[int] = []
    firsts: list[int] = []
    for index, block in enumerate(transcript.blocks):
        if isinstance(block, Paragraph) and (own := written_words(block.spoken)):
            firsts.append(len(flat))
            flat += own
            owners += [index] * len(own)
    aligned = align(
        flat,
        words.words,
        words.duration_ms,
        paragraphs=firsts,
        language=transcript.language.partition("-")[0],
    )
    return aligned, owners


def _with_hints(transcript: Transcript, alignment: Alignment, owners: Sequence[int]) -> Transcript:
    """``[m:ss]`` where a paragraph was found; the script's own time where it was not."""
    starts: dict[int, int] = {}
    for owner, token in zip(owners, alignment.tokens, strict=True):
        if token.how in ("exact", "near"):
            starts.setdefault(owner, token.start_ms)
    for moved in alignment.moved:
        starts[owners[moved.first]] = moved.start_ms
    blocks = tuple(
        replace(block, hint_ms=starts[index]) if isinstance(block, Paragraph) and index in starts
        else block
        for index, block in enumerate(transcript.blocks)
    )  # fmt: skip
    return replace(transcript, blocks=blocks)


def _outcome(
    file: str,
    beside: str | None,
    imported: Imported,
    draft: Transcript,
    alignment: Alignment,
    owners: Sequence[int],
) -> Outcome:
    lines = _lines(draft)
    questions = _asked_in_draft(imported, file, lines)
    tokens = alignment.tokens

    def passage(first: int, stop: int, at_ms: int | None = None) -> Passage:
        quote = " ".join(token.text for token in tokens[first : min(stop, first + _QUOTED)])
        return Passage(lines[owners[first]], quote, stop - first, at_ms)

    def gap_line(before: int) -> int:
        return lines[owners[min(before, len(owners) - 1)]] if owners else 1

    return Outcome(
        file,
        beside,
        alignment.exact,
        questions,
        imported.unknown,
        tuple(passage(stray.first, stray.stop) for stray in alignment.not_in_audio),
        tuple(passage(stray.first, stray.stop, stray.start_ms) for stray in alignment.moved),
        tuple(
            Gap(
                stray.start_ms,
                stray.end_ms,
                "".join(word.text for word in stray.words[:_QUOTED]).strip(),
                gap_line(stray.before),
            )
            for stray in alignment.not_in_text
        ),
    )


def _lines(draft: Transcript) -> list[int]:
    """The line of each block, then of each note, in the file: every second one after the head."""
    head = write_transcript(draft).split("\n").index("---", 1) + 1
    count = len(draft.blocks) + len(draft.notes)
    return [head + 2 + 2 * index for index in range(count)]


def _asked_in_draft(imported: Imported, file: str, lines: Sequence[int]) -> tuple[Fault, ...]:
    """Questions with the line of the draft, where the person corrects, and not of the script."""
    blocks = imported.transcript.blocks
    written = [block.line for block in blocks]
    notes = {
        note.line: lines[len(blocks) + index]
        for index, note in enumerate(imported.transcript.notes)
        if isinstance(note, Note)
    }
    asked: list[Fault] = []
    for question in imported.questions:
        if question.place is None or question.place.line is None:
            asked.append(question)
            continue
        line = question.place.line
        index = bisect.bisect_right(written, line) - 1
        at = lines[max(0, index)]
        if question.kind == "import.note_unused":
            at = notes.get(line, at)
        asked.append(replace(question, place=Place(file, at)))
    return tuple(asked)
