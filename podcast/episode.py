"""An episode: what ``episodes/<slug>/episode.md`` says, as frozen values.

The file is YAML between two lines of ``---`` and then show notes in Markdown.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from podcast.directory import Funding, Location, Txt, unknown_licence
from podcast.errors import Fault, Fixable, fault
from podcast.front_matter import split_front_matter
from podcast.listed import LANGUAGE
from podcast.rules import (
    CLOCK,
    IDENTIFIER,
    INSIDE,
    LABEL,
    LINE,
    MOMENT,
    NAME,
    SLUG_RULE,
    STRICT,
    TEXT,
    TITLE,
    WEB,
)
from podcast.show import Music, Piece, Show, Sound, too_far
from podcast.strict_yaml import Tree, read_yaml
from podcast.validation import validate

# What a signed number of 32 bits can hold, as apps do.
_LARGEST = 2**31 - 1
# Shorter says nothing, longer is not listened to (Podcasting 2.0, podcast:soundbite).
_SOUNDBITE_S = (15, 120)


@dataclass(frozen=True, slots=True)
class Soundbite:
    """A passage that makes people want to hear the rest; times are in milliseconds."""

    start: Annotated[int, CLOCK]
    """Where it begins in the published sound: 12:34."""
    end: Annotated[int, CLOCK]
    """Where it ends, 15 to 120 seconds later."""
    title: Annotated[str, NAME] | None = None
    """What is said there, at most 128 characters."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Episode:
    """Everything that is said about one episode, but not in it."""

    title: Annotated[str, TITLE]
    """Title, without the show's name or the number."""
    date: Annotated[datetime, MOMENT]
    """When it is published, with its time zone: 2026-11-02T06:00:00+01:00; not before."""
    guid: Annotated[str, IDENTIFIER]
    """Given once, or brought from another host, any text; never change it: apps know it so."""
    summary: Annotated[str, TEXT]
    """One or two sentences, plain text."""
    language: Annotated[str, LANGUAGE]
    """Language spoken; the show's where nothing is said."""
    slug: str
    notes: str
    number: int | None = None
    """Number of the episode, from 1."""
    season: int | None = None
    """Number of the season, from 1."""
    type: Literal["full", "trailer", "bonus"] = "full"
    """What kind of episode it is."""
    people: tuple[Annotated[str, LINE], ...] = ()
    """Keys of the show's people who speak here."""
    summary_falc: Annotated[str, TEXT] | None = None
    """The summary in words that are easy to read, a short sentence on each line."""
    topics: tuple[Annotated[str, SLUG_RULE], ...] = ()
    """Keys of the show's topics that it is about."""
    explicit: bool | None = None
    """Where it differs from the show."""
    opening: Annotated[str, INSIDE] | None = None
    """A sound file in this folder, played before the recording."""
    closing: Annotated[str, INSIDE] | None = None
    """A sound file in this folder, played after the recording."""
    cover: Annotated[str, INSIDE] | None = None
    """A picture in this folder that is shown instead of the show's, after the same rules."""
    cover_alt: Annotated[str, LINE] | None = None
    """What that picture shows; without ``cover``, what the show's picture shows."""
    sound: Sound = field(default_factory=Sound)
    """How this recording is mastered, where it differs from the show."""
    music: Music = field(default_factory=Music)
    """The music, where it differs from the show's."""
    translation_of: Annotated[str, SLUG_RULE] | None = None
    """The episode that this one is a version of, in another language: its folder's name."""
    display: Annotated[str, LABEL] | None = None
    """What apps show for its number: « Chapitre 3 », at most 32 characters."""
    soundbites: tuple[Soundbite, ...] = ()
    """Passages that make people want to hear the rest."""
    license: Annotated[str, LINE] | None = None
    """Identifier of the licence, where it differs from the show's."""
    license_url: Annotated[str, WEB] | None = None
    """Where that licence can be read, if it is one of your own."""
    location: tuple[Location, ...] = ()
    """Places that the episode is about, or was made in."""
    funding: tuple[Funding, ...] = ()
    """How people can support it."""
    txt: tuple[Txt, ...] = ()
    """Remarks for services."""

    __pydantic_config__: ClassVar = STRICT

    @property
    def falc(self) -> tuple[str, ...]:
        """The lines of the easy summary; none where nobody wrote one."""
        lines = (line.strip() for line in (self.summary_falc or "").split("\n"))
        return tuple(line for line in lines if line)

    def pieces(self) -> dict[str, Piece]:
        """The music by its kind: ``opening``, ``bed``, ``jingle``, ``closing``."""
        own = {"opening": self.opening, "closing": self.closing}
        found = {
            "opening": self.music.opening,
            "bed": self.music.bed,
            "jingle": self.music.jingle,
            "closing": self.music.closing,
            **{kind: Piece(file) for kind, file in own.items() if file},
        }
        return {kind: piece for kind, piece in found.items() if piece}


def read_episode(text: str, file: str, slug: str, show: Show) -> Episode:
    """The episode that a file describes; raises Fixable with every fault of the file."""
    head, body, first_line = split_front_matter(text, file)
    tree = read_yaml(head, file, first_line)
    own_cover = isinstance(tree.value, dict) and tree.value.get("cover")
    episode = validate(
        Episode,
        tree,
        given={"slug": slug, "notes": body.strip()},
        defaults={
            "language": show.language,
            "sound": asdict(show.sound),
            "cover_alt": None if own_cover else show.cover_alt,
            "music": asdict(show.music),
        },
    )
    faults = [
        fault(
            "episode.unknown_person",
            tree.place(("people", i)),
            key=key,
            known=", ".join(sorted(show.people)) or "-",
        )
        for i, key in enumerate(episode.people)
        if key not in show.people
    ]
    faults += [
        fault("field.too_small", tree.place((key,)), key=key, value=value, limit=1)
        for key, value in (("number", episode.number), ("season", episode.season))
        if value is not None and value < 1
    ]
    faults += [
        fault("field.too_large", tree.place((key,)), key=key, value=value, limit=_LARGEST)
        for key, value in (("number", episode.number), ("season", episode.season))
        if value is not None and value > _LARGEST
    ]
    faults += too_far(episode.sound, episode.music, tree)
    faults += unknown_licence(episode.license, episode.license_url, tree)
    if faults := [*faults, *_unfit_soundbites(episode, tree)]:
        raise Fixable(faults)
    return episode


def _unfit_soundbites(episode: Episode, tree: Tree) -> list[Fault]:
    least, most = _SOUNDBITE_S
    return [
        fault("episode.soundbite", tree.place(("soundbites", i)), least=least, most=most)
        for i, bite in enumerate(episode.soundbites)
        if not least * 1000 <= bite.end - bite.start <= most * 1000
    ]
