"""``podcast correct episode-3 "wrong" "right"``: put a few words right, published or not."""

from __future__ import annotations

import argparse

from podcast.terminal import Terminal
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """The words, and which of their places are meant."""
    parser.add_argument("slug", help=words.say("option.slug"))
    parser.add_argument("wrong", help=words.say("option.correct_wrong"))
    parser.add_argument("right", help=words.say("option.correct_right"))
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help=words.say("option.correct_all"))
    which.add_argument("--nth", type=int, metavar="N", help=words.say("option.correct_nth"))
    parser.add_argument("--by", help=words.say("option.correct_by"))
    parser.add_argument("--publish", action="store_true", help=words.say("option.correct_publish"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Correct, tell each place, and say how readers get it, or publish at once."""
    from podcast import pipeline, releasing, replacing, workspace

    space = workspace.find(options.folder)
    slug: str = options.slug
    done = replacing.correct(
        space, slug, options.wrong, options.right, options.by, options.nth, options.all
    )
    for found in done.places:
        place = f"{done.file}:{found.line}"
        terminal.say("correct.done", place=place, was=found.was, now=found.now)
    if done.by is None:
        terminal.say("correct.review", file=done.file, slug=slug)
        return 0
    terminal.say("correct.by", name=done.by)
    if not options.publish:
        if done.published:
            terminal.say("correct.publish", slug=slug)
        return 0
    outcome = pipeline.publish(space, [slug], terminal)
    if slug not in outcome.later and not releasing.send(space, terminal):
        terminal.say("publish.look", podcast="podcast")
    return 0
