"""The espeak-ng voices that the model is trained on, and those kept to test it on."""

from __future__ import annotations

SAMPLE_VOICES = {
    "presentatrice": "roa/fr+f2",
    "conseillere": "roa/fr+f5",
    "invite": "roa/fr+m3",
    "presenter": "gmw/en+f2",
    "coach": "gmw/en-US+m3",
}
_TRAINED = ("f1", "f2", "f3", "f5", "m1", "m2", "m3", "m5", "m7", "Annie", "Andy", "Denis", "steph",
            "edward", "linda", "max")  # fmt: skip
# Kept apart, to test on.  The second set was drawn blindly, later, among the variants of which no
# other one has the formants; nothing was chosen by looking at it.
_UNSEEN = ("f4", "m4", "m6", "Alicia", "Michael", "shelby", "Lee", "belinda")
_SECOND = ("Marco", "Storm", "Tweaky", "boris", "croak", "grandpa", "rob", "steph2")
# Heard in training only.  Left out: Mario, gustave and marcelo, which are Michael nearly to the
# number; fast, a test of speed; Demonic, hard for people too; Mr serious, whose name has a space.
OTHERS = (
    "Alex", "Andrea", "AnxiousAndy", "Diogo", "Gene", "Gene2", "Henrique", "Hugo", "Jacky", "Mike",
    "Nguyen", "RicishayMax", "RicishayMax2", "RicishayMax3", "UniRobot", "adam", "anika",
    "anikaRobot", "announcer", "antonio", "aunty", "benjamin", "caleb", "david", "ed", "edward2",
    "grandma", "iven", "iven2", "iven3", "iven4", "john", "kaukovalta", "klatt", "klatt2",
    "klatt3", "klatt4", "klatt5", "klatt6", "m8", "michel", "miguel", "norbert", "pablo", "paul",
    "pedro", "quincy", "robert", "robosoft", "robosoft2", "robosoft3", "robosoft4", "robosoft5",
    "robosoft6", "robosoft7", "robosoft8", "sandro", "steph3", "travis", "victor", "whisper",
    "whisperf", "zac",
)  # fmt: skip
INVENTED = 3000  # variants with drawn parameters, see variants.py
ACCENTS = {
    "fr": ["roa/fr"] * 8 + ["roa/fr-BE", "roa/fr-CH"],
    "en": ["gmw/en"] * 4 + ["gmw/en-US"] * 4 + ["gmw/en-GB-x-rp"] * 2,
}

TRAINED = {
    "fr": ["roa/fr", "roa/fr-BE", "roa/fr-CH", *(f"roa/fr+{v}" for v in _TRAINED)],
    "en": ["gmw/en", "gmw/en-US", "gmw/en-GB-x-rp", *(f"gmw/en+{v}" for v in _TRAINED),
           *(f"gmw/en-US+{v}" for v in _TRAINED)],
}  # fmt: skip


def _apart(variants: tuple[str, ...]) -> dict[str, list[str]]:
    return {
        "fr": [f"roa/fr+{v}" for v in variants],
        "en": [f"{base}+{v}" for base in ("gmw/en", "gmw/en-US") for v in variants],
    }


UNSEEN = _apart(_UNSEEN)
SECOND = _apart(_SECOND)
# The voices of the sample show are heard most, so they come up most in training.
FAVOURITES = {
    "fr": ["roa/fr+f2", "roa/fr+f5", "roa/fr+m3"],
    "en": ["gmw/en+f2", "gmw/en-US+m3"],
}
