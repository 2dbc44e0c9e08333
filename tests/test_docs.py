"""The documentation names what exists: commands, keys, files, links."""

from __future__ import annotations

import argparse
import dataclasses
import re
from pathlib import Path

import pytest
from conftest import ROOT
from twins import DOCS, FRENCH_OF, anchors

from podcast import usage
from podcast.accessibility import Accessibility, Audit
from podcast.commands import names
from podcast.deploy import kinds, scheme
from podcast.destination import Deploy
from podcast.directory import Funding, Location, OtherFeed, RemoteFeed, Txt, UpdateFrequency
from podcast.episode import Episode, Soundbite
from podcast.glossary import Term
from podcast.look import Look
from podcast.network import Network, read_network
from podcast.served_as import SNIPPETS
from podcast.show import Music, Owner, Person, Piece, Show, Sound, read_show
from podcast.wording import Wording, keys, languages
from tools import reference
from tools.translations import PAGE

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", ["commands", "les-commandes"])
def test_every_command_has_its_section(page: str) -> None:
    text = (DOCS / f"{page}.md").read_text("utf-8")
    assert re.findall(r"^## podcast (\S+)$", text, re.MULTILINE) != []
    assert set(re.findall(r"^## podcast (\S+)$", text, re.MULTILINE)) == set(names())


@pytest.mark.parametrize("name", names())
def test_every_command_says_what_it_and_its_options_do_in_every_language(name: str) -> None:
    told = {}
    for language in languages():
        words = Wording(language)
        choices = next(
            action
            for action in usage.parser(words, name)._actions
            if isinstance(action, argparse._SubParsersAction)
        )
        own = choices.choices[name]
        helps = [action.help or "" for action in own._actions]
        assert all(helps), [action.dest for action in own._actions if not action.help]
        told[language] = [words.say(f"command.{name}"), *helps]
        assert "".join(own.format_help().split()).count("".join(told[language][0].split())) == 1
    for said in zip(*told.values(), strict=True):
        assert len(set(said)) == len(told), said


@pytest.mark.parametrize("page", ["podcast-yaml", "les-cles"])
@pytest.mark.parametrize(
    "cls",
    [
        Show, Deploy, Person, Owner, Sound, Music, Piece, Look, Accessibility, Audit, Funding, Location, OtherFeed,
        RemoteFeed, Txt, UpdateFrequency, Episode, Soundbite, Term,
    ],
    ids=lambda c: c.__name__,
)  # fmt: skip
def test_every_key_has_its_row(cls: type, page: str) -> None:
    text = (DOCS / f"{page}.md").read_text("utf-8")
    keys = {field.name for field in dataclasses.fields(cls)} - {"slug", "notes"}
    assert [key for key in sorted(keys) if f"| `{key}` |" not in text] == []


def test_every_key_of_a_network_has_its_row_and_its_example_is_read() -> None:
    page = (ROOT / "docs" / "network.md").read_text("utf-8")
    keys = sorted(field.name for field in dataclasses.fields(Network))
    assert [key for key in keys if f"| `{key}` |" not in page] == []
    example = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[0]
    assert read_network(example, "network.yaml").guid


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", page.read_text("utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            leads = page.parent / target if target else page
            assert leads.exists(), target
            assert not anchor or anchor in anchors(leads.read_text("utf-8")), f"{target}#{anchor}"


def test_every_page_is_in_the_list() -> None:
    text = (DOCS / "README.md").read_text("utf-8")
    listed = {(DOCS / target).resolve() for target in re.findall(r"\]\(([^)#]+)", text)}
    pages = {page for page in DOCS.glob("**/*.md") if page.name != "README.md"}
    assert sorted(str(page.relative_to(DOCS)) for page in pages - listed) == []


def test_the_reference_is_what_the_program_says() -> None:
    """Otherwise type: python -m tools.reference"""
    written = {file.name: file.read_text("utf-8") for file in reference.FOLDER.glob("*.md")}
    for name, text in reference.pages().items():
        assert written.pop(name) == text, (
            f"docs/reference/{name} is stale: python -m tools.reference"
        )
    assert written == {}


