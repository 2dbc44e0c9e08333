"""Measure the model through faster-whisper: words, word times, inventions, speed.

Needs faster-whisper, numpy and espeak-ng only.  ``python -m tools.demo_model.evaluate --help``
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from podcast import whisper
from tools.demo_model import texts, voices
from tools.demo_model.speech import RATE, at_16k
from tools.espeak import Espeak

MODEL = Path(__file__).resolve().parents[2] / "podcast" / "models" / "demo"


@dataclass
class Recording:
    """Sound with its language, its words as written and when each of them starts."""

    language: str
    samples: np.ndarray
    words: list[tuple[str, float]]
    text: str = ""


@dataclass
class Score:
    """Counts over several recordings."""

    words: int = 0
    wrong: int = 0
    texts: int = 0
    exact: int = 0
    audio: float = 0.0
    seconds: float = 0.0
    late: list[float] = field(default_factory=list)
    examples: list[tuple[str, str]] = field(default_factory=list)

    @property
    def error(self) -> float:
        """Word error rate in per cent."""
        return 100 * self.wrong / max(1, self.words)

    def timing(self) -> tuple[float, float]:
        """Median and 95th percentile of the distance of word starts, in milliseconds."""
        if not self.late:
            return 0.0, 0.0
        late = np.abs(np.array(self.late)) * 1000
        return float(np.median(late)), float(np.percentile(late, 95))

    def add(self, other: Score) -> None:
        """Sum up."""
        for name in ("words", "wrong", "texts", "exact", "audio", "seconds", "late", "examples"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def align(said: Sequence[str], heard: Sequence[str]) -> tuple[int, list[tuple[int, int]]]:
    """Edit distance, and the pairs of equal words on the way."""
    table = np.zeros((len(said) + 1, len(heard) + 1), int)
    table[:, 0], table[0, :] = np.arange(len(said) + 1), np.arange(len(heard) + 1)
    for i, a in enumerate(said, 1):
        for j, b in enumerate(heard, 1):
            table[i, j] = min(
                table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a != b)
            )
    pairs = []
    i, j = len(said), len(heard)
    while i and j:
        if said[i - 1] == heard[j - 1] and table[i, j] == table[i - 1, j - 1]:
            pairs.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        elif table[i, j] == table[i - 1, j - 1] + 1:
            i, j = i - 1, j - 1
        elif table[i, j] == table[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
    return int(table[-1, -1]), pairs[::-1]


def bare(word: str) -> str:
    """A written word without punctuation and capitals."""
    return texts.normal(word).replace(" ", "")


def speak(engine: Espeak, text: str, voice: str, rng: random.Random) -> Recording:
    """Say a text at one of the sample show's rates."""
    spoken = at_16k(engine.speak(text, voice, rng.choice([150, 155, 160, 165, 170])))
    found, at = [], 0
    starts = dict(reversed(spoken.words))
    for word in text.split():
        at = text.index(word, at)
        if bare(word):
            inside = [starts[p] for p in range(at, at + len(word)) if p in starts]
            found.append((word, inside[0] if inside else -1.0))
        at += len(word)
    samples = spoken.samples * (0.5 / max(0.01, float(np.abs(spoken.samples).max())))
    return Recording("fr" if voice.startswith("roa/") else "en", samples, found, text)


def join(parts: Iterable[Recording | np.ndarray], language: str) -> Recording:
    """One after the other; plain arrays are sounds without words."""
    samples: list[np.ndarray] = []
    found: list[tuple[str, float]] = []
    at = 0
    said = []
    for part in parts:
        sound = part if isinstance(part, np.ndarray) else part.samples
        if isinstance(part, Recording):
            found += [(w, s + at / RATE if s >= 0 else s) for w, s in part.words]
            said.append(part.text)
        samples.append(sound.astype(np.float32))
        at += len(sound)
    return Recording(language, np.concatenate(samples), found, " ".join(said))


def silence(seconds: float) -> np.ndarray:
    """Nothing at all."""
    return np.zeros(int(seconds * RATE), np.float32)


