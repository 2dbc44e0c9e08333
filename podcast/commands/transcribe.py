"""``podcast transcribe episode-3``, or ``--all``: listen, and draft the transcripts."""

from __future__ import annotations

import argparse

from podcast.errors import Usage, fault
from podcast.terminal import Terminal
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which episodes, whether to listen again, and where."""
    parser.add_argument("slug", nargs="*", help=words.say("option.slugs"))
    parser.add_argument("--all", action="store_true", help=words.say("option.all"))
    parser.add_argument("--again", action="store_true", help=words.say("option.again"))
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help=words.say("option.jobs"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Transcribe each; what a person has edited is never touched."""
    from podcast import pipeline, workspace

    if bool(options.slug) == options.all:
        raise Usage(fault("transcribe.which"))
    space = workspace.find(options.folder)
    if options.all or len(options.slug) > 1:
        from podcast import transcribing

        transcribing.transcribe(
            space,
            options.slug or None,
            options.again,
            terminal,
            lambda work, model, n: transcribing.here(work, model, n, max(0, options.jobs)),
        )
        terminal.say("transcribe.list")
        return 0
    slug = options.slug[0]
    if not pipeline.transcribe(space, slug, options.again, terminal):
        terminal.say("transcribe.nothing", slug=slug)
    terminal.say("transcribe.next", file=space.name(space.transcript_file(slug)), slug=slug)
    return 0
