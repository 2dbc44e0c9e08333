"""Replace some words of a transcript everywhere or at one place, and say in its head who did."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from podcast import pipeline
from podcast.checks import not_reviewed, unfinished
from podcast.errors import Fault, Fixable, Place, fault
from podcast.front_matter import with_head
from podcast.transcript import Transcript
from podcast.transcript_file import read_document, text_digest
from podcast.workspace import Workspace, write_if

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_AROUND = 30


@dataclass(frozen=True, slots=True)
class Found:
    """A place where the words stand: its line, and a few words around it before and after."""

    line: int
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was changed in which file; ``by`` is who answers for it, ``None`` where the text must
    be reviewed as a whole; ``published`` is whether readers have the text as it was."""

    file: str
    places: tuple[Found, ...]
    by: str | None
    published: bool


def correct(
    space: Workspace,
    slug: str,
    wrong: str,
    right: str,
    by: str | None = None,
    nth: int | None = None,
    everywhere: bool = False,
) -> Corrected:
    """Write the corrected text; raises :class:`Fixable` where it is not clear which place is meant.

    A text whose review holds stays reviewed, by the same person and whoever corrects now, today.
    """
    if not wrong.strip() or not right.strip():
        raise Fixable(fault("correct.empty"))
    with space.lock():
        show = space.show()
        episode = space.episode(slug, show)
        path = space.transcript_file(slug)
        name = space.name(path)
        text = space.exact_text(path)
        before = read_document(text, name, show.people, episode.language).transcript
        spans = _spans(text, wrong)
        if not spans:
            raise Fixable(fault("correct.none", Place(name), text=wrong[:60]))
        chosen = _chosen(text, spans, right, name, nth, everywhere)
        made = _replaced(text, chosen, right)
        after = read_document(made, name, show.people, episode.language).transcript
        _refuse_new_points(before, after, name)
        released = pipeline.read_ledger(space).episodes.get(slug)
        holds = not not_reviewed(
            before, text_digest(before), released.text if released else None, Place(name), slug
        )
        signed = None
        if holds:
            signed = _signed(before.reviewed_by, by, name)
            today = datetime.now().astimezone().date().isoformat()
            made = with_head(
                made,
                {"reviewed_by": signed, "reviewed_on": today, "reviewed_text": text_digest(after)},
            )
        if not write_if(path, made, lambda: space.exact_text(path) == text):
            raise Fixable(fault("transcript.moved", Place(name)))
        places = tuple(_found(text, span, right) for span in chosen)
        return Corrected(name, places, signed, released is not None)


def _spans(text: str, wrong: str) -> list[tuple[int, int]]:
    """Where the words stand in the body as words, however lines and apostrophes are written."""
    words = [re.sub(r"['’]", "['’]", re.escape(word)) for word in wrong.split()]
    first = r"(?<!\w)" if wrong.strip()[0].isalnum() else ""
    last = r"(?!\w)" if wrong.strip()[-1].isalnum() else ""
    body = text.index("\n---", 3) + 4
    hidden = [found.span() for found in _COMMENT.finditer(text)]
    return [
        found.span()
        for found in re.compile(first + r"\s+".join(words) + last).finditer(text, body)
        if not any(start <= found.start() < end for start, end in hidden)
    ]


def _chosen(
    text: str,
    spans: Sequence[tuple[int, int]],
    right: str,
    name: str,
    nth: int | None,
    everywhere: bool,
) -> list[tuple[int, int]]:
    if nth is not None and 1 <= nth <= len(spans):
        return [spans[nth - 1]]
    if everywhere or (len(spans) == 1 and nth is None):
        return list(spans)
    faults: list[Fault] = []
    for number, span in enumerate(spans, 1):
        found = _found(text, span, right)
        faults.append(fault("correct.place", Place(name, found.line), n=number, text=found.was))
    raise Fixable([*faults, fault("correct.which", n=len(spans))])


def _replaced(text: str, spans: Sequence[tuple[int, int]], right: str) -> str:
    for start, end in reversed(spans):
        text = text[:start] + right.strip() + text[end:]
    return text


def _found(text: str, span: tuple[int, int], right: str) -> Found:
    start, end = span
    before = text[text.rfind("\n", 0, start) + 1 : start]
    rest = text.find("\n", end)
    after = text[end : rest if rest >= 0 else len(text)]
    # Half a word would be heard as another one.
    if len(before) > _AROUND:
        before = before[-_AROUND:].partition(" ")[2] or before[-_AROUND:]
    if len(after) > _AROUND:
        after = after[:_AROUND].rpartition(" ")[0] or after[:_AROUND]
    line = text.count("\n", 0, start) + 1
    old = " ".join(text[start:end].split())
    return Found(line, f"{before}{old}{after}".strip(), f"{before}{right.strip()}{after}".strip())


def _refuse_new_points(before: Transcript, after: Transcript, name: str) -> None:
    """Raise :class:`Fixable` where the new words would shut the gate: a lost name, a doubt."""
    known = {(each.kind, str(each.facts)) for each in unfinished(before, name)}
    new = [each for each in unfinished(after, name) if (each.kind, str(each.facts)) not in known]
    if new:
        raise Fixable(new)


def _signed(was: str | None, by: str | None, name: str) -> str:
    """Whoever reviewed the text, and whoever corrects it now."""
    if not by and not was:
        raise Fixable(fault("correct.who", Place(name)))
    if by and was and by.casefold() not in was.casefold():
        return f"{was}, {by}"
    return was or by or ""
