"""``podcast review episode-3 --by NAME``: say that a person has read and corrected the text."""

from __future__ import annotations

import argparse

from podcast.terminal import Terminal
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which episode, and who reviewed it."""
    parser.add_argument("slug", help=words.say("option.slug"))
    parser.add_argument("--by", required=True, help=words.say("option.by"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Write who, when, and the digest of the text into the head; nothing else is touched."""
    from podcast import correction, workspace

    space = workspace.find(options.folder)
    file = correction.review(space, options.slug, options.by)
    terminal.say("review.done", file=file, slug=options.slug)
    return 0
