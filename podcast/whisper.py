"""Have faster-whisper write down what is said, in a process of its own: its one door.

The parent (:class:`Recogniser`) starts ``python -m podcast.whisper``, which loads the model once
for all recordings that it is given, cuts each at silences into pieces of a few minutes so that
memory is bounded (the features of a whole hour take more than 3 GB), and appends each segment to
a journal as it comes.  A run that was interrupted goes on with the last piece begun and gives the
same text.  Whisper now and then jumps over sentences; where somebody speaks and no word was
written, that stretch is listened to once more by itself.  The child is a new process and no fork:
a loaded CTranslate2 hangs after a fork (SYSTRAN/faster-whisper#907).
"""

from __future__ import annotations

import errno
import importlib.metadata
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from podcast.errors import Fixable, Outside, PodcastError, fault
from podcast.words_file import SCHEMA, finished, line, read_journal

RATE = 16_000
PIECE_S = 240
# Another number for whatever changes the words of the same sound: pieces, options, rounding.
RECIPE = 2
# Seconds of speech without a word that are heard again; shorter ones are breath, laughter, "hm".
LOST_S = 3.0
# No sign of life for this long means that it hangs; loading a large model from a slow disk is the
# longest silence that is honest.
STALLED_S = 600

# What the engine takes for a pause, and what it keeps around speech.
VAD = {"min_silence_duration_ms": 500, "speech_pad_ms": 200}

Progress = Callable[[float], None]
Stretch = tuple[float, float]
"""From when to when, in seconds."""


@dataclass(frozen=True, slots=True)
class Device:
    """What computes, and in which kind of number."""

    name: str
    numbers: str

    @property
    def graphics(self) -> bool:
        """Whether it is a graphics card."""
        return self.name == "cuda"


PROCESSOR = Device("cpu", "int8")


@dataclass(frozen=True, slots=True)
class Task:
    """All that the child needs to know; paths as text, so that it travels as JSON."""

    model: str
    model_name: str
    samples: str
    journal: str
    language: str
    audio_digest: str
    created: str
    model_digest: str = ""
    hotwords: str = ""
    threads: int = 0
    piece_s: int = PIECE_S


