"""The sound really plays, and the page stays quiet: what moves, what is said, what is painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pages import check
from pages.browsing import BARE, CALM, CONTRAST, DARK, FORCED, LIGHT, SEPIA, Change, Visit
from pages.pixels import changed, colour, contrast, over, shot
from podcast.transcript import TimedParagraph, Token

SECONDS = 5
LATE_MS = 100
# The page takes a word away when its paragraph has ended and nothing follows.
LINGERS_MS = 500

RECORD = """async ([start, seconds]) => {
  const audio = document.querySelector('audio');
  const live = '[role=status], [role=alert], [role=log], [role=timer], output, [aria-live]:not([aria-live=off])';
  const told = {samples: [], live: [], aria: [], text: [], slider: []};
  audio.currentTime = start;
  await new Promise(done => audio.addEventListener('seeked', done, {once: true}));
  const play = document.querySelector('#play');
  if (play) play.click(); else await audio.play();
  const until = performance.now() + 10000;
  while ((audio.paused || audio.currentTime < start + 0.2) && performance.now() < until)
    await new Promise(done => setTimeout(done, 20));
  const slider = document.querySelector('#position');
  slider?.focus();
  await new Promise(done => setTimeout(done, 700));
  const focus = document.activeElement, title = document.title, place = [scrollX, scrollY];
  const watch = new MutationObserver(records => { for (const r of records) {
    const e = r.target.nodeType === 1 ? r.target : r.target.parentElement;
    if (!e) continue;
    if (r.type !== 'attributes' && e.closest(live)) told.live.push(e.closest(live).textContent);
    if (r.type !== 'attributes' && e.closest('#transcript')) told.text.push(e.localName);
    if (r.attributeName?.startsWith('aria-') && !e.matches('[type=range], [role=slider]'))
      told.aria.push(`${e.localName} ${r.attributeName}=${e.getAttribute(r.attributeName)}`);
  }});
  watch.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
  const value = () => slider && [slider.value, slider.getAttribute('aria-valuetext'),
                                 slider.getAttribute('aria-valuenow')].join('|');
  let last = value();
  const moved = new Set();
  const began = performance.now();
  while (performance.now() - began < seconds * 1000) {
    // After what the page itself does in this frame.
    await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
    const word = [...(CSS.highlights.get('word') ?? [])].map(r => r.toString()).join('|');
    told.samples.push([audio.currentTime * 1000, word,
                       document.querySelector('.heard')?.id ?? '']);
    if (value() !== last) { last = value(); told.slider.push([performance.now() - began, last]); }
    // In every frame: what goes and comes back has moved too.
    if (document.activeElement !== focus) moved.add('the focus');
    if (document.title !== title) moved.add('the title');
    if (scrollX !== place[0] || scrollY !== place[1]) moved.add('the page');
  }
  watch.disconnect();
  told.played = !audio.paused;
  told.moved = [...moved];
  told.valuetext = slider?.getAttribute('aria-valuetext') ?? '';
  told.followed = document.querySelector('#follow')?.checked ?? null;
  audio.pause();
  return told;
}"""


@dataclass
class Record:
    """Five seconds of playback; times in milliseconds of the sound."""

    told: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.told[name]


_records: dict[tuple[str, str, Change], Record] = {}


def tokens(visit: Visit) -> list[Token]:
    """Every word of the episode with its time, from the workspace and not from the page."""
    return [
        token
        for block in visit.truth.timeline.blocks
        if isinstance(block, TimedParagraph)
        for token in block.tokens
    ]


def seconds(visit: Visit) -> float:
    """How long is listened: a fault that was put in shows soon."""
    return SECONDS if visit.change == Change() else SECONDS / 2


def listen(visit: Visit) -> Record:
    """What happens while the sound plays; played once for all checks of the same page."""
    known = (visit.site.url(visit.path), visit.look.name, visit.change)
    if known not in _records:
        spoken = tokens(visit)
        # From the middle, where somebody speaks.
        start = max(0, spoken[len(spoken) // 2].start_ms / 1000 - 1)
        _records[known] = Record(visit.js(RECORD, [start, seconds(visit)]))
    return _records[known]


def plain(text: str) -> str:
    return " ".join(text.split())


@check("E16", "project rule", "episode", acts=True)
def the_right_word_is_painted(visit: Visit) -> list[str]:
    """While the sound plays, the word that is said is painted, at most 100 ms late or early."""
    record = listen(visit)
    spoken = tokens(visit)
    if not record.played:
        return ["the sound does not play"]
    first, last = record.samples[0][0], record.samples[-1][0]
    if last - first < seconds(visit) * 500:
        return [f"the sound played for {last - first:.0f} ms of {seconds(visit)} s"]
    faults, painted = [], set()
    for ms, word, _ in record.samples:
        fitting = [
            token
            for token, after in zip(spoken, [*spoken[1:], None], strict=True)
            if token.start_ms - LATE_MS <= ms
            and ms <= LATE_MS + (after.start_ms if after else token.end_ms + LINGERS_MS)
        ]
        if word and plain(word) not in {plain(token.text) for token in fitting}:
            said = " / ".join(token.text for token in fitting)
            faults.append(f"at {ms:.0f} ms « {word} » is painted, said is « {said} »")
        surely = any(t.start_ms + LATE_MS < ms < t.end_ms - LATE_MS for t in fitting)
        if not word and surely:
            faults.append(f"at {ms:.0f} ms nothing is painted")
        painted.add(word)
    said_words = {plain(t.text) for t in spoken if first + 200 < t.start_ms < last - 200}
    if len(said_words & set(map(plain, painted))) < 0.6 * len(said_words):
        faults.append(f"{len(painted)} words were painted of {len(said_words)} said")
    return faults[:4]


@check("E16", "project rule", "episode", acts=True)
def the_paragraph_has_its_bar(visit: Visit) -> list[str]:
    """The paragraph that is being heard is marked."""
    painted = [name for _, word, name in listen(visit).samples if word]
    if not painted:
        return ["no word is painted"]
    return [] if all(painted) else ["a word is painted in a paragraph without a mark"]


@check("E16", "WCAG 4.1.3 3.2.1 2.2.2, RGAA 7.4 7.5", "episode", acts=True)
def the_page_stays_quiet(visit: Visit) -> list[str]:
    """Five seconds: one change in live regions, six of aria, nothing moves."""
    record = listen(visit)
    faults = [f"{what} moves while the sound plays" for what in record.moved]
    if not record.played:
        faults.append("the sound does not play")
    if len(record.live) > 1:
        faults.append(f"live regions change {len(record.live)} times: {record.live[:2]}")
    if len(record.aria) > 6:
        faults.append(f"{len(record.aria)} changes of aria: {record.aria[:2]}")
    if record.text:
        faults.append(f"the text is rewritten {len(record.text)} times")
    return faults


@check("E19", "WCAG 4.1.2", "episode", acts=True)
def the_slider_does_not_babble(visit: Visit) -> list[str]:
    """Focused, it changes at most twice in three seconds, and says its value in words."""
    record = listen(visit)
    times = [at for at, _ in record.slider]
    most = max((sum(at <= t < at + 3000 for t in times) for at in times), default=0)
    faults = [f"it changes {most} times in three seconds"] if most > 2 else []
    if not any(unit in plain(record.valuetext) for unit in (" s", " min")):
        faults.append(f"it says « {record.valuetext} »")
    return faults


@check("E4", "WCAG 1.4.2, RGAA 4.10", looks=(LIGHT, BARE))
def nothing_plays_by_itself(visit: Visit) -> list[str]:
    """No sound before somebody asks for it."""
    return list(
        visit.js(
            """async () => {
              const sounds = [...document.querySelectorAll('audio, video')];
              if (sounds.length) await new Promise(done => setTimeout(done, 300));
              return sounds.filter(e => e.autoplay || !e.paused || e.currentTime > 0)
                .map(e => `it plays by itself: ${e.outerHTML.slice(0, 100)}`);
            }"""
        )
    )


@check("E5", "WCAG 2.1.1, RGAA 4.11", "episode", looks=(BARE,))
def the_browsers_player_remains(visit: Visit) -> list[str]:
    """Without scripts, the browser's own controls are there."""
    there = visit.js(
        "(e => !!e && e.controls && e.checkVisibility() && e.getBoundingClientRect().width > 200)"
        "(document.querySelector('audio'))"
    )
    return [] if there else ["there is no player without scripts"]


