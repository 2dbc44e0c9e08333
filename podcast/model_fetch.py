"""Bring a speech model onto this machine, only when a person asks for it.

    hub     → <store>/.<name>.part/<file>.part → <file>, its checksum right ─┐
    folder  → <store>/.<name>.copy/<file>, the same bytes ───────────────────┼→ <store>/<name>
    archive → <store>/.<name>.copy/<n>/<file> ───────────────────────────────┘

A folder gets a model's name only when all of it is there and :mod:`podcast.speech_model` finds it
whole.  What an interrupted download has brought stays, and the next one goes on from there.  The
checksums are kept beside the model in ``SHA256SUMS`` (``sha256sum -c`` reads it too), so that a
copy on a stick can be verified on another machine.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from podcast import model_archive
from podcast.download import CONNECT_S, READ_S, Failed, Web, size, web
from podcast.errors import Outside, Place, Usage, fault
from podcast.report import Progress, Reporter
from podcast.speech_model import (
    DEMO,
    FILES,
    OFFERS,
    REQUIRED,
    VOCABULARIES,
    SpeechModel,
    store,
    unknown,
    whole,
)

HUB = "https://huggingface.co"
SUMS = "SHA256SUMS"
_LARGEST_LIST = 4_000_000
_BLOCK = 1 << 20
# What an archive may hold, beside the size of the model that is asked for: others, and small files.
_ROOMY, _BESIDE = 4, 500_000_000

# Why a download failed, and what it is told as; nobody who answers is what people meet most.
_REASONS: Mapping[str, str] = {
    "address": "model.address",
    "proxy": "model.proxy",
    "status": "model.refused",
}


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file as the hub lists it; ``digest`` is SHA-256 for large files, else git's of a blob."""

    name: str
    size: int
    digest: str


def fetch(
    name: str, report: Reporter, connect_s: float = CONNECT_S, read_s: float = READ_S
) -> SpeechModel:
    """Download an offer into the store, going on where an earlier download stopped.

    Raises :class:`Outside` where the network, the hub or the disk fails.
    """
    _must_be_offer(name)
    base = os.environ.get("HF_ENDPOINT", "").rstrip("/") or HUB
    repository = OFFERS[name].repository
    partial = store() / f".{name}.part"
    with _in_sentences(name), web(connect_s, read_s) as visitor:
        listing = f"{base}/api/models/{repository}/tree/main?recursive=true"
        files = _listed(_page(visitor, listing, name), name)
        total = sum(file.size for file in files)
        arrived = sum(size(f) for f in partial.iterdir()) if partial.is_dir() else 0
        _room(total - arrived)
        partial.mkdir(parents=True, exist_ok=True)
        sums = {}
        before = 0
        with report.progress("progress.fetch", name=name) as progress:
            for file in files:
                address = f"{base}/{repository}/resolve/main/{file.name}"
                told = _share(progress, before, total)
                sums[file.name] = _bring(visitor, address, file, partial, name, told)
                before += file.size
        return _settle(name, partial, sums)


