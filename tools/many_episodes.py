"""A show of many episodes of one hour, ready to be published, made fast: for benchmarks and tests.

    python -m tools.many_episodes FOLDER [--count 1000] [--talks 1000] [--paragraphs N]

Each has a talk of its own of about 9,700 words, put together by ``tools.long_episode`` (after
``--talks`` of them they come round again).  The sound is a hum of nine seconds that says it lasts
an hour, so that a thousand episodes take 400 MB.  Episode k is the same however many there are.
With ``--paragraphs`` each text ends early, without its notes: for what grows with the number of
episodes, whatever their length.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from podcast import pipeline
from podcast.mastering import sound_digest, sound_key
from podcast.report import Silent
from podcast.shares import shared
from podcast.transcript_file import read_transcript
from podcast.workspace import Workspace
from tools import long_episode
from tools.long_episode import DURATION_MS, ROOT, TEXTS

LANGUAGE = "fr"
FIRST = datetime.fromisoformat("2000-01-05T06:00:00+01:00")


def slug_of(number: int) -> str:
    """The folder of an episode, from 1."""
    return f"episode-{number}"


def beginning(text: str, paragraphs: int) -> str:
    """The head of a transcript and so many paragraphs, without the notes that stand at the end."""
    parts = text.split("\n\n")[:paragraphs]
    return re.sub(r"\[\^[^\]]*\]", "", "\n\n".join(parts)).rstrip() + "\n"


def make(folder: Path, count: int, talks: int = 1000, paragraphs: int | None = None) -> Workspace:
    """A workspace with so many episodes."""
    texts = TEXTS[LANGUAGE]
    space = Workspace(folder)
    (folder / "transcripts").mkdir(parents=True)
    (folder / "podcast.yaml").write_text(texts.show, "utf-8")
    (folder / "glossary.yaml").write_text(texts.glossary, "utf-8")
    shutil.copy(ROOT / "cover.jpg", folder)
    hum = long_episode.hum(1)
    for number in range(1, count + 1):
        episode = space.episode_folder(slug_of(number))
        episode.mkdir(parents=True)
        date = FIRST + timedelta(hours=20 * number)
        said = {
            "title": f"L’accessibilité en {number} questions",
            "date": date.isoformat(),
            "guid": str(uuid5(NAMESPACE_URL, f"https://example.org/{number}")),
            "number": str(number),
        }
        text = texts.episode
        for key, value in said.items():
            text = re.sub(rf"(?m)^{key}: .*\n", "", text)
            text = text.replace("---\n", f"---\n{key}: {value}\n", 1)
        space.episode_file(slug_of(number)).write_text(text, "utf-8")
        (episode / "recording.mp3").write_bytes(hum)
    work = pipeline.start(space, Silent())
    written = space.episode(slug_of(1), work.show)
    sources = space.recording(written, work.show)
    digest = sound_digest(work, sources, written.sound)
    mastered = space.cache / "sound" / f"{sound_key(work, sources, written.sound)}.mp3"
    mastered.parent.mkdir(parents=True)
    mastered.write_bytes(hum)
    told = {
        "size": len(hum), "duration_ms": DURATION_MS, "channels": 1, "before": [-40.0, -30.0],
        "after": [-40.0, -30.0], "recording_starts_ms": 0, "gain": 0.0, "ceiling": 0.0,
        "offsets_ms": [],
    }  # fmt: skip
    mastered.with_suffix(".json").write_text(json.dumps(told), "utf-8")

    def talk(numbers: list[int]) -> list[int]:
        for number in numbers:
            text = long_episode.transcript_text(LANGUAGE, number)
            if paragraphs:
                text = beginning(text, paragraphs)
            transcript = read_transcript(text, "", work.show.people, LANGUAGE)
            words = long_episode.words_text(transcript, digest)
            for again in range(number, count + 1, talks):
                space.transcript_file(slug_of(again)).write_text(text, "utf-8")
                space.words_file(slug_of(again)).write_text(words, "utf-8")
        return numbers

    shared(list(range(1, min(count, talks) + 1)), talk, lambda share: None)
    settled = 10**10  # as if all had been written a while ago
    for path in folder.rglob("*"):
        status = path.stat()
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - settled))
    return space


def publish(space: Workspace) -> None:
    """Publish them all."""
    pipeline.publish(space, space.slugs(), Silent())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make a show of many episodes of one hour.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--talks", type=int, default=1000)
    parser.add_argument("--paragraphs", type=int)
    given = parser.parse_args()
    print(make(given.folder, given.count, given.talks, given.paragraphs).root)
