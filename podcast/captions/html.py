"""The transcript as bare HTML for apps that show it themselves: ``cite``, ``time`` and ``p``.

Without any script: Pocket Casts opens a transcript that has one in a browser window.  The form is
that of the Podcasting 2.0 namespace's transcripts page.
"""

from __future__ import annotations

import html

from podcast.published import WholeEpisode
from podcast.timecode import clock, iso
from podcast.transcript import (
    Foreign,
    Inline,
    InlineSound,
    NoteRef,
    TimedCue,
    TimedHeading,
    TimedParagraph,
)

SUFFIX = "html"
MEDIA_TYPE = "text/html"
LABEL = "HTML"


def render(published: WholeEpisode) -> str:
    """A whole small page in reading order, its notes at the end."""
    language = _escape(published.transcript.language)
    title = _escape(published.episode.title)
    numbers = {note.id: n for n, note in enumerate(published.transcript.notes, 1)}
    body = []
    for block in published.timeline.blocks:
        match block:
            case TimedHeading(heading, _):
                body.append(f"<h2>{_escape(heading.text)}</h2>")
            case TimedCue(cue, _, _):
                body.append(f"<p>[{_escape(cue.shown)}]</p>")
            case TimedParagraph(paragraph, _, start_ms, _):
                if paragraph.begins_turn:
                    body.append(f"<cite>{_escape(paragraph.speaker.name)}:</cite>")
                text = "".join(_inline(part, numbers) for part in paragraph.content)
                body.append(f"{_time(start_ms)}\n<p>{text}</p>")
    if numbers:
        items = "".join(f"<li>{_escape(note.text)}</li>" for note in published.transcript.notes)
        body.append(f"<ol>{items}</ol>")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        f"<title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _time(ms: int) -> str:
    """« 0:12 » for apps, which read the text; HTML itself takes that for hours and minutes."""
    return f'<time datetime="{iso(ms)}">{clock(ms)}</time>'


def _escape(text: str) -> str:
    """Apostrophes stay as they are: a reader in use shows ``&#x27;`` as it is written."""
    return html.escape(text, quote=False)


def _inline(part: Inline, numbers: dict[str, int]) -> str:
    match part:
        case Foreign(text, language, _):
            return f'<i lang="{html.escape(language)}">{_escape(text)}</i>'
        case InlineSound(text):
            return f"[{_escape(text)}]"
        case NoteRef(id_, _):
            return f"<sup>{numbers[id_]}</sup>"
    return _escape(part.text)
