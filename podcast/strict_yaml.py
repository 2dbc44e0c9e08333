"""Read YAML 1.2 that people write into plain values, keeping the line of everything.

Stricter than a YAML library on purpose: no aliases (a few lines can grow to gigabytes), no
repeated keys (one of the two would be lost in silence), no tags (code), a limit on size and depth.
Dates and numbers with a leading zero stay text, for the model behind to understand.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podcast.errors import Fixable, Place, fault

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
_CORE = "tag:yaml.org,2002:"
_INT = re.compile(r"[-+]?(0|[1-9]\d{0,17})")  # more digits stay text: no key needs them
_HALF = re.compile("[\ud800-\udfff]")
_FLOAT = re.compile(r"[-+]?\d+\.\d+")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """What a YAML text says, and the line (from 1) of each key and list item by its path."""

    value: Any
    lines: Mapping[Path, int]
    file: str

    def place(self, path: Path = ()) -> Place:
        """The nearest line known for a path."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.file, self.lines.get(path))


def read_yaml(text: str, file: str, first_line: int = 1) -> Tree:
    """The plain value of a YAML text; raises :class:`Fixable` with the line of each fault.

    ``file`` is how the person calls it; ``first_line`` is where the text starts in that file.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

    if len(text) > MAX_BYTES:
        raise Fixable(fault("yaml.too_large", Place(file), limit=MAX_BYTES // 1000))
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.context_mark and "end of stream" in (error.problem or ""):
            mark = error.context_mark  # where the quote was opened, not where the file ends
        line = first_line + mark.line if mark else None
        raise Fixable(fault("yaml.syntax", Place(file, line))) from error
    except RecursionError as error:
        raise Fixable(fault("yaml.deep", Place(file), limit=MAX_DEPTH)) from error
    except (YAMLError, ValueError) as error:
        line = None
        position = getattr(error, "position", None)
        if isinstance(position, int):
            line = first_line + text.count("\n", 0, position)
        raise Fixable(fault("yaml.unreadable", Place(file, line))) from error
    lines: dict[Path, int] = {(): first_line}
    faults = []
    seen: set[int] = set()

    def build(node: Node, path: Path) -> Any:
        line = first_line + node.start_mark.line
        place = Place(file, line)
        lines.setdefault(path, line)
        if id(node) in seen:
            faults.append(fault("yaml.alias", Place(file, lines[path])))
            return None
        seen.add(id(node))
        if len(path) > MAX_DEPTH:
            faults.append(fault("yaml.deep", place, limit=MAX_DEPTH))
            return None
        if isinstance(node, ScalarNode):
            try:
                return _scalar(node.tag or "", _whole(node.value), node.style)
            except UnicodeDecodeError:
                faults.append(fault("yaml.half", place))
                return None
        if isinstance(node, SequenceNode):
            return [build(item, (*path, i)) for i, item in enumerate(node.value)]
        if isinstance(node, MappingNode):
            made: dict[str, Any] = {}
            for key_node, value_node in node.value:
                at = first_line + key_node.start_mark.line
                try:
                    key = _whole(str(key_node.value))
                except UnicodeDecodeError:
                    faults.append(fault("yaml.half", Place(file, at)))
                    continue
                if key in made:
                    faults.append(fault("yaml.repeated", Place(file, at), key=key))
                    continue
                lines[(*path, key)] = at
                made[key] = build(value_node, (*path, key))
            return made
        return None

    value = build(root, ()) if root is not None else None
    if faults:
        raise Fixable(faults)
    return Tree(value, lines, file)


def _whole(text: str) -> str:
    """Two escapes for one character, as JSON has them, made that character."""
    if not _HALF.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _scalar(tag: str, text: str, style: str | None) -> Any:
    if style in ("'", '"', "|", ">"):
        return text
    if tag == _CORE + "null":
        return None
    if tag == _CORE + "bool":
        return text.lower() == "true"
    if tag == _CORE + "int" and _INT.fullmatch(text):
        return int(text)
    if tag == _CORE + "float" and _FLOAT.fullmatch(text):
        return float(text)
    return text


def with_added(text: str, file: str, path: Sequence[str], value: Mapping[str, Any] | str) -> str:
    """The text with keys, or one item of a list, added at a path; every other character stays.

    What is not there of the path is made.  Raises :class:`Fixable` for a text that is faulty, or
    written in a way in which nothing can be added safely.
    """
    tree = read_yaml(text, file)
    wanted = _added(copy.deepcopy(tree.value), path, value)
    made = _inserted(text, path, value)
    if not made.endswith("\n") and made != text:
        made += "\n"
    try:
        if read_yaml(made, file).value == wanted:
            return made
    except Fixable:
        pass
    raise Fixable(fault("yaml.by_hand", tree.place(tuple(path)), text=_flow(value)))


def _added(tree: Any, path: Sequence[str], value: Mapping[str, Any] | str) -> Any:
    """The same done to a plain value."""
    if path:
        inner = tree if isinstance(tree, dict) else {}
        return {**inner, path[0]: _added(inner.get(path[0]), path[1:], value)}
    if isinstance(value, str):
        return [*(tree or []), value]
    return {**(tree or {}), **value}


def _inserted(text: str, path: Sequence[str], value: Mapping[str, Any] | str) -> str:
    """The lines put in, by the marks that the YAML library gives."""
    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

    node: Node | None = YAML(typ="safe", pure=True).compose(text)
    parent, at = None, 0
    for depth, key in enumerate(path):
        found = None
        if isinstance(node, MappingNode):
            found = next((v for k, v in node.value if k.value == key), None)
        if found is None:
            rest: Any = value if isinstance(value, Mapping) else [value]
            for name in reversed(path[depth:]):
                rest = {name: rest}
            return _into(text, node, parent, at, rest)
        assert isinstance(node, MappingNode)
        parent, at = node, next(k for k, v in node.value if v is found).start_mark.column
        node = found
    if isinstance(value, str) and not isinstance(node, SequenceNode):
        return _into(text, node, parent, at, [value])
    return _into(text, node, parent, at, value)


def _into(text: str, node: Any, parent: Any, column: int, value: Any) -> str:
    """The text with a value added to one node; ``column`` is where the key of the node stands."""
    holds = node is not None and isinstance(node.value, list)
    if holds and node.flow_style:
        end = node.end_mark.index - 1
        before = text[:end].rstrip()
        added = _flow(value) if isinstance(value, str) else _flow(value)[1:-1]
        return before + ("" if before[-1] in "{[," else ", ") + added + text[end:]
    if holds and node.value:
        indent = " " * node.start_mark.column
        return _after(text, _end(node), _block(value, indent))
    if parent is None:
        return (text.rstrip("\n") + "\n" if text.strip() else text) + _block(value, "")
    # A key with nothing behind it.
    if parent.flow_style:
        return text[: node.start_mark.index] + " " + _flow(value) + text[node.end_mark.index :]
    return _after(text, node.start_mark.index, _block(value, " " * (column + 2)))


def _end(node: Any) -> int:
    """Where the last letter of a node is; comments after it belong to nobody."""
    if not isinstance(node.value, list) or node.flow_style:
        return int(node.end_mark.index)
    last = node.value[-1]
    key, inner = last if isinstance(last, tuple) else (last, last)
    return max(_end(inner), int(key.end_mark.index) if key is not inner else 0)


def _after(text: str, index: int, lines: str) -> str:
    """The text with lines put behind the line of a place, and behind no empty ones."""
    index = len(text[:index].rstrip("\n")) if text[:index].endswith("\n") else index
    stop = text.find("\n", index)
    if stop < 0:
        return text + "\n" + lines
    return text[: stop + 1] + lines + text[stop + 1 :]


def _block(value: Any, indent: str) -> str:
    """Lines for keys or for an item, lists on one line."""
    if isinstance(value, str):
        return f"{indent}- {_flow(value)}\n"
    if not isinstance(value, Mapping):
        return "".join(_block(item, indent) for item in value)
    lines = ""
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            lines += f"{indent}{_flow(key)}:\n" + _block(inner, indent + "  ")
        else:
            lines += f"{indent}{_flow(key)}: {_flow(inner)}\n"
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.casefold() not in _LITERALS
        return value if plain else json.dumps(value, ensure_ascii=False)
    return "[" + ", ".join(_flow(item) for item in value) + "]"


_PLAIN = re.compile(r"[^\W\d_][\w .'’-]*[\w.]|[^\W\d_]")
_LITERALS = frozenset("true false null yes no on off y n".split())
