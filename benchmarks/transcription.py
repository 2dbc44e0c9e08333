"""Memory and time of the recogniser as the recording gets longer.

    python -m benchmarks.transcription [--minutes 10 60 180]

The sound is the sample show's second episode, said again and again; the model is the shipped one.
Each length runs in a process of its own, whose children's peak memory the system tells.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from podcast import hearing, speech_model, whisper
from podcast.words_file import read_words

ROOT = Path(__file__).parent.parent


def one(minutes: int) -> dict[str, float]:
    """Transcribe ``minutes`` of speech; peak memory in MiB, seconds, words."""
    with tempfile.TemporaryDirectory() as folder:
        once, whole = Path(folder) / "once.s16", Path(folder) / "whole.s16"
        hearing.for_speech_recognition(ROOT / "episodes" / "episode-2" / "recording.flac", once)
        said = once.read_bytes()
        left = minutes * 60 * whisper.RATE * 2
        with whole.open("wb") as file:
            while left > 0:
                file.write(said[:left])
                left -= len(said)
        task = whisper.task(
            speech_model.shipped(), "demo", whole, Path(folder) / "journal.jsonl", "en", "benchmark"
        )
        began = time.monotonic()
        words = read_words(whisper.transcribe(task), "words").words
        seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "words": len(words),
        "seconds": seconds,
        "cpu": used.ru_utime + used.ru_stime,
        "mebibytes": used.ru_maxrss / 1024,
    }


def main() -> None:
    """The table, a process for each row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, nargs="+", default=[10, 60, 180])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one)))
        return
    print("| minutes | words | wall s | CPU s | real-time factor | peak MiB |")
    print("|---|---|---|---|---|---|")
    for minutes in options.minutes:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.transcription", "--one", str(minutes)],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        told = json.loads(done.stdout)
        factor = told["seconds"] / minutes / 60
        print(
            f"| {minutes} | {told['words']} | {told['seconds']:.0f} | {told['cpu']:.0f} "
            f"| {factor:.3f} | {told['mebibytes']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
