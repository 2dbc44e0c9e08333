"""Whatever was edited, a publish on top of its caches is that of emptied ones: bytes and words."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chance import examples
from conftest import EPISODES, ROOT, Ran, copy_show
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podcast import correction, pipeline
from podcast.errors import PodcastError
from podcast.memo import unproved
from podcast.report import Progress
from podcast.searching import Searchable
from podcast.shelf import slugs_of
from podcast.unchanged import compared
from podcast.workspace import Workspace

NOW = datetime(2026, 11, 27, tzinfo=UTC)
# What only saves work; the sound stays, which takes minutes.
CACHES = ("cards.json", "cards.all.json", "site.record", "unchanged", "digests.json", "texts", "aligned",
          "spare-site", "search", "shards", "feeds", "show.json")  # fmt: skip


@dataclass
class Kept:
    """A reporter that keeps what it is told, but not of the work itself."""

    lines: list[object] = field(default_factory=list)

    def say(self, key: str, /, **facts: object) -> None:
        if key == "stage.site" or not key.startswith("stage."):
            self.lines.append((key, {k: v for k, v in facts.items() if k != "seconds"}))

    def progress(self, key: str, /, **facts: object) -> AbstractContextManager[Progress]:
        return nullcontext(lambda share: None)


def publish(folder: Path, slugs: list[str], allow: list[str], now: datetime = NOW) -> list[object]:
    """All that a publish says, its faults too."""
    told = Kept()
    try:
        _, seen = compared(str(folder), slugs, False)
        outcome = pipeline.publish(Workspace(folder), slugs, told, allow=allow, now=now, seen=seen)
        told.lines.append(outcome)
    except PodcastError as error:
        told.lines += [type(error), *error.faults]
    return told.lines


def aged(folder: Path) -> None:
    """As if nobody had changed a file for a while: young files are always looked into."""
    for path in folder.rglob("*"):
        if path.is_file():
            if path.stat().st_nlink > 1:  # other tests link to it meanwhile, which changes its time
                raw = path.read_bytes()
                path.unlink()
                path.write_bytes(raw)
            os.utime(path, (0, path.stat().st_mtime - 100))


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def made(folder: Path) -> dict[str, bytes]:
    """The site and the ledger."""
    ledger = folder / "published.json"
    return {**tree(folder / "site"), "": ledger.read_bytes() if ledger.is_file() else b""}


def from_nothing(folder: Path, copy: Path) -> None:
    """A copy of the workspace as it is, without what only saves work."""
    shutil.copytree(folder, copy, copy_function=_copied)
    for name in CACHES:
        shutil.rmtree(copy / ".podcast" / name, ignore_errors=True)
        (copy / ".podcast" / name).unlink(missing_ok=True)


def _copied(source: str, target: str) -> str:
    if "/.podcast/" in source or "/recording" in source:
        os.link(source, target)
        return target
    return str(shutil.copy2(source, target))


# What people do between two publishes.


def replaced(name: str, pattern: str, by: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        for file in sorted(folder.glob(name))[:1]:
            text = file.read_text("utf-8")
            file.write_text(re.sub(pattern, by, text, count=1), "utf-8")

    return edit


def moved(was: str, now: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        for name in ("episodes/{}", "transcripts/{}.md", "transcripts/{}.words.jsonl"):
            if (folder / name.format(was)).exists():
                (folder / name.format(was)).rename(folder / name.format(now))

    return edit


def gone(pattern: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        for path in sorted(folder.glob(pattern))[:1]:
            path.unlink()

    return edit


def written(name: str, text: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")

    return edit


def own(name: str, text: str, by: str) -> Callable[[Path], None]:
    """A template of the show's own, which is the built-in one with a change."""
    built = (ROOT / "templates" / name).read_text("utf-8")
    head, found, tail = built.rpartition(text)
    assert found
    return written(f"templates/{name}", head + by + tail)


