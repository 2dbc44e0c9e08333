"""What a person does in the editor besides typing, and that nothing of it is ever lost."""

from __future__ import annotations

import json
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chance import examples
from conftest import Ran
from editing import Editor, Got, edited, text_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podcast.editor.desk import Conflict, Desk, digest_of
from podcast.editor.versions import LATEST, MOST, listed, thinned
from podcast.show import read_show
from podcast.terminal import Terminal
from podcast.wording import Wording
from podcast.workspace import Workspace

TEXT = "transcripts/episode-3.md"


@pytest.fixture
def editor(show: Path) -> Iterator[Editor]:
    with edited(show) as made:
        yield made.enter()


@pytest.fixture
def desk(show: Path) -> Desk:
    return Desk(Workspace(show), "episode-3", Terminal(Wording("fr")))


# Two at once.


def test_what_two_people_changed_is_merged_and_a_clash_is_shown(editor: Editor, show: Path) -> None:
    sheet = editor.sheet()
    text = text_of(sheet)
    theirs = text.replace("vingt ans", "trente ans")
    (show / TEXT).write_text(theirs, "utf-8")
    mine = text.replace("C'était trop long.", "C'était bien trop long.")
    got = editor.save(sheet["digest"], mine)
    assert got.status == 409
    both = theirs.replace("C'était trop long.", "C'était bien trop long.")
    assert (got.json["base"], got.json["merged"]) == (text, both)
    assert got.json["parts"] == [both] and got.json["clashes"] == []
    assert text_of(got.json["sheet"]) == theirs
    assert editor.save(got.json["digest"], both).status == 200
    assert (show / TEXT).read_text("utf-8") == both

    base = editor.sheet()["digest"]
    (show / TEXT).write_text(both.replace("trente ans", "quarante ans"), "utf-8")
    got = editor.save(base, both.replace("trente ans", "cent ans"))
    assert got.status == 409 and got.json["merged"] is None
    (clash,) = got.json["clashes"]
    assert "cent ans" in clash["mine"] and "quarante ans" in clash["theirs"]
    assert "trente ans" in clash["base"]
    line = (show / TEXT).read_text("utf-8").split("\n")[clash["line"] - 1]
    assert clash["theirs"].startswith(line)
    # A text that is in the file already is no conflict, whatever it was begun with.
    assert editor.save("0" * 64, (show / TEXT).read_text("utf-8")).status == 200


def test_a_base_that_nobody_knows_any_more_still_shows_both(desk: Desk, show: Path) -> None:
    text = desk.text()
    with pytest.raises(Conflict) as caught:
        desk.save("f" * 64, text.replace("vingt ans", "trente ans"))
    assert caught.value.base is None
    clashes = [part for part in caught.value.parts if not isinstance(part, str)]
    assert len(clashes) == 1 and "trente ans" in clashes[0].mine
    assert (show / TEXT).read_text("utf-8") == text


def test_a_server_that_was_started_again_knows_what_a_page_began_with(show: Path) -> None:
    with edited(show) as editor:
        sheet = editor.enter().sheet()
        text = text_of(sheet)
        assert editor.save(sheet["digest"], text + "\n").status == 200
        port = editor.port
    (show / TEXT).write_text(text.replace("vingt ans", "trente ans"), "utf-8")
    with edited(show) as editor:
        assert editor.port == port, "the port of the last time"
        got = editor.enter().save(
            digest_of(text + "\n"), text.replace("trop long", "si long") + "\n"
        )
        assert got.status == 409
        merged = text.replace("vingt ans", "trente ans").replace("trop long", "si long")
        assert got.json["merged"] == merged


