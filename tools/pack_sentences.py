"""Make the quick form of the sentences when the program is packed (a build hook of hatchling).

A program that is installed where it may not write would else read the translators' files at each
start.
"""

from __future__ import annotations

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SentencesHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)
        try:
            from podcast import wording
        finally:
            sys.path.remove(self.root)
        wording.pack()
