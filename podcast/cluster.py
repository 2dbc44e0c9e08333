"""Machines that listen for each other: the one door to Dask (``pip install "podcast[cluster]"``).

A scheduler knows the workers; each worker is one :class:`Station` with one recogniser, in a process
of its own that keeps the model.  A task is a :class:`Request` and nothing else; the sound and the
words travel through a :class:`Depot`, and the words are there before a task says that it is done,
so that no kill of anything loses them.

Dask unpickles what it is sent: whoever may speak to one of these processes can have it do anything.
So they speak over TLS with a certificate on both sides, or on the loopback of one machine.
"""

from __future__ import annotations

import asyncio
import dataclasses
import ipaddress
import logging
import signal
import ssl
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from podcast.depot import Depot
from podcast.errors import Elsewhere, Outside, Place, PodcastError, Usage, fault
from podcast.listening import Prepared
from podcast.recognition import Request
from podcast.report import Progress, Reporter
from podcast.station import Station

PORT = 8786
CERTIFICATES = ("ca.pem", "cert.pem", "key.pem")
_TOPIC = "podcast-listening"
_TELL_S = 1.0
# A request that fails this often on whatever machines is told, and the others go on.
_TRIES = 3
# A worker that died with a request in its hands that often is not given another one like it.
_DEATHS = 2
_LOSSES = 100
_CONNECT_S = 10
_PAUSE_S = 2.0

_SETTINGS = {
    "distributed.scheduler.allowed-failures": _DEATHS,
    "distributed.scheduler.work-stealing": False,  # a task is long and begins at once
    "distributed.scheduler.worker-ttl": "60s",
    # Their pages would be open to everybody who reaches the machine.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.worker.profile.enabled": False,
    "distributed.diagnostics.nvml": False,
    "distributed.comm.timeouts.connect": f"{_CONNECT_S}s",
}
_LOOPBACK_PAGE = "127.0.0.1:0"


@cache
def engine() -> Any:
    """Dask, set up for us; raises :class:`Outside` where it is not installed."""
    try:
        dask: Any = import_module("dask")
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise Outside(fault("cluster.no_dask")) from error
    dask.config.set(_SETTINGS)
    # What it has to say of lost connections is told by us.
    for name in ("distributed", *logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":  # some have a level of their own
            logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="distributed")
    return distributed


def checked(address: str) -> str:
    """The address with its port; raises :class:`Usage` for one that others could listen to."""
    parts = urlsplit(address)
    try:
        port = parts.port or PORT
    except ValueError:
        port = 0
    host = parts.hostname or ""
    if parts.scheme not in ("tls", "tcp") or not host or not port or parts.path.strip("/"):
        raise Usage(fault("cluster.address", address=address))
    if parts.scheme == "tcp" and not _loopback(host):
        raise Usage(fault("cluster.unprotected", address=address))
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name may mean another machine tomorrow


def security(address: str, folder: Path | None) -> Any:
    """What protects connections to ``address``: the files of :data:`CERTIFICATES` in ``folder``.

    Raises :class:`Usage` where none is named for a protected address, :class:`Outside` where one is
    missing, no certificate, or a key that others can read.
    """
    distributed = engine()
    if address.startswith("tcp://"):
        return distributed.Security(require_encryption=False)
    if folder is None:
        raise Usage(fault("cluster.no_certificates"))
    files = [folder.expanduser() / name for name in CERTIFICATES]
    for file in files:
        if not file.is_file():
            raise Outside(fault("cluster.no_file", file=str(file)))
    ca, certificate, key = map(str, files)
    if hasattr(ssl, "OPENSSL_VERSION") and files[2].stat().st_mode & 0o077:
        raise Outside(fault("cluster.open_key", file=key))
    names = {f"tls_{role}_{what}": path for role in ("client", "scheduler", "worker")
             for what, path in (("cert", certificate), ("key", key))}  # fmt: skip
    made = distributed.Security(
        require_encryption=True,
        tls_ca_file=ca,
        tls_min_version=ssl.TLSVersion.TLSv1_3,
        **names,
    )
    try:
        made.get_connection_args("client")
    except (ssl.SSLError, OSError) as error:
        detail = " ".join(str(error).split())[:200]
        raise Outside(
            fault("cluster.bad_certificate", folder=str(folder), detail=detail)
        ) from error
    return made


# The scheduler and the workers.


def serve(address: str, protection: Any, report: Reporter) -> None:
    """Be the scheduler at an address until SIGINT or SIGTERM."""
    asyncio.run(_serve(address, protection, report))


async def _serve(address: str, protection: Any, report: Reporter) -> None:
    parts = urlsplit(address)
    ended = _ending()
    try:
        scheduler = await engine().Scheduler(
            host=f"{parts.scheme}://{parts.hostname}",
            port=parts.port,
            security=protection,
            dashboard=False,
            dashboard_address=_LOOPBACK_PAGE,
        )
    except OSError as error:
        raise Outside(fault("cluster.port", address=address, detail=str(error))) from error
    report.say("cluster.scheduler", address=address)
    await ended.wait()
    await scheduler.close()


