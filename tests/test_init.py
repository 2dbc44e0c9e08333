"""A new show, from nothing to what can be published."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import ROOT, Ran
from jsonschema import Draft7Validator, Draft202012Validator

from podcast.directory import podcast_guid
from podcast.front_matter import split_front_matter
from podcast.network import read_network
from podcast.schema_file import meanings, schemas
from podcast.strict_yaml import read_yaml
from podcast.wording import Wording
from podcast.workspace import Workspace


@pytest.mark.parametrize("language", ["fr", "en", "es", "de"])
def test_a_new_show_is_right(language: str, tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    title = 'Un "titre" : à moi #1'
    ran = podcast(tmp_path, "init", "my-show", "--title", title, "--language", language)
    assert ran.code == 0, ran.err
    space = Workspace(tmp_path / "my-show")
    show = space.show()
    assert (show.title, show.language) == (title, language)
    episode = space.episode("episode-1", show)
    assert episode.date.tzinfo is not None
    assert episode.guid != show.guid
    assert [track.speaker for track in space.recording(episode, show).tracks] == list(show.people)
    assert (tmp_path / "my-show" / "cover.jpg").stat().st_size > 10_000


def test_a_new_show_speaks_spanish(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(tmp_path, "init", "mi-voz", language="es")
    assert ran.out.startswith(
        "El programa está en mi-voz/. Escriba: cd mi-voz && publish episode-1"
    )
    show = Workspace(tmp_path / "mi-voz").show()
    assert (show.language, next(iter(show.people.values())).name) == ("es", "La presentadora")
    ran = podcast(tmp_path / "mi-voz", "new", "Primeros pasos", language="es")
    assert ran.code == 0, ran.err
    text = (tmp_path / "mi-voz/episodes/primeros-pasos/episode.md").read_text("utf-8")
    assert "# El título, sin el nombre del programa ni el número." in text


def test_two_shows_have_different_guids(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    podcast(tmp_path, "init", "a")
    podcast(tmp_path, "init", "b")
    assert Workspace(tmp_path / "a").show().guid != Workspace(tmp_path / "b").show().guid


def test_the_guid_is_made_of_the_feeds_first_address(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    # The namespace's own example (docs/tags/guid.md).
    assert podcast_guid("https://podnews.net/rss") == "9b024349-ccf0-5f69-a609-6b82873eab3c"
    ran = podcast(tmp_path, "init", "mine", "--address", "https://example.org/voix")
    assert ran.code == 0, ran.err
    show = Workspace(tmp_path / "mine").show()
    assert show.address == "https://example.org/voix/"
    assert show.guid == podcast_guid("https://example.org/voix/feed.xml")
    ran = podcast(tmp_path, "init", "other", "--address", "example.org")
    assert (ran.code, "example.org" in ran.err) == (1, True)


def test_a_folder_with_something_in_it_is_not_touched(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "text.md").write_text("à moi", "utf-8")
    ran = podcast(tmp_path, "init", "mine")
    assert ran.code == 1
    assert ran.err == "mine : ce dossier existe déjà et n'est pas vide. Choisissez un autre nom.\n"
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["text.md"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine"]


def test_a_language_that_is_none(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(tmp_path, "init", "a", "--language", "français")
    assert ran.code == 1 and "Vouliez-vous dire « fr » ?" in ran.err
    ran = podcast(tmp_path, "init", "a", "--language", "x1")
    assert ran.code == 1 and "n'est pas un code de langue" in ran.err


def test_the_options_are_the_five_answers(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(
        tmp_path, "init", "--title", "Voix & co", "--language", "fr", "--author", "Claire Martin",
        "--email", "claire@example.org", "--address", "https://example.org/voix", "--person", "Claire",
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "L'émission est dans voix-co/. Tapez : cd voix-co && publish episode-1\n"
    space = Workspace(tmp_path / "voix-co")
    show = space.show()
    assert (show.author, show.owner.name, show.owner.email) == (
        "Claire Martin",
        "Claire Martin",
        "claire@example.org",
    )
    assert {key: person.name for key, person in show.people.items()} == {"claire": "Claire"}
    assert space.recording(space.episode("episode-1", show), show).tracks[0].speaker == "claire"
    assert space.glossary().terms == {}


def test_what_was_not_said_is_told(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    ran = podcast(tmp_path, "init", "mine", "--title", "Mine", language="en")
    assert ran.code == 0
    assert (
        ran.out.splitlines()[-1]
        == "Still to be said in mine/podcast.yaml, before it is online: author, owner.email, address."
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "Dites le dossier à créer"),
        (["mine", "--title", ""], 1, "« --title » doit être un texte"),
        (["mine", "--title", "x" * 5000], 1, "« --title » a 5000 caractères"),
        (["mine", "--email", "claire"], 1, "« claire » n'est pas une adresse électronique."),
        (["mine", "--person", "Claire : moi"], 1, "« Claire : moi » ne peut pas être un nom"),
        (["mine", "--address", "ftp://x"], 1, "« ftp://x » n'est pas une adresse web."),
        (["podcast.yaml/mine"], 4, "podcast.yaml/mine : impossible d'écrire ici."),
    ],
)  # fmt: skip
def test_what_cannot_be_leaves_nothing(
    arguments: list[str], code: int, said: str, tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    (tmp_path / "podcast.yaml").write_text("", "utf-8")
    ran = podcast(tmp_path, "init", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.replace("\xa0", " ").startswith(said), ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["podcast.yaml"]


def in_a_terminal(folder: Path, *arguments: str, typed: Sequence[str]) -> tuple[int, str]:
    """Run it on a pseudo-terminal, and type a line (or ^C) at each question."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "podcast", "init", *arguments], cwd=folder,
        stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        env={**os.environ, "PODCAST_LANGUAGE": "fr", "PYTHONPATH": str(ROOT), "TERM": "dumb"},
    )  # fmt: skip
    os.close(slave)
    shown, answered, left = b"", 0, list(typed)
    try:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            if not select.select([master], [], [], 2)[0]:
                if not left and typed[-1] == "\x03":  # it came just before Python began to wait
                    os.write(master, b"\x03")
                continue
            try:
                part = os.read(master, 4096)
            except OSError:  # Linux says EIO when the last writer has gone
                break
            if not part:
                break
            shown += part
            if left and shown[answered:].endswith(b" ") and b"?" in shown[answered:]:
                answered = len(shown)
                os.write(master, left.pop(0).encode())
        return process.wait(30), shown.decode("utf-8").replace("\r\n", "\n")
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_five_questions_in_a_terminal(tmp_path: Path) -> None:
    code, shown = in_a_terminal(
        tmp_path,
        typed=[
            "Voix égales\n",
            "\n",
            "Claire Martin, claire@example.org\n",
            "example.org\n",
            "https://example.org/voix\n",
            "Claire\n",
        ],
    )
    assert code == 0, shown
    assert "« example.org » n'est pas une adresse web." in shown.replace("\xa0", " "), shown
    space = Workspace(tmp_path / "voix-egales")
    show = space.show()
    assert (show.title, show.language, show.author, show.owner.email) == (
        "Voix égales",
        "fr",
        "Claire Martin",
        "claire@example.org",
    )
    assert show.address == "https://example.org/voix/"
    assert [person.name for person in show.people.values()] == ["Claire"]


