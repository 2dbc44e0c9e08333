"""Read the sentences: English from its TOML files, other languages from their gettext files.

A gettext file has an entry for each sentence: its key is the context (``msgctxt``), the English
sentence is what is translated (``msgid``).  An entry that is empty, marked ``fuzzy`` (the English
has changed since), or without the same ``{facts}`` is no translation: English is said.
The plural forms are those of the file's ``Plural-Forms``; they are named here as CLDR names them
(zero, one, two, few, many, other), because browsers choose by these names.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

SOURCE = "en"
FILES = ("en.toml", "keys.toml")
"""What programmers write, and what the keys of people's files mean, made of docstrings."""
# Every form of every language is met below 200, but for « 1 000 000 de » of French and Spanish.
_COUNTS = (*range(200), 1_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English sentence; ``plural`` is its other form, for those that count something."""

    key: str
    one: str
    plural: str | None = None

    @property
    def facts(self) -> frozenset[str]:
        """What is filled in: all that the form for many has."""
        return facts(self.plural or self.one)


@dataclass(frozen=True, slots=True)
class Translated:
    """What one language says: each form under ``key`` or ``key.form``.

    ``rule`` is a gettext expression of ``n`` that gives the place of a form in ``forms``; what is
    among ``english`` has no translation; ``decimal`` stands before tenths.
    """

    sentences: Mapping[str, str]
    rule: str
    forms: Sequence[str]
    english: Sequence[str]
    decimal: str


def facts(sentence: str) -> frozenset[str]:
    """The names in braces; raises :class:`ValueError` for a brace that has no other."""
    parts = string.Formatter().parse(sentence)
    return frozenset(name for _, name, _, _ in parts if name is not None)


def english(folder: Path) -> tuple[Sentence, ...]:
    """The sentences that programmers write, in the order of :data:`FILES`."""
    flat: dict[str, str] = {}
    for name in FILES:
        flat |= _flat("", tomllib.loads((folder / name).read_text(encoding="utf-8")))
    found = []
    for key, text in flat.items():
        name, _, form = key.rpartition(".")
        if form == "one" and f"{name}.other" in flat:
            found.append(Sentence(name, text, flat[f"{name}.other"]))
        elif not (form == "other" and f"{name}.one" in flat):
            found.append(Sentence(key, text))
    return tuple(found)


def _flat(prefix: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        name = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict):
            yield from _flat(name, value)
        else:
            yield name, value


def source(sentences: Sequence[Sentence]) -> Translated:
    """English as it is."""
    return Translated(dict(_english(sentences)), "n != 1", ("one", "other"), (), ".")


def _english(sentences: Sequence[Sentence]) -> Iterator[tuple[str, str]]:
    for sentence in sentences:
        if sentence.plural is None:
            yield sentence.key, sentence.one
        else:
            yield f"{sentence.key}.one", sentence.one
            yield f"{sentence.key}.other", sentence.plural


def translated(sentences: Sequence[Sentence], file: Path, language: str) -> Translated:
    """One language, by its gettext file; what it lacks is English.

    All of it is, where the file cannot be read: a slip of a translator stops nobody's work.
    """
    from babel.messages.pofile import PoFileError

    try:
        catalogue = read(file, language)
        forms = plural_forms(catalogue, language)
    except (PoFileError, ValueError):
        return replace(source(sentences), english=[sentence.key for sentence in sentences])
    by_key = {message.context: message for message in catalogue if message.context}
    said: dict[str, str] = {}
    lacking = []
    for sentence in sentences:
        told = forms_of(by_key.get(sentence.key), sentence)
        if not told:
            lacking.append(sentence.key)
            said.update(_english([sentence]))
        elif sentence.plural is None:
            said[sentence.key] = told[0]
        else:
            said |= {f"{sentence.key}.{form}": text for form, text in zip(forms, told, strict=True)}
            said.setdefault(f"{sentence.key}.other", told[-1])
    sign = decimal(language)
    return Translated(said, str(catalogue.plural_expr), forms, lacking, sign)


def read(file: Path, language: str) -> Catalog:
    """A gettext file; raises :class:`babel.messages.pofile.PoFileError` for one that is none."""
    from babel.messages.pofile import read_po

    with file.open("rb") as opened:
        return read_po(opened, locale=language.replace("-", "_"), abort_invalid=True)


def forms_of(message: Message | None, sentence: Sentence) -> tuple[str, ...]:
    """The translation's forms, if it is whole, of this very sentence, and has the same facts."""
    if message is None or message.fuzzy or message.id != message_id(sentence):
        return ()
    told = texts(message)
    if not all(told) or any(wrong_facts(text, sentence) for text in told):
        return ()
    return told


def texts(message: Message) -> tuple[str, ...]:
    """The forms of a translation; those that nobody has written are empty."""
    said = message.string or ""
    return (said,) if isinstance(said, str) else tuple(text or "" for text in said)


def message_id(sentence: Sentence) -> str | tuple[str, str]:
    """What gettext calls the sentence."""
    return (sentence.one, sentence.plural) if sentence.plural else sentence.one


def wrong_facts(text: str, sentence: Sentence) -> bool:
    """Whether a translation lacks a fact of the sentence, or has one that nobody gives.

    A form of something counted may leave out ``{n}`` (« un épisode ») and what the English leaves
    out for one.
    """
    try:
        mine = facts(text)
    except ValueError:
        return True
    needed = sentence.facts
    if sentence.plural:
        needed = (needed & facts(sentence.one)) - {"n"}
    return not needed <= mine <= sentence.facts


def decimal(language: str) -> str:
    """What stands before tenths, as CLDR has it."""
    from babel import Locale, UnknownLocaleError
    from babel.numbers import get_decimal_symbol

    try:
        return get_decimal_symbol(Locale.parse(language, sep="-"))
    except UnknownLocaleError:
        return "."


def plural_forms(catalogue: Catalog, language: str) -> tuple[str, ...]:
    """The CLDR name of each plural form of a gettext file, in its order.

    Raises :class:`ValueError` where ``Plural-Forms`` cannot be.
    """
    from gettext import c2py

    from babel import Locale, UnknownLocaleError

    place = c2py(catalogue.plural_expr)
    try:
        named = Locale.parse(language, sep="-").plural_form
    except UnknownLocaleError:
        named = Locale(SOURCE).plural_form
    found: dict[int, str] = {}
    for count in _COUNTS:
        if not 0 <= place(count) < catalogue.num_plurals:
            raise ValueError(f"no form for {count}")
        name = named(count)
        if name not in found.values():
            found.setdefault(place(count), name)
    return tuple(found.get(i, f"form{i}") for i in range(catalogue.num_plurals))
