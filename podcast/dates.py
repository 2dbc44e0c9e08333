"""Dates, numbers and languages as people of a language write them: the one door to Babel."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale


def long_date(moment: datetime | date, language: str) -> str:
    """« 2 novembre 2026 », in the moment's own time zone."""
    from babel.dates import format_date

    text = format_date(moment, "long", locale=_locale(language))
    # Babel's French writes « 1 octobre », and French people « 1er octobre ».
    return text.replace("1 ", "1er ", 1) if language[:2] == "fr" and moment.day == 1 else text


def language_name(tag: str, language: str) -> str:
    """« anglais » for ``en`` in French; the tag itself where nobody has a name for it."""
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(tag, sep="-").get_display_name(_locale(language))
    except (UnknownLocaleError, ValueError):
        return tag
    return name or tag


def _locale(language: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def decimal(number: float, language: str, digits: int = 1) -> str:
    """« 3,2 » or « 3.2 »."""
    text = f"{number:.{digits}f}"
    return text.replace(".", ",") if language.startswith("fr") else text
