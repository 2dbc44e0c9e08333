"""``podcast check`` of a whole show: each kind of harm is seen, and a sound show is left in peace."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import many_episodes
import pytest
from conftest import ROOT, Ran, run_podcast
from hypothesis import given
from hypothesis import strategies as st
from small_site import SAMPLE

from podcast import correction, ffmpeg, page_rules, survey
from podcast.harms import HARMS, Finding
from podcast.report import Silent
from podcast.review_file import Accepted, ReviewFile, write_review
from podcast.tongues import foreign_sentences
from podcast.workspace import Workspace

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PAGE = "site/episode-1/index.html"
TEXT = "transcripts/episode-1.md"
HEAD = "episodes/episode-1/episode.md"
YAML = "podcast.yaml"
SPOKEN = ROOT / "episodes" / "episode-3" / "recording.flac"
AUDITED = """
accessibility:
  established: 2026-10-01
  audit:
    date: {date}
    auditor: la société Exemple
    criteria_met: 58
    criteria_applicable: 58
    pages: [Accueil]
    environments: [Firefox et NVDA]
    tools: [axe]
subscribe:
  Apple Podcasts: https://podcasts.apple.com/x
"""


@pytest.fixture(scope="module")
def sound(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample show with nothing to say against it, published."""
    folder = tmp_path_factory.mktemp("sound") / "show"
    shutil.copytree(published, folder)
    with (folder / YAML).open("a", encoding="utf-8") as file:
        file.write(AUDITED.format(date="2026-09-15"))
    (folder / ".podcast" / "digests.json").unlink()
    space = Workspace(folder)
    for slug in space.slugs():  # somebody has listened to each doubt, and found it right
        doubts = correction.check(space, slug).doubts
        accepted = tuple(Accepted(flag.id, flag.kind, flag.text) for flag in doubts)
        space.review_file(slug).write_text(write_review(ReviewFile(accepted=accepted)), "utf-8")
    ran = run_podcast(["publish", "episode-1"], folder)
    assert ran.code == 0, ran.err
    return folder


@pytest.fixture
def own(sound: Path, tmp_path: Path) -> Path:
    """A copy to spoil; only what nobody writes into is a link."""
    large = (".flac", ".mp3", ".npz", ".wav")
    shutil.copytree(
        sound,
        tmp_path / "show",
        copy_function=lambda a, b: os.link(a, b) if a.endswith(large) else shutil.copy2(a, b),
    )
    return tmp_path / "show"


def seen(folder: Path, now: datetime = NOW) -> tuple[Finding, ...]:
    return survey.survey(Workspace(folder), Silent(), now).findings


def kinds(folder: Path, now: datetime = NOW) -> set[str]:
    return {each.key.removeprefix("harm.") for each in seen(folder, now)}


def change(folder: Path, name: str, was: str, becomes: str) -> None:
    file = folder / name
    text = file.read_text("utf-8")
    assert was in text, was
    file.write_text(text.replace(was, becomes, 1), "utf-8")


def test_a_sound_show_is_left_in_peace(own: Path) -> None:
    """The clean counterpart of every fault below."""
    found = survey.survey(Workspace(own), Silent(), NOW)
    assert [f"{each.file}:{each.line} {each.key} {each.facts}" for each in found.findings] == []
    assert (found.published, found.drafts, found.unheard) == (3, 0, 0)
    assert found.pages >= 9


