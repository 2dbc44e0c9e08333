"""Podcasting 2.0 JSON transcript: a segment for each caption.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md
"""

from __future__ import annotations

import json

from podcast.published import WholeEpisode

SUFFIX = "json"
MEDIA_TYPE = "application/json"
LABEL = "JSON"


def render(published: WholeEpisode) -> str:
    """Seconds with three decimals; bodies are never empty: that makes AntennaPod fail."""
    segments = [
        {
            **({"speaker": caption.speaker} if caption.speaker else {}),
            "startTime": caption.start_ms / 1000,
            "endTime": caption.end_ms / 1000,
            "body": " ".join(caption.lines),
        }
        for caption in published.captions
    ]
    # As json.dumps writes it with indent=1, which is slow.
    made = ",".join(f"\n  {{\n   {_inside(each)}\n  }}" for each in segments)
    rest = f"{made}\n " if made else ""
    return f'{{\n "version": "1.0.0",\n "segments": [{rest}]\n}}'


def _inside(segment: dict[str, object]) -> str:
    return json.dumps(segment, ensure_ascii=False, separators=(",\n   ", ": "))[1:-1]
