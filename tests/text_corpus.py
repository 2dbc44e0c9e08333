"""Texts that people write by mistake, or that somebody wrote to do harm, each with what follows.

A case changes one file of the sample show.  ``docs/bad-input.md`` has them all; its test tries them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PUBLISHED = "published"
SLUG = "episode-3"
SHOW, EPISODE, GLOSSARY = "podcast.yaml", f"episodes/{SLUG}/episode.md", "glossary.yaml"
TEXT, WORDS, LEDGER = f"transcripts/{SLUG}.md", f"transcripts/{SLUG}.words.jsonl", "published.json"
TITLE = 'title: "Garder son emploi quand la santé change"'
SPOKEN = "Bonjour et bienvenue dans À voix égales."


@dataclass(frozen=True)
class Case:
    """A file, what is done to it, and the kind of fault that is told first, or published."""

    name: str
    file: str
    change: Callable[[Path], None]
    outcome: str = PUBLISHED


def put(content: str | bytes) -> Callable[[Path], None]:
    """Instead of the file."""
    raw = content if isinstance(content, bytes) else content.encode()

    def change(path: Path) -> None:
        path.unlink(missing_ok=True)
        path.write_bytes(raw)

    return change


def swap(old: str, new: str) -> Callable[[Path], None]:
    """Some words of the file."""

    def change(path: Path) -> None:
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {path.name}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    return change


def add(more: str | bytes) -> Callable[[Path], None]:
    """Behind the file."""
    raw = more if isinstance(more, bytes) else more.encode()
    return lambda path: put(path.read_bytes() + raw)(path)


def before(first: bytes) -> Callable[[Path], None]:
    return lambda path: put(first + path.read_bytes())(path)


def each(edit: Callable[[str], str]) -> Callable[[Path], None]:
    return lambda path: put(edit(path.read_bytes().decode()))(path)


def coded(name: str) -> Callable[[Path], None]:
    return lambda path: put(path.read_text("utf-8").encode(name, "replace"))(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def linked(target: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.unlink()
        path.symlink_to(target)

    return change


def sparse(size: int) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, size)


def show(key: str, value: str) -> Callable[[Path], None]:
    """A key of podcast.yaml with another value."""

    def change(path: Path) -> None:
        lines = path.read_text("utf-8").split("\n")
        at = next((n for n, line in enumerate(lines) if line.startswith(f"{key}:")), len(lines))
        end = at + 1
        while end < len(lines) and lines[end].startswith(" "):
            end += 1
        path.write_text("\n".join([*lines[:at], f"{key}: {value}", *lines[end:]]) + "\n", "utf-8")

    return change


episode = show  # the same holds between the --- lines of episode.md, for keys that are there


def title(value: str) -> Callable[[Path], None]:
    return swap(TITLE, f"title: {value}")


def words(number: int, edit: Callable[[str], str]) -> Callable[[Path], None]:
    """One line (from 0) of the words file."""

    def change(path: Path) -> None:
        lines = path.read_text("utf-8").splitlines(keepends=True)
        lines[number] = edit(lines[number])
        path.write_text("".join(lines), "utf-8")

    return change


def as_json(text: str) -> str:
    """YAML as JSON writes it."""
    from podcast.strict_yaml import read_yaml

    return json.dumps(read_yaml(text, SHOW).value)


def first(time: str, line: str) -> str:
    """A line of words whose first begins at another time."""
    return re.sub(r"(?<=\[\[)\d+", time, line, count=1)


ALIASES = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
)

CASES = (
    # podcast.yaml as a file
    Case("Nothing in it", SHOW, put(b""), "field.missing"),
    Case("Nothing but comments", SHOW, put("# to do\n"), "field.missing"),
    Case("A list", SHOW, put("- title\n- language\n"), "field.mapping"),
    Case("A single word", SHOW, put("podcast\n"), "field.mapping"),
    Case("JSON, which is YAML too", SHOW, each(as_json)),
    Case("HTML", SHOW, put("<!doctype html><title>404</title>"), "field.mapping"),
    Case("Zeros", SHOW, put(b"\0" * 1000), "yaml.unreadable"),
    Case("Bytes by chance", SHOW, put(bytes(range(255, -1, -1))), "file.not_utf8"),
    Case("UTF-16", SHOW, coded("utf-16"), "file.not_utf8"),
    Case("An old Mac's encoding", SHOW, coded("mac-roman"), "file.not_utf8"),
    Case("A byte order mark", SHOW, before(b"\xef\xbb\xbf")),
    Case("Windows line ends", SHOW, each(lambda t: t.replace("\n", "\r\n"))),
    Case("Old Mac line ends", SHOW, each(lambda t: t.replace("\n", "\r"))),
    Case("Tabs instead of spaces", SHOW, swap("  name:", "\tname:"), "yaml.syntax"),
    Case("A conflict that git left", SHOW, add("<<<<<<< HEAD\nmodel: demo\n=======\n"), "yaml.syntax"),
    Case("Two documents", SHOW, add("---\ntitle: another\n"), "yaml.syntax"),
    Case("References that grow to 16 million", SHOW, add(ALIASES), "yaml.alias"),
    Case("A list in a list, 10,000 deep", SHOW, add("x: " + "[" * 10_000), "yaml.deep"),
    Case("A list in a list, 40 deep", SHOW, add("x: " + "[" * 40 + "]" * 40 + "\n"), "yaml.deep"),
    Case("Five million letters", SHOW, show("title", "a" * 5_000_000), "yaml.too_large"),
    Case("Code in a tag", SHOW, show("title", '!!python/object/apply:os.system ["touch harm"]'),
         "field.text"),
    Case("A file included by a tag", SHOW, show("title", "!include /etc/passwd"), PUBLISHED),
    Case("A merge key", SHOW, add("<<: {model: demo}\n"), "field.unknown"),
    Case("An anchor that nobody uses", SHOW, show("title", "&t Voix"), PUBLISHED),
    Case("A folder of that name", SHOW, folder, "workspace.none"),
    Case("A pipe of that name", SHOW, pipe, "workspace.none"),
    Case("A link to a device that never ends", SHOW, linked("/dev/zero"), "workspace.none"),
    Case("A link in a circle", SHOW, linked(SHOW), "workspace.none"),
    # its values
    Case("Norwegian, which was once a no", SHOW, show("language", "no"), PUBLISHED),
    Case("A language by its name", SHOW, show("language", "français"), "field.unlisted_near"),
    Case("A language as a locale", SHOW, show("language", "fr_FR"), "field.unlisted_near"),
    Case("An empty title", SHOW, show("title", '""'), "field.text"),
    Case("A title of spaces", SHOW, show("title", '"   "'), "field.text"),
    Case("A title that is no text", SHOW, show("title", "[a, b]"), "field.text"),
    Case("A title that is true", SHOW, show("title", "true"), "field.text"),
    Case("A title that is a number", SHOW, show("title", "2026"), PUBLISHED),
    Case("Half a character", SHOW, show("title", '"\\ud800"'), "yaml.half"),
    Case("A character that is none", SHOW, show("title", '"a\\uffff"'), "field.text"),
    Case("A NUL", SHOW, show("title", '"a\\0b"'), "field.text"),
    Case("An escape to a terminal", SHOW, show("title", '"\\e]0;harm\\a"'), "field.text"),
    Case("A script in the title", SHOW, show("title", '"<script>alert(1)</script>"'), PUBLISHED),
    Case("A template in the title", SHOW, show("title", '"{{ 7*7 }} {% raw %}"'), PUBLISHED),
    Case("The end of a CDATA section", SHOW, show("title", '"a ]]> b"'), PUBLISHED),
    Case("Right to left", SHOW, show("title", '"קול שווה"'), PUBLISHED),
    Case("Signs that stack", SHOW, show("title", '"Z' + "\u0310\u0352" * 100 + '"'), PUBLISHED),
    Case("Families and flags", SHOW, show("title", '"👩🏽‍🦽👨‍👩‍👧‍👦🇫🇷"'), PUBLISHED),
    Case("An address without a scheme", SHOW, show("address", "podcast.example.org"), "field.web"),
    Case("A script as an address", SHOW, show("address", "javascript:alert(1)"), "field.web"),
    Case("A file as an address", SHOW, show("address", "file:///etc/passwd"), "field.web"),
    Case("An address that cannot be taken apart", SHOW, show("address", '"http://[::1"'), "field.web"),
    Case("A password in the address", SHOW, show("address", "https://me:secret@example.org/"), "field.web"),
    Case("A port that is none", SHOW, show("address", "https://example.org:99999/"), "field.web"),
    Case("A quotation mark in the address", SHOW, show("address", "'https://example.org/\"><b>'"), "field.web"),
    Case("A line end in the address", SHOW, show("address", '"https://example.org/\\nX: y"'), "field.web"),
    Case("An e-mail address without an at sign", SHOW, swap("podcast@example.org", "podcast.example.org"),
         "field.email"),
    Case("An e-mail address with a line end", SHOW, swap("podcast@example.org", '"a@b.org\\nBcc: c@d.org"'),
         "field.email"),
    Case("A guid by hand", SHOW, show("guid", "my-show"), "field.uuid"),
    Case("An accent more than 4,000 bytes", SHOW, show("description", '"' + "é" * 2001 + '"'), "show.description_long"),
    Case("Yes, as it was once written", SHOW, show("explicit", "yes")),
    Case("No list but a text", SHOW, show("people", "Anna"), "field.mapping"),
    Case("A person without a name", SHOW, swap("    name: L'invité\n", ""), "field.missing"),
    Case("Infinite loudness", SHOW, show("sound", "{loudness_stereo: .inf}"), "field.number"),
    Case("Loudness that is no number", SHOW, show("sound", "{loudness_stereo: .nan}"), "field.number"),
    Case("Louder than anything", SHOW, show("sound", "{loudness_stereo: 3}"), "field.too_large"),
    Case("A number in hexadecimal", SHOW, show("episodes_per_page", "0x10"), "field.number"),
    Case("A number of 5,000 digits", SHOW, show("episodes_per_page", "9" * 5000), "field.number"),
    Case("A cover outside the folder", SHOW, show("cover", "../../etc/passwd"), "field.inside"),
    Case("A cover on another disk", SHOW, show("cover", "'C:\\cover.jpg'"), "field.inside"),
    Case("A cover that is no picture", SHOW, show("cover", "podcast.yaml"), "picture.unreadable"),
    # episode.md
    Case("Nothing in it", EPISODE, put(b""), "front_matter.missing"),
    Case("Nothing between the lines", EPISODE, put("---\n---\n"), "field.missing"),
    Case("A list between the lines", EPISODE, put("---\n- a\n---\n"), "field.mapping"),
    Case("A page from the web", EPISODE, put("<html><body>Sign in</body></html>"), "front_matter.missing"),
    Case("A folder of that name", EPISODE, folder, "episode.unknown"),
    Case("A link to nothing", EPISODE, linked("nowhere.md"), "episode.unknown"),
    Case("A pipe of that name", EPISODE, pipe, "episode.unknown"),
    Case("A date that does not exist", EPISODE, show("date", "2026-02-30T06:00:00+01:00"), "field.moment"),
    Case("A date without a time", EPISODE, show("date", "2026-11-02"), "field.moment"),
    Case("A date in words", EPISODE, show("date", "2 novembre 2026"), "field.moment"),
    Case("A zone of 25 hours", EPISODE, show("date", "2026-11-02T06:00:00+25:00"), "field.moment"),
    Case("The year 1", EPISODE, show("date", "0001-01-01T00:00:00+14:00"), "field.moment"),
    Case("The year 9999", EPISODE, show("date", "9999-12-31T23:59:59-12:00"), "field.moment"),
    Case("Episode 0", EPISODE, show("number", "0"), "field.too_small"),
    Case("Episode -1", EPISODE, show("number", "-1"), "field.too_small"),
    Case("Episode one and a half", EPISODE, show("number", "1.5"), "field.number"),
    Case("Episode three, in words", EPISODE, show("number", "trois"), "field.number"),
    Case("A number that no app can hold", EPISODE, show("number", "99999999999999999999"), "field.too_large"),
    Case("A guid with a line end", EPISODE, show("guid", '"a\\nb"'), "feed.guid"),
    Case("An empty guid", EPISODE, show("guid", '""'), "field.text"),
    Case("A title of 5,000 letters", EPISODE, title('"' + "Voix " * 1000 + '"'), "field.long"),
    Case("A script in the title", EPISODE, title('"</title><script>alert(1)</script>"'), PUBLISHED),
    Case("A title that turns the text round", EPISODE, title('"\u202eégale"'), PUBLISHED),
    Case("A type that does not exist", EPISODE, swap(TITLE, TITLE + "\ntype: teaser"), "field.choice"),
    Case("People as a text", EPISODE, show("people", "presentatrice"), "field.list"),
    Case("A person in a list in a list", EPISODE, show("people", "[[presentatrice]]"), "field.text"),
    Case("Music outside the folder", EPISODE, show("opening", "../../../etc/passwd"), "field.inside"),
    Case("Music from a folder", EPISODE, show("opening", "."), "field.inside"),
    Case("Music that is a text", EPISODE, show("opening", "episode.md"), "audio.not_audio"),
    Case("Scripts in the notes", EPISODE, add(
        "\n<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))\n"
        '<a href="https://example.org" onclick="alert(1)">x</a> <svg onload=alert(1)>\n'), PUBLISHED),
    Case("Brackets in the notes, 20,000 deep", EPISODE, add("\n" + "[" * 20_000 + "\n"), PUBLISHED),
    Case("Quotations in the notes, 5,000 deep", EPISODE, add("\n" + ">" * 5_000 + " x\n"), PUBLISHED),
    # the glossary
    Case("A list", GLOSSARY, put("- RQTH\n"), "field.mapping"),
    Case("A term without anything", GLOSSARY, put("RQTH:\n"), PUBLISHED),
    Case("A pattern as a term", GLOSSARY, put('"(a+)+$": {expansion: x}\n'), PUBLISHED),
    # the transcript
    Case("Nothing but spaces", TEXT, put(" \n\t\n"), "front_matter.missing"),
    Case("A folder of that name", TEXT, folder, "file.folder"),
    Case("A pipe of that name", TEXT, pipe, "file.special"),
    Case("A device that never ends", TEXT, linked("/dev/zero"), "file.special"),
    Case("A file of 200 MB", TEXT, sparse(200_000_000), "file.too_large"),
    Case("Word's own format", TEXT, put(b"PK\x03\x04" + bytes(range(256))), "file.not_utf8"),
    Case("A status that does not exist", TEXT, swap("status: draft", "status: fine"), "field.choice"),
    Case("A script in the text", TEXT, swap(SPOKEN, SPOKEN + " <script>alert(1)</script>"), PUBLISHED),
    Case("A template in the text", TEXT, swap(SPOKEN, SPOKEN + " {{ 7*7 }} {% include 'x' %}"), "transcript.bracket"),
    Case("A NUL in the text", TEXT, swap(SPOKEN, SPOKEN + "\0"), "text.control"),
    Case("An escape to a terminal in the text", TEXT, swap(SPOKEN, SPOKEN + "\x1b[2J"), "text.control"),
    Case("Letters that turn round", TEXT, swap(SPOKEN, SPOKEN + " \u202eegnuor\u202c"), PUBLISHED),
    Case("A language that is none", TEXT, swap(SPOKEN, SPOKEN + " {zz9: hello}"), "transcript.bracket"),
    Case("A chapter without a title", TEXT, swap("## Bienvenue", "##"), "transcript.heading"),
    Case("5,000 chapters", TEXT, add("\n## Fin\n" * 5_000), PUBLISHED),
    Case("A time before the beginning", TEXT, swap("La présentatrice : Bonjour", "[=-1:00] La présentatrice : Bonjour"),
         "transcript.no_speaker"),
    Case("A time after the end", TEXT, swap("La présentatrice : Bonjour", "[=99:59:59] La présentatrice : Bonjour"),
         "gate.late"),
    Case("A hint after the end", TEXT, swap("La présentatrice : Bonjour", "[99:59:59] La présentatrice : Bonjour")),
    Case("A note that leads to itself", TEXT, each(lambda t: t.replace(SPOKEN, SPOKEN + "[^a]") + "\n[^a]: see [^a]\n")),
    Case("A text of another episode", TEXT, each(lambda t: t.split("---\n", 2)[0] + "---\n" + t.split("---\n", 2)[1]
         + "---\n\nLa présentatrice : " + "Rien de tout cela. " * 300 + "\n"), "gate.other_episode"),
    # what was heard
    Case("Nothing in it", WORDS, put(b""), "words.schema"),
    Case("A later format", WORDS, swap("words/1", "words/9"), "words.schema"),
    Case("A list on a line", WORDS, words(1, lambda _: "[1, 2]\n"), "words.broken"),
    Case("A time that is no number", WORDS, words(1, lambda t: first("NaN", t)), "words.broken"),
    Case("A time that has no end", WORDS, words(1, lambda t: first("1e999", t)), "words.broken"),
    Case("A time of 5,000 digits", WORDS, words(1, lambda t: first("9" * 5000, t)), "words.broken"),
    Case("A time before the beginning", WORDS, words(1, lambda t: first("-9430", t)), "words.broken"),
    Case("An end before its beginning", WORDS, words(1, lambda t: first("99999", t)), "words.broken"),
    Case("Half a character", WORDS, words(1, lambda t: t.replace("Bonjour", "\\ud83d")), "words.broken"),
    Case("A control character", WORDS, words(1, lambda t: t.replace("Bonjour", "\\u0007")), "words.broken"),
    Case("A list in a list, 100,000 deep", WORDS, words(1, lambda _: "[" * 100_000 + "\n"), "words.broken"),
    Case("The same key twice", WORDS, words(1, lambda t: t.replace('"id":0', '"id":0,"words":[]')), PUBLISHED),
    Case("A word without its time", WORDS, words(1, lambda t: re.sub(r"\[\[[\d,]+", "[[", t, count=1)), "words.broken"),
    Case("No words, where the header promises some", WORDS, words(1, lambda t: ""), "words.broken"),
    # the ledger
    Case("Nothing in it", LEDGER, put(b""), "ledger.broken"),
    Case("Cut off", LEDGER, each(lambda t: t[: len(t) // 2]), "ledger.broken"),
    Case("A later format", LEDGER, swap("published/", "published/9"), "ledger.broken"),
    Case("A list", LEDGER, put("[]"), "ledger.broken"),
    Case("A list in a list, 100,000 deep", LEDGER, put("[" * 100_000), "ledger.broken"),
    Case("An episode without a guid", LEDGER, each(lambda t: t.replace('"guid"', '"guit"', 1)), "ledger.broken"),
    Case("A length that is no number", LEDGER, each(lambda t: t.replace("2105825", '"much"')), "ledger.broken"),
    Case("Somebody's conflict", LEDGER, before(b"<<<<<<< HEAD\n"), "ledger.broken"),
)  # fmt: skip
