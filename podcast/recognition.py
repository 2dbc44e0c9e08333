"""What is to be listened to, as a value: equal requests give equal words, on any machine."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import astuple, dataclass

from podcast.errors import PodcastError
from podcast.words_file import read_journal, read_words

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Request:
    """A sound and all that the words depend on; there is no path in it, nor an address."""

    sound: str
    """SHA-256 of the samples, 16-bit mono at 16 kHz."""
    audio_digest: str
    """Names the sound's times in the words file."""
    model: str
    """SHA-256 of the model's files (:func:`podcast.speech_model.digest`)."""
    model_sha256: str
    model_name: str
    language: str
    hotwords: str
    engine: str
    """The recogniser and its version (:func:`podcast.whisper.engine`)."""
    recipe: int

    @property
    def key(self) -> str:
        """SHA-256 of all of it: the name of the words, wherever they are kept."""
        return hashlib.sha256(json.dumps(astuple(self), ensure_ascii=True).encode()).hexdigest()

    @property
    def well_formed(self) -> bool:
        """Whether its digests are digests, so that none of them can be a path."""
        return all(
            isinstance(digest, str) and _DIGEST.fullmatch(digest)
            for digest in (self.sound, self.model)
        )

    def answered_by(self, text: str) -> bool:
        """Whether this is a whole words file that was made for this very request."""
        try:
            read_words(text, "")
            header, _, _ = read_journal(text, "")
            engine = header["engine"]
            told = (
                header["audio"]["digest"],
                header["language"],
                engine["model"],
                engine["model_sha256"],
                engine["options"]["hotwords"],
            )
        except (PodcastError, KeyError, TypeError):
            return False
        wanted = (self.audio_digest, self.language, self.model_name, self.model_sha256)
        return told == (*wanted, self.hotwords)
