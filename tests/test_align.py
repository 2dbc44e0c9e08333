"""Edited words keep the times at which they were heard."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.corpus import Edited, Episode, edit, hear, recut, speak
from podcast.align import Alignment, align, pieces, written_words
from podcast.timeline import check_alignment
from podcast.transcript import (
    Cue,
    Heading,
    MachineWords,
    Paragraph,
    Speaker,
    Text,
    Token,
    Transcript,
    Word,
)


def heard(*words: str, step: int = 500) -> list[Word]:
    return [Word(i * step, i * step + step - 100, 90, word) for i, word in enumerate(words)]


def starts(written: list[str], words: list[Word], end: int = 60_000) -> list[int]:
    return [token.start_ms for token in align(written, words, end).tokens]


def test_the_same_words_get_their_own_times() -> None:
    words = heard(" Bonjour", " à", " tous.")
    assert starts(["Bonjour", "à", "tous."], words) == [0, 500, 1000]


def test_a_corrected_word_stands_between_its_neighbours() -> None:
    words = heard(" la", " RTH", " ouvre", " des")
    tokens = align(["la", "RQTH", "ouvre", "des"], words, 9000).tokens
    assert [t.how for t in tokens] == ["exact", "near", "exact", "exact"]
    assert tokens[1].start_ms == 500


def test_another_word_takes_the_place_of_what_was_said() -> None:
    tokens = align(
        ["la", "main", "ouvre", "des"], heard(" la", " clé", " ouvre", " des"), 9000
    ).tokens
    assert [t.how for t in tokens] == ["exact", "interpolated", "exact", "exact"]
    assert 400 <= tokens[1].start_ms < 1000


def test_split_and_elided_words() -> None:
    # Whisper's own cuts: « l » « 'emploi », « RQ » « TH », « est » « -ce ».
    words = [
        Word(0, 200, 90, " l"), Word(200, 600, 90, "'emploi"), Word(600, 900, 90, " la"),
        Word(900, 1000, 90, " RQ"), Word(1000, 1300, 90, "TH"), Word(1300, 1500, 90, " est"),
        Word(1500, 1700, 90, "-ce"), Word(1700, 1750, 90, " ?"),
    ]  # fmt: skip
    assert starts(["l'emploi", "la", "RQTH", "est-ce ?"], words) == [0, 600, 900, 1300]


def test_case_accents_ligatures_and_punctuation_do_not_matter() -> None:
    assert pieces("L'Œuvre, d'ÉTÉ !") == ["l", "oeuvre", "d", "ete"]
    assert starts(["Œuvre", "d'été."], heard(" oeuvre", " d'Ete")) == [0, 500]


def test_what_was_not_said_is_not_stretched_over_music() -> None:
    words = [Word(0, 400, 90, " Bonjour"), Word(30_000, 30_400, 90, " merci")]
    tokens = align(["Bonjour", "chers", "amis", "merci"], words, 40_000).tokens
    assert tokens[2].end_ms < 3000
    assert tokens[3].start_ms == 30_000


def test_french_punctuation_belongs_to_the_word_before() -> None:
    assert written_words("Ça va ? « Oui » : bien !") == ["Ça", "va ?", "« Oui » :", "bien !"]


def test_no_words_at_all() -> None:
    assert align([], heard(" a"), 1000).tokens == ()
    assert [t.how for t in align(["a"], [], 1000).tokens] == ["interpolated"]


vocabulary = st.sampled_from("oui non je tu l'emploi œuvre été RQTH merci deux 12 très".split())


@settings(deadline=None)
@given(st.lists(vocabulary, max_size=40), st.lists(vocabulary, max_size=40))
def test_times_never_run_backwards(written: list[str], said: list[str]) -> None:
    words = heard(*(f" {word}" for word in said))
    tokens = align(written, words, 60_000).tokens
    assert [t.text for t in tokens] == written
    times = [time for t in tokens for time in (t.start_ms, t.end_ms)]
    assert all(a <= b for a, b in itertools.pairwise(times))


@given(st.lists(vocabulary, min_size=1, max_size=40))
def test_unchanged_text_is_exact(said: list[str]) -> None:
    words = heard(*(f" {word}" for word in said))
    result = align(said, words, 60_000)
    assert result.exact == 1.0
    assert [t.start_ms for t in result.tokens] == [w.start_ms for w in words]


# What the same words look like.


@pytest.mark.parametrize(
    ("written", "words", "language"),
    [
        ("à 14 h 30 précises", " à| quatorze| heures| trente| précises", "fr"),
        ("à 14h30 précises", " à| 14|h| 30| précises", "fr"),
        ("à quatorze heures trente précises", " à| 14|h30| précises", "fr"),
        ("les 3\u202f000 personnes", " les| 3| 000| personnes", "fr"),
        ("les 3 000 personnes", " les| trois| mille| personnes", "fr"),
        ("les mille personnes", " les| 1| 000| personnes", "fr"),
        ("les 1 000 personnes", " les| mille| personnes", "fr"),
        ("les trois mille personnes", " les| 3000| personnes", "fr"),
        ("en 2024 déjà", " en| deux| mille| vingt|-quatre| déjà", "fr"),
        ("le 1er mai", " le| premier| mai", "fr"),
        ("la première fois", " la| 1re| fois", "fr"),
        ("la 3e fois", " la| troisième| fois", "fr"),
        ("la troisième fois", " la| 3|ème| fois", "fr"),
        ("soit 12,5 mètres", " soit| 12|,5| mètres", "fr"),
        ("soit 12,5 mètres", " soit| douze| virgule| cinq| mètres", "fr"),
        ("près de 50\u00a0% des gens", " près| de| cinquante| pour| cent| des| gens", "fr"),
        ("près de 50 % des gens", " près| de| 50|%| des| gens", "fr"),
        ("over 3,000 people", " over| three| thousand| people", "en"),
        ("in 2024 again", " in| twenty|-twenty| four| again", "en"),
        ("the 2nd time", " the| second| time", "en"),
        ("some 12.5 metres", " some| 12|.5| metres", "en"),
        ("some 50% of us", " some| fifty| percent| of| us", "en"),
        ("l’emploi qu’il a", " l|'emploi| qu|'il| a", "fr"),
        ("est-ce que ?", " est|-ce| que| ?", "fr"),
        ("parce que oui", " parceque| oui", "fr"),
        ("la plateforme ouvre", " la| plate| forme| ouvre", "fr"),
        ("L'ŒUVRE D'ÉTÉ", " l|'oeuvre| d|'été", "fr"),
    ],
)
def test_the_same_words_in_another_form_are_exact(written: str, words: str, language: str) -> None:
    said = heard(*words.split("|"))
    found = align(written_words(written), said, 60_000, language=language)
    assert {t.how for t in found.tokens} == {"exact"}
    assert found.tokens[0].start_ms == 0
    last = [w for w in said if any(c.isalnum() for c in w.text)][-1]
    assert found.tokens[-1].start_ms <= last.start_ms
    assert found.tokens[-1].end_ms == last.end_ms


def test_numbers_in_other_languages_and_very_long_ones() -> None:
    assert align(["drei"], heard(" 3"), 1000, language="de").tokens[0].how == "exact"
    assert align(["3"], heard(" 3"), 1000, language="tlh").tokens[0].how == "exact"
    for number in ("0612345678", "1" * 40, "٣", "²", "1.2.3", "007"):
        assert align([number], heard(f" {number}"), 1000).exact == 1.0


def test_machine_times_that_are_no_times() -> None:
    # No length, a step back, and a word far too late: none moves the others.
    words = heard(*(f" {word}" for word in "un deux quatre huit seize cent mille".split()))
    words[1] = Word(500, 500, 9, words[1].text)
    words[3] = Word(900, 1100, 9, words[3].text)
    words[5] = Word(50_000, 50_100, 9, words[5].text)
    times = starts("un deux quatre huit seize cent mille".split(), words)
    assert [times[k] for k in (0, 1, 4, 6)] == [0, 500, 2000, 3000]
    assert 900 <= times[2] <= times[3] <= 1000
    assert 2000 <= times[5] <= 3000


def test_words_stand_with_their_own_paragraph() -> None:
    # Music from 1 s to 30 s; the recogniser lost « voilà » before it and « bonjour » after it.
    words = [
        Word(0, 400, 90, " merci"), Word(500, 900, 90, " beaucoup"),
        Word(30_500, 30_900, 90, " chers"), Word(31_000, 31_400, 90, " amis"),
    ]  # fmt: skip
    written = "merci beaucoup voilà bonjour chers amis".split()
    tokens = align(written, words, 40_000, paragraphs=[0, 3]).tokens
    assert tokens[2].end_ms < 2000
    assert 29_500 < tokens[3].start_ms < tokens[3].end_ms <= 30_500


# Whole episodes.


@dataclass
class Said:
    written: list[str]
    words: list[Word]
    paragraphs: list[int]
    duration: int

    def range(self, paragraph: int) -> range:
        return range(*[*self.paragraphs, len(self.written)][paragraph : paragraph + 2])

    def align(self, written: list[str] | None = None, **more: Any) -> Alignment:
        return align(written or self.written, self.words, self.duration, **more)


@cache
def story(words: int = 1200, seed: int = 3) -> Said:
    """An episode that the recogniser has heard without a fault."""
    episode = speak(words, seed)
    made = Said([], [], [], episode.duration)
    for paragraph in episode.paragraphs:
        made.paragraphs.append(len(made.written))
        for said in paragraph:
            made.written.append(said.text)
            made.words.append(Word(said.start, said.end, 90, f" {said.text}"))
    return made


def backwards(tokens: tuple[Token, ...]) -> int:
    times = [time for t in tokens for time in (t.start_ms, t.end_ms)]
    return sum(a > b for a, b in itertools.pairwise(times))


def test_unchanged_text_fits() -> None:
    found = story().align(paragraphs=story().paragraphs)
    assert [t.start_ms for t in found.tokens] == [w.start_ms for w in story().words]
    assert {t.how for t in found.tokens} == {"exact"}
    assert found.exact == 1.0
    assert not found.wrong_episode
    assert (found.moved, found.not_in_audio, found.not_in_text) == ((), (), ())


def test_the_words_of_another_episode() -> None:
    found = story().align(list(story(seed=4).written))
    assert found.wrong_episode
    assert found.exact < 0.1
    assert not found.moved


def moved_story() -> tuple[list[str], list[int], int, range]:
    """The longest paragraph of the first half stands ten paragraphs later: text, borders, which."""
    said = story()
    own = [
        said.written[said.range(p).start : said.range(p).stop] for p in range(len(said.paragraphs))
    ]
    which = max(range(len(own) // 2), key=lambda p: len(own[p]))
    order = [p for p in range(len(own)) if p != which]
    order.insert(which + 10, which)
    written, borders = [], []
    for p in order:
        borders.append(len(written))
        written += own[p]
    return written, borders, which + 10, said.range(which)


def test_a_moved_paragraph_is_told_and_not_re_timed() -> None:
    written, borders, place, was = moved_story()
    found = story().align(written, paragraphs=borders)
    (moved,) = found.moved
    assert moved.paragraph == place
    assert (moved.first, moved.stop) == (borders[place], borders[place + 1])
    assert moved.start_ms == story().words[was.start].start_ms
    assert moved.end_ms == story().words[was.stop - 1].end_ms
    assert {t.how for t in found.tokens[moved.first : moved.stop]} == {"interpolated"}
    assert backwards(found.tokens) == 0
    assert (found.not_in_audio, found.not_in_text) == ((), ())
    # Without paragraphs the words are still found.
    (again,) = story().align(written).moved
    assert abs(again.first - moved.first) < 5 and abs(again.stop - moved.stop) < 5


def test_a_pin_confirms_where_a_moved_paragraph_is_said() -> None:
    written, borders, place, was = moved_story()
    truth = story().words[was.start].start_ms
    found = story().align(written, paragraphs=borders, pins={borders[place]: truth + 300})
    own = found.tokens[borders[place] : borders[place + 1]]
    assert own[0].how == "pinned" and own[0].start_ms == truth + 300
    assert {t.how for t in own[2:]} == {"exact"}
    assert [t.start_ms for t in own[2:]] == [story().words[k].start_ms for k in was[2:]]
    assert found.moved == ()
    others = found.tokens[: borders[place]] + found.tokens[borders[place + 1] :]
    assert {t.how for t in others} == {"exact"}
    assert backwards(found.tokens) == 1
    # Also where nobody says where paragraphs begin.
    loose = story().align(written, pins={borders[place] + 5: truth + 2000})
    assert loose.moved == ()
    assert [t.start_ms for t in loose.tokens[: borders[place] - 5]] == [
        t.start_ms for t in found.tokens[: borders[place] - 5]
    ]


def test_a_passage_that_was_cut_from_the_audio() -> None:
    said = story()
    words = [w for k, w in enumerate(said.words) if not 400 <= k < 480]
    found = align(said.written, words, said.duration, paragraphs=said.paragraphs)
    (gone,) = found.not_in_audio
    assert abs(gone.first - 400) <= 2 and abs(gone.stop - 480) <= 2
    assert (found.moved, found.not_in_text) == ((), ())


def test_a_long_note_that_nobody_says() -> None:
    note = "Note de la rédaction : depuis cet enregistrement, le décret numéro douze a changé ces montants."
    written = [*story().written[:600], *note.split(), *story().written[600:]]
    found = story().align(written)
    (gone,) = found.not_in_audio
    assert abs(gone.first - 600) <= 2 and abs(gone.stop - 600 - len(note.split())) <= 2
    assert [t.start_ms for t in found.tokens[:598]] == [w.start_ms for w in story().words[:598]]
    assert [t.start_ms for t in found.tokens[-598:]] == [w.start_ms for w in story().words[-598:]]


def test_speech_that_is_missing_from_the_text() -> None:
    written = story().written[:500] + story().written[530:]
    (missing,) = story().align(written).not_in_text
    assert abs(missing.before - 500) <= 2
    assert 26 <= len(missing.words) <= 32
    assert abs(missing.start_ms - story().words[500].start_ms) < 1500
    assert abs(missing.end_ms - story().words[529].end_ms) < 1500
    # A sentence less is no alarm.
    assert story().align(story().written[:500] + story().written[506:]).not_in_text == ()


def test_text_that_is_said_twice() -> None:
    # « Générique » is read at both ends, and stands in the text twice, once, or at the end only.
    words = story().words
    length = 40
    again = [
        Word(story().duration + k * 400, story().duration + k * 400 + 300, 90, w.text)
        for k, w in enumerate(words[:length])
    ]
    both = [*words, *again]
    twice = story().written + story().written[:length]
    end = story().duration + 20_000
    found = align(twice, both, end)
    assert [t.start_ms for t in found.tokens] == [w.start_ms for w in both]
    once = align(story().written, both, end)
    assert [t.start_ms for t in once.tokens] == [w.start_ms for w in words]
    assert [len(s.words) for s in once.not_in_text] == [length]
    late = align(twice[length:], both, end)
    assert [t.start_ms for t in late.tokens] == [w.start_ms for w in both[length:]]
    assert once.moved == late.moved == ()


def test_words_said_again_and_again() -> None:
    said = heard(*[" oui", " oui", " non"] * 200)
    found = align("oui oui non".split() * 200, said, 400_000)
    assert [t.start_ms for t in found.tokens] == [w.start_ms for w in said]
    fewer = align("oui oui non".split() * 190, said, 400_000)
    assert fewer.exact == 1.0 and backwards(fewer.tokens) == 0


def test_an_edited_episode_keeps_its_times() -> None:
    """10,000 words as a recogniser hears and an editor edits them: see benchmarks/README.md."""
    episode = speak(10_000, 7)
    edited = edit(episode, 7, 0.1, moved=2)
    found = checked(hear(episode, 7), edited, episode)
    assert sorted(m.paragraph for m in found.moved) == sorted(edited.moved)
    assert not found.wrong_episode
    (note,) = found.not_in_audio
    assert abs(note.first - edited.note[0]) <= 2 and abs(note.stop - edited.note[1]) <= 2


def test_audio_that_was_cut_again_after_the_edit() -> None:
    episode = speak(10_000, 8)
    edited = edit(episode, 8, 0.1)
    words, moved_on = recut(hear(episode, 108), edited)
    found = checked(words, moved_on, episode)
    assert found.moved == ()
    gone = [
        k
        for k, (a, b) in enumerate(zip(edited.truth, moved_on.truth, strict=True))
        if a != b and b is None
    ]
    assert any(
        abs(s.first - gone[0]) <= 3 and abs(s.stop - gone[-1]) <= 3 for s in found.not_in_audio
    )


def checked(words: list[Word], edited: Edited, episode: Episode) -> Alignment:
    found = align(edited.written, words, episode.duration, paragraphs=edited.paragraphs)
    borders = [*edited.paragraphs, len(edited.written)]
    gone = {w for p in edited.moved for w in range(borders[p], borders[p + 1])}
    still = [k for k, t in enumerate(edited.truth) if t is not None and k not in gone]
    known = sum(found.tokens[k].how in ("exact", "near") for k in still)
    assert known >= 0.95 * len(still)
    off = sorted(abs(found.tokens[k].start_ms - (edited.truth[k] or 0)) for k in still)
    assert off[int(0.95 * len(off))] <= 160
    assert off[int(0.99 * len(off))] <= 650
    assert backwards(found.tokens) == 0
    return found


# Pins.


def test_a_pin_comes_before_the_machine() -> None:
    tokens = align(
        "un deux trois".split(), heard(" un", " deux", " trois"), 9000, pins={1: 650}
    ).tokens
    assert [(t.start_ms, t.how) for t in tokens] == [(0, "exact"), (650, "pinned"), (1000, "exact")]


def test_a_pin_tells_which_of_two_equal_passages_is_meant() -> None:
    phrase = "merci à toutes et à tous".split()
    said = heard(*(f" {w}" for w in phrase), *[" hm"] * 20, *(f" {w}" for w in phrase))
    assert starts(phrase, said)[0] == 0
    pinned = align(phrase, said, 60_000, pins={0: said[26].start_ms}).tokens
    assert [t.start_ms for t in pinned] == [w.start_ms for w in said[26:]]


def test_a_pin_orders_what_stands_round_it() -> None:
    said = story()
    at, time = 300, said.words[330].start_ms
    tokens = said.align(paragraphs=said.paragraphs, pins={at: time}).tokens
    assert (tokens[at].start_ms, tokens[at].how) == (time, "pinned")
    assert backwards(tokens) == 0
    assert [t.start_ms for t in tokens[:at]] == [w.start_ms for w in said.words[:at]]
    assert [t.start_ms for t in tokens[360:]] == [w.start_ms for w in said.words[360:]]


def test_pins_that_contradict_each_other() -> None:
    said = story()
    inside = said.range(max(range(20), key=lambda p: len(said.range(p))))
    first, second = inside.start + 2, inside.start + 8
    tokens = said.align(paragraphs=said.paragraphs, pins={first: 60_000, second: 50_000}).tokens
    assert tokens[first].start_ms == 60_000 and tokens[second].start_ms >= 60_000
    # Without paragraphs, too, no pin is an error.
    assert len(said.align(pins={5: 90_000, 700: 10_000, 701: -5}).tokens) == len(said.written)
    assert align(["a"], [], 1000, pins={0: 5000}).tokens[0].start_ms == 1000


# In a transcript.


def test_what_a_transcript_lacks() -> None:
    """A phrase that the recogniser hears in the music is no passage that the text lacks."""
    said = story()
    phrase = (
        " sous-titres réalisés par la communauté des auditeurs fidèles de cette émission".split()
    )
    gap = said.words[said.range(10).start].start_ms
    words = [
        *said.words[: said.range(10).start],
        *(Word(gap + k * 300, gap + k * 300 + 200, 60, f" {w}") for k, w in enumerate(phrase)),
        *(
            Word(w.start_ms + 9000, w.end_ms + 9000, 90, w.text)
            for w in said.words[said.range(10).start :]
        ),
    ]
    blocks: list[Heading | Cue | Paragraph] = [Heading("Début", 1)]
    for p in range(len(said.paragraphs)):
        if p == 10:
            blocks.append(Cue("MUSIQUE", 1))
        text = " ".join(said.written[k] for k in said.range(p))
        blocks.append(Paragraph(Speaker("A"), (Text(text),), 1))
    machine = MachineWords("d", said.duration + 9000, "fr", "e", "m", "2026", tuple(words))
    with_music = check_alignment(Transcript("fr", "reviewed", tuple(blocks)), machine)
    assert with_music.not_in_text == ()
    assert with_music.exact == 1.0
    del blocks[11]
    (told,) = check_alignment(Transcript("fr", "reviewed", tuple(blocks)), machine).not_in_text
    assert "".join(w.text for w in told.words).split() == phrase


# What must hold for any edit.

NUMBER_OF_WORDS = len(story(400).written)
new_words = st.lists(
    st.sampled_from("zèbre kayak wagon 12 l'xylophone quartz ? 3 000 whisky".split()), max_size=12
)


@settings(deadline=None)
@given(st.integers(0, NUMBER_OF_WORDS), st.integers(0, 12), new_words)
def test_an_edit_moves_nothing_far_away(at: int, gone: int, new: list[str]) -> None:
    said = story(400)
    edited = [*said.written[:at], *new, *said.written[at + gone :]]
    tokens = said.align(edited).tokens
    assert [t.text for t in tokens] == edited
    assert backwards(tokens) == 0
    near = 4
    for k in range(max(0, at - near)):
        assert tokens[k].start_ms == said.words[k].start_ms
        assert tokens[k].how == "exact"
    for k in range(1, NUMBER_OF_WORDS - at - gone - near + 1):
        assert tokens[-k].start_ms == said.words[-k].start_ms


@settings(deadline=None)
@given(st.integers(0, NUMBER_OF_WORDS), st.integers(0, 60), st.integers(0, 30_000))
def test_text_and_audio_cut_again(at: int, gone: int, music: int) -> None:
    said = story(400)
    words = [
        *said.words[:at],
        *(Word(w.start_ms + music, w.end_ms + music, 90, w.text) for w in said.words[at + gone :]),
    ]
    tokens = align(said.written, words, said.duration + music).tokens
    assert backwards(tokens) == 0
    wrong = [
        k
        for k in range(len(said.written))
        if not at - 4 <= k < at + gone + 4
        and tokens[k].start_ms != said.words[k].start_ms + (music if k >= at else 0)
    ]
    assert wrong == []


@settings(deadline=None)
@given(st.data())
def test_pins_hold_and_order(data: st.DataObject) -> None:
    said = story(400)
    words = data.draw(st.lists(st.integers(0, NUMBER_OF_WORDS - 1), max_size=6, unique=True))
    times = sorted(data.draw(st.integers(0, said.duration)) for _ in words)
    pins = dict(zip(sorted(words), times, strict=True))
    found = said.align(paragraphs=said.paragraphs, pins=pins)
    assert [t.text for t in found.tokens] == said.written
    assert backwards(found.tokens) == 0
    for word, time in pins.items():
        assert (found.tokens[word].start_ms, found.tokens[word].how) == (time, "pinned")


@settings(deadline=None)
@given(st.data())
def test_no_pin_and_no_paragraph_breaks_it(data: st.DataObject) -> None:
    written = data.draw(st.lists(vocabulary, max_size=40))
    said = heard(*(f" {word}" for word in data.draw(st.lists(vocabulary, max_size=40))))
    places = st.integers(0, max(0, len(written) - 1))
    borders = sorted(data.draw(st.lists(places, max_size=5)))
    pins = (
        data.draw(st.dictionaries(places, st.integers(-1000, 70_000), max_size=5))
        if written
        else {}
    )
    found = align(written, said, 60_000, paragraphs=borders, pins=pins)
    assert [t.text for t in found.tokens] == written
    assert all(0 <= t.start_ms <= t.end_ms <= 60_000 for t in found.tokens)
    assert {k for k, t in enumerate(found.tokens) if t.how == "pinned"} == set(pins)
