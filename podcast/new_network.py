"""Make a network around the shows of a folder: a ``network.yaml`` that explains itself.

Shows that stand there already are in it, and nothing of theirs changes.  The file is written last:
before it is there, the folder is no network.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from podcast import unchanged
from podcast.errors import Fixable, Outside, Place, fault
from podcast.foreign_files import ADDRESS as ADDRESS
from podcast.foreign_files import EMAIL, quoted
from podcast.network import read_network
from podcast.new_show import EXAMPLE, IGNORED, Answers, guid_of
from podcast.schema_file import schemas_of_network
from podcast.show import Show
from podcast.wording import Wording, written_in
from podcast.workspace import NETWORK, SHOW, Workspace, disk_kind, write, write_new


def make(target: Path, answers: Answers) -> tuple[tuple[str, ...], Answers]:
    """Write the network's file and what it names; the shows that are in it, and what is known now.

    What is not said is taken from the shows.  Raises :class:`Fixable` where there is a network, or
    a show, in this very folder; nothing has changed then.
    """
    if (target / NETWORK).exists():
        raise Fixable(fault("file.exists", Place(str(target / NETWORK))))
    if (target / SHOW).exists():
        raise Fixable(fault("init.network_in_show", Place(str(target / SHOW))))
    try:
        target.mkdir(parents=True, exist_ok=True)
        folders = tuple(unchanged.shows_in(str(target)))
        known = _known(answers, _shows(target, folders))
        text = _text(known, folders)
        read_network(text, NETWORK)
        if not (target / "cover.jpg").exists():
            shutil.copyfile(EXAMPLE / "cover.jpg", target / "cover.jpg")
        if not (target / ".gitignore").exists():
            write(target / ".gitignore", IGNORED)
        for path, schema in schemas_of_network(known.language).items():
            write(target / path, schema)
        write_new(target / NETWORK, text)
    except OSError as error:
        raise Outside(fault(disk_kind(error), Place(str(target)))) from error
    return folders, known


def _shows(target: Path, folders: Sequence[str]) -> dict[str, Show]:
    """The shows that can be read; of another, ``podcast build`` says what is wrong."""
    found = {}
    for folder in folders:
        try:
            found[folder] = Workspace(target / folder).show()
        except Fixable:
            continue
    return found


def _known(answers: Answers, shows: dict[str, Show]) -> Answers:
    """The answers, with what all shows say alike where nothing is said."""
    homes = {show.address.removesuffix(f"{folder}/") for folder, show in shows.items()
             if show.address.endswith(f"/{folder}/")}  # fmt: skip
    address = homes.pop() if len(homes) == 1 else None
    authors = {show.author for show in shows.values()}
    emails = {show.owner.email for show in shows.values()}
    return replace(
        answers,
        address=answers.address or address,
        author=answers.author or (authors.pop() if len(authors) == 1 else None),
        email=answers.email or (emails.pop() if len(emails) == 1 else None),
    )


def _text(known: Answers, folders: Sequence[str]) -> str:
    text = written_in(known.language, EXAMPLE, NETWORK).read_text("utf-8")
    filled = {
        "title": quoted(known.title),
        "language": known.language,
        "description": Wording(known.language).say("init.network_description"),
        "address": known.address or ADDRESS,
        "author": quoted(known.author or known.title),
        "email": known.email or EMAIL,
        "guid": guid_of(known),
        "shows": ", ".join(folders) or "voix, paroles",
    }
    for mark, value in filled.items():
        text = text.replace(f"@{mark}@", value)
    return text
