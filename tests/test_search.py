"""The search across all transcripts: the index, and the browser that asks it."""

from __future__ import annotations

import base64
import random
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from chance import examples
from conftest import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pages.axe import TAGS
from pages.browsing import Site
from playwright.sync_api import Browser, Page, Route, expect
from search_reference import Reference, Spoken, Where
from small_site import THEME, episode, pages, show

from podcast.search_index import Passage, shard
from podcast.search_words import folded, number, term
from podcast.searching import CATALOGUE, Told, block, catalogue, of_passages, shards

ENGINE = ROOT / "templates" / "static" / "find-engine.js"
# The browser's own way to open what is gzipped, and files by their names.
OPEN = """files => window.engine = transcriptSearch(async path => {
  if (!(path in files)) throw new Error(`there is no ${path}`);
  (window.asked ??= []).push(path);
  const packed = Uint8Array.from(atob(files[path]), c => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
})"""


@pytest.fixture(scope="module")
def engine(browser: Browser) -> Iterator[Page]:
    """A page with the engine."""
    context = browser.new_context()
    page = context.new_page()
    page.add_script_tag(content=ENGINE.read_text("utf-8"))
    page.evaluate(OPEN, {})
    yield page
    context.close()


def built(volumes: Sequence[Sequence[Spoken]], too_common: int = 8000) -> dict[str, bytes]:
    """The files of an index, as a site has them."""
    files: dict[str, bytes] = {}
    bound = []
    for v, volume in enumerate(volumes):
        whole = [of_passages(_passages(episode), episode.language) for episode in volume]
        made = [each.entries for each in whole]
        bound.append([(f"{v}-{e}", each.pairs, each.passages) for e, each in enumerate(made)])
        for each in shards(v, sum(one.pairs for one in made)):
            pair = shard([[one.slot(k) for k in each.slots] for one in made], too_common)
            files[each.words], files[each.places] = pair
        for e, each in enumerate(volume):
            told = Told(f"{v}-{e}", f"Titre {e}", each.language, "2 novembre", "2026-11-02")
            for k, rows in enumerate(whole[e].blocks):
                files[f"texts/{v}-{e}-{k}.bin"] = block(told, rows)
    languages = sorted({episode.language for volume in volumes for episode in volume})
    return {**files, CATALOGUE: catalogue(languages, bound)}


def _passages(episode: Spoken) -> list[Passage]:
    return [
        Passage(f"p{p}", "Claire", text, tuple(1000 * k for k in range(len(text.split(" ")))))
        for p, text in enumerate(episode.passages)
    ]


def put(engine: Page, files: dict[str, bytes]) -> None:
    engine.evaluate(OPEN, {p: base64.b64encode(raw).decode() for p, raw in files.items()})


def ask(engine: Page, query: str) -> dict[str, Any]:
    answer: dict[str, Any] = engine.evaluate("query => engine.find(query)", query)
    return answer


def places(answer: dict[str, Any]) -> list[Where]:
    return [(hit["volume"], hit["episode"], hit["passage"]) for hit in answer["passages"]]


# The browser and the program make words alike.

SAID = "L’œuvre d’Éric : STRASSE, ß, İstanbul, ΟΔΥΣΣΕΥΣ ; 3\u202f000 journaux, ½ e\u0301 va\u00a0?"
WORDS = """emplois emploi travaux travail détails mail bail chevaux bateaux eaux maux stress bus jeux yeux stories story boxes
classes parties temps status voces ingles ingleses clase clases arboles nombres relojes eses jueves analyses aujourd hui oe straße 1998s ŝipoj homme q zzz""".split()


# Letters that this Python does not know yet are left out: browsers are newer.
KNOWN = st.text(st.characters(exclude_categories=["Cs", "Cn"]))


@settings(max_examples=examples(300))
@given(KNOWN, st.sampled_from(["fr", "en-GB", "es", "eo"]))
@example(SAID, "fr")
@example(" ".join(WORDS), "fr")
@example(" ".join(WORDS), "en")
@example(" ".join(WORDS), "es")
def test_words_are_made_alike_here_and_in_the_browser(
    engine: Page, text: str, language: str
) -> None:
    words = folded(text)
    made = [[term(word, language), number(term(word, language))] for word in words]
    told = engine.evaluate(
        """([text, language]) => engine.folded(text).map(word => {
             const own = engine.term(word, language); return [word, own, engine.number(own) >>> 0]; })""",
        [text, language],
    )
    assert [[word, *own] for word, own in zip(words, made, strict=True)] == told


