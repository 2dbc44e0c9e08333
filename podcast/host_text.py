"""The transcript that another host had: its file beside the episode, and a draft made of it.

Subtitles have times of their own, so that nobody must listen before the episode is published; it
says where its text came from, and that nobody here has reviewed it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from podcast import chapter_list, ffmpeg, foreign_fetch, imports
from podcast.download import Web
from podcast.episode import Episode
from podcast.errors import Place
from podcast.examining import levels_of
from podcast.foreign_feed import Linked
from podcast.foreign_words import words_of
from podcast.mastering import sound_digest
from podcast.notes_markdown import to_plain
from podcast.script import Script
from podcast.script_import import import_script, to_write
from podcast.transcript_file import write_transcript
from podcast.wording import Wording
from podcast.work import Work
from podcast.workspace import Workspace, write, write_new

# From the most useful to the least: times and names, times, neither.
_KINDS = {
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
    "application/srt": ".srt",
    "application/json": ".json",
    "text/plain": ".txt",
    "text/html": ".html",
}
_SUFFIXES = tuple(dict.fromkeys(_KINDS.values()))
_NAME = re.compile(r"</cite>\s*(?:<time>[^<]*</time>)?\s*(?:<p>)?", re.IGNORECASE)


def bring(visitor: Web, space: Workspace, slug: str, transcripts: Sequence[Linked]) -> None:
    """Have the best of a host's transcripts as ``transcript.*`` in the episode's folder.

    Raises :class:`Outside` where it does not come.
    """
    known = [(suffix, one) for one in transcripts if (suffix := _suffix(one))]
    if not known or own(space, slug):
        return
    suffix, best = min(known, key=lambda pair: _SUFFIXES.index(pair[0]))
    place = Place(space.name(space.episode_folder(slug)))
    page = suffix == ".html"
    raw = foreign_fetch.small(visitor, best.address, imports.MOST_BYTES, place, page)
    if page:
        raw = to_plain(_NAME.sub(" ", raw.decode("utf-8", "replace"))).encode()
        suffix = ".txt"
    write(space.episode_folder(slug) / f"transcript{suffix}", raw)


def _suffix(one: Linked) -> str:
    path = urlsplit(one.address).path.lower()
    named = next((suffix for suffix in _SUFFIXES if path.endswith(suffix)), "")
    return _KINDS.get(one.media_type, named)


def own(space: Workspace, slug: str) -> Path | None:
    """The host's transcript, if it was brought."""
    found = (space.episode_folder(slug) / f"transcript{suffix}" for suffix in _SUFFIXES)
    return next((path for path in found if path.is_file()), None)


def draft(work: Work, slug: str) -> bool:
    """Write the draft, with times where the host's text has some; whether there was one to write.

    Raises :class:`Fixable` for a text that cannot be read; then the episode is to be listened to.
    """
    space = work.workspace
    file = own(space, slug)
    if not file or space.transcript_file(slug).exists() or not space.has_sound(slug):
        return False
    episode = space.episode(slug, work.show)
    words = Wording(episode.language)
    name = space.name(file)
    script = imports.read(file.read_bytes(), name)
    imported = import_script(
        script,
        name,
        work.show.people,
        episode.language,
        words.say("draft.unnamed"),
        words.say("import.made_with", kind=script.kind),
    )
    if any(line.start_ms is not None for line in script.lines):
        _keep_times(work, episode, script)
    chapters = space.chapters_file(slug)
    text = to_write(imported.transcript, work.show.people)
    if chapters.is_file():
        text = chapter_list.with_headings(text, chapter_list.read(chapters.read_bytes()))
    write_new(space.transcript_file(slug), write_transcript(text))
    return True


def _keep_times(work: Work, episode: Episode, script: Script) -> None:
    """The subtitles' times as the words of the sound, where nobody has listened to it yet."""
    space = work.workspace
    recording = space.recording(episode, work.show)
    if space.words_file(episode.slug).exists() or len(recording.tracks) > 1:
        return
    if recording.music or episode.sound.pauses is not None:
        return  # their times are not those of the sound that we would publish
    (track,) = recording.tracks
    length = ffmpeg.look(track).promised_ms or levels_of(work, track).duration_ms
    digest = sound_digest(work, recording, episode.sound)
    if times := words_of(script, digest, length, episode.language, episode.date):
        write_new(space.words_file(episode.slug), times)
