"""Understand the command line, in the person's language."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from podcast import __version__, commands
from podcast.wording import Wording

WRONG = 2
# What argparse says in English, by the sentence that says it here.
_SAID = {
    "usage.whole": re.compile(r"argument (?P<option>\S+): invalid int value: '(?P<value>.*)'"),
    "usage.number": re.compile(r"argument (?P<option>\S+): invalid float value: '(?P<value>.*)'"),
    "usage.within": re.compile(
        r"argument (?P<option>\S+): (?P<value>.*) is not from (?P<least>\d+) to (?P<most>\d+)"
    ),
    "usage.lone": re.compile(r"argument (?P<option>\S+): expected (?:one|at least one) argument"),
    "usage.apart": re.compile(r"argument (?P<one>\S+): not allowed with argument (?P<other>\S+)"),
}


class _Parser(argparse.ArgumentParser):
    """argparse, in the person's language."""

    words: Wording

    def error(self, message: str) -> NoReturn:
        """Say what was not understood and how to ask for help; exit code 2."""
        asked = self.prog
        self.exit(
            WRONG, self.words.say("usage.wrong", detail=self._told(message), asked=asked) + "\n"
        )

    def refuse(self, left: Sequence[str]) -> NoReturn:
        """The same of words that no option takes, with the option that was probably meant."""
        import difflib

        names = ", ".join(left)
        known = [option for action in self._actions for option in action.option_strings]
        option = next((word for word in left if word.startswith("-")), "").partition("=")[0]
        near = difflib.get_close_matches(option, known, 1, 0.6)
        detail = self.words.say("usage.extra", names=names)
        if near:
            detail = self.words.say("usage.extra_near", names=names, near=near[0])
        self.exit(WRONG, self.words.say("usage.wrong", detail=detail, asked=self.prog) + "\n")

    def _told(self, message: str) -> str:
        if "required:" in message:
            return self.words.say("usage.missing", names=message.split("required:")[1].strip())
        for key, pattern in _SAID.items():
            if found := pattern.fullmatch(message):
                return self.words.say(key, **found.groupdict())
        return self.words.say("usage.value", detail=message)


def parsed(given: Sequence[str], words: Wording) -> argparse.Namespace:
    """What is asked for; raises :class:`SystemExit` where help is, or something else is wrong."""
    wanted = given[0] if given and given[0] in commands.names() else None
    made = parser(words, wanted)
    understood, left = made.parse_known_args(given)
    if left:
        own = next(a for a in made._actions if isinstance(a, argparse._SubParsersAction))
        own.choices[understood.command].refuse(left)
    return understood


def parser(words: Wording, wanted: str | None = None) -> argparse.ArgumentParser:
    """What understands the command line; only the ``wanted`` command's own options are read."""
    _Parser.words = words
    made = _Parser(prog="podcast", description=words.say("usage.about"), add_help=False)
    _common(made, words)
    made.add_argument("--version", action="version", version=f"podcast {__version__}",
                      help=words.say("option.version"))  # fmt: skip
    choices: Any = made.add_subparsers(
        dest="command", required=True, metavar=words.say("usage.command"), parser_class=_Parser
    )
    for name in [wanted] if wanted else commands.names():
        told = words.say(f"command.{name}")
        inner = choices.add_parser(name, help=told, description=told, add_help=False)
        _common(inner, words)
        if name == wanted:
            commands.load(name).arguments(inner, words)
    return made


def _common(parser: argparse.ArgumentParser, words: Wording) -> None:
    parser.add_argument("-h", "--help", action="help", help=words.say("option.help"))
    parser.add_argument("--plain", action="store_true", help=words.say("option.plain"))
    parser.add_argument("--folder", type=Path, default=Path.cwd(), help=words.say("option.folder"))
    for group in parser._action_groups:  # argparse has no other way to name its groups
        if group.title == "options":
            group.title = words.say("usage.options")
        elif group.title == "positional arguments":
            group.title = words.say("usage.arguments")
