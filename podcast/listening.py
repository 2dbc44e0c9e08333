"""The step from the finished sound to words and a first draft; a person's text is left alone."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from podcast import speech_model
from podcast.chapter_list import read as read_chapters
from podcast.chapter_list import with_headings
from podcast.episode import Episode
from podcast.errors import Fixable, Place, PodcastError, fault
from podcast.glossary import correct, explain, hotwords
from podcast.mastering import mastered, sound_digest
from podcast.recognition import Request
from podcast.recording import Master, Recording
from podcast.show import Piece
from podcast.timecode import clock
from podcast.timeline import make_timeline
from podcast.transcript import Credit, Cue, Heading, MachineWords, Speaker, TimedParagraph
from podcast.transcript_file import write_transcript
from podcast.turns import Known, draft, rewrite, smooth
from podcast.typography import typeset
from podcast.wording import Wording
from podcast.words_file import audio_digest, read_words
from podcast.work import Work
from podcast.workspace import SHOW, Workspace, line_of, only_one, write, write_new

# A paragraph that begins this much earlier or later after listening again is told.
MOVED_MS = 1000
# A longer opening moves all of them: then a few say enough.
MOVES_TOLD = 5
# What has a meaning of its own in a sound cue.
_UNFIT = re.compile(r"[][|]")


def heard(work: Work, episode: Episode, recording: Recording) -> MachineWords | None:
    """What the recogniser heard in this very sound, if it has listened to it."""
    words = work.workspace.words(episode.slug)
    digest = sound_digest(work, recording, episode.sound)
    return words if words and words.audio_digest == digest else None


def is_due(work: Work, episode: Episode) -> bool:
    """Whether minutes of work are to be done before the text; what is wrong counts as such."""
    space = work.workspace
    try:
        recording = space.recording(episode, work.show)
        with space.words_file(episode.slug).open("rb") as file:
            heard_in = audio_digest(file.readline())
    except (PodcastError, OSError, ValueError):
        return True
    return not (
        heard_in == sound_digest(work, recording, episode.sound)
        and mastered(work, recording, episode.sound)
        and space.transcript_file(episode.slug).is_file()
    )


def model(work: Work) -> speech_model.SpeechModel:
    """The speech model that the show names; raises at once where it cannot be used."""
    space = work.workspace
    place = Place(SHOW, line_of(space.text(space.root / SHOW), "model"))
    return speech_model.find(work.show.model, space.root, place)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An episode whose sound is ready for a recogniser."""

    episode: Episode
    recording: Recording
    made: Master
    samples: Path
    request: Request


@contextmanager
def prepared(
    work: Work, episode: Episode, recording: Recording, made: Master
) -> Iterator[Prepared]:
    """The samples of the finished sound, and what is to be done with them; gone when it is done.

    Raises :class:`Busy` where another process listens to this episode.
    """
    from podcast import hearing, whisper

    space = work.workspace
    speech = model(work)
    folder = journals(space)
    with only_one(folder / episode.slug, "listening.busy"):
        samples = folder / episode.slug / "samples"
        try:
            hearing.for_speech_recognition(made.path, samples)
            with samples.open("rb") as file:
                sound = hashlib.file_digest(file, "sha256").hexdigest()
            request = Request(
                sound,
                sound_digest(work, recording, episode.sound),
                speech_model.digest(speech, work.digests.of),
                work.digests.of(speech.folder / "model.bin"),
                speech.name,
                episode.language.split("-")[0].lower(),
                hotwords(space.glossary(), episode.language),
                whisper.engine(),
                whisper.RECIPE,
            )
            yield Prepared(episode, recording, made, samples, request)
        finally:
            samples.unlink(missing_ok=True)


def journals(space: Workspace) -> Path:
    """Where recognisers of this machine note how far they are."""
    return space.cache / "listening"


def listen(work: Work, episode: Episode, recording: Recording, made: Master) -> MachineWords:
    """Have the recogniser write the words file, going on where an interrupted run stopped."""
    from podcast.station import Station

    began = time.monotonic()
    with prepared(work, episode, recording, made) as ready:
        request = ready.request
        models = {request.model: model(work).folder}
        with Station(models, journals(work.workspace)) as station:
            with work.report.progress("progress.words", slug=episode.slug) as progress:
                text = station.listen(request, ready.samples, progress)
            words = keep(work, ready, text, time.monotonic() - began)
            station.forget(request)
        return words


def keep(work: Work, ready: Prepared, text: str, seconds: float) -> MachineWords:
    """Write what was heard into the words file."""
    space = work.workspace
    ready.samples.unlink(missing_ok=True)  # before: a kill in between would leave them for ever
    file = space.words_file(ready.episode.slug)
    words = read_words(text, space.name(file))
    write(file, text)
    work.report.say(
        "stage.words",
        file=space.name(file),
        n=len(words.words),
        model=ready.request.model_name,
        seconds=seconds,
    )
    return words


def old_words(work: Work, slug: str) -> MachineWords | None:
    """What was heard before, if it can still be read."""
    try:
        return work.workspace.words(slug)
    except Fixable:
        return None