@check("E5 E8", "WCAG 2.1.1 2.5.7, RGAA 4.11 7.3", "episode", acts=True)
def the_player_obeys_the_keyboard(visit: Visit) -> list[str]:
    """Play, pause, mute, steps, position and speed, by keys; steps need no dragging."""
    page, faults = visit.page, []

    def state() -> dict[str, Any]:
        return dict(visit.js(
            """(a => ({paused: a.paused, muted: a.muted, time: a.currentTime, rate: a.playbackRate}))
               (document.querySelector('audio'))"""
        ))  # fmt: skip

    def press(name: str, key: str) -> dict[str, Any]:
        page.locator(f"#{name}").focus()
        page.keyboard.press(key)
        page.wait_for_timeout(150)
        return state()

    lacking = [
        name
        for name in "play back forward mute position speed captions".split()
        if not page.locator(f"#{name}").is_visible()
    ]
    if lacking:
        return [f"the player lacks {', '.join(lacking)}"]
    if press("play", "Enter")["paused"]:
        faults.append("Enter on the play button does not play")
    if not press("play", "Space")["paused"]:
        faults.append("the space bar on the play button does not pause")
    if not press("mute", "Enter")["muted"] or press("mute", "Enter")["muted"]:
        faults.append("the mute button does not mute and give the sound back")
    visit.js("document.querySelector('audio').currentTime = 40")
    page.wait_for_timeout(100)
    for name, key, wanted in (("back", "Enter", 25), ("forward", "Enter", 55)):
        if abs((now := press(name, key)["time"]) - wanted) > 1.5:
            faults.append(f"#{name} leads to {now:.0f} s, not to {wanted} s")
    before = state()["time"]
    if not 2 <= press("position", "ArrowRight")["time"] - before <= 10:
        faults.append("the right arrow on the slider does not go forward by some seconds")
    speeds = sorted(
        float(v)
        for v in visit.js("[...document.querySelector('#speed').options].map(o => o.value)")
    )
    if speeds[0] > 0.5 or speeds[-1] < 3:
        faults.append(f"speeds from {speeds[0]} to {speeds[-1]}, wanted 0.5 to 3")
    page.locator("#speed").select_option(
        str(visit.js("document.querySelector('#speed').options[0].value"))
    )
    if state()["rate"] != speeds[0]:
        faults.append("the speed does not change the sound's")
    if page.locator("#captions").get_attribute("aria-pressed") != "false":
        faults.append("captions are on, or do not say that they are off")
    press("captions", "Enter")
    if page.locator("#captions").get_attribute("aria-pressed") != "true":
        faults.append("the captions button does not say that it is on")
    if not page.locator("#caption-text").is_visible():
        faults.append("the captions are not shown")
    return faults


