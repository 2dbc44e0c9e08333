"""The house: modules import strictly lower layers, and each engine has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "podcast"

# From the bottom to the top; a name stands for a module or for a folder of alternatives.  A module
# of a folder that holds no alternatives has its own place.
LAYERS = (
    "translations names spoken",
    "wording",
    "endings errors timecode report dates notes_html embedded palette colour levels"
    " loudness peaks pauses splices mp3 categories taxonomy licences addresses served_as"
    " credentials merging",
    "sync rules graph access_log places shares page_rules tongues",
    "tally",
    "unchanged",
    "remembered at_once",
    "listed notes_markdown downloads search_words",
    "occasions strict_yaml front_matter transcript recording numerals anchors script",
    "harms search_index review_file pieces script_markup chapter_list foreign_xml foreign_categories foreign_values score",
    "strays pacing gathering",
    "validation words_file align turns captioning checks transcript_inline episode_line",
    "look accessibility diagnosis directory destination recognition",
    "show timeline glossary typography reading",
    "network subscription suggestion appearances doubts differences rhythm script_names script_notes script_lines",
    "episode transcript_file",  # what people write
    "published script_import imports foreign_feed foreign_words",
    "captions theme word_times structured listing sound_report downloads_report qr feed_page feed_plan feed_text"
    " foreign_files feed_checks chapters_file",
    "frame podcast_namespace alone schema_file searching all_shows opml oembed sitemap_index",
    "pages feed json_feed",
    "book large_print brf network_pages",  # writers
    "live_feed speech_model pictures download programs liblouis",
    "ffmpeg music model_archive",
    "analysis encoding",
    "playing",
    "planning",
    "audio hearing metering tags whisper model_fetch reachable",  # machines
    "workspace",  # disk
    "memo ledger foreign_fetch",
    "site shelf sweeping",
    "deploying deploy station",
    "remote_lock built_site patience depot",
    "client_view",
    "guard schedule shown",
    "work network_guard",
    "promises moving new_episode new_show",
    "examining aligning new_network",
    "mastering indexing",
    "listening host_text",
    "assembly cluster",
    "pipeline sending",
    "reporting releasing audience transcribing building",
    "correction importing feed_importing",
    "standing replacing checkup survey previewing",
    "network_preview",
    "terminal",
    "editor.access editor.sheet editor.versions editor.remembered",
    "editor.desk editor.preview",
    "editor.server preview_server",
    "commands",  # faces
    "usage",
    "cli",
    "__main__",
)
DOORS = {
    "jinja2": {"theme"},
    "anyascii": {"rules"},
    "feedgen": {"feed"},
    "lxml": {"podcast_namespace", "live_feed"},
    "dateutil": {"listed"},
    "pydub": {"music"},
    "imageio_ffmpeg": {"ffmpeg"},
    "mutagen": {"tags"},
    "PIL": {"pictures"},
    "segno": {"qr"},
    "faster_whisper": {"whisper"},
    "ctranslate2": {"whisper"},
    "msgspec": {"memo"},
    "pydantic": {"validation"},
    "pydantic_core": {"rules"},
    "ruamel": {"strict_yaml"},
    "markdown_it": {"notes_html"},
    "nh3": {"notes_html"},
    "filelock": {"workspace"},
    "markdownify": {"notes_markdown"},
    "defusedxml": {"foreign_xml"},
    "babel": {"dates", "tags", "translations"},
    "coloraide": {"colour"},
    "httpx": {"download", "reachable"},
    "num2words": {"numerals"},
    "rapidfuzz": {"anchors"},
    "platformdirs": {"speech_model"},
    "zipfile": {"imports", "book", "model_archive"},
    "tarfile": {"model_archive"},
    "xml": {"imports", "foreign_xml", "foreign_feed"},
    "obstore": {"deploy"},
    "distributed": {"cluster"},
    "dask": {"cluster"},
    "starlette": {"editor.server", "preview_server"},
    "uvicorn": {"editor.server", "preview_server"},
    "apachelogs": {"access_log"},
    "crawleruseragents": {"downloads"},
}
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names.split()}


def placed(parts: Sequence[str]) -> str:
    """What a module is called in the list of layers."""
    own = ".".join(parts[:2])
    return own if own in RANK else parts[0]


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts != ("__init__",) and parts != ("editor", "__init__"):
            yield placed(parts), path


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every import, lazy and TYPE_CHECKING ones too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module in ("podcast", "podcast.editor"):
                for alias in node.names:
                    yield f"{node.module}.{alias.name}", node.lineno
            else:
                yield node.module or "", node.lineno


def test_every_module_has_its_layer() -> None:
    assert {name for name, _ in modules()} <= set(RANK)


@pytest.mark.parametrize(
    ("name", "path"), [pytest.param(n, p, id=str(p.name)) for n, p in modules()]
)
def test_imports_point_downwards(name: str, path: Path) -> None:
    for imported, line in imports(path):
        parts = imported.split(".")
        if parts[0] != "podcast" or len(parts) == 1 or parts[1] == "__version__":
            continue
        own_folder = name == parts[1] and path.parent != PACKAGE
        other = placed(parts[1:])
        if own_folder:
            # In a folder of alternatives only the registry may know the others.
            assert len(parts) == 2, f"{path.name}:{line} imports its sibling {imported}"
            continue
        assert RANK[other] < RANK[name], f"{path.name}:{line} imports {imported}, not lower"


@pytest.mark.parametrize("engine", sorted(DOORS))
def test_one_door_to_each_engine(engine: str) -> None:
    users = {
        name
        for name, path in modules()
        for imported, _ in imports(path)
        if imported.split(".")[0] == engine
    }
    assert users <= DOORS[engine]


def test_an_upward_import_would_be_seen(tmp_path: Path) -> None:
    lazy = "def f():\n    from podcast.pipeline import publish\n"
    file = tmp_path / "x.py"
    file.write_text(lazy)
    assert list(imports(file)) == [("podcast.pipeline", 2)]
    assert RANK["pipeline"] > RANK["errors"]
