"""What every page shows around its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from podcast import structured, taxonomy
from podcast.accessibility import french_law
from podcast.dates import language_name
from podcast.embedded import embedded
from podcast.listing import page_path, pages_for
from podcast.palette import FIRST_FONTS
from podcast.published import About, Known, PublishedEpisode
from podcast.rules import is_slug, slug_of
from podcast.show import Membership, Show
from podcast.subscription import folder as subscribe_folder
from podcast.wording import Wording, nearest

_MENTIONS = {
    "full": "access.mention_full",
    "partial": "access.mention_partial",
    "none": "access.mention_none",
}
_TOPICS = {
    (True, True): "topics.both",
    (True, False): "topics.by_topic",
    (False, True): "topics.by_season",
    (False, False): "topics.both",
}


@dataclass(frozen=True, slots=True)
class Version:
    """This page in another language: its address from here and on the web."""

    address: str
    url: str
    title: str
    language: str
    language_name: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Language, sentences, addresses from this page to the site's root and static files.

    ``accessibility``, ``site_map``, ``search``, ``subscribe`` and ``about`` are folders below the
    root, and ``people`` and ``topics``, which are empty where there are no such pages;
    ``about_title`` and ``topics_title`` are what the pages of these names are called;
    ``mention`` is the text of the link to the first, which states the conformity where French law
    asks for it.
    ``data`` is the page's schema.org data, ``image`` and ``audio`` are what other sites show of it;
    ``data`` and ``audio`` may be empty.
    """

    language: str
    words: Wording
    path: str
    root: str
    assets: Mapping[str, str]
    show_title: str
    show_language: str
    cover: str
    cover_alt: str
    fonts: tuple[str, ...]
    """Fonts to ask for at once, so that no line moves when they come; by static file."""
    accessibility: str
    mention: str
    site_map: str
    search: str
    subscribe: str
    about: str
    about_title: str
    people: str
    topics: str
    topics_title: str
    network: Membership | None
    """The network that the show is in."""
    contact: str
    url: str
    image: str
    image_alt: str
    audio: str
    audio_type: str
    sounds: str
    """Where sounds may come from, beside this site: an address for the policy, or nothing."""
    versions: tuple[Version, ...]
    data: Markup

    def script_words(self, *groups: str) -> Markup:
        """The sentences that the scripts of this page say, as JSON."""
        return _script_words(self.words.language, groups)

    def sound(self, path: str) -> str:
        """The address of a sound file, from this page or on the web."""
        return (self.sounds or self.root) + path

    def asset(self, name: str) -> str:
        """The address of a static file, from this page."""
        return self.root + self.assets[name]


@cache
def _script_words(language: str, groups: tuple[str, ...]) -> Markup:
    return embedded(Wording(language).raw(*groups))


def frame(
    about: About,
    language: str,
    path: str,
    assets: Mapping[str, str],
    published: PublishedEpisode | None = None,
    others: Sequence[Known] = (),
    data: Mapping[str, Any] | None = None,
    root: str | None = None,
) -> Frame:
    """The frame of the page that lies at ``path`` below the site's root.

    It may be that of an episode, and ``others`` are the same in other languages.  ``data`` is what
    machines are told of another page, ``root`` the way to the site's root where it is not relative.
    """
    show, words = about.show, Wording(language, page=True)
    root = "../" * path.count("/") if root is None else root
    versions: tuple[Version, ...] = ()
    if published:
        data = structured.episode(show, published, others)
        versions = tuple(
            Version(
                address=f"{root}{version.folder}/",
                url=show.url(f"{version.folder}/"),
                title=version.title,
                language=version.language,
                language_name=language_name(version.language, language),
            )
            for version in others
        )
    elif path == list_path(1):
        data = structured.series(show)
    picture, picture_alt = show.cover, show.cover_alt
    if published:
        picture, picture_alt = published.cover or picture, published.episode.cover_alt
    mention = words.say("access.link")
    if french_law(show.accessibility, show.language):
        mention = words.say(_MENTIONS[about.conformity.state])
    return Frame(
        language=language,
        words=words,
        path=path,
        root=root,
        assets=assets,
        show_title=show.title,
        show_language=show.language,
        cover=show.cover,
        cover_alt=show.cover_alt or "",
        fonts=FIRST_FONTS if show.look.font == "hyperlegible" else (),
        accessibility=accessibility_folder(show),
        mention=mention,
        site_map=site_map_folder(show),
        search=search_folder(show),
        subscribe=subscribe_folder(show),
        about=about_folder(show),
        about_title=words.say("about.network" if about.of_network else "about.title"),
        people=people_folder(show) if about.people else "",
        topics=topics_folder(show) if about.topics or about.seasons else "",
        topics_title=words.say(_TOPICS[about.topics, about.seasons]),
        network=show.network,
        contact=show.owner.email,
        url=show.url(path.removesuffix("index.html")),
        image=show.url(picture),
        image_alt=picture_alt or "",
        audio=show.url(published.enclosure.path) if published else "",
        audio_type=published.enclosure.media_type if published else "",
        sounds=show.sounds_elsewhere or "",
        versions=versions,
        data=structured.script(data) if data else Markup(""),
    )


