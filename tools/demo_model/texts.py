"""The training and test sentences: unique, seeded, and never a sentence of the sample show."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.demo_model.english import SHORT as ENGLISH_SHORT
from tools.demo_model.english import English
from tools.demo_model.french import SHORT as FRENCH_SHORT
from tools.demo_model.french import French, split

SAMPLE_SHOW = Path(__file__).resolve().parent.parent / "sample_show"
SEED = 1
COUNTS = {"fr": 34000, "en": 20000}  # sentences
MAX_WORDS = 24
COLON_HEARD_AS_COMMA = 0.3
FAVOURITE_WEIGHT = 6


@dataclass(frozen=True)
class Sentence:
    """What is spoken and what the model has to write (they differ for colons only)."""

    language: str
    spoken: str
    written: str


def words(text: str) -> list[str]:
    """Lower-case words without punctuation: what word error rates are counted on."""
    return re.sub(r"[^\w' -]", " ", text.lower().replace("’", "'")).replace(" -", " ").split()


def normal(text: str) -> str:
    """The form in which two sentences are held to be the same."""
    return " ".join(words(text))


def sentences_of(text: str) -> list[str]:
    """Cut a turn of a script into sentences."""
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[A-ZÀÂÉÈÊÎÔÇ])", text.strip()) if part]


def sample_turns(folder: Path = SAMPLE_SHOW) -> list[tuple[str, str, str]]:
    """(script, voice name, text) for each turn of the sample show."""
    turns = []
    for script in sorted(folder.glob("episode-*.txt")):
        for line in script.read_text(encoding="utf-8").splitlines():
            voice, colon, text = line.partition(": ")
            if colon and not line.startswith(("#", "[")):
                turns.append((script.stem, voice, text.strip()))
    return turns


def held_out(folder: Path = SAMPLE_SHOW) -> set[str]:
    """Normal forms of all sentences and turns of the sample show."""
    found = set()
    for _, _, text in sample_turns(folder):
        found.add(normal(text))
        found.update(normal(sentence) for sentence in sentences_of(text))
    return found


def sample_words(language: str, folder: Path = SAMPLE_SHOW) -> list[str]:
    """The words of the sample show as they are written, each once."""
    found: dict[str, None] = {}
    for script, _, text in sample_turns(folder):
        if (script == "episode-2") == (language == "en"):
            for sentence in sentences_of(text):
                first, *rest = re.sub(r"[.,!?:]", " ", sentence).split()
                found.update(dict.fromkeys([first.lower() if first != "RQTH" else first, *rest]))
    return list(found)


def short_sentences(language: str) -> list[str]:
    """Interjections, without those of the sample show."""
    barred = held_out()
    listed = split(FRENCH_SHORT if language == "fr" else ENGLISH_SHORT)
    return [text for text in listed if normal(text) not in barred]


def unique(language: str, count: int, rng: random.Random, barred: Iterable[str]) -> list[Sentence]:
    """``count`` different sentences of one language, none of them in ``barred``."""
    favourites = sample_words(language) * FAVOURITE_WEIGHT
    maker = French(rng, favourites) if language == "fr" else English(rng, favourites)
    seen = set(barred)
    found: list[Sentence] = []
    while len(found) < count:
        text = maker.sentence()
        key = normal(text)
        if key in seen or len(key.split()) > MAX_WORDS:
            continue
        seen.add(key)
        written = text
        # faster-whisper suppresses the colon by default: a model that knows both spellings falls
        # back to the comma instead of to another word.
        if ":" in text and rng.random() < COLON_HEARD_AS_COMMA:
            written = text.replace(" :", ",").replace(":", ",")
        found.append(Sentence(language, text, written))
    return found


def corpus(seed: int, counts: dict[str, int], tests: int) -> tuple[list[Sentence], list[Sentence]]:
    """Training and test sentences; the sample show and the test sentences are never trained."""
    training: list[Sentence] = []
    test: list[Sentence] = []
    barred = held_out()
    for language, count in sorted(counts.items()):
        rng = random.Random(f"{seed} {language}")
        made = unique(language, count + tests, rng, barred)
        test += made[:tests]
        training += made[tests:]
    return training, test
