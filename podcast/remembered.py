"""Take down what a publish has read and left, for :mod:`podcast.unchanged` to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from podcast.places import Places
from podcast.unchanged import SCHEMA, Left, Listing, inputs, named, outputs, with_young

# FAT steps by two seconds, all others by less.
_YOUNG_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """Files as they were: ``named`` are those that were asked for by name, ``young`` those that
    count with their content, ``packed`` is the list."""

    named: tuple[str, ...]
    young: tuple[str, ...]
    packed: bytes


def look(places: Places, clock: int, names: Iterable[str] | None = None) -> Look:
    """Take down files before they are read: those that every publish may read, or some by name.

    ``clock`` is the disk's own time (ns), which is not this machine's where the disk is another's.
    Names are relative to the workspace.
    """
    root = str(places.root)
    if names is None:
        return _look(root, clock, (), inputs(root))
    some = tuple(sorted(names))
    return _look(root, clock, some, named(root, some))


def _look(root: str, clock: int, names: tuple[str, ...], found: Listing) -> Look:
    young = tuple(found.young(clock - _YOUNG_NS))
    return Look(names, young, with_young(root, found, young))


def told(
    places: Places, clock: int, before: Sequence[Look], left: Left, site: Listing | None = None
) -> bytes:
    """What is to be remembered of what stands now.

    ``before`` has a look at what every publish may read, and one at what this one read besides;
    ``site`` are the site's files, where they are known.
    """
    root = str(places.root)
    looks = (*before, _look(root, clock, (), outputs(root, site)))
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
    for one in looks:
        fields += (*_counted(one.named), *_counted(one.young))
    head = "\0".join(fields).encode(errors="surrogateescape")
    return b"%d\n%b%b" % (len(head), head, b"".join(one.packed for one in looks))


def _counted(names: Sequence[str]) -> tuple[str, ...]:
    return (str(len(names)), *names)
