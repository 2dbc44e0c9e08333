"""Dates as people of a language write them: the one door to Babel."""

from __future__ import annotations

from datetime import date, datetime


def long_date(moment: datetime | date, language: str) -> str:
    """« 2 novembre 2026 », in the moment's own time zone."""
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date

    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return format_date(moment, "long", locale=locale)


def decimal(number: float, language: str, digits: int = 1) -> str:
    """« 3,2 » or « 3.2 »."""
    text = f"{number:.{digits}f}"
    return text.replace(".", ",") if language.startswith("fr") else text
