"""A network of two small shows, both made of the sample show's own episodes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from conftest import ROOT, copy_show, run_podcast

ADDRESS = "https://reseau.test/"
NETWORK = f"""\
title: Le réseau des voix
language: fr
description: Des émissions sur le travail, faites par plusieurs associations.
address: {ADDRESS}
author: La fédération
owner:
  name: La fédération
  email: reseau@reseau.test
category: Society & Culture
guid: 7b0cfd3c-52a5-5ad1-9d29-0b0c4df0a0a1
cover_alt: Deux bulles de parole.
"""
SHOWS = {"voix": ["episode-1", "episode-2"], "paroles": ["episode-3"]}


def make(folder: Path, published: Path) -> Path:
    """The folder of the network; its shows are published, its own site is not built yet."""
    folder.mkdir(parents=True)
    (folder / "network.yaml").write_text(NETWORK, "utf-8")
    shutil.copy(ROOT / "cover.jpg", folder)
    for name, episodes in SHOWS.items():
        add(folder, name, episodes, published)
        ran = run_podcast(["publish", *episodes], folder / name)
        assert ran.code == 0, ran.err
    return folder


def add(folder: Path, name: str, episodes: list[str], published: Path) -> Path:
    """One more show, with guids of its own, its slow work done already; not published."""
    show = copy_show(folder / name, episodes, cache=published / ".podcast")
    # Links to those of the sample: two shows would have one lock.
    for file in (
        "lock",
        "writer",
        "writing",
        "unchanged",
        "cards.json",
        "cards.all.json",
        "site.record",
    ):
        (show / ".podcast" / file).unlink(missing_ok=True)
    text = (show / "podcast.yaml").read_text("utf-8")
    text = re.sub(r"(?m)^address: .*$", f"address: {ADDRESS}{name}/", text)
    if name != "voix":
        text = re.sub(r"(?m)^title: .*$", f"title: {name.capitalize()} d'ailleurs", text)
        text = text.replace("2d7c9f0a-", "3d7c9f0a-")
    (show / "podcast.yaml").write_text(text, "utf-8")
    return show
