"""Faults that are put into pages, one at a time, each with the check that must see it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pages.browsing import (
    BARE,
    CALM,
    CONTRAST,
    DARK,
    FORCED,
    LIGHT,
    PHONE,
    PRINTED,
    TINY,
    Change,
    Look,
)

EPISODE, HOME, HOUR = "episode-3/index.html", "index.html", "one-hour/index.html"


@dataclass(frozen=True)
class Defect:
    """A change of a page, and the check that finds nothing before it and something after it."""

    name: str
    check: str
    change: Change
    path: str = EPISODE
    look: Look = LIGHT
    site: str = "sample"


def html(pattern: str, replacement: str, count: int = 1) -> Change:
    """The page's HTML, changed where the pattern fits."""

    def served(url: str, body: str) -> str:
        if not url.endswith(("/", ".html")):
            return body
        return re.sub(pattern, replacement, body, count=count, flags=re.DOTALL)

    return Change(served)


def _added(suffix: str, marker: str, text: str) -> Callable[[str, str], str]:
    def served(url: str, body: str) -> str:
        return body + "\n" + text if marker in url and url.endswith(suffix) else body

    return served


def css(rule: str) -> Change:
    """A rule more at the end of the style sheet."""
    return Change(_added(".css", "/style.", rule))


def script(code: str) -> Change:
    """Code more at the end of the player's script."""
    return Change(_added(".js", "/player.", f";(() => {{ {code} }})();"))


def after(code: str) -> Change:
    """Something done to the page once it is there."""
    return Change(after=code)


def _late(url: str, body: str) -> str:
    """Every paragraph's words begin 400 ms later."""
    if "/times." not in url:
        return body
    tree = json.loads(body)
    units = 400 // tree["unit_ms"]
    for paragraph in tree["paragraphs"]:
        paragraph[1] += units
    return json.dumps(tree)


def _words_cut_up(url: str, body: str) -> str:
    """An element for every word of the text."""
    if not url.endswith("/"):
        return body

    def cut(match: re.Match[str]) -> str:
        words = re.sub(r"\S+", r"<span>\g<0></span>", match[3])
        return f"{match[1]}{match[2]}{words}</p>"

    return re.sub(r"(<p id=\"p[^>]*>)((?:<a.*?</a> )?(?:<b>.*?</b> )?)([^<]*)</p>", cut, body)


def defect(name: str, check: str, change: Change, **rest: object) -> Defect:
    return Defect(name, check, change, **rest)


