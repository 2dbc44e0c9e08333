"""How a page is built for people who move by headings, landmarks, names and languages."""

from __future__ import annotations

import re

from pages import check
from pages.browsing import BARE, LIGHT, OPENED, PHONE, Visit
from podcast.transcript import Foreign, Paragraph, TimedHeading

# « Mo » and « MB », « ko » and « kB », and small files in bytes.
SIZE = re.compile(r"\d(?:[.,]\d+)?[\s\u00a0\u202f]?(?:[kKM][oB]|octets|bytes)\b")
FORMATS = {
    "mp3": "mp3", "vtt": "vtt", "srt": "srt|subrip", "json": "json", "txt": "te?xte?|txt", "epub": "epub",
    "brf": "brf", "odt": "odt", "pdf": "pdf", "html": "html", "docx": "docx", "md": "markdown",
}  # fmt: skip


@check("E13 I1", "WCAG 1.3.1 2.4.6, RGAA 9.1", looks=(LIGHT, BARE))
def headings_are_in_order(visit: Visit) -> list[str]:
    """One h1, no level left out, none empty."""
    found = visit.js(
        """() => [...document.querySelectorAll('h1,h2,h3,h4,h5,h6,[role=heading]')]
          .filter(h => h.checkVisibility())
          .map(h => [+(h.ariaLevel || h.localName[1]), h.innerText.trim()])"""
    )
    faults = [f"the heading of level {level} is empty" for level, text in found if not text]
    if (ones := [text for level, text in found if level == 1]) != ones[:1] or not ones:
        faults.append(f"{len(ones)} headings of level 1: {ones}")
    levels = [0, *(level for level, _ in found)]
    for before, (level, text) in zip(levels, found, strict=False):
        if level > before + 1:
            faults.append(f"« {text} » is of level {level} after level {before}")
    return faults


@check("E13", "WCAG 2.4.6 2.4.10, RGAA 9.1", "episode")
def chapters_are_headings(visit: Visit) -> list[str]:
    """Each chapter of the text is an h3 of the transcript; one at least for 2,500 words."""
    wanted = [b.heading.text for b in visit.truth.timeline.blocks if isinstance(b, TimedHeading)]
    found = visit.js(
        "[...document.querySelectorAll('#transcript h3')].map(h => h.innerText.trim())"
    )
    faults = [f"the chapter « {title} » is no heading" for title in wanted if title not in found]
    words = visit.js("document.querySelector('#transcript').innerText.split(/\\s+/).length")
    if len(found) < words / 2500:
        faults.append(f"{len(found)} headings for {words} words")
    return faults


@check("E13 I1", "WCAG 1.3.1, RGAA 9.2 12.6", looks=(LIGHT, BARE))
def landmarks_are_there(visit: Visit) -> list[str]:
    """A banner, one main, a footer, and navigations that can be told apart."""
    nodes = visit.devtools.send("Accessibility.getFullAXTree")["nodes"]
    roles = [n["role"]["value"] for n in nodes if "role" in n and not n["ignored"]]
    faults = [
        f"{roles.count(role)} landmarks of the role {role}"
        for role in ("banner", "main", "contentinfo")
        if roles.count(role) != 1
    ]
    names = [
        n.get("name", {}).get("value", "")
        for n in nodes
        if n.get("role", {}).get("value") == "navigation" and not n["ignored"]
    ]
    if not names:
        faults.append("there is no navigation")
    if len(names) != len(set(names)):
        faults.append(f"navigations of the same name: {names}")
    return faults


