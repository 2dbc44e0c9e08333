"""Make the published sound from what was recorded: levelled, joined with its music, encoded.

One pass listens to each file (:mod:`podcast.analysis`), one encodes (:mod:`podcast.encoding`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from podcast import encoding
from podcast.analysis import hear
from podcast.ffmpeg import Progress, written
from podcast.levels import Levels
from podcast.planning import planned
from podcast.recording import Loudness, Master, Recording
from podcast.show import Sound


def master(
    recording: Recording,
    sound: Sound,
    made: Path,
    progress: Progress | None = None,
    workers: int | None = None,
    examine: Callable[[Sequence[Levels]], None] | None = None,
    halves_from_ms: int = encoding.HALVES_FROM_MS,
    keep: Callable[[Levels], None] | None = None,
) -> Master:
    """Write the finished MP3 to ``made``: cleaned, levelled, with its music, at the right loudness.

    ``examine`` gets the levels of each track before the long work, and may refuse them; ``keep``
    gets those of the finished sound.
    Raises :class:`Fixable` for recordings that cannot be published and :class:`Outside` where
    ffmpeg or the disk fails.
    """
    told = _Told(progress)
    with written(made), tempfile.TemporaryDirectory(dir=made.parent) as folder:
        heard = [
            hear(t, sound.highpass_hz, told.share(0.15 / len(recording.tracks)))
            for t in recording.tracks
        ]
        if examine:
            examine([h.levels for h in heard])
        made_of = planned(recording, heard, sound, Path(folder))
        plan = made_of.plan
        before = Loudness(
            sum(h.loudness.integrated for h in heard) / len(heard),
            max(h.loudness.peak for h in heard),
        )
        heard.clear()  # hours of levels are not needed while the encoder runs
        levelled = encoding.level(
            plan, made_of.target, sound.peak, made, told.share(0.85), workers, halves_from_ms
        )
    if keep:
        keep(levelled.levels)
    return Master(
        made, plan.duration_ms, plan.body.channels, before, levelled.after, plan.body_ms,
        levelled.gain, levelled.ceiling, tuple(s.offset_ms for s in plan.body.sources),
        kept=made_of.kept, played=made_of.played, joints_ms=made_of.joints_ms,
        removed_ms=plan.body.whole_ms - plan.body.duration_ms,
    )  # fmt: skip


def others(
    recording: Recording,
    sound: Sound,
    made: Master,
    files: Mapping[str, Path],
    progress: Progress | None = None,
) -> None:
    """Encode the sound of a master as other kinds of file, by kind: ``m4a``, ``opus``.

    They are made from the recording, not from the MP3, and apart from it: asking for one more kind
    leaves the MP3 and its address as they are.
    """
    told = _Told(progress)
    (first, *_) = files.values()
    with written(first), tempfile.TemporaryDirectory(dir=first.parent) as folder:
        share = 0.3 / len(recording.tracks)
        heard = [hear(t, sound.highpass_hz, told.share(share)) for t in recording.tracks]
        plan = planned(recording, heard, sound, Path(folder)).plan
        encoding.others(plan, made, files, told.share(0.7))


class _Told:
    """Tells one progress for several runs."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._done = 0.0

    def share(self, part: float) -> Progress:
        """The progress of the next run, which is ``part`` of the whole."""
        begin, self._done = self._done, self._done + part

        def tell(done: float) -> None:
            if self._progress:
                self._progress(begin + done * part)

        return tell
