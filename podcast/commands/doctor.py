"""``podcast doctor``: what is installed, what is missing, and what to type."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from podcast.errors import Fault
from podcast.terminal import Terminal
from podcast.wording import Wording

if TYPE_CHECKING:
    from podcast.checkup import Finding


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """For people or for programs."""
    parser.add_argument("--json", action="store_true", help=words.say("option.json"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """The verdict, then what is wrong, what could be better, and what is fine."""
    from podcast import checkup, workspace
    from podcast.errors import Fixable

    try:
        space = workspace.find(options.folder)
    except Fixable:
        space = None  # the machine can be looked at without a show
    found = checkup.checkup(space)
    code = checkup.ready(found)
    if options.json:
        listed = [_plain(each, terminal) for each in found]
        terminal.line(
            json.dumps({"ready": code == 0, "findings": listed}, ensure_ascii=False, indent=1)
        )
        return code
    wrong = [each for each in found if each.level in ("fix", "outside")]
    if wrong:
        terminal.say("doctor.wrong", n=len(wrong))
    else:
        terminal.say("doctor.ready" if space else "doctor.ready_machine")
    level = "fix"
    for each in found:
        if each.level in ("advice", "fine") and each.level != level:
            terminal.say(f"doctor.level.{each.level}")
        level = each.level
        terminal.line(_said(each, terminal))
    return code


def _said(finding: Finding, terminal: Terminal) -> str:
    if isinstance(finding.told, Fault):
        return terminal.tell(finding.told)
    return terminal.sentence(finding.told, **finding.facts)


def _plain(finding: Finding, terminal: Terminal) -> dict[str, object]:
    told = finding.told
    place = told.place if isinstance(told, Fault) else None
    return {
        "level": finding.level,
        "subject": finding.subject,
        "kind": told.kind if isinstance(told, Fault) else told,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "said": _said(finding, terminal),
    }
