"""A show's site, served on loopback by the command that README names."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import ROOT


def free_port() -> int:
    """A port that nobody listens on, for a site whose address must be known before it is made."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(found[1]))) == 0:
                    break
            time.sleep(0.05)
        yield found[0]
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()
