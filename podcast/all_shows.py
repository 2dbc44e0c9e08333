"""The shows of a network together: all their episodes in one publication and one feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from podcast.destination import Deploy
from podcast.feed_plan import FeedPage, cut
from podcast.published import Enclosure, Publication, PublishedEpisode, in_order
from podcast.show import FEED, Show


@dataclass(frozen=True, slots=True)
class Member:
    """A show of a network: its folder below the network's site, and its episodes, newest first."""

    folder: str
    show: Show
    episodes: tuple[PublishedEpisode, ...]

    def names(self, slug: str) -> str:
        """What the network calls an episode of the show."""
        return f"{self.folder}/{slug}"


@dataclass(frozen=True, slots=True)
class AllShows:
    """A network with its shows, by their folders, as the place that its site is sent to knows them.

    A show's file is found where the show says, its sounds too.
    """

    network: Show
    shows: Mapping[str, Show]

    @property
    def title(self) -> str:
        """The network's name."""
        return self.network.title

    @property
    def address(self) -> str:
        """Where the network's site is found on the web."""
        return self.network.address

    @property
    def deploy(self) -> Deploy | None:
        """Where the network's site is sent."""
        return self.network.deploy

    def url(self, path: str) -> str:
        """The address on the web of a path below the network's site."""
        show, own = self._of(path)
        return show.url(own)

    def announced(self, path: str) -> str:
        """The address by which feeds name a sound."""
        show, own = self._of(path)
        return show.announced(own)

    def _of(self, path: str) -> tuple[Show, str]:
        folder, _, own = path.partition("/")
        show = self.shows.get(folder)
        return (show, own) if show else (self.network, path)


def together(network: Show, members: Sequence[Member]) -> Publication:
    """All episodes as the network's site knows them: their slugs and files begin with the show."""
    episodes = [_below(one, each) for one in members for each in one.episodes]
    return replace(in_order(network, episodes), of_network=True)


def _below(member: Member, published: PublishedEpisode) -> PublishedEpisode:
    def moved(enclosure: Enclosure) -> Enclosure:
        return replace(enclosure, path=member.names(enclosure.path))

    episode, original = published.episode, published.episode.translation_of
    return replace(
        published,
        episode=replace(
            episode,
            slug=member.names(episode.slug),
            translation_of=member.names(original) if original else None,
        ),
        enclosure=moved(published.enclosure),
        alternates=tuple(moved(each) for each in published.alternates),
    )


def feed_pages(network: Show, members: Sequence[Member]) -> tuple[FeedPage, ...]:
    """The feed of all shows, each episode as its own show's feed has it, in files (RFC 5005)."""
    of = {one.names(each.episode.slug): one.show for one in members for each in one.episodes}
    whole = together(network, members)
    plain = {one.names(each.episode.slug): each for one in members for each in one.episodes}
    slugs = [published.episode.slug for published in whole.episodes]
    told = (network.title, network.description, network.language, network.guid)
    feed = FeedPage(FEED, *told, tuple(plain[slug] for slug in slugs), ())
    pages, at = [], 0
    for page in cut(feed, network):
        end = at + len(page.episodes)
        # A trailer is one of its show, which says so in its own feed.
        pages.append(replace(page, trailers=(), shows=tuple(of[slug] for slug in slugs[at:end])))
        at = end
    return tuple(pages)
