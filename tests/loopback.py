"""A web server on loopback that tests tell what to answer, with byte ranges and what can go wrong."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Thing:
    """What is at a path."""

    content: bytes = b""
    kind: str = "application/octet-stream"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)  # after so many bytes the line breaks, once each
    ranges: bool = True
    tag: bool = True  # whether the server names the version
    length: bool = True  # whether it says how long the content is


class Host(ThreadingHTTPServer):
    """Serves things by path; ``asked`` are paths with their ranges."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.things: dict[str, Thing] = {}
        self.asked: list[tuple[str, str]] = []
        self.hosts: list[str] = []

    @property
    def address(self) -> str:
        return f"http://{self.name}"

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def put(self, path: str, content: bytes = b"", kind: str = "", **more: Any) -> str:
        """Serve something; gives its address."""
        self.things[path] = Thing(content, kind or "application/octet-stream", **more)
        return self.address + path

    def handle_error(self, request: Any, client_address: Any) -> None:
        """People who hang up are no error."""


class Answer(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Range", "")))
        self.server.hosts.append(self.headers.get("Host", ""))
        thing = self.server.things.get(self.path) or Thing(status=404)
        content = thing.content
        tag = '"' + hashlib.sha256(content).hexdigest()[:16] + '"' if thing.tag else ""
        asked = self.headers.get("Range", "") if thing.ranges else ""
        if (same := self.headers.get("If-Range")) and same != tag:
            asked = ""
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        beyond = bool(start) and start >= len(content)
        self.send_response(416 if beyond else 206 if start else thing.status)
        if tag:
            self.send_header("ETag", tag)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Type", thing.kind)
        for name, value in thing.headers.items():
            self.send_header(name, value)
        content = b"" if beyond else content[start:]
        if thing.length:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: thing.cuts.pop(0) if thing.cuts else None])

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def serving() -> Iterator[Host]:
    """A host that answers for as long as the block lasts."""
    with Host() as host:
        thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield host
        finally:
            host.shutdown()
            thread.join()
