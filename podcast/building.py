"""Build sites again from what is published: that of a show, or those of a network's shows.

each show → its own site/ → all of them, below the network's pages, search and feed, in its site/

Nothing new is published.  A show that cannot be built is told, and stays as the network's site has
it; what would break the feed of all shows stops the network's site as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import NoReturn

from podcast import (
    all_shows,
    assembly,
    guard,
    indexing,
    json_feed,
    ledger,
    network_guard,
    network_pages,
    opml,
    pipeline,
    qr,
    remembered,
    shown,
    site,
    sitemap_index,
    subscription,
    sweeping,
    unchanged,
)
from podcast.errors import Fault, FeedRefused, Fixable, Place, PodcastError, fault
from podcast.feed import feeds
from podcast.feed_page import STYLE
from podcast.memo import key_of, program
from podcast.network import Network, read_network
from podcast.pages import Around, Sheet
from podcast.published import Publication, PublishedEpisode
from podcast.report import Notes, Reporter
from podcast.rules import is_slug
from podcast.searching import Searchable
from podcast.served_as import is_sound
from podcast.shares import shared
from podcast.shelf import own
from podcast.shown import Shown
from podcast.site import Content, Fresh, alone
from podcast.tally import settle
from podcast.transcript_file import text_digest
from podcast.wording import Wording, languages
from podcast.work import Work, work_in
from podcast.workspace import NETWORK, SHOW, Workspace, line_of, write


@dataclass(frozen=True, slots=True)
class Built:
    """What a build of a network did; ``errors`` are of the shows that stay as they were."""

    shows: int
    episodes: int
    changes: site.Changes
    errors: tuple[PodcastError, ...] = ()


# One show.


def show(space: Workspace, report: Reporter, allow: Sequence[str] = ()) -> site.Changes:
    """Build a show's site from what is published.

    Raises :class:`podcast.errors.PodcastError`; nothing of the site has changed then.
    """
    if not allow and unchanged.stands(str(space.root), (), force=True):
        return site.Changes(0, 0, 0)
    if not pipeline.read_ledger(space).episodes:
        raise Fixable(fault("serve.nothing"))
    try:
        return pipeline.publish(space, (), report, allow=allow).changes
    except Fixable as error:
        # It was released like this: « publish --force » said so.
        if not all(_released(space, each) for each in error.faults):
            raise
        return pipeline.publish(space, (), report, force=True, allow=allow).changes


def _released(space: Workspace, told: Fault) -> bool:
    if told.kind != "gate.other_episode":
        return False
    slug, of = str(told.facts["slug"]), space.show()
    text = space.transcript(slug, of, space.episode(slug, of).language)
    return pipeline.read_ledger(space).text_of(slug) == text_digest(text)


# A network.


def network(root: Path, report: Reporter, allow: Sequence[str] = ()) -> Built | None:
    """Build the sites of a network's shows and its own; ``None`` where nothing has changed.

    Raises :class:`podcast.errors.PodcastError` for what concerns the network as a whole: the
    shows' own sites are built then, and the network's has not changed.
    """
    guard.check_words(allow)
    space = Workspace(root)
    if not allow and unchanged.network_stands(str(root)):
        return None
    with space.lock():
        clock = space.clock()
        before = [*remembered.look(space, clock)]
        site.recover(space.site, space.cache)
        of = read_network(space.text(root / NETWORK), NETWORK)
        folders, strange = folders_of(space, of, report)
        files = [f"{folder}/{file}" for folder in folders for file in _TELLING]
        built = _built(space, of, folders, report, allow)
        before.append(remembered.besides(space, clock, files))
        used = {consent for each in built for consent in each.used}
        errors = [*strange, *(each.error for each in built if each.error)]
        with ExitStack() as locks:
            good = {}
            for each in built:
                try:
                    good[each.folder] = _now(space, each, locks)
                except PodcastError as error:
                    errors.append(placed(error, each.folder))
            made = Made(space, of, folders, {name: now for name, now in good.items() if now})
            try:
                record, known = made.record([c for c in allow if c not in used]), made.known
            except FeedRefused as error:
                told = [each for one in errors for each in one.faults]
                raise FeedRefused([*told, *error.faults]) from error
            changes = site.Changes(0, 0, 0)
            if record.episodes or known.episodes:
                with report.progress("progress.writing") as progress:
                    content = made.files(record)
                    changes = site.replace(space.site, space.cache, content, progress)
                sweeping.sweep(space.cache, content, len(made.publication.episodes))
            if record != known:
                write(space.ledger, ledger.render(record))
            for folder, now in made.good.items():
                if shown.last(space, folder) != now:
                    shown.remember(space, folder, now)
            shown.forget(space, frozenset(folders))
            made.work.digests.save()
        if not errors and made.publication.episodes:
            newest = int(made.publication.episodes[0].episode.date.timestamp())
            says = {each: [Wording(each).say("publish.nothing_new")] for each in languages()}
            out = [name for name in unchanged.shows_in(str(root)) if name not in folders]
            left = unchanged.Left(folders, True, newest, False, of.language, says, out)
            settle(space.ledger)
            stands = remembered.told(space, space.clock(), before, left, changes.there)
            write(space.cache / unchanged.FILE, stands, lasting=False)
        episodes = len(made.publication.episodes)
        return Built(len(made.members), episodes, changes, tuple(errors))


# What of a show tells that it was published or built since.
_TELLING = (f".podcast/{unchanged.FILE}", "published.json")


def folders_of(
    space: Workspace, of: Network, report: Reporter
) -> tuple[tuple[str, ...], list[PodcastError]]:
    """The folders of the shows in their order, and what cannot be one."""
    there = unchanged.shows_in(str(space.root))
    if not of.shows:
        odd = [name for name in there if not is_slug(name)]
        wrong = [Fixable(fault("network.folder", Place(name), name=name)) for name in odd]
        return tuple(name for name in there if name not in odd), list(wrong)
    if out := [name for name in there if name not in of.shows]:
        report.say("build.left_out", names=", ".join(out), file=NETWORK)
    return of.shows, []


# Each show.


@dataclass(frozen=True, slots=True)
class _One:
    """A show that was built, or why it was not; ``used`` are the consents that it needed."""

    folder: str
    said: tuple[tuple[str, dict[str, object]], ...] = ()
    error: PodcastError | None = None
    used: tuple[str, ...] = ()


def _built(
    space: Workspace, of: Network, folders: Sequence[str], report: Reporter, allow: Sequence[str]
) -> list[_One]:
    """Each show, in the order of the folders; those with much to do in several processes."""

    def each(share: Sequence[str]) -> Iterator[_One]:
        for folder in share:
            yield _one(Workspace(space.root / folder), of, allow)

    with report.progress("progress.shows", n=len(folders)) as progress:
        built = shared(folders, each, progress, least=1)
    built.sort(key=lambda one: folders.index(one.folder))
    for one in built:
        if one.said:
            report.say("build.of_show", show=one.folder)
        for key, facts in one.said:
            report.say(key, **facts)
    return built


def _one(space: Workspace, of: Network, allow: Sequence[str]) -> _One:
    folder, notes = space.root.name, Notes()
    mine = [consent.partition("/")[2] for consent in allow if consent.startswith(f"{folder}/")]
    used: tuple[str, ...] = ()
    try:
        check_show(space, of)
        if pipeline.read_ledger(space).episodes:
            try:
                show(space, notes)
            except FeedRefused as error:
                needed = {str(each.facts.get("allow")) for each in error.faults}
                if not (needed & set(mine)):
                    raise
                notes = Notes()
                show(space, notes, [consent for consent in mine if consent in needed])
                used = tuple(f"{folder}/{consent}" for consent in mine if consent in needed)
    except PodcastError as error:
        return _One(folder, tuple(notes.said), placed(error, folder))
    return _One(folder, tuple(notes.said), used=used)


def check_show(space: Workspace, of: Network) -> None:
    """Raise :class:`Fixable` where a show is missing, or is not where its network has it."""
    if not (space.root / SHOW).is_file():
        text = Workspace(space.root.parent).text(space.root.parent / NETWORK)
        place = Place(f"../{NETWORK}", line_of(text, "shows"))
        raise Fixable(fault("network.no_show", place, name=space.root.name))
    wanted, said = of.address_of(space.root.name), space.show().address
    if said != wanted:
        place = Place(SHOW, line_of(space.text(space.root / SHOW), "address"))
        raise Fixable(fault("network.address", place, wanted=wanted, said=said, file=NETWORK))


def placed(error: PodcastError, folder: str) -> PodcastError:
    """The same, with files and consents as they are called from the network's folder."""

    def placed(each: Fault) -> Fault:
        place, facts = each.place, each.facts
        if place and not place.file.startswith("/"):
            file = place.file[3:] if place.file.startswith("../") else f"{folder}/{place.file}"
            place = None if file == f"{folder}/" else replace(place, file=file)
        if "allow" in facts:
            facts = {**facts, "allow": f"{folder}/{facts['allow']}"}
        return Fault(each.kind, facts, place or Place(folder))

    return type(error)([placed(each) for each in error.faults])


