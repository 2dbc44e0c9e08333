"""One machine that listens: its models by their digests, its recognisers, a folder for its work.

The same function (:meth:`Station.listen`) serves a single episode, many on this machine, and a
worker of a cluster.  What a request names is looked up here; it cannot name a path.
"""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from podcast import speech_model, whisper
from podcast.errors import Outside, PodcastError, fault
from podcast.memo import Digests
from podcast.recognition import Request
from podcast.report import Progress
from podcast.workspace import ensure_folder

# What a recogniser takes beside its model: a piece of the sound and its features.  590 MiB at most
# were measured with the demo model (benchmarks/README.md, Transcription).
_PIECE_BYTES = 600 << 20


class Station:
    """Listens with as many recognisers at a time as it was given, each with its share of the cores.

    A recogniser is a process of its own that keeps its model from one sound to the next.
    """

    def __init__(
        self, models: Mapping[str, Path], folder: Path, recognisers: int = 1, threads: int = 0
    ) -> None:
        """``models`` are folders by their digests; journals go to ``folder``.

        ``threads`` are those of each recogniser; 0 is all processors.
        """
        self._models = models
        self._folder = folder
        self._threads = threads
        self._all = [whisper.Recogniser(threads) for _ in range(recognisers)]
        self._free: queue.SimpleQueue[whisper.Recogniser] = queue.SimpleQueue()
        for recogniser in self._all:
            self._free.put(recogniser)
        ensure_folder(folder)

    def listen(self, request: Request, samples: Path, told: Progress | None = None) -> str:
        """The text of the words file; goes on where an earlier run of the same request stopped.

        Raises :class:`Outside` where this machine cannot do it, :class:`Fixable` where nothing is
        said in the sound.
        """
        if request.recipe != whisper.RECIPE or request.engine != whisper.engine():
            raise Outside(fault("cluster.engine", here=whisper.engine(), wanted=request.engine))
        folder = self._models.get(request.model)
        if folder is None:
            raise Outside(fault("cluster.no_model_here", model=request.model_name))
        with self._one() as recogniser:
            text = recogniser.transcribe(
                whisper.task(
                    folder,
                    request.model_name,
                    samples,
                    self._journal(request),
                    request.language,
                    request.audio_digest,
                    request.model_sha256,
                    request.hotwords,
                    self._threads,
                ),
                told,
            )
        if not request.answered_by(text):
            raise Outside(fault("cluster.wrong_words"))
        return text

    def forget(self, request: Request) -> None:
        """Take the journal away: the words are kept elsewhere now."""
        self._journal(request).unlink(missing_ok=True)

    def stop(self) -> None:
        """End every recogniser, whatever it does."""
        for recogniser in self._all:
            recogniser.stop()

    def __enter__(self) -> Station:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @contextmanager
    def _one(self) -> Iterator[whisper.Recogniser]:
        recogniser = self._free.get()
        try:
            yield recogniser
        finally:
            self._free.put(recogniser)

    def _journal(self, request: Request) -> Path:
        return self._folder / f"{request.key}.jsonl"


def models_here(digests: Digests) -> dict[str, speech_model.SpeechModel]:
    """The models of this machine that are whole, by their digests: the shipped and the fetched."""
    folders = [(speech_model.DEMO, speech_model.shipped())]
    with suppress(OSError):  # none was fetched yet
        folders += sorted((folder.name, folder) for folder in speech_model.store().iterdir())
    found = {}
    for name, folder in folders:
        try:
            model = speech_model.whole(speech_model.SpeechModel(name, folder))
        except PodcastError:
            continue
        found[speech_model.digest(model, digests.of)] = model
    digests.save()
    return found


def at_a_time(model: Path, episodes: int, wanted: int = 0) -> tuple[int, int]:
    """How many recognisers this machine bears with a model, and the threads of each.

    One thread takes the least CPU for the same words, so there are as many recognisers as cores,
    episodes and free memory allow (or as ``wanted``), and the cores are shared among them.  A
    graphics card has one at a time: two would share its memory and be no faster.
    """
    cores = _cores()
    if not wanted and whisper.chosen().graphics:
        return 1, cores
    need = (model / "model.bin").stat().st_size + _PIECE_BYTES
    count = max(1, min(wanted or cores, episodes, wanted or _free_bytes() // need))
    return count, max(1, cores // count)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


def _free_bytes() -> int:
    """Memory that programs can have without others being swapped out; 0 where nobody tells."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    return 0
