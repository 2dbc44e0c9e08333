"""What several tests share: copies of the sample show, the published sample, the command line."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import chance  # noqa: F401 - it says how many examples Hypothesis thinks of
import pytest

if TYPE_CHECKING:
    import resource

    from pages.browsing import Site, Visitor
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
EPISODES = ("episode-1", "episode-2", "episode-3")


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it said."""

    code: int
    out: str
    err: str


def run_podcast(arguments: Sequence[str], folder: Path, timeout: float = 300, **env: str) -> Ran:
    """Run the command line in a process of its own, as a person would."""
    done = subprocess.run(
        [sys.executable, "-m", "podcast", *arguments],
        cwd=folder,
        env={**os.environ, "PODCAST_LANGUAGE": "fr", "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def copy_show(folder: Path, episodes: Sequence[str] = EPISODES, cache: Path | None = None) -> Path:
    """A copy of the sample show with some of its episodes; recordings are links, not copies."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("podcast.yaml", "glossary.yaml", "about.md", "cover.jpg"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "transcripts").mkdir()
    for slug in episodes:
        shutil.copytree(
            ROOT / "episodes" / slug,
            folder / "episodes" / slug,
            copy_function=lambda a, b: shutil.copy(a, b) if a.endswith(".md") else os.link(a, b),
        )
        for suffix in ("md", "words.jsonl"):
            shutil.copy(ROOT / "transcripts" / f"{slug}.{suffix}", folder / "transcripts")
    if cache:
        shutil.copytree(cache, folder / ".podcast", copy_function=os.link)
        (folder / ".podcast" / "digests.json").unlink(missing_ok=True)
    return folder


def most_memory(used: resource.struct_rusage | None = None) -> int:
    """The most memory that a child process used, in bytes; or of one that only has what we have."""
    if not used:
        child = os.fork()
        if not child:  # pragma: no cover - what a fork does is not measured
            os._exit(0)
        used = os.wait4(child, 0)[2]
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder, and the address at which it is served."""
    from serving import served
    from small_deploy import workspace

    top = tmp_path_factory.mktemp("front")
    root = top / "www"
    root.mkdir()
    show = workspace(top / "show", "http://x.example/", f" {root}")
    (show.root / "site").symlink_to(root)
    with served(show.root) as address:
        yield root, address


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample show, published once by the real command; tests read it and change nothing."""
    folder = copy_show(tmp_path_factory.mktemp("published") / "show")
    ran = run_podcast(["publish", *EPISODES], folder)
    assert ran.code == 0, ran.err
    return folder


@pytest.fixture
def show(tmp_path: Path, published: Path) -> Path:
    """A copy of the sample show to change, its slow work (sound) done already."""
    return copy_show(tmp_path / "show", cache=published / ".podcast")


@pytest.fixture
def podcast(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Ran]]:
    """Run the command line inside this process: quick, for everything that starts no engine."""
    from podcast.cli import main

    collecting = gc.get_threshold()

    def run(folder: Path, *arguments: str, language: str = "fr") -> Ran:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("PODCAST_LANGUAGE", language)
        capfd.readouterr()
        code = main(list(arguments))
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    yield run
    gc.set_threshold(*collecting)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of all tests."""
    from pages.browsing import browsing

    with browsing() as made:
        yield made


@pytest.fixture(scope="session")
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Opens pages in that browser."""
    from pages.browsing import Visitor

    made = Visitor(browser)
    yield made
    made.close()


@pytest.fixture(scope="session")
def sites(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, ...]]:
    """The sample show and an hour in each language, served."""
    from pages.browsing import served

    from tools.long_episode import publish

    with ExitStack() as open_sites:
        shows = {"sample": published}
        for language in ("fr", "en"):
            folder = tmp_path_factory.mktemp(f"hour-{language}") / "show"
            shows[f"hour-{language}"] = publish(folder, language).root
        yield tuple(open_sites.enter_context(served(*show)) for show in shows.items())