DEFECTS = (
    # axe
    defect("a picture without alternative", "axe_finds_nothing", html(' alt="[^"]*"', ""), path=HOME),
    defect("pale text", "axe_finds_nothing", css("main p { color: #999 !important }")),
    defect("pale text in the dark", "axe_finds_nothing", css("@media (prefers-color-scheme: dark) { main p { color: #566 !important } }"), look=DARK),
    defect("AA but not AAA", "axe_finds_nothing", css("html main p { color: #737373 !important; background: #fff }")),
    defect("a field without a label", "axe_finds_nothing", after("const i = document.createElement('input'); document.querySelector('main').append(i)")),
    defect("an unknown role", "axe_finds_nothing", html("<main", '<main role="mane"')),
    defect("links told apart by colour alone", "axe_finds_nothing", css("main a { text-decoration: none !important; color: #15282d !important }"), look=CONTRAST),
    # structure
    defect("a level left out", "headings_are_in_order", html("<h2 id=\"transcript-title\">(.*?)</h2>", r'<h4 id="transcript-title">\1</h4>')),
    defect("two titles", "headings_are_in_order", html("<h2 id=\"files\">(.*?)</h2>", r'<h1 id="files">\1</h1>')),
    defect("chapters in bold only", "chapters_are_headings", html("<h3([^>]*)>(.*?)</h3>", r"<p\1><b>\2</b></p>", count=0)),
    defect("no main", "landmarks_are_there", html("<main([^>]*)>", r"<div\1>")),
    defect("a button with a picture only", "controls_have_names", after("const b = document.createElement('button'); b.innerHTML = '<svg width=30 height=30></svg>'; document.querySelector('main').append(b)")),
    defect("a name that is not what is seen", "controls_have_names", html("<a href=\"([^\"]*)\" download>", r'<a href="\1" download aria-label="Enregistrer">')),
    defect("no heading over the player", "the_sound_is_named", html("<h2 id=\"listen\">(.*?)</h2>", r'<p id="listen">\1</p>')),
    defect("subtitles for captions", "captions_are_captions", html('kind="captions"', 'kind="subtitles"')),
    defect("captions that are not there", "captions_are_captions", html(r'<track ([^>]*)src="[^"]*"', r'<track \1src="lost.vtt"')),
    defect("no language", "languages_are_named", html('<html lang="fr"', '<html')),
    defect("a phrase whose language is not told", "languages_are_named", html(r'<i lang="en">(.*?)</i>', r"<i>\1</i>", count=0), path=HOUR, site="hour-fr"),
    defect("a download without its size", "downloads_are_told", html(r"(<a [^>]*download[^>]*>)[^<]*(</a>)", r"\1MP3\2")),
    defect("a note that leads nowhere", "notes_lead_there_and_back", html('id="note1"', 'id="note9"')),
    defect("no way back from a note", "notes_lead_there_and_back", html('<a href="#ref1"[^>]*>.*?</a>', "")),
    defect("small buttons", "targets_are_large", css(".player button { min-height: 0 !important; min-width: 0 !important; padding: 0 !important; height: 30px !important }")),
    defect("a script that fails", "the_browser_has_no_complaint", script("nothing.at.all()")),
    defect("a style in the page", "the_browser_has_no_complaint", html("<h1>", '<h1 style="color: red">')),
    # keyboard
    defect("a trap", "tab_goes_through_the_page", after("const a = document.querySelector('main a'); a.addEventListener('keydown', e => { if (e.key === 'Tab') e.preventDefault() })")),
    defect("a trap of two", "tab_goes_through_the_page", after("const [a, b] = document.querySelectorAll('main a'); b.addEventListener('keydown', e => { if (e.key === 'Tab' && !e.shiftKey) { e.preventDefault(); a.focus() } })")),
    defect("an order of its own", "tab_goes_through_the_page", html('<a href="#transcript"', '<a tabindex="3" href="#transcript"')),
    defect("columns turned round", "tab_goes_through_the_page", after("document.querySelectorAll('main a').forEach((a, i, all) => { a.onkeydown = e => { if (e.key === 'Tab' && !e.shiftKey && all[i - 1] && i % 2) { e.preventDefault(); all[i - 1].focus() } } })"), path=HOME),
    defect("a control out of reach", "tab_goes_through_the_page", after("document.querySelectorAll('main a')[1].onfocus = e => e.target.blur()")),
    defect("no focus ring", "focus_is_seen", css("*:focus, *:focus-visible { outline: none !important; box-shadow: none !important; border-color: inherit }")),
    defect("a pale focus ring", "focus_is_seen", css("*:focus-visible { outline-color: #e6e2d8 !important }")),
    defect("a ring made of shadow", "focus_is_seen", css("*:focus-visible { outline: none !important; box-shadow: 0 0 0 3px black !important }"), look=FORCED),
    defect("a bar over the focus", "focus_is_never_covered", css("body::after { content: ''; position: fixed; inset: 0 0 0 0; background: #fff; z-index: 99 }"), look=PHONE),
    defect("a skip link that leads nowhere", "skip_links_work", html('href="#content"', 'href="#contents"')),
    defect("a skip link never seen", "skip_links_work", css(".skips a:focus { top: -10rem !important }")),
    defect("no skip link to the transcript", "skip_links_work", html('<a href="#transcript">.*?</a></p>', "</p>")),
    defect("a stop for each sentence", "few_tab_stops", after("document.querySelectorAll('#transcript p').forEach(p => { p.tabIndex = 0; p.querySelectorAll('b').forEach(b => b.tabIndex = 0) })"), path=HOUR, site="hour-fr"),
    defect("letters that do something", "single_letters_do_nothing", script("document.addEventListener('keydown', e => { if (e.key === 'm') document.querySelector('audio').muted = true })")),
    # transcript
    defect("text made by the script", "the_text_is_in_the_source", script("document.querySelector('#transcript p.turn').append(' Et ceci.')")),
    defect("a sentence lost", "all_that_is_said_is_there", html("Racontez-nous votre histoire.", "")),
    defect("two turns exchanged", "all_that_is_said_is_there", html(r'(<p id="p\d+" class="turn">.*?</p>\s*)(.*?)(<p id="p\d+" class="turn">.*?</p>)', r"\3\2\1")),
    defect("a sound left out", "all_that_is_said_is_there", html(r'<p class="sound"[^>]*>.*?</p>', "")),
    defect("a speaker known by colour", "all_that_is_said_is_there", html("<b>(.*?)</b>", r'<b class="voice"></b>')),
    defect("an element for each word", "no_element_for_a_word", Change(_words_cut_up)),
    defect("the text in a live region", "no_element_for_a_word", html('<section class="column transcript"', '<section aria-live="polite" class="column transcript"')),
    defect("paragraphs that take the focus", "no_element_for_a_word", after("document.querySelectorAll('#transcript p').forEach(p => p.tabIndex = -1)")),
    defect("a listener on each paragraph", "no_listener_on_the_text", script("document.querySelectorAll('#transcript p').forEach(p => p.addEventListener('click', () => {}))")),
    defect("words hidden from screen readers", "the_tree_reads_as_the_text", html('(<p id="p\\d+" class="turn")', r'\1 aria-hidden="true"')),
    defect("another order for ears", "the_tree_reads_as_the_text", after("const t = document.querySelector('#transcript'); const all = t.querySelectorAll('p.turn'); all[2].setAttribute('aria-owns', all[1].id)")),
    defect("a tree of words", "the_tree_is_small", Change(_words_cut_up), path=HOUR, site="hour-fr"),
    # playback
    defect("words painted 400 ms late", "the_right_word_is_painted", Change(_late)),
    defect("no word painted", "the_right_word_is_painted", script("CSS.highlights.set = () => {}; CSS.highlights.delete('word')")),
    defect("no bar beside the paragraph", "the_paragraph_has_its_bar", script("new MutationObserver(all => all.forEach(m => m.target.classList?.contains('heard') && m.target.classList.remove('heard'))).observe(document, {subtree: true, attributes: true, attributeFilter: ['class']})")),
    defect("a live region that reads along", "the_page_stays_quiet", script("let n = 0; setInterval(() => document.querySelector('#said').textContent = 'mot ' + n++, 300)")),
    defect("a state on each word", "the_page_stays_quiet", script("setInterval(() => document.querySelector('#transcript p.turn').toggleAttribute('aria-current'), 200)")),
    defect("the focus follows the sound", "the_page_stays_quiet", script("let n = 0; setInterval(() => document.querySelector(n++ % 2 ? '#play' : '#position').focus(), 350)")),
    defect("the title tells the time", "the_page_stays_quiet", script("setInterval(() => document.title = document.querySelector('audio').currentTime.toFixed(0), 200)")),
    defect("the page scrolls along", "the_page_stays_quiet", script("setInterval(() => { if (!document.querySelector('audio').paused) scrollBy(0, 1) }, 200)")),
    defect("a slider that babbles", "the_slider_does_not_babble", script("setInterval(() => { const p = document.querySelector('#position'); p.setAttribute('aria-valuetext', document.querySelector('audio').currentTime.toFixed(1) + ' s') }, 200)")),
    defect("a slider that says a number", "the_slider_does_not_babble", script("document.querySelector('audio').addEventListener('timeupdate', () => document.querySelector('#position').setAttribute('aria-valuetext', '42'))")),
    defect("it plays by itself", "nothing_plays_by_itself", html("<audio ", "<audio autoplay ")),
    defect("no player without scripts", "the_browsers_player_remains", html("<audio([^>]*) controls", r"<audio\1"), look=BARE),
    defect("a mute button that does not mute", "the_player_obeys_the_keyboard", script("Object.defineProperty(document.querySelector('audio'), 'muted', {value: false, writable: false})")),
    defect("a play button for the mouse", "the_player_obeys_the_keyboard", script("const b = document.querySelector('#play'); b.addEventListener('keydown', e => e.preventDefault()); b.addEventListener('keyup', e => e.preventDefault())")),
    defect("no way back by a button", "the_player_obeys_the_keyboard", script("document.querySelector('#back').remove()")),
    defect("following from the start", "following_is_a_choice", after("document.querySelector('#follow').checked = true"), path=HOUR, site="hour-fr"),
    defect("it follows who has scrolled", "following_is_a_choice", script("setInterval(() => { const a = document.querySelector('audio'); if (!a.paused) scrollTo(0, 100 * Math.floor(a.currentTime * 5 % 9)) }, 100)"), path=HOUR, site="hour-fr"),
    defect("it scrolls smoothly", "nothing_glides", css("html { scroll-behavior: smooth !important }"), look=CALM),
    defect("it fades", "nothing_glides", css("a { transition: color 0.4s !important }"), look=CALM),
    defect("the word told by colour alone", "what_is_painted_is_seen", css("::highlight(word) { text-decoration: none !important }")),
    defect("a word hard to read", "what_is_painted_is_seen", css("::highlight(word) { background-color: #777; color: #555 }")),
    defect("a bar that forced colours take away", "the_bar_is_seen", css(".heard::before { display: none !important } .heard { box-shadow: -8px 0 0 red }"), look=FORCED),
    defect("a search that says nothing", "search_tells_what_it_finds", after("document.querySelectorAll('[role=search] [role=status]').forEach(e => e.removeAttribute('role'))")),
    defect("time links that lead to the start", "time_links_play", html("#t=\\d+", "#t=0", count=0)),
    # layout
    defect("a box wider than a phone", "nothing_is_lost", css("main p { min-width: 400px }"), look=PHONE),
    defect("a table of 900 px", "nothing_is_lost", after("const d = document.createElement('div'); d.style.width = '900px'; d.textContent = 'x'; document.querySelector('main').append(d)"), look=PHONE),
    defect("half the window stays", "little_sticks", css("header.site { position: sticky; top: 0; min-height: 130px; z-index: 3 }"), look=TINY),
    defect("text cut at twice its size", "large_text_fits", css("main p { height: 3.2em; max-height: 60px; overflow: hidden }")),
    defect("text of a fixed size", "large_text_fits", css("main p { font-size: 18px !important }")),
    defect("text on other text", "wide_text_fits", css("#transcript p { height: 40px !important; margin: 0 !important }")),
    defect("half a transcript on paper", "paper_keeps_the_text", css("@media print { #transcript p:nth-of-type(n + 5) { display: none } }"), look=PRINTED),
    defect("a player on paper", "paper_keeps_the_text", css("@media print { .listen, .listen * { display: block !important } }"), look=PRINTED),
    # weight
    defect("a picture from elsewhere", "everything_is_ours", after("const i = new Image(); i.alt = ''; i.src = 'https://elsewhere.example/x.png'; document.body.append(i)")),
    defect("a heavy page", "the_page_is_light", html("</body>", "<p>" + "x " * 300_000 + "</p></body>")),
    defect("an hour of 1,500 elements", "an_hour_fits_the_budgets", after("for (let i = 0; i < 900; i++) document.querySelector('#transcript').append(document.createElement('i'))"), path=HOUR, site="hour-fr"),
    defect("a player that asks for its sound at once", "a_player_weighs_little", html('preload="none"', 'preload="auto"'), path="episode-3/episode-3.embed.html"),
    defect("no word times", "an_hour_fits_the_budgets", html(' data-times="[^"]*"', ""), path=HOUR, site="hour-fr"),
)  # fmt: skip

