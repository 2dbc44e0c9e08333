"""Ways of asking the engine: one window after another or in batches, on one thread or more.

    python -m benchmarks.recognition [--model FOLDER] [--minutes 10] [--compute int8 float32]

The sound is the sample show's second and third episodes, said again and again; what was said and
when is known from the synthesiser.  Each row runs in a process of its own.  Ratios are to the first
row, which is how `podcast transcribe` asks.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from podcast import align, hearing, speech_model, whisper
from podcast.transcript import Word

ROOT = Path(__file__).parent.parent
EPISODES = {"episode-2": "en", "episode-3": "fr"}


@dataclass(frozen=True)
class Way:
    """How the engine is asked; ``batch`` 0 is one window after another."""

    batch: int = 0
    threads: int = 1
    compute: str = "int8"
    sentences: bool = True
    """Whether a batch marks where sentences begin and end, as one after another always does."""

    @property
    def name(self) -> str:
        """Its row's first cells."""
        how = f"batches of {self.batch}" if self.batch else "one after another"
        if self.batch and not self.sentences:
            how += ", without marks of time"
        return f"{how} | {self.threads} | {self.compute}"


def ways(compute: list[str]) -> Iterator[Way]:
    """The rows, the product's own first."""
    yield Way()
    yield Way(threads=2)
    yield from (Way(compute=kind) for kind in compute if kind != "int8")
    for batch in (4, 8, 16):
        yield Way(batch)
    yield Way(8, 2)
    yield Way(8, sentences=False)


def _heard(model: Any, batched: Any, way: Way, audio: Any, language: str) -> list[Word]:
    if not way.batch:
        found = whisper.segments(model, audio, whisper.speech(audio), language)
    else:
        found, _ = batched.transcribe(
            audio, language=language, beam_size=5, word_timestamps=True, vad_filter=True,
            # A dict, not VadOptions: with those, pieces of more than 30 s are cut short.
            vad_parameters=dict(whisper.VAD), batch_size=way.batch,
            without_timestamps=not way.sentences,
        )  # fmt: skip
    return [
        Word(round(w.start * 1000), round(w.end * 1000), round(w.probability * 100), w.word)
        for segment in found
        for w in segment.words or ()
    ]


def one(folder: Path, way: Way, minutes: float) -> dict[str, float]:
    """Hear so many minutes in this process; seconds, MiB, errors in %, word starts in ms."""
    import faster_whisper
    import numpy as np

    model = faster_whisper.WhisperModel(
        str(folder), device="cpu", compute_type=way.compute, cpu_threads=way.threads,
        local_files_only=True,
    )  # fmt: skip
    batched = faster_whisper.BatchedInferencePipeline(model)
    said = wrong = 0
    late: list[int] = []
    wall = cpu = heard_s = 0.0
    with tempfile.TemporaryDirectory() as made:
        for episode, language in EPISODES.items():
            samples = Path(made) / f"{episode}.s16"
            recording = ROOT / "episodes" / episode / "recording.flac"
            hearing.for_speech_recognition(recording, samples)
            once = np.fromfile(samples, "<i2").astype(np.float32) / 32768
            times = max(1, round(minutes * 60 / len(EPISODES) / (len(once) / whisper.RATE)))
            # A whole number of sayings, in pieces as long as those of the product.
            each = max(1, whisper.PIECE_S * whisper.RATE // len(once))
            truth = json.loads(
                (ROOT / "tools/sample_show/truth" / f"{episode}.json").read_text("utf-8")
            )
            turns = [word for turn in truth["turns"] for word in turn["words"]]
            written = align.written_words(" ".join(word["text"] for word in turns))
            for first in range(0, times, each):
                many = min(each, times - first)
                audio = np.concatenate([once] * many)
                began, before = time.monotonic(), time.process_time()
                words = _heard(model, batched, way, audio, language)
                wall += time.monotonic() - began
                cpu += time.process_time() - before
                heard_s += len(audio) / whisper.RATE
                found = align.align(written * many, tuple(words), 10**9).tokens
                shift = len(once) * 1000 / whisper.RATE
                said += len(found)
                for number, token in enumerate(found):
                    turn, part = divmod(number, len(turns))
                    if token.how == "exact":
                        due = turns[part]["start_ms"] + turn * shift
                        late.append(abs(round(token.start_ms - due)))
                    else:
                        wrong += 1
    late.sort()
    return {
        "wall": wall / heard_s,
        "cpu": cpu / heard_s,
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "wrong": 100 * wrong / said,
        "median": statistics.median(late) if late else float("nan"),
        "worst": late[int(0.95 * len(late))] if late else float("nan"),
    }


def main() -> None:
    """The table, a process for each row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=speech_model.shipped())
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--compute", nargs="+", default=["int8", "float32"])
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.model, Way(**json.loads(options.one)), options.minutes)))
        return
    print("| how | threads | numbers | wall s an hour | CPU s an hour | wall to the first "
          "| CPU to it | peak MiB | not found, % | starts off, median ms | 95 % |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    base: dict[str, float] = {}
    for way in ways(options.compute):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.recognition", "--model", str(options.model),
             "--minutes", str(options.minutes), "--one", json.dumps(asdict(way))],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        told = json.loads(done.stdout)
        base = base or told
        print(
            f"| {way.name} | {told['wall'] * 3600:.0f} | {told['cpu'] * 3600:.0f} "
            f"| {told['wall'] / base['wall']:.2f} | {told['cpu'] / base['cpu']:.2f} "
            f"| {told['mebibytes']:.0f} | {told['wrong']:.1f} | {told['median']:.0f} "
            f"| {told['worst']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
