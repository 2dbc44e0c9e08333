"""Whisper's multilingual tokenizer, rebuilt from the MIT-licensed files of openai-whisper."""

from __future__ import annotations

import ast
import base64
import subprocess
import sys
import tarfile
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

SDIST = "openai-whisper==20250625"
VOCABULARY_SIZE = 51865
FRAME_SECONDS = 0.02  # one timestamp token, and one encoder frame
FILES = {
    "multilingual.tiktoken": "whisper/assets/multilingual.tiktoken",
    "tokenizer.py": "whisper/tokenizer.py",
    "LICENSE": "LICENSE",
}


def source_files(folder: Path) -> Path:
    """Have the three files of the sdist that are needed in ``folder``, through pip."""
    folder.mkdir(parents=True, exist_ok=True)
    if all((folder / name).exists() for name in FILES):
        return folder
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*pip, "--dest", str(folder), SDIST], check=True)
    archive = next(folder.glob("openai_whisper-*.tar.gz"))
    with tarfile.open(archive) as tar:
        top = tar.getnames()[0].split("/")[0]
        for name, inside in FILES.items():
            member = tar.extractfile(f"{top}/{inside}")
            if member is None:
                raise SystemExit(f"{archive.name} has no {inside}")
            (folder / name).write_bytes(member.read())
    return folder


def languages(folder: Path) -> list[str]:
    """The 99 language codes in the order of their tokens."""
    tree = ast.parse((folder / "tokenizer.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LANGUAGES":
            return list(ast.literal_eval(node.value))[:99]
    raise SystemExit("no LANGUAGES in the tokenizer of the sdist")


def _byte_letters() -> dict[int, str]:
    """GPT-2's printable letter for each byte."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in kept}
    for byte in range(256):
        if byte not in letters:
            letters[byte] = chr(256 + len(letters) - len(kept))
    return letters


def special_tokens(codes: list[str]) -> list[str]:
    """The tokens after the text tokens, in Whisper's order (CTranslate2 compares the numbers)."""
    head = ["<|endoftext|>", "<|startoftranscript|>"] + [f"<|{code}|>" for code in codes]
    tail = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    return head + [f"<|{name}|>" for name in tail]


def build(folder: Path) -> tuple[Tokenizer, list[str], list[str]]:
    """The tokenizer, the vocabulary in order and the language codes."""
    ranks: dict[bytes, int] = {}
    for line in (folder / "multilingual.tiktoken").read_bytes().splitlines():
        if line.strip():
            encoded, number = line.split()
            ranks[base64.b64decode(encoded)] = int(number)
    letters = _byte_letters()

    def shown(token: bytes) -> str:
        return "".join(letters[byte] for byte in token)

    merges = []
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        parts = [bytes([byte]) for byte in token]
        while len(parts) > 2:
            pairs = [ranks.get(parts[i] + parts[i + 1], 1 << 30) for i in range(len(parts) - 1)]
            best = min(pairs)
            if best >= rank:
                break
            i = pairs.index(best)
            parts[i : i + 2] = [parts[i] + parts[i + 1]]
        if len(parts) == 2:
            merges.append((shown(parts[0]), shown(parts[1])))
    vocabulary = {shown(token): rank for token, rank in ranks.items()}
    codes = languages(folder)
    specials = special_tokens(codes)
    stamps = [f"<|{i * FRAME_SECONDS:.2f}|>" for i in range(1501)]
    for token_text in specials + stamps:
        vocabulary[token_text] = len(vocabulary)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in specials])
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in stamps])
    ordered = sorted(vocabulary, key=vocabulary.__getitem__)
    if len(ordered) != VOCABULARY_SIZE:
        raise SystemExit(f"vocabulary of {len(ordered)} entries instead of {VOCABULARY_SIZE}")
    return tokenizer, ordered, codes
