"""The transcript as plain text: the same words for eyes, ears, fingers, with and without scripts."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from pages import check
from pages.browsing import BARE, LIGHT, Visit
from podcast.transcript import Cue, Paragraph, Spoken

# What is no part of the text: the page's tools, and times.
TOOLS = ".tools, form, button, .time, .player, script"
TEXT = f"""() => {{
  const copy = document.querySelector('#transcript').cloneNode(true);
  copy.querySelectorAll('{TOOLS}').forEach(e => e.remove());
  return copy.textContent;
}}"""
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


def bare(text: str) -> str:
    """Without spaces of any kind: where they fall is a matter of layout."""
    return re.sub(r"\s+", "", text)


class _Source(HTMLParser):
    """The text of #transcript in HTML as it was sent."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.depth = 0
        self.inside: list[bool] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = dict(attrs)
        if self.inside:
            skipped = "time" in (given.get("class") or "").split()
            self.inside.append(self.inside[-1] and not skipped)
        elif given.get("id") == "transcript":
            self.inside.append(True)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and tag not in VOID:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1]:
            self.text.append(data)


def in_source(html: str) -> str:
    """The transcript's text as it is sent, in the order of the source."""
    reader = _Source()
    reader.feed(html)
    return "".join(reader.text)


def differ(wanted: str, found: str, what: str) -> list[str]:
    """Where two texts part; nothing where they are the same but for spaces."""
    one, other = bare(wanted), bare(found)
    if one == other:
        return []
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    at = at or min(len(one), len(other))
    return [
        f"{what}: wanted …{one[max(0, at - 20) : at + 40]}…, found …{other[max(0, at - 20) : at + 40]}…"
    ]


@check("E1", "WCAG 1.2.1 1.3.2, RGAA 4.1 7.1", "episode", looks=(LIGHT, BARE))
def the_text_is_in_the_source(visit: Visit) -> list[str]:
    """The whole transcript is in the HTML; scripts change nothing in it."""
    if not visit.js("!!document.querySelector('#transcript > h2')"):
        return ["the transcript has no heading of its own"]
    return differ(in_source(visit.source), visit.js(TEXT), "what is shown is not what was sent")


@check("E1 E2", "WCAG 1.2.1, RGAA 4.1 4.2", "episode", looks=(LIGHT, BARE))
def all_that_is_said_is_there(visit: Visit) -> list[str]:
    """Every phrase in its order, the speaker's name at each turn, sounds in brackets."""
    text = bare(visit.js(TEXT))
    faults: list[str] = []
    at = 0

    def expect(wanted: str, what: str) -> None:
        nonlocal at
        found = text.find(bare(wanted), at)
        if found < 0:
            faults.append(f"{what} « {wanted[:60]} » is missing or out of order")
        elif found - at > 150:
            faults.append(f"before « {wanted[:60]} » stands what nobody said")
        if found >= 0:
            at = found + len(bare(wanted))

    at = max(0, text.find(bare(_first_words(visit))) - 150)
    for block in visit.truth.transcript.blocks:
        if isinstance(block, Cue):
            expect(f"[{block.text}]", "the sound")
        elif isinstance(block, Paragraph):
            if block.begins_turn:
                expect(block.speaker.name, "the name")
            for part in block.content:
                if isinstance(part, Spoken) and bare(part.text):
                    expect(part.text, "the phrase")
    return faults[:5]


def _first_words(visit: Visit) -> str:
    blocks = visit.truth.transcript.blocks
    first = next(b for b in blocks if isinstance(b, Cue | Paragraph))
    return f"[{first.text}]" if isinstance(first, Cue) else first.speaker.name


@check("E14", "WCAG 1.3.1 4.1.2, RGAA 7.1", "episode")
def no_element_for_a_word(visit: Visit) -> list[str]:
    """Text in whole phrases: screen readers would read word by word what is cut up."""
    told = visit.js(
        f"""() => {{
          const root = document.querySelector('#transcript');
          const skipped = '{TOOLS}, b, sup, cite, .notes, h2, h3, .provenance';
          const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
          let nodes = 0, words = 0;
          for (let n = walker.nextNode(); n; n = walker.nextNode()) {{
            const found = n.data.split(/\\s+/).filter(w => /[\\p{{L}}\\p{{N}}]/u.test(w)).length;
            if (found && !n.parentElement.closest(skipped)) {{ nodes++; words += found; }}
          }}
          const single = [...root.querySelectorAll('p *')].filter(e =>
            !e.closest(skipped + ', abbr, [lang]:not(#transcript), .sound')
            && e.textContent.trim().split(/\\s+/).length < 2);
          const tab = [...root.querySelectorAll('p[tabindex], h3[tabindex], section[tabindex]')];
          const wrong = [...root.querySelectorAll('*'), root].filter(e => e.matches(
            '[role=application], [role=listbox], [role=grid], [role=log], [contenteditable]')
            || (e.matches('[aria-live]:not([aria-live=off]), [role=status], [role=alert]')
                && e.querySelector('p, h3')) || e.closest('[aria-live]:not([aria-live=off])') && e.matches('p[id]'));
          return {{nodes, words, single: single.length, example: single[0]?.outerHTML.slice(0, 100),
                   tab: tab.length, wrong: wrong.map(e => e.outerHTML.slice(0, 100))}};
        }}"""
    )
    faults = [f"the text is inside {html}" for html in told["wrong"][:3]]
    if told["words"] < 2.5 * told["nodes"]:
        faults.append(f"{told['words']} words in {told['nodes']} pieces of text")
    if told["single"] > 0.01 * told["words"]:
        faults.append(f"{told['single']} elements hold one word, as {told['example']}")
    if told["tab"]:
        faults.append(f"{told['tab']} paragraphs or headings take the focus")
    return faults


