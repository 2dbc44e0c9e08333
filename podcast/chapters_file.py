"""The chapters for apps: a Podcasting 2.0 chapters file, version 1.2.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md
"""

from __future__ import annotations

import json

from podcast.published import PublishedEpisode
from podcast.show import Show

MEDIA_TYPE = "application/json+chapters"


def path(published: PublishedEpisode) -> str:
    """Path below the site."""
    return published.file("chapters.json")


def render(show: Show, published: PublishedEpisode) -> bytes:
    """Seconds with three decimals; each chapter leads to its moment on the episode's page."""
    page = show.url(f"{published.folder}/")
    chapters = [
        {
            "startTime": chapter.start_ms / 1000,
            "title": chapter.title,
            "url": f"{page}#t={chapter.start_ms // 1000}",
        }
        for chapter in published.chapters
    ]
    told = {
        "version": "1.2.0",
        "title": published.episode.title,
        "podcastName": show.title,
        "fileName": published.enclosure.path.rpartition("/")[2],
        "chapters": chapters,
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
