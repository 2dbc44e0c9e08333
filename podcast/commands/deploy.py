"""``podcast deploy``: send the site of a show, or of a network, to where listeners find it."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podcast.errors import PodcastError, Usage, fault
from podcast.names import of_network
from podcast.terminal import Terminal
from podcast.wording import Wording

if TYPE_CHECKING:
    from podcast.built_site import Addressed
    from podcast.workspace import Workspace


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """What is done beside the usual."""
    for name, told in (
        ("--dry-run", "option.dry_run"),
        ("--check", "option.check_deploy"),
        ("--again", "option.send_again"),
        ("--prune", "option.prune"),
        ("--break-lock", "option.break_lock"),
        ("--replace-feed", "option.replace_feed"),
    ):
        parser.add_argument(name, action="store_true", help=words.say(told))
    parser.add_argument("--at", default="", metavar="MACHINE", help=words.say("option.at"))
    parser.add_argument("--snippets", metavar="SERVER", help=words.say("option.snippets"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Send what has changed, or say that there was nothing to send."""
    from podcast import sending
    from podcast.served_as import SNIPPETS

    if options.snippets:
        if options.snippets not in SNIPPETS:
            known = ", ".join(SNIPPETS)
            raise Usage(fault("deploy.snippet", name=options.snippets, known=known))
        top = "/"
        with suppress(PodcastError):  # outside of a show, for one at the top of its server
            top = urlsplit(_found(options.folder)[1].address).path
        terminal.line(SNIPPETS[options.snippets](top).rstrip())
        return 0
    if options.at and not _is_machine(options.at):
        raise Usage(fault("deploy.machine", value=options.at))
    space, show, retired = _found(options.folder)
    if options.check:
        sending.check(space, show, terminal, options.at)
        return 0
    choices = sending.Choices(
        options.prune,
        options.break_lock,
        options.replace_feed,
        options.dry_run,
        options.again,
        options.at,
        retired,
    )
    if not sending.send(space, show, terminal, choices) and show.deploy:
        terminal.say("deploy.nothing", address=show.deploy.pages)
    return 0


def _is_machine(text: str) -> bool:
    """Whether it is ``host`` or ``host:port``; before it may be ``http://`` or ``https://``."""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        known = parts.scheme in ("", "http", "https") and parts.port != 0
    except ValueError:  # no port, or no address of IPv6
        return False
    rest = parts.path.rstrip("/") + parts.query + parts.fragment
    return bool(known and parts.hostname and not rest and not set(text) & set(" @"))


def _found(folder: Path) -> tuple[Workspace, Addressed, tuple[str, ...]]:
    """The show or network that a folder is in, and the guids that may vanish from its feeds."""
    from podcast import pipeline, releasing, workspace

    if network := of_network(str(folder)):
        space = workspace.Workspace(Path(network))
        return space, *releasing.network(space)
    space = workspace.find(folder)
    return space, space.show(), tuple(pipeline.read_ledger(space).retired)