class Bench:
    """What a worker's tasks work with."""

    def __init__(self, name: str, station: Station, depot: Depot, folder: Path) -> None:
        self.name = name
        self._station, self._depot, self._folder = station, depot, folder
        self._one = threading.Lock()
        for left in folder.glob("*.s16"):  # by a worker that was killed
            left.unlink(missing_ok=True)

    def answer(self, request: Request, told: Progress) -> str:
        """The words, which are in the depot then; one request at a time.

        A task of a scheduler that is gone goes on here, and its words are what the next task that
        asks for the same finds.
        """
        if not request.well_formed:
            raise Outside(fault("cluster.wrong_words"))
        with self._one:
            if text := self._depot.words(request):
                return text
            samples = self._folder / f"{request.sound}.s16"
            try:
                self._depot.take_sound(request, samples)
                text = self._station.listen(request, samples, told)
                self._depot.give_words(request, text)
            finally:
                samples.unlink(missing_ok=True)
            self._station.forget(request)
            return text


_bench: Bench | None = None


def listen(request: Request) -> str | PodcastError:
    """A worker's task: the words of a request, or why there are none."""
    last = 0.0

    def told(share: float) -> None:
        nonlocal last
        if time.monotonic() - last >= _TELL_S:
            last = time.monotonic()
            with suppress(Exception):  # the scheduler has gone: the words count, not the telling
                distributed.get_worker().log_event(_TOPIC, {"key": request.key, "share": share})

    distributed = engine()
    assert _bench, "a worker of this cluster was not started by podcast cluster worker"
    try:
        return _bench.answer(request, told)
    except Outside as error:
        here = Place(f"machine {_bench.name}")
        return Elsewhere([dataclasses.replace(each, place=here) for each in error.faults])
    except PodcastError as error:
        return error


def work(
    address: str,
    protection: Any,
    bench: Bench,
    abilities: list[str],
    port: int,
    folder: Path,
    report: Reporter,
) -> None:
    """Be a worker of the scheduler at an address until SIGINT or SIGTERM; wait where it is away.

    ``abilities`` are what requests call their model (:func:`ability`).
    """
    global _bench
    _bench = bench
    asyncio.run(_work(address, protection, abilities, bench.name, port, folder, report))


async def _work(
    address: str,
    protection: Any,
    abilities: list[str],
    name: str,
    port: int,
    folder: Path,
    report: Reporter,
) -> None:
    distributed = engine()

    class Worker(distributed.Worker):  # type: ignore[misc,name-defined]
        async def close(self, *given: Any, **more: Any) -> Any:
            # A task that is under way goes on without the scheduler.
            return await super().close(*given, **{**more, "executor_wait": False})

    ended = _ending()
    away = been = False
    while not ended.is_set():
        worker = Worker(
            address,
            nthreads=1,
            name=name,
            host="127.0.0.1" if address.startswith("tcp:") else None,
            port=port or None,
            security=protection,
            resources=dict.fromkeys(abilities, 1),
            memory_limit=0,  # it holds nothing; the recogniser is a process of its own
            local_directory=str(folder),
            dashboard=False,
            dashboard_address=_LOOPBACK_PAGE,
            death_timeout=_CONNECT_S,
        )
        try:
            await worker
        except Exception as error:
            with suppress(Exception):
                await worker.close()
            if "name taken" in str(error) and not been:
                raise Outside(fault("cluster.name", name=name)) from error
            if not away:
                detail = " ".join(str(error.__cause__ or error).split())[:200]
                report.say("cluster.away", address=address, detail=detail)
            away = True
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), _PAUSE_S)
            continue
        report.say("cluster.ready", name=name, address=address)
        away, been = False, True
        stop = asyncio.ensure_future(ended.wait())
        await asyncio.wait(
            [stop, asyncio.ensure_future(worker.finished())],
            return_when=asyncio.FIRST_COMPLETED,
        )
        stop.cancel()
        await worker.close()
        if not ended.is_set():
            report.say("cluster.lost", address=address)


def _ending() -> asyncio.Event:
    """Set by SIGINT and SIGTERM."""
    event = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(number, event.set)
    return event


def ability(model: str, engine: str, recipe: int) -> str:
    """What a worker can do and a request asks for: this model, with these versions."""
    return f"{model[:16]} {engine} {recipe}"


# Who has others listen.


