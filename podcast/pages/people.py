"""The list of the show's people: who they are, and in how many episodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podcast.frame import Frame, frame, people_folder, person_folder, role
from podcast.pages import Around, Sheet
from podcast.published import Publication
from podcast.show import Show

TEMPLATE = "people.html"


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody: what they do, who they are if the show says it, and in how many episodes."""

    address: str
    name: str
    role: str
    about: str
    episodes: int


@dataclass(frozen=True, slots=True)
class PeopleView:
    """All that the list may show; the order is that of ``podcast.yaml``."""

    frame: Frame
    people: tuple[Name, ...]


def sheets(publication: Publication) -> Iterator[Sheet]:
    """One page, where anybody takes part."""
    if publication.people:
        counts = tuple((key, len(each)) for key, each in publication.people.items())
        yield Sheet(f"{people_folder(publication.show)}index.html", (publication.about, counts))


def view(sheet: Sheet, around: Around) -> PeopleView:
    """Everybody with the way to their page."""
    about, counts = sheet.of
    show: Show = about.show
    outside = frame(about, show.language, sheet.path, around.assets)
    return PeopleView(outside, tuple(_name(show, outside, *each) for each in counts))


def _name(show: Show, outside: Frame, key: str, episodes: int) -> Name:
    person = show.people[key]
    address = outside.root + person_folder(show, key)
    does = role(person.role, outside.words)
    return Name(address, person.name, does, person.about or "", episodes)
