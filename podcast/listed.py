"""Values that must be in somebody's list, told with the nearest one that is.

Apple's categories, the Podcast Taxonomy's roles, the namespace's services, languages of ISO 639,
countries of ISO 3166, and rules of recurrence (RFC 5545).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from podcast import categories, taxonomy
from podcast.dates import countries, is_language, nearest_language
from podcast.rules import LANGUAGE as TAG
from podcast.rules import LINE, NotAdmitted, Rule

# Services that podcast:block may name (serviceslugs.txt of the namespace).
SERVICES = tuple(
    "acast amazon anchor apple audible audioboom backtracks bitcoin blubrry buzzsprout captivate "
    "castos castopod facebook fireside fyyd google gpodder hypercatcher kasts libsyn mastodon "
    "megafono megaphone omnystudio overcast paypal pinecast podbean podcastaddict podcastguru "
    "podcastindex podcasts podchaser podcloud podfriend podiant podigee podnews podomatic "
    "podserve podverse redcircle relay resonaterecordings rss shoutengine simplecast slack "
    "soundcloud spotify spreaker tiktok transistor twitter whooshkaa youtube zencast".split()
)
_PART = re.compile(r"[A-Z]+=[A-Z0-9,+:-]+")


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The known value that somebody may have meant."""
    import difflib

    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(text.casefold(), folded, 1, 0.6)
    return folded[near[0]] if near else None


def _one_of(known: Callable[[], Iterable[str]]) -> Callable[[Any], str]:
    """The value as the list spells it, whatever case it is written in."""

    def test(value: Any) -> str:
        text = " ".join(LINE.test(value).split())
        names = tuple(known())
        folded = {name.casefold(): name for name in names}
        if text.casefold() in folded:
            return folded[text.casefold()]
        near = nearest(text, names)
        if near:
            raise NotAdmitted("unlisted_near", near=near)
        raise ValueError(value)

    return test


def _category(value: Any) -> str:
    name, below = categories.parts(str(LINE.test(value)))
    if not below and (near := nearest(name, _SUBS)) and near.casefold() == name.casefold():
        raise NotAdmitted("unlisted_near", near=_SUBS[near])
    return _CHOICE(f"{name} > {below}" if below else name)


def _language(value: Any) -> str:
    text = str(LINE.test(value))
    if not is_language(text):
        near = nearest_language(text)
        if near:
            raise NotAdmitted("unlisted_near", near=near)
        raise ValueError(value)
    return str(TAG.test(text))


def _recurrence(value: Any) -> str:
    from dateutil.rrule import rrulestr

    text = str(LINE.test(value))
    if not all(_PART.fullmatch(part) for part in text.split(";")):
        raise ValueError(value)
    rrulestr(text)
    return text


def _some_of(known: Callable[[], Iterable[str]]) -> dict[str, Any]:
    """A list that editors offer; a value is right in another case, too."""
    return {"anyOf": [{"enum": sorted(known())}, {"type": "string"}]}


_SUBS = {categories.parts(choice)[1]: choice for choice in categories.choices() if ">" in choice}
_CHOICE = _one_of(categories.choices)
CATEGORY = Rule("category", _category, _some_of(categories.choices))
ROLE = Rule("role", _one_of(lambda: taxonomy.ROLES), _some_of(lambda: taxonomy.ROLES))
SERVICE = Rule("service", _one_of(lambda: SERVICES), _some_of(lambda: SERVICES))
COUNTRY = Rule("country", _one_of(countries), {"type": "string"})
LANGUAGE = Rule("language", _language, TAG.shape)
RECURRENCE = Rule("recurrence", _recurrence, {"type": "string"})


def following(rule: str, start: datetime, after: datetime) -> datetime | None:
    """The first moment after another that a rule of recurrence names, if there is one.

    The moments have no zone: they are what clocks on the wall show.
    """
    from dateutil.rrule import rrulestr

    try:
        found: datetime | None = rrulestr(rule, dtstart=start).after(after)
    except (ValueError, TypeError):  # an UNTIL with a zone
        return None
    return found
