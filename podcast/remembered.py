"""Take down what a publish has read and left, for :mod:`podcast.unchanged` to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from podcast.names import LEDGER
from podcast.places import Places
from podcast.tally import Tally
from podcast.unchanged import SCHEMA, Left, Seen, around, content, inside, named, site_in

# FAT steps by two seconds, all others by less.
_YOUNG_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """Files as they were, and the content of those that were young: changed so shortly before that
    another change might not show."""

    tally: Tally
    young: tuple[str, ...]
    content: bytes


def look(places: Places, clock: int, seen: Seen | None = None) -> tuple[Look, Look]:
    """Take down what every publish may read before any of it is read, or was ``seen`` already.

    ``clock`` is the disk's own time (ns), which is not this machine's where the disk is another's.
    """
    root = str(places.root)
    lists = (seen.around, seen.inside) if seen else (around(root), inside(root))
    return _look(root, clock, lists[0]), _look(root, clock, lists[1])


def besides(places: Places, clock: int, names: Iterable[str]) -> Look:
    """The same of some files by name, which are relative to the workspace."""
    root = str(places.root)
    return _look(root, clock, named(root, sorted(names)))


def _look(root: str, clock: int, found: Tally) -> Look:
    young = tuple(found.young(clock - _YOUNG_NS))
    settled = Tally(found.names, found.folders, found.marks, found.settled(clock - _YOUNG_NS))
    return Look(settled, young, content(root, young))


def told(
    places: Places, clock: int, before: Sequence[Look], left: Left, site: Tally | None = None
) -> bytes:
    """What is to be remembered of what stands now.

    ``before`` has the looks at what every publish may read, and one at what this one read besides;
    ``site`` are the site's files, where they are known.
    """
    site_folder = str(places.site)
    after = (
        besides(places, clock, (LEDGER,)),
        _look(site_folder, clock, site or site_in(site_folder)),
    )
    fields = [
        SCHEMA,
        *_counted(left.slugs),
        "forced" if left.forced else "",
        str(left.newest),
        "sends" if left.sends else "",
        left.language,
        *_counted(list(left.said)),
        *(field for said in left.said.values() for field in _counted(said)),
        *_counted(left.beside),
    ]
    body: list[bytes | bytearray] = []
    for each in (*before, *after):
        tally = each.tally
        fields += (*_counted(tally.names), *_counted(tally.folders), *_counted(each.young))
        body += (tally.marks, tally.of_folders, each.content)
    head = "\0".join(fields).encode(errors="surrogateescape")
    return b"".join((b"%d\n%b" % (len(head), head), *body))


def _counted(names: Sequence[str]) -> tuple[str, ...]:
    return (str(len(names)), *names)
