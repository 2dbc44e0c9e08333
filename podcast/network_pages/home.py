"""The network's home page: its shows and all newest episodes, and the pages with the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from podcast import opml
from podcast.all_shows import Member
from podcast.dates import language_name, long_date
from podcast.frame import Frame, frame, list_pages, list_path
from podcast.listing import Entry, Step, entry, paging
from podcast.pages import Around, Sheet
from podcast.published import Known, Publication
from podcast.show import FEED, Show
from podcast.subscription import folder as subscribe_folder

TEMPLATE = "network.html"


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list says of a show; ``newest`` is the date of its last episode, with its zone."""

    folder: str
    title: str
    language: str
    description: str
    cover: str
    subscribe: str
    episodes: int
    newest: str


@dataclass(frozen=True, slots=True)
class ShowEntry:
    """One show; ``language_name`` is empty where it is the network's language."""

    address: str
    title: str
    language: str
    language_name: str
    description: str
    cover: str
    episodes: int
    newest: str
    newest_iso: str
    subscribe: str
    feed: str


@dataclass(frozen=True, slots=True)
class OfShow:
    """One episode and its show; ``show_language`` is empty where it is the network's language."""

    entry: Entry
    show: str
    show_address: str
    show_language: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """All that a page of the list may show; the first has the shows.

    ``page`` of ``pages`` shows the episodes ``first`` to ``last`` of ``total``, all from 1.
    """

    frame: Frame
    description: str
    author: str
    shows: tuple[ShowEntry, ...]
    opml: str
    entries: tuple[OfShow, ...]
    page: int
    pages: int
    first: int
    last: int
    total: int
    steps: tuple[Step, ...]
    newer: str
    older: str


def sheets(publication: Publication, members: Sequence[Member]) -> Iterator[Sheet]:
    """The home page, and as many more as the list of all episodes needs."""
    total, size = len(publication.episodes), publication.show.episodes_per_page
    listed = tuple(_listed(each) for each in members)
    titles = {each.folder: (each.show.title, each.show.language) for each in members}
    for page in range(1, list_pages(publication.show, total) + 1):
        known = publication.known[(page - 1) * size : page * size]
        folders = sorted({each.folder.partition("/")[0] for each in known})
        named = tuple((folder, *titles[folder]) for folder in folders)
        shows = listed if page == 1 else ()
        yield Sheet(list_path(page), (publication.about, page, total, known, named, shows))


def view(sheet: Sheet, around: Around) -> HomeView:
    """A page of the list."""
    about, page, total, known, named, shows = sheet.of
    network: Show = about.show
    first, pages = (page - 1) * network.episodes_per_page, list_pages(network, total)
    outside = frame(about, network.language, sheet.path, around.assets)
    ways = paging(page, pages, lambda n: outside.root + list_path(n))
    titles = {folder: (title, language) for folder, title, language in named}
    return HomeView(
        frame=outside,
        description=network.description,
        author=network.author,
        shows=tuple(_show(each, network, outside.root) for each in shows),
        opml=outside.root + opml.FILE,
        entries=tuple(_entry(each, titles, network, outside.root) for each in known),
        page=page,
        pages=pages,
        first=first + 1,
        last=first + len(known),
        total=total,
        steps=ways.steps,
        newer=ways.newer,
        older=ways.older,
    )


def _listed(member: Member) -> Listed:
    show = member.show
    return Listed(
        folder=member.folder,
        title=show.title,
        language=show.language,
        description=show.description,
        cover=show.cover,
        subscribe=subscribe_folder(show),
        episodes=len(member.episodes),
        newest=member.episodes[0].episode.date.isoformat(),
    )


def _show(listed: Listed, network: Show, root: str) -> ShowEntry:
    newest = datetime.fromisoformat(listed.newest)
    home = f"{root}{listed.folder}/"
    return ShowEntry(
        address=home,
        title=listed.title,
        language=listed.language,
        language_name=_other(listed.language, network),
        description=listed.description,
        cover=home + listed.cover,
        episodes=listed.episodes,
        newest=long_date(newest, network.language),
        newest_iso=newest.date().isoformat(),
        subscribe=home + listed.subscribe,
        feed=home + FEED,
    )


def _other(language: str, network: Show) -> str:
    return language_name(language, network.language) if language != network.language else ""


def _entry(known: Known, titles: Mapping[str, tuple[str, str]], network: Show, root: str) -> OfShow:
    folder = known.folder.partition("/")[0]
    title, language = titles[folder]
    return OfShow(
        # A number counts within its show.
        entry=replace(entry(known, network, root), number=None),
        show=title,
        show_address=f"{root}{folder}/",
        show_language=language if language != network.language else "",
    )