# What is changed, in which file, and what is then said: its harm, level, kind, and file.
FAULTS = [
    # Somebody has no text, or a wrong one.
    ("no transcript on the page", PAGE, 'id="transcript"', 'id="elsewhere"', "text", "mend", "no_text"),
    ("a corrected text that waits", TEXT, "bienvenue", "bienvenus", "text", "mend", "error.gate.changed"),
    ("reviewed no more", TEXT, "status: reviewed", "status: draft", "text", "mend", "error.gate.status"),
    # The feed.
    ("another guid", HEAD, "guid: ", "guid: other-", "feed", "mend", "error.feed.guid"),
    ("another date", HEAD, "date: 2026", "date: 2025", "feed", "mend", "error.feed.date"),
    ("an episode that left the feed", "site/feed.xml", "<guid", "<was-guid", "feed", "mend", None),
    # Sounds.
    ("a sound that is not there", PAGE, "../audio/", "../audios/", "sound", "mend", "no_sound"),
    ("no buttons", PAGE, " controls ", " ", "sound", "mend", "no_controls"),
    ("it starts by itself", PAGE, " controls ", " controls autoplay ", "sound", "mend", "autoplay"),
    # Images.
    ("an image without words", PAGE, ' alt="" width="56"', ' width="56"', "images", "mend", "no_alt"),
    ("a cover without words", YAML, "cover_alt:", "# cover_alt:", "images", "advice", "cover_alt"),
    ("a picture in the notes", HEAD, "\n---\n", "\n---\n![un plan](plan.png)\n", "images", "advice", "lost_picture"),
    # Headings and links.
    ("two main headings", PAGE, "</h1>", "</h1><h1>Encore</h1>", "structure", "mend", "second_h1"),
    ("none", PAGE, "<h1", "<p", "structure", "mend", "no_h1"),
    ("a level left out", PAGE, "<h2 id=", "<h4>Non</h4><h2 id=", "structure", "mend", "skipped_heading"),
    ("an empty heading", PAGE, "<h2 id=", "<h2></h2><h2 id=", "structure", "mend", "empty_heading"),
    ("a link without a name", PAGE, "<main id=", '<a href="../index.html"><img src="../cover.jpg" alt=""></a><main id=', "structure", "mend", "no_name"),
    ("a link to nothing", PAGE, "<main id=", '<a href="../gone/">Là</a><main id=', "structure", "mend", "nowhere"),
    ("a place that is not there", PAGE, "<main id=", '<a href="#gone">Là</a><main id=', "structure", "mend", "nowhere"),
    ("no title", PAGE, "<title>", "<title></title><desc>", "structure", "mend", "no_title"),
    ("an order of its own", PAGE, '<a class="brand"', '<a tabindex="3" class="brand"', "structure", "mend", "order"),
    ("a link that says nothing", HEAD, "\n---\n", "\n---\nPour lire la suite, [cliquez ici](https://example.org/x).\n", "structure", "advice", "vague_link"),
    # Captions.
    ("no captions on the page", PAGE, "<track ", "<was ", "captions", "mend", "no_captions"),
    ("captions of another kind", PAGE, 'kind="captions"', 'kind="metadata"', "captions", "mend", "no_captions"),
    ("an empty file of captions", "site/episode-1/episode-1.vtt", "WEBVTT", "", "captions", "mend", "no_captions"),
    ("captions that stand still", "site/episode-1/episode-1.vtt", " --> ", " --> 00:00:00.000 ", "captions", "mend", "captions_order"),
    # Languages.
    ("no language", PAGE, '<html lang="fr">', "<html>", "language", "mend", "language"),
    ("another language", PAGE, '<html lang="fr">', '<html lang="en">', "language", "mend", "language"),
    # What would be kind.
    ("no apps", YAML, "subscribe:\n  Apple Podcasts: https://podcasts.apple.com/x\n", "", "comfort", "advice", "no_apps"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "was", "becomes", "harm", "level", "kind"),
    [pytest.param(*each[1:], id=each[0]) for each in FAULTS],
)
def test_a_fault_is_seen(
    name: str, was: str, becomes: str, harm: str, level: str, kind: str | None, own: Path
) -> None:
    change(own, name, was, becomes)
    found = seen(own)
    told = [(e.harm, e.level, e.key.removeprefix("harm."), e.file) for e in found]
    wanted = [t for t in told if t[:2] == (harm, level) and (kind is None or t[2] == kind)]
    assert wanted, told
    assert wanted[0][3] == name or kind is None or name == YAML


