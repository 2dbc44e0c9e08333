"""A show that uses everything its feed can say, without any sound."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import small_site

from podcast import feed
from podcast.feed_plan import feed_pages
from podcast.published import Enclosure, Publication, PublishedEpisode, in_order
from podcast.show import Show, read_show
from podcast.transcript import Chapter

KEYS = """
type: serial
medium: course
locked: false
complete: true
block_services: [spotify, Amazon]
hub: https://hub.example.org/
funding: [{url: "https://example.org/dons?a=1&b=2", text: "Nous soutenir & plus"}]
location:
  - {name: Lyon, geo: "45.7578, 4.8320", osm: R120965, country: fr}
  - {name: Paris, rel: creator}
txt: [{text: "a<b>&c", purpose: applepodcastsverify}, {text: sans but}]
update_frequency: {text: Dix lundis, rrule: "FREQ=WEEKLY;COUNT=10", start: 2026-10-05}
publisher: {guid: 003af0a0-6a45-55cf-b765-68e3d349551a, url: "https://example.org/p.xml"}
podroll: [{guid: 29cdca4a-32d8-56ba-b48b-09a011c5daa9, title: Voisins}]
seasons: {1: Au travail, 2: "À l'école"}
"""
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
EPISODE = """
number: 2
season: 2
display: Chapitre 2
explicit: true
cover: mine.png
cover_alt: Un chat
license: Maison
license_url: https://example.org/licence
people: [conseillere]
location: [{name: Brest}]
funding: [{url: "https://example.org/ep", text: Cet épisode}]
txt: [{text: "true", purpose: ai-content}]
soundbites: [{start: "0:10", end: "0:40.5", title: Le meilleur}, {start: "1:00", end: "1:20"}]
"""


def show(extra: str = "") -> Show:
    sample = small_site.SAMPLE.partition("\nupdate_frequency:")[0]
    return read_show(sample + KEYS + extra, "podcast.yaml")


def with_sounds(published: PublishedEpisode) -> PublishedEpisode:
    """The episode with chapters and other kinds of file."""
    slug, length_ms = published.episode.slug, published.enclosure.duration_ms
    return replace(
        published,
        chapters=(Chapter(5000, "Débuts & <fins>"), Chapter(3_700_500, "Après une heure")),
        enclosure=replace(published.enclosure, sha256=SHA),
        alternates=(
            Enclosure(f"audio/{slug}.1.m4a", 9_000, "audio/mp4", length_ms, SHA),
            Enclosure(f"audio/{slug}.2.opus", 5_000, "audio/ogg", length_ms, SHA),
        ),
    )


@cache
def publication(extra: str = "") -> Publication:
    of = show(extra)
    trailer = small_site.episode(of, "annonce", "2026-09-01", head="type: trailer\nseason: 2\n")
    plain = small_site.episode(of, "premier", "2026-10-05", head="number: 1\nseason: 2\n")
    rich = with_sounds(small_site.episode(of, "second", "2026-11-02", head=EPISODE))
    return in_order(of, [plain, rich, trailer])


def content(made: Publication | None = None) -> bytes:
    made = made or publication()
    return feed.render(made.show, feed_pages(made)[0], "feed.css")
