"""``podcast init my-show``: a new show in a new folder, with an episode that can be published."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from podcast.terminal import Terminal
from podcast.wording import Wording

if TYPE_CHECKING:
    from podcast import new_show

T = TypeVar("T")
_MAIL = re.compile(r"[\s<(,;:]*([^\s<>(),;]+@[^\s<>(),;]+)[\s>)]*$")


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """The folder, and the answers to the five questions."""
    parser.add_argument("target", type=Path, nargs="?", help=words.say("option.init_folder"))
    parser.add_argument("--title", help=words.say("option.init_title"))
    parser.add_argument("--language", help=words.say("option.init_language"))
    parser.add_argument("--author", help=words.say("option.init_author"))
    parser.add_argument("--email", help=words.say("option.init_email"))
    parser.add_argument("--address", help=words.say("option.init_address"))
    parser.add_argument("--person", help=words.say("option.init_person"))
    parser.add_argument("--network", action="store_true", help=words.say("option.init_network"))
    parser.add_argument("--schema", action="store_true", help=words.say("option.init_schema"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Ask where a person can answer and has said nothing; then make the folder."""
    from podcast import new_show
    from podcast.errors import Usage, fault

    if options.schema:
        return _renew(options.target or options.folder, terminal)
    if options.network:
        return _network(options, terminal)
    said = ("title", "language", "author", "email", "address", "person")
    given = {name: getattr(options, name) for name in said if getattr(options, name) is not None}
    asking = not given and sys.stdin.isatty() and sys.stdout.isatty()
    target: Path | None = options.target
    if target:
        new_show.refuse_full(target)
    title = given["title"] if "title" in given else _title(target)
    if not asking and not (target or given.get("title")):
        raise Usage(fault("init.folder"))
    if target and not asking and "address" not in given:
        given |= _address_in_network(target)
    answers = _asked(title, terminal) if asking else _checked({**given, "title": title}, terminal)
    if target is None:
        target = Path(_folder(answers.title))
    new_show.make(target, answers)
    terminal.say("init.done", folder=str(target))
    _tell_missing(answers, str(target / "podcast.yaml"), terminal)
    return 0


def _network(options: argparse.Namespace, terminal: Terminal) -> int:
    """Make a network around the shows of a folder, without a question: the shows know most."""
    from podcast import new_network
    from podcast.errors import Usage, fault

    if options.person is not None:
        raise Usage(fault("init.person"))
    target: Path = options.target or options.folder
    said = ("title", "language", "author", "email", "address")
    given = {name: getattr(options, name) for name in said if getattr(options, name) is not None}
    answers = _checked({"title": _title(target), **given}, terminal)
    shows, known = new_network.make(target, answers)
    file = str(target / "network.yaml")
    home = known.address or new_network.ADDRESS
    if shows:
        terminal.say("init.network", file=file, n=len(shows), names=", ".join(shows))
    else:
        terminal.say("init.network_empty", file=file, folder=str(target), address=home)
    _tell_missing(known, file, terminal)
    return 0


def _address_in_network(target: Path) -> dict[str, str]:
    """Where a new show will be found in the network that its folder is in, if it is in one."""
    from podcast.workspace import Workspace

    around = Workspace(target.resolve()).around()
    return {"address": around.address_of(target.resolve().name)} if around else {}


def _tell_missing(answers: new_show.Answers, file: str, terminal: Terminal) -> None:
    missing = [name for name in ("author", "email", "address") if getattr(answers, name) is None]
    if missing:
        names = ", ".join("owner.email" if name == "email" else name for name in missing)
        terminal.say("init.later", file=file, names=names)


def _renew(folder: Path, terminal: Terminal) -> int:
    """Write the schemas of a show that is there already; nobody edits these files."""
    from podcast import schema_file, workspace
    from podcast.errors import PodcastError
    from podcast.names import NETWORK, of_network
    from podcast.network import read_network

    network = of_network(str(folder))
    root = Path(network) if network else workspace.find(folder).root
    space = workspace.Workspace(root)
    language = terminal.words.language
    with suppress(PodcastError):  # in a file with a fault, the schema helps all the more
        file = root / NETWORK
        language = (read_network(space.text(file), NETWORK) if network else space.show()).language
    made = schema_file.schemas_of_network if network else schema_file.schemas
    for path, text in made(language).items():
        workspace.write(root / path, text)
    terminal.say("init.schema", folder=str(root / schema_file.FOLDER))
    return 0


