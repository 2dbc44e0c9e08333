"""SubRip, for players that read nothing else: a name where the speaker changes."""

from __future__ import annotations

import re

from podcast.published import WholeEpisode
from podcast.timecode import srt

SUFFIX = "srt"
MEDIA_TYPE = "application/x-subrip"
LABEL = "SubRip"
_NBSP = "\u00a0"
_COLON = re.compile(r":( |$)")


def render(published: WholeEpisode) -> str:
    """The captions, numbered from 1."""
    cues = []
    last = None
    for number, caption in enumerate(published.captions, 1):
        # Apps join the lines with a space and take what stands before ": " for a speaker.
        lines = [_COLON.sub(f":{_NBSP}", line) for line in caption.lines]
        if caption.speaker and caption.speaker != last:
            lines[0] = f"{caption.speaker}: {lines[0]}"
        last = caption.speaker or last
        # The format cannot escape its own arrow, and parsers look for it anywhere.
        text = "\n".join(lines).replace("-->", "→")
        cues.append(f"{number}\n{srt(caption.start_ms)} --> {srt(caption.end_ms)}\n{text}\n")
    return "\n".join(cues)
