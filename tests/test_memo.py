"""Names of values tell apart what the values themselves tell apart."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import small_site
from hypothesis import given
from hypothesis import strategies as st

from podcast import assembly, feed, json_feed
from podcast.appearances import Appearance, Moment
from podcast.memo import Names, key_of
from podcast.pages import kinds
from podcast.published import Publication, PublishedEpisode, in_order
from podcast.searching import FoundBy
from podcast.shelf import Card
from podcast.show import Show

SHOW = small_site.show()
VOICE = Appearance.of("presentatrice", 3, 60_000, [Moment("p1", 0, "", "Bonjour")])
EPISODES = tuple(
    replace(small_site.episode(SHOW, f"e{n}", f"2026-11-0{n}").without_words(f"t{n}"),
            appearances=(VOICE,)) for n in range(1, 5)
)  # fmt: skip
Edit = Callable[[PublishedEpisode], PublishedEpisode]


def of_episode(**told: object) -> Edit:
    return lambda p: replace(p, episode=replace(p.episode, **told))


def of_words(text: str, *heard: Appearance) -> Edit:
    """Who is heard is made of the words: the same text never names others."""
    return lambda p: replace(p, text=text, appearances=heard)


WORDS: dict[str, Edit] = {
    "text": of_words("other", VOICE),
    "turns": of_words("turns", replace(VOICE, turns=4)),
    "nobody": of_words("nobody"),
}
EDITS: dict[str, Edit] = {
    **WORDS,
    "nothing": lambda p: replace(p),
    "title": of_episode(title="Autre"),
    "summary": of_episode(summary="Autre"),
    "language": of_episode(language="en"),
    "version": of_episode(language="en", translation_of="e1"),
    "topic": of_episode(topics=("maintien",)),
    "sound": lambda p: replace(p, enclosure=replace(p.enclosure, sha256="f")),
    "reviewed": lambda p: replace(p, reviewed=not p.reviewed),
}
edits = st.lists(st.tuples(st.integers(0, len(EPISODES) - 1), st.sampled_from(sorted(EDITS))))
shows = st.sampled_from((SHOW, small_site.show(), replace(SHOW, author="Autre")))


def card(published: PublishedEpisode) -> Card:
    found = FoundBy("", 0, 0)
    return Card("", "", None, "", 1.0, published, {}, (), found, key_of(published.bare))


def edited(of: Show, changes: list[tuple[int, str]]) -> Publication:
    episodes = list(EPISODES)
    for number, what in changes:
        episodes[number] = EDITS[what](episodes[number])
    return in_order(of, episodes)


def values(publication: Publication, bare: Publication) -> Iterator[tuple[str, object]]:
    """What each file is made from: the pages, and the feeds with what they name."""
    for kind in kinds():
        yield from ((sheet.path, sheet.of) for sheet in kind.sheets(publication))
    for path, _, of in (*feed.makers(bare, "feed.css"), *json_feed.makers(bare)):
        yield path, of


def named(publication: Publication) -> tuple[dict[str, str], dict[str, str]]:
    """The key of each file by names, and by all that the values hold."""
    every = publication.episodes[::2]  # the name of the others is not known
    cards = {p.episode.slug: card(p) for p in every}
    bare, names = assembly.named(publication, cards)
    of = dict(values(publication, bare))
    return (
        {path: names.key_of(each) for path, each in of.items()},
        {path: key_of(each) for path, each in of.items()},
    )


@given(shows, edits, shows, edits)
def test_a_key_is_another_where_a_value_is(
    one: Show, before: list[tuple[int, str]], other: Show, after: list[tuple[int, str]]
) -> None:
    by_name, by_value = named(edited(one, before))
    now_by_name, now_by_value = named(edited(other, after))
    for path in by_value.keys() & now_by_value.keys():
        same = by_value[path] == now_by_value[path]
        assert (by_name[path] == now_by_name[path]) is same, path


def test_no_feed_is_made_again_for_a_word() -> None:
    was, _ = named(in_order(SHOW, EPISODES))
    for number in range(len(EPISODES)):
        for what in WORDS:
            now, _ = named(edited(SHOW, [(number, what)]))
            assert "feed.json" in now
            assert all(now[p] == key for p, key in was.items() if p.startswith("feed"))
            page = f"e{number + 1}/index.html"
            assert now[page] != was[page]


def test_a_card_names_what_it_says() -> None:
    """The name of another one's card is not taken for a value that only looks like its own."""
    one, other = EPISODES[0], replace(EPISODES[0])
    cards = {one.episode.slug: replace(card(one), bare="known")}
    for published, taken in ((one, True), (other, False)):
        bare, names = assembly.named(in_order(SHOW, [published]), cards)
        assert (names.of(bare.episodes[0]) == "known") is taken
        assert (names.of(published) == "known" + published.text) is taken


def test_a_value_is_held_while_its_name_is_known() -> None:
    """Another one in its place in memory would have its name."""
    names = Names(Show)
    told = {names.of(replace(SHOW, title=str(n))) for n in range(100)}
    assert len(told) == 100
    assert {names.of((replace(SHOW, title=str(n)), n)) for n in range(100)}.isdisjoint(told)


# In a process of its own, which msgspec would end.
AT_ONCE = """
import sys, threading
from dataclasses import make_dataclass
from podcast.memo import packed, unpacked

sys.setswitchinterval(1e-6)
read = []
for n in range(60):
    inner = make_dataclass(f"Inner{n}", [(f"f{k}", int) for k in range(30)])
    outer = make_dataclass(f"Outer{n}", [(f"g{k}", inner) for k in range(10)])
    raw = packed(outer(*[inner(*range(30))] * 10))
    start = threading.Barrier(4)
    each = lambda: (start.wait(), read.append(unpacked(raw, outer)))
    threads = [threading.Thread(target=each) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print(len(read))
"""


def test_threads_read_values_of_one_kind_for_the_first_time_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "240\n"), done.stderr
