"""Check plain values against a frozen dataclass and tell every fault at once, with its line.

This is the edge: behind it there are only values that are known to be right.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from podcast.errors import Fault, Fixable, fault
from podcast.rules import STRICT, Rule
from podcast.strict_yaml import Path, Tree

T = TypeVar("T")

_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
# pydantic's error types, told in our kinds.
_KINDS = {
    "string_type": "field.text",
    "int_type": "field.number",
    "int_parsing": "field.number",
    "int_parsing_size": "field.number",
    "int_from_float": "field.number",
    "float_type": "field.number",
    "float_parsing": "field.number",
    "bool_type": "field.yes_no",
    "bool_parsing": "field.yes_no",
    "tuple_type": "field.list",
    "list_type": "field.list",
    "dict_type": "field.mapping",
    "dataclass_type": "field.mapping",
}


def validate(
    cls: type[T],
    tree: Tree,
    given: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> T:
    """A ``cls`` made from the tree's value; raises :class:`Fixable` with all its faults.

    ``given`` are fields that the file may not set; ``defaults`` are used where it says nothing,
    in a mapping for each of its keys.
    """
    given = given or {}
    wanted: Any = cls
    value = tree.value if tree.value is not None else {}
    faults = []
    if isinstance(value, dict):
        faults = [_unknown(cls, tree, (key,), given) for key in given if key in value]
        value = {**(defaults or {}), **value, **given}
        for key, usual in (defaults or {}).items():
            if isinstance(usual, Mapping) and isinstance(value[key], dict):
                value[key] = {**usual, **value[key]}
    if not faults:
        try:
            right: T = plainly_right(wanted, value)
        except (ValueError, TypeError, AssertionError):
            pass  # pydantic finds out what is wrong, and whether anything is
        else:
            return right
    from pydantic import ValidationError

    try:
        made: T = _adapter(wanted).validate_python(value)
    except ValidationError as error:
        faults += [_told(cls, tree, item, given) for item in error.errors(include_url=False)]
        raise Fixable(by_line(faults)) from error
    if faults:
        raise Fixable(by_line(faults))
    return made


def plainly_right(wanted: Any, value: Any) -> Any:
    """What pydantic would make of a value that is of the wanted kind already.

    Raises :class:`ValueError`, :class:`TypeError` or :class:`AssertionError` for any other, of
    which pydantic must judge.  To load that, and what it must know of our classes, takes longer
    than all the rest of reading a show's files, most of which are right.
    """
    if dataclasses.is_dataclass(wanted):
        if type(value) is not dict:
            raise ValueError(value)
        cls: Any = wanted
        kinds = _kinds(cls)
        # A key that is unknown or missing is what the class itself raises TypeError for.
        return cls(**{key: plainly_right(kinds[key], of) if key in kinds else of
                      for key, of in value.items()})  # fmt: skip
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        _, rule = inner
        if isinstance(rule, Rule):
            return rule.test(value)
    elif origin in (Union, UnionType):
        (kind,) = (each for each in inner if each is not NoneType)
        return None if value is None and NoneType in inner else plainly_right(kind, value)
    elif origin is Literal:
        if type(value) is str and value in inner:
            return value
    elif origin is tuple:
        kind, _ = inner
        if type(value) in (list, tuple):
            return tuple(plainly_right(kind, each) for each in value)
    elif origin is dict:
        of_key, of_value = inner
        if type(value) is dict:
            return {_key(of_key, key): plainly_right(of_value, of) for key, of in value.items()}
    elif wanted is float and type(value) is int and abs(value) < 2**53:
        return float(value)
    elif wanted in (str, int, float, bool) and type(value) is wanted:
        return value
    raise ValueError(value)


def _key(wanted: Any, key: Any) -> Any:
    """The same for a key, of which YAML makes a text."""
    if wanted is int and type(key) is str and _NUMBER.fullmatch(key):
        return int(key)
    return plainly_right(wanted, key)


@cache
def _kinds(cls: Any) -> dict[str, Any]:
    """What each field of a class wants, by its name."""
    hints = get_type_hints(cls, include_extras=True)
    return {each.name: hints[each.name] for each in dataclasses.fields(cls)}


def json_schema(cls: type) -> dict[str, Any]:
    """What a class wants as a JSON Schema (draft 2020-12), its docstrings as descriptions."""
    from pydantic import TypeAdapter

    # Only here: finding docstrings takes longer than checking all files of a show.
    STRICT["use_attribute_docstrings"] = True
    try:
        made: dict[str, Any] = TypeAdapter(cls).json_schema()
    finally:
        del STRICT["use_attribute_docstrings"]
    return made


@cache
def _adapter(cls: type) -> Any:
    """What checks a class; making it takes longer than checking hundreds of files."""
    from pydantic import TypeAdapter

    return TypeAdapter(cls)


def by_line(faults: list[Fault]) -> list[Fault]:
    """By line; a key that is missing because it is misspelt is told once."""
    meant = {f.facts["near"] for f in faults if f.kind == "field.unknown_near"}
    kept = [f for f in faults if f.kind != "field.missing" or f.facts["key"] not in meant]
    return sorted(kept, key=lambda f: (f.place.line or 0) if f.place else 0)


def _unknown(cls: type, tree: Tree, path: Path, given: Mapping[str, Any]) -> Fault:
    import difflib

    key = str(path[-1])
    known = [name for name in _names(cls, path[:-1]) if name not in given]
    near = difflib.get_close_matches(key, known, 1, 0.6)
    if near:
        return fault(
            "field.unknown_near",
            tree.place(path),
            key=key,
            near=".".join(str(p) for p in (*path[:-1], near[0])),
        )
    return fault("field.unknown", tree.place(path), key=key, known=", ".join(sorted(known)))


def _told(cls: type, tree: Tree, error: Any, given: Mapping[str, Any]) -> Fault:
    path: Path = tuple(error["loc"])
    key = ".".join(str(part) for part in path) or tree.file
    place = tree.place(path)
    kind = error["type"]
    shown = _short(error["input"])
    if kind.startswith("rule:"):
        return fault(f"field.{kind[5:]}", place, key=key, value=shown, **error.get("ctx", {}))
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return _unknown(cls, tree, path, given)
    if kind == "literal_error":
        choices = error["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
        return fault("field.choice", place, key=key, value=shown, choices=choices)
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = error["ctx"].get("ge", error["ctx"].get("le"))
        which = "field.too_small" if kind == "greater_than_equal" else "field.too_large"
        return fault(which, place, key=key, value=shown, limit=limit)
    if kind == "missing":
        return fault("field.missing", place, key=key)
    return fault(_KINDS.get(kind, "field.wrong"), place, key=key, value=shown)


def _names(cls: Any, path: Path) -> list[str]:
    """The keys allowed at a path, found by walking the dataclasses' own fields."""
    for part in path:
        if dataclasses.is_dataclass(cls) and isinstance(part, str):
            cls = get_type_hints(cls).get(part, cls)
            inner = [a for a in get_args(cls) if dataclasses.is_dataclass(a)]
            cls = inner[0] if inner else cls
    return [f.name for f in dataclasses.fields(cls)] if dataclasses.is_dataclass(cls) else []


def _short(value: Any) -> str:
    # A password in an address is a fault, and is not told to everybody who reads the log.
    text = re.sub(r"(://[^/@\s:]*:|https?://)[^/@\s]*@", r"\1***@", str(value))
    text = text.encode(errors="replace").decode().replace("\n", " ")
    return text if len(text) <= 60 else text[:57] + "…"
