"""Move the feed to another address so that everybody who follows it comes along."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from podcast.errors import Fixable, Place, fault
from podcast.front_matter import with_keys
from podcast.ledger import Ledger
from podcast.rules import ADDRESS
from podcast.show import FEED, read_show
from podcast.workspace import SHOW, Workspace, line_of, write

_HOSTS = "_redirects (Netlify, Cloudflare Pages)"


@dataclass(frozen=True, slots=True)
class Move:
    """From one feed to another; ``redirects`` are lines for the old address, by server."""

    was: str
    now: str
    redirects: tuple[tuple[str, str], ...]


def move(space: Workspace, known: Ledger, address: str) -> Move:
    """Write the new address and the former feed into ``podcast.yaml``; the rest stays as it is.

    The former feed is the one that was published, even if the address has been edited since.
    Raises :class:`Fixable` for an address that is none or the same, and where the file is written
    in a way that only its author can change.
    """
    try:
        address = ADDRESS.test(address)
    except ValueError as error:
        raise Fixable(fault("field.web", key="address", value=address)) from error
    show, file = space.show(), space.root / SHOW
    was = known.channel.feed if known.channel else show.url(FEED)
    if was == address + FEED:
        place = Place(SHOW, line_of(space.text(file), "address"))
        raise Fixable(fault("show.moved_already", place, feed=was, address=address))
    values = {"address": address, "previous_feed_url": was}
    text = with_keys(file.read_bytes().decode(), values, after="address")
    by_hand = fault("show.move_by_hand", Place(SHOW), address=address, was=was)
    try:
        moved = read_show(text.removeprefix("\ufeff").replace("\r\n", "\n"), SHOW)
    except Fixable as error:
        raise Fixable(by_hand) from error
    if moved != replace(show, address=address, previous_feed_url=was):
        raise Fixable(by_hand)
    write(file, text)
    return Move(was, address + FEED, redirects(was, address + FEED))


def redirects(was: str, now: str) -> tuple[tuple[str, str], ...]:
    """What servers are told at the old address, by their name: 301 for every page and sound.

    Only the feed where the new address lies below the old one, since the rest would go round in
    circles; nothing where the path is the same, for which each host has a switch of its own.
    """
    old, new = urlsplit(was), urlsplit(now)
    feed = unquote(old.path)  # nginx and Apache see paths decoded
    here, there = feed.removesuffix(FEED), unquote(new.path).removesuffix(FEED)
    target = now.removesuffix(FEED)
    if old.hostname == new.hostname and here == there:
        return ()
    if old.hostname == new.hostname and there.startswith(here):
        return (
            ("nginx", f"location = {feed} {{ return 301 {now}; }}"),
            ("Apache", f"RedirectMatch 301 ^{_literal(feed)}$ {now}"),
            (_HOSTS, f"{old.path} {now} 301"),
        )
    path = _literal(here)
    return (
        ("nginx", f"location ^~ {here} {{ rewrite ^{path}(.*)$ {target}$1 permanent; }}"),
        ("Apache", f"RedirectMatch 301 ^{path}(.*)$ {target}$1"),
        (_HOSTS, f"{old.path.removesuffix(FEED)}* {target}:splat 301"),
    )


def _literal(path: str) -> str:
    """A regular expression for just this path, which a person can still read."""
    return re.sub(r"[.+*?()|^$\[\]{}\\]", r"\\\g<0>", path)
