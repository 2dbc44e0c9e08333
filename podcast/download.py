"""Bring bytes from the web onto this disk, going on where a line broke: the one door to httpx.

Whoever downloads says in words of their own what went wrong: :class:`Failed` has only the reason.
With ``public_only`` nothing is asked of this machine or of a local network, whatever a name, a
redirection or a name server says: each address is looked up once, checked, and connected to.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from podcast import __version__
from podcast.addresses import is_public

# A captive portal accepts and never answers; these bound every wait.
CONNECT_S, READ_S = 10.0, 30.0
PORTS = (80, 443)
_MOST_REDIRECTS = 10
_MOST_ADDRESSES = 4

# What httpx raises, from the general to the special, and the reason it is told as.
FAILURES: Mapping[type[Exception], str] = {
    httpx.HTTPError: "silent",
    httpx.UnsupportedProtocol: "address",
    httpx.InvalidURL: "address",
    httpx.TooManyRedirects: "circle",
}

Told = Callable[[int], None]


class Failed(Exception):
    """A download that did not come.

    ``reason``: ``silent`` nobody answers, ``cut`` the line broke, ``address`` no web address,
    ``circle`` redirected for ever, ``login`` a web page came instead, ``status`` an error of the
    server, ``large`` more than ``most``, ``private`` an address of a local network, ``port``,
    ``proxy`` the network's settings on this machine.
    """

    def __init__(self, reason: str, detail: str = "", status: int = 0) -> None:
        self.reason = reason
        self.detail = detail[:200]
        self.status = status
        super().__init__(reason, detail, status)


@dataclass(frozen=True, slots=True)
class Answer:
    """Where something was found in the end, what kind it is said to be, and how large (bytes)."""

    address: str
    media_type: str
    size: int | None


@contextmanager
def web(
    connect_s: float = CONNECT_S,
    read_s: float = READ_S,
    public_only: bool = False,
    trusted: frozenset[str] = frozenset(),
) -> Iterator[Web]:
    """A visitor of the web; raises :class:`Failed` for all that goes wrong with it.

    ``trusted`` are ``host:port`` that a person named, which may be on this machine or network.
    """
    try:
        client = httpx.Client(
            # Ranges of compressed bytes would not fit together.
            headers={"User-Agent": f"podcast/{__version__}", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(read_s, connect=connect_s),
            follow_redirects=True,
            max_redirects=_MOST_REDIRECTS,
            # A proxy would look names up itself, behind our check.
            trust_env=not public_only,
            transport=_PublicOnly(trusted) if public_only else None,
        )
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        # A proxy or a certificate file of the environment that cannot be used.
        raise Failed("proxy", str(error)) from error
    with client:
        yield Web(client)


class Web:
    """Asks for what is at addresses."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def read(self, address: str, most: int, pages: bool = False) -> tuple[bytes, Answer]:
        """What is at an address, at most so many bytes; ``pages`` if HTML is welcome."""
        with self._asked(address, {}) as answer:
            _accept(answer, pages)
            found = _answer(answer)
            _fits(found.size or 0, most)
            content = bytearray()
            for block in answer.iter_bytes():
                content += block
                _fits(len(content), most)
            return bytes(content), found

    def append(
        self, address: str, part: Path, most: int, told: Told, mark: Path | None = None
    ) -> Answer | None:
        """Append to ``part`` what it lacks, or start it anew where the server knows no ranges.

        With ``mark``, a file that names the version of what has arrived, a server that has another
        version by now starts it anew too.  ``None`` where there was more than there is: then
        ``part`` is gone, and asking again is right.
        """
        have = size(part)
        if have and mark and not size(mark):
            have = 0  # nobody could say whether it is still the same file
        headers = {"Range": f"bytes={have}-"} if have else {}
        if have and mark:
            headers["If-Range"] = mark.read_text("utf-8")
        with self._asked(address, headers) as answer:
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink(missing_ok=True)
                return None
            _accept(answer)
            follows = answer.headers.get("content-range", "").startswith(f"bytes {have}-")
            goes_on = answer.status_code == httpx.codes.PARTIAL_CONTENT and follows
            have = have if goes_on else 0
            found = _answer(answer, have)
            _fits(found.size or 0, most)
            if mark and not goes_on:
                mark.write_text(_version(answer), "utf-8")
            with part.open("ab" if goes_on else "wb") as out:
                for block in answer.iter_bytes():
                    out.write(block)
                    have += len(block)
                    _fits(have, most)
                    told(have)
            return found

    def bring(self, address: str, part: Path, mark: Path, most: int, told: Told) -> Answer:
        """Have all of it in ``part``; a line that breaks now and then gets there in the end."""
        while True:
            have = size(part)
            try:
                if found := self.append(address, part, most, told, mark):
                    return found
            except Failed as error:
                if error.reason not in ("silent", "cut") or size(part) <= have:
                    raise

    @contextmanager
    def _asked(self, address: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        answered = False
        try:
            with self._client.stream("GET", address, headers=headers) as answer:
                answered = True
                yield answer
        except tuple(FAILURES) as error:
            reason = [kind for cls, kind in FAILURES.items() if isinstance(error, cls)][-1]
            cut = answered and reason == "silent"
            raise Failed("cut" if cut else reason, str(error)) from error


def size(path: Path) -> int:
    """The bytes of a file; 0 where there is none."""
    return path.stat().st_size if path.is_file() else 0


def _accept(answer: httpx.Response, pages: bool = False) -> None:
    """An error of the server, or the page of a portal that wants a login first."""
    page = "text/html" in answer.headers.get("content-type", "") and not pages
    login = answer.status_code == httpx.codes.NETWORK_AUTHENTICATION_REQUIRED
    if login or (page and not answer.is_error) or answer.is_redirect:
        raise Failed("login")
    if answer.is_error:
        raise Failed("status", status=answer.status_code)


def _answer(answer: httpx.Response, have: int = 0) -> Answer:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    length = answer.headers.get("content-length", "")
    return Answer(str(answer.url), kind, have + int(length) if length.isdecimal() else None)


def _version(answer: httpx.Response) -> str:
    """What names this version of a file for If-Range; nothing where the server gives no name."""
    tag: str = answer.headers.get("etag", "")
    weak = not tag or tag.startswith("W/")
    return str(answer.headers.get("last-modified", "")) if weak else tag


def _fits(size: int, most: int) -> None:
    if size > most:
        raise Failed("large")


class _PublicOnly(httpx.BaseTransport):
    """Connects to checked addresses only; every redirection comes through here again."""

    def __init__(self, trusted: frozenset[str]) -> None:
        self._trusted = trusted
        self._tls = httpx.create_ssl_context()
        # One for each host: a connection must not serve another name on the same machine.
        self._hosts: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme not in ("http", "https") or not url.host or url.userinfo:
            raise Failed("address", str(url))
        host, port = url.raw_host.decode(), url.port or (443 if url.scheme == "https" else 80)
        trusted = f"{host}:{port}" in self._trusted
        if port not in PORTS and not trusted:
            raise Failed("port", f"{host}:{port}")
        found = _looked_up(host, port)
        if not trusted and not all(is_public(address) for address in found):
            raise Failed("private", host)
        transport = self._hosts.setdefault(host, httpx.HTTPTransport(verify=self._tls))
        for last, address in enumerate(found[:_MOST_ADDRESSES], 1 - len(found[:_MOST_ADDRESSES])):
            try:
                return transport.handle_request(
                    httpx.Request(
                        request.method,
                        url.copy_with(host=f"[{address}]" if ":" in address else address),
                        headers=request.headers,
                        stream=request.stream,
                        # The certificate must be the name's, not the number's.
                        extensions={**request.extensions, "sni_hostname": host},
                    )
                )
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if last == 0:
                    raise
        raise httpx.ConnectError(f"no address for {host}")

    def close(self) -> None:
        for transport in self._hosts.values():
            transport.close()


def _looked_up(host: str, port: int) -> list[str]:
    """The numeric addresses of a host, without doubles."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