def hiss(seconds: float, level: float, seed: int = 0) -> np.ndarray:
    """White noise of a given root mean square."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    return (noise * level).astype(np.float32)


def music(seconds: float, seed: int = 0, level: float = 0.25) -> np.ndarray:
    """A small tune: chords and a melody that fade."""
    rng = random.Random(seed)
    t = np.arange(int(seconds * RATE)) / RATE
    sound = np.zeros(len(t))
    beat = rng.choice([0.25, 0.4, 0.5])
    for i in range(int(seconds / beat)):
        tt = np.maximum(0, t - i * beat)
        on = t >= i * beat
        chord = [131, 165, 196] if i % 4 == 0 else []
        notes = [rng.choice([262, 294, 330, 392, 440, 523]), *chord]
        for note in notes:
            sound += on * np.sin(2 * np.pi * note * tt) * np.exp(-3 * tt)
    sound *= np.minimum(1, (seconds - t) / 0.3)
    return np.asarray(sound / np.abs(sound).max() * level, np.float32)


def published(sound: np.ndarray) -> np.ndarray:
    """What a publisher does to a recording: high-pass, loudness, 128 kb/s mp3; then decoded."""
    import av
    from faster_whisper import decode_audio

    spectrum = np.fft.rfft(sound)
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum *= 1 / np.sqrt(1 + (80 / np.maximum(frequency, 1)) ** 4)
    sound = np.fft.irfft(spectrum, len(sound)).astype(np.float32)
    active = sound[np.abs(sound) > 0.01]
    sound = np.clip(sound * (0.11 / float(np.sqrt(np.mean(active**2)))), -0.99, 0.99)
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream: Any = container.add_stream("libmp3lame", rate=44100)
        stream.bit_rate, stream.layout = 128000, "mono"
        resampler = av.AudioResampler("fltp", "mono", 44100, 1152)
        frame = av.AudioFrame.from_ndarray(sound[None], "fltp", "mono")
        frame.sample_rate = RATE
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    file.seek(0)
    return np.asarray(decode_audio(file, RATE))


def test_sentences(per_language: int) -> list[texts.Sentence]:
    """Sentences of the generator that are in neither the training corpus nor the sample show."""
    training, _ = texts.corpus(texts.SEED, texts.COUNTS, 0)
    barred = texts.held_out() | {texts.normal(sentence.spoken) for sentence in training}
    found = []
    for language in texts.COUNTS:
        rng = random.Random(f"test {language}")
        found += texts.unique(language, per_language, rng, barred)
    return found


def sample_show(engine: Espeak) -> dict[str, Recording]:
    """The sample show's scripts as conversations, with jingles, as published."""
    rng = random.Random(3)
    shows = {}
    for script in sorted(texts.SAMPLE_SHOW.glob("episode-*.txt")):
        parts: list[Recording | np.ndarray] = [music(4, 1), silence(0.5)]
        language = "fr"
        for line in script.read_text(encoding="utf-8").splitlines():
            name, colon, text = line.partition(": ")
            if line.startswith("["):
                parts.append(music(rng.uniform(2, 4), rng.randrange(99)))
            elif colon and name in voices.SAMPLE_VOICES:
                turn = speak(engine, text.strip(), voices.SAMPLE_VOICES[name], rng)
                language = turn.language
                parts.append(turn)
            parts.append(silence(rng.uniform(0.3, 0.8)))
        show = join([*parts, music(4, 2)], language)
        show.samples = published(show.samples + hiss(len(show.samples) / RATE, 0.001))
        shows[script.stem] = show
    return shows


