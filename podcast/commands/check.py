"""``podcast check``: what hinders listeners and readers, in the whole show or in one episode."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from podcast.errors import Usage, fault
from podcast.terminal import Terminal
from podcast.timecode import clock
from podcast.wording import Wording

if TYPE_CHECKING:
    from podcast.harms import Finding
    from podcast.survey import Surveyed

MOST = 20
"""So many lines of one kind are told to a person; a program is told all."""


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which episode, or all; for people or for programs."""
    parser.add_argument("slug", nargs="?", help=words.say("option.check_slug"))
    parser.add_argument("--json", action="store_true", help=words.say("option.json"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """1 while something must be mended: in an episode, while its gate is shut."""
    if options.slug is None:
        return _show(options, terminal)
    if options.json:
        raise Usage(fault("check.json_of_one", slug=options.slug))
    return _episode(options, terminal)


def _episode(options: argparse.Namespace, terminal: Terminal) -> int:
    """The gate's own points first, then the doubts, then the sound."""
    from podcast import correction, reporting, workspace

    space = workspace.find(options.folder)
    report = correction.check(space, options.slug)
    for point in report.closed:
        print(terminal.tell(point), file=sys.stderr)
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


def _show(options: argparse.Namespace, terminal: Terminal) -> int:
    from podcast import survey, workspace
    from podcast.report import Silent

    space = workspace.find(options.folder)
    found = survey.survey(space, Silent() if options.json else terminal)
    if options.json:
        told = {
            "to_mend": found.to_mend,
            "advice": len(found.findings) - found.to_mend,
            "published": found.published,
            "drafts": found.drafts,
            "pages": found.pages,
            "unheard": found.unheard,
            "findings": [_plain(each, terminal) for each in found.findings],
        }
        terminal.line(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _tell(found, terminal)
    return 1 if found.to_mend else 0


def _tell(found: Surveyed, terminal: Terminal) -> None:
    """First how much there is, then each group under its name."""
    say = terminal.words.say
    parts = [
        say("check.episodes", n=found.published),
        say("check.drafts", n=found.drafts),
        say("check.pages", n=found.pages),
    ]
    terminal.say("check.looked", parts=", ".join(parts))
    mend, advice = found.to_mend, len(found.findings) - found.to_mend
    if not found.findings:
        terminal.say("check.nothing")
    else:
        told = say("check.advice", n=advice)
        terminal.say("check.mend", n=mend, advice=told) if mend else terminal.line(told)
    heading = ""
    shown: Counter[tuple[bool, str]] = Counter()
    many = Counter((each.public, each.key) for each in found.findings)
    for each in found.findings:
        key = f"harm.group.{each.harm}" if each.public else "harm.group.draft"
        if key != heading:
            terminal.line("")
            terminal.say(key)
            heading = key
        kind = (each.public, each.key)
        shown[kind] += 1
        if shown[kind] <= MOST:
            terminal.line(_line(each, terminal))
        elif shown[kind] == MOST + 1:
            terminal.say("check.more", n=many[kind] - MOST)
    if found.unheard:
        terminal.line("")
        terminal.say("check.unheard", n=found.unheard)


def _line(finding: Finding, terminal: Terminal) -> str:
    """Where it is, whom it hinders, what is wrong and what to type, which ends the line."""
    from podcast.harms import WHOM

    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    whom = terminal.words.say(f"harm.whom.{WHOM[finding.harm]}")
    key = "check.as_advice" if finding.level == "advice" and finding.public else "check.for"
    said = terminal.words.say(key, whom=whom, said=terminal.sentence(finding.key, **finding.told))
    if not place:
        return said[:1].upper() + said[1:]
    return terminal.words.say("where", place=place) + said


def _plain(each: Finding, terminal: Terminal) -> dict[str, object]:
    from podcast.harms import WHOM

    return {
        "harm": each.harm,
        "level": each.level,
        "whom": WHOM[each.harm],
        "public": each.public,
        "kind": each.key.removeprefix("error.").removeprefix("harm."),
        "slug": each.slug or None,
        "file": each.file or None,
        "line": each.line,
        "said": terminal.sentence(each.key, **each.told),
    }
