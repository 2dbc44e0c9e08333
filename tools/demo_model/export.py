"""Write a trained checkpoint as a CTranslate2 model directory for faster-whisper."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import ctranslate2
import numpy as np
from ctranslate2.specs import common_spec, whisper_spec
from tokenizers import Tokenizer

from tools.demo_model.tokens import VOCABULARY_SIZE, build

Weights = Mapping[str, np.ndarray]
QUANTIZATION = "int8"
NEWER = 0.95  # share of the second course: it knows more voices, the first one knows its own better
CARD = Path(__file__).with_name("MODEL_CARD.md")
PREPROCESSOR = {
    "feature_size": 80, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400,
}  # fmt: skip


def sinusoids(length: int, width: int) -> np.ndarray:
    """Whisper's fixed positions of the encoder."""
    half = width // 2
    rates = np.exp(-math.log(10000) / (half - 1) * np.arange(half))
    angles = np.arange(length)[:, None] * rates[None]
    return np.concatenate([np.sin(angles), np.cos(angles)], 1).astype(np.float32)


def _norm(spec: common_spec.LayerNormSpec, w: Weights, name: str) -> None:
    spec.gamma, spec.beta = w[f"{name}.weight"], w[f"{name}.bias"]


def _linear(spec: common_spec.LinearSpec, w: Weights, *names: str) -> None:
    """One layer, or several side by side; CTranslate2 wants zeros where Whisper has no bias."""
    rows = [w[f"{name}.weight"] for name in names]
    none = [np.zeros(len(row), np.float32) for row in rows]
    spec.weight = np.concatenate(rows)
    spec.bias = np.concatenate([w.get(f"{n}.bias", z) for n, z in zip(names, none, strict=True)])


def build_spec(w: Weights, shape: Mapping[str, int], kept: list[int]) -> whisper_spec.WhisperSpec:
    """The weights in CTranslate2's layout, with a row for each of Whisper's tokens."""
    heads = shape["heads"]
    spec = whisper_spec.WhisperSpec(shape["encoder_layers"], heads, shape["decoder_layers"], heads)
    e, d = spec.encoder, spec.decoder
    e.conv1.weight, e.conv1.bias = w["conv1.weight"], w["conv1.bias"]
    e.conv2.weight, e.conv2.bias = w["conv2.weight"], w["conv2.bias"]
    e.position_encodings.encodings = sinusoids(1500, w["conv1.weight"].shape[0])
    _norm(e.layer_norm, w, "encoder_norm")
    for side, layers in (("encoder", e.layer), ("decoder", d.layer)):
        for i, layer in enumerate(layers):
            name = f"{side}.{i}"
            own = layer.self_attention
            _norm(own.layer_norm, w, f"{name}.norm")
            parts = [f"{name}.attention.{part}" for part in ("query", "key", "value")]
            _linear(own.linear[0], w, *parts)
            _linear(own.linear[1], w, f"{name}.attention.out")
            _norm(layer.ffn.layer_norm, w, f"{name}.feed.norm")
            _linear(layer.ffn.linear_0, w, f"{name}.feed.up")
            _linear(layer.ffn.linear_1, w, f"{name}.feed.down")
            if side == "decoder":
                cross = layer.attention
                _norm(cross.layer_norm, w, f"{name}.cross_norm")
                _linear(cross.linear[0], w, f"{name}.cross_attention.query")
                keys = [f"{name}.cross_attention.{part}" for part in ("key", "value")]
                _linear(cross.linear[1], w, *keys)
                _linear(cross.linear[2], w, f"{name}.cross_attention.out")
    rows = w["embedding.weight"]
    everything = np.repeat(rows[-1:], VOCABULARY_SIZE, 0)  # the last row is any token never seen
    everything[np.array(kept)] = rows[:-1]
    d.embeddings.weight = d.projection.weight = everything
    d.position_encodings.encodings = w["text_positions"]
    _norm(d.layer_norm, w, "decoder_norm")
    return spec


def load_checkpoint(
    path: Path, before: Path | None = None, newer: float = NEWER
) -> tuple[dict[str, np.ndarray], dict[str, int], list[int]]:
    """Averaged weights, sizes and kept tokens; mixed with the weights of ``before``, if given."""
    import torch  # only the training side needs it

    saved = torch.load(path, map_location="cpu", weights_only=True)
    weights = {name: value.float().numpy() for name, value in saved["steady"].items()}
    if before:
        older = torch.load(before, map_location="cpu", weights_only=True)["steady"]
        for name, value in older.items():
            weights[name] = (1 - newer) * value.float().numpy() + newer * weights[name]
    return weights, saved["shape"], saved["kept"]


def export(
    checkpoint: Path, source: Path, target: Path, before: Path | None = None, newer: float = NEWER
) -> dict[str, int]:
    """Build the directory beside its place, then move the files in; returns their sizes."""
    weights, shape, kept = load_checkpoint(checkpoint, before, newer)
    tokenizer, vocabulary, codes = build(source)
    spec = build_spec(weights, shape, kept)
    spec.register_vocabulary(vocabulary)

    known = tokenizer.get_vocab()

    def number(name: str) -> int:
        return known[name]

    spec.config.lang_ids = [number(f"<|{code}|>") for code in codes]
    spec.config.suppress_ids = []  # faster-whisper works out its own list
    spec.config.suppress_ids_begin = [number("Ġ"), number("<|endoftext|>")]
    last = shape["decoder_layers"] - 1
    spec.config.alignment_heads = [[last, 0], [last, 1]]
    spec.validate()
    spec.optimize(quantization=QUANTIZATION)
    made = target.with_name(target.name + ".new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    spec.save(str(made))
    _compact(made, tokenizer)
    licence = (source / "LICENSE").read_text(encoding="utf-8")
    (made / "LICENSE-whisper-tokenizer").write_text(
        "tokenizer.json and vocabulary.json hold Whisper's multilingual vocabulary, taken from\n"
        "the openai-whisper package under this licence:\n\n" + licence, encoding="utf-8"
    )  # fmt: skip
    if CARD.exists():
        shutil.copy(CARD, made / CARD.name)
    ctranslate2.models.Whisper(str(made), device="cpu", compute_type="int8")  # it loads
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(made.iterdir()):
        os.replace(file, target / file.name)
    made.rmdir()
    return {file.name: file.stat().st_size for file in sorted(target.iterdir())}


def _compact(folder: Path, tokenizer: Tokenizer) -> None:
    """The files beside the weights, without the spaces that json.dump puts in."""
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    tight = (",", ":")
    (folder / "vocabulary.json").write_text(
        json.dumps(vocabulary, ensure_ascii=False, separators=tight), encoding="utf-8"
    )
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR))
