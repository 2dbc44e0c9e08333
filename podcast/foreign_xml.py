"""The XML of a feed from elsewhere, which is hostile until shown otherwise: the door to defusedxml.

Names of elements come with the prefix that everybody uses (``itunes:author``), however the feed
calls its namespaces: hosts write their addresses in several ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from podcast.errors import Fixable, Place, fault

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_BYTES = 32_000_000
_SPACES = (
    ("itunes.com/dtds/podcast", "itunes"),
    ("podcastindex", "podcast"),
    ("purl.org/rss/1.0/modules/content", "content"),
    ("www.w3.org/2005/atom", "atom"),
    ("simple-chapters", "psc"),
    ("purl.org/dc/elements", "dc"),
)
_WEB_PAGE = re.compile(
    rb"(?:<\?xml[^>]{0,200}>\s*|<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)
# What XML 1.0 cannot hold, but broken feeds do.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
# Errors of expat that mean that the end is missing (3: no element, 5: unclosed token, 20: CDATA).
_CUT = (3, 5, 20)


def parse(raw: bytes, name: str) -> Element:
    """The channel of an RSS feed; raises :class:`Fixable` for everything that is none."""
    from xml.parsers.expat import ExpatError

    from defusedxml import DefusedXmlException
    from defusedxml import ElementTree as Trees

    place = Place(name)
    if len(raw) > MOST_BYTES:
        raise Fixable(fault("foreign.large", place, limit=MOST_BYTES // 1_000_000))
    if raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raw = raw.removeprefix(b"\xef\xbb\xbf").translate(None, _CONTROLS).lstrip()
    if not raw:
        raise Fixable(fault("foreign.empty", place))
    if _WEB_PAGE.match(raw[:4000]):
        raise Fixable(fault("foreign.page", place))
    try:
        root: Any = Trees.fromstring(raw, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Fixable(fault("foreign.doctype", place)) from error
    except Trees.ParseError as error:
        line = error.position[0]
        kind = "foreign.cut" if error.code in _CUT else "foreign.xml"
        raise Fixable(fault(kind, Place(name, line))) from error
    except (ExpatError, ValueError, LookupError, RecursionError) as error:
        raise Fixable(fault("foreign.xml", place)) from error
    channel: Element | None = root.find("channel")
    if root.tag.lower() != "rss" or channel is None:
        kind = (
            "foreign.page" if root.tag.rpartition("}")[2].lower() == "html" else "foreign.not_rss"
        )
        raise Fixable(fault(kind, place))
    return channel


def name(node: Element) -> str:
    """``title`` or ``itunes:title``; a name of an unknown namespace has ``?:`` before it."""
    space, found, local = node.tag.rpartition("}")
    if not found:
        return local
    folded = space.lower()
    return next((f"{prefix}:{local}" for part, prefix in _SPACES if part in folded), f"?:{local}")


def children(node: Element, wanted: str) -> Iterator[Element]:
    """The elements of a name that are directly in another."""
    return (child for child in node if isinstance(child.tag, str) and name(child) == wanted)


def exact(node: Element, wanted: str) -> str:
    """The text of the first element of a name, with every space that it has; else nothing."""
    return next(("".join(child.itertext()) for child in children(node, wanted)), "")


def text(node: Element, *wanted: str) -> str:
    """The first text that is not empty, of the names in their order."""
    found = (exact(node, one).strip() for one in wanted)
    return next((one for one in found if one), "")


def attribute(node: Element, wanted: str, key: str) -> str:
    """An attribute of the first element of a name that has it; else nothing."""
    found = (child.get(key, "").strip() for child in children(node, wanted))
    return next((value for value in found if value), "")
