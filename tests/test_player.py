"""The player, reading along, search and the reader's choices, used as a reader uses them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from pages.browsing import LIGHT, Change, Look, Site, Visit, Visitor
from playwright.sync_api import expect

from podcast.reading import reading
from podcast.transcript import TimedParagraph

EPISODE = "episode-3/index.html"


@pytest.fixture(scope="module")
def sample(sites: tuple[Site, ...]) -> Site:
    return next(site for site in sites if site.name == "sample")


@pytest.fixture
def open_page(visitor: Visitor, sample: Site) -> Iterator[Visit]:
    with visitor.visit(sample, EPISODE) as visit:
        yield visit


def now(visit: Visit) -> float:
    return float(visit.js("document.getElementById('audio').currentTime"))


def paused(visit: Visit) -> bool:
    return bool(visit.js("document.getElementById('audio').paused"))


def until(visit: Visit, code: str) -> None:
    """Waits in Python: the page's own policy lets nobody evaluate a text in it."""
    for _ in range(200):
        if visit.js(code):
            return
        visit.page.wait_for_timeout(50)
    pytest.fail(f"never: {code}")


def painted(visit: Visit, name: str) -> list[str]:
    found: list[str] = visit.js(f"[...CSS.highlights.get({name!r})].map(r => r.toString())")
    return found


def test_every_word_is_painted_where_it_stands(open_page: Visit) -> None:
    """Each word's middle is sought in turn: the range painted must be that word, and no other."""
    open_page.page.locator("#play").click()
    until(open_page, "CSS.highlights.get('word').size || audio.currentTime > 9.6")
    open_page.page.locator("#play").click()
    wrong = []
    blocks = [b for b in reading(open_page.truth.timeline) if isinstance(b.block, TimedParagraph)]
    for each in blocks:
        for token in each.block.tokens:
            middle = (token.start_ms + token.end_ms) / 2000
            heard = open_page.js(
                """async (seconds) => {
                  audio.currentTime = seconds;
                  await new Promise((done) => audio.addEventListener("seeked", done, { once: true }));
                  const range = [...CSS.highlights.get("word")][0];
                  const notes = range?.cloneContents();
                  notes?.querySelectorAll("sup, .sound").forEach((e) => e.remove());
                  return [notes?.textContent, range?.startContainer.parentElement.closest("p").id];
                }""",
                middle,
            )
            if [" ".join((heard[0] or "").split(" ")), heard[1]] != [token.text, each.id]:
                wrong.append((token.text, heard, middle))
    # A word shorter than the times' steps may lie wholly inside its neighbour.
    assert len(wrong) <= 0.01 * sum(len(each.block.tokens) for each in blocks), wrong


def test_a_click_on_a_word_plays_from_it(open_page: Visit) -> None:
    box = open_page.js(
        """() => {
          const node = [...document.querySelectorAll("#transcript p.turn")]
            .map((p) => p.lastChild).find((n) => n.data?.includes("reconnaissance"));
          const range = document.createRange();
          const at = node.data.indexOf("reconnaissance");
          range.setStart(node, at); range.setEnd(node, at + 14);
          node.parentElement.scrollIntoView({ block: "center" });
          const box = range.getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2];
        }"""
    )
    tokens = [
        t
        for b in open_page.truth.timeline.blocks
        if isinstance(b, TimedParagraph)
        for t in b.tokens
    ]
    word = next(t for t in tokens if t.text == "reconnaissance")
    open_page.page.mouse.click(*box)
    until(open_page, "!audio.paused")
    assert word.start_ms / 1000 - 0.05 <= now(open_page) <= word.start_ms / 1000 + 3


def test_a_click_beside_the_words_plays_nothing(open_page: Visit) -> None:
    title = open_page.page.locator("#transcript-title")
    title.click()
    paragraph = open_page.page.locator("#transcript p.turn").first
    box = paragraph.bounding_box()
    assert box
    open_page.page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] - 2)
    open_page.page.wait_for_timeout(300)
    assert paused(open_page)


