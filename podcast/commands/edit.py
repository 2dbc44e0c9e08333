"""``podcast edit episode-3``: correct the transcript in the browser, with the sound."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
import webbrowser

from podcast.errors import Fixable, Outside, Place, fault
from podcast.terminal import PORT, Terminal, within
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which episode, the port, and whether a browser is opened."""
    parser.add_argument("slug", help=words.say("option.slug"))
    parser.add_argument("--port", type=within(int, *PORT), help=words.say("option.edit_port"))
    parser.add_argument("--no-browser", action="store_true", help=words.say("option.no_browser"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Serve the editor until Ctrl-C, on loopback only; everything typed is in the file by then."""
    from podcast import workspace

    space = workspace.find(options.folder)
    show = space.show()
    episode = space.episode(options.slug, show)
    slug = episode.slug
    file = space.transcript_file(slug)
    name = space.name(file)
    if not file.exists():
        raise Fixable(fault("editor.no_transcript", Place(name), slug=slug))
    space.exact_text(file)  # no UTF-8, a folder: told before a browser opens
    if space.words(slug) is None:
        raise Fixable(fault("words.none", Place(space.name(space.words_file(slug))), slug=slug))
    from podcast.editor import remembered

    listener = _listener(options.port, remembered.port(space, slug), slug)
    remembered.keep_port(space, slug, listener.getsockname()[1])

    from podcast.editor.desk import Desk
    from podcast.editor.server import serve

    def ready(address: str) -> None:
        terminal.say("edit.here", slug=slug, address=address)
        terminal.say("edit.saves", file=name)
        if not options.no_browser and _has_display():
            _show(address)

    try:
        serve(Desk(space, slug, terminal), terminal, listener, ready)
    finally:
        listener.close()
    terminal.say("edit.ended", file=name, slug=slug)
    return 0


def _listener(wanted: int | None, last: int, slug: str) -> socket.socket:
    """A socket on loopback, at the port of the last time if none is wanted and that one is free.

    Raises :class:`Outside` where the wanted port is taken.
    """
    try:
        return _bound(last if wanted is None else wanted)
    except (OSError, OverflowError) as error:
        if wanted is not None:
            raise Outside(fault("editor.port", port=wanted, slug=slug)) from error
        return _bound(0)


def _bound(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def _has_display() -> bool:
    """Whether a browser would open before the person who typed the command."""
    if os.environ.get("BROWSER"):
        return True
    if sys.platform in ("win32", "darwin"):
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _show(address: str) -> None:
    """Ask for a browser in a thread of its own: some systems wait until it is closed."""
    threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
