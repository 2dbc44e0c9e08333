"""``podcast publish episode-3``: everything from the recording to the site."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from podcast.at_once import typed
from podcast.terminal import Terminal
from podcast.wording import Wording

if TYPE_CHECKING:
    from podcast.workspace import Workspace


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which episodes, and whether only to tell the plan."""
    parser.add_argument("slug", nargs="*", help=words.say("option.slugs"))
    parser.add_argument("--reviewed", action="store_true", help=words.say("option.reviewed"))
    parser.add_argument("--force", action="store_true", help=words.say("option.force_text"))
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="ITEM:CHANGE",
        help=words.say("option.allow"),
    )
    parser.add_argument("--dry-run", action="store_true", help=words.say("option.dry_run"))
    parser.add_argument("--no-deploy", action="store_true", help=words.say("option.no_deploy"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Publish, and send the site if the show names a place."""
    from podcast import pipeline, workspace
    from podcast.errors import Fault, Fixable, Usage, fault

    if bool(options.slug) == options.reviewed:
        raise Usage(fault("publish.which"))
    space = workspace.find(options.folder)
    slugs: list[str] = options.slug
    refused: tuple[Fault, ...] = ()
    if options.reviewed:
        from podcast import standing

        found, refused = standing.releasable(standing.standings(space))
        slugs = list(found)
        if not slugs and not pipeline.read_ledger(space).episodes:
            terminal.say("publish.none_reviewed")
            if refused:
                raise Fixable(refused)
            return 0
    code = _published(space, slugs, options, terminal)
    if refused:  # the others have gone out
        raise Fixable(refused)
    return code


def _published(
    space: Workspace, slugs: list[str], options: argparse.Namespace, terminal: Terminal
) -> int:
    from podcast import pipeline, releasing

    if options.dry_run:
        pipeline.plan(space, slugs, terminal, options.allow)
        deploy = space.show().deploy
        if deploy and not options.no_deploy:
            terminal.say("deploy.publish", address=deploy.pages)
        return 0
    outcome = pipeline.publish(
        space, slugs, terminal, options.force, options.allow, seen=options.seen
    )
    public = [slug for slug in slugs if slug not in outcome.later]
    if not outcome.changes.any and not public and not options.reviewed:
        return 0
    if not outcome.changes.any and public:
        terminal.say("publish.nothing", slugs=", ".join(public))
    elif not outcome.changes.any:
        terminal.say("publish.nothing_new")
    if not releasing.send(space, terminal, options.no_deploy, outcome.show, outcome.waits):
        terminal.say("publish.look", podcast=typed())
    return 0
