"""Turn the Markdown that producers write into HTML that can be trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup

_TAGS = {"p", "br", "a", "em", "strong", "ul", "ol", "li", "blockquote", "h3", "h4", "code"}
_HEADING = re.compile(r"<h([1-6])([\s>].*?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
_TOP = re.compile(r"<(/?)h[12]([\s>])", re.IGNORECASE)
_BOLD, _ITALIC = (re.compile(rf"<(/?){tag}([\s>])", re.IGNORECASE) for tag in "bi")


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})


_made_before: dict[str, str] = {}


def known(html: Mapping[str, str]) -> None:
    """What :func:`to_html` made of notes in another run of this very program, by their Markdown.

    To load what reads Markdown takes longer than all that is done with it.
    """
    _made_before.update(html)


# The feeds, in both their forms, and a page ask for the same.
@lru_cache(maxsize=8192)
def to_html(markdown: str, top: int = 3) -> Markup:
    """Clean HTML: what is not in the list of plain elements is left out (WCAG does the rest).

    With ``top`` 2 it is a page's only text: its headings stand right below the page's own, whatever
    level they are written at, and none is left out (RGAA 9.1).
    """
    if top == 3 and (before := _made_before.get(markdown)) is not None:
        return Markup(before)
    html = str(_markdown().render(markdown))
    # The one place where HTML is taken for safe.
    return Markup(cleaned(html) if top == 3 else cleaned(_levelled(html, top), _TAGS | {"h2"}))


def _levelled(html: str, top: int) -> str:
    """Headings from ``top`` on, at most one level below the one before."""
    levels = sorted({found[1] for found in _HEADING.finditer(html)})
    before = top - 1

    def level(found: re.Match[str]) -> str:
        nonlocal before
        before = min(top + levels.index(found[1]), before + 1, 4)
        return f"<h{before}{found[2]}</h{before}>"

    return _HEADING.sub(level, html)


def cleaned(html: str, tags: Set[str] = _TAGS) -> str:
    """HTML of which only the plain elements are left, well formed, with links to the web."""
    import nh3

    if "h2" not in tags:
        # The page has its own h1 and h2: a heading in the notes stands below them.
        html = _TOP.sub(r"<\1h3\2", html)
    html = _BOLD.sub(r"<\1strong\2", _ITALIC.sub(r"<\1em\2", html))
    clean = nh3.clean(
        html,
        tags=set(tags),
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return clean.strip()


def bare(html: str) -> str:
    """HTML without any element; ``&amp;`` and its like stay."""
    import nh3

    return nh3.clean(html, tags=set())
