"""The theme: addresses that change with content, and a workspace that replaces files by name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Ran

from podcast.errors import Fixable
from podcast.theme import Theme, built_in, hashed

PNG = b"\x89PNG"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def css(contents: dict[str, bytes], name: str = "style.css") -> str:
    return hashed(contents)[name].content.decode()


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("url(fonts/a.woff2)", "url(fonts/a.HASH.woff2)"),
        ("url( 'fonts/a.woff2' )", "url( 'fonts/a.HASH.woff2' )"),
        ('URL("./fonts/../fonts/a.woff2")', 'URL("fonts/a.HASH.woff2")'),
        ("url(fonts/a.woff2?v=3#iefix)", "url(fonts/a.HASH.woff2?v=3#iefix)"),
        ("url(a.png), url(fonts/a.woff2)", "url(a.HASH.png), url(fonts/a.HASH.woff2)"),
        ('@import "other.css";', '@import "other.HASH.css";'),
        ("@import url(other.css);", "@import url(other.HASH.css);"),
        ("url(data:image/png;base64,AAAA)", "url(data:image/png;base64,AAAA)"),
        ("url(https://example.org/a.png)", "url(https://example.org/a.png)"),
        ("url(//example.org/a.png)", "url(//example.org/a.png)"),
        ("url(/logo.png)", "url(/logo.png)"),
        ("url(#shape)", "url(#shape)"),
        ("/* url(gone.png) */", "/* url(gone.png) */"),
        ('content: "url(gone.png) \\" url(gone.png)"', 'content: "url(gone.png) \\" url(gone.png)"'),
    ],
)  # fmt: skip
def test_links_of_a_style_sheet(link: str, leads: str) -> None:
    files = {"fonts/a.woff2": b"font", "a.png": PNG, "other.css": b"p {}"}
    got = css({"style.css": link.encode(), **files})
    assert re.sub(r"\.[0-9a-f]{8}\.", ".HASH.", got) == leads


def test_a_link_leads_from_the_style_sheet_to_the_file() -> None:
    contents = {"deep/x.css": b"a { background: url(../img/a.png) }", "img/a.png": PNG}
    assets = hashed(contents)
    found = re.search(r"url\((.*?)\)", assets["deep/x.css"].content.decode())
    assert found
    folder = posixpath.dirname(assets["deep/x.css"].path)
    assert posixpath.normpath(posixpath.join(folder, found[1])) == assets["img/a.png"].path


def test_the_address_of_a_style_sheet_changes_with_what_it_links_to() -> None:
    sheet = b"@font-face { src: url(a.woff2) }"
    one = hashed({"style.css": sheet, "a.woff2": b"1"})["style.css"].path
    assert one != hashed({"style.css": sheet, "a.woff2": b"2"})["style.css"].path
    assert one == hashed({"a.woff2": b"1", "style.css": sheet})["style.css"].path


@pytest.mark.parametrize("target", ["gone.png", "style.css", "two.css"])
def test_a_link_to_nothing_or_in_a_circle_is_told_with_its_line(target: str) -> None:
    contents = {
        "style.css": f'\n\n@import "{target}";'.encode(),
        "two.css": b'@import "style.css";',
    }
    with pytest.raises(Fixable) as told:
        hashed(contents)
    (fault,) = told.value.faults
    assert (fault.kind, fault.place and fault.place.line) in {("theme.link", 3), ("theme.link", 1)}


def test_bytes_that_are_not_text_pass_through() -> None:
    assert hashed({"a.css": b"/* \xe9 */"})["a.css"].content == b"/* \xe9 */"


def test_every_link_of_the_built_in_style_sheets_leads_to_a_file() -> None:
    theme = Theme((built_in(),), {"palette.css": b""})
    made = {asset.path for asset in theme.static.values()}
    for asset in theme.static.values():
        if asset.path.endswith(".css"):
            for target in re.findall(r"url\((.*?)\)", asset.content.decode()):
                assert posixpath.join(posixpath.dirname(asset.path), target) in made


def test_files_go_before_what_is_made_and_the_workspace_before_the_built_in(tmp_path: Path) -> None:
    own = write(tmp_path / "own", {"static/palette.css": "own", "static/style.css": "own"})
    theirs = write(tmp_path / "theirs", {"static/style.css": "built in", "static/a.js": "built in"})
    theme = Theme((own, theirs), {"palette.css": b"made", "more.css": b"made"})
    assert {name: asset.content for name, asset in theme.static.items()} == {
        "palette.css": b"own",
        "style.css": b"own",
        "a.js": b"built in",
        "more.css": b"made",
    }
    assert Theme((own, theirs)).digest_of() != theme.digest_of()


def test_a_digest_is_of_what_a_template_uses(tmp_path: Path) -> None:
    names = {
        "page.html": '{% extends "base.html" %}',
        "base.html": "{%- from 'parts.html' import a -%} {% include \"foot.html\" %}",
        "parts.html": "", "foot.html": "", "other.html": "",
        "open.html": "{% include name %}", "either.html": "{% extends 'a' if x else 'b' %}",
    }  # fmt: skip
    folder = write(tmp_path, names)

    def changed(page: str, file: str) -> bool:
        before = Theme((folder,)).digest_of(page)
        (folder / file).write_text((folder / file).read_text("utf-8") + "\n", "utf-8")
        return Theme((folder,)).digest_of(page) != before

    used = {file for file in names if changed("page.html", file)}
    assert used == {"page.html", "base.html", "parts.html", "foot.html"}
    assert changed("open.html", "other.html") and changed("either.html", "other.html")
    before = Theme((folder,)).digest_of("other.html")
    write(folder, {"static/style.css": "p { color: red }"})
    assert Theme((folder,)).digest_of("other.html") != before


def test_a_workspace_replaces_templates_and_static_files_by_name(
    show: Path, podcast: Callable[..., Ran]
) -> None:
    built = (ROOT / "templates" / "index.html").read_text("utf-8")
    write(
        show / "templates",
        {
            "index.html": built.replace("{% block content %}", "{% block content %}<p>Bonjour</p>"),
            "static/style.css": "body { background: url(wall.png) }",
            "static/wall.png": PNG,
            "static/palette.css": ":root { --paper: #fff }",
            "static/own.css": "p { color: red }",
        },
    )
    ran = podcast(show, "publish", "episode-3")
    assert ran.code == 0, ran.err
    home = (show / "site" / "index.html").read_text("utf-8")
    page = (show / "site" / "episode-3" / "index.html").read_text("utf-8")
    assert "<p>Bonjour</p>" in home
    assert "<p>Bonjour</p>" not in page
    fonts = re.findall(r'<link rel="preload" href="\.\./(.*?)" as="font"', page)
    assert all((show / "site" / font).is_file() for font in fonts)
    assert len(fonts) == 2
    sheets = re.findall(r'<link rel="stylesheet" href="\.\./(.*?)"', page)
    palette, style, own = ((show / "site" / sheet).read_text("utf-8") for sheet in sheets)
    assert own == "p { color: red }"
    assert palette == ":root { --paper: #fff }"
    found = re.fullmatch(r"body \{ background: url\((wall\.[0-9a-f]{8}\.png)\) \}", style)
    assert found
    assert (show / "site" / "assets" / found[1]).read_bytes() == PNG


@pytest.mark.parametrize("path", sorted((ROOT / "templates" / "static").glob("*.css")), ids=str)
def test_every_block_of_the_styles_is_closed(path: Path) -> None:
    """A block left open swallows all that follows, and nothing else would say so."""
    text = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", path.read_text("utf-8"), flags=re.DOTALL)
    depth, deepest = 0, 0
    for sign in re.findall(r"[{}]", text):
        depth += 1 if sign == "{" else -1
        deepest = max(deepest, depth)
        assert depth >= 0
    assert depth == 0
    assert 1 <= deepest <= 3