class Listener:
    """The model behind faster-whisper, asked as the product asks it."""

    def __init__(self, folder: Path, threads: int) -> None:
        import ctranslate2
        from faster_whisper import WhisperModel

        ctranslate2.set_random_seed(1)  # an unsure stretch is tried again with chance in play
        self.model = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=threads,
            local_files_only=True,
        )  # fmt: skip

    def hear(self, sound: np.ndarray, language: str, vad: bool = True) -> list[tuple[str, float]]:
        """Written words with their starts."""
        segments: Iterable[Any]
        if vad:
            segments = whisper.segments(self.model, sound, whisper.speech(sound), language)
        else:  # a weak model writes for ever on noise: it is cut short
            segments, _ = self.model.transcribe(
                sound, language=language, beam_size=5, word_timestamps=True, temperature=0.0,
                condition_on_previous_text=False, max_new_tokens=200,
            )  # fmt: skip
        return [(w.word, float(w.start)) for s in segments for w in (s.words or [])]

    def score(self, recording: Recording, vad: bool = True) -> Score:
        """Compare what is heard with what was said."""
        began = time.perf_counter()
        heard = self.hear(recording.samples, recording.language, vad)
        seconds = time.perf_counter() - began
        text = "".join(word for word, _ in heard).strip()
        said = texts.words(recording.text)
        wrong, _ = align(said, texts.words(text))
        score = Score(len(said), wrong, 1, int(text == recording.text),
                      len(recording.samples) / RATE, seconds)  # fmt: skip
        known = [(bare(w), s) for w, s in recording.words]
        got = [(bare(w), s) for w, s in heard if bare(w)]
        _, pairs = align([w for w, _ in known], [w for w, _ in got])
        score.late = [got[j][1] - known[i][1] for i, j in pairs if known[i][1] >= 0]
        if wrong:
            score.examples.append((recording.text, text))
        return score


def clips(
    listener: Listener,
    engine: Espeak,
    sentences: list[texts.Sentence],
    pools: dict[str, list[str]],
    seed: str,
) -> dict[tuple[str, str], Score]:
    """One sentence at a time, with a little room noise; scores by language and voice."""
    rng = random.Random(seed)
    scores: dict[tuple[str, str], Score] = {}
    for sentence in sentences:
        voice = rng.choice(pools[sentence.language])
        said = speak(engine, sentence.spoken, voice, rng)
        clip = join([silence(0.5), said, silence(0.7)], sentence.language)
        clip.text = sentence.spoken
        clip.samples = clip.samples + hiss(len(clip.samples) / RATE, 0.0015, rng.randrange(99))
        scores.setdefault((sentence.language, voice), Score()).add(listener.score(clip))
    return scores


def summed(scores: Iterable[Score]) -> Score:
    """All of them as one."""
    total = Score()
    for score in scores:
        total.add(score)
    return total


def conversation(
    engine: Espeak, sentences: list[texts.Sentence], language: str, seconds: float
) -> Recording:
    """Many turns of trained voices with short gaps and a few jingles."""
    rng = random.Random(language)
    parts: list[Recording | np.ndarray] = [silence(0.5)]
    length = 0.0
    for i, sentence in enumerate(s for s in sentences if s.language == language):
        turn = speak(engine, sentence.spoken, rng.choice(voices.TRAINED[language]), rng)
        parts += [turn, silence(rng.uniform(0.3, 0.8))]
        length += len(turn.samples) / RATE + 0.55
        if i % 12 == 11:
            parts += [music(rng.uniform(2, 4), i), silence(0.4)]
        if length > seconds:
            break
    talk = join(parts, language)
    talk.samples = talk.samples + hiss(len(talk.samples) / RATE, 0.001)
    return talk


def invented(listener: Listener) -> dict[str, tuple[int, int]]:
    """Words written for sounds without speech: with and without voice activity detection."""
    sounds = {
        "silence": silence(40), "faint noise": hiss(40, 0.002), "loud noise": hiss(40, 0.08),
        "music": np.concatenate([music(20, 5), music(20, 6)]),
        "music and noise": music(40, 7) + hiss(40, 0.01),
    }  # fmt: skip
    return {
        name: (len(listener.hear(sound, "fr")), len(listener.hear(sound, "fr", vad=False)))
        for name, sound in sounds.items()
    }


