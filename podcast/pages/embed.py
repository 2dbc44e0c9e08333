"""The player of one episode for other sites to show in a frame, with the whole transcript."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from podcast.frame import Frame, frame
from podcast.oembed import PLAYER
from podcast.pages import Around, Sheet
from podcast.published import Publication
from podcast.timecode import iso, spoken

TEMPLATE = "embed.html"


@dataclass(frozen=True, slots=True)
class EmbedView:
    """All that the player's template may show.

    ``page`` is the episode's page on the web, ``chapters`` are the blocks that it lists, too.
    """

    frame: Frame
    title: str
    length: str
    length_iso: str
    page: str
    audio: str
    captions: str
    chapters: tuple[Any, ...]
    transcript: Markup


def sheets(publication: Publication) -> Iterator[Sheet]:
    """A player for each episode; it knows nothing of others."""
    for published in publication.episodes:
        yield Sheet(published.file(PLAYER), (publication.about, published))


def view(sheet: Sheet, around: Around) -> EmbedView:
    """The player of one episode."""
    about, published = sheet.of
    episode = published.episode
    outside = frame(about, episode.language, sheet.path, around.assets)
    return EmbedView(
        frame=outside,
        title=episode.title,
        length=spoken(published.enclosure.duration_ms),
        length_iso=iso(published.enclosure.duration_ms),
        page=about.show.url(f"{published.folder}/"),
        audio=outside.sound(published.enclosure.path),
        captions=f"{episode.slug}.vtt",
        chapters=around.text(published).chapters,
        transcript=around.transcript(published),
    )
