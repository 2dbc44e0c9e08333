"""Every sentence that a person reads, by key and language.

Programmers write English (``podcast/locale/en.toml``); translators make every other language of it
in a gettext file, ``podcast/locale/<language>/LC_MESSAGES/podcast.po`` (``docs/translating.md``).
Such a file is all that a language needs: the languages are those that are found.  ``{name}`` is
filled from the facts; a sentence that counts something has its language's plural forms, chosen by
the fact ``n``.  What a translation lacks is said in English.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypedDict, cast
from zlib import crc32

FOLDER = Path(__file__).parent / "locale"
_COMPILED = FOLDER / "compiled"
_FORM = 1  # of what is kept; another one is made again
_ENGLISH = "en"
_LANGUAGE_FILE = "{}/LC_MESSAGES/podcast.po"
# Characters of no script, around a sentence that is not in its page's language (see ``theme``).
FOREIGN = ("\ue0a0", "\ue0a1")


class _Catalogue(TypedDict):
    """:class:`podcast.translations.Translated`; ``of`` has the length and sum of each file."""

    of: list[int]
    sentences: Mapping[str, str]
    rule: str
    forms: Sequence[str]
    english: Sequence[str]
    decimal: str


@cache
def languages() -> tuple[str, ...]:
    """The tags of all languages that have a catalogue: « en », « fr », « pt-BR »."""
    names = (file.parent.parent.name for file in FOLDER.glob(_LANGUAGE_FILE.format("*")))
    return tuple(sorted({_ENGLISH, *(name.replace("_", "-") for name in names)}))


def file_of(language: str) -> Path:
    """The catalogue that a translator edits."""
    return FOLDER / _LANGUAGE_FILE.format(language.replace("-", "_"))


@cache
def _catalogue(language: str) -> _Catalogue:
    """The sentences by key and what goes with them, in a form that is read in no time.

    It is made when the program is packed, and made again wherever a catalogue was changed since.
    """
    files = [FOLDER / f"{_ENGLISH}.toml", FOLDER / "keys.toml"]
    files += [file_of(language)] if language != _ENGLISH else []
    texts = [file.read_bytes() for file in files]
    of = [_FORM, *(number for text in texts for number in (len(text), crc32(text)))]
    kept = _COMPILED / f"{language}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = cast("_Catalogue", json.loads(kept.read_bytes()))
        if known["of"] == of:
            return known
    made = cast("_Catalogue", {"of": of, **_read(language)})
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            _keep(made, kept)
    return made


def _keep(made: _Catalogue, file: Path) -> None:
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    file.parent.mkdir(exist_ok=True)
    beside.write_text(json.dumps(made), "utf-8")
    os.replace(beside, file)


def pack() -> None:
    """Make the quick form of every language, for a program that is installed elsewhere."""
    for language in languages():
        _keep(_catalogue(language), _COMPILED / f"{language}.json")


def _read(language: str) -> dict[str, Any]:
    from dataclasses import asdict

    from podcast import translations

    sentences = translations.english(FOLDER)
    if language == _ENGLISH:
        return asdict(translations.source(sentences))
    return asdict(translations.translated(sentences, file_of(language), language))


@cache
def _place(rule: str) -> Callable[[int], int]:
    """The place of a plural form, by a rule as gettext writes it."""
    from gettext import c2py

    return c2py(rule)


class Wording:
    """The sentences of one language; ``say`` is the only thing that templates need.

    Those of a ``page`` stand between two marks where they are not in its language, for the theme to
    say so (WCAG 3.1.2).
    """

    __slots__ = ("_foreign", "language")

    def __init__(self, language: str, page: bool = False) -> None:
        self.language = nearest(language)
        own = _primary(language.replace("_", "-"))
        # By whether a sentence is English for want of a translation.
        self._foreign = (page and _primary(self.language) != own, page and own != _ENGLISH)

    def say(self, key: str, /, **facts: object) -> str:
        """The sentence ``key`` with its facts filled in."""
        known = _catalogue(self.language)
        english = key in known["english"]
        sentence = known["sentences"].get(key)
        if sentence is None:
            n = abs(float(str(facts.get("n", 2))))
            rule, forms = (
                ("n != 1", ("one", "other")) if english else (known["rule"], known["forms"])
            )
            form = forms[_place(rule)(int(n))] if n.is_integer() else "other"
            sentence = known["sentences"][f"{key}.{form}"]
        said = sentence.format(**facts)
        return said.join(FOREIGN) if self._foreign[english] else said

    def raw(self, *groups: str) -> dict[str, str]:
        """The sentences of whole groups as they are written, for a script to fill.

        Each plural form has the name that ``Intl.PluralRules`` gives it, and there is always
        ``other``.
        """
        sentences = _catalogue(self.language)["sentences"]
        return {k: s for k, s in sentences.items() if k.split(".")[0] in groups}

    def knows(self, key: str) -> bool:
        """Whether there is such a sentence."""
        sentences = _catalogue(self.language)["sentences"]
        return key in sentences or f"{key}.other" in sentences


def nearest(language: str) -> str:
    """The catalogue for a language tag or a system's locale; an unknown language is English.

    « fr-CA » and « fr_CA.UTF-8 » are read in French; « pt » in « pt-BR » where there is no other.
    """
    wanted = language.partition(".")[0].partition("@")[0].replace("_", "-").lower()
    near = [tag for tag in languages() if _primary(tag) == _primary(wanted)]
    near.sort(key=lambda tag: (tag.lower() != wanted, "-" in tag))
    return near[0] if near else _ENGLISH


def decimal_sign(language: str) -> str:
    """What stands before tenths where a language's sentences stand: a point, or a comma."""
    return _catalogue(nearest(language))["decimal"]


def written_in(language: str, folder: Path, name: str) -> Path:
    """The file of that name in the folder of a language's own, or else the English one.

    A text for people that is no sentence of the catalogue, and that nobody may have translated.
    """
    own = folder / nearest(language) / name
    return own if own.exists() else folder / _ENGLISH / name


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def keys(language: str) -> Mapping[str, str]:
    """All sentences of a language, for the tests that hold the catalogues together."""
    return _catalogue(language)["sentences"]


def lacking(language: str) -> Sequence[str]:
    """The keys that a language has no translation of."""
    return _catalogue(language)["english"]
