"""Train the model: resumable, seeded, with a curriculum that lengthens the windows."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, distributed, multiprocessing, nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from tools.demo_model import corpus
from tools.demo_model.network import Shape, Whisper
from tools.demo_model.tokens import VOCABULARY_SIZE
from tools.demo_model.windows import IGNORED, Batch, Mixer, Special

LISTENING = ("conv", "encoder", "phonemes")  # what a second course changes most: new voices
WRITING_RATE = 0.3  # of theirs for all the rest: not at all, and long conversations lost sentences
PHONEME_STEPS = 60  # at the start of a course from a shipped model
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
    again: bool = False  # a second course, from the weights in before.pt: voices of all kinds
    by_the_clock: bool = False  # minutes on the wall, however little the cores could work in them

    @property
    def checkpoint(self) -> str:
        """The file's name in the work folder."""
        return "again.pt" if self.again else "checkpoint.pt"


@dataclass
class Progress:
    """How far a run has come."""

    step: int = 0
    seconds: float = 0.0
    audio: float = 0.0
    begun: float = 0.0  # when, by the clock of the machine


def window_kind(done: float, turn: int, again: bool = False) -> tuple[int, int]:
    """Length in seconds and number of windows of a batch, ``done`` (0 to 1) into the run.

    A second course has mostly long windows: with many short ones whole sentences of a long
    conversation went missing after it.
    """
    if again:
        return (30, 6) if turn % 4 else (8, 21)
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
        parts = self.plan.threads
        info = torch.utils.data.get_worker_info()
        if info:
            torch.set_num_threads(1)
        seed = f"{self.seed} {info.id if info else 0}"
        speech = corpus.load(self.work, known(self.plan.again))
        mixer = Mixer(speech, tokenizer, self.kept, self.phonemes, seed)
        turn = 0
        while True:
            seconds, count = window_kind(self.done.value, turn, self.plan.again)
            yield mixer.batch(seconds, max(2, round(count * self.plan.batch_scale / parts)))
            turn += 1


def known(again: bool) -> float:
    """How much of the first round of speech is wanted: in a second course it comes up less."""
    return 0.5 if again else 1.0


def prepare(work: Path, again: bool = False) -> tuple[list[int], list[str]]:
    """The kept tokens and the phoneme names of the corpus, noted once."""
    noted = work / "inventory.json"
    if noted.exists():
        found = json.loads(noted.read_text())
        return found["kept"], found["phonemes"]
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    tokens: set[int] = set()
    names: set[str] = {corpus.PAUSE}
    for utterance, _ in corpus.load(work, known(again)):
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
    warm = min(1.0, (step + 1) / (40 if plan.again else 150))
    stay = 0.2 if plan.again else 0.4
    return plan.rate * warm * (1.0 if done < stay else max(0.01, (1 - done) / (1 - stay)))