@pytest.mark.parametrize(
    ("one", "many"),
    [("voz", "voces"), ("inglés", "ingleses"), ("clase", "clases"), ("árbol", "árboles"),
     ("persona", "personas"), ("nombre", "nombres"), ("país", "países"), ("dulce", "dulces"), ("ley", "leyes")],
)  # fmt: skip
def test_one_and_many_are_the_same_in_spanish(one: str, many: str) -> None:
    assert len({term(word, "es-MX") for word in folded(f"{one} {many}")}) == 1


# The same results as by looking at every word.

VOCABULARY = (
    "emploi Emplois l’emploi handicap travail travaux story stories eau la de un deux".split()
)
passage = st.lists(st.sampled_from(VOCABULARY), max_size=9).map(" ".join)
spoken = st.builds(
    Spoken, st.sampled_from(["fr", "en"]), st.lists(passage, min_size=1, max_size=6).map(tuple)
)
queries = st.lists(
    st.one_of(
        st.sampled_from(VOCABULARY),
        st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3).map(
            lambda words: f"« {' '.join(words)} »"
        ),
    ),
    min_size=1, max_size=4,
).map(" ".join)  # fmt: skip


@settings(max_examples=examples(150))
@given(st.lists(st.lists(spoken, min_size=1, max_size=3), min_size=1, max_size=3), queries,
       st.sampled_from([1, 3, 8000]))  # fmt: skip
def test_the_index_finds_what_is_there(
    engine: Page, volumes: list[list[Spoken]], query: str, too_common: int
) -> None:
    put(engine, built(volumes, too_common))
    answer = ask(engine, query)
    wanted = Reference(volumes, too_common).find(query)
    found = places(answer)
    first, second = answer["all"], answer["all"] + answer["near"]
    assert found[:first] == wanted.all
    assert found[first:second] == wanted.near
    assert found[second:] == wanted.some


def test_a_corrected_word_changes_few_files() -> None:
    """The block of text, and the shards of the old and of the new word."""
    rng = random.Random(1)
    words = [f"{a}{b}{c}" for a in "bdfglmnprst" for b in "aeiou" for c in ("ra", "ti", "no", "ve")]
    volume = [
        Spoken("fr", tuple(" ".join(rng.choices(words, k=60)) for _ in range(60)))
        for _ in range(12)
    ]
    before = built([volume])
    assert len([name for name in before if name.endswith(".words.bin")]) >= 8
    passages = list(volume[5].passages)
    passages[40] = passages[40].replace(passages[40].split()[7], "nouveauté", 1)
    changed = [*volume[:5], Spoken("fr", tuple(passages)), *volume[6:]]
    after = built([changed])
    other = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert "texts/0-5-1.bin" in other
    assert len(other) <= 5
    # A new episode comes last: nothing of the volumes before it changes.
    grown = built([volume, [Spoken("fr", ("Titre",))]])
    assert {name for name in before if grown[name] != before[name]} == {CATALOGUE}


