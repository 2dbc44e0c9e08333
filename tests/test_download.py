"""Bytes from the web: a real server on loopback, and a guard that must refuse loopback."""

from __future__ import annotations

import inspect
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from loopback import Host, serving

from podcast.addresses import is_public
from podcast.download import FAILURES, Failed, web

MOST = 1_000_000


@pytest.fixture
def host() -> Iterator[Host]:
    with serving() as made:
        yield made


def refused(address: str, trusted: frozenset[str] = frozenset()) -> str:
    """The reason why the guarded door does not fetch an address."""
    with web(2, 2, public_only=True, trusted=trusted) as visitor:
        with pytest.raises(Failed) as error:
            visitor.read(address, MOST)
    return error.value.reason


def test_every_failure_of_httpx_is_told() -> None:
    own = [thing for thing in vars(httpx).values() if inspect.isclass(thing)]
    engine = [cls for cls in own if issubclass(cls, Exception)]
    # Raised only by a caller who reads an answer twice, or asks for cookies by an unclear name.
    mistakes = (httpx.StreamError, httpx.CookieConflict)
    assert len(engine) > 20
    for cls in engine:
        assert issubclass(cls, (*FAILURES, *mistakes)), cls


# Who may be asked.


@pytest.mark.parametrize(
    "address",
    "127.0.0.1 127.8.9.1 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 "
    "224.0.0.1 255.255.255.255 192.0.2.1 198.18.0.1 :: ::1 ::7f00:1 ::ffff:127.0.0.1 "
    "::ffff:10.0.0.1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 ff02::1 2002:7f00:1:: 2001::1 "
    "2001:db8::1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1".split(),
)
def test_addresses_of_somebody(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", "93.184.216.34 8.8.8.8 2606:2800:220:1::1 ::ffff:8.8.8.8 64:ff9b::808:808".split()
)
def test_addresses_of_everybody(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001"])
def test_loopback_by_any_name_is_not_asked(name: str, host: Host) -> None:
    host.put("/", b"secret")
    # The port is trusted of another name only, so that the address is what refuses.
    reason = refused(f"http://{name}:{host.server_port}/", frozenset({host.name + "0"}))
    assert reason == "port"
    assert refused(f"http://{name}/") == "private"
    assert host.asked == []


def test_another_port_is_not_asked(host: Host) -> None:
    assert refused(f"{host.address}/") == "port"
    assert refused("http://example.org:22/") == "port"


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://example.org/", "http://a:b@example.org/", "http:///x",
     "gopher://x/", "nothing", "", "http://[::1", "https://\x00/"],
)  # fmt: skip
def test_what_is_no_web_address(address: str) -> None:
    assert refused(address) == "address"


@pytest.mark.parametrize(
    ("to", "reason"),
    [("http://127.0.0.1/x", "private"), ("http://localhost/x", "private"),
     ("http://169.254.169.254/latest/meta-data/", "private"), ("http://[::1]/x", "private"),
     ("http://example.org:8080/", "port"), ("file:///etc/passwd", "address")],
)  # fmt: skip
def test_a_redirection_is_checked_again(to: str, reason: str, host: Host) -> None:
    address = host.put("/a", status=302, headers={"Location": to})
    assert refused(address, frozenset({host.name})) == reason
    assert [path for path, _ in host.asked] == ["/a"]


def test_what_was_named_is_asked_by_its_name(host: Host) -> None:
    host.put("/a", b"here")
    name = f"localhost:{host.server_port}"
    with web(2, 2, public_only=True, trusted=frozenset({name})) as visitor:
        content, found = visitor.read(f"http://{name}/a", MOST)
    assert content == b"here"
    assert found.address == f"http://{name}/a"
    assert host.hosts == [name], "the server is told the name, not the number"


