"""A speech model that is missing or broken is told in one sentence, at once and without network."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import ctranslate2
import pytest
import tiny_model
from conftest import ROOT, Ran, run_podcast

from podcast import speech_model
from podcast.errors import Outside
from podcast.speech_model import OFFERS, REQUIRED, SpeechModel, whole

Break = Callable[[Path], None]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {mels: tiny_model.build(folder / str(mels), mels) for mels in (80, 128)}


@pytest.fixture
def model(tmp_path: Path, built: dict[int, Path]) -> Path:
    """A whole model to break, in a workspace's ``voix`` folder."""
    return Path(shutil.copytree(built[80], tmp_path / "show" / "voix"))


@pytest.fixture
def nobody_calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Every road to a hub ends at a socket that knows whether somebody knocked."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        for name in ("HF_ENDPOINT", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
            monkeypatch.setenv(name, address)
        monkeypatch.setenv("PODCAST_MODELS", str(tmp_path / "store"))
        yield
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()


def show_with(folder: Path, name: str) -> int:
    """A workspace that names a model; gives the line of ``podcast.yaml`` that does."""
    folder.mkdir(exist_ok=True)
    lines = (ROOT / "podcast.yaml").read_text("utf-8").split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("model:"))
    lines[at] = f"model: {name}"
    (folder / "podcast.yaml").write_text("\n".join(lines), "utf-8")
    shutil.copy(ROOT / "cover.jpg", folder)
    episode = folder / "episodes" / "episode-3"
    episode.mkdir(parents=True)
    shutil.copy(ROOT / "episodes" / "episode-3" / "episode.md", episode)
    for part in ("opening", "recording", "closing"):
        shutil.copy(ROOT / "episodes" / "episode-3" / f"{part}.flac", episode)
    return at + 1


def without(name: str) -> Break:
    return lambda folder: (folder / name).unlink()


def cut(file: str, share: float) -> Break:
    return lambda folder: os.truncate(folder / file, int((folder / file).stat().st_size * share))


def holding(file: str, content: bytes) -> Break:
    def write(folder: Path) -> None:
        (folder / file).write_bytes(content)

    return write


