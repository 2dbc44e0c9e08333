"""The show: what ``podcast.yaml`` says, as frozen values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal
from urllib.parse import quote

from podcast.accessibility import Accessibility, contradictions
from podcast.destination import Deploy, halves, whole
from podcast.directory import (
    Funding,
    Location,
    OtherFeed,
    RemoteFeed,
    Txt,
    UpdateFrequency,
    unfit_feeds,
    unknown_licence,
)
from podcast.errors import Fault, Fixable, fault
from podcast.listed import CATEGORY, LANGUAGE, ROLE, SERVICE
from podcast.look import Look, unreadable
from podcast.rules import (
    ADDRESS,
    CORRECTIONS,
    EMAIL,
    INSIDE,
    LINE,
    NAME,
    SPEAKER,
    STRICT,
    TEXT,
    TITLE,
    UUID_RULE,
    WEB,
    is_slug,
)
from podcast.served_as import SOUNDS
from podcast.strict_yaml import Tree, read_yaml, with_added
from podcast.validation import by_line, validate

FEED = "feed.xml"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who speaks, as the transcripts name them."""

    name: Annotated[str, SPEAKER]
    """The name that stands before their words: « La conseillère »."""
    role: Annotated[str, ROLE] = "guest"
    """Key of the Podcast Taxonomy, always in English, for the feed."""
    link: Annotated[str, WEB] | None = None
    """A web page about them."""
    image: Annotated[str, WEB] | None = None
    """The address of a picture of them."""
    about: Annotated[str, TEXT] | None = None
    """Who they are, in a sentence or two."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for the show; directories write to this address, and it is public."""

    name: Annotated[str, LINE]
    """Name of the organisation or person."""
    email: Annotated[str, EMAIL]
    """Address that directories verify the show by."""
    email_in_feed: bool = True
    """Whether the feed shows that address; Spotify and YouTube look for it."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Membership:
    """The network that the show is in."""

    title: Annotated[str, TITLE]
    """Name of the network."""
    address: Annotated[str, ADDRESS]
    """Where it is found on the web."""
    language: Annotated[str, LANGUAGE] | None = None
    """Language of its own pages, if it is not the show's."""
    audio_address: Annotated[str, ADDRESS] | None = None
    """Where the sounds of this show are found, if the network sends them elsewhere."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Sound:
    """How recordings are mastered."""

    highpass_hz: int = 70
    """Rumble below this frequency is removed; 0 leaves it."""
    loudness_stereo: float = -16.0
    """Target in LUFS (EBU R128) for two channels."""
    loudness_mono: float = -19.0
    """Target in LUFS for one channel: 3 LU lower sounds equally loud on two loudspeakers."""
    peak: float = -1.5
    """Highest true peak in dBTP."""
    denoise: bool = False
    """Steady noise (a fan, hiss) is made 10 dB softer; off, because it also dulls clean speech."""
    even: bool = True
    """Each speaker's track, and each part of a recording, is brought to the same loudness."""
    pauses: float | None = None
    """Pauses longer than so many seconds are shortened to them; 0.5 at least."""
    outputs: tuple[Literal["m4a", "opus"], ...] = ()
    """Other kinds of sound file beside the MP3: m4a, opus."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of music."""

    file: Annotated[str, INSIDE]
    """A sound file in the episode's folder, or else beside ``podcast.yaml``."""
    under: float | None = None
    """Seconds that it is heard under the speech: 30 for a bed, otherwise 0."""
    title: Annotated[str, LINE] | None = None
    """Its title, for the credit in the transcript."""
    artist: Annotated[str, LINE] | None = None
    """Who made it, for the credit."""
    license: Annotated[str, LINE] | None = None
    """Its licence, for the credit."""
    link: Annotated[str, WEB] | None = None
    """Where it is found, for the credit."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Music:
    """The music that is heard around, under and between what was recorded."""

    opening: Piece | None = None
    """Before the speech."""
    bed: Piece | None = None
    """Under the first words, far softer than they are."""
    jingle: Piece | None = None
    """Between the parts of a recording in parts."""
    closing: Piece | None = None
    """After the speech."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Show:
    """Everything that holds for every episode."""

    title: Annotated[str, TITLE]
    """Name of the show, and nothing else."""
    language: Annotated[str, LANGUAGE]
    """Language spoken, as a tag: fr, fr-CA, en."""
    description: Annotated[str, TEXT]
    """Plain text, at most 4,000 bytes."""
    address: Annotated[str, ADDRESS]
    """Where ``site/`` will be found on the web."""
    author: Annotated[str, LINE]
    """Who makes the show, as apps show it."""
    owner: Owner
    """Who answers for it."""
    guid: Annotated[str, UUID_RULE]
    """Given once, kept for ever, through every move (Podcasting 2.0, podcast:guid)."""
    category: Annotated[str, CATEGORY]
    """Apple's category, or « Category > Subcategory »."""
    previous_feed_url: Annotated[str, WEB] | None = None
    """Where the feed was before it moved; « podcast move » writes it."""
    people: dict[str, Person] = field(default_factory=dict)
    """Everybody who may speak, by a short key that episodes and tracks use."""
    explicit: bool = False
    """Whether the words are for adults only."""
    cover: Annotated[str, INSIDE] = "cover.jpg"
    """Square picture, 1400 to 3000 pixels, JPEG or PNG."""
    cover_alt: Annotated[str, LINE] | None = None
    """What the cover shows, for people who do not see it."""
    copyright: Annotated[str, LINE] | None = None
    """Holder of the rights: a name, without © or year."""
    license: Annotated[str, LINE] | None = None
    """Identifier of the licence: CC-BY-4.0."""
    license_url: Annotated[str, WEB] | None = None
    """Where the licence can be read, if it is one of your own."""
    lyrics: bool = False
    """Put the transcript into the sound file too, for players that show a song's words."""
    model: Annotated[str, LINE] = "demo"
    """Speech model: demo, small, large-v3-turbo, or a folder."""
    sound: Sound = field(default_factory=Sound)
    """How every recording is mastered."""
    music: Music = field(default_factory=Music)
    """The music of every episode."""
    look: Look = field(default_factory=Look)
    """The colours and the font of the pages."""
    publish_unreviewed: bool = False
    """Publish automatic transcripts that nobody has corrected, saying so on the page."""
    subscribe: dict[str, Annotated[str, WEB]] = field(default_factory=dict)
    """Where the show is in apps and directories: the app's name, and the address there."""
    episodes_per_page: int = 20
    """How many episodes a page of the list shows."""
    accessibility: Accessibility | None = None
    """What is declared about the site's accessibility, and the audit that supports it."""
    type: Literal["episodic", "serial"] = "episodic"
    """serial: to be heard from the first episode on; apps then show the oldest first."""
    medium: Literal["podcast", "audiobook", "course", "music", "newsletter", "blog"] = "podcast"
    """What kind of thing the feed holds."""
    locked: bool = True
    """Whether other hosts are told not to import the feed; false when you move."""
    complete: bool = False
    """Whether there will never be another episode."""
    block: bool = False
    """Whether directories are asked to leave the show out."""
    block_services: tuple[Annotated[str, SERVICE], ...] = ()
    """Services that are asked to leave it out: spotify, amazon."""
    hub: Annotated[str, WEB] | None = None
    """A WebSub hub that tells apps of a new episode."""
    funding: tuple[Funding, ...] = ()
    """How people can support the show."""
    location: tuple[Location, ...] = ()
    """Places that the show is about, or is made in."""
    txt: tuple[Txt, ...] = ()
    """Remarks for services: a proof of ownership."""
    update_frequency: UpdateFrequency | None = None
    """How often there is a new episode."""
    publisher: RemoteFeed | None = None
    """The publisher's own feed."""
    podroll: tuple[RemoteFeed, ...] = ()
    """Other shows that you recommend."""
    seasons: dict[int, Annotated[str, NAME]] = field(default_factory=dict)
    """Names of seasons, by their number."""
    topics: dict[str, Annotated[str, NAME]] = field(default_factory=dict)
    """Names of topics, by a short key that episodes use."""
    feeds: dict[str, OtherFeed] = field(default_factory=dict)
    """Feeds beside the complete one, by the name of their file."""
    feed_page: int | None = None
    """Above twice so many episodes, the older ones are in feeds of their own (RFC 5005)."""
    deploy: Deploy | None = None
    """Where the site is sent."""
    network: Membership | None = None
    """The network that the show is in; taken from network.yaml around the show's folder."""
    corrections: Annotated[str, CORRECTIONS] | None = None
    """Where readers tell what is wrong in a transcript, if it is not the owner's e-mail address."""
    counter: Annotated[str, ADDRESS] | None = None
    """A service that counts downloads: what it wants before the address of a sound."""

    __pydantic_config__: ClassVar = STRICT

    def url(self, path: str) -> str:
        """The address on the web of a path below the site."""
        elsewhere = self.sounds_elsewhere if path.startswith(SOUNDS) else None
        return (elsewhere or self.address) + quote(path)

    def announced(self, path: str) -> str:
        """The address by which feeds name a sound: through the counter, if there is one."""
        url = self.url(path)
        return self.counter + url.removeprefix("https://") if self.counter else url

    @property
    def sounds_elsewhere(self) -> str | None:
        """The address below which sounds are, if it is not the site's."""
        if self.deploy:
            return self.deploy.audio_address
        return self.network.audio_address if self.network else None


