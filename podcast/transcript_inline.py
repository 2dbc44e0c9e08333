"""Read and write what stands inside a paragraph: words, sounds, notes, doubts, other languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from podcast.rules import LANGUAGE
from podcast.transcript import Doubt, Foreign, Inline, InlineSound, NoteRef, Text

_INLINE = re.compile(
    r"\\(?P<escaped>[\\\[\]{}<])"
    r"|\[\^(?P<note>[\w-]+)\]"
    r"|\[(?P<sound>[^\[\]{}^][^\[\]{}]*)\]"
    r"|\{(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,4})*):\s*(?P<foreign>[^{}\[\]]+)\}"
    r"|\{(?P<doubt>[^{}\[\]]+)\?\}"
    r"|(?P<broken>[\[\]{}])"
)
_ESCAPED = re.compile(r"(\\(?=[\\\[\]{}<]|$)|[\[\]{}]|<(?=!--))")

Fail = Callable[..., None]


def read_inline(lines: Sequence[tuple[int, str]], fail: Fail) -> tuple[Inline, ...]:
    """The parts of a paragraph's numbered lines; ``fail(kind, line, **facts)`` hears of faults."""
    parts: list[Inline] = []
    text: list[str] = []  # joined once: adding to a string would copy a long paragraph each time

    def flush() -> None:
        if joined := "".join(text):
            parts.append(Text(joined))
        text.clear()

    for index, (number, line) in enumerate(lines):
        if index and line.strip(" \t"):
            text.append(" ")
        for written, _, match in _cut(line):
            if match is None:
                text.append(written)
            elif match["broken"]:
                fail("transcript.bracket", number, mark=match["broken"])
            else:
                flush()
                parts.append(_part(match, number, fail))
    flush()
    return tuple(parts)


def spoken_places(lines: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Each letter that is said, with its line and its place in it, both from 0.

    The letters are those of `Paragraph.spoken`, but for the spaces between them.
    """
    for number, line in enumerate(lines):
        for written, at, match in _cut(line):
            if match is not None:
                name = "foreign" if match["foreign"] else "doubt"
                written, at = match[name] or "", match.start(name)
            for place, letter in enumerate(written, at):
                if letter not in " \n\t":
                    yield letter, number, place


def _cut(line: str) -> Iterator[tuple[str, int, re.Match[str] | None]]:
    """Plain text with its place in the line, and what has a meaning of its own as a match."""
    end = len(line.rstrip(" \t"))
    at = len(line) - len(line.lstrip(" \t"))
    for match in _INLINE.finditer(line, at, end):
        yield line[at : match.start()], at, None
        at = match.end()
        if match["escaped"]:
            yield match["escaped"], match.start("escaped"), None
        else:
            yield match[0], match.start(), match
    yield line[at:end], at, None


def _part(match: re.Match[str], line: int, fail: Fail) -> Inline:
    if match["note"]:
        return NoteRef(match["note"], line)
    if match["sound"]:
        return InlineSound(match["sound"].strip())
    if match["foreign"]:
        try:
            LANGUAGE.test(match["language"])
        except ValueError:
            fail("transcript.language", line, tag=match["language"])
        return Foreign(match["foreign"].strip(), match["language"], line)
    return Doubt(match["doubt"], line)


def write_inline(parts: Sequence[Inline]) -> str:
    """The text that reads back as the same parts."""
    text = ""
    for part in parts:
        match part:
            case Text(words):
                text += _ESCAPED.sub(r"\\\1", words)
            case Doubt(words, _):
                text += "{" + words + "?}"
            case Foreign(words, language, _):
                text += "{" + f"{language}: {words}" + "}"
            case InlineSound(sound):
                text += f"[{sound}]"
            case NoteRef(id_, _):
                text += f"[^{id_}]"
    return text
