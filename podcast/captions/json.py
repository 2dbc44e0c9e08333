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
    return json.dumps({"version": "1.0.0", "segments": segments}, ensure_ascii=False, indent=1)
