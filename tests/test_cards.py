"""Of each episode the newest card is found again, or none: never one from before."""

from __future__ import annotations

from dataclasses import replace

import pytest
import small_site
from hypothesis import given
from hypothesis import strategies as st

from podcast.memo import Digests
from podcast.searching import FoundBy
from podcast.shelf import Card, Shelf, cards_in, own
from podcast.workspace import Workspace

SHOW = small_site.show()
SLUGS = [f"e{n}" for n in range(6)]
CARDS = {
    slug: Card("", "key", None, "", 0.0, small_site.episode(SHOW, slug).without_words("t"),
               {}, (), FoundBy("", 0, 0))
    for slug in SLUGS
}  # fmt: skip
FILES = ("cards.json", "cards.all.json")
publishes = st.tuples(
    st.sets(st.sampled_from(SLUGS), max_size=3),  # what has changed
    st.sets(st.sampled_from(SLUGS), min_size=4),  # all episodes that there are
    st.sampled_from(["", "", "damage", "lose", "kill"]),
    st.sampled_from(FILES),
)


@given(st.lists(publishes, min_size=2, max_size=8))
def test_what_is_found_is_the_newest(
    tmp_path_factory: pytest.TempPathFactory,
    published: list[tuple[set[str], set[str], str, str]],
) -> None:
    space = Workspace(tmp_path_factory.mktemp("show"))
    (space.root / SHOW.cover).touch()
    newest: dict[str, Card] = {}
    for version, (changed, there, then, name) in enumerate(published):
        before = newest
        first, file = space.cache / FILES[0], space.cache / name
        raw = first.read_bytes() if first.exists() else None
        shelf = Shelf(space, own(SHOW), Digests(space.cache / "digests.json"))
        newest = {slug: card for slug, card in newest.items() if slug in there}
        for slug in there:
            if slug in changed or not shelf.card(slug):
                newest[slug] = replace(CARDS[slug], exact=version / 8)
                shelf.take(newest[slug])
        shelf.save(sorted(there))
        assert cards_in(space.cache) == newest
        if then == "kill" and raw:  # the last file was not written
            first.write_bytes(raw)
            newest = before
        elif then == "lose":
            file.unlink(missing_ok=True)
        elif then == "damage" and file.exists():
            file.write_bytes(file.read_bytes()[:-1] + b"x")
        found = cards_in(space.cache)
        assert found.items() <= newest.items()
        newest = found
