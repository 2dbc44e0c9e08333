"""The episode line: what is drawn is what was said, in few elements, and in words beside it."""

from __future__ import annotations

import itertools
import re

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from small_site import views
from test_captions import publish

from podcast import palette
from podcast.episode_line import ROWS, UNITS, EpisodeLine, draw
from podcast.pages import episode as page
from podcast.published import Publication, WholeEpisode, whole
from podcast.theme import Theme, built_in
from podcast.transcript import (
    Chapter,
    Cue,
    Heading,
    MachineWords,
    Paragraph,
    Speaker,
    Text,
    TimedBlock,
    TimedCue,
    TimedHeading,
    TimedParagraph,
    Timeline,
    Token,
)
from podcast.workspace import Workspace

NAMES = ("Éléonore", "Marc & Cie", "La <b>", "A", "B", "C", "D", "E")
TIMES = st.integers(-5_000, 200_000)


def said(name: str, *times: tuple[int, int], key: str | None = None) -> TimedParagraph:
    """A paragraph in which a word is said at each of the times."""
    tokens = tuple(Token("mot", start, end, "exact") for start, end in times)
    paragraph = Paragraph(Speaker(name, key or name), (Text("mot " * len(times)),), 1)
    return TimedParagraph(paragraph, tokens, times[0][0], times[-1][1])


def sound(start: int, end: int) -> TimedCue:
    return TimedCue(Cue("JINGLE", 1), start, end)


def line(blocks: list[TimedBlock], duration: int, *chapters: int) -> EpisodeLine | None:
    titles = tuple(Chapter(start, f"Partie {n}") for n, start in enumerate(chapters, 1))
    return draw(Timeline("fr", duration, tuple(blocks), 1.0), titles)


def strokes(path: str) -> list[tuple[int, int]]:
    assert re.fullmatch(r"(?:M\d+ 0H\d+)*", path)
    return [(int(a), int(b)) for a, b in re.findall(r"M(\d+) 0H(\d+)", path)]


SPEECH = st.builds(
    said, st.sampled_from(NAMES), st.tuples(TIMES, TIMES).map(lambda t: (min(t), max(t)))
)
SOUND = st.tuples(TIMES, TIMES).map(lambda t: sound(min(t), max(t)))


@given(st.lists(SPEECH | SOUND, max_size=30), st.integers(0, 150_000), st.lists(TIMES, max_size=14))
def test_what_is_drawn_is_in_order_and_inside(
    blocks: list[TimedBlock], duration: int, chapters: list[int]
) -> None:
    drawn = line(blocks, duration, *sorted(chapters))
    if drawn is None:
        return
    for voice in drawn.voices:
        times = [time for s in voice.stretches for time in (s.start_ms, s.end_ms)]
        assert all(a < b for a, b in itertools.pairwise(times))
        assert times[0] >= 0 and times[-1] <= duration
        assert voice.spoken_ms == sum(s.end_ms - s.start_ms for s in voice.stretches) > 0
        assert voice.turns > 0
    assert sum(voice.share for voice in drawn.voices) in ([100] if drawn.voices else [0])
    for path in [*(row.path for row in drawn.rows), drawn.sounds]:
        places = [place for stroke in strokes(path) for place in stroke]
        assert all(a < b for a, b in itertools.pairwise(places))
        assert not places or (places[0] >= 0 and places[-1] <= UNITS)
    assert len(drawn.rows) <= ROWS
    assert sum(row.people for row in drawn.rows) == len(drawn.voices)
    assert 0 <= len(drawn.ticks) <= 5 + (duration < 1000)
    numbered = [part.number for part in drawn.parts]
    assert numbered == list(range(1, len(chapters) + 1 if len(chapters) > 1 else 1))


def test_a_turn_goes_on_over_paragraphs_and_sounds() -> None:
    drawn = line(
        [said("A", (0, 900)), sound(900, 3000), said("A", (3000, 4000)), said("B", (4000, 6000)),
         said("A", (6000, 7000))],
        10_000,
    )  # fmt: skip
    assert drawn
    assert [(v.name, v.turns, v.length, v.share) for v in drawn.voices] == [
        ("A", 2, "2 s", 59), ("B", 1, "2 s", 41),
    ]  # fmt: skip
    assert drawn.rows[0].path == "M0 0H90M300 0H400M600 0H700"
    assert (drawn.sounds, drawn.sounds_length) == ("M90 0H300", "2 s")
    assert (drawn.parts, drawn.bounds) == ((), "")


