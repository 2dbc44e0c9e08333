"""An episode's text to print in large letters, or to read so: a page that needs no other file.

18 points, sans serif, left aligned, one and a half lines apart, never hyphenated, black on white,
bold instead of italics, wide margins, numbered A4 pages: RNIB's Clear Print and the large print
guidance of UKAAF (G003).  Titles are larger and stand apart; names have a line of their own.  A
note stands below the paragraph that calls for it, and an acronym is written out, because paper
leads nowhere.  The letters may be made larger still before printing (the browser's zoom).
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape

from podcast.dates import long_date
from podcast.feed_text import clean
from podcast.pages.episode import LARGE_PRINT, PageText, Part
from podcast.published import PublishedEpisode
from podcast.wording import Wording

SUFFIX = LARGE_PRINT
MEDIA_TYPE = "text/html"
# The font of the site, where it is installed, or one that every system has.
_STYLE = """
@page { size: A4; margin: 20mm 20mm 25mm; @bottom-right { content: counter(page);
  font: 700 18pt "Atkinson Hyperlegible Next", Verdana, Arial, sans-serif; } }
html { font: 18pt/1.5 "Atkinson Hyperlegible Next", "Atkinson Hyperlegible", Verdana, Arial,
  "Liberation Sans", sans-serif; color: #000; background: #fff; text-align: left; hyphens: manual;
  overflow-wrap: break-word; text-size-adjust: 100%; font-variant-ligatures: none; }
body { max-width: 34em; margin: 0 auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.25; break-after: avoid; text-wrap: balance; }
h1 { font-size: 1.6em; margin: 1em 0 0.5em; }
h2 { font-size: 1.35em; margin: 1.5em 0 0.5em; }
h3 { font-size: 1.2em; margin: 1.5em 0 0.5em; }
p, li { margin: 0 0 0.9em; orphans: 3; widows: 3; }
b { display: block; break-after: avoid; }
i { font-style: normal; }
a { color: inherit; }
a:focus-visible { outline: 3px solid; outline-offset: 3px; }
.falc { margin: 1em 0; padding: 0 1em; border: 2pt solid; break-inside: avoid; }
.falc h2 { margin-top: 0.75em; }
.note { margin-left: 1.5em; padding-left: 0.75em; border-left: 3pt solid; }
@media print { body { max-width: none; padding: 0; } a { text-decoration: none; } }
"""
_POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"


def render(published: PublishedEpisode, text: PageText, show: str, page: str) -> bytes:
    """The whole file; ``show`` is the show's title, ``page`` the address of the episode's page."""
    episode, words = published.episode, Wording(published.language)
    digest = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    chapters = text.chapters
    told = [
        words.say("book.of", show=show),
        long_date(episode.date, published.language),
        episode.summary,
    ]
    body = [
        f"<h1>{_shown(episode.title)}</h1>",
        *_falc(episode.falc, words),
        *(f"<p>{_shown(each)}</p>" for each in told if each),
        f'<p>{_shown(words.say("book.on_site"))} <a href="{_inside(page)}">{_shown(page)}</a></p>',
        f"<p>{_shown(text.provenance)}</p>",
    ]
    if len(chapters) > 1:
        body += [
            f'<nav aria-labelledby="contents">\n<h2 id="contents">'
            f"{_shown(words.say('book.contents'))}</h2>\n<ol>",
            *(
                f'<li><a href="#{_inside(each.id)}">{_shown(each.text)}</a></li>'
                for each in chapters
            ),
            "</ol>\n</nav>",
        ]
    body.append(f"<h2>{_shown(words.say('page.transcript'))}</h2>")
    body += _blocks(text, words)
    language = _inside(published.language)
    title = _shown(f"{episode.title} – {words.say('book.large')}")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY.format(digest)}">\n'
        f"<title>{title}</title>\n"
        '<meta name="robots" content="noindex">\n'
        f'<link rel="canonical" href="{_inside(page)}">\n<style>{_STYLE}</style>\n</head>\n<body>\n'
        "<main>\n" + "\n".join(body) + "\n</main>\n</body>\n</html>\n"
    ).encode()


def _falc(lines: Sequence[str], words: Wording) -> Iterator[str]:
    if lines:
        yield '<section class="falc" aria-labelledby="falc">'
        yield f'<h2 id="falc">{_shown(words.say("page.falc"))}</h2>'
        yield from (f"<p>{_shown(line)}</p>" for line in lines)
        yield "</section>"


def _blocks(text: PageText, words: Wording) -> Iterator[str]:
    notes = {note.number: note.text for note in text.notes}
    for block in text.blocks:
        if block.kind == "chapter":
            yield f'<h3 id="{_inside(block.id)}">{_shown(block.text)}</h3>'
        elif block.kind == "sound":
            yield f"<p>[{_shown(block.credited)}]</p>"
        else:
            name = _shown(words.say("page.speaker", name=block.speaker))
            said = "".join(_part(part, words) for part in block.parts)
            yield f"<p>{f'<b>{name}</b> ' if block.speaker else ''}{said}</p>"
            yield from _below(block.parts, notes, words)


def _below(parts: Sequence[Part], notes: dict[int, str], words: Wording) -> Iterator[str]:
    for part in parts:
        if part.kind == "note" and part.number in notes:
            said = words.say("page.note_below", number=part.number, text=notes.pop(part.number))
            yield f'<p class="note">{_shown(said)}</p>'


def _part(part: Part, words: Wording) -> str:
    match part.kind:
        case "abbr":
            return f"{_shown(part.text)} ({_shown(part.title)})"
        case "foreign":
            return f'<i lang="{_inside(part.language)}">{_shown(part.text)}</i>'
        case "sound":
            return f"[{_shown(part.text)}]"
        case "note":
            return f" ({_shown(words.say('page.note', number=part.number))})"
    return _shown(part.text)


def _shown(text: str) -> str:
    return escape(clean(text), quote=False)


def _inside(text: str) -> str:
    return escape(clean(text))
