"""One command for the whole recipe: texts, speech, training, export, figures.

``python -m tools.demo_model --work DIR [--minutes 95]``.  It goes on where it was stopped.
``--again --minutes 75`` teaches a trained model voices of all kinds, gently: the one in DIR, or,
with ``--from podcast/models/demo``, one that is shipped.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from tools.demo_model import corpus, evaluate, export, restore, texts, tokens, train
from tools.demo_model.network import Shape


def main() -> int:
    """Run every step that is not done yet."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo_model", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="speech (10 GB) and checkpoints")
    parser.add_argument("--minutes", type=float, default=95, help="of training in all")
    parser.add_argument("--again", action="store_true", help="teach a trained model more voices")
    parser.add_argument(
        "--from",
        type=Path,
        dest="shipped",
        metavar="FOLDER",
        help="with --again: the exported model to begin with",
    )
    parser.add_argument(
        "--newer",
        type=float,
        default=export.NEWER,
        help="with --again: share of the new weights, the rest stays as it was",
    )
    parser.add_argument(
        "--clock",
        action="store_true",
        help="minutes on the clock, not of work: to be done at a given time",
    )
    parser.add_argument("--seed", type=int, default=texts.SEED)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the corpus to make")
    parser.add_argument("--target", type=Path, default=evaluate.MODEL, help="model directory")
    parser.add_argument("--short", action="store_true", help="the short form of the figures")
    options = parser.parse_args()
    work: Path = options.work
    source = tokens.source_files(work / "source")
    tokenizer, _, _ = tokens.build(source)
    tokenizer.save(str(work / "tokenizer.json"), pretty=False)
    counts = {code: round(count * options.scale) for code, count in texts.COUNTS.items()}
    share = train.known(options.again)
    seconds = corpus.synthesise(work, options.seed, counts, options.threads, share)
    print(f"{seconds / 3600:.1f} h of speech", flush=True)
    plan = train.Plan(minutes=options.minutes, seed=options.seed, threads=options.threads,
                      by_the_clock=options.clock)  # fmt: skip
    before = None
    if options.again:
        plan = replace(plan, again=True, rate=8e-4, batch_scale=0.7)
        before = work / "before.pt"
        if not before.exists() and options.shipped:
            restore.checkpoint(options.shipped, before)
        elif not before.exists():
            shutil.copy(work / "checkpoint.pt", before)
    checkpoint = train.run(work, Shape(), plan)
    sizes = export.export(checkpoint, source, options.target, before, options.newer)
    print(f"{options.target}: {sum(sizes.values()) / 1e6:.1f} MB", flush=True)
    return evaluate.main([str(options.target), *(["--short"] if options.short else [])])


if __name__ == "__main__":
    sys.exit(main())
