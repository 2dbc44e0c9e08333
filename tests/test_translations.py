"""A translator needs no programmer: a file in a folder is a language, and what it lacks is English."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from podcast import translations
from podcast.theme import marked
from podcast.translations import Sentence
from podcast.wording import FOREIGN, Wording
from tools import translations as tool

ROOT = Path(__file__).parent.parent
POLISH = r"""msgid ""
msgstr ""
"Language: pl\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

msgctxt "usage.command"
msgid "COMMAND"
msgstr "POLECENIE"

msgctxt "page.episodes"
msgid "{n} episode"
msgid_plural "{n} episodes"
msgstr[0] "{n} odcinek"
msgstr[1] "{n} odcinki"
msgstr[2] "{n} odcinków"

msgctxt "page.skip_content"
msgid "Skip to the content"
msgstr "Przejdź do treści"

#, fuzzy
msgctxt "page.menu_search"
msgid "Search"
msgstr "stare"

msgctxt "page.with"
msgid "With {names}"
msgstr "Z {nazwy}"

msgctxt "page.menu"
msgid "What was said in English before"
msgstr "dawne"
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A copy of the program, for a translator to put files into."""
    for name in ("podcast", "templates"):
        leave = shutil.ignore_patterns("__pycache__", "models", "compiled")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=leave)
    return tmp_path


def ask(program: Path, code: str, **environment: str) -> str:
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=program, capture_output=True, text=True, check=True,
        encoding="utf-8", env={**os.environ, "PYTHONPATH": str(program), "PYTHONUTF8": "1", **environment},
    )  # fmt: skip
    return told.stdout


def add(program: Path, language: str, text: str) -> Path:
    file = program / "podcast" / "locale" / language / "LC_MESSAGES" / "podcast.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_a_file_in_the_folder_is_a_language(elsewhere: Path) -> None:
    add(elsewhere, "pl", POLISH)
    said = ask(
        elsewhere, "from podcast.cli import main; main(['--help'])", LANG="pl_PL.UTF-8", LC_ALL=""
    )
    assert "POLECENIE" in said
    assert "Publish an accessible podcast" in said  # not translated
    code = (
        "from podcast.wording import Wording; say = Wording('pl').say;"
        "print([say('page.episodes', n=n) for n in (1, 2, 5, 22)])"
    )
    assert eval(ask(elsewhere, code)) == ["1 odcinek", "2 odcinki", "5 odcinków", "22 odcinki"]


def test_a_page_says_what_is_not_translated_in_english_and_marks_it(elsewhere: Path) -> None:
    add(elsewhere, "pl", POLISH)
    code = (
        f"import sys; sys.path += [{str(ROOT / 'tests')!r}, {str(ROOT)!r}];"
        "import small_site as s, json; show = s.show(language='pl');"
        "print(json.dumps(s.pages(show, [s.episode(show, 'a')])))"
    )
    pages: dict[str, str] = json.loads(ask(elsewhere, code))
    home = pages["index.html"]
    assert '<html lang="pl">' in home
    assert ">Przejdź do treści<" in home
    assert "1 odcinek" in home
    assert '<span lang="en">Search</span>' in home  # fuzzy: nobody has looked at it
    assert "stare" not in home and "nazwy" not in home and "dawne" not in home
    assert 'aria-label="Main menu"' in home  # an attribute has no language of its own
    for page in pages.values():
        assert not set(FOREIGN) & set(page)


def test_every_sentence_of_a_language_without_a_catalogue_is_marked() -> None:
    said = marked(Wording("de", page=True).say("page.menu_search"))
    assert said == '<span lang="en">Search</span>'
    assert Wording("fr-CA", page=True).say("page.menu_search") == "Chercher"
    assert Wording("en-GB", page=True).say("page.menu_search") == "Search"
    assert Wording("de").say("page.menu_search") == "Search"


def test_nothing_is_marked_where_no_element_may_stand() -> None:
    one = "x".join(FOREIGN)
    page = f"<title>{one}</title><a title='>' data-a=\"{one}\">{one}</a><script>'<b' + '{one}'</script><!--{one}-->{one}"
    assert marked(page) == (
        '<title>x</title><a title=\'>\' data-a="x"><span lang="en">x</span></a>'
        "<script>'<b' + 'x'</script><!--x--><span lang=\"en\">x</span>"
    )


@pytest.mark.parametrize(
    ("was", "now"),
    [("nplurals=3", "nplurals=2"), ("n==1 ?", "n=1 ?"), ("n==1 ?", "import os ?"), ('msgid "COMMAND"', 'msgid "\\q'),
     ('msgctxt "usage.command"', "what is this"), ('msgstr ""', "")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_stops_nobody(elsewhere: Path, was: str, now: str) -> None:
    assert was in POLISH
    add(elsewhere, "pl", POLISH.replace(was, now, 1))
    said = ask(
        elsewhere, "from podcast.cli import main; main(['--help'])", LANG="pl_PL.UTF-8", LC_ALL=""
    )
    assert "Publish an accessible podcast" in said
    shutil.copytree(
        ROOT / "tools", elsewhere / "tools", ignore=shutil.ignore_patterns("demo_model")
    )
    said = ask(elsewhere, "from tools.translations import main; print(main(['check']))")
    assert re.search(r"^pl: .*\n  \S", said, re.MULTILINE) and said.endswith("\n1\n"), said


def test_a_new_show_in_a_language_that_has_only_sentences(elsewhere: Path) -> None:
    add(elsewhere, "pl", POLISH)
    ask(elsewhere, "from podcast.cli import main; main(['init', 'nowy', '--language', 'pl'])")
    assert "language: pl\n" in (elsewhere / "nowy/podcast.yaml").read_text("utf-8")


def test_the_nearest_language(elsewhere: Path) -> None:
    add(elsewhere, "pt_BR", POLISH.replace("Language: pl", "Language: pt_BR"))
    code = (
        "from podcast.wording import nearest;"
        "print([nearest(n) for n in ('pt', 'pt-PT', 'pt_BR.UTF-8', 'fr_CA@euro', 'FR', 'tlh', '')])"
    )
    assert eval(ask(elsewhere, code)) == ["pt-BR", "pt-BR", "pt-BR", "fr", "fr", "en", "en"]


def test_nobody_waits_for_babel_at_the_start(elsewhere: Path) -> None:
    file = add(elsewhere, "pl", POLISH)
    code = (
        "import sys; from podcast.wording import Wording;"
        "print(Wording('pl').say('usage.command'), 'babel' in sys.modules)"
    )
    first = ask(elsewhere, code, PYTHONDONTWRITEBYTECODE="")
    assert first == "POLECENIE True\n"
    assert ask(elsewhere, code) == "POLECENIE False\n"
    stamp = file.stat()
    file.write_text(POLISH.replace("POLECENIE", "ROZKAZ---"), "utf-8")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert (
        ask(elsewhere, code) == "ROZKAZ--- True\n"
    )  # the same size and time, and seen all the same


@pytest.mark.parametrize("damage", ["", "{", '{"of": []}', '{"of": 1, "sentences": {}}'])
def test_a_damaged_quick_form_is_made_again(elsewhere: Path, damage: str) -> None:
    add(elsewhere, "pl", POLISH)
    kept = elsewhere / "podcast/locale/compiled/pl.json"
    kept.parent.mkdir()
    kept.write_text(damage)
    code = "from podcast.wording import Wording; print(Wording('pl').say('usage.command'))"
    assert ask(elsewhere, code, PYTHONDONTWRITEBYTECODE="") == "POLECENIE\n"
    assert json.loads(kept.read_text())["forms"] == ["one", "few", "many"]


def test_scripts_find_each_form_by_the_name_that_browsers_give_it(elsewhere: Path) -> None:
    add(elsewhere, "pl", POLISH)
    code = "from podcast.wording import Wording; print(Wording('pl').raw('page'))"
    said = eval(ask(elsewhere, code))
    forms = {key: text for key, text in said.items() if key.startswith("page.episodes.")}
    assert forms == {
        "page.episodes.one": "{n} odcinek", "page.episodes.few": "{n} odcinki",
        "page.episodes.many": "{n} odcinków", "page.episodes.other": "{n} odcinków",
    }  # fmt: skip


SENTENCE = Sentence("k", "{n} file in {folder}", "{n} files in {folder}")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("{n} Dateien in {folder}", False), ("Eine Datei in {folder}", False), ("{n} Dateien", True),
     ("{n} {folder} {more}", True), ("{n} {folder", True), ("{folder} } {n}", True), ("{} {folder}", True)],
)  # fmt: skip
def test_a_translation_has_the_facts_of_its_sentence(text: str, wrong: bool) -> None:
    assert translations.wrong_facts(text, SENTENCE) is wrong


def test_an_update_keeps_what_was_done_and_asks_for_what_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "podcast.po"
    file.write_text(
        POLISH + '\n# my note\nmsgctxt "page.gone"\nmsgid "Gone"\nmsgstr "Nie ma"\n', "utf-8"
    )
    text = tool.written(tool.updated(translations.read(file, "pl"))).decode()
    file.write_text(text, "utf-8")
    made: Catalog = translations.read(file, "pl")
    by_key = {message.context: message for message in made if message.context}
    assert list(by_key) == [sentence.key for sentence in translations.english(tool.ENGLISH)]
    assert by_key["page.skip_content"].string == "Przejdź do treści"
    assert not by_key["page.skip_content"].fuzzy
    changed = by_key["page.menu"]
    assert (changed.string, changed.fuzzy) == ("dawne", True)
    assert '#| msgid "What was said in English before"' in text
    assert '#~ msgid "Gone"\n#~ msgstr "Nie ma"' in text
    assert tool.written(tool.updated(made)).decode() == text


def test_a_new_language_has_all_sentences_and_no_translation(elsewhere: Path) -> None:
    shutil.copytree(
        ROOT / "tools", elsewhere / "tools", ignore=shutil.ignore_patterns("demo_model")
    )
    for tag, plural in (("ar", "nplurals=6"), ("pt-BR", "nplurals=2")):
        said = ask(elsewhere, f"from tools.translations import main; print(main(['new', {tag!r}]))")
        assert said.endswith("\n0\n")
        file = elsewhere / "podcast/locale" / tag.replace("-", "_") / "LC_MESSAGES/podcast.po"
        assert plural in file.read_text("utf-8")
    code = "from tools.translations import main; print(main(['check']), main(['new', 'ar']), main(['new', 'x']))"
    said = ask(elsewhere, code)
    assert re.search(r"^ar: 0 of \d+ sentences", said, re.MULTILINE)
    assert said.endswith("\n0 1 2\n")


def test_the_check_sees_what_a_translator_may_break(elsewhere: Path) -> None:
    shutil.copytree(
        ROOT / "tools", elsewhere / "tools", ignore=shutil.ignore_patterns("demo_model")
    )
    file = elsewhere / "podcast/locale/fr/LC_MESSAGES/podcast.po"
    text = file.read_text("utf-8")
    for was, now, told in [
        ('msgstr "Chercher"', 'msgstr "Chercher {n}"', "page.menu_search: these must be in it"),
        ('msgstr "Chercher"', 'msgstr " Chercher"', "page.menu_search: a space"),
        ('--break-lock"\nmsgstr[1]', '--forcer"\nmsgstr[1]', "error.deploy.busy: what people type"),
        (" (docs/declaration-d-accessibilite.md)", "", "publish.old_audit: it names as many pages"),
        ('msgid "Search"', 'msgid "Seek"', "page.menu_search: not as in English"),
        ('msgstr[1] "{n} épisodes"', 'msgstr[1] ""', "page.episodes: a form is empty"),
        ("Épisode suivant\u00a0:", "Épisode suivant :", "page.newer: before : ;"),
        ('msgctxt "page.menu"', 'msgctxt "page.carte"', "page.carte: no such sentence"),
        ('msgstr "Chercher"', "msgstr Chercher", "line "),
    ]:  # fmt: skip
        assert was in text
        file.write_text(text.replace(was, now), "utf-8")
        said = ask(elsewhere, "from tools.translations import main; print(main(['check']))")
        assert told in said and said.endswith("\n1\n"), said