def test_a_breath_is_speech_and_a_silence_is_not() -> None:
    drawn = line([said("A", (0, 1000), (1900, 3000), (5000, 6000)), said("B", (6000, 7000))], 8000)
    assert drawn
    assert [(s.start_ms, s.end_ms) for s in drawn.voices[0].stretches] == [(0, 3000), (5000, 6000)]


def test_a_word_and_a_jingle_of_an_hour_are_still_seen() -> None:
    drawn = line(
        [said("A", (1_800_000, 1_800_300)), sound(1_800_300, 1_801_000),
         said("B", (3_599_900, 3_600_000))],
        3_600_000,
    )  # fmt: skip
    assert drawn
    assert [row.path for row in drawn.rows] == ["M500 0H502", "M998 0H1000"]
    assert drawn.sounds == "M500 0H505"


def test_those_who_speak_together_are_each_drawn() -> None:
    drawn = line(
        [said("A", (0, 1000), key="a"), said("B", (1000, 2000), key="b"),
         said("A et B", (2000, 3000), key="a+b")],
        3000,
    )  # fmt: skip
    assert drawn
    assert [(v.name, v.turns, v.spoken_ms, v.share) for v in drawn.voices] == [
        ("A", 2, 2000, 50), ("B", 1, 2000, 50),
    ]  # fmt: skip
    assert strokes(drawn.rows[0].path)[-1] == (667, 1000)


def test_together_with_somebody_never_heard_alone_is_a_row_of_its_own() -> None:
    drawn = line([said("A", (0, 1000), key="a"), said("A et B", (1000, 2000), key="a+b")], 2000)
    assert drawn
    assert [voice.name for voice in drawn.voices] == ["A", "A et B"]


def test_of_a_crowd_the_longest_heard_are_drawn_and_all_are_told() -> None:
    blocks: list[TimedBlock] = [
        said(name, (10_000 * n, 10_000 * n + 1000 * (n + 1))) for n, name in enumerate(NAMES)
    ]
    drawn = line(blocks, 100_000)
    assert drawn
    assert [(row.name, row.people) for row in drawn.rows] == [
        *((name, 1) for name in NAMES[3:]), ("", 3),
    ]  # fmt: skip
    assert [voice.name for voice in drawn.voices] == list(NAMES)


@pytest.mark.parametrize(
    ("blocks", "chapters"),
    [([], []), ([said("A", (0, 1000))], []), ([said("A", (0, 1000)), sound(1000, 2000)], [0])],
)
def test_where_there_is_nothing_to_see_nothing_is_drawn(
    blocks: list[TimedBlock], chapters: list[int]
) -> None:
    assert line(blocks, 3000, *chapters) is None


def test_one_person_alone_is_chapters_and_sounds_only() -> None:
    drawn = line([said("A", (0, 9000)), sound(9000, 10_000)], 20_000, 0, 5000)
    assert drawn
    assert (drawn.voices, drawn.rows) == ((), ())
    assert [(p.number, p.start, p.end, p.length) for p in drawn.parts] == [
        (1, 0, 250, "5 s"), (2, 250, 1000, "15 s"),
    ]  # fmt: skip
    assert drawn.bounds == "M250 0V1"


def test_numbers_of_chapters_are_left_out_rather_than_drawn_over_one_another() -> None:
    drawn = line([said("A", (0, 1))], 1_000_000, *range(0, 800_000, 80_000), 800_000, 990_000)
    assert drawn
    assert [(figure.text, figure.room) for figure in drawn.figures] == [
        ("11", 0), ("123456789", 1), ("10", 2),
    ]  # fmt: skip
    assert drawn.figures[1].x == "0% 8% 16% 24% 32% 40% 48% 56% 64%"


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [(92, "0|30 s|1 min|1 min 30 s"), (3600, "0|15 min|30 min|45 min|1 h"), (3, "0|1 s|2 s|3 s"),
     (7 * 3600, "0|2 h|4 h|6 h")],
)  # fmt: skip
def test_round_times_stand_under_the_line(seconds: int, labels: str) -> None:
    drawn = line([said("A", (0, 1)), said("B", (1, 2))], seconds * 1000)
    assert drawn
    assert [tick.label for tick in drawn.ticks] == labels.split("|")
    assert drawn.ticks[0].x == "0%"
    always = [tick for tick in drawn.ticks if tick.room == 0]
    assert len(always) == 2 and always[0].label == "0"


