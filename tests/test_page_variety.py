"""Which pages stand for all: whatever is new on a page of any kind brings that page in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pages import checks
from pages.browsing import Site
from pages.variety import enough, places, representatives
from test_pages import pages_for

PAGE = '<html lang="fr"><body><main class="column"><p>Un <b>mot</b></p></main></body></html>'


@given(st.dictionaries(st.integers(), st.frozensets(st.sampled_from("abcdefghij"))))
def test_chosen_pages_have_all_that_any_has(pages: dict[int, frozenset[str]]) -> None:
    chosen = enough(pages)
    assert frozenset().union(*(pages[name] for name in chosen)) == frozenset().union(
        *pages.values()
    )
    assert len(set(chosen)) == len(chosen)
    assert all(pages[name] for name in chosen)


def test_text_and_numbers_make_no_page_new() -> None:
    assert places(PAGE) == places(PAGE.replace("mot", "autre").replace("<p>", "<p><!-- x -->"))
    assert places(PAGE.replace("<p>", '<p id="p1">')) == places(PAGE.replace("<p>", '<p id="p27">'))


def test_an_element_a_place_or_a_language_does() -> None:
    for old, new in (
        ("<b>mot</b>", "<i>mot</i>"),
        ("<b>mot</b>", '<b class="voice">mot</b>'),
        ("<b>mot</b>", '<b lang="en">mot</b>'),
        ("<p>", '<p role="status">'),
        ('class="column"', ""),
        ('"fr"', '"en"'),
    ):
        assert not places(PAGE.replace(old, new)) <= places(PAGE), new
    # What may be left open, or has no end, does not take in what follows.
    assert ("main column", "p") in places(PAGE.replace("</p>", "<br><img alt=x><p>y"))
    assert ("html lang fr", "body") in places(PAGE.replace("<body>", "<head><meta></head><body>"))


def test_every_page_is_opened_and_few_in_most_looks(sites: tuple[Site, ...]) -> None:
    every = {(site.name, path) for site in sites for path in site.pages}
    chosen = representatives(sites)
    assert chosen < every and len(chosen) < len(every) / 2
    there = {kind for site in sites for path in site.pages for kind in site.kinds(path)}
    kinds = {k for site in sites for path in site.pages if (site.name, path) in chosen
             for k in site.kinds(path)}  # fmt: skip
    assert kinds == there == {"page", "episode", "hour", "player"}
    for each in checks():
        about = {(site.name, path) for site in sites for path in site.pages
                 if each.is_about(site, path)}  # fmt: skip
        for look in each.looks:
            opened = {(s.name, path) for s, path, _ in pages_for([each], look, sites, chosen)}
            assert opened == (about if look == each.looks[0] else about & chosen)
            assert opened, f"{each.name} looks at nothing in {look.name}"
