"""WebVTT, the format that Apple Podcasts takes speakers' names from.

A bare header and cues: NOTE, STYLE, identifiers and settings break parsers of real apps.  Each
speech cue names its speaker, because in AntennaPod a voice goes on until the next one.
"""

from __future__ import annotations

from podcast.published import WholeEpisode
from podcast.timecode import vtt

SUFFIX = "vtt"
MEDIA_TYPE = "text/vtt"
LABEL = "WebVTT"


def render(published: WholeEpisode) -> str:
    """The captions; every line escaped, no cue of no length."""
    cues = []
    for caption in published.captions:
        text = "\n".join(_escape(line) for line in caption.lines)
        if caption.speaker:
            # Neither & nor > may stand in a voice's annotation for AntennaPod.
            name = caption.speaker.replace("&", "+").replace(">", " ").replace("<", " ")
            text = f"<v {name}>{text}</v>"
        cues.append(f"{vtt(caption.start_ms)} --> {vtt(caption.end_ms)}\n{text}")
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _escape(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