def test_text_can_be_selected_without_sound(open_page: Visit) -> None:
    paragraph = open_page.page.locator("#transcript p.turn").nth(3)
    paragraph.scroll_into_view_if_needed()
    box = paragraph.bounding_box()
    assert box
    mouse = open_page.page.mouse
    mouse.move(box["x"] + 100, box["y"] + 15)
    mouse.down()
    mouse.move(box["x"] + 300, box["y"] + 15, steps=5)
    mouse.up()
    open_page.page.wait_for_timeout(300)
    assert open_page.js("getSelection().toString().length") > 3
    assert paused(open_page)


def test_a_time_link_plays_from_there_and_stays_on_the_page(open_page: Visit) -> None:
    link = open_page.page.locator("#transcript a.time").nth(2)
    seconds = int((link.get_attribute("href") or "").rpartition("=")[2])
    link.click()
    until(open_page, "!audio.paused")
    assert seconds <= now(open_page) < seconds + 5
    assert open_page.page.url.endswith("/episode-3/")


def test_a_chapter_title_leads_to_the_text_and_its_time_to_the_sound(open_page: Visit) -> None:
    chapter = open_page.page.locator(".chapters li").nth(2)
    chapter.locator("a").first.click()
    assert paused(open_page)
    assert "#c" in open_page.page.url
    chapter.locator("a.time").click()
    until(open_page, "!audio.paused")


@pytest.mark.parametrize(
    ("address", "seconds"), [("#t=59", 59), ("#t=1:39", 99), ("#t=0:01:39", 99)]
)
def test_an_address_with_a_time_opens_there_in_silence(
    open_page: Visit, address: str, seconds: int
) -> None:
    open_page.page.goto("about:blank")
    open_page.page.goto(open_page.site.url(EPISODE) + address)
    until(open_page, "audio.readyState > 0")
    assert now(open_page) == seconds
    assert paused(open_page)
    shown = open_page.page.locator(".shown")
    expect(shown).to_be_in_viewport()
    assert int((shown.get_attribute("id") or "")[1:].partition("-")[0]) <= seconds


def test_an_address_of_a_paragraph_that_moved_leads_near_it(open_page: Visit) -> None:
    open_page.page.goto("about:blank")
    open_page.page.goto(open_page.site.url(EPISODE) + "#p60")
    shown = open_page.page.locator(".shown")
    assert abs(int((shown.get_attribute("id") or "")[1:].partition("-")[0]) - 60) < 8


def test_links_are_copied(visitor: Visitor, sample: Site) -> None:
    with visitor.visit(sample, EPISODE) as visit:
        visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        visit.page.locator("#transcript a.time").nth(2).click()
        visit.page.locator("#play").click()
        visit.page.locator("#copy-link").click()
        expect(visit.page.locator("#said")).not_to_be_empty()
        assert visit.js("navigator.clipboard.readText()") == f"{visit.page.url}#t={int(now(visit))}"
        visit.page.locator("#copy-paragraph").click()
        visit.page.wait_for_timeout(100)
        address = visit.js("navigator.clipboard.readText()")
        assert visit.page.locator(f"[id='{address.partition('#')[2]}']").count() == 1


def test_a_suggestion_tells_the_paragraph(visitor: Visitor, sample: Site) -> None:
    with visitor.visit(sample, EPISODE) as visit:
        link = visit.page.locator("#suggest")
        plain = link.get_attribute("href") or ""
        link.dispatch_event("click")
        assert link.get_attribute("href") == plain, "nothing was chosen or heard"
        visit.js(
            "getSelection().selectAllChildren(document.querySelectorAll('#transcript p[id]')[3])"
        )
        name = visit.js("document.querySelectorAll('#transcript p[id]')[3].id")
        link.dispatch_event("click")
        href = link.get_attribute("href") or ""
        assert href == plain.replace("%2Fepisode-3%2F", f"%2Fepisode-3%2F%23{name}")


