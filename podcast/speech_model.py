"""Find a speech model on this machine and know at once whether it is whole; never download.

A model is a folder in CTranslate2's Whisper format.  Everything that faster-whisper would only
find out late, or would go to the network for, is looked at here: the list of files, the mel size,
and whether ``model.bin`` is as long as its own headers say.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from podcast.errors import Fact, Fixable, Outside, Place, fault

DEMO = "demo"
REQUIRED = ("config.json", "model.bin", "tokenizer.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
# Without this file faster-whisper takes 80 mels.  The published tiny, base, small and medium have
# 80 and come without it (SubtitleEdit/subtitleedit#12870); large-v3 and turbo have 128 and need it.
PREPROCESSOR = "preprocessor_config.json"
FILES = (*REQUIRED, PREPROCESSOR, *VOCABULARIES)
_USUAL_MELS = 80


@dataclass(frozen=True, slots=True)
class Offer:
    """A published model: where it is fetched from, and what it costs to have and to run."""

    repository: str
    megabytes: int


# Sizes of the folders, rounded: they are for people who choose, not for checking.
OFFERS: Mapping[str, Offer] = {
    "tiny": Offer("Systran/faster-whisper-tiny", 78),
    "base": Offer("Systran/faster-whisper-base", 148),
    "small": Offer("Systran/faster-whisper-small", 487),
    "medium": Offer("Systran/faster-whisper-medium", 1533),
    "large-v3": Offer("Systran/faster-whisper-large-v3", 3095),
    "large-v3-turbo": Offer("mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1624),
}


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """A folder that was found whole."""

    name: str
    folder: Path


def shipped() -> Path:
    """The folder of the model that comes with the package."""
    return Path(__file__).parent / "models" / DEMO


def store() -> Path:
    """Where fetched models are kept: ``PODCAST_MODELS``, or the user's data folder."""
    import platformdirs

    chosen = os.environ.get("PODCAST_MODELS")
    return Path(chosen) if chosen else platformdirs.user_data_path("podcast") / "models"


def find(name: str, beside: Path, place: Place | None = None) -> SpeechModel:
    """The model that ``podcast.yaml`` names: ``demo``, an offer's name, or a folder.

    A folder is taken from ``beside`` where it is relative.  Raises :class:`Fixable` where the
    name is unknown and :class:`Outside` where the model is missing or broken.
    """
    if name == DEMO:
        return whole(SpeechModel(DEMO, shipped()), place)
    if name in OFFERS:
        folder = store() / name
        if not folder.is_dir():
            raise Outside(
                fault("model.not_here", place, name=name, megabytes=OFFERS[name].megabytes)
            )
        return whole(SpeechModel(name, folder), place)
    if "/" in name or "\\" in name or name.startswith((".", "~")):
        folder = (beside / Path(name).expanduser()).resolve()
        if not folder.is_dir():
            raise Outside(fault("model.no_folder", place, folder=name))
        return whole(SpeechModel(name, folder), place)
    if (beside / name).is_dir():
        return whole(SpeechModel(name, (beside / name).resolve()), place)
    raise unknown(name, place)


def digest(model: SpeechModel, of: Callable[[Path], str]) -> str:
    """SHA-256 of all that a model consists of; ``of`` gives the digest of a file."""
    files = [model.folder / name for name in FILES]
    told = [(file.name, of(file)) for file in files if file.is_file()]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def unknown(name: str, place: Place | None = None) -> Fixable:
    """What a name that is no model's is told, with the nearest one that is."""
    near = difflib.get_close_matches(name, [DEMO, *OFFERS], 1, 0.5)
    known = ", ".join([DEMO, *OFFERS])
    if near:
        return Fixable(fault("model.unknown_near", place, name=name, near=near[0], known=known))
    return Fixable(fault("model.unknown", place, name=name, known=known))


def whole(model: SpeechModel, place: Place | None = None) -> SpeechModel:
    """The model again, if its folder is whole; raises :class:`Outside` where it is not."""
    missing = [name for name in REQUIRED if not (model.folder / name).is_file()]
    if not any((model.folder / name).is_file() for name in VOCABULARIES):
        missing.append(VOCABULARIES[0])
    if missing:
        raise _spoiled("model.incomplete", model, place, files=", ".join(missing))
    shapes = _shapes(model, place)
    for name in FILES:
        if name.endswith(".json") and (model.folder / name).is_file():
            _json(model, name, place)
    convolution = shapes.get("encoder/conv1/weight", ())
    wanted = convolution[1] if len(convolution) == 3 else _USUAL_MELS
    if (model.folder / PREPROCESSOR).is_file():
        told = _json(model, PREPROCESSOR, place)
        said = told.get("feature_size", _USUAL_MELS) if isinstance(told, dict) else None
        if said != wanted:
            raise _spoiled("model.mels", model, place, said=str(said), wanted=wanted)
    elif wanted != _USUAL_MELS:
        raise _spoiled("model.incomplete", model, place, files=PREPROCESSOR)
    return model


def _spoiled(kind: str, model: SpeechModel, place: Place | None, **facts: Fact) -> Outside:
    """The fault of a folder, with the cure that fits: a fetched model is fetched again."""
    names = facts.get("files", facts.get("file", PREPROCESSOR))
    if model.name == DEMO:
        return Outside(fault("model.spoiled_demo", place, files=names))
    if model.name in OFFERS:
        return Outside(fault("model.spoiled", place, name=model.name, files=names))
    return Outside(fault(kind, place, name=model.name, **facts))


def _json(model: SpeechModel, name: str, place: Place | None) -> object:
    try:
        return json.loads((model.folder / name).read_text("utf-8"))
    except (ValueError, RecursionError, OSError) as error:
        raise _spoiled("model.broken", model, place, file=name) from error


def _shapes(model: SpeechModel, place: Place | None) -> dict[str, tuple[int, ...]]:
    """The shape of each array in ``model.bin``, read by jumping from header to header.

    The layout is that of ``ModelSpec._serialize`` in CTranslate2: a version, a name, a revision,
    then name, shape, type and bytes of each array, then the aliases.  Where the file is cut, the
    jump goes beyond its end and the next header is not there.
    """
    try:
        with (model.folder / "model.bin").open("rb") as file:
            (version,) = struct.unpack("<I", file.read(4))
            if not 4 <= version <= 99:
                raise ValueError(version)
            _string(file)
            _, count = struct.unpack("<II", file.read(8))
            shapes = {}
            for _ in range(count):
                name = _string(file)
                (rank,) = struct.unpack("<B", file.read(1))
                shapes[name] = struct.unpack(f"<{rank}I", file.read(4 * rank))
                _, length = struct.unpack("<BI", file.read(5))
                file.seek(length, os.SEEK_CUR)
            (aliases,) = struct.unpack("<I", file.read(4))
            for _ in range(aliases):
                _string(file)
                _string(file)
            return shapes
    except (struct.error, EOFError, ValueError, OverflowError, OSError) as error:
        raise _spoiled("model.broken", model, place, file="model.bin") from error


def _string(file: BinaryIO) -> str:
    (length,) = struct.unpack("<H", file.read(2))
    text = file.read(length)
    if len(text) < length:
        raise EOFError
    return text.rstrip(b"\0").decode("utf-8")
