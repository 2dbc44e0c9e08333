"""Listen to many episodes, on this machine or on others, and lose nothing that was finished."""

from __future__ import annotations

import dataclasses
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from podcast import cluster, listening, mastering, pipeline, speech_model, whisper
from podcast.depot import open_depot
from podcast.episode import Episode
from podcast.errors import Elsewhere, Fixable, Outside, Place, PodcastError
from podcast.listening import Prepared
from podcast.recording import Master, Recording
from podcast.report import Progress, Reporter
from podcast.speech_model import SpeechModel
from podcast.station import Station, at_a_time
from podcast.transcript import MachineWords
from podcast.work import Work
from podcast.workspace import Workspace

# Where one of these is told, every other episode would be told the same.
_HOPELESS = ("disk.", "cluster.gone", "cluster.nobody", "deploy.")
# A publish that makes a sound takes minutes.
_PATIENCE_S = 3600
# Threads that wait for machines of a cluster; they do nothing else.
_MOST = 1000


class Crew(Protocol):
    """Who listens."""

    @property
    def ahead(self) -> int:
        """How many more sounds than there are places are made ready."""
        ...

    def places(self) -> int:
        """How many can listen at a time, as things are now."""
        ...

    def listen(self, ready: Prepared, told: Progress) -> str:
        """The text of the words file; called from several threads."""
        ...

    def kept(self, ready: Prepared) -> None:
        """The words are in the show now: what was noted on the way may go."""
        ...


Open = Callable[[Work, SpeechModel, int], AbstractContextManager[Crew]]
"""Opens a crew for a show, a model and a number of episodes; leaving it stops whatever it does."""


def transcribe(
    space: Workspace, slugs: Sequence[str] | None, again: bool, report: Reporter, open_crew: Open
) -> int:
    """Listen to episodes (``None``: to all that have a sound), and draft those that have no text.

    Gives how many were done.  What one episode lacks is told when the others are done, by an error
    that holds all of it.
    """
    work = dataclasses.replace(pipeline.start(space, report), report=_Lines(report))
    model = listening.model(work)
    failed: list[PodcastError] = []
    wanted = list(_wanted(work, slugs, again, report, failed))
    work.digests.save()
    done = 0
    if wanted:
        with ExitStack() as stack:
            run = _Run(work, wanted, failed, open_crew(work, model, len(wanted)), stack)
            run.go(stack.enter_context(report.progress("progress.episodes", n=len(wanted))))
        done = run.done
    report.say("transcribe.all", n=done)
    if failed:
        kind = Outside if any(isinstance(error, Outside) for error in failed) else Fixable
        raise kind([fault for error in failed for fault in error.faults])
    return done


@contextmanager
def here(work: Work, model: SpeechModel, episodes: int, jobs: int = 0) -> Iterator[Crew]:
    """This machine, with ``jobs`` recognisers at a time, or as many as it bears."""
    count, threads = at_a_time(model.folder, episodes, jobs)
    models = {speech_model.digest(model, work.digests.of): model.folder}
    with Station(models, listening.journals(work.workspace), count, threads) as station:
        work.report.say("transcribe.here", n=count, threads=threads)
        yield _Local(station, count)


@contextmanager
def elsewhere(
    work: Work,
    model: SpeechModel,
    address: str,
    store: str,
    certificates: Path | None,
    patience_s: float,
) -> Iterator[Crew]:
    """The machines of a cluster; those that are away are waited for."""
    wanted = cluster.ability(
        speech_model.digest(model, work.digests.of), whisper.engine(), whisper.RECIPE
    )
    checked = cluster.checked(address)
    protection = cluster.security(checked, certificates)
    with open_depot(store, work.workspace.cache / "depot") as depot:
        made = cluster.Cluster(
            checked, protection, depot, wanted, model.name, patience_s, work.report
        )
        with closing(made):
            yield made


class _Local:
    ahead = 0  # to make a sound ready takes a core, too

    def __init__(self, station: Station, count: int) -> None:
        self._station, self._count = station, count

    def places(self) -> int:
        return self._count

    def listen(self, ready: Prepared, told: Progress) -> str:
        return self._station.listen(ready.request, ready.samples, told)

    def kept(self, ready: Prepared) -> None:
        self._station.forget(ready.request)


class _Lines:
    """A reporter for one episode among many: its lines, and no progress of its own."""

    def __init__(self, report: Reporter) -> None:
        self.say = report.say

    def progress(self, key: str, /, **facts: object) -> AbstractContextManager[Progress]:
        return nullcontext(lambda share: None)


@dataclass(slots=True)
class _Episode:
    """An episode on its way."""

    episode: Episode
    recording: Recording
    size: int
    """Bytes of the recording: its part of the whole."""
    words: MachineWords | None
    """What was heard already, where only the text is missing."""
    share: float = 0.0
    began: float = 0.0
    open: ExitStack = field(default_factory=ExitStack)


