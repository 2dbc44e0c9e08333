"""``podcast serve``: look at a show or a network in a browser on this machine, with drafts."""

from __future__ import annotations

import argparse
import socket
from pathlib import Path

from podcast.errors import Fixable, Outside, Place, Usage, fault
from podcast.names import of_network
from podcast.terminal import PORT, Terminal, within
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """The port, and what to show instead of the preview."""
    parser.add_argument("site", nargs="?", type=Path, help=words.say("option.served"))
    parser.add_argument("--published", action="store_true", help=words.say("option.published"))
    parser.add_argument(
        "--port", type=within(int, *PORT), default=8000, help=words.say("option.port")
    )


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Serve until Ctrl-C, on loopback only, with the byte ranges that players ask for."""
    from podcast import network_preview, preview_server, previewing, workspace

    if options.site is not None:
        if options.published:
            raise Usage(fault("serve.both", folder=str(options.site)))
        if not options.site.is_dir():
            raise Fixable(fault("serve.no_folder", Place(str(options.site))))
        return _plain(options.site, options.port, terminal)
    network = of_network(str(options.folder))
    space = workspace.Workspace(Path(network)) if network else workspace.find(options.folder)
    if options.published:
        if not space.site.is_dir():
            raise Fixable(fault("network.not_built" if network else "serve.nothing"))
        return _plain(space.site, options.port, terminal)
    preview = network_preview.OfNetwork(space) if network else previewing.OfShow(space)
    listener = _listener(options.port)
    try:
        with workspace.only_one(preview.home, "serve.busy"):
            looking = preview_server.Looking(preview, terminal)
            seen = preview.state()
            made = looking.first()
            terminal.say("serve.preview", n=made.episodes, drafts=made.drafts)
            terminal.say("serve.here", address=_address(listener))
            preview_server.begin(looking, seen)
            preview_server.serve(preview_server.of_preview(looking), listener)
    finally:
        listener.close()
    return 0


def _plain(folder: Path, port: int, terminal: Terminal) -> int:
    from podcast import preview_server

    listener = _listener(port)
    terminal.say("serve.here", address=_address(listener))
    preview_server.serve(preview_server.of_folder(folder), listener)
    return 0


def _address(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/"


def _listener(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise Outside(fault("serve.port", port=port)) from error
    return listener
