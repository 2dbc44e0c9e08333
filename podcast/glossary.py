"""The show's own names and acronyms: how they are written, misheard and explained.

``glossary.yaml`` is one entry for each term.  It tells the recogniser what to expect, corrects
known mishearings in drafts (never in a text that a person has edited), and explains acronyms to
readers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar, Literal

from podcast.errors import Fixable, fault
from podcast.rules import LANGUAGE, LINE, STRICT
from podcast.strict_yaml import Tree, read_yaml, with_added
from podcast.transcript import Inline, Note, NoteRef, Paragraph, Text, Transcript
from podcast.validation import validate

# faster-whisper puts hotwords before every window, and they share its 448 tokens with the answer.
HOTWORD_LETTERS = 300


@dataclass(frozen=True, slots=True)
class Term:
    """What is known of one term."""

    expansion: Annotated[str, LINE] | None = None
    """What it stands for or means, as readers are told."""
    misheard: tuple[Annotated[str, LINE], ...] = ()
    """What the recogniser writes instead of it."""
    spoken: Annotated[str, LINE] | None = None
    """How it is said, where that is not how it is written; written out, it is put right too."""
    language: Annotated[str, LANGUAGE] | None = None
    """The language it belongs to; every language where nothing is said."""
    kind: Literal["acronym", "person", "place", "organisation", "word"] = "word"
    """What sort of term it is."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms by how they are written, in the order of the file."""

    terms: dict[Annotated[str, LINE], Term] = field(default_factory=dict)

    __pydantic_config__: ClassVar = STRICT

    def of(self, language: str) -> dict[str, Term]:
        """The terms that may be heard in a language."""
        short = language.split("-")[0]
        return {
            name: term
            for name, term in self.terms.items()
            if term.language is None or term.language.split("-")[0] == short
        }


def read_glossary(text: str, file: str) -> Glossary:
    """The glossary that a file holds; raises :class:`Fixable` with every fault of it."""
    tree = read_yaml(text, file)
    lines = {("terms", *path): line for path, line in tree.lines.items()}
    entries = {key: value or {} for key, value in tree.value.items()} if _mapping(tree) else {}
    whole = {"terms": entries if _mapping(tree) or tree.value is None else tree.value}
    return validate(Glossary, Tree(whole, lines, file))


def with_term(
    text: str, file: str, name: str, misheard: Sequence[str], expansion: str | None
) -> str:
    """The glossary's file with a term, or with more that is known of one.

    Nothing else of the file is changed; an expansion that is there stays.  Raises :class:`Fixable`.
    """
    terms = read_glossary(text, file).terms
    known = terms.get(name, Term())
    if expansion and known.expansion and known.expansion != expansion:
        place = read_yaml(text, file).place((name,))
        raise Fixable(fault("glossary.explained", place, name=name, expansion=known.expansion))
    new = [wrong for wrong in dict.fromkeys(misheard) if wrong not in (name, *known.misheard)]
    if expansion and not known.expansion:
        text = with_added(text, file, (name,), {"expansion": expansion})
    elif name not in terms and not new:
        text = with_added(text, file, (), {name: {"kind": "word"}})
    if known.misheard:
        for wrong in new:
            text = with_added(text, file, (name, "misheard"), wrong)
    elif new:
        text = with_added(text, file, (name,), {"misheard": new})
    read_glossary(text, file)
    return text


def _mapping(tree: Tree) -> bool:
    return isinstance(tree.value, dict)


def hotwords(glossary: Glossary, language: str) -> str:
    """What the recogniser is told to expect, the first terms first, within its limit."""
    told = ""
    for name in glossary.of(language):
        longer = f"{told}, {name}" if told else name
        if len(longer) > HOTWORD_LETTERS:
            break
        told = longer
    return told


def correct(text: str, glossary: Glossary, language: str) -> str:
    """A machine's text with known mishearings put right, whole words only."""
    for name, term in glossary.of(language).items():
        heard = (*term.misheard, *([term.spoken] if term.spoken else []))
        for wrong in sorted(heard, key=len, reverse=True):
            pattern = re.escape(wrong).replace("'", "['’]").replace(r"\ ", r"\s+")
            found = re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)
            # Split and joined, because a term may hold what re.sub takes for a reference.
            text = name.join(found.split(text))
    return text


def explain(transcript: Transcript, glossary: Glossary) -> Transcript:
    """The draft with a note at the first use of each term that the glossary explains."""
    waiting = {
        name: term.expansion
        for name, term in glossary.of(transcript.language).items()
        if term.expansion
    }
    notes = list(transcript.notes)
    blocks = []
    for block in transcript.blocks:
        if isinstance(block, Paragraph):
            content: list[Inline] = []
            for part in block.content:
                content += _explained(part, waiting, notes) if isinstance(part, Text) else [part]
            block = replace(block, content=tuple(content))
        blocks.append(block)
    return replace(transcript, blocks=tuple(blocks), notes=tuple(notes))


def _explained(part: Text, waiting: dict[str, str], notes: list[Note]) -> Sequence[Inline]:
    found = [
        (match.end(), name)
        for name in waiting
        if (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", part.text))
    ]
    parts: list[Inline] = []
    at = 0
    for end, name in sorted(found):
        id_ = re.sub(r"\W+", "-", name.lower()).strip("-") or "note"
        notes.append(Note(id_, waiting.pop(name), 0))
        parts += [Text(part.text[at:end]), NoteRef(id_, 0)]
        at = end
    return [*parts, Text(part.text[at:])] if part.text[at:] else parts


def mentioned(glossary: Glossary, language: str) -> dict[str, str]:
    """Acronyms with what they stand for, for ``<abbr>`` on their first use in a page."""
    return {
        name: term.expansion
        for name, term in glossary.of(language).items()
        if term.kind == "acronym" and term.expansion
    }
