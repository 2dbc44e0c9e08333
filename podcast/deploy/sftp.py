"""Another machine that only takes SFTP, by the person's own ``sftp``: ``sftp://user@host/path``."""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from podcast.deploy import Sent, Target, Upload
from podcast.errors import Outside
from podcast.programs import Remote, program, remote, run, ssh_options

SCHEMES = ("sftp",)
PROGRAMS: tuple[str, ...] = ("sftp", "ssh")
_LOOK_S = 2.0
_SIZE = re.compile(r"^-[rwxsStT-]{9}\S*\s+\S+\s+\S+\s+\S+\s+(\d+) ", re.MULTILINE)


class Sftp:
    """A folder that sftp reaches; files are sent beside their place and moved there."""

    at_once = False
    one_by_one = True

    def __init__(self, place: Remote, options: list[str]) -> None:
        self._place = place
        port = ["-P", str(place.port)] if place.port else []
        ssh = ["-S", program("ssh")]
        self._command = [program("sftp"), *ssh, *port, *options, "-b", "-", place.host]
        self._made: set[str] = set()

    def read(self, path: str) -> bytes | None:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "copy")
            # With its sign, sftp goes on where the file is missing.
            self._run([f"-get {self._there(path)} {_quoted(str(copy))}"])
            return copy.read_bytes() if copy.is_file() else None

    def put(self, files: Sequence[Upload], sent: Sent) -> None:
        folders = sorted(
            {
                str(parent)
                for file in files
                for parent in PurePosixPath(file.path).parents
                if str(parent) not in self._made
            },
            key=len,
        )
        moved = 0
        with tempfile.TemporaryDirectory() as folder:
            commands = [f"-mkdir {self._there(name)}" for name in folders]
            for number, file in enumerate(files):
                # sftp reads patterns into names; these have none.
                link = Path(folder, str(number))
                link.symlink_to(file.source.absolute())
                part = self._there(_part(file.path))
                commands += [f"put {_quoted(str(link))} {part}", f"chmod 644 {part}"]
                commands.append(f"rename {part} {self._there(file.path)}")

            def told(line: str) -> None:
                nonlocal moved
                if line.startswith("sftp> rename "):
                    moved += 1
                    sent(sum(file.size for file in files[:moved]))

            def look() -> None:
                now = moved
                size = self._size(_part(files[now].path)) if now < len(files) else 0
                if size and now == moved:
                    sent(sum(file.size for file in files[:now]) + size)

            with _meanwhile(look):
                self._run(commands, told)
        self._made |= set(folders)

    def delete(self, paths: Sequence[str]) -> None:
        if paths:
            all_of_it = [name for path in paths for name in (path, _part(path))]
            self._run([f"-rm {self._there(name)}" for name in all_of_it])

    def finish(self, message: str, sent: Sent) -> None:
        """Each file was shown as it came."""

    def _size(self, path: str) -> int:
        """How much of a file is there: sftp tells of its progress to terminals only."""
        listed = run(self._command, self._place.named(), text=f"-ls -ln {self._there(path)}\n")
        found = _SIZE.search(listed)
        return int(found[1]) if found else 0

    def _there(self, path: str) -> str:
        return _quoted(str(PurePosixPath(self._place.path, path)))

    def _run(self, commands: Sequence[str], told: Callable[[str], None] | None = None) -> None:
        text = "".join(f"{command}\n" for command in commands)
        run(self._command, self._place.named(), told, text)


def _part(path: str) -> str:
    """Where a file is until it is whole."""
    pure = PurePosixPath(path)
    return str(pure.with_name(f".{pure.name}.part"))


@contextmanager
def _meanwhile(look: Callable[[], None]) -> Iterator[None]:
    """Look every now and then; that a look fails is of no interest."""
    over = threading.Event()

    def looking() -> None:
        while not over.wait(_LOOK_S):
            with suppress(Outside):
                look()

    thread = threading.Thread(target=looking, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(1)


def _quoted(path: str) -> str:
    # Between quotes, sftp takes the signs of patterns for what they are.
    return '"' + re.sub(r'(["\\])', r"\\\1", path) + '"'


@contextmanager
def open_target(address: str, scratch: Path) -> Iterator[Target]:
    """The folder, for as long as the connection lasts."""
    place = remote(address)
    with ssh_options(place) as options:
        yield Sftp(place, options)
