"""What directories and apps want of a feed, each as a rule that looks at the parsed tree alone.

``RULES`` has every rule with where it is written down; ``problems(feed)`` says which are broken.
A rule knows nothing of how our feed is made.  ``tests/feed_defects.py`` breaks each of them.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from uuid import UUID

from babel import Locale
from lxml import etree, html

from podcast.categories import CATEGORIES
from podcast.licences import LICENCES
from podcast.taxonomy import GROUPS

NS = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "h": "http://www.w3.org/1999/xhtml",
    "fh": "http://purl.org/syndication/history/1.0",
}
TYPES = {"mp3": "audio/mpeg", "m4a": "audio/x-m4a", "mp4": "video/mp4"}
TRANSCRIPTS = {
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "json": "application/json",
    "html": "text/html",
}
# Which element may stand where, and how often: {parent: {tag: most}}; 0 is any number.
COUNTS = {
    "channel": {
        "title": 1, "link": 1, "description": 1, "language": 1, "copyright": 1, "image": 1, "docs": 1,
        "generator": 1, "lastBuildDate": 1, "pubDate": 1, "item": 0, "atom:link": 0, "fh:archive": 1,
        "h:div": 1,
        "itunes:author": 1, "itunes:owner": 1, "itunes:category": 1, "itunes:explicit": 1,
        "itunes:image": 1, "itunes:type": 1, "itunes:block": 1, "itunes:complete": 1,
        "itunes:new-feed-url": 1, "podcast:guid": 1, "podcast:locked": 1, "podcast:medium": 1,
        "podcast:updateFrequency": 1, "podcast:podroll": 1, "podcast:publisher": 1,
        "podcast:license": 1, "podcast:block": 0, "podcast:trailer": 0, "podcast:funding": 0,
        "podcast:person": 0, "podcast:location": 0, "podcast:txt": 0, "podcast:image": 0,
    },
    "item": {
        "title": 1, "link": 1, "description": 1, "content:encoded": 1, "guid": 1, "enclosure": 1,
        "pubDate": 1, "itunes:title": 1, "itunes:duration": 1, "itunes:episode": 1,
        "itunes:season": 1, "itunes:episodeType": 1, "itunes:explicit": 1, "itunes:image": 1,
        "podcast:season": 1, "podcast:episode": 1, "podcast:license": 1, "podcast:chapters": 1,
        "podcast:transcript": 0, "podcast:person": 0, "podcast:location": 0, "podcast:txt": 0,
        "podcast:funding": 0, "podcast:soundbite": 0, "podcast:alternateEnclosure": 0,
        "podcast:image": 0, "source": 1,
    },
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """A name, where it comes from, and a look at the channel that yields what is wrong."""

    name: str
    source: str
    look: Callable[[etree._Element], Iterator[str]]


RULES: list[Rule] = []


def rule(source: str) -> Callable[[Callable[[etree._Element], Iterator[str]]], None]:
    def keep(look: Callable[[etree._Element], Iterator[str]]) -> None:
        RULES.append(Rule(look.__name__, source, look))

    return keep


def problems(content: bytes) -> dict[str, list[str]]:
    """Which rules a feed breaks, with what is wrong."""
    channel = etree.fromstring(content).find("channel")
    assert channel is not None
    found = {each.name: list(each.look(channel)) for each in RULES}
    return {name: said for name, said in found.items() if said}


def all_of(parent: etree._Element, path: str) -> list[etree._Element]:
    return list(parent.iterfind(path, NS))


def text(parent: etree._Element, path: str) -> str:
    return parent.findtext(path, "", NS) or ""


def items(channel: etree._Element) -> list[etree._Element]:
    return channel.findall("item")


def both(channel: etree._Element) -> list[etree._Element]:
    return [channel, *items(channel)]


def name_of(element: etree._Element) -> str:
    tag = etree.QName(element)
    prefixes = {uri: prefix for prefix, uri in NS.items()}
    return f"{prefixes.get(tag.namespace, '?')}:{tag.localname}" if tag.namespace else tag.localname


def is_web(url: str | None) -> bool:
    return bool(re.fullmatch(r"https?://[!-~]+", url or ""))


def is_language(tag: str) -> bool:
    code = tag.split("-")[0]
    return (
        bool(re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})*", tag))
        and code in Locale("en").languages
    )


# The whole.


@rule("A2: RSS 2.0, the URIs of namespaces are compared letter by letter")
def root_is_rss_with_its_namespaces(channel):
    rss = channel.getparent()
    if rss.tag != "rss" or rss.get("version") != "2.0":
        yield "no rss 2.0"
    for prefix in ("itunes", "podcast", "atom", "content"):
        if rss.nsmap.get(prefix) != NS[prefix]:
            yield f"{prefix}: {rss.nsmap.get(prefix)}"
    if rss.getroottree().docinfo.encoding != "UTF-8":
        yield "not declared as UTF-8"


@rule("A2, A3, A4: parents and counts")
def tags_stand_where_they_may_and_no_oftener(channel):
    for parent in both(channel):
        names = [name_of(child) for child in parent]
        for name in sorted(set(names)):
            most = COUNTS[parent.tag].get(name)
            if most is None:
                yield f"{name} in {parent.tag}"
            elif most and names.count(name) > most:
                yield f"{name}: {names.count(name)} times"


@rule("A2: apps read the show before its episodes")
def the_show_comes_before_its_episodes(channel):
    names = [child.tag for child in channel]
    if "item" in names and set(names[names.index("item") :]) != {"item"}:
        yield "tags of the show behind an item"


@rule("A2, A3: addresses are absolute")
def addresses_are_absolute(channel):
    for element in channel.iter():
        if element.tag.startswith(f"{{{NS['h']}}}"):  # browsers' own
            continue
        for attribute in ("href", "url", "uri", "feedUrl", "img"):
            value = element.get(attribute)
            if value is not None and not is_web(value):
                yield f"{name_of(element)} {attribute}={value}"
        if element.tag in ("link", "url") and not is_web(element.text):
            yield f"{element.tag} {element.text}"


@rule("A2, A3: RFC 2822 with a numeric zone and the right weekday")
def dates_are_written_as_mail_does(channel):
    dates = [e.text for e in channel.iter("pubDate", "lastBuildDate")]
    dates += [e.get("pubdate") for e in all_of(channel, "podcast:trailer")]
    for date in dates:
        if not re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", date or ""):
            yield str(date)
        elif parsedate_to_datetime(date).strftime("%a") != date[:3]:
            yield f"another weekday: {date}"


@rule("A5: the newest first; Spotify wants a date")
def newest_first_and_dated_by_it(channel):
    dates = [
        parsedate_to_datetime(text(item, "pubDate"))
        for item in items(channel)
        if text(item, "pubDate")
    ]
    if dates != sorted(dates, reverse=True):
        yield "not in order"
    for name in ("lastBuildDate", "pubDate"):
        written = text(channel, name)
        if dates and (not written or parsedate_to_datetime(written) != dates[0]):
            yield f"{name}: {written}"


# The show.


@rule("A2: required by Apple, PSP-1 and RSS")
def the_show_has_title_link_description_language(channel):
    for name in ("title", "link", "description", "language", "itunes:author"):
        if not text(channel, name).strip():
            yield name


@rule("A2: the link is the page, never the feed")
def the_link_is_the_page(channel):
    own = {link.get("href") for link in all_of(channel, "atom:link")}
    if text(channel, "link") in own or text(channel, "link").endswith(".xml"):
        yield text(channel, "link")


@rule("A2: plain text, at most 4,000 bytes")
def the_shows_description_is_plain_and_short(channel):
    said = text(channel, "description")
    if len(said.encode()) > 4000:
        yield f"{len(said.encode())} bytes"
    if re.search(r"<[a-zA-Z/]", said):
        yield "HTML"


@rule("A2: an invalid code fails Apple's validation")
def languages_exist(channel):
    said = [text(channel, "language")]
    said += [
        e.get("language")
        for e in channel.iter(f"{{{NS['podcast']}}}transcript")
        if e.get("language")
    ]
    said += [
        e.get("lang")
        for e in channel.iter(f"{{{NS['podcast']}}}alternateEnclosure")
        if e.get("lang")
    ]
    for tag in said:
        if tag and not is_language(tag):
            yield tag


@rule("A2: Apple's 19 categories with 91 below them, in its own spelling")
def the_category_is_apples(channel):
    found = all_of(channel, "itunes:category")
    if not found:
        yield "none"
    for category in found:
        name = category.get("text")
        for below in [None, *(sub.get("text") for sub in category)]:
            if name not in CATEGORIES or (below and below not in CATEGORIES[name]):
                yield f"{name} > {below}"


@rule("A2: true or false; yes, no and clean are of before 2019")
def explicit_is_true_or_false(channel):
    for parent in both(channel):
        if text(parent, "itunes:explicit") not in ("true", "false"):
            yield text(parent, "itunes:explicit")


@rule("A2: JPEG or PNG by its name")
def the_image_is_there(channel):
    for image in [*all_of(channel, "itunes:image"), *all_of(channel, "item/itunes:image")]:
        if not re.search(r"\.(jpe?g|png)$", image.get("href", "")):
            yield image.get("href", "none")
    if not all_of(channel, "itunes:image"):
        yield "none"


@rule("A2: RSS 2.0, image has url, title and link; the title and link are the channel's")
def the_rss_image_is_complete(channel):
    if not text(channel, "image/url"):
        yield "no url"
    for name in ("title", "link"):
        if text(channel, f"image/{name}") != text(channel, name):
            yield name


@rule("A4: podcast:image, alt recommended")
def images_have_a_text(channel):
    for parent in both(channel):
        for image in all_of(parent, "podcast:image"):
            if not (image.get("alt") or "").strip():
                yield image.get("href", "")
    if not all_of(channel, "podcast:image"):
        yield "none"


@rule("A2: PSP-1, exactly one link to itself, with its type")
def the_feed_links_to_itself(channel):
    own = [e for e in all_of(channel, "atom:link") if e.get("rel") == "self"]
    if len(own) != 1 or own[0].get("type") != "application/rss+xml":
        yield f"{len(own)}"


@rule("A2: RFC 5005 and WebSub")
def other_links_are_known_and_chained(channel):
    links = {e.get("rel"): e.get("href") for e in all_of(channel, "atom:link")}
    paging = {"first", "last", "next", "previous", "current", "next-archive", "prev-archive"}
    for rel in set(links) - paging - {"self", "hub"}:
        yield f"rel={rel}"
    if paging & set(links):
        if not {"first", "last"} <= set(links):
            yield "no first or last"
        if (links.get("first") == links["self"]) == ("previous" in links):
            yield "the first has no page before it, the others have one"
        if (links.get("last") == links["self"]) == ("next" in links):
            yield "the last has no page behind it, the others have one"
        archive = bool(all_of(channel, "fh:archive"))
        if archive != ("current" in links):
            yield "an archive names the current feed"


@rule("A2: Spotify and YouTube verify by the owner's address")
def the_owner_can_be_written_to(channel):
    if "@" not in text(channel, "itunes:owner/itunes:email"):
        yield text(channel, "itunes:owner/itunes:email")


@rule("A2: episodic or serial; a serial show numbers each full episode")
def a_serial_is_numbered(channel):
    kind = text(channel, "itunes:type")
    if kind not in ("episodic", "serial"):
        yield kind
    for item in items(channel):
        full = text(item, "itunes:episodeType") == "full"
        if kind == "serial" and full and not text(item, "itunes:episode"):
            yield text(item, "title")


@rule("A2: a UUID of version 5, assigned once")
def the_show_has_its_guid(channel):
    try:
        if UUID(text(channel, "podcast:guid")).version != 5:
            yield "not of version 5"
    except ValueError:
        yield text(channel, "podcast:guid")


@rule("A2: yes or no")
def locked_says_yes_or_no(channel):
    if text(channel, "podcast:locked") not in ("yes", "no"):
        yield text(channel, "podcast:locked")


@rule("A4: podcast:medium")
def the_medium_is_known(channel):
    known = "podcast music video film audiobook newsletter blog publisher course".split()
    if text(channel, "podcast:medium") not in known:
        yield text(channel, "podcast:medium")


@rule("A2: PSP-1, the holder's name alone")
def the_copyright_is_a_name(channel):
    if re.search(r"©|\(c\)|copyright|\b(19|20)\d\d\b", text(channel, "copyright"), re.IGNORECASE):
        yield text(channel, "copyright")


@rule("A2: only « Yes » has an effect, anything else misleads people")
def block_and_complete_say_yes(channel):
    for name in ("itunes:block", "itunes:complete"):
        for element in all_of(channel, name):
            if element.text != "Yes":
                yield f"{name} {element.text}"
    for element in all_of(channel, "podcast:block"):
        if element.text not in ("yes", "no"):
            yield f"podcast:block {element.text}"


@rule("A4: podcast:trailer, text, url and pubdate")
def trailers_are_complete(channel):
    for trailer in all_of(channel, "podcast:trailer"):
        if (
            not 0 < len(trailer.text or "") <= 128
            or not trailer.get("url")
            or not trailer.get("pubdate")
        ):
            yield str(trailer.attrib)
    named = {trailer.get("url") for trailer in all_of(channel, "podcast:trailer")}
    for item in items(channel):
        if (
            text(item, "itunes:episodeType") == "trailer"
            and item.find("enclosure").get("url") not in named
        ):
            yield text(item, "title")


@rule("A4: podcast:updateFrequency, RFC 5545, dtstart with COUNT")
def the_schedule_can_be_read(channel):
    for element in all_of(channel, "podcast:updateFrequency"):
        said = element.get("rrule", "FREQ=DAILY")
        if not re.match(r"FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY)(;[A-Z]+=[A-Z0-9,+-]+)*$", said):
            yield said
        if "COUNT=" in said and not element.get("dtstart"):
            yield "COUNT without dtstart"
        if not 0 < len(element.text or "") <= 128:
            yield "no text"


@rule("A4: publisher has one remoteItem, podroll some, each with a feedGuid")
def other_feeds_are_named(channel):
    for element in all_of(channel, "podcast:publisher"):
        if [e.get("medium") for e in all_of(element, "podcast:remoteItem")] != ["publisher"]:
            yield "publisher"
    for element in all_of(channel, "podcast:podroll"):
        if not all_of(element, "podcast:remoteItem"):
            yield "an empty podroll"
    for element in channel.iter(f"{{{NS['podcast']}}}remoteItem"):
        try:
            UUID(element.get("feedGuid"))
        except (TypeError, ValueError):
            yield "no feedGuid"


# An episode.


@rule("A3: required; AntennaPod reads titles as HTML and loses what it takes for a tag")
def titles_survive_being_read_as_html(channel):
    for parent in both(channel):
        said = text(parent, "title")
        if not said.strip() or re.search(r"<[a-zA-Z/!?]", said):
            yield said
    for item in items(channel):
        if text(item, "itunes:title") != text(item, "title"):
            yield text(item, "itunes:title")


@rule("A3: one enclosure, exact and unique, its type and its name agree")
def enclosures_can_be_loaded(channel):
    seen = set()
    for item in items(channel):
        found = item.findall("enclosure")
        if len(found) != 1:
            yield f"{len(found)} enclosures"
            continue
        url, length, kind = (found[0].get(name, "") for name in ("url", "length", "type"))
        suffix = url.rpartition(".")[2]
        if TYPES.get(suffix) != kind or not re.fullmatch(
            r"[a-zA-Z0-9._-]+", url.rpartition("/")[2]
        ):
            yield f"{url} {kind}"
        if not re.fullmatch(r"[1-9]\d*", length):
            yield f"length {length}"
        if url in seen:
            yield f"twice: {url}"
        seen.add(url)


@rule("A3: unique, never an address, not trimmed by apps")
def guids_are_unique(channel):
    found = [item.find("guid") for item in items(channel)]
    said = [guid.text or "" for guid in found if guid is not None]
    if len(set(said)) != len(items(channel)) or any(not g or g != g.strip() for g in said):
        yield f"{said}"
    if any(guid is not None and guid.get("isPermaLink") != "false" for guid in found):
        yield "isPermaLink"


@rule("A3: recommended by Apple, PSP-1")
def episodes_have_date_link_and_duration(channel):
    for item in items(channel):
        if not text(item, "pubDate") or not text(item, "link"):
            yield text(item, "title")
        if not re.fullmatch(r"[1-9]\d*", text(item, "itunes:duration")):
            yield text(item, "itunes:duration")


@rule("A3: at most 4,000 bytes; ours is plain text")
def descriptions_are_short(channel):
    for item in items(channel):
        said = text(item, "description")
        if not said.strip() or len(said.encode()) > 4000:
            yield f"{len(said.encode())} bytes"


@rule("A3, our own: the way to the transcript comes first in the notes")
def notes_begin_with_the_transcript(channel):
    for item in items(channel):
        said = text(item, "content:encoded")
        if not said.startswith(f'<p><a href="{text(item, "link")}#transcript">'):
            yield said[:60]


@rule("A3: Apple reads times from 00:00:00 on, in order")
def chapter_times_begin_at_zero(channel):
    for item in items(channel):
        first_list = re.search(r"</p>\n<ul>\n(.*?)</ul>", text(item, "content:encoded"), re.DOTALL)
        times = re.findall(r"<li>(\d\d:\d\d:\d\d) ", first_list[1]) if first_list else []
        if bool(times) != bool(all_of(item, "podcast:chapters")):
            yield "chapters in the one, not in the other"
        if times and (times[0] != "00:00:00" or times != sorted(times)):
            yield f"{times}"


@rule("A3, A5: what apps would run or lose")
def notes_are_harmless_html(channel):
    allowed = set("p br a em strong ul ol li blockquote h3 h4 code div".split())
    for item in items(channel):
        tree = html.fragment_fromstring(text(item, "content:encoded"), create_parent="div")
        for element in tree.iter():
            address = element.get("href", "https://")
            if element.tag not in allowed or not re.match(r"(https?|mailto):", address):
                yield f"{element.tag} {address}"


@rule("A3: whole numbers from 1; podcast: says the same as itunes:")
def numbers_are_from_one_and_agree(channel):
    for item in items(channel):
        for name in ("season", "episode"):
            said = text(item, f"itunes:{name}")
            if all_of(item, f"itunes:{name}") and not re.fullmatch(r"[1-9]\d*", said):
                yield f"{name} {said}"
            if text(item, f"podcast:{name}") != said:
                yield f"{name} {said}, {text(item, f'podcast:{name}')}"
        for element in all_of(item, "podcast:season"):
            if len(element.get("name", "")) > 128:
                yield "a long name"
        for element in all_of(item, "podcast:episode"):
            if len(element.get("display", "")) > 32:
                yield "a long display"


@rule("A3: two episodes of a season cannot have one number")
def numbers_are_given_once(channel):
    numbers = [
        (text(item, "itunes:season"), text(item, "itunes:episode"))
        for item in items(channel)
        if text(item, "itunes:episode") and text(item, "itunes:episodeType") == "full"
    ]
    if len(set(numbers)) != len(numbers):
        yield f"{numbers}"


@rule("A3: full, trailer or bonus")
def the_type_of_episode_is_known(channel):
    for item in items(channel):
        if text(item, "itunes:episodeType") not in ("full", "trailer", "bonus"):
            yield text(item, "itunes:episodeType")


@rule("A3, A5: every format, its type letter by letter: AntennaPod ignores « text/vtt; charset »")
def transcripts_have_exact_types(channel):
    for item in items(channel):
        found = all_of(item, "podcast:transcript")
        if [e.get("type") for e in found] != list(TRANSCRIPTS.values()):
            yield f"{[e.get('type') for e in found]}"
        for element in found:
            suffix = (element.get("url") or "").rpartition(".")[2]
            if TRANSCRIPTS.get(suffix) != element.get("type"):
                yield f"{element.get('url')} {element.get('type')}"
            if not element.get("language"):
                yield "no language"
            if suffix in ("vtt", "srt") and element.get("rel") != "captions":
                yield f"{suffix} is not called captions"


@rule("A3, A4: application/json+chapters")
def chapters_have_their_type(channel):
    for item in items(channel):
        for element in all_of(item, "podcast:chapters"):
            if element.get("type") != "application/json+chapters" or not element.get("url"):
                yield str(element.get("type"))


@rule("A6: never a transcript inside the feed")
def episodes_are_slim(channel):
    for item in items(channel):
        size = len(etree.tostring(item))
        if size > 12_000:
            yield f"{size} bytes"


# Both.


@rule("A4: the Podcast Taxonomy's keys, in English; names of at most 128 characters")
def people_have_roles_of_the_taxonomy(channel):
    for person in channel.iter(f"{{{NS['podcast']}}}person"):
        role, group = person.get("role", "host"), person.get("group", "cast")
        if GROUPS.get(role.lower()) != group.lower():
            yield f"{group}/{role}"
        if not 0 < len((person.text or "").strip()) <= 128:
            yield "no name"


@rule("A4: an item's people replace the show's, so a host must be among them")
def hosts_are_repeated(channel):
    for item in items(channel):
        roles = [e.get("role", "host") for e in all_of(item, "podcast:person")]
        if roles and "host" not in roles:
            yield f"{text(item, 'title')}: {roles}"


@rule("A4: a known identifier in lower case, or an address")
def licences_can_be_looked_up(channel):
    for parent in both(channel):
        for element in all_of(parent, "podcast:license"):
            if element.text not in LICENCES and not element.get("url"):
                yield str(element.text)


@rule("A4: a text of at most 128 characters and an address")
def funding_has_text_and_address(channel):
    for element in channel.iter(f"{{{NS['podcast']}}}funding"):
        if not 0 < len(element.text or "") <= 128 or not element.get("url"):
            yield str(element.text)


@rule("A4: a name, rel, geo:, an OpenStreetMap object, a country of two letters")
def places_can_be_found(channel):
    shapes = {
        "rel": "subject|creator",
        "geo": r"geo:-?[\d.]+,-?[\d.]+",
        "osm": r"[NWR]\d+",
        "country": "[A-Z]{2}",
    }
    for element in channel.iter(f"{{{NS['podcast']}}}location"):
        if not 0 < len(element.text or "") <= 128:
            yield "no name"
        for name, shape in shapes.items():
            if element.get(name) is not None and not re.fullmatch(shape, element.get(name)):
                yield f"{name}={element.get(name)}"


@rule("A4: at most 4,000 characters, the purpose 128")
def remarks_are_short(channel):
    for element in channel.iter(f"{{{NS['podcast']}}}txt"):
        if not 0 < len(element.text or "") <= 4000 or len(element.get("purpose", "")) > 128:
            yield "too long"


@rule("A4: 15 to 120 seconds, inside the episode")
def soundbites_are_inside(channel):
    for item in items(channel):
        for element in all_of(item, "podcast:soundbite"):
            start, length = float(element.get("startTime")), float(element.get("duration"))
            end = float(text(item, "itunes:duration") or 0) + 1
            if not 15 <= length <= 120 or start < 0 or start + length > end:
                yield f"{start} {length}"


@rule("A4: type, a source, the digest in base64; one of them is the enclosure")
def alternates_can_be_checked(channel):
    for item in items(channel):
        found = all_of(item, "podcast:alternateEnclosure")
        for element in found:
            sources = [e.get("uri") for e in all_of(element, "podcast:source")]
            if not element.get("type") or not sources:
                yield "no type or source"
            if not re.fullmatch(r"[1-9]\d*", element.get("length", "")):
                yield "no length"
            if not re.fullmatch(r"[1-9]\d*", element.get("bitrate", "")):
                yield "no bitrate"
            if len(element.get("title", "")) > 32:
                yield "a long title"
            sri = [
                e.get("value", "")
                for e in all_of(element, "podcast:integrity")
                if e.get("type") == "sri"
            ]
            if [len(b64decode(v.removeprefix("sha256-"))) for v in sri] != [32]:
                yield "no digest"
        usual = [e for e in found if e.get("default") == "true"]
        if found and [
            all_of(e, "podcast:source")[0].get("uri") for e in usual if all_of(e, "podcast:source")
        ] != [item.find("enclosure").get("url")]:
            yield "none is the enclosure"