@check("E17", "WCAG 2.2.2 2.3.3, RGAA 13.8", "hour", acts=True)
def following_is_a_choice(visit: Visit) -> list[str]:
    """The page follows the sound only for who asked for it, and rests when they scroll."""
    if not visit.page.locator("#follow").count():
        return ["nobody can ask the page to follow"]
    if visit.page.locator("#follow").is_checked():
        return ["the page follows without being asked"]
    visit.page.locator("#follow").check()
    moved = visit.js(_FOLLOW, [_far(visit), 1200])
    faults = [] if moved["places"] > 1 else ["asked to follow, the page does not"]
    visit.page.mouse.wheel(0, -900)
    visit.page.wait_for_timeout(700)
    rested = visit.js(_FOLLOW, [_far(visit) / 2, 2000])
    if rested["places"] > 1:
        faults.append("the page scrolls away from who has just scrolled")
    return faults


_FOLLOW = """async ([seconds, ms]) => {
  const audio = document.querySelector('audio');
  const smooth = [];
  for (const [owner, name] of [[window, 'scrollTo'], [window, 'scrollBy'], [window, 'scroll'],
      [Element.prototype, 'scrollIntoView'], [Element.prototype, 'scrollTo'], [Element.prototype, 'scrollBy']]) {
    const own = owner[name];
    owner[name] = function (...given) {
      const asked = given.find(g => g && typeof g === 'object')?.behavior;
      if (asked === 'smooth') smooth.push(name);
      return own.apply(this, given);
    };
  }
  audio.currentTime = seconds;
  await audio.play();
  const places = new Set();
  const end = performance.now() + ms;
  while (performance.now() < end) {
    places.add(Math.round(scrollY));
    await new Promise(requestAnimationFrame);
  }
  audio.pause();
  const moving = document.getAnimations().filter(a => a.playState === 'running').length;
  return {places: places.size, smooth, moving};
}"""


