"""Turn other people's HTML into the Markdown that producers edit: the one door to markdownify."""

from __future__ import annotations

import html
import re

from podcast import notes_html

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]\w+|#\d+|#x[\da-fA-F]+);")
_ENDS = re.compile(r"<br\s*/?>|</(?:p|div|li|h\d|tr|blockquote)\s*>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]»]")
_SPACE = re.compile(r"[ \t\r\f\v]+")
_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def to_markdown(text: str) -> str:
    """Markdown that shows what an HTML text shows, without what is not safe; plain text stays.

    Reading it with :func:`podcast.notes_html.to_html` gives the same words, links and lists.
    """
    from markdownify import markdownify

    markup = text if _MARKUP.search(text) else _paragraphs(text)
    made: str = markdownify(
        notes_html.cleaned(markup), heading_style="ATX", bullets="-", escape_misc=True
    )
    return _EMPTY_LINES.sub("\n\n", made).strip()


def to_plain(text: str) -> str:
    """The words of an HTML text, a line for each of its paragraphs; plain text stays."""
    if _MARKUP.search(text):
        text = html.unescape(notes_html.bare(_ENDS.sub("\n", text.replace("\n", " "))))
    lines = (_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _paragraphs(text: str) -> str:
    """Plain text as HTML: an empty line parts paragraphs, web addresses are links."""
    linked = _ADDRESS.sub(lambda m: f'<a href="{m[0]}">{m[0]}</a>', html.escape(text, quote=False))
    parts = (part.strip() for part in _EMPTY_LINES.split(linked.replace("\r\n", "\n")))
    return "".join("<p>" + part.replace("\n", "<br>") + "</p>" for part in parts if part)
