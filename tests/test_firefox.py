"""The episode's page in a real Firefox: its accessibility tree, its names, the painted word.

Chromium is asked for everything else; what is here differs between browsers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from firefox import Firefox, Refused, firefox, program
from lxml import html
from serving import served

from podcast import workspace
from podcast.timeline import make_timeline
from podcast.transcript import TimedParagraph, Token

SLUG = "episode-3"
LATE_MS = 100
CONTROLS = [
    ("button", "Lecture"),
    ("button", "Reculer de 15\u00a0s"),
    ("button", "Avancer de 30\u00a0s"),
    ("slider", "Position dans l'épisode"),
    ("combobox", "Vitesse"),
    ("button", "Couper le son"),
    ("button", "Sous-titres en grand"),
    ("button", "Copier le lien vers ce moment"),
]
TREE = """
  const service = Cc["@mozilla.org/accessibilityService;1"].getService(Ci.nsIAccessibilityService);
  const outer = () => service.getAccessibleFor(gBrowser.selectedBrowser)?.firstChild;
  // The tree comes from the page's process a moment after it is first asked for.
  let page = null;
  for (let i = 0; i < 200 && !page?.childCount; i += 1) {
    page = outer();
    await new Promise(done => setTimeout(done, 50));
  }
  const nodes = [];
  const walk = (node, inside) => {
    const role = service.getStringRole(node.role);
    const id = node.id;
    const actions = [...Array(node.actionCount).keys()].map(i => node.getActionName(i));
    nodes.push([role, node.name ?? '', id, inside, actions.join(' ')]);
    for (let child = node.firstChild; child; child = child.nextSibling)
      walk(child, id === 'transcript' ? id : inside);
  };
  walk(page, '');
  return nodes;
"""
ERRORS = """
  return Services.console.getMessageArray().flatMap(message => {
    try { message.QueryInterface(Ci.nsIScriptError); } catch { return []; }
    const ours = message.sourceName.startsWith(given[0]);
    return ours && !(message.flags & Ci.nsIScriptError.warningFlag) ? [message.errorMessage] : [];
  });
"""
PLAY = """
  const [from, seconds] = given;
  const audio = document.getElementById('audio');
  audio.currentTime = from;
  document.getElementById('play').click();
  const samples = [];
  while (audio.currentTime < from + seconds) {
    let frame = 0;
    await new Promise(done => requestAnimationFrame(() => {
      frame = audio.currentTime;
      setTimeout(done, 0);
    }));
    if (audio.error) throw audio.error.message;
    const words = [...CSS.highlights.get('word')].map(String).join('|');
    const bars = [...document.querySelectorAll('.heard')].map(e => e.id).join('|');
    samples.push([audio.currentTime * 1000, words, bars, frame * 1000]);
  }
  document.getElementById('play').click();
  return samples;
"""


class Node(NamedTuple):
    """One object of the tree that Firefox gives to screen readers."""

    role: str
    name: str
    id: str
    inside: str
    actions: str


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    with served(published) as address:
        yield address


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("firefox")) as running:
        yield running


@pytest.fixture
def page(running: Firefox, address: str) -> Firefox:
    """The episode's page, loaded anew with nothing remembered of it."""
    running.tell("WebDriver:Navigate", url=f"{address}{SLUG}/")
    running.run("localStorage.clear()")
    running.tell("WebDriver:Refresh")
    with running.inside():
        running.run("Services.console.reset()")
    running.tell("WebDriver:Refresh")
    return running


def errors(page: Firefox, address: str) -> list[str]:
    with page.inside():
        return list(page.run(ERRORS, address))


def tree(page: Firefox) -> list[Node]:
    with page.inside():
        return [Node(*found) for found in page.run(TREE)]


def named(page: Firefox, selector: str) -> list[tuple[str, str]]:
    """Role and name of each element that is shown, as screen readers are told."""
    found = page.tell("WebDriver:FindElements", using="css selector", value=selector)
    ids = [id for element in found for id in element.values()]
    return [
        (page.tell("WebDriver:GetComputedRole", id=id), page.tell("WebDriver:GetComputedLabel", id=id))
        for id in ids
        if page.tell("WebDriver:IsElementDisplayed", id=id)
    ]  # fmt: skip


def plain(text: str) -> str:
    return " ".join(text.split())


def spoken(published: Path) -> list[Token]:
    """Every word with its time, from the workspace and not from the page."""
    space = workspace.find(published)
    show = space.show()
    episode = space.episode(SLUG, show)
    words = space.words(SLUG)
    assert words
    timeline = make_timeline(space.transcript(SLUG, show, episode.language), words)
    return [
        token
        for block in timeline.blocks
        if isinstance(block, TimedParagraph)
        for token in block.tokens
    ]


