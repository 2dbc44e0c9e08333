"""Another machine that only takes SFTP, by the person's own ``sftp``: ``sftp://user@host/path``."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from podcast.deploy import Sent, Target, Upload
from podcast.programs import Remote, program, remote, run, ssh_options

SCHEMES = ("sftp",)
PROGRAMS: tuple[str, ...] = ("sftp", "ssh")


class Sftp:
    """A folder that sftp reaches; files are sent beside their place and moved there."""

    at_once = False

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
                pure = PurePosixPath(file.path)
                part = self._there(str(pure.with_name(f".{pure.name}.part")))
                commands += [f"put {_quoted(str(link))} {part}", f"chmod 644 {part}"]
                commands.append(f"rename {part} {self._there(file.path)}")

            def told(line: str) -> None:
                nonlocal moved
                moved += line.startswith("sftp> rename ")
                sent(sum(file.size for file in files[:moved]))

            self._run(commands, told)
        self._made |= set(folders)

    def delete(self, paths: Sequence[str]) -> None:
        if paths:
            self._run([f"-rm {self._there(path)}" for path in paths])

    def finish(self, message: str) -> None:
        """Each file was shown as it came."""

    def _there(self, path: str) -> str:
        return _quoted(str(PurePosixPath(self._place.path, path)))

    def _run(self, commands: Sequence[str], told: Callable[[str], None] | None = None) -> None:
        text = "".join(f"{command}\n" for command in commands)
        run(self._command, self._place.named(), told, text)


def _quoted(path: str) -> str:
    # Between quotes, sftp takes the signs of patterns for what they are.
    return '"' + re.sub(r'(["\\])', r"\\\1", path) + '"'


@contextmanager
def open_target(address: str, scratch: Path) -> Iterator[Target]:
    """The folder, for as long as the connection lasts."""
    place = remote(address)
    with ssh_options(place) as options:
        yield Sftp(place, options)
