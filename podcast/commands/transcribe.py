"""``podcast transcribe episode-3``, or ``--all``: listen, and draft the transcripts."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from podcast.errors import Usage, fault
from podcast.terminal import Terminal, within
from podcast.wording import Wording

if TYPE_CHECKING:
    from podcast.speech_model import SpeechModel
    from podcast.transcribing import Crew
    from podcast.work import Work


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which episodes, whether to listen again, and where."""
    parser.add_argument("slug", nargs="*", help=words.say("option.slugs"))
    parser.add_argument("--all", action="store_true", help=words.say("option.all"))
    parser.add_argument("--again", action="store_true", help=words.say("option.again"))
    parser.add_argument("--cluster", metavar="ADDRESS", help=words.say("option.cluster"))
    parser.add_argument("--store", metavar="PLACE", help=words.say("option.store"))
    parser.add_argument("--certificates", type=Path, metavar="FOLDER",
                        help=words.say("option.certificates"))  # fmt: skip
    parser.add_argument("--patience", type=within(float, 0, 100_000), default=10, metavar="MINUTES",
                        help=words.say("option.patience"))  # fmt: skip
    parser.add_argument(
        "--jobs", type=within(int, 0, 1024), default=0, metavar="N", help=words.say("option.jobs")
    )


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Transcribe each; what a person has edited is never touched."""
    from podcast import pipeline, workspace

    if bool(options.slug) == options.all:
        raise Usage(fault("transcribe.which"))
    space = workspace.find(options.folder)
    if options.cluster:
        from podcast import cluster

        cluster.checked(options.cluster)
        if not options.store:
            raise Usage(fault("cluster.no_store_named"))
    if options.all or options.cluster or len(options.slug) > 1:
        from podcast import transcribing

        def crew(work: Work, model: SpeechModel, n: int) -> AbstractContextManager[Crew]:
            if not options.cluster:
                return transcribing.here(work, model, n, options.jobs)
            return transcribing.elsewhere(
                work,
                model,
                options.cluster,
                options.store,
                options.certificates,
                options.patience * 60,
            )

        transcribing.transcribe(space, options.slug or None, options.again, terminal, crew)
        terminal.say("transcribe.list")
        return 0
    slug = options.slug[0]
    if not pipeline.transcribe(space, slug, options.again, terminal):
        terminal.say("transcribe.nothing", slug=slug)
    terminal.say("transcribe.next", file=space.name(space.transcript_file(slug)), slug=slug)
    return 0
