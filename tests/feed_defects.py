"""Faults that are put into a feed, one at a time, each with the one rule that must see it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from feed_rules import NS
from lxml import etree

Change = Callable[[etree._Element], object]
PODCAST, ITUNES = f"{{{NS['podcast']}}}", f"{{{NS['itunes']}}}"


@dataclass(frozen=True)
class Defect:
    """A change of the parsed feed, and the rule that finds nothing before it and something after."""

    name: str
    rule: str
    change: Change


def broken(content: bytes, defect: Defect) -> bytes:
    root = etree.fromstring(content)
    defect.change(root.find("channel"))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def at(channel: etree._Element, path: str) -> etree._Element:
    found = channel.find(path, NS)
    assert found is not None, path
    return found


def drop(path: str) -> Change:
    return lambda channel: at(channel, path).getparent().remove(at(channel, path))


def said(path: str, text: str) -> Change:
    return lambda channel: setattr(at(channel, path), "text", text)


def attr(path: str, name: str, value: str | None) -> Change:
    def change(channel: etree._Element) -> None:
        if value is None:
            del at(channel, path).attrib[name]
        else:
            at(channel, path).set(name, value)

    return change


def twice(path: str) -> Change:
    return lambda channel: at(channel, path).addnext(deepcopy(at(channel, path)))


def added(parent: str, tag: str, text: str = "", **more: str) -> Change:
    def change(channel: etree._Element) -> None:
        element = etree.Element(tag, more)
        element.text = text
        at(channel, parent).insert(0, element)

    return change


def notes(old: str, new: str) -> Change:
    def change(channel: etree._Element) -> None:
        element = at(channel, "item/content:encoded")
        assert old in element.text
        element.text = element.text.replace(old, new, 1)

    return change


def all_times(old: str, new: str) -> Change:
    def change(channel: etree._Element) -> None:
        for element in channel.iter("lastBuildDate", "pubDate"):
            element.text = element.text.replace(old, new)

    return change


def last_first(channel: etree._Element) -> None:
    channel.insert(list(channel).index(channel.find("item")), channel.findall("item")[-1])


def behind(channel: etree._Element) -> None:
    channel.append(at(channel, "podcast:guid"))


D = Defect
DEFECTS = (
    D("an old version of RSS", "root_is_rss_with_its_namespaces", lambda c: c.getparent().set("version", "0.92")),
    D("a tag that is nobody's", "tags_stand_where_they_may_and_no_oftener", added(".", "keywords", "a, b")),
    D("two languages", "tags_stand_where_they_may_and_no_oftener", twice("language")),
    D("two licences", "tags_stand_where_they_may_and_no_oftener", twice("item/podcast:license")),
    D("locked in an episode", "tags_stand_where_they_may_and_no_oftener", added("item", f"{PODCAST}locked", "yes")),
    D("the guid behind the episodes", "the_show_comes_before_its_episodes", behind),
    D("a relative funding address", "addresses_are_absolute", attr("podcast:funding", "url", "/dons")),
    D("a relative transcript", "addresses_are_absolute", attr("item/podcast:transcript", "url", "second.vtt")),
    D("an address with a space", "addresses_are_absolute", attr("podcast:funding", "url", "https://example.org/a b")),
    D("dates with the zone's name", "dates_are_written_as_mail_does", all_times("+0100", "CET")),
    D("another weekday", "dates_are_written_as_mail_does", all_times("Mon, 02", "Tue, 02")),
    D("the oldest first", "newest_first_and_dated_by_it", last_first),
    D("the time of the build", "newest_first_and_dated_by_it", said("lastBuildDate", "Mon, 02 Nov 2026 06:00:01 +0100")),
    D("no author", "the_show_has_title_link_description_language", drop("itunes:author")),
    D("no description", "the_show_has_title_link_description_language", drop("description")),
    D("the feed as its page", "the_link_is_the_page", lambda c: [said(p, at(c, "atom:link").get("href"))(c) for p in ("link", "image/link")]),
    D("HTML in the show's description", "the_shows_description_is_plain_and_short", said("description", "Du <b>gras</b>")),
    D("a description of 4,001 bytes", "the_shows_description_is_plain_and_short", said("description", "é" * 2000 + "a")),
    D("a language that is none", "languages_exist", said("language", "xx")),
    D("a transcript in no language", "languages_exist", attr("item/podcast:transcript", "language", "francais")),
    D("a category in small letters", "the_category_is_apples", attr("itunes:category", "text", "society & culture")),
    D("no category", "the_category_is_apples", drop("itunes:category")),
    D("explicit as before 2019", "explicit_is_true_or_false", said("itunes:explicit", "no")),
    D("explicit in an episode", "explicit_is_true_or_false", drop("item/itunes:explicit")),
    D("a picture of another kind", "the_image_is_there", attr("itunes:image", "href", "https://example.org/cover.webp")),
    D("no picture", "the_image_is_there", drop("itunes:image")),
    D("an episode's picture of another kind", "the_image_is_there", attr("item/itunes:image", "href", "https://example.org/c.gif")),
    D("an episode's picture without a text", "images_have_a_text", attr("item/podcast:image", "alt", None)),
    D("another title of the picture", "the_rss_image_is_complete", said("image/title", "Logo")),
    D("no RSS picture", "the_rss_image_is_complete", drop("image/url")),
    D("a picture without a text", "images_have_a_text", attr("podcast:image", "alt", None)),
    D("no link to itself", "the_feed_links_to_itself", drop("atom:link")),
    D("a link to itself without type", "the_feed_links_to_itself", attr("atom:link", "type", None)),
    D("a link of another kind", "other_links_are_known_and_chained", attr("atom:link[@rel='hub']", "rel", "alternate")),
    D("half a chain of pages", "other_links_are_known_and_chained", attr("atom:link[@rel='hub']", "rel", "next")),
    D("no e-mail address", "the_owner_can_be_written_to", drop("itunes:owner")),
    D("a serial without numbers", "a_serial_is_numbered", lambda c: [drop(f"item/{n}:episode")(c) for n in ("itunes", "podcast")]),
    D("a type that Apple does not know", "a_serial_is_numbered", said("itunes:type", "Series")),
    D("a guid of version 4", "the_show_has_its_guid", said("podcast:guid", "2d7c9f0a-6a0b-4d2f-9a59-0d5f6f0b3c11")),
    D("no guid of the show", "the_show_has_its_guid", drop("podcast:guid")),
    D("locked with true", "locked_says_yes_or_no", said("podcast:locked", "true")),
    D("a medium of our own", "the_medium_is_known", said("podcast:medium", "radio")),
    D("a year in the copyright", "the_copyright_is_a_name", said("copyright", "© 2026 Nous")),
    D("complete in small letters", "block_and_complete_say_yes", said("itunes:complete", "yes")),
    D("podcast:block with a capital", "block_and_complete_say_yes", said("podcast:block", "Yes")),
    D("a trailer without a title", "trailers_are_complete", said("podcast:trailer", "")),
    D("a trailer that the show does not name", "trailers_are_complete", drop("podcast:trailer")),
    D("a rule that is none", "the_schedule_can_be_read", attr("podcast:updateFrequency", "rrule", "weekly")),
    D("a count from nowhere", "the_schedule_can_be_read", attr("podcast:updateFrequency", "dtstart", None)),
    D("a publisher that is no publisher", "other_feeds_are_named", attr("podcast:publisher/podcast:remoteItem", "medium", None)),
    D("an empty podroll", "other_feeds_are_named", drop("podcast:podroll/podcast:remoteItem")),
    D("a show without its guid in the podroll", "other_feeds_are_named", attr("podcast:podroll/podcast:remoteItem", "feedGuid", None)),
    D("a tag in a title", "titles_survive_being_read_as_html", lambda c: [said(f"item/{n}", "Le <b> de HTML")(c) for n in ("title", "itunes:title")]),
    D("an empty title", "titles_survive_being_read_as_html", lambda c: [said(f"item/{n}", "")(c) for n in ("title", "itunes:title")]),
    D("Apple's title is another", "titles_survive_being_read_as_html", said("item/itunes:title", "2. Second")),
    D("a length of 0", "enclosures_can_be_loaded", attr("item/enclosure", "length", "0")),
    D("a type that is not the file's", "enclosures_can_be_loaded", attr("item/enclosure", "type", "audio/mp3")),
    D("no sound", "enclosures_can_be_loaded", drop("item[2]/enclosure")),
    D("one sound twice", "enclosures_can_be_loaded", lambda c: attr("item[2]/enclosure", "url", at(c, "item[1]/enclosure").get("url"))(c)),
    D("an accent in a file's name", "enclosures_can_be_loaded", attr("item[2]/enclosure", "url", "https://example.org/%C3%A9.mp3")),
    D("one guid twice", "guids_are_unique", said("item/guid", "premier")),
    D("a guid with a space at its end", "guids_are_unique", said("item/guid", "second ")),
    D("a guid taken for an address", "guids_are_unique", attr("item/guid", "isPermaLink", None)),
    D("a duration in minutes", "episodes_have_date_link_and_duration", said("item[2]/itunes:duration", "62:03")),
    D("no date", "episodes_have_date_link_and_duration", drop("item[3]/pubDate")),
    D("a long description", "descriptions_are_short", said("item/description", "mot " * 1001)),
    D("no description of an episode", "descriptions_are_short", said("item/description", " ")),
    D("the transcript at the end", "notes_begin_with_the_transcript", notes("#transcript", "")),
    D("times that begin later", "chapter_times_begin_at_zero", notes("00:00:00", "00:00:01")),
    D("times in disorder", "chapter_times_begin_at_zero", notes("00:00:05", "01:30:00")),
    D("chapters in the notes only", "chapter_times_begin_at_zero", drop("item/podcast:chapters")),
    D("a script in the notes", "notes_are_harmless_html", notes("<p>Résumé", "<script>x</script><p>Résumé")),
    D("an address that runs code", "notes_are_harmless_html", notes("<p>Résumé", '<p><a href="javascript:x">Résumé</a>')),
    D("a relative address in the notes", "notes_are_harmless_html", notes("<p>Résumé", '<p><a href="a.pdf">Résumé</a>')),
    D("season 0", "numbers_are_from_one_and_agree", lambda c: [said(f"item/{n}:season", "0")(c) for n in ("itunes", "podcast")]),
    D("two seasons at once", "numbers_are_from_one_and_agree", said("item/podcast:season", "3")),
    D("a long name of a season", "numbers_are_from_one_and_agree", attr("item/podcast:season", "name", "s" * 129)),
    D("a long display", "numbers_are_from_one_and_agree", attr("item/podcast:episode", "display", "s" * 33)),
    D("one number twice", "numbers_are_given_once", lambda c: [said(f"item/{n}:episode", "1")(c) for n in ("itunes", "podcast")]),
    D("a type of episode with a capital", "the_type_of_episode_is_known", said("item/itunes:episodeType", "Full")),
    D("a charset in a type", "transcripts_have_exact_types", attr("item/podcast:transcript", "type", "text/vtt; charset=utf-8")),
    D("SubRip under its old name", "transcripts_have_exact_types", attr("item/podcast:transcript[2]", "type", "application/srt")),
    D("no transcript at all", "transcripts_have_exact_types", lambda c: [i.remove(t) for i in c.findall("item")[:1] for t in i.findall("podcast:transcript", NS)]),
    D("captions that are not called so", "transcripts_have_exact_types", attr("item/podcast:transcript", "rel", None)),
    D("a transcript that says no language", "transcripts_have_exact_types", attr("item/podcast:transcript", "language", None)),
    D("chapters as any JSON", "chapters_have_their_type", attr("item/podcast:chapters", "type", "application/json")),
    D("a transcript inside", "episodes_are_slim", notes("<p>Résumé", "<p>" + "mot " * 4000)),
    D("a role in French", "people_have_roles_of_the_taxonomy", attr("podcast:person", "role", "animatrice")),
    D("a role of another group", "people_have_roles_of_the_taxonomy", attr("podcast:person", "group", "writing")),
    D("a person without a name", "people_have_roles_of_the_taxonomy", said("podcast:person", " ")),
    D("guests without their host", "hosts_are_repeated", drop("item/podcast:person")),
    D("a licence that nobody can find", "licences_can_be_looked_up", attr("item/podcast:license", "url", None)),
    D("a way to give without a text", "funding_has_text_and_address", said("podcast:funding", "")),
    D("129 characters", "funding_has_text_and_address", said("podcast:funding", "d" * 129)),
    D("a point without geo:", "places_can_be_found", attr("podcast:location", "geo", "45.7,4.8")),
    D("a country of three letters", "places_can_be_found", attr("podcast:location", "country", "FRA")),
    D("a place without a name", "places_can_be_found", said("podcast:location", "")),
    D("a long remark", "remarks_are_short", said("podcast:txt", "x" * 4001)),
    D("a soundbite of 10 seconds", "soundbites_are_inside", attr("item/podcast:soundbite", "duration", "10.0")),
    D("a soundbite behind the end", "soundbites_are_inside", attr("item/podcast:soundbite", "startTime", "3720.0")),
    D("another sound without a source", "alternates_can_be_checked", drop("item/podcast:alternateEnclosure[2]/podcast:source")),
    D("a digest cut short", "alternates_can_be_checked", attr("item/podcast:alternateEnclosure/podcast:integrity", "value", "sha256-AAAA")),
    D("none is the usual one", "alternates_can_be_checked", attr("item/podcast:alternateEnclosure", "default", None)),
    D("a bitrate in kilobits", "alternates_can_be_checked", attr("item/podcast:alternateEnclosure", "bitrate", "96k")),
)  # fmt: skip
