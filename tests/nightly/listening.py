"""One reading of a page by Orca: what was heard, what should have been, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import html
from nightly.orca import Reader

ROLE = re.compile(r"(?:^|\s)(?:lien|en-tête niveau \d|Liste à \d+ éléments?)\.?$")
HEADING = re.compile(r"(?:^|\s)en-tête niveau (\d)\.?$")
TIME = re.compile(r"^(?:\d+ h )?(?:\d+ min )?(?:\d+ s)?$")
CLOCK = re.compile(r"\d:\d\d")
# Where a phrase may end: a sentence does, or what Orca reads apart begins or ends.
END = re.compile(r"\0|[.!?…]")
APART = ("a", "abbr")
LEAST_WORDS = 4.0
LINES, WAIT_S = 60, 5.0


@dataclass(frozen=True)
class Chapter:
    """What the page holds: the blocks of one chapter, as text, its heading first.

    Attributes:
        ends: for each block after how many of its words a phrase may end.
    """

    blocks: tuple[str, ...]
    sounds: tuple[str, ...]
    times: tuple[str, ...]
    ends: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Heard:
    """Readings of the same page.

    Attributes:
        whole: phrases from the player's heading to the end of the transcript, read by Orca's
            "say all".
        lines: what was said at each press of the Down key, from a chapter's heading to the next.
        playing: the same lines while the sound plays; none where it was not played.
        unasked: what was said afterwards while no key was pressed and the sound went on.
    """

    whole: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    playing: tuple[tuple[str, ...], ...]
    unasked: tuple[str, ...]


def chapters(page: bytes) -> list[Chapter]:
    """The chapters of an episode's page, notes excluded, as a reader should hear them."""
    (section,) = html.fromstring(page.decode()).xpath('//section[@id="transcript"]')
    for labelled in section.xpath(".//*[@aria-label]"):
        labelled[:] = []
        labelled.text = f" {labelled.get('aria-label')} "
    found: list[list[html.HtmlElement]] = []
    for element in section.xpath(".//h3[not(ancestor::section[contains(@class, 'notes')])] | ./p"):
        if element.tag == "h3":
            found.append([])
        if found:
            found[-1].append(element)
    return [
        Chapter(
            tuple(plain(e.text_content()) for e in elements),
            tuple(plain(e.text_content()) for e in elements if e.get("class") == "sound"),
            tuple(plain(a.text_content()) for e in elements for a in e.xpath("a[@class='time']")),
            tuple(ends(e) for e in elements),
        )
        for elements in found
    ]


def ends(block: html.HtmlElement) -> frozenset[int]:
    """After how many words of a block a phrase may end."""

    def marked(element: html.HtmlElement) -> str:
        mark = "\0" * (element.tag in APART)
        inside = "".join(marked(child) + (child.tail or "") for child in element)
        return f"{mark}{element.text or ''}{inside}{mark}"

    text = marked(block)
    found = {len(words(text[: end.start()])) for end in END.finditer(text)}
    return frozenset(found | {len(words(text))})


def broken(read: Sequence[str], parts: Sequence[Chapter]) -> list[str]:
    """The phrases that end where nothing does, as far as what was read is the text."""
    may, before = set[int](), 0
    for block, found in (
        (b, f) for part in parts for b, f in zip(part.blocks, part.ends, strict=True)
    ):
        may |= {before + count for count in found}
        before += len(words(block))
    told, count = [], 0
    for phrase in read:
        count += len(words(phrase))
        if count >= before:
            break
        if count not in may:
            told.append(phrase)
    return told


def transcript(whole: Sequence[str]) -> Sequence[str]:
    """The phrases from the first chapter's heading on."""
    places = [place - 1 for place, p in enumerate(whole) if p == "en-tête niveau 3"]
    return whole[places[0] :] if places else whole


