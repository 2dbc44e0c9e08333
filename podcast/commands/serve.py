"""``podcast serve``: look at the site in a browser on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from podcast.errors import Fixable, Outside, Place, fault
from podcast.terminal import Terminal
from podcast.wording import Wording


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """The port, and another folder than ``site/``."""
    parser.add_argument("site", nargs="?", type=Path, help=words.say("option.served"))
    parser.add_argument("--port", type=int, default=8000, help=words.say("option.port"))


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Serve until Ctrl-C, on loopback only, with the byte ranges that players ask for."""
    import socket

    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    from podcast import workspace

    if options.site is None:
        site = workspace.find(options.folder).site
        if not site.is_dir():
            raise Fixable(fault("serve.nothing"))
    else:
        site = options.site
        if not site.is_dir():
            raise Fixable(fault("serve.no_folder", Place(str(site))))
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", options.port))
    except (OSError, OverflowError) as error:
        raise Outside(fault("serve.port", port=options.port)) from error
    files = StaticFiles(directory=site, html=True)
    app = Starlette(routes=[Mount("/", app=files)])
    port = listener.getsockname()[1]
    terminal.say("serve.here", address=f"http://127.0.0.1:{port}/")
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
    return 0