def task(
    model: Path,
    model_name: str,
    samples: Path,
    journal: Path,
    language: str,
    audio_digest: str,
    model_digest: str = "",
    hotwords: str = "",
    threads: int = 0,
) -> Task:
    """A task for now; on all processors if no number of threads is given."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Task(
        str(model),
        model_name,
        str(samples),
        str(journal),
        language.split("-")[0].lower(),
        audio_digest,
        now,
        model_digest,
        hotwords,
        threads,
    )


def engine() -> str:
    """What recognises, with the versions that the words depend on."""
    return ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("faster-whisper", "ctranslate2")
    )


def transcribe(work: Task, progress: Progress | None = None) -> str:
    """Have a recogniser of its own do one task; see :meth:`Recogniser.transcribe`."""
    recogniser = Recogniser(work.threads)
    try:
        return recogniser.transcribe(work, progress)
    finally:
        recogniser.stop()


def chosen() -> Device:
    """The graphics card where CTranslate2 can use one, else the processor.

    ``PODCAST_DEVICE`` (``cpu`` or ``cuda``) decides otherwise.  Half precision where the card has
    it: the weights of the common models are published in it.
    """
    wanted = os.environ.get("PODCAST_DEVICE", "")
    if wanted == "cpu":
        return PROCESSOR
    import ctranslate2

    if wanted != "cuda" and not ctranslate2.get_cuda_device_count():
        return PROCESSOR
    try:
        kinds = ctranslate2.get_supported_compute_types("cuda")
    except (RuntimeError, ValueError):
        kinds = set()
    return Device("cuda", "float16" if "float16" in kinds else "default")


class Recogniser:
    """A child that does one task after another, and loads its model once.

    It is started with the first task, and anew after a task that it did not survive.
    """

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads
        self._turn = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._complaints: IO[str] | None = None

    def transcribe(self, work: Task, progress: Progress | None = None) -> str:
        """The text of the finished words file; one task at a time.

        ``work.samples`` holds bare 16-bit mono samples at 16 kHz.  Raises :class:`Outside` where
        the engine fails or hangs, :class:`Fixable` where nothing is said in the recording.
        """
        with self._turn:
            try:
                self._ask(work, progress)
            except Fixable:
                raise
            except BaseException:
                self.stop()  # what it would say next is no answer to the next task
                raise
            header, records, _ = read_journal(Path(work.journal).read_text("utf-8"), work.journal)
            return finished(header, records)

    def stop(self) -> None:
        """End the child, whatever it does; may be called from another thread."""
        child, self._child = self._child, None
        if child:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                with suppress(OSError):  # what was not read any more
                    if pipe:
                        pipe.close()
        complaints, self._complaints = self._complaints, None
        if complaints:
            complaints.close()

    def _start(self) -> subprocess.Popen[str]:
        # Telling the hub that we are offline makes any forgotten way to the network fail at once:
        # behind a captive portal faster-whisper would wait for ever.
        env = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1"}
        if self._threads:
            env |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(self._threads))
        self._complaints = tempfile.TemporaryFile(  # noqa: SIM115 - it is there as long as the child
            "w+", encoding="utf-8", errors="replace"
        )
        return subprocess.Popen(
            [sys.executable, "-m", "podcast.whisper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=env,
            text=True,
            encoding="utf-8",
        )

    def _ask(self, work: Task, progress: Progress | None) -> None:
        if self._child and self._child.poll() is not None:
            self.stop()
        child = self._child = self._child or self._start()
        assert child.stdin and child.stdout
        watch = _Watch(child)
        try:
            child.stdin.write(json.dumps(asdict(work)) + "\n")
            child.stdin.flush()
            for report in child.stdout:
                watch.alive()
                said = json.loads(report)
                if said.get("ended"):
                    return
                if "kind" in said:
                    error = Fixable if said["kind"] == "whisper.no_speech" else Outside
                    raise error(fault(said["kind"], detail=said.get("detail", "")))
                if progress and "share" in said:
                    progress(said["share"])
            code = child.wait()
            if watch.barked:
                raise Outside(fault("whisper.hung", minutes=STALLED_S // 60))
            raise Outside(fault("whisper.died", detail=self._last_words() or f"code {code}"))
        except (BrokenPipeError, ValueError) as error:  # ValueError: stopped, its pipes are closed
            raise Outside(fault("whisper.died", detail=f"code {child.wait()}")) from error
        finally:
            watch.stop()

    def _last_words(self) -> str:
        if not self._complaints:
            return ""
        self._complaints.seek(0)
        return " ".join(self._complaints.read().strip().splitlines()[-1:])[:200]


class _Watch:
    """Kills a child that gives no sign of life."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self._child = child
        self.barked = False
        self._timer = self._start()

    def _start(self) -> threading.Timer:
        timer = threading.Timer(STALLED_S, self._bark)
        timer.daemon = True
        timer.start()
        return timer

    def _bark(self) -> None:
        self.barked = True
        self._child.kill()

    def alive(self) -> None:
        self._timer.cancel()
        self._timer = self._start()

    def stop(self) -> None:
        self._timer.cancel()


# Below here runs in the child only.


def _listen(work: Task, report: Callable[..., None], loaded: dict[str, Any]) -> None:
    """Do a task on the graphics card, or where that fails, on the processor."""
    device = chosen()
    if device.graphics:
        with suppress(RuntimeError):  # no driver, a library that is missing, too little memory
            if _heard(work, report, loaded, device):
                return
        loaded.clear()
        Path(work.journal).unlink(missing_ok=True)
    _heard(work, report, loaded, PROCESSOR)


