"""The files of a show that comes from elsewhere: ``podcast.yaml`` and ``episode.md`` as text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

from podcast.foreign_feed import ForeignItem, ForeignPerson, ForeignShow
from podcast.licences import LICENCES
from podcast.rules import slug_of
from podcast.show import Person
from podcast.wording import Wording

# Podcasting 2.0: the name space of shows' identifiers that are made of the feed's address.
_SHOWS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
ADDRESS, EMAIL, CATEGORY = (
    "https://podcast.example.org/",
    "podcast@example.org",
    "Society & Culture",
)
# What YAML does not admit unwritten, or takes for the end of a line.
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def show_guid(said: str, address: str) -> str:
    """The identifier that the feed says, else the one that its address gives by the rule."""
    try:
        return str(UUID(said))
    except ValueError:
        return str(uuid5(_SHOWS, re.sub(r"^\w+://", "", address).rstrip("/")))


def people_of(show: ForeignShow) -> dict[str, Person]:
    """Everybody whom the feed names, by a key made of the name; a host is one everywhere."""
    named: dict[str, ForeignPerson] = {}
    for person in (*show.people, *(p for item in show.items for p in item.people)):
        named.setdefault(person.name.casefold(), person)
    people: dict[str, Person] = {}
    for one in named.values():
        name = free(slug_of(one.name) or "x", people)
        people[name] = Person(one.name, one.role, one.link)
    return people


def free(name: str, taken: Mapping[str, object] | set[str]) -> str:
    """A name that is not taken: with a number behind it, if it must be."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def missing(show: ForeignShow, address: str | None) -> tuple[str, ...]:
    """The keys of ``podcast.yaml`` that the feed does not tell and a person must fill in."""
    keys = {
        "address": address,
        "owner.email": show.email,
        "category": show.category,
        "language": show.language,
    }
    return tuple(key for key, value in keys.items() if not value)


def licence(name: str) -> str:
    """The identifier as we write it; "" for one that nobody could look up."""
    return name.lower() if name.lower() in LICENCES else ""


def show_text(
    show: ForeignShow,
    guid: str,
    people: Mapping[str, Person],
    address: str | None,
    was: str | None,
    words: Wording,
) -> str:
    """``podcast.yaml``; what the feed does not tell is as in a new show.

    ``address`` is where the site will be, ``was`` that of the feed which apps follow today.
    """
    lines = [
        f"# {words.say('import_feed.head')}",
        f"title: {quoted(show.title)}",
        f"language: {show.language or words.language}",
        f"description: {quoted(show.description)}",
        f"# {words.say('import_feed.address')}",
        f"address: {quoted(address or ADDRESS)}",
        *([f"previous_feed_url: {quoted(was)}"] if was else []),
        f"author: {quoted(show.author)}",
        "owner:",
        f"  name: {quoted(show.owner)}",
        f"  email: {quoted(show.email or EMAIL)}",
        f"# {words.say('import_feed.guid')}",
        f"guid: {guid}",
        f"category: {quoted(show.category or CATEGORY)}",
        f"explicit: {'true' if show.explicit else 'false'}",
        "cover: cover.jpg",
    ]
    if show.copyright:
        lines.append(f"copyright: {quoted(show.copyright)}")
    if licence(show.license):
        lines.append(f"license: {licence(show.license)}")
    if people:
        lines.append("people:")
    for key, person in people.items():
        lines += [
            f"  {quoted(key)}:",
            f"    name: {quoted(person.name)}",
            f"    role: {person.role}",
        ]
        lines += [f"    link: {quoted(person.link)}"] if person.link else []
    lines += [f"# {words.say('import_feed.model')}", "model: demo"]
    return "\n".join(lines) + "\n"


def episode_text(item: ForeignItem, people: Sequence[str], explicit: bool, cover: str) -> str:
    """``episode.md``; ``people`` are keys of the show's, ``explicit`` what the show says.

    ``cover`` is the name of the episode's own picture, if it has one.
    """
    lines = ["---", f"title: {quoted(item.title)}"]
    lines += [f"number: {item.number}"] if item.number else []
    lines += [f"season: {item.season}"] if item.season else []
    lines += [f"type: {item.type}"] if item.type != "full" else []
    lines += [
        f"date: {item.date.isoformat()}",
        f"guid: {quoted(item.guid)}",
        f"summary: {quoted(item.summary)}",
    ]
    lines += [f"people: [{', '.join(quoted(key) for key in people)}]"] if people else []
    lines += [f"cover: {cover}"] if cover else []
    if item.explicit is not None and item.explicit != explicit:
        lines.append(f"explicit: {'true' if item.explicit else 'false'}")
    return "\n".join([*lines, "---", "", item.notes]).rstrip("\n") + "\n"


def quoted(text: str) -> str:
    """A YAML string: every JSON string is one."""
    return _UNSEEN.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text, ensure_ascii=False))