def _wanted(
    work: Work,
    slugs: Sequence[str] | None,
    again: bool,
    report: Reporter,
    failed: list[PodcastError],
) -> Iterator[_Episode]:
    """The episodes that lack words or a text; a recording that was never looked at is read once."""
    space = work.workspace
    chosen = slugs or [slug for slug in space.slugs() if space.has_sound(slug)]
    idle = 0
    with report.progress("progress.looking", n=len(chosen)) as progress:
        for number, slug in enumerate(dict.fromkeys(chosen), 1):
            try:
                episode = space.episode(slug, work.show)
                recording = space.recording(episode, work.show)
                words = None if again else listening.heard(work, episode, recording)
            except PodcastError as error:
                failed.append(_of(work, slug, error))
                continue
            finally:
                progress(number / len(chosen))
            if words and space.transcript_file(slug).exists():
                idle += 1
                continue
            size = sum(track.path.stat().st_size for track in recording.tracks)
            yield _Episode(episode, recording, size, words)
    if idle:
        report.say("transcribe.had", n=idle)


def _of(work: Work, slug: str, error: PodcastError) -> PodcastError:
    """The error, each fault of which says whose it is."""
    folder = work.workspace.name(work.workspace.episode_folder(slug))
    if isinstance(error, Elsewhere):
        machine = error.faults[0].place
        place = Place(f"{folder}, {machine.file}" if machine else folder)
        return Elsewhere([dataclasses.replace(each, place=place) for each in error.faults])
    place = Place(folder)
    return type(error)([dataclasses.replace(f, place=f.place or place) for f in error.faults])


class _Run:
    """One thread makes sounds ready, one for each place waits for words, this one writes them."""

    def __init__(
        self,
        work: Work,
        wanted: Sequence[_Episode],
        failed: list[PodcastError],
        crew: AbstractContextManager[Crew],
        stack: ExitStack,
    ) -> None:
        self.done = 0
        self._work, self._failed = work, failed
        self._all, self._left = wanted, deque(wanted)
        self._making: dict[Future[Prepared | Master], _Episode] = {}
        self._heard: dict[Future[str], tuple[_Episode, Prepared]] = {}
        # Left in the other order: first whoever listens stops, so that no thread waits any more.
        for each in wanted:
            stack.callback(each.open.close)
        self._maker, self._waiters = ThreadPoolExecutor(1), ThreadPoolExecutor(_MOST)
        for pool in (self._maker, self._waiters):
            stack.callback(pool.shutdown, cancel_futures=True)
        self._crew = stack.enter_context(crew)

    def go(self, progress: Progress) -> None:
        """Until every episode is done or has failed."""
        whole = sum(each.size for each in self._all)
        while self._left or self._making or self._heard:
            room = self._crew.places() + self._crew.ahead
            if self._left and not self._making and len(self._heard) < max(1, room):
                each = self._left.popleft()
                self._making[self._maker.submit(self._make, each)] = each
            under_way: list[Future[Any]] = [*self._making, *self._heard]
            wait(under_way, 0.5, FIRST_COMPLETED)
            for made in [future for future in self._making if future.done()]:
                each = self._making.pop(made)
                with self._failing(each):
                    self._made(each, made.result())
            for heard in [future for future in self._heard if future.done()]:
                each, ready = self._heard.pop(heard)
                with self._failing(each):
                    self._keep(each, ready, heard.result())
            progress(sum(each.size * each.share for each in self._all) / max(1, whole))

    def _make(self, each: _Episode) -> Prepared | Master:
        """The samples of the finished sound, or just that sound where only the draft is missing."""
        made = mastering.master(self._work, each.episode, each.recording)
        if each.words:
            return made
        each.began = time.monotonic()
        return each.open.enter_context(
            listening.prepared(self._work, each.episode, each.recording, made)
        )

    def _made(self, each: _Episode, ready: Prepared | Master) -> None:
        if isinstance(ready, Prepared):
            self._heard[self._waiters.submit(self._listen, each, ready)] = (each, ready)
            return
        assert each.words
        with self._work.workspace.lock(_PATIENCE_S):
            self._draft(each, ready, each.words)
        self._finish(each)

    def _listen(self, each: _Episode, ready: Prepared) -> str:
        def told(share: float) -> None:
            each.share = share

        return self._crew.listen(ready, told)

    def _keep(self, each: _Episode, ready: Prepared, text: str) -> None:
        work = self._work
        with work.workspace.lock(_PATIENCE_S):
            before = listening.old_words(work, each.episode.slug)
            words = listening.keep(work, ready, text, time.monotonic() - each.began)
            listening.tell_moves(work, each.episode, before, words)
            self._draft(each, ready.made, words)
        self._crew.kept(ready)
        self._finish(each)

    def _draft(self, each: _Episode, made: Master, words: MachineWords) -> None:
        if not self._work.workspace.transcript_file(each.episode.slug).exists():
            listening.write_first_draft(self._work, each.episode, each.recording, made, words)
        self._work.digests.save()

    def _finish(self, each: _Episode) -> None:
        each.share = 1.0
        each.open.close()
        self.done += 1

    @contextmanager
    def _failing(self, each: _Episode) -> Iterator[None]:
        """An episode that fails leaves the others alone, where they need not fail like it."""
        try:
            yield
        except PodcastError as error:
            hopeless = any(fault.kind.startswith(_HOPELESS) for fault in error.faults)
            if hopeless and not isinstance(error, Elsewhere):
                raise
            self._failed.append(_of(self._work, each.episode.slug, error))
            each.share = 1.0
            each.open.close()