def test_lines_are_those_of_the_files(own: Path) -> None:
    """A person goes to the line that is told."""
    change(
        own, HEAD, "\n---\n", "\n---\nPour lire la suite, [cliquez ici](https://example.org/x).\n"
    )
    change(own, PAGE, ' alt="" width="56"', ' width="56"')
    lines = {each.key: (each.file, each.line) for each in seen(own)}
    for key, sign in (
        ("harm.vague_link", "cliquez ici"),
        ("harm.no_alt", ' width="56"'),
    ):
        file, line = lines[key]
        assert line and sign in (own / file).read_text("utf-8").splitlines()[line - 1]


def test_pages_and_files_that_are_gone(own: Path) -> None:
    shutil.rmtree(own / "site" / "episode-2")
    told = {(e.key, e.slug) for e in seen(own)}
    assert ("harm.no_text", "episode-2") in told
    assert any(key == "harm.nowhere" for key, _ in told), "the lists lead there"
    (own / "site" / "feed.xml").unlink()
    assert "no_feed" in kinds(own)
    shutil.rmtree(own / "site")
    found = survey.survey(Workspace(own), Silent(), NOW)
    assert [each.key for each in found.findings] == ["harm.no_site"]
    assert found.to_mend == 0


def test_an_episode_that_left_the_feed(own: Path) -> None:
    feed = (own / "site" / "feed.xml").read_text("utf-8")
    items = re.findall(r"<item>.*?</item>", feed, re.DOTALL)
    kept = feed.replace(items[-1], "")
    (own / "site" / "feed.xml").write_text(kept, "utf-8")
    (one,) = (each for each in seen(own) if each.key == "harm.not_in_feed")
    assert one.level == "mend" and one.slug in ("episode-1", "episode-2", "episode-3")


