"""The publish gate: what must still be done to a transcript before readers may see it."""

from __future__ import annotations

import re

from podcast.errors import Fault, Place, fault
from podcast.timecode import clock
from podcast.transcript import Cue, Doubt, Paragraph, Transcript
from podcast.wording import Wording, languages

_UNFINISHED = re.compile(r"^[\s.…?]*$|\b(?:TODO|à compléter|to do)\b|…$|\.\.\.$", re.IGNORECASE)


def unfinished(transcript: Transcript, file: str) -> tuple[Fault, ...]:
    """Doubts, unknown speakers, sounds nobody described and unfinished notes, by line."""
    faults: list[Fault] = []
    told: set[str] = set()
    to_describe = {Wording(language).say("draft.sound") for language in languages()}
    for block in transcript.blocks:
        if isinstance(block, Cue) and block.text in to_describe:
            faults.append(fault("gate.sound", Place(file, block.line), text=block.text))
        if not isinstance(block, Paragraph):
            continue
        name = block.speaker.name
        if block.speaker.key is None and name not in told:
            told.add(name)
            faults.append(fault("gate.speaker", Place(file, block.line), name=name))
        for part in block.content:
            if isinstance(part, Doubt):
                faults.append(fault("gate.doubt", Place(file, part.line), word=part.text))
    for note in transcript.notes:
        if _UNFINISHED.search(note.text):
            faults.append(fault("gate.note", Place(file, note.line), id=note.id))
    return tuple(sorted(faults, key=lambda f: f.place.line or 0 if f.place else 0))


def late(transcript: Transcript, duration_ms: int, file: str) -> tuple[Fault, ...]:
    """Times set by hand that lie after the end of the sound."""
    return tuple(
        fault(
            "gate.late", Place(file, block.line), time=clock(block.pin_ms), end=clock(duration_ms)
        )
        for block in transcript.blocks
        if isinstance(block, Paragraph) and block.pin_ms is not None and block.pin_ms > duration_ms
    )


def not_reviewed(
    transcript: Transcript, digest: str, published: str | None, place: Place, slug: str
) -> tuple[Fault, ...]:
    """What asks for a review: none was made, or the text has changed since.

    ``place`` is where the head says the status, ``digest`` that of the text as it is, and
    ``published`` that of the text which readers have, if they have one.  A head that names the
    reviewed text settles it; one that only says "reviewed", written by hand, holds until the text
    is published and then changed.
    """
    if transcript.status != "reviewed":
        return (fault("gate.status", place, slug=slug),)
    reviewed = transcript.reviewed_text or published
    if reviewed and reviewed != digest:
        return (fault("gate.changed", place, slug=slug),)
    return ()
