"""Read and write what stands inside a paragraph: words, sounds, notes, doubts, other languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

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

    for index, (number, raw) in enumerate(lines):
        line = raw.strip(" \t")
        if index and line:
            text.append(" ")
        at = 0
        for match in _INLINE.finditer(line):
            text.append(line[at : match.start()])
            at = match.end()
            if match["escaped"]:
                text.append(match["escaped"])
                continue
            if match["broken"]:
                fail("transcript.bracket", number, mark=match["broken"])
                continue
            flush()
            parts.append(_part(match, number, fail))
        text.append(line[at:])
    flush()
    return tuple(parts)


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
