"""Say in ffmpeg's language how the published sound comes from its files, whole or from a moment on.

The body is the recording, the music around and between its parts is short and shaped already.
Times are integer milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from podcast.splices import FRAME_MS, Span, lanes

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
    """The recording: ``parts`` are heard one after the other, otherwise the sources at once.

    ``between_ms`` of silence stand between the parts; of what comes out of that, the spans
    ``removed`` are left out.
    """

    sources: tuple[Source, ...]
    parts: bool
    channels: int
    highpass_hz: int
    denoise: bool
    between_ms: int = 0
    removed: tuple[Span, ...] = ()

    @property
    def whole_ms(self) -> int:
        """How long it is before anything is left out."""
        if self.parts:
            between_ms = self.between_ms * (len(self.sources) - 1)
            return sum(s.duration_ms for s in self.sources) + between_ms
        return max(s.offset_ms + s.duration_ms for s in self.sources)

    @property
    def duration_ms(self) -> int:
        """How long it is heard."""
        return self.whole_ms - sum(end - start for start, end in self.removed)


@dataclass(frozen=True, slots=True)
class Laid:
    """A short piece of music (a WAV file), and when of the whole it is heard."""

    path: Path
    at_ms: int
    duration_ms: int


def body(whole: Body, start_ms: int, first: int = 0, fades: int | None = None) -> list[str]:
    """Filters from the inputs ``first``, … to ``[body]``, from a moment of the body on.

    ``fades`` is the input that says how loud the two sides of each join are.
    """
    if not whole.removed:
        return _unshortened(whole, start_ms, first, "body")
    if fades is None:
        raise ValueError("joins without fades")
    frame = start_ms // FRAME_MS
    origin, picks = lanes(whole.removed, frame)
    lines = _unshortened(whole, origin * FRAME_MS, first, "long")
    size = RATE * FRAME_MS // 1000
    lines.append(f"[long]asetnsamples={size}:p=0,asplit[long0][long1]")
    volume = [*_from(frame * FRAME_MS), f"aresample={RATE}", "asplit[fades0][fades1]"]
    lines.append(f"[{fades}:a:0]{','.join(volume)}")
    layout = _layout(whole.channels)
    for lane, pick in enumerate(picks):
        both = "|".join(f"c{channel}=c{lane}" for channel in range(whole.channels))
        lines += [
            f"[fades{lane}]pan={layout}|{both},aformat=sample_fmts=fltp[volume{lane}]",
            f"[long{lane}]aselect='{pick}',asetpts=N/SR/TB[picked{lane}]",
            f"[picked{lane}][volume{lane}]amultiply[lane{lane}]",
        ]
    rest = ",".join(["amix=inputs=2:normalize=0", *_from(start_ms % FRAME_MS)])
    return [*lines, f"[lane0][lane1]{rest}[body]"]


def _unshortened(whole: Body, start_ms: int, first: int, name: str) -> list[str]:
    form = f"aresample={RATE},aformat=sample_fmts=fltp:channel_layouts={_layout(whole.channels)}"
    lines, names = [], []
    parts = whole.parts and len(whole.sources) > 1
    for i, source in enumerate(whole.sources):
        begin = round((start_ms - source.offset_ms) * (1 + source.drift))
        chain = [] if parts else _from(begin)
        if source.pan is not None:
            chain.append(f"pan=mono|c0=c{source.pan}")
        if source.drift:
            chain += _slower(source.drift)
        if whole.highpass_hz:
            chain.append(f"highpass=f={whole.highpass_hz}")
        if whole.denoise:
            chain += _DENOISE
        chain += [f"volume={source.gain:.3f}dB", form]
        late = source.offset_ms - start_ms
        if not parts and late > 0:
            chain.append(f"adelay={late}:all=1")
        if parts and whole.between_ms and i + 1 < len(whole.sources):
            chain.append(f"apad=pad_len={_samples(whole.between_ms)}")
        lines.append(f"[{first + i}:a:0]{','.join(chain)}[s{i}]")
        names.append(f"[s{i}]")
    if len(names) == 1:
        lines.append(f"[s0]anull[{name}]")
    elif parts:
        joined = [f"{''.join(names)}concat=n={len(names)}:v=0:a=1", *_from(start_ms)]
        lines.append(f"{','.join(joined)}[{name}]")
    else:
        mix = f"{''.join(names)}amix=inputs={len(names)}:normalize=0:duration=longest"
        lines.append(f"{mix}[{name}]")
    return lines


def _layout(channels: int) -> str:
    return "stereo" if channels == 2 else "mono"


def _samples(ms: int) -> int:
    return round(ms * RATE / 1000)


def _slower(drift: float) -> list[str]:
    """Two whole rates, one taken for the other, whose ratio is 1 + drift to a hundredth of it."""
    apart = max(1, round(RATE * 1.5 * abs(drift)))
    rate = round(apart / abs(drift))
    return [f"aresample={rate}", f"asetrate={rate + (apart if drift > 0 else -apart)}"]


def _from(start_ms: int) -> list[str]:
    if start_ms <= 0:
        return []
    return [f"atrim=start={start_ms / 1000:.3f}", "asetpts=N/SR/TB"]


def whole(
    laid: Sequence[Laid], first: int, tail: bool, late_ms: int, start_ms: int, channels: int
) -> list[str]:
    """Filters from ``[body]`` and the music (inputs ``first``, …) to ``[whole]``.

    The body is ``late_ms`` late, and the pieces of music, each of which ends before the next one
    begins, are heard from ``start_ms`` of the whole on; a ``tail`` follows the last sample.
    """
    form = f"aresample={RATE},aformat=sample_fmts=fltp:channel_layouts={_layout(channels)}"
    late = f"adelay={_samples(late_ms)}S:all=1" if late_ms > 0 else "anull"
    lines, names = [f"[body]{late}[late]"], []
    at_ms = start_ms
    for i, piece in enumerate(laid, first):
        if piece.at_ms > at_ms:
            silence = f"anullsrc=r={RATE}:cl={_layout(channels)}"
            lines.append(f"{silence},atrim=end_sample={_samples(piece.at_ms - at_ms)},{form}[z{i}]")
            names.append(f"[z{i}]")
        lines.append(f"[{i}:a:0]{','.join([form, *_from(start_ms - piece.at_ms)])}[m{i}]")
        names.append(f"[m{i}]")
        at_ms = piece.at_ms + piece.duration_ms
    if laid:
        lines.append(f"{''.join(names)}concat=n={len(names)}:v=0:a=1[music]")
        lines.append("[late][music]amix=inputs=2:normalize=0:duration=longest[mixed]")
    mixed = "[mixed]" if laid else "[late]"
    if not tail:
        return [*lines, f"{mixed}anull[whole]"]
    lines.append(f"[{first + len(laid)}:a:0]{form}[tail]")
    return [*lines, f"{mixed}[tail]concat=n=2:v=0:a=1[whole]"]


def levelled(gain: float, ceiling: float) -> str:
    """Gain and limiter, in dB."""
    limit = 10 ** (ceiling / 20)
    return (
        f"alimiter=level_in={10 ** (gain / 20):.6f}:limit={limit:.5f}:level=false"
        ":attack=5:release=60"
    )
