"""The page of one of the show's people: what they said, in which episode and at which second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podcast import structured
from podcast.appearances import Moment
from podcast.frame import Frame, frame, person_folder, role
from podcast.listing import Entry, Paging, entry, page_path, pages_for, paging
from podcast.pages import Around, Sheet
from podcast.published import Publication, PublishedEpisode
from podcast.show import Show
from podcast.timecode import spoken

TEMPLATE = "person.html"


@dataclass(frozen=True, slots=True)
class Said:
    """The beginning of what they said, and the way to its second in the sound and the text."""

    address: str
    time: str
    chapter: str
    words: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """An episode with their moments; ``length`` is empty where they are only named."""

    entry: Entry
    turns: int
    length: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class PersonView:
    """All that the page may show; ``total`` episodes on all its pages together.

    ``url`` is where a reader learns more, outside of this site, or nothing.
    """

    frame: Frame
    name: str
    role: str
    about: str
    url: str
    chapters: tuple[Chapter, ...]
    total: int
    paging: Paging


def sheets(publication: Publication) -> Iterator[Sheet]:
    """As many pages for each as the list of their episodes needs."""
    show = publication.show
    size = show.episodes_per_page
    for key, episodes in publication.people.items():
        for page in range(1, pages_for(len(episodes), size) + 1):
            shown = episodes[(page - 1) * size : page * size]
            path = page_path(person_folder(show, key), page)
            yield Sheet(path, (publication.about, key, page, len(episodes), shown))


def view(sheet: Sheet, around: Around) -> PersonView:
    """A page of somebody's episodes."""
    about, key, page, total, episodes = sheet.of
    show: Show = about.show
    person = show.people[key]
    told = structured.person(show, show.url(person_folder(show, key)), key)
    outside = frame(about, show.language, sheet.path, around.assets, data=told)
    folder = outside.root + person_folder(show, key)
    pages = pages_for(total, show.episodes_per_page)
    return PersonView(
        frame=outside,
        name=person.name,
        role=role(person.role, outside.words),
        about=person.about or "",
        url=person.link or "",
        chapters=tuple(_chapter(each, key, show, outside.root) for each in episodes),
        total=total,
        paging=paging(page, pages, lambda n: page_path(folder, n)),
    )


def _chapter(published: PublishedEpisode, key: str, show: Show, root: str) -> Chapter:
    told = entry(published.known, show, root)
    heard = next((each for each in published.appearances if each.key == key), None)
    if not heard:  # who is only named
        return Chapter(told, 0, "", ())
    moments = tuple(_said(told.address, moment) for moment in heard.moments)
    return Chapter(told, heard.turns, spoken(heard.spoken_ms), moments)


def _said(page: str, moment: Moment) -> Said:
    return Said(f"{page}#{moment.id}", spoken(moment.start_ms), moment.chapter, moment.words)