def test_buttons_move_mute_and_change_the_speed(open_page: Visit) -> None:
    page = open_page.page
    page.locator("#forward").click()
    assert now(open_page) == 30
    page.locator("#back").click()
    assert now(open_page) == 15
    page.locator("#position").focus()
    page.keyboard.press("ArrowRight")
    assert now(open_page) == 20
    assert (
        page.locator("#position").get_attribute("aria-valuetext")
        == "20\u00a0s sur 2\u00a0min 9\u00a0s"
    )
    page.locator("#mute").click()
    assert open_page.js("audio.muted")
    expect(page.locator("#mute")).to_have_text("Remettre le son")
    page.locator("#speed").select_option("1.5")
    page.reload()
    assert open_page.js("audio.playbackRate") == 1.5
    assert page.locator("#speed").input_value() == "1.5"


def test_the_place_is_remembered_and_can_be_left(open_page: Visit) -> None:
    page = open_page.page
    expect(page.locator("#from-start")).to_be_hidden()
    page.locator("#forward").click()
    page.reload()
    assert now(open_page) == 30
    assert paused(open_page)
    page.locator("#from-start").click()
    until(open_page, "!audio.paused")
    assert now(open_page) < 5


def test_captions_are_shown_large_with_who_speaks(open_page: Visit) -> None:
    page = open_page.page
    page.locator("#captions").click()
    page.locator("#transcript a.time").nth(2).click()
    expect(page.locator("#caption-text")).to_contain_text("La présentatrice :")
    expect(page.locator("#caption-text")).to_contain_text("RQTH")


def test_a_sound_that_is_not_there_is_told(visitor: Visitor, sample: Site) -> None:
    change = Change(served=lambda address, text: text.replace('.mp3" aria', '-lost.mp3" aria'))
    with visitor.visit(sample, EPISODE, LIGHT, change) as visit:
        expect(visit.page.locator("#said")).to_contain_text("ne peut pas être lu")


def test_search_counts_paints_reads_and_listens(open_page: Visit) -> None:
    page = open_page.page
    page.locator("#search-input").fill("medecin DU travail")
    page.keyboard.press("Enter")
    expect(page.locator("#search-said")).to_contain_text("1 sur ")
    assert painted(open_page, "hit-current")[0] == "médecin du travail"
    assert page.evaluate("document.activeElement.id") == "search-input"
    page.locator("#search-read").click()
    assert page.evaluate("document.activeElement.matches('#transcript p')")
    page.locator("#search-listen").click()
    until(open_page, "!audio.paused")
    tokens = [
        t
        for b in open_page.truth.timeline.blocks
        if isinstance(b, TimedParagraph)
        for t in b.tokens
    ]
    at = next(a for a, b in pairwise(tokens) if (a.text, b.text) == ("médecin", "du"))
    assert at.start_ms / 1000 - 0.05 <= now(open_page) < at.start_ms / 1000 + 4
    page.locator("#search-input").fill("introuvable")
    expect(page.locator("#search-said")).to_have_text("Aucun résultat")
    assert painted(open_page, "hit") == painted(open_page, "hit-current") == []


@pytest.mark.parametrize("query", ["coeur", "[", "\\", "é", "  ", "<b>"])
def test_search_takes_any_text(open_page: Visit, query: str) -> None:
    errors: list[str] = []
    open_page.page.on("pageerror", lambda e: errors.append(str(e)))
    open_page.page.locator("#search-input").fill(query)
    open_page.page.keyboard.press("Enter")
    open_page.page.wait_for_timeout(50)
    assert errors == []


