"""``podcast move NEW-ADDRESS``: let the feed go to another address without losing anybody."""

from __future__ import annotations

import argparse

from podcast.terminal import Terminal
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Where the site will be found."""
    parser.add_argument("address", help=words.say("option.move_address"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Change ``podcast.yaml``, and say everything that has to be done elsewhere, in order."""
    from podcast import moving, pipeline, workspace

    space = workspace.find(options.folder)
    with space.lock():
        moved = moving.move(space, pipeline.read_ledger(space), options.address)
    slug = next(reversed(space.slugs()), "episode-1")
    terminal.say("move.done", was=moved.was, now=moved.now)
    terminal.say("move.publish", slug=slug, address=options.address)
    if moved.redirects:
        terminal.say("move.redirect")
        for server, line in moved.redirects:
            terminal.say("move.server", server=server)
            terminal.line(f"    {line}")
        terminal.say("move.copy")
    else:
        terminal.say("move.same_path")
    terminal.say("move.directories", now=moved.now)
    terminal.say("move.keep")
    return 0
