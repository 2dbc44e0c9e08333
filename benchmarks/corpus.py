"""A long episode that never was: what was said and when, what a recogniser heard, what was edited.

The prose is ours (random sentences of ``tools.demo_model.french``, whose words and turns come back
as they do in talk); the faults of the recogniser and of the editor are drawn at fixed rates, see
README.md.  Nothing depends on anything but the seed.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from podcast.pieces import written_words
from podcast.transcript import Word
from tools.demo_model.french import French

HESITATIONS = "euh ben hein voilà enfin bah du coup quoi".split()
BACK_CHANNELS = ["Oui.", "D'accord.", "Hm, hm.", "Ah oui.", "Tout à fait.", "Bien sûr.", "Ah bon ?"]
PAIRS = """a à|et est|ou où|ces ses|ce se|sont son|mais mes|peu peut|on ont|c'est s'est|la là|leur
leurs|tout tous|cette cet|quel quelle|fait fais|dit dis|sa ça|ma m'a|dans d'en|sans s'en|parlé
parler|travaillé travailler|demandé demander|écouté écouter|aidé aider|trouvé trouver|changé changer
|donné donner|proposé proposer|expliqué expliquer|installé installer|envoyé envoyer|voix voie
|foi fois|compte conte|fin faim|cours court|quand qu'en|plus plu|vers vert|mois moi|si s'y"""
HOMOPHONES: dict[str, str] = {}
for _pair in " ".join(PAIRS.split()).split("|"):
    _one, _other = _pair.split()
    HOMOPHONES.update({_one: _other, _other: _one})
NUMBERS = [
    ("14 h 30", "quatorze heures trente"), ("9 h", "neuf heures"), ("3 000", "trois mille"),
    ("2024", "deux mille vingt-quatre"), ("1er", "premier"), ("3e", "troisième"),
    ("12,5", "douze virgule cinq"), ("50 %", "cinquante pour cent"), ("6 %", "six pour cent"),
    ("25 000", "vingt-cinq mille"), ("1987", "mille neuf cent quatre-vingt-sept"),
    ("18", "dix-huit"), ("72", "soixante-douze"), ("1 200", "mille deux cents"),
    ("110", "cent dix"), ("95", "quatre-vingt-quinze"),
]  # fmt: skip
PHANTOM = " Sous-titres réalisés par la communauté de nos auditeurs fidèles."


@dataclass
class Said:
    """A word, or a number said in several, as it was spoken."""

    text: str
    start: int
    end: int
    digits: str = ""
    filler: bool = False


@dataclass
class Episode:
    paragraphs: list[list[Said]]
    gaps: list[tuple[int, int]]  # music
    duration: int


@dataclass
class Edited:
    """The edited text, and the true start of each of its words; ``None`` if it was never said."""

    written: list[str] = field(default_factory=list)
    truth: list[int | None] = field(default_factory=list)
    paragraphs: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)  # paragraphs
    note: tuple[int, int] = (0, 0)


def speak(words: int, seed: int) -> Episode:
    """About so many words of conversation, with music between its parts."""
    rng = random.Random(seed)
    french = French(rng)
    paragraphs: list[list[Said]] = []
    gaps = []
    at, count = 8000, 0
    gaps.append((0, at))
    while count < words:
        if rng.random() < 0.12:
            sentences = [rng.choice(BACK_CHANNELS)]
        else:
            sentences = [french.sentence() for _ in range(rng.randint(1, 8))]
        said: list[Said] = []
        pace = rng.uniform(55, 85)
        for sentence in sentences:
            for text in written_words(sentence):
                for extra in [text] if rng.random() >= 0.035 else [rng.choice(HESITATIONS), text]:
                    digits = ""
                    shown = extra
                    if extra is text and rng.random() < 0.012:
                        digits, shown = rng.choice(NUMBERS)
                        digits += text[-1] if text[-1] in ".,?" else ""
                    lasts = int(90 + pace * len(shown) * rng.uniform(0.7, 1.3))
                    said.append(Said(shown, at, at + lasts, digits, extra is not text))
                    at += lasts + (
                        rng.randint(0, 30) if rng.random() < 0.8 else rng.randint(30, 250)
                    )
                    count += 1
            at += rng.randint(200, 900)
        paragraphs.append(said)
        if count > 1500 * (len(gaps)):
            lasts = rng.randint(6000, 20000)
            gaps.append((at, at + lasts))
            at += lasts
        at += rng.randint(150, 1500)
    return Episode(paragraphs, gaps, at + 3000)


def _misspelt(rng: random.Random, word: str) -> str:
    letters = [k for k, c in enumerate(word) if c.isalpha()]
    if len(letters) < 2:
        return word
    k = rng.choice(letters)
    kind = rng.randrange(3)
    if kind == 0:
        return word[:k] + word[k + 1 :]
    if kind == 1:
        return word[:k] + rng.choice("aeiourstln") + word[k + 1 :]
    return word[:k] + word[k] + word[k:]


def hear(episode: Episode, seed: int) -> list[Word]:
    """What a recogniser would make of it."""
    rng = random.Random(seed + 1)
    french = French(rng)
    heard: list[Word] = []
    phantoms = iter(episode.gaps)
    gap: tuple[int, int] | None = next(phantoms)
    lost = 0
    for paragraph in episode.paragraphs:
        skip = False
        for k, said in enumerate(paragraph):
            if gap and said.start >= gap[1]:
                if rng.random() < 0.8:
                    _write(
                        heard, PHANTOM.strip(), gap[0] + 500, min(gap[1] - 200, gap[0] + 4500), rng
                    )
                gap = next(phantoms, None)
            if lost == 0 and rng.random() < 0.0006:
                lost = rng.randint(5, 15)
            if lost:
                lost -= 1
                continue
            if skip:
                skip = False
                continue
            if said.filler and rng.random() < 0.5:
                continue
            text = said.digits if said.digits and rng.random() < 0.8 else said.text
            end = said.end
            chance = rng.random()
            bare = text.rstrip(".,?! ")
            if bare.lower() in HOMOPHONES and rng.random() < 0.06:
                text = HOMOPHONES[bare.lower()] + text[len(bare) :]
            elif chance < 0.035:
                text = _misspelt(rng, text)
            elif chance < 0.047:
                text = written_words(french.sentence())[0].rstrip(".,")
            elif chance < 0.059:
                continue
            elif chance < 0.067 and k + 1 < len(paragraph) and not paragraph[k + 1].digits:
                text, end, skip = bare + paragraph[k + 1].text.lower(), paragraph[k + 1].end, True
            elif chance < 0.073 and len(bare) > 5:
                cut = rng.randint(2, len(bare) - 2)
                text = bare[:cut] + " " + bare[cut:]
            if rng.random() < 0.05:
                text = text.swapcase() if rng.random() < 0.2 else text.rstrip(".,?! ") or text
            jitter = 350 if rng.random() < 0.02 else 60
            start = max(0, said.start + int(rng.gauss(0, jitter)))
            if heard:
                start = max(start, heard[-1].start_ms + 10)
            _write(heard, text, start, max(start + 20, end + int(rng.gauss(0, 60))), rng)
    return heard


def _write(heard: list[Word], text: str, start: int, end: int, rng: random.Random) -> None:
    """As Whisper's tokens fall: « l » « 'emploi », « est » « -ce », « 12 » « ,5 », « ? »."""
    parts = [
        p for p in re.split(r"(?=')|(?=-)|(?=,\d)|(?= )|(?=[  ])", " " + text.strip()) if p.strip()
    ]
    total = sum(len(p) for p in parts)
    done = 0
    for part in parts:
        first = start + (end - start) * done // total
        done += len(part)
        last = start + (end - start) * done // total
        if not any(c.isalnum() for c in part):
            first = last
        elif rng.random() < 0.01:
            last = first
        heard.append(
            Word(
                first, last, rng.randint(40, 99), part.replace("\u00a0", " ").replace("\u202f", " ")
            )
        )


def edit(episode: Episode, seed: int, level: float, moved: int = 0, note: bool = True) -> Edited:
    """What an editor makes of it: corrected to what was said, and then edited at ``level``."""
    rng = random.Random(seed + 2)
    french = French(rng)
    paragraphs: list[tuple[list[tuple[str, int | None]], bool]] = []
    for said in episode.paragraphs:
        own: list[tuple[str, int | None]] = []
        for word in said:
            if word.filler and rng.random() < 0.85:
                continue
            if rng.random() < level * 0.2:
                own += [(w, None) for w in written_words(french.sentence())[: rng.randint(1, 3)]]
            chance = rng.random()
            if chance < level * 0.55:
                own.append((rng.choice(written_words(french.sentence())), None))
                continue
            if chance < level * 0.8:
                continue
            text = word.text
            if word.digits and rng.random() < 0.6:
                text = word.digits.replace(" 000", "\u202f000").replace(" %", "\u00a0%")
            text = _restyled(text, rng)
            shown = written_words(text)
            total, done = sum(len(w) for w in shown), 0
            for part in shown:
                own.append((part, word.start + (word.end - word.start) * done // total))
                done += len(part)
        if own:
            paragraphs.append((own, False))
    del paragraphs[len(paragraphs) // 3]
    long = [k for k, (own, _) in enumerate(paragraphs) if len(own) >= 25]
    for k in sorted(rng.sample(long, moved), reverse=True):
        own = paragraphs.pop(k)[0]
        paragraphs.insert((k + 25) % len(paragraphs), (own, True))
    edited = Edited()
    place = 2 * len(paragraphs) // 3
    for k, (own, was_moved) in enumerate(paragraphs):
        if was_moved:
            edited.moved.append(len(edited.paragraphs))
        edited.paragraphs.append(len(edited.written))
        if note and k == place:
            extra: list[str] = []
            while len(extra) < 38:
                extra += written_words(french.sentence())
            edited.note = (len(edited.written), len(edited.written) + 38)
            own = [(w, None) for w in extra[:38]] + own
        edited.written += [text for text, _ in own]
        edited.truth += [when for _, when in own]
    return edited


def _restyled(text: str, rng: random.Random) -> str:
    if rng.random() < 0.5:
        text = text.replace("'", "’")
    if rng.random() < 0.5:
        text = text.replace("oe", "œ") if "oe" in text else text.replace("œ", "oe")
    if rng.random() < 0.03:
        text = text.translate(str.maketrans("éèêàâîôûç", "eeeaaiouc"))
    if rng.random() < 0.2:
        text = (
            text.capitalize()
            if rng.random() < 0.5
            else text.rstrip(".,") + rng.choice(["", ",", "."])
        )
    return text


def recut(heard: list[Word], edited: Edited, cut_ms: int = 40_000) -> tuple[list[Word], Edited]:
    """The audio cut again after the edit: a jingle put in at 300 s, a passage cut at 1200 s."""

    def moved(time: int) -> int | None:
        if time < 300_000:
            return time
        if time < 1_200_000:
            return time + 7500
        return time + 7500 - cut_ms if time >= 1_200_000 + cut_ms else None

    words = []
    for word in heard:
        start = moved(word.start_ms)
        if start is not None:
            end = start + word.end_ms - word.start_ms
            words.append(Word(start, end, word.probability, word.text))
    truth = [None if time is None else moved(time) for time in edited.truth]
    return words, Edited(edited.written, truth, edited.paragraphs, edited.moved, edited.note)
