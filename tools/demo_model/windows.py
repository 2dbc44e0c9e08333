"""Mix spoken sentences into the windows that Whisper hears, with rooms, noise and music."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
import torch
from scipy.signal import fftconvolve, lfilter
from tokenizers import Tokenizer
from torch import Tensor

from tools.demo_model.corpus import FRAME, PAUSE, Utterance
from tools.demo_model.network import MEL_BANDS
from tools.demo_model.speech import RATE

Span = tuple[float, float]
IGNORED = -100
THROATS = 64  # different ways to shift formants
KNOTS = (0, 500, 1000, 1800, 2800, 4000, 8000)  # hertz
SHORT = 1.4  # seconds
MARKS = (".", ",", "!", "?", ":", " !", " ?", " :")
NOTE_PITCHES = (130.8, 164.8, 196, 220, 261.6, 329.6, 392, 440, 523.3, 659.3, 784, 880, 1046.5)


@dataclass(frozen=True)
class Special:
    """Numbers of Whisper's special tokens."""

    end: int
    start: int
    transcribe: int
    previous: int
    no_speech: int
    no_timestamps: int
    languages: dict[str, int]

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> Special:
        """Look them up."""

        known = tokenizer.get_vocab()

        def number(name: str) -> int:
            return known[f"<|{name}|>"]

        return cls(
            number("endoftext"), number("startoftranscript"), number("transcribe"),
            number("startofprev"), number("nospeech"), number("notimestamps"),
            {code: number(code) for code in ("fr", "en")},
        )  # fmt: skip

    def stamp(self, seconds: float) -> int:
        """The timestamp token for a time in the window."""
        return self.no_timestamps + 1 + min(1500, max(0, round(seconds / 0.02)))

    def all(self) -> list[int]:
        """Every special token that the model may meet."""
        others = [self.end, self.start, self.transcribe, self.transcribe - 1, self.previous,
                  self.no_speech, self.no_timestamps, *self.languages.values()]  # fmt: skip
        return others + list(range(self.no_timestamps + 1, self.no_timestamps + 1502))


@dataclass
class Window:
    """One training example. ``labels[i]`` is what should follow ``tokens[i]``, None for no matter;
    ``spans[i]`` is where in the sound ``labels[i]`` is heard."""

    sound: np.ndarray
    content: int  # samples before Whisper's zero padding
    tokens: list[int]
    labels: list[int | None]
    spans: list[Span | None]
    phonemes: np.ndarray


@dataclass
class Batch:
    """Windows of one length as tensors, tokens renumbered to the kept ones."""

    mel: Tensor
    shift: Tensor
    tokens: Tensor
    labels: Tensor
    phonemes: Tensor
    spans: Tensor = field(repr=False)  # first and last frame, -1 where unknown

    @property
    def seconds(self) -> float:
        """Length of all windows together."""
        return self.mel.shape[0] * self.mel.shape[2] / 100


