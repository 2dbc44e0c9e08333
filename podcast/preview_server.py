"""Show a folder in a browser on this machine: a site as it is, or a preview that renews itself."""

from __future__ import annotations

import hashlib
import re
import socket
import sys
import threading
import time
from dataclasses import dataclass
from os import PathLike, stat_result
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

import uvicorn
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from podcast.embedded import embedded
from podcast.errors import Fault, PodcastError
from podcast.previewing import Preview
from podcast.report import Reporter, Silent
from podcast.terminal import Terminal
from podcast.theme import Theme

PAGE = Path(__file__).parent / "preview_page"
LOOK_S = 0.4
"""How often files are looked at; what is being written is waited for as long again."""
_HERE = re.compile(rb"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?", re.IGNORECASE)
_HEADERS = {
    b"x-robots-tag": b"noindex, nofollow",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"SAMEORIGIN",
    b"cross-origin-resource-policy": b"same-origin",
    b"referrer-policy": b"no-referrer",
}
# A preview has no feed and nothing for other sites: pages must not send an app to any.
_FEED = re.compile(rb'<link [^>]*type="application/(?:rss\+xml|feed\+json|json\+oembed)"[^>]*>\n?')
# Before the page's own header, behind the links that skip it.
_BEGINS = re.compile(rb'<header class="site">|(?<=>)\s*<main\b', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BannerView:
    """All that the banner's template may show; ``page`` is the digest of the page as it is."""

    language: str
    words: dict[str, str]
    script: Markup
    faults: tuple[str, ...]
    page: str


class OnlyHere:
    """Answer nobody who calls this machine by another name.

    A stranger's name server may point a name of theirs at 127.0.0.1, and their page would then read
    what nobody has published yet.  The port may be another: through a tunnel it is the tunnel's.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or answer with headers that keep a preview to itself."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *_HEADERS.items()]}
            await send(message)

        if scope["type"] != "http":
            return
        asked = [value for name, value in scope["headers"] if name.lower() == b"host"]
        if len(asked) != 1 or not _HERE.fullmatch(asked[0]):
            await PlainTextResponse("127.0.0.1\n", 403)(scope, receive, guarded)
            return
        await self.app(scope, receive, guarded)


class Previewed(Protocol):
    """The preview of a show, or of a network with its shows."""

    @property
    def folder(self) -> Path:
        """The site to look at."""
        ...

    def state(self) -> object:
        """Everything that it is made from, by names, sizes and times."""
        ...

    def build(self, report: Reporter) -> Preview:
        """Bring it up to date; raises what building it raises."""
        ...


class Looking:
    """A preview while somebody looks at it: built anew when a file changes."""

    def __init__(self, preview: Previewed, terminal: Terminal) -> None:
        self.preview, self.terminal = preview, terminal
        self.faults: tuple[Fault, ...] = ()
        self._told: tuple[str, ...] = ()
        self._theme = Theme((PAGE,))

    # Files.

    def first(self) -> Preview:
        """Build it; raises what building it raises."""
        made = self.preview.build(self.terminal)
        self._tell(made.faults)
        return made

    def watch(self, seen: object) -> None:
        """Build whenever files have changed and are at rest, for ever."""
        while True:
            time.sleep(LOOK_S)
            try:
                found = self.preview.state()
                if found == seen:
                    continue
                time.sleep(LOOK_S)
                if self.preview.state() != found:
                    continue
            except OSError:
                continue  # a file went while it was looked at
            seen = found
            self.again()

    def again(self) -> None:
        """Build it anew; what was good stays where something is wrong."""
        began = time.monotonic()
        try:
            made = self.preview.build(Silent())
        except PodcastError as error:
            self._tell(error.faults)
            return
        except Exception as error:  # ours: it is said, and the next change is tried again
            said = self.terminal.words.say("our_bug", detail=f"{type(error).__name__}: {error}")
            print(said, file=sys.stderr, flush=True)
            return
        self._tell(made.faults)
        n = made.changes.added + made.changes.changed + made.changes.removed
        self.terminal.say("serve.again", n=n, seconds=time.monotonic() - began)

    def _tell(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        told = self.told()
        for line in told:
            if line not in self._told:
                print(line, file=sys.stderr, flush=True)
        self._told = told

    def told(self) -> tuple[str, ...]:
        """What is wrong, in sentences."""
        return tuple(dict.fromkeys(self.terminal.tell(each) for each in self.faults))

    # Pages.

    def with_banner(self, page: bytes) -> bytes:
        """A page of the preview with what it is said to be; others are left as they are."""
        begins = _BEGINS.search(page)
        if begins is None:
            return page
        say = self.terminal.words.say
        words = {
            "name": say("preview.name"),
            "what": say("preview.what"),
            "auto": say("preview.auto"),
            "now": say("preview.now"),
            "faults": say("preview.faults"),
        }
        script = {
            "faults": words["faults"],
            "changed": say("preview.changed"),
            "away": say("preview.away"),
        }
        view = BannerView(
            self.terminal.words.language, words, embedded(script), self.told(), digest_of(page)
        )
        banner = self._theme.render("banner.html", view).encode()
        page = _FEED.sub(b"", page[: begins.start()]) + banner + page[begins.start() :]
        head = b'<link rel="stylesheet" href="/_preview/preview.css">\n</head>'
        page = page.replace(b"</head>", head, 1)
        script_tag = b'<script src="/_preview/preview.js" defer></script>\n</body>'
        return script_tag.join(page.rsplit(b"</body>", 1))

    async def asked_state(self, request: Request) -> Response:
        """Which page lies at a path now, and what is wrong."""
        site = self.preview.folder.resolve()
        path = request.query_params.get("path", "/").lstrip("/")
        file = site / (f"{path}index.html" if path.endswith("/") or not path else path)
        page = ""
        try:
            if site in file.resolve().parents:
                page = digest_of(file.read_bytes())
        except (OSError, ValueError):
            pass  # the page is gone
        return JSONResponse({"page": page, "faults": list(self.told())})

    async def own(self, request: Request) -> Response:
        """The banner's style and script."""
        name = request.path_params["name"]
        kinds = {"preview.css": "text/css", "preview.js": "text/javascript"}
        if name not in kinds:
            return Response(status_code=404)
        return Response((PAGE / name).read_bytes(), media_type=kinds[name])

    async def no_feed(self, request: Request) -> Response:
        """What an app is told that would follow a preview."""
        return PlainTextResponse(self.terminal.words.say("preview.no_feed") + "\n", 404)


def digest_of(page: bytes) -> str:
    """Names a page as it is."""
    return hashlib.sha256(page).hexdigest()[:16]


class _Pages(StaticFiles):
    """The files of the preview, its pages under their banner."""

    def __init__(self, looking: Looking) -> None:
        super().__init__(directory=looking.preview.folder, html=True)
        self.looking = looking

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """A page anew each time; sounds by the ranges that players ask for."""
        if Path(full_path).suffix == ".html":
            page = self.looking.with_banner(Path(full_path).read_bytes())
            return HTMLResponse(page, status_code, {"cache-control": "no-store"})
        return super().file_response(full_path, stat_result, scope, status_code)


async def _at_the_top(request: Request) -> Response:
    """What the page for what is not there leads to has its address on the web."""
    return RedirectResponse("/" + quote(request.path_params["path"]))


def of_preview(looking: Looking) -> ASGIApp:
    """The preview, which has no feed, for this machine only."""
    top = _top(looking.preview.folder)
    app = Starlette(
        routes=[
            Route("/_preview/state", looking.asked_state),
            Route("/_preview/{name}", looking.own),
            *(Route(f"/{{path:path}}{end}", looking.no_feed) for end in (".xml", ".opml")),
            *(Route(f"{folder}/feed.json", looking.no_feed) for folder in ("", "/{show}")),
            *([Route(f"{top}/{{path:path}}", _at_the_top)] if top else []),
            Mount("/", app=_Pages(looking)),
        ]
    )
    return OnlyHere(app)


def of_folder(folder: Path) -> ASGIApp:
    """A folder as it is, at the top and where it will be: a page tells of what is not there.

    It holds what is published, so it may be asked for by the name that the site will have.
    """
    files = StaticFiles(directory=folder, html=True)
    return Starlette(routes=[Mount(path, app=files) for path in (_top(folder), "/") if path])


def _top(site: Path) -> str:
    """Where a site is below its server's name, as its home page says; empty at the top."""
    try:
        page = (site / "index.html").read_text("utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(r'<link rel="canonical" href="([^"]+)"', page)
    return unquote(urlsplit(found[1]).path).rstrip("/") if found else ""


def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Answer until Ctrl-C, on loopback only."""
    config = uvicorn.Config(
        app, log_level="warning", lifespan="off", ws="none", timeout_graceful_shutdown=1
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()


def begin(looking: Looking, seen: object) -> None:
    """Look at the files from now on, in a thread of its own; ``seen`` is how they were built."""
    threading.Thread(target=looking.watch, args=[seen], daemon=True).start()
