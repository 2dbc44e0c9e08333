"""The tags that feedgen does not know or gets wrong, written on the tree that it makes.

Of the Podcasting 2.0 namespace, Apple's, Atom's and RSS's own; docs/feed.md says why each is there.
Both classes are registered with feedgen as an extension (its ``extend_ns`` and ``extend_rss``).
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from email.utils import format_datetime
from typing import Any

from podcast import chapters_file, taxonomy
from podcast.captions import formats
from podcast.directory import Funding, Location, RemoteFeed, Txt
from podcast.feed_plan import FeedPage
from podcast.feed_text import clean, title
from podcast.licences import LICENCES
from podcast.published import Enclosure, PublishedEpisode
from podcast.show import Person, Show

MEDIA_TYPE = "application/rss+xml"
NAMESPACES = {
    "podcast": "https://podcastindex.org/namespace/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "atom": "http://www.w3.org/2005/Atom",
    "fh": "http://purl.org/syndication/history/1.0",
}
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# What apps can show comes first; plain text is left out, because none of them reads it.
_TRANSCRIPTS = ("vtt", "srt", "json", "html")
# What RFC 6381 calls the sound inside, and what people call the file.
_CODECS = {
    "audio/mpeg": ("", "MP3"),
    "audio/mp4": ("mp4a.40.2", "AAC (M4A)"),
    "audio/ogg": ("opus", "Opus"),
}


class Channel:
    """Tags of the show; ``page`` must be called first."""

    def page(self, show: Show, page: FeedPage) -> None:
        self.show, self.feed = show, page

    def extend_ns(self) -> dict[str, str]:
        names = ("podcast", "fh") if self.feed.archive else ("podcast",)
        return {name: NAMESPACES[name] for name in names}

    def extend_rss(self, rss: Any) -> Any:
        show, page, channel = self.show, self.feed, rss[0]
        if page.episodes:
            newest = format_datetime(page.episodes[0].episode.date)
            _add(channel, "lastBuildDate", newest)
            _add(channel, "pubDate", newest)
        image = _add(channel, "image")
        _add(image, "url", show.url(show.cover))
        _add(image, "title", title(page.title))
        _add(image, "link", show.address)
        self._links(channel)
        self._apple(channel)
        self._podcasting(channel)
        return rss

    def _links(self, channel: Any) -> None:
        if self.show.hub:
            _add(channel, "atom:link", rel="hub", href=self.show.hub)
        for rel, file in self.feed.links:
            _add(channel, "atom:link", rel=rel, type=MEDIA_TYPE, href=self.show.url(file))
        if self.feed.archive:
            _add(channel, "fh:archive")

    def _apple(self, channel: Any) -> None:
        show = self.show
        # Apple no longer documents yes and no; of block and complete only « Yes » has an effect.
        _add(channel, "itunes:explicit", "true" if show.explicit else "false")
        if show.block or self.feed.unlisted:
            _add(channel, "itunes:block", "Yes")
        if show.previous_feed_url and not self.feed.archive:
            _add(channel, "itunes:new-feed-url", show.url(self.feed.file))
        if show.complete:
            _add(channel, "itunes:complete", "Yes")

    def _podcasting(self, channel: Any) -> None:
        show, page = self.show, self.feed
        owner = show.owner.email if show.owner.email_in_feed else ""
        _add(channel, "podcast:guid", page.guid)
        _add(channel, "podcast:locked", "yes" if show.locked else "no", owner=owner)
        _add(channel, "podcast:medium", show.medium)
        if show.block or page.unlisted:
            _add(channel, "podcast:block", "yes")
        for service in show.block_services:
            _add(channel, "podcast:block", "yes", id=service)
        _picture(channel, show.url(show.cover), show.cover_alt)
        hosts = [person for person in show.people.values() if person.role in taxonomy.HOSTS]
        _people(channel, hosts)
        _licence(channel, show.license, show.license_url)
        _common(channel, show.funding, show.location, show.txt)
        if rate := show.update_frequency:
            _add(
                channel,
                "podcast:updateFrequency",
                rate.text,
                rrule=rate.rrule or "",
                dtstart=rate.start or "",
                complete="true" if show.complete else "",
            )
        for trailer in page.trailers:
            self._trailer(channel, trailer)
        if show.publisher:
            _remote(_add(channel, "podcast:publisher"), show.publisher, medium="publisher")
        if show.podroll:
            podroll = _add(channel, "podcast:podroll")
            for other in show.podroll:
                _remote(podroll, other)

    def _trailer(self, channel: Any, trailer: PublishedEpisode) -> None:
        _add(
            channel,
            "podcast:trailer",
            trailer.episode.title[:128],
            url=self.show.announced(trailer.enclosure.path),
            pubdate=format_datetime(trailer.episode.date),
            length=str(trailer.enclosure.length),
            type=trailer.enclosure.media_type,
            season=str(trailer.episode.season or ""),
        )


class Item:
    """Tags of an episode; ``published`` must be called first."""

    def published(self, show: Show, published: PublishedEpisode, channel: Show) -> None:
        self.show, self.made, self.channel = show, published, channel

    def extend_rss(self, item: Any) -> Any:
        show, made, episode = self.show, self.made, self.made.episode
        explicit = show.explicit if episode.explicit is None else episode.explicit
        among = self.channel is not show
        if episode.language != self.channel.language:  # the root says the channel's
            item.set(_LANGUAGE, episode.language)
        # feedgen would change the process's locale for each date.
        _add(item, "pubDate", format_datetime(episode.date))
        _add(item, "itunes:title", title(episode.title))
        _add(item, "itunes:explicit", "true" if explicit else "false")
        if made.cover:
            _picture(item, show.url(made.cover), episode.cover_alt)
        elif among:
            _picture(item, show.url(show.cover), show.cover_alt)
        if not among:
            self._numbers(item)
        self._files(item)
        _people(item, heard(show, made))
        if episode.license:
            _licence(item, episode.license, episode.license_url)
        elif among:
            _licence(item, show.license, show.license_url)
        _common(item, episode.funding, episode.location, episode.txt)
        for bite in episode.soundbites:
            start, length = bite.start / 1000, (bite.end - bite.start) / 1000
            _add(
                item, "podcast:soundbite", bite.title or "",
                startTime=str(start), duration=str(length),
            )  # fmt: skip
        if made.alternates:
            for number, enclosure in enumerate((made.enclosure, *made.alternates)):
                self._alternate(item, enclosure, default=not number)
        return item

    def _numbers(self, item: Any) -> None:
        episode = self.made.episode
        if episode.season:
            name = self.show.seasons.get(episode.season, "")
            _add(item, "podcast:season", str(episode.season), name=name)
        if episode.number:
            _add(item, "podcast:episode", str(episode.number), display=episode.display or "")

    def _files(self, item: Any) -> None:
        show, made = self.show, self.made
        kinds = {kind.SUFFIX: kind for kind in formats()}
        for suffix in _TRANSCRIPTS:
            _add(
                item,
                "podcast:transcript",
                url=show.url(made.file(suffix)),
                type=kinds[suffix].MEDIA_TYPE,
                language=made.language,
                rel="captions" if suffix in ("vtt", "srt") else "",
            )
        if made.chapters:
            url, kind = show.url(chapters_file.path(made)), chapters_file.MEDIA_TYPE
            _add(item, "podcast:chapters", url=url, type=kind)

    def _alternate(self, item: Any, enclosure: Enclosure, default: bool) -> None:
        codecs, name = _CODECS[enclosure.media_type]
        element = _add(
            item,
            "podcast:alternateEnclosure",
            type=enclosure.media_type,
            length=str(enclosure.length),
            bitrate=str(round(enclosure.length * 8000 / max(1, enclosure.duration_ms))),
            lang=self.made.episode.language,
            title=name,
            codecs=codecs,
            default="true" if default else "",
        )
        _add(element, "podcast:source", uri=self.show.announced(enclosure.path))
        if enclosure.sha256:
            digest = base64.b64encode(bytes.fromhex(enclosure.sha256)).decode()
            _add(element, "podcast:integrity", type="sri", value=f"sha256-{digest}")


def _picture(parent: Any, address: str, said: str | None) -> None:
    """The square picture, for Apple and with what it shows."""
    _add(parent, "itunes:image", href=address)
    _add(parent, "podcast:image", href=address, alt=said or "", aspect_ratio="1/1")


def heard(show: Show, published: PublishedEpisode) -> list[Person]:
    """Those whom the episode names and those who speak in it, hosts first.

    An item's people replace the show's in apps, so the hosts who speak must be among them.
    """
    speakers = {person.name: key for key, person in show.people.items()}
    spoken = (speakers[name] for name in published.speakers if name in speakers)
    people = [show.people[key] for key in dict.fromkeys((*published.episode.people, *spoken))]
    return sorted(people, key=lambda person: person.role not in taxonomy.HOSTS)


def _people(parent: Any, people: Iterable[Person]) -> None:
    for person in people:
        role, group = taxonomy.key(person.role)
        _add(
            parent,
            "podcast:person",
            person.name,
            role=role,
            # Where nothing is said, apps take « cast ».
            group="" if group == "cast" else group,
            img=person.image or "",
            href=person.link or "",
        )


def _licence(parent: Any, name: str | None, url: str | None) -> None:
    if name:
        known = name.lower()
        named = known if known in LICENCES else name
        _add(parent, "podcast:license", named, url=url or LICENCES.get(known, ""))


def _common(
    parent: Any, funding: Iterable[Funding], places: Iterable[Location], remarks: Iterable[Txt]
) -> None:
    for way in funding:
        _add(parent, "podcast:funding", way.text, url=way.url)
    for place in places:
        geo = f"geo:{place.geo}" if place.geo else ""
        more = {"geo": geo, "osm": place.osm or "", "country": place.country or ""}
        _add(parent, "podcast:location", place.name, rel=place.rel, **more)
    for remark in remarks:
        _add(parent, "podcast:txt", remark.text, purpose=remark.purpose or "")


def _remote(parent: Any, other: RemoteFeed, medium: str = "") -> None:
    _add(
        parent,
        "podcast:remoteItem",
        medium=medium,
        feedGuid=other.guid,
        feedUrl=other.url or "",
        title=other.title or "",
    )


def _add(parent: Any, name: str, text: str = "", /, **attributes: str) -> Any:
    """A new element; attributes that are empty are left out, ``_`` in their names is a hyphen."""
    from lxml import etree

    prefix, _, local = name.rpartition(":")
    tag = f"{{{NAMESPACES[prefix]}}}{local}" if prefix else local
    said = {key.replace("_", "-"): clean(value) for key, value in attributes.items() if value}
    element = etree.SubElement(parent, tag, said)
    element.text = clean(text) or None
    return element
