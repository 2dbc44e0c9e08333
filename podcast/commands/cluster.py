"""``podcast cluster scheduler`` and ``podcast cluster worker``: machines that listen for others."""

from __future__ import annotations

import argparse
import os
import socket
from pathlib import Path

from podcast.errors import Outside, Usage, fault
from podcast.terminal import PORT, Terminal, within
from podcast.wording import Wording

_ACTIONS = ("scheduler", "worker")


def arguments(parser: argparse.ArgumentParser, words: Wording) -> None:
    """Which part to be, at which address, and what a worker works with."""
    parser.add_argument("action", metavar="ACTION", help=words.say("option.cluster_action"))
    parser.add_argument("address", metavar="ADDRESS", help=words.say("option.cluster_address"))
    parser.add_argument("--certificates", type=Path, metavar="FOLDER",
                        help=words.say("option.certificates"))  # fmt: skip
    parser.add_argument("--store", metavar="PLACE", help=words.say("option.store"))
    parser.add_argument("--name", help=words.say("option.worker_name"))
    parser.add_argument("--threads", type=within(int, 0, 1024), default=0, metavar="N",
                        help=words.say("option.worker_threads"))  # fmt: skip
    parser.add_argument(
        "--port", type=within(int, *PORT), default=0, help=words.say("option.worker_port")
    )
    parser.add_argument("--scratch", type=Path, metavar="FOLDER",
                        help=words.say("option.scratch"))  # fmt: skip


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Be it, until it is stopped."""
    if options.action not in _ACTIONS:
        raise Usage(fault("cluster.action", action=options.action))
    from podcast import cluster

    address = cluster.checked(options.address)
    protection = cluster.security(address, options.certificates)
    if options.action == "scheduler":
        cluster.serve(address, protection, terminal)
    else:
        _work(options, address, protection, terminal)
    return 0


def _work(
    options: argparse.Namespace, address: str, protection: object, terminal: Terminal
) -> None:
    from podcast import cluster, whisper
    from podcast.depot import open_depot
    from podcast.memo import Digests
    from podcast.station import Station, models_here
    from podcast.workspace import only_one

    if not options.store:
        raise Usage(fault("cluster.no_store_named"))
    name = options.name or socket.gethostname()
    if not name.replace("-", "").replace(".", "").replace("_", "").isalnum():
        raise Usage(fault("cluster.odd_name", name=name))
    given = options.scratch or os.environ.get("CACHE_DIRECTORY")  # systemd's
    folder = Path(given or Path.home() / ".cache" / "podcast").expanduser() / f"worker-{name}"
    with only_one(folder, "cluster.twice"):
        models = models_here(Digests(folder / "digests.json"))
        if not models:
            raise Outside(fault("cluster.no_models"))
        folders = {digest: model.folder for digest, model in models.items()}
        names = ", ".join(model.name for model in models.values())
        with (
            open_depot(options.store, folder) as depot,
            Station(folders, folder / "journals", 1, max(0, options.threads)) as station,
        ):
            terminal.say("cluster.models", names=names)
            cluster.work(
                address,
                protection,
                cluster.Bench(name, station, depot, folder),
                [cluster.ability(each, whisper.engine(), whisper.RECIPE) for each in models],
                options.port,
                folder,
                terminal,
            )
