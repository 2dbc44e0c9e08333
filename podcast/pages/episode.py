"""The page of one episode: the sound and the whole transcript as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from markupsafe import Markup, escape

from podcast import oembed
from podcast.captions import formats
from podcast.dates import decimal, long_date
from podcast.episode import Episode
from podcast.episode_line import EpisodeLine, draw
from podcast.foreign_words import ENGINE
from podcast.frame import Frame, frame, person_folder, topic_folder
from podcast.notes_html import to_html
from podcast.pages import Around, Sheet
from podcast.published import Publication, PublishedEpisode, WholeEpisode
from podcast.reading import ReadingBlock, reading
from podcast.show import Show
from podcast.suggestion import suggestion
from podcast.timecode import clock, iso, spoken
from podcast.transcript import (
    Credit,
    Doubt,
    Foreign,
    Inline,
    InlineSound,
    Note,
    NoteRef,
    Text,
    TimedCue,
    TimedHeading,
    TimedParagraph,
    Timeline,
)
from podcast.wording import Wording

TEMPLATE = "episode.html"
TRANSCRIPT = "transcript.html"
"""The template of what the page and the player have in common."""
BOOK, LARGE_PRINT, BRAILLE = "epub", "large-print.html", ("brf", "contracted.brf")
"""What the sizes of these are found under, in :class:`PageText`; braille is not everywhere."""


_FOR_READERS = ("book.large_file", "book.braille_file", "book.contracted_file")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a paragraph: ``kind`` is text, abbr, foreign, sound or note.

    ``number`` is the note's, ``title`` what an abbreviation stands for.
    """

    kind: str
    text: str
    number: int = 0
    first: bool = False
    language: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class PageBlock:
    """A chapter's title, a sound or a paragraph, with its time.

    ``linked`` where the time is shown, as a link into the sound.
    """

    kind: str
    id: str
    text: str
    speaker: str
    parts: tuple[Part, ...]
    seconds: int
    clock: str
    spoken: str
    linked: bool = False
    credit: Credit | None = None

    @property
    def credited(self) -> str:
        """A sound, with the work that it is taken from."""
        told = (self.credit.title, self.credit.artist, self.credit.license) if self.credit else ()
        return ", ".join(filter(None, (self.text, *told)))


@dataclass(frozen=True, slots=True)
class PageNote:
    """A note below the transcript."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file that a reader may take, with what it is."""

    address: str
    label: str
    kilobytes: int


@dataclass(frozen=True, slots=True)
class Link:
    """A neighbour of this page."""

    address: str
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class PageHead:
    """What the page shows of the words and notes beside the transcript: made once for each text.

    ``word_times`` is the name of that file, ``kilobytes`` the size of each text file by suffix.
    """

    notes_html: str
    word_times: str
    line: EpisodeLine | None
    chapters: tuple[PageBlock, ...]
    kilobytes: dict[str, int]


@dataclass(frozen=True, slots=True)
class PageText(PageHead):
    """The same with the transcript."""

    blocks: tuple[PageBlock, ...]
    notes: tuple[PageNote, ...]
    provenance: str

    @property
    def head(self) -> PageHead:
        """What stands beside the transcript."""
        return PageHead(self.notes_html, self.word_times, self.line, self.chapters, self.kilobytes)


def page_text(whole: WholeEpisode, times: str, sizes: Mapping[str, int]) -> PageText:
    """The page's part that needs every word.

    ``times`` is the path of the words' times, ``sizes`` are bytes of the text files by suffix.
    """
    numbers = numbered(whole.transcript.notes)
    blocks = page_blocks(whole.timeline, numbers, dict(whole.abbreviations))
    return PageText(
        notes_html=str(to_html(whole.episode.notes)),
        word_times=times.rpartition("/")[2],
        line=draw(whole.timeline, whole.chapters),
        chapters=tuple(block for block in blocks if block.kind == "chapter"),
        blocks=blocks,
        notes=tuple(PageNote(numbers[note.id], note.text) for note in whole.transcript.notes),
        provenance=_provenance(whole, Wording(whole.episode.language)),
        kilobytes={suffix: kilobytes(size) for suffix, size in sizes.items()},
    )


def kilobytes(size: int) -> int:
    """How large a file is said to be: never 0, which would say that nothing is there."""
    return max(1, round(size / 1000))


@dataclass(frozen=True, slots=True)
class TranscriptView:
    """All that the template of the transcript may show; it is a part of two pages.

    ``names`` are the speakers as they are told, by name.
    """

    words: Wording
    names: dict[str, str]
    audio: str
    word_times: str
    blocks: tuple[PageBlock, ...]
    notes: tuple[PageNote, ...]
    provenance: str
    reviewed: bool


