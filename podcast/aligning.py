"""The step that brings the edited text and what was heard together, done once for both.

Every word's time and every caption are kept by the digests of the two files: a changed title, or
another look, asks for neither again.
"""

from __future__ import annotations

from dataclasses import dataclass

from podcast.captioning import captions
from podcast.memo import keep, kept, key_of, program
from podcast.timeline import Times, make_timeline, times_of
from podcast.transcript import Caption, MachineWords, Timeline, Transcript
from podcast.work import Work


@dataclass(frozen=True, slots=True)
class Aligned:
    """The times of all written words, and the captions."""

    times: Times
    captions: tuple[Caption, ...]


def name_of(work: Work, slug: str, language: str) -> str | None:
    """Names the text and the words as they are now, if both are there."""
    files = work.workspace.transcript_file(slug), work.workspace.words_file(slug)
    try:
        return key_of(program(), work.digests.all(files), language)
    except OSError:
        return None


def together(
    work: Work, slug: str, transcript: Transcript, words: MachineWords, name: str | None
) -> tuple[Timeline, tuple[Caption, ...]]:
    """The text with its times, and its captions.

    ``name`` is what :func:`name_of` gave before the two files were read; what was made is not kept
    where they have changed since.
    """
    file = work.workspace.cache / "aligned" / f"{slug}.json"
    if name and (known := kept(file, name, Aligned)):
        return make_timeline(transcript, words, known.times), known.captions
    timeline = make_timeline(transcript, words)
    cut = captions(timeline)
    if name and name == name_of(work, slug, transcript.language):
        keep(file, name, Aligned(times_of(timeline), cut))
    return timeline, cut