# Outside of these a listener would hear a mistake: EBU R128 counts from -70 to 5, people do not.
# In seconds, a pause shorter than half of one belongs to how somebody speaks.
_LIMITS = {
    "highpass_hz": (0, 300),
    "loudness_stereo": (-31, -9),
    "loudness_mono": (-31, -9),
    "peak": (-9, 0),
    "pauses": (0.5, 60),
}
_UNDER = (0, 600)


def too_far(sound: Sound, music: Music, tree: Tree) -> list[Fault]:
    """What is asked of the sound and its music that nobody can want."""
    values: dict[tuple[str, ...], tuple[float | None, float, float]] = {
        ("sound", name): (getattr(sound, name), least, most)
        for name, (least, most) in _LIMITS.items()
    }
    for kind in ("opening", "bed", "jingle", "closing"):
        if piece := getattr(music, kind):
            values["music", kind, "under"] = (piece.under, *_UNDER)
    faults = []
    for path, (value, least, most) in values.items():
        if value is None or least <= value <= most:
            continue
        shown = int(value) if path[0] == "music" and value == int(value) else value
        kind, limit = ("small", least) if value < least else ("large", most)
        facts = {"key": ".".join(path), "value": shown, "limit": limit}
        faults.append(fault(f"field.too_{kind}", tree.place(path), **facts))
    return faults


