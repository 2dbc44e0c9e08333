"""Make and check the files that translators work on (docs/translating.md).

    python -m tools.translations update      after a change of podcast/locale/en.toml, or of a key
    python -m tools.translations new de      begin a language
    python -m tools.translations check       say what is wrong or missing, and how much is done

``update`` writes ``podcast/locale/keys.toml`` (what the keys of people's files mean, from the
docstrings of the classes that check them) and ``podcast/locale/podcast.pot``, and brings every
language's file up to date: new sentences are empty, those whose English has changed keep their
translation and are marked "fuzzy" until somebody has looked at them, and those that are gone stay
at the end of the file as comments.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, denormalize, write_po

from podcast import translations, wording
from podcast.schema_file import meanings
from podcast.translations import Sentence

ENGLISH = wording.FOLDER
KEYS = wording.FOLDER / translations.FILES[1]
TEMPLATE = wording.FOLDER / "podcast.pot"
NOTES = tomllib.loads((Path(__file__).parent / "translations.toml").read_text("utf-8"))
# What a person types, opens or writes into a file: the same in each language.
TYPED = re.compile(r"(?<![\w-])--[a-z][\w-]*|(?<![\w/-])[\w-]+\.(?:yaml|md)\b")
# A page of the documentation: that language's own, where there is one.
PAGE = re.compile(r"\bdocs/[\w/-]+\.md\b")
# Read by listeners, French wants spaces there that do not break (typography.py).
BREAKING = re.compile(r"(?<=\S) [:;!?»%](?=\s|$)|« ")
READ = tuple(name for name, told in NOTES["part"].items() if "READ BY LISTENERS" in told)
LINE = re.compile(r'\s*|#.*|((msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\]) )?"([^"\\]|\\.)*"')
ABOUT = """\
The sentences of podcast, for translators.
What stands in braces, like {title}, is replaced by the program: keep it.
How to translate: docs/translating.md"""


def template() -> Catalog:
    """All sentences, with what a translator should know of each, and no translation."""
    made = Catalog(project="podcast", version="sentences", charset="utf-8", fuzzy=False)
    made.msgid_bugs_address = ""
    made.header_comment = "\n".join(f"# {line}".rstrip() for line in ABOUT.splitlines())
    made.creation_date = datetime(2026, 11, 27, tzinfo=UTC)
    for sentence in translations.english(ENGLISH):
        made.add(
            translations.message_id(sentence),
            context=sentence.key,
            auto_comments=list(notes(sentence)),
            flags=["python-brace-format"] if sentence.facts else [],
        )
    return made


def notes(sentence: Sentence) -> Iterator[str]:
    """Where the sentence is shown, and what its facts are."""
    if told := NOTES["part"].get(part(sentence.key)):
        yield told
    for fact in sorted(sentence.facts & NOTES["fact"].keys()):
        yield f"{{{fact}}}: {NOTES['fact'][fact]}"


def untold() -> list[str]:
    """Parts and facts that translators are told nothing of."""
    sentences = translations.english(ENGLISH)
    parts = {part(sentence.key) for sentence in sentences}
    names = {fact for sentence in sentences for fact in sentence.facts}
    return sorted(parts - NOTES["part"].keys()) + sorted(names - NOTES["fact"].keys())


def part(key: str) -> str:
    """The part of the program that says it: « error.deploy », « page », or the key itself."""
    groups = key.split(".")
    return ".".join(groups[: 2 if groups[0] == "error" else 1])


def keys() -> str:
    """The meanings of the keys as a file that :func:`podcast.translations.english` reads."""
    lines = ["# Made by: python -m tools.translations update"]
    table = ""
    for key, said in sorted(meanings().items()):
        above, _, name = key.rpartition(".")
        if above != table:
            table = above
            lines += ["", f"[{table}]"]
        lines.append(f"{name} = {json.dumps(said, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def update() -> None:
    """Write the keys' meanings and the template, and bring every language's file up to date."""
    KEYS.write_text(keys(), "utf-8")
    TEMPLATE.write_bytes(written(template()))
    for language in wording.languages():
        if language != translations.SOURCE:
            file = wording.file_of(language)
            file.write_bytes(written(updated(translations.read(file, language))))


def updated(catalogue: Catalog) -> Catalog:
    """A language's sentences as the English is now.

    A sentence that is said otherwise now keeps its translation, to be looked at: Babel would look
    for one that resembles it, and may find that of another key.
    """
    now = template()
    wanted = {message.context: message for message in now if message.context}
    before = {}
    for old in [message for message in catalogue if message.context in wanted]:
        before[old.context] = previous(old)
        new = wanted[old.context]
        if new.id != old.id:
            catalogue.delete(old.id, old.context)
            catalogue[new.id] = changed(old, new, catalogue.num_plurals)
            before[old.context] = old.id if isinstance(old.id, tuple) else [old.id]
    catalogue.update(now, no_fuzzy_matching=True)
    for message in catalogue:
        if not any(translations.texts(message)):
            message.flags.discard("fuzzy")
        if message.fuzzy and message.context in before:
            message.previous_id = before[message.context]
    return catalogue


def previous(message: Message) -> list[str]:
    """What the English was, which Babel writes (``#|``) and reads as somebody's comments."""
    told = [line for line in message.user_comments if line.startswith("|")]
    message.user_comments = [line for line in message.user_comments if line not in told]
    return [denormalize(line.partition(" ")[2].partition(" ")[2]) for line in told]


def changed(old: Message, new: Message, plurals: int) -> Message:
    """The old translation under the new English, marked as one to look at."""
    said = translations.texts(old)
    return Message(
        new.id,
        tuple((*said, *[""] * plurals)[:plurals]) if isinstance(new.id, tuple) else said[0],
        flags=[*new.flags, "fuzzy"],
        user_comments=old.user_comments,
        context=new.context,
    )


def written(catalogue: Catalog) -> bytes:
    """The file's bytes: lines are not broken, and nothing in it is of the machine that wrote it."""
    text = io.BytesIO()
    write_po(text, catalogue, width=0, include_previous=True)
    return re.sub(rb'"Generated-By: .*\n', b"", text.getvalue()).rstrip() + b"\n"


def new(tag: str) -> int:
    """Begin a language."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        print(f'"{tag}" is no language that Babel knows. Write for example: de, or pt-BR')
        return 2
    file = wording.file_of(tag)
    if file.exists():
        print(f"{file} exists already.")
        return 1
    made = Catalog(locale, project="podcast", version="sentences", fuzzy=False)
    made.header_comment = f"# {locale.english_name} translation of podcast."
    made.msgid_bugs_address = made.last_translator = ""
    made.language_team = locale.english_name
    file.parent.mkdir(parents=True)
    file.write_bytes(written(updated(made)))
    print(f"{file} is ready. How to translate it: docs/translating.md")
    return 0


def done(language: str) -> tuple[int, int]:
    """How many sentences are translated, of how many."""
    all_of_them = len(translations.english(ENGLISH))
    return all_of_them - len(wording.lacking(language)), all_of_them


def wrong(language: str) -> list[str]:
    """What is wrong in a language's file: a line for each fault, with its key."""
    file = wording.file_of(language)
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not LINE.fullmatch(line):  # Babel reads such a line, and loses letters
            return [f'line {number}: its text must stand between two ", with \\" for one within']
    try:
        catalogue = translations.read(file, language)
    except PoFileError as error:
        return [f"line {error.lineno}: {error}"]
    try:
        translations.plural_forms(catalogue, language)
    except ValueError as error:
        return [f"Plural-Forms, at the top of the file, cannot be: {error}"]
    by_key = {message.context: message for message in catalogue if message.context}
    found = []
    known = translations.english(ENGLISH)
    for sentence in known:
        message = by_key.get(sentence.key)
        if message is None or message.id != translations.message_id(sentence):
            found.append(f"{sentence.key}: not as in English any more. Type: update")
        elif not message.fuzzy and any(translations.texts(message)):
            found += [f"{sentence.key}: {what}" for what in faults(sentence, message, language)]
    found += [
        f"{key}: no such sentence. Type: update" for key in by_key.keys() - {s.key for s in known}
    ]
    return found


def faults(sentence: Sentence, message: Message, language: str) -> Iterator[str]:
    """What is wrong with one translation."""
    said = translations.texts(message)
    if not all(said):
        yield "a form is empty"
        return
    for text in said:
        if translations.wrong_facts(text, sentence):
            yield f"these must be in it, and no others: {', '.join(sorted(sentence.facts))}"
        whole = sentence.plural or sentence.one
        if text.count("\n") != whole.count("\n"):
            yield f"its line breaks are not as many as in English: {whole.count(chr(10))}"
        if text[:1].isspace() != whole[:1].isspace() or text[-1:].isspace() != whole[-1:].isspace():
            yield "a space at its beginning or end is too many or missing"
        if lost := set(TYPED.findall(whole)) - set(TYPED.findall(text)):
            yield f"what people type or open stays as it is: {', '.join(sorted(lost))}"
        pages = PAGE.findall(whole)
        if len(PAGE.findall(text)) != len(pages):
            yield f"it names as many pages as in English: {', '.join(pages) or 'none'}"
        if language.startswith("fr") and part(sentence.key) in READ and BREAKING.search(text):
            yield "before : ; ! ? » % and after « stands a space that does not break"
        if set(re.findall(r"</?\w+>", text)) != set(re.findall(r"</?\w+>", whole)):
            yield "what stands in < > stays as it is"


def check() -> int:
    """Tell what is wrong and how much is done; 1 if anything is wrong."""
    found = 0
    if KEYS.read_text("utf-8") != keys():
        print("keys.toml is not as the docstrings of the keys any more. Type: update")
        found += 1
    if TEMPLATE.read_bytes() != written(template()):
        print("podcast.pot is not as in English any more. Type: update")
        found += 1
    for name in untold():
        print(f"translators are told nothing of {name}. Add a line to tools/translations.toml")
        found += 1
    for language in wording.languages():
        if language != translations.SOURCE:
            translated, of = done(language)
            print(f"{language}: {translated} of {of} sentences ({100 * translated / of:.1f} %)")
            for line in wrong(language):
                print(f"  {line}")
                found += 1
    return 1 if found else 0


def main(arguments: Sequence[str]) -> int:
    match list(arguments):
        case ["update"]:
            update()
            return 0
        case ["new", tag]:
            return new(tag)
        case ["check"]:
            return check()
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
