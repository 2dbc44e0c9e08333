"""What lines and servers do on a bad day, on loopback: slow, cut, silent, answers lost, 503.

:class:`Line` stands before any server and knows bytes only; :class:`Between` stands before a web
server and knows requests.  Both pass everything on until they are told otherwise.
"""

from __future__ import annotations

import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_BLOCK = 1 << 14


def _reset(connection: socket.socket) -> None:
    """Close as a machine does that has forgotten the connection."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)  # wakes whoever waits for it
    connection.close()


@dataclass
class Line:
    """Passes bytes on to ``port``; ``up`` is how many have come from the client's side in all.

    After ``breaks_at`` of them the line does what ``how`` says, ``times`` times:

    - ``cut``: both ends are reset;
    - ``hang``: nothing passes any more, and nobody is told;
    - ``lost``: what the client sends still arrives, and no answer comes back; then it is cut.
    """

    port: int
    rate: float = 0
    """Bytes a second from the client's side; 0 is as fast as it goes."""
    breaks_at: int = 0
    how: str = "cut"
    times: int = 0
    up: int = 0
    connections: int = 0
    _open: list[socket.socket] = field(default_factory=list)
    _broken: list[socket.socket] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def breaks(self, at: int, how: str, times: int = 1) -> None:
        """From now on count anew, and break so many bytes from here."""
        self.up, self.breaks_at, self.how, self.times = 0, at, how, times

    def mend(self) -> None:
        """Pass everything on again; whoever still waits at an end of a broken line is let go."""
        self.times = 0
        while self._broken:
            _reset(self._broken.pop())

    def serve(self, listening: socket.socket) -> None:
        while not self._over.is_set():
            try:
                client, _ = listening.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = socket.create_connection(("127.0.0.1", self.port), 10)
                server.settimeout(None)
            except OSError:
                _reset(client)
                continue
            self._open += [client, server]
            broken = threading.Event()
            for one, other, upwards in ((client, server, True), (server, client, False)):
                threading.Thread(
                    target=self._pass, args=(one, other, upwards, broken), daemon=True
                ).start()

    def _pass(
        self, source: socket.socket, sink: socket.socket, up: bool, broken: threading.Event
    ) -> None:
        while not self._over.is_set():
            try:
                block = source.recv(_BLOCK)
            except OSError:
                block = b""
            if broken.is_set() and (self.how == "hang" or not up):
                self._over.wait()
                return
            if not block:
                with suppress(OSError):
                    sink.shutdown(socket.SHUT_WR)
                return
            if up and self._breaks(len(block)):
                broken.set()
                self._broken += [source, sink]
                if self.how == "cut":
                    _reset(source)
                    _reset(sink)
                    return
                if self.how == "lost":
                    threading.Timer(0.3, lambda: (_reset(source), _reset(sink))).start()
            if up and self.rate:
                time.sleep(len(block) / self.rate)
            try:
                sink.sendall(block)
            except OSError:
                _reset(source)
                return

    def _breaks(self, more: int) -> bool:
        with self._turn:
            self.up += more
            if self.times and self.up >= self.breaks_at:
                self.times -= 1
                return True
        return False

    def close(self) -> None:
        self._over.set()
        for connection in self._open:
            _reset(connection)


@contextmanager
def line(port: int, rate: float = 0) -> Iterator[tuple[int, Line]]:
    """A port that leads to another one, and the line between."""
    with socket.socket() as listening:
        # Little room on the way, so that what has been sent has nearly arrived.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        made = Line(port, rate)
        thread = threading.Thread(target=made.serve, args=(listening,), daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1], made
        finally:
            made.close()
            listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


Fault = Callable[[str, str], str | tuple[int, bytes]]
"""From a request's method and path to what goes wrong with it: nothing (``""``), ``reset``,
``lost`` (the server has done it, and the answer is lost), ``hang``, or an answer: status, text."""


class Between(ThreadingHTTPServer):
    """Passes requests on to a web server at ``port``, except where ``fault`` says otherwise."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.port = port
        self.fault: Fault = lambda method, path: ""
        self.asked: list[tuple[str, str]] = []
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def nth(self, number: int, fault: str | tuple[int, bytes], until: int | None = None) -> None:
        """From the n-th request on, counted from now, up to another, let this happen."""
        first = len(self.asked) + number
        last = len(self.asked) + (number if until is None else until)
        self.fault = lambda *_: fault if first <= len(self.asked) <= last else ""

    def shutdown_request(self, request: Any) -> None:
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """People who hang up are no error."""


class _Passing(BaseHTTPRequestHandler):
    server: Between
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path))
        wrong = self.server.fault(self.command, self.path)
        if wrong == "hang":
            self.close_connection = True
            self.server.over.wait()
        elif wrong == "reset":
            self._break()
        elif isinstance(wrong, tuple):
            self._answer(wrong[0], [("Content-Type", "application/xml")], wrong[1])
        else:
            inner = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            try:
                inner.request(self.command, self.path, body, dict(self.headers.items()))
                answer = inner.getresponse()
                content = answer.read()
            finally:
                inner.close()
            if wrong == "lost":
                self._break()
            else:
                self._answer(answer.status, answer.getheaders(), content)

    def _break(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        hop = ("connection", "transfer-encoding", "content-length", "keep-alive")
        length = next((v for k, v in headers if k.lower() == "content-length"), str(len(content)))
        for name, value in headers:
            if name.lower() not in hop:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def between(port: int) -> Iterator[Between]:
    """A web server that passes on to another, for as long as the block lasts."""
    with Between(port) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made
        finally:
            made.over.set()
            made.shutdown()
            thread.join()