def test_enter_leaves_answers_for_later(tmp_path: Path) -> None:
    code, shown = in_a_terminal(tmp_path, "mine", typed=["\n"] * 5)
    assert code == 0, shown
    assert "author, owner.email, address." in shown
    assert Workspace(tmp_path / "mine").show().title == "Mine"


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    code, shown = in_a_terminal(tmp_path, "mine", typed=["Voix\n", "\x03"])
    assert code == 130, shown
    assert shown.rstrip().endswith(
        "Interrompu. Rien n'a été perdu : retapez la même commande pour continuer."
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["podcast", "glossary"])
def test_the_schemas_take_what_we_take(
    name: str, tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    schema = json.loads(schemas("fr")[f".schema/{name}.json"])
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    podcast(tmp_path, "init", "mine")
    for folder in (ROOT, tmp_path / "mine"):
        value = read_yaml((folder / f"{name}.yaml").read_text("utf-8"), name).value
        assert [error.message for error in validator.iter_errors(value)] == []
    first = (tmp_path / "mine" / f"{name}.yaml").read_text("utf-8").splitlines()[0]
    path = first.removeprefix("# yaml-language-server: $schema=")
    assert json.loads((tmp_path / "mine" / path).read_text("utf-8")) == schema


def head(text: str) -> object:
    made, _, line = split_front_matter(text, "episode.md")
    return read_yaml(made, "episode.md", line).value


def episode_schema() -> Draft7Validator:
    schema = json.loads(schemas("fr")[".schema/episode.json"])
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)


