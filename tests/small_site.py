"""Sites made without any sound: a show from YAML, episodes from a few values, pages from both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from conftest import ROOT
from lxml import html

from podcast import palette
from podcast.assembly import texts_of, transcript
from podcast.episode import read_episode
from podcast.pages import Around, Page, embed, kinds
from podcast.pages.episode import PageText
from podcast.published import (
    Enclosure,
    Publication,
    PublishedEpisode,
    WholeEpisode,
    in_order,
    whole,
)
from podcast.show import Show, read_show
from podcast.theme import Theme, built_in
from podcast.timeline import make_timeline
from podcast.transcript import MachineWords, Paragraph, Speaker, Text, Transcript, Word

SAMPLE = (ROOT / "podcast.yaml").read_text("utf-8")
THEME = Theme((built_in(),), {palette.FILE: palette.style_sheet().encode()})


def show(extra: str = "", language: str = "fr") -> Show:
    """The sample show with more keys."""
    return read_show(
        SAMPLE.replace("language: fr", f"language: {language}") + extra, "podcast.yaml"
    )


def episode(
    of: Show, slug: str, date: str = "2026-11-02", status: str = "reviewed", head: str = ""
) -> WholeEpisode:
    """An episode in which somebody says one word."""
    text = (
        f"---\ntitle: Titre de {slug}\ndate: {date}T06:00:00+01:00\nguid: {slug}\n"
        f"summary: Résumé\n{head}---\n"
    )
    made = read_episode(text, f"episodes/{slug}/episode.md", slug, of)
    paragraph = Paragraph(Speaker("La présentatrice", "presentatrice"), (Text("Bonjour"),), 1)
    transcript = Transcript(made.language, status, (paragraph,))
    words = MachineWords(
        "d", 3_723_000, made.language, "faster-whisper 1", "demo",
        datetime(2026, 11, 1).isoformat(), (Word(1000, 1500, 90, " Bonjour"),),
    )  # fmt: skip
    timeline = make_timeline(transcript, words)
    enclosure = Enclosure(f"audio/{slug}.0a1b2c3d.mp3", 12_345, "audio/mpeg", 3_723_000)
    return whole(made, transcript, timeline, (), (), enclosure, words)


def pages(of: Show, episodes: Iterable[PublishedEpisode]) -> dict[str, str]:
    """The text of every page by its path below the site, but for the players of other sites."""
    return _rendered(of, episodes, [kind for kind in kinds() if kind.TEMPLATE != embed.TEMPLATE])


def players(of: Show, episodes: Iterable[PublishedEpisode]) -> dict[str, str]:
    """The text of every player that other sites show in a frame, by its path below the site."""
    return _rendered(of, episodes, [embed])


def _rendered(
    of: Show, episodes: Iterable[PublishedEpisode], of_kinds: Iterable[Page]
) -> dict[str, str]:
    publication: Publication = in_order(of, list(episodes))
    return {
        path: THEME.render(page.TEMPLATE, view)
        for page in of_kinds
        for path, view in views(page, publication)
    }


def views(page: Page, publication: Publication, theme: Theme = THEME) -> Iterator[tuple[str, Any]]:
    """Path and view of each page of a kind; the episodes have their words."""

    def text(published: PublishedEpisode) -> PageText:
        assert isinstance(published, WholeEpisode)
        return texts_of(published, publication.show).page

    words = partial(transcript, theme, publication.show, text)
    around = Around({name: asset.path for name, asset in theme.static.items()}, text, words)
    for sheet in page.sheets(publication):
        yield sheet.path, page.view(sheet, around)


def tree(page: str) -> html.HtmlElement:
    """The page's elements."""
    return html.document_fromstring(page.encode())


def said(page: str) -> str:
    """The text of the page's main part, its spaces made one."""
    main = tree(page).find(".//main")
    assert main is not None
    return " ".join(main.text_content().split())
