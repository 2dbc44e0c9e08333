"""What in a transcript is worth a listen before it is published: few things, the worst first.

Colouring every uncertain word was tried by others and dropped ("checking all these small red bits
is so much work", noScribe #87); a short ordered walk is what people asked for (transcribee #351).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from podcast.align import pieces
from podcast.glossary import Glossary
from podcast.transcript import (
    MachineWords,
    Paragraph,
    TimedCue,
    TimedParagraph,
    Timeline,
    Token,
    Transcript,
)

LOW = 40  # percent
MOST = 40
FAST_LETTERS_PER_S = 32
WORDS_IN_MUSIC = 4
_ACRONYM = re.compile(r"(?<![\w-])[A-ZÀ-Ý]{2,}(?![\w-])")
# What Whisper invents in silence, seen by several projects; the whole sentence must be this,
# because a show about accessibility really says « sous-titres réalisés par ».
_INVENTED = frozenset(
    "".join(pieces(text))
    for text in (
        "Sous-titres réalisés par la communauté d'Amara.org",
        "Sous-titres réalisés para la communauté d'Amara.org",
        "Sous-titrage Société Radio-Canada",
        "Sous-titrage ST' 501",
        "Sous-titrage MFP",
        "Merci d'avoir regardé cette vidéo",
        "Merci d'avoir regardé",
        "Abonnez-vous",
        "Générique",
        "Subtitles by the Amara.org community",
        "Thanks for watching",
    )
)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to listen to: ``kind`` and ``facts`` are worded as ``doubt.<kind>``."""

    kind: str
    severity: int
    line: int
    at_ms: int
    facts: tuple[tuple[str, str | int], ...] = ()


def doubts(
    transcript: Transcript, timeline: Timeline, words: MachineWords, glossary: Glossary
) -> tuple[Flag, ...]:
    """The flags, the most serious first and then in time order, at most :data:`MOST`."""
    found = [
        *_uncertain(timeline, words),
        *_far(timeline),
        *_fast(timeline),
        *_invented(timeline),
        *_loops(timeline),
        *_in_music(timeline),
        *_acronyms(transcript, timeline, glossary),
    ]
    ordered = sorted(found, key=lambda flag: (-flag.severity, flag.at_ms, flag.line))
    return tuple(ordered[:MOST])


def _paragraphs(timeline: Timeline) -> Iterable[TimedParagraph]:
    return (block for block in timeline.blocks if isinstance(block, TimedParagraph))


def _uncertain(timeline: Timeline, words: MachineWords) -> Iterable[Flag]:
    """Words of which the machine was not sure and that the text still has as it wrote them."""
    unsure = {
        word.start_ms: word
        for word in words.words
        if word.probability < LOW and len("".join(pieces(word.text))) > 2
    }
    for paragraph in _paragraphs(timeline):
        for token in paragraph.tokens:
            word = unsure.get(token.start_ms)
            if word and token.how == "exact" and pieces(word.text)[-1:] == pieces(token.text)[-1:]:
                facts = (("word", token.text), ("percent", word.probability))
                severity = 3 if word.probability < LOW // 2 else 2
                yield Flag("uncertain", severity, paragraph.paragraph.line, token.start_ms, facts)


def _far(timeline: Timeline) -> Iterable[Flag]:
    """Stretches of text that were not found in the audio."""
    for paragraph in _paragraphs(timeline):
        run: list[Token] = []
        for token in (*paragraph.tokens, None):
            if token and token.how == "interpolated" and pieces(token.text):
                run.append(token)
                continue
            if len(run) >= 3:
                text = " ".join(t.text for t in run)
                facts = (("text", text if len(text) < 60 else text[:57] + "…"),)
                yield Flag("far", 3, paragraph.paragraph.line, run[0].start_ms, facts)
            run = []


def _fast(timeline: Timeline) -> Iterable[Flag]:
    """Text that nobody can say in its time: something else is there, or the times are wrong."""
    for paragraph in _paragraphs(timeline):
        letters = sum(len(token.text) for token in paragraph.tokens)
        lasts = paragraph.end_ms - paragraph.start_ms
        if letters > 40 and letters * 1000 > FAST_LETTERS_PER_S * max(lasts, 1):
            yield Flag("fast", 3, paragraph.paragraph.line, paragraph.start_ms)


def _invented(timeline: Timeline) -> Iterable[Flag]:
    for paragraph in _paragraphs(timeline):
        for sentence in re.split(r"(?<=[.!?…])\s+", paragraph.paragraph.spoken):
            if "".join(pieces(sentence)) in _INVENTED:
                facts = (("text", sentence),)
                yield Flag("invented", 4, paragraph.paragraph.line, paragraph.start_ms, facts)


def _in_music(timeline: Timeline) -> Iterable[Flag]:
    """A few words alone between two sounds: machines hear words in music."""
    blocks = timeline.blocks
    for before, block, after in zip(blocks, blocks[1:], blocks[2:], strict=False):
        if (
            isinstance(block, TimedParagraph)
            and isinstance(before, TimedCue)
            and isinstance(after, TimedCue)
            and len(block.tokens) <= WORDS_IN_MUSIC
        ):
            facts = (("text", block.paragraph.spoken),)
            yield Flag("in_music", 2, block.paragraph.line, block.start_ms, facts)


def _loops(timeline: Timeline) -> Iterable[Flag]:
    """The same four words three times within half a minute: a loop of the machine, or a jingle."""
    tokens = [(token, p.paragraph.line) for p in _paragraphs(timeline) for token in p.tokens]
    seen: dict[tuple[str, ...], list[int]] = {}
    told = -30_000
    for i in range(len(tokens) - 3):
        four = tuple(_joined(token for token, _ in tokens[i : i + 4]))
        at = tokens[i][0].start_ms
        times = [time for time in seen.get(four, []) if at - time < 30_000] + [at]
        if len(times) == 3 and at - told >= 30_000:
            told = at
            text = " ".join(token.text for token, _ in tokens[i : i + 4])
            yield Flag("loop", 4, tokens[i][1], at, (("text", text),))
        seen[four] = times[-2:]


def _joined(tokens: Iterable[Token]) -> Sequence[str]:
    return ["".join(pieces(token.text)) for token in tokens]


def _acronyms(transcript: Transcript, timeline: Timeline, glossary: Glossary) -> Iterable[Flag]:
    """Acronyms that no note and no glossary entry explains."""
    known = {name for name, term in glossary.of(transcript.language).items() if term.expansion}
    noted = {note.id.upper() for note in transcript.notes}
    told: Counter[str] = Counter()
    for block in _paragraphs(timeline):
        paragraph: Paragraph = block.paragraph
        for acronym in _ACRONYM.findall(paragraph.spoken):
            if acronym not in known and acronym not in noted and not told[acronym]:
                facts = (("word", acronym),)
                yield Flag("acronym", 1, paragraph.line, block.start_ms, facts)
            told[acronym] += 1