def transcript_view(show: Show, published: PublishedEpisode, text: PageText) -> TranscriptView:
    """The transcript, for pages in the episode's folder."""
    words = Wording(published.episode.language, page=True)
    speakers = {block.speaker for block in text.blocks if block.speaker}
    return TranscriptView(
        words=words,
        names={name: words.say("page.speaker", name=name) for name in speakers},
        audio=(show.sounds_elsewhere or "../") + published.enclosure.path,
        word_times=text.word_times,
        blocks=text.blocks,
        notes=text.notes,
        provenance=text.provenance,
        reviewed=published.reviewed,
    )


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """All that the episode's template may show.

    ``cover`` is the path below the site of the episode's own picture, or nothing; ``by`` says who
    speaks, with the ways to their pages; ``shelves`` are topics, each with the address of its page;
    ``transcript`` is what its own template made.  ``player`` leads to the page that other sites
    show in a frame; ``answer`` tells it to machines, ``code`` to people.
    """

    frame: Frame
    title: str
    number: int | None
    date: str
    date_iso: str
    length: str
    length_iso: str
    length_ms: int
    summary: str
    falc: tuple[str, ...]
    cover: str
    cover_alt: str
    notes_html: Markup
    speakers: tuple[str, ...]
    by: Markup
    shelves: tuple[tuple[str, str], ...]
    audio: str
    audio_type: str
    audio_megabytes: str
    captions: str
    word_times: str
    line: EpisodeLine | None
    chapters: tuple[PageBlock, ...]
    transcript: Markup
    suggestion: str
    player: str
    player_size: tuple[int, int]
    answer: str
    code: str
    downloads: tuple[Download, ...]
    newer: Link | None
    older: Link | None


def sheets(publication: Publication) -> Iterator[Sheet]:
    """A page for each episode: from the episode, the one before, the one after, the versions."""
    links = [None, *(_link(published) for published in publication.episodes), None]
    for published, newer, older in zip(publication.episodes, links, links[2:], strict=False):
        others = tuple(version.known for version in publication.versions(published))
        of = (publication.about, published, newer, older, others)
        yield Sheet(f"{published.folder}/index.html", of)


def _link(published: PublishedEpisode) -> Link:
    episode = published.episode
    return Link(f"../{published.folder}/", episode.title, episode.language)


def view(sheet: Sheet, around: Around) -> EpisodeView:
    """The page of one episode."""
    about, published, newer, older, others = sheet.of
    episode: Episode = published.episode
    text: PageHead = around.text(published)
    outside = frame(about, episode.language, sheet.path, around.assets, published, others)
    megabytes = decimal(published.enclosure.length / 1e6, outside.words.language)
    return EpisodeView(
        frame=outside,
        title=episode.title,
        number=episode.number,
        date=long_date(episode.date, episode.language),
        date_iso=episode.date.date().isoformat(),
        length=spoken(published.enclosure.duration_ms),
        length_iso=iso(published.enclosure.duration_ms),
        length_ms=published.enclosure.duration_ms,
        summary=episode.summary,
        falc=episode.falc,
        cover=published.cover or "",
        cover_alt=episode.cover_alt or "",
        notes_html=Markup(text.notes_html),
        speakers=published.speakers,
        by=_by(published, about.show, outside),
        shelves=tuple(
            (about.show.topics[key], outside.root + topic_folder(about.show, key))
            for key in dict.fromkeys(episode.topics)
            if key in about.show.topics
        ),
        audio=outside.sound(published.enclosure.path),
        audio_type=published.enclosure.media_type,
        audio_megabytes=megabytes,
        captions=f"{episode.slug}.vtt",
        word_times=text.word_times,
        line=text.line,
        chapters=text.chapters,
        transcript=around.transcript(published),
        player=f"{episode.slug}.{oembed.PLAYER}",
        player_size=(oembed.WIDTH, oembed.HEIGHT),
        answer=f"{episode.slug}.{oembed.ANSWER}",
        code=oembed.code(about.show, published),
        suggestion=suggestion(about.show, episode.title, outside.url, Wording(episode.language)),
        downloads=(
            *(
                Download(
                    outside.sound(other.path),
                    other.path.rpartition(".")[2].upper(),
                    round(other.length / 1000),
                )
                for other in published.alternates
            ),
            Download(f"{episode.slug}.{BOOK}", "EPUB", text.kilobytes[BOOK]),
            *(
                Download(
                    f"{episode.slug}.{suffix}",
                    outside.words.say(key),
                    text.kilobytes[suffix],
                )
                for suffix, key in zip((LARGE_PRINT, *BRAILLE), _FOR_READERS, strict=True)
                if suffix in text.kilobytes
            ),
            *(
                Download(f"{episode.slug}.{kind.SUFFIX}", kind.LABEL, text.kilobytes[kind.SUFFIX])
                for kind in formats()
            ),
        ),
        newer=newer,
        older=older,
    )


