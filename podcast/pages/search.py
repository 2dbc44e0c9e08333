"""The search page: a field that a script makes, and what to do where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podcast.frame import Frame, frame, search_folder
from podcast.pages import Around, Sheet
from podcast.published import Publication

TEMPLATE = "search.html"


@dataclass(frozen=True, slots=True)
class SearchView:
    """All that the search page's template may show; the script asks for the rest."""

    frame: Frame


def sheets(publication: Publication) -> Iterator[Sheet]:
    """One page."""
    yield Sheet(f"{search_folder(publication.show)}index.html", (publication.about,))


def view(sheet: Sheet, around: Around) -> SearchView:
    """The frame alone."""
    (about,) = sheet.of
    return SearchView(frame(about, about.show.language, sheet.path, around.assets))
