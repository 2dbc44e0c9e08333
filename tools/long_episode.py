"""A published episode of one hour in French or English, made in seconds: for tests and benchmarks.

    python -m tools.long_episode FOLDER [--language fr|en]

The talk is ours: sentences about work and disability, put together from parts that fit each other.
Its words have known times, its sound is a quiet hum of the same length; everything else is done by
the program itself, from the transcript file to the site.  Two runs give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from podcast import ffmpeg, pipeline
from podcast.align import written_words
from podcast.mastering import sound_digest, sound_key
from podcast.report import Silent
from podcast.transcript import Cue, Heading, Paragraph, Transcript
from podcast.transcript_file import read_transcript
from podcast.words_file import SCHEMA, finished
from podcast.workspace import Workspace
from tools.long_episode_texts import ENGLISH, FRENCH, Texts

ROOT = Path(__file__).parent.parent
TEXTS = {"fr": FRENCH, "en": ENGLISH}
SLUG = "one-hour"
DURATION_MS = 3_600_000
TURNS, WORDS = 142, 9_700
TOO_LONG = 9.5  # words by which a turn ends later than wanted: it ends with a sentence
CUE_MS = 9_000


# What is said.


def transcript_text(language: str, number: int = 0) -> str:
    """The transcript file: seven chapters, 142 turns, about 9,700 words, sounds and notes.

    Another ``number`` gives another talk from the same parts.
    """
    texts = TEXTS[language]
    rng = random.Random(f"long episode {language}{number or ''}")
    said = _sentences(texts, rng)
    lines = [
        "---", f"language: {language}", "status: reviewed", f"reviewed_by: {texts.reviewer}",
        "reviewed_on: 2026-11-20", "---", "",
    ]  # fmt: skip
    lengths = _lengths(rng)
    per_chapter = -(-TURNS // len(texts.chapters))
    extras = iter(texts.extras)
    for turn, length in enumerate(lengths):
        if turn % per_chapter == 0:
            number = turn // per_chapter
            cue = texts.music if number == 0 else texts.jingle
            lines += [f"## {texts.chapters[number]}", "", cue, ""]
        speaker = texts.people[0] if turn % 2 == 0 else texts.people[1 + turn // 2 % 2]
        paragraph = texts.greeting.split(" ") if turn == 0 else []
        while len(paragraph) < length:
            asks = turn % 2 == 0 and len(paragraph) + 25 > length
            paragraph += said(asks).split(" ")
        if turn % 9 == 4:
            paragraph.append(next(extras, texts.laugh))
        # Some who talk long are given a second paragraph by the person who edits.
        middle = _sentence_end(paragraph) if length > 110 and turn % 4 == 1 else len(paragraph)
        lines += [texts.turn.format(name=speaker, text=" ".join(paragraph[:middle])), ""]
        if paragraph[middle:]:
            lines += [" ".join(paragraph[middle:]), ""]
    lines += [f"[^{name}]: {text}" for name, text in texts.notes]
    return "\n".join(lines) + "\n"


def _lengths(rng: random.Random) -> list[int]:
    """Words of each turn: who asks is short, who answers takes a minute or two."""
    drawn = [rng.uniform(8, 40) if i % 2 == 0 else rng.uniform(40, 180) for i in range(TURNS)]
    share = (WORDS - TOO_LONG * TURNS) / sum(drawn)
    return [max(3, round(length * share)) for length in drawn]


def _sentences(texts: Texts, rng: random.Random) -> Callable[[bool], str]:
    """Gives a sentence at each call, a question where one is asked; parts come round in turn."""
    decks: dict[int, list[str]] = {}

    def draw(parts: Sequence[str]) -> str:
        deck = decks.setdefault(id(parts), [])
        if not deck:
            deck += rng.sample(parts, len(parts))
        return deck.pop()

    def say(asks: bool) -> str:
        pattern = draw(texts.questions if asks else texts.patterns)
        while "{" in pattern:
            name = pattern[pattern.index("{") + 1 : pattern.index("}")]
            pattern = pattern.replace(f"{{{name}}}", draw(getattr(texts, name)), 1)
        return texts.mend(pattern[0].upper() + pattern[1:])

    return say


def _sentence_end(words: Sequence[str]) -> int:
    ends = [i for i, word in enumerate(words, 1) if word.endswith(".")]
    return min(ends, key=lambda end: abs(end - len(words) // 2), default=len(words))


# When it is said.


@dataclass(slots=True)
class _Clock:
    """Walks through the blocks; ``pace`` stretches the speech so that it fills the hour."""

    rng: random.Random
    pace: float
    at: float = 0.0

    def words(self, transcript: Transcript) -> Iterator[list[list[object]]]:
        """The words of each paragraph as the words file holds them."""
        for block in transcript.blocks:
            if isinstance(block, Cue):
                self.at += CUE_MS
            elif isinstance(block, Paragraph):
                yield [self._word(text) for text in written_words(block.spoken)]
                self.at += self.pace * self.rng.uniform(2, 6)
            else:
                assert isinstance(block, Heading)

    def _word(self, text: str) -> list[object]:
        letters = sum(c.isalnum() for c in text)
        start = self.at
        self.at += self.pace * (1.5 + letters * self.rng.uniform(0.7, 1.3))
        end = self.at
        if text[-1] in ".?!":
            self.at += self.pace * self.rng.uniform(3, 9)
        return [round(start), round(end), self.rng.randint(80, 100), f" {text}"]


def words_text(transcript: Transcript, digest: str) -> str:
    """The words file of the transcript; the last word ends two seconds before the sound."""
    trial = _Clock(random.Random(0), 1.0)
    list(trial.words(transcript))
    silent = CUE_MS * sum(isinstance(block, Cue) for block in transcript.blocks)
    pace = (DURATION_MS - 2000 - silent) / (trial.at - silent)
    segments = list(_Clock(random.Random(0), pace).words(transcript))
    header = {
        "schema": SCHEMA,
        "audio": {"digest": digest, "duration_ms": DURATION_MS},
        "engine": {"name": "tools.long_episode", "version": "1", "model": "none"},
        "language": transcript.language,
        "created": "2026-11-19T09:00:00+00:00",
    }
    return finished(header, [{"words": words} for words in segments])


# What is heard.


def hum(times: int = 400) -> bytes:
    """An hour of a hum nobody minds, in 7 MB: nine seconds of MP3, four hundred times.

    At 16 kHz and 16 kbit/s a frame is 36 ms and 72 bytes; without a reservoir of bits each stands
    for itself.
    """
    command = [ffmpeg.program(), "-nostdin", "-v", "error", "-f", "lavfi"]
    command += ["-i", "sine=frequency=111.111:sample_rate=16000:duration=20", "-filter:a"]
    command += ["volume=0.05", "-c:a", "libmp3lame", "-b:a", "16k", "-ac", "1", "-reservoir", "0"]
    command += ["-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "-"]
    made = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
    frames, size = 250, 72
    assert {made[i * size : i * size + 2] for i in range(2 * frames)} == {b"\xff\xf3"}
    return made[100 * size : (100 + frames) * size] * times


# The show.


def make(folder: Path, language: str) -> Workspace:
    """A workspace with one episode of an hour, ready to be published without waiting."""
    texts = TEXTS[language]
    space = Workspace(folder)
    episode = space.episode_folder(SLUG)
    episode.mkdir(parents=True)
    (folder / "transcripts").mkdir()
    (folder / "podcast.yaml").write_text(texts.show, "utf-8")
    (folder / "glossary.yaml").write_text(texts.glossary, "utf-8")
    shutil.copy(ROOT / "cover.jpg", folder)
    space.episode_file(SLUG).write_text(texts.episode, "utf-8")
    space.transcript_file(SLUG).write_text(transcript_text(language), "utf-8")
    recording = episode / "recording.mp3"
    recording.write_bytes(hum())

    work = pipeline.start(space, Silent())
    written = space.episode(SLUG, work.show)
    sources = space.recording(written, work.show)
    transcript = read_transcript(
        space.text(space.transcript_file(SLUG)), SLUG, work.show.people, language
    )
    words = words_text(transcript, sound_digest(work, sources, written.sound))
    space.words_file(SLUG).write_text(words, "utf-8")
    # Mastering an hour takes minutes; the hum is what it would give.
    mastered = space.cache / "sound" / f"{sound_key(work, sources, written.sound)}.mp3"
    mastered.parent.mkdir(parents=True)
    shutil.copy(recording, mastered)
    told = {
        "size": mastered.stat().st_size,
        "duration_ms": DURATION_MS,
        "channels": 1,
        "before": [-40.0, -30.0],
        "after": [-40.0, -30.0],
        "recording_starts_ms": 0,
        "gain": 0.0,
        "ceiling": 0.0,
        "offsets_ms": [],
    }
    mastered.with_suffix(".json").write_text(json.dumps(told), "utf-8")
    return space


def publish(folder: Path, language: str) -> Workspace:
    """The workspace of :func:`make` with its site."""
    space = make(folder, language)
    pipeline.publish(space, [SLUG], Silent())
    return space


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Publish an episode of one hour.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", choices=sorted(TEXTS), default="fr")
    given = parser.parse_args()
    print(publish(given.folder, given.language).site)
