"""The feed's size for each episode, and its making beside bare lxml that writes the same tree.

    python -m benchmarks.feed [--episodes 1000 10000] [--repeat 3]

Each episode has a summary, notes of 250 characters, five chapters, two people and other kinds of
sound.  The bare side gets the finished tree as plain tuples and does nothing but make its elements
and their text: what is more is what making it from episodes costs.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from lxml import etree

from podcast import feed
from podcast.episode import read_episode
from podcast.feed_plan import feed_pages
from podcast.published import Enclosure, Publication, in_order, whole
from podcast.show import Show, read_show
from podcast.transcript import Chapter, MachineWords, Timeline, Transcript

T = TypeVar("T")
ROOT = Path(__file__).parent.parent
NOTES = "Dans cet épisode, une conseillère répond aux questions que l'on se pose. " * 3
HEAD = """---
title: Un épisode
date: 2026-11-02T06:00:00+01:00
guid: 0b6f7b1e-4c55-4c0e-9d0b-6d0d1b8d7a01
summary: Une phrase qui dit de quoi l'épisode parle, et une autre qui donne envie de l'écouter.
people: [presentatrice, conseillere]
---
"""
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def episodes(show: Show, count: int, others: bool) -> Publication:
    """So many episodes, an hour long and a day apart."""
    told = read_episode(HEAD + NOTES, "episode.md", "x", show)
    transcript = Transcript("fr", "reviewed", ())
    words = MachineWords("d", 3_600_000, "fr", "", "", "", ())
    chapters = tuple(Chapter(n * 700_000, f"Chapitre numéro {n}") for n in range(5))
    first = datetime(2000, 1, 1, 6, tzinfo=UTC)
    made = []
    for n in range(count):
        slug = f"episode-{n}"
        episode = replace(
            told,
            slug=slug,
            guid=f"{n:08d}-4c55-4c0e-9d0b-6d0d1b8d7a01",
            date=first + timedelta(days=n),
            title=f"Demander un aménagement de poste, {n}",
            number=n + 1,
        )
        kinds = (("mp3", "audio/mpeg"), ("m4a", "audio/mp4"), ("opus", "audio/ogg"))
        sounds = tuple(
            Enclosure(f"audio/{slug}.0a1b2c3d.{suffix}", 43_200_000, kind, 3_600_000, SHA)
            for suffix, kind in kinds
        )
        timeline = Timeline("fr", 3_600_000, (), 1.0)
        published = whole(
            episode, transcript, timeline, (), chapters, sounds[0], words,
            alternates=sounds[1:] if others else (),
        )  # fmt: skip
        made.append(published)
    return in_order(show, made)


def plain(element: Any) -> tuple[Any, ...]:
    """An element as tag, attributes, text and children."""
    return element.tag, dict(element.attrib), element.text, [plain(child) for child in element]


def bare(told: tuple[Any, ...], namespaces: dict[Any, str]) -> bytes:
    """The same tree, made and written with lxml alone."""

    def fill(element: Any, text: str | None, children: list[tuple[Any, ...]]) -> None:
        is_notes = element.tag.endswith("}encoded")
        element.text = etree.CDATA(text) if is_notes and text else text
        for tag, attributes, inner, below in children:
            fill(etree.SubElement(element, tag, attributes), inner, below)

    tag, attributes, text, children = told
    root = etree.Element(tag, attributes, nsmap=namespaces)
    fill(root, text, children)
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made


def least(work: Callable[[], T], repeat: int) -> tuple[float, T]:
    """The shortest time, in seconds, and what came out."""
    times = []
    for _ in range(repeat):
        began = time.process_time()
        made = work()
        times.append(time.process_time() - began)
    return min(times), made


def main() -> None:
    parser = argparse.ArgumentParser(description="The feed's size and how long it takes.")
    parser.add_argument("--episodes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    show = read_show((ROOT / "podcast.yaml").read_text("utf-8"), "podcast.yaml")
    print("| episodes | kinds of sound | feed, MB | gzipped, kB | per episode, bytes "
          "| gzipped | made, s | bare lxml, s | ratio |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    for count in given.episodes:
        for others in (False, True):
            publication = episodes(show, count, others)
            (page,) = feed_pages(publication)
            ours, content = least(lambda p=page: feed.render(show, p, "feed.css"), given.repeat)
            parser_ = etree.XMLParser(remove_blank_text=True, huge_tree=True)
            root = etree.fromstring(content, parser_)
            told, names = plain(root), dict(root.nsmap)
            del root
            theirs, same = least(lambda t=told, n=names: bare(t, n), given.repeat)
            again = etree.fromstring(same, etree.XMLParser(huge_tree=True))
            if plain(again) != told:
                sys.exit("the bare tree is another")
            packed = len(gzip.compress(content, 6))
            print(
                f"| {count} | {3 if others else 1} "
                f"| {len(content) / 1e6:.2f} | {packed / 1000:.0f} "
                f"| {len(content) / count:.0f} | {packed / count:.0f} "
                f"| {ours:.2f} | {theirs:.2f} | {ours / theirs:.1f} |"
            )


if __name__ == "__main__":
    main()