def test_the_reference_names_everything() -> None:
    """And would not stay as it is when an option, a key or an error comes."""
    made = reference.pages()
    for name in names():
        assert (
            f"## podcast {name}\n" in made["commands.md"]
            and f"## podcast {name}\n" in made["commandes.md"]
        )
    assert "`--dry-run`" in made["commands.md"] and "à tous les endroits" in made["commandes.md"]
    for cls in (Show, Episode, Term, Sound, Person, Network):
        for field in dataclasses.fields(cls):
            for page in ("keys.md", "cles.md"):
                assert field.name in ("slug", "notes") or f"| `{field.name}` |" in made[page]
    kinds_of_errors = {
        key.removeprefix("error.").removesuffix(".other")
        for key in keys("en")
        if key.startswith("error.")
    }
    for kind in kinds_of_errors:
        assert f"| `{kind.removesuffix('.one')}` |" in made["errors.md"]
    assert reference.code_of("feed.same_guid") == "3"
    assert reference.code_of("model.offline") == "4"
    assert reference.code_of("workspace.busy") == "5"
    assert reference.code_of("gate.status") == "1"


def test_the_readme_names_two_commands_first() -> None:
    first_screen = (ROOT / "README.md").read_text("utf-8").split("\n## ")[0]
    commands = re.findall(r"```sh\n(.*?)\n```", first_screen, re.DOTALL)
    assert commands == ["python3 start.py demo", "python3 start.py test"]


@pytest.mark.parametrize("name", ["transcript-format", "format-de-la-transcription"])
def test_the_example_of_the_transcript_format_is_read(name: str) -> None:
    from podcast.show import Person
    from podcast.transcript_file import read_document

    page = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    example = re.findall(r"^```\n(---.*?)^```$", page, re.MULTILINE | re.DOTALL)[0]
    people = {"p": Person("La présentatrice"), "i": Person("L'invité")}
    document = read_document(example, "example.md", people, "fr")
    assert document.text == example
    assert document.transcript.status == "reviewed"
    assert [note.id for note in document.transcript.notes] == ["rqth"]
    assert len(document.transcript.blocks) == 5


def test_what_servers_are_told_is_what_the_command_prints() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    for snippet in SNIPPETS.values():
        assert f"```\n{snippet()}```" in page


@pytest.mark.parametrize("name", ["deploy", "envoyer-le-site"])
@pytest.mark.parametrize("number", range(5))
def test_the_examples_of_places_are_read(number: int, name: str) -> None:
    page = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    example = re.findall(r"^```yaml\n(deploy:.*?)^```$", page, re.MULTILINE | re.DOTALL)[number]
    show = read_show((ROOT / "podcast.yaml").read_text("utf-8") + example, "podcast.yaml")
    assert show.deploy and scheme(show.deploy.pages) in kinds()


def test_the_example_of_the_declaration_is_read() -> None:
    page = (ROOT / "docs" / "accessibility-statement.md").read_text("utf-8")
    example = re.findall(r"^```yaml\n(accessibility:.*?)^```$", page, re.MULTILINE | re.DOTALL)[0]
    show = read_show((ROOT / "podcast.yaml").read_text("utf-8") + example, "podcast.yaml")
    assert show.accessibility and show.accessibility.audit
    keys = {field.name for cls in (Accessibility, Audit) for field in dataclasses.fields(cls)}
    assert [key for key in sorted(keys) if f"{key}:" not in example] == []


@pytest.mark.parametrize("language", languages())
def test_what_the_program_says_names_the_page_of_its_language(language: str) -> None:
    """A French sentence names the French page where there is one, and any page that is named is there."""
    written = dict(keys(language))
    for file in sorted((ROOT / "podcast" / "example" / language).iterdir()):
        if file.suffix in (".yaml", ".yml", ".md"):
            written[file.name] = file.read_text("utf-8")
    named = [(where, page) for where, text in written.items() for page in PAGE.findall(text)]
    assert {where for where, _ in named} >= {"podcast.yaml", "error.deploy.nowhere"}
    for where, page in named:
        below = page.removeprefix("docs/")
        assert (DOCS / below).is_file(), (where, page)
        if language == "fr":
            assert below not in FRENCH_OF, f"{where}: {page}, not docs/{FRENCH_OF[below]}"
        else:
            assert below not in FRENCH_OF.values(), (where, page)