def _now(network: Workspace, one: _One, locks: ExitStack) -> Shown | None:
    """A show as it is built, which nobody changes while ``locks`` are held."""
    space = Workspace(network.root / one.folder)
    if one.error or not space.ledger.is_file():
        return None
    locks.enter_context(space.lock())
    of, known = space.show(), pipeline.read_ledger(space)
    if now := shown.built(space, of, known):
        return now
    raise Fixable(fault("network.lost", Place(f"{SHOW}"), folder=one.folder))


# The network's own site.


class Made:
    """Everything that the network's site holds, from what is known of its shows."""

    def __init__(
        self, space: Workspace, of: Network, folders: Sequence[str], good: Mapping[str, Shown]
    ) -> None:
        self.space, self.good = space, dict(good)
        self.cache = space.cache
        self.known = pipeline.read_ledger(space)
        here = {_folder(slug) for slug in self.known.episodes}
        kept = {f: good.get(f) or shown.last(space, f) for f in folders if f in good or f in here}
        self.shown = {folder: now for folder, now in kept.items() if now}
        every = [now.member(folder) for folder, now in self.shown.items()]
        self.members = tuple(one for one in every if one.episodes)
        self.show = of.as_show([one.show for one in self.members])
        self.work = work_in(space, self.show, Notes())
        together = all_shows.together(self.show, self.members)
        self.publication = replace(together, about_text=space.about())
        self.theme = assembly.theme_of(self.work)

    def record(self, allow: Sequence[str]) -> ledger.Ledger:
        """The ledger to be left; raises :class:`FeedRefused` for what nobody has allowed."""
        texts = {each.episode.slug: "" for each in self.publication.episodes}
        left = ledger.recorded(self.publication, texts)
        told = {folder: now.allowed for folder, now in self.shown.items()}
        return network_guard.agreed(self.known, left, self.publication, told, allow)

    def files(self, record: ledger.Ledger) -> dict[str, Content]:
        """Every file by its path below the site."""
        made = self.shows_and_own()
        former = (entry.former for entry in record.episodes.values() if entry.former)
        site_ = self.space.site
        return {**{path: site_ / path for path in former if (site_ / path).is_file()}, **made}

    def shows_and_own(self) -> dict[str, Content]:
        """The site of each show, and what is the network's own."""
        own_files = self._own()
        taken = {path.partition("/")[0] for path in own_files}
        if wrong := sorted(taken & self.shown.keys()):
            raise Fixable([fault("network.taken", Place(name), name=name) for name in wrong])
        made: dict[str, Content] = {}
        for one in self.members:
            made.update(self.of_show(one.folder))
        return {**made, **own_files}

    def source(self, folder: str) -> tuple[Path, bool]:
        """Where a show's site is, and whether it stays as the network's site has it."""
        built, there = self.space.root / folder / "site", self.space.site / folder
        stays = folder not in self.good and there.is_dir()
        return (there if stays else built), stays

    def of_show(self, folder: str) -> Iterator[tuple[str, Content]]:
        """The show's site as it is, or as it was last where the show could not be built."""
        source, stays = self.source(folder)
        found = unchanged.site_in(str(source))
        numbers = iter(found.numbers())
        for name, *marks in zip(found.names, numbers, numbers, numbers, strict=True):
            path = source / str(name)
            name = str(name)
            linked = stays or is_sound(name)
            content = path if linked else Fresh(key_of(*marks), alone(path.read_bytes))
            yield f"{folder}/{name}", content

    def _own(self) -> dict[str, Content]:
        network, theme = self.show, self.theme
        made: dict[str, Content] = {a.path: a.content for a in theme.static.values()}
        addresses = {name: asset.path for name, asset in theme.static.items()}
        made[network.cover] = assembly.public(
            self.work, self.space.root / network.cover, self.space.root / NETWORK
        )
        around = Around(addresses, _no_text, _no_text)
        digest_of = cache(theme.digest_of)
        names = assembly.names_of_values()
        for template, sheet, view in self._sheets():
            key = names.key_of(program(), digest_of(template), template, sheet.path, sheet.of)
            made[sheet.path] = Fresh(key, partial(self._page, template, sheet, view, around))
        for feed in subscription.feeds(network):
            target = subscription.page_of(network, feed)
            code = subscription.code_of(network, feed)
            made[code] = Fresh(key_of(program(), target), alone(partial(qr.svg, target)))
        pages = all_shows.feed_pages(network, self.members)
        items = assembly.items_of(self.space, names)
        feeds_of = (
            feeds(network, pages, addresses[STYLE], items),
            json_feed.feeds(network, pages, items),
        )
        for path, content, of in chain(*feeds_of):
            made[path] = Fresh(names.key_of(program(), path, *of), alone(content))
        made[assembly.SITEMAP] = assembly.sitemap(network, made)
        maps = [each.url(assembly.SITEMAP) for each in (network, *(m.show for m in self.members))]
        made[sitemap_index.FILE] = sitemap_index.render(maps)
        made[opml.FILE] = opml.render(network, [one.show for one in self.members])
        by = {
            one.names(slug): self.shown[one.folder].found_by[slug]
            for one in self.members
            for slug in (each.episode.slug for each in one.episodes)
        }
        made.update(indexing.files(self.cache, self._titled(), by, self.searchable))
        return made

    def _sheets(self) -> Iterator[tuple[str, Sheet, object]]:
        for page in network_pages.ALIKE:
            for sheet in page.sheets(self.publication):
                yield page.TEMPLATE, sheet, page.view
        for own_page in network_pages.kinds():
            for sheet in own_page.sheets(self.publication, self.members):
                yield own_page.TEMPLATE, sheet, own_page.view

    def _page(self, template: str, sheet: Sheet, view: object, around: Around, path: str) -> bytes:
        assert callable(view)
        return self.theme.render(template, view(sheet, around)).encode()

    def _titled(self) -> Publication:
        """Episodes as results name them: with their show."""
        titles = {one.folder: one.show.title for one in self.members}

        def titled(each: PublishedEpisode) -> PublishedEpisode:
            episode = each.episode
            title = f"{episode.title} – {titles[_folder(episode.slug)]}"
            return replace(each, episode=replace(episode, title=title))

        return Publication(self.show, tuple(map(titled, self.publication.episodes)))

    def searchable(self, published: PublishedEpisode) -> Searchable:
        """What an episode is found by, by its name in the network."""
        folder, _, slug = published.episode.slug.partition("/")
        space, now = Workspace(self.space.root / folder), self.shown[folder]
        if found := shown.searchable(space, slug, now.found_by[slug]):
            return found
        work = _of_words(space, now)
        plain = next(each for each in now.episodes if each.episode.slug == slug)
        return pipeline.searchable(work, plain)


def _of_words(space: Workspace, now: Shown) -> Work:
    """Work on what a show's words make, where something of it is lost."""
    work = work_in(space, now.show, Notes())
    return replace(work, show=own(now.show))


def _folder(slug: str) -> str:
    return slug.partition("/")[0]


def _no_text(published: PublishedEpisode) -> NoReturn:
    raise AssertionError(published)  # no page of a network shows an episode's words
