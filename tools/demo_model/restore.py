"""Read a shipped model folder back into weights that can be trained on.

Checkpoints are not kept in the repository, the int8 model is: a second course starts from it.
What is lost is the rounding to 8 bits and the layer that reads phonemes, which is learnt again.
"""

from __future__ import annotations

import struct
from collections import Counter
from pathlib import Path
from typing import BinaryIO

import numpy as np

VERSION = 6  # of CTranslate2's model.bin: ctranslate2/specs/model_spec.py, ModelSpec._serialize
TYPES = ("float32", "int8", "int16", "int32")  # by number; the 16-bit floats are never written here
SIZES = ("width", "heads", "encoder_layers", "decoder_layers")


def _text(file: BinaryIO) -> str:
    (length,) = struct.unpack("<H", file.read(2))
    return file.read(length)[:-1].decode("utf-8")


def _number(file: BinaryIO) -> int:
    return int(struct.unpack("<I", file.read(4))[0])


def variables(path: Path) -> dict[str, np.ndarray]:
    """Every array of a model.bin by its name, as it is stored."""
    found: dict[str, np.ndarray] = {}
    with path.open("rb") as file:
        version, name = _number(file), _text(file)
        if version != VERSION or name != "WhisperSpec":
            raise SystemExit(f"{path}: {name} of version {version}, not a WhisperSpec of {VERSION}")
        _number(file)  # revision
        for _ in range(_number(file)):
            name = _text(file)
            rank = file.read(1)[0]
            shape = [_number(file) for _ in range(rank)]
            kind = TYPES[file.read(1)[0]]
            found[name] = np.frombuffer(file.read(_number(file)), kind).reshape(shape)
    return found


def dequantised(found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays as 32-bit numbers: int8 rows are divided by their scales."""
    plain = {}
    for name, value in found.items():
        scale = found.get(f"{name}_scale")
        if scale is not None and value.dtype == np.int8:
            value = value / scale.reshape(-1, *[1] * (value.ndim - 1))
        if not name.endswith("_scale"):
            plain[name] = value.astype(np.float32)
    return plain


def _layers(found: dict[str, np.ndarray], side: str) -> int:
    return len({name.split("/")[1] for name in found if name.startswith(f"{side}/layer_")}
               - {"layer_norm"})  # fmt: skip


def _block(w: dict[str, np.ndarray], name: str, into: str) -> dict[str, np.ndarray]:
    """One layer of either side under the names of ``network.Whisper``."""
    own = f"{name}/self_attention"
    found = {
        f"{into}.norm.weight": w[f"{own}/layer_norm/gamma"],
        f"{into}.norm.bias": w[f"{own}/layer_norm/beta"],
        f"{into}.feed.norm.weight": w[f"{name}/ffn/layer_norm/gamma"],
        f"{into}.feed.norm.bias": w[f"{name}/ffn/layer_norm/beta"],
    }
    joined = {f"{own}/linear_0": (f"{into}.attention", ("query", "key", "value")),
              f"{own}/linear_1": (f"{into}.attention", ("out",)),
              f"{name}/ffn/linear_0": (f"{into}.feed", ("up",)),
              f"{name}/ffn/linear_1": (f"{into}.feed", ("down",))}  # fmt: skip
    cross = f"{name}/attention"
    if f"{cross}/layer_norm/gamma" in w:
        found[f"{into}.cross_norm.weight"] = w[f"{cross}/layer_norm/gamma"]
        found[f"{into}.cross_norm.bias"] = w[f"{cross}/layer_norm/beta"]
        for i, parts in enumerate((("query",), ("key", "value"), ("out",))):
            joined[f"{cross}/linear_{i}"] = (f"{into}.cross_attention", parts)
    for source, (target, parts) in joined.items():
        rows = np.split(w[f"{source}/weight"], len(parts))
        biases = np.split(w[f"{source}/bias"], len(parts))
        for part, row, bias in zip(parts, rows, biases, strict=True):
            found[f"{target}.{part}.weight"] = row
            if part != "key":  # zeros: Whisper's keys have no bias
                found[f"{target}.{part}.bias"] = bias
    return found


def weights(folder: Path) -> tuple[dict[str, np.ndarray], dict[str, int], list[int]]:
    """Weights, sizes and kept tokens of a model that ``export`` made.

    The rows of all tokens that were never seen are alike there: the commonest row is theirs.
    """
    stored = variables(folder / "model.bin")
    w = dequantised(stored)
    rows = stored["decoder/embeddings/weight"]
    forms = [row.tobytes() for row in rows]
    (other, count), *_ = Counter(forms).most_common(1)
    if count < len(rows) // 2 or rows.dtype != np.int8:
        raise SystemExit(f"{folder}: not a demo model, most tokens have rows of their own in it")
    kept = [number for number, form in enumerate(forms) if form != other]
    embedding = w["decoder/embeddings/weight"]
    found = {"embedding.weight": embedding[[*kept, forms.index(other)]],
             "text_positions": w["decoder/position_encodings/encodings"]}  # fmt: skip
    for name in ("conv1", "conv2"):
        for part in ("weight", "bias"):
            found[f"{name}.{part}"] = w[f"encoder/{name}/{part}"]
    layers = {side: _layers(w, side) for side in ("encoder", "decoder")}
    for side, count in layers.items():
        found[f"{side}_norm.weight"] = w[f"{side}/layer_norm/gamma"]
        found[f"{side}_norm.bias"] = w[f"{side}/layer_norm/beta"]
        for i in range(count):
            found |= _block(w, f"{side}/layer_{i}", f"{side}.{i}")
    heads = int(stored["encoder/num_heads"])
    values = (embedding.shape[1], heads, layers["encoder"], layers["decoder"])
    return found, dict(zip(SIZES, values, strict=True)), kept


def checkpoint(folder: Path, path: Path) -> None:
    """Write what ``train`` can go on from."""
    import torch  # only the training side needs it

    found, shape, kept = weights(folder)
    steady = {name: torch.from_numpy(np.array(value)) for name, value in found.items()}
    partial = path.with_suffix(".part")
    torch.save({"steady": steady, "shape": shape, "kept": kept}, partial)
    partial.rename(path)
