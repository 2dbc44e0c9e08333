"""Dates, numbers and languages as people of a language write them: the one door to Babel."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING

from podcast.wording import decimal_sign, languages

if TYPE_CHECKING:
    from babel import Locale


# As Babel writes them; a test holds them to it.  To load it takes longer than all else that is
# done with dates when one episode has changed.
_LONG = {
    "en": (
        "{month} {day}, {year}",
        "January February March April May June July August September October November December",
    ),
    "es": (
        "{day} de {month} de {year}",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    ),
    "fr": (
        "{day} {month} {year}",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    ),
}


def long_date(moment: datetime | date, language: str) -> str:
    """« 2 novembre 2026 », in the moment's own time zone."""
    if language in _LONG:
        form, months = _LONG[language]
        month = months.split()[moment.month - 1]
        text = form.format(day=moment.day, month=month, year=moment.year)
    else:
        from babel.dates import format_date

        text = format_date(moment, "long", locale=_locale(language))
    # Babel's French writes « 1 octobre », and French people « 1er octobre ».
    return text.replace("1 ", "1er ", 1) if language[:2] == "fr" and moment.day == 1 else text


def moment(when: datetime, language: str) -> str:
    """« 2 novembre 2026, 06:00 (UTC+01:00) », in its own time zone."""
    # Babel 2.18.0 writes an offset of -03:30 as -04:30.
    zone = timezone(when.utcoffset() or timedelta()).tzname(None)
    return f"{long_date(when, language)}, {when:%H:%M} ({zone})"


def language_name(tag: str, language: str) -> str:
    """« anglais » for ``en`` in French; the tag itself where nobody has a name for it."""
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(tag, sep="-").get_display_name(_locale(language))
    except (UnknownLocaleError, ValueError):
        return tag
    return name or tag


_NO_LANGUAGE = frozenset(("und", "mul", "zxx", "mis", "root"))


def is_language(tag: str) -> bool:
    """Whether a tag's language, script and region are real: codes of ISO 639, 15924 and 3166."""
    if tag in languages():  # as nearly all are; the lists of all others take time to load
        return True
    code, *rest = tag.split("-")
    if code in _NO_LANGUAGE or code not in _locale("en").languages:
        return False
    known = {*_locale("en").territories, *_locale("en").scripts} - {"ZZ", "Zzzz"}
    return all(part in known for part in rest)


def nearest_language(text: str) -> str | None:
    """The tag that somebody may have meant by ``french``, ``fra`` or ``fr-fr``."""
    from babel.core import get_global

    parts = text.replace("_", "-").split("-")
    name = text.casefold()
    for language in languages():
        for code, said in _locale(language).languages.items():
            if said.casefold() == name:
                return str(code)
    parts[0] = str(get_global("language_aliases").get(parts[0].lower(), parts[0].lower()))
    regions = {**get_global("territory_aliases"), "UK": ["GB"]}
    for i, part in enumerate(parts[1:], 1):
        region = regions.get(part.upper(), [part.upper()])[0]
        parts[i] = part.title() if len(part) == 4 else region
    tag = "-".join(parts)
    return tag if tag != text and is_language(tag) else None


def countries() -> tuple[str, ...]:
    """Codes of ISO 3166-1, of two letters."""
    known = (str(code) for code in _locale("en").territories)
    return tuple(sorted(c for c in known if len(c) == 2 and c not in ("ZZ", "XA", "XB")))


@cache
def _locale(language: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def decimal(number: float, language: str, digits: int = 1) -> str:
    """« 3,2 » or « 3.2 »."""
    return f"{number:.{digits}f}".replace(".", decimal_sign(language))
