"""Show one paragraph as its readers will see it: on the page, and in captions."""

from __future__ import annotations

from dataclasses import dataclass

from podcast.captioning import captions
from podcast.editor.sheet import Reading, Value, faults
from podcast.glossary import mentioned
from podcast.pages.episode import PageBlock, numbered, page_blocks
from podcast.reading import reading as reading_blocks
from podcast.terminal import Terminal
from podcast.theme import Theme
from podcast.transcript import Caption, TimedBlock, TimedCue, TimedHeading, TimedParagraph
from podcast.wording import Wording

TEMPLATE = "preview.html"


@dataclass(frozen=True, slots=True)
class PreviewView:
    """All that the template may show: some blocks of a page, in its words."""

    words: Wording
    audio: str
    blocks: tuple[PageBlock, ...]


def preview(reading: Reading, line: int, theme: Theme, terminal: Terminal) -> Value:
    """The HTML and the captions of what stands on a line, and the faults of the text."""
    told = faults(reading.faults, terminal.tell)
    if reading.timeline is None:
        return {"html": "", "captions": [], "faults": told}
    transcript = reading.document.transcript
    shown = page_blocks(
        reading.timeline,
        numbered(transcript.notes),
        mentioned(reading.glossary, transcript.language),
    )
    blocks = [each.block for each in reading_blocks(reading.timeline)]
    wanted = [i for i, block in enumerate(blocks) if _line(block) == line]
    view = PreviewView(Wording(transcript.language), "/audio", tuple(shown[i] for i in wanted))
    made = captions(reading.timeline) if wanted else ()
    return {
        "html": theme.render(TEMPLATE, view),
        "captions": [
            {
                "start_ms": caption.start_ms,
                "end_ms": caption.end_ms,
                "speaker": caption.speaker,
                "lines": list(caption.lines),
            }
            for caption in made
            if any(_within(caption, blocks[i]) for i in wanted)
        ],
        "faults": told,
    }


def _line(block: TimedBlock) -> int:
    match block:
        case TimedParagraph(paragraph):
            return paragraph.line
        case TimedHeading(heading):
            return heading.line
        case TimedCue(cue):
            return cue.line


def _within(caption: Caption, block: TimedBlock) -> bool:
    if isinstance(block, TimedHeading):
        return False
    speaker = block.paragraph.speaker.name if isinstance(block, TimedParagraph) else None
    return caption.speaker == speaker and block.start_ms <= caption.start_ms < block.end_ms
