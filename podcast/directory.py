"""What a show may tell apps and directories beside itself: how to give, where, how often, and more.

Each is a tag of the Podcasting 2.0 namespace; docs/feed.md names them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from podcast.errors import Fault, fault
from podcast.licences import LICENCES
from podcast.listed import COUNTRY, LANGUAGE, RECURRENCE, nearest
from podcast.rules import (
    NAME,
    OSM,
    POINT,
    REMARK,
    SECRET,
    STRICT,
    TEXT,
    TITLE,
    UUID_RULE,
    WEB,
    is_slug,
)
from podcast.strict_yaml import Tree

_PODCASTS = "ead4c236-bf58-58c6-a2c6-a6b28d128cb6"


def podcast_guid(feed_address: str) -> str:
    """The identifier that a feed's first address gives: UUIDv5 of it without scheme or last slash.

    It is assigned once and stored: a show that moves keeps it (Podcasting 2.0, podcast:guid).
    """
    from uuid import UUID, uuid5

    return str(uuid5(UUID(_PODCASTS), feed_address.partition("://")[2].rstrip("/")))


@dataclass(frozen=True, slots=True)
class Funding:
    """A way to support the show."""

    url: Annotated[str, WEB]
    """Where people can give."""
    text: Annotated[str, NAME]
    """What apps write on the link, at most 128 characters."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Location:
    """A place that the show or an episode is about, or was made in."""

    name: Annotated[str, NAME]
    """The place as people call it, at most 128 characters."""
    rel: Literal["subject", "creator"] = "subject"
    """subject: what it is about; creator: where it is made."""
    geo: Annotated[str, POINT] | None = None
    """Latitude and longitude: 45.7578,4.8320."""
    osm: Annotated[str, OSM] | None = None
    """The place in OpenStreetMap: N, W or R and its number, as in R120965."""
    country: Annotated[str, COUNTRY] | None = None
    """Two letters of ISO 3166: FR."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Txt:
    """A remark for a service: a proof of ownership, « ai-content »."""

    text: Annotated[str, REMARK]
    """What is said, at most 4,000 characters."""
    purpose: Annotated[str, NAME] | None = None
    """For what: verify, applepodcastsverify, ai-content."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class UpdateFrequency:
    """How often there is a new episode."""

    text: Annotated[str, NAME]
    """As people say it: « Un lundi sur deux »."""
    rrule: Annotated[str, RECURRENCE] | None = None
    """As calendars say it (RFC 5545): FREQ=WEEKLY;INTERVAL=2;BYDAY=MO."""
    start: Annotated[str, NAME] | None = None
    """The day on which the rule begins: 2026-10-05; needed with COUNT."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class RemoteFeed:
    """Another feed, known by its podcast:guid."""

    guid: Annotated[str, UUID_RULE]
    """The other feed's podcast:guid."""
    url: Annotated[str, WEB] | None = None
    """Its address."""
    title: Annotated[str, NAME] | None = None
    """Its title."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class OtherFeed:
    """A feed beside the complete one: of a season, of a language, or unlisted."""

    title: Annotated[str, TITLE]
    """Its title."""
    guid: Annotated[str, UUID_RULE] | None = None
    """Its identifier, given once; where it is missing, the program says which to write."""
    description: Annotated[str, TEXT] | None = None
    """What it holds; the show's where nothing is said."""
    season: int | None = None
    """Only the episodes of this season."""
    language: Annotated[str, LANGUAGE] | None = None
    """Only the episodes in this language."""
    unlisted: bool = False
    """Kept out of directories, at an address that cannot be guessed."""
    secret: Annotated[str, SECRET] | None = None
    """The part of the address that cannot be guessed; the program says what to write."""

    __pydantic_config__: ClassVar = STRICT

    def file(self, key: str) -> str:
        """Path below the site; ``key`` is the feed's in ``feeds``."""
        return f"{key}-{self.secret}.xml" if self.unlisted else f"{key}.xml"

    def has(self, season: int | None, language: str) -> bool:
        """Whether an episode belongs here: « fr » wants every French, « fr-CA » that of Canada."""
        return self.season in (None, season) and (
            self.language in (None, language, language.split("-")[0])
        )


def unknown_licence(name: str | None, url: str | None, tree: Tree) -> list[Fault]:
    """A licence that nobody can look up: neither a known identifier nor one with an address."""
    if name is None or url or name.lower() in LICENCES:
        return []
    place, known = tree.place(("license",)), [key.upper() for key in LICENCES]
    if near := nearest(name, known):
        return [fault("field.unlisted_near", place, key="license", value=name, near=near)]
    return [fault("show.license", place, value=name, known=", ".join(known))]


def unfit_feeds(
    feeds: Mapping[str, OtherFeed], guids: Mapping[str, str], url: Callable[[str], str], tree: Tree
) -> list[Fault]:
    """Feeds that lack what is given once, or that would be taken for another.

    ``guids`` are taken already, each with the feed that has it; ``url`` makes addresses of paths.
    """
    faults = []
    taken = dict(guids)
    for key, feed in feeds.items():
        place = tree.place(("feeds", key))
        if not is_slug(key) or key.split("-")[0] == "feed":
            faults.append(fault("show.feed_name", place, name=key))
        if len((feed.description or "").encode()) > 4000:
            size = len((feed.description or "").encode())
            at = tree.place(("feeds", key, "description"))
            faults.append(fault("show.description_long", at, size=size))
        if feed.unlisted and not feed.secret:
            from secrets import token_urlsafe

            faults.append(fault("show.feed_secret", place, name=key, secret=token_urlsafe(16)))
        elif not feed.guid:
            guid = podcast_guid(url(feed.file(key)))
            faults.append(fault("show.feed_guid", place, name=key, guid=guid))
        elif feed.guid in taken:
            other = taken[feed.guid]
            faults.append(fault("show.feed_guid_twice", place, name=key, other=other))
        else:
            taken[feed.guid] = key
    return faults
