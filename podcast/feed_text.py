"""Texts as apps want them in feeds: cleaned, cut, and show notes with the transcript first."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from markupsafe import Markup, escape

from podcast.dates import long_date
from podcast.notes_html import to_html
from podcast.published import PublishedEpisode
from podcast.show import Show
from podcast.timecode import split
from podcast.wording import Wording

DESCRIPTION_BYTES = 4000
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_HREF = re.compile(r'href="(?!https?:|mailto:)([^"]*)"')
_SENTENCE = re.compile(r"[.!?…](?:\s?[»”’\"')\]])*(?=\s)")


def clean(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold (section 2.2)."""
    return _FORBIDDEN.sub("", text)


def title(text: str) -> str:
    """A title that survives apps that read it as HTML: AntennaPod loses what follows ``<b``.

    A ``<`` that could begin a tag is followed by a space, which every reader shows and says alike.
    """
    return _TAG.sub("< ", clean(text))


def cut(text: str, most: int = DESCRIPTION_BYTES) -> str:
    """The beginning of a text, in so many bytes: whole sentences, or else whole words and « … »."""
    text = clean(text).strip()
    if len(text.encode()) <= most:
        return text
    fits = text.encode()[: most - 3].decode(errors="ignore")
    ends = [found.end() for found in _SENTENCE.finditer(fits)]
    if ends and ends[-1] * 2 > len(fits):
        return fits[: ends[-1]].strip()
    words = fits.rsplit(None, 1)[0] if fits.split()[1:] else fits
    return words.rstrip(" ,;:") + "…"


def notes(show: Show, published: PublishedEpisode, among: bool = False) -> str:
    """Show notes for apps: the way to the transcript, what is easy to read, times, the rest.

    ``among`` other shows' episodes the show is named behind the first of these.
    """
    words = Wording(published.episode.language)
    page = show.url(f"{published.folder}/")
    date = long_date(published.episode.date, published.episode.language)
    link = Markup('<p><a href="{}">{}</a></p>')
    first = link.format(f"{page}#transcript", words.say("feed.transcript_link", date=date))
    if among:
        first += "\n" + link.format(show.address, words.say("feed.of_show", show=show.title))
    written = (to_html(published.episode.summary), to_html(published.episode.notes))
    times = _times(published, page, words)
    parts = (first, _falc(published, words), times, *(_absolute(part, page) for part in written))
    return clean("\n".join(part for part in parts if part))


def _falc(published: PublishedEpisode, words: Wording) -> str:
    """The easy summary under its name; an app's reader has no other way to know what it is."""
    if not published.episode.falc:
        return ""
    heading = Markup("<p><strong>{}</strong></p>").format(words.say("page.falc"))
    return "\n".join([heading, *(Markup("<p>{}</p>").format(s) for s in published.episode.falc)])


def _absolute(html: str, page: str) -> str:
    """Addresses that are relative to the episode's page, in full: apps do not know the page."""
    return _HREF.sub(lambda found: f'href="{urljoin(page, found[1])}"', html)


def _times(published: PublishedEpisode, page: str, words: Wording) -> str:
    """Each chapter with its time, the first at 00:00:00; apps make the bare times links themselves.

    The title leads to the moment on the page: a link that is called by a time says nothing.
    """
    marks = [(chapter.start_ms, chapter.title) for chapter in published.chapters]
    if not marks:
        return ""
    if marks[0][0] >= 1000:
        marks.insert(0, (0, words.say("feed.beginning")))
    lines = ["<ul>"]
    for ms, name in marks:
        hours, minutes, seconds, _ = split(ms)
        time = f"{hours:02}:{minutes:02}:{seconds:02}"
        address = escape(f"{page}#t={ms // 1000}")
        lines.append(f'<li>{time} <a href="{address}">{escape(name)}</a></li>')
    return "\n".join([*lines, "</ul>"])
