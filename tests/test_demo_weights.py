"""The demo model can be read back into weights, so that its training can go on from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiny_model
from conftest import ROOT

from tools.demo_model import corpus, export, restore

MODEL = ROOT / "podcast" / "models" / "demo"


def test_the_weights_read_back_make_the_same_model_again(tmp_path: Path) -> None:
    weights, shape, kept = restore.weights(MODEL)
    assert weights["embedding.weight"].shape == (len(kept) + 1, shape["width"])
    spec = export.build_spec(weights, shape, kept)
    spec.register_vocabulary(json.loads((MODEL / "vocabulary.json").read_text("utf-8")))
    spec.validate()
    spec.optimize(quantization=export.QUANTIZATION)
    spec.save(str(tmp_path))
    assert (tmp_path / "model.bin").read_bytes() == (MODEL / "model.bin").read_bytes()


def test_a_model_of_another_make_is_not_a_demo_model(tmp_path: Path) -> None:
    other = tiny_model.build(tmp_path / "other", 80)
    with pytest.raises(SystemExit, match="not a demo model"):
        restore.weights(other)


def test_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    stored = bytearray((MODEL / "model.bin").read_bytes())
    stored[0] = 5
    (tmp_path / "model.bin").write_bytes(stored)
    with pytest.raises(SystemExit, match="of version 5"):
        restore.weights(tmp_path)


def test_a_second_course_hears_half_of_the_first_round() -> None:
    assert corpus.shards(1.0) == list(range(corpus.ROUNDS * corpus.SHARDS))
    assert corpus.shards(0.5) == [0, 1, 4, 5, 6, 7]