def optimizers(model: Whisper, again: bool) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for all the rest.

    Each group has a ``share`` of the rate: what a second course changes less has a smaller one.
    """
    inner: dict[float, list[nn.Parameter]] = {}
    others: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        matrix = parameter.ndim == 2 and name.startswith(("encoder.", "decoder."))
        share = WRITING_RATE if again and not name.startswith(LISTENING) else 1.0
        (inner if matrix else others).setdefault(share, []).append(parameter)

    def groups(kind: dict[float, list[nn.Parameter]]) -> list[dict[str, Any]]:
        return [{"params": found, "share": share} for share, found in kind.items()]

    return [
        torch.optim.Muon(groups(inner), weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(groups(others), betas=(0.9, 0.98), weight_decay=0.01),
    ]


def spent(device: torch.device) -> float:
    """Seconds of work so far: on a shared CPU the core's own time, so that a run made beside other
    work learns as much as one on an idle machine.
    """
    return time.process_time() if device.type == "cpu" else time.monotonic()


def shared(model: Whisper, seconds: float) -> float:
    """Give every process the mean of all gradients; also the mean of ``seconds``."""
    if not distributed.is_initialized():
        return seconds
    found = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([grad.flatten() for grad in found] + [torch.tensor([seconds])])
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    at = 0
    for grad in found:
        grad.copy_(flat[at : at + grad.numel()].view_as(grad))
        at += grad.numel()
    return float(flat[-1])


def run(work: Path, shape: Shape, plan: Plan) -> Path:
    """Train until the time is up; goes on from the last checkpoint. Returns the checkpoint.

    On a CPU each core has a process of its own and the gradients are averaged: two threads of one
    process take twice as long for the same, most of it waiting for each other.
    """
    prepare(work, plan.again)
    if torch.cuda.is_available() or plan.threads < 2:
        return _part(0, work, shape, replace(plan, threads=1), "")
    with tempfile.TemporaryDirectory() as folder:
        meeting = f"file://{folder}/meeting"
        multiprocessing.spawn(_part, (work, shape, plan, meeting), plan.threads)
    return work / plan.checkpoint


def learn_phonemes(model: Whisper, batches: Iterator[Batch], device: torch.device) -> float:
    """Teach the layer that reads phonemes alone: a shipped model has lost it. Returns the loss."""
    maker = torch.optim.AdamW(model.phonemes.parameters(), lr=5e-3)
    for _ in range(PHONEME_STEPS):
        batch = next(batches)
        with torch.no_grad(), torch.autocast(device.type, dtype=torch.bfloat16):
            audio = model.encode(batch.mel.to(device), batch.shift.to(device)).float()
        heard = model.phonemes(audio).flatten(0, 1)
        loss = functional.cross_entropy(heard, batch.phonemes.to(device).flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        shared(model, 0)
        maker.step()
        maker.zero_grad(set_to_none=True)
    return loss.item()


def _part(rank: int, work: Path, shape: Shape, plan: Plan, meeting: str) -> Path:
    """The work of one process of ``plan.threads``; the first one tells and saves."""
    if meeting:
        distributed.init_process_group(
            "gloo", init_method=meeting, rank=rank, world_size=plan.threads
        )
    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def tell(line: str) -> None:
        if not rank:
            print(line, flush=True)

    kept, phonemes = prepare(work, plan.again)
    older, missing = None, []
    if plan.again:
        older = torch.load(work / "before.pt", map_location=device, weights_only=True)
        kept, shape = older["kept"], Shape(**older["shape"])
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    first_stamp = kept.index(Special.of(tokenizer).stamp(0))
    model = Whisper(shape, len(kept), VOCABULARY_SIZE - len(kept), len(phonemes)).to(device)
    model.start_timestamps(first_stamp)
    if older:
        missing, _ = model.load_state_dict(older["steady"], strict=False)
        assert all(name.startswith("phonemes.") for name in missing), missing
    steady = {name: value.detach().clone() for name, value in model.state_dict().items()}
    makers = optimizers(model, plan.again)
    progress = Progress(seconds=plan.start * plan.minutes * 60, begun=time.time())
    path = work / plan.checkpoint
    if path.exists():
        saved = torch.load(path, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        steady = saved["steady"]
        for maker, state in zip(makers, saved["optimizers"], strict=True):
            maker.load_state_dict(state)
        progress = Progress(**saved["progress"])
        tell(f"going on from step {progress.step}")
    size = sum(parameter.numel() for parameter in model.parameters())
    tell(f"{size} weights, {len(kept)} tokens, {len(phonemes)} phonemes, on {device}")

    def save() -> None:
        if rank:
            return
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
    done = multiprocessing.get_context().Value("d", progress.seconds / total)
    seed = f"{plan.seed} {progress.step} {rank}"
    stream = Stream(work, kept, phonemes, seed, plan, done)
    workers = 0 if device.type == "cpu" else max(2, (os.cpu_count() or 4) - 2)
    batches = iter(DataLoader(stream, batch_size=None, num_workers=workers))
    if older and missing and not progress.step:
        tell(f"phonemes {learn_phonemes(model, batches, device):.3f}")
        for name in ("phonemes.weight", "phonemes.bias"):
            steady[name] = model.state_dict()[name].detach().clone()
    began, before = spent(device), progress.seconds
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
        worked = before + spent(device) - began
        if plan.by_the_clock:
            worked = time.time() - progress.begun
        progress.seconds = shared(model, worked)
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        # A rare window gives not-a-number in the attention loss: such a step is left out.
        if torch.isfinite(norm):
            for maker in makers:
                for group in maker.param_groups:
                    group["lr"] = rate * group["share"]
                maker.step()
            keep = min(0.998, progress.step / (progress.step + 50))
            with torch.no_grad():
                for name, value in model.state_dict().items():
                    steady[name].lerp_(value, 1 - keep)
        for maker in makers:
            maker.zero_grad(set_to_none=True)
        now = time.monotonic()
        progress.step += 1
        progress.audio += batch.seconds * plan.threads
        shown.append((text.item(), phones.item(), guided.item(), right))
        if progress.step % 20 == 0:
            a, b, c, d = (sum(column) / len(shown) for column in zip(*shown, strict=True))
            shown.clear()
            tell(f"step {progress.step} {progress.seconds / 60:.1f} min, "
                 f"{progress.audio / 3600:.1f} h heard, rate {rate:.1e}, text {a:.3f}, "
                 f"phonemes {b:.3f}, attention {c:.3f}, right {d:.3f}")  # fmt: skip
        if now - last_save > plan.save_every:
            save()
            last_save = now
    save()
    return path
