"""What the search across all transcripts costs: ``python -m benchmarks.search``.

    python -m benchmarks.search [--episodes 1000]

Episodes of one hour and 9,000 words each, in a French that never was: 40,000 words drawn by Zipf's
law behind the hundred that French is held together by, 150 passages each.  The index is built in a
process of its own.  Queries are those of people: words that are frequent, medium and rare, one to
six of them, a phrase; for each, all files that the page asks for until ten results are there.
"""

from __future__ import annotations

import argparse
import itertools
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.pages import served
from podcast.search_index import VOLUME, Passage, shard
from podcast.searching import CATALOGUE, Told, block, catalogue, of_passages, shards

LINKS = """de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il
sont avec on mais nous vous je tu elle ils ou aux cette y c'est qu'il d'un l'on tout comme été ont
bien fait même être leur peut si sans deux aussi faire ces alors très ça parce oui voilà donc
quand où non là moi ses son sa notre votre leurs quoi toujours jamais encore peu après avant chez
entre depuis trop moins autre autres chaque puis ainsi car ni dont selon vers pendant""".split()
TYPES, WORDS, PASSAGES = 40_000, 9_000, 150
QUERY_KB, PEAK_MIB = 250, 200
ROOT = Path(__file__).parent.parent
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
FILES = {"words": "*/*.words.bin", "places": "*/*.places.bin", "texts": "texts/*.bin",
         "catalogue": CATALOGUE}  # fmt: skip
ONSETS = "b c d f g l m n p r s t v br cr dr gr pl pr tr ch qu st cl".split()
VOWELS = "a e i o u é è ai au eu ou an en in on ie oi".split()
ENDS = ["", "", "", "", "s", "r", "t", "l", "n", "tion", "ment", "té", "ible", "eur", "age"]


@cache
def lexicon() -> tuple[list[str], list[float]]:
    """The words, the most frequent first, and the sums of their weights."""
    rng = random.Random("lexicon")
    words = dict.fromkeys(LINKS)
    while len(words) < TYPES:
        parts = (rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(rng.choice((1, 2, 2, 3))))
        word = "".join(parts) + rng.choice(ENDS)
        words[f"l'{word}" if rng.random() < 0.04 else word] = None
    weights = (1 / (rank + 2.7) for rank in range(TYPES))
    return list(words), list(itertools.accumulate(weights))


def episode(number: int) -> list[Passage]:
    """The passages of one episode; the same whatever comes before."""
    rng = random.Random(f"episode {number}")
    words, sums = lexicon()
    said = rng.choices(words, cum_weights=sums, k=WORDS)
    passages = []
    each = WORDS // PASSAGES
    for first in range(0, WORDS, each):
        own = said[first : first + each]
        for at in range(0, each, 12):
            own[at] = own[at].capitalize()
            if at:
                own[at - 1] += rng.choice(".,?")
        starts = tuple((first + k) * 400 + rng.randint(0, 200) for k in range(each))
        name = f"p{starts[0] // 1000}"
        speaker = rng.choice(("Claire Martin", "Ahmed Benali", "Jeanne"))
        passages.append(Passage(name, speaker, " ".join(own) + ".", starts))
    return passages


def told(number: int) -> Told:
    return Told(f"episode-{number}", f"Le titre de l’épisode {number}", "fr",
                "2 novembre 2026", "2026-11-02")  # fmt: skip


def build(folder: Path, episodes: int) -> None:
    """The index as a site has it."""
    (folder / "texts").mkdir(parents=True)
    bound: list[list[tuple[str, int, int]]] = []
    for first in range(0, episodes, VOLUME):
        held = []
        bound.append([])
        for number in range(first, min(first + VOLUME, episodes)):
            passages = episode(number)
            whole = of_passages(passages, "fr")
            made = whole.entries
            held.append(made)
            bound[-1].append((f"episode-{number}", made.pairs, made.passages))
            for k, rows in enumerate(whole.blocks):
                path = folder / "texts" / f"episode-{number}-{k}.bin"
                path.write_bytes(block(told(number), rows))
        volume = first // VOLUME
        (folder / str(volume)).mkdir()
        for each in shards(volume, sum(pairs for _, pairs, _ in bound[-1])):
            words, places = shard([[one.slot(k) for k in each.slots] for one in held])
            (folder / each.words).write_bytes(words)
            (folder / each.places).write_bytes(places)
    (folder / CATALOGUE).write_bytes(catalogue(["fr"], bound))


