"""A real Orca beside a real Chromium on a screen of their own, and every phrase that it speaks."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

BUS = "/usr/libexec/at-spi-bus-launcher"
PROGRAMS = ("Xvfb", "dbus-daemon", BUS, "openbox", "speech-dispatcher", "orca", "xdotool")
SPOKEN = re.compile(r"SPEECH OUTPUT: '(.*?)'(?:$|\s*(?:voice=\w+)?\s*\{)", re.M)
QUIET_S, PATIENCE_S, LOADING_S = 0.5, 30.0, 90.0
Enough = Callable[[list[str]], bool]
WIDTH, HEIGHT = 1280, 1000

# With a voice and no sound card Orca waits for ever for its second phrase to end.
DISPATCHER = """\
LogLevel 1
AddModule "dummy" "sd_dummy" ""
DefaultModule dummy
"""
# The whole log is a megabyte a page, written when 8 kB have come together.
CUSTOM = """\
from orca import debug

whole = debug.println


def println(level, text="", *rest):
    if text.startswith("SPEECH OUTPUT"):
        whole(level, text, *rest)


debug.debugFile.reconfigure(line_buffering=True)
debug.println = println
"""
# How Orca 43 tells in each language that a page is loaded.
LOADED = {"fr": "Chargement de {title}.* terminé", "en": "Finished loading {title}"}
SETTINGS = {
    "enableBraille": False, "enableKeyEcho": False, "enableSound": False, "sayAllOnLoad": False,
}  # fmt: skip
# Chromium's offer to translate the page would be read before the page.
PREFERENCES = {"translate": {"enabled": False}, "browser": {"has_seen_welcome_page": True}}
CHROMIUM = (
    "--force-renderer-accessibility --test-type --no-sandbox --disable-gpu --disable-quic "
    "--no-first-run --no-default-browser-check --disable-background-networking --disable-sync "
    "--disable-component-update --password-store=basic --autoplay-policy=no-user-gesture-required "
    f"--window-position=0,0 --window-size={WIDTH},{HEIGHT} --force-device-scale-factor=1"
).split()


def require(names: Sequence[str]) -> None:
    """An assertion that names every program that is not there."""
    lacking = [name for name in names if not shutil.which(name)]
    assert not lacking, f"missing: {', '.join(lacking)}; python3 start.py nightly installs them"


@dataclass(frozen=True)
class Reader:
    """Keys go in, phrases come out: Orca with a browser, in the language of ``env``."""

    env: dict[str, str]
    log: Path
    browser: tuple[str, ...]
    start: Callable[..., object]

    def open(self, url: str, title: str) -> None:
        """Open a page as a new tab and wait until Orca has told that it is loaded."""
        where = self.log.stat().st_size
        self.start(*self.browser, url)
        loaded = re.compile(f"^{LOADED[self.env['LANGUAGE']].format(title=re.escape(title))}")
        said = self.wait(where, lambda said: any(map(loaded.match, said)), 1.5, LOADING_S)
        assert any(map(loaded.match, said)), f"{url} was not loaded; Orca said: {said}"

    def press(self, key: str, enough: Enough = bool, quiet: float = QUIET_S) -> list[str]:
        """Press a key as a person would and wait until Orca has said enough; what it said."""
        where = self.log.stat().st_size
        subprocess.run(["xdotool", "key", "--clearmodifiers", key], env=self.env, check=True)
        return self.wait(where, enough, quiet)

    def listen(self, seconds: float) -> list[str]:
        """What is said by itself while no key is pressed."""
        where = self.log.stat().st_size
        time.sleep(seconds)
        return self.since(where)

    def wait(
        self, where: int, enough: Enough, quiet: float = QUIET_S, patience: float = PATIENCE_S
    ) -> list[str]:
        """What is spoken from that byte of the log on until it is enough and Orca is quiet.

        Also returns when patience ends: what is wrong with what was said is for others to tell.
        """
        late = time.monotonic() + patience
        size, said, changed = where, list[str](), time.monotonic()
        while time.monotonic() < late:
            if (now := self.log.stat().st_size) != size:
                size, said, changed = now, self.since(where), time.monotonic()
            if time.monotonic() - changed >= quiet and enough(said):
                break
            time.sleep(0.05)
        return said

    def since(self, where: int) -> list[str]:
        """The phrases spoken since that byte of the log."""
        with self.log.open("rb") as file:
            file.seek(where)
            return spoken(file.read().decode("utf-8", "replace"))


def spoken(log: str) -> list[str]:
    """The phrases in a debug log of Orca, in order, with plain spaces."""
    phrases = (" ".join(found.split()) for found in SPOKEN.findall(log))
    return [phrase for phrase in phrases if phrase]


def end(program: subprocess.Popen[bytes]) -> None:
    """End a program and what it started; Orca does not always listen."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(program.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            program.wait(3)
            return


@contextmanager
def reading(folder: Path, chromium: str, language: str) -> Iterator[Reader]:
    """Start a screen, a session, a silent voice and Orca in an empty home; end them all."""
    require(PROGRAMS)
    home, run = folder / "home", folder / "run"
    log, profile = folder / "orca.log", folder / "chromium"
    for made in (home / ".local/share/orca", home / ".config/speech-dispatcher", run):
        made.mkdir(parents=True)
    run.chmod(0o700)
    (profile / "Default").mkdir(parents=True)
    (profile / "Default" / "Preferences").write_text(json.dumps(PREFERENCES))
    (home / ".config/speech-dispatcher/speechd.conf").write_text(DISPATCHER)
    (home / ".local/share/orca/orca-customizations.py").write_text(CUSTOM)
    settings = {
        "general": SETTINGS, "profiles": {"default": {"profile": ["Default", "default"], **SETTINGS}},
        "pronunciations": {}, "keybindings": {},
    }  # fmt: skip
    (home / ".local/share/orca/user-settings.conf").write_text(json.dumps(settings))
    env = {
        "PATH": os.environ["PATH"], "HOME": str(home), "XDG_RUNTIME_DIR": str(run),
        "LC_ALL": "C.UTF-8", "LANGUAGE": language, "NO_AT_BRIDGE": "0",
    }  # fmt: skip
    with ExitStack() as ending, (folder / "programs.log").open("wb") as output:

        def start(*command: str, **options: object) -> subprocess.Popen[bytes]:
            streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, **options}
            made = subprocess.Popen(command, env=env, start_new_session=True, **streams)
            ending.callback(end, made)
            return made

        def told(*command: str) -> str:
            made = start(*command, stdout=subprocess.PIPE)
            assert made.stdout
            line = made.stdout.readline().decode().strip()
            ending.callback(made.stdout.close)
            assert line, f"{command[0]} did not start; see {output.name}"
            return line

        size = f"{WIDTH}x{HEIGHT}x24"
        env["DISPLAY"] = ":" + told("Xvfb", "-displayfd", "1", "-screen", "0", size)
        bus = ("dbus-daemon", "--session", "--nofork", "--print-address=1")
        env["DBUS_SESSION_BUS_ADDRESS"] = told(*bus)
        start(BUS, "--launch-immediately")
        start("openbox")
        start("orca", f"--debug-file={log}", "--replace")
        browser = (chromium, *CHROMIUM, f"--user-data-dir={profile}")
        reader = Reader(env, log, browser, start)
        late = time.monotonic() + PATIENCE_S
        while not log.exists() and time.monotonic() < late:
            time.sleep(0.1)
        assert log.exists(), f"Orca did not start; see {output.name}"
        assert reader.wait(0, bool), f"Orca does not speak; see {output.name}"
        yield reader
