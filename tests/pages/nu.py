"""The Nu HTML checker (vnu) on what is sent and on what the scripts make of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from conftest import ROOT

from pages import site_check
from pages.browsing import OPENED, Site, Visitor

# The checker's own stack is too small for long pages: it then says nothing at all.
STACK = "-Xss16m"
# To make a program fast takes longer than it runs.
BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
# A file lies in no site, so its « 'self' » is nowhere: the browser itself tells what it blocks.
BLOCKED = "violates Content Security Policy (meta tag)"
# RGAA 1.9 asks for the role on a figure that has a caption; the checker calls it superfluous.
ASKED_FOR = "The “figure” role is unnecessary for element “figure”."
CANARY = "<!doctype html><html lang=en><title>t</title><p><ul></ul></p>"


def checker() -> list[str]:
    """The command; without it the tests fail, they are not left out."""
    java = shutil.which("java")
    assert java, "Java is missing: apt-get install default-jre-headless"
    jar = Path(os.environ.get("VNU_JAR") or ROOT / ".venv" / "vnu" / "vnu.jar")
    assert jar.is_file(), f"{jar} is missing: python3 start.py test fetches it"
    return [java, STACK, *BRIEF, "-jar", str(jar)]


def validate(documents: Mapping[str, str]) -> dict[str, list[str]]:
    """What is wrong with each document, by its name; one run for all, for a start takes seconds."""
    with tempfile.TemporaryDirectory() as folder:
        names: dict[str, str] = {}
        for number, (name, text) in enumerate([*documents.items(), ("", CANARY)]):
            file = Path(folder) / f"{number}.html"
            file.write_text(text, "utf-8")
            names[file.as_uri().replace("file:///", "file:/")] = name
        ran = subprocess.run(
            [*checker(), "--format", "json", "--stdout", "--exit-zero-always", folder],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
        )
        messages = json.loads(ran.stdout)["messages"]
    faults: dict[str, list[str]] = {name: [] for name in (*documents, "")}
    for message in messages:
        warned = message.get("subType") in ("warning", "fatal") or message["type"] != "info"
        if warned and BLOCKED not in message["message"] and message["message"] != ASKED_FOR:
            line = message.get("lastLine", 0)
            name = names[message["url"].replace("file:///", "file:/")]
            faults[name].append(f"line {line}: {message['message']}")
    # Silence is not validity: the checker must have found the fault of the last document.
    assert faults.pop(""), f"vnu did not work: {ran.stderr[-500:]}"
    return faults


def documents(site: Site, visitor: Visitor) -> dict[str, str]:
    """Every page as it is sent, and as it is once its scripts have run and all is opened."""
    found = {f"{path}, as sent": site.source(path) for path in site.files}
    for path in site.pages:
        visit = visitor.fresh(site, path, OPENED)
        found[f"{path}, as made"] = generated(visit.page.content())
    return found


def generated(dom: str) -> str:
    """The document as the browser writes it, with the doctype that every reader gets."""
    return dom if dom.lower().startswith("<!doctype") else f"<!doctype html>\n{dom}"


@site_check("E23 I1", "RGAA 8.1 8.2")
def every_document_is_valid(site: Site, visitor: Visitor) -> list[str]:
    """No error and no warning."""
    told = validate(documents(site, visitor))
    return [f"{name}, {fault}" for name, faults in told.items() for fault in faults]
