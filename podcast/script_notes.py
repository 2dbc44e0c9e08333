"""The notes of a script: ``*``, ``**``, ``(1)``, ``[1]``, ``¹``, ``†`` and where they belong."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from podcast.errors import Fault, Place, fault
from podcast.script import Line
from podcast.transcript import Note

_SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_DIGITS = str.maketrans(_SUPERSCRIPT, "0123456789")
_MARK = rf"\*{{1,6}}|\((?:\d{{1,3}}|\*{{1,6}})\)|\[\d{{1,3}}\]|[{_SUPERSCRIPT}]{{1,3}}|[†‡]{{1,3}}"
_NOTE = re.compile(rf"(?P<mark>{_MARK})(?!\*)\s*(?P<text>\S.*)")
_OWN_NOTE = re.compile(r"\[\^([^\]\s]{1,80})\]:\s*(.*)")
# Glued to a word, or to the mark that closes it; a number in brackets may stand apart.
REFERENCE = (
    r"\[\^(?P<own>[^\]\s]{1,80})\](?!:)"
    r"|(?<=[\w»”\"'’)\]%.,!?…])(?P<star>\*{1,6}|[†‡]{1,3})(?![\w*])"
    # « m² » is no call of a note.
    rf"|(?<=[\w»”\"'’)\]%.,!?…])(?<!\bm)(?<!\b[kcdm]m)(?P<raised>[{_SUPERSCRIPT}]{{1,3}})"
    r"|(?<=[\w»”\"'’)\]%.,!?…])[ \u00a0\u202f]?(?P<bracket>\((?:\d{1,3}|\*{1,6})\)|\[\d{1,3}\])"
)
_REFERENCE = re.compile(REFERENCE)
_TITLE = re.compile(
    r"(?:#+\s*)?(?:foot|end)?notes?(?: de bas de page| de fin)?\s*:?", re.IGNORECASE
)
_LONGEST_TERM = 5
# So many notes with one mark are no script; they are not worth the time to tell them apart.
_MOST_COMPARED = 500


@dataclass(slots=True)
class _Entry:
    mark: str
    text: str
    line: int
    id: str = ""
    used: bool = False

    @property
    def term(self) -> str:
        """What the note explains, where it says so: « RQTH : reconnaissance… »."""
        term, colon, _ = self.text.partition(":")
        short = colon and 0 < len(term.split()) <= _LONGEST_TERM
        return term.strip(" \u00a0\u202f«»") if short else ""


def _bare(mark: str) -> str:
    return mark.strip("()[]").translate(_DIGITS)


def _slug(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return "-".join(re.findall(r"[a-z0-9]+", flat.encode("ascii", "ignore").decode()))[:40].strip(
        "-"
    )


@dataclass(slots=True)
class Notes:
    """The notes of one script; :meth:`resolve` gives the identifier for each place."""

    file: str
    entries: list[_Entry] = field(default_factory=list)
    questions: list[Fault] = field(default_factory=list)
    _references: Counter[str] = field(default_factory=Counter)
    _ids: set[str] = field(default_factory=set)
    _wanted: Counter[str] = field(default_factory=Counter)
    _stubs: list[_Entry] = field(default_factory=list)
    _by_mark: dict[str, list[_Entry]] = field(default_factory=dict)

    def add(self, entry: _Entry) -> _Entry:
        """One more note."""
        self.entries.append(entry)
        self._by_mark.setdefault(entry.mark, []).append(entry)
        return entry

    def resolve(self, match: re.Match[str], before: str, line: int) -> str | None:
        """The identifier of the note that a mark in the text calls; ``None`` if it is no mark."""
        own = match["own"]
        mark = own or _bare(match["star"] or match["raised"] or match["bracket"])
        entries = self._by_mark.get(f"^{own}" if own else mark, [])
        if not entries:
            sure = (
                own or (match["star"] and "*" in mark) or (match["bracket"] or "").startswith("[")
            )
            return self._stub(mark, before, line) if sure else None
        entry = self._choose(entries, before, line)
        if not entry.id:
            entry.id = self._new_id(entry, before)
        entry.used = True
        return entry.id

    def all(self) -> tuple[Note, ...]:
        """The notes in their order, with a question for each that nothing calls."""
        for entry in self.entries:
            if not entry.used:
                entry.id = entry.id or self._new_id(entry, "")
                place = Place(self.file, entry.line)
                self.questions.append(fault("import.note_unused", place, id=entry.id))
        ordered = [*self.entries, *self._stubs]
        return tuple(Note(entry.id, entry.text, entry.line) for entry in ordered)

    def _choose(self, entries: list[_Entry], before: str, line: int) -> _Entry:
        """One note is called from everywhere; of several, the one that names the word, or next."""
        if len(entries) == 1 or len(entries) > _MOST_COMPARED:
            return entries[0]
        word = _slug(before[-60:])
        for entry in entries:
            if (term := _slug(entry.term)) and re.search(rf"(?:^|-){re.escape(term)}$", word):
                return entry
        unused = [entry for entry in entries if not entry.used]
        if self._references[entries[0].mark] != len(entries) or not unused:
            mark = entries[0].mark
            self.questions.append(fault("import.note_which", Place(self.file, line), mark=mark))
        return unused[0] if unused else entries[-1]

    def _stub(self, mark: str, before: str, line: int) -> str:
        """A note that nobody has written: empty, so that the gate asks for it."""
        entry = _Entry(f"?{mark}", "", line)
        known = self._by_mark.setdefault(entry.mark, [])
        if known and "*" not in mark:
            return known[0].id
        known.append(entry)
        entry.id = self._new_id(entry, "" if mark.isdecimal() else before)
        self._stubs.append(entry)
        place = Place(self.file, line)
        self.questions.append(fault("import.note_missing", place, mark=mark, id=entry.id))
        return entry.id

    def _new_id(self, entry: _Entry, before: str) -> str:
        own = entry.mark[1:] if entry.mark.startswith("^") else ""
        if own and not re.fullmatch(r"(?:fn|en)--?\d+", own):
            wanted = re.sub(r"[^\w-]", "", own)
        else:
            last = before.split()[-1] if before.split() else ""
            wanted = _slug(entry.term) or _slug(re.split("['’]", last)[-1])
        wanted = found = wanted or "note"
        self._wanted[wanted] += 1
        while found in self._ids:
            self._wanted[wanted] += 1
            found = f"{wanted}-{self._wanted[wanted]}"
        self._ids.add(found)
        return found


def split_notes(
    lines: Sequence[Line], file: str, begins: Callable[[str], bool]
) -> tuple[list[Line], Notes]:
    """The script without its notes, and the notes.

    ``begins`` says whether a line begins something else: a speaker, a sound, a chapter.
    """
    notes = Notes(file)
    called = {_bare(m) for line in lines for m in _called(line.text)}
    trailing = _trailing(lines, begins, called)
    body: list[Line] = []
    current: _Entry | None = None
    before = ""
    for index, line in enumerate(lines):
        text = line.text.strip()
        fresh = not before or current is not None
        if line.speaker is None and (match := _OWN_NOTE.fullmatch(text)):
            current = notes.add(_Entry(f"^{match[1]}", match[2].strip(), line.number))
        elif (
            line.speaker is None
            and (match := _NOTE.fullmatch(text))
            and (index >= trailing or (fresh and _bare(match["mark"]) in called))
        ):
            current = notes.add(_Entry(_bare(match["mark"]), match["text"].strip(), line.number))
        elif current and text and before and not begins(text):
            current.text += f" {text}"
        elif not (index >= trailing and _TITLE.fullmatch(text)):
            current = None if text else current
            body.append(line)
        before = text
    for line in body:
        notes._references.update(_bare(mark) for mark in _called(line.text))
    return body, notes


def _called(text: str) -> list[str]:
    found = (m["star"] or m["raised"] or m["bracket"] for m in _REFERENCE.finditer(text))
    return [mark for mark in found if mark]


def _trailing(lines: Sequence[Line], begins: Callable[[str], bool], called: set[str]) -> int:
    """Where the notes at the end begin; past the end where a list is no list of notes."""
    start = len(lines)
    marks: list[re.Match[str]] = []
    pending = False
    titled = False
    for index in range(len(lines) - 1, -1, -1):
        text = lines[index].text.strip()
        if not text:
            if pending:
                break  # the lines below belong to no mark: they are text
        elif match := _NOTE.fullmatch(text):
            marks.append(match)
            start, pending = index, False
        elif marks and _TITLE.fullmatch(text):
            titled, start = True, index
            break
        elif begins(text) or lines[index].speaker is not None or _OWN_NOTE.fullmatch(text):
            break
        else:
            pending = True
    bare = [_bare(match["mark"]) for match in marks]
    listed = titled or (len(set(bare)) == len(bare) > 1) or bool(called.intersection(bare))
    terms = [_Entry("", match["text"], 0).term for match in marks]
    return start if marks and (listed or all(terms)) else len(lines)
