"""Licences that the feed can name, each with the address of its text.

The Podcasting 2.0 namespace lists five (docs/examples/license/licenses.json); the other Creative
Commons licences are known by their SPDX identifiers, and apps find them by their address.
"""

from __future__ import annotations

_CC = "https://creativecommons.org/licenses"
_V4V = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/license"

LICENCES: dict[str, str] = {
    "arr": "https://en.wikipedia.org/wiki/All_rights_reserved",
    **{f"cc-{kind}-4.0": f"{_CC}/{kind}/4.0/" for kind in (
        "by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"
    )},
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "pod-v4v-1.0": f"{_V4V}/v4v-4.0.md",
}  # fmt: skip
