"""``podcast due``: publish the episodes whose date has come; for cron and CI."""

from __future__ import annotations

import argparse

from podcast.terminal import Terminal
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Whether the site is sent."""
    parser.add_argument("--no-deploy", action="store_true", help=words.say("option.no_deploy"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Publish what is due, send it, and then say what could not be published."""
    from podcast import releasing, workspace

    space = workspace.find(options.folder)
    done = releasing.publish_due(space, terminal)
    if done.published:
        releasing.send(space, terminal, options.no_deploy)
    if done.refused:
        raise done.refused
    return 0
