"""Settings of Pelican for benchmarks/site.py: an article is a JSON file."""

import json
from datetime import datetime
from pathlib import Path

from pelican import signals
from pelican.contents import Category
from pelican.readers import BaseReader

SITE = json.loads(Path("site.json").read_text("utf-8"))
SITENAME, SITEURL, TIMEZONE = SITE["title"], SITE["address"].rstrip("/"), "Europe/Paris"
DEFAULT_LANG = SITE["language"]
PATH, THEME = "content", "theme"
JINJA_GLOBALS = {"site": SITE}
JINJA_ENVIRONMENT = {"trim_blocks": True, "lstrip_blocks": True}
ARTICLE_URL, ARTICLE_SAVE_AS = "{slug}/", "{slug}/index.html"
DIRECT_TEMPLATES = ["index", "map", "feed"]
MAP_SAVE_AS, FEED_SAVE_AS = "plan-du-site/index.html", "feed.xml"
PAGINATED_TEMPLATES = {"index": 20}
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
TRANSLATION_FEED_ATOM = None


class Episodes(BaseReader):
    """Everything that the templates show is in the file."""

    enabled = True
    file_extensions = ("episode",)

    def read(self, source_path):  # type: ignore[no-untyped-def]
        told = json.loads(Path(source_path).read_text("utf-8"))
        date = datetime.fromisoformat(told["moment"])
        return "", {**told, "date": date, "category": Category("episodes", self.settings)}


def _add(readers):  # type: ignore[no-untyped-def]
    readers.reader_classes["episode"] = Episodes


class _Plugin:
    __name__ = "episodes"

    @staticmethod
    def register():  # type: ignore[no-untyped-def]
        signals.readers_init.connect(_add)


PLUGINS = [_Plugin]
