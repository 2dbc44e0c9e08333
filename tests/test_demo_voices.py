"""The demo model's voices: those it is tested on are never trained, and invented ones are seeded."""

from __future__ import annotations

import random
from pathlib import Path

from tools.demo_model import variants, voices


def variant(voice: str) -> str:
    return voice.partition("+")[2]


def test_voices_kept_apart_are_never_trained() -> None:
    trained = {variant(voice) for names in voices.TRAINED.values() for voice in names}
    trained |= {variant(voice) for names in voices.FAVOURITES.values() for voice in names}
    trained |= {variant(voice) for voice in voices.SAMPLE_VOICES.values()}
    trained |= set(voices.OTHERS)
    sets = (voices.UNSEEN, voices.SECOND)
    apart = [{variant(v) for names in kept.values() for v in names} for kept in sets]
    assert not trained & (apart[0] | apart[1])
    assert not apart[0] & apart[1]
    assert len(apart[0]) == len(apart[1]) == 8


def test_an_invented_voice_depends_on_its_seed_only() -> None:
    first, second = (variants.invent(random.Random(seed)) for seed in ("1 a", "1 b"))
    assert first == variants.invent(random.Random("1 a"))
    assert first != second
    assert first.startswith("language variant\n")
    assert [line.split()[1] for line in first.splitlines() if line.startswith("formant")] == list(
        "012345678"
    )


def test_the_engine_s_data_is_copied_once_with_the_invented_voices(tmp_path: Path) -> None:
    own = tmp_path / "installed" / "voices" / "!v" / "f1"
    own.parent.mkdir(parents=True)
    own.write_text("language variant\n", "ascii")
    folder = variants.data_folder(tmp_path / "copy", tmp_path / "installed", 1, 3)
    data = folder / variants.FOLDER
    for name in ["f1", *variants.names(3)]:
        assert (data / "voices" / "!v" / name).read_text("ascii").startswith("language variant\n")
    texts = [(data / variants.APART / str(number)).read_text("ascii") for number in range(3)]
    assert len(set(texts)) == 3
    (data / "here").touch()
    assert variants.data_folder(tmp_path / "copy", tmp_path / "installed", 1, 3) == folder
    assert (data / "here").exists()
