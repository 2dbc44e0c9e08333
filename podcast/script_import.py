"""Make a draft transcript of a script, as people write them or other programs export them.

Who speaks is for `script_names` to say, notes for `script_notes`; here the lines become turns,
sounds, chapters and text.  What the rules cannot know is asked, never decided in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from podcast.errors import Fault, Fixable, Place, fault
from podcast.script import Line, Script
from podcast.script_lines import (
    ALONE,
    BEFORE_NAME,
    HEADING,
    LOST,
    RULE,
    moment,
    sound,
    sound_text,
    take_time,
)
from podcast.script_markup import restore, unmarked
from podcast.script_names import Named, Names, wraps
from podcast.script_notes import REFERENCE, Notes, split_notes
from podcast.show import Person
from podcast.transcript import (
    Block,
    Cue,
    Doubt,
    Foreign,
    Heading,
    Inline,
    InlineSound,
    NoteRef,
    Paragraph,
    Speaker,
    Text,
    Transcript,
)
from podcast.transcript_file import read_document, write_body

_DASH = re.compile(r"[—–-]\s+")
_ESCAPED_NAME = re.compile(r"\\(?=[^\W\d_])")
_HEARD = (
    r"rires?|il rit|elle rit|ils rient|en riant|applaudissements|soupirs?|silence|musique|toux|"
    r"pause|laughs?|laughter|laughing|applause|sighs?|music|coughs?"
)
_INLINE = re.compile(
    REFERENCE + rf"|[\[(](?P<lost>{LOST})[\])]|\((?P<heard>{_HEARD})\)"
    r"|\{(?P<language>[a-z]{2,3}(?:-[A-Z]{2})?):\s*(?P<foreign>[^{}\[\]]{1,300})\}"
    r"|\{(?P<doubt>[^{}\[\]]{1,300})\?\}"
    r"|\[(?P<sound>[^\[\]{}^\s][^\[\]{}]{0,80})\]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Imported:
    """A draft, what must be asked about it, and the speakers that the show does not declare.

    Lines of blocks, notes and questions are those of the script.  ``unknown`` gives for each name
    the declared person that it may be.
    """

    transcript: Transcript
    questions: tuple[Fault, ...]
    unknown: tuple[tuple[str, str | None], ...]


def import_script(
    script: Script,
    file: str,
    people: Mapping[str, Person],
    language: str,
    unnamed: str,
    made_with: str | None = None,
) -> Imported:
    """The draft; raises :class:`Fixable` where the script holds no speech.

    ``unnamed`` is the placeholder for a voice that has no name.
    """
    lines = unmarked(script.lines)
    # Notes end where a speaker begins; who that may be is known after the notes are out.
    first = Names(lines, people, unnamed, file)
    body, notes = split_notes(lines, file, lambda text: _begins(text, first))
    reader = _Reader(Names(body, people, unnamed, file), notes, unnamed, file)
    for line in [*body, Line(0, "")]:
        reader.line(line)
    spoken = [block.speaker for block in reader.blocks if isinstance(block, Paragraph)]
    if not spoken:
        raise Fixable(fault("import.no_speech", Place(file)))
    transcript = Transcript(
        language, "draft", tuple(reader.blocks), notes.all(), made_with=made_with
    )
    asked = [*script.remarks, *reader.names.questions, *reader.questions, *notes.questions]
    asked.sort(key=lambda f: f.place.line or 0 if f.place else 0)
    names = [name for name in reader.names.unknown(spoken) if name != unnamed]
    unknown = tuple((name, reader.names.near(name)) for name in names)
    return Imported(transcript, tuple(asked), unknown)


def to_write(transcript: Transcript, people: Mapping[str, Person]) -> Transcript:
    """The draft as it can be written, so that reading the file gives the same speakers.

    A name that the file's reader would take for text, because the show does not declare it, is
    written as a doubt: the gate asks for it.
    """
    blocks = [_safe(block) for block in transcript.blocks]
    for index, speaker in enumerate(_read_back(blocks, transcript.language, people)):
        block = blocks[index]
        if isinstance(block, Paragraph) and block.begins_turn and speaker != block.speaker.name:
            colon = " : " if transcript.language.startswith("fr") else ": "
            named = (Doubt(block.speaker.name, block.line), Text(colon), *block.content)
            blocks[index] = replace(block, begins_turn=False, content=named)
    return replace(transcript, blocks=tuple(blocks))


def _safe(block: Block) -> Block:
    """A paragraph that would be read as a chapter or a sound names its speaker again."""
    if isinstance(block, Paragraph) and not block.begins_turn:
        first = block.content[0]
        looks = isinstance(first, Text) and first.text.startswith(("#", "\\"))
        alone = all(isinstance(part, InlineSound) for part in block.content)
        if looks or alone:
            return replace(block, begins_turn=True)
    return block


def _read_back(
    blocks: Sequence[Block], language: str, people: Mapping[str, Person]
) -> list[str | None]:
    """Whom the reader of the file sees in each block; the first is kept company by a voice."""
    voice = Paragraph(Speaker("Voix 99"), (Text("a"),), 0)
    plain: list[Block] = [voice]
    for block in blocks:
        if isinstance(block, Paragraph):
            content = tuple(p for p in block.content if not isinstance(p, NoteRef))
            block = replace(block, content=content or (Text("a"),), hint_ms=None)
        plain.append(block)
    text = f"---\nlanguage: {language}\n---\n\n" + write_body(language, plain, ())
    read = read_document(text, "", people, language).transcript.blocks
    return [
        b.speaker.name if isinstance(b, Paragraph) and b.begins_turn else None for b in read[1:]
    ]


def _begins(text: str, names: Names) -> bool:
    return bool(HEADING.fullmatch(text) or sound(text) or names.match(take_time(text)[2]))


class _Reader:
    """Goes through the lines once."""

    def __init__(self, names: Names, notes: Notes, unnamed: str, file: str) -> None:
        self.names, self.notes, self.file = names, notes, file
        self.nobody = Speaker(unnamed)
        self.blocks: list[Block] = []
        self.questions: list[Fault] = []
        self.speaker: Speaker | None = None
        self.named: Speaker | None = None  # as the paragraphs written so far leave it
        self.paragraph: list[Line] = []
        self.hint: int | None = None
        self.pin: int | None = None
        self.before = ""
        self.dashed = False

    def line(self, line: Line) -> None:
        text = line.text.strip()
        goes_on = bool(self.paragraph) and line.speaker is None
        goes_on = goes_on and wraps(self.before, text, self.names.width)
        goes_on = goes_on and not (ALONE.fullmatch(text) and sound(text))
        self.before = text
        if not text or RULE.fullmatch(text):
            self.flush()
        elif goes_on:
            self.paragraph.append(replace(line, text=text))
        elif line.speaker is not None:
            self.voiced(line, text)
        else:
            self.told(line, text)

    def voiced(self, line: Line, text: str) -> None:
        """A line whose speaker the file says apart."""
        speaker = self.names.told(line.speaker or "")
        if speaker != self.speaker or (ALONE.fullmatch(text) and sound(text)):
            self.flush()
        if (match := ALONE.fullmatch(text)) and (cue := sound(text)) and match[1]:
            self.blocks.append(Cue(sound_text(cue), line.number))
            return
        self.speaker = speaker
        self.add(line, text)

    def told(self, line: Line, text: str) -> None:
        """A line of text, from which everything must be read."""
        hint, pin, text = take_time(text)
        if hint is None and pin is None and (match := BEFORE_NAME.match(text)):
            rest = text[match.end() :]
            if self.names.match(rest):
                hint, text = moment(match["bare"]), rest
        if hint is not None or pin is not None:
            self.flush()
            self.hint, self.pin = hint, pin
        if not text:
            return
        if heading := HEADING.fullmatch(text):
            self.flush()
            title = " ".join(re.sub(REFERENCE, "", restore(heading[1].rstrip("# "))).split())
            if title:
                self.blocks.append(Heading(title, line.number))
        elif named := self.names.match(text):
            self.begin(line, named)
        elif cue := sound(text):
            self.flush()
            if told := sound_text(cue):
                self.blocks.append(Cue(told, line.number))
        else:
            if dash := _DASH.match(text):
                self.flush()
                if not self.dashed:
                    self.questions.append(fault("import.dash", Place(self.file, line.number)))
                self.dashed = True
                text = text[dash.end() :]
            self.add(line, text)

    def begin(self, line: Line, named: Named) -> None:
        self.flush()
        self.speaker = named.speaker
        self.named = None  # the script names them here, and so shall the transcript
        if named.aside and (ms := moment(named.aside.strip())) is not None:
            self.hint = ms
        if named.rest.strip():
            self.add(line, named.rest.strip())

    def add(self, line: Line, text: str) -> None:
        if line.start_ms is not None and not self.paragraph and self.hint is None:
            self.hint = line.start_ms
        self.paragraph.append(replace(line, text=_ESCAPED_NAME.sub("", text, count=1)
                                      if _ESCAPED_NAME.match(text) else text))  # fmt: skip

    def flush(self) -> None:
        """End the paragraph."""
        lines, self.paragraph = self.paragraph, []
        if not lines:
            return
        content = self._content(lines)
        if not content:
            return
        number = lines[0].number
        if self.speaker is None:
            self.speaker = self.nobody
            self.questions.append(fault("import.who", Place(self.file, number)))
        begins = self.speaker != self.named
        self.named = self.speaker
        self.blocks.append(Paragraph(self.speaker, content, number, begins, self.hint, self.pin))
        self.hint = self.pin = None

    def _content(self, lines: Sequence[Line]) -> tuple[Inline, ...]:
        parts: list[Inline] = []
        for line in lines:
            if parts:
                parts.append(Text(" "))
            parts += self._inline(line)
        joined: list[Inline] = []
        for part in parts:
            if isinstance(part, Text) and joined and isinstance(joined[-1], Text):
                joined[-1] = Text(joined[-1].text + part.text)
            else:
                joined.append(part)
        plain = [
            Text(re.sub(r"[ \t]+", " ", part.text)) if isinstance(part, Text) else part
            for part in joined
        ]
        if plain and isinstance(first := plain[0], Text):
            plain[0] = Text(first.text.lstrip())
        if plain and isinstance(last := plain[-1], Text):
            plain[-1] = Text(last.text.rstrip())
        return tuple(part for part in plain if not isinstance(part, Text) or part.text)

    def _inline(self, line: Line) -> list[Inline]:
        parts: list[Inline] = []
        text, at = line.text, 0
        for match in _INLINE.finditer(text):
            before = text[max(0, match.start() - 80) : match.start()]
            part = self._part(match, before, line.number)
            if part is None:
                continue
            parts += [Text(restore(text[at : match.start()])), part]
            at = match.end()
        return [*parts, Text(restore(text[at:]))]

    def _part(self, match: re.Match[str], before: str, line: int) -> Inline | None:
        if match["own"] or match["star"] or match["raised"] or match["bracket"]:
            id_ = self.notes.resolve(match, before, line)
            return NoteRef(id_, line) if id_ else None
        if match["lost"]:
            return Doubt(match["lost"].strip("?") or "inaudible", line)
        if match["foreign"]:
            return Foreign(restore(match["foreign"]).strip(), match["language"].lower(), line)
        if match["doubt"]:
            return Doubt(restore(match["doubt"]), line)
        return InlineSound(
            re.sub(r"[\[\]{}]", "", restore(match["heard"] or match["sound"])).strip()
        )
