"""Another machine by ``rsync`` over the person's own ssh: ``user@host:path``.

``rsync://user@host:port/path`` is the same with a port; rsync's own unencrypted service is never
used.  rsync writes beside the place and moves the file there when it is whole.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from podcast.deploy import Sent, Target, Upload
from podcast.errors import Outside
from podcast.programs import Remote, program, remote, run, ssh_options

SCHEMES = ("rsync",)
PROGRAMS: tuple[str, ...] = ("rsync", "ssh")
PARTS = ".publish-partial"
Tell = Callable[[str], None]
_BYTES = re.compile(r"^\s*([\d,.]+)\s+\d+%")


class Rsync:
    """A folder that rsync reaches; a batch is one run of it."""

    at_once = False
    one_by_one = False

    def __init__(self, place: Remote, options: list[str]) -> None:
        self._place = place
        port = ["-p", str(place.port)] if place.port else []
        self._command = [program("rsync"), "-e", shlex.join([program("ssh"), *port, *options])]

    def read(self, path: str) -> bytes | None:
        with tempfile.TemporaryDirectory() as folder:
            source = f"{self._place.named()}/{path}"
            try:
                self._run(["--ignore-missing-args", source, f"{folder}/"])
            except Outside as error:
                # Where the folder is missing too, rsync has no other word for it.
                if "No such file or directory (2)" in str(error.faults[0].facts["detail"]):
                    return None
                raise
            found = Path(folder, Path(path).name)
            return found.read_bytes() if found.is_file() else None

    def put(self, files: Sequence[Upload], sent: Sent) -> None:
        total = sum(file.size for file in files)
        with tempfile.TemporaryDirectory() as folder:
            for file in files:
                link = Path(folder, file.path)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(file.source.absolute())

            def told(line: str) -> None:
                if found := _BYTES.match(line):
                    sent(min(total, int(re.sub("[,.]", "", found[1]))))

            # Times say nothing here; what has arrived before the line broke is not sent again.
            how = ["-L", "--checksum", "--perms", "--chmod=F644", "--no-implied-dirs"]
            # A file that is on its way for long does not start anew after a break.
            how += [f"--partial-dir={PARTS}", "--info=progress2"]
            how += ["--from0", "--files-from=-", f"{folder}/", f"{self._place.named()}/"]
            self._run(how, "\0".join(file.path for file in files), told)
        sent(total)

    def delete(self, paths: Sequence[str]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            # What is named by a rule and missing here, in folders that are here, is deleted there;
            # --delete-missing-args would say so, but rsyncs of 2026 refuse it below a folder.
            rules: dict[str, None] = {}
            for path in map(PurePosixPath, paths):
                for file in (path, path.parent / PARTS / path.name):
                    Path(folder, file).parent.mkdir(parents=True, exist_ok=True)
                    above = [f"{_rule(parent)}/" for parent in file.parents if parent.name]
                    rules |= dict.fromkeys([*above[::-1], _rule(file)])
            if rules:
                how = ["-r", "--delete", "--existing", "--from0", "--include-from=-", "--exclude=*"]
                self._run([*how, f"{folder}/", f"{self._place.named()}/"], "\0".join(rules))

    def finish(self, message: str, sent: Sent) -> None:
        """Each file was shown as it came."""

    def _run(self, arguments: list[str], text: str = "", told: Tell | None = None) -> None:
        run([*self._command, *arguments], self._place.named(), told, text)


def _rule(path: PurePosixPath) -> str:
    """A pattern for this very path; a backslash is one only where there are signs of patterns."""
    text = str(path)
    return "/" + (re.sub(r"([*?\[\\])", r"\\\1", text) if re.search(r"[*?\[]", text) else text)


@contextmanager
def open_target(address: str, scratch: Path) -> Iterator[Target]:
    """The folder, for as long as the connection lasts."""
    place = remote(address)
    with ssh_options(place) as options:
        yield Rsync(place, options)