def _heard(work: Task, report: Callable[..., None], loaded: dict[str, Any], device: Device) -> bool:
    """Write the words down; ``False`` where a graphics card found none in what is speech."""
    import ctranslate2
    import faster_whisper

    total = Path(work.samples).stat().st_size // 2
    header = {
        "schema": SCHEMA,
        "audio": {"digest": work.audio_digest, "duration_ms": total * 1000 // RATE},
        "engine": {
            "name": "faster-whisper",
            "version": faster_whisper.__version__,
            "model": work.model_name,
            "model_sha256": work.model_digest,
            "options": {"hotwords": work.hotwords, "piece_s": work.piece_s}
            | ({"device": device.name, "numbers": device.numbers} if device.graphics else {}),
        },
        "language": work.language,
        "created": work.created,
    }
    journal = Path(work.journal)
    done_samples, piece, heard = _resume(journal, header)
    if work.model not in loaded:
        loaded.clear()  # two large models may be more than the memory holds
        loaded[work.model] = faster_whisper.WhisperModel(
            work.model,
            device=device.name,
            compute_type=device.numbers,
            cpu_threads=work.threads or os.cpu_count() or 1,
            local_files_only=True,
        )
    model = loaded[work.model]
    spoken_s = 0.0
    with journal.open("a", encoding="utf-8") as file:

        def write(record: dict[str, Any]) -> None:
            file.write(line(record))
            file.flush()
            os.fsync(file.fileno())

        at = done_samples
        while at < total:
            stop, speech = _piece(work, at, total)
            spoken_s += sum(b - a for a, b in speech)
            write({"piece": piece, "start_sample": at})
            ctranslate2.set_random_seed(piece)  # a piece done again gives the same text
            audio = _sound(work, at, stop)
            for segment in segments(model, audio, speech, work.language, work.hotwords):
                record = _record(segment, at * 1000 // RATE, total * 1000 // RATE)
                if record["words"]:
                    heard += len(record["words"])
                    write(record)
                report(share=min(1.0, (at + segment.end * RATE) / total))
            at, piece = stop, piece + 1
            report(share=at / total)
    if not heard:
        # Old NVIDIA drivers give empty transcripts without any error.
        if spoken_s > 2 and device.graphics:
            return False
        report(kind="whisper.no_words" if spoken_s > 2 else "whisper.no_speech")
    else:
        report(ended=True)
    return True


def _resume(journal: Path, header: dict[str, Any]) -> tuple[int, int, int]:
    """Keep what earlier pieces gave, if it is the same task: (sample to start at, piece, words).

    The last piece begun may be incomplete, so it is done again.
    """
    same = ("schema", "audio", "engine", "language")
    try:
        old, records, _ = read_journal(journal.read_text("utf-8"), journal.name)
    except (OSError, UnicodeDecodeError, PodcastError):
        old, records = {}, []
    begun = [i for i, record in enumerate(records) if "piece" in record]
    at, piece = 0, 0
    kept: list[dict[str, Any]] = []
    if begun and all(old.get(key) == header[key] for key in same):
        header = old
        at, piece = records[begun[-1]]["start_sample"], records[begun[-1]]["piece"]
        kept = records[: begun[-1]]
    partial = journal.with_suffix(".new")
    partial.write_text("".join(line(r) for r in [header, *kept]), "utf-8")
    os.replace(partial, journal)
    return at, piece, sum(len(record.get("words", ())) for record in kept)


def _sound(work: Task, start: int, stop: int) -> Any:
    """Some of the samples as the engine wants them; the rest stays on the disk."""
    import numpy as np

    part = np.fromfile(work.samples, dtype="<i2", count=stop - start, offset=2 * start)
    return part.astype(np.float32) / 32768


def _piece(work: Task, at: int, total: int) -> tuple[int, list[Stretch]]:
    """Where a piece stops, in its widest silence, and where in it somebody speaks."""
    search_s = work.piece_s // 4
    last = min(total, at + (work.piece_s + search_s) * RATE)
    found = speech(_sound(work, at, last))
    if last == total:
        return total, found
    lowest = work.piece_s - search_s
    gaps = [
        (after[0] - before[1], (before[1] + after[0]) / 2)
        for before, after in itertools.pairwise(found)
    ]
    wide = [gap for gap in gaps if gap[1] >= lowest]
    stop_s = max(wide)[1] if wide else work.piece_s
    inside = [(a, min(b, stop_s)) for a, b in found if a < stop_s]
    return at + round(stop_s * RATE), inside


def speech(audio: Any) -> list[Stretch]:
    """Where somebody speaks in a sound of 16 kHz, with pauses of less than 0.3 s in between."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(min_silence_duration_ms=300, speech_pad_ms=0)
    return [
        (part["start"] / RATE, part["end"] / RATE) for part in get_speech_timestamps(audio, options)
    ]


def segments(
    model: Any, audio: Any, spoken: Sequence[Stretch], language: str, hotwords: str = ""
) -> Iterator[Any]:
    """The engine's segments in order of time, with those that it had jumped over.

    ``audio`` are float samples at 16 kHz, ``spoken`` what `speech` finds in them.
    """
    done = 0.0

    def jumped(until: float) -> Iterator[Any]:
        unwritten = [(max(a, done), min(b, until)) for a, b in spoken if a < until and b > done]
        if sum(b - a for a, b in unwritten) < LOST_S:
            return
        start = max(done, unwritten[0][0] - 0.2)
        part = audio[round(start * RATE) : round(until * RATE)]
        # Without a second try: what the engine is not sure of here may be music or applause.
        for segment in _asked(model, part, language, hotwords, temperature=0.0):
            sure = segment.avg_logprob > -1.0 and segment.compression_ratio < 2.4
            if sure and segment.no_speech_prob < 0.6:
                yield _later(segment, start)

    for segment in _asked(model, audio, language, hotwords):
        if segment.words:
            first, last = segment.words[0], segment.words[-1]
            yield from jumped(max(first.start, first.end - _longest_s(first.word)))
            done = max(done, min(last.end, last.start + _longest_s(last.word)))
        yield segment
    yield from jumped(len(audio) / RATE)


def _asked(model: Any, audio: Any, language: str, hotwords: str, **more: Any) -> Any:
    found, _ = model.transcribe(
        audio,
        language=language,
        beam_size=5,
        vad_filter=True,
        vad_parameters=dict(VAD),
        word_timestamps=True,
        # Previous text as a prompt is the main cause of endless repetition.
        condition_on_previous_text=False,
        hotwords=hotwords or None,
        **more,
    )
    return found


def _later(segment: Any, by_s: float) -> Any:
    words = [replace(w, start=w.start + by_s, end=w.end + by_s) for w in segment.words or ()]
    return replace(segment, start=segment.start + by_s, end=segment.end + by_s, words=words)


def _longest_s(word: str) -> float:
    """The longest that a word can take; what is longer has a silence in it."""
    return 0.4 + 0.12 * len(word.strip())


def _record(segment: Any, offset_ms: int, duration_ms: int) -> dict[str, Any]:
    """A segment as a line of the words file, its times whole, in order and inside the sound."""
    words = []
    previous = offset_ms
    for word in segment.words or ():
        start = min(max(previous, offset_ms + round(float(word.start) * 1000)), duration_ms)
        end = min(max(start, offset_ms + round(float(word.end) * 1000)), duration_ms)
        # A word after a silence may be given a start seconds too early.
        longest = round(_longest_s(word.word) * 1000)
        if end - start > longest:
            start = end - longest
        words.append([start, end, round(float(word.probability) * 100), word.word])
        previous = end
    return {
        "start_ms": words[0][0] if words else offset_ms,
        "end_ms": words[-1][1] if words else offset_ms,
        "avg_logprob": round(float(segment.avg_logprob), 3),
        "no_speech_prob": round(float(segment.no_speech_prob), 3),
        "compression_ratio": round(float(segment.compression_ratio), 3),
        "temperature": float(segment.temperature or 0.0),
        "words": words,
    }


def _child() -> None:
    """Do each task that comes in as a line, until no more can come or one has failed."""
    loaded: dict[str, Any] = {}

    def report(**said: Any) -> None:
        print(json.dumps(said), flush=True)

    for order in sys.stdin:
        try:
            _listen(Task(**json.loads(order)), report, loaded)
            continue
        except MemoryError:
            report(kind="whisper.memory")
        except OSError as error:
            full = error.errno == errno.ENOSPC
            report(kind="disk.full" if full else "whisper.died", detail=str(error)[:200])
        except (RuntimeError, ValueError) as error:
            report(kind="whisper.died", detail=str(error)[:200])
        break
    sys.stdout.flush()
    # Threads of CTranslate2 and onnxruntime can lock each other when a process ends in good order.
    os._exit(0)


if __name__ == "__main__":
    _child()
