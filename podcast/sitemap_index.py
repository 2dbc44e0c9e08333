"""The list of a network's site maps for search engines: its own, and that of each of its shows.

The format: https://www.sitemaps.org/protocol.html#index
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

FILE = "sitemap.xml"
_OPEN = """\
<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
"""
_ONE = Markup("<sitemap><loc>{address}</loc></sitemap>\n")


def render(addresses: Iterable[str]) -> bytes:
    """The file, from the addresses of the site maps."""
    listed = "".join(_ONE.format(address=each) for each in addresses)
    return f"{_OPEN}{listed}</sitemapindex>\n".encode()
