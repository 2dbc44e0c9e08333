"""What a page weighs and where it comes from."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urljoin

from pages import check
from pages.browsing import LIGHT, OPENED, Visit

SOUNDS = (".mp3", ".m4a", ".ogg", ".opus")
# The bytes of each file that the page asked for until a moment after it was there.
LOADED = """async () => {
  await new Promise(done => setTimeout(done, 200 - performance.now()));
  return Object.fromEntries(performance.getEntriesByType('resource')
    .map(each => [each.name, each.decodedBodySize]));
}"""


def zipped(content: bytes) -> int:
    return len(gzip.compress(content, 9, mtime=0))


@check("E30 I1", "project rule, GDPR", looks=(LIGHT, OPENED), acts=True)
def everything_is_ours(visit: Visit) -> list[str]:
    """No request leaves the site, nor would one that the page holds back for later."""
    if visit.page.locator("#play").count():
        visit.page.locator("#play").click()
        visit.page.wait_for_timeout(300)
    faults = [f"it asks {url}" for url in visit.requests if not url.startswith(visit.site.address)]
    faults += visit.js(
        """address => [...document.querySelectorAll(
             'script[src], img[src], iframe[src], audio[src], source[src], track[src], embed, object, '
             + 'link[rel~=stylesheet], link[rel~=icon], link[rel~=preload], link[rel~=preconnect], link[rel~=dns-prefetch]')]
             .filter(e => { const url = e.src || e.href || ''; return url && !url.startsWith(address) && !url.startsWith('data:'); })
             .map(e => `it holds ${e.outerHTML.slice(0, 100)}`)""",
        visit.site.address,
    )
    return faults


@check("E30 I1", "project rule")
def the_page_is_light(visit: Visit) -> list[str]:
    """At most 600 kB without the sound."""
    total = len(visit.source.encode())
    for url, size in visit.js(LOADED).items():
        if not url.endswith(SOUNDS):
            total += size
    return [f"{total / 1000:.0f} kB without the sound"] if total > 600_000 else []


@check("E30", "project rule", "hour")
def an_hour_fits_the_budgets(visit: Visit) -> list[str]:
    """HTML of 200 kB, 60 gzipped; 900 elements; 25 kB of scripts and 15 of word times, gzipped."""
    html = visit.source.encode()
    own = visit.site.url(visit.path)
    scripts = [
        visit.page.request.get(urljoin(own, src)).body()
        for src in visit.js("[...document.querySelectorAll('script[src]')].map(s => s.src)")
    ]
    measured = {
        "HTML, kB": (len(html) / 1000, 200),
        "HTML gzipped, kB": (zipped(html) / 1000, 60),
        "elements": (visit.js("document.querySelectorAll('*').length"), 900),
        "scripts gzipped, kB": (sum(map(zipped, scripts)) / 1000, 25),
    }
    faults = []
    if name := re.search(r'data-times="([^"]+)"', visit.source):
        times = visit.page.request.get(urljoin(own, name[1])).body()
        measured["word times gzipped, kB"] = (zipped(times) / 1000, 15)
    else:
        faults.append("the page names no word times")
    return faults + [
        f"{what}: {value:.1f}, at most {most}"
        for what, (value, most) in measured.items()
        if value > most
    ]


@check("E30", "project rule", "player")
def a_player_weighs_little(visit: Visit) -> list[str]:
    """With the text of an hour 75 kB are sent, and nothing of the sound before somebody plays it."""
    visit.page.wait_for_timeout(200)
    own = visit.site.url(visit.path)
    total = zipped(visit.source.encode())
    for url in dict.fromkeys(visit.requests):
        if url != own and not url.endswith(SOUNDS):
            body = visit.page.request.get(url).body()
            # Pictures and fonts are packed already.
            total += len(body) if url.endswith((".jpg", ".png", ".woff2")) else zipped(body)
    faults = [f"it asks for {url}" for url in visit.requests if url.endswith(SOUNDS)]
    return [*faults, f"{total / 1000:.0f} kB without the sound"] if total > 75_000 else faults
