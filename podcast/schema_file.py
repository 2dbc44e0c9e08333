"""JSON Schemas of what people write in YAML: editors complete keys and mark slips.

They are made of the same classes that check the files, and are kept in the workspace, so that they
help without a network; what each key means is said in the show's language.  They are looser than
the checks themselves: ``publish`` has the last word.
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
from podcast.wording import Wording

FOLDER = ".schema"
# Values of an episode that do not stand in the head of its file.
_INSIDE = ("slug", "notes")
DRAFT = "https://json-schema.org/draft/2020-12/schema"
# What checks the heads of Markdown files in editors (remark) knows no later one.
OLD_DRAFT = "http://json-schema.org/draft-07/schema#"


def schemas(language: str) -> Mapping[str, str]:
    """The texts of the schemas by their path in the workspace."""
    words = Wording(language)
    return {
        f"{FOLDER}/podcast.json": _text("podcast.yaml", _of(Show, words)),
        f"{FOLDER}/glossary.json": _text("glossary.yaml", _glossary(words)),
        f"{FOLDER}/episode.json": _text("episode.md", _episode(words), OLD_DRAFT),
    }


def schemas_of_network(language: str) -> Mapping[str, str]:
    """The same in the folder of a network."""
    words = Wording(language)
    return {
        f"{FOLDER}/network.json": _text("network.yaml", _of(Network, words)),
        f"{FOLDER}/glossary.json": _text("glossary.yaml", _glossary(words)),
    }


def meanings() -> Mapping[str, str]:
    """What the docstrings say of each class (``section.Show``) and key (``key.Show.title``)."""
    found: dict[str, str] = {}
    for cls in (Show, Episode, Term, Network):
        whole = json_schema(cls)
        for name, schema in ((cls.__name__, whole), *whole.get("$defs", {}).items()):
            if "properties" in schema:
                found[f"section.{name}"] = _line(schema)
                told = {key: _line(each) for key, each in schema["properties"].items()}
                found |= {f"key.{name}.{key}": said for key, said in told.items() if said}
    return {key: said for key, said in found.items() if key.rpartition(".")[2] not in _INSIDE}


def _line(schema: Mapping[str, Any]) -> str:
    return " ".join(schema.get("description", "").split())


def _worded(cls: type, words: Wording) -> dict[str, Any]:
    """The schema of a class with what it says in the words' language."""
    made = json_schema(cls)
    for name, schema in ((cls.__name__, made), *made.get("$defs", {}).items()):
        told = {f"section.{name}": schema}
        told |= {f"key.{name}.{key}": each for key, each in schema.get("properties", {}).items()}
        for key, each in told.items():
            if words.knows(key):
                each["description"] = words.say(key)
    return made


def _of(cls: type[Show] | type[Network], words: Wording) -> dict[str, Any]:
    made = _worded(cls, words)
    # ``deploy: ADDRESS`` is the short form of ``pages: ADDRESS`` below it.
    made["properties"]["deploy"]["anyOf"].append({"type": "string"})
    return made


def _episode(words: Wording) -> dict[str, Any]:
    """The head of the file: its other part is text, and its name is its folder's."""
    made = _worded(Episode, words)
    for key in _INSIDE:
        del made["properties"][key]
    # The show's language holds where an episode says none.
    given = {*_INSIDE, "language"}
    made["required"] = [key for key in made["required"] if key not in given]
    return made


def _glossary(words: Wording) -> dict[str, Any]:
    term = _worded(Term, words)
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
