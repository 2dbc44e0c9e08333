"""JSON Schemas of ``podcast.yaml`` and ``glossary.yaml``: editors complete keys and mark slips.

They are made of the same classes that check the files, and are kept in the workspace, so that they
help without a network.  They are looser than the checks themselves: ``publish`` has the last word.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from podcast.glossary import Term
from podcast.show import Show
from podcast.validation import json_schema

FOLDER = ".schema"
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> Mapping[str, str]:
    """The texts of the schemas by their path in the workspace."""
    return {
        f"{FOLDER}/podcast.json": _text("podcast.yaml", _show()),
        f"{FOLDER}/glossary.json": _text("glossary.yaml", _glossary()),
    }


def _show() -> dict[str, Any]:
    made = json_schema(Show)
    # ``deploy: ADDRESS`` is the short form of ``pages: ADDRESS`` below it.
    made["properties"]["deploy"]["anyOf"].append({"type": "string"})
    return made


def _glossary() -> dict[str, Any]:
    term = json_schema(Term)
    return {"type": ["object", "null"], "additionalProperties": {"anyOf": [term, {"type": "null"}]}}


def _text(title: str, schema: Mapping[str, Any]) -> str:
    whole = {"$schema": DRAFT, **_untitled(schema), "title": title}
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
