"""The show's own music and sounds: opening, closing, jingle and a workshop machine.

The theme is two voices of equal height: a plucked voice on the left rises by a step and a
fourth (D E A), an electric piano on the right answers with the mirror image (F sharp E B), and
both end together.  Everything is synthesised here; nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tools.sample_show.audio import (
    RATE,
    Sound,
    add,
    convolve,
    db,
    fade,
    samples,
    seeded,
    shaped_noise,
    to_peak,
)

Instrument = Callable[[float, float, float], Sound]  # frequency, seconds held, strength 0..1

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def pitch(name: str) -> float:
    """The frequency of a note such as ``F#4``."""
    number = _STEPS[name[0]] + (1 if "#" in name else 0) + 12 * (int(name[-1]) - 4)
    return float(440 * 2 ** ((number - 9) / 12))


def _held(held: float, ring: float, attack: float) -> tuple[np.ndarray, np.ndarray]:
    """Time in seconds and an envelope: soft attack, held, then let go over ``ring`` seconds."""
    time = np.arange(samples(held + 8 * ring)) / RATE
    rise = np.sin(np.clip(time / attack, 0, 1) * np.pi / 2) ** 2
    return time, rise * np.exp(-np.maximum(0, time - held) / ring)


def electric_piano(freq: float, held: float, strength: float) -> Sound:
    """A soft electric piano: two-operator frequency modulation with a short bell at the start."""
    time, envelope = _held(held, 0.14, 0.006)
    phase = 2 * np.pi * freq * time
    bright = 1.1 * strength * min(1.0, (300 / freq) ** 0.6)
    body = np.sin(phase + bright * np.exp(-3.2 * time) * np.sin(phase))
    body += 0.35 * np.sin(1.0012 * phase) + 0.08 * np.sin(2 * phase) * np.exp(-2 * time)
    bell = 0.05 * strength * np.sin(7 * phase) * np.exp(-18 * time) if freq < 1200 else 0.0
    sound: Sound = strength * envelope * (body * np.exp(-1.0 * time) + bell) * 0.6
    return sound


def pluck(freq: float, held: float, strength: float) -> Sound:
    """A plucked nylon string: partials that die away faster the higher they are."""
    time, envelope = _held(held + 0.8, 0.25, 0.004)
    sound = np.zeros(len(time))
    for cents in (-2.5, 2.5):
        tuned = freq * 2 ** (cents / 1200)
        for k in range(1, 11):
            partial = k * tuned * np.sqrt(1 + 0.00012 * k * k)
            if partial > 9_000:
                break
            size = np.sin(np.pi * k * 0.29) / k**1.55
            decay = (1.5 + 0.75 * k) * (freq / 440) ** 0.45
            sound += size * np.exp(-decay * time) * np.sin(2 * np.pi * partial * time)
    return strength * envelope * sound * 0.7


def bass(freq: float, held: float, strength: float) -> Sound:
    """A round, quiet bass."""
    time, envelope = _held(held, 0.12, 0.018)
    phase = 2 * np.pi * freq * time
    tone = np.sin(phase) + 0.38 * np.exp(-1.5 * time) * np.sin(2 * phase)
    tone += 0.14 * np.exp(-3 * time) * np.sin(3 * phase)
    return strength * envelope * np.exp(-0.5 * time) * tone * 0.7


def pad(freq: float, held: float, strength: float) -> Sound:
    """A slow, warm background tone in stereo: each side is tuned a little differently."""
    time, envelope = _held(held, 0.45, 0.7)
    sides = []
    for cents in ((-5.0, 1.5), (-1.5, 5.0)):
        side = np.zeros(len(time))
        for n, c in enumerate(cents):
            phase = 2 * np.pi * freq * 2 ** (c / 1200) * time + 1.3 * n
            side += sum(np.sin(k * phase + k) / k**2 for k in range(1, 5))
        sides.append(side)
    sound: Sound = strength * (envelope * np.array(sides)).T * 0.25
    return sound


def shaker(seed: int, strength: float) -> Sound:
    """One soft stroke of a shaker."""
    count = samples(0.12)
    time = np.arange(count) / RATE
    envelope = np.sin(np.clip(time / 0.012, 0, 1) * np.pi / 2) ** 2 * np.exp(-time / 0.025)
    sound: Sound = shaped_noise(count, 4_500, 9_000, 0.0, seed) * envelope
    return strength * 0.2 * sound