@check("E6 I1", "WCAG 4.1.2 2.5.3, RGAA 7.1 11.1 11.9", looks=(LIGHT, BARE, OPENED))
def controls_have_names(visit: Visit) -> list[str]:
    """Everything that can be used has a name, and what is seen on it is in its name."""
    visit.devtools.send("DOM.getDocument")
    controls = "button link slider combobox checkbox radio textbox searchbox switch tab spinbutton"
    faults = []
    for node in visit.devtools.send("Accessibility.getFullAXTree")["nodes"]:
        role = node.get("role", {}).get("value", "")
        focusable = any(
            p["name"] == "focusable" and p["value"].get("value") for p in node.get("properties", ())
        )
        if node["ignored"] or "backendDOMNodeId" not in node:
            continue
        if role not in controls.split() and not (focusable and role not in _SCROLLED):
            continue
        name = " ".join(node.get("name", {}).get("value", "").split())
        if not name:
            told = _html(visit, node["backendDOMNodeId"])
            if not told.startswith("#"):
                faults.append(f"a {role} without a name: {told}")
    mismatched = visit.js(
        """() => {
          const plain = text => text.replace(/[\\s\\u00a0\\u202f]+/g, ' ').trim().toLowerCase();
          return [...document.querySelectorAll('a[href], button, summary, [role=button]')]
            .filter(e => e.checkVisibility() && (e.ariaLabel || e.hasAttribute('aria-labelledby')))
            .filter(e => {
              const by = (e.getAttribute('aria-labelledby') || '').split(/\\s+/).filter(Boolean);
              const name = by.length
                ? by.map(id => document.getElementById(id)?.textContent ?? '').join(' ')
                : e.ariaLabel;
              return !plain(name).includes(plain(e.innerText));
            }).map(e => e.outerHTML.slice(0, 200));
        }"""
    )
    return faults + [f"the name lacks what is seen: {html}" for html in mismatched]


# A browser may let people focus what scrolls, and the page itself.
_SCROLLED = frozenset(["RootWebArea", "generic", "none", "region", "main", "Iframe", "group"])


def _html(visit: Visit, backend: int) -> str:
    """The element's HTML; a text node or the browser's own control begins with #."""
    try:
        node = visit.devtools.send("DOM.describeNode", {"backendNodeId": backend})["node"]
    except Exception:
        return "# gone"
    if node["nodeType"] != 1:
        return "# text"
    pairs = zip(node["attributes"][::2], node["attributes"][1::2], strict=True)
    attributes = " ".join(f'{key}="{value}"' for key, value in pairs)
    # The parts of the native player are the browser's, and named by it.
    own = "pseudo=" not in attributes
    return f"<{node['localName']} {attributes}>" if own else "# the browser's"


@check("E3", "WCAG 1.1.1, RGAA 4.7", "episode", looks=(LIGHT, BARE))
def the_sound_is_named(visit: Visit) -> list[str]:
    """A heading stands over the player, and the player's name is a text of the page."""
    told = visit.js(
        """() => {
          const audio = document.querySelector('audio');
          const heading = audio?.closest('section')?.querySelector('h2');
          const by = audio?.getAttribute('aria-labelledby');
          const named = audio?.ariaLabel || document.getElementById(by)?.innerText || '';
          return [!!audio, heading?.innerText.trim() || '', named.trim()];
        }"""
    )
    words = ("there is no sound", "no heading stands over the player", "the sound has no name")
    return [word for ok, word in zip(told, words, strict=True) if not ok]


@check("E31", "WCAG 1.2.2, RGAA 4.3", "episode", acts=True)
def captions_are_captions(visit: Visit) -> list[str]:
    """The track in the sound's language is of the kind captions, and its cues can be read."""
    told = visit.js(
        """async () => {
          const track = document.querySelector('audio track');
          if (!track) return null;
          track.track.mode = 'hidden';
          for (let i = 0; i < 100 && track.readyState < 2; i++)
            await new Promise(done => setTimeout(done, 30));
          return [track.getAttribute('kind'), track.srclang, track.label, track.track.cues?.length];
        }"""
    )
    if told is None:
        return ["the sound has no track"]
    kind, language, label, cues = told
    faults = []
    if kind != "captions":
        faults.append(f"the track is of the kind {kind}")
    if language != visit.language:
        faults.append(f"the track is in {language}, the sound in {visit.language}")
    if not label:
        faults.append("the track has no label")
    if not cues:
        faults.append("the track has no captions")
    return faults


@check("E21 I1", "WCAG 3.1.1 3.1.2, RGAA 8.3 8.4 8.7", looks=(LIGHT, BARE))
def languages_are_named(visit: Visit) -> list[str]:
    """The page's language is the episode's, and phrases in another one say which."""
    faults = []
    if (language := visit.js("document.documentElement.lang")) != visit.language:
        faults.append(f"the page says lang={language!r}, it is in {visit.language}")
    if visit.site.slug(visit.path):
        marked = visit.js(
            "[...document.querySelectorAll('#transcript [lang]')].map(e => [e.lang, e.innerText])"
        )
        faults += [
            f"« {part.text} » is not marked as {part.language}"
            for block in visit.truth.transcript.blocks
            if isinstance(block, Paragraph)
            for part in block.content
            if isinstance(part, Foreign) and [part.language, part.text] not in marked
        ]
    # A title is in the language of the page that it leads to; an invitation may be in this one's,
    # and then says what it leads to.
    for address, own, told, text in visit.js(
        """[...document.querySelectorAll('main a[href]')].map(
             a => [a.href.split('#')[0], a.closest('[lang]')?.lang ?? '', a.hreflang, a.innerText])"""
    ):
        page = visit.site.page_at(address)
        target = visit.site.language_of(page) if page else None
        if target and target != visit.language and target not in (own, told) and text.strip():
            faults.append(f"the link « {text} » leads to a page in {target} and says {own}")
    return faults


