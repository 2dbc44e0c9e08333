"""What in a transcript is worth a listen before it is published: few things, the worst first.

Colouring every uncertain word was tried by others and dropped ("checking all these small red bits
is so much work", noScribe #87); a short ordered walk is what people asked for (transcribee #351).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import accumulate

from podcast.align import Alignment, pieces
from podcast.anchors import likeness
from podcast.errors import Fact
from podcast.glossary import Glossary
from podcast.timecode import clock
from podcast.transcript import (
    MachineWords,
    TimedCue,
    TimedParagraph,
    Timeline,
    Transcript,
)

LOW = 40  # percent
MOST = 40
FAST_LETTERS_PER_S = 32
WORDS_IN_MUSIC = 4
NEAR = 0.75
"""How alike a word and a name must be to be taken for one: « Agefif » and « Agefiph » are 0.77."""
SHORTEST_NAME = 4
AROUND = 3
"""Words on either side by which a doubt is known again."""
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
        "Subtítulos realizados por la comunidad de Amara.org",
        "Subtítulos por la comunidad de Amara.org",
        "Gracias por ver el video",
        "Suscríbete al canal",
    )
)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to listen to: ``kind`` and ``facts`` are worded as ``doubt.<kind>``.

    Its words are the tokens ``first`` up to ``stop`` of the ``block`` of the timeline; ``text`` is
    what they say.  ``id`` is the same as long as they and the words around them are.
    """

    kind: str
    severity: int
    line: int
    at_ms: int
    facts: tuple[tuple[str, Fact], ...] = ()
    end_ms: int = 0
    block: int = 0
    first: int = 0
    stop: int = 0
    text: str = ""
    id: str = ""


def doubts(
    transcript: Transcript,
    timeline: Timeline,
    words: MachineWords,
    glossary: Glossary,
    alignment: Alignment | None = None,
    accepted: Collection[str] = (),
) -> tuple[Flag, ...]:
    """The flags, the most serious first and then in time order, at most :data:`MOST`.

    ``alignment`` is what `timeline.timed` gives beside the timeline; ``accepted`` are the ids of
    those that a person heard and found right.
    """
    found = every_doubt(transcript, timeline, words, glossary, alignment)
    return tuple(flag for flag in found if flag.id not in accepted)[:MOST]


def every_doubt(
    transcript: Transcript,
    timeline: Timeline,
    words: MachineWords,
    glossary: Glossary,
    alignment: Alignment | None = None,
) -> tuple[Flag, ...]:
    """The same in the same order, without a limit, those that were accepted too."""
    misfits = list(_misfits(timeline, alignment)) if alignment else []
    strange = {(m.block, k) for m in misfits if m.kind != "not_in_text" for k in _tokens(m)}
    found = [
        *misfits,
        *_unnamed(timeline),
        *_uncertain(timeline, words),
        *(flag for flag in _far(timeline) if (flag.block, flag.first) not in strange),
        *_fast(timeline),
        *_invented(timeline),
        *_loops(timeline),
        *_in_music(timeline),
        *_near_names(timeline, transcript, glossary),
        *_acronyms(transcript, timeline, glossary),
    ]
    ordered = sorted(found, key=lambda flag: (-flag.severity, flag.at_ms, flag.line))
    return tuple(_known_by(timeline, ordered))


def _paragraphs(timeline: Timeline) -> Iterator[tuple[int, TimedParagraph]]:
    for number, block in enumerate(timeline.blocks):
        if isinstance(block, TimedParagraph):
            yield number, block


def _flag(
    kind: str,
    severity: int,
    found: tuple[int, TimedParagraph],
    first: int = 0,
    stop: int | None = None,
    **facts: Fact,
) -> Flag:
    """A flag on some tokens of a paragraph, on all where none are named."""
    number, block = found
    stop = len(block.tokens) if stop is None else stop
    tokens = block.tokens[first:stop]
    start_ms = tokens[0].start_ms if tokens else block.start_ms
    return Flag(
        kind,
        severity,
        block.paragraph.line,
        start_ms,
        tuple(facts.items()),
        tokens[-1].end_ms if tokens else block.end_ms,
        number,
        first,
        stop,
        " ".join(token.text for token in tokens),
    )


def _tokens(flag: Flag) -> range:
    return range(flag.first, flag.stop)


def _short(text: str) -> str:
    return text if len(text) < 60 else text[:57].rstrip() + "…"


