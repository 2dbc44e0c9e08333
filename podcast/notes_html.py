"""Turn the Markdown that producers write into HTML that can be trusted."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from markupsafe import Markup

_TAGS = {"p", "br", "a", "em", "strong", "ul", "ol", "li", "blockquote", "h3", "h4", "code"}
_TOP = re.compile(r"<(/?)h[12]([\s>])", re.IGNORECASE)
_BOLD, _ITALIC = (re.compile(rf"<(/?){tag}([\s>])", re.IGNORECASE) for tag in "bi")


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})


def to_html(markdown: str) -> Markup:
    """Clean HTML: what is not in the list of plain elements is left out (WCAG does the rest)."""
    # The one place where HTML is taken for safe.
    return Markup(cleaned(_markdown().render(markdown)))


def cleaned(html: str) -> str:
    """HTML of which only the plain elements are left, well formed, with links to the web."""
    import nh3

    # The page has its own h1 and h2: a heading in the notes stands below them.
    html = _TOP.sub(r"<\1h3\2", html)
    html = _BOLD.sub(r"<\1strong\2", _ITALIC.sub(r"<\1em\2", html))
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return clean.strip()


def bare(html: str) -> str:
    """HTML without any element; ``&amp;`` and its like stay."""
    import nh3

    return nh3.clean(html, tags=set())
