"""Times within a sound at which something is heard, and how a sentence names them."""

from __future__ import annotations

from dataclasses import dataclass

from podcast.timecode import clock
from podcast.wording import Wording


@dataclass(frozen=True, slots=True)
class Occasions:
    """Starts and ends in milliseconds, and how many there are besides; none for the whole sound."""

    times: tuple[tuple[int, int], ...]
    more: int = 0

    def told(self, words: Wording) -> str:
        """``from 1:02 to 1:05, from 3:10 to 3:12, and 4 more times``."""
        if not self.times:
            return words.say("occasion.whole")
        said = [words.say("occasion.time", start=clock(a), end=clock(b)) for a, b in self.rounded]
        if self.more:
            said.append(words.say("occasion.more", n=self.more))
        return ", ".join(said)

    @property
    def rounded(self) -> tuple[tuple[int, int], ...]:
        """Whole seconds around each: a short one lasts a second at least."""
        return tuple((a // 1000 * 1000, -(-b // 1000) * 1000) for a, b in self.times)
