"""The page about the show: what its makers wrote in ``about.md``, or what ``podcast.yaml`` says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from podcast import structured
from podcast.frame import Frame, about_folder, frame, person_folder, role
from podcast.notes_html import to_html
from podcast.pages import Around, Sheet
from podcast.published import Publication
from podcast.show import Show

TEMPLATE = "about.html"


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody of the show, what they do, and the way to their page."""

    address: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class AboutView:
    """All that the page may show; the rest holds where ``written`` is empty."""

    frame: Frame
    written: Markup
    description: tuple[str, ...]
    author: str
    people: tuple[Voice, ...]


def sheets(publication: Publication) -> Iterator[Sheet]:
    """One page."""
    people = () if publication.about_text else tuple(publication.people)
    path = f"{about_folder(publication.show)}index.html"
    yield Sheet(path, (publication.about, publication.about_text, people))


def view(sheet: Sheet, around: Around) -> AboutView:
    """The text, cleaned as show notes are, with its headings below the page's own."""
    about, text, people = sheet.of
    show: Show = about.show
    told = structured.about(show)
    outside = frame(about, show.language, sheet.path, around.assets, data=told)
    return AboutView(
        frame=outside,
        written=to_html(text, top=2),
        description=tuple(filter(None, map(str.strip, show.description.split("\n")))),
        author=show.author,
        people=tuple(_voice(show, key, outside) for key in people),
    )


def _voice(show: Show, key: str, outside: Frame) -> Voice:
    person = show.people[key]
    address = outside.root + person_folder(show, key)
    return Voice(address, person.name, role(person.role, outside.words))