class Score:
    """A stereo mix in the making, with a tempo and a reverb."""

    def __init__(self, seconds: float, beat: float, slow_from: float = 1e9) -> None:
        self._mix = np.zeros((samples(seconds), 2))
        self._wet = np.zeros((samples(seconds), 2))
        self._beat = beat
        self._slow_from = slow_from

    def at(self, beat: float) -> int:
        """The sample where a beat falls; after ``slow_from`` beats the tempo slows down."""
        late = max(0.0, beat - self._slow_from)
        return samples(self._beat * (beat + 0.07 * late * late))

    def place(self, sound: Sound, beat: float, side: float, gain: float, wet: float) -> None:
        """Add a sound at a beat; ``side`` from -1 (left) to 1, ``wet`` its share of reverb."""
        if sound.ndim == 1:
            angle = (side + 1) * np.pi / 4
            sound = np.outer(sound, (np.cos(angle), np.sin(angle)))
        add(self._mix, sound * db(gain), self.at(beat))
        add(self._wet, sound * db(gain) * wet, self.at(beat))

    def notes(
        self,
        play: Instrument,
        line: Sequence[tuple[float, str, float]],
        side: float,
        gain: float,
        wet: float = 0.3,
    ) -> None:
        """Play ``(beat, "D4 F#4 A4", beats held)`` triples; a chord is rolled very slightly."""
        for beat, names, length in line:
            for n, name in enumerate(names.split()):
                strength = 0.78 if beat % 1 else 0.88
                sound = play(pitch(name), length * self._beat, strength)
                self.place(sound, beat + 0.022 * n, side, gain, wet)

    def shake(self, first: float, last: float, gain: float) -> None:
        """A shaker on every half beat, stronger off the beat."""
        for n in range(int((last - first) * 2)):
            stroke = shaker(70 + n, 1.0 if n % 2 else 0.6)
            self.place(stroke, first + n / 2, 0.25 if n % 2 else -0.1, gain, 0.15)

    def finish(self, fade_out: float, level: float, seed: int) -> Sound:
        """Add the reverb, fade out, and bring the loudest sample to ``level`` dBFS."""
        tail = samples(1.9)
        time = np.arange(tail) / RATE
        mix = self._mix.copy()
        for side in (0, 1):
            room = shaped_noise(tail, 250, 3_800, 0.25, seed + side)
            room *= np.exp(-time / 0.3) * np.clip(time / 0.02, 0, 1)
            room /= np.sqrt((room**2).sum())
            wet = convolve(self._wet[:, side], room)[: len(mix)]
            add(mix[:, side], wet, samples(0.022))
        mix = fade(mix, 0.005, fade_out)
        return to_peak(mix, level)


def opening() -> Sound:
    """The opening music: stereo, nine seconds."""
    score = Score(9.0, 0.625)
    score.notes(pluck, [(0, "D5", 0.5), (0.5, "E5", 0.5), (1, "A5", 1)], -0.55, -6)
    score.notes(pluck, [(4, "D5", 0.5), (4.5, "E5", 0.5), (5, "A5", 1)], -0.55, -6)
    score.notes(pluck, [(8, "E5", 0.5), (8.5, "G5", 0.5), (9, "B5", 1)], -0.55, -6)
    answer = [(2, "F#5", 0.5), (2.5, "E5", 0.5), (3, "B4", 1)]
    answer += [(6, "F#5", 0.5), (6.5, "E5", 0.5), (7, "D5", 1)]
    score.notes(electric_piano, answer, 0.55, -6)
    score.notes(pluck, [(10, "A5", 3)], -0.55, -6)
    score.notes(electric_piano, [(10, "F#5", 3)], 0.55, -6)
    chords = [(0, "F#3 A3 C#4 E4", 3.7), (4, "F#3 A3 D4", 1.8), (6, "F#3 B3 D4 A4", 1.8)]
    chords += [(8, "G3 B3 D4 E4", 1.8), (10, "F#3 A3 D4 E4", 4)]
    score.notes(electric_piano, chords, 0.0, -15, 0.35)
    roots = [(0, "D2", 2.4), (2.5, "A2", 0.5), (3, "D2", 0.9), (4, "B1", 1.9), (6, "G2", 1.4)]
    roots += [(7.5, "G2", 0.4), (8, "A1", 1.4), (9.5, "A2", 0.4), (10, "D2", 4)]
    score.notes(bass, roots, 0.0, -11, 0.05)
    harp = [(b + 0.5 * n, name, 0.5) for b, names in _HARP_OPENING for n, name in enumerate(names)]
    score.notes(pluck, harp, 0.2, -17, 0.45)
    for name in ("D3", "A3", "F#4"):
        score.place(pad(pitch(name), 6.6, 0.8), 0, 0, -23, 0.5)
    score.shake(4, 10, -27)
    return score.finish(1.6, -5.5, 11)


_HARP_OPENING = (
    (0, ("D4", "A4", "E4", "F#4", "C#5", "A4", "F#4", "E4")),
    (4, ("B3", "F#4", "D4", "A4", "B3", "F#4", "D4", "A4")),
    (8, ("G3", "D4", "B3", "E4", "D4", "A4", "E4", "F#4")),
)