def _known_by(timeline: Timeline, flags: Sequence[Flag]) -> Iterator[Flag]:
    """The flags with what they are known by: their kind, their words and those around them."""
    told: Counter[str] = Counter()
    for flag in flags:
        block = timeline.blocks[flag.block]
        tokens = block.tokens if isinstance(block, TimedParagraph) else ()
        once = flag.kind in ("acronym", "unnamed")  # the same wherever it comes first
        own = [token.text for token in tokens[flag.first : flag.stop]]
        if once or not own:
            own = [flag.text]
        around = (
            ()
            if once
            else (
                *tokens[max(0, flag.first - AROUND) : flag.first],
                *tokens[flag.stop : flag.stop + AROUND],
            )
        )
        said = "|".join(
            [flag.kind, *("".join(pieces(text)) for text in own),
             *("".join(pieces(token.text)) for token in around)]
        )  # fmt: skip
        told[said] += 1
        name = sha256(f"{said}|{told[said]}".encode()).hexdigest()[:12]
        yield replace(flag, id=name)


# What text and sound do not share.


def _misfits(timeline: Timeline, alignment: Alignment) -> Iterator[Flag]:
    """What was moved, what nobody says, and what is said but not written."""
    spoken = list(_paragraphs(timeline))
    ends = list(accumulate(len(block.tokens) for _, block in spoken))

    def place(word: int) -> tuple[tuple[int, TimedParagraph], int]:
        which = min(bisect_right(ends, word), len(spoken) - 1)
        return spoken[which], word - (ends[which - 1] if which else 0)

    for moved in alignment.moved:
        found, first = place(moved.first)
        flag = _flag("moved", 4, found, first, first + moved.stop - moved.first)
        yield replace(
            flag,
            at_ms=moved.start_ms,
            end_ms=moved.end_ms,
            facts=(
                ("quote", _short(flag.text)),
                ("start", clock(moved.start_ms)),
                ("end", clock(moved.end_ms)),
            ),
        )
    for gone in alignment.not_in_audio:
        found, first = place(gone.first)
        # It may go on into the paragraphs behind; the first says where it is.
        flag = _flag("not_in_audio", 4, found, first, first + gone.stop - gone.first)
        yield replace(flag, facts=(("quote", _short(flag.text)), ("start", clock(flag.at_ms))))
    for said in alignment.not_in_text:
        if not spoken:
            return
        found, first = place(said.before)
        quote = " ".join(word.text.strip() for word in said.words)
        flag = _flag("not_in_text", 4, found, min(first, max(0, len(found[1].tokens) - 1)), first)
        yield replace(
            flag,
            at_ms=said.start_ms,
            end_ms=said.end_ms,
            text=_short(quote),
            facts=(
                ("quote", _short(quote)),
                ("start", clock(said.start_ms)),
                ("end", clock(said.end_ms)),
            ),
        )


def _far(timeline: Timeline) -> Iterator[Flag]:
    """Stretches of text that were not found in the audio."""
    for found in _paragraphs(timeline):
        tokens = found[1].tokens
        first = 0
        for at, token in enumerate((*tokens, None)):
            if token and token.how == "interpolated" and pieces(token.text):
                continue
            if at - first >= 3:
                text = " ".join(token.text for token in tokens[first:at])
                yield _flag("far", 3, found, first, at, text=_short(text))
            first = at + 1


def _fast(timeline: Timeline) -> Iterator[Flag]:
    """Text that nobody can say in its time: something else is there, or the times are wrong."""
    for found in _paragraphs(timeline):
        paragraph = found[1]
        letters = sum(len(token.text) for token in paragraph.tokens)
        lasts = paragraph.end_ms - paragraph.start_ms
        if letters > 40 and letters * 1000 > FAST_LETTERS_PER_S * max(lasts, 1):
            yield _flag("fast", 3, found)


# What the machine may have made up.


def _uncertain(timeline: Timeline, words: MachineWords) -> Iterator[Flag]:
    """Words of which the machine was not sure and that the text still has as it wrote them."""
    unsure = {
        word.start_ms: word
        for word in words.words
        if word.probability < LOW and len("".join(pieces(word.text))) > 2
    }
    for found in _paragraphs(timeline):
        for at, token in enumerate(found[1].tokens):
            word = unsure.get(token.start_ms)
            if word and token.how == "exact" and pieces(word.text)[-1:] == pieces(token.text)[-1:]:
                severity = 3 if word.probability < LOW // 2 else 2
                percent = word.probability
                yield _flag(
                    "uncertain", severity, found, at, at + 1, word=token.text, percent=percent
                )


