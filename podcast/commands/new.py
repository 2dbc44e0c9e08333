"""``podcast new "Title" --audio FILE``: begin the next episode."""

from __future__ import annotations

import argparse
from pathlib import Path

from podcast.terminal import Terminal
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Its title, and what differs from what the show would do next."""
    parser.add_argument("title", help=words.say("option.new_title"))
    parser.add_argument("--audio", type=Path, metavar="FILE", help=words.say("option.new_audio"))
    parser.add_argument("--number", type=int, metavar="N", help=words.say("option.new_number"))
    parser.add_argument("--season", type=int, metavar="N", help=words.say("option.new_season"))
    parser.add_argument("--date", help=words.say("option.new_date"))
    parser.add_argument("--slug", metavar="NAME", help=words.say("option.new_slug"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Make the folder, then say what it is and what to type next."""
    from podcast import new_episode, workspace
    from podcast.errors import Usage, fault

    for key in ("number", "season"):
        value = getattr(options, key)
        if value is not None and not 1 <= value < 2**31:
            kind = "field.too_small" if value < 1 else "field.too_large"
            limit = 1 if value < 1 else 2**31 - 1
            raise Usage(fault(kind, key=f"--{key}", value=value, limit=limit))
    space = workspace.find(options.folder)
    wishes = new_episode.Wishes(
        options.title,
        options.slug,
        options.number,
        options.season,
        options.date,
        options.audio.expanduser() if options.audio else None,
    )
    begun = new_episode.begin(space, wishes, terminal)
    for unread in begun.unread:
        terminal.line(terminal.tell(unread))
    if begun.unread:
        terminal.say("new.unread", n=len(begun.unread))
    episode = begun.episode
    if begun.taken:
        terminal.say("new.taken", slug=episode.slug, taken=begun.taken)
    if episode.number:
        terminal.say("new.done", number=episode.number, file=begun.file)
    else:
        terminal.say("new.done_plain", file=begun.file)
    terminal.say("new.date_rhythm" if begun.rhythm else "new.date", date=episode.date)
    if begun.recording:
        terminal.say("new.copied", file=begun.recording)
        terminal.say("new.next", file=begun.file, slug=episode.slug)
    else:
        folder = begun.file.removesuffix("episode.md")
        terminal.say("new.next_sound", file=begun.file, folder=folder, slug=episode.slug)
    return 0
