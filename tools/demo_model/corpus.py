"""Speak every sentence twice with espeak-ng, and keep what is known of it: phonemes and times."""

from __future__ import annotations

import json
import multiprocessing
import pickle
import random
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from tools.demo_model import texts, variants, voices
from tools.demo_model.speech import RATE, Spoken, at_16k
from tools.espeak import Espeak

FRAME = 320  # samples in one encoder frame of 20 ms
VARIANTS = "voices"  # folder of the engine's data with the invented voices
PAUSE = "_"  # espeak-ng's phoneme names for pauses begin so
LONGEST = 14.0  # seconds
SHARDS = 4  # of each round
ROUNDS = 2  # voices of the lists, then voices of all kinds


@dataclass
class Utterance:
    """One spoken sentence in a sound file, its tokens, and the time of each token in seconds."""

    language: str
    text: str
    voice: str
    offset: int
    length: int
    tokens: list[int]
    spans: list[tuple[float, float]]
    phonemes: list[tuple[str, int]] = field(default_factory=list)  # name, frames


def spoken_positions(spoken: str, written: str) -> list[int]:
    """For each character of ``written``, its place in ``spoken`` (a colon may be a comma)."""
    places, i = [], 0
    for letter in written:
        if letter == "," and spoken[i : i + 2] == " :":
            i += 1
        places.append(min(i, len(spoken) - 1))
        i += 1
    return [*places, len(spoken)]


def token_spans(
    sentence: texts.Sentence, spoken: Spoken, offsets: list[tuple[int, int]]
) -> list[tuple[float, float]]:
    """When each token is heard; a punctuation mark is heard just after the word before it."""
    duration = len(spoken.samples) / RATE
    pauses = [start for name, start in spoken.phonemes if name.startswith(PAUSE)]
    starts = [start for _, start in spoken.words] + [duration]
    ends = [min([p for p in pauses if a < p < b] or [b]) for a, b in pairwise(starts)]
    places = spoken_positions(sentence.spoken, sentence.written)
    owners: list[tuple[int, int, int]] = []  # word, first character, last character
    for first, last in offsets:
        # The text is encoded with a space in front: offsets are one too large.
        first, last = max(0, first - 1), max(0, last - 1)
        while first < last and sentence.written[first] == " ":
            first += 1
        place = places[first]
        owner = max([i for i, (p, _) in enumerate(spoken.words) if p <= place] or [0])
        mark = not any(c.isalnum() for c in sentence.written[first:last])
        owners.append((-1 - owner if mark else owner, first, max(first + 1, last)))
    spans = []
    for word, first, last in owners:
        if word < 0:
            end = ends[-1 - word]
            spans.append((max(0.0, end - 0.02), end + 0.1))
            continue
        low = min(f for w, f, _ in owners if w == word)
        high = max(e for w, _, e in owners if w == word)
        a, b = starts[word], ends[word]
        spans.append((a + (b - a) * (first - low) / (high - low),
                      a + (b - a) * (last - low) / (high - low)))  # fmt: skip
    return spans


def phoneme_frames(spoken: Spoken) -> list[tuple[str, int]]:
    """Run lengths of phoneme names, one frame each 20 ms."""
    frames = len(spoken.samples) // FRAME
    labels = [PAUSE] * frames
    for (name, start), (_, end) in pairwise([*spoken.phonemes, (PAUSE, frames * 0.02)]):
        shown = PAUSE if name.startswith(PAUSE) else name
        for i in range(int(start * 50), min(frames, int(end * 50))):
            labels[i] = shown
    runs: list[tuple[str, int]] = []
    for label in labels:
        if runs and runs[-1][0] == label:
            runs[-1] = (label, runs[-1][1] + 1)
        else:
            runs.append((label, 1))
    return runs


def random_voice(rng: random.Random, language: str) -> str:
    """A trained voice, often one of the sample show's."""
    pool = voices.FAVOURITES if rng.random() < 0.45 else voices.TRAINED
    return rng.choice(pool[language])


def any_voice(rng: random.Random, language: str) -> str:
    """A voice of the second round: most often one that nobody has."""
    others = variants.names(voices.INVENTED) if rng.random() < 0.75 else voices.OTHERS
    return f"{rng.choice(voices.ACCENTS[language])}+{rng.choice(others)}"