# What the Nu checker must see, all in one run: in the source or in what scripts have made.
INVALID = {
    "a duplicate id": html('<h2 id="files">', '<h2 id="transcript">'),
    "a list in a paragraph": html('<p class="lead">', '<p class="lead"><ul><li>x</li></ul>'),
    "an attribute that does not exist": html("<main", "<main colour=red"),
    "a closing tag too many": html("</main>", "</div></main>"),
    "a role that an element may not have": after(
        "document.querySelector('h1').setAttribute('role', 'button')"
    ),
    "an element in the wrong place made by a script": after(
        "document.querySelector('#transcript p').append(document.createElement('h3'))"
    ),
}


@dataclass(frozen=True)
class SiteDefect:
    """Text of built files (a glob) that is changed, and the check of the site that sees it."""

    name: str
    check: str
    file: str
    pattern: str
    replacement: str

    def put_into(self, site: Path) -> None:
        total = 0
        for path in list(site.glob(self.file)):
            text, times = re.subn(
                self.pattern, self.replacement, path.read_text("utf-8"), flags=re.DOTALL
            )
            total += times
            path.unlink()  # it may be the very file of the clean site
            path.write_text(text, "utf-8")
        assert total, f"{self.pattern} is not in {self.file}"


SITE_DEFECTS = (
    SiteDefect("two pages of one title", "titles_are_unique", EPISODE, "<title>.*?</title>", "<title>À voix égales</title>"),
    SiteDefect("a menu in another order", "menus_are_the_same", EPISODE, r"(<nav aria-label.*?)(<li>.*?</li>)\s*(<li>.*?</li>)", r"\1\3\2"),
    SiteDefect("a page without its menu", "menus_are_the_same", EPISODE, r"<nav aria-label.*?</nav>", ""),
    SiteDefect("a page nobody can reach", "every_page_can_be_reached", "**/index.html", 'href="[^"]*episode-2[^"]*"', 'href="#content"'),
    SiteDefect("a site map that lacks a page", "there_are_two_ways", "plan-du-site/index.html", 'href="[^"]*episode-2[^"]*"', 'href="#content"'),
    SiteDefect("a link to a file that is gone", "every_link_leads_somewhere", EPISODE, r'episode-3\.vtt"', 'gone.vtt"'),
    SiteDefect("a link to a place that is gone", "every_link_leads_somewhere", EPISODE, 'id="transcript"', 'id="text"'),
    SiteDefect("a form without a button", "forms_have_a_button", HOME, "</main>", '<form><label>x <select><option>y</option></select></label></form></main>'),
    SiteDefect("an episode without its heading", "episodes_are_headings", HOME, r"<h3[^>]*>(<a.*?</a>)</h3>", r"<p>\1</p>"),
    SiteDefect("no link to the declaration", "accessibility_is_declared", EPISODE, r'<a [^>]*>Accessibilité[^<]*</a>', ""),
    SiteDefect("a claim that no audit supports", "accessibility_is_declared", HOME, "non conforme", "totalement conforme"),
    SiteDefect("a declaration without its last part", "accessibility_is_declared", "accessibilite/index.html", "Défenseur des droits", "défenseur"),
    SiteDefect("a link that hides its language", "other_languages_are_named", HOME, ' hreflang="en"', ""),
)  # fmt: skip
