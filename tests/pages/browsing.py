"""A real Chromium that visits a served site: in which look, with which change, with what truth."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from conftest import ROOT
from playwright.sync_api import Browser, CDPSession, Page, Route, sync_playwright
from serving import PATIENCE_S, free_port, listens

from podcast.oembed import PLAYER
from podcast.timeline import make_timeline
from podcast.transcript import Timeline, Transcript
from podcast.workspace import Workspace

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --mute-audio "
    "--autoplay-policy=no-user-gesture-required"
).split()


# How a page is looked at.


@dataclass(frozen=True)
class Look:
    """What the reader's device and settings are."""

    name: str
    width: int = 1280
    height: int = 900
    scheme: Literal["light", "dark"] = "light"
    forced: bool = False
    calm: bool = False
    scripts: bool = True
    opened: bool = False
    print: bool = False
    comfort: tuple[tuple[str, str], ...] = ()
    """Choices of reading comfort, as data attributes of ``html``."""


LIGHT = Look("light")
DARK = Look("dark", scheme="dark")
PHONE = Look("320 px", width=320, height=640)
TINY = Look("320x256", width=320, height=256)
FORCED = Look("forced colours", forced=True)
BARE = Look("scripts blocked", scripts=False)
OPENED = Look("every control opened", opened=True)
CALM = Look("reduced motion", calm=True)
PRINTED = Look("printed", print=True)
CONTRAST = Look("high contrast", comfort=(("scheme", "contrast"),))
SEPIA = Look("sepia", comfort=(("scheme", "sepia"),))


# What is looked at.


@dataclass(frozen=True)
class Truth:
    """What an episode's page must say, from the workspace and not from the page."""

    title: str
    transcript: Transcript
    timeline: Timeline


@dataclass(frozen=True)
class Site:
    """A built site, its address while it is served, and the workspace that it was made from."""

    name: str
    workspace: Workspace
    address: str

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Every HTML file, by its path below the site."""
        folder = self.workspace.site
        return tuple(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.html")))

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """Every page for readers; texts for apps and for paper have no frame round them."""
        own = (file for file in self.files if not file.endswith(".large-print.html"))
        return tuple(file for file in own if "<main" in self.source(file))

    @cached_property
    def shown(self) -> dict[str, dict[str, Any]]:
        """What checks of the whole site have noted of pages that they opened."""
        return {}

    def source(self, path: str) -> str:
        return (self.workspace.site / path).read_text("utf-8")

    @cached_property
    def language(self) -> str:
        return self.workspace.show().language

    def url(self, path: str) -> str:
        return self.address + re.sub(r"(^|/)index\.html$", r"\1", path)

    def page_at(self, address: str) -> str:
        """The page that an address leads to, with or without its index.html; empty for none."""
        name = address.partition("#")[0].removeprefix(self.address)
        name = f"{name}index.html" if name == "" or name.endswith("/") else name
        return name if name in self.pages else ""

    def framed(self, path: str) -> bool:
        """Whether a page is a player for other sites: in a frame, with nothing around it."""
        return path.endswith(f".{PLAYER}")

    def slug(self, path: str) -> str:
        """The episode that a page is of; empty for other pages."""
        folder = path.rpartition("/")[0]
        is_page = path.endswith("/index.html") and folder in self.workspace.slugs()
        return folder if is_page else ""

    def kinds(self, path: str) -> set[str]:
        if self.framed(path):
            return {"page", "player"}
        slug = self.slug(path)
        if not slug:
            return {"page"}
        long = self.truth(path).timeline.duration_ms > 3_000_000
        return {"page", "episode", "hour"} if long else {"page", "episode"}

    def truth(self, path: str) -> Truth:
        return self._read(self.slug(path))

    @cached_property
    def _truths(self) -> dict[str, Truth]:
        return {}

    def _read(self, slug: str) -> Truth:
        if known := self._truths.get(slug):
            return known
        show = self.workspace.show()
        episode = self.workspace.episode(slug, show)
        transcript = self.workspace.transcript(slug, show, episode.language)
        words = self.workspace.words(slug)
        assert words
        read = Truth(episode.title, transcript, make_timeline(transcript, words))
        return self._truths.setdefault(slug, read)

    def language_of(self, path: str) -> str:
        slug = path.partition("/")[0] if self.framed(path) else self.slug(path)
        return self._read(slug).transcript.language if slug else self.language


@dataclass(frozen=True)
class Change:
    """A fault that is put into a page: what is served otherwise, and what is done after loading.

    ``served`` gets the address and the body of every text that the site sends.
    """

    served: Callable[[str, str], str] | None = None
    after: str = ""


@dataclass
class Visit:
    """A page that is open in the browser."""

    page: Page
    site: Site
    path: str
    look: Look
    change: Change
    requests: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """What was served otherwise than it is."""
    problems: list[str] = field(default_factory=list)
    """What the browser complains of: errors of scripts, files that are not there."""

    @property
    def truth(self) -> Truth:
        return self.site.truth(self.path)

    @property
    def language(self) -> str:
        return self.site.language_of(self.path)

    @cached_property
    def source(self) -> str:
        """The HTML as it was sent."""
        text = self.site.source(self.path)
        return self.change.served(self.site.url(self.path), text) if self.change.served else text

    @cached_property
    def devtools(self) -> CDPSession:
        return self.page.context.new_cdp_session(self.page)

    def js(self, code: str, argument: object = None) -> Any:
        return self.page.evaluate(code, argument)

    def reload(self) -> None:
        """As if just opened."""
        self.page.goto("about:blank")
        self.page.goto(self.site.url(self.path))
        self.settle()

    def settle(self) -> None:
        """What the look asks for once the page is there."""
        for name, value in self.look.comfort:
            self.js(
                "([name, value]) => document.documentElement.dataset[name] = value", [name, value]
            )
        if self.change.after:
            self.js(f"() => {{ {self.change.after} }}")
        if self.look.opened:
            self.js("document.querySelectorAll('details').forEach(d => d.open = true)")
            for button in self.page.locator("[aria-expanded=false]").all():
                button.click()
        # With its fonts, and two frames later, everything is laid out.
        self.js(
            "document.fonts.ready.then(() => new Promise(done => "
            "requestAnimationFrame(() => requestAnimationFrame(done))))"
        )


class Visitor:
    """Opens pages, in one browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._tabs: dict[Look, tuple[_Tab, ExitStack]] = {}

    def fresh(self, site: Site, path: str, look: Look) -> Visit:
        """The page as for who never came here, in the tab of this look until that has the next.

        Files that pages have in common may be kept from one page to the next; nothing else is.
        """
        if look not in self._tabs:
            with ExitStack() as stack:
                tab = stack.enter_context(self._tab(look))
                self._tabs[look] = tab, stack.pop_all()
        return self._tabs[look][0].open(site, path)

    def close(self) -> None:
        while self._tabs:
            self._tabs.popitem()[1][1].close()

    @contextmanager
    def visit(
        self, site: Site, path: str, look: Look = LIGHT, change: Change | None = None
    ) -> Iterator[Visit]:
        """The page, open as the look says in a tab of its own; closed afterwards."""
        with self._tab(look) as tab:
            yield tab.open(site, path, change)

    @contextmanager
    def _tab(self, look: Look) -> Iterator[_Tab]:
        context = self.browser.new_context(
            viewport={"width": look.width, "height": look.height},
            color_scheme=look.scheme,
            forced_colors="active" if look.forced else "none",
            reduced_motion="reduce" if look.calm else "no-preference",
        )
        # How long a busy machine takes says nothing about our promises.
        context.set_default_timeout(120_000)
        page = context.new_page()
        if look.print:
            page.emulate_media(media="print")
        if not look.scripts:
            # Not java_script_enabled: axe would wait for ever.
            page.route("**/*", _without_scripts)
        try:
            yield _Tab(page, look)
        finally:
            page.unroute_all(behavior="ignoreErrors")
            context.close()


