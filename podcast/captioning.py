"""Cut the timed text into subtitles that a person can read: at sense, two lines, one speaker.

Rules: two lines of at most 40 characters, one second to seven, no break on an article or a
preposition where another is possible (BBC and Netflix guides; the CSA/Arcom charter of 2011).
The words are never shortened: fast speech makes fast captions.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence

from podcast.transcript import Caption, TimedCue, TimedParagraph, Timeline, Token

LINE = 40
LONGEST_MS = 7000
SHORTEST_MS = 1000
GAP_MS = 80
LINGER_MS = 1500
_NEVER = 10**9
_WEAK = frozenset(
    "le la les l un une des du de d au aux à en dans par pour avec sans sur sous chez vers et ou "
    "où mais donc or ni car que qu qui ce cet cette ces mon ma mes ton ta tes son sa ses notre nos "
    "votre vos leur leurs je tu il elle on nous vous ils elles ne n se s me m te t y est sont a "
    "très plus si comme "
    "the a an of to in on at by for with from into and or but so that which who this these those "
    "my your his her its our their i you he she it we they is are was be not as if than".split()
)


def captions(timeline: Timeline) -> tuple[Caption, ...]:
    """The subtitles of an episode, sorted by time, without overlap."""
    made: list[Caption] = []
    for block in timeline.blocks:
        if isinstance(block, TimedParagraph):
            for part in _cut(block.tokens):
                lines = _lines([token.text for token in part])
                speaker = block.paragraph.speaker.name
                made.append(Caption(part[0].start_ms, part[-1].end_ms, speaker, lines))
        elif isinstance(block, TimedCue):
            made.append(
                Caption(
                    block.start_ms,
                    block.end_ms,
                    None,
                    tuple(_lines(f"[{block.cue.shown}]".split(" "))),
                )
            )
    made.sort(key=lambda caption: caption.start_ms)
    return tuple(_readable(made, timeline.duration_ms))


def bare(word: str) -> str:
    """A word without case and the signs around it."""
    return word.strip("«»“”\"'’.,;:!?…()[]—– \u00a0\u202f").lower()


def is_weak(word: str) -> bool:
    """Whether a caption or a line should not end on the word: an article, a preposition, …"""
    return word[-1:] not in ".!?…,;:»" and bare(word) in _WEAK


def _weakness(word: str) -> float:
    """How bad it is to break after a word: 0 at the end of a sentence, 1 inside, more if weak."""
    last = word[-1:]
    if last in ".!?…":
        return 0.0
    if last in ",;:»":
        return 0.3
    return 6.0 if is_weak(word) else 1.0


def _length(words: Sequence[str]) -> int:
    return sum(len(word) + 1 for word in words) - 1


def _cut(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """The cheapest way to cut a paragraph, by dynamic programming over its words.

    Costs are whole tenths: ways that cost as much are as good, whatever the order of the sums.
    """
    count = len(tokens)
    texts = [token.text for token in tokens]
    ends = [0, *itertools.accumulate(len(text) + 1 for text in texts)]
    breaks = [round(20 * _weakness(text)) for text in texts[:-1]] + [0]
    inside = [0, *itertools.accumulate(map(_inside, tokens, tokens[1:]))]
    best = [0] + [_NEVER] * count
    came = [0] * (count + 1)
    for stop in range(1, count + 1):
        ended, upto = tokens[stop - 1].end_ms, inside[stop - 1]
        for start in range(stop - 1, -1, -1):
            length = ends[stop] - ends[start] - 1
            lasts = ended - tokens[start].start_ms
            if stop - start > 1 and (length > 2 * LINE or lasts > LONGEST_MS):
                break
            if length > LINE and stop - start > 1 and not _fits(ends, start, length):
                continue
            cost = best[start] + 10 + breaks[stop - 1] + upto - inside[start]
            if lasts < SHORTEST_MS:
                cost += 20
            if length < 12 and stop != count:
                cost += 15
            if cost < best[stop]:
                best[stop], came[stop] = cost, start
    cuts: list[Sequence[Token]] = []
    stop = count
    while stop:
        cuts.append(tokens[came[stop] : stop])
        stop = came[stop]
    return cuts[::-1]


def _inside(token: Token, after: Token) -> int:
    """How bad it is that two words are in one caption, in tenths."""
    # A silence inside a caption shows words before they are said.
    silence = 20 if after.start_ms - token.end_ms > 600 else 0
    return silence + (4 if token.text[-1:] in ".!?…" else 0)


def _fits(ends: Sequence[int], start: int, length: int) -> bool:
    """Whether two lines hold the words: the first as full as it can be, the rest in the second.

    ``ends`` are where words end in the text, each with the space behind it.
    """
    full = bisect.bisect_right(ends, ends[start] + LINE + 1, start) - 1
    return full > start and length - (ends[full] - ends[start]) <= LINE


def _lines(words: Sequence[str]) -> tuple[str, ...]:
    """One line, or two cut where it reads best, the second rather the longer."""
    if _length(words) <= LINE:
        return (" ".join(words),)
    best = (float("inf"), 1)
    for cut in range(1, len(words)):
        first, second = _length(words[:cut]), _length(words[cut:])
        over = max(0, first - LINE) + max(0, second - LINE)
        cost = over * 100 + 4 * _weakness(words[cut - 1]) + abs(first - second) / 10
        best = min(best, (cost + (0.5 if first > second else 0.0), cut))
    cut = best[1]
    if len(words) == 1:
        return (words[0],)
    return (" ".join(words[:cut]), " ".join(words[cut:]))


def _readable(made: Sequence[Caption], duration_ms: int) -> list[Caption]:
    """Let each caption stand into the silence after it, and never be gone before it is seen."""
    shown: list[Caption] = []
    free = 0
    for index, caption in enumerate(made):
        after = made[index + 1] if index + 1 < len(made) else None
        start = max(caption.start_ms, free)
        following = after.start_ms if after else duration_ms
        wanted = min(max(caption.end_ms + LINGER_MS, start + SHORTEST_MS), start + LONGEST_MS)
        end = max(min(wanted, following - GAP_MS), min(caption.end_ms, following))
        if caption.speaker is None and after and end - start < SHORTEST_MS:
            # A sound between two words has no gap of its own: it takes some of the next caption.
            end = min(start + SHORTEST_MS, (after.start_ms + after.end_ms) // 2)
        free = max(min(end, start + LONGEST_MS), start + 1)
        shown.append(Caption(start, free, caption.speaker, caption.lines))
    return shown
