"""``podcast diff episode-3``: what was changed in the machine's text."""

from __future__ import annotations

import argparse

from podcast.terminal import Terminal
from podcast.timecode import clock
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which episode."""
    parser.add_argument("slug", help=words.say("option.slug"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """A line for each difference, then the word error rate."""
    from podcast import correction, workspace
    from podcast.dates import decimal

    space = workspace.find(options.folder)
    file, comparison = correction.compare(space, options.slug)
    for change in comparison.differences:
        kind = "replaced" if change.machine and change.edited else "added"
        kind = kind if change.edited else "removed"
        terminal.say(
            f"diff.{kind}",
            place=f"{file}:{change.line}",
            time=clock(change.at_ms),
            machine=change.machine,
            edited=change.edited,
        )
    terminal.say(
        "diff.done",
        n=comparison.errors,
        words=comparison.words,
        rate=decimal(comparison.rate * 100, terminal.words.language),
    )
    return 0
