"""Answer the editor's page: the text, the sound, and what a person does with them."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from podcast import palette
from podcast.editor.access import Access
from podcast.editor.desk import Conflict, Desk, digest_of
from podcast.editor.sheet import Value, faults
from podcast.errors import Fixable, PodcastError, fault
from podcast.terminal import Terminal
from podcast.theme import Theme, built_in

PAGE = Path(__file__).parent / "page"
TEMPLATE = "editor.html"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class EditorView:
    """All that the page's template may show.

    ``words`` are the sentences that its scripts fill, ``static`` where files of the theme are.
    """

    language: str
    title: str
    slug: str
    words: dict[str, str]
    static: dict[str, str]


class Editor:
    """The routes for one desk."""

    def __init__(self, desk: Desk, terminal: Terminal) -> None:
        self.desk = desk
        self.terminal = terminal
        sheet = palette.style_sheet().encode()
        theme = Theme((built_in(),), {palette.FILE: sheet})
        self.static = {f"/static/{asset.path}": asset.content for asset in theme.static.values()}
        self.names = {name: f"/static/{asset.path}" for name, asset in theme.static.items()}
        self.app = Starlette(
            routes=[
                Route("/", self.page),
                Route("/static/{name:path}", self.theirs),
                Route("/page/{name:path}", self.own),
                Route("/audio", self.audio),
                Route("/api/wording", self.wording),
                Route("/api/document", self.document),
                Route("/api/digest", self.digest),
                Route("/api/text", self.text, methods=["PUT"]),
            ],
            exception_handlers={PodcastError: self._told},
        )

    def words(self) -> dict[str, str]:
        """The sentences of the page, plurals under the keys of their forms."""
        return self.terminal.words.raw("editor", "comfort")

    def refused(self, kind: str, script: bool) -> bytes:
        """A refusal in words."""
        found = fault(f"editor.{kind}")
        if script:
            return _json({"faults": faults([found], None, self.terminal.tell)})
        return (self.terminal.tell(found) + "\n").encode()

    def page(self, request: Request) -> Response:
        """The page itself."""
        episode = self.desk.episode()
        view = EditorView(
            self.terminal.words.language, episode.title, episode.slug, self.words(), self.names
        )
        return HTMLResponse(Theme((PAGE,)).render(TEMPLATE, view))

    def theirs(self, request: Request) -> Response:
        """A file of the theme."""
        return _file(request.url.path, self.static.get(request.url.path))

    def own(self, request: Request) -> Response:
        """A file of the page; only those that are there can be named."""
        files = {file.relative_to(PAGE).as_posix(): file for file in PAGE.rglob("*")}
        file = files.get(request.path_params["name"])
        there = file is not None and file.is_file() and file.name != TEMPLATE
        return _file(request.url.path, file.read_bytes() if there and file else None)

    def audio(self, request: Request) -> Response:
        """The finished sound, with the ranges that players ask for."""
        master = self.desk.master()
        if master is None:
            return self._answer([fault("editor.no_sound", slug=self.desk.slug)], 404)
        return FileResponse(master.path, media_type="audio/mpeg")

    def wording(self, request: Request) -> Response:
        """Every sentence of the page."""
        return _answer({"language": self.terminal.words.language, "words": self.words()})

    def document(self, request: Request) -> Response:
        """The text with all that is known of it."""
        return _answer(self.desk.sheet())

    def digest(self, request: Request) -> Response:
        """Which text is in the file now."""
        return _answer({"digest": digest_of(self.desk.text())})

    async def text(self, request: Request) -> Response:
        """Save the whole text, if the file is still the one that the page began with."""
        asked = await _asked(request, base=str, text=str)

        def save() -> Response:
            try:
                return _answer(self.desk.save(asked["base"], asked["text"]))
            except Conflict as conflict:
                return self._conflict(conflict)

        return await run_in_threadpool(save)

    def _conflict(self, conflict: Conflict) -> Response:
        return _answer(
            {
                "digest": digest_of(conflict.theirs),
                "theirs": conflict.theirs,
                "base": None,
                "merged": None,
                "clashes": [],
                "sheet": self.desk.sheet(),
            },
            409,
        )

    def _told(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, PodcastError)
        return self._answer(error.faults, 422 if error.exit_code == 1 else 503)

    def _answer(self, found: Any, status: int) -> Response:
        return _answer({"faults": faults(found, None, self.terminal.tell)}, status)


async def _asked(request: Request, **kinds: type) -> dict[str, Any]:
    """The JSON object of a request with the fields that it must have; raises :class:`Fixable`."""
    try:
        given = json.loads(await request.body())
        for name, kind in kinds.items():
            if not isinstance(given[name], kind):
                raise TypeError(name)
            if kind is str:
                given[name].encode()  # half a character cannot be written anywhere
        return dict(given)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Fixable(fault("editor.asked")) from error


def _json(value: Value) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _answer(value: Value, status: int = 200) -> Response:
    return Response(_json(value), status, media_type="application/json")


def _file(path: str, content: bytes | None) -> Response:
    if content is None:
        return Response(status_code=404)
    media = _TYPES.get(Path(path).suffix, "application/octet-stream")
    return Response(content, headers={"content-type": media})


def serve(
    desk: Desk, terminal: Terminal, listener: socket.socket, ready: Callable[[str], None]
) -> None:
    """Serve until Ctrl-C or SIGTERM; ``ready`` is given the address that opens the page."""
    editor = Editor(desk, terminal)
    port = listener.getsockname()[1]
    access = Access(editor.app, port, terminal.words.language, editor.refused)
    config = uvicorn.Config(
        access,
        log_level="warning",
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    # uvicorn gives a signal back to whoever had it before: being asked to end is no failure.
    before = {
        number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        ready(access.entrance)
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        for number, former in before.items():
            signal.signal(number, former)