def read_again(slug: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        with suppress(PodcastError, OSError):
            correction.review(Workspace(folder), slug, "Quelqu'un")

    return edit


def damaged(folder: Path) -> None:
    """Half of every cache is another half."""
    for name in CACHES:
        for file in (folder / ".podcast").glob(f"{name}/*" if "." not in name else name):
            if file.is_file():
                raw = file.read_bytes()
                file.unlink()
                file.write_bytes(raw[: len(raw) // 2] + b"x" + raw[len(raw) // 2 + 1 :])


def lost(folder: Path) -> None:
    shutil.rmtree(folder / ".podcast" / "texts", ignore_errors=True)
    shutil.rmtree(folder / ".podcast" / "search", ignore_errors=True)
    shutil.rmtree(folder / ".podcast" / "spare-site" / "assets", ignore_errors=True)


def slots_damaged(folder: Path) -> None:
    """What a title is found by lies in the slots of all episodes."""
    for file in (folder / ".podcast" / "search").glob("*.json"):
        raw = file.read_bytes()
        if held := unproved(file, raw.partition(b" ")[0].decode(), Searchable):
            file.write_bytes(raw.replace(held.entries.slots, bytes(len(held.entries.slots))))
    EDITS["title"](folder)


EDITS: dict[str, Callable[[Path], None]] = {
    "title": replaced("episodes/episode-2/episode.md", r"(?m)^title: .*", "title: Autre titre"),
    "notes": replaced("episodes/episode-1/episode.md", r"\Z", "\nUne *note* de plus.\n"),
    "number": replaced("episodes/episode-3/episode.md", r"(?m)^number: .*", "number: 77"),
    "same number": replaced("episodes/episode-1/episode.md", r"(?m)^number: .*", "number: 77"),
    "own number": replaced("episodes/episode-1/episode.md", r"(?m)^number: .*", "number: 78"),
    "date": replaced("episodes/episode-1/episode.md", r"(?m)^date: 2026", "date: 2025"),
    "fault": replaced("episodes/episode-3/episode.md", r"(?m)^summary: ", "summry: "),
    "mended": replaced("episodes/episode-3/episode.md", r"(?m)^summry: ", "summary: "),
    "word": replaced("transcripts/episode-2.md", r"\bHello\b", "Hullo"),
    "word read": read_again("episode-2"),
    "other word": replaced("transcripts/episode-3.md", r"\bla\b", "lla"),
    "other word read": read_again("episode-3"),
    "draft": replaced("transcripts/episode-3.md", r"status: reviewed", "status: draft"),
    "reviewed": replaced("transcripts/episode-3.md", r"status: draft", "status: reviewed"),
    "show title": replaced("podcast.yaml", r"(?m)^title: .*", "title: Autre émission"),
    "author": replaced("podcast.yaml", r"(?m)^author: .*", "author: Quelqu'un d'autre"),
    "pages": replaced("podcast.yaml", r"\Z", "\nepisodes_per_page: 1\n"),
    "topic": replaced("episodes/episode-2/episode.md", r"(?m)^topics: .*", "topics: [maintien]"),
    "topic's name": replaced("podcast.yaml", r"maintien: .*", "maintien: Rester"),
    "about": written("about.md", "# Nous\n\nÀ deux.\n"),
    "about gone": gone("about.md"),
    "easy": replaced(
        "episodes/episode-1/episode.md", r"(?m)^number:", "summary_falc: Facile.\nnumber:"
    ),
    "person": replaced("podcast.yaml", r"role: host", "role: host\n    about: Elle présente."),
    "feed": replaced("podcast.yaml", r"\Z", "\nfeed_page: 10\n"),
    "glossary": written("glossary.yaml", "the:\n  expansion: a word\n"),
    "template": written("templates/index.html", "<p>{{ view.total }} {{ view.frame.url }}</p>"),
    "broken template": written("templates/site-map.html", "{{ view.nothing }}"),
    "template mended": gone("templates/site-map.html"),
    "layout": own("base.html", "</body>", "<!-- ours --></body>"),
    "player": own("embed.html", "</body>", "<!-- ours --></body>"),
    "paragraphs": own("blocks.html", "<p", "<p data-ours"),
    "list by an expression": own(
        "topic.html", "{% endblock %}", "{% include ['a', 'ours.html'][1] %}\n{% endblock %}"
    ),
    "what it includes": written("templates/ours.html", "<p>Ours</p>"),
    "what it includes, changed": written("templates/ours.html", "<p>Ours!</p>"),
    "template gone": gone("templates/*.html"),
    "style": written("templates/own.css", "body { color: red }"),
    "renamed": moved("episode-3", "episode-trois"),
    "renamed back": moved("episode-trois", "episode-3"),
    "deleted": gone("episodes/episode-1/episode.md"),
    "page altered": replaced("site/episode-2/index.html", "e", "E"),
    "captions gone": gone("site/episode-3/*.vtt"),
    "stray file": written("site/episode-2/stray.html", "x"),
    "feed altered": replaced("site/feed.xml", "<title>", "<titel>"),
    "caches damaged": damaged,
    "title again": replaced("episodes/episode-2/episode.md", r"(?m)^title: .*", "title: Bonjour"),
    "slots damaged": slots_damaged,
    "texts lost": lost,
    "nothing": lambda folder: None,
}
ALLOW = ["episode-1:vanished", "episode-3:renamed", "episode-trois:renamed", "episode-1:date"]
REFUSED = ["same number", "fault", "word", "other word", "draft", "broken template",
           "list by an expression"]  # fmt: skip
"""What keeps the show from being published, if one edit comes after the other."""
steps = st.tuples(
    st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=3),
    st.sets(st.sampled_from([*EPISODES, "episode-trois"]), min_size=1, max_size=2).map(sorted),
    st.lists(st.sampled_from(ALLOW), max_size=1),
    st.integers(0, 400),
)


@settings(max_examples=examples(6), suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=1, max_size=4))
def test_any_edits(
    published: Path,
    tmp_path_factory: pytest.TempPathFactory,
    sequence: list[tuple[list[str], list[str], list[str], int]],
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    show = copy_show(folder / "show", cache=published / ".podcast")
    aged(show)
    publish(show, ["episode-2", "episode-3"], [])
    for n, (edits, slugs, allow, days) in enumerate(sequence):
        for edit in edits:
            EDITS[edit](show)
        other = folder / str(n)
        from_nothing(show, other)
        now = NOW + timedelta(days=days)  # another day changes nothing
        assert publish(show, slugs, allow, now) == publish(other, slugs, allow, now)
        assert made(show) == made(other)
        shutil.rmtree(other)
    shutil.rmtree(folder)


def test_one_edit_after_the_other(show: Path, tmp_path: Path) -> None:
    allowed = {"renamed": ["episode-3:renamed"], "renamed back": ["episode-trois:renamed"],
               "deleted": ["episode-1:vanished"], "date": ["episode-1:date"]}  # fmt: skip
    aged(show)
    publish(show, list(EPISODES), [])
    refused = []
    for edit, change in EDITS.items():
        change(show)
        other = tmp_path / "other"
        from_nothing(show, other)
        slugs = ["episode-trois" if edit == "renamed" else "episode-2"]
        lines = publish(show, slugs, allowed.get(edit, []))
        assert lines == publish(other, slugs, allowed.get(edit, [])), edit
        assert made(show) == made(other), edit
        if not isinstance(lines[-1], pipeline.Outcome):
            refused.append(edit)
        shutil.rmtree(other)
    assert refused == REFUSED


@pytest.mark.parametrize(
    ("name", "episodes"),
    [("episodes/episode-2/episode.md", {"episode-2"}), ("transcripts/episode-2.md", {"episode-2"}),
     ("episodes/episode-2/recording.flac", {"episode-2"}), ("templates/base.html", set()),
     ("about.md", None), ("podcast.yaml", None), ("glossary.yaml", None), ("cover.jpg", None)],
)  # fmt: skip
def test_only_episodes_whose_files_were_touched_are_asked_for(
    show: Path, name: str, episodes: set[str] | None
) -> None:
    (show / "templates").mkdir(exist_ok=True)
    (show / "templates" / "base.html").write_bytes((ROOT / "templates" / "base.html").read_bytes())
    aged(show)
    publish(show, list(EPISODES), [])
    seen = compared(str(show), list(EPISODES), False)[1]
    assert seen and seen.touched == set()
    file = show / name
    os.utime(file, (0, file.stat().st_mtime - 1))
    seen = compared(str(show), list(EPISODES), False)[1]
    assert seen and episodes == (seen.touched if seen.touched is None else slugs_of(seen.touched))


def test_what_changes_is_little(show: Path, podcast: Callable[..., Ran]) -> None:
    """One word asks for the episode's own files, one title for lists, feed and neighbours, too."""

    def inodes() -> dict[str, int]:
        files = (path for path in (show / "site").rglob("*") if path.is_file())
        return {path.relative_to(show / "site").as_posix(): path.stat().st_ino for path in files}

    publish(show, list(EPISODES), [])
    before = inodes()
    EDITS["word"](show)
    assert "gate.changed" in str(publish(show, ["episode-2"], []))
    assert podcast(show, "review", "episode-2", "--by", "Somebody").code == 0
    publish(show, ["episode-2"], [])
    after = inodes()
    changed = {name for name in after if before.get(name) != after[name]}
    own = {f"episode-2/episode-2.{suffix}" for suffix in ("vtt", "srt", "json", "txt", "html")}
    assert {*own, "episode-2/index.html", "episode-2/episode-2.embed.html"} <= changed
    assert "episode-2/episode-2.oembed.json" not in changed  # it says nothing of the words
    searched = {f"recherche/0/0.{kind}.bin" for kind in ("words", "places")}
    searched.add("recherche/texts/episode-2-0.bin")
    assert searched <= changed
    # The word is the first that she says: her page begins with it.
    said = {"personnes/presenter/index.html"}
    assert said <= changed
    assert all(name.startswith("episode-2/") for name in changed - searched - said)
    EDITS["title"](show)
    publish(show, ["episode-2"], [])
    before, after = after, inodes()
    changed = {name for name in after if before.get(name) != after[name]}
    assert {f"episode-{n}/index.html" for n in (1, 2, 3)} < changed
    assert {"feed.xml", "index.html", "plan-du-site/index.html"} < changed
    assert not {"episode-1/episode-1.txt", "episode-2/episode-2.vtt"} & changed
    answers = {name for name in changed if name.endswith((".embed.html", ".oembed.json"))}
    assert answers == {"episode-2/episode-2.embed.html", "episode-2/episode-2.oembed.json"}


FORMER = ("site.json", "shards.json", "unchanged.json")
"""What earlier versions kept in the cache."""


def test_what_the_cache_has_no_use_for_is_swept(show: Path, tmp_path: Path) -> None:
    """And nothing else, wherever a link leads."""
    cache, before = show / ".podcast", (show / "podcast.yaml").read_text("utf-8")
    feed = "feeds:\n  english:\n    title: In English\n    guid: 0b1c9f0a-6a0b-5d2f-9a59-0d5f6f0b3c12\n    language: en\n"
    (show / "podcast.yaml").write_text(before + feed, "utf-8")
    publish(show, list(EPISODES), [])
    of_feeds = {f"feeds/{name}.items" for name in ("feed.xml", "feed.json")}
    rows = {"shards/0.keys", "shards/0.rows"}

    def swept() -> set[str]:
        files = (*cache.glob("feeds/**/*"), *cache.glob("shards/*"), *cache.glob("*.json"))
        return {path.relative_to(cache).as_posix() for path in files if path.is_file()}

    stays = swept()
    of_english = {"feeds/english.xml.items", "feeds/english.json.items"}
    assert stays >= of_feeds | rows | of_english
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    gone = ["feeds/feed-9.xml.items", "shards/1.keys", "shards/12.rows", *FORMER]
    kept = ["feeds/notes.txt", "shards/x.rows", "shards/0.txt", "theirs.json"]
    for name in (*gone, *kept):
        (cache / name).write_bytes(b"x")
    (theirs / "old.xml.items").write_bytes(b"x")
    (cache / "feeds/linked").symlink_to(theirs, target_is_directory=True)
    (cache / "feeds/link.xml.items").symlink_to(theirs / "old.xml.items")
    (show / "podcast.yaml").write_text(before, "utf-8")
    publish(show, list(EPISODES), ["feeds.english:vanished"])
    assert not (cache / "feeds/link.xml.items").is_symlink()
    assert (theirs / "old.xml.items").read_bytes() == b"x"
    (cache / "feeds/linked").unlink()
    assert swept() == stays - of_english | set(kept)
    # A folder that leads elsewhere is left alone.
    elsewhere = tmp_path / "elsewhere"
    (cache / "shards").rename(elsewhere)
    (cache / "shards").symlink_to(elsewhere, target_is_directory=True)
    (elsewhere / "7.rows").write_bytes(b"x")
    EDITS["title"](show)
    publish(show, list(EPISODES), [])
    assert (elsewhere / "7.rows").is_file()


def test_what_is_gone_leaves_nothing(show: Path) -> None:
    publish(show, list(EPISODES), [])
    EDITS["renamed"](show)
    EDITS["deleted"](show)
    publish(show, ["episode-trois"], ["episode-3:renamed", "episode-1:vanished"])
    left = [name for name in tree(show / "site") if "episode-3" in name or "episode-1" in name]
    assert left == []
    for kept in ("texts", "search"):
        assert {path.stem for path in (show / ".podcast" / kept).iterdir()} == {
            "episode-2", "episode-trois",
        }  # fmt: skip


def test_a_sound_under_former_tags_leaves_the_cache_and_stays_for_who_knows_its_address(
    show: Path,
) -> None:
    tagged, audio = show / ".podcast" / "tagged", show / "site" / "audio"
    publish(show, list(EPISODES), [])
    before, addresses = names(tagged), names(audio)
    (tagged / "not-ours.mp3").write_bytes(b"x")
    EDITS["title"](show)
    publish(show, ["episode-2"], [])
    (new,) = names(tagged) - before - {"not-ours.mp3"}
    assert len(names(tagged)) == len(before) + 1 and (tagged / new).stat().st_size > 100_000
    assert addresses < names(audio)  # apps that have not seen the new feed ask for the old one
    shutil.rmtree(tagged)
    publish(show, ["episode-2"], [])
    assert len(names(tagged)) == len(before) and new in names(tagged)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
