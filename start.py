"""Set everything up beside this file, then publish the sample show or run the tests.

    python3 start.py demo [for publish]     publish the sample show into site/
    python3 start.py test [for pytest]      run the tests
    python3 start.py nightly [for pytest]   what takes long: a screen reader, every fault, rare
                                            examples (Linux)

Needs Python 3.11 or later and nothing else: the libraries go into ``.venv``.  What the tests need
besides (:data:`TOOLS`, :data:`READER`) is taken from Debian's packages where that is allowed.  A
second run installs nothing as long as ``pyproject.toml`` and the lock file stay the same.

Exit codes: those of ``publish`` and pytest, and 2, 4 and 130 as ``podcast`` gives them.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import signal
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen, TimeoutExpired
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS, PYTHON = VENV / "bin", VENV / "bin" / "python"
if os.name == "nt":
    SCRIPTS, PYTHON = VENV / "Scripts", VENV / "Scripts" / "python.exe"
LOCK = ROOT / "requirements" / "lock.txt"
STAMP, LOG = VENV / "start.json", VENV / "pip.log"
USAGE, OUTSIDE, INTERRUPTED = 2, 4, 130
MANY = ("--numprocesses", "auto", "--dist", "worksteal")

# These are said before the libraries that read podcast/locale are there.
FRENCH = {
    "usage": "Tapez python3 start.py demo (publier l'exemple), python3 start.py test "
    "ou python3 start.py nightly.",
    "old": "Il faut Python 3.11 ou plus récent ; celui-ci est {version}.",
    "libraries": "Installation des bibliothèques dans .venv : quelques minutes au plus.",
    "still": "Toujours en cours : {seconds} secondes.",
    "ready": "Installé en {seconds} secondes.",
    "packages": "Installation des paquets Debian : {packages}.",
    "apt": "Il manque {names}. Tapez : sudo apt-get install {packages}\npuis la même commande.",
    "no_apt": "Il manque {names}. Installez ce qui manque, puis tapez la même commande.",
    "venv": "L'environnement .venv n'a pas pu être créé : {detail}",
    "pip": "Les bibliothèques n'ont pas pu être installées. Cet ordinateur est-il relié à "
    "Internet ? Le détail est dans {log} :\n{detail}",
    "checker": "Installation du vérificateur de HTML : {name}.",
    "clients": "Installation des lecteurs de flux pour les tests.",
    "nginx": "Le serveur web nginx est pris d'un paquet Debian, sans être installé ni démarré.",
    "npm": "{name} n'a pas pu être pris du registre npm : {detail}",
    "disk": "Impossible d'écrire ou de lire : {detail}",
    "interrupted": "Interrompu. Tapez la même commande pour continuer.",
    "site": "Le site est dans {site}\nPour le voir et l'écouter, tapez : {serve}\n"
    "puis ouvrez http://127.0.0.1:8000/ dans un navigateur. Ctrl+C pour arrêter.",
}
ENGLISH = {
    "usage": "Type python3 start.py demo (publish the sample show), python3 start.py test "
    "or python3 start.py nightly.",
    "old": "Python 3.11 or later is needed; this one is {version}.",
    "libraries": "Installing the libraries into .venv: a few minutes at most.",
    "still": "Still at it: {seconds} seconds.",
    "ready": "Installed in {seconds} seconds.",
    "packages": "Installing Debian packages: {packages}.",
    "apt": "Missing: {names}. Type: sudo apt-get install {packages}\nthen the same command again.",
    "no_apt": "Missing: {names}. Install what is missing, then type the same command again.",
    "venv": "The environment .venv could not be made: {detail}",
    "pip": "The libraries could not be installed. Is this computer connected to the internet? "
    "The details are in {log}:\n{detail}",
    "checker": "Installing the HTML checker: {name}.",
    "clients": "Installing the feed parsers for the tests.",
    "nginx": "Taking the web server nginx from a Debian package, neither installed nor started.",
    "npm": "{name} could not be taken from the npm registry: {detail}",
    "disk": "Cannot read or write: {detail}",
    "interrupted": "Interrupted. Type the same command to go on.",
    "site": "The site is in {site}\nTo see and hear it, type: {serve}\n"
    "then open http://127.0.0.1:8000/ in a browser. Ctrl+C to stop.",
}


class Refused(Exception):
    """Something outside is missing; the sentence says what to do."""


class Tool(NamedTuple):
    """Something that pip cannot install, how to find it, and the Debian package that has it."""

    name: str
    find: Callable[[], object]
    debian: str


def _ensurepip() -> object:
    importlib.invalidate_caches()
    return importlib.util.find_spec("ensurepip")


def _chromium() -> str | None:
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    windows = "C:/Program Files/Google/Chrome/Application/chrome.exe"
    # The shell has the same engine and no windows: pages open several times as fast.
    names = [os.environ.get("CHROMIUM", ""), "chromium-headless-shell"]
    names += ["chromium", "chromium-browser", "google-chrome"]
    return next((found for name in (*names, mac, windows) if (found := shutil.which(name))), None)


def _firefox() -> str | None:
    mac = "/Applications/Firefox.app/Contents/MacOS/firefox"
    windows = "C:/Program Files/Mozilla Firefox/firefox.exe"
    names = (os.environ.get("FIREFOX", ""), "firefox-esr", "firefox", mac, windows)
    return next((found for name in names if (found := shutil.which(name))), None)


def _program(name: str) -> Callable[[], object]:
    return lambda: shutil.which(name)


def _loads(library: str) -> bool:
    try:
        return bool(ctypes.CDLL(library))
    except OSError:
        return False


# The Nu HTML checker, whose only lasting home is the npm registry.
VNU = "vnu-jar@26.9.27"
VNU_JAR = VENV / "vnu" / "vnu.jar"


def _vnu() -> None:
    """Fetch the Nu HTML checker, by the npm that came with the libraries and its settings."""
    told = VNU_JAR.with_name("version")
    if VNU_JAR.is_file() and told.is_file() and told.read_text("utf-8") == VNU:
        return
    say("checker", name=VNU)
    with tempfile.TemporaryDirectory() as folder:
        code, output = patiently(
            SCRIPTS / "npm", "pack", VNU, "--loglevel=error", "--pack-destination", folder
        )
        packed = next(Path(folder).glob("vnu-jar-*.tgz"), None)
        if code or not packed:
            detail = "\n".join(output.strip().splitlines()[:2]) or code
            raise Refused(sentence("npm", name=VNU, detail=detail))
        VNU_JAR.parent.mkdir(exist_ok=True)
        with tarfile.open(packed) as archive:
            jar = archive.extractfile("package/build/dist/vnu.jar")
            assert jar
            VNU_JAR.write_bytes(jar.read())
    told.write_text(VNU, encoding="utf-8")


# Feed parsers that podcast apps use: what they are is in tests/clients/package.json.
CLIENTS = ROOT / "tests" / "clients"
CLIENTS_MADE = VENV / "clients"


def _clients() -> None:
    """Install the feed parsers of tests/clients, in the versions of its lock file."""
    wanted = (CLIENTS / "package-lock.json").read_text("utf-8")
    told = CLIENTS_MADE / "installed"
    if told.is_file() and told.read_text("utf-8") == wanted:
        return
    say("clients")
    shutil.rmtree(CLIENTS_MADE, ignore_errors=True)
    CLIENTS_MADE.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(CLIENTS / name, CLIENTS_MADE)
    options = ("--omit=dev", "--ignore-scripts", "--loglevel=error", "--prefix", CLIENTS_MADE)
    code, output = patiently(SCRIPTS / "npm", "ci", *options)
    if code:
        detail = "\n".join(output.strip().splitlines()[:2]) or code
        raise Refused(sentence("npm", name="podcast-partytime, podparse", detail=detail))
    told.write_text(wanted, encoding="utf-8")


# A web server that the tests start.  Its package would start it at once, on port 80.
NGINX = VENV / "nginx" / "usr" / "sbin" / "nginx"


def _nginx() -> None:
    """Unpack nginx beside the libraries, where there is none."""
    if shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or NGINX.is_file():
        return
    if not shutil.which("apt-get"):
        raise Refused(sentence("no_apt", names="nginx"))
    say("nginx")
    with tempfile.TemporaryDirectory() as folder:
        take = ("sh", "-c", 'cd "$1" && apt-get download nginx', "sh", folder)
        if patiently(*take)[0]:
            patiently(*_become(), "apt-get", "update")
            patiently(*take)
        for package in Path(folder).glob("nginx_*.deb"):
            patiently("dpkg-deb", "-x", package, VENV / "nginx")
    if not NGINX.is_file():
        raise Refused(sentence("apt", names="nginx", packages="nginx"))


def _become() -> list[str]:
    return [] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["sudo", "-n"]


MAKES_VENV = Tool("Python venv", _ensurepip, f"python3.{sys.version_info.minor}-venv")
TOOLS = [
    Tool("Chromium", _chromium, "chromium-headless-shell"),
    Tool("Firefox", _firefox, "firefox-esr"),
    Tool("eSpeak NG", lambda: _loads("libespeak-ng.so.1"), "libespeak-ng1"),
    Tool("liblouis", lambda: _loads("liblouis.so.20"), "liblouis20"),
    Tool("Java", lambda: shutil.which("java"), "default-jre-headless"),
    Tool("gPodder", _program("gpo"), "gpodder"),
    Tool("Git", _program("git"), "git"),
    Tool("OpenSSH", _program("ssh"), "openssh-client"),
    Tool("OpenSSH server", _program("/usr/sbin/sshd"), "openssh-server"),
    Tool("rsync", _program("rsync"), "rsync"),
    Tool("Apache", _program("/usr/sbin/apache2"), "apache2-bin"),  # the program without its service
    Tool("OpenSSL", _program("openssl"), "openssl"),
]
if sys.platform == "linux":  # playwright's own node needs it
    TOOLS.append(Tool("libatomic", lambda: _loads("libatomic.so.1"), "libatomic1"))
# A screen, a session and a window manager for a screen reader, and a voice that is silent.
READER = [
    Tool("Chromium", _program("chromium"), "chromium"),
    Tool("Xvfb", _program("Xvfb"), "xvfb"),
    Tool("D-Bus", _program("dbus-daemon"), "dbus-daemon"),
    Tool("AT-SPI", _program("/usr/libexec/at-spi-bus-launcher"), "at-spi2-core"),
    Tool("Openbox", _program("openbox"), "openbox"),
    Tool("Speech Dispatcher", _program("speech-dispatcher"), "speech-dispatcher"),
    Tool("Wnck", lambda: [*Path("/usr/lib").glob("*/girepository-1.0/Wnck-3.0.typelib")],
         "gir1.2-wnck-3.0"),
    Tool("Orca", _program("orca"), "orca"),
    Tool("xdotool", _program("xdotool"), "xdotool"),
]  # fmt: skip


def sentence(key: str, **facts: object) -> str:
    """A sentence in the person's language, by the rule of ``podcast.terminal.language``."""
    system = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    language = os.environ.get("PODCAST_LANGUAGE") or next(filter(None, system), "C")
    french = re.split("[-_.]", language)[0].lower() in ("fr", "c", "posix")
    return (FRENCH if french else ENGLISH)[key].format(**facts)


