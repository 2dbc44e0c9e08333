"""Write the RSS feed: the one door to feedgen.

feedgen knows RSS and an older Apple namespace.  What it lacks or gets wrong (``true``/``false``,
the Podcasting 2.0 namespace, links, order, a build date from the clock) is put right here, on the
tree that it makes, through an extension registered with it.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from podcast.captions import formats
from podcast.dates import long_date
from podcast.feed_page import readable
from podcast.notes_html import to_html
from podcast.published import Publication, PublishedEpisode
from podcast.show import Show
from podcast.subscription import FEED
from podcast.wording import Wording

MEDIA_TYPE = "application/rss+xml"
FILE = FEED
_PODCAST = "https://podcastindex.org/namespace/1.0"
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def render(publication: Publication, style: str) -> bytes:
    """The feed of the show: a function of its content, without any clock.

    ``style`` is the address, from the feed, of the style sheet by which browsers show it.
    """
    from feedgen.feed import FeedGenerator

    show = publication.show
    generator: Any = FeedGenerator()
    generator.load_extension("podcast", atom=False, rss=True)
    generator.register_extension("pc", *_extensions(show), atom=False, rss=True)
    generator.title(_clean(show.title))
    # feedgen takes the last link for the channel's own, so the page comes after the feed.
    generator.link(href=show.url(FILE), rel="self", type=MEDIA_TYPE)
    generator.link(href=show.address, rel="alternate")
    generator.description(_clean(show.description))
    generator.language(show.language.lower())
    generator.generator("podcast")
    if show.copyright:
        generator.copyright(_clean(show.copyright))
    if publication.episodes:
        generator.lastBuildDate(publication.episodes[0].episode.date)
    category, _, sub = (part.strip() for part in show.category.partition(">"))
    generator.podcast.itunes_category(category, sub or None)
    generator.podcast.itunes_author(_clean(show.author))
    generator.podcast.itunes_owner(_clean(show.owner.name), show.owner.email)
    generator.podcast.itunes_image(show.url(show.cover))
    for published in publication.episodes:
        _item(generator.add_entry(order="append"), show, published)
    text: bytes = generator.rss_str(pretty=True)
    return readable(text.decode(), show, style).encode()


def _item(entry: Any, show: Show, published: PublishedEpisode) -> None:
    episode, enclosure = published.episode, published.enclosure
    entry.title(_clean(episode.title))
    entry.guid(episode.guid, permalink=False)
    entry.link(href=show.url(f"{published.folder}/"))
    entry.published(episode.date)
    entry.enclosure(show.url(enclosure.path), str(enclosure.length), enclosure.media_type)
    entry.description(_clean(episode.summary))
    entry.content(_notes(show, published), type="CDATA")
    entry.pc.episode(published)
    entry.podcast.itunes_duration(max(1, enclosure.duration_ms // 1000))
    entry.podcast.itunes_episode_type(episode.type)
    if episode.number:
        entry.podcast.itunes_episode(episode.number)
    if episode.season:
        entry.podcast.itunes_season(episode.season)


def _notes(show: Show, published: PublishedEpisode) -> str:
    """Show notes for apps: the way to the transcript comes first."""
    words = Wording(published.episode.language)
    page = show.url(f"{published.folder}/") + "#transcript"
    date = long_date(published.episode.date, published.episode.language)
    first = Markup('<p><a href="{}">{}</a></p>').format(
        page, words.say("feed.transcript_link", date=date)
    )
    summary, notes = to_html(published.episode.summary), to_html(published.episode.notes)
    return _clean(Markup("\n").join(part for part in (first, summary, notes) if part))


def _clean(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold, which feedgen would fail on."""
    return "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and c not in "\ufffe\uffff"))


def _extensions(show: Show) -> tuple[type, type]:
    """The feed's and the entry's part of our extension: what feedgen does not know."""
    from feedgen.ext.base import BaseEntryExtension, BaseExtension
    from lxml import etree as lxml_etree

    etree: Any = lxml_etree

    def add(parent: Any, namespace: str, name: str, text: str = "", **more: str) -> None:
        element = etree.SubElement(parent, f"{{{namespace}}}{name}", more)
        element.text = text or None

    class Channel(BaseExtension):  # type: ignore[misc]
        """Tags of the show."""

        def extend_ns(self) -> dict[str, str]:
            return {"podcast": _PODCAST}

        def extend_rss(self, rss: Any) -> Any:
            channel = rss[0]
            add(channel, _ITUNES, "explicit", _yes(show.explicit))
            add(channel, _PODCAST, "guid", show.guid)
            add(channel, _PODCAST, "locked", "yes", owner=show.owner.email)
            add(channel, _PODCAST, "medium", "podcast")
            if show.license:
                add(channel, _PODCAST, "license", show.license.lower())
            return rss

    class Item(BaseEntryExtension):  # type: ignore[misc]
        """Tags of an episode; ``episode`` must be called first."""

        def episode(self, published: PublishedEpisode) -> None:
            self.published = published

        def extend_rss(self, item: Any) -> Any:
            episode = self.published.episode
            if episode.language != show.language:
                item.set(_LANGUAGE, episode.language)
            explicit = show.explicit if episode.explicit is None else episode.explicit
            add(item, _ITUNES, "explicit", _yes(explicit))
            for kind in formats():
                timed = {"rel": "captions"} if kind.SUFFIX in ("vtt", "srt") else {}
                url = show.url(self.published.file(kind.SUFFIX))
                add(
                    item, _PODCAST, "transcript",
                    url=url, type=kind.MEDIA_TYPE, language=episode.language, **timed,
                )  # fmt: skip
            for key in episode.people:
                person = show.people[key]
                link = {"href": person.link} if person.link else {}
                add(item, _PODCAST, "person", _clean(person.name), role=person.role, **link)
            return item

    return Channel, Item


def _yes(value: bool) -> str:
    # feedgen would only take the yes/no of before 2019, which Apple no longer documents.
    return "true" if value else "false"