def speak(engine: Espeak, text: str, voice: str, rng: random.Random, wide: bool = False) -> Spoken:
    """Say a sentence at a random rate and pitch."""
    if wide:
        rate = rng.randint(135, 195)
        plain = rng.random() < 0.4  # the variant's own tune is odd enough at times
        pitch, pitch_range = (50, 50) if plain else (rng.randint(30, 75), rng.randint(15, 85))
        return at_16k(engine.speak(text, voice, rate, pitch, pitch_range))
    rate = rng.choice([150, 155, 160, 165, 170]) if rng.random() < 0.6 else rng.randint(135, 190)
    pitch = 50 if rng.random() < 0.5 else rng.randint(35, 65)
    pitch_range = 50 if rng.random() < 0.5 else rng.randint(30, 70)
    return at_16k(engine.speak(text, voice, rate, pitch, pitch_range))


def planned(seed: int, counts: dict[str, int]) -> list[tuple[texts.Sentence, str | None]]:
    """All sentences of the training corpus; interjections are said by every voice."""
    training, _ = texts.corpus(seed, counts, 0)
    plan: list[tuple[texts.Sentence, str | None]] = [(sentence, None) for sentence in training]
    for language, names in voices.TRAINED.items():
        for text in texts.short_sentences(language):
            for voice in names:
                plan.append((texts.Sentence(language, text, text), voice))
    random.Random(seed).shuffle(plan)
    return plan


def _shard(job: tuple[Path, int, int, dict[str, int]]) -> float:
    """Synthesise one shard in its own process: espeak-ng keeps global state."""
    work, shard, seed, counts = job
    target = work / f"speech-{shard}.pickle"
    if target.exists():
        with target.open("rb") as file:
            return float(sum(u.length for u in pickle.load(file)) / RATE)
    second = shard >= SHARDS
    engine = Espeak(work / VARIANTS)
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    rng = random.Random(f"{seed} speech {shard}")
    kept: list[Utterance] = []
    at = 0
    began = time.monotonic()
    plan = planned(seed, counts)[shard % SHARDS :: SHARDS]
    with (work / f"speech-{shard}.i16").open("wb") as sound:
        for i, (sentence, given) in enumerate(plan):
            if second:
                voice = any_voice(rng, sentence.language)
            else:
                voice = given or random_voice(rng, sentence.language)
            spoken = speak(engine, sentence.spoken, voice, rng, second)
            if not spoken.words or len(spoken.samples) > LONGEST * RATE:
                continue
            encoding = tokenizer.encode(" " + sentence.written, add_special_tokens=False)
            samples = spoken.samples * (0.6 / max(0.01, float(np.abs(spoken.samples).max())))
            sound.write((samples * 32767).astype(np.int16).tobytes())
            kept.append(
                Utterance(
                    sentence.language, sentence.written, voice, at, len(samples), encoding.ids,
                    token_spans(sentence, spoken, encoding.offsets), phoneme_frames(spoken),
                )
            )  # fmt: skip
            at += len(samples)
            if i % 1000 == 0:
                took = time.monotonic() - began
                print(f"speech {shard}: {i}/{len(plan)}, {at / RATE / 60:.0f} min of sound, "
                      f"{took:.0f} s", flush=True)  # fmt: skip
    partial = target.with_suffix(".part")
    with partial.open("wb") as file:
        pickle.dump(kept, file)
    partial.rename(target)
    return at / RATE


def shards(known: float) -> list[int]:
    """The parts of the corpus: so much of the first round (0 to 1), and all of the second."""
    return [*range(round(known * SHARDS)), *range(SHARDS, ROUNDS * SHARDS)]


def synthesise(
    work: Path, seed: int, counts: dict[str, int], processes: int = 2, known: float = 1.0
) -> float:
    """Make the parts of the corpus that are wanted and not made yet; returns seconds of speech."""
    work.mkdir(parents=True, exist_ok=True)
    variants.data_folder(work / VARIANTS, Espeak().data, seed, voices.INVENTED)
    jobs = [(work, shard, seed, counts) for shard in shards(known)]
    # An executor, not a Pool: where espeak-ng crashes on a drawn voice it says so, a Pool waits.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, max_tasks_per_child=1) as pool:
        seconds = sum(pool.map(_shard, jobs))
    about = {"seed": seed, "sentences": counts, "hours": round(seconds / 3600, 2)}
    (work / "corpus.json").write_text(json.dumps(about))
    return seconds


def load(work: Path, known: float = 1.0) -> list[tuple[Utterance, np.ndarray]]:
    """Every utterance with its samples (a view of the memory-mapped file)."""
    found = []
    for shard in shards(known):
        with (work / f"speech-{shard}.pickle").open("rb") as file:
            utterances = pickle.load(file)
        sound = np.memmap(work / f"speech-{shard}.i16", np.int16, "r")
        found += [(u, sound[u.offset : u.offset + u.length]) for u in utterances]
    return found
