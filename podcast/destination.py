"""Where a show's site is sent, as ``podcast.yaml`` says it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from podcast.errors import Fault, fault
from podcast.rules import ADDRESS, STRICT, Rule
from podcast.strict_yaml import Tree

# A name alone is often a token where git asks for it over https.
_PASSWORD = re.compile(r"[\w+.-]+://[^/@]*:[^/@]*@|https?://[^/@]*@")
_FORBIDDEN = re.compile(r"[\s\"'`$;|<>\\]")


def _place(value: Any) -> str:
    text = str(value).strip() if isinstance(value, str) else ""
    if not text or text.startswith("-") or _PASSWORD.search(text):
        raise ValueError(value)
    if ("://" in text or "@" in text) and (_FORBIDDEN.search(text) or "@-" in text):
        raise ValueError(value)
    return text


PLACE = Rule("destination", _place)


@dataclass(frozen=True, slots=True)
class Deploy:
    """Where the site is sent; ``deploy: ADDRESS`` is the same as ``pages: ADDRESS`` below it."""

    pages: Annotated[str, PLACE]
    """Where the pages and the feed go, and the sound too if nothing else is said."""
    audio: Annotated[str, PLACE] | None = None
    """Another place for the sound files."""
    audio_address: Annotated[str, ADDRESS] | None = None
    """Where that other place is found on the web; needed with ``audio``."""

    __pydantic_config__: ClassVar = STRICT


def whole(tree: Tree) -> Tree:
    """What a file says, the short form of its ``deploy`` made long."""
    value = tree.value
    if not isinstance(value, dict) or not isinstance(value.get("deploy"), str):
        return tree
    return replace(tree, value={**value, "deploy": {"pages": value["deploy"]}})


def halves(deploy: Deploy, tree: Tree) -> list[Fault]:
    """A second place without its address on the web, or the address without the place."""
    if bool(deploy.audio) == bool(deploy.audio_address):
        return []
    key = "deploy.audio_address" if deploy.audio else "deploy.audio"
    return [fault("field.missing", tree.place(("deploy",)), key=key)]