def mel_filters(frequencies: np.ndarray | None = None) -> np.ndarray:
    """The Slaney-style filters of Whisper (80 bands, 400-point transform at 16 kHz).

    ``frequencies`` says for what each of the 201 lines of the spectrum is taken, in hertz.
    """
    if frequencies is None:
        frequencies = np.linspace(0, RATE / 2, 201)
    top = 15 + np.log(RATE / 2 / 1000) / (np.log(6.4) / 27)
    mels = np.linspace(0, top, MEL_BANDS + 2)
    edges = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mels - 15)))
    widths = np.diff(edges)
    slopes = edges[:, None] - frequencies[None]
    rising = -slopes[:-2] / widths[:-1, None]
    falling = slopes[2:] / widths[1:, None]
    filters = np.maximum(0, np.minimum(rising, falling))
    return (filters * (2 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)


def throat(rng: random.Random) -> np.ndarray:
    """Frequencies as if the speaker's throat were shorter or longer, and of another form."""
    size = rng.uniform(-0.16, 0.16)
    places = [place * np.exp(size + rng.gauss(0, 0.045)) for place in KNOTS]
    return np.interp(np.linspace(0, RATE / 2, 201), KNOTS, np.maximum.accumulate(places))


class Mixer:
    """Endless random windows from a corpus."""

    def __init__(
        self,
        corpus: list[tuple[Utterance, np.ndarray]],
        tokenizer: Tokenizer,
        kept: list[int],
        phonemes: list[str],
        seed: str,
    ) -> None:
        self.rng = random.Random(seed)
        self.random = np.random.default_rng(self.rng.randrange(1 << 32))
        self.tokenizer = tokenizer
        self.special = Special.of(tokenizer)
        self.marks = {t for m in MARKS for t in tokenizer.encode(m).ids}
        self.joints = {t for joint in "'-" for t in tokenizer.encode(joint).ids}
        self.renumber = {token: i for i, token in enumerate(kept)}
        self.phoneme_number = {name: i for i, name in enumerate(phonemes)}
        self.silent = self.phoneme_number[PAUSE]
        self.pools = {
            code: [item for item in corpus if item[0].language == code] for code in ("fr", "en")
        }
        self.shorts = {
            code: [item for item in pool if item[0].length < SHORT * RATE]
            for code, pool in self.pools.items()
        }
        self.alike: dict[str, dict[int, list[tuple[Utterance, np.ndarray]]]] = {}
        for code, pool in self.pools.items():
            groups = self.alike.setdefault(code, {})
            for item in pool:
                groups.setdefault(item[0].tokens[0], []).append(item)
        self.filters = torch.from_numpy(mel_filters())
        self.warped = [torch.from_numpy(mel_filters(throat(self.rng))) for _ in range(THROATS)]
        self.hann = torch.hann_window(400)
        self._noises = self._make_noises()
        self._musics = [self._make_music(RATE * 10) for _ in range(24)]

    # -- sounds that are not speech ---------------------------------------------------------

    def _make_noises(self) -> list[np.ndarray]:
        """A minute of white, pinkish and brownish noise each, and a hum."""
        white = self.random.standard_normal(RATE * 60).astype(np.float32)
        noises = [white]
        for pole in (0.6, 0.9, 0.97):
            noises.append(lfilter([1.0], [1.0, -pole], white).astype(np.float32))
        t = np.arange(RATE * 60, dtype=np.float32) / RATE
        hum = sum(np.sin(2 * np.pi * 50 * k * t) / k for k in (1, 2, 3, 5))
        noises.append(np.asarray(hum, np.float32) + 0.2 * noises[2])
        return [noise / np.abs(noise).max() for noise in noises]

    def _make_music(self, length: int) -> np.ndarray:
        """Notes and chords that fade, one after the other."""
        rng = self.rng
        t = np.arange(length) / RATE
        sound = np.zeros(length, np.float32)
        step = int(RATE * rng.uniform(0.12, 0.8))
        fade, rich = rng.uniform(0.5, 8), rng.uniform(0, 0.6)
        for start in range(0, length, step):
            stop = min(length, start + 2 * step)
            tt = t[: stop - start]
            for _ in range(rng.randint(1, 3)):
                f = rng.choice(NOTE_PITCHES)
                wave = np.sin(2 * np.pi * f * tt) + rich * np.sin(4 * np.pi * f * tt)
                wave += 0.5 * rich * np.sin(6 * np.pi * f * tt)
                sound[start:stop] += (wave * np.exp(-tt * fade)).astype(np.float32)
        return np.asarray(sound / (np.abs(sound).max() + 1e-6), np.float32)

    def noise(self, length: int) -> np.ndarray:
        """A stretch of noise of full scale."""
        bank = self.rng.choice(self._noises)
        at = self.rng.randrange(len(bank) - length)
        return bank[at : at + length]

    def music(self, length: int) -> np.ndarray:
        """A stretch of music of full scale."""
        bank = self.rng.choice(self._musics)
        at = self.rng.randrange(len(bank))
        return np.resize(np.roll(bank, -at) if length > len(bank) - at else bank[at:], length)

    # -- windows -----------------------------------------------------------------------------

    def _no_speech(self, length: int) -> Window:
        """Silence, noise, music or a mixture: nothing to write."""
        rng, s = self.rng, self.special
        sound = np.zeros(length, np.float32)
        kind = rng.random()
        if kind > 0.25:
            sound += self.noise(length) * 10 ** rng.uniform(-4, -0.7)
        if kind > 0.6:
            part = rng.randint(length // 4, length)
            sound[:part] += self.music(part) * rng.uniform(0.02, 0.8)
        tokens = [s.start, s.languages[rng.choice(["fr", "en"])], s.transcribe]
        labels: list[int | None] = [s.no_speech, None]
        middle = s.stamp(0) if rng.random() < 0.8 else s.no_timestamps
        content = length if rng.random() < 0.6 else rng.randint(length // 5, length)
        return Window(
            sound, content, [*tokens, middle, s.end], [*labels, middle, s.end], [None] * 4,
            np.full(length // FRAME, self.silent),
        )  # fmt: skip

    def _label(self, frames: np.ndarray, utterance: Utterance, first: int) -> None:
        at = first
        for name, run in utterance.phonemes:
            frames[at : at + run] = self.phoneme_number[name]
            at += run

    def _next(self, language: str, first: int) -> tuple[Utterance, np.ndarray]:
        """An utterance: often a short one, at times one that begins like the one before.

        Both are what a model that has learnt to guess leaves out: "Hello! Hello, and thank you."
        """
        choice = self.rng.random()
        if choice < 0.15:
            return self.rng.choice(self.shorts[language])
        if choice < 0.25 and first in self.alike[language]:
            return self.rng.choice(self.alike[language][first])
        return self.rng.choice(self.pools[language])

    @staticmethod
    def _until(span: Span | None, stop: float) -> Span | None:
        """The span lengthened to ``stop``, at most by two seconds."""
        return (span[0], max(span[1], min(stop, span[1] + 2))) if span else None

    def _spans(self, utterance: Utterance, start: float) -> list[Span | None]:
        """The spans of an utterance that starts at ``start``.

        A pause is given to the mark before it: alignment puts a pause somewhere, and without this
        the next word would begin too early.
        """
        spans: list[Span | None] = [(start + a, start + b) for a, b in utterance.spans]
        for i, token in enumerate(utterance.tokens[:-1]):
            if token in self.marks:
                spans[i] = self._until(spans[i], start + utterance.spans[i + 1][0])
            elif token in self.joints and i:  # inside a word: between its two parts
                middle = start + utterance.spans[i - 1][1]
                spans[i] = (middle - 0.02, middle + 0.02)
        return spans

    def window(self, length: int) -> Window:
        """A window of ``length`` samples."""
        rng, s = self.rng, self.special
        if rng.random() < 0.07:
            return self._no_speech(length)
        language = "fr" if rng.random() < 0.57 else "en"
        pool = self.pools[language]
        stamped = rng.random() < 0.74
        limit = length
        if rng.random() < 0.33:  # sound that ends before the window does
            short = length >= 20 * RATE and rng.random() < 0.6
            limit = int(length * (rng.uniform(0.07, 0.3) if short else rng.uniform(0.25, 1)))
        at = int(RATE * (rng.uniform(0, 0.9) if rng.random() < 0.85 else rng.uniform(0.9, 3)))
        sound = np.zeros(length, np.float32)
        frames = np.full(length // FRAME, self.silent)
        body: list[int] = []
        spans: list[Span | None] = []
        pace = rng.uniform(0.3, 1.2)
        end, last_end, last_mark, first = 0, 0.0, -1, -1
        while True:
            room = limit - at
            for _ in range(4):  # full windows teach more
                utterance, samples = self._next(language, first)
                if len(samples) <= room:
                    break
            first = utterance.tokens[0]
            if len(samples) > room:
                if stamped and body and room > RATE // 4 and rng.random() < 0.7:
                    # A sentence cut by the window's end: its start is noted, its words are not.
                    level = rng.uniform(0.5, 1.0) / 32768
                    sound[at:limit] += samples[:room].astype(np.float32) * level
                    self._label(frames[: limit // FRAME], utterance, at // FRAME)
                    body.append(s.stamp(at / RATE))
                    spans.append((at / RATE - 0.08, at / RATE + 0.08))
                    end = limit
                break
            level = rng.uniform(0.5, 1.0) / 32768
            sound[at : at + len(samples)] += samples.astype(np.float32) * level
            self._label(frames, utterance, at // FRAME)
            start, stop = at / RATE, (at + len(samples)) / RATE
            inner = self._spans(utterance, start)
            if last_mark >= 0:  # the pause before this sentence belongs to the last full stop
                spans[last_mark] = self._until(spans[last_mark], start)
            last_mark = len(spans) + len(inner) - 1 + int(stamped)
            if stamped:
                body += [s.stamp(start), *utterance.tokens, s.stamp(stop)]
                spans += [(start - 0.08, start + 0.08), *inner, (stop - 0.08, stop + 0.08)]
            else:
                body += utterance.tokens
                spans += inner
            at += len(samples)
            end, last_end = at, stop
            if rng.random() < 0.06 and at + RATE < limit:  # a jingle between two turns
                part = min(limit - at, int(RATE * rng.uniform(1, 4.5)))
                ramp = np.minimum(1, np.arange(part)[::-1] / (0.2 * RATE)).astype(np.float32)
                sound[at : at + part] += self.music(part) * ramp * rng.uniform(0.05, 0.6)
                at += part
                end = at
            at += int(RATE * pace * rng.choice([0.08, 0.15, 0.3, 0.4, 0.5, 0.8, 1.5]))
        if not body:
            return self.window(length)
        content = length
        if limit < length or rng.random() < 0.2:
            content = min(length, max(end, RATE // 2) + rng.randint(0, 8000))
            if limit < length and rng.random() < 0.35:
                content = rng.randint(content, length)  # a long silence that is not padding
                if rng.random() < 0.35 and content - end > RATE:
                    sound[end:content] += self.music(content - end) * rng.uniform(0.02, 0.5)
        sound = self._room(sound)
        tokens, labels, where = self._head(language, stamped, pool)
        tail: Span = (last_end, last_end + 0.2)
        tokens = [*tokens, *body, s.end]
        labels = [*labels, *body, s.end]
        where = [*where, *spans, None if stamped else tail]
        return Window(sound, content, tokens, labels, where, frames)

    def _head(
        self, language: str, stamped: bool, pool: list[tuple[Utterance, np.ndarray]]
    ) -> tuple[list[int], list[int | None], list[Span | None]]:
        """The tokens before the text: perhaps a previous text, then the task."""
        rng, s = self.rng, self.special
        before: list[int] = []
        prompt = rng.random()
        if prompt < 0.04:  # faster-whisper's hot words: a list that may have nothing to do with it
            words = [word for _ in range(3) for word in rng.choice(pool)[0].text.split()]
            chosen = rng.sample(words, min(len(words), rng.randint(1, 9)))
            text = rng.choice([" ", ", "]).join(word.strip(".,!?:") for word in chosen)
            before = [s.previous, *self.tokenizer.encode(" " + text).ids]
        elif prompt < 0.1:
            for _ in range(rng.randint(1, 3)):
                tokens = rng.choice(pool)[0].tokens
                if rng.random() < 0.5:
                    first = rng.uniform(0, 15)
                    tokens = [s.stamp(first), *tokens, s.stamp(first + rng.uniform(1, 14))]
                before += tokens
            before = [s.previous, *before[-80:]]
        task = [s.start, s.languages[language], s.transcribe]
        if not stamped:
            task.append(s.no_timestamps)
        labels: list[int | None] = [*([None] * len(before)), *task[1:]]
        return before + task, labels, [None] * len(labels)

    def _room(self, sound: np.ndarray) -> np.ndarray:
        """Colour, echo, music bed, level and noise of the whole recording."""
        rng, length = self.rng, len(sound)
        if rng.random() < 0.2:
            sound = lfilter([1, -rng.uniform(-0.6, 0.9)], [1], sound).astype(np.float32)
        if rng.random() < 0.2:  # high-pass between 60 and 130 Hz
            pole = float(np.exp(-2 * np.pi * rng.uniform(60, 130) / RATE))
            sound = lfilter([1, -1], [1, -pole], sound).astype(np.float32)
        if rng.random() < 0.12:
            taps = np.arange(3200)
            echo = self.random.standard_normal(3200) * np.exp(-taps / rng.uniform(150, 900))
            echo *= rng.uniform(0.1, 0.5) / np.sqrt((echo**2).sum())
            echo[0] = 1
            sound = fftconvolve(sound, echo.astype(np.float32))[:length].astype(np.float32)
        if rng.random() < 0.08:
            sound = sound + self.music(length) * rng.uniform(0.005, 0.05)
        sound = sound * np.float32(10 ** rng.uniform(-0.8, 0.15))
        if rng.random() < 0.65:
            sound = sound + self.noise(length) * np.float32(10 ** rng.uniform(-4.5, -1.9))
        return sound

    def _colour(self) -> Tensor:
        """A smooth curve of some decibels over the bands: the timbre of another voice."""
        bands = np.arange(MEL_BANDS) / MEL_BANDS
        curve = np.zeros(MEL_BANDS)
        for waves in range(1, 6):
            height, phase = self.rng.gauss(0, 0.2), self.rng.uniform(0, 2 * np.pi)
            curve += height * np.cos(np.pi * waves * bands + phase)
        return torch.from_numpy(curve.astype(np.float32))

    # -- batches -----------------------------------------------------------------------------

    def mel(self, windows: list[Window]) -> Tensor:
        """Whisper's log-mel features; zero after the content, as faster-whisper pads."""
        sound = torch.from_numpy(np.stack([w.sound for w in windows]))
        spectrum = torch.stft(sound, 400, 160, window=self.hann, return_complex=True)[..., :-1]
        power = spectrum.real.square() + spectrum.imag.square()
        rng = self.rng
        filters = [rng.choice(self.warped) if rng.random() < 0.35 else self.filters for _ in power]
        logs = torch.log10(torch.clamp(torch.stack(filters) @ power, min=1e-10))
        mel = torch.zeros_like(logs)
        for row, (log, window) in enumerate(zip(logs, windows, strict=True)):
            if rng.random() < 0.4:
                log += self._colour()[:, None]
            frames = min(log.shape[-1], max(100, window.content // 160))
            log = log[:, :frames]
            # The loudest moment of the whole file, which may be louder than this window.
            loudest = log.max() + rng.uniform(0, 0.8)
            mel[row, :, :frames] = (torch.maximum(log, loudest - 8) + 4) / 4
            if rng.random() < 0.4:
                band = rng.randrange(0, 70)
                mel[row, band : band + rng.randint(1, 8)] = 0
        return mel

    def batch(self, seconds: int, count: int) -> Batch:
        """``count`` windows; those shorter than 30 s are put anywhere in Whisper's 30 s."""
        windows = [self.window(seconds * RATE) for _ in range(count)]
        free = (30 - seconds) * 50
        shifts = [
            self.rng.randint(0, free) if free and self.rng.random() < 0.6 else 0 for _ in windows
        ]
        first_stamp = self.special.stamp(0)
        size = max(len(w.labels) for w in windows)
        frames = seconds * 50
        tokens = torch.full((count, size), self.renumber[self.special.end])
        labels = torch.full((count, size), IGNORED)
        spans = torch.full((count, size, 2), -1)
        for i, (window, shift) in enumerate(zip(windows, shifts, strict=True)):

            def moved(token: int, by: int = shift) -> int:
                stamp = token >= first_stamp
                token = min(first_stamp + 1500, token + by) if stamp else token
                return self.renumber.get(token, len(self.renumber))

            inputs = [moved(token) for token in window.tokens[:-1]]
            tokens[i, : len(inputs)] = torch.tensor(inputs)
            for j, (label, span) in enumerate(zip(window.labels, window.spans, strict=True)):
                if label is not None:
                    labels[i, j] = moved(label)
                if span is not None:
                    a, b = max(0, round(span[0] * 50)), min(frames, max(1, round(span[1] * 50)))
                    if b <= a:
                        b = a + 1
                    if b <= frames:
                        spans[i, j, 0], spans[i, j, 1] = a, b
        phonemes = torch.from_numpy(np.stack([w.phonemes for w in windows]))
        return Batch(self.mel(windows), torch.tensor(shifts), tokens, labels, phonemes, spans)
