"""The page of one episode: the sound and the whole transcript as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from podcast.captions import formats
from podcast.dates import long_date
from podcast.frame import Frame, frame
from podcast.notes_html import to_html
from podcast.published import Publication, PublishedEpisode
from podcast.timecode import clock, iso, spoken
from podcast.transcript import (
    Credit,
    Doubt,
    Foreign,
    InlineSound,
    NoteRef,
    Paragraph,
    Text,
    TimedBlock,
    TimedCue,
    TimedHeading,
    TimedParagraph,
)
from podcast.wording import Wording

TEMPLATE = "episode.html"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a paragraph: ``kind`` is text, foreign, sound or note; ``number`` the note's."""

    kind: str
    text: str
    number: int = 0
    first: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class PageBlock:
    """A chapter's title, a sound or a paragraph, with its time."""

    kind: str
    id: str
    text: str
    speaker: str
    parts: tuple[Part, ...]
    seconds: int
    clock: str
    spoken: str
    credit: Credit | None = None


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


@dataclass(frozen=True, slots=True)
class Link:
    """A neighbour of this page."""

    address: str
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """All that the episode's template may show."""

    frame: Frame
    title: str
    number: int | None
    date: str
    date_iso: str
    length: str
    length_iso: str
    summary: str
    notes_html: Markup
    speakers: tuple[str, ...]
    audio: str
    audio_type: str
    audio_megabytes: str
    captions: str
    chapters: tuple[PageBlock, ...]
    blocks: tuple[PageBlock, ...]
    notes: tuple[PageNote, ...]
    provenance: str
    reviewed: bool
    downloads: tuple[Download, ...]
    newer: Link | None
    older: Link | None


def views(publication: Publication, assets: Mapping[str, str]) -> Iterator[tuple[str, EpisodeView]]:
    """A page for each episode."""
    episodes = publication.episodes
    for i, published in enumerate(episodes):
        newer = _link(episodes[i - 1]) if i else None
        older = _link(episodes[i + 1]) if i + 1 < len(episodes) else None
        language = published.episode.language
        around = frame(publication.show, language, 1, assets)
        yield f"{published.folder}/index.html", _view(published, around, newer, older)


def _link(published: PublishedEpisode) -> Link:
    episode = published.episode
    return Link(f"../{published.folder}/", episode.title, episode.language)


def _view(
    published: PublishedEpisode, around: Frame, newer: Link | None, older: Link | None
) -> EpisodeView:
    episode = published.episode
    numbers = {note.id: n for n, note in enumerate(published.transcript.notes, 1)}
    blocks = _blocks(published, numbers)
    megabytes = f"{published.enclosure.length / 1e6:.1f}"
    if around.words.language == "fr":
        megabytes = megabytes.replace(".", ",")
    return EpisodeView(
        frame=around,
        title=episode.title,
        number=episode.number,
        date=long_date(episode.date, episode.language),
        date_iso=episode.date.date().isoformat(),
        length=spoken(published.enclosure.duration_ms),
        length_iso=iso(published.enclosure.duration_ms),
        summary=episode.summary,
        notes_html=to_html(episode.notes),
        speakers=published.speakers,
        audio=f"../{published.enclosure.path}",
        audio_type=published.enclosure.media_type,
        audio_megabytes=megabytes,
        captions=f"{episode.slug}.vtt",
        chapters=tuple(block for block in blocks if block.kind == "chapter"),
        blocks=blocks,
        notes=tuple(PageNote(numbers[note.id], note.text) for note in published.transcript.notes),
        provenance=_provenance(published, around.words),
        reviewed=published.transcript.status == "reviewed",
        downloads=tuple(
            Download(f"{episode.slug}.{kind.SUFFIX}", kind.LABEL) for kind in formats()
        ),
        newer=newer,
        older=older,
    )


def _provenance(published: PublishedEpisode, words: Wording) -> str:
    transcript, heard = published.transcript, published.words
    made = long_date(date.fromisoformat(heard.created[:10]), transcript.language)
    machine = words.say("page.made_by_machine", engine=heard.engine, model=heard.model, date=made)
    if transcript.status != "reviewed":
        return f"{words.say('page.not_corrected')} {machine}"
    if transcript.reviewed_by and transcript.reviewed_on:
        day = transcript.reviewed_on
        with suppress(ValueError):  # people may write a date in words
            day = long_date(date.fromisoformat(day), transcript.language)
        person = words.say("page.corrected_by", name=transcript.reviewed_by, date=day)
    else:
        person = words.say("page.corrected")
    return f"{machine} {person}"


def _blocks(published: PublishedEpisode, numbers: dict[str, int]) -> tuple[PageBlock, ...]:
    made = []
    seen: set[str] = set()
    for index, block in enumerate(published.timeline.blocks, 1):
        made.append(_block(block, index, numbers, seen))
    return tuple(made)


def _block(block: TimedBlock, index: int, numbers: dict[str, int], seen: set[str]) -> PageBlock:
    at = block.start_ms
    times = (at // 1000, clock(at), spoken(at))
    match block:
        case TimedHeading(heading, _):
            return PageBlock("chapter", f"c{index}", heading.text, "", (), *times)
        case TimedCue(cue, _, _):
            return PageBlock("sound", f"s{index}", cue.text, "", (), *times, cue.credit)
        case TimedParagraph(paragraph, _, _, _):
            speaker = paragraph.speaker.name if paragraph.begins_turn else ""
            parts = _parts(paragraph, numbers, seen)
            return PageBlock("speech", f"p{index}", "", speaker, parts, *times)


def _parts(paragraph: Paragraph, numbers: dict[str, int], seen: set[str]) -> tuple[Part, ...]:
    parts = []
    for part in paragraph.content:
        match part:
            case Text(text) | Doubt(text, _):
                parts.append(Part("text", text))
            case Foreign(text, language, _):
                parts.append(Part("foreign", text, language=language))
            case InlineSound(text):
                parts.append(Part("sound", text))
            case NoteRef(id_, _):
                parts.append(Part("note", "", numbers[id_], id_ not in seen))
                seen.add(id_)
    return tuple(parts)
