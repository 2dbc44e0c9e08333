"""What machines read in a page: its schema.org data, as JSON that can stand inside HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from podcast.embedded import embedded
from podcast.published import Known, PublishedEpisode
from podcast.show import Show
from podcast.timecode import iso


def script(data: Mapping[str, Any]) -> Markup:
    """JSON-LD for a script element: no text in it can close the element."""
    return embedded({"@context": "https://schema.org", **data})


def series(show: Show) -> dict[str, Any]:
    """The show, for its home page (https://schema.org/PodcastSeries)."""
    return {
        "@type": "PodcastSeries",
        "@id": show.address,
        "name": show.title,
        "url": show.address,
        "description": show.description,
        "inLanguage": show.language,
        "image": show.url(show.cover),
        "webFeed": show.url("feed.xml"),
        "author": {"@type": "Organization", "name": show.author},
        "publisher": {"@type": "Organization", "name": show.owner.name},
    }


def about(show: Show) -> dict[str, Any]:
    """The page about the show (https://schema.org/AboutPage)."""
    return {"@type": "AboutPage", "inLanguage": show.language, "mainEntity": series(show)}


def person(show: Show, url: str, key: str) -> dict[str, Any]:
    """The page of one of the show's people (https://schema.org/ProfilePage)."""
    told = show.people[key]
    who = {
        "@type": "Person",
        "@id": url,
        "name": told.name,
        "description": told.about,
        "sameAs": told.link,
        "image": told.image,
    }
    known = {name: value for name, value in who.items() if value}
    return {"@type": "ProfilePage", "inLanguage": show.language, "mainEntity": known}


def episode(show: Show, published: PublishedEpisode, others: Sequence[Known]) -> dict[str, Any]:
    """An episode, for its page (https://schema.org/PodcastEpisode).

    An automatic transcript that nobody has corrected is not promised to those who need one.
    """
    told = published.episode
    url = show.url(f"{published.folder}/")
    length = iso(published.enclosure.duration_ms)
    readable = published.reviewed
    features = ["transcript", "captions"] if readable else []
    if published.chapters:
        features.append("structuralNavigation")
    # A mode is sufficient alone; the two lists are two ways to follow the whole episode.
    ways = [("auditory",), ("textual",)] if readable else [("auditory",)]
    data: dict[str, Any] = {
        "@type": "PodcastEpisode",
        "@id": url,
        "name": told.title,
        "url": url,
        "description": told.summary,
        "datePublished": told.date.isoformat(),
        "inLanguage": told.language,
        "duration": length,
        "timeRequired": length,
        "image": show.url(published.cover or show.cover),
        "isPartOf": {"@type": "PodcastSeries", "@id": show.address, "name": show.title},
        "associatedMedia": {
            "@type": "AudioObject",
            "contentUrl": show.url(published.enclosure.path),
            "encodingFormat": published.enclosure.media_type,
            "contentSize": str(published.enclosure.length),
            "duration": length,
            "inLanguage": told.language,
            "transcript": f"{url}#transcript",
            "caption": {
                "@type": "MediaObject",
                "contentUrl": show.url(published.file("vtt")),
                "encodingFormat": "text/vtt",
                "inLanguage": told.language,
            },
        },
        "accessMode": ["auditory", "textual"],
        "accessModeSufficient": [
            {"@type": "ItemList", "itemListElement": list(modes)} for modes in ways
        ],
    }
    if features:
        data["accessibilityFeature"] = features
    if told.number:
        data["episodeNumber"] = told.number
    if told.season:
        season: dict[str, Any] = {"@type": "PodcastSeason", "seasonNumber": told.season}
        if name := show.seasons.get(told.season):
            season["name"] = name
        data["partOfSeason"] = season
    if topics := [show.topics[key] for key in told.topics if key in show.topics]:
        data["keywords"] = topics
    if told.summary_falc:
        data["abstract"] = " ".join(told.falc)
    versions = [
        {
            "@type": "PodcastEpisode",
            "@id": show.url(f"{version.folder}/"),
            "inLanguage": version.language,
        }
        for version in others
    ]
    if told.translation_of:
        first = show.url(f"{told.translation_of}/")
        if any(version["@id"] == first for version in versions):
            data["translationOfWork"] = {"@type": "PodcastEpisode", "@id": first}
    elif versions:
        data["workTranslation"] = versions
    return data
