"""What in a sound hurts those who listen, and where: judged from its levels, with reasons.

Clipping and hum are sought in each file that was recorded, everything else in the finished sound,
because the treatment mends much.  Each threshold says where it comes from; `docs/sound-warnings.md`
says the same to the producer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from podcast.episode_line import Stretch, voices_of
from podcast.errors import Fact
from podcast.levels import MAINS, STEP_MS, WINDOW, Floats, Levels
from podcast.occasions import Occasions
from podcast.transcript import Timeline

MOST: Final = 5
"""Stretches told for each kind: a person checks the worst, mends, and asks again."""

CLIPPED_SHARE: Final = 0.01
"""1 ms cut off in 100 ms: one in nine steps of speech 6 dB over full scale, one in three at 9."""
BEYOND_REPAIR: Final = 0.10
"""Of all samples of speech: reached some 17 dB over full scale.  Tools that rebuild what was cut
off bridge the tops of waves; here a tenth of everything that was said is gone."""
HUM_BELOW_SPEECH: Final = 50.0
"""dB(A): where speech is heard at 65 dB(A), as in conversation, hum is at 15.  A steady tone is as
annoying as noise some 5 dB louder (ISO 1996-2), and 20 dB(A) is a bedroom at night."""
NOISE_BELOW_SPEECH: Final = 25.0
"""WCAG 1.4.7 wants 20 dB.  Levelling lifts what is between the words by some dB, so a noise that
just passes in the recording does not after it."""
BED_BELOW_SPEECH: Final = 20.0
"""WCAG 1.4.7: background at least 20 dB lower than the speech, about four times quieter."""
SILENCE_MS: Final = 5000
"""Somebody who does not see the player asks after some seconds whether it has stopped; radio
stations' detectors of dead air are usually set to 5 to 10 s."""
SILENT_BELOW_SPEECH: Final = 30.0
"""Speech's own pauses and soft ends stay above; the quiet of a room is below."""
ONE_SIDE: Final = 12.0
"""dB between left and right: the weaker one adds a quarter of a decibel to what is heard, so that
whoever hears with one ear, or wears one earphone, has lost the voice if it is the wrong one."""
OPPOSITE: Final = -0.5
"""Correlation of left and right: half and more of the voice is lost where both are played by one
loudspeaker, as telephones do."""
JUMP: Final = 4.0
"""LU between people.  Listeners reach for the volume at 5.4 dB less or 2.4 dB more than what they
are used to (Riedmiller and others 2003, in ATSC A/85); 4 is the middle."""

_GATE = 20.0
"""Speech is what is at most so much quieter than its mean."""
_JUDGED_MS = 10_000
_HOP_MS = 5_000
_LASTS_MS = 5_000
_TOGETHER_MS = 2_000
_HUM_TOGETHER_MS = 30_000
_HUM_WINDOWS = 3
_STEADY = 0.7
_AROUND_MS = 1_000
_FEWEST_MS = 5_000


@dataclass(frozen=True, slots=True)
class Blemish:
    """One thing to hear: ``kind`` and ``facts`` are worded as ``blemish.<kind>``.

    ``file`` is the recording in whose time the stretches are; without it they are in the time of
    the finished sound.  ``stretches`` are the worst, worst first, ``more`` how many there are
    besides; a blemish of the whole has none.
    """

    kind: str
    file: str | None = None
    stretches: tuple[Stretch, ...] = ()
    more: int = 0
    facts: tuple[tuple[str, Fact], ...] = ()

    def told(self, sound: str) -> dict[str, Fact | Occasions]:
        """What its sentence needs; ``sound`` names the finished one."""
        times = tuple((stretch.start_ms, stretch.end_ms) for stretch in self.stretches)
        place: Fact = self.file or sound
        return {**dict(self.facts), "place": place, "times": Occasions(times, self.more)}


_ORDER = ("clipped", "one_side", "two_sides", "opposite", "bed", "jump", "noise", "hum", "silence")


