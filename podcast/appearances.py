"""What each of the show's people says in an episode: how much of it, and where they begin."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from podcast.episode_line import voices_of
from podcast.reading import reading
from podcast.transcript import TimedHeading, TimedParagraph, Timeline

MOST = 6
"""So many moments of one person in one episode, so that a card and a page stay small."""
_WORDS = 12
# « Oui. » tells nobody whether to listen.
_TELLING = 5


@dataclass(frozen=True, slots=True)
class Moment:
    """Where somebody begins to speak: the paragraph's address on the page, and its first words.

    ``chapter`` is the title that it stands under, or nothing.
    """

    id: str
    start_ms: int
    chapter: str
    words: str


@dataclass(frozen=True, slots=True)
class Appearance:
    """One of the show's people in an episode, by their key.

    The moments are ``packed`` until somebody asks for them: a large show has a hundred thousand,
    and a publish shows those of a few people.
    """

    key: str
    turns: int
    spoken_ms: int
    packed: bytes

    @classmethod
    def of(cls, key: str, turns: int, spoken_ms: int, moments: Sequence[Moment]) -> Appearance:
        """The same, of its moments."""
        told = [astuple(moment) for moment in moments]
        return cls(key, turns, spoken_ms, json.dumps(told, ensure_ascii=False).encode())

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Where they begin to speak, in the order of the talk."""
        return tuple(Moment(*told) for told in json.loads(self.packed))


def appearances(timeline: Timeline) -> tuple[Appearance, ...]:
    """Everybody of the show who is heard, in the order in which they first speak alone.

    Who nobody has named, and who only ever speaks together with others, is left out.
    """
    said: dict[str, dict[str, list[Moment]]] = {}
    names: dict[str, str] = {}
    chapter = before = ""
    for each in reading(timeline):
        block = each.block
        if isinstance(block, TimedHeading):
            chapter = block.heading.text
        elif isinstance(block, TimedParagraph):
            speaker = block.paragraph.speaker
            key = speaker.key or ""
            if key and "+" not in key and (key != before or chapter not in said[key]):
                names[key] = speaker.name
                moment = Moment(each.id, block.start_ms, chapter, block.paragraph.spoken)
                said.setdefault(key, {}).setdefault(chapter, []).append(moment)
            before = key
    heard = {voice.name: voice for voice in voices_of(timeline)}
    return tuple(
        Appearance.of(key, heard[names[key]].turns, heard[names[key]].spoken_ms, _chosen(chapters))
        for key, chapters in said.items()
        if names[key] in heard
    )


def _chosen(chapters: dict[str, list[Moment]]) -> tuple[Moment, ...]:
    """The first that tells something in each chapter; without chapters, some all over the talk."""
    turns = [_telling(turns) for turns in chapters.values()]
    if set(chapters) == {""}:
        turns = [turn for turn in chapters[""] if _tells(turn)] or turns
    return tuple(
        Moment(each.id, each.start_ms, each.chapter, _beginning(each.words))
        for each in _some(turns)
    )


def _telling(turns: Sequence[Moment]) -> Moment:
    return next((turn for turn in turns if _tells(turn)), turns[0])


def _tells(turn: Moment) -> bool:
    return len(turn.words.split()) >= _TELLING


def _some(turns: Sequence[Moment]) -> Sequence[Moment]:
    """At most :data:`MOST`, evenly over all, the first among them."""
    if len(turns) <= MOST:
        return turns
    return [turns[i * len(turns) // MOST] for i in range(MOST)]


def _beginning(text: str) -> str:
    words = text.split(" ")
    if len(words) <= _WORDS:
        return text
    return " ".join(words[:_WORDS]).rstrip(" ,;:.!?…\u00a0\u202f") + "…"