def unfit_site(show: Show, tree: Tree) -> list[Fault]:
    """What is wrong in the keys that a show and a network have in common."""
    faults = unreadable(show.look, tree)
    size = len(show.description.encode())
    if size > 4000:
        faults.append(fault("show.description_long", tree.place(("description",)), size=size))
    for key, value, limit in (
        ("episodes_per_page", show.episodes_per_page, 1),
        ("feed_page", show.feed_page, 10),
    ):
        if value is not None and value < limit:
            place = tree.place((key,))
            faults.append(fault("field.too_small", place, key=key, value=value, limit=limit))
    if show.deploy:
        faults += halves(show.deploy, tree)
    if show.accessibility:
        faults += contradictions(show.accessibility, tree)
    return faults


def folded_name(name: str) -> str:
    """A name however it is typed: in any case, with either apostrophe, with any spaces."""
    return " ".join(name.casefold().replace("’", "'").split())


def read_show(text: str, file: str, shared: Mapping[str, object] | None = None) -> Show:
    """The show that a ``podcast.yaml`` describes; raises Fixable with every fault of the file.

    ``shared`` are the values of keys that it does not set.
    """
    tree = whole(read_yaml(text, file))
    show = validate(Show, tree, defaults=shared)
    faults = unfit_site(show, tree)
    faults += too_far(show.sound, show.music, tree)
    names: dict[str, str] = {}
    for key, person in show.people.items():
        folded = folded_name(person.name)
        if folded in names:
            place = tree.place(("people", key, "name"))
            faults.append(fault("show.same_name", place, name=person.name, other=names[folded]))
        names[folded] = key
    faults += unknown_licence(show.license, show.license_url, tree)
    faults += _unfit_numbers(show, tree)
    faults += unfit_feeds(show.feeds, {show.guid: FEED}, show.url, tree)
    faults += [
        fault("field.slug", tree.place(("topics", key)), key=f"topics.{key}", value=key)
        for key in show.topics
        if not is_slug(key)
    ]
    if faults:
        raise Fixable(by_line(faults))
    return show


def with_person(text: str, file: str, name: str) -> str:
    """The show's file with one person more; raises :class:`Fixable` where the show is faulty then.

    Nothing else of the file is changed.
    """
    known = read_show(text, file).people
    name = " ".join(name.split())
    letters = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    first = key = re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "person"
    again = 1
    while key in known:
        again += 1
        key = f"{first}-{again}"
    made = with_added(text, file, ("people",), {key: {"name": name}})
    read_show(made, file)
    return made


def _unfit_numbers(show: Show, tree: Tree) -> list[Fault]:
    faults = []
    for path, value, limit in (
        *((("seasons", str(number)), number, 1) for number in show.seasons),
        *((("feeds", key, "season"), feed.season, 1) for key, feed in show.feeds.items()),
    ):
        if value is not None and value < limit:
            key = ".".join(path)
            place = tree.place(path)
            faults.append(fault("field.too_small", place, key=key, value=value, limit=limit))
    rule = show.update_frequency
    if rule and "COUNT=" in (rule.rrule or "") and not rule.start:
        faults.append(fault("show.rrule_start", tree.place(("update_frequency", "rrule"))))
    return faults