def test_the_readers_choices_hold_on_every_page(open_page: Visit) -> None:
    page = open_page.page
    page.locator("#comfort summary").click()
    for name, value in {
        "scheme": "sepia",
        "size": "larger",
        "spacing": "wide",
        "font": "serif",
        "width": "wide",
    }.items():
        page.locator(f"#comfort select[name={name}]").select_option(value)
    page.locator("#comfort input[name=times]").check()
    page.goto(open_page.site.address)
    chosen = open_page.js("({...document.documentElement.dataset})")
    assert (
        chosen.items()
        >= {
            "scheme": "sepia",
            "size": "larger",
            "spacing": "wide",
            "font": "serif",
            "width": "wide",
            "times": "",
        }.items()
    )
    assert open_page.js("getComputedStyle(document.documentElement).fontSize") == "26px"
    page.goto(open_page.site.url(EPISODE))
    expect(page.locator("#transcript a.time").first).to_be_hidden()
    page.locator("#comfort summary").click()
    page.get_by_role("button", name="Tout remettre comme au début").click()
    page.reload()
    assert set(open_page.js("({...document.documentElement.dataset})")) == {"scripts"}


def test_plain_reading_leaves_the_text_and_the_way_back(open_page: Visit) -> None:
    page = open_page.page
    page.locator("#comfort summary").click()
    page.locator("#comfort input[name=plain]").check()
    for gone in ("#play", ".chapters", "figure.line", "footer.site"):
        expect(page.locator(gone)).to_be_hidden()
    for kept in ("h1", "#transcript p.turn >> nth=0", "#comfort summary"):
        expect(page.locator(kept)).to_be_visible()


def test_following_scrolls_only_when_chosen_and_rests_after_the_reader_moves(
    visitor: Visitor, sample: Site
) -> None:
    with visitor.visit(sample, EPISODE, Look("calm", calm=True, height=500)) as visit:
        page = visit.page
        page.locator("#follow").check()
        page.evaluate("scrollTo(0, 0)")
        page.locator("#forward").click()
        page.wait_for_timeout(4100)  # the click on the box was made with the page's own scroll
        page.locator("#play").click()
        until(visit, "document.querySelector('.heard')")
        until(visit, "scrollY > 400")
        page.mouse.wheel(0, -4000)
        page.wait_for_timeout(400)
        above = visit.js("scrollY")
        page.wait_for_timeout(1500)
        assert visit.js("scrollY") == above


def test_storage_that_is_forbidden_breaks_nothing(visitor: Visitor, sample: Site) -> None:
    with visitor.visit(sample, EPISODE) as visit:
        errors: list[str] = []
        visit.page.on("pageerror", lambda e: errors.append(str(e)))
        visit.page.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
        )
        visit.reload()
        visit.page.locator("#comfort summary").click()
        visit.page.locator("#comfort select[name=scheme]").select_option("dark")
        visit.page.locator("#speed").select_option("2")
        assert visit.js("document.documentElement.dataset.scheme") == "dark"
        assert errors == []


def test_without_the_highlight_api_the_bar_alone_shows_the_place(
    visitor: Visitor, sample: Site
) -> None:
    with visitor.visit(sample, EPISODE) as visit:
        visit.page.add_init_script("delete window.Highlight")
        visit.reload()
        visit.page.locator("#transcript a.time").nth(1).click()
        expect(visit.page.locator(".heard")).to_have_count(1)
        visit.page.locator("#search-input").fill("travail")
        expect(visit.page.locator("#search-said")).not_to_be_empty()


def test_without_scripts_the_browsers_player_and_every_link_remain(
    visitor: Visitor, sample: Site
) -> None:
    with visitor.visit(sample, EPISODE, Look("bare", scripts=False)) as visit:
        expect(visit.page.locator("audio[controls]")).to_be_visible()
        assert visit.page.locator(".player").count() == 0
        for link in visit.page.locator("a.time").all():
            address, _, time = (link.get_attribute("href") or "").partition("#t=")
            assert time.isdigit()
            assert (sample.workspace.site / "episode-3" / address).resolve().is_file()


def test_word_times_are_what_the_page_names(sample: Site) -> None:
    (file,) = (sample.workspace.site / "episode-3").glob("times.*.json")
    assert f'data-times="{file.name}"' in sample.source(EPISODE)
    assert json.loads(file.read_text("utf-8"))["version"] == 1
