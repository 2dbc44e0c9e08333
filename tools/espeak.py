"""Speak a text with espeak-ng inside this process, with the time of every word and phoneme.

The one door to espeak-ng for the tools (the sample show and the demo speech model).  Needs the
shared library ``libespeak-ng.so.1`` (Debian: ``apt-get install espeak-ng``).  espeak-ng is
GPL-3.0-or-later; the sound it makes is not covered by that licence.
"""

from __future__ import annotations

import ctypes as C  # noqa: N812 - as in every example of ctypes
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT.AUDIO_OUTPUT_SYNCHRONOUS
PHONEME_EVENTS = 1  # espeakINITIALIZE_PHONEME_EVENTS
CHARS_UTF8 = 1
EVENT_END, EVENT_WORD, EVENT_PHONEME = 0, 1, 7
RATE, PITCH, RANGE = 1, 3, 4


class _Id(C.Union):
    _fields_ = [("number", C.c_int), ("name", C.c_char_p), ("string", C.c_char * 8)]


class _Event(C.Structure):
    _fields_ = [
        ("type", C.c_int),
        ("unique_identifier", C.c_uint),
        ("text_position", C.c_int),
        ("length", C.c_int),
        ("audio_position", C.c_int),
        ("sample", C.c_int),
        ("user_data", C.c_void_p),
        ("id", _Id),
    ]


_CALLBACK = C.CFUNCTYPE(C.c_int, C.POINTER(C.c_short), C.c_int, C.POINTER(_Event))


@dataclass(frozen=True)
class SpokenWord:
    """Where a word stands in the text (characters, from 0) and when it starts (seconds)."""

    position: int
    length: int
    start: float


@dataclass(frozen=True)
class Speech:
    """Mono samples in -1..1 at ``rate`` Hz, with word and phoneme starts in seconds."""

    samples: np.ndarray
    rate: int
    words: tuple[SpokenWord, ...]
    phonemes: tuple[tuple[str, float], ...]


class Espeak:
    """One espeak-ng engine; the library keeps global state, so make one per process."""

    def __init__(self, folder: Path | None = None) -> None:
        """Start the engine, on the ``espeak-ng-data`` inside ``folder`` where one is given."""
        try:
            self._lib = C.CDLL("libespeak-ng.so.1")
        except OSError as error:
            raise SystemExit("espeak-ng is missing: apt-get install espeak-ng") from error
        place = str(folder).encode() if folder else None
        self.rate: int = self._lib.espeak_Initialize(SYNCHRONOUS, 0, place, PHONEME_EVENTS)
        self._sound: list[np.ndarray] = []
        self._words: list[SpokenWord] = []
        self._phonemes: list[tuple[str, float]] = []
        self._callback = _CALLBACK(self._collect)  # kept: ctypes does not hold a reference
        self._lib.espeak_SetSynthCallback(self._callback)

    @property
    def data(self) -> Path:
        """The folder of voices and sounds that the engine reads."""
        self._lib.espeak_Info.restype = C.c_char_p
        where = C.c_char_p()
        self._lib.espeak_Info(C.byref(where))
        return Path((where.value or b"").decode())

    def _collect(self, wav, count: int, events) -> int:  # type: ignore[no-untyped-def]
        if wav and count > 0:
            self._sound.append(np.ctypeslib.as_array(wav, shape=(count,)).copy())
        i = 0
        while events[i].type != EVENT_END:
            event = events[i]
            seconds = event.audio_position / 1000
            if event.type == EVENT_WORD:
                self._words.append(SpokenWord(event.text_position - 1, event.length, seconds))
            elif event.type == EVENT_PHONEME:
                self._phonemes.append((event.id.string.decode("utf-8", "ignore"), seconds))
            i += 1
        return 0

    def speak(
        self, text: str, voice: str, rate: int = 165, pitch: int = 50, pitch_range: int = 50
    ) -> Speech:
        """Say ``text``; ``rate`` in words a minute, ``pitch`` and ``pitch_range`` 0 to 100."""
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        self._lib.espeak_SetParameter(RATE, rate, 0)
        self._lib.espeak_SetParameter(PITCH, pitch, 0)
        self._lib.espeak_SetParameter(RANGE, pitch_range, 0)
        self._sound.clear()
        self._words.clear()
        self._phonemes.clear()
        raw = text.encode() + b"\0"
        self._lib.espeak_Synth(raw, len(raw), 0, 1, 0, CHARS_UTF8, None, None)
        samples = np.concatenate(self._sound).astype(np.float32) / 32768
        return Speech(samples, self.rate, tuple(self._words), tuple(self._phonemes))
