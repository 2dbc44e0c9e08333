"""What a single value in a producer's file must look like, each rule with the kind of its fault.

A rule is put on a dataclass field with ``Annotated``; ``validation`` runs it.  pydantic is
imported only when a rule is compiled, so that the values themselves cost nothing to import.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from podcast.timecode import parse_clock

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_SLUG_LENGTH = 60
# Windows cannot make files with these names, and a workspace must be able to move there.
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{n}{i}" for n in ("com", "lpt") for i in range(1, 10)}
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
_COLOUR = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
# What would be no name before the colon of a transcript's line: a mark of its format.
_NO_NAME = re.compile(r"[:\[\]{}]|^[#\\]|<!--")
LONGEST_NAME = 100
# Families have capitals, so that a misspelt « hyperlegable » is not taken for one.
_FONT = re.compile(r"hyperlegible|system|serif|[A-Z][\w .-]*(\s*,\s*[A-Z][\w .-]*)*")
# Control characters, halves of characters, and what Unicode keeps for no character at all.
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_UNSAFE = re.compile(r"[\s<>\"'`\\^{}|]")  # none of them stands in an address (RFC 3986)
_PLACE = re.compile(r"[NWR][1-9]\d{0,14}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,64}")
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\".]+")


class NotAdmitted(ValueError):
    """Raised by a test that knows more than its rule's kind: another kind, with facts."""

    def __init__(self, kind: str, **facts: str | int) -> None:
        self.kind, self.facts = kind, facts
        super().__init__(kind)


@dataclass(frozen=True)
class Rule:
    """``test`` returns the value to keep or raises ``ValueError``; ``kind`` names the sentence."""

    kind: str
    test: Callable[[Any], Any]
    shape: Mapping[str, Any] = field(default_factory=lambda: {"type": ["string", "number"]},
                                     compare=False)  # fmt: skip
    """The same as far as a JSON Schema can say it, for editors that complete keys and values."""

    def __get_pydantic_json_schema__(self, source: Any, handler: Any) -> dict[str, Any]:
        return dict(self.shape)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import PydanticCustomError, core_schema

        def check(value: Any) -> Any:
            try:
                return self.test(value)
            except NotAdmitted as error:
                raise PydanticCustomError(f"rule:{error.kind}", "wrong", error.facts) from error
            except (ValueError, TypeError) as error:
                raise PydanticCustomError(f"rule:{self.kind}", "wrong") from error

        return core_schema.no_info_plain_validator_function(check)


def is_slug(text: str) -> bool:
    """Lower-case letters, digits and hyphens, and no name that Windows keeps for devices."""
    return bool(SLUG.fullmatch(text)) and text not in _DEVICES


def slug_of(text: str) -> str:
    """A short name for what a title says in any script; nothing where it has no letter or figure.

    Other scripts are written in Latin letters, sign by sign: a name to type, not a translation.
    """
    from anyascii import anyascii

    # Only what is read aloud: anyascii would write an emoji as its name.
    said = "".join(
        char if unicodedata.category(char)[0] in "LMN" else " "
        for char in unicodedata.normalize("NFKC", text)
    )
    words = re.findall(r"[a-z0-9]+", anyascii(said).replace("'", "").lower())
    name = ""
    for word in words:
        if len(name) + len(word) > _SLUG_LENGTH and name:
            break
        name = f"{name}-{word}".strip("-")[:_SLUG_LENGTH]
    return f"{name}-" if name in _DEVICES else name


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(value)
    text = str(value).strip()
    if not text or _NO_TEXT.search(text):
        raise ValueError(value)
    return text


def _identifier(value: Any) -> str:
    """Exactly as it stands: apps compare identifiers sign by sign, spaces too."""
    _text(value)
    return str(value)


def _line(value: Any) -> str:
    return " ".join(_text(value).split("\n"))


def at_most(limit: int, of: Callable[[Any], str] = _line) -> Rule:
    """A text of so many characters at most: apps cut the rest off."""

    def test(value: Any) -> str:
        text = of(value)
        if len(text) > limit:
            raise NotAdmitted("long", size=len(text), limit=limit)
        return text

    return Rule("text", test, {"type": ["string", "number"], "maxLength": limit})


