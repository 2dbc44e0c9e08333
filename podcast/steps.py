"""The steps from a recording to files, each doing only what is not done yet."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from podcast import audio, speech_model, tags, whisper
from podcast.align import WRONG_BELOW
from podcast.captioning import captions
from podcast.captions import formats
from podcast.checks import not_reviewed, unfinished
from podcast.episode import Episode
from podcast.errors import Fault, Fixable, Outside, Place, fault
from podcast.feed import FILE as FEED
from podcast.feed import render as render_feed
from podcast.glossary import correct, explain, hotwords, mentioned
from podcast.ledger import Entry
from podcast.memo import Digests, key
from podcast.pages import kinds
from podcast.published import Enclosure, Publication, PublishedEpisode
from podcast.recording import Loudness, Master, Recording
from podcast.report import Reporter
from podcast.show import Show
from podcast.theme import Theme, built_in
from podcast.timecode import clock
from podcast.timeline import chapters
from podcast.transcript import MachineWords, Speaker, Timeline, Transcript
from podcast.transcript_file import text_digest, write_transcript
from podcast.turns import draft, rewrite, smooth
from podcast.typography import typeset
from podcast.wording import Wording
from podcast.words_file import read_words
from podcast.workspace import SHOW, Workspace, ensure_folder, line_of, write, write_new


@dataclass(frozen=True, slots=True)
class Work:
    """Where the work is done, for which show, and who is told."""

    workspace: Workspace
    show: Show
    digests: Digests
    report: Reporter


# The sound.


def sound_key(work: Work, recording: Recording) -> str:
    """Names the finished sound: other files, another treatment or another recipe, another name."""
    return key(_times(work, recording), asdict(work.show.sound), audio.RECIPE)


def sound_digest(work: Work, recording: Recording) -> str:
    """Names the sound's times only: transcripts stay right when just the loudness changes."""
    return key(_times(work, recording), audio.TIME_RECIPE)


def _times(work: Work, recording: Recording) -> list[object]:
    return [
        [(track.speaker, work.digests.of(_there(track.path, track.name))) for track in part]
        for part in (
            recording.tracks,
            [t for t in (recording.opening,) if t],
            [t for t in (recording.closing,) if t],
        )
    ]


def _there(path: Path, name: str) -> Path:
    if not path.is_file():
        raise Fixable(fault("audio.missing", Place(name)))
    return path