def role(key: str, words: Wording) -> str:
    """What somebody does for the show, in words that fit anybody; by its group where it is rare."""
    if key in taxonomy.HOSTS:
        return words.say("role.host")
    official, group = taxonomy.key(key)
    name = official if official in ("guest", "narrator", "translator") else group
    return words.say("role." + name.replace(" ", "_").replace("-", "_").rstrip("."))


def list_pages(show: Show, episodes: int) -> int:
    """How many pages the list of so many episodes has; an empty one has one."""
    return pages_for(episodes, show.episodes_per_page)


def list_path(page: int) -> str:
    """Where a page of the list of episodes is, from 1; the first is the home page."""
    return page_path("", page)


def own_names(show: Show) -> frozenset[str]:
    """The folders of the site's own pages, which no episode can be called."""
    pages = (
        accessibility_folder(show),
        site_map_folder(show),
        search_folder(show),
        about_folder(show),
        people_folder(show),
        topics_folder(show),
        subscribe_folder(show),
    )
    return frozenset(page.strip("/") for page in pages)


def accessibility_folder(show: Show) -> str:
    """Where the accessibility page is; /accessibilite is what the RGAA recommends."""
    return "accessibilite/" if nearest(show.language) == "fr" else "accessibility/"


def site_map_folder(show: Show) -> str:
    """Where the site map is."""
    return "plan-du-site/" if nearest(show.language) == "fr" else "site-map/"


def search_folder(show: Show) -> str:
    """Where the search across all transcripts is, with its files."""
    return "recherche/" if nearest(show.language) == "fr" else "search/"


def about_folder(show: Show) -> str:
    """Where the page about the show is."""
    return "a-propos/" if nearest(show.language) == "fr" else "about/"


def people_folder(show: Show) -> str:
    """Where the list of people is."""
    return "personnes/" if nearest(show.language) == "fr" else "people/"


def person_folder(show: Show, key: str) -> str:
    """Where the page of one of the show's people is."""
    return f"{people_folder(show)}{_names(tuple(show.people))[key]}/"


@cache
def _names(keys: tuple[str, ...]) -> Mapping[str, str]:
    """Each key as it can stand in an address; the same keys give the same names in any order."""
    names: dict[str, str] = {}
    for key in sorted(keys, key=lambda key: (not is_slug(key), key)):
        name = first = key if is_slug(key) else slug_of(key) or "x"
        again = 1
        while name in names.values():
            again += 1
            name = f"{first}-{again}"
        names[key] = name
    return names


def topics_folder(show: Show) -> str:
    """Where the overview of seasons and topics is."""
    return "themes/" if nearest(show.language) == "fr" else "topics/"


def topic_folder(show: Show, key: str) -> str:
    """Where the page of a topic is."""
    return f"{topics_folder(show)}{key}/"


def season_folder(show: Show, number: int) -> str:
    """Where the page of a season is."""
    return f"{'saisons' if nearest(show.language) == 'fr' else 'seasons'}/{number}/"
