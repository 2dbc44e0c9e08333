"""The whole site as it would be with every draft, made beside ``site/`` and never in it.

Nothing here passes the publish gate, so nothing of it may be taken for published: it has cards,
texts and a folder of its own below ``.podcast/preview``, no feed, and the title of each episode
that nobody has yet says so.  Sounds are those that are there: no minutes of work are done for a
look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from podcast import aligning, assembly, listening, oembed, pipeline, reporting, site, unchanged
from podcast.episode import Episode
from podcast.errors import Fault, Fixable, Place, PodcastError, fault
from podcast.indexing import Found
from podcast.ledger import Ledger
from podcast.memo import Digests
from podcast.published import PublishedEpisode, in_order
from podcast.report import Reporter
from podcast.searching import Searchable
from podcast.shelf import Card, Shelf, own
from podcast.shown import Shown
from podcast.wording import Wording
from podcast.work import Work
from podcast.workspace import Workspace, ensure_folder

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a look found: how many episodes are shown, how many of them nobody has yet, what is
    wrong with the others, what of the site is new, and for a network what it is to know of it."""

    episodes: int
    drafts: int
    faults: tuple[Fault, ...]
    changes: site.Changes
    shown: Shown | None = None
    searchable: Found | None = None


class OfShow:
    """The preview of one show, while somebody looks at it."""

    def __init__(self, space: Workspace) -> None:
        self.space = space

    @property
    def home(self) -> Path:
        """Where all of it is."""
        return home(self.space)

    @property
    def folder(self) -> Path:
        """The site to look at."""
        return self.home / "site"

    def state(self) -> object:
        """Everything that the preview is made from, by names, sizes and times."""
        return looked_at(self.space)

    def build(self, report: Reporter) -> Preview:
        """Bring it up to date; raises as :func:`build` does."""
        return build(self.space, report, self.home)


def looked_at(space: Workspace) -> object:
    """The files of a folder that its preview is made from, by names, sizes and times."""
    around, inside = (each(str(space.root)) for each in (unchanged.around, unchanged.inside))
    around.add(space.ledger.name, str(space.ledger))
    return around.names, around.marks, inside.names, inside.marks


def home(space: Workspace) -> Path:
    """Where all of it is; may be deleted at any time."""
    return space.cache / "preview"


def build(space: Workspace, report: Reporter, at: Path) -> Preview:
    """Bring the preview of a show in the folder ``at`` up to date.

    An episode whose files have a fault stays as it was when they had none.  Raises
    :class:`Fixable` for what concerns all pages (``podcast.yaml``, a template); the preview of
    before is then untouched.
    """
    show = space.show()
    known = pipeline.read_ledger(space)
    digests = Digests(space.cache / "digests.json")
    # What nobody has reviewed is shown as what it is.
    inside = replace(own(show), publish_unreviewed=True)
    ensure_folder(at)
    site.recover(at / "site", at)
    work = Work(space, inside, digests, report, Shelf(space, inside, digests, at))
    cards: dict[str, Card] = {}
    faults: list[Fault] = []
    with report.progress("progress.preparing") as progress:
        slugs = space.slugs()
        for number, slug in enumerate(slugs, 1):
            try:
                card = _card(work, slug)
            except Fixable as error:
                faults += error.faults
                card = work.shelf.card(slug)
            if card:
                cards[slug] = card
                work.shelf.take(card)
            progress(number / len(slugs))
    digests.save()
    work.shelf.save(tuple(cards))
    shown = [_marked(card.published, known) for card in cards.values()]
    publication = in_order(show, shown, space.about())

    def searchable(published: PublishedEpisode) -> Searchable:
        return _again(work, published.episode.slug, work.shelf.searchable)

    made_of = assembly.Kept(
        lambda published: _again(work, published.episode.slug, work.shelf.files),
        lambda published: _again(work, published.episode.slug, work.shelf.head),
        lambda published: _again(work, published.episode.slug, work.shelf.page),
        searchable,
    )
    everything = replace(work, show=show)
    files = assembly.files(everything, publication, cards, made_of)
    pages = {path: content for path, content in files.items() if not is_feed(path)}
    with report.progress("progress.writing") as progress:
        changes = site.replace(at / "site", at, pages, progress)
    digests.save()
    drafts = sum(slug not in known.episodes for slug in cards)
    by = {slug: card.found_by for slug, card in cards.items()}
    known_of = Shown(show, publication.episodes, by)
    return Preview(len(cards), drafts, tuple(faults), changes, known_of, searchable)


def is_feed(path: str) -> bool:
    """What an app could subscribe to, a search engine find pages by, or another site show."""
    if path.endswith((".xml", ".opml", f".{oembed.ANSWER}")):
        return True
    return path in ("feed.json", assembly.SITEMAP)


def _card(work: Work, slug: str) -> Card | None:
    """An episode as far as it has come; ``None`` before it has a recording.

    Raises :class:`Fixable` where its files have faults, and where minutes of work are still to be
    done for its sound or its words.
    """
    space, episode = work.workspace, work.shelf.episode(slug)
    if done := work.shelf.ready(episode, None, True):
        return done
    if not space.has_sound(slug):
        return None
    key = work.shelf.key(episode)
    aligned = aligning.name_of(work, slug, episode.language)
    there = reporting.finished(work, episode)
    words = listening.heard(work, episode, there[0]) if there else None
    if there is None or words is None or not space.transcript_file(slug).is_file():
        place = Place(space.name(space.episode_folder(slug)))
        raise Fixable(fault("preview.unprepared", place, slug=slug))
    transcript = space.transcript(slug, work.show, episode.language)
    timeline, cut = aligning.together(work, slug, transcript, words, aligned)
    made = assembly.card(work, episode, transcript, timeline, cut, words, there[1], key, None)
    return work.shelf.put(*made)


def _again(work: Work, slug: str, kept: Callable[[PublishedEpisode], T | None]) -> T:
    """What was made of an episode's words, made again where it is lost."""
    card = work.shelf.card(slug)
    found = kept(card.published) if card else None
    if found is None:
        work.shelf.drop(slug)
        made = _card(work, slug)
        if made is None:
            raise Fixable(fault("preview.unprepared", slug=slug))
        work.shelf.take(made)
        found = kept(made.published)
    if found is None:
        raise PodcastError(fault("preview.unprepared", slug=slug))
    return found


def _marked(published: PublishedEpisode, known: Ledger) -> PublishedEpisode:
    """The episode with a title that says in words that nobody has it yet.

    The title stands on its page, in all lists, in the search and in what a screen reader says of
    a link: whoever meets it anywhere is told.
    """
    episode: Episode = published.episode
    if episode.slug in known.episodes:
        return published
    key = "preview.waiting" if published.reviewed else "preview.draft"
    title = Wording(episode.language).say(key, title=episode.title)
    return replace(published, episode=replace(episode, title=title))
