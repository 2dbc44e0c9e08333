"""``podcast stats access.log``: how often each episode was downloaded, by the server's log."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from podcast.terminal import Terminal
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which logs, and in which form."""
    parser.add_argument("logs", nargs="+", type=Path, help=words.say("option.logs"))
    parser.add_argument("--format", dest="form", help=words.say("option.log_format"))
    parser.add_argument("--json", action="store_true", help=words.say("option.stats_json"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """A line for each episode, the most downloaded first; then what was not counted."""
    from podcast import audience, workspace
    from podcast.downloads_report import by_episode

    space = workspace.find(options.folder)
    made = audience.read(space, options.logs, options.form, terminal.words, terminal)
    found, rows = made.downloads, by_episode(made.downloads, made.sounds)
    if options.json:
        told = {
            "total": found.total,
            "episodes": [
                {
                    "slug": row.slug,
                    "title": row.title,
                    "downloads": row.downloads,
                    "days": {
                        day.isoformat(): n
                        for (slug, day), n in sorted(found.days.items())
                        if slug == row.slug
                    },
                }
                for row in rows
            ],
            "left_out": {
                "robots": found.robots,
                "watches": found.watches,
                "short": found.short,
                "strange": found.strangers,
            },
        }
        terminal.line(json.dumps(told, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        facts = {"title": row.title, "n": row.downloads, "lately": row.lately}
        terminal.say("stats.episode", slug=row.slug, **facts)
    terminal.say("stats.total", n=found.total)
    for kind, n in (("robots", found.robots), ("watches", found.watches), ("short", found.short)):
        if n:
            terminal.say(f"stats.{kind}", n=n)
    if found.strangers:
        first = found.strange[0]
        terminal.say("stats.not_read", n=found.strangers, file=first.file, line=first.line)
    if made.page:
        terminal.say("stats.page", page=made.page)
    return 0
