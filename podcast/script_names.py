"""Who speaks in a script: which words before a colon are names.

Two passes: every line that might begin with a name is counted, then a name is taken if the show
declares it or the script has it twice.  One that is found once is taken if it looks like a name,
and asked about.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from podcast.errors import Fault, Place, fault
from podcast.script import SENTENCE_END, Line
from podcast.show import Person
from podcast.transcript import Speaker

_MOST_WORDS = 5
# Nobody breaks lines for their width at more or fewer characters than this.
_NARROWEST, _WIDEST = 40, 120

_DASH = r"(?:[—–-][ \u00a0\u202f]*)?"
_WHO = r"(?P<name>[^\W\d_][^:：\n\[\]{}()!?;…\"«»“”]{0,60}?)"
_ROLE = r"(?:\s*[(\[](?P<role>[^()\[\]]{1,60})[)\]])?"
_PREFIX = re.compile(
    rf"{_DASH}{_WHO}{_ROLE}\s*(?P<mark>(?:(?<!\d)[:：]|[:：](?!\d))(?!//)|(?<=\s)[—–](?=\s))\s*"
)
_OWN_LINE = re.compile(rf"{_DASH}{_WHO}{_ROLE}(?:\s+\(?(?P<time>(?:\d+:)?\d?\d:\d\d)\)?)?\s*")
_NUMBERED = re.compile(r"(?:speaker|locuteur|intervenante?|voix|voice)[ _]*(\d+)", re.IGNORECASE)
_JOINT = re.compile(r"\s+(?:et|and|&)\s+|\s*,\s+")
_SHORTENED = re.compile(
    r"(?:[^\W\d_]|[^\W\d_]+-[^\W\d_]|M|Mr|Mrs|Ms|Mme|Mlle|Dr|Pr|Prof|Me|St|Ste)\."
)
# Between or before the capitals of a name.
_PARTICLES = frozenset("de du des d la le les l et à aux van von der den di da dos del ben".split())
_ARTICLES = frozenset("la le les l une un the".split())
# Before a colon these say what follows, not who.
_NOT_NAMES = frozenset(
    "attention exemple exemples note notes nb rappel rappels question questions réponse réponses "
    "résultat résultats conclusion important remarque remarques conseil conseils résumé durée date "
    "titre sujet thème objet source sources lien liens contact adresse téléphone mail courriel "
    "email site crédits crédit musique jingle générique virgule son sons réalisation montage "
    "production mixage prise transcription publication diffusion épisode saison chapitre partie "
    "sommaire avertissement précision astuce info infos étape problème solution avantage "
    "inconvénient bilan preuve warning example examples reminder answer answers result results "
    "summary tip remember duration title subject topic link links credits music sfx sound sounds "
    "episode season chapter part step recording editing problem solution".split()
)
# No name begins so, but many a sentence does.
_OPENERS = frozenset(
    "je j tu il elle on nous vous ils elles ce c cela ça mais donc or ni car ou si quand lorsque "
    "comme pour par puis ensuite enfin bref voilà voici oui non alors bon bien d m n s t qu y en "
    "sur dans avec sans chez entre selon après avant pendant depuis qui que quoi où comment "
    "pourquoi combien mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs cet cette "
    "ces deux trois quatre premier première deuxième troisième dernier dernière autre autres "
    "chaque tout toute tous toutes plus moins merci bonjour et à au aux est c'est i you he she it "
    "we they this that these those but so and or if when as then finally yes no well because in on "
    "at with without after before who what where how why my your his her our their one two three "
    "first second third last let thanks hello for to by from".split()
)


@dataclass(frozen=True, slots=True)
class Named:
    """A line that begins with a speaker's name."""

    speaker: Speaker
    rest: str
    aside: str | None


def folded(name: str) -> str:
    """What makes two spellings one name: no case, no accents, any apostrophe, any space."""
    flat = unicodedata.normalize("NFKD", name.replace("’", "'").casefold())
    return " ".join("".join(c for c in flat if not unicodedata.combining(c)).split())


def width_of(lines: Sequence[Line]) -> int:
    """The width at which the lines were broken; 0 where each line is a paragraph of its own."""
    texts = [line.text.strip() for line in lines if line.speaker is None]
    longest = max(map(len, texts), default=0)
    if longest > _WIDEST:
        return 0
    broken = any(_unfinished(a) and b[:1].islower() for a, b in itertools.pairwise(texts))
    return longest if broken else 0


def wraps(before: str, text: str, width: int) -> bool:
    """Whether a line goes on with the one before, which had no room for its first word."""
    first = text.split(maxsplit=1)[0] if text else ""
    return bool(width) and _unfinished(before) and len(before) + 1 + len(first) > width


def _unfinished(line: str) -> bool:
    return len(line) >= _NARROWEST and line[-1] not in SENTENCE_END and line[-1] not in "*:†"