def mastered(work: Work, recording: Recording) -> Master | None:
    """The finished sound, if it was made before."""
    made = _sound_file(work, recording)
    try:
        told = json.loads(made.with_suffix(".json").read_text("utf-8"))
        if made.stat().st_size != told["size"]:
            return None
        return Master(
            made,
            told["duration_ms"],
            told["channels"],
            Loudness(*told["before"]),
            Loudness(*told["after"]),
            told["recording_starts_ms"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sound_file(work: Work, recording: Recording) -> Path:
    return work.workspace.cache / "sound" / f"{sound_key(work, recording)}.mp3"


def master(work: Work, slug: str, recording: Recording) -> Master:
    """The finished sound, made now if it was not before."""
    if done := mastered(work, recording):
        return done
    made = _sound_file(work, recording)
    ensure_folder(made.parent)
    began = time.monotonic()
    partial = made.with_name(f"{made.stem}.{os.getpid()}.mp3")
    try:
        with work.report.progress("progress.sound", slug=slug) as progress:
            result = audio.master(recording, work.show.sound, partial, progress)
        os.replace(partial, made)
    finally:
        partial.unlink(missing_ok=True)
    told = {
        "size": made.stat().st_size,
        "duration_ms": result.duration_ms,
        "channels": result.channels,
        "before": [result.before.integrated, result.before.peak],
        "after": [result.after.integrated, result.after.peak],
        "recording_starts_ms": result.recording_starts_ms,
    }
    write(made.with_suffix(".json"), json.dumps(told))
    work.report.say(
        "stage.sound",
        slug=slug,
        length=clock(result.duration_ms),
        before=f"{result.before.integrated:.1f}",
        after=f"{result.after.integrated:.1f}",
        seconds=f"{time.monotonic() - began:.1f}",
    )
    return mastered(work, recording) or result


# The words.


def heard(work: Work, episode: Episode, recording: Recording) -> MachineWords | None:
    """What the recogniser heard in this very sound, if it has listened to it."""
    words = work.workspace.words(episode.slug)
    digest = sound_digest(work, recording)
    return words if words and words.audio_digest == digest else None


def model(work: Work) -> speech_model.SpeechModel:
    """The speech model that the show names; raises at once where it cannot be used."""
    space = work.workspace
    place = Place(SHOW, line_of(space.text(space.root / SHOW), "model"))
    return speech_model.find(work.show.model, space.root, place)


def listen(work: Work, episode: Episode, recording: Recording, made: Master) -> MachineWords:
    """Have the recogniser write the words file, going on where an interrupted run stopped."""
    space = work.workspace
    speech = model(work)
    folder = space.cache / "listening"
    ensure_folder(folder)
    digest = sound_digest(work, recording)
    samples = folder / f"{episode.slug}-{digest}.s16"
    journal = folder / f"{episode.slug}-{key(digest, speech.name, episode.language)}.jsonl"
    began = time.monotonic()
    try:
        audio.for_speech_recognition(made.path, samples)
        task = whisper.task(
            speech.folder,
            speech.name,
            samples,
            journal,
            episode.language,
            digest,
            work.digests.of(speech.folder / "model.bin"),
            hotwords(space.glossary(), episode.language),
        )
        with work.report.progress("progress.words", slug=episode.slug) as progress:
            text = whisper.transcribe(task, progress)
    finally:
        samples.unlink(missing_ok=True)
    file = space.words_file(episode.slug)
    words = read_words(text, space.name(file))
    write(file, text)
    journal.unlink(missing_ok=True)
    work.report.say(
        "stage.words",
        file=space.name(file),
        n=len(words.words),
        model=speech.name,
        seconds=f"{time.monotonic() - began:.1f}",
    )
    return words


def write_first_draft(
    work: Work, episode: Episode, recording: Recording, made: Master, words: MachineWords
) -> None:
    """Write a transcript for a person to correct; raises :class:`Fixable` if there is one."""
    wording = Wording(episode.language)
    space = work.workspace
    first = draft(
        words,
        _speakers(work, recording, made, words),
        wording.say("draft.unnamed"),
        wording.say("draft.sound"),
        f"{words.engine}, {words.model}, {words.created[:10]}",
        audio.loud_between(made.path),
    )
    glossary = space.glossary()

    def written(text: str) -> str:
        return typeset(correct(text, glossary, first.language), first.language)

    text = write_transcript(explain(rewrite(first, written), glossary))
    file = space.transcript_file(episode.slug)
    write_new(file, text)
    work.report.say("stage.draft", file=space.name(file))


def _speakers(
    work: Work, recording: Recording, made: Master, words: MachineWords
) -> list[Speaker | None]:
    """Who says each word, where each speaker has a track: the track that is loudest then."""
    keys = [track.speaker for track in recording.tracks]
    if not all(keys):
        return [None] * len(words.words)
    people = [Speaker(work.show.people[k].name, k) for k in keys if k]
    if len(people) == 1:
        return [people[0]] * len(words.words)
    energies = audio.energies(recording.tracks)
    guesses = []
    for word in words.words:
        first = max(0, word.start_ms - made.recording_starts_ms) // audio.FRAME_MS
        last = max(first + 1, (word.end_ms - made.recording_starts_ms) // audio.FRAME_MS)
        loud = [sum(energy[first:last]) for energy in energies]
        guesses.append(people[loud.index(max(loud))])
    return list(smooth(guesses, words.words))


# The gate.


def gate(
    work: Work, episode: Episode, transcript: Transcript, known: Entry | None = None
) -> tuple[Fault, ...]:
    """What keeps the transcript from readers; empty when it may be published.

    ``known`` is what the ledger says of the episode, if it was published before.
    """
    file = work.workspace.name(work.workspace.transcript_file(episode.slug))
    waiting = not_reviewed(
        transcript, text_digest(transcript), known.text if known else None, file, episode.slug
    )
    if waiting and work.show.publish_unreviewed:
        return ()
    return (*unfinished(transcript, file), *waiting)


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
) -> tuple[PublishedEpisode, Path]:
    """The episode with everything made from it, and its tagged sound file."""
    tagged = _tagged(work, episode, made)
    digest = work.digests.of(tagged)
    enclosure = Enclosure(
        f"audio/{episode.slug}.{digest[:8]}.mp3",
        tagged.stat().st_size,
        "audio/mpeg",
        made.duration_ms,
    )
    published = PublishedEpisode(
        episode,
        transcript,
        timeline,
        captions(timeline),
        chapters(timeline),
        enclosure,
        words,
        tuple(mentioned(work.workspace.glossary(), transcript.language).items()),
    )
    return published, tagged


def _tagged(work: Work, episode: Episode, made: Master) -> Path:
    show, space = work.show, work.workspace
    cover = space.root / show.cover
    names = ", ".join(show.people[key].name for key in episode.people)
    name = key(
        made.path.stem,
        tags.RECIPE,
        [show.title, show.author, show.address, show.copyright, show.cover_alt],
        [episode.title, episode.date.isoformat(), episode.language, episode.summary],
        [episode.number, episode.slug, names],
        work.digests.of(cover) if cover.is_file() else None,
    )
    file = space.cache / "tagged" / f"{name}.mp3"
    if not file.is_file():
        ensure_folder(file.parent)
        try:
            tags.tag(made.path, file, show, episode, names, cover)
        except OSError as error:
            raise Outside(fault("disk.unwritable", Place(file.name))) from error
        work.report.say("stage.tags", slug=episode.slug)
    return file


def files(work: Work, publication: Publication, sounds: dict[str, Path]) -> dict[str, bytes | Path]:
    """Everything that the site holds, by path."""
    space, show = work.workspace, work.show
    theme = Theme(tuple(f for f in (space.templates, built_in()) if f.is_dir()))
    made: dict[str, bytes | Path] = {asset.path: asset.content for asset in theme.static.values()}
    addresses = {name: asset.path for name, asset in theme.static.items()}
    cover = space.root / show.cover
    if not cover.is_file():
        raise Fixable(
            fault(
                "show.cover_missing",
                Place(SHOW, line_of(space.text(space.root / SHOW), "cover")),
                name=show.cover,
            )
        )
    made[show.cover] = cover.read_bytes()
    for page in kinds():
        for path, view in page.views(publication, addresses):
            made[path] = theme.render(page.TEMPLATE, view).encode()
    for published in publication.episodes:
        for kind in formats():
            made[published.file(kind.SUFFIX)] = kind.render(published).encode()
        made[published.enclosure.path] = sounds[published.episode.slug]
    made[FEED] = render_feed(publication)
    return made