def _far(visit: Visit) -> float:
    """A place in the sound that is far down the page, in seconds; somebody speaks there."""
    spoken = tokens(visit)
    return spoken[len(spoken) * 3 // 4].start_ms / 1000


@check("E17 I1", "WCAG 2.3.3, RGAA 13.8", looks=(CALM,), acts=True)
def nothing_glides(visit: Visit) -> list[str]:
    """For who asked for less motion there is no animation, no transition, no smooth scroll."""
    faults = visit.js(
        """() => {
          const seconds = text => Math.max(...text.split(',').map(t => parseFloat(t) * (t.includes('ms') ? 1 : 1000)));
          return [...document.querySelectorAll('*')].flatMap(e => ['', '::before', '::after'].map(p => [e, p]))
            .filter(([e, p]) => {
              const s = getComputedStyle(e, p || null);
              return s.scrollBehavior === 'smooth' || seconds(s.transitionDuration) > 20
                || (s.animationName !== 'none' && seconds(s.animationDuration) > 20);
            }).map(([e, p]) => `it glides: ${e.outerHTML.slice(0, 80)}${p}`);
        }"""
    )[:3]
    if visit.site.slug(visit.path) and visit.page.locator("#follow").count():
        visit.page.locator("#follow").check()
        told = visit.js(_FOLLOW, [_far(visit), 1200])
        if told["smooth"]:
            faults.append(f"it scrolls smoothly: {told['smooth'][0]}")
        if told["places"] > 4:
            faults.append(f"it scrolls in {told['places']} steps")
    return list(faults)


@check(
    "E18",
    "WCAG 1.4.1 1.4.3 1.4.11, RGAA 3.1 3.2",
    "episode",
    looks=(LIGHT, DARK, CONTRAST, SEPIA, FORCED),
    acts=True,
)
def what_is_painted_is_seen(visit: Visit) -> list[str]:
    """The word and the hits are underlined, legible at 4.5:1, and really change what is seen."""
    faults = []
    ground = colour(visit.js("getComputedStyle(document.body).backgroundColor"))
    visit.js(
        "document.querySelector('#transcript p[id] b, #transcript p[id]').scrollIntoView({block: 'center'})"
    )
    for name in ("word", "hit", "hit-current"):
        style = visit.js(
            """name => {
              const p = document.querySelector('#transcript p.turn');
              const s = getComputedStyle(p, `::highlight(${name})`);
              return [s.textDecorationLine, s.color, s.backgroundColor];
            }""",
            name,
        )
        line, ink, paper = style
        if "underline" not in line:
            faults.append(f"::highlight({name}) differs by colour alone")
        if not visit.look.forced:
            ratio = float(
                contrast(
                    over(colour(ink), over(colour(paper), ground))[:3],
                    over(colour(paper), ground)[:3],
                )
            )
            if ratio < 4.5:
                faults.append(f"::highlight({name}) has a contrast of {ratio:.1f}")
        box = visit.js(
            """name => {
              const p = document.querySelector('#transcript p.turn');
              const node = [...p.childNodes].findLast(n => n.nodeType === 3 && n.data.trim().length > 12);
              const range = document.createRange();
              range.setStart(node, 1); range.setEnd(node, 9);
              window.painted = range;
              if (!CSS.highlights.has(name)) return null;
              p.scrollIntoView({block: 'center', behavior: 'instant'});
              const b = range.getBoundingClientRect();
              return {x: b.left - 4, y: b.top - 4, width: b.width + 8, height: b.height + 8};
            }""",
            name,
        )
        if box is None:
            faults.append(f"the page has no highlight called {name}")
            continue
        without = shot(visit.page, box)
        visit.js("name => CSS.highlights.get(name).add(painted)", name)
        with_it = shot(visit.page, box)
        visit.js("name => CSS.highlights.get(name).delete(painted)", name)
        if changed(without, with_it, 1.3) < 30:
            faults.append(f"::highlight({name}) is not seen")
    return faults


@check("E18", "WCAG 1.4.11 1.4.1, RGAA 3.3", "episode", looks=(LIGHT, DARK, FORCED), acts=True)
def the_bar_is_seen(visit: Visit) -> list[str]:
    """The paragraph that is heard has a bar beside it, 3 px wide and 3:1 against its ground."""
    box = visit.js(
        """() => {
          const p = document.querySelector('#transcript p.turn');
          p.scrollIntoView({block: 'center', behavior: 'instant'});
          const b = p.getBoundingClientRect();
          return {x: b.left - 25, y: b.top, width: 40, height: b.height};
        }"""
    )
    # The first picture after a jump may still show letters being put in their places.
    shot(visit.page, box)
    without = shot(visit.page, box)
    visit.js("document.querySelector('#transcript p.turn').classList.add('heard')")
    pixels = changed(without, shot(visit.page, box))
    wanted = 3 * box["height"] * 0.7
    return [f"{pixels} pixels mark the paragraph, wanted {wanted:.0f}"] if pixels < wanted else []


@check("E20", "WCAG 3.3.2 4.1.3, RGAA 11.1 7.5", "episode", acts=True)
def search_tells_what_it_finds(visit: Visit) -> list[str]:
    """The count is said politely, hits are painted, and a result can be read from the keyboard."""
    page = visit.page
    field = page.locator("#transcript [role=search] input, [role=search] input").first
    if not field.count():
        return ["there is no search"]
    faults = []
    words = [t.text for t in tokens(visit) if len(t.text) > 5 and t.text.isalpha()]
    status = page.locator("[role=search] [role=status], [role=search] + [role=status]").first
    field.focus()
    field.fill(words[0])
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    told = status.inner_text() if status.count() else ""
    if not any(c.isdigit() for c in told):
        faults.append(f"no count is said: « {told} »")
    hits = visit.js(
        "['hit', 'hit-current'].reduce((n, h) => n + (CSS.highlights.get(h)?.size ?? 0), 0)"
    )
    if not hits:
        faults.append("no hit is painted")
    outside = visit.js(
        """word => ['hit', 'hit-current'].flatMap(h => [...(CSS.highlights.get(h) ?? [])])
             .filter(r => r.toString().localeCompare(word, undefined, {sensitivity: 'base'})).length""",
        words[0],
    )
    if outside:
        faults.append(f"{outside} hits are not « {words[0]} »")
    button = page.locator("#search-read")
    if button.count() and button.is_visible():
        button.focus()
        page.keyboard.press("Enter")
        if not visit.js(
            "!!document.activeElement.closest('#transcript p, #transcript h3, #transcript li')"
        ):
            faults.append("the paragraph found does not take the focus")
    field.fill("xyzzyx")
    page.wait_for_timeout(600)
    if (again := status.inner_text() if status.count() else "") == told or not again:
        faults.append(f"nothing found is not said: « {again} »")
    return faults


@check("E16", "project rule", "episode", acts=True)
def time_links_play(visit: Visit) -> list[str]:
    """A time of the text, and a click on a word, lead to their place in the sound."""
    times = [int(address.rpartition("=")[2]) for address in visit.js(
        "[...document.querySelectorAll('#transcript a.time')].map(a => a.hash)"
    )]  # fmt: skip
    said = {token.start_ms // 1000 for token in tokens(visit)}
    faults = [f"nothing begins at {time} s, but a link leads there" for time in set(times) - said]
    if sorted(set(times)) != times:
        faults.append("the times of the text do not go up")
    link = visit.page.locator("#transcript a.time").nth(1)
    wanted = float(str(link.get_attribute("href")).rpartition("#t=")[2])
    link.focus()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_timeout(400)
    audio = "document.querySelector('audio')"
    now, paused = visit.js(f"[{audio}.currentTime, {audio}.paused]")
    visit.js(f"{audio}.pause()")
    if paused or not wanted - 0.2 <= now <= wanted + 3:
        faults.append(f"the link to {wanted} s leads to {now:.1f} s{', silent' if paused else ''}")
    target, near = _word_to_click(visit)
    box = visit.js(
        """([id, word]) => {
          const walker = document.createTreeWalker(document.querySelector('#transcript'), NodeFilter.SHOW_TEXT);
          for (let n = walker.nextNode(); n; n = walker.nextNode()) {
            const at = n.data.indexOf(word);
            if (at < 0 || !n.parentElement.matches('p')) continue;
            n.parentElement.scrollIntoView({block: 'center', behavior: 'instant'});
            const r = document.createRange(); r.setStart(n, at); r.setEnd(n, at + word.length);
            const b = r.getClientRects()[0];
            return [b.left + b.width / 2, b.top + b.height / 2];
          }
          return null;
        }""",
        ["", target.text],
    )
    if box is None:
        return [*faults, f"« {target.text} » is not in the text"]
    visit.page.mouse.click(*box)
    visit.page.wait_for_timeout(600)
    now = visit.js(f"{audio}.currentTime")
    visit.js(f"{audio}.pause()")
    if not near / 1000 - 0.3 <= now <= near / 1000 + 3:
        faults.append(
            f"a click on « {target.text} » leads to {now:.1f} s, not to {near / 1000:.1f} s"
        )
    return faults


def _word_to_click(visit: Visit) -> tuple[Token, int]:
    """The first long word that stands only once in the text, and its time."""
    spoken = tokens(visit)
    everything = " ".join(t.text for t in spoken)
    for token in spoken[20:]:
        if len(token.text) > 6 and token.text.isalpha() and everything.count(token.text) == 1:
            return token, token.start_ms
    return spoken[0], spoken[0].start_ms
