"""The step from what was recorded to the finished sound, done once for each recording."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, astuple, replace
from pathlib import Path
from typing import TYPE_CHECKING

from podcast.endings import ending
from podcast.episode import Episode
from podcast.memo import key
from podcast.recording import (
    PAUSES_RECIPE,
    RECIPE,
    TIME_RECIPE,
    Kept,
    Loudness,
    Master,
    Played,
    Recording,
    Track,
)
from podcast.show import Sound
from podcast.timecode import clock
from podcast.work import Work
from podcast.workspace import ensure_folder, write

if TYPE_CHECKING:
    from podcast.levels import Levels


def sound_key(work: Work, recording: Recording, sound: Sound) -> str:
    """Names the finished sound: other files, another treatment or another recipe, another name."""
    treatment = {
        name: value
        for name, value in asdict(sound).items()
        if name != "outputs" and (name, value) != ("pauses", None)
    }
    return key(_times(work, recording, sound), treatment, RECIPE)


def sound_digest(work: Work, recording: Recording, sound: Sound) -> str:
    """Names the sound's times only: transcripts stay right when just the loudness changes."""
    return key(_times(work, recording, sound), TIME_RECIPE)


def _times(work: Work, recording: Recording, sound: Sound) -> list[object]:
    parts: list[object] = ["parts"] if recording.parts else []
    if sound.pauses is not None:
        # What is a pause depends on how the tracks are brought together, too.
        parts.append([sound.pauses, sound.even, sound.highpass_hz, PAUSES_RECIPE])
    under = {kind: track.under_ms for kind, track in recording.music.items() if track.under_ms}
    if "jingle" in recording.music or under:
        others = {k: v for k, v in recording.music.items() if k in ("bed", "jingle")}
        parts.append([under, {k: work.digests.of(_there(v)) for k, v in others.items()}])
    return parts + [
        [(track.speaker, work.digests.of(_there(track))) for track in part]
        for part in (
            recording.tracks,
            [t for t in (recording.opening,) if t],
            [t for t in (recording.closing,) if t],
        )
    ]


def _there(track: Track) -> Path:
    from podcast.ffmpeg import regular

    regular(track)  # a digest would read a device for ever
    return track.path


def mastered(work: Work, recording: Recording, sound: Sound) -> Master | None:
    """The finished sound, if it was made before."""
    made = _sound_file(work, recording, sound)
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
            told["gain"],
            told["ceiling"],
            tuple(told["offsets_ms"]),
            kept=tuple(Kept(*kept) for kept in told.get("kept", ())),
            played=tuple(Played(*played) for played in told.get("played", ())),
            removed_ms=told.get("removed_ms", 0),
            joints_ms=tuple(told.get("joints_ms", ())),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sound_file(work: Work, recording: Recording, sound: Sound) -> Path:
    return work.workspace.cache / "sound" / f"{sound_key(work, recording, sound)}.mp3"


def master(work: Work, episode: Episode, recording: Recording) -> Master:
    """The finished sound in every kind that is asked for, made now as far as it was not before."""
    made = mastered(work, recording, episode.sound) or _master(work, episode, recording)
    return replace(made, alternates=_others(work, episode, recording, made))


def _others(work: Work, episode: Episode, recording: Recording, made: Master) -> tuple[Path, ...]:
    files: dict[str, Path] = {
        kind: made.path.with_name(f"{made.path.stem}-{RECIPE}.{kind}")
        for kind in episode.sound.outputs
    }
    missing = {kind: file for kind, file in files.items() if not file.is_file()}
    partial = {kind: f.with_name(f"{f.stem}.{os.getpid()}.{kind}") for kind, f in missing.items()}
    if missing:
        from podcast import audio

        try:
            with work.report.progress("progress.sound", slug=episode.slug) as progress:
                audio.others(recording, episode.sound, made, partial, progress)
            for kind, file in missing.items():
                os.replace(partial[kind], file)
        finally:
            for file in partial.values():
                file.unlink(missing_ok=True)
        work.report.say("stage.others", slug=episode.slug, kinds=", ".join(missing))
    return tuple(files.values())


def _master(work: Work, episode: Episode, recording: Recording) -> Master:
    from podcast import audio, examining

    slug, sound = episode.slug, episode.sound
    made = _sound_file(work, recording, sound)
    ensure_folder(made.parent)
    began = time.monotonic()

    def examine(levels: Sequence[Levels]) -> None:
        for track, found in zip(recording.tracks, levels, strict=True):
            examining.keep(work, track, found)
        examining.refuse_ruined(work, recording)

    def keep(levels: Levels) -> None:
        examining.keep_of_master(work, made.stem, levels)

    partial = made.with_name(f"{made.stem}.{os.getpid()}.mp3")
    try:
        with work.report.progress("progress.sound", slug=slug) as progress:
            result = audio.master(recording, sound, partial, progress, examine=examine, keep=keep)
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
        "gain": result.gain,
        "ceiling": result.ceiling,
        "offsets_ms": result.offsets_ms,
        "kept": [astuple(kept) for kept in result.kept],
        "played": [astuple(played) for played in result.played],
        "removed_ms": result.removed_ms,
        "joints_ms": result.joints_ms,
    }
    write(made.with_suffix(".json"), json.dumps(told))
    work.report.say(
        "stage.sound",
        slug=slug,
        length=clock(result.duration_ms),
        before=result.before.integrated,
        after=result.after.integrated,
        seconds=time.monotonic() - began,
    )
    if result.removed_ms:
        work.report.say("stage.pauses", seconds=result.removed_ms / 1000)
    for track, offset_ms in zip(recording.tracks, result.offsets_ms, strict=True):
        if offset_ms:
            work.report.say("stage.late", name=track.name, seconds=offset_ms / 1000)
    for track in recording.tracks:
        if ending(track.path).state == "open":
            length = clock(examining.levels_of(work, track).duration_ms)
            work.report.say("stage.open_end", name=track.name, length=length)
    done = mastered(work, recording, sound) or result
    examining.tell(work, slug, examining.blemishes(work, recording, done))
    return done