class Cluster:
    """Has the machines of a cluster listen; waits for those that are away for ``patience_s``."""

    def __init__(
        self,
        address: str,
        protection: Any,
        depot: Depot,
        wanted: str,
        model_name: str,
        patience_s: float,
        report: Reporter,
    ) -> None:
        self._address, self._protection, self._depot = address, protection, depot
        self._wanted, self._model_name, self._patience_s = wanted, model_name, patience_s
        self._report = report
        self._told: dict[str, Progress] = {}
        self._changed = threading.Condition()
        self._busy = 0
        self._closed = False
        self._client: Any = None
        self._connecting = threading.Lock()
        self._places, self._looked = 0, float("-inf")
        self._alone_since: float | None = None

    @property
    def ahead(self) -> int:
        """As many sounds again wait in the depot, so that no machine waits for one."""
        return max(1, self._places)

    def places(self) -> int:
        """How many workers have the model; raises :class:`Outside` where none comes for long."""
        if time.monotonic() - self._looked < _PAUSE_S:
            return self._places
        workers = self._workers()
        self._looked = time.monotonic()
        able = [each for each in workers if self._wanted in each.get("resources", {})]
        if not able:
            self._alone_since = self._alone_since or self._looked
            if self._alone_since == self._looked:
                self._report.say("cluster.waiting", model=self._model_name, n=len(workers))
            if self._looked - self._alone_since > self._patience_s:
                names = ", ".join(sorted(str(each.get("name")) for each in workers)) or "-"
                raise Outside(fault("cluster.nobody", model=self._model_name, names=names))
        else:
            self._alone_since = None
            if len(able) != self._places:
                self._report.say("cluster.places", n=len(able))
                if others := len(workers) - len(able):
                    self._report.say("cluster.idle", n=others, model=self._model_name)
        with self._changed:
            self._places = len(able)
            self._changed.notify_all()
        return self._places

    def _workers(self) -> list[dict[str, Any]]:
        for _ in range(2):
            try:
                told: dict[str, dict[str, Any]] = self._connected().scheduler_info(n_workers=-1)
                return list(told["workers"].values())
            except (OSError, CancelledError, TimeoutError, RuntimeError, KeyError):
                continue
        return []

    def listen(self, ready: Prepared, told: Progress) -> str:
        """The words of an episode; waits for a free worker, and for those that went away."""
        request = ready.request
        self._told[request.key] = told
        tries = losses = 0
        while True:
            if text := self._depot.words(request):
                return text
            self._depot.give_sound(request, ready.samples)
            with self._turn():
                answer = self._ask(request, tries)
            if isinstance(answer, str):
                if request.answered_by(answer):
                    return answer
                answer = Outside(fault("cluster.wrong_words"))
            if answer is None and losses < _LOSSES:
                losses += 1  # the scheduler was away; the words may be there by now
                continue
            tries += 1
            answer = answer or Outside(fault("cluster.gone", address=self._address))
            if not isinstance(answer, Outside) or tries == _TRIES:
                raise answer

    def kept(self, ready: Prepared) -> None:
        """The show has the words: nobody needs the sound any more."""
        self._depot.drop_sound(ready.request)

    def close(self) -> None:
        """Have everybody who waits stop waiting."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._client:
            with suppress(Exception):
                self._client.close(timeout=_PAUSE_S)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One task for each worker: then who died with a worker in its hands is known."""
        with self._changed:
            while self._busy >= max(1, self._places) and not self._closed:
                self._changed.wait(_PAUSE_S)
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def _ask(self, request: Request, tries: int) -> str | PodcastError | None:
        """What a worker answers; ``None`` where the connection was lost meanwhile."""
        distributed = engine()
        client = self._connected()
        future = None
        try:
            future = client.submit(
                listen,
                request,
                key=f"listen-{request.key}-{tries}",
                resources={self._wanted: 1},
                pure=False,
            )
            answer: str | PodcastError = future.result()
            return answer
        except distributed.KilledWorker as error:
            raise Outside(fault("cluster.killed", n=_DEATHS + 1)) from error
        except (CancelledError, asyncio.CancelledError, OSError, TimeoutError, RuntimeError):
            # Whatever it was, a new connection sees the scheduler as it is now.
            with suppress(Exception):
                client.close(timeout=1)
            time.sleep(0 if self._closed else _PAUSE_S)
            return None
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"[:200]
            return Outside(fault("cluster.task", detail=detail))
        finally:
            if future is not None:
                with suppress(Exception):
                    future.release()

    def _connected(self) -> Any:
        """A client whose connection stands; raises :class:`Outside` where none does for long."""
        distributed = engine()
        began = time.monotonic()
        first = self._client is None
        with self._connecting:
            while not self._closed:
                if self._client and self._client.status == "running":
                    return self._client
                try:
                    if self._client:
                        with suppress(Exception):
                            self._client.close(timeout=1)
                    self._client = distributed.Client(
                        self._address,
                        security=self._protection,
                        timeout=_CONNECT_S,
                        direct_to_workers=False,
                        set_as_default=False,
                    )
                    self._client.subscribe_topic(_TOPIC, self._heard)
                    continue
                except (OSError, TimeoutError, ValueError, RuntimeError) as error:
                    if first:
                        detail = " ".join(str(error).split())[:200]
                        raise Outside(
                            fault("cluster.unreached", address=self._address, detail=detail)
                        ) from error
                if time.monotonic() - began > self._patience_s:
                    raise Outside(fault("cluster.gone", address=self._address))
                time.sleep(_PAUSE_S)
        raise Outside(fault("cluster.gone", address=self._address))

    def _heard(self, event: tuple[float, Any]) -> None:
        """A worker tells how far it is."""
        with suppress(KeyError, TypeError, ValueError):
            said = event[1]
            self._told[said["key"]](min(1.0, max(0.0, float(said["share"]))))