def say(key: str, **facts: object) -> None:
    """One plain line at once, also where the output is a file."""
    print(sentence(key, **facts), flush=True)


def run(command: Sequence[str | Path]) -> int:
    """Run a command in this terminal.  Ctrl+C reaches it too: we wait until it has ended."""
    child = Popen(command, cwd=ROOT)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        try:
            code = child.wait()
            return code if code >= 0 else 128 - code
        except KeyboardInterrupt:
            continue


def patiently(*command: str | Path) -> tuple[int, str]:
    """Run something long with a sign of life; gives its exit code and what it printed."""
    env = {**os.environ, "PIP_USER": "0", "DEBIAN_FRONTEND": "noninteractive"}
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as told:
        with Popen(command, cwd=ROOT, env=env, stdin=DEVNULL, stdout=told, stderr=STDOUT) as child:
            while child.returncode is None:
                try:
                    child.wait(20)
                except TimeoutExpired:
                    say("still", seconds=round(time.monotonic() - began))
        told.seek(0)
        return child.returncode, told.read()


def require(*tools: Tool) -> None:
    """Install Debian packages if this person may; otherwise :class:`Refused` says what to type."""
    lacking = [tool for tool in tools if not tool.find()]
    if not lacking:
        return
    packages = [tool.debian for tool in lacking]
    apt = shutil.which("apt-get")
    become = _become()
    allowed = not become or (shutil.which("sudo") and not patiently(*become, "true")[0])
    if apt and allowed:
        say("packages", packages=", ".join(packages))
        install = [*become, apt, "install", "-y", "--no-install-recommends", *packages]
        # A fresh system has no list of packages, an old one a list that is no longer true.
        if patiently(*install)[0] and not patiently(*become, apt, "update")[0]:
            patiently(*install)
    if not all(tool.find() for tool in lacking):
        names = ", ".join(tool.name for tool in lacking)
        what = sentence("apt" if apt else "no_apt", names=names, packages=" ".join(packages))
        raise Refused(what)


