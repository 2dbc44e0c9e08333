"""How much time and memory a master costs, and how right it is: ``python -m benchmarks.sound``.

    python -m benchmarks.sound [--minutes 60] [--only ours stream loudnorm pydub]

One stereo WAV file is made from the sample show (speech, music under it at -14 dB, noise) and
mastered in four ways, each in a process of its own: ours, with the report on it; the bare stream
(ffmpeg's ebur128, then gain, limiter and encoder); ffmpeg's loudnorm in two passes, then the
encoder; pydub in memory.
CPU seconds are those of all processes, memory is the highest sum of their proportional shares
(PSS), loudness and true peak are ffmpeg's ebur128 on the finished MP3.  Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from podcast import ffmpeg, mastering, pipeline, reporting
from podcast.report import Silent
from podcast.timeline import make_timeline
from podcast.transcript import MachineWords
from podcast.wording import Wording
from podcast.workspace import Workspace, ensure_folder, write

SLUG = "episode-3"
EPISODE = Path(__file__).parent.parent / "episodes" / SLUG
TARGET, PEAK = -16.0, -1.5
ENCODER = ["-c:a", "libmp3lame", "-b:a", "128k", "-ar", "44100"]


def run(*arguments: str) -> str:
    """ffmpeg's log."""
    command = [ffmpeg.program(), "-nostdin", "-hide_banner", "-nostats", "-y", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def material(minutes: int, made: Path) -> None:
    """The file that all of them get."""
    run(
        "-i", str(EPISODE / "recording.flac"), "-i", str(EPISODE / "opening.flac"),
        "-filter_complex",
        f"anoisesrc=c=white:a=0.002:d={minutes * 60}:seed=1[l];"
        f"anoisesrc=c=white:a=0.002:d={minutes * 60}:seed=2[r];"
        "[l][r]join=inputs=2:channel_layout=stereo[noise];"
        "[0:a]aloop=-1:2e9,aformat=channel_layouts=stereo:sample_rates=44100,"
        "pan=stereo|c0=0.8*c0|c1=0.55*c1[speech];"
        "[1:a]aformat=channel_layouts=stereo:sample_rates=44100,aloop=-1:2e9,volume=-14dB[music];"
        "[speech][music][noise]amix=inputs=3:normalize=0:duration=shortest",
        "-t", str(minutes * 60), "-c:a", "pcm_s16le", "-rf64", "auto", str(made),
    )  # fmt: skip


def ours(source: Path, made: Path) -> None:
    """All that publish and check do with a sound: digest, master, levels, blemishes, report."""
    space = workspace(source, made.parent / "show")
    work = pipeline.start(space, Silent())
    episode = space.episode(SLUG, work.show)
    master = mastering.master(work, episode, space.recording(episode, work.show))
    timeline = make_timeline(
        space.transcript(SLUG, work.show, episode.language), words_of(space, master.duration_ms)
    )
    if not reporting.sound(space, SLUG, timeline, Wording("fr")):
        raise SystemExit("no report")
    os.replace(master.path, made)


def workspace(source: Path, folder: Path) -> Workspace:
    """The sample show with another recording, without its music."""
    space = Workspace(folder)
    ensure_folder(space.episode_folder(SLUG))
    ensure_folder(space.words_file(SLUG).parent)
    of = Workspace(EPISODE.parent.parent)
    for name in ("podcast.yaml", "glossary.yaml", "cover.jpg"):
        shutil.copy(of.root / name, folder)
    for file in (of.transcript_file(SLUG), of.words_file(SLUG)):
        shutil.copy(file, space.transcript_file(SLUG).parent)
    text = of.text(of.episode_file(SLUG))
    write(space.episode_file(SLUG), re.sub(r"(?m)^(opening|closing): .*\n", "", text))
    os.link(source, space.episode_folder(SLUG) / "recording.wav")
    return space


def words_of(space: Workspace, duration_ms: int) -> MachineWords:
    """The sample's words, as if the recogniser had heard them in a sound of another length."""
    words = space.words(SLUG)
    assert words
    return replace(words, duration_ms=duration_ms)


def stream(source: Path, made: Path) -> None:
    told = run("-i", str(source), "-filter:a", "ebur128", "-f", "null", "-")
    gain = TARGET - float(re.findall(r"I:\s+(-?[\d.]+) LUFS", told)[-1])
    chain = f"volume={gain:.2f}dB,alimiter=limit={10 ** (PEAK / 20):.5f}:level=false"
    run("-i", str(source), "-filter:a", chain, *ENCODER, str(made))


def loudnorm(source: Path, made: Path) -> None:
    target = f"loudnorm=I={TARGET}:TP={PEAK}:LRA=20"
    told = run("-i", str(source), "-filter:a", f"{target}:print_format=json", "-f", "null", "-")
    said = json.loads(told[told.rindex("{") : told.rindex("}") + 1])
    chain = (
        f"{target}:linear=true:measured_I={said['input_i']}:measured_TP={said['input_tp']}"
        f":measured_LRA={said['input_lra']}:measured_thresh={said['input_thresh']}"
        f":offset={said['target_offset']}"
    )
    run("-i", str(source), "-filter:a", chain, *ENCODER, str(made))


def pydub(source: Path, made: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pydub import AudioSegment, effects
    AudioSegment.converter = ffmpeg.program()
    sound = AudioSegment.from_wav(str(source))
    effects.normalize(sound, -PEAK).export(str(made), format="mp3", bitrate="128k").close()


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "ours": ours, "stream": stream, "loudnorm": loudnorm, "pydub": pydub,
}  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """What one way cost, and what came out."""

    cpu: float
    wall: float
    mebibytes: float
    loudness: float
    peak: float


def one(way: str, source: Path, made: Path) -> Cost:
    """Run a way in a process of its own, and look at its memory while it runs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sound", "--way", way, str(source), str(made)]
    )
    highest = [0.0]

    def watch() -> None:
        while process.poll() is None:
            highest[0] = max(highest[0], _memory(process.pid))
            time.sleep(0.2)

    watcher = threading.Thread(target=watch)
    watcher.start()
    if process.wait():
        raise SystemExit(f"{way} failed")
    wall = time.monotonic() - began
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = run("-i", str(made), "-filter:a", "ebur128=peak=true:framelog=quiet", "-f", "null", "-")
    heard = told[told.rindex("Summary:") :]
    loud = re.search(r"I:\s+(\S+) LUFS", heard)
    peak = re.search(r"Peak:\s+(\S+) dBFS", heard)
    return Cost(
        cpu, wall, highest[0],
        float(loud[1]) if loud else -math.inf, float(peak[1]) if peak else -math.inf,
    )  # fmt: skip


def _memory(process: int) -> float:
    """MiB of a process and all below it: what is shared counts once."""
    total, waiting = 0, [process]
    while waiting:
        this = Path("/proc") / str(waiting.pop())
        try:
            found = re.search(r"Pss:\s+(\d+)", (this / "smaps_rollup").read_text())
            total += int(found[1]) if found else 0
            for task in (this / "task").iterdir():
                waiting += [int(p) for p in (task / "children").read_text().split()]
        except OSError:
            continue
    return total / 1024


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--only", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--way", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        WAYS[options.way[0]](Path(options.way[1]), Path(options.way[2]))
        return
    costs: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.wav"
        material(options.minutes, source)
        print(f"{options.minutes} minutes\n")
        print("| way | CPU s | wall s | peak MiB | LUFS | dBTP |\n|---|---|---|---|---|---|")
        for way in options.only:
            cost = one(way, source, Path(folder) / f"{way}.mp3")
            costs[way] = cost
            print(
                f"| {way} | {cost.cpu:.1f} | {cost.wall:.0f} | {cost.mebibytes:.0f} "
                f"| {cost.loudness:.1f} | {cost.peak:.1f} |",
                flush=True,
            )
    mine = costs.get("ours")
    for way, cost in costs.items():
        if mine and way != "ours":
            print(
                f"\nours / {way}: CPU {mine.cpu / cost.cpu:.2f}, wall {mine.wall / cost.wall:.2f}, "
                f"memory {mine.mebibytes / cost.mebibytes:.2f}"
            )


if __name__ == "__main__":
    main()
