"""A real Firefox, driven by the Marionette protocol that it brings: no driver, no library.

The protocol (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html): each message is
its length in bytes, a colon and JSON; a command is ``[0, number, name, parameters]`` and its answer
``[1, number, error, value]``.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# What a first start would show, ask its makers, or forbid.
PREFERENCES = {
    "app.update.disabledForTesting": True,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "media.volume_scale": "0.0",
    "intl.locale.requested": "en-US",
    "marionette.port": 0,
}


class Refused(Exception):
    """What Firefox answered instead of doing it."""


class Firefox:
    """A session in a running Firefox."""

    def __init__(self, port: int) -> None:
        self.link = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.file = self.link.makefile("rb")
        self.number = 0
        self.read()
        self.tell("WebDriver:NewSession")

    def read(self) -> Any:
        length = b""
        while (byte := self.file.read(1)) != b":":
            assert byte, "Firefox ended"
            length += byte
        return json.loads(self.file.read(int(length)))

    def tell(self, name: str, **parameters: object) -> Any:
        """Have a command carried out; its value, or :class:`Refused`."""
        self.number += 1
        message = json.dumps([0, self.number, name, parameters]).encode()
        self.link.sendall(b"%d:%s" % (len(message), message))
        _, number, error, value = self.read()
        assert number == self.number
        if error:
            raise Refused(f"{name}: {error['error']}: {error['message']}")
        return value["value"] if isinstance(value, dict) and set(value) == {"value"} else value

    def run(self, script: str, *arguments: object) -> Any:
        """What a script in the page returns; it may use ``await``."""
        wrapped = (
            "const done = arguments[arguments.length - 1], given = [...arguments].slice(0, -1);"
            f"(async (...given) => {{ {script} }})(...given).then(v => done([v, null]),"
            " e => done([null, `${e}`]));"
        )
        value, error = self.tell(
            "WebDriver:ExecuteAsyncScript", script=wrapped, args=list(arguments), newSandbox=False,
        )  # fmt: skip
        if error:
            raise Refused(error)
        return value

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Run the block's scripts in the browser itself, where its accessibility tree is."""
        self.tell("Marionette:SetContext", value="chrome")
        try:
            yield
        finally:
            self.tell("Marionette:SetContext", value="content")

    def close(self) -> None:
        self.file.close()
        self.link.close()


def program() -> str:
    named = os.environ.get("FIREFOX") or next(
        filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None
    )
    assert named, "Firefox is missing: apt-get install firefox-esr"
    return named


@contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """A Firefox without a window, its profile in an empty folder, for as long as the block lasts."""
    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items())
    (folder / "user.js").write_text("".join(lines))
    command = [
        program(), "--headless", "--no-remote", "--marionette", "--remote-allow-system-access",
        "--profile", str(folder), "--width", "1280", "--height", "900", "about:blank",
    ]  # fmt: skip
    env = {**os.environ, "HOME": str(folder), "MOZ_REMOTE_SETTINGS_DEVTOOLS": "1"}
    with (folder / "firefox.log").open("wb") as log:
        made = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)
    port, late = folder / "MarionetteActivePort", time.monotonic() + 60
    try:
        while not (port.exists() and port.read_text()) and time.monotonic() < late:
            assert made.poll() is None, (folder / "firefox.log").read_text()
            time.sleep(0.05)
        session = Firefox(int(port.read_text()))
        try:
            yield session
        finally:
            session.close()
    finally:
        os.killpg(made.pid, signal.SIGTERM)
        made.wait(20)