def test_two_servers_write_in_turn_and_no_change_is_lost(show: Path) -> None:
    """Each adds its lines as fast as it can; whoever comes late merges and tries again."""
    with edited(show) as one, edited(show) as other:
        assert one.port != other.port

        def add(editor: Editor, name: str) -> None:
            sheet = editor.enter().sheet()
            text, base = text_of(sheet), sheet["digest"]
            head = text.partition("\n\n")[0]
            for k in range(8):
                # Each in a place of its own: they never clash.
                if name == "début":
                    text = text.replace(head, f"{head}\n\n<!-- {name} {k} -->", 1)
                else:
                    text = f"{text.rstrip()}\n\n<!-- {name} {k} -->\n"
                while (got := editor.save(base, text)).status == 409:
                    text, base = got.json["merged"], got.json["digest"]
                    assert text is not None
                assert got.status == 200, got.body
                text, base = text_of(got.json), got.json["digest"]

        threads = [
            threading.Thread(target=add, args=each) for each in ((one, "début"), (other, "fin"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    text = (show / TEXT).read_text("utf-8")
    assert [text.count(f"<!-- {name} {k} -->") for name in ("début", "fin") for k in range(8)] == [
        1
    ] * 16


def test_whoever_writes_at_the_last_moment_is_not_overwritten(
    desk: Desk, show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text editor knows no lock of ours: it saves while ours is being written."""
    import os

    text = desk.text()
    theirs = text.replace("vingt ans", "trente ans")
    slow = os.fsync

    def meanwhile(handle: int) -> None:
        slow(handle)
        (show / TEXT).write_text(theirs, "utf-8")

    monkeypatch.setattr(os, "fsync", meanwhile)
    with pytest.raises(Conflict) as caught:
        desk.save(digest_of(text), text + "\n")
    assert caught.value.theirs == theirs == (show / TEXT).read_text("utf-8")


def test_a_file_that_is_gone_can_be_written_again(editor: Editor, show: Path) -> None:
    sheet = editor.sheet()
    text = text_of(sheet)
    (show / TEXT).unlink()
    assert editor.get("/api/digest").json["digest"] == digest_of("")
    got = editor.save(sheet["digest"], text + "\n")
    assert got.status == 409 and got.json["theirs"] == ""
    assert editor.save(got.json["digest"], text + "\n").status == 200
    assert (show / TEXT).read_text("utf-8") == text + "\n"


def test_line_ends_marks_and_rights_stay(editor: Editor, show: Path) -> None:
    file = show / TEXT
    windows = "\ufeff" + file.read_text("utf-8").replace("\n", "\r\n")
    file.write_bytes(windows.encode())
    file.chmod(0o640)
    sheet = editor.sheet()
    assert text_of(sheet) == windows
    changed = windows.replace("vingt ans", "vingt ans.\r\n\r\nEt trente").replace(
        ".\r\n\r\nEt", ".\n\nEt"
    )
    got = editor.save(sheet["digest"], changed)
    assert got.status == 200
    assert file.read_bytes().decode() == windows.replace("vingt ans", "vingt ans.\r\n\r\nEt trente")
    assert file.stat().st_mode & 0o777 == 0o640


# Killed.


def test_a_kill_at_any_moment_leaves_a_text_that_was_saved(show: Path) -> None:
    chance = random.Random(8)
    file = show / TEXT
    text = file.read_text("utf-8")
    for number in range(6):
        sent = {file.read_text("utf-8")}
        with edited(show) as editor:
            base = editor.enter().sheet()["digest"]
            process = editor.process
            end = threading.Timer(chance.uniform(0.0, 0.8), process.kill)
            end.start()
            answered = ""
            try:
                for k in range(1000):
                    new = text.replace("vingt ans", f"{number} fois {k} ans")
                    sent.add(new)
                    got = editor.save(base, new)
                    base, answered = got.json["digest"], new
            except OSError:
                pass
            end.join()
            process.wait(10)
        now = file.read_text("utf-8")
        assert now in sent
        # What was answered is in the file, or what was being saved after it.
        if answered:
            order = [text.replace("vingt ans", f"{number} fois {k} ans") for k in range(1000)]
            assert order.index(now) in (order.index(answered), order.index(answered) + 1)
    space = Workspace(show)
    kept = {space.exact_text(version.path) for version in listed(space, "episode-3")}
    assert file.read_text("utf-8") in kept and text in kept


def test_what_a_kill_left_beside_the_text_is_swept_later(show: Path) -> None:
    import os

    left, young = (show / "transcripts" / f".episode-3.md.{name}" for name in ("abc", "def"))
    for path in (left, young):
        path.write_text("half", "utf-8")
    os.utime(left, (time.time() - 7200,) * 2)
    Desk(Workspace(show), "episode-3", Terminal(Wording("fr")))
    assert not left.exists() and young.exists()


# Versions.


def test_versions_are_kept_and_taken_back(editor: Editor, show: Path) -> None:
    sheet = editor.sheet()
    first = text_of(sheet)
    second = first.replace("vingt ans", "trente ans")
    assert editor.save(sheet["digest"], second).status == 200
    (show / TEXT).write_text(first + "\nLa présentatrice : Et voilà.\n", "utf-8")
    editor.get("/api/digest")
    versions = editor.get("/api/versions").json
    assert [version["by"] for version in versions] == ["outside", "editor", "outside"]
    assert versions[1]["summary"] == "1 paragraphe diffère"
    assert versions[0]["summary"] == "2 paragraphes diffèrent"
    assert all(datetime.fromisoformat(version["saved_at"]).tzinfo for version in versions)
    assert versions[2]["words"] == len(first.split())
    got = editor.get(f"/api/versions/{versions[1]['id']}")
    assert got.json["text"] == second
    now = editor.sheet()["digest"]
    assert editor.save(now, second).status == 200
    assert (show / TEXT).read_text("utf-8") == second
    for bad in ("x", "..", "..%2f..%2fpodcast.yaml", versions[1]["id"] + "x"):
        assert editor.get(f"/api/versions/{bad}").status in (404, 422)


def test_texts_are_versions_even_if_the_editor_was_not_there(show: Path) -> None:
    desk = Desk(Workspace(show), "episode-3", Terminal(Wording("fr")))
    first = desk.text()
    (show / TEXT).write_text(first + "\n", "utf-8")
    again = Desk(Workspace(show), "episode-3", Terminal(Wording("fr")))
    again.text()
    again.text()
    assert [version.by for version in listed(again.space, "episode-3")] == ["outside", "outside"]


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=70))
def test_at_most_fifty_remain_the_newest_all_and_the_oldest(gaps: list[int]) -> None:
    times = [datetime(2026, 11, 21, tzinfo=UTC)]
    for gap in gaps:
        times.append(times[-1] - timedelta(seconds=gap))
    gone = thinned(times)
    assert len(times) - len(gone) == min(len(times), MOST)
    assert len(set(gone)) == len(gone)
    assert not gone or (min(gone) >= LATEST and max(gone) < len(times) - 1)


def test_a_day_of_saves_leaves_some_of_each_hour() -> None:
    now = datetime(2026, 11, 21, 20, tzinfo=UTC)
    kept: list[datetime] = []
    for second in range(0, 8 * 3600, 20):
        kept.insert(0, now + timedelta(seconds=second))
        for at in sorted(thinned(kept), reverse=True):
            del kept[at]
    hours = {(time_ - now).seconds // 3600 for time_ in kept}
    assert len(kept) == MOST and hours == set(range(8))
    assert sum((kept[0] - time_).seconds < 600 for time_ in kept) >= LATEST


# Doubts, listening, people, terms, review.


def draft(show: Path) -> str:
    """The sample's text as a draft with something to settle."""
    file = show / TEXT
    text = file.read_text("utf-8").replace("status: reviewed", "status: draft")
    text = text.replace("vingt ans", "vingt ans de CDAPH")
    file.write_text(text, "utf-8")
    return text


def test_a_doubt_that_was_heard_is_none_for_check_either(
    editor: Editor, show: Path, podcast: Callable[..., Ran]
) -> None:
    draft(show)
    sheet = editor.sheet()
    (doubt,) = [d for d in sheet["doubts"] if d["text"] == "CDAPH"]
    piece = sheet["pieces"][doubt["piece"]]
    assert piece["body"][doubt["from"] : doubt["to"]].startswith("CDAPH")
    assert doubt["kind"] == "acronym" and not doubt["accepted"] and "CDAPH" in doubt["said"]
    told = podcast(show, "check", "episode-3").out
    # Both name the same doubts.
    assert all(d["said"] in told for d in sheet["doubts"])
    assert told.count(" : ") and len(sheet["doubts"]) <= told.count(f"{TEXT}:")
    got = editor.send("POST", "/api/doubts", {"id": doubt["id"], "accepted": True})
    assert got.status == 200
    assert {d["id"]: d["accepted"] for d in got.json["doubts"]}[doubt["id"]] is True
    assert "CDAPH" not in podcast(show, "check", "episode-3").out
    assert json.loads((show / "transcripts/episode-3.review.json").read_text("utf-8"))[
        "accepted"
    ] == [{"id": doubt["id"], "kind": "acronym", "text": "CDAPH"}]
    assert editor.send("POST", "/api/doubts", {"id": doubt["id"], "accepted": False}).status == 200
    assert "CDAPH" in podcast(show, "check", "episode-3").out
    assert editor.send("POST", "/api/doubts", {"id": "none", "accepted": True}).status == 422


def test_offsets_count_as_browsers_do(editor: Editor, show: Path) -> None:
    file = show / TEXT
    file.write_text(draft(show).replace("vingt ans", "🦻🦻 vingt ans"), "utf-8")
    sheet = editor.sheet()
    (doubt,) = [d for d in sheet["doubts"] if d["text"] == "CDAPH"]
    body = sheet["pieces"][doubt["piece"]]["body"].encode("utf-16-le")
    assert body[2 * doubt["from"] : 2 * doubt["to"]].decode("utf-16-le").startswith("CDAPH")


def test_listening_counts_up_to_one_and_a_half_times(editor: Editor, show: Path) -> None:
    whole = editor.sheet()["duration_ms"]

    def listen(spans: list[list[int]], rate: float) -> dict[str, object]:
        got = editor.send("POST", "/api/listened", {"spans": spans, "rate": rate})
        assert got.status == 200, got.body
        found: dict[str, object] = got.json["listened"]
        return found

    assert listen([[0, 10_000]], 2)["ms"] == 0
    assert listen([[0, 10_000], [5_000, 20_000]], 1.5) == {
        "ms": 20_000, "share": round(20_000 / whole, 4), "whole": False, "spans": [[0, 20_000]],
    }  # fmt: skip
    done = listen([[20_000, whole + 5_000]], 1)
    assert done["whole"] is True and done["share"] == 1
    assert editor.sheet()["listened"] == done
    bad = {"spans": [[0]], "rate": 1}
    assert editor.send("POST", "/api/listened", bad).status == 422
    assert editor.send("POST", "/api/listened", {"spans": [["a", "b"]], "rate": 1}).status == 422


def test_a_damaged_review_file_is_told_and_never_replaced(editor: Editor, show: Path) -> None:
    file = show / "transcripts/episode-3.review.json"
    file.write_text("<<<<<<< HEAD\n", "utf-8")
    sheet = editor.sheet()
    (fault,) = sheet["faults"]
    assert fault["kind"] == "review.broken" and fault["said"].startswith(
        f"{file.parent.name}/{file.name}:1"
    )
    got = editor.send("POST", "/api/listened", {"spans": [[0, 9]], "rate": 1})
    assert got.status == 422 and got.json["faults"][0]["kind"] == "review.broken"
    assert file.read_text("utf-8") == "<<<<<<< HEAD\n"
    assert editor.save(sheet["digest"], text_of(sheet) + "\n").status == 200


def reviewed(editor: Editor, name: str) -> Got:
    """What the page asks for when somebody has read what is there."""
    sheet = editor.sheet()
    return editor.send("POST", "/api/review", {"name": name, "base": sheet["digest"]})


def test_a_review_is_what_the_command_does(
    editor: Editor, show: Path, podcast: Callable[..., Ran]
) -> None:
    text = draft(show)
    (show / TEXT).write_text(text.replace("vingt ans", "{vingt ans?}"), "utf-8")
    refused = reviewed(editor, "Zoé")
    assert refused.status == 422 and "vingt ans" in refused.json["faults"][0]["said"]
    assert reviewed(editor, " ").status == 422
    (show / TEXT).write_text(text, "utf-8")
    assert [f["kind"] for f in editor.sheet()["gate"]] == ["gate.status"]
    got = reviewed(editor, "Zoé  Martin")
    assert got.status == 200, got.body
    sheet = got.json
    assert (sheet["status"], sheet["reviewed_by"], sheet["review_holds"]) == (
        "reviewed",
        "Zoé Martin",
        True,
    )
    assert sheet["gate"] == []
    assert podcast(show, "check", "episode-3").code == 0
    noted = json.loads((show / "transcripts/episode-3.review.json").read_text("utf-8"))
    assert noted["reviews"][0]["by"] == "Zoé Martin" and noted["reviews"][0]["listened_ms"] == 0
    changed = text_of(sheet).replace("vingt ans de", "vingt et un ans de")
    after = editor.save(sheet["digest"], changed).json
    assert after["review_holds"] is False and [f["kind"] for f in after["gate"]] == ["gate.changed"]


def test_only_the_text_that_was_read_is_reviewed(editor: Editor, show: Path) -> None:
    text = draft(show)
    read = editor.sheet()["digest"]
    other = text.replace("vingt ans", "trente ans")
    (show / TEXT).write_text(other, "utf-8")
    got = editor.send("POST", "/api/review", {"name": "Zoé", "base": read})
    assert got.status == 422
    assert [each["kind"] for each in got.json["faults"]] == ["transcript.moved"]
    assert (show / TEXT).read_text("utf-8") == other
    assert not (show / "transcripts/episode-3.review.json").exists()
    assert reviewed(editor, "Zoé").status == 200


def test_a_review_is_written_while_somebody_publishes(desk: Desk, show: Path) -> None:
    draft(show)
    with Workspace(show).lock():
        assert desk.review("Zoé", digest_of(desk.text()))["status"] == "reviewed"
        assert desk.save(digest_of(desk.text()), desk.text() + "\n")["digest"]


def test_somebody_joins_the_show(editor: Editor, show: Path) -> None:
    before = (show / "podcast.yaml").read_text("utf-8")
    got = editor.send("POST", "/api/people", {"name": "Camille Roy"})
    assert got.status == 200
    assert got.json["people"][-1] == {"key": "camille-roy", "name": "Camille Roy"}
    after = (show / "podcast.yaml").read_text("utf-8")
    assert read_show(after, "p").people["camille-roy"].name == "Camille Roy"
    kept = iter(after.split("\n"))
    assert all(line in kept for line in before.split("\n"))
    again = editor.send("POST", "/api/people", {"name": "camille roy"})
    assert again.status == 422 and again.json["faults"][0]["said"]
    assert (show / "podcast.yaml").read_text("utf-8") == after


def test_a_term_is_always_written_so(editor: Editor, show: Path) -> None:
    draft(show)
    assert any(d["text"] == "CDAPH" for d in editor.sheet()["doubts"])
    asked = {"term": "CDAPH", "wrong": ["CD à PH"], "expansion": "Commission des droits"}
    got = editor.send("POST", "/api/terms", asked)
    assert got.status == 200 and got.json["ok"] is True
    assert not any(d["text"] == "CDAPH" for d in got.json["sheet"]["doubts"])
    term = Workspace(show).glossary().terms["CDAPH"]
    assert (term.expansion, term.misheard) == ("Commission des droits", ("CD à PH",))
    assert editor.send("POST", "/api/terms", {"term": "A", "wrong": [1]}).status == 422
    assert editor.send("POST", "/api/terms", {**asked, "expansion": "Autre"}).status == 422


def test_a_show_that_is_faulty_for_a_while_stops_nobody(editor: Editor, show: Path) -> None:
    sheet = editor.sheet()
    (show / "podcast.yaml").write_text("title: [", "utf-8")
    got = editor.save(sheet["digest"], text_of(sheet) + "\n")
    assert got.status == 200
    assert [f["kind"] for f in got.json["faults"]] == ["yaml.syntax"]
    assert got.json["people"] == sheet["people"]
    assert (show / TEXT).read_text("utf-8") == text_of(sheet) + "\n"


def test_the_preview_is_what_the_page_and_the_captions_say(editor: Editor, show: Path) -> None:
    sheet = editor.sheet()
    (piece,) = [p for p in sheet["pieces"] if "vingt ans" in p["body"]]
    text = text_of(sheet).replace("vingt ans", "vingt ans [rires] {en: open space} <b>")
    got = editor.send("POST", "/api/preview", {"text": text, "line": piece["line"]}).json
    assert '<i class="sound">[rires]</i> <i lang="en">open space</i> &lt;b&gt;' in got["html"]
    assert got["html"].startswith("<p ")
    said = " ".join(line for caption in got["captions"] for line in caption["lines"])
    assert "vingt ans open space <b>" in said
    assert {caption["speaker"] for caption in got["captions"]} == {piece["speaker"]}
    assert editor.sheet()["digest"] == sheet["digest"], "nothing is written"
    for line in (0, 99_999):
        got = editor.send("POST", "/api/preview", {"text": text, "line": line}).json
        assert (got["html"].strip(), got["captions"]) == ("", [])


def test_every_block_of_the_page_is_previewed_as_it_is(
    editor: Editor, show: Path, published: Path
) -> None:
    sheet = editor.sheet()
    page = (published / "site" / "episode-3" / "index.html").read_text("utf-8")
    text = text_of(sheet)
    for piece in sheet["pieces"]:
        if piece["kind"] in ("paragraph", "heading", "cue"):
            asked = {"text": text, "line": piece["line"]}
            html = editor.send("POST", "/api/preview", asked).json["html"]
            lines = [line.split('href="/audio#')[0] for line in html.strip().split("\n")]
            assert lines and all(line in page for line in lines)


def test_settings_are_remembered(editor: Editor, show: Path) -> None:
    assert editor.get("/api/settings").json == {"settings": {}}
    chosen = {"keys": {"play": "F4"}, "speed": 1.25}
    assert editor.send("PUT", "/api/settings", {"settings": chosen}).status == 200
    assert editor.get("/api/settings").json == {"settings": chosen}
    assert editor.send("PUT", "/api/settings", {"settings": {"x": "y" * 70_000}}).status == 422
    (show / ".podcast" / "editor" / "settings.json").write_text("{", "utf-8")
    assert editor.get("/api/settings").json == {"settings": {}}


def test_without_tracks_nobody_is_proposed(editor: Editor) -> None:
    assert editor.get("/api/proposals").json == []


def test_by_the_tracks_each_paragraph_has_its_speaker(published: Path, tmp_path: Path) -> None:
    """Episode 1 is made of tracks; the text says who speaks, and the tracks agree."""
    folder = tmp_path / "show"
    shutil.copytree(published, folder)
    tracks = [e.name for e in (folder / "episodes").iterdir() if (e / "tracks").is_dir()]
    assert tracks, "an episode of the sample show has tracks"
    with edited(folder, tracks[0]) as editor:
        sheet = editor.enter().sheet()
        found = editor.get("/api/proposals").json
        assert found
        spoken = [i for i, p in enumerate(sheet["pieces"]) if p["kind"] == "paragraph"]
        right = [sheet["pieces"][each["piece"]]["person"] == each["person"] for each in found]
        assert len(found) >= 0.9 * len(spoken) and sum(right) >= 0.9 * len(right)
        assert all(0.3 < each["share"] <= 1 and each["name"] for each in found)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8"), max_size=80), st.booleans())
def test_whatever_is_saved_is_in_the_file_and_in_the_pieces(
    desk: Desk, body: str, with_head: bool
) -> None:
    """Any text at all, with every fault that it may have."""
    before = desk.text()
    text = ("---\nlanguage: fr\n---\nL'invité : " if with_head else "") + body
    sheet = desk.save(digest_of(before), text)
    if "\r\n" not in before:
        assert desk.text() == text
    assert text_of(sheet) == desk.text()
    assert sheet["digest"] == digest_of(desk.text())
