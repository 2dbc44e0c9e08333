"""``podcast transcribe episode-3``: listen, and draft the transcript."""

from __future__ import annotations

import argparse

from podcast.terminal import Terminal
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which episodes, and whether to listen again."""
    parser.add_argument("slug", nargs="+", help=words.say("option.slugs"))
    parser.add_argument("--again", action="store_true", help=words.say("option.again"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Transcribe each; what a person has edited is never touched."""
    from podcast import pipeline, workspace

    space = workspace.find(options.folder)
    for slug in options.slug:
        if not pipeline.transcribe(space, slug, options.again, terminal):
            terminal.say("transcribe.nothing", slug=slug)
        terminal.say("transcribe.next", file=space.name(space.transcript_file(slug)), slug=slug)
    return 0
