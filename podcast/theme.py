"""Fill templates: the one door to Jinja2.

A template receives one frozen view and nothing else, so that a page is a function of the theme,
its template and its view.  A workspace overrides templates and static files by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from podcast.errors import Fixable, Place, fault

if TYPE_CHECKING:
    from jinja2 import Environment

STATIC = "static"


def built_in() -> Path:
    """The theme's folder: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / "templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "templates"


@dataclass(frozen=True)
class Theme:
    """Templates and static files, the workspace's own before the built-in ones."""

    folders: tuple[Path, ...]
    made: Mapping[str, bytes] = field(default_factory=dict)
    """Static files that the show's settings make, by name; a file in a folder goes before them."""

    @cached_property
    def _environment(self) -> Environment:
        import jinja2

        return jinja2.Environment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in self.folders]),
            # Not select_autoescape: that leaves "page.html.j2" unescaped.
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def render(self, template: str, view: object) -> str:
        """The page; raises :class:`Fixable` naming the template and line that cannot be filled."""
        import jinja2

        try:
            return self._environment.get_template(template).render(view=view)
        except jinja2.TemplateNotFound as error:
            raise Fixable(fault("theme.missing", name=str(error.name))) from error
        except jinja2.TemplateSyntaxError as error:
            place = Place(f"templates/{error.name}", error.lineno)
            raise Fixable(fault("theme.syntax", place, detail=error.message or "")) from error
        except jinja2.UndefinedError as error:
            place = Place(f"templates/{template}")
            raise Fixable(fault("theme.undefined", place, detail=error.message or "")) from error

    @cached_property
    def static(self) -> dict[str, Asset]:
        """Every static file by the name that templates call it."""
        contents = dict(self.made)
        for folder in reversed(self.folders):
            contents |= {name: path.read_bytes() for name, path in _files(folder / STATIC)}
        return {name: Asset(_hashed(name, content), content) for name, content in contents.items()}

    @cached_property
    def digest(self) -> str:
        """Changes whenever anything in the theme does."""
        total = hashlib.sha256()
        for name, content in self.made.items():
            total.update(name.encode() + b"\0" + content + b"\0")
        for folder in self.folders:
            for name, path in _files(folder):
                total.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
        return total.hexdigest()


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file under an address that changes with its content."""

    path: str
    content: bytes


def _hashed(name: str, content: bytes) -> str:
    pure = PurePosixPath(name)
    digest = hashlib.sha256(content).hexdigest()[:8]
    return f"assets/{pure.with_name(f'{pure.stem}.{digest}{pure.suffix}')}"


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    if folder.is_dir():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(folder).as_posix(), path
