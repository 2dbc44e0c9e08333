"""A speech model in one file, on a stick: whole, or refused in one sentence with nothing left."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import tiny_model
from conftest import Ran
from hypothesis import given
from hypothesis import strategies as st

from podcast import model_archive, speech_model
from podcast.errors import Outside

Podcast = Callable[..., Ran]
NAMES = frozenset((*speech_model.FILES, "SHA256SUMS"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model.build(tmp_path_factory.mktemp("model") / "tiny", preprocessor=False)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PODCAST_MODELS", str(tmp_path / "store"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nobody: no network is asked
    return tmp_path / "store"


def zipped(archive: Path, *folders: tuple[Path, str]) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for folder, prefix in folders:
            for file in sorted(folder.iterdir()):
                made.write(file, prefix + file.name)
    return archive


def tarred(archive: Path, *folders: tuple[Path, str], mode: str = "w:gz") -> Path:
    with tarfile.open(archive, mode) as made:  # type: ignore[call-overload]  # its modes are literals
        for folder, prefix in folders:
            for file in sorted(folder.iterdir()):
                made.add(file, prefix + file.name)
    return archive


def good(store: Path, whole: Path) -> None:
    """The store has the model, its checksums, and nothing else."""
    assert [path.name for path in store.iterdir()] == ["tiny"]
    names = {path.name for path in whole.iterdir()}
    assert {path.name for path in (store / "tiny").iterdir()} == {*names, "SHA256SUMS"}
    for name in names:
        assert (store / "tiny" / name).read_bytes() == (whole / name).read_bytes()
    assert speech_model.find("tiny", Path("/")).folder == store / "tiny"


def refused(ran: Ran, says: str, store: Path) -> None:
    """One sentence, exit code 4, and nothing in the store."""
    assert says in ran.err, ran.err
    assert ran.err.count("\n") == 1 and "Traceback" not in ran.err and "{" not in ran.err
    assert ran.code == 4
    assert not store.exists() or list(store.iterdir()) == []


@pytest.mark.parametrize("prefix", ["", "tiny/", "./tiny/", "a/b/faster-whisper-tiny/"])
@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
def test_from_one_file(
    kind: str, prefix: str, store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    archive = tmp_path / f"tiny.{kind}"
    if kind == "zip":
        zipped(archive, (whole, prefix))
    else:
        mode = "w" if kind == "tar" else f"w:{kind.removeprefix('tar.')}"
        tarred(archive, (whole, prefix), mode=mode)
    ran = podcast(tmp_path, "model", "fetch", "tiny", "--from", archive.name, "--plain")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Copie de tiny : ")
    good(store, whole)
    ran = podcast(tmp_path, "model", "verify", "tiny", "--plain")
    assert ran.code == 0 and ran.out == podcast(tmp_path, "model", "check", "tiny", "--plain").out


def test_what_else_is_in_it_stays_there(
    store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "README.md").write_text("# tiny")
    (beside / "run.sh").write_text("rm -rf /")
    archive = zipped(tmp_path / "x.zip", (whole, "tiny/"), (beside, "tiny/"), (beside, ""))
    assert podcast(tmp_path, "model", "fetch", "tiny", "--from", str(archive)).code == 0
    good(store, whole)


def test_of_several_the_one_that_is_named(
    store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    archive = zipped(tmp_path / "x.zip", (whole, "models/tiny/"), (whole, "models/base/"))
    assert podcast(tmp_path, "model", "fetch", "tiny", "--from", str(archive)).code == 0
    good(store, whole)


def test_two_models_and_neither_is_named(
    store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    archive = tarred(tmp_path / "x.tar.gz", (whole, "one/"), (whole, "two/"))
    ran = podcast(tmp_path, "model", "fetch", "tiny", "--from", str(archive))
    refused(ran, "contient plusieurs modèles (one, two)", store)


def _without(whole: Path, tmp_path: Path, name: str) -> Path:
    folder = Path(shutil.copytree(whole, tmp_path / "part"))
    (folder / name).unlink()
    return folder


def _member(archive: Path, name: str, kind: bytes, target: str = "") -> Path:
    """A tar with one member that is no file."""
    with tarfile.open(archive, "w") as made:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, target
        made.addfile(member)
    return archive


def _named(archive: Path, name: str) -> Path:
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(name, b"x")
    return archive


def _twice(archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w") as made, pytest.warns(UserWarning):
        made.writestr("config.json", b"{}")
        made.writestr("config.json", b"{}")
    return archive


def _bomb(archive: Path) -> Path:
    """Twenty megabytes of file that become as many gigabytes would be too slow: it announces them."""
    with gzip.open(archive, "wb") as made:
        member = tarfile.TarInfo("tiny/model.bin")
        member.size = 50_000_000_000
        made.write(member.tobuf())
        made.write(bytes(10_000_000))
    return archive


def _zip_bomb(archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for n in range(5):
            with made.open(f"{n}.bin", "w") as out:
                for _ in range(200):
                    out.write(bytes(1_000_000))
    return archive


def _locked(archive: Path, whole: Path) -> Path:
    """The sign of a password, as a zip has it: the first bit of each member's flags."""
    raw = bytearray(zipped(archive, (whole, "")).read_bytes())
    at = 0
    for sign, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = 0
        while (at := raw.find(sign, at)) >= 0:
            raw[at + offset] |= 1
            at += 4
    archive.write_bytes(raw)
    return archive