def _name(value: Any) -> str:
    name = unicodedata.normalize("NFC", _line(value))
    odd = any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in name)
    if odd or _NO_NAME.search(name) or len(name) > LONGEST_NAME:
        raise ValueError(value)
    return name


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], str]:
    def test(value: Any) -> str:
        if not pattern.fullmatch(_text(value)):
            raise ValueError(value)
        return _text(value)

    return test


def _zoned(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    # Apps take an older date for none, and a later one is a slip of the hand.
    if moment.tzinfo is None or not 1990 <= moment.year < 2100:
        raise ValueError(value)
    return moment


def _day(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _web(value: Any) -> str:
    text = _text(value)
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or _UNSAFE.search(text):
        raise ValueError(value)
    if "@" in parts.netloc or not 0 < (parts.port or 443) < 65536:  # a password would be published
        raise ValueError(value)
    return text


def _corrections(value: Any) -> str:
    """An e-mail address, or the address of a form in which two things are filled in."""
    text = _text(value)
    if "://" not in text:
        return str(EMAIL.test(text))
    filled = _web(text.replace("{title}", "x").replace("{address}", "x"))
    if set(filled) & set("{}"):
        raise ValueError(value)
    return text


def _address(value: Any) -> str:
    return _web(value).rstrip("/") + "/"


def _colour(value: Any) -> str:
    found = _COLOUR.fullmatch(_text(value))
    if not found:
        raise ValueError(value)
    digits = found[1].lower()
    return f"#{digits}" if len(digits) == 6 else "#" + "".join(digit * 2 for digit in digits)


def _inside(value: Any) -> str:
    path = PurePosixPath(_text(value).replace("\\", "/"))
    if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise ValueError(value)
    return str(path)


def _slug(value: Any) -> str:
    if not is_slug(_text(value)):
        raise ValueError(value)
    return _text(value)


def _clock(value: Any) -> int:
    ms = parse_clock(_text(value))
    if ms is None:
        raise ValueError(value)
    return ms


def _point(value: Any) -> str:
    latitude, longitude = (float(part) for part in _text(value).split(","))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError(value)
    return "".join(_text(value).split())


def _guid(value: Any) -> str:
    from uuid import UUID

    return str(UUID(_text(value)))


# How pydantic reads our dataclasses: no key that we do not know.
STRICT: dict[str, Any] = {"extra": "forbid"}

_STRING = {"type": "string"}


def _pattern(pattern: str) -> dict[str, str]:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


TEXT = Rule("text", _text)
LINE = Rule("text", _line)
IDENTIFIER = Rule("text", _identifier)
SPEAKER = Rule("name", _name, {"type": ["string", "number"], "maxLength": LONGEST_NAME})
LANGUAGE = Rule("language", _matching(_TAG), _pattern(_TAG.pattern))
EMAIL = Rule("email", _matching(_EMAIL), _pattern(_EMAIL.pattern))
SLUG_RULE = Rule("slug", _slug, {"type": ["string", "number"]})
MOMENT = Rule("moment", _zoned, {"type": "string", "format": "date-time"})
DAY = Rule("day", _day, {"type": "string", "format": "date"})
WEB = Rule("web", _web, _pattern("https?://.+"))
CORRECTIONS = Rule("corrections", _corrections, _STRING)
ADDRESS = Rule("web", _address, _pattern("https?://.+"))
COLOUR = Rule("colour", _colour, {"type": ["string", "number"]})
FONT = Rule("font", _matching(_FONT), _STRING)
INSIDE = Rule("inside", _inside, {"type": ["string", "number"]})
TITLE = at_most(255)
NAME = at_most(128)
LABEL = at_most(32)
REMARK = at_most(4000, _text)
CLOCK = Rule("clock", _clock, _STRING)
POINT = Rule("point", _point, _STRING)
OSM = Rule("osm", _matching(_PLACE), _pattern(_PLACE.pattern))
SECRET = Rule("secret", _matching(_SECRET), _pattern(_SECRET.pattern))
UUID_RULE = Rule("uuid", _guid, {"type": "string", "format": "uuid"})
