"""Make the first draft of a transcript from the machine's words: turns, paragraphs, speakers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from podcast.transcript import (
    Cue,
    Heading,
    MachineWords,
    Paragraph,
    Speaker,
    Text,
    Transcript,
    Word,
)

PAUSE_MS = 800
LONG_MS = 30_000
# A gap as long as this, without a word, is music or noise that a deaf reader must be told of.
SOUND_MS = 2500


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a sound before anybody listens: music, or where a part begins.

    ``block`` stands before the first word that is said at ``at_ms`` or later; nothing else is
    sought from ``start_ms`` to ``end_ms``.
    """

    at_ms: int
    block: Cue | Heading
    start_ms: int = 0
    end_ms: int = 0


def draft(
    words: MachineWords,
    speakers: Sequence[Speaker | None],
    unnamed: str,
    sound: str,
    made_with: str,
    audible: Callable[[int, int], bool] = lambda start_ms, end_ms: True,
    known: Sequence[Known] = (),
) -> Transcript:
    """A draft for a person to correct.

    ``speakers`` holds one entry for each word: who says it, where separate tracks tell, else
    ``None``.  ``unnamed`` is the placeholder for an unknown voice and ``sound`` the words of a cue
    for a gap without speech; both keep the publish gate shut until a person has seen to them.
    ``audible`` tells whether anything is heard between two times: a mere silence gets no cue.
    ``known`` music and parts are put in their places, in order.
    """
    placeholder = Speaker(unnamed)
    blocks: list[Paragraph | Cue | Heading] = []
    current: list[Word] = []
    last: Speaker | None = None
    previous: Word | None = None
    waiting = list(known)

    def flush(who: Speaker) -> None:
        nonlocal last
        if current:
            text = "".join(word.text for word in current).strip()
            content = (Text(text),)
            blocks.append(Paragraph(who, content, 0, who != last, current[0].start_ms))
            last = who
            current.clear()

    who = placeholder

    def between(start_ms: int, end_ms: int, until_ms: int | None) -> list[Cue | Heading]:
        """What is heard in a gap, known or not, and what begins before ``until_ms``."""
        found: list[tuple[int, Cue | Heading]] = []
        while waiting and (until_ms is None or waiting[0].at_ms <= until_ms):
            found.append((waiting[0].at_ms, waiting.pop(0).block))
        for music in sorted((k for k in known if k.end_ms), key=lambda k: k.start_ms):
            if start_ms < music.end_ms and music.start_ms < end_ms:
                if is_sound(start_ms, music.start_ms):
                    found.append((start_ms, Cue(sound, 0)))
                start_ms = max(start_ms, music.end_ms)
        if is_sound(start_ms, end_ms):
            found.append((start_ms, Cue(sound, 0)))
        return [block for _, block in sorted(found, key=lambda each: each[0])]

    def is_sound(start_ms: int, end_ms: int) -> bool:
        return end_ms - start_ms >= SOUND_MS and audible(start_ms, end_ms)

    for word, named in zip(words.words, speakers, strict=True):
        speaker = named or placeholder
        gap = word.start_ms - previous.end_ms if previous else 0
        ended = bool(current) and current[-1].text.rstrip()[-1:] in ".!?…"
        long = bool(current) and word.end_ms - current[0].start_ms > LONG_MS
        middle_ms = (word.start_ms + word.end_ms) // 2
        heard = between(previous.end_ms if previous else 0, word.start_ms, middle_ms)
        if heard or speaker != who or (ended and (gap >= PAUSE_MS or long)) or gap >= SOUND_MS:
            flush(who)
            blocks += heard
            if any(isinstance(block, Heading) for block in heard):
                last = None
        who = speaker
        current.append(word)
        previous = word
    flush(who)
    blocks += between(previous.end_ms if previous else words.duration_ms, words.duration_ms, None)
    return Transcript(words.language, "draft", tuple(blocks), made_with=made_with)


def smooth(speakers: Sequence[Speaker], words: Sequence[Word]) -> list[Speaker]:
    """One speaker for each run of words between pauses or sentence ends: the one most heard."""
    smoothed: list[Speaker] = []
    start = 0
    for i, word in enumerate(words):
        final = i + 1 == len(words)
        pause = not final and words[i + 1].start_ms - word.end_ms >= 250
        if final or pause or word.text.rstrip()[-1:] in ".!?…":
            run = list(speakers[start : i + 1])
            weight = {
                s: sum(
                    w.end_ms - w.start_ms
                    for w, t in zip(words[start : i + 1], run, strict=True)
                    if t == s
                )
                for s in run
            }
            smoothed += [max(run, key=lambda s: weight[s])] * len(run)
            start = i + 1
    return smoothed


def rewrite(transcript: Transcript, written: Callable[[str], str]) -> Transcript:
    """The draft with every spoken text put through ``written``."""
    return replace(
        transcript,
        blocks=tuple(
            replace(
                block,
                content=tuple(
                    Text(written(part.text)) if isinstance(part, Text) else part
                    for part in block.content
                ),
            )
            if isinstance(block, Paragraph)
            else block
            for block in transcript.blocks
        ),
    )