class Names:
    """The names of one script."""

    def __init__(
        self, lines: Sequence[Line], people: Mapping[str, Person], unnamed: str, file: str
    ) -> None:
        self._declared = {folded(p.name): Speaker(p.name, key) for key, p in people.items()}
        self._unnamed = unnamed.rstrip("0123456789 ")
        self._spellings: dict[str, Counter[str]] = {}
        self._dashed: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._accepted: dict[str, Speaker] = {}
        self.questions: list[Fault] = []
        self.width = width_of(lines)
        self._count(lines)
        self._judge(file)

    def match(self, text: str) -> Named | None:
        """The speaker that a line begins with, if it begins with one."""
        match = _PREFIX.match(text)
        if match and (speaker := self._speaker(match["name"])):
            return Named(speaker, text[match.end() :], match["role"])
        own = _OWN_LINE.fullmatch(text) if len(text) < 150 else None
        if own and (speaker := self._speaker(own["name"])) and self._stands_alone(own):
            return Named(speaker, "", own["time"] or own["role"])
        return None

    def told(self, name: str) -> Speaker:
        """The speaker that a file names apart from the text."""
        known = self._speaker(name)
        return known or Speaker(self._display(name))

    def unknown(self, used: Iterable[Speaker]) -> tuple[str, ...]:
        """Names of the script that the show does not declare, each once, in order."""
        return tuple(dict.fromkeys(s.name for s in used if s.key is None))

    def near(self, name: str) -> str | None:
        """The one declared person whose name has this in it: « Éléonore », « Petit-Jean »."""
        wanted = folded(name)
        words = [s.name for key, s in self._declared.items() if wanted in re.split(r"[ ']", key)]
        return words[0] if len(words) == 1 else None

    def _stands_alone(self, own: re.Match[str]) -> bool:
        """A bare name on its line: a declared one, or one with its time as services write it."""
        return folded(own["name"]) in self._declared or bool(own["time"])

    def _count(self, lines: Sequence[Line]) -> None:
        before = ""
        for line in lines:
            text = line.text.strip()
            if line.speaker is None and not wraps(before, text, self.width):
                match = _PREFIX.match(text)
                if match is None and len(text) < 150:
                    own = _OWN_LINE.fullmatch(text)
                    match = own if own and own["time"] else None
                if match and _plausible(match["name"]):
                    key = folded(match["name"])
                    self._spellings.setdefault(key, Counter())[match["name"].strip()] += 1
                    self._first.setdefault(key, line.number)
                    self._dashed[key] += match.groupdict().get("mark") in ("—", "–")
            before = text

    def _judge(self, file: str) -> None:
        for key, spellings in self._spellings.items():
            name = _best(spellings)
            by_colon = spellings.total() - self._dashed[key]
            if key in self._declared or self._joint(name):
                continue
            if by_colon >= 2 or (by_colon and self._dashed[key]):
                self._accepted[key] = Speaker(self._display(name))
            elif by_colon == 1 and (_looks_like_a_name(name) or _NUMBERED.fullmatch(name)):
                self._accepted[key] = Speaker(self._display(name))
                if not _NUMBERED.fullmatch(name):
                    place = Place(file, self._first[key])
                    self.questions.append(fault("import.speaker_once", place, name=name))

    def _speaker(self, name: str) -> Speaker | None:
        key = folded(name)
        if len(key.split()) > _MOST_WORDS + 3:
            return None
        known = self._declared.get(key) or self._accepted.get(key)
        return known or self._joint(name)

    def _joint(self, name: str) -> Speaker | None:
        """Several people who speak together; only declared ones, as the transcript is read."""
        parts = [folded(part) for part in _JOINT.split(name)]
        if len(parts) < 2 or not all(part in self._declared for part in parts):
            return None
        both = [self._declared[part] for part in parts]
        # The transcript knows « A et B », with the names as they are declared.
        return Speaker(" et ".join(s.name for s in both), "+".join(s.key or "" for s in both))

    def _display(self, name: str) -> str:
        """« SPEAKER_00 » of a recogniser is the draft's « Voix 1 »."""
        numbered = _NUMBERED.fullmatch(name)
        if numbered and len(numbered[1]) < 4:
            first = 1 if "_" in name else 0
            return f"{self._unnamed} {int(numbered[1]) + first}"
        return " ".join(re.sub(r"[\[\]{}:\\]", " ", name).split()) or f"{self._unnamed} 1"


def _best(spellings: Counter[str]) -> str:
    """The commonest spelling, one in capitals only where there is no other."""
    return max(spellings, key=lambda name: (not name.isupper(), spellings[name], name))


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\s'’]+", name) if word]


def _plausible(name: str) -> bool:
    words = _words(name)
    if not 1 <= len(name.split()) <= _MOST_WORDS or not words:
        return False
    if any("." in word and not _SHORTENED.fullmatch(word) for word in words) or "," in name:
        return False
    first = words[0].casefold()
    if first in _OPENERS and not (len(words) > 1 and first == "d" and words[1][0].isupper()):
        return False
    if any(word.casefold() in _NOT_NAMES for word in words):
        return False
    return all(not char.isdecimal() for word in words[:-1] for char in word)


def _looks_like_a_name(name: str) -> bool:
    """Capitals, but for « de » and the like; or an article with one or two words: « La mère »."""
    words = _words(name)
    proper = [word for word in words if word.casefold() not in _PARTICLES]
    if proper and all(word[0].isupper() for word in proper) and words[0][0].isupper():
        return True
    return words[0].casefold() in _ARTICLES and words[0][0].isupper() and 2 <= len(words) <= 3
