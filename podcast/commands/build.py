"""``podcast build``: sites again from what is published, a show's or those of a whole network."""

from __future__ import annotations

import argparse
from pathlib import Path

from podcast.terminal import Terminal
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """The folder, and the changes that are let through."""
    parser.add_argument("target", nargs="?", type=Path, help=words.say("option.built"))
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="ITEM:CHANGE",
        help=words.say("option.allow"),
    )


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Build what the folder holds, and then say which shows stay as they were."""
    from podcast import unchanged
    from podcast.errors import Fixable, Place, fault
    from podcast.names import of_network, root_of

    if options.target and not options.target.is_dir():
        # Otherwise the show around it would be built.
        raise Fixable(fault("build.no_folder", Place(str(options.target))))
    folder = str(options.target or options.folder)
    if network := of_network(folder):
        return _network(Path(network), options.allow, terminal)
    show = root_of(folder)
    if show is None:
        raise Fixable(fault("build.nothing"))
    if not options.allow and unchanged.stands(show, (), force=True):
        terminal.say("publish.nothing_new")
        return 0
    from podcast import building, workspace

    if not building.show(workspace.Workspace(Path(show)), terminal, options.allow).any:
        terminal.say("publish.nothing_new")
    return 0


def _network(root: Path, allow: list[str], terminal: Terminal) -> int:
    import sys
    import time

    from podcast import building

    began = time.monotonic()
    built = building.network(root, terminal, allow)
    if built is None:
        terminal.say("publish.nothing_new")
        return 0
    if built.changes.any:
        terminal.say(
            "build.done",
            n=built.shows,
            episodes=built.episodes,
            added=built.changes.added,
            changed=built.changes.changed,
            removed=built.changes.removed,
            seconds=time.monotonic() - began,
        )
    elif not built.errors:
        terminal.say("publish.nothing_new")
    for error in built.errors:
        for fault in error.faults:
            print(terminal.tell(fault), file=sys.stderr)
    if built.errors:
        terminal.say("build.stay", n=len(built.errors))
    codes = {error.exit_code for error in built.errors}
    return codes.pop() if len(codes) == 1 else bool(codes)
