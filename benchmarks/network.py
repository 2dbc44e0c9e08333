"""A network beside the same shows built one by one: ``python -m benchmarks.network``.

    python -m benchmarks.network [--shows 5] [--episodes 10]

The shows have so many one-hour episodes each (``tools.many_episodes``), with the slow work done:
sounds, words, texts.  Alone, each is published with ``publish`` in its folder, and the costs are
added; together, ``podcast build`` makes all of them and the network's own pages, search and feed.
Both begin with the same files, in the same run; the kinds of build are those of
``benchmarks.site``.  CPU seconds are those of all processes; memory is that of the largest one.
What is quick is the median of three.  Prints a Markdown table with the ratios.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from benchmarks.site import REPEATED, Cost, median, program, retitle, run, without_pages
from podcast.workspace import Workspace
from tools.many_episodes import make, slug_of

ADDRESS = "https://reseau.example.org/"
NETWORK = f"""\
title: Le réseau
language: fr
description: Des émissions ensemble.
address: {ADDRESS}
author: La fédération
owner:
  name: La fédération
  email: reseau@example.org
category: Society & Culture
guid: {uuid5(NAMESPACE_URL, ADDRESS)}
"""
KINDS = ("from texts", "all pages", "one title", "nothing changed")


def begin(root: Path, names: Sequence[str], episodes: int) -> None:
    """The shows, each with guids and an address of its own, as nobody has published them yet."""
    first = make(root / names[0], episodes)
    for name in names[1:]:
        shutil.copytree(first.root, root / name)
    for name in names:
        space = Workspace(root / name)
        show = (space.root / "podcast.yaml").read_text("utf-8")
        show = re.sub("(?m)^address: .*$", f"address: {ADDRESS}{name}/", show)
        show = re.sub("(?m)^guid: .*$", f"guid: {uuid5(NAMESPACE_URL, ADDRESS + name)}", show)
        (space.root / "podcast.yaml").write_text(show, "utf-8")
        for slug in space.slugs():
            file = space.episode_file(slug)
            guid = uuid5(NAMESPACE_URL, f"{ADDRESS}{name}/{slug}")
            text = re.sub("(?m)^guid: .*$", f"guid: {guid}", file.read_text("utf-8"))
            file.write_text(text, "utf-8")


def added(costs: Sequence[Cost]) -> Cost:
    """One after the other."""
    cpu, wall = (sum(getattr(cost, name) for cost in costs) for name in ("cpu", "wall"))
    return Cost(cpu, wall, max(cost.mebibytes for cost in costs))


def alone(root: Path, names: Sequence[str], network: Path) -> dict[str, Cost]:
    """Each show by itself, and all costs added; what is published then, ``network`` has, too."""
    command = [program("publish")]

    def every() -> Cost:
        return added([run([*command, slug_of(1)], root / name) for name in names])

    costs = {"from texts": added([
        run([*command, *Workspace(root / name).slugs()], root / name) for name in names
    ])}  # fmt: skip
    for name in names:
        shutil.copy(root / name / "published.json", network / name)
    every()
    costs["nothing changed"] = median([every() for _ in range(REPEATED)])
    again = []
    for n in range(REPEATED):
        retitle(Workspace(root / names[0]), slug_of(1), f"Un autre titre, {n}")
        again.append(run([*command, slug_of(1)], root / names[0]))
    costs["one title"] = median(again)
    with without_pages([root / name for name in names]):
        costs["all pages"] = every()
    return costs


def together(root: Path, names: Sequence[str]) -> dict[str, Cost]:
    """All of them with the network's own site."""
    build = partial(run, [program("podcast"), "build"], root)
    costs = {"from texts": build()}
    build()
    costs["nothing changed"] = median([build() for _ in range(REPEATED)])
    again = []
    for n in range(REPEATED):
        retitle(Workspace(root / names[0]), slug_of(1), f"Un autre titre, {n}")
        again.append(build())
    costs["one title"] = median(again)
    with without_pages([root, *(root / name for name in names)]):
        costs["all pages"] = build()
    return costs


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shows", type=int, default=5)
    parser.add_argument("--episodes", type=int, default=10)
    options = parser.parse_args()
    names = [f"show-{number}" for number in range(1, options.shows + 1)]
    with tempfile.TemporaryDirectory() as made:
        one_by_one, network = Path(made) / "alone", Path(made) / "network"
        begin(one_by_one, names, options.episodes)
        shutil.copytree(one_by_one, network)
        first = alone(one_by_one, names, network)
        (network / "network.yaml").write_text(NETWORK, "utf-8")
        shutil.copy(network / names[0] / "cover.jpg", network)
        second = together(network, names)
    print(f"\n{len(names)} shows with {options.episodes} episodes each\n")
    print("| | one by one: CPU s | s | MiB | network: CPU s | s | MiB | CPU ratio | time ratio |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for kind in KINDS:
        one, all_ = first[kind], second[kind]
        print(f"| {kind} | {one.cpu:.2f} | {one.wall:.2f} | {one.mebibytes:.0f} | {all_.cpu:.2f} "
              f"| {all_.wall:.2f} | {all_.mebibytes:.0f} | {all_.cpu / one.cpu:.2f} "
              f"| {all_.wall / one.wall:.2f} |")  # fmt: skip


if __name__ == "__main__":
    main()
