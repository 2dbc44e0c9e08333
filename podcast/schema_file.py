"""JSON Schemas of what people write in YAML: editors complete keys and mark slips.

They are made of the same classes that check the files, and are kept in the workspace, so that they
help without a network.  They are looser than the checks themselves: ``publish`` has the last word.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from podcast.episode import Episode
from podcast.glossary import Term
from podcast.network import Network
from podcast.show import Show
from podcast.validation import json_schema

FOLDER = ".schema"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
# What checks the heads of Markdown files in editors (remark) knows no later one.
OLD_DRAFT = "http://json-schema.org/draft-07/schema#"


def schemas() -> Mapping[str, str]:
    """The texts of the schemas by their path in the workspace."""
    return {
        f"{FOLDER}/podcast.json": _text("podcast.yaml", _of(Show)),
        f"{FOLDER}/glossary.json": _text("glossary.yaml", _glossary()),
        f"{FOLDER}/episode.json": _text("episode.md", _episode(), OLD_DRAFT),
    }


def schemas_of_network() -> Mapping[str, str]:
    """The same in the folder of a network."""
    return {
        f"{FOLDER}/network.json": _text("network.yaml", _of(Network)),
        f"{FOLDER}/glossary.json": _text("glossary.yaml", _glossary()),
    }


def _of(cls: type[Show] | type[Network]) -> dict[str, Any]:
    made = json_schema(cls)
    # ``deploy: ADDRESS`` is the short form of ``pages: ADDRESS`` below it.
    made["properties"]["deploy"]["anyOf"].append({"type": "string"})
    return made


def _episode() -> dict[str, Any]:
    """The head of the file: its other part is text, and its name is its folder's."""
    made = json_schema(Episode)
    for key in ("slug", "notes"):
        del made["properties"][key]
    # The show's language holds where an episode says none.
    given = {"slug", "notes", "language"}
    made["required"] = [key for key in made["required"] if key not in given]
    return made


def _glossary() -> dict[str, Any]:
    term = json_schema(Term)
    return {"type": ["object", "null"], "additionalProperties": {"anyOf": [term, {"type": "null"}]}}


def _text(title: str, schema: Mapping[str, Any], draft: str = DRAFT) -> str:
    whole = {"$schema": draft, **_untitled(schema), "title": title}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _untitled(value: Any) -> Any:
    """Without the titles that are only the names of keys again."""
    if isinstance(value, dict):
        return {
            key: _untitled(inner)
            for key, inner in value.items()
            if not (key == "title" and isinstance(inner, str))
        }
    return [_untitled(inner) for inner in value] if isinstance(value, list) else value
