"""A walk through the page by real presses of Tab, as people do who use no pointer."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from pages import check
from pages.browsing import BARE, DARK, FORCED, LIGHT, PHONE, TINY, Visit
from pages.pixels import changed, shot

MOST_STOPS = 160
# The browser's own player has stops inside that a page cannot see.
OWN_STOPS = 12

STOPS = """() => {
  const all = [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, audio[controls], [tabindex]')];
  return all.filter(e => e.tabIndex >= 0 && !e.disabled && e.type !== 'hidden'
    && e.checkVisibility({visibilityProperty: true})
    && !(e.type === 'radio' && !e.checked && e.form?.elements[e.name]?.value));
}"""
WHERE = """() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const stops = window.stopsOfThePage;
  const box = e.getBoundingClientRect();
  // Of what is higher than the window, the part in it.
  const inside = b => b.height <= innerHeight ? b : new DOMRect(b.left, Math.max(0, b.top), b.width,
    Math.min(innerHeight, b.bottom) - Math.max(0, b.top));
  const boxes = [...e.getClientRects()].map(inside).filter(b => b.width > 1 && b.height > 1);
  const seen = boxes.some(b => [0.1, 0.5, 0.9].some(x => [0.15, 0.5, 0.85].some(y => {
    const top = document.elementFromPoint(b.left + b.width * x, b.top + b.height * y);
    return top && (e.contains(top) || top.contains(e) && top.matches('label')
      || [...(e.labels ?? [])].some(l => l.contains(top)));
  })));
  return {
    index: stops.indexOf(e), own: e.matches('audio'), seen, tabindex: e.getAttribute('tabindex'),
    html: e.outerHTML.split('>')[0].slice(0, 150) + '>' + e.innerText?.slice(0, 40),
    box: [box.left, box.top, box.width, box.height],
  };
}"""

# What looks the same: the tag, its classes and where it stands; the browser's own player is its own.
KINDS = f"""() => (window.stopsOfThePage = ({STOPS})()).map(e => e.matches('audio') ? '' : [e.localName,
  e.className, e.type, e.closest('section, nav, header, footer, p')?.className].join('|'))"""


@dataclass
class Stop:
    """Where the focus was after a press; ``told`` is what the page says of it."""

    told: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.told[name]


def walk(visit: Visit, key: str = "Tab") -> tuple[list[Stop], bool]:
    """The stops in their order, and whether the walk came to its end."""
    stops = visit.js(f"() => (window.stopsOfThePage = ({STOPS})()).length")
    found: list[Stop] = []
    for _ in range(stops + OWN_STOPS):
        visit.page.keyboard.press(key)
        told = visit.js(WHERE)
        if told is None or (found and told["index"] == found[0].index and not told["own"]):
            return found, True
        found.append(Stop(told))
    return found, False


@check("E11 I1", "WCAG 2.1.2 2.4.3 2.1.1, RGAA 12.8 12.9", looks=(LIGHT, PHONE, BARE), acts=True)
def tab_goes_through_the_page(visit: Visit) -> list[str]:
    """Every control once, in the order of the page, there and back, without a trap."""
    faults = [
        f"a positive tabindex: {html}"
        for html in visit.js(
            """[...document.querySelectorAll('[tabindex]')].filter(e => +e.getAttribute('tabindex') > 0)
                 .map(e => e.outerHTML.slice(0, 120))"""
        )
    ]
    stops, ended = walk(visit)
    if not ended:
        faults.append(f"Tab never leaves {stops[-1].html}")
    order = [stop.index for stop in stops]
    total = visit.js("stopsOfThePage.length")
    if missing := sorted(set(range(total)) - set(order)):
        html = visit.js("i => stopsOfThePage[i].outerHTML.slice(0, 120)", missing[0])
        faults.append(f"{len(missing)} controls are never reached, the first is {html}")
    for before, after in itertools.pairwise(stops):
        if after.index < before.index:
            faults.append(f"{after.html} comes after {before.html}")
        if after.index == before.index and not after.own:
            faults.append(f"Tab does not leave {after.html}")
    if ended and total:
        # From the last control back: what follows it in the browser is not ours.
        visit.js("stopsOfThePage.at(-1).focus()")
        last = total - 1
        for _ in range(min(25, total - 1)):
            visit.page.keyboard.press("Shift+Tab")
            told = visit.js(WHERE)
            if told is None:
                break
            if told["index"] >= last and not told["own"]:
                faults.append(f"Shift+Tab does not lead back from {told['html']}")
                break
            last = told["index"]
    return faults


@check("E10 I1", "WCAG 2.4.11, RGAA 10.7", looks=(PHONE, TINY), acts=True)
def focus_is_never_covered(visit: Visit) -> list[str]:
    """Some of the control that has the focus is always to be seen."""
    return [f"nothing is seen of {stop.html}" for stop in walk(visit)[0] if not stop.seen]


@check("E10 I1", "WCAG 2.4.7 2.4.13 1.4.11, RGAA 10.7 3.3", looks=(LIGHT, DARK, FORCED), acts=True)
def focus_is_seen(visit: Visit) -> list[str]:
    """The focus changes as many pixels by 3:1 as a line of 1 px round the control has, or more.

    Of many controls of a kind, the first two are measured.
    """
    kinds: dict[str, int] = {}
    faults: list[str] = []
    for index, kind in enumerate(visit.js(f"({KINDS})()")):
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] > 2 or not kind:
            continue
        # A key pressed before, so that the browser shows the focus as for the keyboard.
        visit.page.keyboard.press("Shift")
        visit.js(
            """i => { const e = stopsOfThePage[i]; e.focus({preventScroll: true});
                      e.scrollIntoView({block: 'center', behavior: 'instant'}); }""",
            index,
        )
        stop = visit.js(WHERE)
        left, top, width, height = stop["box"]
        edge = 10
        x, y = max(0, left - edge), max(0, top - edge)
        clip = {
            "x": x, "y": y,
            "width": max(1, min(left + width + edge, visit.look.width) - x),
            "height": max(1, min(top + height + edge, visit.look.height) - y),
        }  # fmt: skip
        with_focus = shot(visit.page, clip)
        visit.js("i => stopsOfThePage[i].blur()", index)
        without = shot(visit.page, clip)
        pixels = changed(without, with_focus)
        wanted = 2 * (width + height) * 0.9
        if pixels < wanted:
            faults.append(f"{pixels} pixels change, wanted {wanted:.0f}, at {stop['html']}")
    return faults


@check("E12 I1", "WCAG 2.4.1, RGAA 12.7", looks=(LIGHT, BARE), acts=True)
def skip_links_work(visit: Visit) -> list[str]:
    """The first stop leads to the content, on an episode's page another to the transcript.

    Before the content of a player in a frame stands nothing that could be skipped.
    """
    if visit.site.framed(visit.path):
        return []
    faults = []
    targets = {"main": "main"}
    if visit.site.slug(visit.path):
        targets["transcript"] = "#transcript"
    for number, (name, selector) in enumerate(targets.items(), 1):
        visit.reload()
        for _ in range(number):
            visit.page.keyboard.press("Tab")
        seen = visit.js(
            """() => { const b = document.activeElement.getBoundingClientRect();
                       return b.top >= 0 && b.left >= 0 && b.width > 20 && b.height > 20; }"""
        )
        if not seen:
            faults.append(f"the skip link to {name} is not seen when it has the focus")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_timeout(100)
        if visit.page.url.partition("#")[0] != visit.site.url(visit.path):
            faults.append(f"no skip link leads to {name}: stop {number} leaves the page")
            continue
        visit.page.keyboard.press("Tab")
        inside = visit.js(
            "s => !!document.activeElement?.closest(s) && document.activeElement !== document.body",
            selector,
        )
        # What follows the link is the first control there.
        first = visit.js(
            f"""s => {{ const first = ({STOPS})().find(e => e.closest(s));
                        return !first || first === document.activeElement; }}""",
            selector,
        )
        if not (inside and first) and visit.js(
            f"s => ({STOPS})().some(e => e.closest(s))", selector
        ):
            faults.append(f"after the skip link to {name}, Tab goes elsewhere")
    return faults


@check("E15", "project rule", "hour", looks=(LIGHT, BARE))
def few_tab_stops(visit: Visit) -> list[str]:
    """An hour has at most 160."""
    count = visit.js(f"({STOPS})().length")
    return [f"{count} tab stops"] if count > MOST_STOPS else []


@check("E7 I1", "WCAG 2.1.4, RGAA 12.10", acts=True)
def single_letters_do_nothing(visit: Visit) -> list[str]:
    """No shortcut of one character: people who speak to their computer would set them off."""
    state = """() => {
      const a = document.querySelector('audio');
      return JSON.stringify([a?.paused, a?.muted, a?.playbackRate, a?.currentTime, a?.volume,
        document.activeElement.outerHTML.slice(0, 60), location.href, document.body.innerText]);
    }"""
    before = visit.js(state)
    for key in "abcdefghijklmnopqrstuvwxyz0123456789?/.,<>+-[]":
        visit.page.keyboard.press(key)
    now = visit.js(state)
    return [] if now == before else [f"a key of one character does something: {now[:150]}"]