def prepare(extra: str = "") -> None:
    """Install the package and its libraries into ``.venv``, if they are not there already."""
    files = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + LOCK.read_bytes()).hexdigest()
    # The scripts of .venv hold its path, and its libraries belong to one Python.
    place = {"folder": str(ROOT), "python": os.path.realpath(PYTHON)}
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stamp = {**place, "extras": []}
    extras = sorted({*stamp["extras"], extra} - {""})
    if PYTHON.exists() and stamp == {**place, "files": files, "extras": extras}:
        return
    say("libraries")
    began = time.monotonic()
    whole = PYTHON.exists() and not patiently(PYTHON, "-c", "import pip, tomllib")[0]
    if not whole or any(stamp[key] != value for key, value in place.items()):
        # Debian keeps a part of Python that this needs in a package of its own.
        require(MAKES_VENV)
        code, output = patiently(sys.executable, "-m", "venv", "--clear", VENV)
        if code:
            raise Refused(sentence("venv", detail=(output.strip() or str(code)).splitlines()[-1]))
    STAMP.unlink(missing_ok=True)
    options = ("--disable-pip-version-check", "--no-input", "--retries", "2", "-c", LOCK)
    package = f".[{','.join(extras)}]" if extras else "."
    code, output = patiently(PYTHON, "-m", "pip", "install", *options, "-e", package)
    LOG.write_text(output, encoding="utf-8")
    if code:
        told = [line.strip() for line in output.splitlines() if "ERROR:" in line]
        detail = "\n".join(dict.fromkeys(told[-3:]))
        raise Refused(sentence("pip", log=LOG.relative_to(ROOT), detail=detail))
    place["python"] = os.path.realpath(PYTHON)
    STAMP.write_text(json.dumps({**place, "files": files, "extras": extras}), encoding="utf-8")
    say("ready", seconds=round(time.monotonic() - began))