@check("E28", "RGAA 13.3 13.4", looks=(LIGHT, BARE))
def downloads_are_told(visit: Visit) -> list[str]:
    """A link to a file says its format and size."""
    links = visit.js(
        r"""[...document.querySelectorAll('a[href]')]
          .filter(a => a.hasAttribute('download'))
          .map(a => [new URL(a.href).pathname.split('.').pop().toLowerCase(), a.innerText])"""
    )
    faults = []
    if visit.site.slug(visit.path) and not links:
        faults.append("there is nothing to download")
    for suffix, text in links:
        if not re.search(FORMATS.get(suffix, suffix), text, re.IGNORECASE):
            faults.append(f"« {text} » does not name the format {suffix}")
        if not SIZE.search(text):
            faults.append(f"« {text} » does not tell a size")
    return faults


@check("E27", "WCAG 2.4.4 1.3.1, RGAA 6.1 10.13", "episode", looks=(LIGHT, BARE))
def notes_lead_there_and_back(visit: Visit) -> list[str]:
    """Each note of the text has its link, and from there a link back."""
    told = visit.js(
        """() => {
          const faults = [];
          const to = a => document.getElementById(a.hash.slice(1));
          const refs = [...document.querySelectorAll('#transcript [role=doc-noteref]')];
          const places = new Set();
          for (const ref of refs) {
            const note = to(ref);
            if (!note) { faults.push(`${ref.hash} leads nowhere`); continue; }
            if (!note.closest('[role=doc-endnotes]')) faults.push(`${ref.hash} is not with the notes`);
            if (!note.innerText.trim()) faults.push(`${ref.hash} is empty`);
            const back = note.querySelector('[role=doc-backlink]');
            if (!back) faults.push(`no link leads back from ${ref.hash}`);
            else if (to(back)?.closest('#transcript p') == null)
              faults.push(`${back.hash} does not lead back into the text`);
            else if (!to(back).matches('[role=doc-noteref]') && !to(back).querySelector('[role=doc-noteref]'))
              faults.push(`${back.hash} leads elsewhere`);
            places.add(ref.hash);
          }
          return [faults, places.size];
        }"""
    )
    faults, count = list(told[0]), told[1]
    if count != len(visit.truth.transcript.notes):
        faults.append(f"{count} notes are linked, the text has {len(visit.truth.transcript.notes)}")
    return faults


@check("E9 I1", "WCAG 2.5.8 2.5.5", looks=(LIGHT, PHONE, OPENED))
def targets_are_large(visit: Visit) -> list[str]:
    """Controls are at least 24 px both ways, the player's 44; axe looks at links in text."""
    found = visit.js(
        """() => [...document.querySelectorAll(
            'button, input, select, textarea, summary, [role=button], .player a[href]')]
          .filter(e => e.checkVisibility({visibilityProperty: true}) && e.type !== 'hidden')
          .map(e => {
            const boxes = [e, ...(e.labels ?? [])].map(b => b.getBoundingClientRect())
              .filter(b => b.width && b.height);
            const small = e.matches('[type=checkbox], [type=radio]');
            const used = small ? boxes : boxes.slice(0, 1);
            const width = Math.max(0, ...used.map(b => b.width));
            const height = Math.max(0, ...used.map(b => b.height));
            return [e.outerHTML.slice(0, 120), width, height, !!e.closest('.player') && !small];
          })"""
    )
    faults = []
    for html, width, height, player in found:
        least = 44 if player else 24
        # A slider is as wide as there is room.
        if min(width, height) < least - 0.01:
            faults.append(f"{width:.0f}x{height:.0f} px, wanted {least}: {html}")
    return faults


@check("E30 I1", "project rule", looks=(LIGHT, PHONE, OPENED))
def the_browser_has_no_complaint(visit: Visit) -> list[str]:
    """No script fails, no file is missing, the content security policy holds nothing back."""
    return list(visit.problems)