def _invented(timeline: Timeline) -> Iterator[Flag]:
    for found in _paragraphs(timeline):
        tokens = found[1].tokens
        first = 0
        for at, token in enumerate(tokens, 1):
            if at < len(tokens) and token.text[-1] not in ".!?…":
                continue
            sentence = " ".join(each.text for each in tokens[first:at])
            if "".join(pieces(sentence)) in _INVENTED:
                yield _flag("invented", 4, found, first, at, text=sentence)
            first = at


def _in_music(timeline: Timeline) -> Iterator[Flag]:
    """A few words alone between two sounds: machines hear words in music."""
    blocks = timeline.blocks
    for number, (before, block, after) in enumerate(
        zip(blocks, blocks[1:], blocks[2:], strict=False), 1
    ):
        if (
            isinstance(block, TimedParagraph)
            and isinstance(before, TimedCue)
            and isinstance(after, TimedCue)
            and len(block.tokens) <= WORDS_IN_MUSIC
        ):
            yield _flag("in_music", 2, (number, block), text=block.paragraph.spoken)


def _loops(timeline: Timeline) -> Iterator[Flag]:
    """The same four words three times within half a minute: a loop of the machine, or a jingle."""
    tokens = [
        (token, found, at)
        for found in _paragraphs(timeline)
        for at, token in enumerate(found[1].tokens)
    ]
    seen: dict[tuple[str, ...], list[int]] = {}
    told = -30_000
    for i in range(len(tokens) - 3):
        four = tuple("".join(pieces(token.text)) for token, _, _ in tokens[i : i + 4])
        first, found, start = tokens[i]
        at = first.start_ms
        times = [time for time in seen.get(four, []) if at - time < 30_000] + [at]
        if len(times) == 3 and at - told >= 30_000:
            told = at
            text = " ".join(token.text for token, _, _ in tokens[i : i + 4])
            stop = min(start + 4, len(found[1].tokens))
            yield _flag("loop", 4, found, start, stop, text=text)
        seen[four] = times[-2:]


# Names.


def _unnamed(timeline: Timeline) -> Iterator[Flag]:
    """Whoever speaks and is nobody of the show: « Voix 1 », a name that nobody has declared."""
    told: set[str] = set()
    for found in _paragraphs(timeline):
        speaker = found[1].paragraph.speaker
        if speaker.key is None and speaker.name not in told:
            told.add(speaker.name)
            flag = _flag("unnamed", 4, found, name=speaker.name)
            yield replace(flag, text=speaker.name)


def _near_names(timeline: Timeline, transcript: Transcript, glossary: Glossary) -> Iterator[Flag]:
    """Words with a capital that are nearly, and not quite, a term of the glossary."""
    known = {
        folded: word
        for name in glossary.of(transcript.language)
        for word in name.split()
        if len(folded := "".join(pieces(word))) >= SHORTEST_NAME and word[0].isupper()
    }
    if not known:
        return
    judged: dict[str, str | None] = {}
    for found in _paragraphs(timeline):
        for at, token in enumerate(found[1].tokens):
            word = _ELISION.sub("", token.text.strip(_AROUND_WORDS))
            if not word[:1].isupper():
                continue
            folded = "".join(pieces(word))
            if folded not in judged:
                judged[folded] = _nearest(folded, known)
            if near := judged[folded]:
                yield _flag("near", 2, found, at, at + 1, word=word, near=near)


_ELISION = re.compile(r"^(?:[ldjnscmt]|qu)['’]", re.IGNORECASE)
_AROUND_WORDS = '«»“”"()[].,;:!?… \u00a0\u202f'


def _nearest(word: str, known: dict[str, str]) -> str | None:
    if len(word) < SHORTEST_NAME or word in known:
        return None
    best = max(known, key=lambda name: likeness(word, name))
    longer, shorter = sorted((word, best), key=len, reverse=True)
    # « Agefiphs », « Normande »: other forms of a name are right.
    if longer in {shorter + ending for ending in ("s", "x", "e", "es")}:
        return None
    return known[best] if likeness(word, best) >= NEAR else None


def _acronyms(transcript: Transcript, timeline: Timeline, glossary: Glossary) -> Iterator[Flag]:
    """Acronyms that no note and no glossary entry explains."""
    known = {name for name, term in glossary.of(transcript.language).items() if term.expansion}
    told = known | {note.id.upper() for note in transcript.notes}
    for found in _paragraphs(timeline):
        for at, token in enumerate(found[1].tokens):
            for acronym in _ACRONYM.findall(token.text):
                if acronym not in told:
                    told.add(acronym)
                    flag = _flag("acronym", 1, found, at, at + 1, word=acronym)
                    yield replace(flag, text=acronym)
