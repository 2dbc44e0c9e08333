"""A show's site, served on loopback by the command that README names."""

from __future__ import annotations

import atexit
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conftest import ROOT

PATIENCE_S = 60


def free_port() -> int:
    """A port that nobody listens on, for a site whose address must be known before it is made.

    Until these tests end, Linux gives it to nobody who asks for any port, as tests beside these do;
    a server that asks for this one, and for an address used before, still gets it.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    port: int = held.getsockname()[1]
    if sys.platform == "linux":
        atexit.register(held.close)
    else:
        held.close()
    return port


def listens(port: int, server: subprocess.Popen[Any]) -> None:
    """Wait until somebody can be reached there; a loaded machine is given its time."""
    until = time.monotonic() + PATIENCE_S
    while True:
        assert server.poll() is None, f"ended: {server.args!r}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < until, f"nothing listens on {port}: {server.args!r}"
        time.sleep(0.05)


@contextmanager
def served(folder: Path, port: int = 0) -> Iterator[str]:
    """The address of ``folder``'s site, ending in a slash, for as long as the block lasts."""
    server = subprocess.Popen(
        [sys.executable, "-m", "podcast", "serve", "--published", "--port", str(port)],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout
    try:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", server.stdout.readline())
        assert found, "podcast serve did not tell its address"
        listens(int(found[1]), server)
        yield found[0]
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
        server.stdout.close()
