"""Understand the command line, run one command, and turn every failure into sentences."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from podcast import __version__, commands
from podcast.errors import PodcastError
from podcast.terminal import Terminal, language
from podcast.wording import Wording

USAGE, INTERRUPTED, OUR_BUG = 2, 130, 70


class _Parser(argparse.ArgumentParser):
    """argparse, in the person's language."""

    words: Wording

    def error(self, message: str) -> NoReturn:
        """Say what was not understood and how to ask for help; exit code 2."""
        asked = self.prog
        self.exit(
            USAGE, self.words.say("usage.wrong", detail=self._told(message), asked=asked) + "\n"
        )

    def _told(self, message: str) -> str:
        if "required:" in message:
            return self.words.say("usage.missing", names=message.split("required:")[1].strip())
        if "unrecognized arguments:" in message:
            return self.words.say("usage.extra", names=message.split("arguments:")[1].strip())
        return self.words.say("usage.value", detail=message)


def main(arguments: Sequence[str] | None = None) -> int:
    """``podcast …``; gives the exit code."""
    if arguments is None:
        _live_in_utf8()
    _speak_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
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
        return USAGE
    try:
        options = _parse(given, words)
    except SystemExit as ended:
        return int(ended.code or 0)
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
        # The reader (head, less) has gone: not an error, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
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
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(INTERRUPTED))


def _language(given: Sequence[str]) -> str:
    """The show's language counts where the system does not say one; no error is told here."""
    folder = Path(given[given.index("--folder") + 1]) if "--folder" in given[:-1] else Path.cwd()
    for parent in (folder, *folder.absolute().parents):
        file = parent / "podcast.yaml"
        try:
            if not file.is_file():  # a pipe or a device would never end
                continue
            for line in file.read_text("utf-8").splitlines():
                if line.startswith("language:"):
                    return language(line.partition(":")[2].split("#")[0].strip().strip("\"'"))
            break
        except (OSError, UnicodeDecodeError):
            continue
    return language()


def _parse(given: Sequence[str], words: Wording) -> argparse.Namespace:
    _Parser.words = words
    parser = _Parser(prog="podcast", description=words.say("usage.about"), add_help=False)
    _common(parser, words)
    parser.add_argument("--version", action="version", version=f"podcast {__version__}",
                        help=words.say("option.version"))  # fmt: skip
    choices: Any = parser.add_subparsers(
        dest="command", required=True, metavar=words.say("usage.command"), parser_class=_Parser
    )
    wanted = given[0] if given and given[0] in commands.names() else None
    for name in [wanted] if wanted else commands.names():
        told = words.say(f"command.{name}")
        inner = choices.add_parser(name, help=told, description=told, add_help=False)
        _common(inner, words)
        if name == wanted:
            commands.load(name).arguments(inner, words)
    return parser.parse_args(given)


def _common(parser: argparse.ArgumentParser, words: Wording) -> None:
    parser.add_argument("-h", "--help", action="help", help=words.say("option.help"))
    parser.add_argument("--plain", action="store_true", help=words.say("option.plain"))
    parser.add_argument("--folder", type=Path, default=Path.cwd(), help=words.say("option.folder"))
    for group in parser._action_groups:  # argparse has no other way to name its groups
        if group.title == "options":
            group.title = words.say("usage.options")
        elif group.title == "positional arguments":
            group.title = words.say("usage.arguments")
