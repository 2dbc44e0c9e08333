"""Items that a feed keeps: whatever changes, it is the feed that is made from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import rich_feed
import small_site
from chance import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast import assembly, feed, json_feed
from podcast.feed_plan import FeedPage, Items, ItemsOf, Make, anew
from podcast.memo import each_kept, keep_bytes
from podcast.published import Publication, PublishedEpisode, in_order
from podcast.show import Show

# What looks like the end or the beginning of an item, and what XML or JSON must escape.
TEXTS = (
    "Un titre", "    <item>\n    <item>", "</item>\n  </channel>", "]]>", "a & b < c", '"\\n"\n  ]\n}',
    "\n    <item xml:lang='en'>", "*\n\n    <item>\n\n*",
)  # fmt: skip
SHOWS = (small_site.show(), replace(small_site.show(), title="Autre", feed_page=2))
ONE = small_site.episode(SHOWS[0], "un")

EDITS = st.lists(
    st.tuples(
        st.sampled_from(("title", "notes", "summary", "language", "gone")),
        st.integers(1, 6),
        st.sampled_from(TEXTS),
        st.sampled_from(SHOWS),
    ),
    min_size=2,
    max_size=8,
)


def changed(before: Publication, edit: tuple[str, int, str, Show]) -> Publication:
    """The publication after one change by hand."""
    what, number, text, of = edit
    slug = f"e{number}"
    others = [p for p in before.episodes if p.episode.slug != slug]
    if what == "gone":
        return in_order(of, others)
    was = next((p for p in before.episodes if p.episode.slug == slug), ONE)
    told = {"slug": slug, "guid": slug, what: "en" if what == "language" else text}
    return in_order(of, [*others, replace(was, episode=replace(was.episode, **told))])


def episodes(number: int) -> list[PublishedEpisode]:
    names = [f"e{n}" for n in range(number)]
    return [replace(ONE, episode=replace(ONE.episode, slug=name, guid=name)) for name in names]


def made(publication: Publication, items: ItemsOf) -> dict[str, bytes]:
    rss = feed.makers(publication, "feed.css", items)
    return {path: make() for path, make, _ in (*rss, *json_feed.makers(publication, items))}


def kept_in(folder: Path) -> ItemsOf:
    return lambda path: partial(each_kept, folder / path, assembly.names_of_values())


@settings(max_examples=examples(60), deadline=None)
@given(EDITS)
def test_after_any_changes_it_is_what_would_be_made_anew(
    edits: list[tuple[str, int, str, Show]],
) -> None:
    publication = in_order(SHOWS[0], [])
    with TemporaryDirectory() as folder:
        for edit in edits:
            publication = changed(publication, edit)
            assert made(publication, kept_in(Path(folder))) == made(publication, anew)


def test_only_what_changed_is_made(tmp_path: Path) -> None:
    asked: list[int] = []

    def watched(path: str) -> Items:
        def items(all_of: object, of: Sequence[object], make: Make) -> list[str]:
            def told(some: Sequence[int]) -> list[str]:
                asked.append(len(some))
                return make(some)

            return each_kept(tmp_path / path, assembly.names_of_values(), all_of, of, told)

        return items

    def asked_by(publication: Publication) -> list[int]:
        asked.clear()
        made(publication, watched)
        return asked

    publication = in_order(SHOWS[0], episodes(5))
    assert asked_by(publication) == [5, 5]
    assert asked_by(publication) == [0, 0]
    other = changed(publication, ("title", 3, "Autre", SHOWS[0]))
    assert asked_by(other) == [1, 1]
    assert asked_by(in_order(SHOWS[0], other.episodes[1:])) == [0, 0]
    assert asked_by(in_order(replace(SHOWS[0], author="Autre"), other.episodes[1:])) == [4, 4]


def test_damage_is_made_good(tmp_path: Path) -> None:
    publication = rich_feed.publication()
    right = made(publication, anew)
    assert made(publication, kept_in(tmp_path)) == right
    files = [tmp_path / path for path in right if (tmp_path / path).is_file()]
    assert len(files) > 1
    for file in files:
        name = file.read_bytes().partition(b" ")[0].decode()
        keep_bytes(file, name, b"\xc1")
    assert made(publication, kept_in(tmp_path)) == right
    for file in files:
        file.write_bytes(file.read_bytes()[:-9])
    assert made(publication, kept_in(tmp_path)) == right


def test_items_of_several_shows(tmp_path: Path) -> None:
    """A feed of a network: the same episode of another show is another item."""
    one, other = SHOWS[0], replace(SHOWS[0], title="Voisins", guid="n")
    told = (one.title, one.description, one.language, one.guid)
    kept = partial(each_kept, tmp_path / "feed.xml", assembly.names_of_values())
    for shows in ((one, other, one), (other, other, one), (one, one, other), ()):
        page = FeedPage("feed.xml", *told, tuple(episodes(3)), (), shows=shows)
        anew_made = feed.render(one, page, "feed.css")
        assert feed.render(one, page, "feed.css", kept) == anew_made
