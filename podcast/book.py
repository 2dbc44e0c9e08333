"""An episode's text as a book (EPUB 3.3), for reading machines, braille displays and large letters.

It holds what the page holds of the words: chapters as a table of contents, names, sounds, notes
with the way back.  Nothing is drawn by a script or said by a colour.  The rules are those of EPUB
3.3 and of EPUB Accessibility 1.1 (metadata); RGAA 13.3 names EPUB as an accessible format.  The
same episode gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from podcast.feed_text import clean
from podcast.pages.episode import BOOK, PageBlock, PageText, Part
from podcast.published import PublishedEpisode
from podcast.wording import Wording

SUFFIX = BOOK
MEDIA_TYPE = "application/epub+zip"
_CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
# Sizes and colours are the reader's own: the book asks for little.
_STYLE = """body { margin: 0 5%; line-height: 1.5; text-align: start; }
h1, h2 { line-height: 1.25; break-after: avoid; }
p { margin: 0 0 1em; }
.sound { font-style: normal; }
nav ol, .notes ol { padding-inline-start: 1.5em; }
.notes li { margin-bottom: 0.5em; }
"""


def render(published: PublishedEpisode, text: PageText, show: str, page: str) -> bytes:
    """The whole file; ``show`` is the show's title, ``page`` the address of the episode's page."""
    words = Wording(published.language)
    parts = {
        "META-INF/container.xml": _CONTAINER,
        "book/package.opf": _package(published, words, show, page),
        "book/contents.xhtml": _contents(published, text, words),
        "book/text.xhtml": _text(published, text, words, show, page),
        "book/style.css": _STYLE,
    }
    made = BytesIO()
    with ZipFile(made, "w") as book:
        # Readers tell a book by its first bytes: this file comes first and is not packed.
        book.writestr(_named("mimetype", ZIP_STORED), MEDIA_TYPE)
        for name, content in parts.items():
            book.writestr(_named(name, ZIP_DEFLATED), content, compresslevel=6)
    return made.getvalue()


def _named(name: str, packed: int) -> ZipInfo:
    made = ZipInfo(name)  # its date is the first of 1980, never the clock's
    made.compress_type = packed
    made.create_system = 3
    return made


def _package(published: PublishedEpisode, words: Wording, show: str, page: str) -> str:
    episode = published.episode
    changed = episode.date.astimezone(UTC)
    number = episode.number
    metadata = [
        f'<dc:identifier id="guid">{_shown(episode.guid)}</dc:identifier>',
        f"<dc:title>{_shown(episode.title)}</dc:title>",
        f"<dc:language>{_shown(published.language)}</dc:language>",
        *(f"<dc:creator>{_shown(name)}</dc:creator>" for name in published.speakers),
        f"<dc:publisher>{_shown(show)}</dc:publisher>",
        f"<dc:date>{episode.date.isoformat()}</dc:date>",
        f"<dc:description>{_shown(episode.summary)}</dc:description>",
        f"<dc:source>{_shown(page)}</dc:source>",
        f'<meta property="dcterms:modified">{changed:%Y-%m-%dT%H:%M:%SZ}</meta>',
        f'<meta property="belongs-to-collection" id="show">{_shown(show)}</meta>',
        '<meta refines="#show" property="collection-type">series</meta>',
        f'<meta refines="#show" property="group-position">{number}</meta>' if number else "",
        '<meta property="schema:accessMode">textual</meta>',
        '<meta property="schema:accessModeSufficient">textual</meta>',
        *(
            f'<meta property="schema:accessibilityFeature">{feature}</meta>'
            for feature in (
                "displayTransformability", "readingOrder", "structuralNavigation",
                "tableOfContents",
            )
        ),
        '<meta property="schema:accessibilityHazard">none</meta>',
        f'<meta property="schema:accessibilitySummary">{_shown(words.say("book.summary"))}</meta>',
    ]  # fmt: skip
    told = "\n".join(filter(None, metadata))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="guid" '
        f'xml:lang="{_inside(published.language)}">\n'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n{told}\n</metadata>\n'
        "<manifest>\n"
        '<item id="contents" href="contents.xhtml" media-type="application/xhtml+xml" '
        'properties="nav"/>\n'
        '<item id="text" href="text.xhtml" media-type="application/xhtml+xml"/>\n'
        '<item id="style" href="style.css" media-type="text/css"/>\n'
        "</manifest>\n"
        '<spine>\n<itemref idref="text"/>\n</spine>\n'
        "</package>\n"
    )


def _contents(published: PublishedEpisode, text: PageText, words: Wording) -> str:
    places = [
        ("start", published.episode.title),
        ("transcript", words.say("page.transcript")),
        *((block.id, block.text) for block in text.chapters),
        *([("notes", words.say("page.notes"))] if text.notes else []),
    ]
    links = "\n".join(
        f'<li><a href="text.xhtml#{_inside(place)}">{_shown(title)}</a></li>'
        for place, title in places
    )
    title = _shown(words.say("book.contents"))
    return _document(
        published,
        '<nav epub:type="toc" role="doc-toc" aria-labelledby="title">\n'
        f'<h1 id="title">{title}</h1>\n<ol>\n{links}\n</ol>\n</nav>',
    )


def _text(published: PublishedEpisode, text: PageText, words: Wording, show: str, page: str) -> str:
    episode = published.episode
    listen = _shown(words.say("book.listen"))
    body = [
        f'<section aria-labelledby="start">\n<h1 id="start">{_shown(episode.title)}</h1>',
        f"<p>{_shown(words.say('book.of', show=show))}</p>",
        *_falc(episode.falc, words),
        f"<p>{_shown(episode.summary)}</p>" if episode.summary else "",
        f'<p><a href="{_inside(page)}">{listen}</a></p>',
        f"<p>{_shown(text.provenance)}</p>\n</section>",
        '<section aria-labelledby="transcript">',
        f'<h2 id="transcript">{_shown(words.say("page.transcript"))}</h2>',
        *_blocks(text.blocks, words),
        "</section>",
    ]
    if text.notes:
        body += [
            '<section class="notes" epub:type="endnotes" role="doc-endnotes" '
            'aria-labelledby="notes">',
            f'<h2 id="notes">{_shown(words.say("page.notes"))}</h2>\n<ol>',
            *(
                f'<li id="note{note.number}"><p>{_shown(note.text)} '
                f'<a href="#ref{note.number}" epub:type="backlink" role="doc-backlink">'
                f"{_shown(words.say('page.back', number=note.number))}</a></p></li>"
                for note in text.notes
            ),
            "</ol>\n</section>",
        ]
    return _document(published, "\n".join(filter(None, body)))


def _falc(lines: Sequence[str], words: Wording) -> Iterator[str]:
    if lines:
        yield '<section aria-labelledby="falc">'
        yield f'<h2 id="falc">{_shown(words.say("page.falc"))}</h2>'
        yield from (f"<p>{_shown(line)}</p>" for line in lines)
        yield "</section>"


def _blocks(blocks: Sequence[PageBlock], words: Wording) -> Iterator[str]:
    open_chapter = False
    for block in blocks:
        if block.kind == "chapter":
            end = "</section>\n" if open_chapter else ""
            open_chapter = True
            yield (
                f'{end}<section aria-labelledby="{_inside(block.id)}">\n'
                f'<h3 id="{_inside(block.id)}">{_shown(block.text)}</h3>'
            )
        elif block.kind == "sound":
            yield f'<p class="sound">[{_shown(block.credited)}]</p>'
        else:
            name = f"<b>{_shown(words.say('page.speaker', name=block.speaker))}</b> "
            said = "".join(_part(part) for part in block.parts)
            yield f"<p>{name if block.speaker else ''}{said}</p>"
    if open_chapter:
        yield "</section>"


def _part(part: Part) -> str:
    match part.kind:
        case "abbr":
            return f'<abbr title="{_inside(part.title)}">{_shown(part.text)}</abbr>'
        case "foreign":
            language = _inside(part.language)
            return f'<i lang="{language}" xml:lang="{language}">{_shown(part.text)}</i>'
        case "sound":
            return f"[{_shown(part.text)}]"
        case "note":
            place = f' id="ref{part.number}"' if part.first else ""
            return (
                f'<a href="#note{part.number}"{place} epub:type="noteref" role="doc-noteref">'
                f"({part.number})</a>"
            )
    return _shown(part.text)


def _document(published: PublishedEpisode, body: str) -> str:
    language = _inside(published.language)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="{language}" xml:lang="{language}">\n'
        f"<head>\n<title>{_shown(published.episode.title)}</title>\n"
        '<link rel="stylesheet" href="style.css"/>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _shown(text: str) -> str:
    return escape(clean(text), quote=False)


def _inside(text: str) -> str:
    return escape(clean(text))
