"""A speech model of a few hundred kilobytes: the whole layout, random weights, understands nothing.

CTranslate2 itself writes it, so that what is checked here is the format that real models have.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ctranslate2.specs.whisper_spec as whisper_spec
import numpy as np

WIDTH = 16
POSITIONS = {"encoder": 1500, "decoder": 448}
SPECIAL = [
    "<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|fr|>", "<|translate|>",
    "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>",
]  # fmt: skip
VOCABULARY = ["a", "b", *SPECIAL, *(f"<|{tick * 0.02:.2f}|>" for tick in range(1501))]


def build(folder: Path, mels: int = 80, preprocessor: bool = True) -> Path:
    """Write the folder of a whole model."""
    dice = np.random.default_rng(7)

    def linear(layer: Any, outputs: int, inputs: int) -> None:
        layer.weight = dice.standard_normal((outputs, inputs), np.float32) / inputs
        layer.bias = np.zeros(outputs, np.float32)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def attention(layer: Any, shapes: tuple[int, ...]) -> None:
        norm(layer.layer_norm)
        for part, outputs in zip(layer.linear, shapes, strict=True):
            linear(part, outputs * WIDTH, WIDTH)

    def feed_forward(layer: Any) -> None:
        norm(layer.layer_norm)
        linear(layer.linear_0, 4 * WIDTH, WIDTH)
        linear(layer.linear_1, WIDTH, 4 * WIDTH)

    spec = whisper_spec.WhisperSpec(1, 2, 1, 2)
    for layer, inputs in ((spec.encoder.conv1, mels), (spec.encoder.conv2, WIDTH)):
        layer.weight = dice.standard_normal((WIDTH, inputs, 3), np.float32) / inputs
        layer.bias = np.zeros(WIDTH, np.float32)
    for name, length in POSITIONS.items():
        side = getattr(spec, name)
        side.position_encodings.encodings = dice.standard_normal((length, WIDTH), np.float32)
        norm(side.layer_norm)
        attention(side.layer[0].self_attention, (3, 1))
        feed_forward(side.layer[0].ffn)
    attention(spec.decoder.layer[0].attention, (1, 2, 1))
    words = dice.standard_normal((len(VOCABULARY), WIDTH), np.float32)
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = words
    spec.register_vocabulary(VOCABULARY)
    spec.config.lang_ids = [VOCABULARY.index("<|en|>"), VOCABULARY.index("<|fr|>")]
    spec.config.alignment_heads = [[0, 0]]
    spec.config.suppress_ids = spec.config.suppress_ids_begin = []
    spec.validate()
    spec.optimize()  # finds what is written twice: the aliases at the end of the file
    folder.mkdir(parents=True)
    spec.save(str(folder))
    tokens = {"model": {"type": "WordLevel", "vocab": {w: i for i, w in enumerate(VOCABULARY)}}}
    (folder / "tokenizer.json").write_text(json.dumps(tokens), "utf-8")
    if preprocessor:
        (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": mels}))
    return folder