MISSING = "n'est pas complet, il manque : {}. Copiez de nouveau le dossier entier."
BROKEN = "le fichier {} du modèle « ./voix » est abîmé ou coupé. Copiez-le de nouveau."
CASES: dict[str, tuple[Break, str]] = {
    **{f"no {name}": (without(name), MISSING.format(name)) for name in REQUIRED},
    "no vocabulary": (without("vocabulary.json"), MISSING.format("vocabulary.json")),
    **{
        f"model.bin cut at {share}": (cut("model.bin", share), BROKEN.format("model.bin"))
        for share in (0, 0.00001, 0.0001, 0.01, 0.5, 0.999, 0.999999)
    },
    "model.bin of random bytes": (
        holding("model.bin", random.Random(3).randbytes(100_000)),
        BROKEN.format("model.bin"),
    ),
    "model.bin is a login page": (
        holding("model.bin", b"<!doctype html><title>Wi-Fi</title>"),
        BROKEN.format("model.bin"),
    ),
    **{
        f"{name} cut": (cut(name, 0.5), BROKEN.format(name))
        for name in ("config.json", "tokenizer.json", "vocabulary.json", "preprocessor_config.json")
    },
    "tokenizer.json is not text": (
        holding("tokenizer.json", b"\xff\xfe\x00"),
        BROKEN.format("tokenizer.json"),
    ),
    "mels of another model": (
        holding("preprocessor_config.json", b'{"feature_size": 128}'),
        "le modèle « ./voix » ne va pas avec son preprocessor_config.json "
        "(feature_size 128 au lieu de 80). Copiez de nouveau les deux fichiers.",
    ),
    "mels that are no number": (
        holding("preprocessor_config.json", b'["feature_size"]'),
        "(feature_size None au lieu de 80)",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_broken_folder(
    case: str, model: Path, podcast: Callable[..., Ran], nobody_calls: None
) -> None:
    break_it, says = CASES[case]
    line = show_with(model.parent, "./voix")
    break_it(model)
    ran = podcast(model.parent, "transcribe", "episode-3")
    told_in_a_line(ran, 4, f"podcast.yaml:{line} : le ", says)
    english = podcast(model.parent, "transcribe", "episode-3", language="en")
    told_in_a_line(english, 4, f"podcast.yaml:{line}: the ", "gain.")


NAMES = {
    "tinny": (1, "il n'y a pas de modèle « tinny ». Vouliez-vous dire « tiny » ?", 'mean "tiny"?'),
    "whisper": (1, "il n'y a pas de modèle « whisper ». Choisissez parmi : demo, tiny,", "Choose"),
    "./nulle-part": (4, "le dossier de modèle « ./nulle-part » n'existe pas.", "does not exist"),
    "/x/y": (4, "le dossier de modèle « /x/y » n'existe pas.", "does not exist"),
    "~/nulle-part": (4, "le dossier de modèle « ~/nulle-part » n'existe pas.", "does not exist"),
    "podcast.yaml": (1, "il n'y a pas de modèle « podcast.yaml ».", "there is no model"),
    "tiny": (4, "n'est pas sur cette machine. Tapez : podcast model fetch tiny (78 Mo)", "Type: "),
    "large-v3": (4, "Tapez : podcast model fetch large-v3 (3095 Mo)", "Type: "),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_model_that_is_not_there(
    name: str, tmp_path: Path, podcast: Callable[..., Ran], nobody_calls: None
) -> None:
    code, french, english = NAMES[name]
    line = show_with(tmp_path / "show", name)
    ran = podcast(tmp_path / "show", "publish", "episode-3")
    told_in_a_line(ran, code, f"podcast.yaml:{line} : ", french)
    ran = podcast(tmp_path / "show", "publish", "episode-3", "--dry-run", language="en")
    told_in_a_line(ran, code, f"podcast.yaml:{line}: ", english)
    assert not (tmp_path / "show" / "site").exists()
    assert not (tmp_path / "store").exists()


def test_a_fetched_model_that_broke_is_fetched_again(
    tmp_path: Path, built: dict[int, Path], podcast: Callable[..., Ran], nobody_calls: None
) -> None:
    line = show_with(tmp_path / "show", "tiny")
    store = Path(shutil.copytree(built[80], tmp_path / "store" / "tiny"))
    (store / "tokenizer.json").unlink()
    ran = podcast(tmp_path / "show", "transcribe", "episode-3")
    says = "est incomplet ou abîmé (tokenizer.json). Tapez : podcast model fetch tiny"
    told_in_a_line(ran, 4, f"podcast.yaml:{line} : ", says)


@pytest.mark.parametrize("case", ["no tokenizer.json", "no config.json", "model.bin cut at 0.5"])
def test_in_a_process_of_its_own_nobody_is_called(
    case: str, model: Path, nobody_calls: None
) -> None:
    """Here faster-whisper alone would retry the hub, or fail only after the sound."""
    line = show_with(model.parent, "./voix")
    CASES[case][0](model)
    began = time.monotonic()
    ran = run_podcast(["transcribe", "episode-3"], model.parent)
    assert time.monotonic() - began < 20, "the hub alone would be asked for 25 s"
    told_in_a_line(ran, 4, f"podcast.yaml:{line} : ", CASES[case][1])


def told_in_a_line(ran: Ran, code: int, begins: str, says: str) -> None:
    assert ran.err.startswith(begins), ran.err
    assert says in ran.err
    assert ran.err.count("\n") == 1 and ran.err.endswith("\n"), ran.err
    assert ran.code == code
    assert "Traceback" not in ran.err
    assert "{" not in ran.err


def test_no_cut_of_model_bin_passes(built: dict[int, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built[80], tmp_path / "model"))
    content = (folder / "model.bin").read_bytes()
    dice = random.Random(5)
    # Everywhere, and closely at both ends, where headers and aliases are.
    places = {dice.randrange(len(content)) for _ in range(300)}
    places |= set(range(400)) | set(range(len(content) - 400, len(content)))
    for place in places:
        (folder / "model.bin").write_bytes(content[:place])
        with pytest.raises(Outside):
            whole(SpeechModel("x", folder))


@pytest.mark.parametrize("mels", [80, 128])
def test_what_is_whole_loads(mels: int, built: dict[int, Path]) -> None:
    folder = built[mels]
    assert speech_model.find(str(folder), Path("/")).folder == folder
    assert ctranslate2.models.Whisper(str(folder)).n_mels == mels


def test_eighty_mels_need_no_preprocessor_file(tmp_path: Path) -> None:
    """As published: tiny to medium have none, and faster-whisper takes 80 without it."""
    folder = tiny_model.build(tmp_path / "plain", 80, preprocessor=False)
    assert whole(SpeechModel("x", folder))


def test_other_mels_do(tmp_path: Path) -> None:
    folder = tiny_model.build(tmp_path / "large", 128, preprocessor=False)
    with pytest.raises(Outside) as told:
        whole(SpeechModel("x", folder))
    assert told.value.faults[0].facts["files"] == "preprocessor_config.json"


def test_a_folder_beside_the_show_needs_no_slash(model: Path) -> None:
    assert speech_model.find("voix", model.parent).folder == model


def test_a_vocabulary_in_text_will_do(model: Path) -> None:
    words = json.loads((model / "vocabulary.json").read_text("utf-8"))
    (model / "vocabulary.json").unlink()
    (model / "vocabulary.txt").write_text("\n".join(words), "utf-8")
    assert whole(SpeechModel("x", model))


def test_every_offer_is_a_name_and_no_path() -> None:
    for name, offer in OFFERS.items():
        assert not set(name) & set("/\\."), name
        assert offer.repository.count("/") == 1


def test_the_shipped_model_is_whole() -> None:
    assert speech_model.find("demo", Path("/"))
