"""A network of shows: what ``network.yaml`` says, as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from podcast.accessibility import Accessibility
from podcast.destination import Deploy, whole
from podcast.directory import podcast_guid
from podcast.errors import Fixable, fault
from podcast.listed import CATEGORY, LANGUAGE
from podcast.look import Look
from podcast.rules import (
    ADDRESS,
    INSIDE,
    LINE,
    SLUG_RULE,
    STRICT,
    TEXT,
    TITLE,
    UUID_RULE,
    WEB,
)
from podcast.show import FEED, Owner, Show, unfit_site
from podcast.strict_yaml import read_yaml
from podcast.validation import by_line, validate


@dataclass(frozen=True, slots=True)
class Network:
    """Everything that holds for all shows of a folder together."""

    title: Annotated[str, TITLE]
    """Name of the network."""
    language: Annotated[str, LANGUAGE]
    """Language of its own pages, as a tag: fr, fr-CA, en."""
    description: Annotated[str, TEXT]
    """Plain text, at most 4,000 bytes."""
    address: Annotated[str, ADDRESS]
    """Where ``site/`` will be found on the web; each show is below it, in its folder."""
    author: Annotated[str, LINE]
    """Who makes the shows together, as apps show it."""
    owner: Owner
    """Who answers for the network."""
    category: Annotated[str, CATEGORY]
    """Apple's category of the feed of all shows, or « Category > Subcategory »."""
    guid: Annotated[str, UUID_RULE] | None = None
    """Identifier of that feed, given once; where it is missing, the program says which to write."""
    shows: tuple[Annotated[str, SLUG_RULE], ...] = ()
    """The folders of its shows in the order in which they are listed; all, by name, if missing."""
    cover: Annotated[str, INSIDE] = "cover.jpg"
    """Square picture, 1400 to 3000 pixels, JPEG or PNG."""
    cover_alt: Annotated[str, LINE] | None = None
    """What the cover shows, for people who do not see it."""
    model: Annotated[str, LINE] | None = None
    """Speech model of the shows that name none: small, or a folder here, as in ./model."""
    look: Look = field(default_factory=Look)
    """The colours and the font of the network's own pages."""
    subscribe: dict[str, Annotated[str, WEB]] = field(default_factory=dict)
    """Where the network is in apps and directories: the app's name, and the address there."""
    episodes_per_page: int = 20
    """How many episodes a page of the list of all shows has."""
    feed_page: int = 500
    """Above twice so many episodes, the older ones are in feeds of their own (RFC 5005)."""
    accessibility: Accessibility | None = None
    """What is declared about the accessibility of the network's pages."""
    previous_feed_url: Annotated[str, WEB] | None = None
    """Where the feed of all shows was before it moved."""
    hub: Annotated[str, WEB] | None = None
    """A WebSub hub that tells apps of a new episode."""
    deploy: Deploy | None = None
    """Where the site with all shows is sent."""

    __pydantic_config__: ClassVar = STRICT

    def as_show(self, shows: Sequence[Show] = ()) -> Show:
        """The network as its own pages and the feed of all ``shows`` know a show."""
        return Show(
            title=self.title,
            language=self.language,
            description=self.description,
            address=self.address,
            author=self.author,
            owner=self.owner,
            guid=self.guid or "",
            category=self.category,
            previous_feed_url=self.previous_feed_url,
            explicit=any(show.explicit for show in shows),
            cover=self.cover,
            cover_alt=self.cover_alt,
            look=self.look,
            subscribe=self.subscribe,
            episodes_per_page=self.episodes_per_page,
            feed_page=self.feed_page,
            accessibility=self.accessibility,
            hub=self.hub,
            deploy=self.deploy,
        )

    def address_of(self, show: str) -> str:
        """The address of the show in a folder."""
        return f"{self.address}{show}/"


def read_network(text: str, file: str) -> Network:
    """The network that a file describes; raises :class:`Fixable` with every fault of the file."""
    tree = whole(read_yaml(text, file))
    network = validate(Network, tree)
    faults = unfit_site(network.as_show(), tree)
    if network.guid is None:
        guid = podcast_guid(network.address + FEED)
        faults.append(fault("network.guid", tree.place(("guid",)), guid=guid))
    for at, name in enumerate(network.shows):
        if name in network.shows[:at]:
            faults.append(fault("network.twice", tree.place(("shows", at)), name=name))
    if faults:
        raise Fixable(by_line(faults))
    return network
