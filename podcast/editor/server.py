"""Answer the editor's page: the text, the sound, and what a person does with them."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from podcast import palette
from podcast.editor import remembered, versions
from podcast.editor.access import Access
from podcast.editor.desk import Conflict, Desk, digest_of
from podcast.editor.sheet import Value, faults, listened, proposals
from podcast.errors import Fault, Fixable, PodcastError, fault
from podcast.merging import merged
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
                Route("/api/preview", self.preview, methods=["POST"]),
                Route("/api/listened", self.listened, methods=["POST"]),
                Route("/api/doubts", self.doubts, methods=["POST"]),
                Route("/api/proposals", self.proposals),
                Route("/api/people", self.people, methods=["POST"]),
                Route("/api/terms", self.terms, methods=["POST"]),
                Route("/api/review", self.review, methods=["POST"]),
                Route("/api/versions", self.versions),
                Route("/api/versions/{id}", self.version),
                Route("/api/settings", self.settings),
                Route("/api/settings", self.keep_settings, methods=["PUT"]),
            ],
            exception_handlers={PodcastError: self._told, Exception: self._our_bug},
        )

    def words(self) -> dict[str, str]:
        """The sentences of the page, plurals under the keys of their forms."""
        return self.terminal.words.raw("editor", "comfort")

    def refused(self, kind: str, script: bool) -> bytes:
        """A refusal in words."""
        found = fault(f"editor.{kind}")
        if script:
            return _json({"faults": faults([found], self.terminal.tell)})
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
            return self._refuse([fault("editor.no_sound", slug=self.desk.slug)], 404)
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
        parts = [part if isinstance(part, str) else asdict(part) for part in conflict.parts]
        return _answer(
            {
                "digest": digest_of(conflict.theirs),
                "theirs": conflict.theirs,
                "base": conflict.base,
                "merged": merged(conflict.parts),
                "clashes": [part for part in parts if not isinstance(part, str)],
                "parts": parts,
                "sheet": self.desk.sheet(),
            },
            409,
        )

    async def preview(self, request: Request) -> Response:
        """One paragraph of a text as its readers will see it."""
        from podcast.editor.preview import preview

        asked = await _asked(request, text=str, line=int)

        def show() -> Response:
            reading = self.desk.read(asked["text"])
            return _answer(preview(reading, asked["line"], self.desk.theme(), self.terminal))

        return await run_in_threadpool(show)

    async def listened(self, request: Request) -> Response:
        """Note what was heard, and how fast."""
        asked = await _asked(request, spans=list, rate=(int, float))
        if not all(
            isinstance(span, list) and len(span) == 2 and all(type(at) is int for at in span)
            for span in asked["spans"]
        ):
            raise Fixable(fault("editor.asked"))
        spans = [(start, end) for start, end in asked["spans"]]
        noted = await run_in_threadpool(self.desk.listened, spans, asked["rate"])
        words = self.desk.space.words(self.desk.slug)
        return _answer({"listened": listened(noted, words)})

    async def doubts(self, request: Request) -> Response:
        """Note that a doubt was heard and is none."""
        asked = await _asked(request, id=str, accepted=bool)

        def note() -> Response:
            self.desk.accept(asked["id"], asked["accepted"])
            return _answer({"doubts": self.desk.sheet()["doubts"]})

        return await run_in_threadpool(note)

    def proposals(self, request: Request) -> Response:
        """Who speaks in each paragraph by the tracks; seconds of work the first time."""
        speaking = self.desk.speaking()
        return _answer(list(proposals(self.desk.reading(), speaking)))

    async def people(self, request: Request) -> Response:
        """Add somebody to the show."""
        asked = await _asked(request, name=str)
        return await self._sheet(lambda: self.desk.add_person(asked["name"]))

    async def terms(self, request: Request) -> Response:
        """Add a term to the glossary."""
        asked = await _asked(request, term=str, wrong=list)
        wrong, expansion = asked["wrong"], asked.get("expansion") or None
        if not all(isinstance(each, str) for each in (*wrong, expansion or "")):
            raise Fixable(fault("editor.asked"))

        def add() -> Response:
            made = self.desk.add_term(asked["term"], wrong, expansion)
            return _answer({"ok": True, "sheet": made})

        return await run_in_threadpool(add)

    async def review(self, request: Request) -> Response:
        """Say that the text was reviewed."""
        asked = await _asked(request, name=str, base=str)
        return await self._sheet(lambda: self.desk.review(asked["name"], asked["base"]))

    async def _sheet(self, made: Callable[[], Value]) -> Response:
        return await run_in_threadpool(lambda: _answer(made()))

    def versions(self, request: Request) -> Response:
        """The former texts, the newest first, each with how it differs from the one before."""
        return _answer(list(self.desk.versions()))

    def version(self, request: Request) -> Response:
        """The text of one."""
        id_ = request.path_params["id"]
        return _answer({"text": versions.text_of(self.desk.space, self.desk.slug, id_)})

    def settings(self, request: Request) -> Response:
        """What the page remembers of this machine."""
        return _answer({"settings": remembered.settings(self.desk.space)})

    async def keep_settings(self, request: Request) -> Response:
        """Remember it."""
        asked = await _asked(request, settings=dict)
        if len(await request.body()) > remembered.MAX_SETTINGS:
            raise Fixable(fault("editor.asked"))
        await run_in_threadpool(remembered.keep_settings, self.desk.space, asked["settings"])
        return _answer({"settings": asked["settings"]})

    def _told(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, PodcastError)
        return self._refuse(error.faults, 422 if error.exit_code == 1 else 503)

    def _our_bug(self, request: Request, error: Exception) -> Response:
        """What nobody foresaw: the page is told, and keeps its text; so is the terminal."""
        said = self.terminal.words.say("our_bug", detail=f"{type(error).__name__}: {error}")
        print(said, file=sys.stderr, flush=True)
        told = {"kind": "our_bug", "said": said, "line": None, "piece": None}
        return _answer({"faults": [told]}, 500)

    def _refuse(self, found: Sequence[Fault], status: int) -> Response:
        return _answer({"faults": faults(found, self.terminal.tell)}, status)


async def _asked(request: Request, **kinds: type | tuple[type, ...]) -> dict[str, Any]:
    """The JSON object of a request with the fields that it must have; raises :class:`Fixable`."""
    try:
        given = json.loads(await request.body())
        for name, kind in kinds.items():
            if not isinstance(given[name], kind) or (kind is int and given[name] is True):
                raise TypeError(name)
        json.dumps(given, ensure_ascii=False).encode()  # half a character is written nowhere
        return dict(given)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Fixable(fault("editor.asked")) from error


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _answer(value: object, status: int = 200) -> Response:
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
        # Everything that a person should hear of is told in sentences.
        log_level="warning" if os.environ.get("PODCAST_DEBUG") else "critical",
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    # Who is quick asks it to end before uvicorn listens to signals.  It gives them back afterwards
    # to whoever had them before: being asked to end is no failure.
    before = {
        number: signal.signal(number, server.handle_exit)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    # While the browser starts, the text is brought together with the sound.
    threading.Thread(target=_begin, args=[desk], daemon=True).start()
    try:
        ready(access.entrance)
        server.run(sockets=[listener])
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def _begin(desk: Desk) -> None:
    with suppress(PodcastError):  # the page will ask again, and be told
        desk.sheet()
