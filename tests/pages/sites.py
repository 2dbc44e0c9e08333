"""All pages of a site together: titles, menus, ways to every page, what French law wants."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from pages import site_check
from pages.browsing import BARE, LIGHT, Site, Visitor
from podcast.timecode import spoken


class _Reader(HTMLParser):
    """The links and anchors of a page's source."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.forms: list[bool] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for key in ("href", "src", "action", "poster"):
            if value := given.get(key):
                self.links.append(value)
        if name := given.get("id"):
            self.names.add(name)
        if tag == "form":
            self.forms.append(False)
        if tag in ("button", "input") and self.forms:
            kind = given.get("type", "submit" if tag == "button" else "")
            self.forms[-1] |= kind in ("submit", "image")


SHOWN = """() => {
  const to = a => a.href.split('#')[0];
  const all = selector => [...document.querySelectorAll(selector)];
  const text = selector => document.querySelector(selector)?.innerText.split(/\\s+/).join(' ') ?? '';
  return {
    title: document.title.trim(),
    menu: all('header.site nav a').map(to), foot: all('footer.site a').map(to),
    current: all('header.site nav [aria-current=page]').map(to),
    links: all('a[href]').map(a =>
      [to(a), a.innerText.trim(), a.closest('[lang]')?.lang ?? '', a.hreflang]),
    body: text('body'), main: text('main'),
  };
}"""


def shown(site: Site, visitor: Visitor, path: str) -> dict[str, Any]:
    """What a page shows without scripts of titles, links and text; opened once for all checks."""
    if path not in site.shown:
        site.shown[path] = visitor.fresh(site, path, BARE).js(SHOWN)
    return site.shown[path]


@site_check("E22 I1", "WCAG 2.4.2, RGAA 8.5 8.6")
def titles_are_unique(site: Site, visitor: Visitor) -> list[str]:
    """Each page has a title of its own: the episode, then the show."""
    seen: dict[str, str] = {}
    faults = []
    show = site.workspace.show().title
    for path in site.pages:
        title = shown(site, visitor, path)["title"]
        if not title or title in seen:
            faults.append(f"{path} has the title « {title} » of {seen.get(title)}")
        seen[title] = path
        if show not in title:
            faults.append(f"{path}: « {title} » lacks the show's name")
        if site.slug(path) and site.truth(path).title not in title:
            faults.append(f"{path}: « {title} » lacks the episode's title")
    return faults


@site_check("I3", "WCAG 3.2.3 3.2.6 2.4.5, RGAA 12.1 to 12.5")
def menus_are_the_same(site: Site, visitor: Visitor) -> list[str]:
    """The menu, the ways at the foot and the contact: same links, same order, on every page."""
    faults = []
    first: dict[str, tuple[str, list[str]]] = {}
    for path in site.pages:
        if site.framed(path):
            continue  # the page around it has its own
        page = shown(site, visitor, path)
        for name in ("menu", "foot"):
            links = page[name]
            known, wanted = first.setdefault(name, (path, links))
            if links != wanted:
                faults.append(f"the {name} of {path} is not that of {known}: {links}, {wanted}")
            if name == "menu" and not links:
                faults.append(f"{path} has no menu")
        current = page["current"]
        if current and [site.page_at(address) for address in current] != [path]:
            faults.append(f"{path} says that it is {current}")
    return faults