def test_a_text_without_its_words(own: Path) -> None:
    (own / TEXT).unlink()
    assert "error.file.missing" in kinds(own)
    page = own / "site" / "episode-2" / "index.html"
    before, sign, text = page.read_text("utf-8").partition('id="transcript"')
    cut = re.sub(r"<p\b.*?</p>", "", text, count=text.count("<p ") // 2, flags=re.DOTALL)
    page.write_text(before + sign + cut, "utf-8")
    assert "cut_text" in kinds(own)


def test_published_as_the_machine_wrote_it(own: Path) -> None:
    with (own / YAML).open("a", encoding="utf-8") as file:
        file.write("publish_unreviewed: true\n")
    change(own, TEXT, "status: reviewed", "status: draft")
    (one,) = (each for each in seen(own) if each.key == "harm.unreviewed")
    assert (one.harm, one.level, one.file) == ("text", "mend", TEXT)


def test_doubts_that_nobody_has_heard(own: Path) -> None:
    (own / "transcripts" / "episode-3.review.json").unlink()
    (one,) = seen(own)
    assert (one.harm, one.level, one.key, one.slug) == (
        "doubts", "advice", "harm.doubts", "episode-3",
    )  # fmt: skip


def test_words_that_are_said_and_not_written(own: Path) -> None:
    """Some paragraphs are taken out of a text that people have."""
    text = (own / TEXT).read_text("utf-8")
    _, *parts = text.split("\n\n")
    spoken = [part for part in parts if re.match(r"\*\*|[A-ZÀ-Ý].* : |.*:\*\*", part)] or parts
    longest = max(spoken, key=len)
    (own / TEXT).write_text(text.replace(longest + "\n\n", ""), "utf-8")
    told = {each.key: each for each in seen(own)}
    assert "error.gate.changed" in told
    assert told["harm.unwritten"].harm == "text"


def test_the_text_of_another_episode(own: Path) -> None:
    shutil.copy(own / "transcripts" / "episode-2.md", own / TEXT)
    told = {each.key: each for each in seen(own)}
    assert told["harm.misfit"].level == "mend"


def test_a_long_text_without_chapters(own: Path) -> None:
    text = (own / TEXT).read_text("utf-8")
    flat = re.sub(r"^## .*\n", "", text, flags=re.MULTILINE)
    paragraph = max(flat.split("\n\n"), key=len)
    many = (2500 // len(paragraph.split()) + 1) * f"\n\n{paragraph}"
    (own / TEXT).write_text(flat + many + "\n", "utf-8")
    told = {each.key: each for each in seen(own)}
    assert told["harm.no_headings"].harm == "structure"


def test_no_notes(own: Path) -> None:
    text = (own / HEAD).read_text("utf-8")
    (own / HEAD).write_text(text[: text.index("\n---", 4)] + "\n---\n", "utf-8")
    assert "no_notes" in kinds(own)


def test_a_sound_that_hurts(tmp_path: Path) -> None:
    """Nothing is heard for nine seconds: what the report on the sound tells, in its place."""
    folder = many_episodes.make(tmp_path / "show", ["e1", "e2"])
    recording = folder / "episodes" / "e2" / "recording.flac"
    cut = (
        "[0:a]atrim=0:12,apad=pad_dur=9[one];[0:a]atrim=12:25,asetpts=N/SR/TB[two];"
        "[one][two]concat=n=2:v=0:a=1"
    )
    subprocess.run(
        [ffmpeg.program(), "-v", "error", "-y", "-i", SPOKEN, "-filter_complex", cut, recording],
        check=True,
    )
    for slug in ("e1", "e2"):
        ran = run_podcast(["transcribe", slug], folder)
        assert ran.code == 0, ran.err
    (one,) = (each for each in seen(folder) if each.harm == "sound")
    assert (one.slug, one.key, one.public) == ("e2", "blemish.silence", False)
    assert one.times and one.times[0][1] - one.times[0][0] > 5000


def test_who_waits_is_told_how_far_it_is(own: Path) -> None:
    for number in range(24):
        slug = f"draft-{number}"
        (own / "episodes" / slug).mkdir()
        text = (own / HEAD).read_text("utf-8").replace("\nguid: ", f"\nguid: {number}-")
        (own / "episodes" / slug / "episode.md").write_text(text, "utf-8")
        for suffix in ("md", "words.jsonl"):
            source = own / "transcripts" / f"episode-1.{suffix}"
            shutil.copy(source, own / "transcripts" / f"{slug}.{suffix}")
    lines = run_podcast(["check", "--plain"], own).out.splitlines()
    told = [line for line in lines if line.startswith("Examen des épisodes")]
    assert 5 <= len(told) <= 10 and "100" in told[-1]
    assert not [line for line in run_podcast(["check"], own).out.splitlines() if line in told]


def test_captions_after_the_end_of_the_sound(own: Path) -> None:
    with (own / "site" / "episode-1" / "episode-1.vtt").open("a", encoding="utf-8") as file:
        file.write("\n01:00:00.000 --> 01:00:02.000\nencore\n")
    assert "captions_late" in kinds(own)


def test_a_phrase_in_another_language(own: Path) -> None:
    sentence = "They were the ones that had been in the room."
    change(own, TEXT, "Bonjour", f"{sentence} Bonjour")
    told = next(each for each in seen(own) if each.key == "harm.unmarked")
    assert told.facts["language"] == "en" and str(told.facts["text"]).startswith("They were")
    change(own, TEXT, sentence, f"{{en: {sentence}}}")
    assert "unmarked" not in kinds(own)


def test_an_audit_grows_old(own: Path) -> None:
    assert "old_audit" not in kinds(own, datetime(2029, 9, 14, tzinfo=UTC))
    assert {"old_audit"} <= kinds(own, datetime(2029, 9, 16, tzinfo=UTC))
    assert {"old_audit", "old_statement"} <= kinds(own, datetime(2029, 10, 2, tzinfo=UTC))
    text = (own / YAML).read_text("utf-8")
    (own / YAML).write_text(text[: text.index("accessibility:")], "utf-8")
    assert {"no_statement", "no_apps"} <= kinds(own)


def test_drafts_are_told_apart(own: Path) -> None:
    """What reaches nobody is said last, as no fault."""
    shutil.copytree(
        own / "episodes" / "episode-1", own / "episodes" / "draft", copy_function=os.link
    )
    head = (own / HEAD).read_text("utf-8")
    (own / "episodes" / "draft" / "episode.md").unlink()
    head = re.sub(r"guid: .*", "guid: draft", head).replace("number: 1", "number: 9")
    (own / "episodes" / "draft" / "episode.md").write_text(head, "utf-8")
    for suffix in ("md", "words.jsonl"):
        shutil.copy(own / f"transcripts/episode-1.{suffix}", own / f"transcripts/draft.{suffix}")
    change(own, "transcripts/draft.md", "status: reviewed", "status: draft")
    change(own, PAGE, " controls ", " ")
    found = survey.survey(Workspace(own), Silent(), NOW)
    assert (found.drafts, found.to_mend) == (1, 1)
    assert [each.public for each in found.findings] == [True, False]
    assert found.findings[1].key == "harm.draft_left"
    assert found.findings[1].slug == "draft"


def test_a_file_that_cannot_be_read_is_told_with_all_others(own: Path) -> None:
    change(own, "episodes/episode-2/episode.md", "number: 2", "number: deux")
    change(own, PAGE, " controls ", " ")
    told = {(each.key, each.file) for each in seen(own)}
    assert ("harm.no_controls", PAGE) in told
    assert any(file == "episodes/episode-2/episode.md" for _, file in told)


def test_the_worst_comes_first(own: Path) -> None:
    change(own, PAGE, " controls ", " ")
    change(own, PAGE, '<html lang="fr">', "<html>")
    change(own, PAGE, 'id="transcript"', 'id="elsewhere"')
    change(own, YAML, "cover_alt:", "# cover_alt:")
    harms = [HARMS.index(each.harm) for each in seen(own)]
    assert harms == sorted(harms) and len(set(harms)) >= 4


# Nothing is done twice.


def test_what_has_not_changed_is_not_looked_at_again(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever would read a page or a text again would be seen."""
    first = seen(own)
    read: list[str] = []
    opened = Path.read_text

    def noted(path: Path, *arguments: Any, **more: Any) -> str:
        read.append(path.name)
        return opened(path, *arguments, **more)

    monkeypatch.setattr(Path, "read_text", noted)
    assert seen(own) == first
    assert not [name for name in read if name.endswith((".html", ".vtt"))]


def test_the_same_is_found_with_and_without_what_was_kept(own: Path) -> None:
    change(own, PAGE, " controls ", " ")
    one = seen(own)
    change(own, PAGE, "<track ", "<was ")
    two = seen(own)
    (own / ".podcast" / "surveyed.json").write_text("torn", "utf-8")
    assert seen(own) == two != one
    shutil.rmtree(own / ".podcast")
    fresh = survey.survey(Workspace(own), Silent(), NOW)
    assert fresh.unheard == 3, "the finished sounds went with it"
    assert [each.key for each in fresh.findings] == [each.key for each in two]


def test_nothing_of_the_show_is_changed(own: Path) -> None:
    def state() -> dict[str, bytes]:
        return {
            path.relative_to(own).as_posix(): path.read_bytes()
            for path in own.rglob("*")
            if path.is_file() and ".podcast" not in path.parts
        }

    before = state()
    seen(own)
    assert state() == before


# The command.


def test_the_command(own: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(own, "check", "--plain")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("Regardé : 3 épisodes publiés, 0 épisode pas encore publié, ")
    assert lines[1] == "Rien ne gêne personne, autant qu'un programme peut le voir."
    change(own, YAML, "cover_alt:", "# cover_alt:")
    ran = podcast(own, "check", "--plain")
    assert ran.code == 0, "advice is no fault"
    change(own, PAGE, " controls ", " ")
    ran = podcast(own, "check", "--plain")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[1] == "1 chose à corriger. 1 conseil."
    assert lines[3] == "Un son ne s'entend pas, ou mal."
    assert lines[4].startswith(f"{PAGE}:")
    assert "pour les personnes aveugles ou malentendantes" in lines[4]
    assert lines[6] == "Une image n'a pas de mots."
    assert (
        lines[7].startswith("podcast.yaml:") and "conseil pour les personnes aveugles" in lines[7]
    )
    told = json.loads(podcast(own, "check", "--json", language="en").out)
    assert (told["to_mend"], told["advice"]) == (1, 1)
    assert [each["kind"] for each in told["findings"]] == ["no_controls", "cover_alt"]
    assert set(told["findings"][0]) == {
        "harm", "level", "whom", "public", "kind", "slug", "file", "line", "said",
    }  # fmt: skip


def test_many_of_one_kind_are_counted(own: Path, podcast: Callable[..., Ran]) -> None:
    """A person hears twenty, a program all."""
    links = "".join(f'<a href="../gone-{n}/">Là</a>' for n in range(30))
    change(own, PAGE, "<main id=", f"{links}<main id=")
    ran = podcast(own, "check", "--plain", language="en")
    assert ran.out.count("leads nowhere") == 20
    assert "And 10 more of the same kind. To see all: podcast check --json" in ran.out
    assert len(json.loads(podcast(own, "check", "--json").out)["findings"]) == 30


def test_a_show_without_anything(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    (tmp_path / YAML).write_text(SAMPLE, "utf-8")
    shutil.copy(ROOT / "cover.jpg", tmp_path)
    ran = podcast(tmp_path, "check", "--plain")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Regardé : 0 épisode publié, 0 épisode pas encore publié, 0 page")


def test_json_is_for_the_whole_show(own: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(own, "check", "episode-1", "--json")
    assert ran.code == 2 and "podcast check episode-1" in ran.err


# The rules, for any page at all.


@given(st.text())
def test_any_page_is_looked_at(html: str) -> None:
    look = page_rules.look_at(html)
    assert all(lack.line >= 1 for lack in look.lacks)
    list(page_rules.missing("a/index.html", look, set()))


@given(st.lists(st.sampled_from(["<h1>", "</h1>", "<a href='#x'>", "</a>", "<p>", "é", "<img>"])))
def test_a_torn_page_is_looked_at(parts: list[str]) -> None:
    look = page_rules.look_at("".join(parts))
    assert sum(lack.kind == "no_alt" for lack in look.lacks) == parts.count("<img>")


@pytest.mark.parametrize(
    ("page", "address", "path"),
    [
        ("a/index.html", "../b/", "b/index.html"),
        ("a/index.html", "../", "index.html"),
        ("index.html", "./", "index.html"),
        ("a/index.html", "x.vtt?v=1", "a/x.vtt"),
        ("a/index.html", "caf%C3%A9.txt", "a/café.txt"),
        ("a/index.html", "https://example.org/", None),
        ("a/index.html", "mailto:x@example.org", None),
        ("a/index.html", "//example.org/x", None),
        ("a/index.html", "/root", None),
    ],
)
def test_where_an_address_leads(page: str, address: str, path: str | None) -> None:
    assert page_rules.within(page, address) == path


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("They were the ones that had been there.", "fr", ["en"]),
        ("Nous avons dit que les autres sont dans la salle.", "en", ["fr"]),
        ("Le livre The Old Man and the Sea est connu.", "fr", []),
        ("Open space", "fr", []),
        ("Nous parlons du travail et du handicap.", "fr", []),
        ("They were the ones that had been there.", "en", []),
        ("They were the ones that had been there.", "de", []),
    ],
)
def test_a_sentence_in_the_other_language(text: str, language: str, found: list[str]) -> None:
    assert [other for _, other in foreign_sentences(text, language)] == found