def copy(name: str, source: Path, report: Reporter) -> SpeechModel:
    """Take an offer's files from a folder or an archive, on a USB stick for example."""
    _must_be_offer(name)
    if source.is_file():
        return _unpacked(name, source, report)
    try:
        if not any((source / file).exists() for file in FILES) and (source / name).is_dir():
            source = source / name
        there = source.is_dir()
    except OSError:  # a folder that may not be looked into
        there = False
    if not there:
        raise Outside(fault("model.folder_missing", folder=str(source)))
    given = whole(SpeechModel(str(source), source))
    files = [file for file in FILES if (source / file).is_file()]
    total = sum(size(source / file) for file in files)
    partial = store() / f".{name}.copy"
    with _in_sentences(name):
        shutil.rmtree(partial, ignore_errors=True)
        try:
            _room(total)
            partial.mkdir(parents=True)
            known = _known_sums(source)
            sums = {}
            before = 0
            with report.progress("progress.copy", name=name) as progress:
                for file in files:
                    told = _share(progress, before, total)
                    sums[file] = _copy(given, file, partial / file, told)
                    arrived = _sha256(SpeechModel(name, partial), file)
                    if arrived != sums[file] or known.get(file, arrived) != arrived:
                        raise Outside(fault("model.broken", name=given.name, file=file))
                    before += size(source / file)
            return _settle(name, partial, sums)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _unpacked(name: str, archive: Path, report: Reporter) -> SpeechModel:
    """Take an offer's files out of one archive."""
    partial = store() / f".{name}.copy"
    most = _ROOMY * OFFERS[name].megabytes * 1_000_000 + _BESIDE
    with _in_sentences(name):
        shutil.rmtree(partial, ignore_errors=True)
        try:
            _room(archive.stat().st_size)
            partial.mkdir(parents=True)
            with report.progress("progress.copy", name=name) as progress:
                names = frozenset((*FILES, SUMS))
                folder = model_archive.unpack(archive, name, names, partial, most, progress)
            given = whole(SpeechModel(str(archive), folder))
            known = _known_sums(folder)
            sums = {file: _sha256(given, file) for file in FILES if (folder / file).is_file()}
            for file, digest in sums.items():
                if known.get(file, digest) != digest:
                    raise Outside(fault("model.broken", name=given.name, file=file))
            return _settle(name, folder, sums)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def verify(model: SpeechModel, report: Reporter) -> bool:
    """Compare a model with its ``SHA256SUMS``; whether there were any to compare with."""
    known = {n: s for n, s in _known_sums(model.folder).items() if (model.folder / n).is_file()}
    total = sum(size(model.folder / file) for file in known)
    before = 0
    with report.progress("progress.check", name=model.name) as progress:
        for file, wanted in known.items():
            if _sha256(model, file, _share(progress, before, total)) != wanted:
                kind = "model.spoiled" if model.name in OFFERS else "model.broken"
                raise Outside(fault(kind, name=model.name, file=file, files=file))
            before += size(model.folder / file)
    return bool(known)


def remove(name: str) -> None:
    """Take a fetched model from the store, and what an unfinished download has left."""
    _must_be_offer(name)
    home = store() / name
    with _in_sentences(name):
        leftovers = [path for path in _leftovers(name) if path.exists()]
        if not home.exists() and not home.is_symlink() and not leftovers:
            raise Outside(fault("model.not_fetched", name=name))
        if home.is_symlink():
            home.unlink()
        elif home.exists():
            shutil.rmtree(home)
        for path in leftovers:
            shutil.rmtree(path)


def _must_be_offer(name: str) -> None:
    if name == DEMO:
        raise Usage(fault("model.demo_stays"))
    if name not in OFFERS:
        raise unknown(name)


# The hub.


def _page(visitor: Web, address: str, name: str) -> object:
    text, _ = visitor.read(address, _LARGEST_LIST)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Outside(fault("model.offline", name=name)) from error


def _listed(tree: object, name: str) -> list[HubFile]:
    """The files to fetch, small ones first; nothing that the hub says becomes a path."""
    files: dict[str, HubFile] = {}
    for entry in tree if isinstance(tree, list) else ():
        file = entry.get("path") if isinstance(entry, dict) else None
        if file not in FILES:
            continue
        large = entry.get("lfs")
        digest = large.get("oid") if isinstance(large, dict) else entry.get("oid")
        length = large.get("size") if isinstance(large, dict) else entry.get("size")
        right = isinstance(digest, str) and re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", digest)
        if right and isinstance(length, int) and length >= 0:
            files[file] = HubFile(file, length, str(digest))
    missing = [file for file in REQUIRED if file not in files]
    if not any(file in files for file in VOCABULARIES):
        missing.append(VOCABULARIES[0])
    if missing:
        raise Outside(fault("model.not_offered", name=name, files=", ".join(missing)))
    return sorted(files.values(), key=lambda file: file.size)