def plain(text: str) -> str:
    return " ".join(text.split())


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def content(phrases: Sequence[str]) -> list[str]:
    """The phrases without the roles that Orca adds, and without what was only a role."""
    bare = [ROLE.sub("", phrase).strip() for phrase in phrases]
    return [phrase for phrase in bare if words(phrase)]


def listen(reader: Reader, url: str, title: str, chapter: int, play: str = "") -> Heard:
    """Read a page as a blind person would: a chapter by lines, then the whole without stopping.

    With the name of its button the sound is then played, and the chapter read by lines once more.
    """
    reader.open(url, title)
    lines = by_lines(reader, chapter)
    # Orca leaves out the role of what it has just said: it starts one heading earlier.
    reader.press("shift+1")
    whole = cut(reader.press("KP_Add", lambda said: bool(cut(said))))
    if not play:
        return Heard(tuple(whole), tuple(lines), (), tuple(reader.listen(WAIT_S)))
    reader.press("shift+1")
    for _ in range(6):
        if any(phrase.startswith(play) for phrase in reader.press("b")):
            break
    reader.press("Return")
    playing = by_lines(reader, chapter)
    return Heard(tuple(whole), tuple(lines), tuple(playing), tuple(reader.listen(WAIT_S)))


def by_lines(reader: Reader, chapter: int) -> list[tuple[str, ...]]:
    """What is said at a chapter's heading and at each Down key until the next heading."""
    for _ in range(chapter + 1):
        heading = reader.press("3")
    lines = [tuple(heading)]
    while len(lines) < LINES:
        said = reader.press("Down")
        if any(map(HEADING.search, said)):
            break
        lines.append(tuple(said))
    return lines


def cut(said: Sequence[str]) -> list[str]:
    """From the first section's heading to the one after the transcript; none if it has no end."""
    levels = [(place - 1, found[1]) for place, p in enumerate(said) if (found := HEADING.match(p))]
    first, chapter = (next((p for p, n in levels if n == level), len(said)) for level in "23")
    end = next((place for place, level in levels if level == "2" and place > chapter), first)
    return list(said[first:end])


def complaints(heard: Heard, page: bytes, chapter: int) -> list[str]:
    """Everything that a reader should not have had to hear, or did not hear."""
    told = []
    everything = [*heard.whole, *(phrase for line in heard.lines for phrase in line)]
    told += [f"clickable: {p}" for p in everything if re.search("cli(qu|ck)able", p)]
    told += [f"a time in figures: {p}" for p in everything if CLOCK.search(p)]
    told += [f"said unasked: {p}" for p in heard.unasked]
    held = chapters(page)
    by_line = [phrase for line in heard.lines for phrase in line]
    for name, phrases, parts in (
        ("say all", transcript(heard.whole), held), ("line by line", by_line, held[chapter : chapter + 1]),
    ):  # fmt: skip
        read, wanted = (
            content(phrases),
            [w for part in parts for b in part.blocks for w in words(b)],
        )
        got = [w for phrase in read for w in words(phrase)]
        if got[: len(wanted)] != wanted:
            place = next(
                (i for i, (a, b) in enumerate(zip(got, wanted, strict=False)) if a != b), len(got)
            )
            told.append(f"{name}: not the text from « {' '.join(wanted[place:][:8])} » on: "
                        f"« {' '.join(got[place:][:8])} »")  # fmt: skip
        elif name == "say all":  # a line may end anywhere
            told += [f"{name}: broken after « {p} »" for p in broken(read, parts)]
        text = [p for p in read if not TIME.match(p)]
        mean = sum(len(words(p)) for p in text) / max(1, len(text))
        if mean < LEAST_WORDS:
            told.append(f"{name}: in pieces, {mean:.1f} words a phrase: {text[:6]}")
        for part in parts:
            told += [f"{name}: sound not read: {s}" for s in part.sounds if s not in read]
            told += [f"{name}: time not read in words: {t}" for t in part.times
                     if not TIME.match(t) or t not in read]  # fmt: skip
    return told