def row(name: str, score: Score) -> str:
    """A line of the table."""
    median, worst = score.timing()
    return (f"{name:32} {score.error:6.1f} {score.exact:5}/{score.texts:<5} {median:7.0f} "
            f"{worst:7.0f} {score.seconds / max(0.01, score.audio):8.3f}")  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", type=Path, default=MODEL)
    parser.add_argument("--short", action="store_true", help="fewer sentences, under 90 s")
    parser.add_argument("--sentences", type=int, default=0, help="per language and kind of voice")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--examples", type=int, default=0, help="show so many errors of each kind")
    for name, unit in (
        ("wer", "trained voices, %"), ("unseen-wer", "unseen voices, %"),
        ("second-wer", "the second set of unseen voices, %"),
        ("sample-wer", "the sample show, %"), ("word-median", "word starts, ms"),
        ("word-p95", "word starts, ms"), ("invented", "words on silence, noise and music"),
        ("real-time", "seconds of work for a second of sound"),
    ):  # fmt: skip
        parser.add_argument(f"--max-{name}", type=float, metavar="N", help=unit)
    options = parser.parse_args(arguments)
    count = options.sentences or (20 if options.short else 100)
    engine = Espeak()
    listener = Listener(options.model, options.threads)
    made = max(count, 60)
    sentences = test_sentences(made)
    chosen = [s for n, s in enumerate(sentences) if n % made < count]
    measured: dict[str, Score] = {}
    print(f"{'':32} {'WER %':>6} {'exact texts':>11} {'start ms':>7} {'p95 ms':>7} {'x time':>8}")
    kinds = {"trained": voices.TRAINED, "unseen": voices.UNSEEN, "second unseen": voices.SECOND}
    for kind, pools in kinds.items():
        scores = clips(listener, engine, chosen, pools, kind)
        for language in texts.COUNTS:
            part = summed(score for (code, _), score in scores.items() if code == language)
            print(row(f"{kind} voices, clips, {language}", part), flush=True)
        measured[kind] = summed(scores.values())
        print(row(f"{kind} voices, clips", measured[kind]), flush=True)
        if kind != "trained" and not options.short:
            for variant in sorted({voice.partition("+")[2] for _, voice in scores}):
                part = summed(s for (_, v), s in scores.items() if v.endswith(f"+{variant}"))
                print(row(f"  {variant}, {part.words} words", part))
    talks = Score()
    for language in texts.COUNTS:
        talk = conversation(engine, sentences, language, 45 if options.short else 180)
        score = listener.score(talk)
        print(row(f"conversation, {language}", score), flush=True)
        talks.add(score)
    shows = Score()
    for name, show in sample_show(engine).items():
        score = listener.score(show)
        print(row(f"sample show, {name}", score), flush=True)
        shows.add(score)
        if not options.short:
            print(row("  without VAD", listener.score(show, vad=False)), flush=True)
    measured["shows"] = shows
    print(row("sample show", shows))
    empty = invented(listener)
    for name, (with_vad, without) in empty.items():
        print(f"words invented on {name:16} {with_vad} (without VAD {without})")
    for kind, score in measured.items():
        for said, heard in score.examples[: options.examples]:
            print(f"{kind}\n  said  {said}\n  heard {heard}")
    timed = Score(late=measured["trained"].late + talks.late + shows.late)
    median, worst = timed.timing()
    work, audio = talks.seconds + shows.seconds, talks.audio + shows.audio
    figures = {
        "wer": measured["trained"].error, "unseen_wer": measured["unseen"].error,
        "second_wer": measured["second unseen"].error,
        "sample_wer": shows.error, "word_median": median, "word_p95": worst,
        "invented": float(sum(with_vad for with_vad, _ in empty.values())),
        "real_time": work / audio,
    }  # fmt: skip
    print("summary: " + ", ".join(f"{name} {value:.3g}" for name, value in figures.items()))
    limits = {name: getattr(options, f"max_{name}") for name in figures}
    passed = [n for n, limit in limits.items() if limit is not None and figures[n] > limit]
    for name in passed:
        print(f"over the limit: {name} {figures[name]:.3g}", file=sys.stderr)
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
