"""Make the sample show's recordings, its music and the known truth about them again.

Run ``python -m tools.sample_show.make`` from the repository root.  Needs espeak-ng, numpy and
imageio-ffmpeg.  Every run gives the same sound; ``--root`` writes it elsewhere.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tools.espeak import Espeak
from tools.sample_show.audio import (
    RATE,
    Sound,
    active_level,
    add,
    convolve,
    db,
    double_rate,
    fade,
    room_tone,
    samples,
    seeded,
    write_flac,
)
from tools.sample_show.music import closing, jingle, machine, opening
from tools.sample_show.speech import VOICES, phoneme_count, read_script, say, time_words

HERE = Path(__file__).resolve().parent
LEAD_IN, LEAD_OUT = 0.5, 0.8  # seconds of quiet room before the first word and after the last
GAP = (0.35, 0.7)  # shortest and longest silence between two turns, seconds
AROUND_SOUNDS = 0.4  # silence before and after a jingle or the machine, seconds
SOUND_LEVELS = {"jingle": -6.0, "machine": -11.0}  # dB, against the speech
SPEECH_BITS = 13  # keeps the recordings small; the error stays below the room tone
BLEED = -30.0  # dB: how much of the other speaker each microphone hears


@dataclass
class Take:
    """One episode as spoken: every voice and the sounds on a track each, and the truth."""

    voices: dict[str, Sound]
    sounds: Sound
    truth: dict[str, Any]


@dataclass
class _Plan:
    """What is placed so far, in samples."""

    at: int = samples(LEAD_IN)
    pieces: list[tuple[str, int, Sound]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    sounds: list[dict[str, Any]] = field(default_factory=list)


def _ms(at: int, seconds: float = 0.0) -> int:
    return round(1000 * (at / RATE + seconds))


def record(engine: Espeak, text: str, seed: int) -> Take:
    """Speak one of the texts and lay it out on tracks; speech is levelled to -20 dBFS."""
    chance = seeded(seed)
    plan = _Plan()
    before = ""
    for line in read_script(HERE / f"{text}.txt"):
        if line.kind == "pause":
            plan.at += samples(line.seconds)
            continue
        if before:
            near_sound = line.kind != "turn" or before != "turn"
            plan.at += samples(AROUND_SOUNDS if near_sound else chance.uniform(*GAP))
        before = line.kind
        if line.kind == "turn":
            voice = VOICES[line.speaker]
            speech = say(engine, voice, line.text)
            if speech.rate * 2 != RATE:
                raise SystemExit(f"espeak-ng speaks at {speech.rate} Hz; 22050 Hz is needed")
            words = time_words(line.text, speech, partial(phoneme_count, engine, voice))
            timed = [
                {"text": w.text, "start_ms": _ms(plan.at, w.start), "end_ms": _ms(plan.at, w.end)}
                for w in words
            ]
            turn = {
                "speaker": line.speaker,
                "text": line.text,
                "start_ms": timed[0]["start_ms"],
                "end_ms": timed[-1]["end_ms"],
                "words": timed,
            }
            plan.turns.append(turn)
            sound = fade(double_rate(speech.samples), 0.001, 0.012)  # espeak-ng stops abruptly
        else:
            sound = {"jingle": jingle, "machine": machine}[line.kind]()
            sound *= db(-20 + SOUND_LEVELS[line.kind]) / active_level(sound)
            start, end = _ms(plan.at), _ms(plan.at + len(sound))
            plan.sounds.append({"kind": line.kind, "start_ms": start, "end_ms": end})
        plan.pieces.append((line.speaker, plan.at, sound))
        plan.at += len(sound)
    length = plan.at + samples(LEAD_OUT)
    tracks = {name: np.zeros(length) for name in dict.fromkeys(p[0] for p in plan.pieces)}
    for name, at, sound in plan.pieces:
        add(tracks[name], sound, at)
    sounds = tracks.pop("", np.zeros(length))
    voices = {name: track * db(-20) / active_level(track) for name, track in tracks.items()}
    truth = {"duration_ms": _ms(length), "turns": plan.turns, "sounds": plan.sounds}
    return Take(voices, sounds, truth)


def _across_the_room(sound: Sound) -> Sound:
    """A voice as the other microphone hears it: a little later, and duller."""
    kernel = np.zeros(samples(0.008))
    late = samples(0.004)
    kernel[late:] = np.exp(-np.arange(len(kernel) - late) / 6)
    return convolve(sound, kernel / kernel.sum())[: len(sound)]


def separate_tracks(take: Take, gains: dict[str, float], seed: int) -> dict[str, Sound]:
    """One track for each voice, with some bleed of the others and a room tone of its own."""
    tracks = {}
    for n, (name, voice) in enumerate(take.voices.items()):
        others = sum(sound for other, sound in take.voices.items() if other != name)
        mixed = (voice + db(BLEED) * _across_the_room(np.asarray(others))) * db(gains[name])
        tracks[name] = mixed + room_tone(len(mixed), seed + n)
    return tracks


def one_recording(take: Take, gain: float, seed: int) -> Sound:
    """All voices and sounds in one mono recording."""
    mixed: Sound = np.asarray(sum(take.voices.values())) + take.sounds
    mixed *= db(gain)
    mixed += room_tone(len(mixed), seed)
    return mixed


def make(root: Path) -> None:
    """Write every recording below ``root`` and the truth beside the texts."""
    engine = Espeak()
    takes = {number: record(engine, f"episode-{number}", 100 + number) for number in (1, 2, 3)}
    episodes = root / "episodes"
    gains = {"presentatrice": -0.5, "conseillere": -5.5}
    for name, track in separate_tracks(takes[1], gains, 201).items():
        write_flac(episodes / "episode-1" / "tracks" / f"{name}.flac", track, SPEECH_BITS)
    for number, gain, seed in ((2, -5.8, 211), (3, -2.0, 221)):
        recording = one_recording(takes[number], gain, seed)
        write_flac(episodes / f"episode-{number}" / "recording.flac", recording, SPEECH_BITS)
    write_flac(episodes / "episode-3" / "opening.flac", opening())
    write_flac(episodes / "episode-3" / "closing.flac", closing())
    for language, seed in (("fr", 231), ("en", 241)):
        example = record(engine, f"example-{language}", seed)
        folder = root / "podcast" / "example" / language
        write_flac(folder / "recording.flac", one_recording(example, 0.0, seed), SPEECH_BITS)
    folder = root / "tools" / "sample_show" / "truth"
    folder.mkdir(parents=True, exist_ok=True)
    for number, take in takes.items():
        text = json.dumps(take.truth, ensure_ascii=False, indent=1) + "\n"
        (folder / f"episode-{number}.json").write_text(text, "utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make the sample show's recordings again.")
    parser.add_argument("--root", type=Path, default=HERE.parents[1], help="where to write")
    make(parser.parse_args().root)


if __name__ == "__main__":
    main()