def test_one_private_address_among_others_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def names(host: str, port: int, **more: object) -> list[object]:
        asked.append(host)
        return [(2, 1, 6, "", (address, port)) for address in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", names)
    assert refused("http://example.org/") == "private"
    assert asked == ["example.org"]


def test_a_name_is_looked_up_once(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that says something else the second time must not be asked again."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def names(host: str, *more: object, **named: object) -> object:
        asked.append(host)
        return real(host, *more, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(socket, "getaddrinfo", names)
    host.put("/a", b"here")
    name = f"localhost:{host.server_port}"
    with web(2, 2, public_only=True, trusted=frozenset({name})) as visitor:
        visitor.read(f"http://{name}/a", MOST)
    assert asked.count("localhost") == 1


def test_the_environment_s_proxy_is_not_asked(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would look the name up behind the check."""
    monkeypatch.setenv("HTTP_PROXY", host.address)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert refused("http://localhost/secret") == "private"
    assert host.asked == []


# What can go wrong.


def test_a_circle(host: Host) -> None:
    host.put("/a", status=302, headers={"Location": "/b"})
    host.put("/b", status=302, headers={"Location": "/a"})
    assert refused(f"{host.address}/a", frozenset({host.name})) == "circle"


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_the_server_refuses(status: int, host: Host) -> None:
    address = host.put("/a", status=status)
    assert refused(address, frozenset({host.name})) == "status"


def test_a_page_in_its_place(host: Host) -> None:
    address = host.put("/a", b"<html>", "text/html; charset=utf-8")
    assert refused(address, frozenset({host.name})) == "login"


@pytest.mark.parametrize("told", [True, False])
def test_more_than_wanted(told: bool, host: Host) -> None:
    address = host.put("/a", bytes(MOST + 1), length=told)
    assert refused(address, frozenset({host.name})) == "large"


def test_nobody_there() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        name = f"127.0.0.1:{closed.getsockname()[1]}"
        assert refused(f"http://{name}/", frozenset({name})) == "silent"
    assert refused("http://no-such-name.invalid/") == "silent"


# Going on.


def brought(host: Host, address: str, folder: Path) -> bytes:
    part, mark = folder / "x.part", folder / "x.mark"
    with web(2, 2, public_only=True, trusted=frozenset({host.name})) as visitor:
        visitor.bring(address, part, mark, MOST, lambda have: None)
    return part.read_bytes()


CONTENT = bytes(range(256)) * 400


def test_a_line_that_breaks(host: Host, tmp_path: Path) -> None:
    address = host.put("/a", CONTENT, cuts=[40_000, 20_000])
    assert brought(host, address, tmp_path) == CONTENT
    assert [span for _, span in host.asked] == ["", "bytes=40000-", "bytes=60000-"]


def test_a_line_that_breaks_for_good_keeps_what_came(host: Host, tmp_path: Path) -> None:
    address = host.put("/a", CONTENT, cuts=[40_000, 0])
    with pytest.raises(Failed) as error:
        brought(host, address, tmp_path)
    assert error.value.reason == "cut"
    assert (tmp_path / "x.part").stat().st_size == 40_000
    assert brought(host, address, tmp_path) == CONTENT
    assert [span for _, span in host.asked] == ["", "bytes=40000-", "bytes=40000-"]


def test_another_file_by_now_is_not_glued_to_the_old_one(host: Host, tmp_path: Path) -> None:
    """Hosts put other advertisements into the same address every day."""
    address = host.put("/a", CONTENT, cuts=[40_000, 0])
    with pytest.raises(Failed):
        brought(host, address, tmp_path)
    host.put("/a", CONTENT[::-1])
    assert brought(host, address, tmp_path) == CONTENT[::-1]


def test_a_server_that_names_no_version_starts_again(host: Host, tmp_path: Path) -> None:
    address = host.put("/a", CONTENT, cuts=[40_000], tag=False)
    assert brought(host, address, tmp_path) == CONTENT
    assert [span for _, span in host.asked] == ["", ""]


def test_a_server_without_ranges_starts_again(host: Host, tmp_path: Path) -> None:
    address = host.put("/a", CONTENT, cuts=[40_000], ranges=False)
    assert brought(host, address, tmp_path) == CONTENT
