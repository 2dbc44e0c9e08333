"""Say in ffmpeg's language how the published sound comes from its files, whole or from a moment on.

The body is the recording; what stands before and after it (``head``, ``tail``) is short and shaped
already.  Times are integer milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

RATE = 44_100
# What afftdn gives comes two of its steps (1/80 s) late.
_LATE = 2 * (RATE // 80)
_DENOISE = (
    f"aresample={RATE}",
    f"apad=pad_len={_LATE}",
    "afftdn=nr=10:nf=-50:tn=1",
    f"atrim=start_sample={_LATE}",
    "asetpts=N/SR/TB",
)


@dataclass(frozen=True, slots=True)
class Source:
    """How one file of the recording goes into the body.

    ``pan`` is the only side to take (0 left, 1 right) or ``None``; ``offset_ms`` is where it begins
    in the body, before it if negative; ``drift`` is how much faster its clock runs (1e-6 is 1 ppm).
    """

    gain: float
    duration_ms: int
    pan: int | None = None
    offset_ms: int = 0
    drift: float = 0.0


@dataclass(frozen=True, slots=True)
class Body:
    """The recording: ``parts`` are heard one after the other, otherwise the sources at once."""

    sources: tuple[Source, ...]
    parts: bool
    channels: int
    highpass_hz: int
    denoise: bool

    @property
    def duration_ms(self) -> int:
        """How long it is heard."""
        if self.parts:
            return sum(s.duration_ms for s in self.sources)
        return max(s.offset_ms + s.duration_ms for s in self.sources)


@dataclass(frozen=True, slots=True)
class Cut:
    """From when to when of the body something is wanted; ``None`` is its end."""

    start_ms: int = 0
    end_ms: int | None = None


def body(whole: Body, cut: Cut, first: int = 0) -> list[str]:
    """Filters from the inputs ``first``, … to ``[body]``."""
    layout = "stereo" if whole.channels == 2 else "mono"
    form = f"aresample={RATE},aformat=sample_fmts=fltp:channel_layouts={layout}"
    lines, names = [], []
    for i, source in enumerate(whole.sources):
        begin = round((cut.start_ms - source.offset_ms) * (1 + source.drift))
        chain = [] if whole.parts else _from(begin)
        if source.pan is not None:
            chain.append(f"pan=mono|c0=c{source.pan}")
        if source.drift:
            chain += _slower(source.drift)
        if whole.highpass_hz:
            chain.append(f"highpass=f={whole.highpass_hz}")
        if whole.denoise:
            chain += _DENOISE
        chain += [f"volume={source.gain:.3f}dB", form]
        late = source.offset_ms - cut.start_ms
        if not whole.parts and late > 0:
            chain.append(f"adelay={late}:all=1")
        lines.append(f"[{first + i}:a:0]{','.join(chain)}[s{i}]")
        names.append(f"[s{i}]")
    end = []
    if cut.end_ms is not None:
        end = [f"atrim=end={(cut.end_ms - cut.start_ms) / 1000:.3f}"]
    if len(names) == 1:
        lines.append(f"[s0]{','.join(end) or 'anull'}[body]")
    elif whole.parts:
        parts = [f"{''.join(names)}concat=n={len(names)}:v=0:a=1", *_from(cut.start_ms), *end]
        lines.append(f"{','.join(parts)}[body]")
    else:
        mix = f"{''.join(names)}amix=inputs={len(names)}:normalize=0:duration=longest"
        lines.append(f"{','.join([mix, *end])}[body]")
    return lines


def _slower(drift: float) -> list[str]:
    """Two whole rates, one taken for the other, whose ratio is 1 + drift to a hundredth of it."""
    apart = max(1, round(RATE * 1.5 * abs(drift)))
    rate = round(apart / abs(drift))
    return [f"aresample={rate}", f"asetrate={rate + (apart if drift > 0 else -apart)}"]


def _from(start_ms: int) -> list[str]:
    if start_ms <= 0:
        return []
    return [f"atrim=start={start_ms / 1000:.3f}", "asetpts=N/SR/TB"]


def joined(inputs: Sequence[int], has_body: bool, channels: int) -> str:
    """The filter that puts short pieces (by their input's number) around ``[body]``.

    The first of two pieces is the head; ``-1`` stands for none.
    """
    layout = "stereo" if channels == 2 else "mono"
    head, tail = inputs
    form = f"aresample={RATE},aformat=sample_fmts=fltp:channel_layouts={layout}"
    lines = [f"[{i}:a:0]{form}[{n}]" for i, n in ((head, "head"), (tail, "tail")) if i >= 0]
    pieces = ["[head]"] * (head >= 0) + ["[body]"] * has_body + ["[tail]"] * (tail >= 0)
    if len(pieces) > 1:
        lines.append(f"{''.join(pieces)}concat=n={len(pieces)}:v=0:a=1[whole]")
    else:
        lines.append(f"{pieces[0]}anull[whole]")
    return ";".join(lines)


def levelled(gain: float, ceiling: float) -> str:
    """Gain and limiter, in dB."""
    limit = 10 ** (ceiling / 20)
    return (
        f"alimiter=level_in={10 ** (gain / 20):.6f}:limit={limit:.5f}:level=false"
        ":attack=5:release=60"
    )
