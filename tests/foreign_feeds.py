"""Feeds as three kinds of host write them, made from a few values: no real feed is copied here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape

_ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
_CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
_ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'
_P20 = 'xmlns:podcast="https://podcastindex.org/namespace/1.0"'
SHOW_GUID = "917393e3-1b1e-5cef-ace4-edaa54e1f810"


@dataclass(frozen=True)
class Told:
    """An item that a host publishes."""

    guid: str
    title: str
    date: datetime
    sound: str
    length: int
    notes: str


def told(count: int, address: str, style: str, length: int = 1) -> list[Told]:
    """Items with the identifiers, dates and notes of a style, the newest first."""
    return [_item(n, address, style, length) for n in range(count, 0, -1)]


def _item(n: int, address: str, style: str, length: int) -> Told:
    sound = f"{address}/sound/{n}.mp3"
    if style == "hosted":
        # Opaque identifiers of a database; the summer time of Paris.
        zone = timezone(timedelta(hours=2 if n % 2 else 1))
        date = datetime(2015, 1, 1, 6, 30, tzinfo=zone) + timedelta(days=2 * n)
        return Told(
            f"{n * 7919:024x}", f"L'épisode n° {n} : « à l'écoute »", date, sound, length,
            f"<p>Bonjour, voici l'épisode <b>{n}</b>.<br>Le site&nbsp;: "
            f'<a href="https://example.org/?a=1&amp;b={n}">ici</a></p>'
            "<script>alert(1)</script><ul><li>un</li><li>deux * trois</li></ul>"
            "<p>Hébergé par quelqu'un.</p>",
        )  # fmt: skip
    if style == "podlove":
        date = datetime(2012, 3, 4, 20, 15, 30, tzinfo=UTC) + timedelta(days=3 * n)
        return Told(
            f"podlove-{date:%Y-%m-%dt%H-%M-%S}+00:00-{n:08x}", f"ABC{n:03} Über Ähren & Öl", date,
            sound, length, f"<p>Notes {n}</p>\n<h2>Liens</h2>\n<p><em>fin</em></p>",
        )  # fmt: skip
    date = datetime(2019, 6, 1, 23, 59, 59, tzinfo=UTC) + timedelta(days=n)
    # The same title again and again; notes in plain text.
    return Told(
        f"https://anchor.example/episode-{n}-e{n:06x}", "Bonus", date, sound, length,
        f"Texte simple {n}, 3 < 4.\n\nhttps://example.org/{n}",
    )  # fmt: skip


def _head(title: str, more: str, spaces: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {_ITUNES} {spaces}>\n'
        f"<channel>\n<title>{escape(title)}</title>\n<link>https://example.org/show</link>\n{more}"
    )


def hosted(items: list[Told], address: str, extra: str = "") -> bytes:
    """As Ausha and Acast write: CDATA, opaque guids, owner, an old category, seasons."""
    head = _head(
        "À l'écoute des métiers",
        "<description><![CDATA[<p>Le podcast des <b>métiers</b>.</p><p>Chaque lundi.</p>]]>"
        "</description>\n<language>fr-fr</language>\n<copyright>© 2015-2024 L'équipe</copyright>\n"
        f'<itunes:image href="{address}/cover.png"/>\n<itunes:author>L\'équipe</itunes:author>\n'
        "<itunes:owner><itunes:name>L'équipe</itunes:name><itunes:email>eq@example.org"
        "</itunes:email></itunes:owner>\n<itunes:explicit>clean</itunes:explicit>\n"
        '<itunes:category text="Games &amp; Hobbies"><itunes:category text="Hobbies"/>'
        f"</itunes:category>\n{extra}",
        f"{_CONTENT} {_ATOM}",
    )
    body = "".join(
        f"<item><title><![CDATA[{one.title}]]></title>"
        f'<guid isPermaLink="false">{one.guid}</guid>'
        f"<pubDate>{format_datetime(one.date)}</pubDate>"
        f'<enclosure url="{one.sound}?dest-id=1&amp;x=2" length="{one.length}" type="audio/mpeg"/>'
        f"<description><![CDATA[{one.notes}]]></description>"
        f"<content:encoded><![CDATA[{one.notes}]]></content:encoded>"
        f"<itunes:season>{1 + n // 10}</itunes:season><itunes:episode>{n + 1}</itunes:episode>"
        f"<itunes:episodeType>{'trailer' if n == 0 else 'full'}</itunes:episodeType>"
        f"<itunes:explicit>{'yes' if n == 1 else 'no'}</itunes:explicit></item>\n"
        for n, one in reversed(list(enumerate(reversed(items))))
    )
    return f"{head}{body}</channel></rss>\n".encode()


def podlove(items: list[Told], address: str, page: int = 1, pages: int = 1) -> bytes:
    """As Podlove writes: RFC 5005 pages, simple chapters, transcripts, contributors."""
    links = f'<atom:link rel="self" href="{address}/feed.xml"/>\n'
    if page < pages:
        links += f'<atom:link rel="next" href="{address}/feed.xml?paged={page + 1}"/>\n'
    head = _head(
        "Das Ährenradio",
        f"{links}<description>Ein Podcast &amp; mehr</description>\n<language>de-DE</language>\n"
        f"<podcast:guid>{SHOW_GUID}</podcast:guid>\n<podcast:locked>no</podcast:locked>\n"
        "<podcast:person href='https://example.org/k'>Käthe Groß</podcast:person>\n"
        '<itunes:category text="Science"><itunes:category text="Earth Sciences"/>'
        "</itunes:category>\n",
        f'{_CONTENT} {_ATOM} {_P20} xmlns:psc="http://podlove.org/simple-chapters/"',
    )
    body = "".join(
        f"<item><title>{escape(one.title)}</title><guid isPermaLink='false'>{one.guid}</guid>"
        f"<pubDate>{format_datetime(one.date, usegmt=True)}</pubDate>"
        f'<enclosure url="{one.sound}" length="{one.length}" type="audio/mpeg"/>'
        f"<itunes:subtitle>Kurz gesagt</itunes:subtitle>"
        f"<content:encoded><![CDATA[{one.notes}]]></content:encoded>"
        '<podcast:person role="guest" group="cast">Jörg</podcast:person>'
        '<psc:chapters version="1.2"><psc:chapter start="00:00:00.000" title="Anfang"/>'
        '<psc:chapter start="00:00:04.500" title="Über Öl"/></psc:chapters>'
        f'<podcast:transcript url="{address}/text/{one.guid[-8:]}.vtt" type="text/vtt"/>'
        "</item>\n"
        for one in items
    )
    return f"{head}{body}</channel></rss>\n".encode()


def anchored(items: list[Told], address: str, guid: str = "{}", extra: str = "") -> bytes:
    """As Anchor and Spotify write: one title for many, permalinks, an e-mail with a name."""
    head = _head(
        "Mon podcast",
        "<description>Texte simple</description>\n<language>fr</language>\n"
        f"<managingEditor>moi@example.org (Moi)</managingEditor>\n{extra}"
        f"<image><url>{address}/cover.jpg</url><title>x</title></image>\n"
        '<itunes:category text="Society &amp; Culture"/>\n',
        _CONTENT,
    )
    body = "".join(
        f"<item><title>{escape(one.title)}</title><description>{escape(one.notes)}</description>"
        f"<guid>{escape(guid.format(one.guid))}</guid>"
        f"<pubDate>{format_datetime(one.date, usegmt=True)}</pubDate>"
        f'<enclosure url="/sound/{one.sound.rpartition("/")[2]}" length="0" type="audio/x-m4a"/>'
        "</item>\n"
        for one in items
    )
    return f"{head}{body}</channel></rss>\n".encode()