def beyond_repair(levels: Levels) -> int:
    """The percentage of the speech that was cut off, where it is too much to publish; else 0."""
    speaking = _speaking(levels)
    if not speaking.any():
        return 0
    share = float(levels.clipped[speaking].mean(axis=0).max())
    return round(share * 100) if share >= BEYOND_REPAIR else 0


def diagnose(
    files: Sequence[tuple[str, Levels]],
    master: Levels,
    spoken: Mapping[str, Sequence[Stretch]] | None = None,
) -> tuple[Blemish, ...]:
    """What is told of a sound, gravest first.

    ``files`` are the recordings by name, ``spoken`` when each person speaks in the finished sound:
    what is under the words, and who is quieter than others, is judged only where it is known.
    """
    left = [*_hum(master), *_noise(master)]
    found = [*_sides(master), *_silences(master)]
    if spoken:
        found += _jumps(master, spoken)
        if not any(blemish.kind == "noise" for blemish in left):
            found += _beds(master, spoken)
    own = [blemish for name, levels in files for blemish in _of_file(name, levels)]
    # What the treatment took away hurts nobody; what it left is told of the file it comes from.
    found += [b for b in own if b.kind not in ("hum", "noise") or b.kind in {m.kind for m in left}]
    found += [b for b in left if b.kind not in {o.kind for o in own}]
    return tuple(sorted(found, key=lambda blemish: _ORDER.index(blemish.kind)))


def spoken_in(timeline: Timeline) -> dict[str, tuple[Stretch, ...]]:
    """When each person speaks."""
    return {voice.name: voice.stretches for voice in voices_of(timeline)}


def _of_file(name: str, levels: Levels) -> Iterable[Blemish]:
    for blemish in (*_clipped(levels), *_opposite(levels), *_hum(levels), *_noise(levels)):
        yield replace(blemish, file=name)


# How loud the speech is.


def _mean(levels: Floats) -> float:
    return float(10 * np.log10(np.mean(10 ** (levels.astype(np.float64) / 10))))


def speech_level(loudness: Floats) -> float:
    """The mean loudness, gated as EBU R128 does: silence and what is 10 LU quieter do not count."""
    heard = loudness[loudness > -70]
    if not len(heard):
        return -70.0
    return _mean(heard[heard >= _mean(heard) - 10])


def _speaking(levels: Levels) -> NDArray[np.bool_]:
    return np.asarray(levels.loudness > max(-70.0, speech_level(levels.loudness) - _GATE))


# Stretches.


