"""The step from the corrected text to everything that readers and apps get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from podcast import look, palette, pictures, tags
from podcast.align import WRONG_BELOW
from podcast.captioning import captions
from podcast.captions import formats
from podcast.captions.txt import plain_text
from podcast.checks import late, not_reviewed, unfinished
from podcast.episode import Episode
from podcast.errors import Fault, Fixable, Outside, Place, fault
from podcast.feed import FILE as FEED
from podcast.feed import render as render_feed
from podcast.glossary import mentioned
from podcast.ledger import Entry
from podcast.memo import key
from podcast.pages import kinds
from podcast.published import Enclosure, Publication, PublishedEpisode
from podcast.recording import Master
from podcast.theme import Theme, built_in
from podcast.timeline import chapters
from podcast.transcript import Chapter, MachineWords, Timeline, Transcript
from podcast.transcript_file import text_digest
from podcast.word_times import word_times
from podcast.wording import Wording
from podcast.work import Work
from podcast.workspace import SHOW, disk_kind, ensure_folder, line_of

_TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".opus": "audio/ogg"}

# The gate.


def gate(
    work: Work,
    episode: Episode,
    transcript: Transcript,
    words: MachineWords | None,
    known: Entry | None = None,
) -> tuple[Fault, ...]:
    """What keeps the transcript from readers; empty when it may be published.

    ``words`` is what was heard, if there is any; ``known`` is what the ledger says of the episode,
    if it was published before.
    """
    path = work.workspace.transcript_file(episode.slug)
    file = work.workspace.name(path)
    place = Place(file, line_of(work.workspace.text(path), "status"))
    published = known.text if known else None
    waiting = not_reviewed(transcript, text_digest(transcript), published, place, episode.slug)
    beyond = late(transcript, words.duration_ms, file) if words else ()
    if waiting and work.show.publish_unreviewed:
        return beyond
    return (*unfinished(transcript, file), *beyond, *waiting)


def misfit(work: Work, episode: Episode, timeline: Timeline) -> tuple[Fault, ...]:
    """What says that the text is another episode's: hardly any of it is in the sound."""
    if timeline.exact >= WRONG_BELOW:
        return ()
    file = Place(work.workspace.name(work.workspace.transcript_file(episode.slug)))
    percent = round(timeline.exact * 100)
    return (fault("gate.other_episode", file, percent=percent, slug=episode.slug),)


# The files.


def publish_ready(
    work: Work,
    episode: Episode,
    transcript: Transcript,
    timeline: Timeline,
    words: MachineWords,
    made: Master,
) -> tuple[PublishedEpisode, dict[str, Path]]:
    """The episode with everything made from it, and its tagged sound files by their path."""
    marks = chapters(timeline)
    sounds: dict[str, Path] = {}
    enclosures = []
    for sound in (made.path, *made.alternates):
        tagged = _tagged(work, episode, transcript, marks, made, sound)
        path = f"audio/{episode.slug}.{work.digests.of(tagged)[:8]}{sound.suffix}"
        sounds[path] = tagged
        size = tagged.stat().st_size
        enclosures.append(Enclosure(path, size, _TYPES[sound.suffix], made.duration_ms))
    published = PublishedEpisode(
        episode,
        transcript,
        timeline,
        captions(timeline),
        marks,
        enclosures[0],
        words,
        tuple(mentioned(work.workspace.glossary(), transcript.language).items()),
        tuple(enclosures[1:]),
    )
    return published, sounds


def _tagged(
    work: Work,
    episode: Episode,
    transcript: Transcript,
    marks: Sequence[Chapter],
    made: Master,
    sound: Path,
) -> Path:
    """A copy of a finished sound with everything that players show, made once for each wording."""
    show, space = work.show, work.workspace
    cover = space.root / show.cover
    said = tags.described(
        show,
        episode,
        marks,
        made.duration_ms,
        chapters_title=Wording(episode.language).say("page.chapters"),
        lyrics=plain_text(transcript) if show.lyrics else "",
        cover=cover,
    )
    told = asdict(replace(said, cover=None))
    name = key(sound.stem, tags.RECIPE, told, work.digests.of(cover))
    file = space.cache / "tagged" / f"{name}{sound.suffix}"
    if not file.is_file():
        ensure_folder(file.parent)
        try:
            tags.tag(sound, file, said)
        except OSError as error:
            raise Outside(fault(disk_kind(error), Place(file.name))) from error
        work.report.say("stage.tags", slug=episode.slug)
    return file


def check_cover(work: Work) -> None:
    """Raise :class:`Fixable` where the show's picture would be refused; before any long work."""
    space, name = work.workspace, work.show.cover
    path = space.root / name
    if not path.exists():
        line = line_of(space.text(space.root / SHOW), "cover")
        raise Fixable(fault("show.cover_missing", Place(SHOW, line), name=name))
    pictures.check(path, name)


def theme_of(work: Work) -> Theme:
    """The theme in the show's look, with what the workspace changes of it."""
    folders = tuple(f for f in (work.workspace.templates, built_in()) if f.is_dir())
    sheet = palette.style_sheet(look.palette(work.show.look))
    return Theme(folders, {palette.FILE: sheet.encode()})


def files(work: Work, publication: Publication, sounds: dict[str, Path]) -> dict[str, bytes | Path]:
    """Everything that the site holds, by path; ``sounds`` are by path already."""
    space, show = work.workspace, work.show
    theme = theme_of(work)
    made: dict[str, bytes | Path] = {asset.path: asset.content for asset in theme.static.values()}
    addresses = {name: asset.path for name, asset in theme.static.items()}
    made[show.cover] = pictures.public(space.root / show.cover)
    for page in kinds():
        for path, view in page.views(publication, addresses):
            if path in made:
                raise Fixable(fault("episode.taken", slug=path.split("/")[0]))
            made[path] = theme.render(page.TEMPLATE, view).encode()
    for published in publication.episodes:
        for kind in formats():
            made[published.file(kind.SUFFIX)] = kind.render(published).encode()
        times, content = word_times(published)
        made[times] = content
    made.update(sounds)
    made[FEED] = render_feed(publication)
    return made
