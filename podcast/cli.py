"""Answer at once, or run one command and turn every failure into sentences."""

from __future__ import annotations

import os
import sys

from podcast import at_once
from podcast.names import NETWORK, SHOW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.unchanged import Seen


INTERRUPTED, OUR_BUG = 130, 70


def main(arguments: Sequence[str] | None = None) -> int:
    """``podcast …``; gives the exit code."""
    if arguments is None:
        _live_in_utf8()
    _speak_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        done, seen = at_once.answered(given)
        return 0 if done else _run(given, seen)
    except BrokenPipeError:
        # The reader (head, less) has gone: not an error, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(given: list[str], seen: Seen | None) -> int:
    import atexit
    import gc
    import signal

    from podcast import commands, usage
    from podcast.errors import PodcastError
    from podcast.terminal import Terminal
    from podcast.wording import Wording

    # Values stay and have no cycles: to look for some in a large show takes a tenth of the time.
    # The servers (preview, editor) build again and again, and must be rid of what was before.
    gc.set_threshold(200_000, 10, 10)
    # Nor at the end, when all of them go with the process.
    atexit.register(gc.freeze)
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(INTERRUPTED))
    words = Wording(_language(given))
    if given and not given[0].startswith("-") and given[0] not in commands.names():
        import difflib

        near = difflib.get_close_matches(given[0], commands.names(), 1, 0.5)
        key = "usage.unknown_near" if near else "usage.unknown"
        known = ", ".join(commands.names())
        print(
            words.say(key, name=given[0], near=near[0] if near else "", known=known),
            file=sys.stderr,
        )
        return usage.WRONG
    try:
        options = usage.parsed(given, words)
    except SystemExit as ended:
        return int(ended.code or 0)
    options.seen = seen
    terminal = Terminal(words, options.plain)
    try:
        return commands.load(options.command).run(options, terminal)
    except PodcastError as error:
        for fault in error.faults:
            print(terminal.tell(fault), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(words.say("interrupted"), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get("PODCAST_DEBUG"):
            raise
        print(words.say("our_bug", detail=f"{type(error).__name__}: {error}"), file=sys.stderr)
        return OUR_BUG


def publish() -> int:
    """``publish episode-3`` is ``podcast publish episode-3``."""
    _live_in_utf8()
    return main(["publish", *sys.argv[1:]])


def _live_in_utf8() -> None:
    """Begin anew where the system would have names of files read in another encoding.

    A site's names are addresses: the same bytes wherever it is made.
    """
    if sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _speak_utf8() -> None:
    """Accents even where the system says that it knows ASCII only (LANG=C)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace")


def _language(given: Sequence[str]) -> str:
    """The show's language counts where the system does not say one; no error is told here."""
    from pathlib import Path

    from podcast.terminal import language

    folder = Path(given[given.index("--folder") + 1]) if "--folder" in given[:-1] else Path.cwd()
    for parent in (folder, *folder.absolute().parents):
        try:
            # A pipe or a device would never end.
            named = (parent / SHOW, parent / NETWORK)
            file = next((path for path in named if path.is_file()), None)
            if file is None:
                continue
            for line in file.read_text("utf-8").splitlines():
                if line.startswith("language:"):
                    return language(line.partition(":")[2].split("#")[0].strip().strip("\"'"))
            break
        except (OSError, UnicodeDecodeError):
            continue
    return language()
