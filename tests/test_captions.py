"""Captions people can read, and the same text in every format."""

from __future__ import annotations

import itertools
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast.captioning import LINE, LONGEST_MS, captions
from podcast.captions import Format, formats, srt, txt, vtt
from podcast.captions import json as json_format
from podcast.episode import Episode
from podcast.published import Enclosure, WholeEpisode, whole
from podcast.timecode import parse_clock
from podcast.timeline import chapters, make_timeline
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

WORDS = st.sampled_from(
    "oui non, le la un des je pense que c'est important parce qu'on parle de l'emploi. RQTH "
    "<b> & --> 100 % : anticonstitutionnellement aujourd'hui ! A".split(" ")
)
TURNS = st.lists(
    st.tuples(st.sampled_from(["Éléonore", "Marc & Cie", "La <b>"]), st.lists(WORDS, min_size=1)),
    min_size=1,
    max_size=6,
)


def publish(turns: list[tuple[str, list[str]]], pace: int = 300) -> WholeEpisode:
    """An episode in which the words are said at a steady pace, with a jingle in the middle."""
    blocks: list[Heading | Cue | Paragraph] = [Heading("Début", 1)]
    words = []
    at = 1000
    for name, said in turns:
        blocks.append(Paragraph(Speaker(name, "x"), (Text(" ".join(said)),), 1))
        blocks.append(Cue("JINGLE & CIE", 1))
        for word in said:
            words.append(Word(at, at + pace - 40, 90, f" {word}"))
            at += pace
        at += 3000
    transcript = Transcript("fr", "reviewed", tuple(blocks))
    machine = MachineWords("d", at, "fr", "faster-whisper 1", "demo", "2026-11-21", tuple(words))
    timeline = make_timeline(transcript, machine)
    episode = Episode("Titre", datetime.now(UTC), "g", "Résumé", "fr", "e", "")
    return whole(
        episode, transcript, timeline, captions(timeline), chapters(timeline),
        Enclosure("audio/e.mp3", 1, "audio/mpeg", at), machine,
    )  # fmt: skip


def plain(text: str) -> str:
    return " ".join(text.split())


def spoken(turns: list[tuple[str, list[str]]]) -> str:
    return plain(" ".join(word for _, said in turns for word in said))


@given(TURNS, st.integers(120, 900))
def test_every_word_once_in_order_and_no_overlap(
    turns: list[tuple[str, list[str]]], pace: int
) -> None:
    made = publish(turns, pace).captions
    said = " ".join(" ".join(c.lines) for c in made if c.speaker)
    assert plain(said) == spoken(turns)
    for caption, after in itertools.pairwise(made):
        assert caption.start_ms < caption.end_ms <= after.start_ms
    for caption in made:
        assert 1 <= len(caption.lines) <= 2
        assert all(line for line in caption.lines)
        if max(len(word) for word in " ".join(caption.lines).split()) <= LINE:
            assert max(len(line) for line in caption.lines) <= LINE
        assert caption.end_ms - caption.start_ms <= LONGEST_MS or len(caption.lines[0].split()) == 1


def read_vtt(text: str) -> list[tuple[int, int, str | None, str]]:
    """A strict reader, as AntennaPod's is: one cue that it cannot read voids the file."""
    blocks = text.rstrip("\n").split("\n\n")
    assert blocks[0] == "WEBVTT"
    cues = []
    for block in blocks[1:]:
        head, *lines = block.split("\n")
        times = re.fullmatch(r"(\d\d:\d\d:\d\d\.\d{3}) --> (\d\d:\d\d:\d\d\.\d{3})", head)
        assert times, head
        body = "\n".join(lines)
        assert "-->" not in body
        voice = re.fullmatch(r"<v ([^<>&]+)>(.*)</v>", body, re.DOTALL)
        inner = voice[2] if voice else body
        assert "<" not in inner and ">" not in inner
        inner = inner.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        start, end = parse_clock(times[1]), parse_clock(times[2])
        assert start is not None and end is not None
        cues.append((start, end, voice[1] if voice else None, inner))
    return cues


@given(TURNS)
def test_vtt_reads_back(turns: list[tuple[str, list[str]]]) -> None:
    published = publish(turns)
    cues = read_vtt(vtt.render(published))
    assert [(c.start_ms, c.end_ms, "\n".join(c.lines)) for c in published.captions] == [
        (start, end, text) for start, end, _, text in cues
    ]
    assert all((speaker is None) == text.startswith("[JINGLE") for _, _, speaker, text in cues)


@given(TURNS)
def test_json_and_srt_read_back(turns: list[tuple[str, list[str]]]) -> None:
    published = publish(turns)
    segments = json.loads(json_format.render(published))["segments"]
    assert all(s["body"] and s["endTime"] > s["startTime"] for s in segments)
    assert plain(" ".join(s["body"] for s in segments if "speaker" in s)) == spoken(turns)
    cues = srt.render(published).strip().split("\n\n")
    assert [int(cue.split("\n")[0]) for cue in cues] == list(range(1, len(cues) + 1))
    for cue in cues:
        start, _, end = cue.split("\n")[1].partition(" --> ")
        assert (parse_clock(start) or 0) < (parse_clock(end) or 0)
        names = list(re.findall(r"([^:\n]+): ", cue.split("\n", 2)[2]))
        assert len(names) <= 1 and all(name in {t[0] for t in turns} for name in names)


@pytest.mark.parametrize("kind", formats(), ids=lambda kind: kind.SUFFIX)
def test_every_format_keeps_the_contract(kind: Format) -> None:
    published = publish([("Éléonore", ["Bonjour", "à", "tous."])])
    made = kind.render(published)
    assert kind.SUFFIX.islower() and "/" in kind.MEDIA_TYPE and kind.LABEL
    assert "Bonjour à tous." in made
    assert "[JINGLE & CIE]" in made or "[JINGLE &amp; CIE]" in made
    assert not made.startswith("\ufeff")
    assert made == kind.render(published)


def test_no_caption_ends_on_a_weak_word_where_it_can_be_avoided() -> None:
    said = (
        "Je pense que la reconnaissance de la qualité de travailleur ouvre des droits pour les "
        "personnes, et que le médecin du travail propose des solutions à l'employeur sans dire "
        "quelle est la maladie de la personne qui demande un aménagement de son poste."
    ).split()
    made = [c for c in publish([("Éléonore", said)]).captions if c.speaker]
    weak = {"la", "de", "des", "les", "le", "que", "et", "un", "son", "du", "à", "pour", "sans"}
    assert [c.lines[-1] for c in made if c.lines[-1].split()[-1] in weak] == []


def test_text_names_speakers_sounds_and_chapters() -> None:
    text = txt.render(publish([("Éléonore", ["Bonjour."])]))
    assert text == "Titre\n\nDÉBUT\n\nÉléonore\u00a0: Bonjour.\n\n[JINGLE & CIE]\n"
