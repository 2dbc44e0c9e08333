"""How captions are cut: our segmenter beside filling each caption until it is full.

    python -m benchmarks.captions [--words 8000]

The text is that of the demo model's sentence maker, in turns of a few sentences, at two paces.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence

from podcast.captioning import LINE, LONGEST_MS, bare, captions, is_weak
from podcast.transcript import Caption, Paragraph, Speaker, TimedParagraph, Timeline, Token
from tools.demo_model.texts import unique

Cut = Callable[[Timeline], Sequence[Caption]]


def talk(count: int, words_per_second: float, seed: int = 1) -> Timeline:
    """A timeline of ``count`` words or a few more; pauses at commas and full stops."""
    rng = random.Random(seed)
    sentences = unique("fr", count // 4, rng, ())
    blocks: list[TimedParagraph] = []
    at, said = 0, 0
    while said < count:
        turn = " ".join(sentences.pop().written for _ in range(rng.randint(1, 6)))
        tokens = []
        for word in (
            turn.replace(" ?", "\u00a0?").replace(" !", "\u00a0!").replace(" :", "\u00a0:").split()
        ):
            length = round((0.4 + len(word) / 10) / 0.9 / words_per_second * 1000)
            tokens.append(Token(word, at, at + length, "exact"))
            at += length + (450 if word[-1] in ".?!" else 150 if word[-1] in ",:" else 0)
        said += len(tokens)
        paragraph = Paragraph(Speaker("A", "a"), (), 1)
        blocks.append(
            TimedParagraph(paragraph, tuple(tokens), tokens[0].start_ms, tokens[-1].end_ms)
        )
        at += 400
    return Timeline("fr", at, tuple(blocks), 1.0)


def greedy(timeline: Timeline) -> Sequence[Caption]:
    """What most tools do: words until two lines or seven seconds are full."""
    made = []
    for block in timeline.blocks:
        assert isinstance(block, TimedParagraph)
        part: list[Token] = []
        for token in (*block.tokens, None):
            full = token is None or len(" ".join(t.text for t in [*part, token])) > 2 * LINE
            if part and (full or (token and token.end_ms - part[0].start_ms > LONGEST_MS)):
                words = [t.text for t in part]
                first = max(
                    1,
                    next(
                        (i for i in range(len(words), 0, -1) if len(" ".join(words[:i])) <= LINE), 1
                    ),
                )
                lines = tuple(" ".join(half) for half in (words[:first], words[first:]) if half)
                made.append(Caption(part[0].start_ms, part[-1].end_ms, "A", lines))
                part = []
            if token:
                part.append(token)
    return made


def row(name: str, pace: float, cut: Cut, timeline: Timeline) -> str:
    began = time.process_time()
    made = cut(timeline)
    seconds = time.process_time() - began
    total = len(made)
    inside = [c for c in made if bare(c.lines[-1].split()[-1])]
    weak = sum(is_weak(c.lines[-1].split()[-1]) for c in inside)
    two = [c for c in made if len(c.lines) == 2]
    weak_lines = sum(is_weak(c.lines[0].split()[-1]) for c in two)
    short = sum(c.end_ms - c.start_ms < 1000 for c in made)
    wide = sum(len(line) > LINE for c in made for line in c.lines)
    fast = sum(sum(map(len, c.lines)) * 1000 > 20 * (c.end_ms - c.start_ms) for c in made)
    cells = (
        f"{pace}", name, f"{total}", f"{weak / total:.1%}", f"{weak_lines / max(1, len(two)):.1%}",
        f"{short / total:.1%}", f"{wide}", f"{fast / total:.1%}", f"{seconds:.2f}",
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=8000)
    words: int = parser.parse_args().words
    heads = "words/s|method|captions|end weak|line 1 ends weak|< 1 s|too wide|> 20/s|CPU s"
    print("| " + heads.replace("|", " | ") + " |")
    print("|---" * 9 + "|")
    for pace in (2.2, 2.8):
        timeline = talk(words, pace)
        print(row("ours", pace, captions, timeline))
        print(row("until full", pace, greedy, timeline))


if __name__ == "__main__":
    main()