def _cut(archive: Path, share: float) -> Path:
    raw = archive.read_bytes()
    archive.write_bytes(raw[: int(len(raw) * share)])
    return archive


def _flipped(archive: Path) -> Path:
    raw = bytearray(archive.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    archive.write_bytes(raw)
    return archive


FAULTS: dict[str, tuple[Callable[[Path, Path], Path], str]] = {
    "a cut zip": (lambda d, w: _cut(zipped(d / "x.zip", (w, "")), 0.6), "ni un zip ni un tar"),
    "a cut tar.gz": (lambda d, w: _cut(tarred(d / "x.tgz", (w, "")), 0.6), "coupée, abîmée"),
    "a cut tar": (lambda d, w: _cut(tarred(d / "x.tar", (w, ""), mode="w"), 0.6), "coupée, abîmée"),
    "a cut tar.xz": (lambda d, w: _cut(tarred(d / "x.txz", (w, ""), mode="w:xz"), 0.6), "coupée, abîmée"),
    "a flipped bit in a zip": (lambda d, w: _flipped(zipped(d / "x.zip", (w, ""))), "coupée, abîmée"),
    "a flipped bit in a tar.gz": (lambda d, w: _flipped(tarred(d / "x.tgz", (w, ""))), "coupée, abîmée"),
    "a password": (lambda d, w: _locked(d / "x.zip", w), "fermée par un mot de passe"),
    "no archive": (lambda d, w: Path(shutil.copy(w / "config.json", d / "x.zip")), "ni un zip ni un tar"),
    "an empty file": (lambda d, w: _cut(Path(shutil.copy(w / "config.json", d / "x")), 0), "ni un zip"),
    "no model in it": (lambda d, w: _named(d / "x.zip", "photo.jpg"), "pas de model.bin"),
    "a file is missing": (
        lambda d, w: zipped(d / "x.zip", (_without(w, d, "tokenizer.json"), "")),
        "il manque : tokenizer.json",
    ),
    "out of the archive": (lambda d, w: _named(d / "x.zip", "../../model.bin"), "rien n'en a été pris"),
    "an absolute path": (lambda d, w: _named(d / "x.zip", "/etc/model.bin"), "rien n'en a été pris"),
    "a path of Windows": (lambda d, w: _named(d / "x.zip", "..\\..\\config.json"), "rien n'en a été pris"),
    "a drive": (lambda d, w: _named(d / "x.zip", "C:/config.json"), "rien n'en a été pris"),
    "twice the same": (lambda d, w: _twice(d / "x.zip"), "rien n'en a été pris"),
    "a link": (lambda d, w: _member(d / "x.tar", "tiny/model.bin", tarfile.SYMTYPE, "/etc/passwd"), "n'est qu'un lien"),
    "a hard link": (lambda d, w: _member(d / "x.tar", "tiny/model.bin", tarfile.LNKTYPE, "config.json"), "n'est qu'un lien"),
    "a device": (lambda d, w: _member(d / "x.tar", "tiny/model.bin", tarfile.CHRTYPE), "n'est qu'un lien"),
    "a pipe": (lambda d, w: _member(d / "x.tar", "tiny/model.bin", tarfile.FIFOTYPE), "n'est qu'un lien"),
    "a bomb": (lambda d, w: _bomb(d / "x.tgz"), "contient bien plus que ce modèle"),
    "a zip bomb": (lambda d, w: _zip_bomb(d / "x.zip"), "contient bien plus que ce modèle"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_an_archive_that_will_not_do(
    case: str, store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    make, says = FAULTS[case]
    folder = tmp_path / "stick"
    folder.mkdir()
    archive = make(folder, whole)
    refused(podcast(tmp_path, "model", "fetch", "tiny", "--from", str(archive)), says, store)
    assert not (tmp_path / "model.bin").exists() and not (tmp_path / "config.json").exists()


def test_a_link_that_a_zip_from_unix_holds(
    store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w") as made:
        member = zipfile.ZipInfo("tiny/model.bin")
        member.external_attr = 0o120777 << 16
        made.writestr(member, "/etc/passwd")
    ran = podcast(tmp_path, "model", "fetch", "tiny", "--from", str(archive))
    refused(ran, "n'est qu'un lien", store)


def test_a_checksum_that_is_not_kept(
    store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "tiny"))
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  model.bin\n")
    archive = zipped(tmp_path / "x.zip", (folder, ""))
    ran = podcast(tmp_path, "model", "fetch", "tiny", "--from", str(archive))
    refused(ran, "model.bin", store)


def test_what_was_there_stays_when_the_archive_is_broken(
    store: Path, whole: Path, podcast: Podcast, tmp_path: Path
) -> None:
    (store / "tiny").mkdir(parents=True)
    (store / "tiny" / "model.bin").write_bytes(b"half")
    archive = _cut(tarred(tmp_path / "x.tgz", (whole, "")), 0.6)
    assert podcast(tmp_path, "model", "fetch", "tiny", "--from", str(archive)).code == 4
    assert [path.name for path in store.iterdir()] == ["tiny"]
    assert (store / "tiny" / "model.bin").read_bytes() == b"half"


@given(st.binary(max_size=600))
def test_any_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "x").write_bytes(raw)
    with pytest.raises(Outside):
        model_archive.unpack(folder / "x", "tiny", NAMES, folder, 10_000, lambda share: None)


@given(st.data())
def test_a_spoiled_archive_never_leaves_its_folder(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever byte of a zip or a tar is changed: it is taken or refused, and nothing is outside."""
    folder = tmp_path_factory.mktemp("spoiled")
    held = io.BytesIO()
    if data.draw(st.booleans()):
        with zipfile.ZipFile(held, "w") as made:
            made.writestr("tiny/model.bin", b"m" * 50)
            made.writestr("tiny/config.json", b"{}")
    else:
        with tarfile.open(fileobj=held, mode="w") as packed:
            for name in ("tiny/model.bin", "tiny/config.json"):
                member = tarfile.TarInfo(name)
                member.size = 5
                packed.addfile(member, io.BytesIO(b"12345"))
    raw = bytearray(held.getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    (folder / "x").write_bytes(raw)
    (folder / "into").mkdir()
    try:
        found = model_archive.unpack(
            folder / "x", "tiny", NAMES, folder / "into", 10_000, lambda share: None
        )
        assert (found / "model.bin").is_file() and found.parent == folder / "into"
    except Outside:
        pass
    assert {path.name for path in folder.iterdir()} == {"x", "into"}
    assert all(path.name in NAMES for path in (folder / "into").glob("*/*"))