def test_the_schema_of_an_episode_takes_what_we_take(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    podcast(tmp_path, "init", "mine")
    podcast(tmp_path / "mine", "new", "Un titre")
    files = [
        f for top in (ROOT, tmp_path / "mine") for f in (top / "episodes").glob("*/episode.md")
    ]
    assert len(files) == 5
    for file in files:
        found = episode_schema().iter_errors(head(file.read_text("utf-8")))
        assert [error.message for error in found] == []
    written = tmp_path / "mine" / ".schema" / "episode.json"
    assert written.read_text("utf-8") == schemas("fr")[".schema/episode.json"]


@pytest.mark.parametrize(
    ("was", "now"),
    [("title:", "titel:"), ("number: 3", "number: trois"), ("guid:", "gid:"), ("type: full", "type: whole"), ("people: [", "people: [{}, ")],
)  # fmt: skip
def test_the_schema_of_an_episode_sees_slips(was: str, now: str) -> None:
    text = (ROOT / "episodes" / "episode-3" / "episode.md").read_text("utf-8")
    text = text if was in text else text.replace("---\n", "---\ntype: full\n", 1)
    assert was in text
    assert not episode_schema().is_valid(head(text.replace(was, now, 1)))


def test_every_documented_key_is_in_the_schema() -> None:
    text = (ROOT / "docs" / "podcast-yaml.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    known: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            known.update(value.get("properties", {}))
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    for schema in schemas("fr").values():
        walk(json.loads(schema))
    assert documented - known == set()
    show = json.loads(schemas("fr")[".schema/podcast.json"])
    told = [show["properties"], *(each["properties"] for each in show["$defs"].values())]
    assert [
        key
        for properties in told
        for key, each in properties.items()
        if "description" not in each and "$ref" not in each
    ] == []


@pytest.mark.parametrize(
    ("was", "now"),
    [("language: fr", "language: français"), ("title:", "titel:"), ("email: podcast@example.org", "email: nobody"), ("model: demo", "model: [demo]")],
)  # fmt: skip
def test_the_schema_sees_slips(was: str, now: str) -> None:
    text = (ROOT / "podcast.yaml").read_text("utf-8")
    assert was in text
    value = read_yaml(text.replace(was, now, 1), "podcast.yaml").value
    assert not Draft202012Validator(json.loads(schemas("fr")[".schema/podcast.json"])).is_valid(
        value
    )


@pytest.mark.parametrize(
    "deploy", ['"/var/www"', "{pages: a@b:c, audio: 's3://x', audio_address: 'https://x/'}"]
)
def test_the_short_form_of_a_place_is_one(deploy: str) -> None:
    value = read_yaml(
        f"{(ROOT / 'podcast.yaml').read_text('utf-8')}\ndeploy: {deploy}\n", "x"
    ).value
    assert Draft202012Validator(json.loads(schemas("fr")[".schema/podcast.json"])).is_valid(value)


def test_the_schemas_are_renewed(tmp_path: Path, podcast: Callable[..., Ran]) -> None:
    podcast(tmp_path, "init", "mine")
    file = tmp_path / "mine" / ".schema" / "podcast.json"
    file.write_text("{}", "utf-8")
    yaml = (tmp_path / "mine" / "podcast.yaml").read_bytes()
    assert podcast(tmp_path / "mine", "init", "--schema").code == 0
    assert file.read_text("utf-8") == schemas("fr")[".schema/podcast.json"]
    assert (tmp_path / "mine" / "podcast.yaml").read_bytes() == yaml


def test_editors_say_what_a_key_means_in_the_shows_language(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    def said(name: str, key: str) -> str:
        schema = json.loads((tmp_path / name / ".schema" / "podcast.json").read_text("utf-8"))
        return str(schema["properties"][key]["description"])

    for name, language in (("mine", "fr"), ("yours", "en"), ("theirs", "de")):
        assert podcast(tmp_path, "init", name, "--language", language).code == 0
    assert said("mine", "title") == "Nom de l'émission, et rien d'autre."
    assert (
        said("yours", "title") == said("theirs", "title") == "Name of the show, and nothing else."
    )
    before = said("yours", "title")
    (tmp_path / "yours" / ".schema" / "podcast.json").unlink()
    assert podcast(tmp_path / "yours", "init", "--schema").code == 0
    assert said("yours", "title") == before
    # A file with a fault keeps nobody from the schemas: they are then in the person's language.
    (tmp_path / "yours" / "podcast.yaml").write_text("language: [", "utf-8")
    assert podcast(tmp_path / "yours", "init", "--schema").code == 0
    assert said("yours", "title") == said("mine", "title")


def test_no_key_says_anything_but_its_docstring() -> None:
    """In English, and every key has one."""
    for name, said in meanings().items():
        assert Wording("en").say(name) == said
        assert Wording("fr").say(name) != said


# A network.


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_a_network_takes_in_the_shows_that_stand_there(
    language: str, tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    at = "https://reseau.test/"
    for name in ("voix", "paroles"):
        ran = podcast(
            tmp_path, "init", f"reseau/{name}", "--language", language, "--author", "La fédération",
            "--email", "nous@reseau.test", "--address", f"{at}{name}/",
        )  # fmt: skip
        assert ran.code == 0, ran.err
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    ran = podcast(tmp_path / "reseau", "init", "--network", "--language", language, language="en")
    assert ran.code == 0 and "has 2 shows: paroles, voix." in ran.out, ran
    assert "Still to be said" not in ran.out, "the shows say it all"
    text = (tmp_path / "reseau/network.yaml").read_text("utf-8")
    made = read_network(text, "network.yaml")
    assert (made.title, made.language, made.address) == ("Reseau", language, at)
    assert (made.author, made.owner.email) == ("La fédération", "nous@reseau.test")
    assert made.guid == podcast_guid(f"{at}feed.xml")
    assert "\n# shows: [paroles, voix]\n" in text and text.count("# ") > 8
    assert (tmp_path / "reseau/.schema/network.json").is_file()
    assert {p: p.read_bytes() for p in before} == before
    show = Workspace(tmp_path / "reseau/voix").show()
    assert show.network and show.network.title == "Reseau"
    again = podcast(tmp_path, "init", "--network", "reseau", language="en")
    assert again.code == 1 and "network.yaml" in again.err
    assert (tmp_path / "reseau/network.yaml").read_text("utf-8") == text


def test_a_network_without_a_show_says_how_to_make_one(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    told = ("--title", "Nous: tous", "--address", "https://nous.test/")
    ran = podcast(tmp_path, "init", "--network", "nous", *told, language="en")
    assert ran.code == 0 and "podcast init nous/my-show" in ran.out
    assert (
        "Still to be said in nous/network.yaml, before it is online: author, owner.email."
        in ran.out
    )
    assert podcast(tmp_path, "init", "nous/voix").code == 0
    assert Workspace(tmp_path / "nous/voix").show().address == "https://nous.test/voix/"


def test_where_no_network_can_be_nothing_is_made(
    tmp_path: Path, podcast: Callable[..., Ran]
) -> None:
    assert podcast(tmp_path, "init", "show").code == 0
    ran = podcast(tmp_path / "show", "init", "--network", language="en")
    assert ran.code == 1 and "the folder around its shows" in ran.err
    assert podcast(tmp_path, "init", "--network", "n", "--person", "A", language="en").code == 2
    ran = podcast(tmp_path, "init", "--network", "n", "--address", "nowhere", language="en")
    assert ran.code == 1 and "nowhere" in ran.err
    assert not (tmp_path / "n").exists() and not (tmp_path / "show/network.yaml").exists()
