"""The common place of a cluster, as a folder and as a bucket of a real S3 server."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from places import moto, public_bucket

from podcast import deploy
from podcast.depot import Depot, open_depot
from podcast.errors import Outside, Usage
from podcast.recognition import Request
from podcast.words_file import read_journal

SOUND = bytes(range(256)) * 5000
WORDS = (ROOT / "transcripts" / "episode-2.words.jsonl").read_text("utf-8")


def request_for(text: str) -> Request:
    header, _, _ = read_journal(text, "")
    engine = header["engine"]
    return Request(
        hashlib.sha256(SOUND).hexdigest(),
        header["audio"]["digest"],
        "a" * 64,
        engine["model_sha256"],
        engine["model"],
        header["language"],
        engine["options"]["hotwords"],
        "faster-whisper",
        1,
    )


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with moto() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "somebody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "a secret of somebody")
        yield address


@pytest.fixture(params=["folder", "bucket"])
def depot(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Depot, str]]:
    """A depot and its address."""
    if request.param == "folder":
        (tmp_path / "depot").mkdir()
        with open_depot(str(tmp_path / "depot"), tmp_path / "scratch") as made:
            yield made, str(tmp_path / "depot")
        return
    server = request.getfixturevalue("server")
    public_bucket(server, "voices")
    address = f"s3://voices/cluster?endpoint={server}&region=eu-west-1"
    with open_depot(address, tmp_path) as made:
        yield made, address


def put(address: str, path: str, content: bytes, folder: Path) -> None:
    """What somebody else puts there."""
    (folder / "content").write_bytes(content)
    with deploy.open_target(address, folder) as target:
        upload = deploy.Upload(path, folder / "content", len(content))
        target.put([upload], lambda sent: None)


def test_a_sound_comes_as_it_went(depot: tuple[Depot, str], tmp_path: Path) -> None:
    made, _ = depot
    wanted = request_for(WORDS)
    (tmp_path / "samples").write_bytes(SOUND)
    got = tmp_path / "here" / "sound"
    with pytest.raises(Outside) as none:
        made.take_sound(wanted, got)
    assert none.value.faults[0].kind == "cluster.sound_gone"
    made.give_sound(wanted, tmp_path / "samples")
    made.give_sound(wanted, tmp_path / "nowhere")  # it is there already: nothing is read
    made.take_sound(wanted, got)
    assert got.read_bytes() == SOUND
    made.drop_sound(wanted)
    made.drop_sound(wanted)
    with pytest.raises(Outside):
        made.take_sound(wanted, got)


def test_a_damaged_sound_is_seen_and_put_anew(depot: tuple[Depot, str], tmp_path: Path) -> None:
    made, address = depot
    wanted = request_for(WORDS)
    (tmp_path / "samples").write_bytes(SOUND)
    put(address, f"sounds/{wanted.sound}.s16", SOUND[:-2], tmp_path)
    with pytest.raises(Outside) as damaged:
        made.take_sound(wanted, tmp_path / "sound")
    assert damaged.value.faults[0].kind == "cluster.sound_damaged"
    made.give_sound(wanted, tmp_path / "samples")
    made.take_sound(wanted, tmp_path / "sound")
    assert (tmp_path / "sound").read_bytes() == SOUND


def test_only_words_of_the_very_request_are_taken(depot: tuple[Depot, str], tmp_path: Path) -> None:
    made, address = depot
    wanted = request_for(WORDS)
    assert made.words(wanted) is None
    made.give_words(wanted, WORDS)
    made.give_words(wanted, WORDS)
    assert made.words(wanted) == WORDS
    assert made.words(dataclasses.replace(wanted, sound="b" * 64)) is None
    path = f"words/{wanted.key}.jsonl"
    for lie in (
        WORDS[: len(WORDS) // 2],
        WORDS.replace('"language":"en"', '"language":"fr"'),
        WORDS.replace(wanted.audio_digest, "0" * 16),
        WORDS.replace(wanted.model_sha256, "0" * 64),
        "",
        "\0" * 100,
        "[]\n",
    ):
        assert lie != WORDS
        put(address, path, lie.encode(), tmp_path)
        assert made.words(wanted) is None, lie[:80]


def test_many_who_put_the_same_leave_it_whole(tmp_path: Path) -> None:
    """Reading at any moment finds nothing or the whole, and no half file is left."""
    (tmp_path / "depot").mkdir()
    (tmp_path / "samples").write_bytes(SOUND)
    wanted = request_for(WORDS)
    failed: list[str] = []

    def giver(number: int) -> None:
        with open_depot(str(tmp_path / "depot"), tmp_path / str(number)) as mine:
            for _ in range(15):
                mine.give_sound(wanted, tmp_path / "samples")
                mine.give_words(wanted, WORDS)
                if mine.words(wanted) != WORDS:
                    failed.append("words")
                try:
                    mine.take_sound(wanted, tmp_path / str(number) / "sound")
                except Outside as error:
                    if error.faults[0].kind != "cluster.sound_gone":
                        failed.append(error.faults[0].kind)
                mine.drop_sound(wanted)

    threads = [threading.Thread(target=giver, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    left = [path.name for path in (tmp_path / "depot").rglob("*") if path.is_file()]
    assert left in ([f"{wanted.key}.jsonl"], sorted([f"{wanted.key}.jsonl", f"{wanted.sound}.s16"]))


def test_places_that_are_none_are_told(tmp_path: Path) -> None:
    for address, error in ((str(tmp_path / "gone"), Outside), ("sftp://x/y", Usage)):
        with pytest.raises(error), open_depot(address, tmp_path):
            pass
