"""The step from the corrected text to everything that readers and apps get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from podcast import look, palette, pictures, qr, subscription, tags
from podcast.align import WRONG_BELOW
from podcast.captioning import captions
from podcast.captions import formats
from podcast.captions.txt import plain_text
from podcast.checks import late, not_reviewed, unfinished
from podcast.episode import Episode
from podcast.errors import Fault, Fixable, Outside, Place, fault
from podcast.feed import files as feed_files
from podcast.feed_page import STYLE
from podcast.glossary import mentioned
from podcast.memo import key
from podcast.pages import kinds
from podcast.published import Enclosure, Publication, PublishedEpisode
from podcast.recording import Master
from podcast.theme import Theme, built_in
from podcast.timeline import chapters
from podcast.transcript import Chapter, MachineWords, Timeline, Transcript
from podcast.transcript_file import text_digest
from podcast.word_times import word_times
from podcast.wording import LANGUAGES, Wording
from podcast.work import Work
from podcast.workspace import SHOW, disk_kind, ensure_folder, line_of, write

_TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".opus": "audio/ogg"}

# The gate.


def gate(
    work: Work,
    episode: Episode,
    transcript: Transcript,
    words: MachineWords | None,
    released: str | None = None,
) -> tuple[Fault, ...]:
    """What keeps the transcript from readers; empty when it may be published.

    ``words`` is what was heard, if there is any; ``released`` is the digest of the text that was
    published before, or waits for its date.
    """
    path = work.workspace.transcript_file(episode.slug)
    file = work.workspace.name(path)
    place = Place(file, line_of(work.workspace.text(path), "status"))
    waiting = not_reviewed(transcript, text_digest(transcript), released, place, episode.slug)
    beyond = late(transcript, words.duration_ms, file) if words else ()
    untold = _untold(work, episode)
    if waiting and work.show.publish_unreviewed:
        return (*untold, *beyond)
    return (*untold, *unfinished(transcript, file), *beyond, *waiting)


def _untold(work: Work, episode: Episode) -> tuple[Fault, ...]:
    """A summary that is still as ``podcast new`` wrote it: apps would show it."""
    if episode.summary not in {Wording(language).say("new.summary") for language in LANGUAGES}:
        return ()
    path = work.workspace.episode_file(episode.slug)
    line = line_of(work.workspace.text(path), "summary")
    return (fault("gate.summary", Place(work.workspace.name(path), line)),)


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
        digest = work.digests.of(tagged)
        path = f"audio/{episode.slug}.{digest[:8]}{sound.suffix}"
        sounds[path] = tagged
        kind, size = _TYPES[sound.suffix], tagged.stat().st_size
        enclosures.append(Enclosure(path, size, kind, made.duration_ms, digest))
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
    cover, _ = _cover(work, episode)
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


def _cover(work: Work, episode: Episode | None) -> tuple[Path, Path]:
    """The picture of an episode, its own or the show's, and the file that names it."""
    space = work.workspace
    if episode and episode.cover:
        return space.episode_folder(episode.slug) / episode.cover, space.episode_file(episode.slug)
    return space.root / work.show.cover, space.root / SHOW


def covers(work: Work, episodes: Sequence[Episode]) -> dict[str, Path]:
    """The show's picture and the episodes' own as they are published, by path below the site.

    Raises :class:`Fixable` with all that apps would refuse; what was looked at is kept.
    """
    made: dict[str, Path] = {}
    faults: list[Fault] = []
    for episode in (None, *(each for each in episodes if each.cover)):
        path = f"{episode.slug}/{episode.cover}" if episode else work.show.cover
        try:
            made[path] = _public(work, *_cover(work, episode))
        except Fixable as error:
            faults += error.faults
    if faults:
        raise Fixable(faults)
    return made


def _public(work: Work, picture: Path, said_in: Path) -> Path:
    space = work.workspace
    name = space.name(picture)
    if not picture.exists():
        place = Place(space.name(said_in), line_of(space.text(said_in), "cover"))
        raise Fixable(fault("picture.missing", place, name=name))
    if not picture.is_file():
        pictures.check(picture, name)  # a digest would read a device for ever
    try:
        digest = work.digests.of(picture)
    except OSError as error:
        raise Fixable(fault("file.unreadable", Place(name))) from error
    made = space.cache / "covers" / f"{key(digest, pictures.RECIPE)}{picture.suffix}"
    if not made.is_file():
        pictures.check(picture, name)
        write(made, pictures.public(picture))
    return made


def theme_of(work: Work) -> Theme:
    """The theme in the show's look, with what the workspace changes of it."""
    folders = tuple(f for f in (work.workspace.templates, built_in()) if f.is_dir())
    sheet = palette.style_sheet(look.palette(work.show.look))
    return Theme(folders, {palette.FILE: sheet.encode()})


def files(work: Work, publication: Publication, sounds: dict[str, Path]) -> dict[str, bytes | Path]:
    """Everything that the site holds, by path; ``sounds`` are by path already."""
    theme = theme_of(work)
    made: dict[str, bytes | Path] = {asset.path: asset.content for asset in theme.static.values()}
    addresses = {name: asset.path for name, asset in theme.static.items()}
    made.update(covers(work, [published.episode for published in publication.episodes]))
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
    show = publication.show
    for feed in subscription.feeds(show):
        made[subscription.code_of(show, feed)] = qr.svg(subscription.page_of(show, feed))
    made.update(feed_files(publication, addresses[STYLE]))
    return made
