"""The demo model's voices: those it is tested on are never trained."""

from __future__ import annotations

from tools.demo_model import voices


def variant(voice: str) -> str:
    return voice.partition("+")[2]


def test_voices_kept_apart_are_never_trained() -> None:
    trained = {variant(voice) for names in voices.TRAINED.values() for voice in names}
    trained |= {variant(voice) for names in voices.FAVOURITES.values() for voice in names}
    trained |= {variant(voice) for voice in voices.SAMPLE_VOICES.values()}
    sets = (voices.UNSEEN, voices.SECOND)
    apart = [{variant(v) for names in kept.values() for v in names} for kept in sets]
    assert not trained & (apart[0] | apart[1])
    assert not apart[0] & apart[1]
    assert len(apart[0]) == len(apart[1]) == 8
