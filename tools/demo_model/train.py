"""Train the model: resumable, seeded, with a curriculum that lengthens the windows."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from tools.demo_model import corpus
from tools.demo_model.network import Shape, Whisper
from tools.demo_model.tokens import VOCABULARY_SIZE
from tools.demo_model.windows import IGNORED, Batch, Mixer, Special

STAMP_BLUR = 1.5  # timestamp tokens: one token off is a small mistake, so the target is a bell
ALIGNING_HEADS = 2  # of the last decoder layer; they give the word times


@dataclass(frozen=True)
class Plan:
    """What a training run is given."""

    minutes: float = 95.0
    rate: float = 2e-3
    seed: int = 1
    threads: int = 2
    batch_scale: float = 1.0
    start: float = 0.0  # where in the curriculum (0 to 1) to begin
    save_every: float = 150.0  # seconds
    again: bool = False  # teach a trained model more voices: known ones come up less


@dataclass
class Progress:
    """How far a run has come."""

    step: int = 0
    seconds: float = 0.0
    audio: float = 0.0


def window_kind(done: float, turn: int) -> tuple[int, int]:
    """Length in seconds and number of windows of a batch, ``done`` (0 to 1) into the run."""
    if done < 0.12:
        return (9, 20)
    if done < 0.3:
        return (9, 20) if turn % 2 else (15, 12)
    if done < 0.7:
        return (30, 6) if turn % 2 else (12, 15)
    return (12, 15) if turn % 4 == 1 else (30, 6)


class Stream(IterableDataset):  # type: ignore[type-arg]
    """Batches made in a worker process while the network learns."""

    def __init__(self, work: Path, kept: list[int], phonemes: list[str], seed: str, plan: Plan,
                 done: Any) -> None:  # fmt: skip
        self.work, self.kept, self.phonemes = work, kept, phonemes
        self.seed, self.plan, self.done = seed, plan, done

    def __iter__(self) -> Iterator[Batch]:
        tokenizer = Tokenizer.from_file(str(self.work / "tokenizer.json"))
        info = torch.utils.data.get_worker_info()
        if info:
            torch.set_num_threads(1)
        seed = f"{self.seed} {info.id if info else 0}"
        known = 0.5 if self.plan.again else 1.0
        mixer = Mixer(corpus.load(self.work, known), tokenizer, self.kept, self.phonemes, seed)
        turn = 0
        while True:
            seconds, count = window_kind(self.done.value, turn)
            yield mixer.batch(seconds, max(2, round(count * self.plan.batch_scale)))
            turn += 1


def prepare(work: Path) -> tuple[list[int], list[str]]:
    """The kept tokens and the phoneme names of the corpus, noted once."""
    noted = work / "inventory.json"
    if noted.exists():
        found = json.loads(noted.read_text())
        return found["kept"], found["phonemes"]
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    tokens: set[int] = set()
    names: set[str] = {corpus.PAUSE}
    for utterance, _ in corpus.load(work):
        tokens.update(utterance.tokens)
        names.update(name for name, _ in utterance.phonemes)
    special = Special.of(tokenizer).all()
    kept = sorted(tokens - set(special)) + sorted(special)
    noted.write_text(json.dumps({"kept": kept, "phonemes": sorted(names)}))
    return kept, sorted(names)


def losses(model: Whisper, batch: Batch, first_stamp: int) -> tuple[Tensor, Tensor, Tensor, float]:
    """Cross-entropy of text, phonemes and attention, and the share of tokens that are right."""
    device_type = batch.mel.device.type
    with torch.autocast(device_type, dtype=torch.bfloat16):
        audio = model.encode(batch.mel, batch.shift)
        logits, scores = model.decode(batch.tokens, audio)
        heard = model.phonemes(audio)
    labels = batch.labels
    logs = logits.log_softmax(-1)
    stamps = (labels >= first_stamp) & (labels < first_stamp + 1501)
    known = (labels != IGNORED) & ~stamps
    text = -logs[known].gather(1, labels[known][:, None]).sum()
    centre = (labels[stamps] - first_stamp)[:, None]
    near = centre + torch.arange(-5, 6, device=labels.device)
    bell = torch.exp(-0.5 * ((near - centre) / STAMP_BLUR) ** 2) * ((near >= 0) & (near <= 1500))
    bell = bell / bell.sum(1, keepdim=True)
    near = near.clamp(0, 1500) + first_stamp
    text = text - (bell * logs[stamps].gather(1, near)).sum()
    text = text / (known.sum() + stamps.sum())
    phonemes = functional.cross_entropy(heard.float().flatten(0, 1), batch.phonemes.flatten())

    places = torch.arange(audio.shape[1], device=labels.device)
    spans = batch.spans
    inside = ((places >= spans[..., :1]) & (places < spans[..., 1:])).float()
    inside = inside / inside.sum(-1, keepdim=True).clamp(min=1)
    timed = spans[..., 0] >= 0
    last = scores[-1][:, :ALIGNING_HEADS].float().log_softmax(-1)
    guided = -(last * inside[:, None]).sum(-1).mean(1)[timed].mean()
    if len(scores) > 1:  # one head of the first layer follows the token just written
        before = scores[0][:, 0, 1:].float().log_softmax(-1)
        guided = guided - 0.5 * (before * inside[:, :-1]).sum(-1)[timed[:, :-1]].mean()
    right = (logits.argmax(-1) == labels)[known].float().mean()
    return text, phonemes, guided, right.item()


def learning_rate(plan: Plan, step: int, done: float) -> float:
    """Warm up, stay, then go down to nothing in a straight line."""
    warm = min(1.0, (step + 1) / 150)
    return plan.rate * warm * (1.0 if done < 0.4 else max(0.01, (1 - done) / 0.6))


def optimizers(model: Whisper) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for all the rest."""
    inner: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        matrix = parameter.ndim == 2 and name.startswith(("encoder.", "decoder."))
        (inner if matrix else others).append(parameter)
    return [
        torch.optim.Muon(inner, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, betas=(0.9, 0.98), weight_decay=0.01),
    ]