def demo(given: Sequence[str]) -> int:
    """Publish the sample show."""
    prepare()
    code = run([SCRIPTS / "publish", "episode-3", *given])
    if code == 0:
        serve = [str(SCRIPTS / "podcast"), "serve", "--published", "--folder", str(ROOT)]
        if Path.cwd() == ROOT:
            serve = [str((SCRIPTS / "podcast").relative_to(ROOT)), "serve", "--published"]
        say("site", site=ROOT / "site", serve=shlex.join(serve))
    return code


def test(given: Sequence[str]) -> int:
    """Run the tests, as many at a time as there are cores; what is given goes to pytest."""
    return _pytest(TOOLS, [*MANY, *given])


def nightly(given: Sequence[str]) -> int:
    """Run the tests that take long, a screen reader's among them; what is given goes to pytest.

    Nothing given, all tests that Hypothesis thinks of examples for come after, with many more.
    """
    code = _pytest([*TOOLS, *READER], ["tests/nightly", *given])
    if given or code not in (0, 1):  # asked for a part, or interrupted
        return code
    rare = ["-m", "hypothesis", "--hypothesis-profile", "nightly"]
    return _pytest(TOOLS, [*MANY, *rare]) or code


def _pytest(tools: Sequence[Tool], given: Sequence[str]) -> int:
    require(*tools, *(() if PYTHON.exists() else (MAKES_VENV,)))
    os.environ.setdefault("CHROMIUM", _chromium() or "")
    os.environ.setdefault("FIREFOX", _firefox() or "")
    prepare("dev")
    _vnu()
    _clients()
    _nginx()
    return run([PYTHON, "-m", "pytest", *given])


def main(given: Sequence[str]) -> int:
    """Understand the three commands, and turn what can be expected to fail into sentences."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(encoding="utf-8", errors="replace")
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what says so
        print(sentence("old", version=".".join(map(str, sys.version_info[:3]))), file=sys.stderr)
        return OUTSIDE
    commands = {"demo": demo, "test": test, "nightly": nightly}
    if not given or given[0] not in commands:
        print(sentence("usage"), file=sys.stderr)
        return USAGE
    try:
        return commands[given[0]](given[1:])
    except (Refused, OSError) as error:
        told = str(error) if isinstance(error, Refused) else sentence("disk", detail=error)
        print(told, file=sys.stderr)
        return OUTSIDE
    except KeyboardInterrupt:
        print(sentence("interrupted"), file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