def _title(target: Path | None) -> str:
    return target.resolve().name.replace("-", " ").strip().capitalize() if target else ""


def _folder(title: str) -> str:
    from podcast.rules import slug_of

    return slug_of(title) or "podcast"


def _checked(given: dict[str, str], terminal: Terminal) -> new_show.Answers:
    """The options as answers; raises :class:`Fixable` with all that cannot be."""
    from podcast.errors import Fault, Fixable

    tests = _tests()
    faults: list[Fault] = []
    values: dict[str, str] = {}
    for name, text in given.items():
        try:
            values[name] = tests[name](text)
        except Fixable as error:
            faults += error.faults
    if faults:
        raise Fixable(faults)
    values.setdefault("language", terminal.words.language)
    return _answers(values)


def _answers(values: dict[str, str]) -> new_show.Answers:
    from podcast import new_show

    return new_show.Answers(**values)


def _tests() -> dict[str, Callable[[str], str]]:
    """What each answer must be; a test raises :class:`Fixable`."""
    from podcast.errors import Fixable, fault
    from podcast.listed import LANGUAGE
    from podcast.rules import ADDRESS, EMAIL, LINE, SPEAKER, TITLE, NotAdmitted, Rule

    def by(name: str, rule: Rule) -> Callable[[str], str]:
        def test(text: str) -> str:
            shown = text if len(text) <= 60 else text[:57] + "…"
            facts: dict[str, str | int] = {"key": f"--{name}", "value": shown}
            try:
                return str(rule.test(text))
            except NotAdmitted as error:
                raise Fixable(fault(f"field.{error.kind}", **facts, **error.facts)) from error
            except ValueError as error:
                raise Fixable(fault(f"field.{rule.kind}", **facts)) from error

        return test

    return {
        "title": by("title", TITLE),
        "language": by("language", LANGUAGE),
        "author": by("author", LINE),
        "email": by("email", EMAIL),
        "address": by("address", ADDRESS),
        "person": by("person", SPEAKER),
    }


# The questions.


def _asked(title: str, terminal: Terminal) -> new_show.Answers:
    """The five answers; an empty one takes what stands in brackets, or leaves it for later."""
    tests = _tests()
    terminal.say("init.five")
    values = {"title": _ask(terminal, "title", title, tests["title"])}
    values["language"] = _ask(terminal, "language", terminal.words.language, tests["language"])

    def who(text: str) -> dict[str, str]:
        found = _MAIL.search(text)
        name = text[: found.start()].strip() if found else text.strip()
        made = {"email": tests["email"](found[1])} if found else {}
        return {**made, "author": tests["author"](name)} if name else made

    values |= _ask(terminal, "who", "", lambda text: who(text) if text else {})

    def later(name: str) -> Callable[[str], str]:
        return lambda text: tests[name](text) if text else ""

    address = _ask(terminal, "address", "", later("address"))
    person = _ask(terminal, "person", values.get("author", ""), later("person"))
    values |= {"address": address} if address else {}
    values |= {"person": person} if person else {}
    return _answers(values)


def _ask(terminal: Terminal, name: str, usual: str, test: Callable[[str], T]) -> T:
    """Ask until the answer can be; the end of the input is like Ctrl-C."""
    from podcast.errors import Fixable

    question = terminal.words.say(f"init.ask.{name}")
    shown = f"{question} [{usual}] " if usual else f"{question} "
    while True:
        try:
            answer = input(shown).strip() or usual
        except EOFError as error:
            raise KeyboardInterrupt from error
        try:
            return test(answer)
        except Fixable as error:
            for fault in error.faults:
                terminal.line(terminal.tell(fault))
