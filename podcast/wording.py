"""Every sentence that a person reads, by key and language, from ``podcast/locale/*.toml``.

A catalogue is a TOML file per language with the same keys in each (a test holds them together),
so that a translator needs no programmer.  ``{name}`` is filled from the facts; a key that counts
something has the two forms ``one`` and ``other``, chosen by the fact ``n`` (French counts 0 and 1
as one, English only 1: CLDR plural rules).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("fr", "en")
_FOLDER = Path(__file__).parent / "locale"


@cache
def _sentences(language: str) -> Mapping[str, str]:
    """The sentences by key, kept in a form that is read in no time, as Python keeps its modules."""
    file = _FOLDER / f"{language}.toml"
    status = file.stat()
    mark = [status.st_size, status.st_mtime_ns]
    kept = _FOLDER / "__pycache__" / f"{language}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(kept.read_bytes())
        if known["of"] == mark:
            return dict(known["sentences"])
    flat = _read(file)
    if not sys.dont_write_bytecode:
        beside = kept.with_name(f"{kept.name}.{os.getpid()}")
        with suppress(OSError):
            kept.parent.mkdir(exist_ok=True)
            beside.write_text(json.dumps({"of": mark, "sentences": flat}), "utf-8")
            os.replace(beside, kept)
    return flat


def _read(file: Path) -> dict[str, str]:
    import tomllib

    tree = tomllib.loads(file.read_text(encoding="utf-8"))
    flat: dict[str, str] = {}

    def walk(prefix: str, value: Any) -> None:
        for key, inner in value.items():
            name = f"{prefix}.{key}" if prefix else key
            if isinstance(inner, dict):
                walk(name, inner)
            else:
                flat[name] = inner

    walk("", tree)
    return flat


class Wording:
    """The sentences of one language; ``say`` is the only thing that templates need."""

    __slots__ = ("language",)

    def __init__(self, language: str) -> None:
        self.language = nearest(language)

    def say(self, key: str, /, **facts: object) -> str:
        """The sentence ``key`` with its facts filled in."""
        sentences = _sentences(self.language)
        sentence = sentences.get(key)
        if sentence is None:
            few = abs(float(str(facts.get("n", 2))))
            one = few < 2 if self.language == "fr" else few == 1
            sentence = sentences[f"{key}.one" if one else f"{key}.other"]
        return sentence.format(**facts)

    def raw(self, *groups: str) -> dict[str, str]:
        """The sentences of whole groups as they are written, for a script to fill."""
        return {k: s for k, s in _sentences(self.language).items() if k.split(".")[0] in groups}

    def knows(self, key: str) -> bool:
        """Whether there is such a sentence."""
        sentences = _sentences(self.language)
        return key in sentences or f"{key}.other" in sentences


def nearest(language: str) -> str:
    """The catalogue for a language tag: ``fr-CA`` is read in French, an unknown one in English."""
    short = language.replace("_", "-").split("-")[0].lower()
    return short if short in LANGUAGES else "en"


def keys(language: str) -> Mapping[str, str]:
    """All sentences of a language, for the tests that hold the catalogues together."""
    return _sentences(language)
