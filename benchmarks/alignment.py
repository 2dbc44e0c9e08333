"""How well and how fast edited text finds its times: ``python -m benchmarks.alignment [--quick]``.

Prints a Markdown table.  The error is the distance between a word's start and the true one, over
the words that were really said, without those of moved paragraphs; "anchored" counts the same words
(exact or near).  CPU seconds are the best of three runs, memory is Python's (tracemalloc).
"""

from __future__ import annotations

import argparse
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import mean

from mutagen.flac import FLAC

from benchmarks.corpus import Edited, Episode, Said, edit, hear, recut, speak
from podcast.align import Alignment, align
from podcast.pieces import heard_pieces, written_pieces
from podcast.transcript import Token, Word
from podcast.words_file import read_words

ROOT = Path(__file__).parent.parent
HEAD = (
    "| words | edit | moved | method | anchored | median ms | p95 s | p99 s | max s | > 1 s "
    "| CPU s | peak MB |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass
class Case:
    """One text to align, with what is true of it."""

    heard: list[Word]
    edited: Edited
    duration: int
    language: str = "fr"

    def still(self) -> list[int]:
        """The words that were said where they stand."""
        borders = [*self.edited.paragraphs, len(self.edited.written)]
        gone = {w for p in self.edited.moved for w in range(borders[p], borders[p + 1])}
        return [k for k, t in enumerate(self.edited.truth) if t is not None and k not in gone]


Method = Callable[[Case], list[Token]]


def report(case: Case) -> Alignment:
    edited = case.edited
    return align(
        edited.written,
        case.heard,
        case.duration,
        paragraphs=edited.paragraphs,
        language=case.language,
    )


def ours(case: Case) -> list[Token]:
    return list(report(case).tokens)


def difflib_words(case: Case) -> list[Token]:
    """What web editors do: lower-cased words, difflib as it is, a straight line in between."""
    heard = [(w.text.strip().lower(), w.start_ms, w.end_ms) for w in case.heard]
    written = [word.lower() for word in case.edited.written]
    return _straight(case, written, heard, list(range(len(written))), autojunk=True)


def difflib_pieces(case: Case) -> list[Token]:
    """Difflib on our pieces, without its shortcut for frequent words."""
    wanted = written_pieces(case.edited.written, "fr")
    known = heard_pieces(case.heard, "fr")
    heard = list(zip(known.texts, known.start, known.end, strict=True))
    return _straight(case, wanted.texts, heard, wanted.first, autojunk=False)


def _straight(
    case: Case,
    written: list[str],
    heard: list[tuple[str, int, int]],
    owner: list[int],
    autojunk: bool,
) -> list[Token]:
    matcher = SequenceMatcher(None, written, [text for text, _, _ in heard], autojunk=autojunk)
    times: dict[int, tuple[int, int]] = {}
    for a, b, size in matcher.get_matching_blocks():
        for k in range(size):
            times.setdefault(owner[a + k], heard[b + k][1:])
    tokens: list[Token] = []
    known = sorted(times)
    for k, word in enumerate(case.edited.written):
        if k in times:
            known.pop(0)
            tokens.append(Token(word, *times[k], "exact"))
            continue
        start = tokens[-1].end_ms if tokens else 0
        until, count = (times[known[0]][0], known[0] - k) if known else (case.duration, 1)
        tokens.append(Token(word, start, start + (until - start) // (count + 1), "interpolated"))
    return tokens


@dataclass
class Row:
    anchored: float
    median: float
    p95: float
    p99: float
    worst: float
    far: float
    cpu: float
    peak: float


def measure(case: Case, method: Method, runs: int = 3) -> Row:
    spent = []
    tokens: list[Token] = []
    for _ in range(runs):
        began = time.process_time()
        tokens = method(case)
        spent.append(time.process_time() - began)
    tracemalloc.start()
    method(case)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    still = case.still()
    off = sorted(abs(tokens[k].start_ms - (case.edited.truth[k] or 0)) for k in still)
    return Row(
        sum(tokens[k].how in ("exact", "near") for k in still) / len(still),
        off[len(off) // 2],
        off[int(len(off) * 0.95)] / 1000,
        off[int(len(off) * 0.99)] / 1000,
        off[-1] / 1000,
        sum(ms > 1000 for ms in off) / len(off),
        min(spent),
        peak / 1e6,
    )


def line(words: object, edits: str, moved: object, method: str, rows: list[Row]) -> str:
    def average(name: str) -> float:
        return float(mean(getattr(row, name) for row in rows))

    return (
        f"| {words} | {edits} | {moved} | {method} | {average('anchored'):.1%} "
        f"| {average('median'):.0f} | {average('p95'):.2f} | {average('p99'):.2f} "
        f"| {max(row.worst for row in rows):.1f} | {average('far'):.2%} "
        f"| {average('cpu'):.2f} | {average('peak'):.0f} |"
    )


def made(words: int, level: float, moved: int, seed: int) -> Case:
    episode = speak(words, seed)
    return Case(hear(episode, seed), edit(episode, seed, level, moved), episode.duration)


def recognised() -> Iterator[tuple[str, Case]]:
    """The sample show, as the recogniser heard it that made the words in ``transcripts/``."""
    for file in sorted((ROOT / "transcripts").glob("*.words.jsonl")):
        slug = file.name.partition(".")[0]
        truth = ROOT / "tools/sample_show/truth" / f"{slug}.json"
        if not truth.exists():
            continue
        words = read_words(file.read_text("utf-8"), file.name)
        # The truth counts from where the recording begins, after the opening music.
        music = ROOT / "episodes" / slug / "opening.flac"
        before = round(FLAC(music).info.length * 1000) if music.exists() else 0  # type: ignore[no-untyped-call]
        said = [
            [Said(w["text"], before + w["start_ms"], before + w["end_ms"]) for w in turn["words"]]
            for turn in json.loads(truth.read_text("utf-8"))["turns"]
        ]
        for level in (0.0, 0.1):
            edited = edit(Episode(said, [], words.duration_ms), 1, level, note=False)
            name = f"{slug}, model {words.model}, {level:.0%}"
            yield name, Case(list(words.words), edited, words.duration_ms, words.language)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true", help="one seed, no long texts, no difflib")
    options = parser.parse_args()
    seeds = [7] if options.quick else [7, 8, 9]
    words = options.words
    print(HEAD, flush=True)
    for level in (0.05, 0.1, 0.25, 0.4):
        cases = [made(words, level, 0, seed) for seed in seeds]
        methods: list[tuple[str, Method]] = [("this program", ours)]
        if level == 0.1:
            methods.append(("difflib on words", difflib_words))
            if not options.quick:
                methods.append(("difflib on pieces", difflib_pieces))
        for name, method in methods:
            rows = [measure(case, method, 3 if method is ours else 1) for case in cases]
            print(line(words, f"{level:.0%}", 0, name, rows), flush=True)
    found: list[str] = []
    long = [] if options.quick else [(4 * words, 0.1, 0), (4 * words, 0.25, 5)]
    for count, level, moved in [(words, 0.1, 2), *long]:
        cases = [made(count, level, moved, seed) for seed in seeds]
        rows = [measure(case, ours) for case in cases]
        print(line(count, f"{level:.0%}", moved, "this program", rows), flush=True)
        found += [told(f"{count} words, {level:.0%}, {moved} moved", case) for case in cases]
    for seed in seeds:
        episode = speak(words, seed)
        heard, edited = recut(hear(episode, seed + 100), edit(episode, seed, 0.1))
        case = Case(heard, edited, episode.duration)
        print(line(words, "10 %, re-cut", 0, "this program", [measure(case, ours)]), flush=True)
        found.append(told(f"{words} words, 10%, re-cut", case))
    mixed = made(words, 0.1, 0, seeds[0])
    mixed.edited = made(words, 0.1, 0, 99).edited
    found.append(told(f"{words} words of another episode", mixed))
    for name, case in recognised():
        print(line(len(case.edited.written), name, 0, "this program", [measure(case, ours)]))
    print("\n| text | exact | moved: true, found, false | not in audio | not in text | wrong |")
    print("|---|---|---|---|---|---|")
    print("\n".join(found))


def told(name: str, case: Case) -> str:
    made = report(case)
    right = {m.paragraph for m in made.moved} & set(case.edited.moved)
    return (
        f"| {name} | {made.exact:.1%} | {len(case.edited.moved)}, {len(right)}, "
        f"{len(made.moved) - len(right)} | {[(s.first, s.stop) for s in made.not_in_audio][:4]}, "
        f"note {case.edited.note} | {[len(s.words) for s in made.not_in_text][:12]} "
        f"| {made.wrong_episode} |"
    )


if __name__ == "__main__":
    main()
