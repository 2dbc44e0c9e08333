"""``podcast check episode-3``: what is worth a listen before it is published."""

from __future__ import annotations

import argparse
import sys

from podcast.terminal import Terminal
from podcast.timecode import clock
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which episode."""
    parser.add_argument("slug", help=words.say("option.slug"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """The gate's own points first, then the doubts, then the sound; 1 while the gate is shut."""
    from podcast import correction, reporting, workspace

    space = workspace.find(options.folder)
    report = correction.check(space, options.slug)
    for fault in report.closed:
        print(terminal.tell(fault), file=sys.stderr)
    for flag in report.doubts:
        said = terminal.words.say(f"doubt.{flag.kind}", **dict(flag.facts))
        place = f"{report.file}:{flag.line}"
        terminal.say("doubt.line", place=place, time=clock(flag.at_ms), said=said)
    for word, line in report.typography:
        said = terminal.words.say("doubt.typography", word=word)
        terminal.line(terminal.words.say("where", place=f"{report.file}:{line}") + said)
    sound = reporting.sound(space, options.slug, report.timeline, terminal.words)
    if sound is None:
        terminal.say("check.no_sound", slug=options.slug)
    else:
        for blemish in sound.blemishes:
            terminal.say(f"blemish.{blemish.kind}", **blemish.told(options.slug))
        terminal.say("check.sound", page=sound.page)
    terminal.say(
        "check.done",
        n=len(report.doubts) + (len(sound.blemishes) if sound else 0),
        exact=f"{report.timeline.exact * 100:.0f}",
    )
    return 1 if report.closed else 0
