"""Let nobody in but the browser of the person who started the editor.

Other programs, other pages open in the same browser and names that a stranger's name server points
at this machine can all reach a port on loopback.  What stands against them, in the order of the
checks: the exact name of the server; a cookie that only an address used once gives; no page of
another origin (Fetch Metadata); for whatever changes something, the exact origin and a type of
content that no form can send; a limit of size.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

MAX_BODY = 4_000_000
"""Bytes: a transcript of sixty hours."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
# Where a page of another site led here, a strict cookie is not sent along a redirection.
_ENTRANCE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><title>podcast</title>'
    '<meta http-equiv="refresh" content="0; url=/"><p><a href="/">podcast edit</a></p></html>'
)


class TooLarge(Exception):
    """More was sent than :data:`MAX_BODY`."""


@dataclass
class Access:
    """The door before an ASGI application, on a port of 127.0.0.1.

    ``refuse`` words a kind of refusal: for a page as a sentence, for a script as JSON.
    """

    app: App
    port: int
    language: str
    refuse: Callable[[str, bool], bytes]
    token: str | None = field(default_factory=lambda: secrets.token_urlsafe(32))
    _session: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def origin(self) -> str:
        """What a browser calls our pages' origin."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def entrance(self) -> str:
        """The address that lets one browser in, once."""
        return f"{self.origin}/open/{self.token}"

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer, or refuse before anything else of a request is looked at."""
        if scope["type"] != "http":
            return
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(k.encode(), v.encode()) for k, v in HEADERS.items()]
                kept = [h for h in message["headers"] if h[0].decode("latin-1") not in HEADERS]
                message = {**message, "headers": [*kept, *own]}
            await send(message)

        if headers.get(b"host") != [f"127.0.0.1:{self.port}".encode()]:
            await self._no(guarded, 403, "host", scope)
        elif scope["path"].startswith("/open/"):
            await self._open(scope, headers, guarded)
        elif not self._known(headers):
            await self._no(guarded, 401, "cookie", scope)
        elif refused := self._unwanted(scope, headers):
            await self._no(guarded, *refused, scope)
        else:
            await self._answer(scope, receive, guarded)

    def _known(self, headers: dict[bytes, list[bytes]]) -> bool:
        wanted = self._cookie.encode()
        sent = [
            cookie.strip() for line in headers.get(b"cookie", ()) for cookie in line.split(b";")
        ]
        return any(hmac.compare_digest(cookie, wanted) for cookie in sent)

    @property
    def _cookie(self) -> str:
        # Cookies do not know ports: two editors must not take each other's.
        return f"podcast-editor-{self.port}={self._session}"

    def _unwanted(
        self, scope: Message, headers: dict[bytes, list[bytes]]
    ) -> tuple[int, str] | None:
        """What is wrong with a request of a browser that was let in."""
        site = headers.get(b"sec-fetch-site", [b"none"])
        if site not in ([b"none"], [b"same-origin"]):
            return 403, "origin"
        if scope["method"] not in ("GET", "HEAD"):
            if headers.get(b"origin") != [self.origin.encode()]:
                return 403, "origin"
            kind = b",".join(headers.get(b"content-type", ())).split(b";")[0].strip().lower()
            if kind != b"application/json":
                return 415, "type"
        try:
            announced = int(b",".join(headers.get(b"content-length", [b"0"])))
        except ValueError:
            return 400, "size"
        return (413, "size") if announced > MAX_BODY else None

    async def _open(self, scope: Message, headers: dict[bytes, list[bytes]], send: Send) -> None:
        """Let a browser in by the address that was printed; it has served then."""
        known = self._known(headers)
        given = scope["path"].removeprefix("/open/").encode()
        right = self.token is not None and hmac.compare_digest(given, self.token.encode())
        if scope["method"] != "GET" or not (known or right):
            await self._no(send, 403, "token", scope)
            return
        more = []
        if right:
            self.token = None
            cookie = f"{self._cookie}; Path=/; HttpOnly; SameSite=Strict"
            more.append((b"set-cookie", cookie.encode()))
        if headers.get(b"sec-fetch-site", [b"none"]) in ([b"none"], [b"same-origin"]):
            more.append((b"location", b"/"))
            await _respond(send, 303, b"", "text/plain; charset=utf-8", more)
        else:
            page = _ENTRANCE.format(language=self.language).encode()
            await _respond(send, 200, page, "text/html; charset=utf-8", more)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        taken = 0
        begun = False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_BODY:
                raise TooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except TooLarge:
            if begun:
                raise
            await self._no(send, 413, "size", scope)

    async def _no(self, send: Send, status: int, kind: str, scope: Message) -> None:
        script = scope["path"].startswith("/api/")
        media = "application/json" if script else "text/plain; charset=utf-8"
        # What is left of a body that was refused is not read.
        more = [(b"connection", b"close")]
        await _respond(send, status, self.refuse(kind, script), media, more)


async def _respond(
    send: Send, status: int, body: bytes, media: str, more: list[tuple[bytes, bytes]]
) -> None:
    headers = [
        (b"content-type", media.encode()),
        (b"content-length", str(len(body)).encode()),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
