"""A show's transcript in the editor, served by the command that a person types."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conftest import ROOT


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Editor:
    """A running editor, asked as its page asks; ``entrance`` is the address that was printed."""

    process: subprocess.Popen[str]
    entrance: str
    said: list[str]
    cookie: str = ""
    closed: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.entrance.split(":")[2].split("/")[0])

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def enter(self) -> Editor:
        """Use the address, as the browser does."""
        got = self.raw("GET", "/open/" + self.entrance.rpartition("/")[2])
        assert got.status == 303, got.body
        self.cookie = got.headers["set-cookie"].split(";")[0]
        return self

    def get(self, path: str, **headers: str) -> Got:
        return self.raw("GET", path, None, {"Cookie": self.cookie, **headers})

    def send(self, method: str, path: str, value: Any) -> Got:
        """What a script of the page sends."""
        headers = {
            "Cookie": self.cookie, "Origin": self.origin, "Content-Type": "application/json",
        }  # fmt: skip
        return self.raw(method, path, json.dumps(value).encode(), headers)

    def raw(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Got:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, body, headers or {})
            answer = line.getresponse()
            got = answer.read()
        finally:
            line.close()
        return Got(answer.status, {k.lower(): v for k, v in answer.getheaders()}, got)

    def sheet(self) -> Any:
        got = self.get("/api/document")
        assert got.status == 200, got.body
        return got.json

    def save(self, base: str, text: str) -> Got:
        return self.send("PUT", "/api/text", {"base": base, "text": text})


def text_of(sheet: Any) -> str:
    """The file that a sheet's pieces are."""
    return "".join(p["before"] + p["body"] + p["after"] for p in sheet["pieces"])


@contextmanager
def edited(folder: Path, slug: str = "episode-3", *more: str, **env: str) -> Iterator[Editor]:
    """The editor of an episode, for as long as the block lasts; nobody has been let in yet."""
    process = subprocess.Popen(
        [sys.executable, "-m", "podcast", "edit", slug, "--no-browser", *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PODCAST_LANGUAGE": "fr", **env},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout and process.stderr
    try:
        said = [process.stdout.readline()]
        found = re.search(r"http://\S+", said[0])
        assert found, process.stderr.read()
        said.append(process.stdout.readline())
        yield Editor(process, found[0], said)
    except BaseException as error:
        ended = process.poll()
        process.kill()
        error.add_note(f"editor: ended {ended}, said {process.communicate(timeout=20)}")
        raise
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
        process.stderr.close()
