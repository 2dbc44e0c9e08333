"""Take out of a script's lines what is not said: Markdown's signs, private comments, a head."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from podcast.script import Line

# Escaped signs wait as private characters until everything else is read.
_KEPT = "\\[]{}<>#`"
_HIDE = {ord(sign): 0x10FF00 + i for i, sign in enumerate(_KEPT)}
_SHOW = {hidden: sign for sign, hidden in _HIDE.items()}
_ESCAPE = re.compile(rf"\\([{re.escape(_KEPT)}])")
_EMPHASIS = re.compile(
    r"(?:(?<=[\s«“\"(\[—–-])|^)(\*{1,3}|_{1,3})(?=[^\s*_])(.{1,300}?)(?<=\S)\1(?![\w*_])"
)
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]\([^()\s]{0,500}\)")
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\((?:https?://|mailto:|/|#|\.)[^()\s]{0,500}\)")
_TAG = re.compile(
    r"</?(?:b|i|em|strong|u|br|p|span|div|sup|sub|font)\b[^<>]{0,200}>", re.IGNORECASE
)
_BULLET = re.compile(r"(?:>\s?)+|•\s*")
_HEAD_LINE = re.compile(r"\s*(?:[\w][\w .-]{0,40}:(?:\s.*)?|-\s.*|#.*|)")
_STAR = re.compile(r"\\([*_])")
_UNDERLINE = re.compile(r"={3,}")
_LONGEST_HEAD = 60


def unmarked(lines: Sequence[Line]) -> list[Line]:
    """The lines as they are to be read; their numbers stay."""
    kept = _without_comments(_without_head(lines))
    plain = [replace(line, text=_plain(line.text)) for line in kept]
    for index in range(1, len(plain)):
        above = plain[index - 1].text
        if above.strip() and _UNDERLINE.fullmatch(plain[index].text.strip()):
            plain[index - 1] = replace(plain[index - 1], text=f"# {above.strip()}")
    return plain


def restore(text: str) -> str:
    """Escaped signs as the signs themselves."""
    return text.translate(_SHOW)


def _plain(text: str) -> str:
    text = _ESCAPE.sub(lambda m: m[1].translate(_HIDE), text)
    if "*" in text or "_" in text:
        starred = _STAR.sub(lambda m: "\ue000" if m[1] == "*" else "\ue001", text)
        for _ in range(2):  # bold inside italic
            starred = _EMPHASIS.sub(r"\2", starred)
        text = starred.replace("\ue000", "*").replace("\ue001", "_")
    if "](" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    if "<" in text:
        text = _TAG.sub("", text)
    stripped = text.lstrip()
    if bullet := _BULLET.match(stripped):
        text = stripped[bullet.end() :]
    return text


def _without_head(lines: Sequence[Line]) -> Sequence[Line]:
    """Leave out a YAML head between two lines of three dashes."""
    if not lines or lines[0].text.strip() != "---":
        return lines
    for index, line in enumerate(lines[1:_LONGEST_HEAD], 1):
        if line.text.strip() == "---":
            return lines[index + 1 :]
        if not _HEAD_LINE.fullmatch(line.text):
            break
    return lines


def _without_comments(lines: Sequence[Line]) -> list[Line]:
    """Leave out ``<!-- private -->`` parts, over several lines too; one left open hides nothing."""
    last = max((i for i, line in enumerate(lines) if "-->" in line.text), default=-1)
    kept: list[Line] = []
    inside = False
    for index, line in enumerate(lines):
        text, shown = line.text, ""
        was_private = inside
        while text:
            if inside:
                _, end, text = text.partition("-->")
                inside = not end
                continue
            before, begin, text = text.partition("<!--")
            shown += before
            if begin:
                was_private = True
                inside = "-->" in text or index < last
        if shown.strip() or not was_private:
            kept.append(replace(line, text=shown))
    return kept