def hour() -> WholeEpisode:
    """An hour of 142 turns of three people, eight chapters and ten sounds."""
    blocks: list[TimedBlock] = []
    at, turns = 20_000, 0
    for part in range(8):
        blocks += [TimedHeading(Heading(f"Un titre de chapitre assez long, {part}", 1), at)]
        blocks += [sound(at - 8000, at)]
        for number in range(18 if part < 7 else 16):
            name = ("La présentatrice", "L'invité", "La conseillère")[number % 3]
            end = at + 10_000 + 2500 * (number % 7 + part % 2)
            blocks.append(said(name, (at, end - 1500)))
            at, turns = end, turns + 1
        at += 64_000
    assert turns == 142
    duration = 3_600_000
    blocks += [sound(at, at + 3000), sound(duration - 9000, duration)]
    short = publish([("A", ["oui"])])
    timeline = Timeline("fr", duration, tuple(blocks), 1.0)
    chapters = tuple(
        Chapter(b.start_ms, b.heading.text) for b in blocks if isinstance(b, TimedHeading)
    )
    words = MachineWords("d", duration, "fr", "whisper", "demo", "2026-11-21", ())
    return whole(short.episode, short.transcript, timeline, (), chapters, short.enclosure, words)


def figure(published: WholeEpisode) -> html.HtmlElement | None:
    """The line as a browser reads it from the episode's page."""
    theme = Theme((built_in(),), {palette.FILE: palette.style_sheet().encode()})
    publication = Publication(Workspace(ROOT).show(), (published,))
    ((_, view),) = views(page, publication, theme)
    found = html.fromstring(theme.render(page.TEMPLATE, view)).find_class("line")
    assert len(found) <= 1
    return found[0] if found else None


def test_an_hour_takes_little_room() -> None:
    drawn = figure(hour())
    assert drawn is not None
    # A browser adds the table's tbody.
    assert len(list(drawn.iter())) + 1 <= 60
    assert len(html.tostring(drawn, encoding="utf-8")) <= 6000
    stops = drawn.xpath(".//a|.//button|.//input|.//summary|.//*[@tabindex]")
    assert [stop.tag for stop in stops] == ["summary"]
    assert drawn.xpath(".//@style") == []


def test_the_picture_has_a_name_and_the_words_say_what_it_shows() -> None:
    published = hour()
    drawn = figure(published)
    assert drawn is not None
    (picture,) = drawn.xpath(".//*[@role='img']")
    assert picture.get("aria-label") == "Frise de l'épisode, décrite juste après"
    assert [inside.get("aria-hidden") for inside in picture] == ["true"]
    assert drawn.get("aria-label") == drawn.findtext("figcaption") == "Qui parle quand"
    names = [span.text for span in picture.iter("span")]
    assert names == [
        "Chapitres", "La présentatrice", "L'invité", "La conseillère", "Musique et sons",
    ]  # fmt: skip
    line = draw(published.timeline, published.chapters)
    assert line
    rows = [[cell.text_content() for cell in row] for row in drawn.iter("tr")]
    assert rows[0] == ["Personne", "Prises de parole", "Durée"]
    assert rows[1:] == [
        [v.name, str(v.turns), f"{v.length} ({v.share}\u00a0%)"] for v in line.voices
    ]
    said = " ".join(drawn.findtext("p").split())
    for voice in line.voices:
        assert f"{voice.name} {voice.share}" in said
    assert said.endswith("Musique et sons : 1 min 16 s. 8 chapitres.")
    assert [li.text for li in drawn.iter("li")] == [
        f"{part.title} ({part.length})" for part in line.parts
    ]
    lengths = [int(part.end - part.start) for part in line.parts]
    assert sum(lengths) == UNITS - line.parts[0].start


def test_names_are_text_and_nothing_else() -> None:
    drawn = figure(publish([("La <b>", ["oui"] * 9), ("Marc & Cie", ["non"] * 9)]))
    assert drawn is not None
    assert "La <b>" in drawn.findtext("p")
    assert [span.text for span in drawn.iter("span")] == ["La <b>", "Marc & Cie", "Musique et sons"]
    assert "Chapitres" not in drawn.text_content()


def test_the_page_of_one_person_has_no_line() -> None:
    assert figure(publish([("A", ["oui"] * 9)])) is None