def _by(published: PublishedEpisode, show: Show, outside: Frame) -> Markup:
    """Who speaks; the show's people have pages, in the show's language."""
    keys = {show.people[each.key].name: each.key for each in published.appearances
            if each.key in show.people}  # fmt: skip
    link, plain = Markup('<a href="{}"{}>{}</a>'), Markup("{}")
    other = show.language != published.episode.language
    hreflang = Markup(' hreflang="{}"').format(show.language) if other else ""
    names = [
        link.format(outside.root + person_folder(show, keys[name]), hreflang, name)
        if name in keys
        else plain.format(name)
        for name in published.speakers
    ]
    sentence = escape(outside.words.say("page.with", names="\0"))
    return sentence.replace("\0", Markup(", ").join(names))


def _provenance(published: WholeEpisode, words: Wording) -> str:
    transcript, heard = published.transcript, published.words
    reviewed = transcript.status == "reviewed"
    if heard.engine.startswith(ENGINE):
        # Its text was written elsewhere, by a person or a machine: nobody here knows.
        machine = words.say("page.made_elsewhere")
        waiting = words.say("page.not_reviewed")
    elif reviewed and transcript.reviewed_on and transcript.reviewed_on < heard.created[:10]:
        # Heard once more since, for its times: which machine wrote the draft is not kept.
        machine = words.say("page.made_by_some_machine")
        waiting = words.say("page.not_corrected")
    else:
        made = long_date(date.fromisoformat(heard.created[:10]), transcript.language)
        machine = words.say(
            "page.made_by_machine", engine=heard.engine, model=heard.model, date=made
        )
        waiting = words.say("page.not_corrected")
    if not reviewed:
        return f"{waiting} {machine}"
    if transcript.reviewed_by and transcript.reviewed_on:
        day = transcript.reviewed_on
        with suppress(ValueError):  # people may write a date in words
            day = long_date(date.fromisoformat(day), transcript.language)
        person = words.say("page.corrected_by", name=transcript.reviewed_by, date=day)
    else:
        person = words.say("page.corrected")
    return f"{machine} {person}"


@dataclass(slots=True)
class _Seen:
    """What was met so far on the page: each note's number, and what was used for the first time."""

    numbers: dict[str, int]
    waiting: dict[str, str]
    noted: set[str] = field(default_factory=set)


def numbered(notes: Sequence[Note]) -> dict[str, int]:
    """The numbers that readers see, by the notes' ids."""
    return {note.id: n for n, note in enumerate(notes, 1)}


def page_blocks(
    timeline: Timeline, numbers: Mapping[str, int], abbreviations: Mapping[str, str]
) -> tuple[PageBlock, ...]:
    """What stands on the page, in order; a note without a number is left out."""
    seen = _Seen(dict(numbers), dict(abbreviations))
    return tuple(_block(each, seen) for each in reading(timeline))


def _block(each: ReadingBlock, seen: _Seen) -> PageBlock:
    at = each.block.start_ms
    times = (at // 1000, clock(at), spoken(at), each.linked)
    match each.block:
        case TimedHeading(heading, _):
            return PageBlock("chapter", each.id, heading.text, "", (), *times)
        case TimedCue(cue, _, _):
            return PageBlock("sound", each.id, cue.text, "", (), *times, cue.credit)
        case TimedParagraph(paragraph, _, _, _):
            speaker = paragraph.speaker.name if paragraph.begins_turn else ""
            parts = tuple(part for inline in paragraph.content for part in _parts(inline, seen))
            return PageBlock("speech", each.id, "", speaker, parts, *times)


def _parts(inline: Inline, seen: _Seen) -> Iterator[Part]:
    match inline:
        case Text(text) | Doubt(text, _):
            yield from _abbreviated(text, seen)
        case Foreign(text, language, _):
            yield Part("foreign", text, language=language)
        case InlineSound(text):
            yield Part("sound", text)
        case NoteRef(id_, _) if id_ in seen.numbers:
            yield Part("note", "", seen.numbers[id_], id_ not in seen.noted)
            seen.noted.add(id_)


def _abbreviated(text: str, seen: _Seen) -> Iterator[Part]:
    """The text, cut where an acronym is used for the first time (WCAG 3.1.4)."""
    found = [
        (match.start(), match.end(), name)
        for name in seen.waiting
        if (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))
    ]
    at = 0
    for start, end, name in sorted(found):
        if start < at:
            continue
        if text[at:start]:
            yield Part("text", text[at:start])
        yield Part("abbr", text[start:end], title=seen.waiting.pop(name))
        at = end
    if text[at:]:
        yield Part("text", text[at:])
