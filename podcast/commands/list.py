"""``podcast list``: where every episode stands."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from podcast.dates import long_date
from podcast.terminal import Terminal
from podcast.wording import Wording

if TYPE_CHECKING:
    from podcast.standing import Standing, State


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """For people or for programs."""
    parser.add_argument("--json", action="store_true", help=words.say("option.json"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """A line for each episode, what it is first; 1 where a file cannot be read."""
    from podcast import standing, workspace

    found = standing.standings(workspace.find(options.folder))
    faulty = [each for each in found if each.state == "faulty"]
    if options.json:
        terminal.line(json.dumps([_plain(each) for each in found], ensure_ascii=False, indent=1))
    else:
        _tell(found, terminal)
    for each in faulty:
        for fault in each.closed:
            print(terminal.tell(fault), file=sys.stderr)
    return 1 if faulty else 0


def _tell(found: tuple[Standing, ...], terminal: Terminal) -> None:
    say = terminal.words.say
    if not found:
        terminal.say("list.nothing")
        return
    counted = Counter(each.state for each in found)
    order = [state for state in _ORDER if counted[state]]
    parts = [say(f"list.count.{state}", n=counted[state]) for state in order]
    terminal.line(say("list.total", n=len(found), parts=", ".join(parts)))
    for each in found:
        told = say(f"list.state.{each.state}")
        if each.state == "in_correction" or (each.state == "transcribed" and each.left):
            told = say("list.left", state=told, n=each.left)
            if each.heard:
                told = say("list.heard", state=told, n=each.heard)
        if each.changed:
            names = ", ".join(say(f"list.changed.{name}") for name in each.changed)
            told = say("list.differs", state=told, names=names)
        if each.closed and each.state != "faulty":
            told = say("list.closed", state=told, n=len(each.closed))
        if each.episode is None:
            terminal.say("list.line_faulty", slug=each.slug, state=told)
            continue
        date: datetime | str = each.episode.date
        if each.state not in ("scheduled", "due"):
            date = long_date(each.episode.date, terminal.words.language)
        terminal.say("list.line", slug=each.slug, state=told, title=each.episode.title, date=date)


# The order in which a person wants to hear how many there are: what asks for work first.
_ORDER: tuple[State, ...] = (
    "faulty", "begun", "recorded", "transcribed", "in_correction", "reviewed", "due", "changed",
    "scheduled", "published",
)  # fmt: skip


def _plain(each: Standing) -> dict[str, object]:
    episode = each.episode
    return {
        "slug": each.slug,
        "state": each.state,
        "title": episode.title if episode else None,
        "number": episode.number if episode else None,
        "season": episode.season if episode else None,
        "date": episode.date.isoformat() if episode else None,
        "language": episode.language if episode else None,
        "left": each.left,
        "heard": each.heard,
        "changed": list(each.changed),
        "closed": [
            {
                "kind": fault.kind,
                "file": fault.place.file if fault.place else None,
                "line": fault.place.line if fault.place else None,
            }
            for fault in each.closed
        ],
    }