def wrongly_painted(samples: list[Any], words: list[Token]) -> list[str]:
    """What was painted more than 100 ms from when it is said; times are those of the sound.

    A frame and the look at it lie apart on a busy machine: what is painted was right in between.
    """
    told = []
    for ms, painted, _, frame in samples:
        fitting = {
            plain(token.text)
            for token, after in zip(words, [*words[1:], None], strict=True)
            if token.start_ms - LATE_MS <= ms
            and frame <= (after.start_ms if after else token.end_ms) + LATE_MS
        }
        if painted and plain(painted) not in fitting:
            told.append(f"at {ms:.0f} ms « {painted} », not one of {sorted(fitting)}")
        surely = any(t.start_ms + LATE_MS < frame <= ms < t.end_ms - LATE_MS for t in words)
        if not painted and surely:
            told.append(f"at {ms:.0f} ms nothing, not one of {sorted(fitting)}")
    return told


def test_the_page_loads_without_an_error(page: Firefox, address: str) -> None:
    assert errors(page, address) == []
    page.run(
        "setTimeout(() => { throw new Error('seeded'); }); await new Promise(d => setTimeout(d, 50))"
    )
    assert ["seeded" in error for error in errors(page, address)] == [True]


def test_controls_and_headings_have_roles_and_names(page: Firefox) -> None:
    selector = ".player button, .player input, .player select"
    assert named(page, selector) == CONTROLS
    page.run("document.getElementById('play').textContent = ''")
    assert named(page, selector)[0] == ("button", "")
    headings = named(page, "h1, h2, h3")
    assert {role for role, _ in headings} == {"heading"}
    assert [name for _, name in headings][:3] == [
        "Garder son emploi quand la santé change", "En bref, facile à lire", "Écouter l'épisode",
    ]  # fmt: skip


def test_the_tree_has_the_text_in_order_and_whole(page: Firefox, published: Path) -> None:
    source = (published / "site" / SLUG / "index.html").read_text("utf-8")
    (section,) = html.fromstring(source).xpath('//section[@id="transcript"]')
    wanted = [plain(e.text_content()) for e in section.xpath("./p[@id] | ./h3")]
    nodes = tree(page)
    leaves = [n.name for n in nodes if n.inside == "transcript" and n.role == "text leaf"]
    assert plain(" ".join(wanted)).replace(" ", "") in "".join(leaves).replace("\xa0", "").replace(
        " ", ""
    )
    assert sum(len(name.split()) for name in leaves) / len(leaves) > 4
    assert len(nodes) < 500
    assert [n.name for n in nodes if n.role == "grouping"] == ["Lecteur"]


def clickable(nodes: list[Node]) -> list[Node]:
    """What a screen reader calls clickable though it is no link and no control."""
    taken = ("link", "pushbutton", "checkbutton", "label", "searchbox", "statusbar")
    return [
        node
        for node in nodes
        if node.inside == "transcript"
        and "click" in node.actions.split()
        and node.role not in taken
    ]


def test_nothing_in_the_text_is_clickable(page: Firefox) -> None:
    assert clickable(tree(page)) == []
    page.run("document.querySelector('#transcript p.turn').onclick = () => {}")
    assert [node.role for node in clickable(tree(page))] == ["paragraph"]


def test_the_word_that_is_heard_is_painted(page: Firefox, published: Path) -> None:
    words = spoken(published)
    # Without a sound card Firefox plays only what is muted.
    page.run("document.getElementById('mute').click()")
    samples = page.run(PLAY, 27, 3)
    # The times are fetched when the sound first plays.
    while not samples[0][1]:
        samples.pop(0)
    painted = list(dict.fromkeys(plain(word) for _, word, *_ in samples if word))
    assert wrongly_painted(samples, words) == []
    assert len(painted) > 6
    # The bar is beside the painted word, and both go when nobody speaks.
    assert {bars for _, word, bars, _ in samples if word} == {"p25", "p27"}
    assert {bool(word) for _, word, bars, _ in samples if not bars} == {False}
    late = [[ms + 400, word, bars, frame + 400] for ms, word, bars, frame in samples]
    assert wrongly_painted(late, words) != []
    bar = page.run("return getComputedStyle(document.querySelector('.heard'), '::before').width")
    assert bar == "4px"


def test_what_firefox_refuses_is_told(page: Firefox) -> None:
    with pytest.raises(Refused, match="nothing of that name"):
        page.run("throw 'nothing of that name'")
    with pytest.raises(Refused, match="WebDriver:NoSuch"):
        page.tell("WebDriver:NoSuch")


def test_a_missing_firefox_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("FIREFOX", raising=False)
    with pytest.raises(AssertionError, match="Firefox is missing"):
        program()