class _Tab:
    """A tab of the browser, for one page after another."""

    def __init__(self, page: Page, look: Look) -> None:
        self._page, self._look = page, look
        self._visit: Visit | None = None
        page.on("request", lambda request: self._visit and self._visit.requests.append(request.url))
        page.on("pageerror", lambda error: self._complains(str(error)))
        page.on(
            "console",
            lambda said: self._complains(said.text) if said.type == "error" else None,
        )

    def _complains(self, said: str) -> None:
        if self._visit:
            self._visit.problems.append(said)

    def open(self, site: Site, path: str, change: Change | None = None) -> Visit:
        if self._visit:
            self._leave(self._visit)
        visit = self._visit = Visit(self._page, site, path, self._look, change or Change())
        if visit.change.served:
            self._page.route("**/*", _rewriting(visit))
        self._page.goto(site.url(path))
        visit.settle()
        return visit

    def _leave(self, visit: Visit) -> None:
        """Nothing is left of a page: no sound, nothing kept, no pointer over what comes."""
        self._page.goto("about:blank")
        self._page.mouse.move(-1, -1)
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(visit.site.address))
        visit.devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        visit.devtools.detach()


def _without_scripts(route: Route) -> None:
    if route.request.resource_type == "script":
        route.abort()
    else:
        route.fallback()


def _rewriting(visit: Visit) -> Callable[[Route], None]:
    def handle(route: Route) -> None:
        address = route.request.url
        if route.request.resource_type in ("media", "image", "font"):
            return route.fallback()
        if not address.startswith(visit.site.address):
            return route.fallback()
        response = route.fetch()
        text = response.text()
        body = visit.change.served(address, text) if visit.change.served else text
        if body != text:
            visit.changed.append(address)
        headers = {k: v for k, v in response.headers.items() if k != "content-length"}
        return route.fulfill(status=response.status, headers=headers, body=body)

    return handle


def chromium() -> str:
    """The browser; without one the tests fail, they are not left out.

    The shell has the same engine and no windows: pages open several times as fast.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert found, "Chromium is missing: apt-get install chromium-headless-shell"
    return found


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield made
        made.close()


@contextmanager
def served(name: str, root: Path) -> Iterator[Site]:
    """A workspace's site, served by the command that README names."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "podcast", "serve", "--published", "--port", str(port)],
        cwd=root, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout
        line = server.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in line
        listens(port, server)
        # Below the folder that the show has on the web: one page names it.
        top = urlsplit(Workspace(root).show().address).path
        yield Site(name, Workspace(root), f"http://127.0.0.1:{port}{top}")
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
        if server.stdout:
            server.stdout.close()
