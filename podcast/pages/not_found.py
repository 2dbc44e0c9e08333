"""What a server shows where there is nothing: the ways on, right at any depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from podcast.frame import Frame, frame
from podcast.pages import Around, Sheet
from podcast.published import Publication
from podcast.served_as import NOT_FOUND

TEMPLATE = "not-found.html"


@dataclass(frozen=True, slots=True)
class NotFoundView:
    """All that the page may show."""

    frame: Frame


def sheets(publication: Publication) -> Iterator[Sheet]:
    """One page, where static hosts look for it."""
    yield Sheet(NOT_FOUND, (publication.about,))


def view(sheet: Sheet, around: Around) -> NotFoundView:
    """The frame alone; its addresses begin at the top of the server, for nobody knows the depth."""
    (about,) = sheet.of
    top = urlsplit(about.show.address).path
    return NotFoundView(frame(about, about.show.language, sheet.path, around.assets, root=top))