@site_check("I3 I7", "WCAG 2.4.5, RGAA 12.1 12.2")
def every_page_can_be_reached(site: Site, visitor: Visitor) -> list[str]:
    """By links of the source, without scripts, from the home page."""
    seen: set[str] = set()
    waiting = ["index.html"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for link in _Reader(site.source(path)).links:
            found = site.page_at(urljoin(site.url(path), link))
            if found:
                waiting.append(found)
    # A server shows it where there is nothing.
    return [f"no link leads to {path}" for path in sorted(set(site.pages) - seen - {"404.html"})]


@site_check("I3", "WCAG 2.4.5, RGAA 12.1 to 12.3")
def there_are_two_ways(site: Site, visitor: Visitor) -> list[str]:
    """A menu and a site map, or a search: one page links to every other.

    Between few episodes the links of one to its neighbours reach all; no site map is that.
    """
    # A player says the same as its episode's page, in a frame of another site.
    pages = {path for path in site.pages if not site.framed(path)} - {"404.html"}
    for path in pages - {"index.html"}:
        if site.slug(path):
            continue
        links = _Reader(site.source(path)).links
        reached = {site.page_at(urljoin(site.url(path), link)) for link in links}
        if pages <= reached | {path}:
            return []
    return ["no page but the home page leads to all the others: there is no site map"]


@site_check("I1 E6", "WCAG 2.4.4, RGAA 6.1")
def every_link_leads_somewhere(site: Site, visitor: Visitor) -> list[str]:
    """Within the site: to a file that is there, and to a place that is in it."""
    faults = []
    folder = site.workspace.site
    readers = {path: _Reader(site.source(path)) for path in site.files}
    for path, reader in readers.items():
        for link in reader.links:
            target, _, anchor = urljoin(site.url(path), link).partition("#")
            if not target.startswith(site.address):
                continue
            name = target.removeprefix(site.address)
            file = folder / name
            if file.is_dir():
                name = f"{name.rstrip('/')}/index.html".removeprefix("/")
            if not (folder / name).is_file():
                faults.append(f"{path}: {link} is not there")
            elif (
                anchor
                and name in readers
                and "=" not in anchor
                and anchor not in readers[name].names
            ):
                faults.append(f"{path}: there is no #{anchor} in {name}")
    return faults[:10]


@site_check("I7", "WCAG 3.2.2, RGAA 11.10")
def forms_have_a_button(site: Site, visitor: Visitor) -> list[str]:
    """Nothing happens by choosing alone, with and without scripts."""
    faults = [
        f"a form of {path} has no button to send it"
        for path in site.pages
        if not all(_Reader(site.source(path)).forms)
    ]
    for path in site.pages:
        visit = visitor.fresh(site, path, LIGHT)
        faults += [
            f"a form of {path} has no button to send it: {html}"
            for html in visit.js(
                """[...document.forms].filter(f => !f.querySelector(
                     'button:not([type=button]):not([type=reset]), input[type=submit]'))
                     .map(f => f.outerHTML.slice(0, 80))"""
            )
        ]
    return faults


@site_check("I2", "WCAG 2.4.4 1.3.1, RGAA 6.1 9.1")
def episodes_are_headings(site: Site, visitor: Visitor) -> list[str]:
    """The home page has each episode as a heading that is a link, with date and length in text."""
    faults = []
    visit = visitor.fresh(site, "index.html", BARE)
    found = visit.js(
        """[...document.querySelectorAll('main :is(h2, h3) a[href]')].map(a => {
             const whole = a.closest('article, li, section');
             return [a.innerText.trim(), a.closest('h2, h3').innerText.trim(),
                     whole?.querySelectorAll('time').length ?? 0, whole?.innerText ?? '', a.href];
           })"""
    )
    by_title = {title: (heading, times, text, href) for title, heading, times, text, href in found}
    newest = [path for path in site.pages if site.slug(path)][-10:]
    for path in newest:
        truth = site.truth(path)
        if truth.title not in by_title:
            faults.append(f"« {truth.title} » is no heading with a link")
            continue
        heading, times, text, href = by_title[truth.title]
        if heading != truth.title:
            faults.append(f"the heading says more than the link: « {heading} »")
        if site.page_at(href) != path:
            faults.append(f"« {truth.title} » leads to {href}")
        length = spoken(truth.timeline.duration_ms)
        # Seconds may be rounded otherwise than the sound's.
        if times < 2 or length.split(" s")[0].split(" min")[0] not in text:
            faults.append(f"« {truth.title} » lacks its date or its length {length}")
        if not re.search(r"transcri", text, re.IGNORECASE):
            faults.append(f"« {truth.title} » does not say that it has a transcript")
    return faults


@site_check("I4 I5", "RGAA 4.1.2, obligations")
def accessibility_is_declared(site: Site, visitor: Visitor) -> list[str]:
    """French sites: every page leads to the declaration; without an audit it is « non conforme »."""
    faults = []
    addresses = set()
    for path in site.pages:
        page = shown(site, visitor, path)
        links = [to for to, text, *_ in page["links"] if re.match("accessibilit", text, re.I)]
        if not links:
            faults.append(f"{path} has no link to the accessibility page")
        addresses |= set(links)
        if path == "index.html" and site.language == "fr":
            if not re.search(
                r"Accessibilité : (non|partiellement|totalement) conforme", page["body"]
            ):
                faults.append("the home page does not say « Accessibilité : … conforme »")
            elif "Accessibilité : non conforme" not in page["body"]:
                faults.append("the home page claims more than an audit has found")
    for address in addresses:
        declared = site.page_at(address)
        if not declared:
            faults.append(f"{address} is no page of the site")
        elif site.language == "fr" and site.language_of(declared) == "fr":
            text = shown(site, visitor, declared)["main"]
            at = -1
            for part in DECLARATION:
                found = re.compile(part, re.IGNORECASE).search(text, at + 1)
                if not found:
                    faults.append(f"the declaration lacks « {part} », or has it out of order")
                else:
                    at = found.start()
    return faults


# The mandatory parts, in the mandatory order.
DECLARATION = (
    "Déclaration d.accessibilité", "s.engage à rendre", r"loi n. ?2005-102", "État de conformité",
    "non conforme", "Contenus? non accessibles?", "Établissement de cette déclaration",
    "Retour d.information et contact", "Voies? de recours", "Défenseur des droits", "71120",
)  # fmt: skip


@site_check("I6", "WCAG 3.1.2, RGAA 8.7")
def other_languages_are_named(site: Site, visitor: Visitor) -> list[str]:
    """A link to a page in another language says which, by lang and hreflang."""
    faults = []
    for path in site.pages:
        own = site.language_of(path)
        for href, text, language, target in shown(site, visitor, path)["links"]:
            if not text:
                continue
            there = site.language_of(site.page_at(href)) if site.page_at(href) else ""
            # The frame's own links are in the page's language, whatever they lead to.
            titled = there and there != own and text in _titles(site)
            if titled and (language != there or target != there):
                faults.append(f"{path}: « {text} » is in {there}, says {language} {target}")
    return faults


def _titles(site: Site) -> set[str]:
    return {site.truth(path).title for path in site.pages if site.slug(path)}
