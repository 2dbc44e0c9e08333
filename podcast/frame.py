"""What every page shows around its content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from podcast.embedded import embedded
from podcast.palette import FIRST_FONTS
from podcast.show import Show
from podcast.wording import Wording


@dataclass(frozen=True, slots=True)
class Frame:
    """Language, sentences, addresses from this page to the site's root and static files."""

    language: str
    words: Wording
    root: str
    assets: Mapping[str, str]
    show_title: str
    show_language: str
    cover: str
    cover_alt: str
    fonts: tuple[str, ...]
    """Fonts to ask for at once, so that no line moves when they come; by static file."""

    def script_words(self, *groups: str) -> Markup:
        """The sentences that the scripts of this page say, as JSON."""
        return embedded(self.words.raw(*groups))

    def asset(self, name: str) -> str:
        """The address of a static file, from this page."""
        return self.root + self.assets[name]


def frame(show: Show, language: str, depth: int, assets: Mapping[str, str]) -> Frame:
    """The frame of a page that lies ``depth`` folders below the site's root."""
    return Frame(
        language=language,
        words=Wording(language),
        root="../" * depth,
        assets=assets,
        show_title=show.title,
        show_language=show.language,
        cover=show.cover,
        cover_alt=show.cover_alt or "",
        fonts=FIRST_FONTS if show.look.font == "hyperlegible" else (),
    )