def _bring(
    visitor: Web, address: str, file: HubFile, folder: Path, name: str, told: Progress
) -> str:
    """Have one file in the folder, whole and verified; gives its SHA-256."""
    final = folder / file.name
    part = folder / f"{file.name}.part"
    if final.is_file() and (digest := _verified(final, file)):
        told(file.size)
        return digest
    while (have := size(part)) < file.size or not part.exists():
        try:
            visitor.append(address, part, file.size, told)
            cut = size(part) <= have and file.size > 0
        except Failed as error:
            if error.reason == "large":
                break  # the checksum tells
            if error.reason not in ("silent", "cut"):
                raise
            # A line that breaks now and then gets there, as long as each try brings something.
            cut = size(part) <= have
        if cut:
            raise Outside(fault("model.cut" if have else "model.offline", name=name))
    digest = _verified(part, file)
    if not digest:
        part.unlink(missing_ok=True)
        raise Outside(fault("model.checksum", name=name, file=file.name))
    os.replace(part, final)
    told(file.size)
    return digest


def _verified(path: Path, file: HubFile) -> str | None:
    """The file's SHA-256 if it is what the hub announced."""
    if size(path) != file.size:
        return None
    sha256 = hashlib.sha256()
    git = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
    large = len(file.digest) == 64
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            sha256.update(block)
            if not large:
                git.update(block)
    right = (sha256 if large else git).hexdigest() == file.digest
    return sha256.hexdigest() if right else None


# The store.


def _leftovers(name: str) -> list[Path]:
    return [store() / f".{name}{suffix}" for suffix in (".part", ".copy", ".old")]


@contextmanager
def _in_sentences(name: str) -> Iterator[None]:
    """Tell the failures of network and disk in our own kinds."""
    try:
        yield
    except Failed as error:
        kind = _REASONS.get(error.reason, "model.offline")
        told = fault(kind, name=name, detail=error.detail, status=error.status)
        raise Outside(told) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        place = Place(str(store()))
        raise Outside(fault("disk.full" if full else "disk.unwritable", place)) from error


def _room(needed: int) -> None:
    """Tell a full disk before the wait, not after it."""
    folder = next(f for f in (store(), *store().absolute().parents) if f.is_dir())
    if shutil.disk_usage(folder).free < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _settle(name: str, partial: Path, sums: Mapping[str, str]) -> SpeechModel:
    """Give a finished folder its name, in place of an older one."""
    lines = "".join(f"{digest}  {file}\n" for file, digest in sums.items())
    (partial / SUMS).write_text(lines, "utf-8")
    try:
        whole(SpeechModel(name, partial))
    except Outside:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    for path in partial.iterdir():
        if path.name not in sums and path.name != SUMS:
            path.unlink()
            continue
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    home, old = store() / name, store() / f".{name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if home.exists():
        os.rename(home, old)
    os.rename(partial, home)
    shutil.rmtree(old, ignore_errors=True)
    return SpeechModel(name, home)


def _copy(given: SpeechModel, file: str, to: Path, told: Progress) -> str:
    """Copy one file; gives the SHA-256 of what was read."""
    digest = hashlib.sha256()
    done = 0
    with to.open("wb") as out:
        for block in _blocks(given, file):
            digest.update(block)
            out.write(block)
            done += len(block)
            told(done)
    return digest.hexdigest()


def _sha256(model: SpeechModel, file: str, told: Progress = lambda share: None) -> str:
    digest = hashlib.sha256()
    done = 0
    for block in _blocks(model, file):
        digest.update(block)
        done += len(block)
        told(done)
    return digest.hexdigest()


def _blocks(model: SpeechModel, file: str) -> Iterator[bytes]:
    """A file in pieces; a stick that cannot be read is told as a broken file."""
    try:
        with (model.folder / file).open("rb") as stream:
            while block := stream.read(_BLOCK):
                yield block
    except OSError as error:
        raise Outside(fault("model.broken", name=model.name, file=file)) from error


def _known_sums(folder: Path) -> dict[str, str]:
    """What ``SHA256SUMS`` says of the files that we know; nothing where there is none."""
    try:
        text = (folder / SUMS).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    found = re.findall(r"^([0-9a-f]{64}) [ *](\S+)\s*$", text, re.MULTILINE)
    return {file: digest for digest, file in found if file in FILES}


def _share(progress: Progress, before: int, total: int) -> Callable[[float], None]:
    return lambda done: progress(min(1.0, (before + done) / max(1, total)))