def tell_moves(
    work: Work, episode: Episode, before: MachineWords | None, after: MachineWords
) -> None:
    """Say how well the edited text fits the new words, which paragraphs begin elsewhere, which pins
    were written for another sound."""
    file = work.workspace.transcript_file(episode.slug)
    if not file.exists():
        return
    transcript = work.workspace.transcript(episode.slug, work.show, episode.language)
    new = make_timeline(transcript, after)
    work.report.say(
        "transcribe.fits", file=work.workspace.name(file), exact=f"{new.exact * 100:.0f}"
    )
    if before is None:
        return
    name = work.workspace.name(file)
    moved = []
    for was, now in zip(make_timeline(transcript, before).blocks, new.blocks, strict=True):
        if not isinstance(now, TimedParagraph):
            continue
        place = f"{name}:{now.paragraph.line}"
        if now.paragraph.pin_ms is not None and before.audio_digest != after.audio_digest:
            work.report.say("transcribe.pin", place=place, time=clock(now.paragraph.pin_ms))
        elif abs(now.start_ms - was.start_ms) > MOVED_MS:
            moved.append((place, clock(was.start_ms), clock(now.start_ms)))
    for place, earlier, later in moved[:MOVES_TOLD]:
        work.report.say("transcribe.moved", place=place, before=earlier, after=later)
    if len(moved) > MOVES_TOLD:
        work.report.say("transcribe.moved_more", n=len(moved) - MOVES_TOLD)


def write_first_draft(
    work: Work, episode: Episode, recording: Recording, made: Master, words: MachineWords
) -> None:
    """Write a transcript for a person to correct; raises :class:`Fixable` if there is one."""
    from podcast import hearing

    wording = Wording(episode.language)
    space = work.workspace
    first = draft(
        words,
        speakers(work, recording, made, words, wording.say("draft.unnamed")),
        wording.say("draft.unnamed"),
        wording.say("draft.sound"),
        f"{words.engine}, {words.model}, {words.created[:10]}",
        hearing.loud_between(made.path),
        known(episode, made, wording),
    )
    glossary = space.glossary()

    def written(text: str) -> str:
        return typeset(correct(text, glossary, first.language), first.language)

    listed = space.chapters_file(episode.slug)
    if listed.is_file():
        try:
            first = with_headings(first, read_chapters(listed.read_bytes()))
        except ValueError as error:
            raise Fixable(fault("foreign.chapters_broken", Place(space.name(listed)))) from error
    text = write_transcript(explain(rewrite(first, written), glossary))
    file = space.transcript_file(episode.slug)
    write_new(file, text)
    work.report.say("stage.draft", file=space.name(file))


def known(episode: Episode, made: Master, wording: Wording) -> list[Known]:
    """The music of a sound with its credits, and its parts, in the order of the text.

    A jingle stands before the part that it leads to, and music that begins under the last words
    behind them.
    """
    pieces = episode.pieces()
    middles = {"opening": 0, "bed": 0, "closing": made.duration_ms}
    music = [
        Known(
            middles.get(played.kind, (played.start_ms + played.end_ms) // 2),
            _cue(wording.say(f"music.{played.kind}"), pieces[played.kind], wording),
            played.start_ms,
            played.end_ms,
        )
        for played in made.played
    ]
    parts = []
    for number, joint_ms in enumerate((0, *made.joints_ms) if made.joints_ms else (), 1):
        # A recogniser lets a word begin in the music before it.
        at_ms = next((m.at_ms for m in music if m.start_ms < joint_ms <= m.end_ms), joint_ms)
        parts.append(Known(at_ms, Heading(wording.say("draft.part", n=number), 0)))
    return sorted([*parts[:1], *music, *parts[1:]], key=lambda each: each.at_ms)


def _cue(label: str, piece: Piece, wording: Wording) -> Cue:
    """The sound cue of a piece of music, with its credit as far as it is known."""
    title, artist, license_ = (
        " ".join(_UNFIT.sub(" ", text or "").split())
        for text in (piece.title, piece.artist, piece.license)
    )
    if title and artist:
        return Cue(label, 0, Credit(title, artist, license_ or None, piece.link))
    if title or artist:
        label = wording.say("music.named", label=label, title=title or artist)
    return Cue(label, 0)


def speakers(
    work: Work, recording: Recording, made: Master, words: MachineWords, unnamed: str
) -> list[Speaker | None]:
    """Who says each word, where tracks or the two sides of a stereo recording tell.

    A track has its speaker's name; whose side is which is for a person to say, so they are two
    placeholders, ``unnamed`` with its number counted on.
    """
    from podcast import hearing

    keys = [track.speaker for track in recording.tracks]
    people = [Speaker(work.show.people[k].name, k) for k in keys if k]
    if len(people) == 1:
        return [people[0]] * len(words.words)
    if people:
        energies: list[list[float]] | None = [
            [0.0] * (offset_ms // hearing.FRAME_MS) + energy
            for energy, offset_ms in zip(
                hearing.energies(recording.tracks), made.offsets_ms, strict=True
            )
        ]
    else:
        energies = None if recording.parts else hearing.sides(recording.tracks[0])
    if not energies:
        return [None] * len(words.words)
    speakers = people or [Speaker(unnamed), Speaker(unnamed.replace("1", "2"))]
    guesses = []
    for word in words.words:
        first = max(0, made.recorded_ms(word.start_ms)) // hearing.FRAME_MS
        last = max(first + 1, made.recorded_ms(word.end_ms) // hearing.FRAME_MS)
        loud = [sum(energy[first:last]) for energy in energies]
        guesses.append(speakers[loud.index(max(loud))])
    return list(smooth(guesses, words.words))
