"""Narrow windows, large text, wide spacing, paper: nothing is lost, cut or on top of another."""

from __future__ import annotations

from pages import check
from pages.browsing import BARE, LIGHT, PHONE, PRINTED, TINY, Look, Visit

WIDE = Look("768 px", width=768, height=1000)
# What people set who need more room (WCAG 1.4.12).
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets.push(sheet);
}"""
LARGE = """() => {
  const root = document.documentElement;
  root.style.fontSize = 2 * parseFloat(getComputedStyle(root).fontSize) + 'px';
}"""
# Text that is cut off by a box, or that lies on other text; positions in pixels.
LOST = """() => {
  const told = [];
  const name = e => `${e.localName}${e.id ? '#' + e.id : ''}.${e.className} « ${(e.innerText ?? '').trim().slice(0, 40)} »`;
  const unseen = e => { const s = getComputedStyle(e);
    return s.clipPath !== 'none' || s.visibility === 'hidden' || s.opacity === '0'; };
  for (const e of document.querySelectorAll('body *')) {
    if (!e.checkVisibility() || !e.innerText?.trim() || e.closest('select, svg') || unseen(e)) continue;
    const s = getComputedStyle(e);
    const cuts = o => o === 'hidden' || o === 'clip';
    if (cuts(s.overflowX) && e.scrollWidth > e.clientWidth + 1) told.push(`cut at the side: ${name(e)}`);
    if (cuts(s.overflowY) && e.scrollHeight > e.clientHeight + 1) told.push(`cut below: ${name(e)}`);
    if (s.textOverflow === 'ellipsis' && e.scrollWidth > e.clientWidth) told.push(`cut with dots: ${name(e)}`);
  }
  // What is scrolled out of a box lies on nothing.
  const panes = [...document.querySelectorAll('body *')].filter(e => /auto|scroll/.test(getComputedStyle(e).overflowY));
  const scrolled = (e, b) => panes.some(p => { const o = p.getBoundingClientRect();
    return p.contains(e) && (b.bottom <= o.top || b.top >= o.bottom); });
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || !e.checkVisibility({visibilityProperty: true}) || e.closest('.unseen, .skips, option, script, .bar')) continue;
    if (unseen(e)) continue;
    const range = document.createRange();
    range.selectNodeContents(n);
    for (const b of range.getClientRects()) {
      // The middle of a line: letters do not fill its height.
      if (b.width > 2 && b.height > 2 && !scrolled(e, b))
        lines.push([b.left + 1, b.right - 1, b.top + b.height * 0.3, b.bottom - b.height * 0.3, e]);
    }
  }
  lines.sort((a, b) => a[2] - b[2]);
  for (let i = 0; i < lines.length && told.length < 5; i++)
    for (let k = i + 1; k < lines.length && lines[k][2] < lines[i][3]; k++)
      if (lines[k][0] < lines[i][1] && lines[i][0] < lines[k][1] && lines[i][4] !== lines[k][4])
        { told.push(`on top of each other: ${name(lines[i][4])}, ${name(lines[k][4])}`); break; }
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll('body *')].find(e => e.getBoundingClientRect().right > root.clientWidth + 1);
    told.push(`it scrolls sideways: ${root.scrollWidth} px in ${root.clientWidth}, for ${wide ? name(wide) : '?'}`);
  }
  return told.slice(0, 5);
}"""


def lost(visit: Visit) -> list[str]:
    visit.js("new Promise(d => requestAnimationFrame(() => requestAnimationFrame(d)))")
    return list(visit.js(LOST))


@check("E25 I1", "WCAG 1.4.10, RGAA 10.11", looks=(PHONE, LIGHT, WIDE, BARE))
def nothing_is_lost(visit: Visit) -> list[str]:
    """No sideways scroll and no text cut, down to 320 px, which is 1280 px at 400 %."""
    return lost(visit)


@check("E25 I1", "WCAG 1.4.10, RGAA 10.11", looks=(TINY,), acts=True)
def little_sticks(visit: Visit) -> list[str]:
    """In a window of 320 by 256 px, at most a third is covered by what does not scroll away."""
    faults = lost(visit)
    visit.js(
        """async () => {
          const audio = document.querySelector('audio');
          if (audio) { audio.muted = true; await audio.play(); }
          scrollTo({top: document.documentElement.scrollHeight / 2, behavior: 'instant'});
          await new Promise(done => audio ? setTimeout(done, 300) : requestAnimationFrame(done));
        }"""
    )
    height = visit.js(
        """() => {
          const rows = new Set();
          for (const e of document.querySelectorAll('body *')) {
            const s = getComputedStyle(e);
            if (!['fixed', 'sticky'].includes(s.position) || !e.checkVisibility()) continue;
            const b = e.getBoundingClientRect();
            for (let y = Math.max(0, Math.round(b.top)); y < Math.min(innerHeight, b.bottom); y++) rows.add(y);
          }
          return rows.size;
        }"""
    )
    return [*faults, f"{height} px of 256 stay"] if height > 256 / 3 else faults


@check("E26 I1", "WCAG 1.4.4, RGAA 10.4", looks=(LIGHT, WIDE), acts=True)
def large_text_fits(visit: Visit) -> list[str]:
    """Text of twice the size: nothing cut, nothing on top of another."""
    before = visit.js(
        "parseFloat(getComputedStyle(document.querySelector('main :is(p, li)')).fontSize)"
    )
    visit.js(LARGE)
    after = visit.js(
        "parseFloat(getComputedStyle(document.querySelector('main :is(p, li)')).fontSize)"
    )
    faults = lost(visit)
    if after < 1.95 * before:
        faults.append(f"text of {before} px becomes one of {after} px only")
    return faults


@check("E26 I1", "WCAG 1.4.12, RGAA 10.12", looks=(PHONE, LIGHT), acts=True)
def wide_text_fits(visit: Visit) -> list[str]:
    """With the spacing that people set, nothing is cut."""
    visit.js(SPACING)
    return lost(visit)


@check("E29", "project rule", "episode", looks=(PRINTED,))
def paper_keeps_the_text(visit: Visit) -> list[str]:
    """Printed, the whole transcript is there in dark on light; controls are not."""
    return list(
        visit.js(
            """() => {
              const told = [];
              const there = e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().height > 0;
              const gone = [...document.querySelectorAll('#transcript :is(p, h2, h3, li)')]
                .filter(e => e.textContent.trim() && !e.closest('form, .tools') && !there(e));
              if (gone.length) told.push(`${gone.length} paragraphs are not printed: ${gone[0].outerHTML.slice(0, 80)}`);
              if (!document.querySelector('#transcript p[id]')) told.push('there is no transcript');
              for (const e of document.querySelectorAll('audio, button, input, select, .player, header.site nav, .skips a'))
                if (there(e)) { told.push(`it is printed: ${e.outerHTML.slice(0, 80)}`); if (told.length > 4) break; }
              const [r, g, b] = getComputedStyle(document.querySelector('#transcript p[id]')).color.match(/[\\d.]+/g).map(Number);
              if (r + g + b > 250) told.push(`the text is printed in ${r}, ${g}, ${b}`);
              return told;
            }"""
        )
    )
