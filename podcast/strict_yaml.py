"""Read YAML 1.2 that people write into plain values, keeping the line of everything.

Stricter than a YAML library on purpose: no aliases (a few lines can grow to gigabytes), no
repeated keys (one of the two would be lost in silence), no tags (code), a limit on size and depth.
Dates and numbers with a leading zero stay text, for the model behind to understand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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