@check("E14", "WCAG 4.1.2, RGAA 7.3", "episode")
def no_listener_on_the_text(visit: Visit) -> list[str]:
    """What listens for clicks is announced « clickable »; one listener on the document is not."""
    client = visit.devtools
    root = client.send("Runtime.evaluate", {"expression": "document.querySelector('#transcript')"})
    told = client.send(
        "DOMDebugger.getEventListeners",
        {"objectId": root["result"]["objectId"], "depth": -1, "pierce": False},
    )
    kinds = {"click", "mousedown", "mouseup", "pointerdown", "pointerup", "touchstart", "keydown"}
    faults = []
    for listener in told["listeners"]:
        if listener["type"] not in kinds:
            continue
        node = client.send("DOM.describeNode", {"backendNodeId": listener["backendNodeId"]})["node"]
        if node["localName"] not in ("button", "input", "select", "form", "summary", "a"):
            faults.append(f"a {node['localName']} of the transcript listens for {listener['type']}")
    return sorted(set(faults))


def tree(visit: Visit) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]], str]:
    """The accessibility tree: all nodes, the same by identifier, and the transcript's."""
    visit.devtools.send("Accessibility.enable")
    nodes = visit.devtools.send("Accessibility.getFullAXTree")["nodes"]
    document = visit.devtools.send("DOM.getDocument", {"depth": 0})["root"]
    found = visit.devtools.send(
        "DOM.querySelector", {"nodeId": document["nodeId"], "selector": "#transcript"}
    )
    backend = visit.devtools.send("DOM.describeNode", {"nodeId": found["nodeId"]})["node"][
        "backendNodeId"
    ]
    by_id = {node["nodeId"]: node for node in nodes}
    root = next(n["nodeId"] for n in nodes if n.get("backendDOMNodeId") == backend)
    return nodes, by_id, root


@check("E1 E14", "WCAG 1.3.2", "episode", looks=(LIGHT, BARE))
def the_tree_reads_as_the_text(visit: Visit) -> list[str]:
    """What a screen reader meets, in its order, is the text in the order of the source."""
    _, by_id, root = tree(visit)
    # Tools stand in the tree but not in the text.
    tools = set(
        visit.js(
            f"""() => {{
              const found = [];
              document.querySelectorAll('#transcript :is({TOOLS})').forEach(e => found.push(e));
              window.toolsOfTheText = found; return found.length; }}"""
        )
        and _backends(visit, "toolsOfTheText")
    )
    said: list[str] = []

    def read(identifier: str) -> None:
        node = by_id.get(identifier)
        if node is None or node.get("backendDOMNodeId") in tools:
            return
        role = node.get("role", {}).get("value")
        if role == "StaticText":
            said.append(node["name"]["value"])
            return
        for child in node.get("childIds", ()):
            read(child)

    read(root)
    return differ(in_source(visit.source), "".join(said), "the tree reads otherwise")


def _backends(visit: Visit, name: str) -> list[int]:
    client = visit.devtools
    array = client.send("Runtime.evaluate", {"expression": f"window.{name}"})["result"]["objectId"]
    properties = client.send("Runtime.getProperties", {"objectId": array, "ownProperties": True})
    return [
        client.send("DOM.describeNode", {"objectId": each["value"]["objectId"]})["node"][
            "backendNodeId"
        ]
        for each in properties["result"]
        if each["name"].isdigit()
    ]


@check("E14 E30", "WCAG 4.1.2", "hour", looks=(LIGHT, BARE))
def the_tree_is_small(visit: Visit) -> list[str]:
    """An hour has at most 3,000 accessibility nodes, and fewer nodes than words."""
    nodes, by_id, root = tree(visit)
    faults = []
    if len(nodes) > 3000:
        faults.append(f"{len(nodes)} accessibility nodes")
    waiting, inside = [root], 0
    while waiting:
        node = by_id.get(waiting.pop(), {})
        inside += 1
        waiting += node.get("childIds", [])
    words = len(in_source(visit.source).split())
    if inside > words:
        faults.append(f"{inside} accessibility nodes for {words} words")
    return faults