def spent(plan: Plan, device: torch.device) -> float:
    """Seconds of work so far: on a shared CPU the cores' own time, so that a run made beside other
    work learns as much as one on an idle machine.
    """
    return time.process_time() / plan.threads if device.type == "cpu" else time.monotonic()


def run(work: Path, shape: Shape, plan: Plan) -> Path:
    """Train until the time is up; goes on from the last checkpoint. Returns the checkpoint."""
    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    kept, phonemes = prepare(work)
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    first_stamp = kept.index(Special.of(tokenizer).stamp(0))
    model = Whisper(shape, len(kept), VOCABULARY_SIZE - len(kept), len(phonemes)).to(device)
    model.start_timestamps(first_stamp)
    steady = {name: value.detach().clone() for name, value in model.state_dict().items()}
    makers = optimizers(model)
    progress = Progress(seconds=plan.start * plan.minutes * 60)
    path = work / "checkpoint.pt"
    if path.exists():
        saved = torch.load(path, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        steady = saved["steady"]
        for maker, state in zip(makers, saved["optimizers"], strict=True):
            maker.load_state_dict(state)
        progress = Progress(**saved["progress"])
        print(f"going on from step {progress.step}", flush=True)
    size = sum(parameter.numel() for parameter in model.parameters())
    print(f"{size} weights, {len(kept)} tokens, {len(phonemes)} phonemes, on {device}", flush=True)

    def save() -> None:
        partial = path.with_suffix(".part")
        torch.save(
            {
                "model": model.state_dict(), "steady": steady, "shape": asdict(shape),
                "optimizers": [maker.state_dict() for maker in makers], "kept": kept,
                "progress": asdict(progress),
            },
            partial,
        )  # fmt: skip
        partial.rename(path)

    total = plan.minutes * 60
    done = multiprocessing.Value("d", progress.seconds / total)
    seed = f"{plan.seed} {progress.step}"
    stream = Stream(work, kept, phonemes, seed, plan, done)
    workers = 0 if device.type == "cpu" else max(2, (os.cpu_count() or 4) - 2)
    batches = iter(DataLoader(stream, batch_size=None, num_workers=workers))
    began, before = spent(plan, device), progress.seconds
    shown: list[tuple[float, ...]] = []
    last_save = time.monotonic()
    while progress.seconds < total:
        done.value = progress.seconds / total
        rate = learning_rate(plan, progress.step, done.value)
        batch = next(batches)
        if device.type != "cpu":
            batch = Batch(**{k: getattr(batch, k).to(device) for k in batch.__dataclass_fields__})
        text, phones, guided, right = losses(model, batch, first_stamp)
        weight = 0.5 if done.value < 0.4 else 0.25
        sounds = 1.0 if plan.again else weight  # a new voice is first of all new sounds
        (text + sounds * phones + weight * guided).backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        # A rare window gives not-a-number in the attention loss: such a step is left out.
        if torch.isfinite(norm):
            for maker in makers:
                for group in maker.param_groups:
                    group["lr"] = rate
                maker.step()
            keep = min(0.998, progress.step / (progress.step + 50))
            with torch.no_grad():
                for name, value in model.state_dict().items():
                    steady[name].lerp_(value, 1 - keep)
        for maker in makers:
            maker.zero_grad(set_to_none=True)
        now = time.monotonic()
        progress.step += 1
        progress.seconds = before + spent(plan, device) - began
        progress.audio += batch.seconds
        shown.append((text.item(), phones.item(), guided.item(), right))
        if progress.step % 20 == 0:
            a, b, c, d = (sum(column) / len(shown) for column in zip(*shown, strict=True))
            shown.clear()
            print(f"step {progress.step} {progress.seconds / 60:.1f} min, "
                  f"{progress.audio / 3600:.1f} h heard, rate {rate:.1e}, text {a:.3f}, "
                  f"phonemes {b:.3f}, attention {c:.3f}, right {d:.3f}", flush=True)  # fmt: skip
        if now - last_save > plan.save_every:
            save()
            last_save = now
    save()
    return path
