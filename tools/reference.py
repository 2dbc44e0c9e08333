"""Write docs/reference/ from the program itself: commands, keys, files, errors.

    .venv/bin/python -m tools.reference            write the pages
    .venv/bin/python -m tools.reference --check    say whether they are as they would be written

Nobody edits these pages: what they say is in the parsers, in the classes that check people's files
and in the catalogues of sentences.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from podcast import commands, errors, usage
from podcast.places import Places
from podcast.schema_file import schemas, schemas_of_network
from podcast.wording import Wording, keys

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "reference"
MADE = {
    "en": "<!-- Made by: python -m tools.reference -->\n",
    "fr": "<!-- Fait par : python -m tools.reference -->\n",
}
CLASSES = {
    cls.__name__: cls
    for cls in (
        errors.Fixable, errors.Usage, errors.FeedRefused, errors.Outside, errors.Unsteady,
        errors.Elsewhere, errors.Busy,
    )
}  # fmt: skip
# What is told without being raised where it is made: the code of who stops at it, by the longest
# beginning; nothing for remarks that stop no command.
GATHERED: dict[str, int | None] = {
    "accessibility.": 1, "audio.": 1, "check.": 1, "correct.": 1, "deploy.feed_": 3, "deploy.": 4, "disk.": 4,
    "doctor.": 4, "editor.": None, "episode.": 1, "feed.": 3, "field.": 1, "foreign.": None, "gate.": 1,
    "import.": None, "look.": 1, "picture.": 1, "show.": 1, "text.": 1, "transcript.": 1, "words.": 1,
    "yaml.": 1, "fetch.": 4, "foreign.cut": 1, "foreign.not_rss": 1, "foreign.page": 1, "foreign.xml": 1,
    "import.old_word": 1, "import.pdf": 1, "import.rtf": 1, "cluster.twice": 5, "whisper.": 4,
    "listening.busy": 5, "workspace.busy": 5, "model.": 4, "model.action": 2, "seen.": 4, "import.wrong_episode": 1,
}  # fmt: skip
SAID = {
    "en": {
        "commands": "# All commands and their options",
        "commands_by": "What `podcast COMMAND --help` says. What each is for, with examples: [commands.md](../commands.md).",
        "common": "Every command also takes these:",
        "option": "| option | meaning |",
        "values": "one of",
        "usual": "usually",
        "errors": "# All errors",
        "errors_by": "What the program says when something stops it, by the kind that `--json` and logs name. "
        "`{name}` is filled in. The line begins with the file and line where there is one.",
        "kind": "| kind | exit code | sentence |",
        "codes": "## Exit codes",
        "code": "| code | meaning |",
        "none": "A kind without a code is a remark or a question: it stops nothing by itself.",
        "keys": "# All keys",
        "keys_by": "What `podcast.yaml`, the head of `episode.md`, `glossary.yaml` and `network.yaml` may say, from the classes "
        "that check them. More about each, with what apps do with it: [podcast-yaml.md](../podcast-yaml.md), "
        "[network.md](../network.md).",
        "key": "| key | needed | kind | if nothing is said | meaning | example |",
        "yes": "yes", "or": "or", "list": "list of", "keyed": "keys with", "one_of": "one of {n}, as {first} or {second}",
        "string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "any": "values",
        "object": "keys",
        "files": "# The files of a show",
        "file": "| file | what it is | who writes it |",
        "slug": "`SLUG` is the name of the episode's folder: small letters, digits and hyphens.",
        0: "done", 1: "something in your files must be changed", 2: "the command line was not understood",
        3: "the feed would break listeners' apps", 4: "something outside is missing or fails: model, disk, network, program",
        5: "another publish is running", 70: "a fault of the program", 130: "stopped by Ctrl+C",
    },
    "fr": {
        "commands": "# Toutes les commandes et leurs options",
        "commands_by": "Ce que dit `podcast COMMANDE --help`. À quoi sert chacune, avec des exemples : [les commandes](../les-commandes.md).",
        "common": "Chaque commande accepte aussi :",
        "option": "| option | ce qu'elle fait |",
        "values": "au choix",
        "usual": "d'habitude",
        "errors": "# Toutes les erreurs",
        "errors_by": "Ce que dit le programme quand quelque chose l'arrête, avec le nom que donnent `--json` et les "
        "journaux. Ce qui est entre accolades est rempli. La ligne commence par le fichier et la ligne, s'il y en a.",
        "kind": "| nom | code de sortie | phrase |",
        "codes": "## Codes de sortie",
        "code": "| code | sens |",
        "none": "Un nom sans code est une remarque ou une question : il n'arrête rien à lui seul.",
        "keys": "# Toutes les clés",
        "keys_by": "Ce que peuvent dire `podcast.yaml`, la tête d'`episode.md`, `glossary.yaml` et `network.yaml`, d'après les "
        "classes qui les vérifient. Plus sur chacune, avec ce qu'en font les applications : "
        "[les clés](../les-cles.md), [un réseau](../le-reseau.md).",
        "key": "| clé | il la faut | sorte | si rien n'est dit | sens | exemple |",
        "yes": "oui", "or": "ou", "list": "liste de", "keyed": "clés avec", "one_of": "une parmi {n}, comme {first} ou {second}",
        "string": "texte", "integer": "nombre entier", "number": "nombre", "boolean": "true ou false", "any": "valeurs",
        "object": "clés",
        "files": "# Les fichiers d'une émission",
        "file": "| fichier | ce que c'est | qui l'écrit |",
        "slug": "`SLUG` est le nom du dossier de l'épisode : de petites lettres, des chiffres et des tirets.",
        0: "fait", 1: "il y a quelque chose à changer dans vos fichiers", 2: "la ligne de commande n'a pas été comprise",
        3: "le flux casserait les applications des auditeurs",
        4: "quelque chose manque ou échoue au-dehors : modèle, disque, réseau, programme",
        5: "une autre publication est en cours", 70: "une faute du programme", 130: "arrêté par Ctrl+C",
    },
}  # fmt: skip


def pages() -> dict[str, str]:
    """The text of each page by its name below docs/reference."""
    french = {"commandes.md", "cles.md", "fichiers.md", "erreurs.md"}
    return {name: _kept(text) if name in french else text for name, text in _pages().items()}


_CODE = re.compile(r"(^```.*?^```$|^<!--.*?-->$|`[^`\n]*`)", re.MULTILINE | re.DOTALL)


def _kept(text: str) -> str:
    """French with spaces that do not break before « : ; ? ! » », outside what is typed."""
    parts = _CODE.split(text)
    parts[::2] = [
        re.sub(r" ([:;?!»])(?=[\s|)*.,]|$)", "\u00a0\\1", part).replace("« ", "«\u00a0")
        for part in parts[::2]
    ]
    return "".join(parts)


def _pages() -> dict[str, str]:
    return {
        "commands.md": _commands("en"),
        "commandes.md": _commands("fr"),
        "keys.md": _keys("en"),
        "cles.md": _keys("fr"),
        "files.md": _files("en"),
        "fichiers.md": _files("fr"),
        "errors.md": _errors("en"),
        "erreurs.md": _errors("fr"),
    }


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


# Commands.


def _actions(name: str, words: Wording) -> list[argparse.Action]:
    parser = usage.parser(words, name)
    choices = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return list(choices.choices[name]._actions)


COMMON = ("help", "plain", "folder")


def _commands(language: str) -> str:
    words, said = Wording(language), SAID[language]
    made = [MADE[language], str(said["commands"]), "", str(said["commands_by"]), ""]
    shared = [a for a in _actions(commands.names()[0], words) if a.dest in COMMON]
    made += [str(said["common"]), "", *_table(shared, said)]
    for name in commands.names():
        own = [a for a in _actions(name, words) if a.dest not in COMMON]
        typed = " ".join(["podcast", name, *(_typed(a) for a in own)])
        made += [
            "",
            f"## podcast {name}",
            "",
            words.say(f"command.{name}"),
            "",
            "```",
            typed,
            "```",
        ]
        made += ["", *_table(own, said)] if own else []
    return "\n".join(made) + "\n"


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    named = action.metavar if isinstance(action.metavar, str) else None
    named = named or ("|".join(map(str, action.choices)) if action.choices else None)
    named = named or (action.dest.upper().replace("_", "-"))
    if action.nargs in ("*", "+"):
        return f"{named} …"
    return named


def _typed(action: argparse.Action) -> str:
    value = _value(action)
    if not action.option_strings:
        return f"[{value}]" if action.nargs in ("?", "*") else value
    option = " ".join(filter(None, (action.option_strings[-1], value)))
    return option if action.required else f"[{option}]"


def _table(actions: Iterable[argparse.Action], said: dict[Any, str]) -> Iterator[str]:
    yield said["option"]
    yield "|---|---|"
    for action in actions:
        value = _value(action)
        shown = ", ".join(f"`{' '.join(filter(None, (o, value)))}`" for o in action.option_strings)
        told = action.help or ""
        if action.choices:
            told += f" ({said['values']} : " if said is SAID["fr"] else f" ({said['values']}: "
            told += ", ".join(f"`{each}`" for each in action.choices) + ")"
        usual = action.default
        if isinstance(usual, int | float | str) and not isinstance(usual, bool) and usual not in (
            "", argparse.SUPPRESS,
        ):  # fmt: skip
            told += f" ({said['usual']} `{usual}`)"
        yield f"| {(shown or f'`{value}`').replace('|', chr(92) + '|')} | {_cell(told)} |"


# Keys.


def _keys(language: str) -> str:
    said = SAID[language]
    made = [MADE[language], str(said["keys"]), "", str(said["keys_by"])]
    seen: set[str] = set()
    texts = {**schemas_of_network(language), **schemas(language)}
    for name, title in (
        ("podcast", "podcast.yaml"), ("episode", "episode.md"), ("glossary", "glossary.yaml"),
        ("network", "network.yaml"),
    ):  # fmt: skip
        schema = json.loads(texts[f".schema/{name}.json"])
        made += ["", f"## {title}", "", *_properties(_entry(schema), _examples(name), said)]
        for inner, told in schema.get("$defs", {}).items():
            if inner not in seen and "properties" in told:
                seen.add(inner)
                made += ["", f"### {inner}", "", _meaning(told), ""]
                made += _properties(told, {}, said)
    return "\n".join(made) + "\n"


def _entry(schema: dict[str, Any]) -> dict[str, Any]:
    """The keys themselves; a glossary has them below each term."""
    if "properties" in schema:
        return schema
    inner = schema["additionalProperties"]["anyOf"][0]
    return dict(schema["$defs"][inner["$ref"].rpartition("/")[2]] if "$ref" in inner else inner)


def _meaning(told: dict[str, Any]) -> str:
    return _cell(told.get("description", "")).replace("``", "`")


def _examples(name: str) -> dict[str, str]:
    """What the sample show writes."""
    files = {
        "podcast": "podcast.yaml",
        "episode": "episodes/episode-3/episode.md",
        "glossary": "glossary.yaml",
    }
    if name not in files:
        return {}
    text = (ROOT / files[name]).read_text("utf-8")
    found = re.findall(r"^ *(\w+): ([^\s#>|{][^\n]*)$", text, re.MULTILINE)
    return {key: value.partition(" #")[0].strip() for key, value in reversed(found)}


# Longer lists are in the pages on their keys, and editors offer them.
_MOST = 12


def _properties(
    schema: dict[str, Any], examples: dict[str, str], said: dict[Any, str]
) -> Iterator[str]:
    yield said["key"]
    yield "|---|---|---|---|---|---|"
    needed = schema.get("required", [])
    for key, told in schema["properties"].items():
        usual = told.get("default")
        shown = "" if usual in (None, [], {}, "") else f"`{json.dumps(usual, ensure_ascii=False)}`"
        example = f"`{_cell(examples[key])}`" if key in examples else ""
        must = said["yes"] if key in needed else ""
        yield f"| `{key}` | {must} | {_kind(told, said)} | {shown} | {_meaning(told)} | {example} |"


def _kind(told: dict[str, Any], said: dict[Any, str]) -> str:
    either = f" {said['or']} "
    if "enum" in told or "const" in told:
        values = [f"`{each}`" for each in told.get("enum", [told.get("const")])]
        if len(values) > _MOST:
            return said["one_of"].format(n=len(values), first=values[0], second=values[1])
        return ", ".join(values)
    if "$ref" in told:
        inner = told["$ref"].rpartition("/")[2]
        return f"[{inner}](#{inner.lower()})"
    if "anyOf" in told:
        kinds = [_kind(each, said) for each in told["anyOf"] if each.get("type") != "null"]
        return either.join(dict.fromkeys(kinds))
    if told.get("type") == "array":
        return f"{said['list']} {_kind(told.get('items', {}), said) or said['any']}"
    if told.get("type") == "object":
        inner = told.get("additionalProperties")
        return (
            f"{said['keyed']} {_kind(inner, said)}" if isinstance(inner, dict) else said["object"]
        )
    kind = told.get("type", "string")
    kinds = [kind] if isinstance(kind, str) else kind
    return either.join(said[each] for each in kinds if each != "null")


# Files.

FILES = (
    ("podcast.yaml", ("the show", "l'émission"), ("you", "vous")),
    ("glossary_file", ("names and acronyms, well written and explained", "noms et sigles, bien écrits et expliqués"),
     ("you", "vous")),
    ("about.md", ("what you say of the show", "ce que vous dites de l'émission"), ("you", "vous")),
    ("episode_file", ("an episode: its head in YAML, its show notes in Markdown",
                      "un épisode : sa tête en YAML, ses notes en Markdown"), ("you", "vous")),
    ("recording", ("what was recorded; or one file for each person in `tracks/`",
                   "ce qui a été enregistré ; ou un fichier par personne dans `tracks/`"), ("you", "vous")),
    ("transcript_file", ("the transcript: everything with words is made from it",
                         "la transcription : tout ce qui a des mots en est fait"),
     ("`publish` drafts it, you correct it", "`publish` en fait le brouillon, vous le corrigez")),
    ("words_file", ("what the recogniser heard, with the time of each word",
                    "ce que la machine a entendu, avec le temps de chaque mot"),
     ("`publish`; never edit it", "`publish` ; n'y changez rien")),
    ("review_file", ("doubts that were heard, what was listened to, reviews",
                     "les doutes réécoutés, ce qui a été écouté, les relectures"),
     ("`podcast edit` and `podcast review`", "`podcast edit` et `podcast review`")),
    ("chapters_file", ("chapters that another host knew, for the first draft",
                       "les chapitres que connaissait un autre hébergeur, pour le premier brouillon"),
     ("`podcast import-feed`", "`podcast import-feed`")),
    ("templates", ("your own versions of page templates and styles",
                   "vos propres versions des gabarits et des styles des pages"), ("you", "vous")),
    ("ledger", ("what apps know of the show and its episodes; keep it with the rest",
                "ce que les applications connaissent de l'émission et de ses épisodes ; à garder avec le reste"),
     ("`publish`", "`publish`")),
    ("network.yaml", ("several shows together, in the folder that holds them",
                      "plusieurs émissions ensemble, dans le dossier qui les contient"), ("you", "vous")),
    (".schema", ("what lets editors complete the keys of YAML files",
                 "ce qui permet aux éditeurs de compléter les clés des fichiers YAML"),
     ("`podcast init`", "`podcast init`")),
    ("site", ("the result, to be put online", "le résultat, à mettre en ligne"),
     ("`publish`; never edit it", "`publish` ; n'y changez rien")),
    ("cache", ("caches, journals, former texts of the editor; may be deleted at any time",
               "caches, journaux, anciens textes de l'éditeur ; peut être supprimé à tout moment"),
     ("the program", "le programme")),
)  # fmt: skip


def _files(language: str) -> str:
    places, said = Places(Path("/show")), SAID[language]
    made = [MADE[language], str(said["files"]), "", str(said["file"]), "|---|---|---|"]
    at = list(SAID).index(language)
    for name, meaning, who in FILES:
        found = getattr(places, name, None)
        path = found("SLUG") if callable(found) else found
        if path is None:
            shown = "episodes/SLUG/recording.*" if name == "recording" else name
        else:
            shown = path.relative_to("/show").as_posix()
        made.append(f"| `{shown}` | {meaning[at]} | {who[at]} |")
    made += ["", str(said["slug"])]
    return "\n".join(made) + "\n"


# Errors.


@cache
def exit_codes() -> dict[str, tuple[int, ...]]:
    """The codes with which each kind of error ends a command; none for what only is told."""
    found: dict[str, set[int]] = defaultdict(set)
    for file in sorted((ROOT / "podcast").rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "fault" and node.args:
                code = _raised(node, above)
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        found[part.value] |= {code} if code is not None else set()
    return {kind: tuple(sorted(codes)) for kind, codes in found.items()}


def _raised(node: ast.AST, above: dict[ast.AST, ast.AST]) -> int | None:
    while node in above:
        node = above[node]
        if isinstance(node, ast.Call) and (cls := CLASSES.get(getattr(node.func, "id", ""))):
            return cls.exit_code
    return None


def code_of(kind: str) -> str:
    """The exit codes of a kind, as the table shows them."""
    if codes := exit_codes().get(kind):
        return ", ".join(map(str, codes))
    prefix = max((p for p in GATHERED if kind.startswith(p)), key=len, default=None)
    if prefix is None:
        prefix = max((p for p in exit_codes() if p.endswith(".") and kind.startswith(p)), key=len, default="")  # fmt: skip
        return ", ".join(map(str, exit_codes().get(prefix, ())))
    code = GATHERED[prefix]
    return "" if code is None else str(code)


def _errors(language: str) -> str:
    said = SAID[language]
    sentences: dict[str, str] = {}
    for key, sentence in keys(language).items():
        if key.startswith("error."):
            sentences.setdefault(re.sub(r"\.(one|other|many|few|two|zero)$", "", key)[6:], "")
            sentences[re.sub(r"\.(one|other|many|few|two|zero)$", "", key)[6:]] = sentence
    made = [
        MADE[language],
        str(said["errors"]),
        "",
        str(said["codes"]),
        "",
        str(said["code"]),
        "|---|---|",
    ]
    made += [f"| {code} | {told} |" for code, told in said.items() if isinstance(code, int)]
    made += ["", str(said["errors_by"]), "", str(said["none"])]
    group = ""
    for kind, sentence in sorted(sentences.items()):
        if kind.partition(".")[0] != group:
            group = kind.partition(".")[0]
            made += ["", f"## {group}", "", str(said["kind"]), "|---|---|---|"]
        made.append(f"| `{kind}` | {code_of(kind)} | {_cell(sentence)} |")
    return "\n".join(made) + "\n"


def main(given: list[str]) -> int:
    stale = []
    for name, text in pages().items():
        file = FOLDER / name
        if not file.is_file() or file.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in given:
                FOLDER.mkdir(exist_ok=True)
                file.write_text(text, "utf-8")
    print(", ".join(stale) or "docs/reference is as it should be")
    return 1 if stale and "--check" in given else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