def apart(what: str, folder: Path, episodes: int) -> tuple[float, float]:
    """CPU seconds and peak MiB of a build in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "benchmarks.search", "--only", what, str(folder)]
    done = subprocess.run([*command, "--episodes", str(episodes)], check=True, text=True,
                          stdout=subprocess.PIPE)  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, float(done.stdout)


def queries() -> dict[str, str]:
    """What people type, by the ranks of its words."""
    words, _ = lexicon()
    plain = [word for word in words if "'" not in word]
    return {
        "a rare word": plain[20_000],
        "a word of every twentieth passage": plain[110],
        "two words": f"{plain[200]} {plain[3_000]}",
        "four words": " ".join((plain[130], plain[400], plain[900], plain[2_000])),
        "six words, three of them links": f"la {plain[150]} des {plain[300]} dans {plain[500]}",
        "a phrase of two frequent words": f"« {plain[101]} {plain[103]} »",
        "a phrase with links": f"« la {plain[105]} de {plain[107]} »",
    }


ASK = """async ([engine, query]) => {
  if (!window.transcriptSearch) {
    const script = document.createElement('script');
    script.src = engine;
    await new Promise(done => { script.onload = done; document.head.append(script); });
  }
  const asked = [];
  const engineOf = transcriptSearch(async path => {
    asked.push(path);
    const answer = await fetch(path);
    const body = answer.body.pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(body).arrayBuffer());
  });
  const began = performance.now();
  const found = await engineOf.find(query);
  const shown = await Promise.all(
    found.passages.slice(0, 10).map(each => engineOf.text(each, found.block)));
  shown.forEach(each => engineOf.marked(each.text, found));
  return {asked: [...new Set(asked)], ms: performance.now() - began, all: found.all,
          near: found.near, some: found.some, shown: shown.length};
}"""


def asked(folder: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """What a real Chromium takes for each query, from a server of plain files."""
    shutil.copy(ROOT / "templates" / "static" / "find-engine.js", folder / "engine.js")
    (folder / "index.html").write_text('<!doctype html><meta charset="utf-8">', "utf-8")
    answers = []
    with served(folder) as address, sync_playwright() as playwright:
        chromium = next(filter(None, map(shutil.which, NAMES)))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for what, query in queries().items():
            page = browser.new_context().new_page()
            page.goto(address)
            answers.append((what, query, page.evaluate(ASK, ["engine.js", query])))
            page.close()
        browser.close()
    return answers


def sizes(folder: Path, pattern: str) -> list[int]:
    return [path.stat().st_size for path in folder.glob(pattern)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=1000)
    parser.add_argument("--only", nargs=2, metavar=("WHAT", "FOLDER"))
    given = parser.parse_args()
    if given.only:
        what, folder = given.only
        build(Path(folder), given.episodes) if what == "index" else corpus(given.episodes)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "index"
        cpu, peak = apart("index", folder, given.episodes)
        bare, _ = apart("corpus", folder, given.episodes)
        print(f"{given.episodes} episodes of {WORDS} words.\n")
        print("| CPU s | of it to make the corpus | peak MiB |\n|---|---|---|")
        print(f"| {cpu:.1f} | {bare:.1f} | {peak:.0f} |\n")
        print("| files | number | MB | mean kB | largest kB |\n|---|---|---|---|---|")
        for what, pattern in FILES.items():
            found = sizes(folder, pattern)
            mean = sum(found) / len(found) / 1000
            print(f"| {what} | {len(found)} | {sum(found) / 1e6:.1f} | {mean:.1f} "
                  f"| {max(found) / 1000:.1f} |")  # fmt: skip
        print("\n| query | passages | files | kB | ms in the browser |\n|---|---|---|---|---|")
        worst = 0.0
        for what, _, answer in asked(folder):
            kb = sum((folder / path).stat().st_size for path in answer["asked"]) / 1000
            worst = max(worst, kb)
            hits = f"{answer['all']} + {answer['near']} near + {answer['some']} in part"
            print(f"| {what} | {hits} | {len(answer['asked'])} | {kb:.0f} | {answer['ms']:.0f} |")
    kept = worst < QUERY_KB and peak < PEAK_MIB
    print(f"\nBudgets (below {QUERY_KB} kB for a query, {PEAK_MIB} MiB): "
          f"{'kept' if kept else 'NOT KEPT'}.")  # fmt: skip
    raise SystemExit(0 if kept else 1)


def corpus(episodes: int) -> None:
    """The talk alone."""
    for number in range(episodes):
        episode(number)


if __name__ == "__main__":
    main()
