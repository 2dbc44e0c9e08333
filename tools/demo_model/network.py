"""Whisper in plain PyTorch, with two extras that are dropped at export and help a tiny model learn.

The extras: the output vocabulary is reduced to the tokens that occur (one row stands for all the
others), and a linear layer reads the phoneme of each frame from the encoder.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

MEL_BANDS = 80
AUDIO_POSITIONS = 1500
TEXT_POSITIONS = 448


@dataclass(frozen=True)
class Shape:
    """Sizes of the network."""

    width: int = 160
    heads: int = 5
    encoder_layers: int = 4
    decoder_layers: int = 2


def sinusoids(length: int, width: int) -> Tensor:
    """Whisper's fixed positions of the encoder."""
    half = width // 2
    rates = torch.exp(-math.log(10000) / (half - 1) * torch.arange(half))
    angles = torch.arange(length)[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], 1)


class LoopedAttention(torch.autograd.Function):
    """Softmax attention for training on one core: PyTorch's own takes twice as long backwards.

    Each window and head is done by itself, so that its scores stay in the core's cache.
    """

    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.bfloat16)
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """(batch, heads, length, size) each."""
        q = q / math.sqrt(q.shape[-1])
        weights = [(a @ b.transpose(-1, -2)).softmax(-1) for a, b in zip(q, k, strict=True)]
        y = torch.stack([p @ c for p, c in zip(weights, v, strict=True)])
        ctx.save_for_backward(q, k, v, y, *weights)
        return y

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The gradients of the three inputs."""
        (grad,) = grads
        q, k, v, y, *weights = ctx.saved_tensors
        grad = grad.contiguous()
        means = (grad * y).sum(-1, keepdim=True)
        dq, dk, dv = torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)
        for i, window in enumerate(weights):
            for j, p in enumerate(window):
                dv[i, j] = p.T @ grad[i, j]
                change = (grad[i, j] @ v[i, j].T).sub_(means[i, j]).mul_(p)
                dq[i, j] = change @ k[i, j]
                dk[i, j] = change.T @ q[i, j]
        return dq / math.sqrt(q.shape[-1]), dk, dv


class Attention(nn.Module):
    """Multi-head attention; the keys have no bias, as in Whisper."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def _split(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        return x.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

    def forward(self, x: Tensor, causal: bool = False) -> Tensor:
        """Attend to itself."""
        q, k, v = self._split(self.query(x)), self._split(self.key(x)), self._split(self.value(x))
        if x.device.type == "cpu" and q.requires_grad and not causal:
            y = LoopedAttention.apply(q, k, v)
        else:
            if x.device.type == "cpu":  # bfloat16 is slower here, backwards
                q, k, v = q.float(), k.float(), v.float()
            y = functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
        mixed: Tensor = self.out(y.transpose(1, 2).flatten(2))
        return mixed

    def cross(self, x: Tensor, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Attend to the audio; also gives the scores (batch, heads, text, audio)."""
        q, k = self._split(self.query(x)), self._split(self.key(audio))
        v = self._split(self.value(audio))
        scores = (q / math.sqrt(q.shape[-1])) @ k.transpose(-1, -2)
        y = scores.softmax(-1).to(v.dtype) @ v
        return self.out(y.transpose(1, 2).flatten(2)), scores


class Feed(nn.Module):
    """The two-layer perceptron of each block."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        change: Tensor = self.down(functional.gelu(self.up(self.norm(x))))
        return x + change


class EncoderLayer(nn.Module):
    """Self-attention and perceptron."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(shape.width)
        self.attention = Attention(shape.width, shape.heads)
        self.feed = Feed(shape.width)

    def forward(self, x: Tensor) -> Tensor:
        fed: Tensor = self.feed(x + self.attention(self.norm(x)))
        return fed


class DecoderLayer(nn.Module):
    """Causal self-attention, attention to the audio, perceptron."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(shape.width)
        self.attention = Attention(shape.width, shape.heads)
        self.cross_norm = nn.LayerNorm(shape.width)
        self.cross_attention = Attention(shape.width, shape.heads)
        self.feed = Feed(shape.width)

    def forward(self, x: Tensor, audio: Tensor) -> tuple[Tensor, Tensor]:
        x = x + self.attention(self.norm(x), causal=True)
        heard, scores = self.cross_attention.cross(self.cross_norm(x), audio)
        return self.feed(x + heard), scores


class Whisper(nn.Module):
    """The model; ``kept`` tokens are numbered 0 to kept-1, row ``kept`` is every other token."""

    positions: Tensor

    def __init__(self, shape: Shape, kept: int, others: int, phonemes: int) -> None:
        super().__init__()
        width = shape.width
        self.shape = shape
        self.others = math.log(others)
        self.conv1 = nn.Conv1d(MEL_BANDS, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.register_buffer("positions", sinusoids(AUDIO_POSITIONS, width), persistent=False)
        self.encoder = nn.ModuleList(EncoderLayer(shape) for _ in range(shape.encoder_layers))
        self.encoder_norm = nn.LayerNorm(width)
        self.embedding = nn.Embedding(kept + 1, width)
        nn.init.normal_(self.embedding.weight, std=width**-0.5)
        self.text_positions = nn.Parameter(torch.randn(TEXT_POSITIONS, width) * 0.01)
        self.decoder = nn.ModuleList(DecoderLayer(shape) for _ in range(shape.decoder_layers))
        self.decoder_norm = nn.LayerNorm(width)
        self.phonemes = nn.Linear(width, phonemes)
        look_around(self)

    def encode(self, mel: Tensor, shift: Tensor) -> Tensor:
        """Log-mel (batch, 80, 2 n) heard from frame ``shift`` of a 30 s window on."""
        x = functional.gelu(self.conv2(functional.gelu(self.conv1(mel)))).transpose(1, 2)
        places = shift[:, None] + torch.arange(x.shape[1], device=x.device)
        x = x + self.positions[places]
        for layer in self.encoder:
            x = layer(x)
        audio: Tensor = self.encoder_norm(x)
        return audio

    def decode(self, tokens: Tensor, audio: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits over the kept tokens and the rest, and the attention scores of each layer."""
        x = self.embedding(tokens) + self.text_positions[: tokens.shape[1]]
        scores = []
        for layer in self.decoder:
            x, score = layer(x, audio)
            scores.append(score)
        x = self.decoder_norm(x)
        logits = (x @ self.embedding.weight.to(x.dtype).T).float()
        rest = logits[..., -1:] + self.others
        return torch.cat([logits[..., :-1], rest], -1), scores

    @torch.no_grad()
    def start_timestamps(self, first: int) -> None:
        """Begin the timestamp tokens as the positions they stand for, damped in the fast waves."""
        half = self.shape.width // 2
        place = torch.arange(half) / half
        gain = (place < 0.375).float() + 0.35 * ((place >= 0.375) & (place < 0.6)).float()
        rows = self.positions.cpu() * torch.cat([gain, gain])
        length = self.embedding.weight[:first].norm(dim=1).mean() * 1.8
        rows = rows / rows.norm(dim=1, keepdim=True) * length
        self.embedding.weight[first : first + AUDIO_POSITIONS] = rows
        self.embedding.weight[first + AUDIO_POSITIONS] = rows[-1]


@torch.no_grad()
def look_around(model: Whisper) -> None:
    """Start each encoder head looking at a fixed distance, through the sinusoids' rotations.

    Without it a tiny model spends most of its time finding out that speech is local.
    """
    distances = ((-1, 1, -3, 3, 0), (-2, 2, -5, 5, 0), (-4, 4, -8, 8, 0))
    width, heads = model.shape.width, model.shape.heads
    size, half, strength = width // heads, width // 2, 1.5
    for layer, offsets in zip(model.encoder, distances, strict=False):
        assert isinstance(layer, EncoderLayer)
        query, key = layer.attention.query.weight, layer.attention.key.weight
        query.mul_(0.3)
        key.mul_(0.3)
        for head, offset in enumerate(offsets[:heads]):
            for i in range(size // 2):
                wave = 2 * i
                angle = math.exp(-math.log(10000) / (half - 1) * wave) * offset
                row = head * size + wave
                query[row, wave] += strength * math.cos(angle)
                query[row, wave + half] += strength * math.sin(angle)
                query[row + 1, wave] -= strength * math.sin(angle)
                query[row + 1, wave + half] += strength * math.cos(angle)
                key[row, wave] += strength
                key[row + 1, wave + half] += strength