def closing() -> Sound:
    """The closing music: stereo, ten seconds; the answer comes first and the end slows down."""
    score = Score(10.0, 0.625, slow_from=7)
    answer = [(0, "F#5", 0.5), (0.5, "E5", 0.5), (1, "B4", 1)]
    answer += [(4, "F#5", 0.5), (4.5, "E5", 0.5), (5, "D5", 1)]
    answer += [(8, "B4", 0.5), (8.5, "D5", 0.5), (9, "E5", 1), (10, "F#5", 3)]
    score.notes(electric_piano, answer, 0.55, -4, 0.4)
    call = [(2, "D5", 0.5), (2.5, "E5", 0.5), (3, "A5", 1)]
    call += [(6, "D5", 0.5), (6.5, "E5", 0.5), (7, "B5", 1), (10, "A5", 3)]
    score.notes(pluck, call, -0.55, -6.5, 0.4)
    score.notes(pluck, [(11, "D6", 3)], 0.0, -13, 0.5)
    chords = [(0, "F#3 B3 D4 A4", 1.9), (2, "E3 A3 C#4 F#4", 1.9), (4, "F#3 A3 D4", 1.9)]
    chords += [(6, "G3 B3 D4 F#4", 1.9), (8, "G3 B3 D4 E4", 1.9), (10, "F#3 A3 D4 E4", 4.5)]
    score.notes(electric_piano, chords, 0.0, -14, 0.4)
    roots = [(0, "G2", 1.9), (2, "A2", 1.9), (4, "B1", 1.9), (6, "E2", 1.9), (8, "A1", 1.9)]
    score.notes(bass, [*roots, (10, "D2", 4.5)], 0.0, -11, 0.05)
    for name in ("D3", "A3", "F#4"):
        score.place(pad(pitch(name), 7.2, 0.8), 0, 0, -22, 0.5)
    return score.finish(2.4, -3.5, 21)


def jingle() -> Sound:
    """The theme in two and a half seconds, mono, for between the parts of an episode."""
    score = Score(2.5, 0.42)
    score.notes(pluck, [(0, "D5", 0.5), (0.5, "E5", 0.5), (1, "A5", 1)], 0, -6)
    answer = [(1.75, "F#5", 0.5), (2.25, "E5", 0.5), (2.75, "B4", 0.9), (2.75, "F#5", 0.9)]
    score.notes(electric_piano, answer, 0, -6.5)
    score.notes(electric_piano, [(0, "F#3 A3 C#4 E4", 2.6), (2.75, "F#3 B3 D4", 1.4)], 0, -16)
    score.notes(bass, [(0, "D2", 2.6), (2.75, "G2", 1.4)], 0, -12, 0.05)
    both: Sound = score.finish(0.75, -4, 31).mean(axis=1)
    return both


def machine() -> Sound:
    """A workshop machine that starts, runs and stops: a motor's hum and a press in rhythm."""
    count = samples(2.5)
    time = np.arange(count) / RATE
    speed = np.clip(time / 0.55, 0, 1) * np.clip((2.5 - time) / 0.6, 0, 1)
    speed = np.sin(speed * np.pi / 2)
    phase = np.cumsum(49 * (0.25 + 0.75 * speed)) * 2 * np.pi / RATE
    hum = sum(size * np.sin(k * phase + k) for k, size in _HUM)
    whine = 0.05 * np.sin(14.3 * phase + 0.6 * np.sin(phase))
    air = 0.12 * shaped_noise(count, 300, 2_200, 0.4, 41) * (1 + 0.4 * np.sin(phase / 6))
    sound = (hum + whine + air) * speed**1.5
    chance = seeded(43)
    for n in range(7):
        length = samples(0.22)
        t = np.arange(length) / RATE
        thump = np.sin(2 * np.pi * (62 * t + 1.6 * (1 - np.exp(-t / 0.02)))) * np.exp(-t / 0.06)
        clank = sum(
            np.sin(2 * np.pi * freq * t + chance.uniform(0, 6)) * np.exp(-t / fall)
            for freq, fall in ((437, 0.05), (1_121, 0.035), (1_873, 0.025), (2_911, 0.015))
        )
        hit = fade(0.9 * thump + 0.24 * clank, 0.002, 0.05)
        add(sound, hit * (1.0 if n % 2 == 0 else 0.6), samples(0.5 + 0.22 * n))
    return to_peak(fade(sound, 0.05, 0.15), -4)


_HUM = ((1, 0.3), (2, 0.5), (3, 0.2), (4, 0.28), (6, 0.12), (8, 0.08), (12, 0.04))
