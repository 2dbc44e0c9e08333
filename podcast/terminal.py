"""Tell people in their terminal: plain lines that a screen reader can follow.

On a terminal a long stage shows a bar that is redrawn on its line.  Elsewhere, and with
``--plain``, it says one line at every tenth.  No spinner, no box drawing, no colour.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TextIO

from podcast.dates import decimal, moment
from podcast.errors import Fault
from podcast.occasions import Occasions
from podcast.report import Progress
from podcast.spoken import asked
from podcast.timecode import spoken
from podcast.wording import Wording, nearest

_WIDTH = 24
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Terminal:
    """A reporter for one command."""

    def __init__(self, words: Wording, plain: bool = False, out: TextIO | None = None) -> None:
        self.words = words
        self._out = out or sys.stdout
        self._bar = not plain and self._out.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn = False

    def line(self, text: str) -> None:
        """One line; a bar that is there gives way, and is drawn below it the next time."""
        if self._drawn:
            self._out.write("\r\x1b[K")
            self._drawn = False
        print(text, file=self._out, flush=True)

    def say(self, key: str, /, **facts: object) -> None:
        """One plain line: what was done, in how long, to which file."""
        self.line(self._said(key, facts))

    def sentence(self, key: str, /, **facts: object) -> str:
        """What :meth:`say` would print."""
        return self._said(key, facts)

    def _said(self, key: str, facts: Mapping[str, object]) -> str:
        return self.words.say(key, **{name: self._shown(fact) for name, fact in facts.items()})

    def _shown(self, fact: object) -> object:
        if isinstance(fact, Occasions):
            return fact.told(self.words)
        if isinstance(fact, datetime):
            return moment(fact, self.words.language)
        if isinstance(fact, str):
            return _harmless(fact)
        return decimal(fact, self.words.language) if isinstance(fact, float) else fact

    @contextmanager
    def progress(self, key: str, /, **facts: object) -> Iterator[Progress]:
        """A bar that moves, or a line at every tenth; a fact ``megabytes`` is told as they come."""
        title = self.words.say(key, **facts)
        megabytes = facts.get("megabytes")
        began = time.monotonic()
        tenth = 0
        drawn = 0.0

        def show(share: float) -> None:
            nonlocal tenth, drawn
            now = time.monotonic()
            left = ""
            if share > 0.02 and now - began > 2:
                seconds = (now - began) * (1 - share) / share
                left = self.words.say("progress.left", time=spoken(int(seconds) * 1000 + 1000))
            percent = self.words.say("progress.percent", n=int(share * 100))
            if isinstance(megabytes, float):
                here = {"done": share * megabytes, "megabytes": megabytes}
                percent = f"{self._said('progress.bytes', here)} {percent}"
            if self._bar:
                if now - drawn > 0.1 or share >= 1:
                    drawn = now
                    full = int(share * _WIDTH)
                    bar = "#" * full + "-" * (_WIDTH - full)
                    self._out.write(f"\r{title} [{bar}] {percent} {left}\x1b[K")
                    self._out.flush()
                    self._drawn = True
            elif int(share * 10) > tenth:
                tenth = int(share * 10)
                self.line(" ".join(part for part in (title, percent, left) if part))

        if self._bar:
            show(0.0)
        try:
            yield show
        finally:
            if self._bar:
                self._out.write("\r\x1b[K")
                self._out.flush()
                self._drawn = False

    def tell(self, fault: Fault) -> str:
        """A fault as a sentence: where, what, and what to do."""
        said = self._said(f"error.{fault.kind}", fault.facts)
        if not fault.place:
            return said[:1].upper() + said[1:]
        line = f":{fault.place.line}" if fault.place.line else ""
        return self.words.say("where", place=f"{_harmless(fault.place.file)}{line}") + said


def _harmless(text: str) -> str:
    """Names of files may hold anything, a command to the terminal too: controls are written out."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def language(show_language: str | None = None) -> str:
    """The language to speak: what the person's system asks for, or else the show's, or French."""
    return nearest(asked() or show_language or "fr")


PORT = (0, 65535)
"""The ports of TCP; 0 lets the system choose a free one."""


def within(kind: type[int] | type[float], least: int, most: int) -> Callable[[str], float]:
    """What argparse makes of the word behind an option: a number that is in these bounds.

    Its message is worded by :mod:`podcast.usage`, as those of argparse are.
    """

    def number(word: str) -> float:
        value = kind(word)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{word} is not from {least} to {most}")
        return value

    number.__name__ = kind.__name__  # argparse names it where the word is no number
    return number
