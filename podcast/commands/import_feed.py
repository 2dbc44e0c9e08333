"""``podcast import-feed https://…``: bring a show from another host, with its identifiers."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from podcast.errors import Fault, Fixable, Outside, fault
from podcast.rules import ADDRESS
from podcast.terminal import Terminal
from podcast.wording import Wording

# A longer list is not listened to; the rest is told the next time.
_MOST_LINES = 20


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which feed, where the new site will be, and what else a person must answer for."""
    parser.add_argument("source", metavar="FEED", help=words.say("option.feed"))
    parser.add_argument("--address", metavar="URL", help=words.say("option.feed_address"))
    parser.add_argument("--mine", action="store_true", help=words.say("option.feed_mine"))
    parser.add_argument(
        "--allow", action="append", default=[], metavar="HOST:PORT",
        help=words.say("option.feed_allow"),
    )  # fmt: skip


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Bring everything that is not there, then tell what a person must look at."""
    from podcast import feed_importing

    address = options.address
    if address is not None:
        try:
            address = ADDRESS.test(address)
        except ValueError as error:
            raise Fixable(fault("field.web", key="--address", value=address)) from error
    trusted = frozenset(host if ":" in host else f"{host}:80" for host in options.allow)
    wishes = feed_importing.Wishes(address, options.mine, trusted)
    done = feed_importing.bring_in(options.folder, options.source, wishes, terminal)
    terminal.say("import_feed.found", title=done.title, n=done.episodes)
    if not done.added and not done.sounds and not done.drafts:
        terminal.say("import_feed.nothing")
    if done.added:
        terminal.say("import_feed.added", n=len(done.added))
    if done.sounds:
        terminal.say("import_feed.sounds", n=done.sounds)
    if done.drafts:
        terminal.say("import_feed.drafts", n=done.drafts)
    for remark in _first(done.remarks, terminal):
        terminal.line(terminal.tell(remark))
    if done.silent:
        terminal.say("import_feed.silent", n=len(done.silent))
    if done.untold:
        terminal.say("import_feed.untold", n=len(done.untold), slug=done.untold[0])
    if done.failures:
        raise Outside(_first(done.failures, terminal))
    return 0


def _first(faults: Sequence[Fault], terminal: Terminal) -> Sequence[Fault]:
    if len(faults) > _MOST_LINES:
        terminal.say("import.many", shown=_MOST_LINES, n=len(faults))
    return faults[:_MOST_LINES]
