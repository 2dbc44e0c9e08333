"""Fill templates: the one door to Jinja2.

A template receives one frozen view and nothing else, so that a page is a function of the theme,
its template and its view.  A workspace overrides templates and static files by name.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from podcast.errors import Fixable, Place, fault
from podcast.wording import FOREIGN

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment

STATIC = "static"
_NO_ELEMENT = re.compile(
    r"<!--.*?-->|<(script|style|title|option|textarea)\b.*?</\1>"
    r"""|<(?:[^<>"']|"[^"]*"|'[^']*')*>""",
    re.DOTALL,
)
_NO_MARKS = str.maketrans("", "", "".join(FOREIGN))
# What a template names of others; the name is missing where it is made by an expression.
_NAMES = re.compile(
    r"""\{%[-+]?\s*(?:extends|include|import|from)\b\s*
        (?:(?P<quote>["'])(?P<name>[^"']*)(?P=quote)\s*
           (?=[-+]?%\}|import\b|as\b|with\b|without\b|ignore\b))?""",
    re.VERBOSE,
)


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
            bytecode_cache=_compiled(),
        )

    def render(self, template: str, view: object) -> str:
        """The page; raises :class:`Fixable` naming the template and line that cannot be filled."""
        import jinja2

        try:
            return marked(self._environment.get_template(template).render(view=view))
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
        """Every static file by the name that templates call it; raises :class:`Fixable`."""
        contents = dict(self.made)
        for folder in reversed(self.folders):
            contents |= {name: path.read_bytes() for name, path in _files(folder / STATIC)}
        return hashed(contents)

    def digest_of(self, *templates: str) -> str:
        """Changes whenever one of the templates does, or what it uses, or a static file."""
        total = hashlib.sha256(self._addresses)
        for name in sorted(self._used_by(templates)):
            content = self._templates.get(name, b"")
            total.update(b"%b\0%d\0%b" % (name.encode(), len(content), content))
        return total.hexdigest()

    @cached_property
    def _addresses(self) -> bytes:
        return "\0".join(sorted(asset.path for asset in self.static.values())).encode()

    @cached_property
    def _templates(self) -> dict[str, bytes]:
        """What is in the folders beside the static files, as Jinja2 finds it by its name."""
        found: dict[str, bytes] = {}
        for folder in reversed(self.folders):
            for name, path in _files(folder):
                if not name.startswith(f"{STATIC}/"):
                    found[name] = path.read_bytes()
        return found

    def _used_by(self, templates: Sequence[str]) -> Set[str]:
        """The templates and all that they extend, include and import; all there are if unknown."""
        used: set[str] = set()
        waiting = list(templates)
        while waiting:
            name = waiting.pop()
            if name not in used:
                used.add(name)
                text = self._templates.get(name, b"").decode(errors="replace")
                for found in _NAMES.finditer(text):
                    if found["name"] is None:
                        return self._templates.keys()
                    waiting.append(found["name"])
        return used


def marked(page: str) -> str:
    """The page with ``lang`` around each sentence that nobody has translated (WCAG 3.1.2).

    Where no element may stand (an attribute, a title, a script) the sentence stays as it is.
    """
    if FOREIGN[0] not in page:
        return page
    parts = []
    end = 0
    for found in _NO_ELEMENT.finditer(page):
        parts.append(_spans(page[end : found.start()]))
        parts.append(found[0].translate(_NO_MARKS))
        end = found.end()
    return "".join((*parts, _spans(page[end:])))


def _spans(text: str) -> str:
    return text.replace(FOREIGN[0], '<span lang="en">').replace(FOREIGN[1], "</span>")


def _compiled() -> BytecodeCache | None:
    """Where compiled templates are kept: beside the program's own, never in a workspace.

    What is kept is run, and a workspace may come from somebody else.
    """
    import jinja2

    folder = Path(__file__).parent / "__pycache__"
    if sys.dont_write_bytecode or not os.access(folder, os.W_OK):
        return None
    return jinja2.FileSystemBytecodeCache(str(folder), "%s.jinja")


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file under an address that changes with its content."""

    path: str
    content: bytes


def hashed(contents: Mapping[str, bytes]) -> dict[str, Asset]:
    """Static files under addresses that change with their content.

    A style sheet's links to the others (``url(fonts/x.woff2)``) are rewritten, so that its own
    address changes with theirs; raises :class:`Fixable` naming the line of a link to nothing.
    """
    assets: dict[str, Asset] = {}
    begun: set[str] = set()

    def address(name: str) -> str | None:
        if name not in assets:
            if name not in contents or name in begun:
                return None
            begun.add(name)
            content = contents[name]
            if name.endswith(".css"):
                content = _relinked(content.decode(errors="surrogateescape"), name, address)
            pure = PurePosixPath(name)
            digest = hashlib.sha256(content).hexdigest()[:8]
            path = pure.with_name(f"{pure.stem}.{digest}{pure.suffix}")
            assets[name] = Asset(f"{_ASSETS}/{path}", content)
        return assets[name].path

    for name in contents:
        address(name)
    return assets


_ASSETS = "assets"
# A link, after whatever only looks like one: a comment, a text between quotes.
_LINK = re.compile(
    r"""/\*.*?\*/
      | (?: url\(\s* | @import\s+ ) (?P<quote>["']) (?P<quoted>.*?) (?P=quote)
      | url\(\s* (?P<bare>[^"'\s)]+)
      | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*'""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)


def _relinked(css: str, name: str, address: Callable[[str], str | None]) -> bytes:
    folder = posixpath.dirname(name)

    def link(found: re.Match[str]) -> str:
        group = "quoted" if found["quoted"] else "bare"
        target = urlsplit(found[group] or "")
        if target.scheme or target.netloc or not target.path or target.path.startswith("/"):
            return found[0]
        path = address(posixpath.normpath(posixpath.join(folder, target.path)))
        if path is None:
            place = Place(f"templates/{STATIC}/{name}", css.count("\n", 0, found.start()) + 1)
            raise Fixable(fault("theme.link", place, name=found[group]))
        new = target._replace(path=posixpath.relpath(path, posixpath.join(_ASSETS, folder)))
        start, end = (at - found.start() for at in found.span(group))
        return found[0][:start] + urlunsplit(new) + found[0][end:]

    return _LINK.sub(link, css).encode(errors="surrogateescape")


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    if folder.is_dir():
        home = folder.resolve()
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                # A workspace may come from somebody else: a link in it must not publish a key.
                if path.is_symlink() and home not in path.resolve().parents:
                    name = path.relative_to(folder).as_posix()
                    raise Fixable(fault("theme.outside", name=name))
                yield path.relative_to(folder).as_posix(), path