def _runs(marked: NDArray[Any], together_ms: int) -> list[Stretch]:
    """Steps that are marked, as stretches; those with less than so much between them are one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8)))
    runs: list[Stretch] = []
    for start, end in zip(edges[::2] * STEP_MS, edges[1::2] * STEP_MS, strict=True):
        if runs and start - runs[-1].end_ms <= together_ms:
            runs[-1] = Stretch(runs[-1].start_ms, int(end))
        else:
            runs.append(Stretch(int(start), int(end)))
    return runs


def _steps(stretch: Stretch) -> slice:
    return slice(stretch.start_ms // STEP_MS, -(-stretch.end_ms // STEP_MS))


def _worst(
    kind: str, stretches: Sequence[Stretch], badness: Sequence[float], **facts: Fact
) -> Iterable[Blemish]:
    """One blemish with the worst stretches, if there are any."""
    if stretches:
        order = sorted(range(len(stretches)), key=lambda i: -badness[i])
        told = tuple(stretches[i] for i in order[:MOST])
        yield Blemish(kind, None, told, len(stretches) - len(told), tuple(facts.items()))


# What is heard.


def _clipped(levels: Levels) -> Iterable[Blemish]:
    share = levels.clipped.max(axis=1, initial=0)
    found = _runs(share >= CLIPPED_SHARE, _TOGETHER_MS)
    return _worst("clipped", found, [float(share[_steps(s)].sum()) for s in found])


def _hum(levels: Levels) -> Iterable[Blemish]:
    speech = speech_level(levels.loudness)
    if speech <= -70:
        return
    each = levels.hum >= speech - HUM_BELOW_SPEECH
    # A note of music may fall into the other series for a moment.
    series = int(np.argmax(each.sum(axis=0)))
    heard, hum = each[:, series], levels.hum[:, series]
    if heard.sum() < _HUM_WINDOWS:
        return
    found = _runs(np.repeat(heard, WINDOW)[: len(levels)], _HUM_TOGETHER_MS)
    lasting = [s for s in found if heard[s.start_ms // 2000 : s.end_ms // 2000 + 1].sum() > 1]
    below = round(speech - float(np.median(hum[heard])))
    yield from _worst(
        "hum", lasting, [s.end_ms - s.start_ms for s in lasting], n=below, hz=MAINS[series]
    )


def _floors(
    levels: Levels, marked: NDArray[np.bool_], fewest_ms: int
) -> list[tuple[Stretch, float, float]]:
    """By stretches of 10 s: how far the background is below the voice, in dB, and its spread.

    The background is what the quietest tenth of the steps has.  Fast speech leaves less between
    its words, and in an echoing room voices die away slowly; then the quietest 2 % are nearer to
    what is behind, and music's own quietest 2 % lie 4 dB below its tenth.
    """
    size, hop = _JUDGED_MS // STEP_MS, _HOP_MS // STEP_MS
    found = []
    for at in range(0, max(1, len(levels) - size + hop), hop):
        steps = slice(at, min(at + size, len(levels)))
        judged = levels.loudness[steps][marked[steps]]
        if len(judged) * STEP_MS >= fewest_ms:
            fiftieth, twentieth, tenth = np.percentile(judged, [2, 5, 10])
            stretch = Stretch(at * STEP_MS, steps.stop * STEP_MS)
            below = speech_level(judged) - float(min(tenth, fiftieth + 4))
            found.append((stretch, below, float(tenth - twentieth)))
    return found


def _noise(levels: Levels) -> Iterable[Blemish]:
    """A background that is there all the time and never changes; music is not like that."""
    floors = _floors(levels, levels.loudness > -70, _JUDGED_MS * 9 // 10)
    # Where nobody speaks, everything is background.
    speech = speech_level(levels.loudness)
    floors = [f for f in floors if speech_level(levels.loudness[_steps(f[0])]) > speech - 6]
    if not floors:
        return
    below = float(np.median([floor[1] for floor in floors]))
    spread = float(np.median([floor[2] for floor in floors]))
    if below < NOISE_BELOW_SPEECH and spread < _STEADY:
        yield Blemish("noise", facts=(("n", round(below)),))


def _beds(levels: Levels, spoken: Mapping[str, Sequence[Stretch]]) -> Iterable[Blemish]:
    """Music or noise under the words."""
    marked = np.zeros(len(levels), np.bool_)
    for stretches in spoken.values():
        for s in stretches:
            marked[_steps(Stretch(max(0, s.start_ms - _AROUND_MS), s.end_ms + _AROUND_MS))] = True
    loud = [f for f in _floors(levels, marked, _FEWEST_MS) if f[1] < BED_BELOW_SPEECH]
    found: list[tuple[Stretch, list[float]]] = []
    for stretch, below, _ in loud:
        if found and stretch.start_ms <= found[-1][0].end_ms:
            found[-1] = (Stretch(found[-1][0].start_ms, stretch.end_ms), [*found[-1][1], below])
        else:
            found.append((stretch, [below]))
    means = [float(np.mean(belows)) for _, belows in found]
    worst = max(0, round(min(means, default=0.0)))
    yield from _worst("bed", [s for s, _ in found], [-mean for mean in means], n=worst)


def _silences(levels: Levels) -> Iterable[Blemish]:
    speech = speech_level(levels.loudness)
    if speech <= -70:
        return
    found = [
        stretch
        for stretch in _runs(levels.loudness < speech - SILENT_BELOW_SPEECH, 0)
        if stretch.end_ms - stretch.start_ms >= SILENCE_MS
    ]
    lengths = [stretch.end_ms - stretch.start_ms for stretch in found]
    longest = round(max(lengths, default=0) / 1000)
    yield from _worst("silence", found, lengths, n=longest)


def _smoothed(levels: Levels, values: NDArray[Any]) -> NDArray[Any]:
    """Means over 3 s, loud steps counting as they are heard."""
    size = 3000 // STEP_MS
    return np.convolve(np.pad(values, (size // 2, size - size // 2 - 1), "edge"), np.ones(size))[
        size - 1 : size - 1 + len(levels)
    ]


def _sides(levels: Levels) -> Iterable[Blemish]:
    if levels.channels != 2 or not len(levels):
        return
    left, right = (_smoothed(levels, 10 ** (levels.rms[:, side] / 10)) for side in (0, 1))
    speaking = _speaking(levels)
    apart = 10 * np.log10(np.maximum(left, 1e-12) / np.maximum(right, 1e-12))
    on_left, on_right = speaking & (apart > ONE_SIDE), speaking & (apart < -ONE_SIDE)
    found = [
        stretch
        for side in (on_left, on_right)
        for stretch in _runs(side, _TOGETHER_MS)
        if stretch.end_ms - stretch.start_ms >= _LASTS_MS
    ]
    if not found:
        return
    both = min(on_left.sum(), on_right.sum()) >= 0.1 * (on_left | on_right).sum()
    lengths = [stretch.end_ms - stretch.start_ms for stretch in found]
    whole = (on_left | on_right).sum() >= 0.9 * speaking.sum()
    kind = "two_sides" if both else "one_side"
    if whole:
        yield Blemish(kind)
    else:
        yield from _worst(kind, found, lengths)


def _opposite(levels: Levels) -> Iterable[Blemish]:
    if levels.channels != 2 or not len(levels):
        return
    power = np.sqrt(np.prod(10 ** (levels.rms.astype(np.float64) / 10), axis=1))
    likeness = _smoothed(levels, power * levels.likeness) / np.maximum(
        _smoothed(levels, power), 1e-15
    )
    speaking = _speaking(levels)
    wrong = speaking & (likeness < OPPOSITE)
    found = [
        stretch
        for stretch in _runs(wrong, _TOGETHER_MS)
        if stretch.end_ms - stretch.start_ms >= _LASTS_MS
    ]
    if found and wrong.sum() >= 0.9 * speaking.sum():
        yield Blemish("opposite")
    else:
        yield from _worst("opposite", found, [s.end_ms - s.start_ms for s in found])


def loudness_of(levels: Levels, stretches: Sequence[Stretch]) -> float | None:
    """The loudness of what somebody says; ``None`` where it is too little to judge."""
    own = [levels.loudness[_steps(stretch)] for stretch in stretches]
    heard = np.concatenate(own) if own else levels.loudness[:0]
    if len(heard) * STEP_MS < _FEWEST_MS:
        return None
    return speech_level(heard)


def _jumps(levels: Levels, spoken: Mapping[str, Sequence[Stretch]]) -> Iterable[Blemish]:
    """People who are much quieter than the loudest."""
    known = {name: loudness_of(levels, stretches) for name, stretches in spoken.items()}
    heard = {name: level for name, level in known.items() if level is not None}
    if len(heard) < 2:
        return
    loudest = max(heard, key=lambda name: heard[name])
    for name, level in sorted(heard.items(), key=lambda item: item[1]):
        if heard[loudest] - level > JUMP:
            facts: tuple[tuple[str, Fact], ...] = (
                ("name", name),
                ("other", loudest),
                ("n", round(heard[loudest] - level)),
            )
            yield Blemish("jump", None, tuple(spoken[name][:1]), 0, facts)
