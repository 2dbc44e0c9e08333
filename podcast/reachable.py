"""Ask for published files as a listener's app does, and say what it would stumble over."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import httpx

from podcast import __version__

_PATIENCE_S = 30.0
WAITS = (1.0, 3.0, 9.0)
_HOPS = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What a client saw at an address.

    ``wrong`` is the kind of fault that an app fails on, with its facts; ``hops`` are the addresses
    that it was sent on to, ``shared`` whether players on other sites may read it.
    """

    url: str
    length: int = 0
    media_type: str = ""
    hops: tuple[str, ...] = ()
    wrong: str = ""
    found: str = ""
    wanted: str = ""
    content: bytes = b""
    shared: bool = False


def client(patience_s: float = _PATIENCE_S, of: str = "", at: str = "") -> httpx.Client:
    """A client that follows no redirect by itself, because each one is looked at.

    ``patience_s`` is how long a server may be silent.  What is asked of the site at the address
    ``of`` is asked of the machine ``at`` (``host``, ``host:port`` or with ``http://`` before it),
    wherever the name leads: a site is looked at before its name has moved.
    """
    headers = {"User-Agent": f"podcast/{__version__}", "Accept-Encoding": "identity"}
    timeout = httpx.Timeout(patience_s, connect=min(10.0, patience_s))
    if not at:
        return httpx.Client(timeout=timeout, headers=headers, verify=_trusted())
    return httpx.Client(
        timeout=timeout, headers=headers, transport=_Elsewhere(of, at), trust_env=False
    )


class _Elsewhere(httpx.HTTPTransport):
    """Asks another machine for a site, under the site's own name."""

    def __init__(self, of: str, at: str) -> None:
        super().__init__(verify=_trusted())
        self._host = httpx.URL(of).host
        self._at = httpx.URL(at if "://" in at else f"//{at}")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.host == self._host:
            # The name stays in the header Host and in what TLS asks for and checks.
            request.extensions["sni_hostname"] = url.host
            scheme = self._at.scheme or url.scheme
            port = self._at.port or (None if self._at.scheme else url.port)
            request.url = url.copy_with(scheme=scheme, host=self._at.host, port=port)
        return super().handle_request(request)


@cache
def _trusted() -> ssl.SSLContext:
    """Whom to trust: reading the list takes longer than asking for a file."""
    return httpx.create_ssl_context()


def sound(http: httpx.Client, url: str, length: int, media_type: str,
          waits: Sequence[float] = WAITS) -> Seen:  # fmt: skip
    """An enclosure: it must be there, as long and of the type that the feed says, in ranges too."""
    seen = _asked(http, "HEAD", url, {}, waits)
    if seen.wrong:
        return seen
    if seen.length != length:
        return _wrong(seen, "seen.length", str(seen.length), str(length))
    if seen.media_type.partition(";")[0].strip().lower() != media_type:
        return _wrong(seen, "seen.type", seen.media_type, media_type)
    part = _asked(http, "GET", url, {"Range": "bytes=0-1"}, waits)
    if part.wrong != "seen.partial" or len(part.content) != 2:
        return _wrong(seen, "seen.ranges", part.found, "206")
    return seen


def text(http: httpx.Client, url: str, media_type: str, waits: Sequence[float] = WAITS) -> Seen:
    """A text file: there, and of its type."""
    seen = _asked(http, "HEAD", url, {"Origin": "https://player.example"}, waits)
    if not seen.wrong and seen.media_type.partition(";")[0].strip().lower() != media_type:
        return _wrong(seen, "seen.type", seen.media_type, media_type)
    return seen


def page(http: httpx.Client, url: str, waits: Sequence[float] = WAITS) -> Seen:
    """A file with its content."""
    return _asked(http, "GET", url, {}, waits)


def _wrong(seen: Seen, wrong: str, found: str, wanted: str) -> Seen:
    return Seen(
        seen.url, seen.length, seen.media_type, seen.hops, wrong, found or "-", wanted, seen.content
    )


def _asked(
    http: httpx.Client, method: str, url: str, headers: dict[str, str], waits: Sequence[float]
) -> Seen:
    """One question, put again while the line or the server fails."""
    for wait in (*waits, None):
        seen = _once(http, method, url, headers)
        if wait is None or seen.wrong not in ("seen.silent", "seen.busy"):
            break
        time.sleep(wait)
    return seen


def _is_untrusted(error: BaseException | None) -> bool:
    """Whether a certificate was not accepted, which asking again does not change."""
    while error:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _once(http: httpx.Client, method: str, url: str, headers: dict[str, str]) -> Seen:
    hops: list[str] = []
    at = url
    try:
        while True:
            answer = http.send(http.build_request(method, at, headers=headers), stream=True)
            try:
                # A server that knows no ranges would send the whole sound.
                whole = "Range" in headers and answer.status_code == httpx.codes.OK
                content = b"" if whole else answer.read()
            finally:
                answer.close()
            if not answer.has_redirect_location:
                break
            onward = str(answer.next_request.url) if answer.next_request else ""
            if at.startswith("https:") and onward.startswith("http:"):
                return Seen(
                    url, hops=tuple(hops), wrong="seen.unsafe", found=onward, wanted="https"
                )
            if len(hops) == _HOPS:
                return Seen(url, hops=tuple(hops), wrong="seen.circles", found=onward, wanted="-")
            hops.append(onward)
            at = onward
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        wrong = "seen.untrusted" if _is_untrusted(error) else "seen.silent"
        return Seen(url, hops=tuple(hops), wrong=wrong, found=str(error)[:120] or "-")
    status = answer.status_code
    length = answer.headers.get("content-length", "")
    wrong = ""
    if status == httpx.codes.PARTIAL_CONTENT:
        wrong = "seen.partial"
    elif status >= 500 or status == httpx.codes.TOO_MANY_REQUESTS:
        wrong = "seen.busy"
    elif status != httpx.codes.OK:
        wrong = "seen.status"
    return Seen(
        url,
        int(length) if length.isdecimal() else len(content),
        answer.headers.get("content-type", ""),
        tuple(hops),
        wrong,
        str(status),
        "200",
        content,
        "access-control-allow-origin" in answer.headers,
    )