# The page.


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A search page with its index: 5 episodes, of which 24 passages speak of work."""
    folder = tmp_path_factory.mktemp("search")
    volume = [
        Spoken("fr", ("Titre", *(f"Mot {n} et le travail de l’équipe numéro {n}." for n in range(own))))
        for own in (12, 6, 4, 2, 0)
    ]  # fmt: skip
    index = {f"recherche/{path}": content for path, content in built([volume]).items()}
    files = {path: text.encode() for path, text in pages(show(), [episode(show(), "v")]).items()}
    files |= index | {asset.path: asset.content for asset in THEME.static.values()}
    files["cover.jpg"] = (ROOT / "cover.jpg").read_bytes()
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/recherche/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 800}, locale="fr")
    yield context.new_page()
    context.close()


def said(page: Page) -> str:
    status = page.get_by_role("status")
    expect(status).not_to_be_empty()
    return status.inner_text().strip()


def look_for(page: Page, query: str) -> None:
    field = page.get_by_role("searchbox")
    field.fill(query)
    field.press("Enter")


def test_results_come_ten_at_a_time_and_are_an_address(page: Page, address: str) -> None:
    page.goto(address)
    look_for(page, "TRAVAUX équipes")
    heading = page.get_by_role("heading", level=2)
    expect(heading).to_have_text("Résultats 1 à 10 sur 24")
    assert said(page) == "24 passages dans 4 épisodes."
    assert page.url == f"{address}?q=TRAVAUX+%C3%A9quipes"
    assert page.locator(".hits > li").count() == 10
    assert set(page.locator("mark").all_inner_texts()) == {"travail", "équipe"}
    # Three of each episode, then three more: who speaks most of it first.
    assert page.get_by_role("heading", level=3).all_inner_texts() == [
        "Titre 0", "Titre 1", "Titre 2", "Titre 3",
    ]  # fmt: skip
    assert page.locator(".hits a").nth(1).inner_text() == "À 4\u00a0s, Claire\u00a0:"
    assert page.locator(".hits a").nth(1).get_attribute("href") == "../0-0/#t=4"
    page.get_by_role("link", name="Page suivante").press("Enter")
    expect(heading).to_have_text("Résultats 11 à 20 sur 24")
    expect(heading).to_be_focused()
    page.reload()
    expect(heading).to_have_text("Résultats 11 à 20 sur 24")
    look_for(page, "« équipe numéro 11 »")
    expect(heading).to_have_text("Résultats 1 à 1 sur 1")
    page.go_back()
    expect(heading).to_have_text("Résultats 11 à 20 sur 24")
    page.go_back()
    expect(heading).to_have_text("Résultats 1 à 10 sur 24")
    assert page.get_by_role("searchbox").input_value() == "TRAVAUX équipes"


def test_what_is_not_there_is_said_and_a_likely_word_offered(page: Page, address: str) -> None:
    page.goto(f"{address}?q=travial")
    offered = page.get_by_role("link", name="travail")
    expect(offered).to_be_visible()
    assert said(page) == "Aucun passage trouvé. Vouliez-vous dire\u00a0: travail"
    offered.click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Résultats 1 à 10 sur 24")
    look_for(page, "xylophone")
    expect(page.get_by_role("status")).to_have_text("Aucun passage trouvé.")
    assert not page.get_by_role("heading", level=2).is_visible()


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_axe_finds_nothing_in_results(browser: Browser, address: str, look: Any) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 800}, **look)
    page = context.new_page()
    page.goto(f"{address}?q=travail&page=2")
    expect(page.get_by_role("heading", level=2)).to_be_visible()
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {
        "color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True},
    }}  # fmt: skip
    found = Axe().run(page, options=options).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    # Found words are told apart without colour.
    style = page.locator("mark").first.evaluate(
        "e => [getComputedStyle(e).textDecorationLine, getComputedStyle(e).fontWeight]"
    )
    assert style == ["underline", "700"]
    context.close()


def test_without_scripts_or_index_it_says_what_else_there_is(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}?q=travail")
    assert page.get_by_role("searchbox").count() == 0
    assert page.locator("main").get_by_role("link", name="Plan du site").is_visible()
    context.close()
    context = browser.new_context()
    page = context.new_page()
    page.route("**/*.bin", lambda route: route.abort())
    page.goto(f"{address}?q=travail")
    expect(page.get_by_role("status")).to_contain_text("cherchez de nouveau")
    page.unroute("**/*.bin")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Résultats 1 à 10 sur 24")
    context.close()


def test_a_file_of_the_build_before_is_asked_for_again(page: Page, address: str) -> None:
    """The browser may have kept a text while the index is new."""
    page.goto(address)
    old = base64.b64encode(
        block(Told("0-0", "Titre 0", "fr", "2 novembre", "2026-11-02"), b'[["","","Titre",0,""]]')
    ).decode()
    asked = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(body=base64.b64decode(old))
        else:
            route.fallback()

    page.route("**/texts/0-0-0.bin", answer)
    look_for(page, "numéro 11")
    expect(page.get_by_role("heading", level=2)).to_have_text("Résultats 1 à 1 sur 1")
    assert page.locator("mark").all_inner_texts() == ["11", "numéro", "11"]
    assert len(asked) == 2


def test_a_hit_lands_on_its_word_and_its_second(browser: Browser, sites: tuple[Site, ...]) -> None:
    """The moment is set, the word is painted, and a screen reader reads on from its paragraph."""
    site = sites[0]
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.address}recherche/?q=emploi")
    links = page.locator(".hits a[href*='#t=']")
    links.first.wait_for()
    mark = page.locator(".hits li:has(a[href*='#t=']) mark").first.inner_text()
    second = float((links.first.get_attribute("href") or "").partition("#t=")[2])
    links.first.press("Enter")
    page.wait_for_url("**/episode-*/#t=*")
    painted = "() => [...CSS.highlights.get('word') ?? []].map(String)"
    for _ in range(100):
        if words := page.evaluate(painted):
            break
        page.wait_for_timeout(50)
    assert mark in words[0]
    assert page.evaluate("document.querySelector('audio').currentTime") == second
    heard = page.evaluate("document.activeElement.innerText")
    assert mark in heard
    context.close()
